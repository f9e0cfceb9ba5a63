"""How much is measured: in full for the page, or small to see that it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.child import Measured, measured


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int  # of all in turn
    models: int  # of Mesa, one world each
    stand_ins: int
    worlds: int  # of ours
    ladder: tuple[int, ...]  # worlds of a run
    firms: tuple[int, ...]  # of role firms
    years: tuple[int, ...]  # last ones
    keeps: tuple[str, ...]
    kept: tuple[str, ...]  # of shipped configs
    repeats: int  # of a run, of which the fastest counts
    blocks: int  # taken apart, of which the fastest counts; also starts of a command
    two: int  # worlds of a command with one worker and with two
    large: int  # worlds of a summary
    seen: int  # worlds of a dashboard and of a report
    apart: bool = True  # each measurement in a process of its own; else all in this one, which is less exact

    def measured(self, function: Callable[..., Measured], cores: int = 1, **arguments: Any) -> Measured:
        """What a function measures, on so many cores."""
        return measured(function, cores, **arguments) if self.apart else function(**arguments)


FULL = Sizes(
    rounds=3,
    models=20,
    stand_ins=400,
    worlds=20_480,  # whole blocks, in memory as in a run
    ladder=(10, 100, 1_000, 10_000, 100_000, 1_000_000),
    firms=(6, 12, 25, 50, 100, 200),
    years=(2025, 2027, 2030, 2035),
    keeps=("summary", "agents", "flows", "all"),
    kept=("summary", "all"),
    repeats=2,
    blocks=7,
    two=40_000,
    large=1_000_000,
    seen=1_000,
)
QUICK = Sizes(
    rounds=1,
    models=2,
    stand_ins=20,
    worlds=300,
    ladder=(10,),
    firms=(6,),
    years=(2026,),
    keeps=("summary",),
    kept=("summary",),
    repeats=1,
    blocks=1,
    two=200,
    large=400,
    seen=50,
    apart=False,
)
GUARD = replace(QUICK, rounds=3, models=12, stand_ins=200, worlds=4_096)
"""Of the benchmark in the gate: all in one process, as imports would take longer than what is measured."""
