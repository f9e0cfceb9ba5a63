"""A whole command in a process of its own: its seconds, its peak of memory."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.child import GB, ROOT
from benchmarks.possible import possible


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock and of a processor, and GB of the largest of its processes."""

    seconds: float
    processor: float
    peak: float


def cost(words: Sequence[str], folder: str | Path) -> Cost:
    """What Python takes to do these words in a folder, its start included; RuntimeError if it fails."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *words], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"python {shlex.join(words)} failed: run it by hand")
    processor = possible("seconds of a processor", used.ru_utime + used.ru_stime)
    return Cost(possible("seconds", seconds), processor, used.ru_maxrss / GB)


def stored(folder: str | Path) -> int:
    """Bytes of all files in a folder."""
    return sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
