"""The dashboard in a real browser: what it shows is what the command line says, and it keeps its promises."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import computeshift as cs
from computeshift.experiments.cli.main import main
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.format import short
from tests.e2e.browser import NARROW, shoot, watched
from tests.e2e.served import PATIENCE, Server, until

WORLDS = 120
expect.set_options(timeout=PATIENCE)


def opened(page: Page, server: Server, query: str = f"worlds={WORLDS}") -> None:
    """Open the dashboard and wait for its first pictures."""
    page.goto(f"{server.url}?{query}")
    expect(page.locator(".status-line")).to_contain_text(" worlds, seed")


def tile(page: Page, name: str = "stargate_share") -> str:
    """A number of the headline."""
    return page.locator(f'[data-figure="{name}"] .tile-value').inner_text()


def changed(page: Page, before: str, name: str = "stargate_share") -> str:
    """A number of the headline, once it is another one."""
    expect(page.locator(f'[data-figure="{name}"] .tile-value')).not_to_have_text(before)
    return tile(page, name)


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list."""
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=option, exact=True).click()


def command(capsys: pytest.CaptureFixture[str], *arguments: str, folder: Path) -> Any:
    """What `computeshift run … --json` prints."""
    with pytest.raises(SystemExit) as left:
        main(["run", *arguments, "--json", "--out", str(folder)])
    assert not left.value.code
    return json.loads(capsys.readouterr().out)


def share(told: Any, year: int) -> str:
    """Stargate's median share as the headline tells it."""
    [row] = [r for r in told["shares"] if (r["supplier"], r["year"]) == ("stargate", year)]
    return f"{row['p50']:.1%}"


