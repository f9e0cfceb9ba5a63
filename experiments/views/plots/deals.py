"""Deals: who is bound to whom for how long, in which rings money returns, and the backlog of suppliers."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.arguments import chosen_year
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.deals.deals import Deals, of_record
from computeshift.experiments.results.deals import DEALS
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.colours import ordered
from computeshift.experiments.views.format import span
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    amounts,
    bands_by_name,
    count_of_worlds,
    lacks,
    medians_of_differences,
)
from computeshift.experiments.views.plots.circle import circle
from computeshift.experiments.views.plots.events import eventful
from computeshift.experiments.views.plots.lines import larger_than, lines, table, where_bands_are
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced
from computeshift.experiments.views.text.deals import label
from computeshift.experiments.views.text.records import records

_NAMES, _ROW, _AROUND = 216, 34, 110  # px
_WIDEST, _THINNEST = 26.0, 2.0  # px, of a bar
_LEAST = 0.5  # $ bn: smaller backlogs have no line
_NAME = {"color": style.INK, "width": _NAMES - 16, "overflow": "break", "lineHeight": 15, "interval": 0}
_NONE = "nothing was ever due under a deal in these worlds"


@sourced
def bonds(results: Record) -> Picture:
    """Who is bound to whom for how long: a bar per deal, as wide as what remains due under it.

    Nothing to show without deals, or if they were not kept.
    """
    if reason := _missing(results):
        return nothing(reason)
    return bonds_of(results.remember(of_record), style.paint(results), count_of_worlds(results))


def bonds_of(answer: Deals, paint: Mapping[str, str], over: str) -> Picture:
    """The same of an answer; `over` says over how many worlds."""
    left = answer.numbers[answer.numbers["number"] == "left"]
    peaks = left.groupby("deal", sort=False)["p50"].max()
    order = peaks[peaks > 0].sort_values(ascending=False, kind="stable").index
    rows = records(answer.deals.set_index("deal", drop=False).loc[order])
    years = answer.years
    option = style.base(
        grid={"left": _NAMES, "right": 24, "top": 16, "bottom": 40},
        xAxis=[
            {"type": "category", "data": list(map(str, years)), "splitLine": _rule()}
            | {"axisLabel": {"color": style.INK}, "axisTick": {"show": False}},
            {"type": "value", "min": 0, "max": len(years), "show": False},
        ],
        yAxis={"type": "category", "inverse": True, "data": [capitalised(named(label(row))) for row in rows]}
        | {"axisLabel": _NAME}
        | {"axisTick": {"show": False}, "splitLine": _rule()},
        series=[
            {
                "type": "lines",
                "coordinateSystem": "cartesian2d",
                "xAxisIndex": 1,
                "polyline": False,
                "data": list(_bars(answer, left, rows, float(peaks.max()), paint)),
            }
        ],
    )
    note = (
        f"A bar's width grows with the square root of what remains due at the end of the year, $ bn: medians "
        f"over {over}. Its colour is that of the firm that is owed the money, or that pays equity in. Years "
        f"after {years[-1]} are not drawn."
    )
    columns = ["deal", "year", "p10", "p50", "p90"]
    height = _AROUND + _ROW * len(rows)
    return Picture("bonds", "Who is bound to whom, for how long", note, option, left[columns], height)


def _bars(
    answer: Deals, left: pd.DataFrame, rows: list[dict[str, Any]], peak: float, paint: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """A piece of a bar per deal and year in which something remains due in the median world."""
    spreads = left.set_index(["deal", "year"])[["p10", "p50", "p90"]]
    by = dict(zip(spreads.index, spreads.to_numpy(float), strict=True))
    for place, row in enumerate(rows):
        for at, year in enumerate(answer.years):
            spread = by[row["deal"], year]
            if spread[1] <= 0:
                continue
            width = max(_THINNEST, _WIDEST * float(np.sqrt(spread[1] / peak)))
            between = f"{named(row['source'])} and {named(row['target'])}"
            told = f"<b>{html.escape(named(label(row)))}</b>, {year}<br>{html.escape(between)}"
            yield {
                "coords": [[at, place], [at + 1, place]],
                "lineStyle": {"width": round(width, 1), "color": paint.get(row["source"], style.FAINT)}
                | {"opacity": 0.85, "cap": "butt"},
                "tooltip": {"formatter": f"{told}<br>left: {span(spread, '$ bn')}"},
            }


@sourced
def money_rings(results: Record, year: int) -> Picture:
    """Circular deals: firms on a circle, what they pay or owe each other, and the rings among it.

    UserError if there is no such year. Nothing to show without deals, or if flows were not kept.
    """
    year = chosen_year(year, results.years)
    if reason := _missing(results) or lacks("flows", results):
        return nothing(reason)
    return circle(results.remember(of_record), year, style.paint(results), count_of_worlds(results))


@sourced
@eventful
def backlogs(results: Record, against: Record | None = None) -> Picture:
    """What labs still owe each supplier at the end of the year, $ bn; with `against` the difference."""
    if reason := lacks("agents", results, against):
        return nothing(reason)
    both = [results] if against is None else [results, against]
    firms = [
        firm
        for firm in ordered((*results.firms, "stargate"))
        if all(amounts(one).has(firm, "backlog") for one in both)
    ]
    spread = bands_by_name(lambda own, firm: own.value_or_zero(firm, "backlog"), firms, results, against)
    if not spread or (against is None and not any(values.any() for values in spread.values())):
        return nothing("no supplier has a backlog")
    spread = larger_than(spread, _LEAST)
    option = lines(spread, results.years, "$ bn", style.paint(results, against), sign=against is not None)
    how = (
        f"medians over {count_of_worlds(results)}"
        if against is None
        else medians_of_differences(results, against)
    )
    note = f"What labs still owe a supplier under deals at the end of the year, $ bn, {how}; "
    note += f"{where_bands_are(spread)}."
    name = "backlogs" + ("_against" if against is not None else "")
    title = style.title_of("Backlog by supplier", against)
    return Picture(name, title, note, option, table(spread, results.years, "supplier"))


def _missing(results: Record) -> str:
    """Why there are no deals to show, in words; empty if there are."""
    return lacks(DEALS, results) or ("" if amounts(results).deals_or_none() else _NONE)


def _rule() -> dict[str, Any]:
    return {"show": True, "lineStyle": {"color": style.RULE}}
