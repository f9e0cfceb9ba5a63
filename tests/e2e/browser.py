"""A real browser, headless and cut off from the network, that tells of every error and every request."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

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
LOCAL = ("127.0.0.1", "")
WIDE, NARROW = (1360, 900), (390, 844)
SHOTS = "COMPUTESHIFT_SHOTS"
"""The environment's name of a folder in which tests leave screenshots, to be looked at by eye."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. AssertionError if it is not installed."""
    path = shutil.which("chromium")
    assert path, "there is no chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched(browser: Browser, size: tuple[int, int] = WIDE) -> Iterator[Page]:
    """A page of an own, empty session. On leaving: no error in it, and no request left the machine."""
    wrong: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(f"console: {message.text}")

    def ask(request: Request) -> None:
        if (urlsplit(request.url).hostname or "") not in LOCAL:
            wrong.append(f"request: {request.url}")

    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.on("request", ask)
    page = context.new_page()
    page.on("console", hear)
    page.on("pageerror", lambda error: wrong.append(f"page: {error}"))
    page.on("crash", lambda _: wrong.append("the page crashed"))
    try:
        yield page
        assert wrong == [], "\n".join(wrong)
    finally:
        context.close()


def shoot(page: Page, name: str) -> None:
    """Leave a screenshot where one is asked for."""
    if folder := os.environ.get(SHOTS):
        page.wait_for_timeout(1500)  # until what moves has come to rest
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
