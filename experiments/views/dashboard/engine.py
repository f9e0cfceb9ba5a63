"""Runs for one page: one at a time, each in a folder of its own; the last few are kept."""

from __future__ import annotations

import shutil
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from computeshift.experiments.config.config import Config
from computeshift.experiments.results.levels import Keep, usual
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.run import run
from computeshift.experiments.run.size import needs

BLOCK = 1024  # worlds a block: all of a usual run at once, a fraction of a second of a large one
KEPT = 4  # runs: what is shown, what it is held against, and the two before
_Key = tuple[str, str, int, bool]
"""A config's label and hash, its worlds, and whether the run is a whole one."""


class Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """The run in hand was given up."""


@dataclass
class Job:
    """A run in hand, as another thread may watch it or give it up.

    A `whole` one has all that any picture shows: what bound each decision, and the market without a firm
    that some claims are compared with. That takes half as long again.
    """

    config: Config
    whole: bool = True
    done: int = 0
    given_up: bool = False

    @property
    def keep(self) -> Keep:
        """What is stored of it: of very many worlds only a summary."""
        if usual(self.config.worlds) == "summary":
            return "summary"
        return "all" if self.whole else "flows"

    def key(self, whole: bool) -> _Key:
        """What its results are kept under, if it is, or is not, a whole one."""
        return self.config.label, self.config.hash, self.config.worlds, whole

    def progress(self, done: int, worlds: int) -> None:
        """Note how far it is; Cancelled if it was given up."""
        if self.given_up:
            raise Cancelled
        self.done = done


class Engine:
    """Plays configs. What was played a moment ago is not played again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: OrderedDict[_Key, Results] = OrderedDict()
        self._count = 0
        self._lock = threading.Lock()

    def play(self, job: Job) -> Results:
        """The results of a job's config. Cancelled if it was given up, and then nothing is left of it.

        UserError if the config is refused, or if no world is left that makes sense.
        """
        with self._lock:
            return self._played(job)

    def needs(self, job: Job) -> str:
        """What a job takes on disk and in memory, in words; empty if it is little, or played already.

        UserError if it does not fit.
        """
        if self._known(job) is not None:
            return ""
        return needs(job.config, job.config.worlds, job.keep, self.folder, BLOCK, processes=1)

    def _known(self, job: Job) -> _Key | None:
        """What its results, or those of a whole one, are kept under; None if there are none."""
        return next((key for whole in (True, job.whole) if (key := job.key(whole)) in self._kept), None)

    def _played(self, job: Job) -> Results:
        if (known := self._known(job)) is not None:
            self._kept.move_to_end(known)
            return self._kept[known]
        job.progress(0, job.config.worlds)
        self._count += 1
        folder = self.folder / str(self._count)
        try:
            results = run(
                job.config,
                out=folder,
                progress=job.progress,
                block=BLOCK,
                against=job.whole,
                keep=job.keep,
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        results.must_have_worlds()
        self._kept[job.key(job.whole)] = results
        while len(self._kept) > KEPT:
            _, old = self._kept.popitem(last=False)
            shutil.rmtree(old.folder, ignore_errors=True)
        return results
