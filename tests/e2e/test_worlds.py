"""Claims, fans and worlds as a reader meets them: on a page of the dashboard, in a file, in a report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import computeshift as cs
from computeshift import plots
from computeshift.experiments.results.picks import pick
from tests.e2e.browser import NARROW, WIDE, shoot, watched
from tests.e2e.served import PATIENCE, Server, until
from tests.e2e.test_picture import CUT
from tests.e2e.test_report import OVERLAPPING

WORLDS = 60
EXCEEDS = "softbank exceeds its loan limit"
CLAIM = "$100 bn is spent on Stargate in its first three years, by the end of 2027."
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    """A crunch at SoftBank: a run with an event."""
    out = tmp_path_factory.mktemp("worlds") / "crunch"
    return cs.run("softbank_crunch", base="six", worlds=WORLDS, seed=1, out=out)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, run: cs.Results) -> Iterator[Server]:
    """A dashboard of that run."""
    running = Server(tmp_path_factory.mktemp("dashboard"), str(run.folder))
    yield running
    assert running.stop() == ""


def opened(page: Page, server: Server, query: str) -> None:
    """Open the dashboard and wait for its first pictures."""
    page.goto(f"{server.url}?{query}")
    expect(page.locator(".status-line")).to_contain_text(" worlds, seed")
    expect(page.locator(".frame-title:visible").first).not_to_be_empty()


def numbers(frame: Locator) -> list[list[str]]:
    """The rows of a picture's table on the page."""
    frame.get_by_role("button", name="Numbers").click()
    expect(frame.locator("tbody tr").first).to_be_visible()
    return [row.locator("td").all_inner_texts() for row in frame.locator("tbody tr").all()]


def option(page: Page, name: str) -> dict[str, Any]:
    """What a chart of the dashboard draws now."""
    script = """(name) => {
      const chart = document.querySelector(`[data-frame="${name}"] .nicegui-echart`);
      return getElement(Number(chart.id.slice(1))).chart.getOption();
    }"""
    drawn: dict[str, Any] = page.evaluate(script, name)
    return drawn


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_click_on_a_claim_opens_its_fan_with_what_the_claim_asks(
    browser: Browser, server: Server, run: cs.Results, size: tuple[int, int]
) -> None:
    with watched(browser, size) as page:
        opened(page, server, "tab=claims")
        shoot(page, f"claims-{size[0]}")
        until(lambda: isinstance(option(page, "claims")["grid"][0]["left"], int), "sentences are broken")
        height = page.evaluate(
            """(claim) => {
              const box = document.querySelector('[data-frame="claims"] .nicegui-echart');
              const chart = getElement(Number(box.id.slice(1))).chart;
              return chart.convertToPixel({ yAxisIndex: 0 }, chart.getOption().yAxis[0].data.indexOf(claim));
            }""",
            CLAIM,
        )
        chart = page.locator('[data-frame="claims"] .nicegui-echart')
        chart.click(position={"x": 20, "y": height})
        fan = page.locator('[data-frame="fan"]')
        expect(fan.locator(".frame-title")).to_contain_text("have spent on building it")
        held = run.claims().set_index("name")["probability"]["stargate_100"]
        expect(fan.locator(".frame-note")).to_contain_text(f"It holds in {held:.0%} of worlds.")
        drawn = {one["name"]: one for one in option(page, "fan")["series"]}
        assert ["2027", 100] in [point[:2] for point in drawn["What a claim asks"]["data"]]
        shoot(page, f"fan-{size[0]}")


