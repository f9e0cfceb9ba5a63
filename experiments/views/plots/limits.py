"""Which limit bound whom: how often, decision by decision and year by year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from computeshift.experiments.config.names import named
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.questions.explain.binding import CONTENT
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.colours import lighter
from computeshift.experiments.views.format import fixed, percent, with_unit, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import less, must_pair, of_shares, oftener
from computeshift.experiments.views.plots.picture import Picture

_BY = ["decision", "limit", "year"]
_AS_TEXT = {"decision": "str", "limit": "str"}
_ROW_LABEL = {"color": style.INK, "width": 116, "overflow": "break", "lineHeight": 12, "fontSize": 11}
_FEW = 8  # years: with more, numbers are smaller, so that a phone has room for them
_SEEN = 0.005  # a share of worlds that rounds to nothing in every year is no row

Words = tuple[str, str, str]
"""A cell's colour, what stands in it, and what its tooltip says."""


def limits(results: Results, firm: str, against: Results | None = None) -> Picture:
    """In which part of the worlds each limit bound each decision of a firm, year by year.

    With `against`: by how many points oftener than in its paired worlds, for limits that it has in both.
    UserError if the firm decides nothing, or the results are older than the log of decisions.
    """
    if against is not None:
        return _differences(results, firm, against)
    often = _decided(results, firm).groupby(_BY, observed=True, sort=False)["bound"].mean()
    table = often.rename("share").reset_index().astype(_AS_TEXT)
    wide = _wide(table, "share")
    note = f"% of {worlds(results.worlds)} in which that limit decided, year by year. "
    note += "Blue: the firm got what it wanted; orange: something held it back."
    return Picture(
        f"limits_{firm}", f"What bound {named(firm)}", note, _option(wide, _often), table, _height(wide)
    )


def _differences(results: Results, firm: str, against: Results) -> Picture:
    must_pair(results, against)
    told = oftener(*(_bound(one, firm) for one in (results, against)))
    if told.empty:
        raise UserError(f"{named(firm)} decides nothing that it decides in {less(against)} too")
    table = told.reset_index()
    wide = _wide(table, "difference")
    note = f"How often each limit decided, in points {of_shares(results, against)}. "
    note += "Green: more often; vermilion: less often."
    title = style.titled(f"What bound {named(firm)}", against)
    option = _option(wide, _oftener)
    return Picture(f"limits_{firm}_against", title, note, option, table, _height(wide))


def _decided(results: Results, firm: str) -> pd.DataFrame:
    """What a firm decided: a row a world, decision, limit and year."""
    log = results.decisions
    deciders = [str(name) for name in log["firm"].unique()]
    if firm not in deciders:
        raise UserError(f"{firm!r} decides nothing in {less(results)}; {instead(firm, deciders)}")
    return log[(log["firm"] == firm) & ~log["world"].isin(results.left_out)]


def _bound(results: Results, firm: str) -> pd.DataFrame:
    """Whether a limit bound, worlds x decisions, limits and years."""
    rows = _decided(results, firm)
    numbered = rows.assign(column=rows.groupby(_BY, observed=True, sort=False).ngroup())
    columns = pd.MultiIndex.from_frame(rows[_BY].drop_duplicates().astype(_AS_TEXT))
    return numbered.pivot(index="world", columns="column", values="bound").set_axis(columns, axis="columns")


def _wide(table: pd.DataFrame, values: str) -> pd.DataFrame:
    """Decisions and limits x years; what is next to nothing in every year is left out, if anything is not."""
    wide = table.pivot_table(index=["decision", "limit"], columns="year", values=values, sort=False)
    seen = wide[wide.abs().max(axis=1) > _SEEN]
    return wide if seen.empty else seen


def _height(wide: pd.DataFrame) -> int:
    return 60 + 34 * len(wide)


def _option(wide: pd.DataFrame, drawn: Callable[[str, float], Words]) -> dict[str, Any]:
    """The option of a cell a year; `drawn` says how a limit's number looks."""
    rows = [f"{named(str(decision))}: {named(str(limit))}" for decision, limit in wide.index]
    cells = [
        _cell(i, at, float(often), *drawn(str(limit), float(often)))
        for i, ((_, limit), numbers) in enumerate(zip(wide.index, wide.to_numpy(), strict=True))
        for at, often in enumerate(numbers)
        if often == often
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


def _often(limit: str, share: float) -> Words:
    colour = style.CAPACITY if limit in CONTENT else style.FUNDING
    return colour, fixed(100 * share, 0), percent(share)


def _oftener(_: str, difference: float) -> Words:
    colour = style.FAINT if abs(difference) < _SEEN else style.MORE if difference > 0 else style.LESS
    return colour, fixed(100 * difference, 0, sign=True), with_unit(difference, "points", sign=True)


def _cell(row: int, at: int, often: float, colour: str, told: str, tip: str) -> dict[str, Any]:
    shade = lighter(colour, 0.95 - 0.7 * abs(often))
    label = told if abs(often) >= _SEEN else ""
    return {
        "value": [at, row, round(often, 4)],
        "itemStyle": {"color": shade, "borderColor": "#fff", "borderWidth": 2},
        "label": {"formatter": label},
        "tooltip": {"formatter": tip},
    }