def test_a_change_shows_what_the_command_line_says(
    browser: Browser, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--worlds", str(WORLDS), "--set", "softbank.strategy=exit"]
    told = command(capsys, "six", *asked, folder=tmp_path / "r")
    with watched(browser) as page:
        opened(page, server)
        before = tile(page)
        choose(page, "SoftBank", "exit")
        assert changed(page, before) == share(told, 2030)
        shoot(page, "network")

        slider = page.locator(".year-slider")
        box = slider.bounding_box()
        assert box
        right = box["width"] - 4
        # It drags once the slider stands still.
        slider.drag_to(slider, source_position={"x": right, "y": 10}, target_position={"x": 4, "y": 10})
        expect(page.locator(".tiles-year")).to_contain_text("2025")
        assert tile(page) == share(told, 2025)

        page.get_by_role("button", name="Play the years").click()
        expect(page.locator('[data-frame="network"] .frame-title')).to_contain_text("2027")
        page.get_by_role("button", name="Stop").click()
        assert tile(page) == share(told, int(page.locator(".tiles-year").inner_text()[:4]))

        page.get_by_role("tab", name="Claims").click()
        page.locator('[data-frame="claims"]').get_by_role("button", name="Numbers").click()
        rows = page.locator('[data-frame="claims"] tbody tr')
        expect(rows).to_have_count(len(told["claims"]))
        cells = rows.first.inner_text()
        assert f"{told['claims'][0]['probability']:.4g}" in cells


def test_against_shows_the_paired_difference(browser: Browser, server: Server, tmp_path: Path) -> None:
    one, other = (
        cs.run(name, worlds=WORLDS, out=tmp_path / name).variable("openai", "used_gw")[2030]
        for name in ("six", "softbank_crunch")
    )
    with watched(browser) as page:
        opened(page, server)
        level = tile(page, "openai_compute")
        choose(page, "Against", "softbank_crunch")
        assert changed(page, level, "openai_compute") == f"{(one - other).median():+.1f} GW"
        whose = "six minus softbank_crunch"
        expect(page.locator('[data-frame="network"] .frame-whose')).to_have_text(whose)
        told = f"2030: median of the differences of paired worlds, and P10 to P90: {whose}"
        expect(page.locator(".tiles-year")).to_have_text(told)
        shoot(page, "against")
        click_node(page, "oracle", "network")
        card = page.get_by_role("complementary", name="Firm")
        for name in ("six", "softbank_crunch"):
            expect(card.get_by_role("heading", name=f"2030: {name}", exact=True)).to_be_visible()
        page.keyboard.press("Escape")
        for tab in ("Claims", "Fans and limits"):
            page.get_by_role("tab", name=tab).click()
            for named in page.locator(".frame:visible .frame-whose").all():
                expect(named).to_have_text(whose)
            shoot(page, f"against-{tab.split()[0].lower()}")
        page.get_by_role("button", name="Levels").click()
        expect(page.locator('[data-figure="openai_compute"] .tile-value')).to_have_text(level)
        expect(page.locator(".tiles-year")).to_have_text("2030: median, and P10 to P90: six")
        for tab in ("Shares", "Money", "Fans and limits"):
            page.get_by_role("tab", name=tab).click()
            expect(page.locator(".frame:visible .frame-title").last).not_to_have_text("")
            shoot(page, f"tab-{tab.split()[0].lower()}")


def test_what_is_saved_and_what_is_linked_show_the_same(
    browser: Browser, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with watched(browser) as page:
        opened(page, server)
        before = tile(page)
        choose(page, "Oracle", "landgrab")
        before = changed(page, before)
        field = page.get_by_label("The services market's elasticity, elasticity")
        field.fill("0.8")
        before = changed(page, before)
        page.get_by_role("checkbox", name="NAV fall").click()
        before = changed(page, before)
        page.get_by_role("button", name="Save as config").click()
        shoot(page, "save")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        saved = tmp_path / download.value.suggested_filename
        download.value.save_as(saved)
        page.get_by_role("button", name="Close").click()
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_text("Link copied")).to_be_visible()
        link = page.evaluate("navigator.clipboard.readText()")
    assert share(command(capsys, str(saved), folder=tmp_path / "r"), 2030) == before
    with watched(browser) as page:
        opened(page, server, link.partition("?")[2])
        assert tile(page) == before
        expect(page.get_by_label("The services market's elasticity, elasticity")).to_have_value("0.8")
        expect(page.get_by_role("checkbox", name="NAV fall")).to_be_checked()


def test_what_is_shown_is_named_as_it_is(
    browser: Browser, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two changes are two in every name; each can be taken back; a scenario sets what it sets."""
    asked = ["--worlds", str(WORLDS), "--set", "services.elasticity=0.8"]
    one_change = share(command(capsys, "six", *asked, folder=tmp_path / "one"), 2030)
    allin = share(command(capsys, "softbank_allin", *asked, folder=tmp_path / "allin"), 2030)
    with watched(browser) as page:
        line, whose = page.locator(".status-line"), page.locator('[data-frame="network"] .frame-whose')
        opened(page, server, f"worlds={WORLDS}&softbank.strategy=prudent&services.elasticity=0.8&seed=1")
        expect(line).to_contain_text(f"six, 2 changes, {WORLDS} worlds, seed 1")
        expect(whose).to_have_text("six, 2 changes")
        expect(page).to_have_title("six, 2 changes - computeshift")
        with page.expect_download() as download:
            page.locator('[data-frame="network"]').get_by_role("button", name="CSV").click()
        assert download.value.suggested_filename == "six_2_changes-network_2030.csv"
        page.get_by_role("button", name="Save as config").click()
        expect(page.get_by_label("File name")).to_have_value("my_six_2_changes.yaml")
        page.get_by_role("button", name="Close").click()

        chips = page.get_by_role("list", name="Changes").get_by_role("listitem")
        expect(chips).to_have_count(2)
        expect(chips.first).to_contain_text("SoftBank's strategy: prudent")
        expect(chips.first).to_contain_text("instead of vision")
        shoot(page, "changes")
        page.get_by_role("button", name="Take back: SoftBank's strategy").click()
        expect(line).to_contain_text(f"six, 1 change, {WORLDS} worlds")
        expect(page.get_by_label("SoftBank", exact=True).first).to_have_value("vision")
        assert tile(page) == one_change

        choose(page, "SoftBank", "prudent")
        expect(line).to_contain_text("six, 2 changes")
        choose(page, "Scenario", "softbank_allin")
        expect(page.get_by_text("As softbank_allin has it: SoftBank's strategy")).to_be_visible()
        expect(line).to_contain_text(f"softbank_allin, 1 change, {WORLDS} worlds")
        expect(page.get_by_label("SoftBank", exact=True).first).to_have_value("allin")
        assert tile(page) == allin
        choose(page, "Against", "six")
        expect(whose).to_have_text("softbank_allin, 1 change minus six")


def test_without_a_name_it_opens_with_today_and_early_2025_is_one_choice_away(
    browser: Browser, tmp_path: Path
) -> None:
    server = Server(tmp_path)
    with watched(browser) as page:
        opened(page, server, "worlds=40")
        line = page.locator(".status-line")
        expect(line).to_contain_text("today, 40 worlds")
        choose(page, "Scenario", "early 2025 (baseline)")
        expect(line).to_contain_text("baseline, 40 worlds")
        expect(page.get_by_label("Scenario", exact=True).first).to_have_value("early 2025 (baseline)")
    assert server.stop() == ""


def test_a_story_is_told_with_the_numbers_of_the_command_line(
    browser: Browser, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It opens its scenarios, tab and year; the caption says what `run` says; Back and Forward work."""
    asked = ["--worlds", str(WORLDS), "--seed", "2"]
    held = {
        name: {
            row["name"]: row["probability"]
            for row in command(capsys, name, *asked, folder=tmp_path / name)["claims"]
        }
        for name in ("credit_crunch", "baseline")
    }
    with watched(browser) as page:
        caption, line = page.locator(".caption-line"), page.locator(".status-line")
        opened(page, server, f"worlds={WORLDS}&seed=2")
        before = settled(page)
        assert before["caption"] == []
        button = page.get_by_role("group", name="Stories").get_by_role("button", name="Who breaks when")
        button.click()
        expect(line).to_contain_text(
            f"credit_crunch, {WORLDS} worlds, seed 2, 2025 to 2030; against baseline"
        )
        expect(caption).to_have_count(3)
        crunch, calm = (f"{held[name]['softbank_unwinds']:.0%}" for name in ("credit_crunch", "baseline"))
        says = f"in {crunch} of {WORLDS} worlds, and in {calm} without the crunch."
        expect(caption.last).to_contain_text(says)
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("tab", name="Fans and limits")).to_have_attribute("aria-selected", "true")
        expect(page.locator(".tiles-year")).to_contain_text("2028: median of the differences")
        shoot(page, "story")
        told = settled(page)
        link = page.evaluate("location.href")

        page.go_back()
        expect(line).to_contain_text(f"six, {WORLDS} worlds")
        assert settled(page) == before
        page.go_forward()
        expect(caption).to_have_count(3)
        assert settled(page) == told
        button.click()
        expect(caption).to_have_count(0)
        expect(line).to_contain_text("against baseline")
    with watched(browser) as other:
        other.goto(link)
        assert settled(other) == told


def test_the_answer_comes_first_and_back_undoes_a_change(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    runs = [
        cs.run("six", worlds=WORLDS, set=changes, out=tmp_path / name)
        for name, changes in (("six", {}), ("exit", {"softbank.strategy": "exit"}))
    ]
    level, other = (run.variable("openai", "used_gw")[2030] for run in runs)
    with watched(browser) as page:
        answer = page.locator(".answer-sentence")
        opened(page, server)
        expect(answer).to_contain_text(f"In 2030 OpenAI runs on {short(float(level.median()))} GW")
        expect(answer).to_contain_text(f"in 80% of {WORLDS} worlds)")
        before = settled(page)
        choose(page, "SoftBank", "exit")
        less = (
            f"{short(float(abs((other - level).median())))} GW less than with SoftBank's strategy at vision"
        )
        expect(answer).to_contain_text(less)
        shoot(page, "answer")
        page.get_by_role("tab", name="Shares").click()
        changed = settled(page)
        page.go_back()
        expect(page.get_by_role("tab", name="Network")).to_have_attribute("aria-selected", "true")
        page.go_back()
        expect(page.get_by_label("SoftBank", exact=True).first).to_have_value("vision")
        expect(page.get_by_role("list", name="Changes")).to_be_hidden()
        assert settled(page) == before
        page.go_forward()
        page.go_forward()
        expect(answer).to_contain_text(less)
        assert settled(page) == changed


def on_screen(page: Page) -> dict[str, object]:
    """What a person sees: fields, the open tab, tiles, names of pictures, which of them are tables."""
    fields = page.locator(".controls input:visible, .bar input:visible, .story input:visible")
    return {
        "fields": fields.evaluate_all("fields => fields.map((field) => field.value)"),
        "pressed": page.locator('.switch:visible [aria-pressed="true"]').all_inner_texts(),
        "tab": page.get_by_role("tab", selected=True).inner_text(),
        "status": page.locator(".status-line").inner_text(),
        "tiles": page.locator(".tile").all_inner_texts(),
        "year": page.locator(".tiles-year").inner_text(),
        "whose": page.locator(".frame-whose:visible").all_inner_texts(),
        "titles": page.locator(".frame-title:visible").all_inner_texts(),
        "answer": page.locator(".answer-sentence").inner_text(),
        "caption": page.locator(".caption:visible").all_inner_texts(),
        "tables": page.locator(".frame-table:visible").count(),
        "stories": page.locator(".story-line:visible").all_inner_texts(),
    }


def settled(page: Page) -> dict[str, object]:
    """What is on the screen, once all is played and drawn and it has been the same for half a second."""
    seen: dict[str, object] = {}

    def rests() -> bool:
        nonlocal seen
        before, seen = seen, on_screen(page)
        page.wait_for_timeout(500)
        played = "seed" in str(seen["status"]) and "being played" not in str(seen["answer"])
        return before == seen and played and bool(seen["titles"])

    until(rests, "the page comes to rest")
    return seen


def test_a_link_brings_back_all_that_is_on_the_screen(browser: Browser, server: Server) -> None:
    """World, levels, customer, outcome, firm, tables and the steps by hand, in a page of its own."""

    def same_elsewhere(page: Page, name: str) -> None:
        seen = settled(page)
        page.get_by_role("button", name="Copy link").click()
        link = page.evaluate("location.href")
        until(lambda: page.evaluate("navigator.clipboard.readText()") == link, "the link is copied")
        shoot(page, f"link-{name}")
        with watched(browser) as other:
            other.goto(link)
            assert settled(other) == seen

    with watched(browser) as page:
        opened(page, server, "worlds=60&seed=5&softbank.strategy=prudent&against=softbank_crunch")
        page.get_by_role("button", name="One world").click()
        page.get_by_label("World", exact=True).fill("7")
        expect(page.locator(".tiles-year")).to_contain_text("world 7: six, 1 change minus")
        page.get_by_role("button", name="Levels").click()
        expect(page.locator(".tiles-year")).to_have_text("2030: world 7: six, 1 change")
        same_elsewhere(page, "world")
        page.get_by_role("tab", name="Shares").click()
        choose(page, "Customer", "The rival lab")
        page.locator('[data-frame="labs"]').get_by_role("button", name="Numbers").click()
        same_elsewhere(page, "shares")
        page.get_by_role("tab", name="Fans and limits").click()
        choose(page, "Limits of", "Microsoft")
        search(page, "softbank debt", "SoftBank debt: debt at the end of the year")
        same_elsewhere(page, "fans")
        page.get_by_role("tab", name="Step by hand").click()
        page.get_by_label("Step through world").fill("4")
        choose(page, "Story of", "Microsoft")
        page.get_by_role("button", name="Next year").click()
        expect(page.locator(".tiles-year")).to_have_text("2026: world 4: six, 1 change")
        expect(page.get_by_role("button", name="Levels")).not_to_be_visible()  # a world is as it is
        same_elsewhere(page, "step")


def test_a_link_and_the_back_button_bring_back_what_a_question_is_asked_with(
    browser: Browser, server: Server
) -> None:
    def expect_breaks(page: Page, firm: str, year: str) -> None:
        expect(page.get_by_label("Firm that is hurt", exact=True)).to_have_value(firm)
        expect(page.get_by_label("Year of the break", exact=True)).to_have_value(year)

    with watched(browser) as page:
        opened(page, server, "worlds=20&until=2027&tab=ask")
        page.get_by_label("Question", exact=True).click()
        page.get_by_role("option").filter(has_text="Breaks: ").click()
        expect_breaks(page, "OpenAI", "2026")
        choose(page, "Firm that is hurt", "Oracle")
        choose(page, "Year of the break", "2027")
        page.wait_for_url("**inputs=hurts%3Doracle%26year%3D2027**")
        page.go_back()
        expect_breaks(page, "Oracle", "2026")
        page.go_forward()
        expect_breaks(page, "Oracle", "2027")
        link = page.url
        page.goto("about:blank")
        page.goto(link)
        expect_breaks(page, "Oracle", "2027")


def search(page: Page, words: str, found: str) -> None:
    """Search for an outcome or variable, and choose what begins with these words."""
    page.get_by_label("Outcome or variable").fill(words)
    page.get_by_role("option").filter(has_text=re.compile(f"^{re.escape(found)}")).first.click()


def test_a_variable_is_found_by_name_meaning_and_unit(browser: Browser, server: Server) -> None:
    wanted = (
        ("burn", "OpenAI burn: What OpenAI's operations", "What OpenAI's operations"),
        ("revenue", "OpenAI revenue: What customers paid", "What customers paid OpenAI"),
        ("CAPEX", "Microsoft capex: what it spent on building", "Microsoft: what it spent on building"),
        ("softbank.debt", "SoftBank debt", "SoftBank: debt"),
        ("per gw-year", "The market, rent", "The market: what labs and tenants pay, mean of all contracts"),
    )
    with watched(browser) as page:
        opened(page, server, "worlds=20&tab=fans")
        for words, found, title in wanted:
            search(page, words, found)
            expect(page.locator('[data-frame="fan"] .frame-title')).to_contain_text(title)
        written = page.get_by_label("Outcome or variable")
        written.fill("orcle.debt / 2")
        written.press("Enter")
        expect(page.get_by_text("there is no firm 'orcle'; did you mean 'oracle'")).to_be_visible()
        written.fill("oracle.debt / 2")
        written.press("Enter")
        expect(page.locator('[data-frame="fan"] .frame-title')).to_contain_text("oracle.debt / 2")


def test_a_long_run_is_cancelled_and_the_last_picture_stays(browser: Browser, server: Server) -> None:
    with watched(browser) as page:
        opened(page, server)
        before = tile(page)
        page.get_by_label("Worlds", exact=True).fill("200000")
        expect(page.get_by_role("progressbar", name="Progress")).to_be_visible()
        shoot(page, "progress")
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".status-line")).to_contain_text("Cancelled")
        assert tile(page) == before
        page.get_by_label("Worlds", exact=True).fill("60")
        expect(page.locator(".status-line")).to_contain_text("60 worlds")


