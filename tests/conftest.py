"""What tests of economics measured is printed at the end of the run, not swallowed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.behaviour.worlds import MEASURED

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the effects and levels that were measured."""
    if MEASURED:
        terminalreporter.section("what the worlds say")
        for line in MEASURED:
            terminalreporter.write_line(line)
