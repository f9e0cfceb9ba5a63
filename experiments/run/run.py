"""Runs a config: worlds in blocks, here or on a cluster, into a folder that survives whatever stops it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from computeshift.experiments.config.arguments import chosen_path, settings, whole
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load, without_ties
from computeshift.experiments.config.plugins import own_strategies
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.results.levels import TABLES, Keep, usual
from computeshift.experiments.results.manifest import Manifest
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.run.block import BLOCK, FULL_CAST, LEAST_BLOCK
from computeshift.experiments.run.cluster import must_have_dask
from computeshift.experiments.run.digest import model
from computeshift.experiments.run.folders import make_folder, manifest_in
from computeshift.experiments.run.fork import fork_of
from computeshift.experiments.run.job import Job, Progress
from computeshift.experiments.run.jobs import Pool, pool_of, run_jobs
from computeshift.experiments.run.pool import must_be_possible
from computeshift.experiments.run.posterior import load as load_posterior
from computeshift.experiments.run.sample import Sample
from computeshift.experiments.run.size import must_fit
from computeshift.experiments.run.task import Task

CLUSTER_PROCESSES = 16
"""Processes that a cluster elsewhere is assumed to have: a large run has more blocks than that."""


def run(
    config: str | Path | Config,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    until: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    block: int | None = None,
    against: bool = False,
    posterior: str | Path | None = None,
    keep: Keep | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    fork: str | Path | None = None,
    at: int | None = None,
    cut: Sequence[str | Sequence[str]] = (),
) -> Results:
    """Simulate a config over many worlds and store what happened in a folder.

    By default everything is as the config says. `set` holds settings such as
    `{"softbank.strategy": "prudent"}`. `base` is a config to lay this one over, instead of its own start.
    `out` is a folder, by default a new one in `results/`. If it holds
    a part of the same run, the run continues there, also to more `worlds`. `progress(done, worlds)` is
    called before the first block and after each; an exception in it stops the run. Some claims compare with
    a market without a firm: it is simulated when such a claim is evaluated, or with `against` in each block,
    and then stored. `posterior` is a file of `calibrate`: each
    world takes the parameters of one of its rows, and all others from the config. `keep` is what is
    stored: "summary", "agents", "flows" or "all" (default: all up to 20,000 worlds, a summary of more).

    Blocks of at most `block` worlds run in this process, in `workers` processes here (this one and others
    that it starts), or on the dask cluster of the `scheduler` at an address. Memory grows with the block,
    and no number depends on any of them. With `fork`, a results folder, and `at`, a year, its worlds
    continue under this config from the end of that year. There `cut` ends ties, each
    `"softbank openai equity"` or its three words: nobody deals over them after that year.

    UserError if the config, a setting, the posterior or the folder is wrong, or can't be written.
    FailedBlocksError if some blocks failed, after the others are done. On Ctrl-C unfinished blocks are
    dropped and KeyboardInterrupt is raised. Whatever stops it, the same call with the same `out` continues.
    """
    sample = Sample(worlds, seed, set, base)
    overrides = settings(sample.settings, until=until)
    block = None if block is None else whole(block, "block", 1)
    workers = None if workers is None else whole(workers, "workers", 1)
    at = None if at is None else whole(at, "at")
    must_be_usable(workers, scheduler)
    _check(keep, fork, at, posterior)
    if cut and at is None:
        raise UserError("`cut` goes with `fork`: a config's file has its own `cut:`")
    forked = None if fork is None else open_results(fork)
    folder = None if out is None else chosen_path(out, "out")
    before = None if folder is None else manifest_in(folder)
    settings_of_fork = {} if forked is None else _as_of(forked)
    chosen = load(config, settings_of_fork | overrides, base=base)
    if cut and forked is not None and at is not None:
        chosen = without_ties(chosen, [cut] if isinstance(cut, str) else cut, at, forked.config)
    if before is not None and not sample.sized and not isinstance(config, Config):
        chosen = chosen.model_copy(update={"worlds": before.worlds})
    keep = keep or (before.keep if before else usual(chosen.worlds))
    processes = CLUSTER_PROCESSES if scheduler else workers or 1
    block = block or block_size(chosen.worlds, processes, len(chosen.firms))
    parameters = None if posterior is None else load_posterior(posterior, chosen)
    continued = None if forked is None or at is None else fork_of(forked, at, chosen)
    strategies = own_strategies(chosen)
    missing = max(chosen.worlds - (before.worlds_done if before else 0), 0)
    must_fit(chosen, missing, keep, folder or Path("results"), block, None if scheduler else processes)
    for note in chosen.notes():
        warnings.warn(note, UserWarning, stacklevel=2)
    against = before.against if before else against
    made = make_folder(chosen, folder, at)
    task = Task(chosen, made, keep, against, parameters, continued, strategies, model())
    return _done(task, before, block, pool_of(workers, scheduler, here=not strategies), progress)


def run_for_page(
    config: Config, folder: Path, keep: Keep, *, against: bool, block: int, progress: Progress
) -> Results:
    """Simulate a config in this process, into a folder that does not outlast it: to the last bit as `run`.

    Its files are not flushed to the disk, which would take a fifth of the time of 1,000 worlds. `progress`
    and errors are as those of `run`.
    """
    strategies = own_strategies(config)
    must_fit(config, config.worlds, keep, folder, block, processes=1)
    made = make_folder(config, folder, None)
    task = Task(config, made, keep, against, strategies=strategies, model=model(), flush=False)
    return _done(task, None, block, pool_of(None, None, here=not strategies), progress)


def _done(task: Task, before: Manifest | None, block: int, pool: Pool, progress: Progress | None) -> Results:
    """The results of a task, of which `before` is a part that is there already."""
    job = Job(task.store, task, before)
    run_jobs([job], block, pool, progress, task.folder)
    job.must_be_whole()
    return job.results()


def block_size(worlds: int, processes: int, firms: int) -> int:
    """Worlds per block: at most what suits the cache, and as many blocks for each process.

    `firms` is how many a config has: a market of few firms takes more worlds, one of very many not so few
    that its steps take longer than their arithmetic.

    >>> block_size(10_000, 1, firms=20), block_size(10_000, 2, firms=20), block_size(10_000, 1, firms=10)
    (3334, 2500, 5000)
    >>> block_size(10_000, 1, firms=400)
    1000
    """
    most = max(BLOCK * FULL_CAST // max(firms, 1), LEAST_BLOCK)
    rounds = math.ceil(worlds / (most * processes))
    return math.ceil(worlds / (rounds * processes))


def must_be_usable(workers: int | None, scheduler: str | None) -> None:
    """UserError for workers and a cluster together, or where one of them can't be had."""
    if workers is not None and scheduler is not None:
        raise UserError("`workers` starts processes here, `scheduler` uses a cluster: leave out one")
    if workers is not None:
        must_be_possible()
    if scheduler is not None:
        must_have_dask()


def _check(
    keep: str | None,
    fork: str | Path | None,
    at: int | None,
    posterior: str | Path | None,
) -> None:
    """UserError for arguments that mean nothing, or nothing together."""
    if keep is not None and keep not in TABLES:
        raise UserError(f"`keep`: there is no level {keep!r}; {instead(keep, TABLES)}")
    if (fork is None) != (at is None):
        raise UserError("`fork` and `at` go together")
    if fork is not None and posterior is not None:
        raise UserError("`posterior` does not go with `fork`: its worlds have their numbers already")


def _as_of(base: Results) -> dict[str, Any]:
    """The seed and the number of worlds of the run that a fork continues."""
    return {"seed": base.config.seed, "worlds": base.worlds}
