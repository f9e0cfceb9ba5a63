"""A map of sensitivity indices: one row per factor or group, one column per outcome and year."""

from __future__ import annotations

from typing import Any

import pandas as pd

from computeshift.experiments.questions.sensitivity.answer import Sensitivity
from computeshift.experiments.views.colours import lighter
from computeshift.experiments.views.format import percent, with_unit, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced
from computeshift.experiments.views.text.sensitivity_findings import MAIN, TOP, foremost_of_all, label, method

_ROW, _COLUMN, _AROUND, _LETTER = 28, 90, 110, 7  # px
_SHADES = ["#FFFFFF", lighter(style.CAPACITY, 0.7), lighter(style.CAPACITY, 0.3)]


@sourced
def indices(answer: Sensitivity) -> Picture:
    """The main index of each factor for each outcome; the shade is its part of the largest of the outcome.

    Nothing to show if no outcome varies.
    """
    top = foremost_of_all(answer).head(TOP)
    if top.empty:
        return nothing("the outcomes are the same in every world: they depend on nothing")
    targets = [one.target for one in answer.explained if one.target.key in top]
    rows = [label(factor) for factor in top.index]
    columns = [target.key.replace(f" {target.when}", f"\n{target.when}") for target in targets]
    option = style.base(
        grid={"left": 24 + _LETTER * max(map(len, rows)), "right": 12, "top": 56, "bottom": 12},
        xAxis=_axis(columns) | {"position": "top"},
        yAxis=_axis(rows) | {"inverse": True},
        visualMap={
            "type": "continuous",
            "show": False,
            "dimension": 2,
            "min": 0,
            "max": 1,
            "inRange": {"color": _SHADES},
        },
        series=[{"type": "heatmap", "data": _cells(answer, top)}],
    )
    what = "of the outcome's variance" if answer.method != "morris" else "in the unit of the outcome"
    note = f"{MAIN[answer.method]} of each row, {what} ({method(answer)}). "
    note += f"The darkest of a column is its largest. {worlds(answer.worlds)}, seed {answer.seed}."
    names = [*dict.fromkeys(target.name for target in targets)]
    title = f"What {', '.join(names)} {'depends' if len(names) == 1 else 'depend'} on"
    table = answer.factors.rename_axis("factor").reset_index(drop=len(answer.explained) > 1)
    width = option["grid"]["left"] + _COLUMN * len(columns)
    return Picture("indices", title, note, option, table, _AROUND + _ROW * len(rows), width)


def _axis(names: list[str]) -> dict[str, Any]:
    hidden = {"axisTick": {"show": False}, "axisLine": {"show": False}}
    return {"type": "category", "data": names, "axisLabel": {"interval": 0, "color": style.INK}} | hidden


def _cells(answer: Sensitivity, top: pd.DataFrame) -> list[dict[str, Any]]:
    """One cell per factor and outcome, labelled with its index."""
    units = {one.target.key: one.target.unit for one in answer.explained}
    cells = []
    for x, key in enumerate(map(str, top)):
        largest = top[key].max()
        for y, index in enumerate(top[key]):
            text = with_unit(index, units[key]) if answer.method == "morris" else percent(index)
            cells.append(
                {
                    "value": [x, y, round(max(index / largest, 0.0), 4) if largest > 0 else 0.0],
                    "itemStyle": {"borderColor": style.RULE, "borderWidth": 1},
                    "label": {"show": True, "formatter": text, "color": "#000"},
                    "tooltip": {"formatter": f"{label(top.index[y])}: {text}, {key}"},
                }
            )
    return cells
