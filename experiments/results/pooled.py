"""The cells of a sampled experiment as one sample: each world is read in one of the cells."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.excluded import Excluded, Reasons, joined
from computeshift.experiments.results.extract import Extract
from computeshift.experiments.results.results import Results


class PooledResults(Results):
    """Results whose world `w` is that of cell `w mod n` of `n` cells; settings of cells are in its design.

    So no world counts twice, and worlds stay independent of each other: over all cells the same draws would
    stand in many rows. It answers what looks at outcomes, claims, the market and the design alone.
    """

    def __init__(
        self, folder: Path, cells: Sequence[Results], settings: Sequence[Mapping[str, float]]
    ) -> None:
        """`settings` are the sampled numbers of each cell, by the dotted name of the parameter.

        UserError if cells have not the same worlds.
        """
        if any(not np.array_equal(cell.parts.worlds, cells[0].parts.worlds) for cell in cells):
            raise UserError("cells that are asked together must have the same worlds: finish the experiment")
        self.folder = folder.resolve()
        self.extract = Extract()
        self.manifest = cells[0].manifest
        self.parts = cells[0].parts
        self.cells = tuple(cells)
        self.settings = tuple(settings)

    @functools.cached_property
    def excluded(self) -> Excluded:
        """A world is left out where its own cell leaves it out."""
        parts: list[Reasons] = []
        for place, cell in enumerate(self.cells):
            own = {why: self._of(place, worlds) for why, worlds in cell.reasons.items()}
            parts.append({why: worlds for why, worlds in own.items() if worlds})
        return Excluded(self.parts.worlds, joined(parts))

    @functools.cached_property
    def design(self) -> pd.DataFrame:
        """One row per world: its uncertain parameters, and the settings of its cell."""
        columns = {name: [own[name] for own in self.settings] for name in self.settings[0]}
        design = self._pooled(lambda cell: cell.design.set_index("world"))
        place = design.index.to_numpy() % len(self.cells)
        sampled = {name: np.asarray(values)[place] for name, values in columns.items()}
        return design.assign(**sampled).reset_index()

    def columns(self, table: str) -> pd.DataFrame:
        """The columns of a table; the design has the cells' settings too."""
        about = super().columns(table)
        if table != "design":
            return about
        units = {name: number.unit for name, number in self.config.parameters().items()}
        sampled = [(name, units.get(name, ""), "sampled over cells") for name in self.settings[0]]
        own = pd.DataFrame(sampled, columns=["column", "unit", "meaning"]).set_index("column")
        return pd.concat([about[~about.index.isin(own.index)], own])

    def outcome_or_empty(self, name: str) -> pd.DataFrame:
        """An outcome by name or as an expression; no rows, or no numbers, where this market has none."""
        return self._pooled(lambda cell: cell.outcome_or_empty(name))

    def evaluated(self, expression: str) -> pd.DataFrame:
        """The values of an expression, worlds x years. UserError for a name that the cells lack."""
        return self._pooled(lambda cell: cell.evaluated(expression))

    def market_variable_or_empty(self, name: str) -> pd.DataFrame:
        """A variable of the market, worlds x years; no rows where there is none of that name."""
        return self._pooled(lambda cell: cell.market_variable_or_empty(name))

    def counterpart_or_empty(self, name: str) -> pd.DataFrame:
        """A variable of the market of the same worlds without the firm that claims want gone."""
        return self._pooled(lambda cell: cell.counterpart_or_empty(name))

    def _pooled(self, of: Callable[[Results], pd.DataFrame]) -> pd.DataFrame:
        """The rows of each cell's table, by world, that are worlds of this cell."""
        parts = []
        for place, cell in enumerate(self.cells):
            table = of(cell)
            parts.append(table.loc[self._of(place, table.index)])
        return pd.concat(parts).sort_index()

    def _of(self, place: int, worlds: Iterable[int]) -> list[int]:
        """Those of the worlds that are read in the cell at this place."""
        return [world for world in worlds if world % len(self.cells) == place]
