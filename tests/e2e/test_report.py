"""The report in a real browser, cut off from any network."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import computeshift as cs
from computeshift.experiments.views import plots
from tests.e2e.browser import NARROW, WIDE, shoot, watched

HOSTILE = """\
extends: six
asks: "Is <script>alert(1)</script> safe?"
firms:
  "<img src=x onerror=alert(1)>": {kind: lab}
edges:
  - [other_cloud, "<img src=x onerror=alert(1)>", capacity]
  - ["<img src=x onerror=alert(1)>", customers, services]
  - [investors, "<img src=x onerror=alert(1)>", equity]
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, cs.Results]:
    folder = tmp_path_factory.mktemp("runs")
    (folder / "hostile.yaml").write_text(HOSTILE, encoding="utf-8")
    configs: dict[str, str | Path] = {
        "six": "six",
        "multi_cloud": "multi_cloud",
        "hostile": folder / "hostile.yaml",
    }
    with pytest.MonkeyPatch.context() as patch:
        # Configs refuse such names; a page must not rely on that.
        patch.setattr("computeshift.experiments.config.resolve.NAME", re.compile(".*"))
        return {
            name: cs.run(config, worlds=100, seed=1, out=folder / name) for name, config in configs.items()
        }


@pytest.fixture(scope="module")
def one(runs: dict[str, cs.Results], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cs.report(runs["six"], tmp_path_factory.mktemp("one") / "one.html")


@pytest.fixture(scope="module")
def two(runs: dict[str, cs.Results], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cs.report([runs["six"], runs["multi_cloud"]], tmp_path_factory.mktemp("two") / "two.html")


def visit(page: Page, file: Path, figures: str = "section") -> None:
    """Open a report, scroll through it, or to these figures, so that they are drawn; go back to its top."""
    page.context.set_offline(True)
    page.goto(file.as_uri())
    for section in page.locator(figures).all():
        section.scroll_into_view_if_needed()
        for chart in section.locator(".cell:visible .chart").all():
            chart.scroll_into_view_if_needed()
            chart.locator("svg").wait_for()
    page.evaluate("window.scrollTo(0, 0)")


def words(page: Page, figure: str) -> str:
    """What is written in the first picture of a figure."""
    texts = page.locator(f"#{figure} .cell").first.locator("svg text").all_text_contents()
    return " ".join(texts)


def test_it_opens_offline_and_draws_everything(browser: Browser, one: Path) -> None:
    with watched(browser) as page:
        visit(page, one)
        assert page.locator("section svg").count() == page.locator(".cell").count() >= 13
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDE[0]
        shoot(page, "report")


def test_years_are_dragged_and_played(browser: Browser, runs: dict[str, cs.Results], one: Path) -> None:
    medians = {year: runs["six"].flow("capacity", target="openai")[year].median() for year in (2027, 2030)}
    with watched(browser) as page:
        visit(page, one, "#network")
        network = page.locator("#network")
        assert network.locator("output").text_content() == "2030"
        assert f"OpenAI {medians[2030]:.2g} GW" in words(page, "network").replace("\n", " ")
        handle = network.locator("input[type=range]")
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] - 8, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.4, middle, steps=8)
        page.mouse.up()
        assert network.locator("output").text_content() == "2027"
        assert network.locator(".title").first.text_content() == "Who gives compute and money to whom in 2027"
        page.wait_for_timeout(500)
        assert f"{medians[2027]:.2g} GW" in words(page, "network")
        network.get_by_role("button", name="Play").click()
        network.get_by_role("button", name="Pause").wait_for()
        page.wait_for_function("document.querySelector('#network output').textContent === '2030'")
        network.get_by_role("button", name="Play").wait_for()


def test_a_single_world_can_be_looked_at(browser: Browser, one: Path) -> None:
    with watched(browser) as page:
        visit(page, one, "#network")
        select = page.locator("#network select")
        labels = select.locator("option").all_text_contents()
        assert labels[0] == "all worlds (median)"
        assert len(labels) == 4
        select.select_option(labels[1])
        assert labels[1].split(":")[0] in (page.locator("#network .note").first.text_content() or "")


def test_data_is_downloaded_as_csv(browser: Browser, runs: dict[str, cs.Results], one: Path) -> None:
    with watched(browser) as page:
        visit(page, one, "#shares")
        with page.expect_download() as waiting:
            page.locator("#shares").get_by_role("button", name="Data (CSV)").click()
        assert waiting.value.suggested_filename == "shares_openai.csv"
        rows = list(csv.DictReader(waiting.value.path().read_text("utf-8").splitlines()))
        page.locator("#shares").get_by_text("Numbers").click()
        shown = page.locator("#shares .numbers tr").filter(has_text="stargate").filter(has_text="2030")
        median = shown.locator("td").nth(3).inner_text()
    told = {(row["who"], int(row["year"])): float(row["p50"]) for row in rows}
    known = runs["six"].shares().set_index(["supplier", "year"])["p50"]
    assert told["stargate", 2030] == pytest.approx(known["stargate", 2030])
    assert float(median) == pytest.approx(known["stargate", 2030], rel=1e-3)