@pytest.mark.parametrize("worlds", [200_000, 2_000_000_000])
def test_what_a_large_run_takes_is_said_as_the_command_line_says_it(
    browser: Browser,
    server: Server,
    worlds: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before it is played, while it is, and beside the button that runs it again; or why it is not run."""
    fits = worlds < 10**6
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("computeshift.experiments.run.run.run_jobs", lambda *_: sys.exit("so far only"))
    with pytest.raises(SystemExit):
        main(["run", "six", "--worlds", str(worlds)])
    note = capsys.readouterr().err.splitlines()[0].removeprefix("note: ")
    disk = re.split(r" \(|, and ", note)[0].replace("--keep summary", "keep=summary")
    assert re.fullmatch(rf"{worlds:,} worlds with keep=summary take about \d\S* \wB on disk", disk)
    with watched(browser) as page:
        opened(page, server)
        before = tile(page)
        page.get_by_label("Worlds", exact=True).fill(str(worlds))
        needs, refused = page.locator(".needs"), page.get_by_role("alert").locator(".problem")
        expect(needs if fits else refused).to_contain_text(disk)
        if fits:
            expect(needs).to_contain_text(re.compile(r"\(.* are free\) and up to \d.* \wB of memory"))
            page.get_by_role("button", name="Cancel").click()
            expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
            expect(needs).to_contain_text(disk)
        else:
            expect(refused).to_contain_text(re.compile(r"has \d.* \wB free; use at most .* worlds"))
            expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
        shoot(page, f"needs-{worlds}")
        assert tile(page) == before
        page.get_by_label("Worlds", exact=True).fill("60")
        expect(page.locator(".status-line")).to_contain_text("60 worlds")
        expect(needs).to_be_hidden()
        expect(refused).to_be_hidden()


def test_of_many_worlds_the_first_are_shown_while_all_are_played(browser: Browser, server: Server) -> None:
    with watched(browser) as page:
        page.goto(f"{server.url}?worlds=8000")
        line = page.locator(".status-line")
        expect(line).to_contain_text("six, first 1,000 of 8,000 worlds, seed 1")
        expect(page.locator('[data-frame="network"] .frame-title')).not_to_be_empty()
        expect(page.locator(".answer-sentence")).to_contain_text("in 80% of 1,000 worlds)")
        expect(line).to_contain_text("six, 8,000 worlds, seed 1")
        expect(page.locator(".answer-sentence")).to_contain_text("in 80% of 8,000 worlds)")


def test_two_at_once_do_not_disturb_each_other(browser: Browser, server: Server) -> None:
    with watched(browser) as one, watched(browser) as other:
        opened(one, server)
        opened(other, server)
        same = tile(one)
        assert tile(other) == same
        choose(one, "OpenAI", "stay")
        other.get_by_label("Seed", exact=True).fill("7")
        first, second = changed(one, same), changed(other, same)
        assert first != second
        expect(other.get_by_label("OpenAI", exact=True).first).to_have_value("shift")
        expect(one.get_by_label("Seed", exact=True)).to_have_value("")
    until(lambda: server.written() == [], "their folders are gone")


@pytest.mark.parametrize(
    ("key", "value", "label"),
    [
        ("worlds", "0", "Worlds"),
        ("seed", "1.5", "Seed"),
        ("services.elasticity", "high", "The services market's elasticity, elasticity"),
        ("softbank.strategy", "prudnt", "SoftBank"),
    ],
)
def test_bad_input_is_told_at_its_field_in_the_words_of_the_command_line(
    browser: Browser,
    server: Server,
    capsys: pytest.CaptureFixture[str],
    key: str,
    value: str,
    label: str,
) -> None:
    with pytest.raises(SystemExit):
        main(["run", "six", *([f"--{key}", value] if "." not in key else ["--set", f"{key}={value}"])])
    told = capsys.readouterr().err.strip().partition(": ")[2]
    with watched(browser) as page:
        page.goto(f"{server.url}?{key}={value}")
        expect(page.get_by_text(told)).to_be_visible()
        expect(page.locator(".status-line")).to_contain_text("a setting is wrong")
        shoot(page, f"wrong-{key}")
        assert page.get_by_label(label, exact=True).first.is_visible()


def test_a_link_with_unknown_settings_is_told_and_can_be_mended(browser: Browser, server: Server) -> None:
    with watched(browser) as page:
        page.goto(f"{server.url}?worlds=60&nobody.strategy=x&tab=nowhere&year=1900")
        expect(page.get_by_role("alert").first).to_contain_text("there is no firm or section 'nobody'")
        shoot(page, "wrong-link")
        page.get_by_role("button", name="Leave it out").click()
        expect(page.locator(".status-line")).to_contain_text("60 worlds")
        page.goto(f"{server.url}?config=/etc/passwd")
        expect(page.get_by_text("there is no config '/etc/passwd'")).to_be_visible()


def test_a_world_is_stepped_through_with_its_stories(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    results = cs.run("six", worlds=WORLDS, out=tmp_path / "r")
    told = cs.explain(results, "oracle", 2026, world=3)
    with watched(browser) as page:
        opened(page, server)
        page.get_by_role("tab", name="Step by hand").click()
        page.get_by_label("Step through world").fill("3")
        choose(page, "Story of", "Oracle")
        page.get_by_role("button", name="Next year").click()
        for sentence in told.story:
            expect(page.get_by_text(sentence.text, exact=True)).to_be_visible()
        expect(page.locator('[data-frame="step"] .frame-title')).to_contain_text("2026")
        expect(page.locator(".tiles-year")).to_have_text("2026: world 3: six")
        assert tile(page, "openai_compute") == f"{results.variable('openai', 'used_gw')[2026].loc[3]:.1f} GW"
        shoot(page, "step")
        click_node(page, "investors")
        expect(page.get_by_text("There is no story of Other investors")).to_be_visible()
        expect(page.locator(".story-line")).to_have_count(0)
        click_node(page, "softbank")
        story = cs.explain(results, "softbank", 2026, world=3).story
        expect(page.get_by_text(story[0].text, exact=True)).to_be_visible()
        page.get_by_role("tab", name="Network").click()
        expect(page.locator(".tiles-year")).to_have_text("2030: median, and P10 to P90: six")


def click_node(page: Page, name: str, frame: str = "step") -> None:
    """Click on a firm or an institution of the network."""
    page.mouse.click(*place_of(page, name, frame))


def hovered(page: Page, name: str, frame: str) -> bool:
    """Move the pointer to a firm, where it is by now: pictures move while a card opens or closes."""
    page.mouse.move(*place_of(page, name, frame))
    page.wait_for_timeout(200)
    return True


def place_of(page: Page, name: str, frame: str) -> tuple[float, float]:
    """Where a firm or an institution stands in a picture with nodes, once that is in the window."""
    x, y = page.evaluate(
        """([name, frame]) => {
            const dom = document.querySelector(`[data-frame="${frame}"] .nicegui-echart`);
            dom.scrollIntoView({block: "center", behavior: "instant"});
            const chart = getElement(Number(dom.id.slice(1))).chart;
            const data = chart.getModel().getSeries().find(it => it.getGraph?.()).getData();
            const is = (item) => [item.id, item.name].includes(name);
            const of = [...Array(data.count()).keys()].find(i => is(data.getRawDataItem(i)));
            const node = data.getItemGraphicEl(of), box = node.getBoundingRect().clone();
            box.applyTransform(node.getComputedTransform());
            const middle = box.y + box.height / 2;
            window.scrollBy(0, dom.getBoundingClientRect().y + middle - innerHeight / 2); // of a high picture
            const place = dom.getBoundingClientRect();
            return [place.x + box.x + box.width / 2, place.y + middle];
        }""",
        [name, frame],
    )
    return float(x), float(y)


LIT = """(frame) => {
    const dom = document.querySelector(`[data-frame="${frame}"] .nicegui-echart`), lit = new Set();
    for (const series of getElement(Number(dom?.id.slice(1)))?.chart?.getModel().getSeries() ?? []) {
        const data = series.getData(), nodes = ["graph", "sankey"].includes(series.subType);
        for (let at = 0; at < data.count(); at++) {
            const name = nodes ? data.getName(at) : series.name;
            data.getItemGraphicEl(at)?.traverse((part) => {
                if (part.currentStates?.includes("emphasis")) lit.add(name.toLowerCase());
            });
        }
    }
    return [...lit];
}"""
"""Which firms a chart shows before the others."""


def test_a_firm_has_a_card_and_all_charts_of_a_tab_show_it(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    results = cs.run("six", worlds=WORLDS, out=tmp_path / "r")

    def told(variable: str, year: int) -> str:
        return f"${results.firm('oracle', [variable]).set_index('year').p50[year]:.0f} bn"

    with watched(browser) as page:
        opened(page, server)
        card = page.get_by_role("complementary", name="Firm")
        expect(card).not_to_be_in_viewport()
        click_node(page, "oracle", "network")
        expect(card).to_be_in_viewport()
        for words in ("Oracle", "builder and operator of Stargate", "build", "BBB", told("debt", 2030)):
            expect(card).to_contain_text(words)
        source = card.get_by_role("link").first
        assert (source.get_attribute("href") or "").startswith("https://")
        assert source.get_attribute("rel") == "noopener noreferrer"
        shoot(page, "card")

        page.get_by_role("slider", name="Year").focus()
        page.keyboard.press("ArrowLeft")
        expect(card).to_contain_text(told("debt", 2029))
        page.get_by_role("tab", name="Money").click()
        for frame in ("treasury", "flows"):
            page.wait_for_function(f"frame => ({LIT})(frame).includes('oracle')", arg=frame, timeout=PATIENCE)
            assert page.evaluate(LIT, frame) == ["oracle"]
        shoot(page, "card-money")
        link, seen = page.evaluate("location.href"), card.inner_text()
        page.keyboard.press("Escape")
        expect(card).not_to_be_in_viewport()
        expect(page.get_by_label("Firm to look at")).to_be_focused()
        page.wait_for_function(f"frame => ({LIT})(frame).length === 0", arg="treasury", timeout=PATIENCE)
        until(
            lambda: hovered(page, "softbank", "flows") and "softbank" in page.evaluate(LIT, "treasury"),
            "SoftBank is lit",
        )
        page.mouse.move(0, 0)
        page.wait_for_function(f"frame => ({LIT})(frame).length === 0", arg="treasury", timeout=PATIENCE)
        choose(page, "Firm to look at", "Microsoft")
        expect(card).to_contain_text("Azure, models of its own")
    with watched(browser) as other:
        other.goto(link)
        expect(other.get_by_role("complementary", name="Firm")).to_be_in_viewport()
        assert other.get_by_role("complementary", name="Firm").inner_text() == seen


def test_a_question_is_answered_as_on_the_command_line(
    browser: Browser, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that the page names prints the finding and the numbers that stand on the page."""
    with watched(browser) as page:
        opened(page, server, "worlds=40&until=2027&softbank.strategy=prudent&tab=ask")
        for name in ("risk", "breaks", "sensitivity"):
            ask(page, name)
            expect(answer(page)).to_contain_text("computeshift", timeout=4 * PATIENCE)
            command = answer(page).locator(".command-words").inner_text()
            assert command.startswith(f"computeshift {name} six ")
            told = document(command, capsys)
            expect(answer(page)).to_contain_text("six, 1 change")
            for words in NUMBERS[name](told):
                expect(page.locator(f'[data-question="{name}"]')).to_contain_text(words)
            expect(page.locator(f'[data-frame="ask_{name}"] .frame-title')).not_to_be_empty()
            shoot(page, f"ask-{name}")
        page.get_by_label("Seed", exact=True).fill("2")
        stale = page.locator(".stale:visible")
        expect(stale).to_contain_text("about what was on the screen before: six, 1 change, seed 1")
        shoot(page, "ask-stale")


NUMBERS: dict[str, Callable[[Any], list[str]]] = {
    "risk": lambda told: [told["findings"][0], f"{100 * told['ranks'][0]['p50']:.1f}"],
    "breaks": lambda told: [told["finding"]],
    "sensitivity": lambda told: [told["meaning"], f"{100 * told['factors'][0]['ST']:.0f}%"],
}
"""What each question's document says that must stand on the page."""


def ask(page: Page, name: str) -> None:
    """Choose a question, and ask it."""
    page.get_by_label("Question", exact=True).click()
    page.get_by_role("option").filter(has_text=f"{name.capitalize()}: ").click()
    page.locator(f'[data-question="{name}"]').get_by_role("button", name="Ask", exact=True).click()


def answer(page: Page) -> Locator:
    """What a question is answered in words."""
    return page.locator(".answer:visible").first


def document(command: str, capsys: pytest.CaptureFixture[str]) -> Any:
    """What a command prints with `--json`."""
    with pytest.raises(SystemExit) as left:
        main([*shlex.split(command)[1:], "--json"])
    assert not left.value.code
    return json.loads(capsys.readouterr().out)


def test_a_question_can_be_cancelled_and_does_not_stop_the_page(browser: Browser, server: Server) -> None:
    with watched(browser) as page:
        opened(page, server, "worlds=40&tab=ask")
        before = tile(page)
        ask(page, "sensitivity")
        cancel = page.get_by_role("button", name="Cancel the question")
        expect(page.get_by_text(re.compile(r"Playing, \d+ s: .* of [\d,]+ worlds"))).to_be_visible()
        choose(page, "SoftBank", "exit")
        changed(page, before)
        shoot(page, "ask-running")
        cancel.click()
        expect(page.get_by_text("Cancelled.", exact=True)).to_be_visible()
        expect(cancel).to_be_hidden()
        expect(page.locator(".answer:visible")).to_have_count(0)
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()


def test_a_question_that_is_refused_says_why(
    browser: Browser, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["risk", "six", "--worlds", "20"])
    assert left.value.code == 2
    few = capsys.readouterr().err.strip()
    with watched(browser) as page:
        opened(page, server, "worlds=20&tab=ask&ask=risk")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.get_by_role("alert").filter(has_text=few)).to_be_visible()
        shoot(page, "ask-wrong")
        page.get_by_label("Worlds", exact=True).fill("40")
        expect(page.get_by_text("Plays 40 worlds.", exact=True)).to_be_visible()
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(answer(page)).to_contain_text("computeshift risk six --worlds 40")
        expect(page.get_by_text(few)).to_be_hidden()


