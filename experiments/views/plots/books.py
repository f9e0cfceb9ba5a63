"""Money over the years: who invests, who holds cash and debt, who nears its limits, what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.colours import ordered
from computeshift.experiments.views.format import spans, with_unit
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    amounts,
    counted,
    each,
    of_medians,
)
from computeshift.experiments.views.plots.lines import FEW, bands_told, lines, of_size, table
from computeshift.experiments.views.plots.picture import Picture

_LEAST = 0.05  # $ bn: who never comes to more is not drawn
_DUST = 1e-6  # $ bn
LIMIT = "its limit"


def investments(results: Record, against: Record | None = None) -> Picture:
    """Equity paid by investor and year, $ bn. UserError if nobody invests."""
    records = [results] if against is None else [results, against]
    ties = dict.fromkeys(tie for one in records for tie in amounts(one).between(["equity"]))
    investors, paint = ordered(source for source, _, _ in ties), style.paint(results, against)
    if not investors:
        raise UserError("nobody invests")
    spread = each(lambda own, who: own.amount("equity", who), investors, results, against)
    spread = of_size(spread, _LEAST)
    over = counted(results)
    if against is not None:
        note = f"$ bn {of_medians(results, against)}; {bands_told(spread)}."
        option = lines(spread, results.years, "$ bn", paint, sign=True)
        title = style.titled("Equity paid, by investor", against)
        return Picture("investments_against", title, note, option, table(spread, results.years, "investor"))
    note = f"$ bn a year, medians over {over}, stacked; medians need not add up."
    option = _columns(spread, results.years, paint)
    return Picture(
        "investments", "Equity paid, by investor", note, option, table(spread, results.years, "investor")
    )


def _columns(spread: dict[str, Array], years: list[int], paint: Mapping[str, str]) -> dict[str, Any]:
    option = style.by_year(years, "$ bn")
    option["xAxis"]["boundaryGap"] = True
    option["series"] = [
        style.line(style.said(name), years, values[1], spans(values, "$ bn"), "$ bn")
        | {"type": "bar", "stack": "paid", "color": paint[name], "emphasis": {"focus": "series"}}
        for name, values in spread.items()
    ]
    return option


def treasury(results: Record, against: Record | None = None) -> Picture:
    """Cash, and debt below it, of every firm at the end of each year, $ bn. UserError if none is known."""
    spread = {name: _held(results, against, name) for name in ("cash", "debt")}
    if not all(spread.values()):
        raise UserError("these results have no cash and debt of firms")
    paint = style.paint(results, against)
    most = max(spread.values(), key=len)
    panels = [
        lines(spread[name], results.years, "$ bn", paint, banded=len(most) <= FEW)
        for name in ("cash", "debt")
    ]
    title = style.titled("Cash and debt at the end of the year", against)
    how = f", medians over {counted(results)}" if against is None else f" {of_medians(results, against)}"
    told = {f"{name} of {firm}": values for name in spread for firm, values in spread[name].items()}
    note = f"Above cash, below debt; $ bn{how}; {bands_told(most)}."
    name = "treasury" + ("_against" if against is not None else "")
    option = _panels(panels, ["cash, $ bn", "debt, $ bn"])
    return Picture(name, title, note, option, table(told, results.years), height=480)


def _held(results: Record, against: Record | None, name: str) -> dict[str, Array]:
    firms = [firm for firm in ordered((*results.firms, "stargate")) if amounts(results).has(firm, name)]
    both = [firm for firm in firms if against is None or amounts(against).has(firm, name)]
    return of_size(each(lambda own, firm: _known(own, firm, name), both, results, against), _LEAST)


def _known(own: Amounts, firm: str, name: str) -> Array:
    known = own.value(firm, name)
    return own.zero() if known is None else known


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


def loan_to_value(results: Record, against: Record | None = None) -> Picture:
    """Loan to value of those who have a limit on it, beside that limit. UserError if nobody has one."""
    firms = [firm for firm in ordered(results.firms) if amounts(results).has(firm, "ltv")]
    if against is not None:
        firms = [firm for firm in firms if amounts(against).has(firm, "ltv")]
    if not firms:
        raise UserError("no firm has a limit on its loan to value")
    unit = "share" if against is None else "points"
    spread = each(lambda own, firm: _known(own, firm, "ltv"), firms, results, against)
    paint = style.paint(results, against)
    option = lines(spread, results.years, unit, paint, sign=against is not None)
    told = dict(spread)
    if against is None:
        for firm in firms:
            limit = np.median(_known(amounts(results), firm, "ltv_limit"), axis=0)
            told[f"limit of {firm}"] = np.stack([limit] * 3)
            option["series"].append(_limit(firm, limit, results.years, paint[firm]))
            option["legend"]["data"].append(option["series"][-1]["name"])
    title = style.titled("Loan to value, before forced sales", against)
    note = f"%, median over {counted(results)}; {bands_told(spread)}; dashed: the limit of its policy."
    if against is not None:
        note = f"Points {of_medians(results, against)}; {bands_told(spread)}."
    name = "loan_to_value" + ("_against" if against is not None else "")
    return Picture(name, title, note, option, table(told, results.years))


def _limit(firm: str, limit: Array, years: list[int], colour: str) -> dict[str, Any]:
    told = [with_unit(value, "share") for value in limit]
    line = style.line(f"{style.said(firm)}: {LIMIT}", years, limit, told, "share")
    return line | {"color": colour, "symbol": "none", "lineStyle": {"type": "dashed", "width": 2}}


def circular_money(results: Record, against: Record | None = None) -> Picture:
    """Of each dollar of equity, the part that came back to its investor as revenue within the year."""
    investors = [
        firm
        for firm in ordered(results.firms)
        if amounts(results).has(firm, "returned") and _known(amounts(results), firm, "returned").any()
    ]
    unit = "share" if against is None else "points"

    def part(own: Amounts, firm: str) -> Array:
        paid, back = _known(own, firm, "invested"), _known(own, firm, "returned")
        return np.divide(back, paid, out=np.full_like(back, np.nan), where=paid > _DUST)

    spread = each(part, investors, results, against)
    if not spread:
        raise UserError("no equity came back to who paid it")
    title = style.titled("Equity that came back to its investor as revenue", against)
    how = f"% of what it paid in, median over {counted(results)}"
    how = how if against is None else f"Points {of_medians(results, against)}"
    note = f"{how}, those with equity paid; {bands_told(spread)}. Directly or through one firm between."
    name = "circular_money" + ("_against" if against is not None else "")
    option = lines(spread, results.years, unit, style.paint(results, against), sign=against is not None)
    return Picture(name, title, note, option, table(spread, results.years, "investor"))
