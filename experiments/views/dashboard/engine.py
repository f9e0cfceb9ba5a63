"""The runs of one page: one at a time, each in its own folder; the last few stay."""

from __future__ import annotations

import shutil
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from computeshift.experiments.config.config import Config
from computeshift.experiments.results.levels import Keep, usual
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.run import run_for_page
from computeshift.experiments.run.size import needs

BLOCK = 1024  # worlds per block: all of a usual run, a fraction of a second of a large one
RECENT = 6  # runs that stay: on the page a run, its reference and the one of the answer; those before
_Key = tuple[str, str, int, bool]
"""A config's label and hash, its worlds, and whether the run is a whole one."""


class Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """The run was cancelled."""


@dataclass
class Job:
    """A run in progress, which another thread may watch or cancel.

    A `whole` run has everything that pictures need: the log of decisions, and the market without a firm
    for some claims. It takes half as long again.
    """

    config: Config
    whole: bool = True
    done: int = 0
    cancelled: bool = False

    @property
    def keep(self) -> Keep:
        """The tables that it stores: only a summary of very many worlds."""
        if usual(self.config.worlds) == "summary":
            return "summary"
        return "all" if self.whole else "flows"

    def key(self, whole: bool) -> _Key:
        """The key of its results, as a whole run or not."""
        return self.config.label, self.config.hash, self.config.worlds, whole

    def progress(self, done: int, worlds: int) -> None:
        """Note the progress. Cancelled if it was cancelled."""
        if self.cancelled:
            raise Cancelled
        self.done = done


class Engine:
    """Runs configs; recent runs are not repeated."""

    def __init__(self, folder: Path, ahead: Ahead | None = None) -> None:
        """`ahead` is a run that pages share, which is not repeated either."""
        self.folder = folder
        self.ahead = ahead
        self._recent: OrderedDict[_Key, Results] = OrderedDict()
        self._count = 0
        self._lock = threading.Lock()

    def run(self, job: Job) -> Results:
        """The results of a job's config. Cancelled if it was cancelled; it then leaves nothing behind.

        UserError if the config is refused, or if every world is left out.
        """
        with self._lock:
            return self._results(job)

    def needs(self, job: Job) -> str:
        """What a job takes on disk and in memory, in words; empty if little, or if its results are there.

        UserError if it does not fit.
        """
        if self._recent_key(job) is not None:
            return ""
        return needs(job.config, job.config.worlds, job.keep, self.folder, BLOCK, processes=1)

    def _recent_key(self, job: Job) -> _Key | None:
        """The key of its results, or those of a whole run; None if there are none."""
        return next((key for whole in (True, job.whole) if (key := job.key(whole)) in self._recent), None)

    def _results(self, job: Job) -> Results:
        if (key := self._recent_key(job)) is not None:
            self._recent.move_to_end(key)
            return self._recent[key]
        if self.ahead is not None and self.ahead.is_of(job):
            return self.ahead.results()
        job.progress(0, job.config.worlds)
        self._count += 1
        folder = self.folder / str(self._count)
        try:
            results = run_for_page(
                job.config, folder, job.keep, against=job.whole, block=BLOCK, progress=job.progress
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        results.must_have_worlds()
        self._recent[job.key(job.whole)] = results
        while len(self._recent) > RECENT:
            _, oldest = self._recent.popitem(last=False)
            shutil.rmtree(oldest.folder, ignore_errors=True)
        return results


class Ahead:
    """The first run of a dashboard, played while a browser opens the page. Its results never change."""

    def __init__(self, config: Config, folder: Path) -> None:
        self.job = Job(config, whole=False)
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._run = self._pool.submit(Engine(folder).run, self.job)

    def is_of(self, job: Job) -> bool:
        """Whether it has what a job asks for."""
        return job.key(job.whole) == self.job.key(False)

    def results(self) -> Results:
        """Its results, as soon as they are there. UserError if the config is refused."""
        return self._run.result()

    def close(self) -> None:
        """Cancel it, and wait until it has stopped."""
        self.job.cancelled = True
        self._pool.shutdown()
