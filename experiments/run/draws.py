"""Rows of a design that share worlds: each has the random draws of a world, several may have the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from computeshift.environment.draws import Draws
from computeshift.environment.setup import Array

Worlds = npt.NDArray[np.int64]
"""The number of a world per row, `(W,)`."""


class SharedDraws(Draws):
    """The random draws of rows that have those of these worlds, in any order, some more than once.

    >>> rows = np.array([7, 0, 7])
    >>> SharedDraws(1, rows).uniform("news", 2025) == Draws(1, 0, 8).uniform("news", 2025)[rows]
    array([ True,  True,  True])
    """

    def __init__(self, seed: int, worlds: Worlds) -> None:
        first = int(worlds.min())
        super().__init__(seed, first, int(worlds.max()) + 1 - first)
        self.worlds_of_rows = worlds

    def uniform(self, name: str, year: int) -> Array:
        """Uniform numbers in (0, 1), `(W,)`. ValueError if this draw was made before."""
        return super().uniform(name, year)[self.worlds_of_rows - self.first_world]
