"""What a run does with each of its blocks, here or on a worker: simulate it, write it, report it."""

from __future__ import annotations

import traceback
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
from computeshift.experiments.run.block import BlockResult, Simulation, simulate_block
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

    With `extracts` each block hands over what the summary of a run needs.
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

    def run(self, block: Block) -> Done | Failed:
        """Simulate a block and write its files. UserError for what would stop any block."""
        plugins.adopt(self.strategies)
        if self.model != model():
            raise UserError("a worker has another version of the model than this program: install the same")
        try:
            result = self._simulate(block)
        except UserError:
            raise
        except Exception as error:
            message = plugins.blamed(error) or f"{type(error).__name__}: {error}"
            return Failed(block, message, traceback.format_exc())
        Store(self.folder).write(block, result.tables)
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
    """A block with its task: what a process does at a time. Blocks of several tasks may share a pool."""

    task: Task
    block: Block


Outcome = tuple[Work, Done | Failed]
"""What became of a work."""
