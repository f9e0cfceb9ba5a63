"""All ways of running measured in turn, round after round: Mesa's, the stand-in, and ours."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks import peers, scalar
from benchmarks.child import Measured
from benchmarks.operations import Operations
from benchmarks.page import middle, short, spread, table
from benchmarks.sizes import Sizes


@dataclass(frozen=True)
class Contestant:
    """One way of running worlds, measured beside the others."""

    label: str
    work: Callable[..., Measured]
    settings: dict[str, Any]
    cores: int = 1

    def measured(self, sizes: Sizes) -> Measured:
        """Measure it once."""
        return sizes.measured(self.work, self.cores, **self.settings)


def contestants(sizes: Sizes, sites: int) -> dict[str, Contestant]:
    """All of them, in the order of the table."""
    models, worlds = sizes.models, sizes.worlds
    batch, loop, many = {"models": models}, {"models": models}, {"worlds": worlds}
    every = many | {"keep": "all"}
    scalars = {"models": sizes.stand_ins, "sites": sites}
    return {
        "batch": Contestant("`mesa.batch_run`, one process", peers.batch_run, batch | {"processes": 1}),
        "batch_2": Contestant(
            "`mesa.batch_run`, two processes", peers.batch_run, {"models": 4 * models, "processes": 2}, 2
        ),
        "loop": Contestant("our model, a loop, nothing collected", peers.bare_loop, loop),
        "scalar": Contestant(
            "the stand-in, with its collector", peers.stand_in, scalars | {"collects": True}
        ),
        "scalar_bare": Contestant(
            "the stand-in, nothing collected", peers.stand_in, scalars | {"collects": False}
        ),
        "memory": Contestant("our model, collected in memory", peers.in_memory, many),
        "run": Contestant("`run`, one core", peers.ours, every),
        "run_against": Contestant(
            "`run`, one core, with the second market", peers.ours, every | {"against": True}
        ),
        "run_2": Contestant(
            "`run`, two workers", peers.ours, every | {"worlds": 2 * worlds, "workers": 2}, 2
        ),
    }


@functools.cache
def rounds(sizes: Sizes, sites: int) -> list[dict[str, Measured]]:
    """All of them measured in turn, round after round."""
    running = contestants(sizes, sites)
    return [{name: one.measured(sizes) for name, one in running.items()} for _ in range(sizes.rounds)]


def faster(measured: list[dict[str, Measured]], ours: str, theirs: str) -> list[float]:
    """How many times as fast one is as another, in each round."""
    return [one[ours].rate / one[theirs].rate for one in measured]


def peers_table(sizes: Sizes, counted: Operations) -> str:
    """Rates and ratios of all; a ratio is taken within a round, and the table has their median and range."""
    sites = scalar.sites_for(counted.numbers)
    measured = rounds(sizes, sites)
    rows = []
    for name, one in contestants(sizes, sites).items():
        rates = [each[name].rate for each in measured]
        ratios = [middle(faster(measured, mine, name)) if name != mine else "1" for mine in ("memory", "run")]
        rows.append([one.label, short(median(rates)), spread(rates), *ratios])
    head = ["", "worlds per second", "spread", "in memory is faster by", "`run` is faster by"]
    start = [each["run_2"].start - each["run"].start for each in measured]
    free = [
        each[name].processor / each[name].seconds
        for each in measured
        for name in ("batch", "scalar", "memory")
    ]
    notes = [
        f"Two workers do {middle(faster(measured, 'run_2', 'run'))} times what one core does, without their "
        f"start, which takes {median(start):.2f} s.",
        f"While all this ran, a process that needed a core had one for {median(free):.0%} of the time.",
    ]
    return "\n\n".join([table(head, rows), *notes])
