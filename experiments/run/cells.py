"""The cells of an experiment: each is simulated into a results folder of its own, all within one folder."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from computeshift.experiments.config.arguments import chosen_path
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.experiment import Cell, Document, Experiment, Settings
from computeshift.experiments.config.plugins import own_strategies
from computeshift.experiments.config.schema import Strict
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.documents import read_document
from computeshift.experiments.results.files import HALF, reason, whole
from computeshift.experiments.results.levels import Keep
from computeshift.experiments.results.manifest import read_manifest
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.store import LOCK, Store, WriteError
from computeshift.experiments.run.block import BLOCK
from computeshift.experiments.run.digest import model
from computeshift.experiments.run.failed import FailedBlocksError
from computeshift.experiments.run.folders import make_folder, manifest_in
from computeshift.experiments.run.job import ContinuesNote, Job, Progress
from computeshift.experiments.run.jobs import pool_of, run_jobs
from computeshift.experiments.run.run import CLUSTER_PROCESSES, block_size, must_be_usable
from computeshift.experiments.run.size import must_fit
from computeshift.experiments.run.task import Task

LIST = "experiment.json"
"""The file of an experiment's folder that lists its cells."""
CELLS = "cells"
FORMAT = 1
"""The format of that file."""

_NOTES = 5  # at most, of all cells together
_HASH = 12  # characters of a config's hash in the name of its folder


_REMEDY = "restore it, or choose another folder"


class _ListedCell(Strict):
    """A cell in the list of a folder; the folder of its results is within that."""

    settings: dict[str, Any]
    folder: str


class _List(Strict):
    """The list of the cells that a folder holds."""

    format: int
    name: str
    document: Document
    varied: tuple[str, ...]
    cells: tuple[_ListedCell, ...]


@dataclass(frozen=True)
class Simulated:
    """The cells of an experiment whose worlds are in a folder: settings and results, in their order.

    `failed` says of each cell that has none, or not all of its worlds, what went wrong.
    """

    document: Document
    name: str
    folder: Path
    varied: tuple[str, ...]
    settings: tuple[Settings, ...]
    results: tuple[Results | None, ...]
    failed: tuple[str, ...] = ()


