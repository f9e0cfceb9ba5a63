"""PRIM: boxes in many dimensions in which cases of interest are dense (Friedman and Fisher, 1999).

Peeling and pasting are theirs, the measures of a box and the quasi-p-values Bryant and Lempert's (2010).
One guard is added against finding patterns in hundreds of noisy dimensions: a dimension may be peeled only
where cases and other rows of the box are distributed differently along it (a two-sample
Kolmogorov-Smirnov test, corrected for the number of dimensions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import kolmogorov
from scipy.stats import binom

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

PEEL = 0.05  # the part of a box's rows that a peel takes, and a paste gives back
LEAST_MASS = 0.05  # the part of all rows that a box keeps
LEAST_ROWS = 20
CHANCE = 0.05  # the error of the first kind, of a box's peels and of a restriction


@dataclass(frozen=True)
class Box:
    """Limits by dimension, `(d,)` each, both inclusive; infinite where there is none."""

    low: Numbers
    high: Numbers

    @classmethod
    def whole(cls, dimensions: int) -> Self:
        """The box without a limit."""
        return cls(np.full(dimensions, -np.inf), np.full(dimensions, np.inf))

    @property
    def restricted(self) -> list[int]:
        """The dimensions with a limit."""
        return [int(j) for j in np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high))]

    def contains(self, x: Numbers) -> Truths:
        """By row of `x`, `(n, d)`, whether it is inside, `(n,)`."""
        inside = np.ones(len(x), dtype=np.bool_)
        for j in self.restricted:
            inside = inside & (x[:, j] >= self.low[j]) & (x[:, j] <= self.high[j])
        return inside

    def limited(self, dimension: int, low: float, high: float) -> Box:
        """The same with other limits in one dimension."""
        box = Box(self.low.copy(), self.high.copy())
        box.low[dimension], box.high[dimension] = low, high
        return box

    def without(self, dimension: int) -> Box:
        """The same with no limit in one dimension."""
        return self.limited(dimension, -np.inf, np.inf)


def find(x: Numbers, y: Truths) -> tuple[Box, list[Box]]:
    """The box that serves best, and the trajectory of peels it was chosen from, the whole first.

    Of the trajectory the box is taken that has the highest harmonic mean of coverage and lift: the part
    of the way from the density of the whole to 1. It is pasted, and restrictions that chance explains
    are dropped.
    `x` is `(n, d)`, `y`, `(n,)`, says which rows are cases; there must be cases and others.
    """
    trajectory = peel(x, y)
    inside = [y[box.contains(x)] for box in trajectory]
    coverages = np.array([cases.sum() for cases in inside]) / y.sum()
    densities = np.array([cases.mean() for cases in inside])
    lifts = (densities - y.mean()) / (1 - y.mean())
    best = trajectory[int(np.argmax(coverages * lifts / (coverages + lifts)))]
    return significant(paste(best, x, y), x, y), trajectory


def peel(x: Numbers, y: Truths) -> list[Box]:
    """Boxes from the whole down, each without the slab whose loss raises the density most by row lost."""
    order = np.argsort(x, axis=0, kind="stable")
    least = max(LEAST_MASS * len(y), LEAST_ROWS)
    box, inside = Box.whole(x.shape[1]), np.ones(len(y), dtype=bool)
    boxes = [box]
    while True:
        density, rows = y[inside].mean(), inside.sum()
        best, chosen = 0.0, None
        for dimension in telling(order, y, inside):
            for peeled in _peels(box, dimension, x[inside, dimension]):
                left = peeled.contains(x)
                count = left.sum()
                gain = (y[left].mean() - density) / (rows - count) if least <= count < rows else 0.0
                if gain > best:
                    best, chosen = gain, (peeled, left)
        if chosen is None:
            return boxes
        box, inside = chosen
        boxes.append(box)


def telling(order: npt.NDArray[np.intp], y: Truths, inside: Truths) -> list[int]:
    """The dimensions along which cases and other rows inside are distributed differently.

    `order`, `(n, d)`, sorts the rows in every dimension. Ties stay in the order of the rows.
    """
    cases, rows = int((y & inside).sum()), int(inside.sum())
    if cases in (0, rows):
        return []
    steps = np.where(y, 1 / cases, -1 / (rows - cases)) * inside
    gap = np.abs(np.cumsum(steps[order], axis=0)).max(axis=0)
    chance = kolmogorov(gap * np.sqrt(cases * (rows - cases) / rows))
    return [int(j) for j in np.flatnonzero(chance * order.shape[1] < CHANCE)]


def _peels(box: Box, dimension: int, values: Numbers) -> list[Box]:
    """The box without the lowest, and without the highest, slab of a dimension; ties go together."""
    low, high = box.low[dimension], box.high[dimension]
    above = values[values > np.quantile(values, PEEL, method="lower")]
    below = values[values < np.quantile(values, 1 - PEEL, method="higher")]
    raised = [box.limited(dimension, above.min(), high)] if above.size else []
    lowered = [box.limited(dimension, low, below.max())] if below.size else []
    return raised + lowered


def paste(box: Box, x: Numbers, y: Truths) -> Box:
    """The box with limits moved back out for as long as its density rises."""
    while wider := [pasted for j in box.restricted for pasted in _pastes(box, j, x)]:
        densities = [y[candidate.contains(x)].mean() for candidate in wider]
        if max(densities) <= y[box.contains(x)].mean():
            break
        box = wider[int(np.argmax(densities))]
    return box


def _pastes(box: Box, dimension: int, x: Numbers) -> list[Box]:
    """The box with a slab more on either side of a dimension, where it is limited."""
    others = box.without(dimension).contains(x)
    values, low, high = x[others, dimension], box.low[dimension], box.high[dimension]
    slab = max(round(PEEL * box.contains(x).sum()), 1)
    below, above = np.sort(values[values < low])[::-1], np.sort(values[values > high])
    lower = below[slab - 1] if len(below) > slab else -np.inf
    higher = above[slab - 1] if len(above) > slab else np.inf
    lowered = [box.limited(dimension, lower, high)] if below.size else []
    raised = [box.limited(dimension, low, higher)] if above.size else []
    return lowered + raised


def quasi_p_values(box: Box, x: Numbers, y: Truths) -> dict[int, float]:
    """By restricted dimension, how likely as many cases are by chance, were it not restricted."""
    inside = y[box.contains(x)]
    rates = {j: y[box.without(j).contains(x)].mean() for j in box.restricted}
    return {j: float(binom.sf(inside.sum() - 1, inside.size, rate)) for j, rate in rates.items()}


def significant(box: Box, x: Numbers, y: Truths) -> Box:
    """The box without the restrictions that chance explains, the weakest dropped first."""
    while (chances := quasi_p_values(box, x, y)) and max(chances.values()) > CHANCE:
        box = box.without(max(chances, key=lambda j: chances[j]))
    return box
