"""Risk: whose default drags whom, what equity returns as revenue, how concentrated the market is."""

from __future__ import annotations

import html
import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.names import named, possessive
from computeshift.experiments.questions.risk.circulation import ALL_YEARS, TOGETHER
from computeshift.experiments.questions.risk.concentration import OWNERS, SALES
from computeshift.experiments.questions.risk.risk import Risk
from computeshift.experiments.views.colours import colours
from computeshift.experiments.views.format import fixed, percent, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.lines import lines, percent_axis, where_bands_are
from computeshift.experiments.views.plots.picture import Picture, sourced
from computeshift.experiments.views.plots.stack import Panel, stacked

_MOST = 6  # lines of a panel
_LINES = 300  # px, height of a panel of lines
_CELL, _FOOT = 28, 96  # px: a row of the map, and the names below it
_WIDTH = 480  # px, that the map needs
_SHADES = ["#FFFFCC", "#FD8D3C", "#BD0026"]


@sourced
def risk(answer: Risk) -> Picture:
    """A map of impacts in the riskiest year, then medians of returned equity and of concentration by year."""
    year = answer.riskiest
    panels = [_map(answer, year), *_returned(answer), *_concentration(answer)]
    option, high = stacked(panels)
    worst = possessive(named(answer.worst["firm"]))
    note = "Above: the row's firm defaults, the columns lose this part of their buffers (median). Below: "
    note += f"medians, {where_bands_are({})}, of the {_MOST} largest. {worlds(answer.worlds).capitalize()}."
    title = f"In {year} {worst} default would do the most damage"
    table = answer.impacts[answer.impacts["year"] == year].reset_index(drop=True)
    return Picture(f"risk_{year}", title, note, option, table, high, _WIDTH)


def _map(answer: Risk, year: int) -> Panel:
    """Firms that default down the side, those that lose along the foot."""
    wide = answer.impacts[answer.impacts["year"] == year].pivot(index="of", columns="on", values="p50")
    ranks = answer.ranks[answer.ranks["year"] == year]
    rows = ranks.sort_values("p50", ascending=False, kind="stable")["firm"].tolist()
    columns = [*rows, *(name for name in wide.columns if name not in rows)]
    cells = [
        _cell(x, y, f"{style.label(on)} loses {percent(lost)} if {named(of)} defaults", lost)
        for (y, of), (x, on) in itertools.product(enumerate(rows), enumerate(columns))
        if of in wide.index and on in wide.columns and (lost := wide.loc[of, on]) == lost
    ]
    hidden = {"axisTick": {"show": False}, "axisLine": {"show": False}}
    down, across = (
        {"type": "category", "data": list(map(style.label, names)), **hidden} for names in (rows, columns)
    )
    label = {"interval": 0, "color": style.INK, "fontSize": 11}
    option = style.base(
        grid={"left": 12, "right": 12, "top": 4, "bottom": 8, "containLabel": True},
        xAxis=across | {"axisLabel": label | {"rotate": 45}},
        yAxis=down | {"inverse": True, "axisLabel": label},
        visualMap={"show": False, "dimension": 2, "min": 0, "max": 100, "inRange": {"color": _SHADES}},
        series=[{"type": "heatmap", "data": cells}],
    )
    return Panel(
        "Buffers that the column loses if the row defaults, %",
        option,
        _FOOT + _CELL * len(rows),
    )


def _cell(x: int, y: int, text: str, lost: float) -> dict[str, Any]:
    """A cell of the map, with its number unless that rounds to nothing."""
    shown = {"show": bool(lost >= 0.005), "formatter": fixed(100 * lost, 0), "fontSize": 10}
    return {
        "value": [x, y, round(100 * lost, 2)],
        "label": shown | {"color": "#fff" if lost > 0.7 else "#000"},
        "itemStyle": {"borderColor": style.RULE, "borderWidth": 1},
        "tooltip": {"formatter": html.escape(text)},
    }


def _returned(answer: Risk) -> list[Panel]:
    """What came back to those that invested, as part of what they paid in."""
    ever = answer.returned[answer.returned["year"] != ALL_YEARS]
    lasting = ever.groupby("investor")["p90"].transform("max") > 0
    rows = ever[lasting | (ever["investor"] == TOGETHER)]
    paint = colours(name for name in rows["investor"] if name != TOGETHER) | {TOGETHER: style.INK}
    return _lines("Equity that came back as revenue, % of what was paid in", rows, "investor", paint)


def _concentration(answer: Risk) -> list[Panel]:
    """Herfindahl's index of each market."""
    firms = colours(answer.ranks["firm"].unique())
    paint = {f"compute of {firm}": colour for firm, colour in firms.items()}
    paint |= {OWNERS: style.INK, SALES: style.FAINT}
    title = "Concentration: Herfindahl's index, 100 is one supplier"
    return _lines(title, answer.concentration, "market", paint)


def _lines(title: str, rows: pd.DataFrame, by: str, paint: Mapping[str, str]) -> list[Panel]:
    """A panel of the names with the highest medians; none if there are none."""
    highest = rows.groupby(by)["p50"].max().sort_values(ascending=False, kind="stable").index[:_MOST]
    if not len(highest):
        return []
    years = sorted(int(year) for year in rows["year"].unique())
    spread = {}
    for name in map(str, highest):
        own = rows[rows[by] == name].assign(year=lambda one: one["year"].astype(int)).set_index("year")
        spread[name] = own.reindex(years)[["p10", "p50", "p90"]].to_numpy(dtype=np.float64).T
    option = lines(spread, years, "share", paint)
    option["yAxis"] |= percent_axis(spread)
    return [Panel(title, option, _LINES)]
