"""What a report says in words: what was asked, what came out, how sure, how to do it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.cast import LAB
from computeshift.experiments.config.config import ShockConfig
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.compare.measured import HEADLINE
from computeshift.experiments.questions.compare.pairs import differences_of_means
from computeshift.experiments.questions.compare.rule import bands as spread_of
from computeshift.experiments.questions.compare.rule import differences
from computeshift.experiments.results.claims import claims as known_claims
from computeshift.experiments.results.claims import wilson
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.results.levels import DECISIONS, TABLES
from computeshift.experiments.results.manifest import ForkTerms
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.views.format import (
    measured,
    minus,
    span,
    spans,
    unit_of_difference,
    with_unit,
    worlds,
)
from computeshift.experiments.views.plots.amounts import Amounts, amounts, bands, oftener
from computeshift.experiments.views.report.figures import Side

_OFTEN, _SELDOM = 0.9, 0.1  # of the worlds: what holds as often, or as seldom, is told
_WORTH = 0.01  # of the worlds: what happens in fewer is not told
Table = list[list[str]]
"""Rows of cells, the heads first."""


def title(sides: Sequence[Side]) -> str:
    """What the report is of."""
    *names, last = [side.name for side in sides]
    if not names:
        return f"What came of {last}"
    return f"{'; '.join(names)} and {last}, side by side"


# --- what was asked ---


def asked(sides: Sequence[Side]) -> Table:
    """Question, what is changed, years, worlds, what it goes on with, strategies and shocks of every side."""
    rows = [["", *(side.name for side in sides)]]
    for head, of in _SETTINGS.items():
        cells = [of(side) for side in sides]
        if any(cells):
            rows.append([head, *cells])
    return rows


def _question(side: Side) -> str:
    return side.results.config.asks


def _changes(side: Side) -> str:
    return "; ".join(map(str, side.results.changes))


def _cast(side: Side) -> str:
    return side.results.cast.told()


def _worlds(side: Side) -> str:
    years, config = side.results.years, side.results.config
    return f"{worlds(side.results.worlds)}, {years[0]} to {years[-1]}, seed {config.seed}"


def _gone_on(side: Side) -> str:
    """From when on these worlds have these settings, if they are a fork."""
    fork = side.results.manifest.fork
    return capitalised(_since(fork)) + "." if fork else ""


def _since(fork: ForkTerms) -> str:
    text = f"from the end of {fork.at} on; until then the worlds of {Path(fork.base).name}"
    return f"{text} ({_since(fork.fork)})" if fork.fork else text


def _strategies(side: Side) -> str:
    firms = side.results.config.firms
    return ", ".join(f"{named(name)}: {firm.strategy}" for name, firm in firms.items())


def _shocks(side: Side) -> str:
    shocks = {name: shock for name, shock in side.results.config.shocks.items() if shock.size.high > 0}
    return "; ".join(f"{named(name)}, {_shock(shock)}" for name, shock in shocks.items()) or "none"


def _shock(shock: ShockConfig) -> str:
    """When it strikes, how hard, how likely."""
    when = str(shock.year or "any year") + (f" to {shock.until}" if shock.until else "")
    chance = shock.probability.central
    told = f"{when}: {with_unit(shock.size.central, shock.size.unit)}"
    return told if chance == 1 else f"{told}, chance {chance:.0%}"


_SETTINGS = {
    "Question": _question,
    "What is changed": _changes,
    "In outcomes and claims": _cast,
    "Worlds": _worlds,
    "These settings hold": _gone_on,
    "Strategies": _strategies,
    "Shocks": _shocks,
}


# --- what came out ---


def findings(sides: Sequence[Side], pairs: bool) -> Iterator[str]:
    """The answer in sentences, the first side's first, then how the others differ from it."""
    for side in sides:
        own = amounts(side.results)
        said = [*_compute(own), *_equity(own), *_trouble(own), *_claims(own)]
        lead = f"{side.name}: " if len(sides) > 1 else ""
        yield lead + " ".join(said)
    for side in sides[1:] if pairs else ():
        yield _apart(side, sides[0])


def _compute(own: Amounts) -> Iterator[str]:
    """What the lab that outcomes are about, or else the first, uses in the last year, and whose it is."""
    labs = [target for _, target, _ in own.between(["capacity"])]
    if not labs:
        return
    known, year = own.cast.firm(LAB), own.years[-1]
    lab = known if known in labs else labs[0]
    used = bands(own.amount("capacity", target=lab))[:, -1]
    total = own.amount("capacity", target=lab)[:, -1]
    parts = {
        source: bands(np.divide(own.amount(kind, source, lab)[:, -1], np.where(total > 0, total, np.nan)))
        for source, target, kind in own.ties()
        if (target, kind) == (lab, "capacity")
    }
    largest = sorted(parts, key=lambda name: -np.nan_to_num(parts[name][1]))[:3]
    told = ", ".join(f"{named(name)} {span(parts[name], 'share')}" for name in largest)
    yield f"{capitalised(named(lab))} uses {span(used, 'GW')} in {year}, of it from {told}."


