"""Quantiles over worlds: which ones answers have, what their columns are called, how they are computed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.claims import Z_95

QUANTILES = (0.1, 0.5, 0.9)
"""P10, the median and P90: what an answer has of a distribution over worlds."""

Array = npt.NDArray[np.float64]


def percentile(quantile: float) -> str:
    """The column name of a quantile.

    >>> percentile(0.1), percentile(0.025)
    ('p10', 'p2.5')
    """
    return f"p{quantile * 100:g}"


def bands(table: pd.DataFrame) -> pd.DataFrame:
    """Quantiles of each column of a table of worlds: one row per column, with `p10`, `p50` and `p90`.

    Worlds without a number do not count; a column without any number has no row.

    >>> bands(pd.DataFrame({2030: [1.0, 3.0, 7.0]})).round(1).to_dict("index")
    {2030: {'p10': 1.4, 'p50': 3.0, 'p90': 6.2}}
    """
    known = table.dropna(axis="columns", how="all").astype(float)
    return known.quantile(list(QUANTILES)).T.set_axis([percentile(q) for q in QUANTILES], axis="columns")


def array_bands(values: Array) -> Array:
    """P10, median and P90, `(3, ...)`, of an array whose first axis is worlds; NaN does not count."""
    if np.isfinite(values).all():
        return np.quantile(values, QUANTILES, axis=0)
    flat = pd.DataFrame(values.reshape(len(values), -1))
    return flat.quantile(list(QUANTILES)).to_numpy().reshape(3, *values.shape[1:])


def ranks_of_interval(count: int, quantile: float, reach: float) -> tuple[int, int]:
    """The ranks, from 1 on, of the ends of a quantile's interval among so many numbers (Conover, 1999).

    `reach` is that of the standard normal distribution. With too few numbers the first rank is below 1, or
    the last above `count`.

    >>> ranks_of_interval(101, 0.5, 1.96)
    (41, 61)
    """
    centre, half = count * quantile, reach * math.sqrt(count * quantile * (1 - quantile))
    return math.floor(centre - half) + 1, math.ceil(centre + half)


def half_width(values: Array, quantile: float) -> Array:
    """Half the 95% interval of a quantile over worlds, `(k,)`, of values `(W, k)`; NaN does not count.

    NaN where there are too few for an interval.
    """
    ranked = np.sort(values, axis=0)  # NaN last
    halves = np.full(values.shape[1], np.nan)
    for place, count in enumerate((~np.isnan(ranked)).sum(axis=0).tolist()):
        low, high = ranks_of_interval(count, quantile, Z_95)
        if low >= 1 and high <= count:
            halves[place] = (ranked[high - 1, place] - ranked[low - 1, place]) / 2
    return halves


def yearly(
    tables: Iterable[tuple[tuple[str, ...], pd.DataFrame]],
    keys: Sequence[str],
    quantiles: Sequence[float],
    errors: bool = False,
) -> pd.DataFrame:
    """Quantiles of several tables of worlds by years: one row per table and year, one column per quantile.

    The keys of a table stand in the columns `keys`. Tables may be made one by one, as each is needed once.
    With `errors` each quantile has its Monte Carlo error too, half its 95% interval: `error_p50`, and so on.
    UserError for what is not a quantile.
    """
    if wrong := [quantile for quantile in quantiles if not 0 <= quantile <= 1]:
        right = "use numbers from 0 to 1, such as 0.9 for P90"
        raise UserError(f"`quantiles`: {wrong[0]} is not a quantile; {right}")
    rows = []
    for key, table in tables:
        values = table.quantile(list(quantiles)).to_numpy().T
        if errors:
            numbers = table.to_numpy(np.float64)
            values = np.column_stack([values, *(half_width(numbers, quantile) for quantile in quantiles)])
        rows += [(*key, year, *row) for year, row in zip(table.columns, values.tolist(), strict=True)]
    names = [*map(percentile, quantiles)]
    names += [f"error_{name}" for name in names] if errors else []
    return pd.DataFrame(rows, columns=[*keys, "year", *names])
