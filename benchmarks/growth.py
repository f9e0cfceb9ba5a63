"""Tables of how a run's cost grows: with worlds, firms, years, and with what is stored."""

from __future__ import annotations

from benchmarks.child import Measured
from benchmarks.page import short, table
from benchmarks.scaling import whole_run
from benchmarks.sizes import Sizes

HEAD = ("worlds per second", "seconds", "peak GB", "on disk, MB", "kB per world")
LARGE = 100_000  # worlds from which on a run stores its summary only
HUGE = 1_000_000  # worlds from which on two workers do it
FEW = 1_000  # worlds of a market of role firms
USUAL = 10_000  # worlds of a shipped config


def worlds_table(sizes: Sizes) -> str:
    """Runs of increasing numbers of worlds."""
    rows = []
    for worlds in sizes.ladder:
        workers = 2 if worlds >= HUGE else None
        keep = "summary" if worlds >= LARGE else "all"
        repeats = sizes.repeats if worlds < LARGE else 1
        took = sizes.measured(
            whole_run, workers or 1, worlds=worlds, repeats=repeats, keep=keep, workers=workers
        )
        rows.append([f"{worlds:,}", f"`{keep}`", workers or "one core", *_cost(took)])
    return table(["worlds", "stored", "workers", *HEAD], rows)


def casts_table(sizes: Sizes) -> str:
    """Shipped configs, by what is stored: seconds of a processor, as they depend least on what else runs."""
    rows = []
    worlds = min(sizes.worlds, USUAL)
    for cast in ("six", "baseline", "today"):
        for keep in sizes.kept:
            took = sizes.measured(whole_run, worlds=worlds, cast=cast, keep=keep)
            seconds, gigabytes = f"{took.processor:.1f}", f"{took.stored / 1e9:.2f}"
            rows.append([f"`{cast}`", f"`{keep}`", f"{worlds:,}", seconds, gigabytes, *_cost(took)[2::2]])
    head = ["config", "stored", "worlds", "seconds of a processor", "on disk, GB"]
    return table([*head, *HEAD[2::2]], rows)


def firms_table(sizes: Sizes) -> str:
    """Markets of role firms alone."""
    rows = []
    for firms in sizes.firms:
        took = sizes.measured(whole_run, worlds=min(sizes.worlds, FEW), firms=firms)
        rows.append([firms, *_cost(took)])
    return table(["role firms", *HEAD], rows)


def years_table(sizes: Sizes) -> str:
    """The six to later years."""
    rows = []
    for last in sizes.years:
        settings = {"until": last}
        took = sizes.measured(whole_run, worlds=sizes.worlds, repeats=sizes.repeats, settings=settings)
        rows.append([f"2025 to {last}", *_cost(took)])
    return table(["years", *HEAD], rows)


def keep_table(sizes: Sizes) -> str:
    """The six, by what is stored."""
    rows = []
    for keep in sizes.keeps:
        took = sizes.measured(whole_run, worlds=sizes.worlds, repeats=sizes.repeats, keep=keep)
        rows.append([f"`{keep}`", *_cost(took)])
    return table(["stored", *HEAD], rows)


def _cost(took: Measured) -> list[str]:
    return [
        short(took.rate),
        f"{took.seconds:.2f}",
        short(took.peak) if took.peak else "not measured",
        f"{took.stored / 1e6:,.1f}",
        f"{took.stored / took.worlds / 1e3:.1f}",
    ]
