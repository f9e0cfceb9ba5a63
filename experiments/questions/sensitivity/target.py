"""What is to be explained, and how designs are played for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.arguments import chosen_year
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.expression import is_name
from computeshift.experiments.config.plugins import own_strategies
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.results.claims import claims_of
from computeshift.experiments.results.excluded import Reasons, joined
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.block import BLOCK
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import (
    Measure,
    claims_held,
    known_outcome,
    measure,
    outcomes_in,
    part_of,
)
from computeshift.experiments.run.sample import config_of, years_of

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """What is to be explained: an outcome in a year, or whether a claim holds (0 or 1)."""

    name: str
    unit: str
    meaning: str
    when: str
    of: Measure = field(repr=False)

    def column(self, table: pd.DataFrame) -> pd.Series[float]:
        """Its values by world; a claim that can't be decided has no column, and no value here."""
        return table[self.name] if self.name in table else pd.Series(np.nan, index=table.index)


def target_of(name: str, by: int | None, source: Config | Results) -> Target:
    """The outcome or the claim of this name, or an expression, in the year `by`, or the last of the source.

    UserError if there is no such name or year, or if what has a time of its own is given a year.
    """
    claims, own = claims_of(config_of(source)), config_of(source).outcomes
    if name in claims:
        claim = claims[name]
        _no_year(f"the claim {name}", claim.when, by)
        return Target(name, "0/1", claim.sentence, claim.when, claims_held([claim]))
    if is_name(name) and name not in OUTCOMES and name not in own:
        known = [*OUTCOMES, *own, *claims]
        raise UserError(f"there is no outcome or claim {name!r}; {instead(name, known)}")
    outcome, years = known_outcome(name, source), years_of(source)
    if outcome.when:
        _no_year(f"the outcome {name}", outcome.when, by)
    year = outcome.year(years, None if by is None else chosen_year(by, years, "by"))
    return Target(
        outcome.name, outcome.unit, outcome.doc, outcome.when or f"in {year}", outcomes_in([outcome], year)
    )


def _no_year(what: str, when: str, by: int | None) -> None:
    """UserError if what has a time of its own is given a year."""
    if by is not None:
        raise UserError(f"{what} has a time of its own ({when}): leave out `by`")


@dataclass
class Player:
    """Plays designs, counts their worlds, and keeps nothing but the outcome.

    Small designs are played together, as many as fit one market: each costs little more than its worlds.
    """

    config: Config
    target: Target
    total: int
    progress: Progress | None
    worlds: int = 0
    reasons: Reasons = field(default_factory=dict)
    undecided: int = 0

    def __call__(self, designs: Iterable[pd.DataFrame]) -> Iterator[Numbers]:
        """The outcomes of each design's rows; NaN where the world is left out or decides nothing."""
        # A strategy of the user's own may ask which worlds it plays: it gets one design at a time.
        most = 0 if own_strategies(self.config) else BLOCK
        for together in _batches(designs, most):
            ends = np.cumsum([len(design) for design in together])
            yield from np.split(self._outcomes(pd.concat(together, ignore_index=True)), ends[:-1])

    def _outcomes(self, design: pd.DataFrame) -> Numbers:
        """The outcomes of rows that may be of several designs."""
        worlds = design["world"].to_numpy()
        rows = worlds[0] + np.arange(len(worlds))
        measured = measure(
            self.config,
            self.target.of,
            table=design.assign(world=rows),
            draws_of=None if np.array_equal(worlds, rows) else worlds,
            progress=part_of(self.progress, self.worlds, self.total),
            tables=0,
        )
        outcome = self.target.column(measured.table).reindex(rows)
        self.worlds += len(rows)
        reasons = {
            why: [int(worlds[row - rows[0]]) for row in rows_] for why, rows_ in measured.reasons.items()
        }
        self.reasons = joined([self.reasons, reasons])
        self.undecided += int(outcome.isna().sum()) - len(measured.left_out)
        return np.asarray(outcome, dtype=np.float64)


def _batches(designs: Iterable[pd.DataFrame], most: int) -> Iterator[list[pd.DataFrame]]:
    """Designs in order, one or as many at a time as have at most so many rows together."""
    batch: list[pd.DataFrame] = []
    for design in designs:
        if batch and sum(map(len, batch)) + len(design) > most:
            yield batch
            batch = []
        batch.append(design)
    if batch:
        yield batch
