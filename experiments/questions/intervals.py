"""95% intervals over paired worlds: of means, medians and shares."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from computeshift.experiments.results.quantiles import ranks_of_interval

Array = npt.NDArray[np.float64]

_SKEWED = 1e-6  # a skewness over root n below it changes no digit


def ends_of_mean(
    mean: Array, error: Array, count: Array, *, skewness: Array | None = None, of: int = 1
) -> tuple[Array, Array]:
    """Low and high end of a mean's interval by Student's t, `(k,)` each: one per mean.

    `error` is its standard error, `count` the number of worlds. It is one `of` several intervals that
    hold all at once in 95% of samples (Bonferroni; Dunn, 1961). With the `skewness` of the differences, t is
    corrected for it (Hall 1992): where few pairs differ, or some by much, plain t covers the truth in
    75 to 90 of 100 samples. Where nearly every pair differs, as payoffs of two strategies do, plain t holds.
    """
    from scipy.special import stdtrit

    reach = stdtrit(np.maximum(count - 1, 1), _upper(of))
    if skewness is None:
        return mean - error * reach, mean + error * reach
    lean = skewness / np.sqrt(np.maximum(count, 1))
    return mean - error * _corrected(reach, lean), mean - error * _corrected(-reach, lean)


def _corrected(reach: Array, lean: Array) -> Array:
    """Where a symmetric statistic has `reach`, the t of a sample with skewness over root n `lean` has it.

    The inverse of the cubic transformation of Hall (1992, Journal of the Royal Statistical Society B 54).
    """
    skewed = np.abs(lean) > _SKEWED
    by = np.where(skewed, lean, 1.0)
    bent = 3 / by * (np.cbrt(1 + by * (reach - by / 6)) - 1)
    return np.where(skewed, bent, reach)


def mean_interval(values: Array, of: int = 1) -> tuple[float, float, float]:
    """The mean of `(W,)` values and the ends of its interval, one `of` several, by plain t."""
    mean, count = np.asarray(values.mean()), len(values)
    error = np.asarray(values.std(ddof=1) / math.sqrt(count))
    low, high = ends_of_mean(mean, error, np.asarray(count), of=of)
    return float(mean), float(low), float(high)


def median_interval(values: Array, of: int = 1) -> tuple[float, float, float]:
    """The median of `(W,)` values and its interval from order statistics (Conover, 1999), one `of` several.

    >>> median_interval(np.arange(1.0, 102.0))
    (51.0, 41.0, 61.0)
    """
    from scipy.special import ndtri

    ranked, count = np.sort(values), len(values)
    low, high = ranks_of_interval(count, 0.5, float(ndtri(_upper(of))))
    return float(np.median(values)), float(ranked[max(low, 1) - 1]), float(ranked[min(high, count) - 1])


def ends_of_share(to_one: Array, to_zero: Array, pairs: Array) -> tuple[Array, Array]:
    """Low and high end of a difference of paired shares' interval, `(k,)` each.

    Of so many `pairs`, `to_one` and `to_zero` turn. It is the adjusted Wald interval of Bonett and Price
    (2012): one world is added to those that turn to 1 and one to those that turn to 0. It holds where
    no world turns.
    """
    from scipy.special import ndtri

    up, down = (to_one + 1) / (pairs + 2), (to_zero + 1) / (pairs + 2)
    centre = up - down
    half = ndtri(_upper(1)) * np.sqrt((up + down - centre**2) / (pairs + 2))
    return np.maximum(centre - half, -1.0), np.minimum(centre + half, 1.0)


def _upper(of: int) -> float:
    """The quantile of the upper end of one `of` several two-sided intervals."""
    return 1 - 0.05 / (2 * of)
