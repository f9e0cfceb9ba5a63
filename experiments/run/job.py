"""A job: the worlds a run asks for, which of them a folder holds, and what became of the others."""

from __future__ import annotations

import importlib.metadata
import itertools
import platform
import shlex
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from computeshift.experiments.config.config import LABELS, first_difference
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.excluded import Reasons, joined, packed, unpacked
from computeshift.experiments.results.files import short
from computeshift.experiments.results.levels import TABLES
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.store import FAILURES, Store, WriteError, blocks_of, failures_told
from computeshift.experiments.results.tables import Block
from computeshift.experiments.run.block import blocks
from computeshift.experiments.run.failed import FailedBlocksError
from computeshift.experiments.run.task import Done, Failed, Work

RATE = "worlds_per_second"
PARTS = ("computeshift", "numpy", "mesa", "networkx", "pandas", "pyarrow", "scipy")
Progress = Callable[[int, int], None]
Pool = Callable[[Work, Iterator[Block]], AbstractContextManager[Iterator[Done | Failed]]]
"""Does blocks, and tells what came of each."""


class Job:
    """One run into one folder: which worlds are asked for, which are done, and what became of the others."""

    def __init__(self, store: Store, work: Work, worlds: int, before: dict[str, Any] | None) -> None:
        """A new run, or one that goes on from the manifest `before`; UserError if that is another run."""
        self.store, self.work, self.worlds, self.found = store, work, worlds, before
        self.blocks: list[Block] = []
        self.left_out: Reasons = {}
        self.failed: list[dict[str, Any]] = []
        self.seconds = 0.0
        if before is not None:
            _must_be_same(store.folder, before, work)
            self.seconds = before["wall_time_s"]
            self.blocks = [b for b in blocks_of(before) if store.holds(TABLES[work.keep], b)]
            held = {why: [w for w in worlds if self._has(w)] for why, worlds in unpacked(before).items()}
            self.left_out = {why: worlds for why, worlds in held.items() if worlds}
            self._tell()
        self.began_with, self.before = self.done, self.seconds
        self._about = {
            "versions": {"python": platform.python_version(), **_versions()},
            "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
            **work.terms(),
            "config": work.config.to_json(),
        }

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
            raise FailedBlocksError(self._failures(), self.failed[0]["error"], left)

    def _close(self) -> None:
        """Nothing is missing: a run that was killed at its very end has ended well all the same."""
        if self.found is not None and (self.found["status"], self.found["worlds"]) != (
            "finished",
            self.worlds,
        ):
            told = {"status": "finished", "worlds": self.worlds, "failed": []}
            self.store.write_manifest({**self.found, **told})

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
            self.failed.append({"first": block.first, "worlds": block.worlds, "error": outcome.error})
            self.failed.sort(key=lambda failed: int(failed["first"]))
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
                *failures_told(self.failed),
                f"tracebacks are in {short(self.store.folder / FAILURES)}; "
                f"the same run with `out` {short(self.store.folder)} tries these worlds again",
            ]
        )

    def _has(self, world: int) -> bool:
        return any(block.first <= world < block.first + block.worlds for block in self.blocks)

    def _note(self, status: str) -> None:
        """Write the manifest."""
        config = self.work.config
        new, seconds = self.done - self.began_with, self.seconds - self.before
        self.store.write_manifest(
            {
                "status": status,
                "name": config.label,
                "worlds": self.worlds,
                "worlds_done": self.done,
                "seed": config.seed,
                "until": config.until,
                "wall_time_s": round(self.seconds, 3),
                RATE: round(new / seconds, 1) if new else (self.found or {}).get(RATE),
                "left_out": packed(self.left_out),
                "failed": self.failed,
                "blocks": [[block.first, block.worlds] for block in self.blocks],
                **self._about,
            }
        )


def _must_be_same(folder: Path, before: Mapping[str, Any], work: Work) -> None:
    """UserError unless a folder holds a part of this very run."""
    mine, theirs = (
        {k: v for k, v in told.items() if k not in LABELS}
        for told in (work.config.to_json(), before["config"])
    )
    where = None if before["hash"] == work.config.hash else first_difference(mine, theirs) or "config"
    for term, own in work.terms().items():
        if where is None and term != "hash" and _meant(own) != _meant(before[term]):
            where = term
    if where is not None:
        told = "choose another folder, or look at it with computeshift.open"
        raise UserError(f"{folder} holds another run, its {where} is not the same: {told}({str(folder)!r})")


def _meant(term: Any) -> Any:
    """A term without the places of files, which may have moved."""
    return {k: v for k, v in term.items() if k not in ("file", "base")} if isinstance(term, dict) else term


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for part in PARTS:
        try:
            found[part] = importlib.metadata.version(part)
        except importlib.metadata.PackageNotFoundError:
            found[part] = None  # run from a source tree that was not installed
    return found
