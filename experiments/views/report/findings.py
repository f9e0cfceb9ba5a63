"""The findings of a report, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from computeshift.experiments.config.cast import LAB
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.compare.pairs import differences_of_means
from computeshift.experiments.results.pairing import differences
from computeshift.experiments.results.quantiles import array_bands, bands
from computeshift.experiments.views.format import percent, span
from computeshift.experiments.views.plots.amounts import Amounts, amounts
from computeshift.experiments.views.report.sides import Side
from computeshift.experiments.views.report.tables import change, last_year, outcomes

_OFTEN, _SELDOM = 0.9, 0.1  # shares of worlds: claims that hold as often, or as seldom, are counted
_WORTH = 0.01  # share of worlds: rarer events are left out
_TROUBLES = {
    "breached": "is above its loan-to-value limit for normal times",
    "defaulted": "is in default",
}


def findings(sides: Sequence[Side], pairs: bool) -> Iterator[str]:
    """The answer in sentences: each side's results, then the differences to the first side."""
    for side in sides:
        own = amounts(side.results)
        sentences = [*_compute(own), *_equity(own), *_trouble(own), *_claims(own)]
        lead = f"{side.name}: " if len(sides) > 1 else ""
        yield lead + " ".join(sentences)
    for side in sides[1:] if pairs else ():
        yield _differences(side, sides[0])


def _compute(own: Amounts) -> Iterator[str]:
    """The compute of the lab that outcomes are about, or else of the first lab, by its largest suppliers."""
    labs = [target for _, target, _ in own.between(["capacity"])]
    if not labs:
        return
    focus, year = own.cast.firm(LAB), own.years[-1]
    lab = focus if focus in labs else labs[0]
    total = own.amount("capacity", target=lab)[:, -1]
    shares = {
        source: array_bands(
            np.divide(own.amount(kind, source, lab)[:, -1], np.where(total > 0, total, np.nan))
        )
        for source, target, kind in own.ties()
        if (target, kind) == (lab, "capacity")
    }
    largest = sorted(shares, key=lambda name: -np.nan_to_num(shares[name][1]))[:3]
    suppliers = ", ".join(f"{named(name)} {span(shares[name], 'share')}" for name in largest)
    used = span(array_bands(total), "GW")
    yield f"{capitalised(named(lab))} uses {used} in {year}, of it from {suppliers}."


def _equity(own: Amounts) -> Iterator[str]:
    """The largest investors over the years."""
    investors = dict.fromkeys(source for source, _, _ in own.between(["equity"]))
    paid = {name: array_bands(own.amount("equity", name).sum(axis=1)) for name in investors}
    largest = sorted(paid, key=lambda name: -paid[name][1])[:3]
    parts = [f"{_investor(name)} {span(paid[name], '$ bn')}" for name in largest if paid[name][1] > 0]
    if parts:
        yield f"Most equity from {own.years[0]} to {own.years[-1]}: {', '.join(parts)}."


def _investor(name: str) -> str:
    return "others" if name == "investors" else named(name)


def _trouble(own: Amounts) -> Iterator[str]:
    """The firms that breach a limit or default, and how often."""
    for variable, words in _TROUBLES.items():
        values = {firm: own.value(firm, variable) for firm in (*own.firms, "stargate")}
        often = {
            firm: float((value > 0).any(axis=1).mean()) for firm, value in values.items() if value is not None
        }
        most = sorted((firm for firm in often if often[firm] >= _WORTH), key=lambda firm: -often[firm])
        if most:
            first, *others = most
            more = "".join(f", {named(firm)} in {percent(often[firm])}" for firm in others)
            yield capitalised(
                f"{named(first)} {words} in some year in {percent(often[first])} of the worlds{more}."
            )


def _claims(own: Amounts) -> Iterator[str]:
    """How many claims hold nearly always, or hardly ever."""
    shares = {name: float(holds.mean()) for name, holds in own.held.items() if len(holds)}
    if shares:
        often = sum(share >= _OFTEN for share in shares.values())
        seldom = sum(share <= _SELDOM for share in shares.values())
        yield (
            f"Of {len(shares)} claims, {often} hold in at least {percent(_OFTEN)} of the worlds, "
            f"{seldom} in at most {percent(_SELDOM)}."
        )


def _differences(side: Side, first: Side) -> str:
    """How many outcomes differ significantly from the first side's; which most, relative to their spread."""
    this, reference = last_year(side), last_year(first)
    means = differences_of_means(first=reference, other=this).dropna(subset="difference")
    if means.empty:
        return f"{side.name} and {first.name} have no outcome in common."
    clear = means[(means["low"] > 0) | (means["high"] < 0)]
    size = (clear["difference"] / clear["spread"].where(clear["spread"] > 0)).abs()
    most = size.sort_values(ascending=False, kind="stable").index[:3]
    medians = bands(differences(this[most], reference[most]))
    known = {outcome.name: outcome for outcome in outcomes(side)}
    changes = "; ".join(f"{named(str(name))} {change(medians, known[str(name)])}" for name in most)
    count = f"{side.minus(first)}: {len(clear)} of {len(means)} outcomes differ significantly."
    return (
        f"{count} Largest differences, relative to the spread over worlds: {changes}." if changes else count
    )
