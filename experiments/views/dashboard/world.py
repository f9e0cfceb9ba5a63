"""One world of a results folder, read as if it were alone: quick, and the same to the last bit."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import pandas as pd

from computeshift.experiments.questions.explain.binding import Log
from computeshift.experiments.questions.explain.explanation import VENTURE
from computeshift.experiments.questions.explain.story import Reader, Sentence
from computeshift.experiments.results.long import HOLDS
from computeshift.experiments.results.results import Results


class OneWorld(Results):
    """The results of a single world; each of its tables is read once."""

    def __init__(self, results: Results, world: int) -> None:
        """UserError if there is no such world, or if it is left out."""
        super().__init__(results.folder)
        self.excluded.must_count(world)
        self.world = world
        self._tables: dict[str, pd.DataFrame] = {}

    def read(
        self, table: str, columns: Sequence[str] | None = None, where: Sequence[tuple[Any, ...]] = ()
    ) -> pd.DataFrame:
        """Rows of a table, of this world alone, where conditions such as `("year", "==", 2030)` hold."""
        if table not in self._tables:
            self._tables[table] = super().read(table, where=[("world", "==", self.world)])
        rows = self._tables[table]
        for name, how, value in where:
            rows = rows[HOLDS[how](rows[name], value)]
        return rows if columns is None else rows[list(columns)]

    def storytellers(self) -> list[str]:
        """The firms with a story, and the venture if anything is tied to it."""
        return [*self.firms, *([VENTURE] if self._log.tied(VENTURE) else [])]

    def story(self, firm: str, year: int) -> tuple[Sentence, ...]:
        """The story of a firm's year. UserError if the folder has no log of limits."""
        return Reader(self, self._log, firm, year, self.world).story()

    @functools.cached_property
    def _log(self) -> Log:
        return Log(self)
