"""The rows of facts.csv that a parameter may rest on, and when each could be known."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from computeshift.experiments.errors import instead

FACTS = Path(__file__).with_name("facts.csv")


@cache
def rows() -> dict[str, list[dict[str, str]]]:
    """The rows of each fact, by ENTITY/VARIABLE/PERIOD."""
    found: dict[str, list[dict[str, str]]] = {}
    with FACTS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(f"{row['entity']}/{row['variable']}/{row['period']}", []).append(row)
    return found


@cache
def known() -> frozenset[str]:
    """Every fact as ENTITY/VARIABLE/PERIOD."""
    return frozenset(rows())


def last_year(period: str) -> int:
    """The last year that a period reaches into; a rate per year has no date of its own: 0.

    >>> last_year("FY2024"), last_year("2022-11..2024-10"), last_year("per year")
    (2024, 2024, 0)
    """
    return max((int(year) for year in re.findall(r"20\d\d", period)), default=0)


def known_by_end_of(fact: str, year: int) -> bool:
    """Whether a fact is of the world as it was at the end of a year.

    What was measured or estimated of a period that had ended counts, whenever it was published: it
    was there to be known. Anything else (a plan, a forecast, a rate) must have been published.
    """
    return any(_looks_back(row, year) or _published(row).year <= year for row in rows().get(fact, []))


def first_published(fact: str) -> datetime.date:
    """The earliest day on which one of a fact's rows was published; ValueError if there is no such fact.

    >>> first_published("SoftBank/ltv/2024-06")
    datetime.date(2024, 8, 7)
    """
    return min(_published(row) for row in rows().get(fact, []))


def _looks_back(row: dict[str, str], year: int) -> bool:
    return row["kind"] in ("actual", "analyst estimate") and 0 < last_year(row["period"]) <= year


def _published(row: dict[str, str]) -> datetime.date:
    return datetime.date.fromisoformat(row["published"])


def unknown(facts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """The facts that are none: under which key, what is wrong, and what would be right."""
    for fact in facts:
        if fact not in known():
            yield "facts", f"there is no fact {fact!r}", instead(fact, known())
