"""Worlds per second: Mesa's batch runner at one world a model, against `run`, side by side.

Both run the baseline from 2025 to 2030 on one core in this process, each with its own logging:
the batch runner collects every agent variable in memory, `run` writes five Parquet files.

    python benchmarks/speed.py [--worlds 10000] [--models 30]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[pool] = "1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import mesa  # noqa: E402

from computeshift.environment.market import ComputeMarket  # noqa: E402
from computeshift.experiments.config import load  # noqa: E402
from computeshift.experiments.design import design, setup  # noqa: E402
from computeshift.experiments.runner import run  # noqa: E402

CONFIG = load("baseline")


class OneWorld(ComputeMarket):
    """World `world` of the baseline as a Mesa model of its own, as a Mesa user would batch it."""

    def __init__(self, world: int, seed: int | None = None) -> None:
        table = design(CONFIG, worlds=1, seed=1, first_world=world)
        super().__init__(setup(CONFIG, table))


def batch_runner(models: int) -> float:
    """Worlds per second of `mesa.batch_run` with one process."""
    years = CONFIG.until - CONFIG.start
    started = time.perf_counter()
    rows = mesa.batch_run(
        OneWorld,
        {"world": range(models)},
        number_processes=1,
        max_steps=years,
        data_collection_period=1,
        display_progress=False,
    )
    seconds = time.perf_counter() - started
    assert len({row["world"] for row in rows}) == models
    return models / seconds


def many_worlds(worlds: int) -> float:
    """Worlds per second of `run`, everything written."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        run(CONFIG, worlds=worlds, seed=1, out=Path(folder) / "run")
        return worlds / (time.perf_counter() - started)


def main() -> None:
    """Measure both, and print the ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--worlds", type=int, default=10_000, help="worlds of our run")
    parser.add_argument("--models", type=int, default=30, help="models of the batch runner")
    given = parser.parse_args()
    batch_runner(2), many_worlds(100)  # warm: imports, caches
    slow, fast = batch_runner(given.models), many_worlds(given.worlds)
    print(f"mesa.batch_run, one world a model    {slow:10,.1f} worlds per second")
    print(f"run, {given.worlds:,} worlds, one core{'':10s}{fast:10,.1f} worlds per second")
    print(f"ratio                                {fast / slow:10,.0f}")


if __name__ == "__main__":
    main()
