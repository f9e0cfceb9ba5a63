"""Panels below each other in one picture: each has its own axes and the whole width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from computeshift.experiments.views.plots import style

_TITLE, _APART = 26, 14  # px: a panel's title, and what is between two panels


@dataclass(frozen=True)
class Panel:
    """A part of a picture: a title, and an option with one grid that needs a height, px."""

    title: str
    option: dict[str, Any]
    height: int


def stacked(panels: Sequence[Panel]) -> tuple[dict[str, Any], int]:
    """The option of all panels, the first on top, and the height that it needs, px.

    A name in a legend switches its lines on and off in every panel.
    """
    parts: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("title", "legend", "grid", "xAxis", "yAxis", "visualMap", "series")
    }
    top = 0
    for panel in panels:
        for name, part in _placed(panel, top, len(parts["grid"]), parts):
            parts[name].append(part)
        top += _TITLE + panel.height + _APART
    return style.base(**{name: found for name, found in parts.items() if found}), top - _APART


def _placed(
    panel: Panel, top: int, grid: int, before: dict[str, list[dict[str, Any]]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The parts of a panel, moved down to `top` and pointing at each other."""
    option, below = panel.option, top + _TITLE
    look = {"fontSize": 13, "color": style.INK}
    yield "title", {"text": panel.title, "left": 0, "top": top, "padding": [5, 0], "textStyle": look}
    own = option["grid"]
    high = panel.height - own["top"] - own["bottom"]
    kept = {name: value for name, value in own.items() if name != "bottom"}
    yield "grid", kept | {"top": below + own["top"], "height": high}
    if "legend" in option:
        names = [series["name"] for series in option["series"] if series.get("name")]
        data = option["legend"].get("data", list(dict.fromkeys(names)))
        yield "legend", option["legend"] | {"top": below + option["legend"]["top"], "data": data}
    for shade in _several(option.get("visualMap", [])):
        yield "visualMap", shade | {"seriesIndex": len(before["series"])}
    for name, index in (("xAxis", "xAxisIndex"), ("yAxis", "yAxisIndex")):
        shift = len(before[name])
        for axis in _several(option[name]):
            yield name, axis | {"gridIndex": grid}
        option = option | {"series": [one | {index: one.get(index, 0) + shift} for one in option["series"]]}
    for series in option["series"]:
        yield "series", series | ({"stack": f"{series['stack']}, {grid}"} if "stack" in series else {})


def _several(part: Any) -> list[dict[str, Any]]:
    return part if isinstance(part, list) else [part]
