"""What a user of the dashboard or a report waits for, in a real browser where there is one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.child import timed
from benchmarks.page import short, spread, table
from benchmarks.possible import possible
from benchmarks.sizes import Sizes

CASTS = ("today", "baseline")
"""The scenarios that a dashboard opens with: both have the full cast."""
FIRST, STARTED, AGAIN, YEAR, TAB, STRATEGY = (
    "the dashboard, from the command to its first picture",
    "the same, from the server's start",
    "a new page with another seed, to its first picture",
    "another year",
    "another tab",
    "another strategy: run again, its numbers and first picture drawn",
)
WRITING = "writing a report"
AIMS = {STARTED: 2.0, STRATEGY: 1.0}
"""What we want, seconds at most."""
DRAWN = """([name, title]) => {
    const frame = document.querySelector(`[data-frame="${name}"]`);
    return frame?.checkVisibility() && frame.querySelector(".frame-title").innerText.includes(title)
        && frame.querySelector(".chart canvas, .chart svg") !== null;
}"""
"""Whether a picture whose title has these words is drawn; looked at with each frame of the browser."""
CHANGED = """([name, before, frame]) =>
    document.querySelector(`[data-figure="${name}"] .tile-value`).innerText !== before
        && document.querySelector(`[data-frame="${frame}"] .frame-whose`).innerText.includes("1 change")"""
"""Whether a change of the scenario is on the page: a number on top, and a picture under the new name."""
MOVES = "softbank_ltv"  # in any scenario, as SoftBank sells what it can


def views_table(sizes: Sizes) -> str:
    """Seconds until a picture is there, and until a report is written."""
    taken: dict[str, list[float]] = {}
    for _ in range(sizes.rounds):
        pages = [dashboard(sizes.seen, scenario) for scenario in CASTS]
        for name, seconds in (dict(enumerated(pages)) | report(sizes.seen)).items():
            taken.setdefault(name, []).append(possible(name, seconds))
    rows = [
        [name, short(median(seconds)), spread(seconds), _aim(name, median(seconds))]
        for name, seconds in taken.items()
    ]
    lines = [table([f"of {sizes.seen:,} worlds", "seconds", "spread", "aim"], rows)]
    if len(taken) == 1:
        lines.append("There was no browser to measure the dashboard in.")
    return "\n\n".join(lines)


def _aim(name: str, reached: float) -> str:
    """What we want of it, and whether it is reached; nothing where we have not said.

    >>> _aim(f"`today`: {STRATEGY}", 0.9), _aim("another year", 0.1)
    ('≤ 1, met', '')
    """
    aim = AIMS.get(name.rpartition("`: ")[2])
    return "" if aim is None else f"≤ {aim:g}, {'met' if reached <= aim else 'not met'}"


def enumerated(pages: Sequence[Mapping[str, float]]) -> Iterator[tuple[str, float]]:
    """The seconds of all dashboards, each under its scenario."""
    for scenario, page in zip(CASTS, pages, strict=True):
        yield from ((f"`{scenario}`: {name}", seconds) for name, seconds in page.items())


def report(worlds: int) -> dict[str, float]:
    """Seconds to write a report of a run that is there, once everything is imported."""
    from computeshift.experiments.run.run import run
    from computeshift.experiments.views.report.report import report as write

    with tempfile.TemporaryDirectory() as place:
        results = run("six", worlds=worlds, out=Path(place, "run"), against=True)
        write(results, Path(place, "first.html"))
        return {WRITING: timed(lambda: write(results.folder, Path(place, "report.html")))[0]}


def dashboard(worlds: int, scenario: str) -> dict[str, float]:
    """Seconds of each thing that a user does in a dashboard; nothing where there is no browser."""
    from playwright.sync_api import Page, expect

    from tests.e2e.browser import NoBrowserError, chromium, watched
    from tests.e2e.served import PATIENCE

    taken: dict[str, float] = {}
    expect.set_options(timeout=PATIENCE)

    def take(name: str, page: Page, act: Callable[[], object], until: str, *what: str) -> None:
        began = time.perf_counter()
        act()
        page.wait_for_function(until, arg=list(what), timeout=PATIENCE)
        taken[name] = time.perf_counter() - began

    try:
        with chromium() as browser, watched(browser) as page, tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            with _serving(Path(folder), scenario) as url:
                take(STARTED, page, lambda: page.goto(f"{url}?worlds={worlds}"), DRAWN, "network", "")
                taken = {FIRST: time.perf_counter() - began} | taken
                seed = f"{url}?worlds={worlds}&seed=2"
                take(AGAIN, page, lambda: page.goto(seed), DRAWN, "network", "")
                page.wait_for_load_state("networkidle")
                slider = page.locator(".year-slider [role=slider]")
                take(YEAR, page, lambda: slider.press("ArrowLeft"), DRAWN, "network", "2029")
                money = page.get_by_role("tab", name="Money")
                take(TAB, page, money.click, DRAWN, "circular", "")
                page.get_by_label("SoftBank", exact=True).first.click()
                exits = page.get_by_role("option", name="exit", exact=True)
                before = page.locator(f'[data-figure="{MOVES}"] .tile-value').inner_text()
                take(STRATEGY, page, exits.click, CHANGED, MOVES, before, "flows")
    except NoBrowserError:
        return {}
    return taken


@contextmanager
def _serving(folder: Path, scenario: str) -> Iterator[str]:
    """A dashboard of its own, and its address."""
    from tests.e2e.served import Server

    server = Server(folder, scenario)
    try:
        yield server.url
    finally:
        server.stop()
