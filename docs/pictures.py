"""The pictures of the README: the report's network and claims, and the dashboard, as a browser shows them.

python docs/pictures.py          (needs Debian's chromium and the extra `test`)
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page  # noqa: E402

import computeshift as cs  # noqa: E402
from tests.e2e.browser import WIDE, chromium, watched  # noqa: E402
from tests.e2e.test_dashboard import Server  # noqa: E402

DOCS = ROOT / "docs"
YEAR = 2027
STILL = 2_000  # milliseconds until what moves has come to rest


def report(browser: Browser, folder: Path) -> None:
    """The network of a year, and the claims of two scenarios, out of a report."""
    runs = [cs.run(name, worlds=1000, seed=1, out=folder / name) for name in ("baseline", "gatekeeper")]
    one, two = (cs.report(some, folder / f"{len(some)}.html") for some in (runs[:1], runs))
    with watched(browser, WIDE) as page:
        page.goto(one.as_uri())
        slider = page.locator("#network input[type=range]")
        slider.fill(str(YEAR - runs[0].years[0]))
        _shoot(page, "#network", "network")
        page.goto(two.as_uri())
        _shoot(page, "#claims", "claims")


def dashboard(browser: Browser, folder: Path) -> None:
    """The dashboard as it opens."""
    server = Server(folder)
    try:
        with watched(browser, WIDE) as page:
            page.goto(server.url)
            page.get_by_text("1,000 worlds").first.wait_for()
            page.wait_for_timeout(2 * STILL)
            page.screenshot(path=DOCS / "dashboard.png")
    finally:
        server.stop()


def _shoot(page: Page, figure: str, name: str) -> None:
    """A figure of a report as a file."""
    page.locator(figure).scroll_into_view_if_needed()
    page.wait_for_timeout(STILL)
    page.locator(f"{figure} .cells").screenshot(path=DOCS / f"{name}.png")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place, chromium() as launched:
        report(launched, Path(place))
        dashboard(launched, Path(place))
