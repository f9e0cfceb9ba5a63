"""Runs blocks on a dask cluster: files are written there, only small summaries travel."""

from __future__ import annotations

import itertools
import logging
import traceback
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.tables import Block
from computeshift.experiments.run.task import Done, Failed, Outcome, Task, Work

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD = 64  # blocks that are handed out at least
PATIENCE = "30s"  # how long to wait for the scheduler


def must_have_dask() -> None:
    """UserError where dask is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise UserError("`scheduler` needs dask: pip install 'computeshift[cluster]'") from None


def run_works(works: Iterator[Work], scheduler: str) -> Generator[Outcome, None, None]:
    """Run each work on the cluster of a scheduler; outcomes come in any order.

    UserError if no scheduler answers at the address or it is lost, or if a worker can't do a task at all.
    """
    with _client(scheduler) as client:
        if not client.scheduler_info()["workers"]:
            warnings.warn("the cluster has no workers yet: waiting for the first", stacklevel=2)
        yield from _outcomes(client, works)


@contextmanager
def _client(scheduler: str) -> Iterator[Client]:
    """A client of the scheduler at an address, which logs nothing: our own messages say what matters."""
    from distributed import Client

    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        try:
            client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UserError(f"`scheduler` {scheduler}: no scheduler answers: {error}") from error
        with client:
            yield client
    finally:
        logger.setLevel(before)


def _outcomes(client: Client, works: Iterator[Work]) -> Generator[Outcome, None, None]:
    """Only so many blocks are handed out that every worker always has the next one."""
    from distributed import as_completed

    futures: dict[Future[list[Done | Failed]], Work] = {}
    running = as_completed(loop=client.loop)
    last: tuple[Task, ...] | None = None
    shared: Future[tuple[Task, ...]] | None = None

    def hand_out(count: int) -> None:
        nonlocal last, shared
        for work in itertools.islice(works, count):
            if work.tasks is not last:  # no scattered data: should its worker die, another makes it again
                last, shared = work.tasks, client.submit(_same, work.tasks, pure=False)
            future = client.submit(_run, shared, work.block, pure=False)
            futures[future] = work
            running.add(future)

    try:
        hand_out(_ahead(client))
        for future in running:
            work = futures.pop(future)
            yield work, _outcome(future, work)
            future.release()
            hand_out(_ahead(client) - len(futures))
    finally:
        with suppress(OSError, RuntimeError):  # where the scheduler is lost, so are they
            client.cancel(list(futures), force=True)


def _ahead(client: Client) -> int:
    """How many blocks are handed out at once: workers may join at any time."""
    return max(AHEAD, 2 * len(client.scheduler_info()["workers"]))


def _same(tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    return tasks


def _run(tasks: tuple[Task, ...], block: Block) -> list[Done | Failed]:
    return Work(tasks, block).run()


def _outcome(future: Future[list[Done | Failed]], work: Work) -> list[Done | Failed]:
    """What became of a work; one that takes every worker down with it has failed."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    try:
        return future.result()
    except UserError:
        raise
    except KilledWorker as error:
        deaths = error.allowed_failures + 1
        return _failed(work, f"its worker died {deaths} times", error)
    except (CancelledError, OSError) as error:
        raise UserError("the scheduler is lost; the same run into the same folder goes on") from error
    except Exception as error:
        return _failed(work, f"{type(error).__name__}: {error}", error)


def _failed(work: Work, why: str, error: Exception) -> list[Done | Failed]:
    trace = "".join(traceback.format_exception(error))
    return [Failed(work.block, why, trace) for _ in work.tasks]
