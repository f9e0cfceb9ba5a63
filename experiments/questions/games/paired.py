"""How sure a difference is that was seen in paired worlds."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

LEAST = 30  # worlds: from there on a mean is near enough to normal


def mean_interval(values: npt.NDArray[np.float64], of: int = 1) -> tuple[float, float, float]:
    """The mean of `(W,)` values and its 95% interval by Student's t.

    It is one `of` several intervals that hold all at once in 95% of samples (Bonferroni; Dunn, 1961).
    """
    from scipy.special import stdtrit

    mean, count = float(values.mean()), len(values)
    error = float(values.std(ddof=1)) / math.sqrt(count)
    half = error * float(stdtrit(count - 1, _quantile(of)))
    return mean, mean - half, mean + half


def median_interval(values: npt.NDArray[np.float64], of: int = 1) -> tuple[float, float, float]:
    """The median of `(W,)` values and its 95% interval, from order statistics (Conover, 1999).

    It is one `of` several, as in `mean_interval`.

    >>> median_interval(np.arange(1.0, 102.0))
    (51.0, 41.0, 61.0)
    """
    from scipy.special import ndtri

    ranked, count = np.sort(values), len(values)
    half = float(ndtri(_quantile(of))) * math.sqrt(count) / 2
    low = max(math.floor(count / 2 - half), 0)
    return float(np.median(values)), float(ranked[low]), float(ranked[count - 1 - low])


def _quantile(of: int) -> float:
    """The upper end's."""
    return 1 - 0.05 / (2 * of)
