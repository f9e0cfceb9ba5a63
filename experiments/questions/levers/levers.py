"""levers: what each strategy, shock and deal moves, against the config, in paired worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from computeshift.experiments.config.arguments import several
from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer, Found
from computeshift.experiments.questions.compare.pairs import differences_of_means
from computeshift.experiments.questions.levers.headline import Headline, headlines_of, measured
from computeshift.experiments.questions.levers.lever import Lever, levers_of, too_late
from computeshift.experiments.questions.levers.own import own_headlines, own_names
from computeshift.experiments.results.excluded import LeavesOut, Reasons, in_all, merged, must_be_enough
from computeshift.experiments.results.quantiles import bands
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import measure_all
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, opened

MOVES = 0.1
"""The least part of an outcome's P10 to P90 width by which a lever must move it."""
_LEAST = 30  # worlds: from there on a mean is near enough to normal


@dataclass(frozen=True, repr=False)
class Levers(Answer, Found, LeavesOut):
    """What each lever moves, the one that moves most first.

    `levers` has one row per lever: its `kind`, `owner` and `value`, its `setting` as `--set` has it, what it
    is `counted_as`, how many outcomes it `moves`, `largest`, the largest part of a width by which it moves
    one, its `verdict`: the outcomes that it moves, or none, and `worlds`, the largest part of the worlds in
    which it changes one of them by `MOVES` of the width, up or down.
    `effects` has one row per lever and outcome: the mean of the paired differences with its 95%
    interval (`low`, `high`), its `part` of the width from P10 to P90 of the config's worlds, how many
    pairs are `differing`, the part of the `worlds` that it changes by `MOVES` of the width, and whether it
    `moves` it: by `MOVES` of the width, with an interval off zero.
    `own` has one row per strategy of a firm: the outcome of the firm's own that it changes most, likewise.
    `outcomes` has one row per headline outcome, with quantiles and `width` in the config's worlds.
    `too_late` names shocks that begin after the last year; `missing` outcomes that this market lacks.
    """

    question: ClassVar[str] = "levers"

    config: str
    levers: pd.DataFrame
    effects: pd.DataFrame
    own: pd.DataFrame
    outcomes: pd.DataFrame
    missing: list[str]
    too_late: list[str]
    worlds: int
    reasons: Reasons
    seed: int
    start: int
    until: int

    def tables(self) -> dict[str, pd.DataFrame]:
        """`levers`, their `effects` on each outcome, on their `own` firms, and the `outcomes`."""
        return {
            "levers": self.levers,
            "effects": self.effects,
            "own": self.own,
            "outcomes": self.outcomes,
        }