def test_a_narrow_window_folds_the_settings_away(browser: Browser, server: Server) -> None:
    with watched(browser, NARROW) as page:
        opened(page, server)
        field = page.get_by_label("Worlds", exact=True)
        expect(field).not_to_be_in_viewport()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= NARROW[0]
        shoot(page, "narrow")
        expect(page.get_by_text("Swipe sideways")).to_be_visible()
        menu = page.get_by_role("button", name="Settings")
        menu.click()
        expect(field).to_be_in_viewport()
        page.wait_for_timeout(400)
        shoot(page, "narrow-settings")
        page.get_by_label("Against", exact=True).first.click()
        expect(page.get_by_role("option", name="nothing")).to_be_visible()
        page.keyboard.press("Escape")  # the list first
        expect(page.get_by_role("option", name="nothing")).not_to_be_visible()
        expect(field).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(field).not_to_be_in_viewport()
        expect(menu).to_be_focused()


def test_sentences_have_room_on_a_phone_from_the_start(browser: Browser, server: Server) -> None:
    with watched(browser, NARROW) as page:
        opened(page, server, "worlds=20&tab=claims")
        chart = page.locator('[data-frame="claims"] .nicegui-echart')
        expect(chart.locator("canvas, svg").first).to_be_visible()
        page.wait_for_timeout(500)
        at_first = chart.bounding_box()
        page.evaluate("dispatchEvent(new Event('resize'))")
        page.wait_for_timeout(300)
        assert chart.bounding_box() == at_first


