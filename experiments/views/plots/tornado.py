"""A tornado: the factors that decide an outcome, and the mean outcome at both ends of their ranges."""

from __future__ import annotations

import numpy as np
import pandas as pd

from computeshift.experiments.config.names import capitalised, in_words, named
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.sensitivity.answer import Sensitivity
from computeshift.experiments.questions.sensitivity.indices import LUCK
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import (
    percent,
    spans,
    unit_label,
    unit_of_difference,
    with_unit,
    worlds,
)
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced
from computeshift.experiments.views.plots.ranges import Ranges, height, ranges
from computeshift.experiments.views.plots.stack import Panel, stacked
from computeshift.experiments.views.text.sensitivity import COLUMNS
from computeshift.experiments.views.text.sensitivity_findings import TOP, finding, method

_INDICES = {
    "ST": "alone or together with others (ST)",
    "S1": "alone (S1)",
    "mu_star": "on average (mu_star)",
}
_ENDS = {"low_fifth": ("in its lowest fifth", COLOURS[5]), "high_fifth": ("in its highest fifth", COLOURS[3])}


@sourced
def tornado(answer: Sensitivity) -> Picture:
    """The factors that matter most: their indices, and the mean outcome at both ends of their range.

    Nothing to show if the outcome does not vary. UserError for groups, which have no range, and for several
    outcomes or years: `indices` shows those.
    """
    if answer.by:
        raise UserError("groups have no range, so no tornado: use `plots.indices`")
    top = answer.factors.head(TOP)
    if top.empty:
        return nothing(f"{answer.target.name} is the same in every world: it depends on nothing")
    option, high = stacked([_indices(answer, top), _ends(answer, top)])
    note = f"{finding(answer)[0]} {_how(answer)} Below: how far the mean outcome lies from that of all, "
    note += f"{with_unit(answer.indices.mean, answer.target.unit)}, where the factor is in the lowest or "
    note += f"highest fifth of its range. {worlds(answer.worlds)}."
    title = f"What {named(answer.target.name)} {answer.target.when} depends on"
    table = answer.factors.rename_axis("factor").reset_index()
    return Picture(f"tornado_{answer.target.name}", title, note, option, table, high)


def _how(answer: Sensitivity) -> str:
    """What the indices are."""
    noise = answer.indices.noise
    told = "how far each factor moves it" if answer.method == "morris" else "what each factor explains"
    text = f"Above: {told} ({method(answer)}), with its 95% interval."
    return text if noise is None else f"{text} Below {percent(noise)} an index is noise."


def _rows(top: pd.DataFrame) -> list[str]:
    return [capitalised("random draws" if name == LUCK else in_words(str(name))) for name in top.index]


def _indices(answer: Sensitivity, top: pd.DataFrame) -> Panel:
    """Each index of the method, with its 95% interval."""
    moves = answer.method == "morris"
    unit = answer.target.unit if moves else "share"
    series = []
    for i, name in enumerate(name for name in COLUMNS[answer.method] if f"{name}_conf" in top):
        half = top[f"{name}_conf"]
        spread = np.stack([top[name] - half, top[name], top[name] + half]).astype(np.float64)
        series.append(Ranges(_INDICES[name], COLOURS[i], spread, spans(spread, unit)))
    option = ranges(_rows(top), unit, *series, at=answer.indices.noise or 0)
    shown = "Mean move from P5 to P95" if moves else "Part of the variance that it explains"
    option["xAxis"] |= {"name": ""}
    return Panel(f"{shown}, {unit_label(unit)}", option, height(_rows(top), len(series)))


def _ends(answer: Sensitivity, top: pd.DataFrame) -> Panel:
    """How far the mean outcome lies from the mean of all, at both ends of each factor's range."""
    unit = unit_of_difference(answer.target.unit)
    series = []
    for column, (name, colour) in _ENDS.items():
        away = (top[column] - answer.indices.mean).to_numpy(dtype=np.float64)
        spread = np.stack([np.minimum(away, 0), away, np.maximum(away, 0)])
        texts = [with_unit(value, answer.target.unit) if value == value else "" for value in top[column]]
        series.append(Ranges(name, colour, spread, texts))
    option = ranges(_rows(top), unit, *series, at=0)
    option["xAxis"] |= {"name": ""}
    title = f"Mean outcome, from the mean of all worlds, {unit}"
    return Panel(title, option, height(_rows(top), len(series)))
