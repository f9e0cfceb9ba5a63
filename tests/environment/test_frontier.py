"""The frontier of efficiency: it follows the trend in the mean, and leaps raise it for good."""

from __future__ import annotations

import math

import numpy as np

from tests.agents.stub import Market, check, worlds


def test_drift_and_leaps_together_follow_the_trend() -> None:
    market = Market()
    market.assume("frontier", price_trend=10, leap_size=float(np.exp(2)), leap_chance=0.25)
    before = market.frontier.level
    market.draws["leaps"], market.draws["author of leaps"] = worlds(0.1, 0.3, 0.9), worlds(0.5)
    market.strike("efficiency_leap", 0, 0, 1)
    market.frontier.advance()
    # Leaps of two log points in a quarter of years: half a log point a year comes of them.
    drift = np.log(10) - 0.5
    check(market.frontier.level - before, drift + 2, drift, drift + np.log(2))
    check(market.frontier.level_before, *before)
    check(market.frontier.leap, 2, 0, np.log(2))


def test_the_usual_distance_is_the_mean_of_a_lab_that_learns() -> None:
    market = Market()
    market.assume("frontier", leap_size=math.e, leap_chance=0.3)
    check(market.frontier.usual_distance(worlds(0.5, 1, 0.25)), 0.6, 0.3, 1.2)
