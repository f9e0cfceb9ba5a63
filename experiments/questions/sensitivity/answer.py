"""The answer to `sensitivity`: one outcome in one year, or several of one design."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import pandas as pd

from computeshift.experiments.config.factor import Loadings
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.sensitivity.indices import Indices
from computeshift.experiments.questions.sensitivity.target import Target
from computeshift.experiments.results.excluded import Reasons, worlds_of


@dataclass(frozen=True)
class Explained:
    """What one outcome in one year depends on; in `undecided` worlds it has no value."""

    target: Target
    undecided: int
    indices: Indices


@dataclass(frozen=True, repr=False)
class Sensitivity(Answer):
    """Which inputs outcomes depend on. `ranges` has one row per input: its unit, P5 and P95.

    Inputs are independent: a parameter that loads on factors (its `loadings`, by parameter) stands here as
    its residual, what it has apart from them, with its range while the factors are at their medians.
    Where inputs are grouped, `by` says how, and `ranges` has one row per group: how many `inputs` it has.
    `worlds` were played or read, once for all outcomes and years; `broken` of them break a check of sense.
    Samples with such a world, or one where an outcome has no value, are left out of its indices.
    """

    question: ClassVar[str] = "sensitivity"

    explained: tuple[Explained, ...]
    source: str
    seed: int
    method: str
    base: int | None
    worlds: int
    reasons: Reasons
    ranges: pd.DataFrame
    loadings: Loadings = field(default_factory=dict)
    by: str | None = None

    @property
    def broken(self) -> int:
        """How many worlds break a check of sense."""
        return len(worlds_of(self.reasons))

    @property
    def each(self) -> list[Sensitivity]:
        """One answer per outcome and year, each as if it had been asked alone."""
        return [replace(self, explained=(one,)) for one in self.explained]

    @property
    def target(self) -> Target:
        """The outcome and its year. UserError if there are several: `each` has them."""
        return self._only.target

    @property
    def indices(self) -> Indices:
        """What the method finds. UserError if there are several outcomes or years: `each` has theirs."""
        return self._only.indices

    @property
    def undecided(self) -> int:
        """In how many worlds the outcome has no value. UserError if there are several: `each` has theirs."""
        return self._only.undecided

    @property
    def factors(self) -> pd.DataFrame:
        """One row per factor, the most important first: unit, P5, P95, the indices, the outer fifths.

        Of several outcomes or years, one row per outcome, year and factor, with columns of these names;
        `year` is empty for what has a time of its own.
        """
        if len(self.explained) == 1:
            return self.ranges.join(self.indices.table, how="right")
        tables = [_labelled(one.target, one.factors) for one in self.each]
        return pd.concat(tables, ignore_index=True)

    @property
    def _only(self) -> Explained:
        if len(self.explained) > 1:
            raise UserError(f"there are {len(self.explained)} outcomes and years: take one of `each`")
        return self.explained[0]

    def tables(self) -> dict[str, pd.DataFrame]:
        """`factors`."""
        return {"factors": self.factors}


def _labelled(target: Target, factors: pd.DataFrame) -> pd.DataFrame:
    """The factors of an outcome in a year, with columns that say so."""
    table = factors.rename_axis("factor").reset_index()
    table.insert(0, "outcome", target.name)
    table.insert(1, "year", pd.Series(target.year, index=table.index, dtype="Int64"))
    return table