def test_years_have_room_on_a_phone(browser: Browser, server: Server) -> None:
    with watched(browser, NARROW) as page:
        opened(page, server, "worlds=20&until=2035")
        labels = page.locator(".q-slider__marker-labels:visible")
        expect(labels.last).to_have_text("2035")
        boxes = [label.bounding_box() for label in labels.all()]
        sides = sorted((box["x"], box["x"] + box["width"]) for box in boxes if box)
        assert all(right < left for (_, right), (left, _) in itertools.pairwise(sides))


def test_the_page_can_be_used_with_keys_and_heard(browser: Browser, server: Server) -> None:
    with watched(browser) as page:
        opened(page, server)
        assert page.locator("html").get_attribute("lang") == "en-US"
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the pictures")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.get_by_role("tabpanel", name="Network")).to_be_focused()

        source = page.get_by_role("img", name="Source of The services market's elasticity")
        source.focus()
        note = page.get_by_role("tooltip")
        expect(note).to_contain_text("services.elasticity: ")
        shoot(page, "source")
        page.keyboard.press("Escape")
        expect(note).to_have_count(0)

        year = page.get_by_role("slider", name="Year")
        year.focus()
        page.keyboard.press("ArrowLeft")
        expect(year).to_have_attribute("aria-valuenow", "2029")
        expect(page.locator(".tiles-year")).to_contain_text("2029")
        page.get_by_role("tab", name="Network").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name="Shares")).to_be_focused()
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, input, [role=slider], [tabindex='0']")]
                .filter(it => it.offsetParent && !it.ariaLabel && !it.innerText.trim() && !it.labels?.length)
                .map(it => it.outerHTML.slice(0, 200))"""
        )
        assert nameless == []


def test_a_results_folder_is_shown_without_running_it(browser: Browser, tmp_path: Path) -> None:
    results = cs.run("no_mgx", base="six", worlds=60, seed=5, out=tmp_path / "kept")
    server = Server(tmp_path, "kept")
    with watched(browser) as page:
        opened(page, server, "")
        expect(page.locator(".status-line")).to_have_text(re.compile("folder: kept, 60 worlds, seed 5"))
        before = tile(page)
        assert before == median_share(results)
        assert server.written() == []
        choose(page, "OpenAI", "stay")
        changed(page, before)
        assert len(server.written()) == 1
    server.stop()


def median_share(results: Results) -> str:
    """Stargate's median share in 2030, as the headline tells it."""
    shares = results.shares().set_index(["supplier", "year"])["p50"]
    return f"{float(shares['stargate', 2030]):.1%}"


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as left:
            main(["dashboard", "--port", str(port)])
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith(f"--port {port}: Address already in use; use another")
