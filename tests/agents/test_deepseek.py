"""DeepSeek's own rules: leaps in efficiency, distillation, and a parent that pays."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeshift.agents.deepseek import OwnFleet
from computeshift.agents.lab import Lab
from computeshift.environment.setup import Array
from tests.agents.stub import Market, check, worlds

TIES = (("deepseek", "deepseek", "capacity"), ("tutor", "deepseek", "model"), ("other", "deepseek", "model"))


def a_deepseek(market: Market, **own: Any) -> Any:
    own = {"leap_size": 4, "leap_chance": 0.3, "distillation": 0.5} | own
    return market.add("deepseek", **own)


def efficiency_after_a_year(market: Market, **own: Any) -> Array:
    firm = a_deepseek(market, **own)
    market.draws["deepseek leaps"] = worlds(0.1, 0.2, 0.9)
    before = firm.lab.log_efficiency
    firm.plan()
    return np.asarray(np.exp(firm.lab.log_efficiency - before))


def test_a_leap_comes_with_its_chance_and_news_adds_to_it() -> None:
    check(efficiency_after_a_year(Market()), 4, 4, 1)  # draws below 0.3 leap
    check(efficiency_after_a_year(Market(), strategy="frontier"), 4, 1, 1)  # half the chance: below 0.15
    struck = Market()
    struck.strike("efficiency_leap", 1, 0, 2)
    check(efficiency_after_a_year(struck), 8, 4, 3)


def test_it_distils_half_of_the_gap_to_each_model_one_after_the_other() -> None:
    market = Market(*TIES)
    firm = a_deepseek(market)
    for tutor, knowledge in (("tutor", worlds(100, 100, 1)), ("other", worlds(1, 1000, 4))):
        market.add("lab", tutor).lab.knowledge = knowledge
    firm.lab.knowledge = worlds(1)
    firm.reckon()
    firm.close()
    # In logs, half of the gap: from 1 to the root of 100. Then from 10 to the root of 10 * 1000; from 1 to 2.
    check(firm.lab.knowledge, 10, 100, 2)
    check(market.flow("tutor", "deepseek", "model"), np.log(10), np.log(10), 0)
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
