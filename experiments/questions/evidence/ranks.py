"""Ranks of true values in their posteriors: whether they are even, and what it means if they are not."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from computeshift.experiments.questions.evidence.weighing import Array

EVEN = "even"
LEVEL = 0.05  # chance of an uneven verdict on any of several quantities whose ranks are all even
POINTS = 100  # at most, where the distribution of ranks is compared with an even one
SIMULATED = 20_000
_SEED = 7


class Band(NamedTuple):
    """Where the distribution function of even ranks lies: points, its lowest and highest values, `(k,)`."""

    at: Array
    low: Array
    high: Array


def placed(values: Array, weights: Array, truth: int, effective: float, tie: float) -> float:
    """The rank of a true value in its posterior, from 0 to 1.

    `values` and `weights` are `(W,)`; the world number `truth` weighs nothing. The posterior counts as
    `effective` draws. The rank is even over recoveries if the truth is one more such draw (Talts et al.
    2018). `tie`, from 0 to 1, says where among equal values the truth stands.
    """
    true = values[truth]
    below, same = (float((weights * where).sum()) for where in (values < true, values == true))
    return float((effective * below + tie * (effective * same + 1)) / (effective + 1))


def p_value(ranks: Array) -> float:
    """How probable it is that even ranks are as uneven as these `(N,)`.

    The statistic is that of Säilynoja, Bürkner and Vehtari (2022): the number of ranks below each of
    many points is binomial if ranks are even; the least probable of these numbers is compared with that
    of simulated even ranks.
    """
    counts = _counts(ranks)
    least = _tails(len(ranks))[np.arange(len(counts)), counts].min()
    simulated = _least_of_even(len(ranks))
    return float((1 + (simulated <= least * (1 + 1e-9)).sum()) / (1 + len(simulated)))


def band(recoveries: int, quantities: int) -> Band:
    """Where the distribution functions of that many quantities all lie in 95% of cases, if ranks are even."""
    least = np.quantile(_least_of_even(recoveries), LEVEL / quantities)
    within = _tails(recoveries) >= least
    low, high = within.argmax(axis=1), recoveries - within[:, ::-1].argmax(axis=1)
    return Band(_points(recoveries), low / recoveries, high / recoveries)


def below(ranks: Array) -> Array:
    """The part of the ranks up to each point of the band, `(k,)`."""
    return np.asarray(_counts(ranks) / len(ranks))


def shape(ranks: Array) -> str:
    """How posteriors are wrong if the ranks are uneven: `too wide`, `too narrow`, `too low`, `too high`.

    It is the larger of two deviations, each over its standard error if ranks are even: of the mean rank
    from a half, and of the mean square about a half from a twelfth.
    """
    off = ranks - 0.5
    shift = off.mean() * np.sqrt(12 * len(ranks))
    spread = (np.mean(off**2) - 1 / 12) * np.sqrt(180 * len(ranks))
    if abs(shift) > abs(spread):
        return "too low" if shift > 0 else "too high"
    return "too narrow" if spread > 0 else "too wide"


def _points(recoveries: int) -> Array:
    """The points between 0 and 1 where distribution functions are compared."""
    points = min(recoveries, POINTS)
    return np.arange(1, points) / points


def _counts(ranks: Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many ranks lie up to each point."""
    return np.searchsorted(np.sort(ranks), _points(len(ranks)), side="right").astype(np.int64)


@cache
def _tails(recoveries: int) -> Array:
    """The two-sided tail probability of each number of ranks up to each point, `(points, N + 1)`."""
    from scipy.stats import binom

    number, at = np.arange(recoveries + 1), _points(recoveries)[:, None]
    tails = np.minimum(binom.cdf(number, recoveries, at), binom.sf(number - 1, recoveries, at))
    return np.asarray(np.minimum(2 * tails, 1.0))


@cache
def _least_of_even(recoveries: int) -> Array:
    """The least tail probability over the points, one per simulation of even ranks; always the same."""
    draws = np.random.Generator(np.random.Philox(_SEED))
    points = len(_points(recoveries)) + 1
    each = draws.multinomial(recoveries, np.full(points, 1 / points), SIMULATED)
    counts = each.cumsum(axis=1)[:, :-1]
    return np.asarray(_tails(recoveries)[np.arange(points - 1), counts].min(axis=1))
