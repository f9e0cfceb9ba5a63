"""Pictures of an experiment: a map of a grid, points over a sampled setting, cells in a list, and fans."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.changes import in_files
from computeshift.experiments.questions.experiment.experiment import ExperimentTable
from computeshift.experiments.questions.experiment.rows import HOLDS, Quantity
from computeshift.experiments.views.colours import lighter
from computeshift.experiments.views.format import decimals, fixed, scale, short, spans, unit_label, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced
from computeshift.experiments.views.text.experiment import change, last, level, setting, value

_ROW, _AROUND, _LABELS = 30, 130, 230  # px
_PANEL, _ACROSS, _PANELS = 190, 3, 24  # px of height, panels in a row, panels at most
_NARROW, _CELL = 280, 44  # px of width, of a panel and of a map's column
_LINES, _COLUMNS, _DOTS = 60, 25, 2_000  # lines and columns of a map, lines of a list, points: at most
_SHADES = [lighter(style.CAPACITY, 0.95), lighter(style.CAPACITY, 0.5), style.CAPACITY]
_NUMBERS = (int, float)


@sourced
def over_cells(answer: ExperimentTable, outcome: str) -> Picture:
    """An outcome in its last year over the cells: a map of a grid, points of samples, or a list."""
    rows = last(answer, outcome)
    if rows.empty:
        return nothing(f"{outcome} has no value in any cell")
    one = _quantity(answer, outcome)
    draw, most = _way(answer, rows)
    shown = _furthest(rows, most)
    option, height = draw(answer, shown, one)
    year = int(rows["year"].iloc[0])
    what = "share of worlds" if one.unit == HOLDS else f"median over worlds, {unit_label(one.unit)}"
    more = len(rows) - len(shown)
    rest = f" Of {len(rows):,} cells it shows those that differ most from cell 1; the table has all."
    note = f"{one.title(year).rstrip('.')}: {what}.{rest if more else ''} {_sample(answer)}"
    title, width = f"{answer.name}: {one.title(year)}", _width(option)
    return Picture(in_files(f"cells_{outcome}"), title, note, option, rows, height, width)


@sourced
def fans_of_cells(answer: ExperimentTable, outcome: str) -> Picture:
    """An outcome year by year, one panel per cell: median with P10 to P90, and the first cell's median."""
    own = answer.rows[answer.rows["outcome"] == outcome]
    one = _quantity(answer, outcome)
    if own.empty:
        return nothing(f"{outcome} has no value in any cell")
    if own["year"].nunique() < 2:
        return nothing(f"{outcome} has one year: there is no course to show")
    cells = list(own.groupby("cell", sort=False))[:_PANELS]
    first = own[own["cell"] == 1]
    down = math.ceil(len(cells) / _ACROSS)
    axes, series, titles = _panels(cells, one, answer, first, down)
    option = style.base(**axes, series=series, title=titles)
    option["tooltip"] = {"trigger": "axis", "confine": True}
    more = len(answer.cells) - len(cells)
    rest = f" {more} more cells are in the table." if more else ""
    note = (
        f"{one.meaning.rstrip('.')}: median and P10 to P90 of each cell; the thin line is the median of "
        f"cell 1.{rest} {_sample(answer)}"
    )
    title = f"{answer.name}: {outcome} by cell"
    return Picture(in_files(f"fans_{outcome}"), title, note, option, own, 40 + _PANEL * down, _width(option))


def _width(option: dict[str, Any]) -> int:
    """The least width, px: of panels beside each other, or of the columns of a map."""
    if isinstance(option["grid"], list):
        return _NARROW * min(len(option["grid"]), _ACROSS)
    heat = option["series"][0]["type"] == "heatmap"
    return _LABELS + _CELL * len(option["xAxis"]["data"]) if heat else 0


Draw = Callable[[ExperimentTable, pd.DataFrame, Quantity], tuple[dict[str, Any], int]]


def _way(answer: ExperimentTable, rows: pd.DataFrame) -> tuple[Draw, int]:
    """How the cells are drawn, and how many at most: a map that would be too large is a list."""
    if _is_grid(answer):
        columns = answer.cells[answer.varied[-1]].map(value).nunique()
        if columns <= _COLUMNS and len(answer.cells) <= _LINES * columns:
            return _map, len(rows)
    elif answer.varied and all(
        rows[key].map(lambda v: isinstance(v, _NUMBERS)).all() for key in answer.varied
    ):
        return _points, _DOTS
    return _list, _LINES


