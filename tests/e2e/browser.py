"""A real browser, headless and cut off from the network, that tells of every error and every request."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, sync_playwright

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
def chromium() -> Iterator[Browser]:
    """A browser of the Chromium family. NoBrowserError if there is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(playwright), args=FLAGS)
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
    context = browser.new_context(
        viewport={"width": width, "height": height}, accept_downloads=True, reduced_motion="reduce"
    )
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
