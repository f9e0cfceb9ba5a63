"""How often each limit decided a firm's decisions, year by year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from computeshift.environment.decisions import limit_name, meaning
from computeshift.experiments.config.arguments import known
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.explain.binding import CONTENT
from computeshift.experiments.results.levels import DECISIONS
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.colours import lighter
from computeshift.experiments.views.format import fixed, percent, with_unit, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    differences_in_shares,
    differences_of_how_often,
    lacks,
    must_pair,
    name_of,
    one_pair,
)
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced

_BY = ["decision", "limit", "year"]
_AS_TEXT = {"decision": "str", "limit": "str"}
_ROW = 42  # px: three lines of a name
_ROW_LABEL = {"color": style.INK, "width": 150, "overflow": "break", "lineHeight": 13, "fontSize": 11}
_FEW = 8  # years: with more, numbers are smaller, so that a phone has room for them
_LEAST = 0.005  # share of worlds: a limit that rounds to nothing in every year has no row

Look = tuple[str, str, str]
"""A cell's colour, its label and its tooltip."""


@sourced
def limits(results: Results, firm: str, against: Results | None = None) -> Picture:
    """The share of worlds in which each limit decided each decision of a firm, year by year.

    With `against`: the difference to its paired worlds, in points, for limits that exist in both. UserError
    if there is no such firm. Nothing to show if it decides nothing, or the log of decisions was not kept.
    """
    known(firm, [*results.firms, "stargate"], "firm")
    if reason := lacks(DECISIONS, results, against) or _idle(results, firm):
        return nothing(reason)
    if against is not None:
        return _differences(results, firm, against)
    shares = _decisions(results, firm).groupby(_BY, observed=True, sort=False)["bound"].mean()
    table = shares.rename("share").reset_index().astype(_AS_TEXT)
    wide = _wide(table, "share")
    note = f"% of {worlds(results.worlds)} in which that limit decided, year by year. "
    note += "Blue: the firm got what it wanted; orange: something held it back."
    title, option = f"What limited {named(firm)}", _option(wide, _share)
    return Picture(f"limits_{firm}", title, note, option, table, _height(wide))


def _differences(results: Results, firm: str, against: Results) -> Picture:
    must_pair(results, against)
    if reason := one_pair(results, against) or _idle(against, firm):
        return nothing(reason)
    differences = differences_of_how_often(*(_bound(one, firm) for one in (results, against)))
    if differences.empty:
        return nothing(f"{named(firm)} has no decision in common with {name_of(against)}")
    table = differences.reset_index()
    wide = _wide(table, "difference")
    note = f"How often each limit decided, in points {differences_in_shares(results, against)}. "
    note += "Green: more often; vermilion: less often."
    title = style.title_of(f"What limited {named(firm)}", against)
    option = _option(wide, _difference)
    return Picture(f"limits_{firm}_against", title, note, option, table, _height(wide))


def _idle(results: Results, firm: str) -> str:
    """That a firm decides nothing, in words; empty if it decides something."""
    if firm in results.decisions["firm"].unique():
        return ""
    return f"{named(firm)} decides nothing in {name_of(results)}"


def _decisions(results: Results, firm: str) -> pd.DataFrame:
    """A firm's decisions: one row per world, decision, limit and year."""
    log = results.decisions
    return results.excluded.counted(log[log["firm"] == firm])


def _bound(results: Results, firm: str) -> pd.DataFrame:
    """Whether a limit decided: one row per world, one column per decision, limit and year."""
    rows = _decisions(results, firm)
    numbered = rows.assign(column=rows.groupby(_BY, observed=True, sort=False).ngroup())
    columns = pd.MultiIndex.from_frame(rows[_BY].drop_duplicates().astype(_AS_TEXT))
    return numbered.pivot(index="world", columns="column", values="bound").set_axis(columns, axis="columns")


def _wide(table: pd.DataFrame, values: str) -> pd.DataFrame:
    """One row per decision and limit, one column per year; without rows that are next to nothing."""
    wide = table.pivot_table(index=["decision", "limit"], columns="year", values=values, sort=False)
    large = wide[wide.abs().max(axis=1) > _LEAST]
    return wide if large.empty else large


def _height(wide: pd.DataFrame) -> int:
    return 60 + _ROW * len(wide)


def _option(wide: pd.DataFrame, look: Callable[[str, float], Look]) -> dict[str, Any]:
    """The option of a heatmap, one cell per limit and year; `look` gives that of a limit's number."""
    rows = [
        f"{capitalised(named(meaning(str(decision))))}: {limit_name(str(limit))}"
        for decision, limit in wide.index
    ]
    cells = [
        _cell(i, at, float(share), *look(str(limit), float(share)))
        for i, ((_, limit), numbers) in enumerate(zip(wide.index, wide.to_numpy(), strict=True))
        for at, share in enumerate(numbers)
        if share == share
    ]
    return style.base(
        grid={"left": 12, "right": 12, "top": 28, "bottom": 8, "containLabel": True},
        xAxis={"type": "category", "position": "top", "data": [str(year) for year in wide.columns]}
        | {"axisLine": {"show": False}, "axisTick": {"show": False}, "axisLabel": {"color": style.INK}},
        yAxis={"type": "category", "inverse": True, "data": rows}
        | {"axisLine": {"show": False}, "axisTick": {"show": False}, "axisLabel": _ROW_LABEL},
        series=[
            {"type": "heatmap", "data": cells, "emphasis": {"disabled": True}}
            | {"label": {"show": True, "color": style.INK, "fontSize": 9 if wide.shape[1] > _FEW else 10}}
            | {"labelLayout": {"hideOverlap": True}}
        ],
        visualMap={"show": False, "min": -1, "max": 1, "dimension": 2, "inRange": {"opacity": [1, 1]}},
    )


def _share(limit: str, share: float) -> Look:
    colour = style.CAPACITY if limit in CONTENT else style.FUNDING
    return colour, fixed(100 * share, 0), percent(share)


def _difference(_: str, difference: float) -> Look:
    colour = style.FAINT if abs(difference) < _LEAST else style.MORE if difference > 0 else style.LESS
    return colour, fixed(100 * difference, 0, sign=True), with_unit(difference, "points", sign=True)


def _cell(row: int, at: int, share: float, colour: str, label: str, tooltip: str) -> dict[str, Any]:
    shade = lighter(colour, 0.95 - 0.7 * abs(share))
    return {
        "value": [at, row, round(share, 4)],
        "itemStyle": {"color": shade, "borderColor": "#fff", "borderWidth": 2},
        "label": {"formatter": label if abs(share) >= _LEAST else ""},
        "tooltip": {"formatter": tooltip},
    }
