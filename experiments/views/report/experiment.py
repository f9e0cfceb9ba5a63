"""The report of an experiment: its cells as a table, and pictures of each outcome over the cells."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from computeshift.experiments.questions.experiment.experiment import ExperimentTable
from computeshift.experiments.views.format import unit_label, worlds
from computeshift.experiments.views.plots.cells import fans_of_cells, over_cells
from computeshift.experiments.views.plots.picture import Picture
from computeshift.experiments.views.report.figures import Figure
from computeshift.experiments.views.report.page import Page
from computeshift.experiments.views.report.tables import Table
from computeshift.experiments.views.text.experiment import (
    READING,
    change,
    findings,
    last,
    level,
    notes,
    value,
)

_CELLS = 500  # lines of the table: the folder's table has all
_MOST = 12  # outcomes with pictures: more make the file large


def page_of(answer: ExperimentTable) -> Page:
    """What the report of an experiment says and shows."""
    return Page(
        title=f"Experiment {answer.name}",
        settings=_settings(answer),
        findings=list(findings(answer)),
        numbers=_numbers(answer),
        certainty=[*READING.splitlines(), *notes(answer)],
        figures=list(_figures(answer)),
        reproduction=_reproduction(answer),
        warnings=[f"{name} was asked, and not answered: {why}" for name, why in answer.unanswered.items()],
    )


def _settings(answer: ExperimentTable) -> Table:
    years = f"{answer.start + 1} to {answer.until}"
    sample = f"{worlds(answer.worlds)} in each of {len(answer.cells):,} cells, {years}, seed {answer.seed}"
    asks = [["Question", answer.asks]] if answer.asks else []
    return [["", answer.name], *asks, ["Worlds", sample], ["Varied", ", ".join(answer.varied)]]


def _numbers(answer: ExperimentTable) -> Table:
    """One line per cell: its settings, and each outcome in its last year with the difference to cell 1."""
    columns = [one for one in answer.quantities[:_MOST] if len(last(answer, one.name))]
    lasts = {one.name: last(answer, one.name).set_index("cell") for one in columns}
    years = {name: int(own["year"].iloc[0]) for name, own in lasts.items()}
    heads = [f"{o.at(years[o.name])}, {unit_label(o.unit)}; difference to cell 1" for o in columns]
    rows = [["Cell", *answer.varied, *heads]]
    for cell in answer.cells.head(_CELLS).to_dict("records"):
        number = cell["cell"]
        texts = [_text(lasts[one.name], number, one.unit) for one in columns]
        rows.append([str(number), *(value(cell[key]) for key in answer.varied), *texts])
    if (more := len(answer.cells) - _CELLS) > 0:
        rows.append([f"{more:,} more", *["in the table of the folder"] * bool(answer.varied)])
    return rows


def _text(rows: pd.DataFrame, cell: int, unit: str) -> str:
    """A cell's level, and its difference to cell 1; n/a where the cell has no value."""
    if cell not in rows.index:
        return "n/a"
    row = rows.loc[cell]
    return "; ".join(filter(None, [level(row, unit), change(row, unit)]))


def _figures(answer: ExperimentTable) -> Iterator[Figure]:
    """Each outcome over the cells, and year by year."""
    names = [one.name for one in answer.quantities[:_MOST]]
    for name, heading, draw in (
        ("cells", "Over the cells", over_cells),
        ("fans_of_cells", "Year by year", fans_of_cells),
    ):
        pictures: dict[tuple[str, ...], Picture] = {(one,): draw(answer, one) for one in names}
        shown = {key: [("", picture)] for key, picture in pictures.items() if not picture.missing}
        choices = {"outcome": [key for key, *_ in shown]}
        yield Figure(name, heading, choices, shown, "" if shown else "no outcome has values over years")


def _reproduction(answer: ExperimentTable) -> Table:
    first = next(results for results in answer.results if results is not None)
    about = first.manifest
    versions = ", ".join(f"{name} {about.versions[name]}" for name in ("computeshift", "python", "numpy"))
    return [["", answer.name], ["Command", about.command], ["Seed", str(about.seed)], ["Versions", versions]]
