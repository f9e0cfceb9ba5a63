"""How much memory and disk worlds need: announced before a large run, refused where they do not fit."""

from __future__ import annotations

import math
import os
import shutil
import warnings
from pathlib import Path

from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.deals import DEALS
from computeshift.experiments.results.extract import MOST
from computeshift.experiments.results.levels import DECISIONS, OUTCOMES_TABLE, TABLES, Keep
from computeshift.experiments.run.joint import Joint

# Bytes as measured on the shipped configs; `docs/performance.md` has how they grow.
_STORED = {"market": 15, OUTCOMES_TABLE: 44, "agents": 228, DEALS: 82, "flows": 136, DECISIONS: 140}
"""On disk, of each table, per world, firm (Stargate is one) and year."""

_OF_A_LENDER = 0.2  # of what is logged of a firm
_STORED_DESIGN = 7.3  # on disk, per world and uncertain parameter
_SIMULATED = {"summary": 1_700, "agents": 2_700, "flows": 2_700, "all": 2_700}
"""In memory, of a block while it is simulated, per world, firm and year."""

_READ = 80  # in memory, per world and year, of the table that a summary reads or makes at a time
_EXTRACT = 25
"""Columns that blocks hand over for the summary: ties of capacity and equity, and variables of the lab."""
_PROCESS = 250 * 10**6  # in memory, of a process that has no world yet
NUMBER = 8  # bytes
_TIMES = 4
"""In memory, what a question needs at its peak, over what it holds."""

_LARGE = 250 * 10**6
"""On disk, what a run is announced from."""

_LARGE_MEMORY = 2 * 10**9
"""In memory, what a question is announced from."""


def must_fit(
    config: Config, worlds: int, keep: Keep, folder: Path, block: int, processes: int | None
) -> None:
    """UserError if so many more worlds do not fit on the disk of a folder, or in memory; else a large run
    is announced. The arguments are those of `needs`."""
    if announced := needs(config, worlds, keep, folder, block, processes):
        warnings.warn(announced, stacklevel=3)


def needs(config: Config, worlds: int, keep: Keep, folder: Path, block: int, processes: int | None) -> str:
    """What so many more worlds take on the disk of a folder and in memory, in words; empty if it is little.

    Blocks of `block` worlds are simulated by `processes` at once here; None for a cluster elsewhere.
    UserError if the worlds do not fit.
    """
    disk, memory = (
        disk_needed(config, worlds, keep),
        memory_needed(config, worlds, keep, block, processes or 1),
    )
    free = free_disk(folder)
    what = f'{worlds:,} worlds with `keep="{keep}"` take about {in_bytes(disk)} on disk'
    if disk > free:
        fewer = int(worlds * free / disk)
        less = "" if keep == "summary" else ', `keep="summary"`'
        right = f"use at most {fewer:,} worlds{less}, or a folder on another disk"
        right = right if fewer else "nothing fits there, use a folder on another disk"
        raise UserError(f"{what}, and {folder} has {in_bytes(free)} free; {right}")
    available = free_memory() if processes is not None else None
    if available is not None and memory > available:
        right = "use fewer worlds" if processes == 1 else "use fewer `workers`"
        raise UserError(_too_much(f"{worlds:,} worlds", memory, available, right))
    return (
        f"{what} ({in_bytes(free)} are free) and up to {in_bytes(memory)} of memory" if disk > _LARGE else ""
    )


def must_fit_in_memory(count: int, bytes_each: float, what: str = "worlds") -> None:
    """UserError if a question that holds so many bytes of each world, or of each `what`, does not fit in
    memory; a large one is announced."""
    each = math.ceil(bytes_each * _TIMES)
    needed, free = _PROCESS + count * each, free_memory()
    if free is not None and needed > free:
        fewer = max((free - _PROCESS) // each, 0)
        raise UserError(_too_much(f"{count:,} {what}", needed, free, f"use at most {fewer:,}"))
    if needed > _LARGE_MEMORY:
        warnings.warn(f"{count:,} {what} take up to {in_bytes(needed)} of memory", stacklevel=3)


def disk_needed(config: Config, worlds: int, keep: Keep) -> int:
    """Bytes on disk of so many worlds."""
    each = sum(_STORED[table] for table in TABLES[keep] if table in _STORED) * _firm_years(config)
    return int(worlds * (each + _STORED_DESIGN * uncertain(config)))


def memory_needed(config: Config, worlds: int, keep: Keep, block: int, processes: int) -> int:
    """Bytes of memory, at most, while so many worlds are simulated, and when they are summed up."""
    at_once = min(worlds, block * processes)
    blocks = processes * _PROCESS + at_once * _SIMULATED[keep] * _firm_years(config)
    extract = worlds * _EXTRACT * NUMBER * (config.until - config.start)
    return int(blocks) + worlds * _READ * (config.until - config.start) + min(extract, MOST)


def uncertain(config: Config) -> int:
    """How many columns of uncertain numbers a design has: parameters, factors and residuals."""
    joint = Joint.of(config)
    return len(joint.parameters) + len(joint.factors) + len(joint.loadings)


def free_disk(folder: Path) -> int:
    """Bytes that are free where a folder is, or will be."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free


def free_memory() -> int | None:
    """Bytes of memory: on Linux what is available, elsewhere all that there is; None if unknown."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no such call
        return None


def in_bytes(size: int) -> str:
    """Bytes in words.

    >>> in_bytes(20_400_000), in_bytes(1_234_567_890_123), in_bytes(10**30)
    ('20 MB', '1.2 TB', '1,000 EB or more')
    """
    for unit, bytes_ in (("MB", 10**6), ("GB", 10**9), ("TB", 10**12), ("PB", 10**15), ("EB", 10**18)):
        if size < 999.5 * bytes_:
            return f"{size / bytes_:.1f} {unit}" if size < 9.95 * bytes_ else f"{size / bytes_:.0f} {unit}"
    return "1,000 EB or more"


def _too_much(what: str, needed: int, free: int, right: str) -> str:
    return f"{what} take up to {in_bytes(needed)} of memory, and {in_bytes(free)} are free; {right}"


def _firm_years(config: Config) -> float:
    """Firms and the venture, times years; of what is logged of a firm a lender has little."""
    lenders = sum(firm.kind == "lender" for firm in config.firms.values())
    return (len(config.firms) - lenders + _OF_A_LENDER * lenders + 1) * (config.until - config.start)
