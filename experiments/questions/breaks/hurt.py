"""How a firm fares: the few numbers per world by which a broken deal is said to hurt it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from computeshift.experiments.questions.games.payoffs import parts, written_off
from computeshift.experiments.results.outcomes import Outcome
from computeshift.experiments.results.record import Record
from computeshift.experiments.run.measure import Measure, outcomes_in


@dataclass(frozen=True)
class Harm:
    """A number of a firm: its unit, its head in a table, and what it means."""

    unit: str
    short: str
    meaning: str


WORTH, DEFAULT = "worth", "default"
HARMS: Mapping[str, Harm] = {
    WORTH: Harm("$ bn", "worth", "what the firm is worth to its owners (`value`), less `written_off`"),
    "value": Harm("$ bn", "value", "what its owners get out of the world: its payoff, as in `strategies`"),
    "debt": Harm("$ bn", "debt", "its debt at the end of the last year"),
    DEFAULT: Harm("share", "default", "worlds in which it is in default in the year of the break or later"),
    "degree": Harm(
        "share",
        "unpaid",
        "part of its dues unpaid in the worst year, capacity given back or not",
    ),
    "rating": Harm("notch", "rating", "its rating at the end of the last year: 9 is BBB, from 10.5 on junk"),
    "written_off": Harm("$ bn", "written off", "what its lenders write off of its debt"),
}
"""By name. `worth`, `value` and `written_off` are in money of the end of the start year."""


def harms_of(outcome: Outcome | None) -> dict[str, Harm]:
    """The numbers of a firm, and an outcome besides."""
    own = {} if outcome is None else {outcome.name: Harm(outcome.unit, outcome.name, outcome.doc)}
    return {**HARMS, **own}


def measured(firm: str, year: int, until: int, outcome: Outcome | None) -> Measure:
    """Measures how a firm fares from a year on: one row per world, one column per number that it has."""

    def of(record: Record) -> pd.DataFrame:
        value, lost = parts(record, firm).sum(axis=1), written_off(record, firm)
        degree = record.variable_or_empty(firm, "default_degree").loc[:, year:]
        columns = {WORTH: value - lost, "value": value, "debt": _last(record, firm, "debt")}
        failed = record.variable_or_empty(firm, "defaulted").loc[:, year:]
        columns |= {"rating": _last(record, firm, "rating")}
        columns |= {DEFAULT: (failed > 0).any(axis=1).astype(float), "degree": degree.max(axis=1)}
        table = pd.DataFrame({**columns, "written_off": lost}, index=value.index, dtype=float)
        return table if outcome is None else table.join(outcomes_in([outcome], until)(record))

    return of


def _last(record: Record, firm: str, name: str) -> pd.Series[float]:
    """A variable of a firm in the last year; no rows where it has none."""
    return record.variable_or_empty(firm, name).iloc[:, -1]
