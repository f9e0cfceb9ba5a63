"""Regions: the part of all worlds, column by column, in which a claim fails or holds."""

from __future__ import annotations

import pandas as pd

from computeshift.experiments.config.names import capitalised
from computeshift.experiments.questions.discover.discovered import Discovery
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, nothing
from computeshift.experiments.views.text.discover import limit_text


def regions(answer: Discovery) -> Picture:
    """Where a claim fails, or holds: for each number, the part of all worlds inside a region.

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
            "encode": {"x": 0, "y": 1, "tooltip": [2]},
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
        grid={"left": 12, "right": 24, "top": 40, "bottom": 40, "containLabel": True},
        xAxis=style.value_axis("")
        | {"name": "percentile of all worlds", "nameLocation": "middle", "nameGap": 26}
        | {"min": 0, "max": 100},
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
    return Picture(name, title, answer.finding, option, table, 110 + 44 * len(rows))
