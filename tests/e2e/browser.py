"""A real browser, headless and cut off from the network, that tells of every error and every request."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Playwright,
    Request,
    ViewportSize,
    sync_playwright,
)

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("msedge", "microsoft-edge"),
)
"""The names of browsers that can run the pages, first choice first."""
HOW_TO_GET_ONE = (
    "no browser was found: install Chromium, Chrome or Edge (`apt-get install chromium`), "
    "or Playwright's own (`python -m playwright install --with-deps chromium`)"
)
LOCAL = ("127.0.0.1", "")
KEPT = "() => [document.cookie.length, localStorage.length]"
LEFT: list[Page] = []
"""Pages that nobody uses now. They open again in half the time, as their scripts are compiled."""
WIDE, NARROW = (1360, 900), (390, 844)
SHOTS = "COMPUTESHIFT_SHOTS"
"""The environment's name of a folder in which tests leave screenshots, to be looked at by eye."""


class NoBrowserError(Exception):
    """There is no browser on this machine; the message says how to get one."""


def executable(playwright: Playwright) -> str:
    """A browser that starts: one on PATH, else Playwright's own. NoBrowserError if there is none."""
    for path in [*filter(None, map(shutil.which, NAMES)), playwright.chromium.executable_path]:
        if works(path):
            return path
    raise NoBrowserError(HOW_TO_GET_ONE)


def works(path: str) -> bool:
    """Whether a program is there and says its version; a stub that only asks to install one does not."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A browser of the Chromium family, with further flags. NoBrowserError if there is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(playwright), args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched(browser: Browser, size: tuple[int, int] = WIDE) -> Iterator[Page]:
    """A page that nobody else has open. On leaving: no error in it, no request left the machine.

    It may have been left by others, who have kept nothing in it but scripts that are compiled.
    """
    page = _page(browser, size)
    try:
        with _heard(page) as wrong:
            yield page
            assert wrong == [], "\n".join(wrong)
            assert page.evaluate(KEPT) == [0, 0]
            page.goto("about:blank")
    except BaseException:
        page.context.close()
        raise
    page.emulate_media(media="null")
    page.mouse.move(0, 0)
    page.context.set_offline(False)
    LEFT.append(page)


@contextmanager
def _heard(page: Page) -> Iterator[list[str]]:
    """What is wrong with a page, as it comes: errors, dialogs, requests that leave the machine."""
    wrong: list[str] = []

    def dialog(shown: Dialog) -> None:
        wrong.append(f"dialog: {shown.message}")
        shown.dismiss()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(f"console: {message.text}")

    def ask(request: Request) -> None:
        if (urlsplit(request.url).hostname or "") not in LOCAL:
            wrong.append(f"request: {request.url}")

    listeners: list[tuple[Page | BrowserContext, str, Callable[..., None]]] = [
        (page, "dialog", dialog),
        (page, "console", hear),
        (page, "pageerror", lambda error: wrong.append(f"page: {error}")),
        (page, "crash", lambda _: wrong.append("the page crashed")),
        (page.context, "request", ask),
    ]
    for source, event, listener in listeners:
        source.on(event, listener)  # type: ignore[call-overload]
    try:
        yield wrong
    finally:
        for source, event, listener in listeners:
            source.remove_listener(event, listener)


def _page(browser: Browser, size: tuple[int, int]) -> Page:
    """A page of this size that was left, or else a new one in a session of its own."""
    width, height = size
    wanted: ViewportSize = {"width": width, "height": height}
    for page in LEFT:
        if (page.context.browser, page.viewport_size) == (browser, wanted):
            LEFT.remove(page)
            return page
    context = browser.new_context(viewport=wanted, accept_downloads=True, reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    return context.new_page()


def shoot(page: Page, name: str) -> None:
    """Leave a screenshot where one is asked for."""
    if folder := os.environ.get(SHOTS):
        page.wait_for_timeout(1500)  # until what moves has come to rest
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
