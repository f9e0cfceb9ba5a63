"""The rules of a cloud, and of every owner of capacity: what is needed, what money there is, the books."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from computeshift.agents.cloud import Cloud, Follow
from computeshift.agents.strategy import strategies_of
from computeshift.environment.fortunes import OWN
from computeshift.environment.setup import Array
from computeshift.environment.state import Sealed
from computeshift.environment.supply import Works
from tests.agents.stub import Market, check, worlds

TIES = (("cloud", "lab", "capacity"), ("lenders", "cloud", "debt"))


def a_cloud(market: Market, **own: Any) -> Cloud:
    role: Cloud = market.add("cloud", **own).role(Cloud)
    return role


def leased(market: Market, *gw: float) -> None:
    market.compute.contract["cloud", "lab"] = worlds(*gw)


def turn_fortunes(market: Market, common: float = 0, **own: Array) -> None:
    """The year's luck that all firms share, and the cloud's own: 0 where it is not given."""
    market.draws["other business"] = worlds(common)
    for what in OWN:
        market.draws[f"cloud {what}"] = own.get(what.replace(" ", "_"), worlds(0))
    market.fortunes.turn()


# --- the start and the year's outlook ---


def test_other_business_is_the_cash_flow_of_the_start_that_ai_capacity_does_not_earn() -> None:
    market = Market(*TIES)
    market.assume("compute", running_cost=1)
    leased(market, 4)
    market.tenants.hosted["cloud"] = worlds(3, 6, 0)
    cloud = a_cloud(market, initial_gw=10, initial_cash_flow=100)
    # Rents 4 + 3, 4 + 6 and 4 GW at 10; running 10 GW costs 10.
    check(cloud.business, 100 - 70 + 10, 100 - 100 + 10, 100 - 40 + 10)


def test_other_business_grows_and_other_capex_with_it_and_with_luck_of_its_own() -> None:
    market = Market(*TIES)
    cloud = a_cloud(
        market,
        initial_cash_flow=100,
        cash_flow_growth=0.1,
        initial_other_capex=10,
        other_capex_noise=0.3,
    )
    turn_fortunes(market, other_capex=worlds(0, 1, -2))
    cloud.plan()
    check(cloud.business, 110)
    check(cloud.other_capex, 11, 11 * np.exp(0.3), 11 * np.exp(-0.6))


def test_other_business_has_good_and_bad_years_a_part_of_them_common_to_all_firms() -> None:
    market = Market(*TIES)
    cloud = a_cloud(
        market,
        initial_cash_flow=100,
        cash_flow_growth=0.1,
        cash_flow_noise=0.2,
        cash_flow_cycle=(0, 0.36, 1),
    )
    turn_fortunes(market, common=2, other_business=worlds(-1))
    cloud.plan()
    # Of its luck a part of the variance is common: none, 0.36 = 0.6^2, and all; 1 - 0.36 = 0.8^2.
    check(cloud.business, *(110 * np.exp(0.2 * luck) for luck in (-1, 0.6 * 2 - 0.8, 2)))


def test_it_needs_contracts_orders_and_tenants_at_the_usual_utilisation() -> None:
    market = Market(*TIES)
    market.assume("compute", target_utilisation=0.5)
    cloud = a_cloud(market)
    market.tenants.expected["cloud"] = worlds(4)
    leased(market, 3)
    market.compute.backlog["cloud", "lab"] = worlds(1)
    # Contracts, a third of orders and tenants now, all of them later, at half of all in use.
    check(cloud.needed_gw(), 2 * (3 + 1 / 3 + 4))
    check(cloud.needed_gw(ahead=True), 2 * (3 + 1 + 4))

    class Eager(Follow):
        eagerness = 1.5

    cloud.adopt(cloud.given, Eager())
    check(cloud.needed_gw(ahead=True), 24)


def test_a_disciplined_cloud_builds_for_orders_and_the_tenants_that_it_has() -> None:
    market = Market(*TIES)
    market.assume("compute", target_utilisation=0.5)
    cloud = a_cloud(market)
    market.tenants.expected_at = lambda host, years: worlds(4 + 2 * years)
    leased(market, 3)
    market.compute.backlog["cloud", "lab"] = worlds(1)
    check(cloud.needed_gw(ahead=True), 2 * (3 + 1 + 10))
    cloud.adopt(cloud.given, strategies_of("cloud")["disciplined"]())
    check(cloud.needed_gw(ahead=True), 2 * (3 + 1 + 4))


def test_a_part_of_the_chips_for_halls_that_are_due_comes_and_is_paid_needed_or_not() -> None:
    market = Market(*TIES)
    market.assume("compute", target_utilisation=1, sunk_orders=0.5)
    cloud = a_cloud(market, initial_gw=10, due_in_first_year=4)
    leased(market, 8, 11, 13)
    cloud.build()
    # Of 4 GW due it has ordered 2 for good; it needs none, 1 and 3. It has no money for them.
    check(cloud.works.chips, 2, 2, 3)
    assert (cloud.works.money == 2 * market.supply.chip_cost).all()


# --- money ---


def test_its_money_is_a_part_of_cash_flow_and_half_of_what_it_may_still_borrow() -> None:
    market = Market(*TIES)
    cloud = a_cloud(market, ai_capex_share=0.4, debt_limit=4, initial_debt=20)
    cloud.business = worlds(20, 20, -30)
    cloud.lease_income, cloud.running_costs, cloud.interest = worlds(10), worlds(2), worlds(3)
    cloud.earnings = worlds(10, 4, -5)
    cloud.plan()
    # Cash flow 20 + 10 - 2 - 3 = 25; of the third -25. Credit: (4 * 10 - 20) / 2; 4 * 4 is below its debt.
    check(cloud.means(), 10 + 10, 10, 0)


def test_lenders_count_what_tenants_have_signed_for_as_they_count_labs_contracts() -> None:
    market = Market(*TIES)
    cloud = a_cloud(market)
    cloud.earnings = worlds(10)
    market.tenants.signed["cloud"] = worlds(0, 2, 2)
    market.compute.prices.spot = worlds(9, 9, 1)
    running = market.compute.given.running_cost
    # Two GW at 9, less what it costs to run them; at a price below that they add nothing.
    check(cloud.backed_earnings(), 10, 10 + 2 * (9 - running[1]), 10 + 2 * np.maximum(1 - running[2], 0))


def test_the_ceiling_on_debt_falls_as_rates_rise_and_never_exceeds_its_policy() -> None:
    cloud = a_cloud(Market(*TIES), debt_limit=4)
    cloud.market.ratings.rates["cloud"] = worlds(0.1, 0.2, 0.05)  # usual, twice, half: the same interest bill
    cloud.plan()
    check(cloud.debt_ceiling, 4, 2, 4)

    class Careful(Follow):
        debt_appetite = 0.5

    cloud.adopt(cloud.given, Careful())
    check(cloud.ceiling_on_debt(), 2, 1, 2)


def test_without_lenders_it_has_no_credit() -> None:
    cloud = a_cloud(Market(), initial_cash_flow=20, ai_capex_share=0.5, debt_limit=4)
    cloud.plan()
    check(cloud.means(), 10)


# --- building ---


def test_it_wants_chips_for_what_is_needed_now_and_halls_for_what_is_needed_later() -> None:
    market = Market(*TIES)
    market.assume("compute", retirement=0.1)
    cloud = a_cloud(market, initial_gw=10, due_in_first_year=1, due_in_second_year=1, initial_crews=5)
    leased(market, 8, 14, 5)
    market.compute.backlog["cloud", "lab"] = worlds(6, 0, 0)
    cloud.plan()
    cloud.build()
    # 9 of 10 GW stay this year, 7.29 for three. A third of the orders is due now: 10, 14 and 5 are needed.
    check(cloud.works.chips, 1, 5, 0)
    check(cloud.works.ready, 1)
    check(cloud.works.sites, 14 - 9.29, 14 - 9.29, 0)
    check(cloud.works.crews, 5)


def test_its_crews_and_ais_part_of_its_cash_flow_answer_to_what_was_asked() -> None:
    market = Market(*TIES)
    answers = {"crew_response": 1, "crew_growth_most": 1, "ai_share_response": 1, "ai_share_growth_most": 0.5}
    market.assume("compute", **answers, ai_share_most=0.7)
    cloud = a_cloud(market, initial_cash_flow=100, ai_capex_share=0.5, initial_crews=4)
    cloud.works = Works(worlds(0), worlds(0), worlds(12.5, 25, 1), worlds(25), worlds(50))
    cloud.sites_asked = worlds(5, 12, 0)
    cloud.answer()
    check(cloud.crews, 5, 8, 4 * np.exp(-0.2))  # by a quarter, by all they can, and let go
    # Halls for 12.5, 25 and 1 GW cost 50, 100 and 4, of 50 that it has.
    check(cloud.ai_share, 0.5, 0.7, 0.5 * np.exp(-0.2))


def test_use_and_tenants_are_the_mean_of_the_years_two_ends() -> None:
    market = Market(*TIES)
    leased(market, 4)
    market.tenants.hosted["cloud"] = worlds(5)
    cloud = a_cloud(market, initial_gw=10, initial_other_capex=5, initial_debt=20, initial_coupon=0.1)
    leased(market, 6, 10, 2)
    market.tenants.hosted["cloud"] = worlds(4, 0, 5)
    cloud.fleet.started, cloud.fleet.completed = worlds(1), worlds(2)
    market.has("cloud", 100, 20, 3)
    cloud.for_building = cloud.funds()
    cloud.reckon()
    check(cloud.tenants_served, 4.5, 2.5, 5)
    check(cloud.utilisation, (5 + 4.5) / 10, (7 + 2.5) / 10, (3 + 5) / 10)
    check(cloud.ai_capex, 4 + 12)  # a shell and the chips of two
    # After AI capacity its cash leaves 84, 4 and nothing to other capex of 5.
    check(cloud.capex, 21, 20, 16)
    check(cloud.interest, 2)


@pytest.mark.parametrize(("tenants", "room"), [(2, 8), (9, 6)])
def test_labs_get_what_tenants_leave_and_at_least_their_part(tenants: float, room: float) -> None:
    market = Market(*TIES)
    cloud = a_cloud(market, initial_gw=10, lab_share=0.6)
    market.tenants.asked["cloud"] = worlds(tenants)
    check(cloud.room_in_all(), room)


# --- books ---


def test_business_and_tenants_pay_it_and_it_pays_builders_staff_and_lenders() -> None:
    market = Market(*TIES)
    market.assume("compute", running_cost=1)
    market.tenants.hosted["cloud"] = worlds(2)
    cloud = a_cloud(market, initial_gw=10, initial_debt=20, initial_coupon=0.1)
    cloud.business = worlds(30, 0, -30)
    cloud.fleet.started = worlds(1)
    cloud.reckon()
    cloud.pay()
    check(market.flow("outside", "cloud", "revenue"), 30 + 20, 20, 20)
    check(market.flow("cloud", "outside", "capex"), 4)
    check(market.flow("cloud", "outside", "opex"), 10, 10, 10 + 30)
    check(market.flow("cloud", "lenders", "interest"), 2)


def closed(
    market: Market, cash: tuple[float, ...], business: tuple[float, ...] = (100,), **own: Any
) -> Cloud:
    """A cloud that usually has 10 in cash, with this cash and business when it closes its books."""
    cloud = a_cloud(market, initial_cash=10, **own)
    cloud.business = worlds(*business)
    market.has("cloud", *cash)
    cloud.close()
    return cloud


def test_debt_moves_a_part_of_its_way_to_its_target_and_owners_get_a_part_of_spare_cash() -> None:
    own: dict[str, Any] = {"initial_debt": 20, "initial_cash_flow": 100, "debt_limit": 4}
    own |= {"debt_speed": 0.25, "payout": 0.5}
    market = Market(*TIES)
    cloud = a_cloud(market, initial_cash=10, **own)
    cloud.business, cloud.ai_capex = worlds(100, 50, 200), worlds(3)
    market.has("cloud", 4, 13, 30)
    cloud.close()
    # It owed a fifth of its earnings: targets are 20, 10 and 40, so a quarter of the way is 0, -2.5 and 5.
    # The first borrows 1, to have half of its usual 10; the third no more than its works of 3.
    check(cloud.debt, 21, 17.5, 23)
    check(market.flow("cloud", "outside", "dividend"), 0, 0.25, 11.5)
    check(cloud.cash, 5, 10.25, 21.5)
    check(cloud.borrowing_rate, 0.1)
    check(cloud.default_degree, 0)
    alone = closed(Market(), (4, 13, 30), payout=1)
    check(alone.cash, 4, 10, 10)


def test_debt_also_moves_by_chance_up_while_its_rating_holds_and_down_as_it_falls_due() -> None:
    own: dict[str, Any] = {"initial_debt": 20, "initial_cash_flow": 100, "debt_limit": 4}
    market = Market(*TIES)
    cloud = a_cloud(market, debt_noise=0.1, home_rating=9, **own)
    cloud.maturing = worlds(4)
    turn_fortunes(market, debt=worlds(2, 2, -1))
    market.ratings.notch["cloud"] = worlds(9, 9.75, 9)
    market.has("cloud", 60)
    cloud.close()
    # A tenth of its earnings of 100 for each standard deviation: 20 more, a quarter of them three quarters of
    # a notch below its home, and 10 less, of which only 4 fall due.
    check(cloud.debt, 40, 25, 16)


def test_it_borrows_ahead_a_part_of_what_it_will_lack_next_year_and_builds_with_it() -> None:
    market = Market(*TIES)
    own = {"initial_cash_flow": 100, "initial_other_capex": 130, "debt_limit": 4, "payout": 0.5}
    cloud = a_cloud(market, initial_cash=10, prefunding=0.5, **own)
    cloud.business = worlds(100)
    market.has("cloud", 10, 30, 50)
    cloud.close()
    # Its building will cost 30 more than comes in; to have its usual 10 then it lacks 30, 10, and nothing.
    check(cloud.debt, 15, 5, 0)
    # Owners get a half of what is beyond 10 and those 30.
    check(market.flow("cloud", "outside", "dividend"), 0, 0, 5)
    check(cloud.means() - cloud.credit(), 15, 5, 0)


def test_it_borrows_ahead_within_its_limit_and_from_what_lenders_have_left() -> None:
    market = Market(("bank", "cloud", "debt"))
    own = {"initial_cash_flow": 100, "initial_other_capex": 130, "prefunding": 0.5}
    cloud = a_cloud(market, initial_cash=10, debt_limit=(4, 4, 0.1), **own)
    cloud.business = worlds(100)
    market.credit.lines["cloud"] = Sealed({"bank": worlds(100, 6, 100)})
    market.has("cloud", 10)
    cloud.close()
    # It would borrow 15: the second's lender has 6 left, and the third may owe a tenth of its earnings,
    # half of it this year.
    check(cloud.debt, 15, 6, 5)


def test_debt_above_its_target_is_repaid_from_what_next_years_building_leaves() -> None:
    own: dict[str, Any] = {"initial_debt": 100, "initial_cash_flow": 100, "debt_limit": 0.5}
    own |= {"initial_other_capex": 130}
    cloud = closed(Market(*TIES), (10, 55, 200), debt_speed=1, **own)
    # It owes 50 too much. Next year it will lack 30, and it keeps at least half of its usual 10.
    check(cloud.debt, 100, 80, 50)


def test_what_it_has_borrowed_ahead_does_not_count_in_its_rating() -> None:
    market = Market(*TIES)
    market.assume("ratings", leverage_notches=1)
    cloud = a_cloud(market, initial_cash_flow=100, initial_debt=300)
    cloud.prefunded = worlds(0, 200, 300)
    # Debt of three times its cash flow, once, and none: log2(1 + 3), log2(1 + 1), log2(1).
    check(cloud.standing().pulls["leverage"], 2, 1, 0)


def test_it_expects_to_pay_chips_for_halls_that_it_will_need_and_as_many_new_halls_as_this_year() -> None:
    market = Market(*TIES)
    market.assume("compute", target_utilisation=1)
    cloud = a_cloud(market, initial_gw=10, due_in_first_year=3)
    cloud.fleet.started = worlds(2)
    leased(market, 9, 12, 20)
    check(cloud.works_ahead(), 2 * 4, 2 * 4 + 2 * 6, 2 * 4 + 3 * 6)


def test_dear_credit_stops_new_debt_whoever_lends() -> None:
    market = Market(*TIES)
    cloud = a_cloud(market, initial_cash=10, initial_cash_flow=100, initial_debt=200, debt_limit=4)
    cloud.business, cloud.ai_capex = worlds(110), worlds(90)
    cloud.given = replace(cloud.given, debt_speed=worlds(1))
    cloud.debt_ceiling = worlds(4, 2, 1)  # over earnings of 110, where rates are usual, double, fourfold
    market.has("cloud", 10)
    cloud.close()
    # It owed twice its earnings: it would owe 20 more, and may 120, 10 or none.
    check(cloud.debt, 220, 210, 200)


def test_what_matures_is_borrowed_again_or_paid_and_the_rest_is_in_default_by_its_part_of_all_dues() -> None:
    market = Market(("bank", "cloud", "debt"))
    market.add("lender", "bank", initial_depth=100, initial_capital=10)
    own = {"initial_debt": 50, "debt_term": 5, "debt_limit": 4, "debt_speed": 0}
    cloud = a_cloud(market, initial_cash=10, initial_cash_flow=100, **own)
    cloud.plan()
    check(cloud.maturing, 10)
    check(cloud.credit_limit(), 10 + 175)
    # Half of all that it may borrow is granted, and 10 of that go to what matures.
    market.credit.granted["cloud"] = worlds(0.5)
    check(cloud.credit(), 185 / 2 - 10)
    market.credit.lines["cloud"] = Sealed({"bank": worlds(10, 4, 4)})
    cloud.business, cloud.running_costs = worlds(100), worlds(30)
    market.has("cloud", 8, 8, 2)
    cloud.close()
    # The first renews all; the second renews 4 and pays 6; the third pays 2, and 4 of its dues of 40 wait.
    check(market.flow("bank", "cloud", "debt"), 10, 4, 4)
    check(market.flow("cloud", "bank", "repayment"), 10, 10, 6)
    check(cloud.debt, 50, 44, 48)
    check(cloud.cash, 8, 2, 0)
    check(cloud.default_degree, 0, 0, 0.1)


def test_before_it_defaults_it_sells_new_shares_as_far_as_the_market_takes_them() -> None:
    market = Market(("bank", "cloud", "debt"))
    market.add("lender", "bank", initial_depth=100, initial_capital=10)
    own = {"initial_debt": 50, "debt_term": 5, "debt_limit": 4, "debt_speed": 0}
    cloud = a_cloud(
        market, initial_cash=0, initial_cash_flow=100, equity_multiple=10, issue_limit=0.01, **own
    )
    cloud.plan()
    market.credit.lines["cloud"] = Sealed({"bank": worlds(0)})
    cloud.business, cloud.running_costs = worlds(100, 60, 4), worlds(0)
    market.has("cloud", 0, -1, 0)
    cloud.close()
    # Worth 1000, 600 and 40, it can sell shares for 10, 6 and 0.4; 10 mature, and the second has a bill of 1.
    check(cloud.issued, 10, 6, 0.4)
    check(market.flow("investors", "cloud", "share_issue"), 10, 6, 0.4)
    check(cloud.debt, 40, 45, 48)  # of 49.6 in the last world, 1.6 are above twelve times earnings: lost
    check(cloud.cash, 0)


def test_debt_above_twelve_times_earnings_is_in_default_and_lost() -> None:
    market = Market(*TIES)
    cloud = closed(market, (10,), (2, 2.6, -5), initial_debt=30)
    # 30 is above 24, below 31.2; without earnings nothing is paid.
    check(cloud.default_degree, 0.2, 0, 1)
    check(cloud.debt, 24, 30, 0)
    check(market.ledger.written_off["cloud"], 6, 0, 30)


def test_a_tiny_cloud_borrows_and_breaks_as_a_large_one_does() -> None:
    rates = []
    for size in (1, 1e-6):
        market = Market(*TIES)
        market.assume("ratings", leverage_notches=2, speed=0.5, spread_step=0.2)
        cloud = a_cloud(market, initial_cash=10 * size, initial_cash_flow=9 * size, initial_debt=30 * size)
        market.ratings.open()
        cloud.business = size * worlds(2, 5, 0)
        cloud.close()
        market.ratings.review()
        rates.append([cloud.borrowing_rate, cloud.default_degree, cloud.leverage])
    np.testing.assert_allclose(rates[1], rates[0], rtol=1e-9)


def test_next_years_earnings_are_business_leases_and_tenants_less_running_costs() -> None:
    market = Market(*TIES)
    cloud = a_cloud(market, initial_cash_flow=100)
    lab: Any = market.add("lab").lab
    lab.leases, lab.honoured_share = {"cloud": worlds(40)}, worlds(1, 0.5, 0)
    cloud.tenants_served, cloud.running_costs = worlds(1), worlds(5)
    cloud.close()
    check(cloud.earnings, 100 + 40 + 10 - 5, 100 + 20 + 10 - 5, 100 + 10 - 5)
