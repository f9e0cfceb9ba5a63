"""Which rows about one variable count, and for which time: the same information votes once.

By kind of what is observed:

- `flow`, `average`: whole years, calendar and fiscal, then other periods, the longest first and of equal
  ones the latest. One of these counts if at most half of it lies in periods that count already: neither a
  quarter of a year that is known, nor twelve months between two fiscal years.
- `stock`, `rate`: the latest row of each year. From October on it is called the year's.
- `round`: the price of the rounds of a year, in whichever month.
- `events`: a row of the whole year, or else months and spans within the year, which add up, the longest
  first. They are the year's only once it is over: when something about the entity was published after it.
- `growth`: year-ends, the latest row of October to December.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from computeshift.experiments.config.periods import YEAR, Period
from computeshift.experiments.config.settling import Kind
from computeshift.experiments.questions.evidence.history import Row, day_after
from computeshift.experiments.questions.evidence.periods import LATE

Chosen = dict[Period, list[Row]]
"""The rows that count by the period that their fact is about, in order of time."""

UNUSED: dict[Kind, str] = {
    "flow": "most of its period lies in periods that count already",
    "average": "most of its period lies in periods that count already",
    "stock": "a later row of the year counts",
    "rate": "a later row of the year counts",
    "round": "it is about more than a year",
    "events": "the year as a whole has a row of its own, the year is not over, or it reaches into two",
    "growth": "it is not at the end of a year, or there is none of the year before",
}


def chosen(kind: Kind, rows: Sequence[Row], over: datetime.date) -> Chosen:
    """The rows that count; `over` is the day until which the entity's rows look back."""
    dated = [(when, row) for row in rows if (when := row.period)]
    dated.sort(key=lambda pair: (pair[0].end, pair[0].first))
    match kind:
        case "flow" | "average":
            return _apart(_grouped(dated))
        case "stock" | "rate":
            return _latest(dated)
        case "growth":
            ends = [(when, row) for when, row in dated if when.end % YEAR == 0 or when.end % YEAR > LATE]
            return {_year(when.year): rows for when, rows in _latest(ends).items()}
        case "round":
            return _grouped([(_year(when.year), row) for when, row in dated if when.in_one_year])
    within = [(when, row) for when, row in dated if when.in_one_year and day_after(_year(when.year)) <= over]
    return _added(within)


def _year(year: int) -> Period:
    return Period(year * YEAR, (year + 1) * YEAR)


def _grouped(dated: Sequence[tuple[Period, Row]]) -> Chosen:
    groups: Chosen = {}
    for when, row in dated:
        groups.setdefault(when, []).append(row)
    return groups


def _latest(dated: Sequence[tuple[Period, Row]]) -> Chosen:
    """Of each calendar year the rows whose period ends last, by the longest of these periods."""
    last = {when.year: when.end for when, _ in dated}
    ends: dict[int, list[tuple[Period, Row]]] = {}
    for when, row in dated:
        if when.end == last[when.year]:
            ends.setdefault(when.end, []).append((when, row))
    return {min(when for when, _ in pairs): [row for _, row in pairs] for pairs in ends.values()}


def _apart(groups: Mapping[Period, list[Row]]) -> Chosen:
    """Periods that say something of their own: whole years first, then the longest."""
    counting: list[Period] = []
    covered = set[int]()
    for when in sorted(groups, key=lambda when: (not _whole(groups[when]), -when.months, -when.end)):
        months = set(range(when.first, when.end))
        if _whole(groups[when]) or len(months & covered) <= when.months / 2:
            counting.append(when)
            covered |= months
    return {
        when: groups[when] for when in sorted(counting, key=lambda when: (when.year, not when.calendar, when))
    }


def _whole(rows: Sequence[Row]) -> bool:
    """Whether rows name a year of the calendar or of the firm's books."""
    return any(row.period_text.removeprefix("FY").isdecimal() for row in rows)


def _added(dated: Sequence[tuple[Period, Row]]) -> Chosen:
    """Of each year the rows of the whole of it, or else those of parts of it that do not overlap."""
    groups, covered = _grouped(dated), set[int]()
    years: Chosen = {}
    for when in sorted(groups, key=lambda when: (-when.months, when.end)):
        months = set(range(when.first, when.end))
        if not months & covered:
            covered |= months
            years.setdefault(_year(when.year), []).extend(groups[when])
    return dict(sorted(years.items()))
