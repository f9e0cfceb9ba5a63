"""One browser for all tests that need one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import NoBrowserError, chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless browser. Where there is none, tests skip; under `CI=true` they fail."""
    with ExitStack() as stack:
        try:
            launched = stack.enter_context(chromium())
        except NoBrowserError as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing), pytrace=False)
            pytest.skip(str(missing))
        yield launched
