"""How much is measured: in full for the page, or small to see that it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int
    models: int  # of Mesa, one world each
    stand_ins: int
    worlds: int
    ladder: tuple[int, ...]  # worlds of a run
    firms: tuple[int, ...]
    years: tuple[int, ...]  # last years
    keeps: tuple[str, ...] = ("summary", "agents", "flows", "all")
    repeats: int = 2


FULL = Sizes(
    rounds=3,
    models=20,
    stand_ins=400,
    worlds=10_000,
    ladder=(10, 100, 1_000, 10_000, 100_000, 1_000_000),
    firms=(6, 12, 25, 50, 100, 200),
    years=(2025, 2027, 2030, 2035),
)
QUICK = Sizes(
    rounds=1,
    models=2,
    stand_ins=20,
    worlds=300,
    ladder=(10, 100),
    firms=(6, 12),
    years=(2025, 2030),
    keeps=("summary", "all"),
    repeats=1,
)
