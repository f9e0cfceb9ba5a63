"""breaks: which broken deal hurts a firm most, calm and in a storm, in paired worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from computeshift.experiments.config.arguments import chosen_year, known
from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer, Found
from computeshift.experiments.questions.breaks.broken import Break, breaks_of
from computeshift.experiments.questions.breaks.hurt import DEFAULT, HARMS, WORTH, Harm, harms_of, measured
from computeshift.experiments.questions.breaks.storm import stormy
from computeshift.experiments.questions.compare.pairs import differences_of_means, differences_of_shares
from computeshift.experiments.results.deals import LABELS, SIGNED, LoggedDeal
from computeshift.experiments.results.excluded import LeavesOut, Reasons, in_all, merged, must_be_enough
from computeshift.experiments.results.outcomes import Outcome
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import Measure, known_outcome, measure, measure_all
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, opened, years_of

CALM, STORM = "calm", "storm"
_LEAST = 30  # worlds: from there on a mean is near enough to normal
_COLUMNS = ["without", "mean", "difference", "low", "high", "differing", "clear"]


@dataclass(frozen=True, repr=False)
class Breaks(Answer, Found, LeavesOut):
    """What each broken deal does to a firm, the one that hurts it most in a storm first.

    `breaks` has one row per deal: its labels as in `deals`, the `payer` that breaks it, the deals that end
    `along` with it, its `setting` as a config file has it, and the mean paired difference of the number that
    ranks, `calm` and in the `storm`; `calm_clear` and `storm_clear` say whether its 95% interval is off zero.
    `effects` has one row per deal, weather and number: the means `without` and with the break, their
    `difference` with its 95% interval, how many pairs are `differing`, and whether it is `clear`.
    `numbers` has one row per number: unit, meaning, and its means without a break, `calm` and in the `storm`.
    `ranked_by` is the number that ranks; `missing` names those that this firm, or this market, lacks.
    """

    question: ClassVar[str] = "breaks"

    config: str
    hurts: str
    year: int
    ranked_by: str
    breaks: pd.DataFrame
    effects: pd.DataFrame
    numbers: pd.DataFrame
    missing: list[str]
    worlds: int
    reasons: Reasons
    seed: int
    start: int
    until: int

    def tables(self) -> dict[str, pd.DataFrame]:
        """`breaks`, their `effects` on each number, and the `numbers`."""
        return {"breaks": self.breaks, "effects": self.effects, "numbers": self.numbers}


def breaks(
    config: str | Path | Config = "baseline",
    *,
    year: int,
    hurts: str,
    outcome: str | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Breaks:
    """Break each deal in turn in a year, in the config as it is and in a storm; measure what a firm loses.

    A deal of the config is broken by the firm that owes its money; what a pair signs by itself is broken by
    the end of its tie. `hurts` is the firm whose fate is measured. Deals are ranked by the fall of its worth
    to owners and lenders, or by the size of the effect on `outcome`, a name or an expression such as
    "openai.burn in 2028". UserError for a results folder, a year that is not simulated, a firm or an outcome
    that is not there, a config with nothing to break, and for fewer than 30 worlds.
    """
    chosen = opened(config, Sample(worlds, seed, set, base))
    if isinstance(chosen, Results):
        raise UserError(f"{chosen.folder} is a results folder: breaks plays every break, so name a config")
    year = chosen_year(year, years_of(chosen))
    known(hurts, chosen.firms, "firm", "hurts")
    asked = None if outcome is None else _apart(known_outcome(outcome, chosen))
    must_be_enough(chosen.worlds, "for an interval", _LEAST, {}, chosen.worlds)
    signed = dict[str, LoggedDeal]()
    of = measured(hurts, year, chosen.until, asked)
    calm = measure(chosen, _noting(of, year, signed))
    if asked is not None and calm.table[asked.name].isna().all():
        raise UserError(f"{chosen.label}: {asked.name} has no number in this market")
    broken = breaks_of(chosen, year, signed.values())
    if not broken:
        wrong = f"{chosen.label} has nothing to break in {year}"
        why = f"no deal of the config is in force, and no two firms signed one by themselves before {year}"
        raise UserError(f"{wrong}: {why}; choose a later year, or give it a deal")
    weathers = [stormy(one.config, year, strength) for one in broken for strength in (0, 1)]
    played = [calm, *measure_all([stormy(chosen, year), *weathers], of, progress, tables=0)]
    tables = in_all([one.table for one in played], [one.reasons for one in played], "for an interval", _LEAST)
    numbers = _numbers(tables[0], tables[1], harms_of(asked))
    effects = _effects(broken, tables, list(numbers["name"]))
    ranked_by = WORTH if asked is None else asked.name
    return Breaks(
        origin=origin(chosen),
        config=chosen.label,
        hurts=hurts,
        year=year,
        ranked_by=ranked_by,
        breaks=_ranked(broken, effects, ranked_by),
        effects=effects,
        numbers=numbers,
        missing=[name for name in harms_of(asked) if name not in numbers["name"].to_list()],
        worlds=len(tables[0]),
        reasons=merged(one.reasons for one in played),
        seed=chosen.seed,
        start=chosen.start,
        until=chosen.until,
    )


def _apart(outcome: Outcome) -> Outcome:
    """The outcome; UserError if it has the name of a number of the firm."""
    if outcome.name in HARMS:
        wrong = f"`outcome`: {outcome.name} is what this question calls a number of the firm"
        raise UserError(f"{wrong}; rename the outcome of the config")
    return outcome


def _noting(of: Measure, year: int, signed: dict[str, LoggedDeal]) -> Measure:
    """The same measure; it adds the deals that pairs signed by themselves before a year to `signed`."""

    def read(record: Record) -> pd.DataFrame:
        for deal in record.deals_or_none():
            early = record.deal_or_zero(deal.deal, "signed").loc[:, : year - 1]
            if deal.origin == SIGNED and (early > 0).any(axis=None):
                signed[deal.deal] = deal
        return of(record)

    return read


def _numbers(calm: pd.DataFrame, storm: pd.DataFrame, harms: Mapping[str, Harm]) -> pd.DataFrame:
    """The numbers that there are, with their means over worlds in which nothing is broken."""
    names = [name for name in harms if calm[name].notna().any()]
    return pd.DataFrame(
        [
            {"name": name, **asdict(harms[name]), CALM: calm[name].mean(), STORM: storm[name].mean()}
            for name in names
        ]
    )


def _effects(broken: Sequence[Break], tables: Sequence[pd.DataFrame], names: list[str]) -> pd.DataFrame:
    """One row per deal, weather and number; `tables` are, calm and stormy, without a break and with each."""
    calm, storm, *others = tables
    rows = []
    for i, one in enumerate(broken):
        for weather, first, other in ((CALM, calm, others[2 * i]), (STORM, storm, others[2 * i + 1])):
            found = effects_of(first[names], other[names]).reset_index(names="number")
            rows.append(found.assign(deal=one.deal.deal, weather=weather))
    return pd.concat(rows, ignore_index=True)[["deal", "weather", "number", *_COLUMNS]]


def effects_of(first: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """What differs in `other` from `first`, worlds that pair: one row per number.

    A difference is clear if its 95% interval leaves out zero.
    """
    shares = [name for name in first if name == DEFAULT]
    found = pd.concat(
        [
            differences_of_means(first.drop(columns=shares), other.drop(columns=shares)),
            differences_of_shares(first[shares], other[shares]),
        ]
    ).loc[list(first.columns)]
    clear = (found["low"] > 0) | (found["high"] < 0)
    return found.assign(without=first.mean(), mean=other.mean(), clear=clear)[_COLUMNS]


def _ranked(broken: Sequence[Break], effects: pd.DataFrame, ranked_by: str) -> pd.DataFrame:
    """One row per deal, the one with the largest clear effect in a storm first, then in calm worlds.

    The less the firm is worth, the larger; of an outcome either direction counts.
    """
    rows = pd.DataFrame(
        [
            {
                **asdict(one.deal),
                "payer": one.deal.payer,
                "along": ", ".join(one.along),
                "setting": one.setting,
            }
            for one in broken
        ],
        columns=[*LABELS, "payer", "along", "setting"],
    )
    own = effects[effects["number"] == ranked_by].set_index(["weather", "deal"])
    for weather in (CALM, STORM):
        rows[weather] = rows["deal"].map(own["difference"][weather])
        rows[f"{weather}_clear"] = rows["deal"].map(own["clear"][weather])
    both = [sizes(rows, weather, ranked_by) for weather in (STORM, CALM)]
    order = pd.concat(both, axis=1).sort_values([STORM, CALM], ascending=False, kind="stable").index
    return rows.loc[order].reset_index(drop=True)


def sizes(rows: pd.DataFrame, weather: str, ranked_by: str) -> pd.Series[float]:
    """How much each break of `Breaks.breaks` counts in a weather: nothing unless its effect is clear."""
    size = -rows[weather] if ranked_by == WORTH else rows[weather].abs()
    return size.where(rows[f"{weather}_clear"], 0.0).rename(weather)