def _equity(own: Amounts) -> Iterator[str]:
    """Who has paid most equity over the years."""
    investors = dict.fromkeys(source for source, _, _ in own.between(["equity"]))
    paid = {name: bands(own.amount("equity", name).sum(axis=1)) for name in investors}
    largest = sorted(paid, key=lambda name: -paid[name][1])[:3]
    told = [f"{_investor(name)} {span(paid[name], '$ bn')}" for name in largest if paid[name][1] > 0]
    if told:
        yield f"Most equity from {own.years[0]} to {own.years[-1]}: {', '.join(told)}."


def _investor(name: str) -> str:
    return "others" if name == "investors" else named(name)


def _trouble(own: Amounts) -> Iterator[str]:
    """Who breaches a limit or defaults, and how often."""
    troubles = {"breached": "is above its loan-to-value limit for normal times", "defaulted": "is in default"}
    for variable, does in troubles.items():
        often = {}
        for firm in (*own.firms, "stargate"):
            try:
                known = own.value(firm, variable)
            except UserError:  # it was not kept
                continue
            if known is not None and (part := float((known > 0).any(axis=1).mean())) >= _WORTH:
                often[firm] = part
        most = sorted(often, key=lambda firm: -often[firm])
        if most:
            first, *others = most
            more = "".join(f", {named(firm)} in {often[firm]:.0%}" for firm in others)
            yield capitalised(
                f"{named(first)} {does} in some year in {often[first]:.0%} of the worlds{more}."
            )


def _claims(own: Amounts) -> Iterator[str]:
    """How many claims nearly always, or hardly ever, hold."""
    parts = {name: float(holds.mean()) for name, holds in own.held.items() if len(holds)}
    if parts:
        often = sum(part >= _OFTEN for part in parts.values())
        seldom = sum(part <= _SELDOM for part in parts.values())
        yield (
            f"Of {len(parts)} claims, {often} hold in at least {_OFTEN:.0%} of the worlds, "
            f"{seldom} in at most {_SELDOM:.0%}."
        )


def _apart(side: Side, first: Side) -> str:
    """How many outcomes differ clearly from the first side's, and which most for its spread."""
    this, reference = _last_year(side), _last_year(first)
    told = differences_of_means(first=reference, other=this).dropna(subset="difference")
    if told.empty:
        return f"{side.name} and {first.name} have no outcome in common."
    clear = told[(told["low"] > 0) | (told["high"] < 0)]
    size = (clear["difference"] / clear["spread"].where(clear["spread"] > 0)).abs()
    most = size.sort_values(ascending=False, kind="stable").index[:3]
    apart = spread_of(differences(this[most], reference[most]))
    changes = "; ".join(f"{named(str(name))} {_change(apart.loc[name], str(name))}" for name in most)
    said = f"{side.name} {minus(first.name)}: {len(clear)} of {len(told)} outcomes differ clearly."
    return f"{said} Most, for its spread over worlds: {changes}." if changes else said


# --- the numbers ---


def numbers(sides: Sequence[Side], pairs: bool) -> Table:
    """The outcomes of the last year: median and band of every side, then of the paired differences."""
    first, *others = sides
    year = first.results.years[-1]
    reference = _last_year(first)
    apart = {side.name: spread_of(differences(_last_year(side), reference)) for side in others if pairs}
    heads = [f"{side.name}, {side.results.years[-1]}" for side in sides]
    rows = [["Median (P10 to P90)", *heads, *(f"{name} {minus(first.name)}, {year}" for name in apart)]]
    for name in HEADLINE:
        asked = OUTCOMES[name]
        cells = [_level(amounts(side.results).outcome_or_empty(name), asked.unit) for side in sides]
        if any(cell != "" for cell in cells):
            changes = [_change(one.loc[name], name) if name in one.index else "" for one in apart.values()]
            meaning = first.results.cast.worded(asked.doc)
            rows.append([meaning.rstrip("."), *cells, *changes])
    return rows


def claims(sides: Sequence[Side], pairs: bool) -> Table:
    """How often each claim holds on every side, then by how many points more often than on the first."""
    first, *others = sides
    known = [amounts(side.results).held for side in sides]
    apart = {side.name: _oftener(side, first) for side in others if pairs}
    heads = [f"{side.name}: holds in" for side in sides]
    rows = [["Share of worlds (95% interval)", *heads, *(f"{name} {minus(first.name)}" for name in apart)]]
    for name, claim in known_claims().items():
        cells = [_often(one.get(name)) for one in known]
        if any(cells):
            changes = [one.get(name, "") for one in apart.values()]
            rows.append([claim.sentence, *(cell or "not decided" for cell in cells), *changes])
    return rows


