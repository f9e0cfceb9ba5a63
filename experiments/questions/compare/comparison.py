"""What compare answers with: differences from the first of several sides, over paired worlds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.text import Text

from computeshift.experiments.questions.answer import Answer, records
from computeshift.experiments.questions.compare.pairs import LEAST, RARE
from computeshift.experiments.results.excluded import Reasons, left_out, worlds_of
from computeshift.experiments.views.format import difference, minus
from computeshift.experiments.views.text.compare import (
    READING,
    claims_table,
    each,
    edges_table,
    outcomes_table,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

    from computeshift.experiments.views.text.table import Plain

UNITS = ("$ bn", "GW")
"""What edges are compared in: write-offs, stakes and models that are learned from move neither."""
MOST = 8
"""How many edges of a unit are shown."""


@dataclass(frozen=True, repr=False)
class Comparison(Answer):
    """Every other side minus the first in a year: means over paired worlds, each with a 95% interval.

    `outcomes`, `claims` and `edges` have a row for each of the other sides (`config`) and thing
    compared, with `difference`, `low` and `high`; what `variance_ratio`, `exact`, `constant` and
    `differing` say is in `pairs.py`. `edges` holds all that changed, by unit, the largest mean change first.
    """

    sides: tuple[dict[str, str | None], ...]
    year: int
    worlds: int
    seed: int
    reasons: dict[str, Reasons]
    outcomes: pd.DataFrame
    claims: pd.DataFrame
    edges: pd.DataFrame

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

    def document(self) -> dict[str, Any]:
        """All of it as one JSON document; what is unknown is null."""
        return {
            "first": self.first,
            "others": self.others,
            "sides": list(self.sides),
            "year": self.year,
            "worlds": self.worlds,
            "seed": self.seed,
            "left_out": self.left_out,
            "findings": [self.finding(name) for name in self.others],
            "notes": list(self.notes()),
            "outcomes": records(self.outcomes),
            "claims": records(self.claims),
            "edges": records(self.edges),
        }

    def show(self, console: Console) -> None:
        """Print it as tables that fit 80 columns."""
        for name in self.others:
            console.print(Text(self.finding(name)))
            console.print()
            for table in self._tables(name):
                console.print(table)
                console.print()
        console.print(Text(READING, style="dim"))
        for note in self.notes():
            console.print(Text(note))
        console.print(Text(f"{self.worlds:,} worlds, seed {self.seed}, paired: world by world the same luck"))
        console.print(Text("What outcomes and claims mean: computeshift list", style="dim"))

    def draw(self) -> Figure:
        """Outcomes and claims as dots with intervals, edges that changed most as bars."""
        from computeshift.experiments.views.figures.compare import drawn

        return drawn(self)

    def finding(self, name: str) -> str:
        """What a side changes, in a sentence or two."""
        rows = self.outcomes[self.outcomes["config"] == name]
        known = rows[rows["pairs"] >= LEAST]
        clear = known[(known["low"] > 0) | (known["high"] < 0)]
        start = f"{name} {minus(self.first)} in {self.year}, means of {self.worlds:,} paired worlds: "
        if clear.empty:
            return f"{start}no outcome differs clearly."
        most = clear.loc[(clear["difference"] / clear["spread"]).abs().sort_values(ascending=False).index[:3]]
        told = "; ".join(f"{row.outcome} {difference(row.difference, row.unit)}" for row in each(most))
        counted = f"{len(clear)} of {len(known)} outcomes differ clearly"
        return f"{start}{counted}. Most, for its spread over worlds: {told}."

    def notes(self) -> Iterator[str]:
        """What the tables leave out, and why."""
        for name, reasons in self.reasons.items():
            yield f"of {name}, {left_out(reasons)}"
        for name in self.others:
            rows = self.outcomes[self.outcomes["config"] == name]
            either, both = f"{self.first} or {name}", f"{self.first} and {name}"
            few = rows["differing"].between(1, RARE - 1)
            for told, which in {
                f"left out, no world has a number in {either}": rows["pairs"] < LEAST,
                f"not every pair has numbers in {both}": rows["pairs"].between(LEAST, self.worlds - 1),
                f"fewer than {RARE} pairs differ, so the interval may be too narrow": few,
                f"does not vary over the worlds of {both}": rows["constant"],
            }.items():
                if which.any():
                    yield f"{', '.join(rows['outcome'][which])}: {told}"
            undecided = self.claims[(self.claims["config"] == name) & (self.claims["pairs"] == 0)]
            if len(undecided):
                yield f"{', '.join(undecided['claim'])}: not decided in {either}"

    def changed(self, unit: str, name: str | None = None) -> pd.DataFrame:
        """The edges of a unit that changed most, of one side or of any."""
        edges = self.edges[self.edges["unit"] == unit]
        return (edges if name is None else edges[edges["config"] == name]).head(MOST)

    def _tables(self, name: str) -> Iterator[Plain]:
        """What one side changes, none of the tables empty."""
        less = f"and {name} {minus(self.first)}"
        outcomes = self.outcomes.query("config == @name and pairs >= @LEAST")
        if len(outcomes):
            yield outcomes_table(f"Outcomes in {self.year}: {self.first}, {less}", outcomes)
        held = self.claims.query("config == @name and pairs >= @LEAST")
        if len(held):
            yield claims_table(f"Claims, % of worlds: {self.first}, {less}", held)
        for unit in UNITS:
            edges = self.changed(unit, name)
            if len(edges):
                yield edges_table(f"Most changed flows in {self.year}, {unit}: {self.first}, {less}", edges)