def _furthest(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """The first cell and those that differ most from it, in the order of cells."""
    if len(rows) <= most:
        return rows
    ranked = rows["difference"].abs().mask(rows["cell"] == 1, np.inf).sort_values(ascending=False)
    return rows.loc[sorted(ranked.index[:most])]


def _quantity(answer: ExperimentTable, outcome: str) -> Quantity:
    return next(one for one in answer.quantities if one.name == outcome)


def _sample(answer: ExperimentTable) -> str:
    return f"{worlds(answer.worlds)} in each cell, the same draws in all."


def _is_grid(answer: ExperimentTable) -> bool:
    """Whether the cells are all combinations of the values that settings have."""
    values = [answer.cells[key].map(value).unique() for key in answer.varied]
    combinations = math.prod(map(len, values)) if values else 0
    return 1 < combinations == len(answer.cells) and all(len(own) < len(answer.cells) for own in values)


def _height_of(row: Any, unit: str) -> float:
    """What a cell's mark shows: the median, or how often a claim holds."""
    return float(row["mean" if unit == HOLDS else "median"]) * scale(unit)


# --- a map of a grid ---


def _map(answer: ExperimentTable, rows: pd.DataFrame, one: Quantity) -> tuple[dict[str, Any], int]:
    """Columns by the values of the last setting, rows by those of the others."""
    *others, across = answer.varied
    columns = list(dict.fromkeys(rows[across].map(value)))
    labels = [", ".join(f"{key} {value(row[key])}" for key in others) for row in rows.to_dict("records")]
    lines = list(dict.fromkeys(labels))
    heights = [_height_of(row, one.unit) for row in rows.to_dict("records")]
    lowest, highest = min(heights), max(heights)
    places = decimals(highest - lowest, 2, most=3)
    cells = [
        {
            "value": [columns.index(value(row[across])), lines.index(label), height],
            "label": {"show": True, "formatter": fixed(height, places), "color": "#000"},
            "tooltip": {"formatter": _about(answer, row, one)},
        }
        for row, label, height in zip(rows.to_dict("records"), labels, heights, strict=True)
    ]
    option = style.base(
        grid={"left": _LABELS, "right": 24, "top": 48, "bottom": 64},
        xAxis=_names(columns) | {"position": "top", "name": across, "nameLocation": "middle", "nameGap": 26},
        yAxis=_lines(lines),
        visualMap={
            "type": "continuous",
            "dimension": 2,
            "min": lowest,
            "max": highest if highest > lowest else lowest + 1,
            "calculable": False,
            "orient": "horizontal",
            "left": "center",
            "bottom": 4,
            "text": [fixed(highest, places), fixed(lowest, places)],
            "textStyle": {"color": style.INK},
            "inRange": {"color": _SHADES},
        },
        series=[{"type": "heatmap", "data": cells, "itemStyle": {"borderColor": "#fff", "borderWidth": 2}}],
    )
    return option, _AROUND + (_ROW + 8) * len(lines)


def _names(names: list[str]) -> dict[str, Any]:
    hidden = {"axisTick": {"show": False}, "axisLine": {"show": False}}
    return {"type": "category", "data": names, "axisLabel": {"interval": 0, "color": style.INK}} | hidden


def _lines(names: list[str]) -> dict[str, Any]:
    """Names of lines, from top to bottom, cut where they are too long."""
    label = {"interval": 0, "color": style.INK, "width": _LABELS - 40, "overflow": "truncate"}
    return _names(names) | {"inverse": True, "axisLabel": label}


def _about(answer: ExperimentTable, row: Any, one: Quantity) -> str:
    """A cell's tooltip: its settings, its level, and what it differs by."""
    less = change(row, one.unit)
    lines = [f"cell {row['cell']}: {setting(answer, row)}", level(row, one.unit)]
    return "<br>".join([*lines, f"to cell 1: {less}"] if less else lines)


# --- cells in a list, and points of samples ---


def _list(answer: ExperimentTable, rows: pd.DataFrame, one: Quantity) -> tuple[dict[str, Any], int]:
    """One line per cell: a dot, and P10 to P90 as a bar."""
    records = rows.to_dict("records")
    names = [f"{row['cell']}  {setting(answer, row)}" for row in records]
    dots = [
        {"value": [_height_of(row, one.unit), i], "tooltip": {"formatter": _about(answer, row, one)}}
        for i, row in enumerate(records)
    ]
    series = [{"type": "scatter", "data": dots, "symbolSize": 9, "color": style.CAPACITY, "z": 3}]
    if one.unit != HOLDS:
        series += [_bar(row, one.unit, i) for i, row in enumerate(records)]
    option = style.base(
        grid={"left": _LABELS, "right": 40, "top": 16, "bottom": 32},
        xAxis=style.value_axis(one.unit) | {"nameLocation": "end", "scale": True},
        yAxis=_lines(names),
        series=series,
    )
    return option, 80 + _ROW * len(names)


def _bar(row: Any, unit: str, at: int) -> dict[str, Any]:
    """A line from P10 to P90."""
    ends = [[float(row[end]) * scale(unit), at] for end in ("p10", "p90")]
    drawn = {"type": "line", "symbol": "none", "silent": True, "tooltip": {"show": False}}
    return drawn | {"data": ends, "lineStyle": {"width": 4, "color": lighter(style.CAPACITY, 0.6)}}


def _points(answer: ExperimentTable, rows: pd.DataFrame, one: Quantity) -> tuple[dict[str, Any], int]:
    """One panel per sampled setting: a point per cell."""
    down = math.ceil(len(answer.varied) / _ACROSS)
    grids, xs, ys, series = [], [], [], []
    for i, key in enumerate(answer.varied):
        grids.append(_place(i, down, len(answer.varied)))
        axis = {"type": "value", "scale": True, "gridIndex": i, "axisLabel": {"color": style.INK}}
        xs.append(axis | {"name": key, "nameLocation": "middle", "nameGap": 22, "splitLine": {"show": False}})
        ys.append(style.value_axis(one.unit) | {"gridIndex": i, "scale": True})
        dots = [
            {
                "value": [row[key], _height_of(row, one.unit)],
                "tooltip": {"formatter": _about(answer, row, one)},
            }
            for row in rows.to_dict("records")
        ]
        drawn = {"type": "scatter", "xAxisIndex": i, "yAxisIndex": i, "data": dots, "symbolSize": 7}
        series.append(drawn | {"color": style.CAPACITY})
    return style.base(grid=grids, xAxis=xs, yAxis=ys, series=series), 60 + (_PANEL + 40) * down


def _place(i: int, down: int, panels: int) -> dict[str, str]:
    """Where a panel stands, in percent of the picture."""
    across = min(panels, _ACROSS)
    width, height = 100 / across, 100 / down
    left, top = (i % across) * width, (i // across) * height
    inner = {"width": f"{width - 9:.1f}%", "height": f"{height - 24 / down - 6:.1f}%"}
    return {"left": f"{left + 6:.1f}%", "top": f"{top + 10 / down + 3:.1f}%"} | inner


# --- fans, one panel per cell ---


def _panels(
    cells: list[Any], one: Quantity, answer: ExperimentTable, first: pd.DataFrame, down: int
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Axes, series and titles; all panels have the same axes."""
    own = pd.concat([rows for _, rows in cells])
    years = sorted(int(year) for year in own["year"].unique())
    top = _above(float(np.nanmax(own["p90"])) * scale(one.unit))
    bottom = min(float(np.nanmin(own["p10"])) * scale(one.unit), 0.0)
    reference = _reference(_of_years(first, years), one.unit, years) if len(first) else []
    grids, xs, ys, series, titles = [], [], [], [], []
    for i, (number, rows) in enumerate(cells):
        place = _place(i, down, len(cells))
        grids.append(place)
        names = {"type": "category", "data": [str(year) for year in years], "boundaryGap": False}
        xs.append(names | {"gridIndex": i, "axisLine": {"lineStyle": {"color": style.FAINT}}})
        ys.append(style.value_axis(one.unit) | {"gridIndex": i, "min": bottom, "max": top, "name": ""})
        ys[-1]["axisLabel"] = {"color": style.INK, "showMaxLabel": False}
        lines = itertools.chain(_fan(_of_years(rows, years), one.unit, years), reference)
        series += [_in_panel(line, i) for line in lines]
        text = f"{number}  {setting(answer, rows.iloc[0])}"
        titles.append(
            {"text": text, "left": place["left"], "top": f"{float(place['top'][:-1]) - 10 / down:.1f}%"}
            | {
                "textStyle": {
                    "fontSize": 11,
                    "fontWeight": "normal",
                    "color": style.INK,
                    "width": 250,
                    "overflow": "truncate",
                }
            }
        )
    return {"grid": grids, "xAxis": xs, "yAxis": ys}, series, titles


def _above(top: float) -> float:
    """A round number above the highest value.

    >>> _above(43.97), _above(0.012), _above(-3.0)
    (45.0, 0.015, 0.0)
    """
    if top <= 0:
        return 0.0
    step = 10.0 ** math.floor(math.log10(top)) / 2
    return float(f"{math.ceil(top / step) * step:.3g}")


def _of_years(rows: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """A cell's rows, one per year; empty in years without a value."""
    return rows.set_index("year").reindex(years)


def _in_panel(line: dict[str, Any], i: int) -> dict[str, Any]:
    """A series in one of the panels; bands of different panels do not stack."""
    own = {"stack": f"{line['stack']}, {i}"} if "stack" in line else {}
    return {**line, **own, "xAxisIndex": i, "yAxisIndex": i}


def _fan(rows: pd.DataFrame, unit: str, years: list[int]) -> list[dict[str, Any]]:
    """The band and the median of a cell."""
    low, median, high = (rows[name].to_numpy(np.float64) for name in ("p10", "median", "p90"))
    band = style.ribbon("P10 to P90", years, low, high, lighter(style.CAPACITY, 0.7), unit, opacity=1.0)
    middle = style.line("Median", years, median, spans((low, median, high), unit), unit)
    return [*band, middle | {"color": style.CAPACITY, "symbol": "none", "z": 5}]


def _reference(first: pd.DataFrame, unit: str, years: list[int]) -> list[dict[str, Any]]:
    """The median of the first cell, as a thin line."""
    median = first["median"].to_numpy(np.float64)
    texts = [short(number * scale(unit)) for number in median]
    thin = {"color": style.FAINT, "symbol": "none", "lineStyle": {"width": 1, "type": "dashed"}, "z": 4}
    return [style.line("Cell 1, median", years, median, texts, unit) | thin]
