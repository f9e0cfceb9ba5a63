"""How all pictures look: colours, labels, axes, legends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.colours import COLOURS, colours
from computeshift.experiments.views.format import minus, scale, unit_label
from computeshift.experiments.views.plots.amounts import Array, amounts, name_of

CAPACITY, FUNDING = COLOURS[0], COLOURS[1]
MORE, LESS = COLOURS[2], COLOURS[3]
INK, FAINT, RULE = "#333333", "#757575", "#e0e0e0"
POINT = {"x": 0, "y": 1, "tooltip": [2]}
"""The `encode` of a series whose data are `[x, y, words of its tooltip]`."""
_TOOLTIP = {"confine": True, "textStyle": {"color": INK, "fontSize": 12}} | {
    "extraCssText": "max-width: min(360px, 88vw); white-space: normal"
}


def paint(*records: Record | None) -> dict[str, str]:
    """The colours of firms and institutions of these records, by name; see `views/colours.py`."""
    firms = (amounts(record).company for record in records if record is not None)
    return colours({name: kind for own in firms for name, kind in own.items()})


_INSTITUTIONS = {"outside": "The rest of the world", "investors": "Other investors"}


def label(name: str) -> str:
    """A firm, an institution or a variable, as a label.

    >>> label("rival_lab"), label("outside"), label("investors")
    ('The rival lab', 'The rest of the world', 'Other investors')
    """
    return _INSTITUTIONS.get(name) or capitalised(named(name))


def in_sentence(label: str) -> str:
    """A label within a sentence.

    >>> in_sentence("The rival lab"), in_sentence("Oracle")
    ('the rival lab', 'Oracle')
    """
    return f"the {label[4:]}" if label.startswith("The ") else label


def title_of(title: str, against: Record | None) -> str:
    """A title that names the reference of a difference."""
    return title if against is None else f"{title} ({minus(name_of(against))})"


def line(name: str, years: Sequence[int], values: Array, texts: list[str], unit: str) -> dict[str, Any]:
    """A line over the years; `texts` are its tooltips, one per year."""
    return {
        "type": "line",
        "name": name,
        "symbol": "circle",
        "symbolSize": 5,
        "dimensions": ["year", unit_label(unit), {"name": "text", "type": "ordinal"}],
        "encode": POINT,
        "data": [
            [str(year), value, text]
            for year, value, text in zip(years, rounded(values * scale(unit)), texts, strict=True)
        ],
    }


def ribbon(
    name: str, years: Sequence[int], low: Array, high: Array, colour: str, unit: str, opacity: float
) -> list[dict[str, Any]]:
    """A band over the years: its lower edge, and its height stacked on that."""
    labels = [str(year) for year in years]
    edges = [low * scale(unit), (high - low) * scale(unit)]
    mark = f"{name}, {colour}, {rounded(low)}, {rounded(high)}"
    return [
        {
            "type": "line",
            "name": name,
            "color": colour,
            "stack": mark,
            "stackStrategy": "all",
            "symbol": "none",
            "silent": True,
            "lineStyle": {"width": 0},
            "areaStyle": {"opacity": shade},
            "tooltip": {"show": False},
            "data": [list(point) for point in zip(labels, rounded(edge), strict=True)],
            "z": 3,
        }
        for edge, shade in zip(edges, (0.0, opacity), strict=True)
    ]


def rounded(values: npt.NDArray[np.floating[Any]]) -> list[float | None]:
    """Numbers for JSON: five figures, None where not finite."""
    return [float(f"{v:.5g}") if math.isfinite(v) else None for v in np.asarray(values).ravel()]


def base(**more: Any) -> dict[str, Any]:
    """The options that all pictures share."""
    return {
        "animationDuration": 300,
        "animationDurationUpdate": 300,
        "textStyle": {"fontFamily": "system-ui, sans-serif", "color": INK},
        "tooltip": _TOOLTIP,
        **more,
    }


def by_year(years: Sequence[int], unit: str, **more: Any) -> dict[str, Any]:
    """The option of a picture over years: axes, legend, one tooltip per year."""
    return base(
        grid={"left": 12, "right": 24, "top": 64, "bottom": 8, "containLabel": True},
        legend=legend(),
        xAxis={"type": "category", "data": [str(year) for year in years], "boundaryGap": False}
        | {"axisLine": {"lineStyle": {"color": FAINT}}},
        yAxis=value_axis(unit),
        **more,
    ) | {"tooltip": {"trigger": "axis", **_TOOLTIP}}


def value_axis(unit: str) -> dict[str, Any]:
    """An axis of amounts, its unit at its end."""
    return {
        "type": "value",
        "name": unit_label(unit),
        "nameTextStyle": {"color": FAINT, "align": "left"},
        "splitLine": {"lineStyle": {"color": RULE}},
        "axisLabel": {"color": INK},
    }


def line_at(x: float | str) -> dict[str, Any]:
    """The `markLine` of a series: a line from bottom to top, such as where a difference is 0."""
    return {"silent": True, "symbol": "none", "label": {"show": False}} | {
        "lineStyle": {"color": FAINT, "type": "solid"},
        "data": [{"xAxis": x}],
    }


def below(name: str) -> dict[str, Any]:
    """The name of an axis, below its middle."""
    look = {"color": FAINT, "align": "center"}
    return {"name": name, "nameLocation": "middle", "nameGap": 26, "nameTextStyle": look}


def legend(**more: Any) -> dict[str, Any]:
    """A legend above the picture, with pages where it is long."""
    return {"type": "scroll", "top": 0, "left": 0, "right": 0, "icon": "roundRect", **more}
