"""How sure a difference is that was seen in paired worlds."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Z = 1.959963984540054  # 97.5% quantile of the normal distribution
LEAST = 30  # worlds: from there on a mean is near enough to normal


def mean_interval(values: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """The mean of `(W,)` values and its 95% interval, by the central limit theorem."""
    mean = float(values.mean())
    half = Z * float(values.std(ddof=1)) / math.sqrt(len(values))
    return mean, mean - half, mean + half


def median_interval(values: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """The median of `(W,)` values and its 95% interval, from order statistics (Conover, 1999).

    >>> median_interval(np.arange(1.0, 102.0))
    (51.0, 41.0, 61.0)
    """
    ranked, count = np.sort(values), len(values)
    half = Z * math.sqrt(count) / 2
    low = max(math.floor(count / 2 - half), 0)
    return float(np.median(values)), float(ranked[low]), float(ranked[count - 1 - low])
