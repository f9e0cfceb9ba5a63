"""Which limit bound whom: how often, decision by decision and year by year."""

from __future__ import annotations

from typing import Any

import pandas as pd

from computeshift.experiments.explanation.binding import CONTENT
from computeshift.experiments.names import named
from computeshift.experiments.plots import style
from computeshift.experiments.plots.amounts import worlds_told
from computeshift.experiments.plots.picture import Picture
from computeshift.experiments.problems import UserError, instead
from computeshift.experiments.results import Results

_WRAPPED = {"width": 116, "overflow": "break"}
_SEEN = 0.005  # a share of worlds that rounds to nothing in every year is no row


def limits(results: Results, firm: str) -> Picture:
    """In which part of the worlds each limit bound each decision of a firm, year by year.

    UserError if the firm decides nothing, or the results are older than the log of decisions.
    """
    log = results.decisions
    deciders = [str(name) for name in log["firm"].unique()]
    if firm not in deciders:
        raise UserError(f"{firm!r} decides nothing; {instead(firm, deciders)}")
    rows = log[(log["firm"] == firm) & ~log["world"].isin(results.manifest["not_finite"])]
    by = ["decision", "limit", "year"]
    often = rows.groupby(by, observed=True, sort=False)["bound"].mean()
    table = often.rename("share").reset_index().astype({"decision": "str", "limit": "str"})
    wide = table.pivot_table(index=["decision", "limit"], columns="year", values="share", sort=False)
    wide = wide[wide.max(axis=1) > _SEEN]
    note = f"% of {worlds_told(results.worlds)} in which that limit decided, year by year. "
    note += "Blue: the firm got what it wanted; orange: something held it back."
    title = f"What bound {named(firm)}"
    return Picture(f"limits_{firm}", title, note, _option(wide), table, 60 + 34 * len(wide))


def _option(wide: pd.DataFrame) -> dict[str, Any]:
    rows = [f"{named(str(decision))}: {named(str(limit))}" for decision, limit in wide.index]
    held = [str(limit) not in CONTENT for _, limit in wide.index]
    cells = [
        _cell(i, at, float(share), held[i])
        for i, shares in enumerate(wide.to_numpy())
        for at, share in enumerate(shares)
        if share == share
    ]
    return style.base(
        grid={"left": 12, "right": 12, "top": 28, "bottom": 8, "containLabel": True},
        xAxis={"type": "category", "position": "top", "data": [str(year) for year in wide.columns]}
        | {"axisLine": {"show": False}, "axisTick": {"show": False}, "axisLabel": {"color": style.INK}},
        yAxis={"type": "category", "inverse": True, "data": rows}
        | {"axisLine": {"show": False}, "axisTick": {"show": False}}
        | {
            "axisLabel": {
                "color": style.INK,
                "width": 116,
                "overflow": "break",
                "lineHeight": 12,
                "fontSize": 11,
            }
        },
        series=[{"type": "heatmap", "data": cells, "emphasis": {"disabled": True}}],
        visualMap={"show": False, "min": 0, "max": 1, "dimension": 2, "inRange": {"opacity": [1, 1]}},
    )


def _cell(row: int, at: int, share: float, held: bool) -> dict[str, Any]:
    colour = style.lighter(style.FUNDING if held else style.CAPACITY, 0.95 - 0.7 * share)
    told = f"{100 * share:.0f}%" if share >= _SEEN else ""
    return {
        "value": [at, row, round(share, 4)],
        "itemStyle": {"color": colour, "borderColor": "#fff", "borderWidth": 2},
        "label": {"show": True, "formatter": told, "color": style.INK, "fontSize": 10},
        "tooltip": {"formatter": told or "0%"},
    }
