"""A fact: one figure out of the rows about it, how sure it is, and what worlds say of it."""

from __future__ import annotations

import datetime
import difflib
import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.periods import FISCAL, YEAR, Period
from computeshift.experiments.config.settling import Kind
from computeshift.experiments.errors import Problem, UserError
from computeshift.experiments.questions.evidence import periods
from computeshift.experiments.questions.evidence.choosing import UNUSED, chosen
from computeshift.experiments.questions.evidence.history import ERROR, HAPPENED, Row
from computeshift.experiments.questions.evidence.observables import (
    MEMBERS,
    OBSERVABLES,
    POINTS,
    Observable,
    Observables,
    observed,
)
from computeshift.experiments.questions.evidence.periods import LATE

_SAID = {
    "flow": periods.flow,
    "average": periods.average,
    "stock": periods.level,
    "rate": periods.run_rate,
    "round": periods.flow,
    "events": periods.flow,
}
"""What a table of worlds by years says of a period, by kind."""


@dataclass(frozen=True)
class Fact:
    """What was, in the unit of its rows.

    `period` holds the months that it is about and `year` the calendar year in which they end; a `growth`
    is that year over the one before. `error` is the standard error of its log. Facts of a `theme` move
    together over worlds.
    """

    entity: str
    variable: str
    theme: str
    when: str
    kind: Kind
    period: Period
    value: float
    error: float
    unit: str
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        """ENTITY/VARIABLE/WHEN: its column among what the worlds say."""
        return f"{self.entity}/{self.variable}/{self.when}"

    @property
    def year(self) -> int:
        """The calendar year in which its period ends."""
        return self.period.year

    @property
    def growth(self) -> bool:
        """Whether it is a ratio of two years."""
        return self.kind == "growth"

    @property
    def sources(self) -> str:
        """Its sources."""
        return "; ".join(dict.fromkeys(row.source for row in self.rows))

    def of(self, table: pd.DataFrame) -> pd.Series[float] | None:
        """What worlds x years say of it, one number per world; None if they lack a year of it."""
        if self.kind != "growth":
            return _SAID[self.kind](table, self.period)
        if table.empty or self.year not in table or self.year - 1 not in table:
            return None
        before = table[self.year - 1]
        return table[self.year] / before.where(before > 0)


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


def facts_of(rows: Sequence[Row], observables: Observables = OBSERVABLES) -> tuple[list[Fact], list[Left]]:
    """What happened by these rows, and those of them that the model can say nothing of.

    Rows about the same thing and time make one fact: their median, and as the variance of its log
    the mean of theirs by confidence plus that between them. Firms that the model has as one are added
    up, for times of which there are rows of all. UserError for a negative figure of what can't be.
    """
    _possible(rows, observables)
    over = _looking_back(rows)
    past = [row for row in rows if row.kind in HAPPENED]
    left = [Left(row, why, lacking=True) for row in past if (why := _lacking(row, observables))]
    known = [row for row in past if not _lacking(row, observables)]
    left += [Left(row, why) for row in known if (why := _unfit(row))]
    fit = [row for row in known if not _unfit(row)]
    facts = list[Fact]()
    keys = {row.where: observed(row.entity, row.variable, observables) for row in fit}
    for key in dict.fromkeys(keys.values()):
        own = [row for row in fit if keys[row.where] == key]
        series, unused = _series(key, observables[key], own, over)
        facts += series
        left += unused
    return facts, left


def _looking_back(rows: Sequence[Row]) -> dict[str, datetime.date]:
    """When the newest row about each entity was published."""
    newest: dict[str, datetime.date] = {}
    for row in rows:
        newest[row.entity] = max(row.published, newest.get(row.entity, row.published))
    return newest