def test_a_keyboard_opens_the_fan_too(browser: Browser, server: Server) -> None:
    with watched(browser) as page:
        opened(page, server, "tab=claims")
        page.get_by_label("Show the fan of a claim").first.focus()
        page.keyboard.press("Enter")
        page.get_by_role("option", name="OpenAI burns at least $20 bn in 2027.").focus()
        page.keyboard.press("Enter")
        expect(page.locator('[data-frame="fan"] .frame-title')).to_contain_text("operations cost beyond")


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_fan_is_drawn_as_band_lines_or_dots_and_a_link_keeps_which(
    browser: Browser, server: Server, run: cs.Results, scheme: Any, size: tuple[int, int]
) -> None:
    with watched(browser, size) as page:
        page.emulate_media(color_scheme=scheme)
        opened(page, server, "tab=fans&outcome=softbank_ltv")
        fan = page.locator('[data-frame="fan"]')
        expect(fan.locator(".frame-note")).to_contain_text("(a) 2026: NAV fall")
        shoot(page, f"{scheme}-band-{size[0]}")
        page.get_by_role("button", name="Lines", exact=True).click()
        expect(fan.locator(".frame-note")).to_contain_text("Thin lines: 30 worlds")
        shoot(page, f"{scheme}-lines-{size[0]}")
        page.get_by_role("button", name="Dots", exact=True).click()
        expect(fan.locator(".frame-title")).to_contain_text(", 2030")
        page.locator(".year-slider").get_by_role("slider").press("ArrowLeft")
        expect(fan.locator(".frame-title")).to_contain_text(", 2029")
        shoot(page, f"{scheme}-dots-{size[0]}")
        link = page.evaluate("location.search")
        assert "form=dots" in link
        assert "year=2029" in link
        expected = plots.fan(run, "softbank_ltv", form="dots", year=2029).table["value"]
        cells = numbers(fan)
        assert [float(row[2]) for row in cells] == pytest.approx(list(expected), rel=1e-3)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_world_is_picked_by_what_it_is_and_a_link_keeps_that(
    browser: Browser, server: Server, run: cs.Results, size: tuple[int, int]
) -> None:
    typical, exceeds = pick(run, "typical").world, pick(run, EXCEEDS).world
    with watched(browser, size) as page:
        opened(page, server, "year=2027")
        page.get_by_role("button", name="One world").click()
        page.get_by_label("Which world").first.click()
        page.get_by_role("option", name="Typical").click()
        note = page.locator('[data-frame="network"] .frame-note')
        expect(note).to_contain_text(f"world {typical} (nearest to the medians of the headline outcomes")
        expect(page.locator(".tiles-year")).to_contain_text(f"2027: world {typical}:")
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
        shoot(page, f"typical-{size[0]}")
        page.get_by_label("Which world").first.click()
        page.get_by_role("option", name="SoftBank exceeds its loan limit").click()
        expect(note).to_contain_text(f"world {exceeds} (SoftBank exceeds its loan limit, as in ")
        link = page.evaluate("location.search")
        assert parse_qs(link[1:])["world"] == [EXCEEDS]
    with watched(browser, size) as page:
        opened(page, server, link[1:])
        expect(page.locator('[data-frame="network"] .frame-note')).to_contain_text(f"world {exceeds} (")
        field = page.get_by_label("Which world").first
        expect(field).to_have_value(re.compile("^SoftBank exceeds its loan limit"))
        field.fill("highest oracle.debt in 2028")
        field.press("Enter")
        most = run.variable("oracle", "debt")[2028].idxmax()
        expect(page.locator(".tiles-year")).to_contain_text(f"2027: world {most}:")
        for text, told in (("typicl", "did you mean 'typical'"), ("p90", "'p90' is of all worlds")):
            field.fill(text)
            field.press("Enter")
            expect(page.locator(".wide-pick").get_by_text(told)).to_be_visible()
            shoot(page, f"no-world-{size[0]}")
            expect(page.locator(".tiles-year")).to_contain_text(f"2027: world {most}:")
        field.fill("17")
        field.press("Enter")
        expect(page.locator(".tiles-year")).to_contain_text("2027: world 17:")
        expect(field).to_have_value("By its number")


def test_a_world_is_stepped_through_by_what_it_is(browser: Browser, server: Server, run: cs.Results) -> None:
    with watched(browser) as page:
        opened(page, server, "tab=step&story=softbank&step_year=2027&" + urlencode({"step_world": EXCEEDS}))
        expect(page.locator(".tiles-year")).to_contain_text(f"2027: world {pick(run, EXCEEDS).world}:")
        story = cs.explain(run, "softbank", 2027, world=EXCEEDS).story
        expect(page.locator(".story-line").first).to_have_text(story[0].text)
        shoot(page, "step")


def shown(page: Page, file: Path) -> None:
    """Open a file, and wait until its picture has come to rest."""
    page.goto(file.as_uri())
    page.locator(".chart svg").first.wait_for()
    page.wait_for_timeout(600)


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("form", ["band", "lines", "dots"])
def test_a_fan_in_a_file_is_whole_with_its_landmarks(
    browser: Browser, run: cs.Results, tmp_path: Path, form: Any, size: tuple[int, int]
) -> None:
    file = plots.fan(run, "softbank_in_openai", form=form).write(tmp_path / "fan.html")
    with watched(browser, size) as page:
        shown(page, file)
        assert page.evaluate(CUT) == []
        assert page.evaluate(OVERLAPPING) == []
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
        shoot(page, f"file-{form}-{size[0]}")


def test_in_a_file_the_fan_opens_under_the_claims(browser: Browser, run: cs.Results, tmp_path: Path) -> None:
    file = plots.claims(run).write(tmp_path / "claims.html")
    with watched(browser, NARROW) as page:
        shown(page, file)
        page.locator(".chart").get_by_text("OpenAI burns at least", exact=False).click()
        below = page.locator(".cell .cell")
        below.locator("svg").first.wait_for()
        assert below.locator(".title").inner_text() == plots.fan(run, "openai_burn").title
        page.wait_for_timeout(600)
        assert page.evaluate(CUT) == []
        shoot(page, "file-claims-under")
        page.get_by_label("Show the fan of a claim").select_option(CLAIM)
        expect(below.locator(".title")).to_have_text(plots.fan(run, "stargate_spent").title)
        expect(below).to_have_count(1)


def test_in_a_report_too_and_by_night(browser: Browser, run: cs.Results, tmp_path: Path) -> None:
    file = cs.report(run, tmp_path / "report.html")
    with watched(browser) as page:
        page.emulate_media(color_scheme="dark")
        page.goto(file.as_uri())
        claims = page.locator("#claims")
        claims.scroll_into_view_if_needed()
        claims.locator(".chart svg").first.wait_for()
        claims.get_by_label("Show the fan of a claim").select_option(CLAIM)
        claims.locator(".cell .cell svg").first.wait_for()
        page.wait_for_timeout(600)
        ink = claims.locator(".cell .cell svg text").first.evaluate("text => getComputedStyle(text).fill")
        assert ink == "rgb(163, 173, 184)"
        shoot(page, "dark-report-claims")
