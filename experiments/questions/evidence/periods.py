"""What a model of whole years says of a part of one.

The model logs yearly flows and year-ends. Within a year a flow follows a geometric path through the
neighbouring years: at mid-year it is the year's own flow, half a year before that the geometric mean of
it and the year before, half a year later that of it and the year after. The path is then scaled so that
its integral is the year's flow: the parts of a year add up to the year.

- A flow of a half, a quarter, a month, a span or a fiscal year is the integral over it.
- An average (a share, a price) over such a part is that integral, over its part of a year.
- A run rate is the flow of its last month, times twelve.
- A stock between two year-ends lies on the geometric path between them; on a straight line where one
  is not positive.

At the first and the last year of a simulation the one neighbour that there is gives both slopes. Where
a year and its neighbour are not of one sign, the flow is even on that side. In the first year, whose
beginning is not logged, a stock of October to December faces the year's end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from computeshift.experiments.config.periods import YEAR, Period

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]

LATE = 9
"""A stock of a later month than this may stand for the end of its year."""
_STEEPEST = np.log(100.0)  # of a year to the next: beyond it a path is as steep as can be


def flow(table: pd.DataFrame, when: Period) -> pd.Series[float] | None:
    """What flows in a period, one number per world; None if the table (worlds x years) lacks a year of it."""
    years = range(when.first // YEAR, when.year + 1)
    if table.empty or any(year not in table for year in years):
        return None
    parts = []
    for year in years:
        start = year * YEAR
        first, end = max(when.first - start, 0), min(when.end - start, YEAR)
        part = _part_of_year(table, year, first / YEAR, end / YEAR)
        if part is None:
            return None
        parts.append(part)
    total: pd.Series[float] = sum(parts[1:], parts[0])
    return total


def average(table: pd.DataFrame, when: Period) -> pd.Series[float] | None:
    """The mean over a period of what the table has the yearly means of."""
    whole = flow(table, when)
    return None if whole is None else whole * (YEAR / when.months)


def run_rate(table: pd.DataFrame, when: Period) -> pd.Series[float] | None:
    """The flow of a period's last month, times twelve."""
    return average(table, Period(when.end - 1, when.end))


def level(table: pd.DataFrame, when: Period) -> pd.Series[float] | None:
    """A stock at the end of a period, of a table of year-ends."""
    year, month = divmod(when.end, YEAR)
    if month == 0:
        year, month = year - 1, YEAR
    if table.empty or year not in table:
        return None
    now = table[year]
    if month == YEAR:
        return now
    if year - 1 not in table:
        return now if month > LATE else None
    before, part = table[year - 1], month / YEAR
    even = before * (1 - part) + now * part
    positive = (before > 0) & (now > 0)
    geometric = np.exp(np.log(before.where(positive)) * (1 - part) + np.log(now.where(positive)) * part)
    return even.where(~positive, geometric)


def _part_of_year(table: pd.DataFrame, year: int, first: float, end: float) -> pd.Series[float] | None:
    """What flows from one fraction of a year to another; None if neither neighbour is there."""
    if (first, end) == (0.0, 1.0):
        return table[year]
    before, after = _slope(table, year - 1), _slope(table, year)
    if before is None and after is None:
        return None
    before, after = (after if before is None else before), (before if after is None else after)
    assert before is not None
    assert after is not None
    share = (_until(end, before, after) - _until(first, before, after)) / _until(1.0, before, after)
    return table[year] * share


def _slope(table: pd.DataFrame, year: int) -> Array | None:
    """Log growth from a year to the next, 0 where they are not of one sign; None if one is not there."""
    if year not in table or year + 1 not in table:
        return None
    earlier, later = table[year].to_numpy(float), table[year + 1].to_numpy(float)
    same = earlier * later > 0
    growth = np.log(np.divide(later, earlier, out=np.ones_like(later), where=same))
    return np.asarray(np.clip(growth, -_STEEPEST, _STEEPEST))


def _until(time: float, before: Array, after: Array) -> Array:
    """The integral of the path that is 1 at mid-year, from the year's beginning to a fraction of it."""
    early = np.exp(-before / 2) * _grown(before, min(time, 0.5))
    return early + _grown(after, max(time - 0.5, 0.0))


def _grown(slope: Array, time: float) -> Array:
    """The integral of exp(slope * t) from 0 to a time."""
    flat = np.abs(slope) < 1e-9
    return np.where(flat, time, np.expm1(slope * time) / np.where(flat, 1.0, slope))
