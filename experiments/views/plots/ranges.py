"""Ranges: one row per name, a line from low to high with a dot in between; one colour per series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from computeshift.experiments.views.format import scale, unit_label
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import Array

_ROW = 62  # px: a row holds a name of three lines above its dot
_SHORT = 50  # letters of a name that fits one line of a phone
_LINE, _DOT = 20, 10  # px: a name of one line, and what a series takes below it
_ABOVE, _KEY, _BELOW = 28, 20, 48  # px: above the rows, a legend, and below them
_NAME = 330  # px, width of a name at least


@dataclass(frozen=True)
class Ranges:
    """Ranges of one colour: low, middle and high, `(3, rows)`, and a tooltip for each row."""

    name: str
    colour: str
    spread: Array
    texts: Sequence[str]


def ranges(rows: Sequence[str], unit: str, *series: Ranges, at: float | None = None) -> dict[str, Any]:
    """The option of ranges, the first row on top; several series share a row.

    A row's name stands above its ranges, so that it has the whole width. A line is drawn where the axis is
    `at`, such as 0 for differences.
    """
    layout = _Rows.of(rows, len(series))
    parts = [part for i, one in enumerate(series) for part in _series(one, unit, layout.shift(i))]
    if at is not None:
        parts[0]["markLine"] = style.line_at(at)
    hidden = {"axisLine": {"show": False}, "axisTick": {"show": False}}
    dotted = {"show": True, "lineStyle": {"color": style.RULE, "type": "dotted"}}
    option = style.base(
        grid={"left": 12, "right": 24, "top": layout.above, "bottom": _BELOW},
        xAxis=style.value_axis(unit) | style.below(unit_label(unit)) | hidden,
        yAxis=[
            {"type": "category", "inverse": True, "data": list(rows), "z": 4, "splitLine": dotted}
            | hidden
            | {"axisLabel": _label(layout.raised)},
            {"type": "value", "show": False, "inverse": True, "min": -0.5, "max": len(rows) - 0.5},
        ],
        series=parts,
    )
    if len(series) > 1:
        option["legend"] = style.legend(data=[one.name for one in series])
    return option


def height(rows: Sequence[str], series: int = 1) -> int:
    """The height of such a picture, px."""
    layout = _Rows.of(rows, series)
    return layout.above + round(layout.row * len(rows)) + _BELOW


@dataclass(frozen=True)
class _Rows:
    """How high a row is, px, and where its name and its ranges are within it."""

    row: float
    raised: float
    """By how much the name ends above the middle of its row, px."""
    first: float
    """Where the first series is below the middle of its row, px."""
    apart: float
    """The distance between two series of a row, px."""
    above: int

    @classmethod
    def of(cls, names: Sequence[str], series: int) -> _Rows:
        """Low rows where all names are short."""
        above = _ABOVE + _KEY * (series > 1)
        if max(map(len, names), default=0) > _SHORT:
            apart = 16 / series
            return cls(_ROW, 2, 11 - apart * (series - 1) / 2, apart, above)
        row = max(_LINE + _DOT * series + 8, 2 * _LINE)
        return cls(row, row / 2 - _LINE, _LINE + 5 - row / 2, _DOT, above)

    def shift(self, i: int) -> float:
        """Distance of a series from the middle of its row, in rows."""
        return (self.first + i * self.apart) / self.row


def _label(raised: float) -> dict[str, Any]:
    """The look of a row's name."""
    return {
        "inside": True,
        "margin": 0,
        "interval": 0,
        "align": "left",
        "verticalAlign": "bottom",
        "padding": [0, 0, raised, 0],
        "width": _NAME,
        "overflow": "break",
        "lineHeight": 14,
        "color": style.INK,
        "textBorderColor": "#fff",
        "textBorderWidth": 3,
    }


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
        "encode": style.POINT,
        "data": [
            [middle, i + shift, text]
            for i, (middle, text) in enumerate(zip(middles, one.texts, strict=True))
            if middle is not None
        ],
    }
    return [common | line, common | dots]
