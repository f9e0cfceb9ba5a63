"""A measurement in a process of its own, held to some cores: its time, peak memory and bytes on disk."""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.possible import FASTEST, ImpossibleError, possible

ROOT = Path(__file__).parents[1]
GB = 1e9 if sys.platform == "darwin" else 1e6
"""Units of a process's peak of memory, as the system counts it, per GB."""
POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Measured:
    """What worlds cost: seconds on the clock, seconds of a processor, bytes stored, GB at the most.

    The memory is that of the largest process, its imports included; 0 where it was not measured.
    `start` is what a first few worlds took on the clock. ImpossibleError for seconds, or a rate, that
    cannot be.
    """

    worlds: int
    seconds: float
    processor: float
    start: float = 0.0
    stored: int = 0
    peak: float = 0.0

    def __post_init__(self) -> None:
        possible("seconds", self.seconds)
        possible("worlds per second", self.rate, FASTEST)

    @property
    def rate(self) -> float:
        """Worlds per second."""
        return self.worlds / self.seconds


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of a piece of work: on the clock, and of this process's processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def measured(function: Callable[..., Measured], cores: int = 1, **arguments: Any) -> Measured:
    """Call a function of this package in a new process on so many cores; CalledProcessError if it fails.

    What it says of a figure that cannot be stands on standard error.
    """
    target = f"{function.__module__}:{function.__name__}"
    call = [sys.executable, "-m", "benchmarks.child", target, str(cores), json.dumps(arguments)]
    env = {**os.environ, **dict.fromkeys(POOLS, "1")}
    done = subprocess.run(call, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _hold(cores: int) -> None:
    """Keep to the first cores there are, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def _peak() -> float:
    """GB of the largest of this process and its children."""
    processes = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    largest = max(resource.getrusage(process).ru_maxrss for process in processes)
    return largest / GB


if __name__ == "__main__":
    target, cores, arguments = sys.argv[1:]
    _hold(int(cores))
    module, _, name = target.partition(":")
    try:
        result = getattr(importlib.import_module(module), name)(**json.loads(arguments))
    except ImpossibleError as error:
        sys.exit(f"{name}: {error}")
    print(json.dumps({**asdict(result), "peak": _peak()}))
