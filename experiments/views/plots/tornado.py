"""A tornado: the factors that decide an outcome, and the mean outcome at both ends of their ranges."""

from __future__ import annotations

from typing import Any

import pandas as pd

from computeshift.experiments.config.names import capitalised, in_words, named
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.sensitivity.answer import Sensitivity
from computeshift.experiments.questions.sensitivity.indices import LUCK
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import scale, unit_label, unit_of_difference, with_unit
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, nothing

TOP = 15  # factors shown
_INDICES = {"sobol": "ST", "morris": "mu_star", "rbd_fast": "S1"}


def tornado(answer: Sensitivity) -> Picture:
    """The factors that matter most: their index, and the mean outcome at both ends of their range.

    Nothing to show if the outcome does not vary. UserError for groups, which have no range, and for several
    outcomes or years: `indices` shows those.
    """
    if answer.by:
        raise UserError("groups have no range, so no tornado: use `plots.indices`")
    top = answer.factors.head(TOP)
    if top.empty:
        return nothing(f"{answer.target.name} is the same in every world: it depends on nothing")
    measure, unit = _INDICES[answer.method], answer.target.unit
    shares = measure != "mu_star"
    rows = [capitalised("random draws" if name == LUCK else in_words(str(name))) for name in top.index]
    index = _bars(measure, top[measure], "share" if shares else unit, COLOURS[7])
    ends = [
        _bars(label, top[column] - answer.indices.mean, unit, colour) | {"xAxisIndex": 1, "yAxisIndex": 1}
        for label, column, colour in (
            ("in its lowest fifth", "low_fifth", COLOURS[5]),
            ("in its highest fifth", "high_fifth", COLOURS[3]),
        )
    ]
    names = ["% of variance" if shares else unit_label(unit), f"from the mean, {unit_of_difference(unit)}"]
    option = _side_by_side(rows, names, [index, *(end | {"stack": "ends"} for end in ends)])
    note = f"Left: {measure} of each factor ({answer.method}). Right: how far the mean outcome lies from "
    note += f"that of all, {with_unit(answer.indices.mean, unit)}, where the factor is in the lowest or "
    note += f"highest fifth of its range. {answer.worlds:,} worlds."
    title = f"What {named(answer.target.name)} {answer.target.when} depends on"
    table = answer.factors.rename_axis("factor").reset_index()
    return Picture(f"tornado_{answer.target.name}", title, note, option, table, 110 + 30 * len(top))


def _bars(name: str, values: pd.Series[float], unit: str, colour: str) -> dict[str, Any]:
    """One bar per row."""
    texts = [with_unit(value, unit) if value == value else "" for value in values]
    by = scale(unit)
    return {
        "type": "bar",
        "name": name,
        "color": colour,
        "barMaxWidth": 18,
        "dimensions": ["value", "row", {"name": "text", "type": "ordinal"}],
        "encode": {"x": 0, "y": 1, "tooltip": [2]},
        "data": [
            [value, i, text]
            for i, (value, text) in enumerate(zip(style.rounded(values.to_numpy() * by), texts, strict=True))
        ],
    }


def _side_by_side(rows: list[str], names: list[str], series: list[dict[str, Any]]) -> dict[str, Any]:
    """Two panels over the same rows."""
    category = {"type": "category", "inverse": True, "data": rows, "axisTick": {"show": False}}
    label = {"color": style.INK, "interval": 0, "width": 116, "overflow": "break", "lineHeight": 12}
    value = style.value_axis("") | {"nameLocation": "middle", "nameGap": 26, "splitNumber": 3}
    return style.base(
        legend=style.legend(),
        grid=[
            {"left": "32%", "right": "37%", "top": 40, "bottom": 44},
            {"left": "67%", "right": 16, "top": 40, "bottom": 44},
        ],
        xAxis=[value | {"name": names[0]}, value | {"name": names[1], "gridIndex": 1}],
        yAxis=[
            category | {"axisLabel": label | {"fontSize": 11}},
            category | {"axisLabel": {"show": False}, "gridIndex": 1},
        ],
        series=series,
    )
