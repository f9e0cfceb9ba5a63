"""A job: the worlds of a run, which of them its folder holds, and what became of the others."""

from __future__ import annotations

import functools
import importlib.metadata
import itertools
import platform
import shlex
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from computeshift.experiments.config.config import LABELS, Config, first_difference
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.excluded import Reasons, joined
from computeshift.experiments.results.extract import Gathering
from computeshift.experiments.results.files import short
from computeshift.experiments.results.levels import TABLES
from computeshift.experiments.results.manifest import (
    FailedBlock,
    Manifest,
    Status,
    Terms,
    failure_lines,
    read_manifest,
)
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.store import FAILURES, Store, WriteError
from computeshift.experiments.results.tables import Block
from computeshift.experiments.run.block import blocks
from computeshift.experiments.run.failed import FailedBlocksError
from computeshift.experiments.run.task import Done, Failed, Task

PACKAGES = ("computeshift", "numpy", "mesa", "networkx", "pandas", "pyarrow", "scipy")
Progress = Callable[[int, int], None]


class ContinuesNote(UserWarning):
    """Says how much of a run its folder holds already."""


class Job:
    """One run into one folder: which of its worlds are there, and what became of the others."""

    def __init__(self, store: Store, task: Task, before: Manifest | None) -> None:
        """A new run, or one that continues from the manifest `before`. UserError if that is another run."""
        self.store, self.task, self.before = store, task, before
        self.terms = task.terms()
        self.worlds = task.config.worlds
        self.blocks: list[Block] = []
        self.left_out: Reasons = {}
        self.failed: list[FailedBlock] = []
        self.gathering = Gathering(self.worlds)
        if before is not None:
            _must_be_same(store.folder, before, task.config, self.terms)
            self.blocks = [block for block in before.blocks if store.holds(TABLES[task.keep], block)]
            self.left_out = self._of_blocks(before.left_out)
            self._must_not_shrink()
            self._say_where_it_continues()
        self.earlier_seconds = before.wall_time_s if before else 0.0
        self.seconds = self.earlier_seconds
        self.earlier = self.done
        self._started = 0.0
        self._manifest = before
        self._lock = ExitStack()

    @property
    def done(self) -> int:
        """How many worlds are in the folder."""
        return sum(block.worlds for block in self.blocks)

    @property
    def is_over(self) -> bool:
        """Whether every world is in the folder, or has failed."""
        return self.done + sum(block.worlds for block in self.failed) == self.worlds

    def begin(self, most: int) -> Iterator[Block]:
        """The missing worlds in blocks of at most `most`; on the first the folder is made ready for them.

        UserError if another run is in the folder, or has written there meanwhile.
        """
        self._lock.enter_context(self.store.locked())
        if read_manifest(self.store.folder) != self.before:
            raise UserError(f"another run has just written into {self.store.folder}: run this one again")
        self._started = time.perf_counter()
        self.store.clean(self.blocks)
        self.store.forget_failures()
        self._write_manifest("running")
        yield from self._missing(most)

    def add(self, outcome: Done | Failed) -> None:
        """Count a block as done or failed; with the last one the run is over.

        UserError if the block's files are not here.
        """
        self._count(outcome)
        self.seconds = self.earlier_seconds + time.perf_counter() - self._started
        if not self.is_over:
            return self._write_manifest("running")
        self.store.clean(self.blocks)
        self._write_manifest("failed" if self.failed else "finished")
        self._lock.close()

    def stop(self) -> None:
        """Note that the run was interrupted, if it has begun and is not over."""
        if self._started and not self.is_over:
            with suppress(WriteError):
                self._write_manifest("interrupted")
        self._lock.close()

    def close(self) -> None:
        """With nothing missing, a run that was killed at its very end is finished all the same."""
        before = self.before
        if before is not None and (before.status, before.worlds) != ("finished", self.worlds):
            finished = {"status": "finished", "worlds": self.worlds, "failed": ()}
            self._manifest = before.model_copy(update=finished)
            self.store.write_manifest(self._manifest)

    def results(self) -> Results:
        """What is in the folder. UserError if it has no worlds."""
        return Results(self.store.folder, self.gathering.extract(self.blocks), self._manifest)

    def must_be_whole(self) -> None:
        """FailedBlocksError if some blocks failed."""
        if self.failed:
            results = self.results() if self.blocks else None
            raise FailedBlocksError(self._failures(), self.failed[0].error, results)

    def _missing(self, most: int) -> Iterator[Block]:
        """Blocks of the worlds that are not in the folder, each made when it is its turn."""
        ends = [(block.first, block.last + 1) for block in self.blocks]
        for (_, first), (last, _) in itertools.pairwise([(0, 0), *ends, (self.worlds, self.worlds)]):
            if last > first:
                yield from blocks(last - first, most, first)

    def _count(self, outcome: Done | Failed) -> None:
        block = outcome.block
        if isinstance(outcome, Failed):
            self.store.note_failure(block, outcome.trace)
            self.failed.append(FailedBlock(first=block.first, worlds=block.worlds, error=outcome.error))
            self.failed.sort(key=lambda failed: failed.first)
            return
        if not self.store.holds(TABLES[self.task.keep], block):
            raise UserError(
                f"a worker wrote where this program can't see it: all must share {self.store.folder}"
            )
        if outcome.extract is not None and not self.earlier:  # else it would lack the worlds before
            self.gathering.add(block, outcome.extract)
        self.left_out = joined([self.left_out, outcome.left_out])  # first: Ctrl-C may come between
        self.blocks = sorted([*self.blocks, block], key=lambda known: known.first)

    def _of_blocks(self, reasons: Reasons) -> Reasons:
        """Those of the reasons that are about worlds in the folder."""

        def is_here(world: int) -> bool:
            return any(block.first <= world <= block.last for block in self.blocks)

        here = {why: list(filter(is_here, worlds)) for why, worlds in reasons.items()}
        return {why: worlds for why, worlds in here.items() if worlds}

    def _must_not_shrink(self) -> None:
        """UserError if the folder holds more worlds than the run has."""
        held = max((block.last + 1 for block in self.blocks), default=0)
        if self.worlds < held:
            right = "ask for as many or more, or choose another folder"
            raise UserError(
                f"{self.store.folder} holds {held:,} worlds already, not {self.worlds:,}: {right}"
            )

    def _say_where_it_continues(self) -> None:
        folder, done = self.store.folder, self.done
        if done == self.worlds:
            note = f"{folder} holds all {done:,} worlds already: nothing to run"
            warnings.warn(note, ContinuesNote, stacklevel=4)
        elif done:
            note = f"{folder}: going on after {done:,} of {self.worlds:,} worlds"
            warnings.warn(note, ContinuesNote, stacklevel=4)

    def _failures(self) -> str:
        """Which blocks failed, why, and how to run them again."""
        return "\n".join(
            [
                *failure_lines(self.failed),
                f"tracebacks are in {short(self.store.folder / FAILURES)}; "
                f"the same run with `out` {short(self.store.folder)} tries these worlds again",
            ]
        )

    def _write_manifest(self, status: Status) -> None:
        config, before = self.task.config, self.before
        rate = before.worlds_per_second if before else None
        new, seconds = self.done - self.earlier, self.seconds - self.earlier_seconds
        manifest = Manifest(
            status=status,
            name=config.label,
            worlds=self.worlds,
            worlds_done=self.done,
            seed=config.seed,
            until=config.until,
            wall_time_s=round(self.seconds, 3),
            worlds_per_second=round(new / seconds, 1) if new else rate,
            left_out=self.left_out,
            failed=tuple(self.failed),
            blocks=tuple(self.blocks),
            versions={"python": platform.python_version(), **versions()},
            command=shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
            config=config,
            **dict(self.terms),
        )
        self.store.write_manifest(manifest)
        self._manifest = manifest


def _must_be_same(folder: Path, before: Manifest, config: Config, terms: Terms) -> None:
    """UserError unless a folder holds a part of this very run."""
    right = f"choose another folder, or look at it with computeshift.open({str(folder)!r})"
    if before.model != terms.model:
        theirs, ours = (found["computeshift"] or "from source" for found in (before.versions, versions()))
        writer = f"computeshift {theirs}, whose rules differ from those of this one ({ours})"
        raise UserError(f"{folder} was written by {writer}, so it can't be continued: {right}")
    where = terms.difference(before)
    if before.hash != terms.hash:
        own, its = (one.model_dump(mode="json", exclude=set(LABELS)) for one in (config, before.config))
        where = first_difference(own, its) or "config"
    if where is not None:
        raise UserError(f"{folder} holds another run, its {where} is not the same: {right}")


@functools.cache
def versions() -> dict[str, str | None]:
    """The versions of this program and of what its numbers depend on; None for one that is not installed."""
    found: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = None  # run from a source tree that was not installed
    return found
