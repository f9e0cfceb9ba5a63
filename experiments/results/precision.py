"""How precisely so many worlds measure a quantile: its Monte Carlo error, from order statistics."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.results.claims import Z_95
from computeshift.experiments.results.quantiles import QUANTILES, percentile

COARSE = 0.1
"""Part of the band from P10 to P90 above which an error is worth a word."""


def errors(table: pd.DataFrame, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
    """The Monte Carlo errors of quantiles over worlds: one row per column of the table, worlds x years.

    `error_p50` is half the 95% interval of the median, in the unit of the table, and so on (Conover,
    1999); `part` is that of the median over the band from P10 to P90. Columns without numbers have no row;
    with too few worlds for an interval an error is not known.

    >>> worlds = pd.DataFrame({2030: np.arange(1.0, 101.0)})
    >>> errors(worlds).round(2).to_dict("index")
    {2030: {'error_p10': 6.0, 'error_p50': 10.0, 'error_p90': 6.0, 'part': 0.13}}
    """
    known = table.dropna(axis="columns", how="all").astype(float)
    rows = {}
    for name, values in zip(known, known.to_numpy().T, strict=True):
        ranked = np.sort(values[~np.isnan(values)])
        found = {f"error_{percentile(q)}": _half(ranked, q) for q in quantiles}
        width = float(np.subtract(*np.quantile(ranked, [0.9, 0.1])))
        rows[name] = found | {"part": _half(ranked, 0.5) / width if width > 0 else math.nan}
    columns = [*(f"error_{percentile(q)}" for q in quantiles), "part"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _half(ranked: npt.NDArray[np.float64], quantile: float) -> float:
    """Half the 95% interval of a quantile of numbers in order; NaN if it reaches beyond them."""
    count = len(ranked)
    reach = Z_95 * math.sqrt(count * quantile * (1 - quantile))
    low, high = math.floor(count * quantile - reach), math.ceil(count * quantile + reach)
    if low < 1 or high > count:
        return math.nan
    return float(ranked[high - 1] - ranked[low - 1]) / 2
