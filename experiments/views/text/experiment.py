"""The text of `experiment`: what each cell brought, beside its settings, and the JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.text import Text

from computeshift.experiments.questions.experiment.rows import HOLDS
from computeshift.experiments.results.files import short as short_path
from computeshift.experiments.views.format import (
    count,
    difference,
    difference_between,
    figures,
    percent,
    scale,
    short,
    unit_label,
    unit_of_difference,
    worlds,
)
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.experiment.experiment import ExperimentTable

_CELLS = 30  # lines of a table at most: a screen
_NOTES = 5  # lines about single cells at most, of each kind
_OUTCOMES = 6  # tables at most: the files have the others
READING = """\
median (P10 to P90) over worlds; of a claim the share of worlds in which it holds
difference: mean over the worlds that both cells have, with its 95% interval"""


def document(answer: ExperimentTable) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    return {
        "name": answer.name,
        "asks": answer.asks,
        "folder": answer.folder,
        "varied": list(answer.varied),
        "findings": list(findings(answer)),
        "notes": list(notes(answer)),
        "worlds": answer.worlds,
        "seed": answer.seed,
        "start": answer.start,
        "until": answer.until,
        "outcomes": {one.name: {"unit": one.unit, "meaning": one.meaning} for one in answer.quantities},
        "cells": records(answer.cells),
        "rows": records(answer.rows),
        "unanswered": dict(answer.unanswered),
        "answers": {name: one.document() for name, one in answer.answers.items()},
    }


def show(answer: ExperimentTable, console: Console) -> None:
    """Print what moves, one table per outcome, then what else was asked."""
    if answer.asks:
        console.print(Text(answer.asks))
    for line in findings(answer):
        console.print(Text(line))
    console.print()
    for one in list(answer.quantities)[:_OUTCOMES]:
        if len(rows := last(answer, one.name)):
            console.print(_table(answer, one.name, rows))
            console.print()
    console.print(Text(READING, style="dim"))
    for line in notes(answer):
        console.print(Text(line))
    for name, why in answer.unanswered.items():
        console.print(Text(f"Not answered: {name}: {why}"))
    for name, own in answer.answers.items():
        console.print()
        console.print(Text(f"Question: {name}", style="bold"))
        own.show(console)


def findings(answer: ExperimentTable) -> Iterator[str]:
    """For each outcome the cell that lies furthest from the first, if any does clearly."""
    for one in list(answer.quantities)[:_OUTCOMES]:
        rows = last(answer, one.name)
        clear = rows[(rows["low"] > 0) | (rows["high"] < 0)]
        if rows.empty:
            yield f"{one.name}: no cell has a value."
        elif clear.empty and len(rows) > 1:
            yield f"{one.name}: no cell differs significantly from cell 1."
        elif len(rows) > 1:
            most = max(clear.to_dict("records"), key=lambda row: abs(row["difference"]))
            furthest = difference(most["difference"], one.unit)
            cells = f"{len(clear)} of {len(rows) - 1} cells differ significantly from cell 1"
            where = f"cell {most['cell']} ({setting(answer, most)})"
            yield f"{one.at(most['year'])}: {cells}; the furthest is {where}, {furthest}."


def notes(answer: ExperimentTable) -> Iterator[str]:
    """Where the numbers are, what is left out, over how many worlds."""
    if len(answer.quantities) > _OUTCOMES:
        yield f"{len(answer.quantities) - _OUTCOMES} more outcomes are in the table of the folder"
    if len(answer.cells) > _CELLS:
        yield f"{len(answer.cells) - _CELLS} more cells are in the table of the folder"
    broken = answer.cells[answer.cells["left_out"] > 0]
    yield from _few(
        f"cell {row['cell']}: {worlds(row['left_out'])} left out, as a number makes no sense"
        for row in broken.to_dict("records")
    )
    every = worlds(answer.worlds)
    unfinished = answer.cells[answer.cells["worlds"] < answer.worlds].to_dict("records")
    yield from _few(
        f"cell {row['cell']}: {count(row['worlds'])} of {every}; the experiment is not finished"
        for row in unfinished
    )
    cells = "1 cell" if len(answer.cells) == 1 else f"{count(len(answer.cells))} cells"
    sample = f"{worlds(answer.worlds)}, {answer.start + 1} to {answer.until}, seed {answer.seed}"
    yield f"{cells} of {sample}, paired: the same draws in each cell"
    yield f"Cells, and the table of all years, in {short_path(Path(answer.folder))}"


def _few(lines: Iterable[str]) -> Iterator[str]:
    """The first of many lines, and how many more there are."""
    every = list(lines)
    yield from every[:_NOTES]
    if len(every) > _NOTES:
        yield f"and {len(every) - _NOTES} more cells of which the same holds"


def last(answer: ExperimentTable, outcome: str) -> pd.DataFrame:
    """The rows of an outcome in the last year that it has."""
    own: pd.DataFrame = answer.rows[answer.rows["outcome"] == outcome]
    latest: pd.DataFrame = own[own["year"] == own["year"].max()]
    return latest


def setting(answer: ExperimentTable, row: Any) -> str:
    """The settings of a cell in words."""
    own = ((key.removeprefix("shocks.").removeprefix("deals."), value(row[key])) for key in answer.varied)
    return ", ".join(f"{key} {text}" for key, text in own if text != "-")


def value(own: object) -> str:
    """A setting as people write it; `-` where a cell leaves it as it is.

    >>> value(0.25), value("exit"), value(2.0), value(None)
    ('0.25', 'exit', '2', '-')
    """
    if own is None or own != own:
        return "-"
    return figures(own, most=6) if isinstance(own, float) else str(own)


def level(row: Any, unit: str) -> str:
    """A cell's level: median and band, or how often a claim holds."""
    if unit == HOLDS:
        return percent(float(row["mean"]), 1)
    low, middle, high = (short(float(row[name]) * scale(unit)) for name in ("p10", "median", "p90"))
    return f"{middle} ({low} to {high})"


def change(row: Any, unit: str) -> str:
    """A cell's difference to the first with its 95% interval; empty for the first."""
    if pd.isna(row["difference"]):
        return ""
    middle, between = difference_between(row["difference"], row["low"], row["high"], unit)
    return f"{middle} ({between})" if between else middle


def _table(answer: ExperimentTable, outcome: str, rows: pd.DataFrame) -> Plain:
    """One line per cell: its number, its settings, its level, its difference."""
    one = next(one for one in answer.quantities if one.name == outcome)
    unit = one.unit
    table = Plain(
        one.title(int(rows["year"].iloc[0])),
        "cell",
        *(key.replace(".", ".\n") for key in answer.varied),
        f"level, {unit_label(unit)}",
        f"difference, {unit_label(unit_of_difference(unit))}",
    )
    for row in rows.head(_CELLS).to_dict("records"):
        own = (value(row[key]) for key in answer.varied)
        table.add_row(str(row["cell"]), *own, level(row, unit), change(row, unit))
    return table
