"""Where a block's time goes, and how far it is from what the machine's memory could do."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.child import timed
from benchmarks.machine import LARGE, SMALL, triad
from benchmarks.operations import Operations
from benchmarks.page import table
from benchmarks.possible import possible
from benchmarks.sizes import Sizes
from computeshift.environment.setup import Setup
from computeshift.experiments.config.load import load
from computeshift.experiments.run.block import Simulation, counterparts, simulate
from computeshift.experiments.run.design import design, setup
from computeshift.experiments.run.run import run

CONFIG = load("six")
BLOCK = SMALL  # worlds


@dataclass(frozen=True)
class Anatomy:
    """Seconds of a processor for one block of `BLOCK` worlds, and of a market of one world."""

    drawn: float  # the design, and the market's parameters from it
    market: float  # played, collected in memory
    second: float  # the same worlds without the firm that a claim is compared with
    whole: float  # a run of that block with both markets, everything logged and written
    calls: float  # a market of one world: what numpy's calls cost, whatever the worlds

    @property
    def written(self) -> float:
        """Tables, log and Parquet: what is left of the whole. ImpossibleError if nothing is."""
        return possible("tables, log and Parquet", self.whole - self.drawn - self.market - self.second)


def anatomy(repeats: int) -> Anatomy:
    """Take a block apart; the fastest of the repeats counts."""

    def fastest(work: Callable[[], object]) -> float:
        return min(timed(work)[1] for _ in range(repeats))

    block, one = (setup(CONFIG, design(CONFIG, worlds)) for worlds in (BLOCK, 1))
    return Anatomy(
        drawn=fastest(lambda: setup(CONFIG, design(CONFIG, BLOCK))),
        market=fastest(lambda: _play(block)),
        second=fastest(lambda: counterparts(Simulation(block))),
        whole=fastest(_run),
        calls=fastest(lambda: _play(one)),
    )


def _play(market: Setup) -> None:
    with simulate(market):
        pass


def _run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(CONFIG, worlds=BLOCK, block=BLOCK, out=folder, against=True)


@dataclass(frozen=True)
class Limit:
    """What memory allows, and what we reach: bytes per second."""

    memory: float  # the triad, arrays beyond any cache
    cache: float  # the triad, arrays of a block
    reached: float  # by a market of a block

    @property
    def reached_of_memory(self) -> float:
        """The part of memory's bandwidth that a market moves."""
        return self.reached / self.memory


def limit(counted: Operations, taken: Anatomy) -> Limit:
    """Compare the bytes that a market must move with what the machine can."""
    return Limit(
        memory=triad(LARGE, 5),
        cache=triad(SMALL, 2_000),
        reached=counted.moved * BLOCK / taken.market,
    )


def limit_table(sizes: Sizes, counted: Operations) -> str:
    """What a market computes, where a block's time goes, and the machine's limit."""
    taken = anatomy(sizes.blocks)
    held = limit(counted, taken)
    bound = held.memory / counted.moved
    parts = {
        "drawing the design": taken.drawn,
        "the market": taken.market,
        "the second market": taken.second,
        "tables, log and Parquet": taken.written,
    }
    rows = [[name, f"{s * 1e6 / BLOCK:.0f}", f"{s / taken.whole:.0%}"] for name, s in parts.items()]
    notes = [
        f"A market of one world does {counted.numbers:,} operations on numbers in {counted.calls:,} calls of "
        f"numpy, reads and writes {counted.moved / 1e3:,.0f} kB for them, draws {counted.draws} random "
        f"numbers, collects {counted.values:,} values and logs {counted.flows} flows and {counted.limits:,} "
        "limits of decisions.",
        f"One core moves {held.memory / 1e9:.0f} GB per second in large arrays and {held.cache / 1e9:.0f} in "
        f"arrays of {BLOCK:,} numbers. A market of {BLOCK:,} worlds moves {held.reached / 1e9:.1f}: "
        f"{held.reached_of_memory:.0%} of the limit of {bound:,.0f} markets of one world per second.",
        f"The calls of numpy alone take {taken.calls * 1e3:.0f} ms per market, however many its worlds: "
        f"{taken.calls / taken.market:.0%} of a block of {BLOCK:,}.",
    ]
    where = table([f"of a block of {BLOCK:,} worlds", "µs per world", "part"], rows)
    return where + "\n\n" + "\n\n".join(notes)
