"""What we want of the speed, and what is reached: one table, each figure with its median and range."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.command import Cost, cost, stored
from benchmarks.contest import faster, rounds
from benchmarks.operations import Operations
from benchmarks.page import short, spread, table
from benchmarks.possible import possible
from benchmarks.scalar import sites_for
from benchmarks.sizes import Sizes
from benchmarks.startup import starts


@dataclass(frozen=True)
class Aim:
    """A figure measured once or several times, and what we want it to be."""

    label: str
    figures: Sequence[float]
    aim: float
    more: bool = False  # whether more is better

    def row(self) -> list[str]:
        """Its row of the table."""
        reached = median(self.figures)
        met = reached >= self.aim if self.more else reached <= self.aim
        once = len(self.figures) == 1
        sign, word = "≥" if self.more else "≤", "yes" if met else "no"
        return [
            self.label,
            f"{sign} {self.aim:g}",
            short(reached),
            "once" if once else spread(self.figures),
            word,
        ]


@dataclass(frozen=True)
class Whole:
    """A whole `computeshift run`: its cost, and the kB that it stores per world."""

    cost: Cost
    kilobytes: float


def aims_table(sizes: Sizes, counted: Operations) -> str:
    """Every aim with what is reached: ratios within a round, whole commands in turn."""
    aims = [*_ratios(sizes, counted), *_two_workers(sizes), *_large(sizes), *_starts(sizes)]
    return table(["", "aim", "median", "range", "met"], [aim.row() for aim in aims])


def _ratios(sizes: Sizes, counted: Operations) -> list[Aim]:
    measured = rounds(sizes, sites_for(counted.numbers))
    wanted = {
        "memory": ("`run`, everything stored, times as fast as the market in memory", 0.6),
        "batch": ("times as fast as `mesa.batch_run` at one world", 550),
        "scalar": ("times as fast as the stand-in with its collector", 20),
    }
    return [
        Aim(label, faster(measured, "run", name), aim, more=True) for name, (label, aim) in wanted.items()
    ]


def _two_workers(sizes: Sizes) -> list[Aim]:
    """One worker and two, in turn: the whole command, its start included."""
    pairs = [[_run(sizes.two, "all", workers) for workers in (1, 2)] for _ in range(sizes.rounds)]
    times = [one.cost.seconds / two.cost.seconds for one, two in pairs]
    what = f"{sizes.two:,} worlds, everything stored"
    return [
        Aim(f"two workers, times as fast as one: {what}, the whole command", times, 1.5, more=True),
        Aim(f"kB per world: {what}", [one.kilobytes for one, _ in pairs], 10),
    ]


def _large(sizes: Sizes) -> list[Aim]:
    took = _run(sizes.large, "summary", 2)
    what = f"{sizes.large:,} worlds, a summary, two workers"
    return [
        Aim(f"{what}: seconds", [took.cost.seconds], 50),
        Aim(f"{what}: kB per world on disk", [took.kilobytes], 2.5),
        Aim(f"{what}: GB of memory, the largest process", [took.cost.peak], 2.5),
    ]


def _starts(sizes: Sizes) -> list[Aim]:
    wanted = {
        "`import computeshift`": 0.1,
        "`computeshift --help`": 0.5,
        "`computeshift run six --worlds 100`": 1,
        "`computeshift run six`": 1.2,
    }
    return [
        Aim(f"{name}: seconds", [each.seconds for each in costs], wanted[name])
        for name, costs in starts(sizes).items()
        if name in wanted
    ]


def _run(worlds: int, keep: str, workers: int) -> Whole:
    options = {"--worlds": worlds, "--keep": keep, "--workers": workers, "--out": "run"}
    words = [str(word) for option in options.items() for word in option]
    with tempfile.TemporaryDirectory() as folder:
        took = cost(["-m", "computeshift", "run", "six", *words], folder)
        return Whole(took, possible("kB per world", stored(folder) / worlds / 1e3))
