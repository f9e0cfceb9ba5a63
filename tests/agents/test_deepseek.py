"""DeepSeek's own rules: its part of the leaps, distillation, and a parent that pays."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeshift.agents.deepseek import OwnFleet
from computeshift.agents.lab import Lab
from computeshift.environment.setup import Array
from tests.agents.stub import Market, check, worlds

TIES = (("deepseek", "deepseek", "capacity"), ("tutor", "deepseek", "model"), ("other", "deepseek", "model"))


def a_deepseek(market: Market, **own: Any) -> Any:
    own = {"leap_share": 0.3, "distillation": 0.5} | own
    return market.add("deepseek", **own)


def distance_after_a_leap(market: Market, *draws: float, **own: Any) -> Array:
    """How far its cost is above the frontier's after a year in which the frontier leaps fourfold."""
    market.assume("frontier", leap_size=4, leap_chance=1)
    firm = a_deepseek(market, **own)
    market.draws["leaps"], market.draws["author of leaps"] = worlds(0.5), worlds(*draws)
    market.frontier.advance()
    firm.plan()
    return np.asarray(np.exp(market.frontier.level - firm.lab.log_efficiency))


def test_it_stands_on_the_frontier_when_the_leap_is_its_own() -> None:
    all_learn = {"diffusion": 1, "initial_efficiency": 1}
    # Draws below its part of 0.3 are its leaps; another's leaves it four times behind until next year.
    check(distance_after_a_leap(Market(), 0.1, 0.2, 0.9, **all_learn), 1, 1, 4)
    check(distance_after_a_leap(Market(), 0.1, 0.2, 0.9, strategy="frontier", **all_learn), 1, 4, 4)
    struck = Market()
    struck.strike("efficiency_leap", 1, 0, 2)  # a leap that a config announces is its own
    check(distance_after_a_leap(struck, 0.9, **all_learn), 1, 4, 1)


def test_it_distils_half_of_the_gap_to_the_best_model() -> None:
    market = Market(*TIES)
    firm = a_deepseek(market)
    for tutor, knowledge in (("tutor", worlds(100)), ("other", worlds(1, 1000, 100))):
        market.add("lab", tutor).lab.knowledge = knowledge
    firm.lab.knowledge = worlds(1)
    firm.reckon()
    firm.close()
    # In logs, half of the gap: from 1 to the root of 100; of 1000; of 100, which both of them know.
    check(firm.lab.knowledge, 10, 1000**0.5, 10)
    check(market.flow("tutor", "deepseek", "model"), np.log(10), 0, np.log(10) / 2)
    check(market.flow("other", "deepseek", "model"), 0, np.log(1000) / 2, np.log(10) / 2)
    proud = a_deepseek(market, name="deepseek", strategy="niche")
    proud.lab.knowledge = worlds(1)
    proud.reckon()
    proud.close()
    check(proud.lab.knowledge, 1)


def test_its_fleet_is_its_own_its_parent_pays_and_export_controls_bind_it() -> None:
    market = Market(*TIES)
    market.compute.contract["deepseek", "deepseek"] = worlds(2)
    firm = a_deepseek(market, initial_gw=5, initial_cash=1, initial_cash_flow=30)
    lab: Any = firm.lab
    check(firm.role(OwnFleet).business, 30)  # what it uses itself earned nothing
    lab.wanted_gw = worlds(9)
    firm.role(Lab).build()
    check(lab.wanted_gw, 9)  # more than its cash could pay: it has no budget
    firm.reckon()
    check(lab.lease_due, 0)
    check(firm.defaulted, 0)
    firm.pay()
    check(market.flow("deepseek", "deepseek", "lease"), 20)  # recorded at its price, and nothing moves
    check(firm.cash, 31)
    assert firm.ask() is None
    assert firm.market_value() is None
    assert OwnFleet.export_controlled
