"""Local workers: processes that simulate blocks beside this one, each of them replaced when it dies.

A thread hands out blocks, so that no worker waits while this process simulates a block of its own. A worker
has one block at a time: when it dies, no other block is lost, and its replacement begins with that one.
"""

from __future__ import annotations

import multiprocessing
import queue
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import connection
from typing import TYPE_CHECKING

from computeshift.experiments.errors import UserError
from computeshift.experiments.run.worker import PRELOAD, serve

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from computeshift.experiments.run.task import Outcome, Task, Work

    Tasks = tuple[Task, ...]

TRIES = 3  # how often a block may take its worker down before it counts as failed
GUARD = (
    "the workers did not start; a script that runs with workers must do so "
    "under `if __name__ == '__main__':`, as each worker begins by importing it"
)
_FORKS = sys.platform == "linux"  # elsewhere a copy of a process may lack what system libraries need


def warm() -> None:
    """Let the process that workers are copied from begin to import what they need; returns at once."""
    if _FORKS:
        from multiprocessing import forkserver

        with _no_interrupts():
            multiprocessing.set_forkserver_preload([PRELOAD])
            forkserver.ensure_running()


def must_be_possible() -> None:
    """UserError in a worker, which may import the script that started it: workers start no others."""
    if multiprocessing.current_process().name != "MainProcess":
        raise UserError(GUARD)


def run_works(works: Iterator[Work], processes: int, here: bool = True) -> Generator[Outcome, None, None]:
    """Run each work in so many processes, this one included; outcomes come in any order.

    Strategies that the user wrote are not played `here`, but by `processes` workers alone: should one
    kill its process, the run goes on. A thread may take works from the iterator.

    UserError if workers don't start, or if one can't do a task at all.
    """
    supply = _Supply(works)
    crew = _Crew(supply, processes - here)
    try:
        work = supply.take() if here else None
        if supply.has_more():
            crew.start()
        while work is not None:
            yield work, work.run()
            supply.reported()
            yield from crew.arrived()
            work = supply.take()
        while supply.is_open():
            yield crew.outcome()
    finally:
        crew.stop()


class _Supply:
    """Works that several threads take, one at a time. Each is reported when its outcome has come."""

    def __init__(self, works: Iterator[Work]) -> None:
        self._works = works
        self._next = next(works, None)
        self._in_hand = 0
        self._lock = threading.Lock()

    def take(self) -> Work | None:
        """The next work; None if there is none."""
        with self._lock:
            work, self._next = self._next, next(self._works, None)
            self._in_hand += work is not None
            return work

    def reported(self) -> None:
        """The outcome of a work has come."""
        with self._lock:
            self._in_hand -= 1

    def has_more(self) -> bool:
        """Whether there is a work to take."""
        return self._next is not None

    def is_open(self) -> bool:
        """Whether there is a work to take, or one whose outcome has not come."""
        with self._lock:
            return self.has_more() or self._in_hand > 0


class _Worker:
    """A place for a worker: its process, replaced when it dies, and the work that it has in hand."""

    def __init__(self) -> None:
        self.work: Work | None = None
        self.deaths = 0  # since it took the work, or since it began to start
        self.is_ready = False
        self._tasks: Tasks | None = None  # that its process has
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Start a process. UserError if the system allows no more."""
        context = multiprocessing.get_context("forkserver" if _FORKS else "spawn")
        self.is_ready, self._tasks = False, None
        self.wire, there = context.Pipe()
        process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=serve, args=(there,), daemon=True
        )
        try:
            process.start()
        except (OSError, EOFError) as error:
            raise UserError(f"`workers`: a process can't be started ({error}); use fewer") from error
        finally:
            there.close()
        self._process = process

    def hand(self, work: Work | None, write: Callable[[Tasks], bytes]) -> None:
        """Give it a work, which it keeps until its outcome comes; its tasks only if it has others."""
        self.work = work
        if work is not None:
            written = None if work.tasks is self._tasks else write(work.tasks)
            self._tasks = work.tasks
            with suppress(OSError):  # it has died: that is heard from its wire
                self.wire.send((written, work.block))

    def bury(self) -> int:
        """Count its death; the exit code of its process."""
        self.deaths += 1
        self.wire.close()
        self.kill()
        return (self._process and self._process.exitcode) or 0

    def kill(self) -> None:
        """End its process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()


class _Crew:
    """All workers, and the thread that hands works to them and hears what became of each."""

    def __init__(self, supply: _Supply, size: int) -> None:
        self._supply = supply
        self._workers = [_Worker() for _ in range(size)]
        self._heard: queue.SimpleQueue[Outcome | Exception] = queue.SimpleQueue()
        self._is_over = False
        self._written: tuple[Tasks | None, bytes] = None, b""
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Let workers start, if there are any; returns at once."""
        if self._workers:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def arrived(self) -> Iterator[Outcome]:
        """The outcomes that have come."""
        while not self._heard.empty():
            yield self.outcome()

    def outcome(self) -> Outcome:
        """The next outcome that comes; an error that stops the run is raised."""
        heard = self._heard.get()
        if isinstance(heard, Exception):
            raise heard
        self._supply.reported()
        return heard

    def stop(self) -> None:
        """End the workers, and the thread with a worker that it may just be starting."""
        self._is_over = True
        for worker in self._workers:
            worker.kill()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _work(self) -> None:
        try:
            warm()
            with _no_interrupts():
                for worker in self._workers:
                    worker.start()
                while not self._is_over:
                    by_wire = {worker.wire: worker for worker in self._workers}
                    for wire in connection.wait(list(by_wire)):
                        self._hear(by_wire[wire])  # type: ignore[index]
        except Exception as error:
            self._heard.put(error)
        finally:
            self.stop()

    def _hear(self, worker: _Worker) -> None:
        """A worker is ready, has done its block, or has died."""
        try:
            heard = worker.wire.recv()
        except (EOFError, OSError):
            return self._replace(worker)
        if worker.work is not None and worker.is_ready:
            self._heard.put(heard if isinstance(heard, Exception) else (worker.work, heard))
            worker.work, worker.deaths = None, 0
        worker.is_ready = True
        worker.hand(worker.work or self._supply.take(), self._write)

    def _replace(self, worker: _Worker) -> None:
        """Start a worker in place of one that died; a block that killed too many has failed."""
        if self._is_over:
            return
        code = worker.bury()
        if not worker.is_ready and code > 0:  # it raised, and says what on standard error
            raise UserError(GUARD) from None
        if worker.deaths > TRIES:
            self._heard.put(_killer(worker.work, worker.deaths))
            worker.work, worker.deaths = None, 0
        worker.start()

    def _write(self, tasks: Tasks) -> bytes:
        """Tasks as bytes, with classes of a notebook: the last ones are written once for all workers."""
        import cloudpickle

        if self._written[0] is not tasks:
            self._written = tasks, cloudpickle.dumps(tasks)
        return self._written[1]


def _killer(work: Work | None, deaths: int) -> Outcome | UserError:
    """What is heard of a worker that died too often: with a work in hand, its block has failed."""
    from computeshift.experiments.run.task import Failed

    if work is None:
        return UserError(f"`workers`: one died {deaths} times before it had a block; is there memory for it?")
    error = f"its worker died {deaths} times"
    return work, [Failed(work.block, error, f"{error}, and left no traceback\n") for _ in work.tasks]


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Processes that are started meanwhile never hear Ctrl-C: the run stops them itself."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: workers ignore it once they run
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # it would let signals through again when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
