"""All ways of running measured in turn, round after round: Mesa's, the stand-in, and ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks import peers, scalar
from benchmarks.child import Measured
from benchmarks.operations import Operations
from benchmarks.page import short, table
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
            "`run`, two workers", peers.ours, every | {"worlds": 4 * worlds, "workers": 2}, 2
        ),
    }


def peers_table(sizes: Sizes, counted: Operations) -> str:
    """Measure all in turn, round after round; ratios are within a round, the table has their median."""
    running = contestants(sizes, scalar.sites_for(counted.numbers))
    rounds = [{name: one.measured(sizes) for name, one in running.items()} for _ in range(sizes.rounds)]
    rates = {name: [one[name].rate for one in rounds] for name in running}

    def faster(ours: str, theirs: str) -> list[float]:
        return [mine / other for mine, other in zip(rates[ours], rates[theirs], strict=True)]

    rows = [
        [one.label, short(median(rates[name])), _span(rates[name])]
        + [short(median(faster(mine, name))) for mine in ("memory", "run")]
        for name, one in running.items()
    ]
    head = ["", "worlds per second", "spread", "in memory is faster by", "`run` is faster by"]
    two = faster("run_2", "run")
    start = [one["run_2"].start - one["run"].start for one in rounds]
    free = [
        one[name].processor / one[name].seconds for one in rounds for name in ("batch", "scalar", "memory")
    ]
    notes = [
        f"Two workers do {short(median(two))} times what one core does ({_span(two)}), without their start, "
        f"which takes {median(start):.1f} s.",
        f"While all this ran, a process that needed a core had one for {median(free):.0%} of the time.",
    ]
    return "\n\n".join([table(head, rows), *notes])


def _span(numbers: list[float]) -> str:
    return f"{short(min(numbers))} to {short(max(numbers))}"
