"""Regions of what is uncertain in which a claim fails or holds: their limits, and how good they are."""

from __future__ import annotations

from typing import Any

import pandas as pd

from computeshift.experiments.config.names import capitalised
from computeshift.experiments.questions.discover.discovered import Discovery
from computeshift.experiments.questions.discover.regions import Fit
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import percent, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced
from computeshift.experiments.views.plots.stack import Panel, stacked
from computeshift.experiments.views.text.discover import limit_text


@sourced
def regions(answer: Discovery) -> Picture:
    """Where a claim fails, or holds: for each number, the part of all worlds inside a region.

    Below, coverage and density of each region and of the boxes on the way to it.

    Nothing to show if there is no region.
    """
    if not answer.regions:
        return nothing(answer.finding)
    limits = [(n, limit) for n, region in enumerate(answer.regions) for limit in region.limits]
    rows = [capitalised(f"{limit.column.words}: {limit_text(limit)}") for _, limit in limits]
    inside = [
        {
            "type": "bar",
            "name": f"region {n + 1}",
            "color": COLOURS[n],
            "stack": "inside",
            "barMaxWidth": 16,
            "dimensions": ["value", "row", {"name": "text", "type": "ordinal"}],
            "encode": style.POINT,
            "data": [
                [round(100 * limit.kept, 2), i, f"{limit.kept:.0%} of all worlds"]
                for i, (region, limit) in enumerate(limits)
                if region == n
            ],
        }
        for n in range(len(answer.regions))
    ]
    below = {
        "type": "bar",
        "stack": "inside",
        "silent": True,
        "itemStyle": {"color": "transparent"},
        "tooltip": {"show": False},
        "data": [round(100 * limit.below, 2) for _, limit in limits],
    }
    option = style.base(
        legend=style.legend(data=[one["name"] for one in inside]),
        grid={"left": 12, "right": 24, "top": 32, "bottom": 40, "containLabel": True},
        xAxis=style.value_axis("") | style.below("percentile of all worlds") | {"min": 0, "max": 100},
        yAxis={"type": "category", "inverse": True, "data": rows}
        | {
            "axisLabel": {
                "width": 150,
                "overflow": "break",
                "interval": 0,
                "lineHeight": 13,
                "color": style.INK,
            }
        },
        series=[below, *inside],
    )
    table = pd.DataFrame(
        [
            (n + 1, limit.column.name, limit.column.unit, limit.low, limit.high, limit.kept, limit.p_value)
            for n, limit in limits
        ],
        columns=["region", "parameter", "unit", "low", "high", "kept", "p_value"],
    )
    title = f"Where the claim {answer.does}: {answer.claim.sentence}"
    name = f"regions_{answer.claim.name}"
    parts = [Panel("What each region keeps of all worlds", option, 80 + 44 * len(rows)), _trade_off(answer)]
    whole, high = stacked(parts)
    return Picture(name, title, answer.finding, whole, table, high)


def _trade_off(answer: Discovery) -> Panel:
    """The boxes on the way to each region, on worlds that they have not seen; a ring where it was taken."""
    series: list[dict[str, Any]] = []
    share = round(100 * answer.cases / answer.worlds, 2)
    for n, region in enumerate(answer.regions):
        common = {"name": f"region {n + 1}", "color": COLOURS[n], **_TIPS}
        peels = [peel.unseen for peel in region.trajectory if peel.unseen.worlds]
        path = {"type": "line", "symbol": "circle", "symbolSize": 4, "lineStyle": {"width": 1}}
        series.append(common | path | {"data": [_point(peel) for peel in peels]})
        series.append(common | {"type": "scatter", "symbolSize": 13, "data": [_point(region.unseen)]})
    series[0]["markLine"] = {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"color": style.INK, "type": "dotted"},
        "label": {"formatter": f"all worlds, {share:.0f}%", "position": "insideEndBottom"},
        "data": [{"yAxis": share}],
    }
    option = style.base(
        grid={"left": 12, "right": 24, "top": 24, "bottom": 40, "containLabel": True},
        xAxis=style.value_axis("")
        | style.below(f"coverage: % of all worlds in which it {answer.does}")
        | {"min": 0, "max": 100},
        yAxis=style.value_axis("%") | {"min": 0, "max": 100},
        series=series,
    )
    return Panel(f"Density: in what part of the worlds inside it {answer.does}", option, 320)


_TIPS: dict[str, Any] = {
    "dimensions": ["coverage", "density", {"name": "text", "type": "ordinal"}],
    "encode": style.POINT,
}


def _point(fit: Fit) -> list[Any]:
    text = f"coverage {percent(fit.coverage)}, density {percent(fit.density)}, {worlds(fit.worlds)} inside"
    return [round(100 * fit.coverage, 2), round(100 * fit.density, 2), text]
