"""Money over the years: equity by investor, cash and debt, loan to value, equity that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from computeshift.experiments.results.record import Record
from computeshift.experiments.views.colours import ordered
from computeshift.experiments.views.format import spans, with_unit
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    amounts,
    bands_by_name,
    count_of_worlds,
    lacks,
    medians_of_differences,
)
from computeshift.experiments.views.plots.events import eventful
from computeshift.experiments.views.plots.lines import FEW, larger_than, lines, table, where_bands_are
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced

_LEAST = 0.05  # $ bn: firms that never reach it have no line
_DUST = 1e-6  # $ bn
LIMIT = "its limit"


@sourced
@eventful
def investments(results: Record, against: Record | None = None) -> Picture:
    """Equity paid by investor and year, $ bn. Nothing to show if nobody invests."""
    records = [results] if against is None else [results, against]
    ties = dict.fromkeys(tie for one in records for tie in amounts(one).between(["equity"]))
    investors, paint = ordered(source for source, _, _ in ties), style.paint(results, against)
    if not investors:
        return nothing("nobody invests")
    spread = bands_by_name(lambda own, name: own.amount("equity", name), investors, results, against)
    spread = larger_than(spread, _LEAST)
    if against is not None:
        note = f"$ bn {medians_of_differences(results, against)}; {where_bands_are(spread)}."
        option = lines(spread, results.years, "$ bn", paint, sign=True)
        title = style.title_of("Equity paid, by investor", against)
        return Picture("investments_against", title, note, option, table(spread, results.years, "investor"))
    note = f"$ bn a year, medians over {count_of_worlds(results)}, stacked; medians need not add up."
    option = _columns(spread, results.years, paint)
    return Picture(
        "investments", "Equity paid, by investor", note, option, table(spread, results.years, "investor")
    )


def _columns(spread: dict[str, Array], years: list[int], paint: Mapping[str, str]) -> dict[str, Any]:
    option = style.by_year(years, "$ bn")
    option["xAxis"]["boundaryGap"] = True
    option["series"] = [
        style.line(style.label(name), years, values[1], spans(values, "$ bn"), "$ bn")
        | {"type": "bar", "stack": "paid", "color": paint[name], "emphasis": {"focus": "series"}}
        for name, values in spread.items()
    ]
    return option


@sourced
@eventful
def treasury(results: Record, against: Record | None = None) -> Picture:
    """Cash, and debt below it, of every firm at the end of each year, $ bn."""
    if reason := lacks("agents", results, against):
        return nothing(reason)
    spread = {name: _balances(results, against, name) for name in ("cash", "debt")}
    if not all(spread.values()):
        return nothing("no firm has cash and debt")
    paint = style.paint(results, against)
    most = max(spread.values(), key=len)
    panels = [
        lines(spread[name], results.years, "$ bn", paint, banded=len(most) <= FEW)
        for name in ("cash", "debt")
    ]
    title = style.title_of("Cash and debt at the end of the year", against)
    how = (
        f", medians over {count_of_worlds(results)}"
        if against is None
        else f" {medians_of_differences(results, against)}"
    )
    numbers = {f"{name} of {firm}": values for name in spread for firm, values in spread[name].items()}
    note = f"Above cash, below debt; $ bn{how}; {where_bands_are(most)}."
    name = "treasury" + ("_against" if against is not None else "")
    option = _panels(panels, ["cash, $ bn", "debt, $ bn"])
    return Picture(name, title, note, option, table(numbers, results.years), height=480)


def _balances(results: Record, against: Record | None, name: str) -> dict[str, Array]:
    firms = [firm for firm in ordered((*results.firms, "stargate")) if amounts(results).has(firm, name)]
    both = [firm for firm in firms if against is None or amounts(against).has(firm, name)]
    spread = bands_by_name(lambda own, firm: own.value_or_zero(firm, name), both, results, against)
    return larger_than(spread, _LEAST)


def _panels(panels: list[dict[str, Any]], titles: list[str]) -> dict[str, Any]:
    """Two pictures over the same years, one above the other, under one legend."""
    first, second = panels
    for series in second["series"]:
        series |= {"xAxisIndex": 1, "yAxisIndex": 1}
        if "stack" in series:
            series["stack"] += ", below"
    names = dict.fromkeys([*first["legend"]["data"], *second["legend"]["data"]])
    grid = {"left": 12, "right": 24, "containLabel": True}
    return first | {
        "legend": first["legend"] | {"data": list(names)},
        "grid": [grid | {"top": 64, "bottom": "53%"}, grid | {"top": "55%", "bottom": 8}],
        "xAxis": [first["xAxis"], second["xAxis"] | {"gridIndex": 1}],
        "yAxis": [
            first["yAxis"] | {"name": titles[0], "splitNumber": 3},
            second["yAxis"] | {"name": titles[1], "splitNumber": 3, "gridIndex": 1},
        ],
        "series": [*first["series"], *second["series"]],
    }


@sourced
@eventful
def loan_to_value(results: Record, against: Record | None = None) -> Picture:
    """Loan to value of firms that have a limit on it, beside that limit. Nothing to show if none has one."""
    if reason := lacks("agents", results, against):
        return nothing(reason)
    firms = [firm for firm in ordered(results.firms) if amounts(results).has(firm, "ltv")]
    if against is not None:
        firms = [firm for firm in firms if amounts(against).has(firm, "ltv")]
    if not firms:
        return nothing("no firm has a limit on its loan to value")
    unit = "share" if against is None else "points"
    spread = bands_by_name(lambda own, firm: own.value_or_zero(firm, "ltv"), firms, results, against)
    paint = style.paint(results, against)
    option = lines(spread, results.years, unit, paint, sign=against is not None)
    numbers = dict(spread)
    if against is None:
        for firm in firms:
            limit = np.median(amounts(results).value_or_zero(firm, "ltv_limit"), axis=0)
            numbers[f"limit of {firm}"] = np.stack([limit] * 3)
            option["series"].append(_limit(firm, limit, results.years, paint[firm]))
            option["legend"]["data"].append(option["series"][-1]["name"])
    title = style.title_of("Loan to value, before forced sales", against)
    shaded = where_bands_are(spread)
    note = f"%, median over {count_of_worlds(results)}; {shaded}; dashed: the limit of its policy."
    if against is not None:
        note = f"Points {medians_of_differences(results, against)}; {shaded}."
    name = "loan_to_value" + ("_against" if against is not None else "")
    return Picture(name, title, note, option, table(numbers, results.years))


def _limit(firm: str, limit: Array, years: list[int], colour: str) -> dict[str, Any]:
    texts = [with_unit(value, "share") for value in limit]
    line = style.line(f"{style.label(firm)}: {LIMIT}", years, limit, texts, "share")
    return line | {"color": colour, "symbol": "none", "lineStyle": {"type": "dashed", "width": 2}}


@sourced
@eventful
def circular_money(results: Record, against: Record | None = None) -> Picture:
    """Of each dollar of equity, the part that came back to its investor as revenue within the year.

    Nothing to show if none came back.
    """
    if reason := lacks("agents", results, against):
        return nothing(reason)
    investors = [
        firm
        for firm in ordered(results.firms)
        if amounts(results).has(firm, "returned") and amounts(results).value_or_zero(firm, "returned").any()
    ]
    unit = "share" if against is None else "points"

    def part(own: Amounts, firm: str) -> Array:
        paid, back = own.value_or_zero(firm, "invested"), own.value_or_zero(firm, "returned")
        return np.divide(back, paid, out=np.full_like(back, np.nan), where=paid > _DUST)

    if not investors:
        return nothing("no equity came back to its investor")
    spread = bands_by_name(part, investors, results, against)
    title = style.title_of("Equity that came back to its investor as revenue", against)
    how = f"% of what it paid in, median over {count_of_worlds(results)}"
    how = how if against is None else f"Points {medians_of_differences(results, against)}"
    note = (
        f"{how}, worlds with equity paid; {where_bands_are(spread)}. Directly or through one firm in between."
    )
    name = "circular_money" + ("_against" if against is not None else "")
    option = lines(spread, results.years, unit, style.paint(results, against), sign=against is not None)
    return Picture(name, title, note, option, table(spread, results.years, "investor"))
