"""The rules of a builder: sites for the venture by crews and money, and its part of what they cost."""

from __future__ import annotations

from typing import Any

from computeshift.agents.builder import Builder
from tests.agents.stub import Market, check, worlds

TIES = (("oracle", "stargate", "build"), ("stargate", "lab", "capacity"))


def a_builder(market: Market, **own: Any) -> Builder:
    """A builder that bears four tenths of the venture's cost, and puts six tenths of its means into it."""
    market.assume("stargate", operator_share=0.4)
    role: Builder = market.add("oracle", ai_capex_share=1, venture_money_share=0.6, **own).role(Builder)
    return role


def test_it_offers_its_crews_and_a_part_of_its_money_and_its_crews_answer() -> None:
    market = Market(*TIES)
    market.assume("compute", crew_response=1, crew_growth_most=1)
    role = a_builder(market, venture_crews=10)
    role.business = worlds(100, 10, 100)
    role.plan()
    check(role.venture_money, 60, 6, 60)
    check(market.stargate.sites_possible(), 10)
    check(market.stargate.builders_money(), 150, 15, 150)  # it pays four tenths
    market.stargate.works = market.stargate.works._replace(crews=worlds(10))
    market.stargate.sites_asked = worlds(15, 10, 40)
    role.answer()
    check(role.venture_crews, 15, 10, 20)


def test_its_own_sites_get_what_the_venture_and_its_stake_leave() -> None:
    market = Market(*TIES)
    role = a_builder(market)
    role.business = worlds(100, 10, 0)
    market.ledger.pay("oracle", "stargate", "equity", worlds(5))
    check(role.whole_means(), 100, 10, 0)
    check(role.means(), 40 - 5, 0, 0)
    market = Market()
    role = a_builder(market)
    role.business = worlds(100)
    check(role.means(), 100)  # it does not build for the venture


def test_it_pays_its_part_of_what_is_built_and_gets_its_part_of_the_leases() -> None:
    market = Market(*TIES)
    role = a_builder(market)
    lab: Any = market.add("lab").lab
    lab.leases, lab.honoured_share = {"stargate": worlds(30)}, worlds(1, 0.5, 0)
    fleet = market.stargate.fleet
    fleet.started, fleet.completed = worlds(1), worlds(2)
    market.stargate.running_costs = worlds(5)
    role.fleet.completed = worlds(1)
    role.reckon()
    check(role.venture_capex, 0.4 * (4 + 12))
    check(role.ai_capex, 6)
    check(role.capex, 6 + 6.4)
    check(role.chip_bill(), 6 + 0.4 * 12)
    # Leases net of running costs are 25, 10, and less than nothing.
    check(role.earned(), 10, 4, 0)


def test_the_operator_sets_the_price_at_its_sites_and_at_the_ventures() -> None:
    market = Market(*TIES)
    market.add("oracle", strategy="disciplined")
    assert market.firms["oracle"].role(Builder).markup() == 1.08
    assert market.stargate.markup() == 1.08
    assert Market().stargate.markup() == 1.0
