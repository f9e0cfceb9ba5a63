"""A region of what is uncertain: its limits, and how many cases it has inside."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Column:
    """Something uncertain: its dotted name, the same in words, and its unit.

    A factor or a residual is a `score`: its limits read as quantiles. A residual is what its parameter has
    apart from the factors in `given`, in words.
    """

    name: str
    words: str
    unit: str
    score: bool = False
    given: str = ""


@dataclass(frozen=True)
class Limit:
    """A restriction of one column. `low` and `high` are inclusive, None where it is open."""

    column: Column
    low: float | None
    high: float | None
    p10: float
    p90: float
    below: float
    """Part of all worlds below `low`; 0 if it is open."""
    kept: float
    """Part of all worlds within the limits."""
    p_value: float
    """Chance of as many cases in the box had this limit no effect, in worlds the box has not seen."""

    @classmethod
    def of(
        cls, column: Column, low: float, high: float, values: npt.NDArray[np.float64], p_value: float
    ) -> Self:
        """From limits that are infinite where open, and the column's values in all worlds."""
        p10, p90 = (float(bound) for bound in np.quantile(values, (0.1, 0.9)))
        low_end, high_end = (bound if math.isfinite(bound) else None for bound in (low, high))
        kept = float(((values >= low) & (values <= high)).mean())
        return cls(column, low_end, high_end, p10, p90, float((values < low).mean()), kept, p_value)


@dataclass(frozen=True)
class Fit:
    """How a box does on a half of the worlds: those inside, the cases among them, and their parts."""

    worlds: int
    cases: int
    coverage: float
    """Part of all cases that are inside."""
    density: float
    """Part of the worlds inside that are cases; NaN if no world is inside."""
    mass: float
    """Part of all worlds that are inside."""

    @classmethod
    def of(cls, inside: npt.NDArray[np.bool_], cases: npt.NDArray[np.bool_]) -> Self:
        """From a truth by world of each, `(n,)`; there is a case."""
        worlds, within = int(inside.sum()), int((inside & cases).sum())
        density = within / worlds if worlds else math.nan
        return cls(worlds, within, within / int(cases.sum()), density, worlds / len(cases))


@dataclass(frozen=True)
class Peel:
    """A box on the way to a region: what it restricts, and its fit on both halves of the worlds."""

    restricts: tuple[Column, ...]
    seen: Fit
    unseen: Fit


@dataclass(frozen=True)
class Region:
    """A box, beyond those before it: its limits, and its fit on both halves of the worlds."""

    limits: tuple[Limit, ...]
    seen: Fit
    """On the worlds that it was found in."""
    unseen: Fit
    """On the others: the honest numbers."""
    trajectory: tuple[Peel, ...]
    """Every box it was chosen from, the widest first."""
