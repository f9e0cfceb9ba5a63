"""By night: words and charts can be read, paper stays white, and what should not move does not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import computeshift as cs
from tests.e2e.browser import NARROW, WIDE, shoot, watched
from tests.e2e.served import PATIENCE, Server

TILE = "rgb(51, 51, 51)"
"""Words on coloured tiles, which are as light by night as by day."""
READABLE = 4.5  # contrast of words with what is behind them: WCAG's level AA
CONTRAST = """
const light = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const parts = (colour) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const shine = (colour) => {
  const [r, g, b] = parts(colour).map((part) => light(part / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [shine(one), shine(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (parts(colour)[3] === 255) return colour;
  }
  return "white";
};
"""
WORDS = (
    "(least) => {"
    + CONTRAST
    + """
  const said = (element) => [...element.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && said(one) && !one.closest("svg, .skip, [disabled], noscript"))
    .map((one) => [one.textContent.trim().slice(0, 40), contrast(getComputedStyle(one).color, behind(one))])
    .filter(([, own]) => own < least);
}"""
)
"""Words that are hard to read, with their contrast."""
LABELS = (
    "(least) => {"
    + CONTRAST
    + """
  return [...document.querySelectorAll("#claims .chart text, #fans .chart text")]
    .map((one) => [one.textContent, contrast(getComputedStyle(one).fill, behind(one.closest(".chart")))])
    .filter(([, own]) => own < least);
}"""
)
"""Words in charts that are hard to read."""
CHART = """() => {
  const chart = getElement(Number(document.querySelector(".frame .nicegui-echart").id.slice(1))).chart;
  const { legend, series, animation } = chart.getOption();
  return { legend: legend[0].textStyle.color, names: series[0].label.color, animation };
}"""
"""How the first chart of a dashboard is painted."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report that answers a question, too."""
    folder = tmp_path_factory.mktemp("dark")
    return cs.report(cs.run("six", worlds=40, out=folder / "run"), folder / "r.html", ask=["deals"])


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_can_be_read_by_day_and_by_night(
    browser: Browser, report: Path, scheme: Any, size: tuple[int, int]
) -> None:
    with watched(browser, size) as page:
        page.emulate_media(color_scheme=scheme)
        page.goto(report.as_uri())
        drawn(page)
        assert page.evaluate(WORDS, READABLE) == []
        assert page.evaluate(LABELS, READABLE) == []
        tiles = page.locator("#limits .chart text").filter(has_text=re.compile(r"^\d{1,3}$"))
        assert set(tiles.evaluate_all("tiles => tiles.map((tile) => getComputedStyle(tile).fill)")) == {TILE}
        shoot(page, f"{scheme}-report-{size[0]}")


def drawn(page: Page) -> None:
    """Wait for the charts of claims, fans and limits."""
    for name in ("claims", "fans", "limits"):
        page.locator(f"#{name} .chart").first.scroll_into_view_if_needed()
        page.locator(f"#{name} .chart svg").first.wait_for()


def test_paper_is_white_by_night_and_charts_change_with_the_light(browser: Browser, report: Path) -> None:
    with watched(browser) as page:
        page.emulate_media(color_scheme="dark")
        page.goto(report.as_uri())
        drawn(page)
        page.emulate_media(color_scheme="light")
        page.wait_for_timeout(500)
        assert page.evaluate(LABELS, READABLE) == []
        page.emulate_media(color_scheme="dark", media="print")
        page.locator("#claims .paper svg").first.wait_for()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate(LABELS.replace(".chart", ".paper"), READABLE) == []
        page.emulate_media(media="screen")


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dashboard_can_be_read_by_day_and_by_night(
    browser: Browser, server: Server, scheme: Any, size: tuple[int, int]
) -> None:
    with watched(browser, size) as page:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{server.url}?worlds=40")
        title = page.locator('[data-frame="network"] .frame-title')
        expect(title).not_to_be_empty(timeout=PATIENCE)
        page.wait_for_timeout(500)
        assert page.evaluate(WORDS, READABLE) == []
        night = scheme == "dark"
        painted = page.evaluate(CHART)
        assert painted["names"] == ("#a3adb8" if night else "#757575")
        assert (painted["legend"] == "#e3e6ea") is night
        shoot(page, f"{scheme}-dashboard-{size[0]}")


def test_nothing_moves_for_a_reader_who_wants_it_still(
    browser: Browser, server: Server, report: Path
) -> None:
    with watched(browser) as page:
        page.emulate_media(reduced_motion="reduce")
        page.goto(f"{server.url}?worlds=40")
        expect(page.locator('[data-frame="network"] .frame-title')).not_to_be_empty(timeout=PATIENCE)
        page.wait_for_function(f"({CHART})().animation === false")
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.q-tab')).transitionProperty") == "none"
        )
        page.goto(report.as_uri())
        drawn(page)
        of_claims = "all.find((figure) => figure.root.id === 'claims').cells[0].chart"
        assert page.evaluate(f"{of_claims}.getOption().animation") is False
        page.emulate_media(reduced_motion="no-preference")
