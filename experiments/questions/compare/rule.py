"""The rule of comparison: this minus a reference, world by world. Whatever shows a difference follows it.

The reference is the run named first, and a title or caption names it: `minus baseline`. For a
quantity it shows the median of the paired differences, with P10 to P90 where there is room. For a claim it
shows the difference of the shares of worlds in which it holds, in percentage points. Only `compare` shows
means, because a 95% interval is one of a mean, and says so at its top.
"""

from __future__ import annotations

import pandas as pd

from computeshift.experiments.results.results import QUANTILES, percentile


def differences(this: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """`this` minus `reference`: one row per world and one column per year, or quantity, that both have.

    Both are tables such as `Results.outcome` gives, of runs whose worlds pair (same seed and years).
    """
    worlds = this.index.intersection(reference.index, sort=False)
    columns = this.columns.intersection(reference.columns, sort=False)
    return this.loc[worlds, columns] - reference.loc[worlds, columns]


def bands(values: pd.DataFrame) -> pd.DataFrame:
    """One row per column of `values`, worlds down its side: `p10`, `p50` (the median) and `p90`.

    Worlds without a number do not count; a column without any number has no row. Of differences:

    >>> this, reference = pd.DataFrame({2030: [3.0, 5.0, 9.0]}), pd.DataFrame({2030: [2.0, 2.0, 2.0]})
    >>> bands(differences(this, reference)).round(1).to_dict("index")
    {2030: {'p10': 1.4, 'p50': 3.0, 'p90': 6.2}}
    """
    known = values.dropna(axis="columns", how="all").astype(float)
    return known.quantile(list(QUANTILES)).T.set_axis([percentile(q) for q in QUANTILES], axis="columns")
