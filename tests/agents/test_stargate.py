"""Stargate's rules: who pays, what lenders lend, what is built, when it defaults, what it is worth."""

from __future__ import annotations

from typing import Any

from computeshift.agents.builder import Builder
from computeshift.environment.state import Sealed
from tests.agents.stub import Market, Number, check, worlds

TIES = (
    ("softbank", "stargate", "equity"),
    ("mgx", "stargate", "equity"),
    ("lenders", "stargate", "debt"),
    ("oracle", "stargate", "build"),
    ("stargate", "lab", "capacity"),
)


def a_venture(market: Market, **own: Number) -> Any:
    """Stargate as its market has it: its operator bears four tenths, lenders six tenths of the rest."""
    market.assume("stargate", operator_share=0.4, loan_to_cost=0.6, **own)
    market.stargate.loan = worlds(0.6)
    return market.stargate


def owes(market: Market, *debt: float) -> None:
    market.ledger.debt["stargate"] = worlds(*debt)
    market.credit.owed["stargate"] = Sealed({"lenders": worlds(*debt)})
    market.credit.coupons["stargate"] = worlds(0.1)


def a_tenant(market: Market, *paid: float) -> Any:
    """A lab that owes Stargate 30 and pays this part of it."""
    lab: Any = market.add("lab").lab
    lab.leases, lab.honoured_share = {"stargate": worlds(30)}, worlds(*paid)
    lab.unpaid_share = 1 - lab.honoured_share
    return lab


def builder(market: Market, sites: float, money: float) -> None:
    """A builder that can begin that many GW, and has that much money for its part."""
    role = market.add("oracle", venture_crews=sites).role(Builder)
    role.venture_money = worlds(money)


# --- who pays ---


def test_sponsors_cover_a_part_of_those_that_are_not_there() -> None:
    market = Market(*TIES)
    venture = a_venture(market, cover=(0, 0.5, 1))
    market.add("softbank", sponsor_share=0.4)
    market.add("mgx", sponsor_share=0.2)
    venture.open_year()
    # Four tenths are missing: 0.6 stand for 0.6, 0.8 or all.
    check(venture.sponsor_shares["softbank"], 0.4, 0.4 * 0.8 / 0.6, 0.4 / 0.6)
    check(sum(venture.sponsor_shares.values()), 0.6, 0.8, 1)


def test_lenders_lend_less_when_credit_is_dear_guarantors_are_weak_or_a_tenant_defaulted() -> None:
    market = Market(*TIES)
    venture = a_venture(market, spread_response=5, guarantee_weight=0.5)
    softbank = market.add("softbank", sponsor_share=0.4)
    lab = a_tenant(market, 1)
    venture.open_year()
    venture.plan()
    check(venture.loan, 0.6)
    market.capital.spread = worlds(0.04, 0.1, 0.3)  # cheaper than usual, five points dearer, a panic
    venture.plan()
    check(venture.loan, 0.6, 0.6 * 0.75, 0)
    market.capital.spread = worlds(0.05)
    (holding,) = softbank.roles.values()
    holding.ltv = holding.ltv_limit + worlds(0.1, 0, 0)
    market.compute.contract["stargate", "lab"] = worlds(1)
    lab.unpaid_share = worlds(0, 0.01, 0.9)
    venture.plan()
    check(venture.loan, 0.6 * (1 - 0.5 * 0.4), 0.6 * 0.99, 0.3)
    alone = a_venture(Market())
    alone.plan()
    check(alone.loan, 0)


# --- what it needs and builds ---


def test_it_needs_what_is_let_and_ordered_beyond_what_is_there_and_coming() -> None:
    market = Market(*TIES)
    market.assume("compute", retirement=0.5)
    venture = a_venture(market)
    venture.fleet.gw = worlds(4)
    venture.fleet.due = worlds(1) * [[1], [1], [0], [0], [0]]
    market.compute.contract["stargate", "lab"] = worlds(5, 1, 0)
    market.compute.backlog["stargate", "lab"] = worlds(3, 1, 0)
    works = venture.works_for(worlds(1), worlds(9))
    check(works.chips, 6 - 2, 0, 0)  # half of 4 stay this year; a third of the orders is due
    check(works.sites, 8 - (0.5 + 2), 0, 0)  # an eighth of 4 stay for three years


def test_it_leases_all_it_has_to_any_lab() -> None:
    venture = a_venture(Market(*TIES))
    venture.fleet.gw = worlds(4, 2, 0)
    check(venture.room_in_all(), 4, 2, 0)
    check(venture.room_for("lab"), 4, 2, 0)


def test_it_calls_the_equity_that_lenders_and_its_cash_leave() -> None:
    market = Market(*TIES)
    venture = a_venture(market)
    builder(market, sites=3, money=99)
    venture.fleet.due = worlds(2) * [[1], [0], [0], [0], [0]]
    market.compute.backlog["stargate", "lab"] = worlds(4, 12, 4)
    market.has("stargate", 1, 1, 50)
    market.capital.value["stargate"] = worlds(7)
    # A third of the orders is due: chips for 4/3, 4 and 4/3 GW at 6, 2 GW converted in the second world.
    # It lacks halls for 2, 10 and 2; its builder begins 3 at most, at 4. Its operator bears four tenths.
    ask = venture.ask()
    check(ask.amount, 0.4 * 0.6 * (8 + 8) - 1, 0.4 * 0.6 * (24 + 8 + 12) - 1, 0)
    check(ask.pre_money, 7)


