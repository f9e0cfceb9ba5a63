"""Levers: a map of what each strategy and each shock moves, and how far."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeshift.experiments.questions.levers.levers import Levers
from computeshift.experiments.views.colours import lighter
from computeshift.experiments.views.format import difference, percent, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, sourced
from computeshift.experiments.views.text.levers import finding, label, moving, parts, reading

_ROW, _COLUMN, _AROUND, _NAMES = 24, 80, 100, 180  # px
_SHADES = [style.LESS, lighter(style.LESS, 0.7), "#FFFFFF", lighter(style.MORE, 0.7), style.MORE]


@sourced
def levers(answer: Levers) -> Picture:
    """One row per lever, one column per outcome and one for the firm whose strategy it is.

    The shade is the part of the width, at most all of it.
    """
    rows = [label(lever) for lever in answer.levers.to_dict("records")]
    columns = [*answer.outcomes["short"], "its own firm"]
    option = style.base(
        grid={"left": _NAMES, "right": 12, "top": 36, "bottom": 56},
        xAxis=_axis(columns, width=90) | {"position": "top"},
        yAxis=_axis(rows, width=_NAMES - 16) | {"inverse": True},
        visualMap={
            "type": "continuous",
            "dimension": 2,
            "min": -1,
            "max": 1,
            "calculable": False,
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "text": ["+100% of the width", "-100%"],
            "textStyle": {"color": style.INK},
            "inRange": {"color": _SHADES},
        },
        series=[{"type": "heatmap", "data": [*_cells(answer, rows), *_own_cells(answer, rows)]}],
    )
    width = _NAMES + _COLUMN * len(columns)
    title = f"What each lever moves in the worlds of {answer.config}"
    own = "Its own firm: what a strategy changes most of the firm that plays it."
    note = f"{finding(answer)} {own} {reading(answer)} {worlds(answer.worlds)} to {answer.until}."
    return Picture("levers", title, note, option, answer.effects, _AROUND + _ROW * len(rows), width)


def _axis(names: list[str], width: int) -> dict[str, Any]:
    label = {"interval": 0, "color": style.INK, "width": width, "overflow": "truncate"}
    hidden = {"axisTick": {"show": False}, "axisLine": {"show": False}}
    return {"type": "category", "data": names, "axisLabel": label} | hidden


def _cells(answer: Levers, rows: list[str]) -> list[dict[str, Any]]:
    """One cell per lever and outcome; those that move are labelled with the part of the width."""
    by = answer.effects.set_index(["setting", "outcome"])
    own, moves = parts(answer).to_numpy(), moving(answer).to_numpy()
    cells = []
    for y, setting in enumerate(answer.levers["setting"]):
        for x, outcome in enumerate(answer.outcomes.to_dict("records")):
            part, does = own[y, x], bool(moves[y, x])
            if np.isnan(part):
                continue
            row = by.loc[(setting, outcome["name"])]
            change = difference(row["difference"], outcome["unit"])
            about = f"{rows[y]}: {outcome['short']} {change}, {percent(part)} of the width"
            cells.append(_cell(x, y, part, does, about))
    return cells


def _own_cells(answer: Levers, rows: list[str]) -> list[dict[str, Any]]:
    """One cell per strategy of a firm, in a column of its own: what it changes most of that firm."""
    column = len(answer.outcomes)
    place = {setting: row for row, setting in enumerate(answer.levers["setting"])}
    cells = []
    for own in answer.own.to_dict("records"):
        row = place[own["setting"]]
        about = f"{rows[row]}: {own['short']} {percent(own['part'])} of the width"
        cells.append(_cell(column, row, own["part"], bool(own["moves"]), about))
    return cells


def _cell(x: int, y: int, part: float, does: bool, about: str) -> dict[str, Any]:
    """A cell, shaded and labelled where the lever moves the outcome."""
    return {
        "value": [x, y, round(float(np.clip(part, -1, 1)), 4) if does else 0.0],
        "itemStyle": {"borderColor": style.RULE, "borderWidth": 1},
        "label": {"show": True, "formatter": f"{100 * part:+.0f}%" if does else "", "color": "#000"},
        "tooltip": {"formatter": about},
    }
