"""How precisely so many worlds measure a quantile: its Monte Carlo error, from order statistics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from computeshift.experiments.results.quantiles import (
    QUANTILES,
    array_bands,
    half_width,
    percentile,
)

COARSE = 0.1
"""Part of the band from P10 to P90 above which an error is worth a word."""


def errors(table: pd.DataFrame, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
    """The Monte Carlo errors of quantiles over worlds: one row per column of the table, worlds x years.

    `error_p50` is half the 95% interval of the median, in the unit of the table, and so on (Conover,
    1999); `part` is that of the median over the band from P10 to P90. Columns without numbers have no row;
    with too few worlds for an interval an error is not known.

    >>> worlds = pd.DataFrame({2030: np.arange(1.0, 101.0)})
    >>> errors(worlds).round(2).to_dict("index")
    {2030: {'error_p10': 5.5, 'error_p50': 9.5, 'error_p90': 5.5, 'part': 0.12}}
    """
    known = table.dropna(axis="columns", how="all").astype(float)
    values = known.to_numpy(np.float64)
    found = {f"error_{percentile(q)}": half_width(values, q) for q in quantiles}
    low, _, high = array_bands(values) if len(known.columns) else np.empty((3, 0))
    width = np.where(high > low, high - low, np.nan)
    return pd.DataFrame(found | {"part": half_width(values, 0.5) / width}, index=known.columns)
