"""A job: the worlds a run asks for, which of them a folder holds, and what became of the others."""

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
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from computeshift.experiments.config.config import LABELS, Config, first_difference
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.excluded import Reasons, joined
from computeshift.experiments.results.files import short
from computeshift.experiments.results.levels import TABLES
from computeshift.experiments.results.manifest import (
    FailedBlock,
    Manifest,
    Status,
    Terms,
    failure_lines,
)
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.store import FAILURES, Store, WriteError
from computeshift.experiments.results.tables import Block
from computeshift.experiments.run.block import blocks
from computeshift.experiments.run.failed import FailedBlocksError
from computeshift.experiments.run.task import Done, Failed, Work

PARTS = ("computeshift", "numpy", "mesa", "networkx", "pandas", "pyarrow", "scipy")
Progress = Callable[[int, int], None]
Pool = Callable[[Work, Iterator[Block]], AbstractContextManager[Iterator[Done | Failed]]]
"""Does blocks, and tells what came of each."""


class Job:
    """One run into one folder: which worlds are asked for, which are done, and what became of the others."""

    def __init__(self, store: Store, work: Work, worlds: int, before: Manifest | None) -> None:
        """A new run, or one that goes on from the manifest `before`; UserError if that is another run."""
        self.store, self.work, self.worlds, self.found = store, work, worlds, before
        self.terms = work.terms()
        self.blocks: list[Block] = []
        self.left_out: Reasons = {}
        self.failed: list[FailedBlock] = []
        self.seconds = 0.0
        if before is not None:
            _must_be_same(store.folder, before, work.config, self.terms)
            self.seconds = before.wall_time_s
            self.blocks = [b for b in before.blocks if store.holds(TABLES[work.keep], b)]
            held = {why: [w for w in worlds if self._has(w)] for why, worlds in before.left_out.items()}
            self.left_out = {why: worlds for why, worlds in held.items() if worlds}
            self._tell()
        self.began_with, self.before = self.done, self.seconds

    @property
    def done(self) -> int:
        """How many worlds are in the folder."""
        return sum(block.worlds for block in self.blocks)

    def run(self, most: int, pool: Pool, progress: Progress | None) -> None:
        """Do what is missing, in blocks of at most so many worlds; whatever stops it, the folder is sound."""
        missing = self._missing(most)
        first = next(missing, None)
        if first is None:
            return self._close()
        self.store.clean(self.blocks)
        self.store.forget_failures()
        started = time.perf_counter()
        self._note("running")
        try:
            with pool(self.work, itertools.chain([first], missing)) as outcomes:
                self._report(progress)
                for outcome in outcomes:
                    self._take(outcome)
                    self.seconds = self.before + time.perf_counter() - started
                    self._note("running")
                    self._report(progress)
        except BaseException as stopped:
            with suppress(WriteError):
                self._note("interrupted")
            self._explain(stopped)
            raise
        self.store.clean(self.blocks)
        self._note("failed" if self.failed else "finished")
        if self.failed:
            left = Results(self.store.folder) if self.blocks else None
            raise FailedBlocksError(self._failures(), self.failed[0].error, left)

    def _close(self) -> None:
        """Nothing is missing: a run that was killed at its very end has ended well all the same."""
        found = self.found
        if found is not None and (found.status, found.worlds) != ("finished", self.worlds):
            ended = {"status": "finished", "worlds": self.worlds, "failed": ()}
            self.store.write_manifest(found.model_copy(update=ended))

    def _missing(self, most: int) -> Iterator[Block]:
        """The worlds that are asked for and not done now, in blocks, each made when it is its turn."""
        ends = [(block.first, block.first + block.worlds) for block in self.blocks]
        for (_, first), (last, _) in itertools.pairwise([(0, 0), *ends, (self.worlds, self.worlds)]):
            if last > first:
                yield from blocks(last - first, most, first)

    def _take(self, outcome: Done | Failed) -> None:
        """Note what came of a block."""
        block = outcome.block
        if isinstance(outcome, Failed):
            self.store.note_failure(block, outcome.trace)
            self.failed.append(FailedBlock(first=block.first, worlds=block.worlds, error=outcome.error))
            self.failed.sort(key=lambda failed: failed.first)
            return
        if not self.store.holds(TABLES[self.work.keep], block):
            raise UserError(
                f"a worker wrote where this program can't see it: all must share {self.store.folder}"
            )
        self.left_out = joined([self.left_out, outcome.left_out])  # first: Ctrl-C may come between
        self.blocks = sorted([*self.blocks, block], key=lambda known: known.first)

    def _report(self, progress: Progress | None) -> None:
        if progress is not None:
            progress(self.done, self.worlds)

    def _tell(self) -> None:
        """Say that a folder's run goes on, or has nothing left to do; UserError for fewer worlds."""
        folder, done = self.store.folder, self.done
        held = max((block.first + block.worlds for block in self.blocks), default=0)
        if self.worlds < held:
            told = "ask for as many or more, or choose another folder"
            raise UserError(f"{folder} holds {held:,} worlds already, not {self.worlds:,}: {told}")
        if done == self.worlds:
            warnings.warn(f"{folder} holds all {done:,} worlds already: nothing to run", stacklevel=4)
        elif done:
            warnings.warn(f"{folder}: going on after {done:,} of {self.worlds:,} worlds", stacklevel=4)

    def _explain(self, stopped: BaseException) -> None:
        """Say what is kept, and how to go on."""
        kept = f"{self.done:,} of {self.worlds:,} worlds are kept"
        how = f"the same run with `out` {short(self.store.folder)} goes on"
        if isinstance(stopped, KeyboardInterrupt):
            told = f"interrupted after {self.done:,} of {self.worlds:,} worlds; {how}"
            raise KeyboardInterrupt(told) from None
        if isinstance(stopped, WriteError):
            raise WriteError(f"{stopped}; {kept}; make room, and {how}") from None

    def _failures(self) -> str:
        """Which blocks failed, why, and how to run them again."""
        return "\n".join(
            [
                *failure_lines(self.failed),
                f"tracebacks are in {short(self.store.folder / FAILURES)}; "
                f"the same run with `out` {short(self.store.folder)} tries these worlds again",
            ]
        )

    def _has(self, world: int) -> bool:
        return any(block.first <= world < block.first + block.worlds for block in self.blocks)

    def _note(self, status: Status) -> None:
        """Write the manifest."""
        new, seconds = self.done - self.began_with, self.seconds - self.before
        rate = self.found.worlds_per_second if self.found else None
        config = self.work.config
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
            versions={"python": platform.python_version(), **_versions()},
            command=shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
            config=config,
            **dict(self.terms),
        )
        self.store.write_manifest(manifest)


def _must_be_same(folder: Path, before: Manifest, config: Config, terms: Terms) -> None:
    """UserError unless a folder holds a part of this very run."""
    where = terms.difference(before)
    if before.hash != terms.hash:
        own, its = (one.model_dump(mode="json", exclude=set(LABELS)) for one in (config, before.config))
        where = first_difference(own, its) or "config"
    if where is not None:
        right = f"choose another folder, or look at it with computeshift.open({str(folder)!r})"
        raise UserError(f"{folder} holds another run, its {where} is not the same: {right}")


@functools.cache
def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for part in PARTS:
        try:
            found[part] = importlib.metadata.version(part)
        except importlib.metadata.PackageNotFoundError:
            found[part] = None  # run from a source tree that was not installed
    return found
