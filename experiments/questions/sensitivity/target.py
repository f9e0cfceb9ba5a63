"""What is to be explained, and how designs are played for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.arguments import chosen_year, several
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.plugins import own_strategies
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.claims import Claim, claim_or_outcome
from computeshift.experiments.results.excluded import Reasons, joined
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.block import BLOCK
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import (
    Measure,
    claims_held,
    measure,
    must_have,
    outcomes_in,
    part_of,
)
from computeshift.experiments.run.sample import config_of, years_of

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """What is to be explained: an outcome in a year, or whether a claim holds (0 or 1).

    `year` is None for what has a time of its own.
    """

    name: str
    unit: str
    meaning: str
    when: str
    of: Measure = field(repr=False)
    year: int | None = None

    @property
    def key(self) -> str:
        """Its name and its time, which no other target has both of; an expression may say its time itself."""
        return self.name if self.name.endswith(f" {self.when}") else f"{self.name} {self.when}"

    def column(self, table: pd.DataFrame) -> pd.Series[float]:
        """Its values by world; a claim that can't be decided has no column, and no value here."""
        return table[self.name] if self.name in table else pd.Series(np.nan, index=table.index)


def targets_of(outcome: Any, years: Any, source: Config | Results) -> list[Target]:
    """Each of the outcomes in each of the `years` (default: the last of the source), none of them twice.

    What has a time of its own stands there once. UserError if there is no such name or year, or if years
    are given and nothing has one of them.
    """
    names = [outcome] if isinstance(outcome, str) else several(outcome, "outcome", '["trust", "openai_burn"]')
    if not names:
        raise UserError("`outcome`: there is none; name one or several")
    chosen = _chosen(years, years_of(source))
    targets = [target_of(name, at, source) for name in names for at in chosen or years_of(source)[-1:]]
    if chosen and all(target.year is None for target in targets):
        first = targets[0]
        raise UserError(f"{first.name} has a time of its own ({first.when}): leave out `years`")
    return [*{target.key: target for target in targets}.values()]


def _chosen(years: Any, known: Sequence[int]) -> list[int]:
    """The years that are given, one or several; UserError if one is not simulated."""
    if years is None:
        return []
    given = years if isinstance(years, Iterable) and not isinstance(years, str) else [years]
    return [chosen_year(year, known, "years") for year in given]


def target_of(name: str, year: int | None, source: Config | Results) -> Target:
    """The outcome or the claim of this name, or an expression, in the year, or the last of the source.

    What has a time of its own has no other. UserError if there is no such name.
    """
    found = claim_or_outcome(name, config_of(source))
    if isinstance(found, Claim):
        return Target(name, "0/1", found.sentence, found.when, claims_held([found]))
    outcome, years = must_have(found, source), years_of(source)
    at = outcome.year(years, year)
    if at not in years:
        raise UserError(f"the outcome {name} is of {at}, and the last year simulated is {years[-1]}")
    return Target(
        outcome.name,
        outcome.unit,
        outcome.doc,
        outcome.when or f"in {at}",
        outcomes_in([outcome], at),
        None if outcome.when else at,
    )


def measure_of(targets: Sequence[Target]) -> Measure:
    """Measures what is to be explained: a column each, by its key."""

    def of(record: Record) -> pd.DataFrame:
        return pd.DataFrame({target.key: target.column(target.of(record)) for target in targets})

    return of


@dataclass
class Player:
    """Plays designs, counts their worlds, and keeps nothing but a number per outcome and year.

    Small designs are played together, as many as fit one market: each costs little more than its worlds.
    """

    config: Config
    targets: Sequence[Target]
    total: int
    progress: Progress | None
    worlds: int = 0
    reasons: Reasons = field(default_factory=dict)
    undecided: npt.NDArray[np.int64] = field(init=False)
    """By target, in how many worlds it has no value."""

    def __post_init__(self) -> None:
        self.undecided = np.zeros(len(self.targets), dtype=np.int64)

    def __call__(self, designs: Iterable[pd.DataFrame]) -> Iterator[Numbers]:
        """Each design's outcomes `(targets, rows)`; NaN where a world is left out or decides nothing."""
        # A strategy of the user's own may ask which worlds it plays: it gets one design at a time.
        most = 0 if own_strategies(self.config) else BLOCK
        for together in _batches(designs, most):
            ends = np.cumsum([len(design) for design in together])
            played = self._outcomes(pd.concat(together, ignore_index=True))
            yield from np.split(played, ends[:-1], axis=1)

    def _outcomes(self, design: pd.DataFrame) -> Numbers:
        """The outcomes `(targets, rows)` of rows that may be of several designs."""
        worlds = design["world"].to_numpy()
        rows = worlds[0] + np.arange(len(worlds))
        measured = measure(
            self.config,
            measure_of(self.targets),
            table=design.assign(world=rows),
            draws_of=None if np.array_equal(worlds, rows) else worlds,
            progress=part_of(self.progress, self.worlds, self.total),
            tables=0,
        )
        outcomes = measured.table.reindex(rows)
        self.worlds += len(rows)
        reasons = {
            why: [int(worlds[row - rows[0]]) for row in rows_] for why, rows_ in measured.reasons.items()
        }
        self.reasons = joined([self.reasons, reasons])
        self.undecided += outcomes.isna().sum().to_numpy() - len(measured.left_out)
        return outcomes.to_numpy(np.float64).T


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
