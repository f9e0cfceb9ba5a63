"""The pictures of the README: a network and claims, and the dashboard as a browser shows it.

python docs/pictures.py          (needs Debian's chromium and the extra `test`)
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser  # noqa: E402

import computeshift as cs  # noqa: E402
from computeshift import plots  # noqa: E402
from tests.e2e.browser import WIDE, chromium, watched  # noqa: E402
from tests.e2e.test_dashboard import Server  # noqa: E402

DOCS = ROOT / "docs"
YEAR = 2027
STILL = 2_000  # milliseconds until what moves has come to rest


def pictures(folder: Path) -> None:
    """The network of a year, and the claims of two scenarios."""
    base, gate = (cs.run(name, worlds=1000, seed=1, out=folder / name) for name in ("baseline", "gatekeeper"))
    plots.network(base, YEAR).write(DOCS / "network.png", force=True)
    plots.claims(base, gate).write(DOCS / "claims.png", force=True)


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


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place, chromium() as launched:
        pictures(Path(place))
        dashboard(launched, Path(place))
