"""Differences between paired worlds: their size, their 95% interval, and what the pairing gained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.questions.compare.rule import differences

RARE = 20  # pairs that differ: with fewer, an interval of means may well be too narrow
LEAST = 2  # pairs: with one there is no spread to judge a difference by
_CONFIDENCE = 0.975  # the upper end of a two-sided 95% interval


def differences_of_means(first: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """What `other` has more than `first`, a row a column of both; their rows are paired worlds.

    `difference` is the mean of the pairs' differences, `low` to `high` its 95% interval by Student's
    t of the paired differences, mended for their skewness (Hall 1992): where few pairs differ, or some
    by much, plain t holds the truth in 75 to 90 of 100 samples. `differing` counts the pairs that differ
    at all; `spread` is the standard deviation over worlds, mean of both variances.
    `variance_ratio` is the variance that the difference of unpaired worlds would have, over that of
    the paired ones: infinite where `exact`, every pair differs by the same; NaN if nothing varies.
    A pair without a number on both sides does not count in `pairs`; with fewer than two, all is NaN.
    """
    from scipy.special import stdtrit

    change = differences(other, first)
    first, other = first.where(change.notna()), other.where(change.notna())
    pairs = change.count()
    exact = (change.max() == change.min()) & (pairs >= LEAST)
    error: pd.Series[float] = (change.std() / np.sqrt(pairs)).mask(exact, 0.0)
    reach = stdtrit((pairs - 1).clip(lower=1), _CONFIDENCE)
    lean = change.skew().fillna(0.0) / np.sqrt(pairs.clip(lower=1))
    mean = change.mean().where(pairs >= LEAST)
    return pd.DataFrame(
        {
            "difference": mean,
            "low": mean - error * _mended(reach, lean),
            "high": mean - error * _mended(-reach, lean),
            "median_difference": change.median(),
            "spread": np.sqrt((first.var() + other.var()) / 2),
            **_pairing(first, other, change, exact),
            "pairs": pairs,
        }
    )


def _mended(reach: Any, lean: pd.Series[float]) -> pd.Series[float]:
    """Where a symmetric statistic has `reach`, the t of a sample with that skewness over root n has it.

    The inverse of the cubic transformation of Hall (1992, Journal of the Royal Statistical Society B 54).
    """
    leans = lean.abs() > 1e-6
    by = lean.where(leans, 1.0)
    bent = 3 / by * (np.cbrt(1 + by * (reach - by / 6)) - 1)
    found: pd.Series[float] = bent.where(leans, reach)
    return found


def differences_of_shares(first: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """The same for columns of 0 and 1: `difference` is of the shares of worlds with a 1.

    The interval is the adjusted Wald interval for paired shares of Bonett and Price (2012): one world
    is added to those that turn to 1 and one to those that turn to 0. It holds where no world turns.
    """
    from scipy.special import ndtri

    change = differences(other, first)
    first, other = first.where(change.notna()), other.where(change.notna())
    pairs = change.count()
    exact = (change.max() == change.min()) & (pairs >= LEAST)
    to_one = ((change > 0).sum() + 1) / (pairs + 2)
    to_zero = ((change < 0).sum() + 1) / (pairs + 2)
    centre = to_one - to_zero
    half = ndtri(_CONFIDENCE) * np.sqrt((to_one + to_zero - centre**2) / (pairs + 2))
    known = pairs >= LEAST
    return pd.DataFrame(
        {
            "difference": change.mean().where(known),
            "low": (centre - half).clip(lower=-1.0).where(known),
            "high": (centre + half).clip(upper=1.0).where(known),
            **_pairing(first, other, change, exact),
            "pairs": pairs,
        }
    )


def _pairing(
    first: pd.DataFrame, other: pd.DataFrame, change: pd.DataFrame, exact: pd.Series[bool]
) -> dict[str, pd.Series]:
    """By how much pairing shrank the variance, and whether it left none."""
    unpaired = first.var() + other.var()
    constant = (first.max() == first.min()) & (other.max() == other.min())
    ratio = unpaired / change.var().where(change.var() > 0)
    return {
        "variance_ratio": ratio.mask(exact, np.inf).mask(constant),
        "exact": exact,
        "constant": constant,
        "differing": (change.fillna(0.0) != 0).sum(),
    }
