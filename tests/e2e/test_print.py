"""A printed report: every chart whole on its page, in its series' colours, on few pages."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

import computeshift as cs
from tests.e2e.browser import FLAGS, watched
from tests.e2e.paper import FULL, Chart, Paper, charts, coloured

Printed = Callable[[Browser, Path, Path], None]
ENOUGH = 30  # pixels of a colour
MOST_PAGES = {"one": 10, "two": 20}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report of one run, and one of two side by side."""
    folder = tmp_path_factory.mktemp("printed")
    names = ("six", "softbank_crunch")
    runs = [cs.run(name, worlds=60, seed=1, out=folder / name) for name in names]
    return {
        name: cs.report(some, folder / f"{name}.html") for name, some in (("one", runs[:1]), ("two", runs))
    }


def by_page(browser: Browser, report: Path, pdf: Path) -> None:
    with watched(browser) as page:
        page.goto(report.as_uri())
        page.pdf(path=pdf, prefer_css_page_size=True)


def by_command(_: Browser, report: Path, pdf: Path) -> None:
    command = shutil.which("chromium")
    if command is None:
        pytest.skip("there is no command `chromium`")
    profile = f"--user-data-dir={pdf.parent / 'profile'}"
    call = [command, *FLAGS, profile, f"--print-to-pdf={pdf}", report.as_uri()]
    subprocess.run(call, check=True, capture_output=True, timeout=120)


def wrong(paper: Paper, shown: list[Chart]) -> list[str]:
    """What is wrong with charts on paper, in words."""
    found, seen = list[str](), dict[str, int]()
    first = paper.places(shown[0].title)[0]  # tables above it tell some of the same words
    for chart in shown:
        places = [at for at in paper.places(chart.title) if (at.page, -at.top) >= (first.page, -first.top)]
        nth = seen[chart.title] = seen.get(chart.title, -1) + 1
        title = places[nth]
        note = paper.below(title, chart.note[:20])
        name = f"{chart.figure}, {chart.title!r}"
        if note is None:
            found.append(f"{name}: its note is not below it on its page")
            continue
        pixels = paper.between(title, note, chart.figure in FULL)
        drawn = coloured(pixels, chart.colours)
        missing = [colour for colour, some in zip(chart.colours, drawn, strict=True) if some < ENOUGH]
        inked = np.flatnonzero((pixels.min(axis=2) < 245).any(axis=0)) / pixels.shape[1]
        if 2 * len(missing) > len(chart.colours):  # some lines lie on others, at zero
            found.append(f"{name}: nothing is drawn in {', '.join(missing)}")
        elif not (inked[0] < 0.15 and inked[-1] > 0.9):  # bars have names of any length on their left
            found.append(f"{name}: it is drawn from {inked[0]:.0%} to {inked[-1]:.0%} of its width")
    return found


@pytest.mark.parametrize(("sides", "printed"), [("one", by_page), ("two", by_command)])
def test_every_chart_is_whole_on_paper(
    browser: Browser, reports: dict[str, Path], tmp_path: Path, sides: str, printed: Printed
) -> None:
    pdf = tmp_path / "report.pdf"
    printed(browser, reports[sides], pdf)
    paper, shown = Paper(pdf), list(charts(reports[sides]))
    assert len(shown) >= 13
    assert wrong(paper, shown) == []
    assert len(paper) <= MOST_PAGES[sides]


SCREEN = """() => [document.documentElement.scrollHeight,
  ...[...document.querySelectorAll(".chart svg")].map((svg) => [svg.clientWidth, svg.clientHeight])]"""


def test_the_screen_is_as_before_when_paper_is_gone(browser: Browser, reports: dict[str, Path]) -> None:
    with watched(browser) as page:
        page.goto(reports["two"].as_uri())
        page.locator("#network").scroll_into_view_if_needed()
        page.locator("#network .chart svg").first.wait_for()
        page.wait_for_timeout(500)
        before, cells = page.evaluate(SCREEN), page.locator(".cell").count()
        assert len(before) > 1
        page.emulate_media(media="print")
        page.locator(".paper svg").first.wait_for()
        assert page.locator(".paper svg:visible").count() == cells
        assert page.locator(".chart:visible, .controls:visible").count() == 0
        page.emulate_media(media="screen")
        page.wait_for_function("!document.querySelector('.paper svg')")
        assert page.evaluate(SCREEN)[: len(before)] == before
        page.pdf()
        assert page.locator(".paper svg").count() == 0
        assert page.evaluate(SCREEN)[: len(before)] == before
        page.locator("#limits").scroll_into_view_if_needed()
        page.locator("#limits .chart svg").first.wait_for()  # what comes near later is drawn then


def test_paper_shows_what_was_chosen_on_the_screen(
    browser: Browser, reports: dict[str, Path], tmp_path: Path
) -> None:
    with watched(browser) as page:
        page.goto(reports["one"].as_uri())
        page.locator("#network input[type=range]").fill("2")
        page.locator("#fans select").select_option("Trust")
        page.pdf(path=tmp_path / "chosen.pdf", prefer_css_page_size=True)
    paper = Paper(tmp_path / "chosen.pdf")
    assert paper.places("Who gives compute and money to whom in 2027")
    assert not paper.places("Who gives compute and money to whom in 2030")
    assert len(paper.places("Trust between Microsoft and OpenAI")) == 2  # in the table, and above its fan
