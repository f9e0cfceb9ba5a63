"""One browser and one dashboard for all tests that need one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import NoBrowserError, chromium
from tests.e2e.served import Server

LITTLE_COMPILED = "--js-flags=--no-opt --no-maglev"
"""A test's page lives for seconds: to compile its scripts to fast code takes longer than it saves."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless browser. Where there is none, tests skip; under `CI=true` they fail."""
    with ExitStack() as stack:
        try:
            launched = stack.enter_context(chromium(LITTLE_COMPILED))
        except NoBrowserError as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing), pytrace=False)
            pytest.skip(str(missing))
        yield launched


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard of `six`. In the end Ctrl-C ends it without a word, and it leaves nothing behind."""
    running = Server(tmp_path_factory.mktemp("dashboard"), "six")
    yield running
    assert running.stop() == ""
    assert list(running.temporary.iterdir()) == []
