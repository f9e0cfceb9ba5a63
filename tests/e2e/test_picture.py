"""A picture as a file, in a browser: whole on a phone, with tooltips, its numbers and a CSV, and on paper."""

from __future__ import annotations

import csv
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Browser, Page

import computeshift as cs
from computeshift import plots
from tests.e2e.browser import NARROW, watched
from tests.e2e.test_report import OVERLAPPING

CUT = """() => {
  const svg = document.querySelector(".chart svg");
  const box = svg.getBoundingClientRect();
  const seen = (one) => one.getAttribute("fill") !== "none" || one.getAttribute("stroke");
  return [...svg.querySelectorAll("text, path")].filter(seen).filter((one) => {
    const own = one.getBoundingClientRect();
    const beyond = [box.left - own.left, own.right - box.right, box.top - own.top, own.bottom - box.bottom];
    return own.width > 0 && Math.max(...beyond) > 1.5;
  }).map((one) => one.textContent || one.getAttribute("d"));
}"""
"""What reaches beyond the picture."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    """A run with a change."""
    folder = tmp_path_factory.mktemp("run")
    return cs.run("six", worlds=60, seed=1, set={"softbank.ltv_limit": 0.2}, out=folder / "run")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, run: cs.Results) -> dict[str, Path]:
    """Pictures of results and of answers, as files."""
    folder = tmp_path_factory.mktemp("pictures")
    drawn = {
        "fan": plots.fan(run, "softbank.nav"),
        "claims": plots.claims(run),
        "shares": plots.shares(run),
        "compare": cs.compare(["six", "no_mgx"], base="six", worlds=60).draw(),
        "explain": cs.explain(run, "stargate", 2027).draw(),
        "game": cs.game(["oracle", "mgx"], config="six", worlds=40).draw(),
        "risk": cs.risk(run).draw(),
        "strategies": cs.strategies("oracle", config="six", worlds=40).draw(),
    }
    return {name: picture.write(folder / f"{name}.html") for name, picture in drawn.items()}


def shown(page: Page, file: Path) -> None:
    """Open a file, and wait until its picture has come to rest."""
    page.goto(file.as_uri())
    page.locator(".chart svg").wait_for()
    page.wait_for_timeout(600)


NAMES = ("fan", "claims", "shares", "compare", "explain", "game", "risk", "strategies")


@pytest.mark.parametrize("name", NAMES)
def test_on_a_phone_nothing_is_cut_and_no_words_overlap(
    browser: Browser, files: dict[str, Path], name: str
) -> None:
    with watched(browser, NARROW) as page:
        shown(page, files[name])
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW[0]
        assert page.evaluate(CUT) == []
        assert page.evaluate(OVERLAPPING) == []
        wide = page.evaluate("document.querySelector('.chart').clientWidth") > NARROW[0]
        assert page.get_by_text("Swipe sideways").is_visible() == wide


def test_it_says_what_it_is_of_and_has_its_numbers(
    browser: Browser, files: dict[str, Path], tmp_path: Path
) -> None:
    with watched(browser, NARROW) as page:
        shown(page, files["fan"])
        source = page.locator(".source").inner_text()
        assert source.startswith("six, 1 change [")
        assert "loan-to-value limit: 0.2 share" in source
        assert "60 worlds, seed 1; computeshift" in source
        title = page.locator(".title").inner_text()
        assert (page.locator(".chart").get_attribute("aria-label") or "").startswith(title)
        page.get_by_text("Numbers").click()
        page.locator(".numbers td").first.wait_for()
        cells = page.locator(".numbers td").all_inner_texts()
        with page.expect_download() as caught:
            page.get_by_role("button", name="Data (CSV)").click()
        caught.value.save_as(tmp_path / "fan.csv")
        rows = list(csv.reader((tmp_path / "fan.csv").read_text("utf-8").splitlines()))
        assert len(cells) == sum(map(len, rows[1:]))
        assert float(cells[1 - len(rows[-1])]) == pytest.approx(float(rows[-1][1]), rel=1e-3)


def test_a_touch_tells_the_numbers_within_the_screen(browser: Browser, files: dict[str, Path]) -> None:
    with watched(browser, NARROW) as page:
        shown(page, files["shares"])
        chart = page.locator(".chart")
        chart.hover(position={"x": 330, "y": 200})
        tip = chart.locator("div").filter(has_text="Stargate").filter(has_text="Microsoft").last
        tip.wait_for()
        page.wait_for_timeout(500)
        assert "%" in tip.inner_text()
        box = tip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW[0]


def test_it_prints_on_one_page_with_its_words(
    browser: Browser, files: dict[str, Path], tmp_path: Path
) -> None:
    with watched(browser) as page:
        shown(page, files["shares"])
        page.pdf(path=tmp_path / "shares.pdf", prefer_css_page_size=True)
    paper = pdfium.PdfDocument(tmp_path / "shares.pdf")
    text = paper[0].get_textpage().get_text_range()
    for word in ("Compute OpenAI used", "Stargate", "2030", "seed 1"):
        assert word in text
    assert len(paper) == 1


def test_in_a_notebook_the_chart_takes_the_place_of_the_still_picture(
    browser: Browser, tmp_path: Path, run: cs.Results
) -> None:
    shown_by = {"with scripts": True, "without": False}
    html = plots.shares(run)._repr_html_()
    for name, scripts in shown_by.items():
        file = tmp_path / f"{name}.html"
        cell = html if scripts else html.partition("<iframe")[0]  # what a code host leaves of it
        file.write_text(f"<!doctype html><title>A notebook</title>{cell}<p>The next cell</p>", "utf-8")
        with watched(browser) as page:
            page.goto(file.as_uri())
            if scripts:
                page.frame_locator("iframe").locator(".chart svg").wait_for()
            still = page.get_by_role("img", name="Compute OpenAI used")
            assert still.is_visible() != scripts
            below = page.get_by_text("The next cell").bounding_box()
            assert below is not None
            assert 350 < below["y"] < 900
