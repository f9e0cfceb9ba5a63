"""Tables of how a run's cost grows: with worlds, firms, years, and with what is kept."""

from __future__ import annotations

from benchmarks.child import Measured, measured
from benchmarks.page import table
from benchmarks.scaling import whole_run
from benchmarks.sizes import Sizes

LARGE = 100_000  # worlds from which on a run keeps its summary only


def worlds_table(sizes: Sizes) -> str:
    """Runs of more and more worlds, until one would take too long."""
    rows, rate = [], 1e9
    for worlds in sizes.ladder:
        keep = "summary" if worlds >= LARGE else "all"
        if worlds / rate > sizes.longest:
            rows.append([f"{worlds:,}", keep, "not run", f"about {worlds / rate:,.0f} s", "", ""])
            continue
        repeats = sizes.repeats if worlds < LARGE else 1
        took = measured(whole_run, worlds=worlds, repeats=repeats, keep=keep)
        rate = took.rate
        rows.append([f"{worlds:,}", keep, *_cost(took)])
    return table(["worlds", "kept", "worlds per second", "seconds", "peak GB", "on disk, MB"], rows)


def firms_table(sizes: Sizes) -> str:
    """Markets of role firms alone."""
    rows = []
    for firms in sizes.firms:
        took = measured(whole_run, worlds=min(sizes.worlds, 2_000), repeats=sizes.repeats, firms=firms)
        rows.append([firms, *_cost(took), _world(took)])
    head = ["role firms", "worlds per second", "seconds", "peak GB", "on disk, MB", "kB a world"]
    return table(head, rows)


def years_table(sizes: Sizes) -> str:
    """The baseline to later years."""
    rows = []
    for last in sizes.years:
        settings = {"until": last}
        took = measured(whole_run, worlds=sizes.worlds, repeats=sizes.repeats, settings=settings)
        rows.append([f"2025 to {last}", *_cost(took), _world(took)])
    return table(["years", "worlds per second", "seconds", "peak GB", "on disk, MB", "kB a world"], rows)


def keep_table(sizes: Sizes) -> str:
    """The baseline, by what is kept."""
    rows = []
    for keep in sizes.keeps:
        took = measured(whole_run, worlds=sizes.worlds, repeats=sizes.repeats, keep=keep)
        rows.append([f"`{keep}`", *_cost(took), _world(took)])
    return table(["kept", "worlds per second", "seconds", "peak GB", "on disk, MB", "kB a world"], rows)


def _cost(took: Measured) -> list[str]:
    return [f"{took.rate:,.0f}", f"{took.seconds:.2f}", f"{took.peak:.2f}", f"{took.stored / 1e6:,.1f}"]


def _world(took: Measured) -> str:
    return f"{took.stored / took.worlds / 1e3:.1f}"
