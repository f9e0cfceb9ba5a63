"""Jobs side by side: the missing blocks of all of them go through one pool."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from computeshift.experiments.results.files import short
from computeshift.experiments.results.store import WriteError
from computeshift.experiments.run.cluster import run_works as on_cluster
from computeshift.experiments.run.job import Job, Progress
from computeshift.experiments.run.pool import run_works as in_processes
from computeshift.experiments.run.task import Done, Outcome, Work

Pool = Callable[[Iterator[Work]], AbstractContextManager[Iterator[Outcome]]]
"""Runs each work, and yields the outcomes in any order."""


def run_jobs(
    jobs: Sequence[Job],
    most: int,
    pool: Pool,
    progress: Progress | None,
    folder: Path,
    what: str = "run",
    together: int = 1,
) -> None:
    """Run the missing worlds of all jobs in blocks of at most `most`; a job begins when its turn comes.

    Up to `together` jobs that differ in parameters alone share a market, which costs far less.
    Whatever stops it, the folders are sound; the message says that the same `what` with `out` as `folder`
    goes on.
    """
    for job in jobs:
        if job.is_over:
            job.close()
    missing = {job.task.folder: job for job in jobs if not job.is_over}
    done, worlds = sum(job.done for job in jobs), sum(job.worlds for job in jobs)
    if not missing:
        return
    try:
        with pool(_works(_groups(missing.values(), together), most)) as outcomes:
            if progress is not None:
                progress(done, worlds)
            for work, own in outcomes:
                for task, outcome in zip(work.tasks, own, strict=True):
                    missing[task.folder].add(outcome)
                    done += work.block.worlds if isinstance(outcome, Done) else 0
                if progress is not None:
                    progress(done, worlds)
    except BaseException as error:
        for job in missing.values():
            job.stop()
        _explain(
            error, f"{done:,} of {worlds:,} worlds", f"the same {what} with `out` {short(folder)} goes on"
        )
        raise


def pool_of(workers: int | None, scheduler: str | None, here: bool) -> Pool:
    """What runs works: this process, one after the other, or several processes, or a cluster.

    Of several processes this one is the first, if works can be run `here`.
    """

    @contextmanager
    def pool(works: Iterator[Work]) -> Iterator[Iterator[Outcome]]:
        if scheduler is not None:
            running = on_cluster(works, scheduler)
        elif workers is not None:
            running = in_processes(works, workers, here)
        else:
            running = ((work, work.run()) for work in works)
        with closing(running) as outcomes:
            yield outcomes

    return pool


def _groups(jobs: Iterable[Job], most: int) -> Iterator[list[Job]]:
    """Jobs of which the same worlds are missing and that can share a market, at most so many in a group."""
    groups: dict[Hashable, list[Job]] = {}
    for job in jobs:
        shared = job.task.shared_market
        key = job.task.folder if shared is None else (shared, job.worlds, tuple(job.blocks))
        groups.setdefault(key, []).append(job)
    for group in groups.values():
        yield from (group[first : first + most] for first in range(0, len(group), most))


def _works(groups: Iterable[list[Job]], most: int) -> Iterator[Work]:
    for group in groups:
        tasks = tuple(job.task for job in group)
        for block, *_ in zip(*(job.begin(most) for job in group), strict=True):
            yield Work(tasks, block)


def _explain(error: BaseException, done: str, right: str) -> None:
    """Raise what stopped the jobs with how many worlds are done, and how to continue."""
    if isinstance(error, KeyboardInterrupt):
        raise KeyboardInterrupt(f"interrupted after {done}; {right}") from None
    if isinstance(error, WriteError):
        raise WriteError(f"{error}; {done} are kept; once that is fixed, {right}") from None