def simulate_cells(
    experiment: Experiment,
    folder: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Simulated:
    """Simulate all cells into a folder; what it holds already is not simulated again.

    A cell is found again by the hash of its config, so cells and worlds can be added. The blocks of all
    cells go through one pool. A cell that fails is listed, and the others go on.

    UserError if the folder holds anything else, or can't be written.
    """
    must_be_usable(workers, scheduler)
    store = Store(_made(folder))
    experiment = _as_before(experiment, store.folder)
    with store.locked(), _listed(experiment, store.folder), _notes_once():
        _drop_half_written(store.folder)
        jobs = _jobs(experiment, store.folder)
        processes = CLUSTER_PROCESSES if scheduler else workers or 1
        most = _block_size(list(jobs.values()), processes)
        _must_fit(experiment, store.folder, jobs.values(), most, None if scheduler else processes)
        here = not any(job.task.strategies for job in jobs.values())
        pool = pool_of(workers, scheduler, here)
        cells = list(jobs.values())
        together = _together(cells, most, processes)
        run_jobs(cells, most, pool, progress, store.folder, "experiment", together)
    results, failed = list[Results | None](), list[str]()
    for cell in experiment.cells:
        own, wrong = _results(jobs[folder_of(cell)])
        results.append(own)
        failed += [f"cell {cell.number}: {wrong}"] if wrong else []
    settings = tuple(cell.settings for cell in experiment.cells)
    return Simulated(
        experiment.document,
        experiment.name,
        store.folder,
        experiment.varied,
        settings,
        tuple(results),
        tuple(failed),
    )


def open_cells(folder: Path) -> Simulated:
    """The cells that a folder holds; None for one without worlds. UserError if it holds no experiment."""
    listed = _read_list(folder)
    settings = tuple(cell.settings for cell in listed.cells)
    results = tuple(_opened(folder / cell.folder) for cell in listed.cells)
    return Simulated(listed.document, listed.name, folder, listed.varied, settings, results)


def _opened(folder: Path) -> Results | None:
    """The results of a cell; None before its first block is done."""
    manifest = read_manifest(folder)
    return Results(folder) if manifest is not None and manifest.worlds_done else None


def holds_experiment(source: Any) -> bool:
    """Whether a path is the folder of an experiment."""
    return isinstance(source, str | Path) and (Path(source).expanduser() / LIST).is_file()


def folder_of(cell: Cell) -> str:
    """The folder of a cell's results, within that of its experiment."""
    return f"{CELLS}/{cell.hash[:_HASH]}"


def _as_before(experiment: Experiment, folder: Path) -> Experiment:
    """The experiment with the cells that the folder holds where these store all that is asked, and more.

    A note says how many cells must be simulated again for the sake of added expressions.
    """
    if not (folder / LIST).exists():
        return experiment
    listed = _read_list(folder)
    before = {json.dumps(cell.settings): folder / cell.folder for cell in listed.cells}
    cells = [_cell_as_before(cell, before.get(json.dumps(cell.settings))) for cell in experiment.cells]
    held = {path.name for path in before.values()}
    again = sum(json.dumps(c.settings) in before and c.hash[:_HASH] not in held for c in cells)
    added = [name for name in experiment.document.outcomes if name not in listed.document.outcomes]
    if again and added:
        which = "1 cell is" if again == 1 else f"{again:,} cells are"
        why = f"what their summaries hold is too little for {', '.join(added)}"
        warnings.warn(f"{which} simulated again: {why}; with `keep: all` it would do", stacklevel=4)
    return replace(experiment, cells=tuple(cells))


def _cell_as_before(cell: Cell, folder: Path | None) -> Cell:
    """The cell as it is in its earlier folder, if it differs by outcomes that it had besides."""
    if folder is None or folder.name == cell.hash[:_HASH] or (held := read_manifest(folder)) is None:
        return cell
    own, had = cell.config.outcomes, held.config.outcomes
    if not {one.of for one in own.values()} <= {one.of for one in had.values()}:
        return cell
    config = cell.config.model_copy(update={"outcomes": had})
    return replace(cell, config=config) if config.hash == held.hash else cell


def _jobs(experiment: Experiment, folder: Path) -> dict[str, Job]:
    """The run of each cell, by its folder: cells of one config share it."""
    jobs: dict[str, Job] = {}
    for cell in experiment.cells:
        if (name := folder_of(cell)) not in jobs:
            jobs[name] = _job(cell.config, experiment.document.keep, folder / name)
    return jobs


def _job(config: Config, keep: Keep, folder: Path) -> Job:
    """The run of a cell. UserError if its folder holds anything else."""
    before = manifest_in(folder)
    for note in config.notes():
        warnings.warn(note, UserWarning, stacklevel=2)
    folder = make_folder(config, folder, None)
    against = before is not None and before.against
    strategies = own_strategies(config)
    task = Task(config, folder, keep, against, strategies=strategies, model=model(), extracts=False)
    return Job(Store(folder), task, before)


def _block_size(jobs: Sequence[Job], processes: int) -> int:
    """Worlds per block: cells are split only where there are fewer of them than processes."""
    missing = sum(not job.is_over for job in jobs)
    firms = max(len(job.task.config.firms) for job in jobs)
    return block_size(max(job.worlds for job in jobs), math.ceil(processes / max(missing, 1)), firms)


def _together(jobs: Sequence[Job], block: int, processes: int) -> int:
    """How many cells may share a market: as many as suit the cache, and leave work for each process."""
    missing = sum(not job.is_over for job in jobs)
    return max(1, min(BLOCK // block, missing // processes))


def _results(job: Job) -> tuple[Results | None, str]:
    """The results of a cell, None without any, and what went wrong with it."""
    try:
        job.must_be_whole()
        return job.results(), ""
    except FailedBlocksError as error:
        return error.results, str(error)


def _made(folder: Path) -> Path:
    """The absolute path of a folder, made if need be. UserError if it holds something else."""
    folder = chosen_path(folder, "out")
    files = [f.name for f in folder.iterdir() if f.suffix != HALF] if folder.is_dir() else []
    if files and LIST not in files and set(files) != {LOCK}:
        raise UserError(f"{folder} exists and holds no experiment: choose a new or an empty folder")
    if LIST in files:
        _read_list(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"can't write results in {folder}: {reason(error)}") from error
    return folder.resolve()


def _must_fit(
    experiment: Experiment, folder: Path, jobs: Iterable[Job], block: int, processes: int | None
) -> None:
    """UserError if the worlds that are missing do not fit on the disk or in memory."""
    missing = sum(job.worlds - job.done for job in jobs)
    must_fit(experiment.cells[0].config, missing, experiment.document.keep, folder, block, processes)


@contextmanager
def _notes_once() -> Iterator[None]:
    """Notes of runs are given once, at the end: cells have most of them in common."""
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always", UserWarning)
        warnings.simplefilter("ignore", ContinuesNote)
        yield
    texts = list(dict.fromkeys(str(note.message) for note in notes))
    more = [f"and {len(texts) - _NOTES} more notes of this kind"] if len(texts) > _NOTES else []
    for text in [*texts[:_NOTES], *more]:
        warnings.warn(text, UserWarning, stacklevel=4)


def _drop_half_written(folder: Path) -> None:
    """Delete what a killed experiment left of its list or table; each cell cleans its own folder."""
    for half in folder.glob(f"*{HALF}"):
        half.unlink(missing_ok=True)


@contextmanager
def _listed(experiment: Experiment, folder: Path) -> Iterator[None]:
    """Write the list of cells; put the one before in its place again if a cell is refused."""
    before = (folder / LIST).read_bytes() if (folder / LIST).exists() else None
    _write_list(experiment, folder)
    try:
        yield
    except UserError:
        if before is not None:
            with whole(folder / LIST) as half:
                half.write_bytes(before)
        raise


def _write_list(experiment: Experiment, folder: Path) -> None:
    """Write which cells the folder is to hold. WriteError if it can't be written."""
    cells = tuple(_ListedCell(settings=cell.settings, folder=folder_of(cell)) for cell in experiment.cells)
    listed = _List(
        format=FORMAT,
        name=experiment.name,
        document=experiment.document,
        varied=experiment.varied,
        cells=cells,
    )
    try:
        with whole(folder / LIST) as half:
            half.write_text(listed.model_dump_json(indent=1) + "\n", "utf-8")
    except OSError as error:
        raise WriteError(f"can't write {folder / LIST}: {reason(error)}") from error


def _read_list(folder: Path) -> _List:
    """What the list of a folder says. UserError if it can't be read, is broken, or is of another format."""
    file = folder / LIST

    def must_be_ours(found: Any) -> None:
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise UserError(f"{file} is not a list of cells that this version reads: choose another folder")

    try:
        return read_document(file, _List, must_be_ours, _REMEDY)
    except OSError as error:
        raise UserError(f"{file} can't be read: {reason(error)}; {_REMEDY}") from error
