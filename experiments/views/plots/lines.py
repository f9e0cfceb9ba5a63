"""Lines over the years: one median per name, with its band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.results.quantiles import QUANTILES, percentile
from computeshift.experiments.views.format import spans
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import Array

FEW = 6  # lines with bands at most: more would hide each other, so tooltips and tables have the bands
_HALF = 0.5  # a larger share is seen against the whole; smaller ones would lie flat at its foot


def lines(
    spread: Mapping[str, Array],
    years: Sequence[int],
    unit: str,
    paint: Mapping[str, str],
    *,
    sign: bool = False,
    banded: bool = True,
) -> dict[str, Any]:
    """The option with one line per name in its colour; `spread` holds P10, median and P90, `(3, years)` each.

    The legend switches a line off together with its band. With more than `FEW` lines there are no bands.
    """
    medians, ribbons = [], []
    for name, (low, middle, high) in spread.items():
        texts = spans(spread[name], unit, sign)
        label = style.label(name)
        medians.append(style.line(label, years, middle, texts, unit) | {"color": paint[name]})
        if banded and len(spread) <= FEW:
            ribbons += style.ribbon(label, years, low, high, paint[name], unit, opacity=0.18)
    option = style.by_year(years, unit, series=[*medians, *ribbons])
    option["legend"]["data"] = [line["name"] for line in medians]
    return option


def percent_axis(spread: Mapping[str, Array]) -> dict[str, int]:
    """The ends of an axis of shares: to 100% where one is above a half, else as far as the lines go.

    >>> percent_axis({"small": np.array([[0.1], [0.2], [0.3]])})
    {'min': 0}
    >>> percent_axis({"large": np.array([[0.4], [0.6], [0.8]])})
    {'min': 0, 'max': 100}
    >>> percent_axis({"without a value": np.full((3, 1), np.nan)})
    {'min': 0}
    """
    high = max((float(np.nanmax(middle, initial=0.0)) for _, middle, _ in spread.values()), default=0.0)
    return {"min": 0, "max": 100} if high > _HALF else {"min": 0}


def where_bands_are(spread: Mapping[str, Array]) -> str:
    """Where P10 to P90 are, in words."""
    return "shaded: P10 to P90" if len(spread) <= FEW else "P10 to P90 in tooltips"


def table(spread: Mapping[str, Array], years: Sequence[int], name_column: str = "who") -> pd.DataFrame:
    """The same numbers: one row per name and year, one column per quantile."""
    rows = [(name, year, *values[:, at]) for name, values in spread.items() for at, year in enumerate(years)]
    return pd.DataFrame(rows, columns=[name_column, "year", *map(percentile, QUANTILES)])


def larger_than(spread: Mapping[str, Array], least: float = 0.0) -> dict[str, Array]:
    """Those above `least` in some year; all if none is."""
    large = {name: v for name, v in spread.items() if np.nanmax(np.abs(v), initial=0.0) > least}
    return large or dict(spread)
