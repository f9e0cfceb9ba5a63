"""What a run does with each of its blocks, here or on a worker: simulate it, write it, tell of it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path

from computeshift.experiments.config import plugins
from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.excluded import Reasons
from computeshift.experiments.results.levels import Keep
from computeshift.experiments.results.manifest import Terms
from computeshift.experiments.results.store import Store
from computeshift.experiments.results.tables import Block, design_table
from computeshift.experiments.run import design as designs
from computeshift.experiments.run.block import Course, Simulated, play
from computeshift.experiments.run.digest import model
from computeshift.experiments.run.fork import Fork
from computeshift.experiments.run.posterior import Posterior


@dataclass(frozen=True)
class Done:
    """A block whose files are in the folder, and its worlds that are left out, by reason."""

    block: Block
    left_out: Reasons


@dataclass(frozen=True)
class Failed:
    """A block that raised: what, where in the user's own file if it was theirs, and the traceback."""

    block: Block
    error: str
    trace: str


@dataclass(frozen=True)
class Work:
    """All that a block needs to be run, on any machine that sees the folder."""

    config: Config
    folder: Path
    keep: Keep
    against: bool = True
    posterior: Posterior | None = None
    fork: Fork | None = None
    strategies: tuple[plugins.UserStrategy, ...] = ()
    model: str = ""

    def do(self, block: Block) -> Done | Failed:
        """Simulate a block and write its files. UserError if that can't be, whatever the block."""
        plugins.adopt(self.strategies)
        if self.model != model():
            raise UserError("a worker has another version of the model than this program: install the same")
        try:
            came = self._simulated(block)
        except UserError:
            raise
        except Exception as error:
            told = plugins.blamed(error) or f"{type(error).__name__}: {error}"
            return Failed(block, told, traceback.format_exc())
        Store(self.folder).write(block, came.tables)
        return Done(block, came.left_out)

    def _simulated(self, block: Block) -> Simulated:
        """What came of a block's worlds."""
        config, fork = self.config, self.fork
        if fork is None:
            drawn = designs.drawn(config, block.worlds, config.seed, block.first, self.posterior)
            course = Course(designs.setup(config, drawn))
        else:
            drawn = fork.design(block)
            course = fork.course(block, drawn)
        units = {name: number.unit for name, number in config.parameters().items()}
        came = play(course, design_table(drawn, units), block, self.against, self.keep)
        if fork is not None:
            fork.must_equal_base(block, came.tables["market"].to_pandas())
        return came

    def terms(self) -> Terms:
        """What must be the same for two runs to be one: a manifest keeps it."""
        return Terms(
            hash=self.config.hash,
            keep=self.keep,
            against=self.against,
            posterior=None if self.posterior is None else self.posterior.terms(),
            fork=None if self.fork is None else self.fork.terms(),
            strategies={f"{own.kind}.{own.name}": own.digest for own in self.strategies},
            model=self.model,
        )