def test_its_works_cost_no_more_than_it_and_its_builder_can_pay() -> None:
    market = Market(*TIES)
    venture = a_venture(market)
    builder(market, sites=3, money=16)
    market.compute.backlog["stargate", "lab"] = worlds(9, 9, 1.5)
    market.has("stargate", 100, 4.8, 100)
    venture.build()
    # With loans cash of 4.8 is 12, six tenths of 20; its builder pays four tenths of 40. Orders for 1.5 GW
    # convert half a GW for 5, and begin 1 GW for 4.
    check(venture.works.money, 40, 20, 9)
    (taken,) = [d for d in market.decisions.log if d.name == "works_budget"]
    assert [*taken.limits] == ["need", "own_funds", "builder"]


# --- the year's books ---


def test_lenders_pay_their_part_of_its_works_and_its_operator_gets_its_part_of_leases() -> None:
    market = Market(*TIES, ("maker", "stargate", "chips"))
    market.assume("compute", running_cost=1)
    venture = a_venture(market)
    market.add("oracle")
    market.add("chipmaker", "maker", chip_market_share=0.5)
    a_tenant(market, 1, 0.5, 0)
    venture.fleet.gw = venture.fleet.opening_gw = worlds(5)
    venture.fleet.started, venture.fleet.completed = worlds(1), worlds(2)
    owes(market, 20)
    venture.reckon()
    venture.pay()
    check(venture.operator_part("oracle") * venture.building_cost(), 6.4)  # of a shell and 2 GW of chips
    check(market.flow("lenders", "stargate", "debt"), 0.6 * 9.6)
    check(market.flow("stargate", "maker", "chips_payment"), 3.6)  # half of six tenths of 12
    check(market.flow("stargate", "outside", "capex"), 6)
    check(market.flow("stargate", "oracle", "lease"), 0.4 * 25, 0.4 * 10, 0)
    check(market.flow("stargate", "outside", "opex"), 5)
    check(market.flow("stargate", "lenders", "interest"), 2)


def test_it_repays_by_plan_from_what_is_left_and_borrows_for_interest_it_cannot_pay() -> None:
    market = Market(*TIES)
    venture = a_venture(market, amortisation=0.1)
    builder(market, sites=0, money=0)
    owes(market, 50)
    venture.plan()
    check(venture.maturing, 5)
    venture.earnings, venture.interest = worlds(2, 4, 9), worlds(1)
    check(venture.credit_asked(), 4, 2, 0)  # what last year's income would not pay
    check(venture.credit_limit(), 5)
    venture.running_costs = venture.interest = worlds(0)
    market.has("stargate", 20, 3, -7)
    venture.close()
    check(venture.debt, 45, 47, 57)
    check(venture.cash, 15, 0, 0)


def test_lenders_lose_the_part_of_nine_tenths_of_interest_that_what_is_built_does_not_earn() -> None:
    market = Market(*TIES)
    venture = a_venture(market)
    a_tenant(market, 19 / 30, 0.5, 0)
    venture.running_costs, venture.interest = worlds(5), worlds(12)
    venture.fleet.gw = worlds(3)
    venture.fleet.due = worlds(2.5) * [[1], [0], [0], [0]]
    owes(market, 100)
    venture.close()
    # 30 of 40 are built, so built sites bear 9 of 12; nine tenths are 8.1. Its part of 14, 10 and -5 is
    # 8.4, 6 and -3.
    check(venture.earnings, 8.4, 6, -3)
    degree = 2.1 / 8.1
    check(venture.default_degree, 0, degree, 1)
    check(venture.debt, 100, 100 * (1 - degree), 50)
    check(venture.borrowing_rate, 0.1)


def test_interest_on_works_alone_is_no_default() -> None:
    market = Market(*TIES)
    venture = a_venture(market)
    venture.running_costs, venture.interest = worlds(0), worlds(12)
    venture.fleet.due = worlds(5) * [[1], [0], [0], [0]]
    owes(market, 100)
    venture.close()
    check(venture.default_degree, 0)


# --- what it is worth ---


def test_its_equity_is_marked_at_cost_by_the_mood_and_its_tenants() -> None:
    market = Market(*TIES)
    venture = a_venture(market)
    venture.fleet.gw = worlds(3)
    venture.fleet.due = worlds(2.5) * [[1], [0], [0], [0]]
    market.has("stargate", 4)
    owes(market, 14, 14, 30)
    market.capital.sentiment = worlds(1.5, 0.5, 1)
    check(venture.book_value(), 24)  # without its operator's part of 30 + 10
    check(venture.market_value(), 24 + 4 - 14, 12 + 4 - 14, 0)  # a good mood lifts no mark
    a_tenant(market, 0.9, 0.9, 0)
    market.compute.contract["stargate", "lab"] = worlds(1)
    check(venture.market_value(), 24 * 0.9 + 4 - 14, 12 * 0.9 + 4 - 14, 0)
