"""experiment: the same worlds under many settings, simulated into one folder, as one table."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from computeshift.experiments.config.arguments import chosen_path, settings, whole
from computeshift.experiments.config.changes import in_files
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.experiment import Experiment, load_experiment
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.experiment.asked import asked
from computeshift.experiments.questions.experiment.rows import Quantity, quantities, settings_of, table_of
from computeshift.experiments.results.exported import Glossary
from computeshift.experiments.results.files import reason
from computeshift.experiments.results.files import whole as whole_file
from computeshift.experiments.results.levels import stores
from computeshift.experiments.results.pairing import must_pair
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.store import WriteError
from computeshift.experiments.run.cells import Simulated, holds_experiment, open_cells, simulate_cells
from computeshift.experiments.run.failed import FailedBlocksError
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, must_be_left_out

TABLE = "table"
"""The table's files in an experiment's folder, without their suffix."""


@dataclass(frozen=True, repr=False)
class ExperimentTable(Answer):
    """What an experiment's cells brought, all in the same worlds.

    `rows` has one row per cell, outcome and year: the varied settings, median, P10, P90 and mean over
    worlds, and the mean difference to the first cell with its 95% interval. `cells` has one row per
    cell: its settings, worlds, worlds left out, and its results folder. `quantities` says what the
    outcomes are. `answers` holds the answers to the questions under `ask`, by what they ask, and
    `unanswered` why a question has none.
    """

    question: ClassVar[str] = "experiment"

    name: str
    asks: str
    folder: str
    varied: tuple[str, ...]
    cells: pd.DataFrame
    rows: pd.DataFrame
    quantities: tuple[Quantity, ...]
    worlds: int
    seed: int
    start: int
    until: int
    results: tuple[Results | None, ...] = field(repr=False)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    unanswered: Mapping[str, str] = field(default_factory=dict)

    def tables(self) -> dict[str, pd.DataFrame]:
        """`rows`, `cells`, and the tables of each answer under `ask`."""
        own = {"rows": self.rows, "cells": self.cells}
        for name, answer in self.answers.items():
            own |= {f"{name}: {table}": rows for table, rows in answer.tables().items()}
        return own

    def about(self) -> Glossary:
        """Unit and meaning of the columns of its tables, and of those of each answer."""
        own = dict(super().about())
        for name, answer in self.answers.items():
            own |= {f"{name}: {table}": columns for table, columns in answer.about().items()}
        return own


def experiment(
    source: str | Path | Config,
    *,
    out: str | Path | None = None,
    outcomes: list[str] | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> ExperimentTable:
    """Simulate the cells of an experiment's file into the folder `out`; return their table.

    `source` is a file with `vary`, `samples` or `cases`, or a config: then settings with a list of values,
    `{"softbank.strategy": ["vision", "exit"]}`, make a grid. Or it is an experiment's folder, which is read.
    A folder that holds a part of the experiment is continued; cells and worlds may be added. The table is
    written there as `table.parquet` and `table.csv`.

    UserError with every problem of the file and of its cells, before any is simulated.
    FailedBlocksError if worlds of some cells failed, after the others are done.
    """
    if holds_experiment(source):
        why = f"{source} is an experiment's folder and runs nothing"
        must_be_left_out(why, Sample(worlds, seed, set), out=out, workers=workers, scheduler=scheduler)
        return _answer(open_cells(Path(str(source)).expanduser()), outcomes or [])
    chosen = load_experiment(source, settings(set), outcomes, stores, worlds=worlds, seed=seed)
    must_pair([(f"cell {cell.number}", cell.config) for cell in chosen.cells])
    quantities(chosen.document.outcomes, chosen.cells[0].config)
    asked(chosen.document, len(chosen.cells), chosen.cells[0].config)
    workers = None if workers is None else whole(workers, "workers", 1)
    folder = _new_folder(chosen) if out is None else chosen_path(out, "out")
    simulated = simulate_cells(chosen, folder, workers=workers, scheduler=scheduler, progress=progress)
    answer = _answer(simulated, [])
    _write(answer.rows, simulated.folder)
    if simulated.failed:
        raise FailedBlocksError("\n".join(simulated.failed), simulated.failed[0])
    return answer


def _answer(simulated: Simulated, outcomes: list[str]) -> ExperimentTable:
    """The table of cells that were simulated. UserError if no cell has results."""
    results = [one for one in simulated.results if one is not None]
    if not results:
        raise UserError("\n".join([*simulated.failed, f"{simulated.folder}: no cell has results"]))
    config = results[0].config
    wanted = quantities(outcomes or simulated.document.outcomes, config)
    answers, unanswered = _answers(simulated, config)
    return ExperimentTable(
        origin=origin(results[0], varied=simulated.varied),
        name=simulated.name,
        asks=simulated.document.asks,
        folder=str(simulated.folder),
        varied=simulated.varied,
        cells=_cells(simulated),
        rows=table_of(simulated, wanted),
        quantities=tuple(wanted),
        worlds=max(one.worlds for one in results),
        seed=config.seed,
        start=config.start,
        until=config.until,
        results=simulated.results,
        answers=answers,
        unanswered=unanswered,
    )


def _answers(simulated: Simulated, config: Config) -> tuple[dict[str, Answer], dict[str, str]]:
    """The answers to what is asked of the cells, and why others have none."""
    answers, unanswered = dict[str, Answer](), dict[str, str]()
    for one in asked(simulated.document, len(simulated.results), config):
        try:
            answers[one.name] = one.of(simulated)
        except UserError as wrong:
            unanswered[one.name] = str(wrong)
    return answers, unanswered


def _cells(simulated: Simulated) -> pd.DataFrame:
    """One row per cell."""
    rows = [
        {
            "cell": number,
            **settings_of(own, simulated.varied),
            "config": results.config.label if results else None,
            "worlds": results.worlds if results else 0,
            "left_out": len(results.left_out) if results else 0,
            "folder": os.path.relpath(results.folder, simulated.folder) if results else None,
        }
        for number, (own, results) in enumerate(zip(simulated.settings, simulated.results, strict=True), 1)
    ]
    return pd.DataFrame(rows)


def _new_folder(chosen: Experiment) -> Path:
    """A folder in `results/` that is not there yet."""
    stem = f"{in_files(chosen.name)}-{len(chosen.cells)}cells"
    names = itertools.chain([stem], (f"{stem}-{n}" for n in itertools.count(2)))
    return next(folder for name in names if not (folder := Path("results", name)).exists())


def _write(rows: pd.DataFrame, folder: Path) -> None:
    """Write the table beside the cells, each file whole or not at all. WriteError if it can't be written."""
    mixed = {str(key): rows[key].map(_text) for key in rows if rows[key].dtype == object}
    try:
        with whole_file(folder / f"{TABLE}.parquet") as half:
            pq.write_table(pa.Table.from_pandas(rows.assign(**mixed), preserve_index=False), half)
        with whole_file(folder / f"{TABLE}.csv") as half:
            rows.to_csv(half, index=False)
    except OSError as error:
        raise WriteError(f"can't write the table into {folder}: {reason(error)}") from error


def _text(value: object) -> str | None:
    """A setting as text: a column may have words and numbers."""
    return None if value is None else str(value)
