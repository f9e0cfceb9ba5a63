"""Worlds per second: Mesa's ways with one world per model, a stand-in, and `run`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

import mesa

from benchmarks.child import Measured, timed
from benchmarks.scalar import YEARS, Economy
from computeshift.agents import KINDS
from computeshift.environment.market import ComputeMarket
from computeshift.environment.mesa_base import DataCollector
from computeshift.experiments.config.load import load
from computeshift.experiments.run.block import blocks, simulate
from computeshift.experiments.run.design import design, setup
from computeshift.experiments.run.run import run

CONFIG = load("six")
BLOCK = 2_048  # worlds per model, in memory
WARM = 2  # models or worlds that are simulated first: imports, caches, processes that start


class OneWorld(ComputeMarket):
    """World `world` of the six as a Mesa model of its own, as a Mesa user would batch it."""

    def __init__(self, world: int, seed: int | None = None) -> None:
        super().__init__(setup(CONFIG, design(CONFIG, worlds=1, seed=1, first_world=world)), KINDS)


class Uncollected(OneWorld):
    """The same, and nothing is collected."""

    def __init__(self, world: int) -> None:
        super().__init__(world)
        self.datacollector = DataCollector()


def batch_run(models: int, processes: int) -> Measured:
    """`mesa.batch_run` of the six, one model per world, all variables collected in memory."""

    def play(worlds: int) -> None:
        # Mesa 3.3's loses the last year that was collected; the work is done all the same.
        rows = mesa.batch_run(
            OneWorld,
            {"world": range(worlds)},
            number_processes=processes,
            max_steps=CONFIG.until - CONFIG.start,
            data_collection_period=1,
            display_progress=False,
        )
        if len({row["world"] for row in rows}) != worlds:
            raise RuntimeError("batch_run lost worlds")

    return _beyond_the_start(play, models, processes)


def bare_loop(models: int) -> Measured:
    """The six, one model per world, in a loop; nothing is collected, and no model is kept alive."""

    def play(worlds: int) -> None:
        for world in range(worlds):
            market = Uncollected(world)
            while market.running:
                market.step()

    return _beyond_the_start(play, models)


def stand_in(models: int, sites: int, collects: bool) -> Measured:
    """The scalar economy, one model per world, in a loop; no model is kept alive."""

    def play(worlds: int) -> None:
        for world in range(worlds):
            economy = Economy(sites, collects, seed=world)
            for _ in range(YEARS):
                economy.step()

    return _beyond_the_start(play, models)


def in_memory(worlds: int) -> Measured:
    """The six, one block of worlds per model, collected in memory as by `batch_run`; nothing written."""

    def play(worlds: int) -> None:
        for block in blocks(worlds, BLOCK):
            with simulate(setup(CONFIG, design(CONFIG, block.worlds, seed=1, first_world=block.first))):
                pass

    return _beyond_the_start(play, worlds)


def ours(worlds: int, **settings: Any) -> Measured:
    """`run` of the six into a folder; `settings` are its other arguments."""

    def play(worlds: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run(CONFIG, worlds=worlds, seed=1, out=folder, **settings)

    return _beyond_the_start(play, worlds, settings.get("workers", 1))


def _beyond_the_start(play: Callable[[int], None], worlds: int, processes: int = 1) -> Measured:
    """What worlds cost once a few are done, imports left out; with several processes, their start too.

    That start is what the few take. To subtract it in one process would only add what its noise is.
    """
    play(WARM)
    few = timed(lambda: play(WARM))
    if processes == 1:
        return Measured(worlds, *timed(lambda: play(worlds)), start=few[0])
    many = timed(lambda: play(WARM + worlds))
    return Measured(worlds, many[0] - few[0], many[1] - few[1], start=few[0])
