"""Ranges: one row per name, a line from low to high with a dot in between; one colour per series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from computeshift.experiments.views.format import scale, unit_label
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import Array

_ROW, _MARGIN = 62, 76  # px: a row holds a name of three lines above its dot


@dataclass(frozen=True)
class Ranges:
    """Ranges of one colour: low, middle and high, `(3, rows)`, and a tooltip for each row."""

    name: str
    colour: str
    spread: Array
    texts: Sequence[str]


def ranges(rows: Sequence[str], unit: str, *series: Ranges) -> dict[str, Any]:
    """The option of ranges, the first row on top; several series share a row.

    A row's name stands above its ranges, so that it has the whole width.
    """
    axis = {"type": "category", "inverse": True, "data": list(rows)}
    parts = [part for i, one in enumerate(series) for part in _series(one, unit, _offset(i, len(series)))]
    option = style.base(
        grid={"left": 12, "right": 24, "top": 28 if len(series) == 1 else 48, "bottom": 48},
        xAxis=style.value_axis(unit)
        | {"nameLocation": "middle", "nameGap": 26}
        | {"axisLine": {"show": False}, "axisTick": {"show": False}},
        yAxis=[
            axis
            | {"axisTick": {"show": False}, "axisLine": {"show": False}, "z": 4}
            | {"splitLine": {"show": True, "lineStyle": {"color": style.RULE, "type": "dotted"}}}
            | {"axisLabel": _ROW_LABEL},
            {"type": "value", "show": False, "inverse": True, "min": -0.5, "max": len(rows) - 0.5},
        ],
        series=parts,
    )
    if len(series) > 1:
        option["legend"] = style.legend(data=[one.name for one in series])
    return option


_ROW_LABEL = {
    "inside": True,
    "margin": 0,
    "interval": 0,
    "align": "left",
    "verticalAlign": "bottom",
    "padding": [0, 0, 2, 0],
    "width": 330,
    "overflow": "break",
    "lineHeight": 14,
    "color": style.INK,
    "textBorderColor": "#fff",
    "textBorderWidth": 3,
}


def height(rows: int) -> int:
    """The height of such a picture, px."""
    return _MARGIN + _ROW * rows


def _offset(i: int, count: int) -> float:
    """Distance of a series' ranges below the row's name, in rows."""
    return 0.18 + (0.26 * (i + 0.5) / count - 0.13 if count > 1 else 0.0)


def _series(one: Ranges, unit: str, shift: float) -> list[dict[str, Any]]:
    by = scale(unit)
    lows, middles, highs = (style.rounded(edge * by) for edge in one.spread)
    ends: list[list[Any]] = []
    for i, (low, high) in enumerate(zip(lows, highs, strict=True)):
        ends += [[low, i + shift], [high, i + shift], [None, None]]
    common = {"name": one.name, "color": one.colour, "yAxisIndex": 1}
    line = {
        "type": "line",
        "data": ends,
        "symbol": "none",
        "silent": True,
        "lineStyle": {"width": 6, "opacity": 0.45},
        "tooltip": {"show": False},
    }
    dots = {
        "type": "scatter",
        "symbolSize": 10,
        "dimensions": [unit_label(unit), "row", {"name": "text", "type": "ordinal"}],
        "encode": {"x": 0, "y": 1, "tooltip": [2]},
        "data": [
            [middle, i + shift, text]
            for i, (middle, text) in enumerate(zip(middles, one.texts, strict=True))
            if middle is not None
        ],
    }
    return [common | line, common | dots]
