"""Differences between paired worlds: their size, their 95% interval, and what the pairing gained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.questions.compare.clusters import design_effect
from computeshift.experiments.questions.intervals import ends_of_mean, ends_of_share
from computeshift.experiments.results.pairing import differences

RARE = 20  # pairs that differ: with fewer, an interval of means may well be too narrow
LEAST = 2  # pairs: with one there is no spread to judge a difference by


def differences_of_means(
    first: pd.DataFrame, other: pd.DataFrame, rows: Sequence[pd.Series[int]] = ()
) -> pd.DataFrame:
    """What `other` has more than `first`, one row per column of both; their rows are paired worlds.

    `difference` is the mean of the pairs' differences, `low` to `high` its 95% interval, corrected for
    their skewness. `differing` counts the pairs that differ at all; `spread` is the standard deviation
    over worlds, mean of both variances.
    `variance_ratio` is the variance that the difference of unpaired worlds would have, over that of
    the paired ones: infinite where `exact`, every pair differs by the same; NaN if nothing varies.
    A pair without a number on both sides does not count in `pairs`; with fewer than two, all is NaN.
    `rows` are the posterior rows of the worlds of each side that has a posterior: the interval counts
    `pairs` over `design_effect` of them as independent.
    """
    change, first, other = _of_pairs(first, other)
    exact, effect = exactly(change), design_effect(change, rows)
    return pd.DataFrame(
        {
            **interval_of_means(change, exact, effect),
            "median_difference": change.median(),
            "spread": np.sqrt((first.var() + other.var()) / 2),
            **_pairing(first, other, change, exact),
            "pairs": change.count(),
            "design_effect": effect,
        }
    )


def interval_of_means(
    change: pd.DataFrame, exact: pd.Series[bool], effect: pd.Series[float] | float = 1.0
) -> dict[str, pd.Series[float]]:
    """The `difference`, `low` and `high` of the above for differences of paired worlds, one per column."""
    pairs = change.count()
    mean = change.mean().where(pairs >= LEAST)
    independent = pairs / effect
    error: pd.Series[float] = (change.std() / np.sqrt(independent)).mask(exact, 0.0)
    skewness = change.skew().fillna(0.0)
    low, high = ends_of_mean(*map(_numbers, (mean, error, independent)), skewness=_numbers(skewness))
    ends = pd.DataFrame({"low": low, "high": high}, index=change.columns)
    return {"difference": mean, "low": ends["low"], "high": ends["high"]}


def differences_of_shares(
    first: pd.DataFrame, other: pd.DataFrame, rows: Sequence[pd.Series[int]] = ()
) -> pd.DataFrame:
    """The same for columns of 0 and 1: `difference` is of the shares of worlds with a 1."""
    change, first, other = _of_pairs(first, other)
    effect = design_effect(change, rows)
    return pd.DataFrame(
        {
            **interval_of_shares(change, effect),
            **_pairing(first, other, change, exactly(change)),
            "pairs": change.count(),
            "design_effect": effect,
        }
    )


def interval_of_shares(
    change: pd.DataFrame, effect: pd.Series[float] | float = 1.0
) -> dict[str, pd.Series[float]]:
    """The `difference`, `low` and `high` of the above for differences of paired worlds, one per column."""
    pairs, known = change.count(), change.count() >= LEAST
    turned = ((change > 0).sum(), (change < 0).sum(), pairs)
    low, high = ends_of_share(*(_numbers(count / effect) for count in turned))
    ends = pd.DataFrame({"low": low, "high": high}, index=change.columns)
    found = {"difference": change.mean(), "low": ends["low"], "high": ends["high"]}
    return {name: own.where(known) for name, own in found.items()}


def _of_pairs(first: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The differences, and both sides where they are known."""
    change = differences(other, first)
    return change, first.where(change.notna()), other.where(change.notna())


def exactly(change: pd.DataFrame) -> pd.Series[bool]:
    """Whether every pair differs by the same."""
    return (change.max() == change.min()) & (change.count() >= LEAST)


def _numbers(column: pd.Series[Any]) -> npt.NDArray[np.float64]:
    return column.to_numpy(dtype=np.float64)


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
