"""Running a config: worlds in blocks, each block one market, written before the next begins."""

from __future__ import annotations

import importlib.metadata
import itertools
import math
import platform
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from computeshift.experiments.block import blocks, simulate
from computeshift.experiments.config import load
from computeshift.experiments.posterior import Posterior
from computeshift.experiments.posterior import load as load_posterior
from computeshift.experiments.problems import UserError
from computeshift.experiments.resolved import Config
from computeshift.experiments.results import Results
from computeshift.experiments.sheets import Block
from computeshift.experiments.store import Store, is_ours, write_manifest

PARTS = ("computeshift", "numpy", "mesa", "networkx", "pandas", "pyarrow", "scipy")
Progress = Callable[[int, int], None]


def run(
    config: str | Path | Config,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    until: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    block: int | None = None,
    against: bool = True,
    posterior: str | Path | None = None,
) -> Results:
    """Simulate a config over many worlds and store what happened in a folder.

    What is not given is as the config says. `set` holds settings such as
    `{"softbank.strategy": "prudent"}`; `out` is a new or empty folder (default: a new one in
    `results/`). `progress(done, worlds)` is told before each block of at most `block` worlds and at
    the end: memory grows with the block, not with the worlds, and no number depends on it (default:
    a quarter of the worlds, 256 to 4,096). `against=False` leaves out the second market that some
    claims are compared with. `posterior` is a file of `calibrate`: each world takes the parameters of
    one of its rows, and what is not in it from the config.

    UserError if the config, a setting, the posterior or the folder is wrong. On Ctrl-C the block in
    hand is dropped whole, or written whole if it is being written; the manifest says interrupted, and
    KeyboardInterrupt is raised.
    """
    asked = {"worlds": worlds, "seed": seed, "until": until}
    settings = {**(set or {}), **{key: value for key, value in asked.items() if value is not None}}
    chosen = load(config, settings)
    if block is not None and block < 1:
        raise UserError(f"block: {block} is too few worlds; use at least 1")
    laid = None if posterior is None else load_posterior(posterior, chosen)
    job = Job(chosen, _folder(chosen, out), against, laid)
    most = block or min(max(math.ceil(chosen.worlds / 4), 256), 4096)
    job.run(list(blocks(chosen.worlds, most)), progress)
    return Results(job.folder)


@dataclass
class Job:
    """One run of a config into one folder."""

    config: Config
    folder: Path
    against: bool = True
    posterior: Posterior | None = None
    done: int = 0
    not_finite: list[int] = field(default_factory=list)

    def run(self, blocks: list[Block], progress: Progress | None) -> None:
        """Simulate and store block after block; whatever stops it, the files are whole."""
        started = time.perf_counter()
        status = "failed"
        store = Store(self.folder)
        self._note("running", 0.0)
        try:
            for block in blocks:
                if progress is not None:
                    progress(self.done, self.config.worlds)
                came = simulate(self.config, block, self.against, self.posterior)
                with _interruptible() as interrupted:
                    store.append(came.tables)
                    self.done += block.worlds
                    self.not_finite += came.not_finite
                if interrupted.is_set() and self.done < self.config.worlds:
                    raise KeyboardInterrupt
            if progress is not None:
                progress(self.done, self.config.worlds)
            status = "finished"
        except KeyboardInterrupt:
            status = "interrupted"
            told = f"interrupted after {self.done} of {self.config.worlds} worlds: {self.folder}"
            raise KeyboardInterrupt(told) from None
        finally:
            store.close()
            self._note(status, time.perf_counter() - started)

    def _note(self, status: str, seconds: float) -> None:
        """Write the manifest."""
        manifest = {
            "status": status,
            "name": self.config.name,
            "worlds": self.config.worlds,
            "worlds_done": self.done,
            "seed": self.config.seed,
            "until": self.config.until,
            "wall_time_s": round(seconds, 3),
            "worlds_per_second": round(self.done / seconds, 1) if seconds else None,
            "not_finite": self.not_finite,
            "versions": {"python": platform.python_version(), **_versions()},
            "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
            "posterior": None if self.posterior is None else self.posterior.about(),
            "hash": self.config.hash,
            "config": self.config.to_json(),
        }
        write_manifest(self.folder, manifest)


def _folder(config: Config, out: str | Path | None) -> Path:
    """Make the folder of a run: a new one in `results/`, or the one that was asked for."""
    try:
        return _new_folder(config) if out is None else _given_folder(Path(out).expanduser())
    except OSError as error:
        told = f"can't write results in {error.filename or out}: {error.strerror}"
        raise UserError(told) from error


def _new_folder(config: Config) -> Path:
    stem = f"{config.name}-{config.worlds}w-seed{config.seed}"
    Path("results").mkdir(exist_ok=True)
    for name in itertools.chain([stem], (f"{stem}-{n}" for n in itertools.count(2))):
        folder = Path("results", name)
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("unreachable")


def _given_folder(folder: Path) -> Path:
    if is_ours(folder):
        raise UserError(
            f"{folder} holds results already: choose another folder, "
            f"or look at them with computeshift.open({str(folder)!r})"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} exists and is not ours: choose a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".computeshift"
    probe.touch()
    probe.unlink()
    return folder


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for part in PARTS:
        try:
            found[part] = importlib.metadata.version(part)
        except importlib.metadata.PackageNotFoundError:
            found[part] = None  # run from a source tree that was not installed
    return found


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets instead of raising at once; only in the main thread."""
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return

    def press(number: int, frame: FrameType | None) -> None:
        pressed.set()

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