def _series(
    key: tuple[str, str], observable: Observable, rows: Sequence[Row], over: Mapping[str, datetime.date]
) -> tuple[list[Fact], list[Left]]:
    """The facts about one variable in order of time, and the rows that make none, with why."""
    kind, members = observable.kind, MEMBERS.get(key[0], (key[0],))
    by_member = {
        member: chosen(kind, [row for row in rows if row.entity == member], over[member])
        for member in members
        if member in over
    }
    times = [when for when in by_member.get(members[0], {}) if all(when in by_member[m] for m in by_member)]
    complete = len(by_member) == len(members)
    parts = {when: [by_member[member][when] for member in members] for when in times if complete}
    facts = [_fact(key, observable, when, each) for when, each in parts.items()]
    facts = _growth(facts) if kind == "growth" else facts
    used = {row.where for fact in facts for row in fact.rows}
    alone = {row.where for own in by_member.values() for when, each in own.items() for row in each}
    without = f"no row of the same time about all of {', '.join(members)}"
    left = [
        Left(row, without if len(members) > 1 and row.where in alone else UNUSED[kind])
        for row in rows
        if row.where not in used
    ]
    return facts, left


def _lacking(row: Row, observables: Observables) -> str:
    """What of a row the model lacks, if anything."""
    observable = observables.get(observed(row.entity, row.variable, observables))
    if observable is None:
        return "the model has no such variable"
    if row.unit != observable.unit:
        return f"the model has it in {observable.unit}, not in {row.unit}"
    return "" if row.period else "its period is no year, part of a year, or span of months"


def skipped(left: Left, observables: Observables = OBSERVABLES) -> Left:
    """A row of which the model lacks something, with the variable that it may mean if one is near."""
    near = _nearest(left.row, observables)
    known = f"{left.row.entity}/{left.row.variable}" == near
    return replace(left, why=f"{left.why}; did you mean {near!r}?") if near and not known else left


def _nearest(row: Row, observables: Observables) -> str:
    """The entity and the variable that are nearly a row's own; nothing where either is not."""
    names = [(member, variable) for of, variable in observables for member in MEMBERS.get(of, (of,))]
    for entity in _close(row.entity, [entity for entity, _ in names]):
        for variable in _close(row.variable, [variable for of, variable in names if of == entity]):
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


def _possible(rows: Sequence[Row], observables: Observables) -> None:
    """UserError for figures below zero of what can't be negative."""
    wrong = [
        Problem(row.where, "value", f"{row.entity}/{row.variable} can't be {row.value:g}", "use 0 or more")
        for row in rows
        if row.value < 0
        and not observables.get(observed(row.entity, row.variable, observables), _SIGNED).signed
    ]
    if wrong:
        raise UserError(wrong)


_SIGNED = OBSERVABLES["OpenAI", "free_cash_flow"]


def _fact(
    key: tuple[str, str], observable: Observable, when: Period, members: Sequence[Sequence[Row]]
) -> Fact:
    """One fact out of rows about the same time: firms add up, and so do events of parts of a year."""
    kind, rows = observable.kind, [row for own in members for row in own]
    parts: dict[tuple[str, Period | None], list[Row]] = {}
    for row in rows:
        parts.setdefault((row.entity, row.period if kind == "events" else None), []).append(row)
    figures = [_middle(part) for part in parts.values()]
    return Fact(
        entity=key[0],
        variable=key[1],
        theme=observable.theme,
        when=_when(kind, when, rows[0]),
        kind=kind,
        period=when,
        value=sum(value for value, _ in figures),
        error=sum(abs(value) * error for value, error in figures) / sum(abs(value) for value, _ in figures),
        unit=rows[0].unit,
        rows=tuple(rows),
    )


def _when(kind: Kind, when: Period, row: Row) -> str:
    """The name of a fact's time: its year where it is about a whole one or the end of one."""
    near_end = kind in POINTS and (when.end % YEAR == 0 or when.end % YEAR > LATE)
    fiscal = row.period_text.startswith("FY") and row.entity in FISCAL
    return str(when.year) if when.calendar or (near_end and not fiscal) else row.period_text


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
            rows=(*before.rows, *now.rows),
        )
        for before, now in itertools.pairwise(levels)
        if now.year == before.year + 1
    ]
