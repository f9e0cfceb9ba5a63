"""Lines over the years: a median a name, the band of each on demand or always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.results.results import QUANTILES, percentile
from computeshift.experiments.views.format import spans
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import Array

FEW = 6  # lines: with more their bands would hide each other, and tooltips and tables alone have them


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

    A band goes with its line where the legend switches it off. There are none with more than `FEW` lines.
    """
    drawn, ribbons = [], []
    for name, (low, middle, high) in spread.items():
        told = spans(spread[name], unit, sign)
        label = style.said(name)
        drawn.append(style.line(label, years, middle, told, unit) | {"color": paint[name]})
        if banded and len(spread) <= FEW:
            ribbons += style.ribbon(label, years, low, high, paint[name], unit, opacity=0.18)
    option = style.by_year(years, unit, series=[*drawn, *ribbons])
    option["legend"]["data"] = [line["name"] for line in drawn]
    return option


def bands_told(spread: Mapping[str, Array]) -> str:
    """Where P10 to P90 are, in words."""
    return "shaded: P10 to P90" if len(spread) <= FEW else "tooltips tell P10 to P90"


def table(spread: Mapping[str, Array], years: Sequence[int], who: str = "who") -> pd.DataFrame:
    """The same numbers: a row a name and year, a column a quantile."""
    rows = [(name, year, *values[:, at]) for name, values in spread.items() for at, year in enumerate(years)]
    return pd.DataFrame(rows, columns=[who, "year", *map(percentile, QUANTILES)])


def of_size(spread: Mapping[str, Array], least: float = 0.0) -> dict[str, Array]:
    """Those of them that come, in some year, to more than `least`; all if none does."""
    large = {name: v for name, v in spread.items() if np.nanmax(np.abs(v), initial=0.0) > least}
    return large or dict(spread)
