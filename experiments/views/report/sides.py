"""The results that a report puts side by side, each under a name of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from computeshift.experiments.results.results import Results
from computeshift.experiments.views.format import minus
from computeshift.experiments.views.plots.amounts import mismatch


@dataclass(frozen=True)
class Side:
    """Results, and their name in this report."""

    name: str
    results: Results

    def minus(self, first: Side) -> str:
        """The name of the differences to the first side."""
        return f"{self.name} {minus(first.name)}"


def label(side: Side, sides: Sequence[Side]) -> str:
    """The name above a side's picture; empty where there is one side."""
    return side.name if len(sides) > 1 else ""


def why_apart(sides: Sequence[Side]) -> str:
    """Why the worlds of the sides do not pair, in words; empty if they do."""
    first, *others = sides
    for side in others:
        if wrong := mismatch(side.results, first.results):
            return f"the worlds of {side.name} and of {first.name} do not pair: {wrong}"
    return ""
