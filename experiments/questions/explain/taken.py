"""A firm's decision in all worlds and years: what each limit allowed, and which one bound."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.environment.decisions import HAIR, least

NOWHERE = -1
"""The number of the limit, or of the cause, where a decision was not taken."""

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Taken:
    """One decision.

    `amounts` has the limits in the order of the rule, what was wanted first, `(W, years)` each, 0 where
    the decision was not taken. `bound` numbers the limit that bound, `(W, years)`, there `NOWHERE`.
    """

    amounts: Mapping[str, Numbers]
    bound: Codes

    @functools.cached_property
    def wanted(self) -> Numbers:
        """What was wanted, `(W, years)`."""
        return next(iter(self.amounts.values()))

    @functools.cached_property
    def done(self) -> Numbers:
        """What was done, `(W, years)`."""
        return least(self.amounts)

    @functools.cached_property
    def short(self) -> Numbers:
        """How far it fell short of what was wanted, `(W, years)`."""
        return self.wanted - self.done

    def cost(self, limit: str) -> Numbers:
        """The part that a limit takes off what the other limits would allow, `(W, years)`."""
        others = np.minimum.reduce([amount for name, amount in self.amounts.items() if name != limit])
        return np.asarray(1 - self.amounts[limit] / np.maximum(others, HAIR))


def taken_of(rows: pd.DataFrame, worlds: pd.Index[int], years: pd.Index[int]) -> Taken:
    """The rows of the log that are about one decision, as arrays over these worlds and years, in order."""
    codes, limits = pd.factorize(rows["limit"])
    world, year = np.searchsorted(worlds, rows["world"]), np.searchsorted(years, rows["year"])
    amounts = np.zeros((len(limits), len(worlds), len(years)))
    amounts[codes, world, year] = rows["amount"]
    bound, first = np.full(amounts.shape[1:], NOWHERE), rows["bound"].to_numpy()
    bound[world[first], year[first]] = codes[first]
    return Taken(dict(zip(map(str, limits), amounts, strict=True)), bound)
