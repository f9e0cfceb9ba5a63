"""What is right in a config, and may still not be what its writer meant: notes for `check`."""

from __future__ import annotations

from pathlib import Path

from computeshift.experiments.config.overlay import Stack
from computeshift.experiments.config.source import chain, place


def inherited_years(config: str | Path) -> list[str]:
    """Shocks with a probability of their own and a year that another config gives their name, each in a line.

    >>> inherited_years("baseline")
    []
    """
    stack = Stack(chain(config))
    notes = []
    for name, shock in stack.tree.get("shocks", {}).items():
        chance, year = (place(stack.places, ("shocks", name, key)) for key in ("probability", "year"))
        if shock.get("year") is not None and _file(chance) != _file(year):
            wrong = f"with its probability it happens in {shock['year']} only, the year it has from {year}"
            notes.append(f"{chance}: shocks.{name}: {wrong}; write year: null to have it drawn every year")
    return notes


def _file(where: str) -> str:
    return where.rpartition(":")[0]