def levers(
    config: str | Path | Config = "baseline",
    *,
    outcomes: Sequence[str] = (),
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Levers:
    """Play the config, and with each lever alone, in the same worlds; measure the headline outcomes.

    `outcomes` are measured besides, and those that the config defines: names, or expressions such as
    "oracle.debt in 2028". A lever is another strategy, of one firm or of all firms of a role; a shock: one
    that is off at its kind's usual size, one that is on switched off; or a deal, taken out. UserError for a
    results folder, for a config without levers, for an unknown outcome, for fewer than 30 worlds.
    """
    chosen = opened(config, Sample(worlds, seed, set, base))
    if isinstance(chosen, Results):
        raise UserError(f"{chosen.folder} is a results folder: levers plays every change, so name a config")
    must_be_enough(chosen.worlds, "for an interval", _LEAST, {}, chosen.worlds)
    pulled = levers_of(chosen)
    if not pulled:
        raise UserError(
            f"{chosen.label} has no levers: its firms have one strategy each, and it has no shocks or deals"
        )
    known = headlines_of(chosen, several(outcomes, "outcomes", '["oracle.debt in 2028"]'))
    of_firms = own_headlines(chosen, pulled)
    first, others, reasons = _played(chosen, pulled, known | of_firms, progress)
    spread = _outcomes(first, known | of_firms)
    effects = [
        effects_of(first, other, spread["width"]).assign(setting=lever.setting)
        for lever, other in zip(pulled, others, strict=True)
    ]
    own = [_own(lever, found) for lever, found in zip(pulled, effects, strict=True)]
    spread = spread[~spread.index.isin(of_firms)]
    table = pd.concat(effects, ignore_index=True)
    table = table[table["outcome"].isin(spread.index)].reset_index(drop=True)
    return Levers(
        origin=origin(chosen),
        config=chosen.label,
        levers=_ranked(pulled, table),
        effects=table[["setting", *table.columns.drop("setting")]],
        own=pd.concat(own, ignore_index=True),
        outcomes=spread.reset_index(names="name"),
        missing=[name for name in known if name not in spread.index],
        too_late=too_late(chosen),
        worlds=len(first),
        reasons=reasons,
        seed=chosen.seed,
        start=chosen.start,
        until=chosen.until,
    )


def _played(
    base: Config, pulled: list[Lever], known: Mapping[str, Headline], progress: Progress | None
) -> tuple[pd.DataFrame, list[pd.DataFrame], Reasons]:
    """The outcomes by world of the config and of each lever, in the worlds that all of them have."""
    markets = [base, *(lever.config for lever in pulled)]
    played = measure_all(markets, measured(known), progress, len(markets))
    tables, broken = [one.table for one in played], [one.reasons for one in played]
    first, *others = in_all(tables, broken, "for an interval", _LEAST)
    return first, others, merged(broken)


def _outcomes(worlds: pd.DataFrame, known: Mapping[str, Headline]) -> pd.DataFrame:
    """The headline outcomes that have numbers: what they are, and how far the worlds lie apart."""
    spread = bands(worlds)
    about = pd.DataFrame(
        [
            {"about": one.about, "when": one.when, "short": one.short, "unit": one.unit}
            | {"meaning": one.meaning}
            for one in (known[str(name)] for name in spread.index)
        ],
        index=spread.index,
    )
    return pd.concat([about, spread], axis=1).assign(width=spread["p90"] - spread["p10"])


def effects_of(first: pd.DataFrame, other: pd.DataFrame, width: pd.Series[float]) -> pd.DataFrame:
    """What differs in `other` from `first`, worlds that pair: one row per outcome that has a width.

    Where the width is zero there is no part of it, and nothing moves.
    """
    found = differences_of_means(first[width.index], other[width.index])
    part = found["difference"] / width.where(width > 0)
    sure = (found["low"] > 0) | (found["high"] < 0)
    changed = (other[width.index] - first[width.index]).abs() >= MOVES * width.where(width > 0)
    columns = ["difference", "low", "high", "differing", "part", "worlds", "moves"]
    found = found.assign(part=part, worlds=changed.mean(), moves=sure & (part.abs() >= MOVES))[columns]
    return found.rename_axis("outcome").reset_index()


def _own(lever: Lever, effects: pd.DataFrame) -> pd.DataFrame:
    """The row of the outcome of its own firm that a lever changes most, with its short name; or none."""
    names = own_names(lever)
    mine = effects[effects["outcome"].isin(names) & effects["part"].notna()]
    most = mine.loc[mine["part"].abs().nlargest(1).index]
    return most.assign(short=most["outcome"].map(names))[
        ["setting", *effects.columns.drop("setting"), "short"]
    ]


def _ranked(pulled: list[Lever], effects: pd.DataFrame) -> pd.DataFrame:
    """One row per lever, the one that moves most outcomes first, then the one that moves one furthest."""
    rows = pd.DataFrame(
        [
            (lever.setting, lever.kind, lever.owner, lever.value, lever.counted_as or lever.setting)
            for lever in pulled
        ],
        columns=["setting", "kind", "owner", "value", "counted_as"],
    )
    size = effects["part"].abs().where(effects["moves"], 0.0)
    own = effects.assign(size=size).groupby("setting", sort=False)
    rows["moves"] = rows["setting"].map(own["moves"].sum())
    rows["largest"] = rows["setting"].map(own["size"].max())
    names = effects[effects["moves"]].groupby("setting")["outcome"].agg(", ".join)
    rows["verdict"] = rows["setting"].map(names).fillna("none")
    rows["worlds"] = rows["setting"].map(own["worlds"].max())
    return rows.sort_values(["moves", "largest"], ascending=False, kind="stable", ignore_index=True)
