"""A fact: one figure out of the rows about it, how sure it is, and what worlds say of it."""

from __future__ import annotations

import difflib
import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.errors import Problem, UserError
from computeshift.experiments.questions.evidence.history import ERROR, FISCAL, HAPPENED, Period, Row
from computeshift.experiments.questions.evidence.observables import OBSERVABLES, Kind

_YEAR_END = range(10, 13)  # months whose figure may stand for the end of the year


@dataclass(frozen=True)
class Fact:
    """What was, in the unit of its rows.

    `weights` are the calendar years that it is about, each with its part; with `growth` it is the
    second of two years over the first. `error` is the standard error of its log. Facts of a `theme`
    move together over worlds.
    """

    entity: str
    variable: str
    theme: str
    when: str
    year: int
    value: float
    error: float
    unit: str
    weights: tuple[tuple[int, float], ...]
    growth: bool
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        """ENTITY/VARIABLE/WHEN: its column among what the worlds say."""
        return f"{self.entity}/{self.variable}/{self.when}"

    @property
    def sources(self) -> str:
        """Its sources."""
        return "; ".join(dict.fromkeys(row.source for row in self.rows))

    def of(self, table: pd.DataFrame) -> pd.Series[float] | None:
        """What worlds x years say of it, one number per world; None if they lack a year of it."""
        if table.empty or any(year not in table for year, _ in self.weights):
            return None
        if self.growth:
            (before, _), (now, _) = self.weights
            return table[now] / table[before].where(table[before] > 0)
        parts = [table[year] * weight for year, weight in self.weights]
        return pd.concat(parts, axis=1).sum(axis=1, skipna=False)


@dataclass(frozen=True)
class Left:
    """A row about what happened that no world is compared with, and why.

    `lacking`: the model lacks what it is about, its unit, or its kind of period.
    """

    row: Row
    why: str
    lacking: bool = False

    def about(self, first: int, last: int) -> bool:
        """Whether its period names a year from `first` to `last`."""
        return any(first <= int(year) <= last for year in re.findall(r"20\d\d", self.row.period_text))

    def document(self) -> dict[str, Any]:
        """What it says, where it stands and why it is left, ready for JSON."""
        return {"fact": self.row.name, "value": self.row.value, "where": self.row.where, "why": self.why}


def facts_of(rows: Sequence[Row]) -> tuple[list[Fact], list[Left]]:
    """What happened by these rows, and those of them that the model can say nothing of.

    Rows about the same thing and time make one fact: their median, and as the variance of its log
    the mean of theirs by confidence plus that between them. UserError for a negative figure of what
    can't be negative.
    """
    _possible(rows)
    past = [row for row in rows if row.kind in HAPPENED]
    left = [Left(row, why, lacking=True) for row in past if (why := _lacking(row))]
    known = [row for row in past if not _lacking(row)]
    left += [Left(row, why) for row in known if (why := _unfit(row))]
    fit = [row for row in known if not _unfit(row)]
    facts = list[Fact]()
    for key in dict.fromkeys((row.entity, row.variable) for row in fit):
        kind = OBSERVABLES[key].kind
        own = [row for row in fit if (row.entity, row.variable) == key]
        by_time = _by_time(kind, own)
        series = [_fact(kind, when, chosen) for when, chosen in by_time.items()]
        facts_here = _growth(series) if kind == "growth" else series
        used = {row.where for fact in facts_here for row in fact.rows}
        left += [Left(row, _NOT[kind]) for row in own if row.where not in used]
        facts += facts_here
    return facts, left


def _lacking(row: Row) -> str:
    """What of a row the model lacks, if anything."""
    observable = OBSERVABLES.get((row.entity, row.variable))
    if observable is None:
        return "the model has no such variable"
    if row.unit != observable.unit:
        return f"the model has it in {observable.unit}, not in {row.unit}"
    return "" if row.period else "its period is no year, month or fiscal year"


def skipped(left: Left) -> Left:
    """A row of which the model lacks something, with the variable that it may mean if one is near."""
    near = _nearest(left.row)
    known = f"{left.row.entity}/{left.row.variable}" == near
    return replace(left, why=f"{left.why}; did you mean {near!r}?") if near and not known else left


def _nearest(row: Row) -> str:
    """The entity and the variable that are nearly a row's own; nothing where either is not."""
    for entity in _close(row.entity, [entity for entity, _ in OBSERVABLES]):
        for variable in _close(row.variable, [known for of, known in OBSERVABLES if of == entity]):
            return f"{entity}/{variable}"
    return ""


