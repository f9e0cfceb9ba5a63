"""The rows of the facts files that a parameter may rest on, and when each could be known.

`facts.csv` and `facts_more.csv` stay as they were handed over. `facts_project.csv` is the project's own:
rows that it looked up, and corrections. A row with something in its column `replaces`, written
ENTITY/VARIABLE/PERIOD=VALUE, stands for every row of that name and value.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from computeshift.experiments.config.periods import counted_in
from computeshift.experiments.errors import instead

FACTS = Path(__file__).with_name("facts.csv")
MORE_FACTS = FACTS.with_name("facts_more.csv")
PROJECT_FACTS = FACTS.with_name("facts_project.csv")
FILES = (FACTS, MORE_FACTS, PROJECT_FACTS)
REPLACES = "replaces"


@cache
def rows() -> dict[str, list[dict[str, str]]]:
    """The rows of each fact, by ENTITY/VARIABLE/PERIOD; those that are replaced are left out."""
    every: list[dict[str, str]] = []
    for file in FILES:
        with file.open(encoding="utf-8", newline="") as lines:
            every += csv.DictReader(lines)
    found: dict[str, list[dict[str, str]]] = {}
    for row in standing(every):
        found.setdefault(name(row), []).append(row)
    return found


@cache
def known() -> frozenset[str]:
    """Every fact as ENTITY/VARIABLE/PERIOD."""
    return frozenset(rows())


def name(row: Mapping[str, str]) -> str:
    """A row's ENTITY/VARIABLE/PERIOD."""
    return f"{row['entity']}/{row['variable']}/{row['period']}"


def valued(row: Mapping[str, str]) -> str:
    """A row as a correction names it: ENTITY/VARIABLE/PERIOD=VALUE, the value as it is written."""
    return f"{name(row)}={row['value']}"


def standing(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The rows that no other row replaces."""
    gone = {row[REPLACES] for row in rows if row.get(REPLACES)}
    return [row for row in rows if row.get(REPLACES) or valued(row) not in gone]


def last_year(row: Mapping[str, str]) -> int:
    """The last year that a row reaches into; a rate per year has no date of its own: 0.

    >>> last_year({"entity": "SoftBank", "period": "FY2024"})  # to March 2025
    2025
    >>> last_year({"entity": "NVIDIA", "period": "FY2026"})  # a fiscal year to January
    2025
    >>> last_year({"entity": "Oracle", "period": "2022-11..2024-10"})
    2024
    >>> last_year({"entity": "Market", "period": "2025/26"})  # from summer to summer
    2026
    >>> last_year({"entity": "Market", "period": "per year"})
    0
    """
    counted = counted_in(row["entity"], row["period"])
    if counted is not None:
        return counted
    years = [int(year) for year in re.findall(r"20\d\d", row["period"])]
    years += [2000 + int(year) for year in re.findall(r"20\d\d/(\d\d)\b", row["period"])]
    return max(years, default=0)


def known_by(fact: str, year: int, day: datetime.date) -> bool:
    """Whether a fact of the world as it was at the end of a year could be known on a day.

    What was measured or estimated of a period that had ended counts, whenever it was published: it
    was there to be known. Anything else (a plan, a forecast, a rate) must have been published.
    """
    return any(_looks_back(row, year) or _published(row) <= day for row in rows().get(fact, []))


def first_published(fact: str) -> datetime.date:
    """The earliest day on which one of a fact's rows was published; ValueError if there is no such fact.

    >>> first_published("SoftBank/ltv/2024-06")
    datetime.date(2024, 8, 7)
    """
    return min(_published(row) for row in rows().get(fact, []))


def _looks_back(row: dict[str, str], year: int) -> bool:
    return row["kind"] in ("actual", "analyst estimate") and 0 < last_year(row) <= year


def _published(row: dict[str, str]) -> datetime.date:
    return datetime.date.fromisoformat(row["published"])


def unknown(facts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """The facts that are none: under which key, what is wrong, and what would be right."""
    for fact in facts:
        if fact not in known():
            yield "facts", f"there is no fact {fact!r}", instead(fact, known())
