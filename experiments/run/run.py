"""Running a config: worlds in blocks, here or on a cluster, into a folder that survives whatever stops it."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from computeshift.experiments.config.arguments import settings, whole
from computeshift.experiments.config.changes import in_files
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.config.plugins import played_in
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.results.files import HALF
from computeshift.experiments.results.levels import TABLES, Keep, usual
from computeshift.experiments.results.manifest import Manifest, read_manifest
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.results.store import LOCK, Store
from computeshift.experiments.results.tables import Block
from computeshift.experiments.run.block import BLOCK
from computeshift.experiments.run.digest import model
from computeshift.experiments.run.fork import fork as forked
from computeshift.experiments.run.job import Job, Pool, Progress
from computeshift.experiments.run.posterior import load as load_posterior
from computeshift.experiments.run.size import must_fit
from computeshift.experiments.run.task import Done, Failed, Work

HANDS = 16  # that a cluster elsewhere is taken to have: more blocks than that for a large run


def run(
    config: str | Path | Config,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    until: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    block: int | None = None,
    against: bool = True,
    posterior: str | Path | None = None,
    keep: Keep | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    fork: str | Path | None = None,
    at: int | None = None,
) -> Results:
    """Simulate a config over many worlds and store what happened in a folder.

    What is not given is as the config says. `set` holds settings such as
    `{"softbank.strategy": "prudent"}`. `out` is a folder, by default a new one in `results/`; where it
    holds a part of the same run, that run goes on, and more `worlds` may be asked of it. `progress(done,
    worlds)` is told before the first block, after each, and what it raises stops the run.
    `against=False` leaves out the second market that some claims are compared with. `posterior` is a
    file of `calibrate`: each world takes the parameters of one of its rows, and what is not in it from
    the config. `keep` is what is stored: "summary", "agents", "flows" or "all" (default: all up to
    20,000 worlds, a summary of more).

    Blocks of at most `block` worlds run in this process, on `workers` processes here, or on the dask
    cluster whose `scheduler` stands at an address; memory grows with the block, and no number depends
    on any of them. With `fork`, a results folder, and `at`, a year, its worlds go on from the end of
    that year under this config.

    UserError if the config, a setting, the posterior or the folder is wrong, or can't be written.
    FailedBlocksError if some blocks failed, after the others are done. On Ctrl-C the blocks in hand are
    dropped and KeyboardInterrupt is raised. Whatever stops it, the same call with the same `out` goes on.
    """
    given = settings(set, worlds=worlds, seed=seed, until=until)
    block = None if block is None else whole(block, "block", 1)
    workers = None if workers is None else whole(workers, "workers", 1)
    at = None if at is None else whole(at, "at")
    _check(keep, workers, scheduler, fork, at, posterior)
    base = None if fork is None else open_results(fork)
    chosen = load(config, given if base is None else _of(base) | given)
    laid = None if posterior is None else load_posterior(posterior, chosen)
    turned = None if base is None or at is None else forked(base, at, chosen)
    mine = played_in(chosen)
    hands = HANDS if scheduler else workers or 1
    plan = _Plan(chosen, "worlds" in given or isinstance(config, Config), keep, block, hands)
    folder = Path("results" if out is None else out).expanduser()
    plan.must_fit(folder, None if out is None else _before(folder), here=scheduler is None)
    for note in chosen.notes():
        warnings.warn(note, UserWarning, stacklevel=2)
    store = Store(_folder(chosen, out, at).resolve())
    with store.locked():
        before = read_manifest(store.folder)
        chosen = chosen.model_copy(update={"worlds": plan.worlds(before)})
        work = Work(chosen, store.folder, plan.level(before), against, laid, turned, mine, model())
        job = Job(store, work, chosen.worlds, before)
        job.run(plan.most(before), _pool(workers, scheduler), progress)
    return Results(store.folder)


@dataclass(frozen=True)
class _Plan:
    """How many worlds are run and stored how: as asked, or as the manifest of a folder has it."""

    config: Config
    counted: bool
    """Whether the number of worlds was asked for, not just what the config says."""
    keep: Keep | None
    block: int | None
    hands: int

    def worlds(self, before: Manifest | None) -> int:
        """How many worlds there will be in all."""
        return self.config.worlds if self.counted or before is None else before.worlds

    def level(self, before: Manifest | None) -> Keep:
        """What is stored of them."""
        return self.keep or (before.keep if before else usual(self.worlds(before)))

    def most(self, before: Manifest | None) -> int:
        """Worlds of a block, at most."""
        return self.block or _block(self.worlds(before), self.hands)

    def must_fit(self, folder: Path, before: Manifest | None, here: bool) -> None:
        """UserError if the worlds that a folder lacks do not fit on its disk, or in memory `here`."""
        held = sum(block.worlds for block in before.blocks) if before else 0
        missing = max(self.worlds(before) - held, 0)
        processes = self.hands if here else None
        must_fit(self.config, missing, self.level(before), folder, self.most(before), processes)


def _block(worlds: int, hands: int) -> int:
    """Worlds a block: at most what suits the cache, and as many blocks for one hand as for another.

    >>> _block(10_000, 1), _block(10_000, 2)
    (3334, 2500)
    """
    rounds = math.ceil(worlds / (BLOCK * hands))
    return math.ceil(worlds / (rounds * hands))


def _check(
    keep: str | None,
    workers: int | None,
    scheduler: str | None,
    fork: str | Path | None,
    at: int | None,
    posterior: str | Path | None,
) -> None:
    """UserError for arguments that mean nothing, or nothing together."""
    if keep is not None and keep not in TABLES:
        raise UserError(f"`keep`: there is no level {keep!r}; {instead(keep, TABLES)}")
    if workers is not None or scheduler is not None:
        from computeshift.experiments.run.cluster import needs

        needs(workers, scheduler)
    if (fork is None) != (at is None):
        raise UserError("`fork` and `at` go together")
    if fork is not None and posterior is not None:
        raise UserError("`posterior` does not go with `fork`: its worlds have their numbers already")


def _of(base: Results) -> dict[str, Any]:
    """What a fork has from the worlds that it goes on with, if nothing else is asked."""
    return {"seed": base.manifest.seed, "worlds": base.worlds}


def _pool(workers: int | None, scheduler: str | None) -> Pool:
    """How blocks are done: one after the other in this process, or on a cluster."""
    if workers is None and scheduler is None:
        return _here
    from computeshift.experiments.run.cluster import cluster, over

    @contextmanager
    def there(work: Work, blocks: Iterator[Block]) -> Iterator[Iterator[Done | Failed]]:
        with cluster(workers, scheduler) as client, closing(over(client, work, blocks)) as outcomes:
            yield outcomes

    return there


@contextmanager
def _here(work: Work, blocks: Iterator[Block]) -> Iterator[Iterator[Done | Failed]]:
    yield map(work.do, blocks)


def _folder(config: Config, out: str | Path | None, at: int | None) -> Path:
    """Make the folder of a run: a new one in `results/`, or the one that was asked for."""
    try:
        return _new_folder(config, at) if out is None else _given_folder(Path(out).expanduser())
    except OSError as error:
        told = f"can't write results in {error.filename or out}: {error.strerror}"
        raise UserError(told) from error


def _new_folder(config: Config, at: int | None) -> Path:
    stem = f"{in_files(config.label)}-{config.worlds}w-seed{config.seed}" + (f"-from{at}" if at else "")
    Path("results").mkdir(exist_ok=True)
    for name in itertools.chain([stem], (f"{stem}-{n}" for n in itertools.count(2))):
        folder = Path("results", name)
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("unreachable")


def _given_folder(folder: Path) -> Path:
    """A folder that is new, empty, or of a run; OSError if it can't be written to."""
    folder.mkdir(parents=True, exist_ok=True)
    _before(folder)
    return folder


def _before(folder: Path) -> Manifest | None:
    """The manifest of the run in a folder, None if it is new or empty; UserError if it is not ours."""
    manifest = read_manifest(folder)
    files = folder.iterdir() if folder.is_dir() else ()
    if manifest is None and any(file.name != LOCK and file.suffix != HALF for file in files):
        raise UserError(f"{folder} exists and is not ours: choose a new or an empty folder")
    return manifest
