"""What a command takes to start: whole commands, each in a process of its own, the fastest of several."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from benchmarks.child import ROOT
from benchmarks.page import table
from benchmarks.sizes import Sizes

COMMANDS: dict[str, Sequence[str]] = {
    "`import computeshift`": ("-c", "import computeshift"),
    "`computeshift --help`": ("-m", "computeshift", "--help"),
    "`computeshift check baseline`": ("-m", "computeshift", "check", "baseline"),
    "`computeshift run baseline --worlds 100`": ("-m", "computeshift", "run", "baseline", "--worlds", "100"),
    "`computeshift run baseline`": ("-m", "computeshift", "run", "baseline"),
}


def startup_table(sizes: Sizes) -> str:
    """Seconds of whole commands, on the clock and of a processor; measured quickly, of the first alone."""
    rows = []
    for name, words in list(COMMANDS.items())[: len(COMMANDS) if sizes.apart else 1]:
        taken = [_took(words) for _ in range(sizes.blocks)]
        seconds, processor = (min(each) for each in zip(*taken, strict=True))
        rows.append([name, f"{seconds:.2f}", f"{processor:.2f}"])
    return table(["whole command", "seconds", "seconds of a processor"], rows)


def _took(words: Sequence[str]) -> tuple[float, float]:
    """Seconds of a Python process on the clock, and of a processor."""
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", f"{folder}/out"] if "run" in words else []
        before, began = _processor(), time.perf_counter()
        call = [sys.executable, *words, *out]
        subprocess.run(call, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        return time.perf_counter() - began, _processor() - before


def _processor() -> float:
    """Seconds of a processor that children took so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
