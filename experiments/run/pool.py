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
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import connection
from typing import TYPE_CHECKING

from computeshift.experiments.errors import UserError
from computeshift.experiments.run.worker import PRELOAD, serve

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from computeshift.experiments.results.tables import Block
    from computeshift.experiments.run.task import Done, Failed, Task

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


def run_blocks(task: Task, blocks: Iterator[Block], processes: int) -> Generator[Done | Failed, None, None]:
    """Run the task for each block in so many processes, this one included; outcomes come in any order.

    Strategies that the user wrote are played by workers alone, `processes` of them: should one kill its
    process, the run goes on.

    UserError if workers don't start, or if one can't do the task at all.
    """
    supply = _Supply(blocks)
    here = not task.strategies
    crew = _Crew(task, supply, processes - here)
    try:
        block = supply.take() if here else None
        if supply.has_more():
            crew.start()
        while block is not None:
            yield task.run(block)
            supply.reported()
            yield from crew.arrived()
            block = supply.take()
        while supply.is_open():
            yield crew.outcome()
    finally:
        crew.stop()


class _Supply:
    """Blocks that several threads take, one at a time. Each is reported when its outcome has come."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self._next = next(blocks, None)
        self._in_hand = 0
        self._lock = threading.Lock()

    def take(self) -> Block | None:
        """The next block; None if there is none."""
        with self._lock:
            block, self._next = self._next, next(self._blocks, None)
            self._in_hand += block is not None
            return block

    def reported(self) -> None:
        """The outcome of a block has come."""
        with self._lock:
            self._in_hand -= 1

    def has_more(self) -> bool:
        """Whether there is a block to take."""
        return self._next is not None

    def is_open(self) -> bool:
        """Whether there is a block to take, or one whose outcome has not come."""
        with self._lock:
            return self.has_more() or self._in_hand > 0


class _Worker:
    """A place for a worker: its process, replaced when it dies, and the block that it has in hand."""

    def __init__(self) -> None:
        self.block: Block | None = None
        self.deaths = 0  # since it took the block, or since it began to start
        self.is_ready = False
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Start a process. UserError if the system allows no more."""
        context = multiprocessing.get_context("forkserver" if _FORKS else "spawn")
        self.is_ready = False
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

    def hand(self, block: Block | None) -> None:
        """Give it a block, which it keeps until its outcome comes."""
        self.block = block
        if block is not None:
            with suppress(OSError):  # it has died: that is heard from its wire
                self.wire.send(block)

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
    """All workers, and the thread that hands blocks to them and hears what became of each."""

    def __init__(self, task: Task, supply: _Supply, size: int) -> None:
        self._task, self._supply = task, supply
        self._workers = [_Worker() for _ in range(size)]
        self._heard: queue.SimpleQueue[Done | Failed | Exception] = queue.SimpleQueue()
        self._is_over = False

    def start(self) -> None:
        """Let workers start, if there are any; returns at once."""
        import cloudpickle

        if not self._workers:
            return
        self._written_task = cloudpickle.dumps(self._task)  # with classes of a notebook
        threading.Thread(target=self._work, daemon=True).start()

    def arrived(self) -> Iterator[Done | Failed]:
        """The outcomes that have come."""
        while not self._heard.empty():
            yield self.outcome()

    def outcome(self) -> Done | Failed:
        """The next outcome that comes; an error that stops the run is raised."""
        heard = self._heard.get()
        if isinstance(heard, Exception):
            raise heard
        self._supply.reported()
        return heard

    def stop(self) -> None:
        """End the workers. The thread sees it, and ends with a worker that it may just be starting."""
        self._is_over = True
        for worker in self._workers:
            worker.kill()

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
        if worker.is_ready:
            self._heard.put(heard)
            worker.block, worker.deaths = None, 0
        else:
            worker.is_ready = True
            with suppress(OSError):
                worker.wire.send_bytes(self._written_task)
        worker.hand(worker.block or self._supply.take())

    def _replace(self, worker: _Worker) -> None:
        """Start a worker in place of one that died; a block that killed too many has failed."""
        if self._is_over:
            return
        code = worker.bury()
        if not worker.is_ready and code > 0:  # it raised, and says what on standard error
            raise UserError(GUARD) from None
        if worker.deaths > TRIES:
            self._heard.put(_killer(worker.block, worker.deaths))
            worker.block, worker.deaths = None, 0
        worker.start()


def _killer(block: Block | None, deaths: int) -> Failed | UserError:
    """What is heard of a worker that died too often: with a block in hand, it is the block that failed."""
    from computeshift.experiments.run.task import Failed

    if block is None:
        return UserError(f"`workers`: one died {deaths} times before it had a block; is there memory for it?")
    error = f"its worker died {deaths} times"
    return Failed(block, error, f"{error}, and left no traceback\n")


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
