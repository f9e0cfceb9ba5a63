"""What a run does with each of its blocks, here or on a worker: simulate it, write it, report it."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from computeshift.experiments.config import plugins
from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.claims import claims_of
from computeshift.experiments.results.excluded import Reasons
from computeshift.experiments.results.extract import MOST, Extract
from computeshift.experiments.results.levels import Keep, own_columns
from computeshift.experiments.results.manifest import Terms
from computeshift.experiments.results.store import Store
from computeshift.experiments.results.tables import Block, design_table
from computeshift.experiments.run import design as designs
from computeshift.experiments.run.block import BlockResult, Simulation, simulate_block, simulate_summaries
from computeshift.experiments.run.digest import model
from computeshift.experiments.run.fork import Fork
from computeshift.experiments.run.posterior import Posterior


@dataclass(frozen=True)
class Done:
    """A block whose files are in the folder, and its worlds that are left out, by reason.

    `extract` is what the summary of the run needs of it; None where the task makes none, or where all
    worlds' would take too much memory.
    """

    block: Block
    left_out: Reasons
    extract: Extract | None


@dataclass(frozen=True)
class Failed:
    """A block that raised: the error, with its place if it is in the user's own file, and the traceback."""

    block: Block
    error: str
    trace: str


@dataclass(frozen=True)
class Task:
    """All that is needed to run a block, on any machine that sees the folder.

    With `extracts` each block hands over what the summary of a run needs. With `flush` its files are on the
    disk before it is done.
    """

    config: Config
    folder: Path
    keep: Keep
    against: bool = True
    posterior: Posterior | None = None
    fork: Fork | None = None
    strategies: tuple[plugins.UserStrategy, ...] = ()
    model: str = ""
    extracts: bool = True
    flush: bool = True

    @property
    def store(self) -> Store:
        """The files of its folder."""
        return Store(self.folder, self.flush)

    def run(self, block: Block) -> Done | Failed:
        """Simulate a block and write its files. UserError for what would stop any block."""
        self._must_be_of_this_model()
        plugins.adopt(self.strategies)
        try:
            result = self._simulate(block)
        except UserError:
            raise
        except Exception as error:
            message = plugins.blamed(error) or f"{type(error).__name__}: {error}"
            return Failed(block, message, traceback.format_exc())
        return self._written(block, result)

    def run_with(self, others: Sequence[Task], block: Block) -> list[Done | Failed]:
        """Simulate a block of this task and of others in one market: for each what `run` gives.

        All are tasks of `shared_market`.
        """
        tasks = [self, *others]
        self._must_be_of_this_model()
        try:
            drawn = [designs.drawn(task.config, block.worlds, None, block.first) for task in tasks]
            rows = list(zip(tasks, drawn, strict=True))
            results = simulate_summaries(
                [Simulation(designs.setup(task.config, own)) for task, own in rows],
                [design_table(own, designs.units(task.config)) for task, own in rows],
                block,
                [list(own_columns(task.config).values()) for task in tasks],
            )
        except Exception:
            return [task.run(block) for task in tasks]  # which of them it was
        return [task._written(block, result) for task, result in zip(tasks, results, strict=True)]

    @property
    def shared_market(self) -> str | None:
        """What tasks must have in common to be run in one market; None for one that runs alone."""
        if self.keep != "summary" or self.against or self.extracts or self.posterior or self.fork:
            return None
        return None if self.strategies else self.config.structure()

    def _must_be_of_this_model(self) -> None:
        if self.model != model():
            raise UserError("a worker has another version of the model than this program: install the same")

    def _written(self, block: Block, result: BlockResult) -> Done:
        """The block's files are in the folder."""
        self.store.write(block, result.tables)
        extract = result.extract
        fits = extract is not None and extract.nbytes / block.worlds * self.config.worlds <= MOST
        return Done(block, result.left_out, extract if fits else None)

    def _simulate(self, block: Block) -> BlockResult:
        config, fork = self.config, self.fork
        if fork is None:
            drawn = designs.drawn(config, block.worlds, config.seed, block.first, self.posterior)
            simulation = Simulation(designs.setup(config, drawn))
        else:
            drawn = fork.design(block)
            simulation = fork.simulation(block, drawn)
        units = designs.units(config)
        result = simulate_block(
            simulation,
            design_table(drawn, units),
            block,
            self.against,
            self.keep,
            list(own_columns(config).values()),
            claims_of(config).values() if self.extracts else None,
        )
        if fork is not None:
            fork.must_equal_base(block, result.tables["market"].to_pandas())
        return result

    def terms(self) -> Terms:
        """What must be the same for two runs to be one: they are in the manifest."""
        return Terms(
            hash=self.config.hash,
            keep=self.keep,
            against=self.against,
            posterior=None if self.posterior is None else self.posterior.terms(),
            fork=None if self.fork is None else self.fork.terms(),
            strategies={f"{own.kind}.{own.name}": own.digest for own in self.strategies},
            model=self.model,
        )


class Work(NamedTuple):
    """A block of one task, or of several that share a market: what a process does at a time."""

    tasks: tuple[Task, ...]
    block: Block

    def run(self) -> list[Done | Failed]:
        """What became of the block, by task."""
        first, *others = self.tasks
        return first.run_with(others, self.block) if others else [first.run(self.block)]


Outcome = tuple[Work, list[Done | Failed]]
"""What became of a work, by task."""
