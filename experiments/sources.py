"""The rows of facts.csv that a parameter may rest on."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from computeshift.experiments.problems import instead

FACTS = Path(__file__).parent / "facts" / "facts.csv"


@cache
def known() -> frozenset[str]:
    """Every fact as ENTITY/VARIABLE/PERIOD."""
    with FACTS.open(encoding="utf-8", newline="") as rows:
        return frozenset(f"{r['entity']}/{r['variable']}/{r['period']}" for r in csv.DictReader(rows))


def unknown(facts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """The facts that are none: under which key, what is wrong, and what would be right."""
    for fact in facts:
        if fact not in known():
            yield "facts", f"there is no fact {fact!r}", instead(fact, known())
