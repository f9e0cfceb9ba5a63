"""The frozen list of scored facts: which facts the scorecard scores, from which start, in which group.

A fact joins by a line of `scored.csv` and one in the changelog. `core` are those that `backtest` scored
before the first scorecard; they never leave.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

STARTS = ("end_of_2022", "end_of_2023", "baseline")
"""The configs whose worlds are scored, each against every later year that facts reach."""
GROUPS = {
    "lab": "a lab's operations",
    "money": "money",
    "supply": "supply",
    "prices": "prices",
    "rivals": "rivals",
}
"""Groups of facts, with their names in words."""
OTHER = "other"
"""The group of a user's fact about a variable that the list lacks."""
Key = tuple[str, str]
"""A start and the name of a fact."""


@dataclass(frozen=True)
class Listed:
    """A fact of the list."""

    start: str
    entity: str
    variable: str
    when: str
    group: str
    core: bool

    @property
    def name(self) -> str:
        """ENTITY/VARIABLE/WHEN, as a fact has it."""
        return f"{self.entity}/{self.variable}/{self.when}"


@cache
def listed() -> dict[Key, Listed]:
    """The list, by start and name."""
    lines = files(__package__).joinpath("scored.csv").read_text("utf-8").splitlines()
    entries = [
        Listed(row["start"], row["entity"], row["variable"], row["when"], row["group"], row["core"] == "yes")
        for row in csv.DictReader(lines)
    ]
    return {(one.start, one.name): one for one in entries}


@cache
def groups() -> dict[tuple[str, str], str]:
    """The group of each entity and variable that the list has."""
    return {(one.entity, one.variable): one.group for one in listed().values()}
