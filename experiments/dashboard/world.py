"""One world of a results folder, read as if it had been alone: quick, and the same to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from computeshift.experiments.explanation.binding import Log
from computeshift.experiments.explanation.explanation import VENTURE
from computeshift.experiments.explanation.story import Sentence, Teller
from computeshift.experiments.problems import UserError
from computeshift.experiments.results import Results

TELLING = "lab", "cloud", "investor"


class OneWorld(Results):
    """The results of a single world; each of its tables is read once."""

    def __init__(self, results: Results, world: int) -> None:
        """UserError if there is no such world, or if its numbers are not finite."""
        super().__init__(results.folder)
        broken = self.manifest["not_finite"]
        if not 0 <= world < results.worlds or world in broken:
            told = f", but {', '.join(map(str, broken))}" if broken else ""
            raise UserError(
                f"there is no world {world} of finite numbers: use 0 to {results.worlds - 1}{told}"
            )
        self.world = world
        self._tables: dict[str, pd.DataFrame] = {}

    def read(
        self, table: str, columns: Sequence[str] | None = None, where: Sequence[tuple[Any, ...]] = ()
    ) -> pd.DataFrame:
        """As of all results, of this world alone; conditions are of the kind `("year", "==", 2030)`."""
        if table not in self._tables:
            self._tables[table] = super().read(table, where=[("world", "==", self.world)])
        rows = self._tables[table]
        for name, _, value in where:
            rows = rows[rows[name] == value]
        return rows if columns is None else rows[list(columns)]

    def stories(self, year: int) -> dict[str, tuple[Sentence, ...]]:
        """The story of every firm's year, and the venture's where anything is tied to it.

        UserError if the folder is older than the log of limits.
        """
        log = self._log()
        firms = [*self.firms, *([VENTURE] if log.tied(VENTURE) else [])]
        return {firm: Teller(self, log, firm, year, self.world).story() for firm in firms}

    def _log(self) -> Log:
        return Log(self)
