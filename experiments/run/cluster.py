"""Runs blocks on many cores or machines, with dask: files are written there, only small summaries travel."""

from __future__ import annotations

import itertools
import logging
import multiprocessing
import signal
import threading
import time
import traceback
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.tables import Block
from computeshift.experiments.run.task import Done, Failed, Task

if TYPE_CHECKING:
    from distributed import Client, Future

TRIES = 3  # how often a block may take its worker down before it counts as failed
AHEAD = 64  # blocks that are handed out at least
PATIENCE = "30s"  # how long to wait for a scheduler that was named
LOOK = 0.02  # seconds between two looks whether a block is done
FETCH = 5.0  # seconds to wait for a block's result before looking whether a worker is left

_GUARD = (
    "the workers did not start; a script that runs with workers must do so "
    "under `if __name__ == '__main__':`, as each worker begins by importing it"
)
_QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.allowed-failures": TRIES,
    "distributed.scheduler.worker-saturation": 1.0,  # a block that kills takes no waiting neighbour along
    "distributed.deploy.lost-worker-timeout": "1h",  # a busy machine takes long to replace a worker
    "distributed.worker.memory.terminate": False,
    "distributed.worker.memory.pause": False,
    "distributed.admin.tick.limit": "1h",
}


def needs(workers: int | None, scheduler: str | None) -> None:
    """UserError if a cluster can't be had: a part that is not installed, or both kinds at once."""
    if workers is not None and multiprocessing.parent_process() is not None:
        raise UserError(_GUARD)
    if workers is not None and scheduler is not None:
        raise UserError("`workers` starts a cluster here, `scheduler` uses another: leave out one")
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise UserError("several workers need dask: pip install 'computeshift[cluster]'") from None


@contextmanager
def cluster(workers: int | None, scheduler: str | None) -> Iterator[Client]:
    """A client of a new local cluster of so many workers, or of the scheduler at an address.

    UserError if no scheduler answers there.
    """
    import dask
    from distributed import Client, LocalCluster

    with dask.config.set(_QUIET), _silent(logging.getLogger("distributed")):
        if scheduler is not None:
            try:
                client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
            except (OSError, ValueError) as error:
                raise UserError(f"`scheduler` {scheduler}: no scheduler answers: {error}") from error
            with client:
                yield client
            return
        with _undisturbed(), _started():
            local = LocalCluster(
                n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
                memory_limit=None, silence_logs=logging.CRITICAL,
            )  # fmt: skip
        with local, Client(local, set_as_default=False) as client:
            yield client


def run_blocks(client: Client, task: Task, blocks: Iterator[Block]) -> Generator[Done | Failed, None, None]:
    """Run blocks on the client's workers; outcomes come in any order, and a worker that dies is replaced.

    Only so many blocks are handed out that every worker always has the next one.

    UserError if a worker can't do the task at all, or the scheduler or the last worker is lost.
    """
    from distributed import as_completed

    if not client.scheduler_info()["workers"]:
        warnings.warn("the cluster has no workers yet: waiting for the first", stacklevel=2)
    # A task, not scattered data: should the worker that has it die, another makes it again.
    shared = client.submit(_same, task, pure=False)
    futures: dict[Future[Done | Failed], Block] = {}
    running = as_completed(loop=client.loop)

    def hand_out(count: int) -> None:
        for block in itertools.islice(blocks, count):
            future = client.submit(_run, shared, block, pure=False)
            futures[future] = block
            running.add(future)

    try:
        hand_out(_ahead(client))
        for future in _finished(running, client):
            yield _outcome(future, futures.pop(future), client)
            future.release()
            hand_out(_ahead(client) - len(futures))
    finally:
        with suppress(OSError, RuntimeError):  # where the scheduler is lost, so are they
            client.cancel(list(futures), force=True)


def _finished(running: Any, client: Client) -> Iterator[Future[Done | Failed]]:
    """Blocks as they are done. UserError if no worker is left here, and none can come."""
    while not running.is_empty():
        yield from running.next_batch(block=False)
        _must_have_workers(client)
        time.sleep(LOOK)


def _must_have_workers(client: Client) -> None:
    """UserError if no worker here is alive or being replaced; to a cluster elsewhere others may join."""
    from distributed import Status

    gone = (Status.closing, Status.closed, Status.failed)
    here = client.cluster
    if here is not None and all(own.status in gone for own in [*here.workers.values()]):
        raise UserError(
            "no worker is left: they died and could not be started again; "
            "the same run into the same folder goes on"
        )


def _ahead(client: Client) -> int:
    """How many blocks are handed out at once: workers may join at any time."""
    return max(AHEAD, 2 * len(client.scheduler_info()["workers"]))


def _same(task: Task) -> Task:
    return task


def _run(task: Task, block: Block) -> Done | Failed:
    return task.run(block)


def _result(future: Any, client: Client) -> Done | Failed:
    """The outcome of a block. A worker that dies may take it along: then another makes it again.

    UserError if no worker is left that could.
    """
    while True:
        try:
            done: Done | Failed = future.result(timeout=FETCH)
        except TimeoutError:
            if future.status == "error":  # the block's own
                raise
            _must_have_workers(client)
        else:
            return done


def _outcome(future: Any, block: Block, client: Client) -> Done | Failed:
    """The outcome of a block; one that takes every worker down with it has failed."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    try:
        return _result(future, client)
    except UserError:
        raise
    except KilledWorker as error:
        return Failed(block, f"its worker died {TRIES + 1} times", "".join(traceback.format_exception(error)))
    except (CancelledError, OSError) as error:
        raise UserError("the scheduler is lost; the same run into the same folder goes on") from error
    except Exception as error:
        return Failed(block, f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error)))


@contextmanager
def _silent(logger: logging.Logger) -> Iterator[None]:
    """Nothing is logged meanwhile: our own messages say what matters."""
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextmanager
def _started() -> Iterator[None]:
    """UserError where workers can't start: each begins by importing the program that started them."""
    try:
        yield
    except RuntimeError as error:
        raise UserError(_GUARD) from error


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C does nothing while workers start, and later does not reach them: this process stops them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
