"""When a fact is about: the months that a text means in a firm's books."""

from __future__ import annotations

import re
from dataclasses import dataclass

FISCAL = {"Microsoft": 6, "Oracle": 5, "SoftBank": 15, "NVIDIA": 1, "Broadcom": 10}
"""Where a firm's fiscal year ends, in months from the January of the year it is named for
(SoftBank's ends in the next March); all others' is the calendar year."""
YEAR = 12
_PART = r"(0[1-9]|1[0-2]|Q[1-4]|H[12]|9M)"
_DATE = re.compile(rf"(FY)?(20\d\d)(?:-{_PART})?")
_SPAN = re.compile(rf"(20\d\d(?:-{_PART})?)\.\.(?:(20\d\d(?:-{_PART})?)|(Q[1-4]))")


@dataclass(frozen=True, order=True)
class Period:
    """Months from `first` on and before `end`, counted from the January of the year 0."""

    first: int
    end: int

    @property
    def months(self) -> int:
        """How long it is."""
        return self.end - self.first

    @property
    def year(self) -> int:
        """The calendar year in which it ends."""
        return (self.end - 1) // YEAR

    @property
    def calendar(self) -> bool:
        """Whether it is a whole calendar year."""
        return self.months == YEAR and self.end % YEAR == 0

    @property
    def in_one_year(self) -> bool:
        """Whether it lies in one calendar year."""
        return self.first // YEAR == self.year


def period(entity: str, text: str) -> Period | None:
    """The months that a text means in a firm's books; None for anything but a year, a part of one or a span.

    >>> period("Oracle", "FY2025"), period("Oracle", "FY2026-H1")  # June to May, June to November
    (Period(first=24293, end=24305), Period(first=24305, end=24311))
    >>> period("OpenAI", "2025-Q1..Q3") == period("OpenAI", "2025-01..2025-09")
    True
    >>> period("OpenAI", "2025-2029")
    """
    if one := _DATE.fullmatch(text):
        return _dated(entity, one)
    span = _SPAN.fullmatch(text)
    if span is None:
        return None
    last = span[3] or f"{span[1][:4]}-{span[5]}"
    first, final = (_dated(entity, match) for match in (_DATE.fullmatch(span[1]), _DATE.fullmatch(last)))
    return Period(first.first, final.end) if first and final and first.first < final.end else None


def _dated(entity: str, match: re.Match[str] | None) -> Period | None:
    if match is None:
        return None
    fiscal, year, part = match[1], int(match[2]), match[3] or ""
    if fiscal and part.isdecimal():
        return None  # no month has a number in a firm's books
    first = year * YEAR + (FISCAL.get(entity, YEAR) - YEAR if fiscal else 0)
    before, months = _months(part)
    return Period(first + before, first + before + months)


def _months(part: str) -> tuple[int, int]:
    """How many months of a year come before a part of it, and how many it has."""
    if part.isdecimal():
        return int(part) - 1, 1
    length = {"Q": 3, "H": 6, "9": 9}.get(part[:1], YEAR)
    return (int(part[1:]) - 1) * length if part[:1] in ("Q", "H") else 0, length


def counted_in(entity: str, text: str) -> int | None:
    """The calendar year whose end a period's end stands for; None for a text that is no period.

    A fiscal year to January counts as the calendar year before.

    >>> counted_in("NVIDIA", "FY2026"), counted_in("Microsoft", "FY2026-H1"), counted_in("Oracle", "2025-11")
    (2025, 2025, 2025)
    >>> counted_in("Market", "per year")
    """
    when = period(entity, text)
    if when is None:
        return None
    return when.year - (text.startswith("FY") and when.end % YEAR == 1)
