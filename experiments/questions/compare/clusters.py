"""Worlds drawn from one row of a posterior share its parameters: what such clusters mean for intervals."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def design_effect(change: pd.DataFrame, rows: Sequence[pd.Series[int]]) -> pd.Series[float]:
    """The variance of each column's mean over that of independent worlds, `(k,)`, at least 1.

    `change` has one row per world; `rows` are the posterior rows of its worlds, for one side or for both.
    Worlds of one row are a cluster. With two sides the variances by either are added, less that by both
    (Cameron, Gelbach and Miller 2011, Journal of Business and Economic Statistics 29), and are at least
    the larger. Where no world differs from the mean, worlds of a row count as one.
    A posterior of a single row has no spread, and its worlds are independent.
    """
    rows = [own for own in rows if own.nunique() > 1]
    if not rows:
        return pd.Series(1.0, index=change.columns)
    off = change - change.mean()
    by_side = pd.concat([_variance(off, [own]) for own in rows], axis=1)
    both = by_side.sum(axis=1) - _variance(off, rows)
    count = change.count()
    independent = (off**2).sum() * count / (count - 1)
    effect = both.clip(lower=by_side.max(axis=1)) / independent
    return effect.fillna(max(len(own) / effective(own) for own in rows)).clip(lower=1.0)


def effective(rows: pd.Series[int]) -> float:
    """How many independent worlds these are worth if worlds of a row are alike (Kish 1965).

    >>> effective(pd.Series([7, 7, 8, 8]))
    2.0
    """
    sizes = rows.value_counts()
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def _variance(off: pd.DataFrame, rows: Sequence[pd.Series[int]]) -> pd.Series[float]:
    """The variance of each column's sum, where worlds with the same `rows` move together."""
    clusters = off.groupby(list(rows), sort=False)
    many = (clusters.count() > 0).sum()
    return (clusters.sum() ** 2).sum() * many / (many - 1).where(many > 1)
