"""The machine: what it is, in words, and how fast one core moves memory."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

import numpy as np

from benchmarks.child import timed

LARGE = 8_000_000  # numbers per array: 64 MB, beyond any cache
SMALL = 2_048  # 16 kB: a block of worlds


def about() -> str:
    """Cores, memory and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    parts = ", ".join(f"{part} {version(part)}" for part in ("numpy", "mesa", "pandas", "pyarrow"))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = platform.python_version()
    return f"{cores} cores ({platform.machine()}), {memory:.0f} GB of memory, Python {python}, {parts}"


def triad(numbers: int, repeats: int) -> float:
    """Bytes per second that one core moves between arrays of so many numbers, by `a = b + 3 c`.

    numpy makes two passes of it: the product reads one array and writes one, the sum reads two and
    writes one. The fastest of the repeats tells.
    """
    out, added, scaled = (np.full(numbers, value) for value in (0.0, 1.0, 2.0))

    def passes() -> None:
        np.multiply(scaled, 3.0, out=out)
        np.add(out, added, out=out)

    return 5 * out.nbytes / min(timed(passes)[0] for _ in range(repeats))
