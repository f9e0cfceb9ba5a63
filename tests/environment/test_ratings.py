"""Ratings: what moves them, how fast, what they cost, and what lenders make of them. Hand-made numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from computeshift.environment.ratings import in_words
from tests.agents.stub import Market, check, worlds

TIES = (("bank", "cloud", "debt"), ("cloud", "lab", "capacity"), ("bank", "softbank", "debt"))


def a_cloud(market: Market, **own: Any) -> Any:
    """A cloud rated BBB that owes 30 and earns 30, besides 0.03 of interest: one turn, so one doubling."""
    market.assume("capital", base_rate=0.001, base_spread=0)
    market.capital.spread = market.capital.usual_spread = worlds(0)
    market.assume("ratings", leverage_notches=2, speed=0.5, tenant_weight=0.5, unpaid_notches=10)
    usual: dict[str, Any] = {"home_rating": 9, "initial_debt": 30, "initial_coupon": 0.001}
    usual["initial_cash_flow"] = 30.03
    cloud = market.add("cloud", **usual | own)
    market.ratings.open()
    return cloud


def test_a_rating_closes_a_part_of_its_way_to_what_leverage_and_burn_make_of_its_home() -> None:
    market = Market(*TIES)
    role = a_cloud(market).supplier
    # Base money costs 0.03 on 30. Turns go from 1 to 1, 3 and a half.
    role.earnings = worlds(30.03, 10.03, 60.03)
    role.burned = (worlds(0), worlds(0, 40, -20))
    market.ratings.review()
    better = 1 - np.log2(1.5)
    check(market.ratings.pull("cloud", "leverage"), 0, 2, -2 * better)
    check(market.ratings.pull("cloud", "burn"), 0, 2, 0)  # 40 more to owe, on 10 of cash flow: seven turns
    check(market.ratings.goal["cloud"], 9, 13, 9 - 2 * better)
    check(market.ratings.notch["cloud"], 9, 11, 9 - better)
    role.earnings, role.burned = worlds(0.05, 0.04, -5), (worlds(0), worlds(0))
    market.ratings.review()
    # With hardly any cash flow it is as with none: a hundred turns.
    check(market.ratings.goal["cloud"], 9 + 2 * (np.log2(101) - 1))


def test_each_doubling_of_what_a_firm_owes_costs_about_as_many_notches() -> None:
    market = Market(*TIES)
    a_cloud(market)
    unpaid, worse = market.capital.unpaid, list[float]()
    for owed in (30, 60, 120, 240, 480, 960):
        unpaid.owed_by = partial(lambda more, investor: worlds(more), owed - 30)  # type: ignore[method-assign]
        market.ratings.review()
        worse.append(float(market.ratings.pull("cloud", "leverage")[0]))
    steps = np.diff(worse)
    assert (steps > 1).all()
    assert (steps < 2).all()
    assert (np.diff(steps) > 0).all()  # the first counts least: little debt is little danger


def test_rent_to_come_is_debt_and_so_cash_flow_is_before_rent() -> None:
    market = Market(*TIES)
    role = a_cloud(market).supplier
    market.shell_leases.left_of = lambda lessee: worlds(0, 60, 60)  # type: ignore[method-assign]
    role.shell_rent, role.earnings = worlds(0, 10, 0), worlds(30.03, 20.03, 30.03)
    market.ratings.review()
    check(market.ratings.pull("cloud", "leverage"), 0, 2, 2)  # three turns of 30


def test_a_crunch_is_a_rating_event_only_as_far_as_debt_falls_due_and_is_borrowed_at_its_rates() -> None:
    market = Market(*TIES)
    cloud = a_cloud(market, debt_term=5).supplier
    market.capital.spread = worlds(0, 0.06, 0.5)
    market.ratings.review()
    check(market.ratings.pull("cloud", "leverage"), 0)
    cloud.plan()  # a fifth of 30 falls due, and is borrowed again
    market.credit.close()
    check(cloud.interest_rate, *(0.001 + 0.2 * worlds(0, 0.06, 0.5)))
    market.ratings.review()
    left = 30 - 6 * worlds(0, 0.06, 0.5)
    check(market.ratings.pull("cloud", "leverage"), *(2 * (np.log2(1 + 30 / left) - 1)))


def test_what_a_firm_has_promised_counts_as_debt() -> None:
    market = Market(*TIES)
    firm = a_cloud(market)
    market.capital.unpaid.owed_by = lambda investor: worlds(0, 60, 180)  # type: ignore[method-assign]
    market.ratings.review()
    assert firm.promised() is not None
    check(market.ratings.pull("cloud", "leverage"), 0, 2, 4)


def test_a_tenant_worse_than_its_home_weighs_by_the_part_that_hangs_on_it() -> None:
    market = Market(*TIES)
    firm = a_cloud(market)
    market.add("lab", home_rating=15)
    market.ratings.open()
    market.compute.contract["cloud", "lab"] = worlds(0, 0.5, 1.5)
    firm.supplier.business = worlds(5)
    market.ratings.notch["lab"] = worlds(15, 15, 7)
    market.ratings.review()
    # 5 of 10 hangs on a lab six notches worse; one that is better is no help.
    check(market.ratings.pull("cloud", "tenants"), 0, 0.5 * 6 * 0.5, 0)


def test_a_lab_is_rated_by_what_its_money_does_not_pay_and_what_it_left_unpaid() -> None:
    market = Market(("cloud", "lab", "capacity"))
    market.assume("ratings", runway_notches=6, unpaid_notches=10, speed=1)
    lab: Any = market.add("lab", home_rating=12, initial_cash=10, fixed_cost=10, runway=1).lab
    market.ratings.open()
    market.has("lab", 10, 40, 0)
    lab.unpaid_share = worlds(0, 0, 0.2)
    market.ratings.review()
    # It burns 10 a year. At the start it had half of what that takes together with what it has.
    check(market.ratings.notch["lab"], 12, 12 + 6 * (10 / 50 - 0.5), 12 + 6 * 0.5 + 2)


def test_what_a_lab_has_signed_for_counts_in_its_burn_beyond_what_it_plans() -> None:
    market = Market(("cloud", "lab", "capacity"))
    market.assume("ratings", runway_notches=6, speed=1)
    lab: Any = market.add("lab", home_rating=12, initial_cash=20, fixed_cost=10, runway=1).lab
    market.ratings.open()
    lab.wanted_gw = worlds(0.4)  # three quarters of it in the mean, at 10 a year
    market.compute.dues["lab"] = worlds(0, 3, 13)
    market.ratings.review()
    # At the start it burnt 10 and had 20: a third was lacking. Its plan costs 3 more, what it signed 13.
    check(market.ratings.notch["lab"], *(12 + 6 * (burn / (burn + 20) - 1 / 3) for burn in (13, 13, 23)))


def test_a_venture_falls_with_its_tenants_and_with_interest_that_it_does_not_earn() -> None:
    market = Market(("stargate", "lab", "capacity"))
    market.assume("ratings", unpaid_notches=10, speed=1)
    venture = market.firms["stargate"]
    market.add("lab", home_rating=15)
    market.ratings.open()
    market.compute.contract["stargate", "lab"] = worlds(0, 2, 2)
    market.ratings.notch["lab"] = worlds(18)
    venture.default_degree = worlds(0, 0, 0.5)
    market.ratings.review()
    check(market.ratings.notch["stargate"], 4, 4, 9)  # who is to be its tenant counts before contracts do


def test_a_venture_counts_its_tenants_as_a_cloud_does_that_lives_on_them_alone() -> None:
    market = Market(("stargate", "weak", "capacity"), ("stargate", "strong", "capacity"), *TIES)
    market.stargate.given = replace(market.stargate.given, home_rating=worlds(9))
    firm = a_cloud(market)
    market.assume("ratings", tenant_weight=1)
    firm.supplier.business = worlds(0)
    for name, rated in (("weak", 15), ("strong", 5)):
        market.add("lab", name, home_rating=rated)
        market.compute.know(name)
    market.ratings.open()
    for owner in ("stargate", "cloud"):
        market.compute.contract[owner, "weak"] = worlds(1, 2, 0)
        market.compute.contract[owner, "strong"] = worlds(1, 0, 2)
    market.ratings.review()
    check(market.ratings.pull("cloud", "tenants"), 3, 6, 0)
    # The venture was alike on both from the start, as its home has it: half of six notches.
    check(market.ratings.pull("stargate", "tenants"), 0, 3, -3)


def test_debt_costs_the_same_part_more_with_each_notch_and_news_as_much_for_all() -> None:
    market = Market()
    market.assume("ratings", spread_step=np.log(2))
    market.capital.usual_spread, market.capital.spread = worlds(0.02), worlds(0.05)
    check(market.ratings.rate(worlds(8, 9, 11)), 0.05 + 0.03 + 0.01, 0.1, 0.05 + 0.03 + 0.08)
    check(market.ratings.usual_rate(worlds(8, 9, 11)), 0.075, 0.1, 0.25)


def test_lenders_lend_all_to_the_best_half_at_their_cut_off_and_less_below() -> None:
    market = Market(*TIES)
    market.assume("ratings", lenders_step=np.log(3))
    bank: Any = market.add("lender", "bank", cut_off=12, initial_depth=100, initial_capital=10)
    a_cloud(market)
    at_best = 1 + 3**-11
    market.ratings.notch["cloud"] = worlds(12, 13, 11)
    check(bank.lender.part_lent("cloud") / at_best, 0.5, 0.25, 0.75)
    check(bank.lender.part_lent("nobody"), 1)
    firm: Any = market.firms["cloud"]
    firm.credit_asked = firm.credit_limit = lambda: worlds(40)
    market.credit.clear()
    check(market.credit.line("cloud") / at_best, 20, 10, 30)
    check(market.credit.part_granted("cloud") / at_best, 0.5, 0.25, 0.75)
    market.ratings.notch["cloud"] = worlds(1)
    check(bank.lender.part_lent("cloud"), 1)


def test_a_step_of_zero_switches_off_what_ratings_do_to_lending() -> None:
    market = Market(*TIES)
    bank: Any = market.add("lender", "bank", cut_off=12, initial_depth=100, initial_capital=10)
    a_cloud(market)
    market.ratings.notch["cloud"] = worlds(1, 12, 21)
    for step, lent in ((0, worlds(1)), (1e-6, worlds(1))):  # and nothing jumps where it is switched on
        market.assume("ratings", lenders_step=step)
        np.testing.assert_allclose(bank.lender.part_lent("cloud"), lent, atol=1e-4)


def test_softbank_is_rated_by_what_it_owes_over_what_its_holdings_bring() -> None:
    market = Market(*TIES)
    market.assume("ratings", leverage_notches=2, speed=1)
    firm = market.add("softbank", home_rating=11, initial_holdings=200, initial_debt=30)
    market.ratings.open()
    firm.roles["holding"].holdings = worlds(200, 200 / 3, 200 / 7)  # they bring 30, 10 and 30/7
    market.ratings.review()
    check(market.ratings.notch["softbank"], 11, 13, 15)


def test_ratings_in_words() -> None:
    assert [in_words(notch) for notch in (1, 9, 10.49, 10.51, 21)] == ["AAA", "BBB", "BBB-", "BB+", "C"]