def test_sides_stand_side_by_side_and_below_each_other_on_a_phone(browser: Browser, two: Path) -> None:
    with watched(browser) as page:
        visit(page, two, "#network")
        left, right = (page.locator("#network .cell").nth(i).bounding_box() for i in (0, 1))
        assert left is not None
        assert right is not None
        assert left["y"] == right["y"]
        shoot(page, "report_two")
        select = page.locator("#network select")
        select.select_option("multi_cloud minus six")
        assert page.locator("#network .cell:visible").count() == 1
        page.wait_for_timeout(500)
        assert "gained" in words(page, "network")
        shoot(page, "report_difference")
    with watched(browser, NARROW) as page:
        visit(page, two)
        above, below = (page.locator("#network .cell").nth(i).bounding_box() for i in (0, 1))
        assert above is not None
        assert below is not None
        assert above["x"] == below["x"]
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
        shoot(page, "report_phone")


def test_a_notebook_shows_a_picture(browser: Browser, runs: dict[str, cs.Results], tmp_path: Path) -> None:
    picture = plots.network(runs["hostile"], 2030)
    file = tmp_path / "notebook.html"
    file.write_text(
        f"<!doctype html><meta charset=utf-8><body>{picture._repr_html_()}</body>", encoding="utf-8"
    )
    with watched(browser) as page:
        page.context.set_offline(True)
        page.goto(file.as_uri())
        frame = page.frame_locator("iframe")
        frame.locator("svg text").first.wait_for()
        assert frame.locator("h3").text_content() == picture.title
        assert "Microsoft" in " ".join(frame.locator("svg text").all_text_contents())
        assert frame.locator("img").count() == 0


def test_a_config_runs_no_script(browser: Browser, runs: dict[str, cs.Results], tmp_path: Path) -> None:
    """A dialog, which the script would open, is an error of every page that is watched."""
    file = cs.report(runs["hostile"], tmp_path / "hostile.html")
    with watched(browser) as page:
        visit(page, file)
        assert page.locator("img").count() == 0
        assert "onerror" in words(page, "network").lower()
        page.emulate_media(media="print")
        page.locator("#network .paper svg").wait_for()
        assert "onerror" in (page.locator("#network .paper").first.text_content() or "").lower()
        assert page.locator("img").count() == 0
        page.emulate_media(media="screen")
        for chart in page.locator("#network .chart, #money .chart").all():
            box = chart.bounding_box()
            assert box is not None
            chart.scroll_into_view_if_needed()
            chart.hover(position={"x": box["width"] * 0.7, "y": box["height"] * 0.4})
            page.wait_for_timeout(100)
        assert page.locator("img").count() == 0


def test_questions_are_answered_with_picture_table_and_command(
    browser: Browser, runs: dict[str, cs.Results], tmp_path: Path
) -> None:
    """In sections of their own, whole on a phone and on paper; what a config says is text there too."""
    told = cs.risk(runs["hostile"])
    name = "<img src=x onerror=alert(1)>"
    assert name in {*told.ranks["firm"]}
    file = cs.report(runs["hostile"], tmp_path / "asked.html", ask=["risk", "deals"])
    for size in (WIDE, NARROW):
        with watched(browser, size) as page:
            visit(page, file, "#ask_risk, #ask_deals")
            risk = page.locator("#ask_risk")
            row = risk.locator("tbody tr").filter(has_text=name).first
            of = told.ranks[(told.ranks["firm"] == name) & (told.ranks["year"] == 2030)].iloc[0]
            number = f"{100 * of['p50']:.1f}"
            assert number in row.inner_text()
            assert risk.locator("code").inner_text() == f"computeshift risk {runs['hostile'].folder}"
            assert page.locator("img").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
            shoot(page, f"report_asked_{size[0]}")
            page.emulate_media(media="print")
            page.locator("#ask_deals .paper svg").wait_for()
            page.emulate_media(media="screen")


OVERLAPPING = """() => [...document.querySelectorAll(".chart svg")].flatMap((svg) => {
  const number = /^[+-]?[0-9]{1,4}%?$/;
  const words = [...svg.querySelectorAll("text")].filter((text) => number.test(text.textContent));
  const boxes = words.map((text) => [text.getBoundingClientRect(), text.textContent]);
  return boxes.flatMap(([a, left], i) => boxes.slice(i + 1)
    .filter(([b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
    .map(([, right]) => `${left} on ${right}`));
})"""
"""Numbers and years of one chart that lie on each other."""


def test_years_and_numbers_have_room_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    longer = cs.run("six", worlds=40, seed=1, until=2035, out=tmp_path / "longer")
    file = cs.report(longer, tmp_path / "longer.html")
    with watched(browser, NARROW) as page:
        visit(page, file)
        page.wait_for_timeout(1000)
        assert page.evaluate(OVERLAPPING) == []
        network = page.locator("#network .chart")
        assert network.evaluate("(chart) => chart.scrollWidth <= chart.clientWidth")
        shoot(page, "report_phone_2035")