def _often(holds: pd.Series[bool] | None) -> str:
    if holds is None or holds.empty:
        return ""
    low, high = wilson(int(holds.sum()), len(holds))
    return measured(float(holds.mean()), low, high)


def _oftener(side: Side, first: Side) -> dict[str, str]:
    """By how many points more often each claim holds than on the first side, as its picture tells it."""
    try:
        told = oftener(*(pd.DataFrame(amounts(one.results).held) for one in (side, first)))
    except UserError:  # one pair of worlds tells none
        return {}
    spread = told[["low", "difference", "high"]].to_numpy().T
    return dict(zip(map(str, told.index), spans(spread, "points", sign=True), strict=True))


def _level(values: pd.DataFrame, unit: str) -> str:
    if values.empty or not np.isfinite(values.iloc[:, -1]).any():
        return ""
    return span(bands(values.iloc[:, -1].to_numpy(dtype=np.float64)), unit)


def _last_year(side: Side) -> pd.DataFrame:
    """The outcomes of the last year that it has: one row per world, one column per outcome."""
    tables = {name: amounts(side.results).outcome_or_empty(name) for name in HEADLINE}
    return pd.DataFrame({name: table.iloc[:, -1] for name, table in tables.items() if not table.empty})


def _change(spread: Any, name: str) -> str:
    """The median of an outcome's paired differences, with its band."""
    unit = unit_of_difference(OUTCOMES[name].unit)
    return span(spread.to_numpy(dtype=np.float64), unit, sign=True)


# --- what to bear in mind ---

_KEPT = {
    "agents": "account of each firm's year",
    "flows": "record of who paid and supplied whom",
    DECISIONS: "log of what bound decisions",
}
"""What tables that a run may not keep hold."""


def warnings(sides: Sequence[Side]) -> Iterator[str]:
    """What a reader must know before anything else."""
    for side in sides:
        manifest = side.results.manifest
        if manifest.status != "finished":
            yield (
                f"{side.name} is not whole: {side.results.worlds:,} of {manifest.worlds:,} worlds are "
                f"done ({manifest.status})."
            )
        if lost := [word for table, word in _KEPT.items() if table not in TABLES[manifest.keep]]:
            yield (
                f"{side.name} was run with keep={manifest.keep}, so pictures are missing: of its worlds "
                f"there is no {' and no '.join(lost)}. Run it with keep=all to have them."
            )


# --- how sure, and how to do it again ---


def certainty(sides: Sequence[Side], pairs: bool, apart: str) -> Iterator[str]:
    """How far the numbers can be trusted; `apart` says why sides do not pair."""
    for side in sides:
        posterior = side.results.manifest.source_posterior
        lead = f"{side.name}: " if len(sides) > 1 else ""
        uncertain = len(side.results.columns("design")) - 1
        over = worlds(side.results.worlds)
        said = f"{lead}Every number is read off {over}, each with its own luck and its own draw of "
        said += f"{uncertain} uncertain parameters."
        if broken := side.results.reasons:
            said += f" {left_out(broken)}."
        if posterior is not None:
            said += f" Parameters were drawn from the posterior {Path(posterior.file).name}."
        yield said
    yield (
        "In brackets after a median: P10 to P90, one world in ten is below, one above. In brackets after a "
        "claim's share of worlds: its 95% interval (Wilson's), so how well so many worlds measure it."
    )
    if pairs and len(sides) > 1:
        yield (
            f"Every difference is {minus(sides[0].name)}, world by world with the same random draws: the "
            "median of the differences with P10 to P90; of claims the difference of the shares of worlds, "
            "with its 95% interval. An outcome differs clearly if the 95% interval of its mean difference "
            "leaves out zero, as in `computeshift compare`."
        )
    if apart:
        yield f"No differences are shown: {apart}."
    yield (
        "All this says how well many worlds measure the model, not how right the model is: "
        "`computeshift backtest` holds it against what happened."
    )


def reproduction(sides: Sequence[Side]) -> Table:
    """Command, seed, version and hash of every side."""
    rows = [["", *(side.name for side in sides)]]
    rows.append(["Command", *(side.results.manifest.command for side in sides)])
    rows.append(["Config", *(side.results.config.name for side in sides)])
    rows.append(["Config's hash", *(side.results.manifest.hash for side in sides)])
    rows.append(["Seed", *(str(side.results.manifest.seed) for side in sides)])
    rows.append(["Worlds", *(f"{side.results.worlds:,}" for side in sides)])
    rows.append(["Versions", *(_versions(side) for side in sides)])
    return rows


def _versions(side: Side) -> str:
    versions = side.results.manifest.versions
    first = ("computeshift", "python", "numpy", "mesa")
    return ", ".join(f"{name} {versions[name]}" for name in first if name in versions)
