"""Events of a scenario, as a time axis says them."""

from __future__ import annotations

import pytest

from computeshift.experiments.config.load import load
from computeshift.experiments.views.plots.events import events_of


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("demand_winter", "(50%, from 2026 to 2028)"),
        ("credit_crunch", "(300 basis points, from 2026 to 2027)"),
        ("deepseek_leap", "(10 times)"),  # it acts once
    ],
)
def test_a_shock_says_its_size_and_its_years(scenario: str, said: str) -> None:
    event = events_of(load(scenario))[0]
    assert event.year == 2026
    assert event.text.endswith(said)
