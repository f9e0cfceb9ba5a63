"""What compare answers with: differences from the first of several sides, over paired worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.results.excluded import Reasons, worlds_of
from computeshift.experiments.results.late import view

UNITS = ("$ bn", "GW")
"""What edges are compared in: write-offs, stakes and models that are learned from move neither."""
MOST = 8
"""How many edges of a unit are shown."""


@dataclass(frozen=True, repr=False)
class Comparison(Answer):
    """Every other side minus the first in a year: means over paired worlds, each with a 95% interval.

    `outcomes`, `claims` and `edges` have one row for each of the other sides (`config`) and thing
    compared, with `difference`, `low` and `high`; `pairs.py` says what `variance_ratio`, `exact`,
    `constant` and `differing` are. `edges` holds all that changed, by unit, the largest mean change first.
    `parameters` has rows for the sides whose worlds are from another posterior than those of the first, one
    of them perhaps from the prior. `posterior_rows` counts, for each side that has a posterior, the
    different rows of it that its worlds were drawn from.
    """

    question: ClassVar[str] = "compare"

    sides: tuple[dict[str, str | None], ...]
    year: int
    worlds: int
    seed: int
    reasons: dict[str, Reasons]
    outcomes: pd.DataFrame
    claims: pd.DataFrame
    edges: pd.DataFrame
    parameters: pd.DataFrame
    posterior_rows: dict[str, int]

    @property
    def left_out(self) -> dict[str, list[int]]:
        """The worlds that are left out of all sides, by the side where they make no sense."""
        return {name: worlds_of(reasons) for name, reasons in self.reasons.items()}

    @property
    def first(self) -> str:
        """The side that the others are compared with."""
        return str(self.sides[0]["name"])

    @property
    def others(self) -> list[str]:
        """The sides that are compared with the first."""
        return [str(side["name"]) for side in self.sides[1:]]

    def tables(self) -> dict[str, pd.DataFrame]:
        """`outcomes`, `claims`, `edges` and `parameters`."""
        return {
            "outcomes": self.outcomes,
            "claims": self.claims,
            "edges": self.edges,
            "parameters": self.parameters,
        }

    def moved(self, name: str | None = None) -> pd.DataFrame:
        """The parameters that moved further than chance would, of one side or of any."""
        moved = self.parameters[self.parameters["distance"] > self.parameters["threshold"]]
        return moved if name is None else moved[moved["config"] == name]

    def changed(self, unit: str, name: str | None = None) -> pd.DataFrame:
        """The edges of a unit that changed most, of one side or of any."""
        edges = self.edges[self.edges["unit"] == unit]
        return (edges if name is None else edges[edges["config"] == name]).head(MOST)

    def finding(self, name: str) -> str:
        """What a side changes, in a sentence or two."""
        text: str = view("text.compare").finding(self, name)
        return text