def _close(word: str, names: Sequence[str]) -> list[str]:
    """The name that differs by a slip of the pen, if any."""
    plain = {name.casefold(): name for name in names}
    return [plain[near] for near in difflib.get_close_matches(word.casefold(), plain, n=1, cutoff=0.85)]


def _unfit(row: Row) -> str:
    """Why a row of what happened makes no fact, if so."""
    if not row.happened:
        return "it was estimated before its period was over"
    return "" if row.value else "it is zero, and errors are ratios"


def _possible(rows: Sequence[Row]) -> None:
    """UserError for figures below zero of what can't be negative."""
    wrong = [
        Problem(row.where, "value", f"{row.entity}/{row.variable} can't be {row.value:g}", "use 0 or more")
        for row in rows
        if row.value < 0 and not OBSERVABLES.get((row.entity, row.variable), _SIGNED).signed
    ]
    if wrong:
        raise UserError(wrong)


_SIGNED = OBSERVABLES["OpenAI", "free_cash_flow"]
_NOT = {
    "flow": "it is about a month, not a year",
    "stock": "it is not at the end of a year, or not the nearest to it",
    "growth": "it is not at the end of a year, or there is none of the year before",
    "events": "the year as a whole has a row of its own",
}


def _by_time(kind: Kind, rows: Sequence[Row]) -> dict[tuple[int, bool], list[Row]]:
    """The rows that count for a year (True: a fiscal one), in order of time."""
    dated = [(row, when) for row in rows if (when := row.period)]
    if kind in ("stock", "growth"):
        dated = [(row, when) for row, when in dated if not when.fiscal or _calendar(row)]
        months = [(row, when) for row, when in dated if (when.month or 12) in _YEAR_END]
        last = {when.year: _month(when) for _, when in sorted(months, key=lambda pair: _month(pair[1]))}
        dated = [(row, when) for row, when in months if _month(when) == last[when.year]]
    elif kind == "flow":
        dated = [(row, when) for row, when in dated if when.month is None]
    else:
        whole = {when.year for _, when in dated if when.month is None}
        dated = [(row, when) for row, when in dated if when.month is None or when.year not in whole]
    groups: dict[tuple[int, bool], list[Row]] = {}
    for row, when in sorted(dated, key=lambda pair: (pair[1].year, pair[1].fiscal)):
        groups.setdefault((when.year, when.fiscal and not _calendar(row)), []).append(row)
    return groups


def _month(when: Period) -> int:
    return when.month or 12


def _calendar(row: Row) -> bool:
    """Whether the firm's fiscal year is the calendar year."""
    return row.entity not in FISCAL


def _fact(kind: Kind, when: tuple[int, bool], rows: list[Row]) -> Fact:
    """One fact out of rows about the same time; events of several months add up."""
    named, fiscal = when
    months = sorted({row.period_text for row in rows}) if kind == "events" else [""]
    parts = [_middle([row for row in rows if not month or row.period_text == month]) for month in months]
    value = sum(part for part, _ in parts)
    error = sum(abs(part) * error for part, error in parts) / sum(abs(part) for part, _ in parts)
    first = rows[0]
    years, month = divmod(FISCAL[first.entity] - 1, 12) if fiscal else (0, 11)
    year, part = named + years, (month + 1) / 12
    return Fact(
        entity=first.entity,
        variable=first.variable,
        theme=OBSERVABLES[first.entity, first.variable].theme,
        when=f"FY{named}" if fiscal else str(named),
        year=year,
        value=value,
        error=error,
        unit=first.unit,
        weights=((year - 1, 1 - part), (year, part)) if fiscal else ((year, 1.0),),
        growth=False,
        rows=tuple(rows),
    )


def _middle(rows: Sequence[Row]) -> tuple[float, float]:
    """The median of figures for one thing, and its error: their own and the spread between them."""
    values = np.array([row.value for row in rows])
    one_sign = bool((values > 0).all() or (values < 0).all())
    spread = float(np.log(np.abs(values)).std(ddof=min(1, len(values) - 1))) if one_sign else 1.0
    own = float(np.mean([ERROR[row.confidence] ** 2 for row in rows]))
    return float(np.median(values)), math.hypot(math.sqrt(own), spread)


def _growth(levels: Sequence[Fact]) -> list[Fact]:
    """Growth from each year to the next of these levels."""
    return [
        replace(
            now,
            value=now.value / before.value,
            error=math.hypot(now.error, before.error),
            unit="x_per_year",
            weights=((before.year, 1.0), (now.year, 1.0)),
            growth=True,
            rows=(*before.rows, *now.rows),
        )
        for before, now in itertools.pairwise(levels)
        if now.year == before.year + 1
    ]
