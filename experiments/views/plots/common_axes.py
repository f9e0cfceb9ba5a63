"""Pictures side by side on common axes: a height or a row means the same on each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from computeshift.experiments.views.plots.picture import Picture

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_ROW = 34  # px, height of a row of a heatmap


def on_common_axes(pictures: Sequence[Picture]) -> list[Picture]:
    """The same pictures with value axes of one range, and heatmaps of the same rows.

    An axis with a fixed range keeps it.
    """
    if any(_rows(picture) for picture in pictures):
        return _same_rows(pictures)
    extents = [dict(_extents(picture.option)) for picture in pictures]
    common = {
        axis: _round(min(one[axis][0] for one in extents), max(one[axis][1] for one in extents))
        for axis in (extents[0] if extents else ())
        if all(axis in one for one in extents)
    }
    return [replace(picture, option=_ranged(picture.option, common)) for picture in pictures]


def _axes(option: dict[str, Any]) -> list[dict[str, Any]]:
    axes = option.get("yAxis", [])
    return axes if isinstance(axes, list) else [axes]


def _extents(option: dict[str, Any]) -> Iterator[tuple[int, tuple[float, float]]]:
    """The lowest and the highest value on each axis of values without a fixed range."""
    for i, axis in enumerate(_axes(option)):
        if axis["type"] != "value" or "max" in axis:
            continue
        stacks = dict[object, Any]()
        values = [0.0]
        for at, series in enumerate(option["series"]):
            if series.get("yAxisIndex", 0) == i and series["type"] in ("line", "bar", "scatter"):
                own = np.array([point[1] for point in series["data"]], dtype=np.float64)
                stack = series.get("stack", at)
                stacks[stack] = stacks.get(stack, 0.0) + np.nan_to_num(own)
                values += [*stacks[stack]]
        yield i, (min(values), max(values))


def _round(low: float, high: float) -> dict[str, float]:
    """An axis of round numbers around a range.

    >>> _round(0.0, 48.3), _round(-1.3, 0.9)
    ({'min': 0.0, 'max': 50.0, 'interval': 10.0}, {'min': -1.5, 'max': 1.0, 'interval': 0.5})
    """
    least = max(high - low, 1e-9) / 5
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * by for by in _STEPS if power * by >= least * (1 - 1e-9))
    ends = (math.floor(low / step - 1e-9) if low < 0 else 0, math.ceil(high / step - 1e-9))
    return {"min": round(ends[0] * step, 9), "max": round(ends[1] * step, 9), "interval": round(step, 9)}


def _ranged(option: dict[str, Any], common: dict[int, dict[str, float]]) -> dict[str, Any]:
    axes = [axis | common.get(i, {}) for i, axis in enumerate(_axes(option))]
    if not common:
        return option
    return option | {"yAxis": axes if isinstance(option["yAxis"], list) else axes[0]}


def _rows(picture: Picture) -> list[str]:
    """The rows of a heatmap; none for other pictures."""
    heat = any(series["type"] == "heatmap" for series in picture.option["series"])
    return list(picture.option["yAxis"]["data"]) if heat else []


def _same_rows(pictures: Sequence[Picture]) -> list[Picture]:
    rows = list(dict.fromkeys(row for picture in pictures for row in _rows(picture)))
    return [_with_rows(picture, rows) for picture in pictures]


def _with_rows(picture: Picture, rows: list[str]) -> Picture:
    """A heatmap with these rows; rows that it lacks are empty."""
    own, (heat,) = _rows(picture), picture.option["series"]
    cells = [
        cell | {"value": [x, rows.index(own[row]), value]}
        for cell in heat["data"]
        for x, row, value in [cell["value"]]
    ]
    option = picture.option | {
        "yAxis": picture.option["yAxis"] | {"data": rows},
        "series": [heat | {"data": cells}],
    }
    return replace(picture, option=option, height=picture.height + _ROW * (len(rows) - len(own)))
