"""The dashboard for people who use a keyboard or a screen reader, or who see little contrast."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from computeshift.experiments.views.dashboard.stepping import Stepping
from computeshift.experiments.views.dashboard.tabs import TABS
from tests.e2e.axe import findings, script
from tests.e2e.browser import NARROW, shoot, watched
from tests.e2e.served import PATIENCE, Server

QUERY = "worlds=40&softbank.strategy=exit"
DESK = (1440, 900)
MOST = 200  # steps of the Tab key
expect.set_options(timeout=PATIENCE)


def opened(page: Page, server: Server, query: str = QUERY) -> None:
    """Open the dashboard and wait for its pictures, and for the answer to say what differs."""
    page.goto(f"{server.url}?{query}")
    expect(page.locator(".answer-sentence")).to_contain_text("than with SoftBank's strategy at vision")


@pytest.mark.parametrize("size", [DESK, NARROW])
def test_axe_finds_nothing_serious_on_any_tab_by_day_and_by_night(
    browser: Browser, server: Server, size: tuple[int, int]
) -> None:
    source = script()
    with watched(browser, size) as page:
        opened(page, server, f"{QUERY}&card=oracle" if size == DESK else QUERY)
        found = dict[str, list[str]]()
        for name in [*(tab.title for tab in TABS.values()), Stepping.title, "Ask"]:
            page.get_by_role("tab", name=name, exact=True).click()
            expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
            if name != "Ask":
                expect(page.locator(".frame-title:visible").last).not_to_be_empty()
            found[name] = findings(page, source)
            shoot(page, f"day-{size[0]}-{name.split()[0].lower()}")
            page.emulate_media(color_scheme="dark")
            expect(page.locator("body.body--dark")).to_be_attached()
            found[f"{name} by night"] = findings(page, source, color_contrast=True)
            shoot(page, f"night-{size[0]}-{name.split()[0].lower()}")
            page.emulate_media(color_scheme="light")
            expect(page.locator("body.body--light")).to_be_attached()
        assert {name: own for name, own in found.items() if own} == {}


def test_axe_finds_nothing_serious_in_a_story_a_table_a_dialog_and_a_mistake(
    browser: Browser, server: Server
) -> None:
    source = script()
    with watched(browser, NARROW) as page:
        opened(page, server, f"{QUERY}&numbers=network")
        assert findings(page, source) == []
        page.get_by_role("button", name="Circular money").click()
        expect(page.locator(".caption-line")).to_have_count(3)
        assert findings(page, source) == []
        page.get_by_role("button", name="Save as config").click()
        expect(page.get_by_label("File name")).to_be_visible()
        # A dialog lets pointers through around it, and axe-core then takes its ground for the page's.
        assert findings(page, source, color_contrast=False) == []
        page.goto(f"{server.url}?worlds=0&nobody.strategy=x")
        expect(page.get_by_role("alert").first).to_contain_text("there is no firm or section 'nobody'")
        assert findings(page, source) == []


FOCUSED = """() => {
    const it = document.activeElement, look = getComputedStyle(it);
    const outlined = look.outlineStyle === "solid" && parseFloat(look.outlineWidth) >= 2;
    const ringed = look.boxShadow.includes("0px 0px 0px 4px");
    it.reached = true;
    const name = it.ariaLabel || it.labels?.[0]?.innerText || it.innerText;
    const seen = outlined || ringed || it.closest(".q-field--focused") !== null;
    return { name, seen, page: it === document.body };
}"""
"""What has the focus, and whether that can be seen: an outline, a ring, or the frame of a field."""
MISSED = """() => [...document.querySelectorAll("button, input, a, [tabindex]")]
    .filter((it) => it.checkVisibility() && it.tabIndex >= 0 && !it.disabled && !it.reached)
    .map((it) => it.outerHTML.slice(0, 120))"""


def test_the_tab_key_reaches_every_control_and_shows_where_it_is(browser: Browser, server: Server) -> None:
    with watched(browser, DESK) as page:
        opened(page, server, f"{QUERY}&tab=money&card=oracle")
        expect(page.get_by_role("button", name="Close the card")).to_be_visible()
        unseen = list[str]()
        for _ in range(MOST):
            page.keyboard.press("Tab")
            focused: Any = page.evaluate(FOCUSED)
            if focused["page"]:
                break
            if not focused["seen"]:
                unseen.append(focused["name"])
        assert unseen == []
        assert page.evaluate(MISSED) == []


def test_a_story_a_change_and_a_card_are_worked_by_keys(browser: Browser, server: Server) -> None:
    with watched(browser, DESK) as page:
        opened(page, server)
        chips = page.get_by_role("list", name="Changes")
        expect(chips).to_be_visible()
        page.get_by_role("button", name="Take back: SoftBank's strategy").press("Enter")
        expect(chips).to_be_hidden()
        page.get_by_role("button", name="Circular money").press("Enter")
        expect(page.locator(".caption-line")).to_have_count(3)
        page.go_back()
        expect(page.locator(".caption-line")).to_have_count(0)
        card = page.get_by_role("complementary", name="Firm")
        page.get_by_label("Firm to look at").focus()
        for key in ("Enter", "ArrowDown", "ArrowDown", "Enter"):
            page.keyboard.press(key)
        expect(card).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(card).not_to_be_in_viewport()
        page.get_by_role("button", name="One world").press("Space")
        expect(page.locator(".tiles-year")).to_have_text("2030: world 0: six")
