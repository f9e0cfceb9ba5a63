"""The rules of a builder: sites for the venture by crews and money, and its part of what they cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeshift.agents.builder import Builder
from computeshift.environment.fleet import Fleet
from computeshift.environment.supply import Works
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


def test_ais_part_of_its_cash_flow_answers_to_what_stargates_works_would_cost_it_too() -> None:
    market = Market(*TIES)
    answers = {"ai_share_response": 1, "ai_share_growth_most": 1, "ai_share_most": 1}
    market.assume("compute", **answers)
    role = a_builder(market)
    role.ai_share = worlds(0.5)
    role.works = Works(worlds(0), worlds(0), worlds(5), worlds(5), worlds(40))
    role.venture_money = worlds(60)
    sites = worlds(25, 100, 50)
    market.stargate.works = Works(worlds(0), worlds(0), sites, sites, worlds(0))
    role.answer()
    # Its own halls cost 20, of the venture's 100, 400 and 200 four tenths: 60, 180 and 100, of 100 it has.
    check(role.ai_share, 0.5 * np.exp(-0.2), 0.9, 0.5)


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


def test_it_expects_to_pay_its_part_of_what_is_built_next_year() -> None:
    market = Market(*TIES)
    role = a_builder(market)
    role.fleet.started = worlds(1)
    market.stargate.fleet = Fleet(worlds(0), worlds(3, 0, 1))
    market.stargate.fleet.started = worlds(2)
    check(role.works_ahead(), *(4 + 0.4 * (2 * 4 + 6 * worlds(3, 0, 1))))


def test_the_operator_sets_the_price_at_its_sites_and_at_the_ventures() -> None:
    market = Market(*TIES)
    market.add("oracle", strategy="disciplined")
    assert market.firms["oracle"].role(Builder).markup() == 1.08
    check(market.stargate.markup(), 1.08)
    assert Market().stargate.markup() == 1.0


def test_two_builders_share_the_works_as_they_can_pay_and_the_leases_by_what_they_paid_for() -> None:
    market = Market(*TIES, ("second", "stargate", "build"))
    market.assume("compute", retirement=0.5)
    first = a_builder(market, venture_crews=1, unit_cost=1)
    second: Builder = market.add("oracle", "second", venture_crews=3, unit_cost=2).role(Builder)
    venture = market.stargate
    first.venture_money, second.venture_money = worlds(10, 0, 0), worlds(30, 5, 0)
    # By money; where neither has any, by crews. Together they bear the operator's four tenths.
    check(venture.operator_part("oracle"), 0.1, 0, 0.1)
    check(venture.operator_part("second"), 0.3, 0.4, 0.3)
    check(venture.unit_cost(), 1.75, 2, 1.75)
    venture.fleet.started, venture.fleet.completed = worlds(1), worlds(2)  # for 16
    for builder in (first, second):
        builder.reckon()
    venture.reckon()
    check(first.venture_capex, 1.6, 0, 1.6)
    check(second.venture_capex, 4.8, 6.4, 4.8)
    check(second.chip_bill(), 0.3 * 12, 0.4 * 12, 0.3 * 12)
    lab: Any = market.add("lab").lab
    lab.leases, lab.honoured_share = {"stargate": worlds(30)}, worlds(1)
    check(first.earned(), 3, 0, 3)
    # A year later half of that has retired, and the second pays for as much again alone.
    first.venture_money, second.venture_money = worlds(0), worlds(30)
    venture.reckon()
    check(first.earned(), 12 * 2 / 24, 0, 12 * 2 / 24)
    check(first.earned() + second.earned(), 12)
