"""Local workers: who plays which block, and what is left of one that dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.tables import Block
from computeshift.experiments.run.pool import run_works
from computeshift.experiments.run.task import Failed, Work


@dataclass(frozen=True)
class Play:
    """A task that notes who did a block, and does what its name says in workers."""

    folder: Path
    here: int
    how: str = ""

    def run(self, block: Block) -> tuple[Block, int]:
        with (self.folder / str(block.first)).open("a") as tries:
            tries.write("x")
        if os.getpid() == self.here:
            while not (self.folder / "worker").exists():
                time.sleep(0.01)  # a worker has its turn before this process goes on
        else:
            (self.folder / "worker").touch()
            if self.how == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            if self.how == "refuse":
                raise UserError("no worker can do this")
            if self.how == "break":
                raise MemoryError("too large")
        return block, os.getpid()


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Any]:
    def run(how: str, count: int = 6, processes: int = 2) -> list[Any]:
        task: Any = Play(tmp_path, os.getpid(), how)
        tasks = (task,)
        works = iter([Work(tasks, Block(number, 1)) for number in range(count)])
        return [outcome for _, (outcome,) in run_works(works, processes)]

    before = workers()
    yield run
    left = [worker for worker in workers() if worker not in before]
    assert psutil.wait_procs(left, timeout=30)[1] == []


def workers() -> list[psutil.Process]:
    """Copies of the process that imported what they need."""
    return [own for child in psutil.Process().children() for own in child.children()]


def test_this_process_and_a_worker_share_the_blocks(play: Any) -> None:
    done = play("")
    assert sorted(block.first for block, _ in done) == list(range(6))
    players = {pid for _, pid in done}
    assert len(players) == 2
    assert os.getpid() in players


def test_a_block_that_kills_is_tried_again_in_workers_alone_and_no_other_is(
    play: Any, tmp_path: Path
) -> None:
    done = play("die", count=2)
    (failed,) = [outcome for outcome in done if isinstance(outcome, Failed)]
    assert failed.error == "its worker died 4 times"
    assert (tmp_path / "0").read_text() == "x"
    assert (tmp_path / "1").read_text() == "xxxx"
    assert failed.block == Block(1, 1)


def test_what_no_worker_could_do_stops_the_run(play: Any) -> None:
    with pytest.raises(UserError, match="no worker can do this"):
        play("refuse")


def test_a_worker_without_memory_fails_its_block(play: Any) -> None:
    failed = next(outcome for outcome in play("break", count=2) if isinstance(outcome, Failed))
    assert failed.error == "MemoryError: too large"
    assert "in run" in failed.trace


@pytest.mark.parametrize(("count", "processes"), [(1, 4), (3, 1)])
def test_one_block_or_one_process_starts_no_worker(
    play: Any, tmp_path: Path, count: int, processes: int
) -> None:
    (tmp_path / "worker").touch()
    before = psutil.Process().children(recursive=True)
    assert [player for _, player in play("", count, processes)] == [os.getpid()] * count
    assert psutil.Process().children(recursive=True) == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="elsewhere each worker starts from nothing")
def test_workers_are_copies_of_a_process_without_threads(play: Any) -> None:
    play("")
    (origin,) = [child for child in psutil.Process().children() if "forkserver" in "".join(child.cmdline())]
    assert origin.num_threads() == 1
