"""Sentences with shares: left the sentence, then a dot with its interval, right the number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from computeshift.experiments.views.format import scale, unit_label
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.ranges import Ranges

_LEFT = "44%"
"""The part of the width that sentences have; `fit.js` breaks them into lines, and raises their rows."""
_LINE, _APART = 15, 13  # px: a line of a sentence; from one scenario to the next
_ABOVE, _KEY, _BELOW = 10, 24, 48  # px: above the rows, a legend, below them
_RIGHT = 68  # px: for the numbers
_RADIUS = 5.5  # px, of a dot: one at the end of the axis keeps that far from its number
_TENTH = 10  # points: axes of differences end at a multiple of it


def sentences(
    rows: Sequence[str],
    unit: str,
    *series: Ranges,
    numbers: Sequence[Sequence[str]],
    at: float | None = None,
) -> dict[str, Any]:
    """The option of sentences, the first on top; several series share a row.

    `numbers` are the texts on the right, by series and row. The axis goes from 0 to 100%, or where there is
    a line `at` 0, as for differences, as far to both sides. Marks have their sentence as `id`.
    """
    count = len(series)
    low, high = (0.0, 100.0) if at is None else _around(unit, *series)
    parts = []
    for i, (one, texts) in enumerate(zip(series, numbers, strict=True)):
        shift = (i - (count - 1) / 2) * _APART / _row(count)
        parts += [*_marks(rows, one, unit, shift), _numbers(one, shift, texts, high)]
    if at is not None:
        parts[0]["markLine"] = style.line_at(at)
    hidden = {"axisLine": {"show": False}, "axisTick": {"show": False}}
    label = {"interval": 0, "align": "left", "width": 400, "margin": 430, "overflow": "break"}
    label |= {"fontSize": 12, "lineHeight": _LINE, "color": style.INK}
    label["backgroundColor"] = "rgba(0,0,0,0)"  # a click between two lines counts too
    option = style.base(
        grid={"left": _LEFT, "right": _RIGHT, "top": _above(count), "bottom": _BELOW},
        xAxis=style.value_axis(unit)
        | style.below("% of worlds" if at is None else unit_label(unit))
        | hidden
        | {"min": low, "max": high, "interval": (high - low) / 4},
        yAxis=[
            {
                "type": "category",
                "inverse": True,
                "data": list(rows),
                "triggerEvent": True,
                "axisLabel": label,
            }
            | hidden,
            {"type": "value", "show": False, "inverse": True, "min": -0.5, "max": len(rows) - 0.5},
        ],
        series=parts,
    )
    if count > 1:
        option["legend"] = style.legend(data=[one.name for one in series])
    return option


def height(rows: Sequence[str], series: int = 1) -> int:
    """The height of such a picture where it has the whole width of a page, px."""
    return _above(series) + _row(series) * len(rows) + _BELOW


def _above(series: int) -> int:
    return _ABOVE + _KEY * (series > 1)


def _row(series: int) -> int:
    """The height of a row, px: two lines of a sentence, and room for each series."""
    return max(2 * _LINE + 10, _APART * series + 14)


def _around(unit: str, *series: Ranges) -> tuple[float, float]:
    """The ends of an axis that has 0 in its middle, and room for all."""
    most = max(float(np.nanmax(np.abs(one.spread), initial=0.0)) for one in series) * scale(unit)
    end = max(math.ceil(most / _TENTH), 1) * float(_TENTH)
    return -end, end


_QUIET = {"silent": True, "tooltip": {"show": False}}


def _marks(rows: Sequence[str], one: Ranges, unit: str, shift: float) -> list[dict[str, Any]]:
    """Intervals and dots of one colour."""
    lows, middles, highs = (style.rounded(edge * scale(unit)) for edge in one.spread)
    ends: list[list[Any]] = []
    for i, (low, high) in enumerate(zip(lows, highs, strict=True)):
        ends += [[low, i + shift], [high, i + shift], [None, None]]
    common = {"name": one.name, "color": one.colour, "yAxisIndex": 1}
    line = {"type": "line", "data": ends, "symbol": "none", "lineStyle": {"width": 2}}
    dots = {
        "type": "scatter",
        "symbolSize": 2 * _RADIUS,
        "dimensions": [unit_label(unit), "row", {"name": "text", "type": "ordinal"}],
        "encode": style.POINT,
        "data": [
            {"id": row, "value": [middle, i + shift, text]}
            for i, (row, middle, text) in enumerate(zip(rows, middles, one.texts, strict=True))
            if middle is not None
        ],
        "z": 3,
    }
    return [common | _QUIET | line, common | dots]


def _numbers(one: Ranges, shift: float, texts: Sequence[str], end: float) -> dict[str, Any]:
    """The numbers of one series, at the right end of the axis."""
    look = {"show": True, "position": "right", "distance": 2 * _RADIUS, "color": style.INK}
    look |= {"fontSize": 12, "fontWeight": "bold"}
    data = [{"value": [end, i + shift], "label": {"formatter": text}} for i, text in enumerate(texts)]
    own = {"name": one.name, "color": one.colour, "yAxisIndex": 1, "type": "scatter", "symbolSize": 0.1}
    own |= {"itemStyle": {"opacity": 1}}
    return own | _QUIET | {"label": look, "data": data}
