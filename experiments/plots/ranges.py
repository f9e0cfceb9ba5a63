"""Ranges: a line a name, from P10 to P90 or over an interval, with a dot at its middle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from computeshift.experiments.plots import style
from computeshift.experiments.plots.amounts import Array


def ranges(
    names: Sequence[str], low: Array, middle: Array, high: Array, *, unit: str, sign: bool = False
) -> dict[str, Any]:
    """The option of one range a name, the first on top; `sign`: numbers are told with their sign."""
    told = style.spans(low, middle, high, unit, sign)
    series = ranged("", style.CAPACITY, low, middle, high, told, unit)
    return option(names, unit, series)


def option(names: Sequence[str], unit: str, series: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The option of ranges of some series over the same names."""
    return style.base(
        grid={"left": 12, "right": 24, "top": 32, "bottom": 30, "containLabel": True},
        xAxis=style.value_axis(unit) | {"nameLocation": "middle", "nameGap": 28},
        yAxis={
            "type": "category",
            "inverse": True,
            "data": list(names),
            "axisTick": {"show": False},
            "axisLine": {"show": False},
            "axisLabel": {"color": style.INK, "width": 230, "overflow": "break", "lineHeight": 14},
            "splitLine": {"show": True, "lineStyle": {"color": style.RULE, "type": "dotted"}},
        },
        series=series,
        **more,
    )


def ranged(
    name: str,
    colour: str,
    low: Array,
    middle: Array,
    high: Array,
    told: Sequence[str],
    unit: str,
) -> list[dict[str, Any]]:
    """The series of one colour: lines from low to high, and dots."""
    by = style.scale(unit)
    ends: list[list[Any]] = []
    for i, edges in enumerate(zip(style.rounded(low * by), style.rounded(high * by), strict=True)):
        ends += [[edges[0], i], [edges[1], i], [None, None]]
    line = {
        "type": "line",
        "name": name,
        "data": ends,
        "color": colour,
        "symbol": "none",
        "silent": True,
        "lineStyle": {"width": 5, "opacity": 0.45, "cap": "round"},
        "tooltip": {"show": False},
    }
    dots = {
        "type": "scatter",
        "name": name,
        "color": colour,
        "symbolSize": 10,
        "dimensions": [style.shown(unit), "row", {"name": "told", "type": "ordinal"}],
        "encode": {"x": 0, "y": 1, "tooltip": [2]},
        "data": [
            [value, i, text]
            for i, (value, text) in enumerate(zip(style.rounded(np.asarray(middle) * by), told, strict=True))
        ],
    }
    return [line, dots]
