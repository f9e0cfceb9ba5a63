"""Where a block's time goes, and how far it is from what the machine's memory could do."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.child import timed
from benchmarks.machine import LARGE, SMALL, triad
from benchmarks.operations import Operations
from computeshift.environment.setup import Setup
from computeshift.experiments.block import played, without
from computeshift.experiments.config import load
from computeshift.experiments.design import design, setup
from computeshift.experiments.runner import run

CONFIG = load("baseline")
BLOCK = SMALL  # worlds


@dataclass(frozen=True)
class Anatomy:
    """Seconds of a processor for one block of `BLOCK` worlds, and of a market of one world."""

    drawn: float  # the design, and the market's parameters from it
    market: float  # played, collected in memory
    second: float  # the same worlds without the firm that a claim is compared with
    whole: float  # a run of that block, everything logged and written
    alone: float  # a market of one world: what numpy's calls cost, whatever the worlds

    @property
    def written(self) -> float:
        """Tables, log and Parquet: what is left of the whole."""
        return max(self.whole - self.drawn - self.market - self.second, 0.0)


def anatomy(repeats: int) -> Anatomy:
    """Take a block apart; the fastest of the repeats tells."""

    def fastest(work: object) -> float:
        assert callable(work)
        return min(timed(work)[1] for _ in range(repeats))

    block, one = (setup(CONFIG, design(CONFIG, worlds)) for worlds in (BLOCK, 1))
    return Anatomy(
        drawn=fastest(lambda: setup(CONFIG, design(CONFIG, BLOCK))),
        market=fastest(lambda: _play(block)),
        second=fastest(lambda: _play(without(block, "deepseek"))),
        whole=fastest(_run),
        alone=fastest(lambda: _play(one)),
    )


def _play(given: Setup) -> None:
    with played(given):
        pass


def _run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(CONFIG, worlds=BLOCK, block=BLOCK, out=Path(folder))


@dataclass(frozen=True)
class Limit:
    """What memory allows, and what we reach: bytes a second."""

    memory: float  # the triad, arrays beyond any cache
    cache: float  # the triad, arrays of a block
    reached: float  # by a market of a block

    @property
    def reached_of_memory(self) -> float:
        """The part of memory's bandwidth that a market moves."""
        return self.reached / self.memory


def limit(counted: Operations, taken: Anatomy) -> Limit:
    """Hold the bytes that a market must move against what the machine can."""
    return Limit(
        memory=triad(LARGE, 5),
        cache=triad(SMALL, 2_000),
        reached=counted.moved * BLOCK / taken.market,
    )
