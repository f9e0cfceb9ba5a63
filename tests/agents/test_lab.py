"""The rules of a lab, each world one case: plenty, short, nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from computeshift.agents.lab import Grow, Lab
from computeshift.agents.strategy import strategies_of
from computeshift.environment.setup import Array
from tests.agents.stub import Market, check, settle, worlds

TIES = (("a", "lab", "capacity"), ("b", "lab", "capacity"), ("lab", "customers", "services"))


def a_lab(market: Market, **own: Any) -> Lab:
    lab: Lab = market.add("lab", **own).lab
    return lab


def leasing(market: Market, *gw: float) -> None:
    """The lab has this much under contract."""
    market.compute.contract["a", "lab"] = worlds(*gw)


def limits(market: Market, decision: str) -> dict[str, Array]:
    return dict(next(made.limits for made in market.decisions.log if made.name == decision))


# --- what it expects ---


def test_expected_growth_follows_what_happened_and_fades() -> None:
    lab = a_lab(Market(*TIES), initial_expected_growth=0.2, growth_fade_expected=0.5, learning=0.5)
    lab.last_revenue = worlds(100)
    lab.revenue = 100 * np.exp(worlds(0.6, 0.2, -1))
    lab.learn()
    check(lab.surprise, 0.4, 0, -1.2)
    # half of (0.2 + half of the surprise): 0.5 * 0.4, 0.5 * 0.2; and 0.5 * (0.2 - 0.6) is below zero
    check(lab.expected_growth, 0.2, 0.1, 0)


def test_in_its_first_year_of_sales_there_is_no_growth_to_learn_from() -> None:
    market = Market(("lab", "customers", "services", 2025))
    lab = a_lab(market, initial_expected_growth=0.2, growth_fade_expected=0.5, learning=0.5)
    lab.last_revenue, lab.revenue = worlds(0), worlds(100)
    lab.learn()
    check(lab.surprise, 0)
    check(lab.expected_growth, 0.1)


def test_knowledge_decays_and_grows_by_training_with_efficiency_against_the_frontier_at_half_weight() -> None:
    market = Market(*TIES)
    market.assume("services", knowledge_decay=0.2)
    lab = a_lab(market, patron_budget=10, patron_growth=0.1)
    leasing(market, 6)
    lab.last_revenue = lab.revenue
    lab.knowledge, lab.used_gw, lab.training_gw = worlds(10), worlds(8), worlds(4)
    lab.log_efficiency = market.frontier.level + np.log(worlds(1, 4, 0.25))
    lab.learn()
    # four fifths of 10 stay; 4 GW of training count 1, sqrt(4) or sqrt(1/4) times
    check(lab.knowledge, 8 + 4, 8 + 8, 8 + 2)
    check(lab.training_end, 3)  # half of its compute trained, and it has 6 GW at the year's end
    check(lab.patron, 11)


# --- what it wants ---


def test_it_wants_what_revenue_and_the_race_will_need() -> None:
    market = Market(*TIES)
    # growth that fades by half each year: in 1.5 years it grows by 1 + 0.5 * 0.5 = 1.25 times today's
    double = np.log(2)
    lab = a_lab(
        market,
        initial_expected_growth=float(double / 1.25),
        growth_fade_expected=0.5,
        headroom=0.1,
        race=float(double),
        race_fade=0.5,
        race_response=1,
    )
    lab.demanded_gw, lab.training_end = worlds(10), worlds(4)
    market.services.best_quality = lab.quality + worlds(double, 5, -5)
    lab.plan()
    check(lab.inference_goal, 10 * 2 * 1.1)
    # Training doubles. A frontier at twice its knowledge doubles it again; one far ahead adds one log point,
    # and where it is far ahead itself it does not grow (ln 2 is below 1).
    check(lab.training_goal, 16, 8 * math.e, 4)
    check(lab.wanted_gw, 22 + 16, 22 + 8 * math.e, 22 + 4)
    check(lab.race, double / 2)


def test_a_follower_grows_a_quarter_as_fast_and_chases_the_frontier_no_harder() -> None:
    market = Market(*TIES)
    lab = a_lab(market, race=0.4, race_response=0.8)
    lab.adopt(lab.given, strategies_of("lab")["follow"]())
    lab.training_end = worlds(4)
    market.services.best_quality = lab.quality + worlds(0, 1, 5)
    lab.plan()
    check(lab.training_goal, 4 * np.exp(0.1), 4 * np.exp(0.3), 4 * np.exp(0.3))


def test_a_token_costs_less_each_year_by_the_drift_and_by_what_it_learns() -> None:
    market = Market(*TIES)
    lab = a_lab(market, diffusion=0.5)
    market.frontier.level_before = worlds(3)
    market.frontier.drift = worlds(np.log(2))
    lab.log_efficiency = worlds(3, 1, 0)  # on the frontier, two and three log points behind
    lab.progress()
    check(lab.log_efficiency - np.log(2), 3, 2, 1.5)


def test_who_trains_more_closes_more_of_its_distance_by_its_own_work() -> None:
    market = Market(*TIES)
    market.assume("frontier", leap_size=math.e, leap_chance=0.3)
    own: dict[str, Any] = {"diffusion": 0.5, "own_work": 0.5, "initial_training_share": 1}
    large = market.add("lab", "large", initial_capacity=6, **own).lab
    market.add("lab", "twin", stream="small", initial_capacity=2, **own)
    small = market.add("lab", "small", initial_capacity=1, **own).lab
    idle = market.add("lab", "idle", initial_efficiency=1, **own).lab
    # Others' papers close a half; of the rest the largest finds a half, a family with half its compute a
    # quarter, and who does not train finds nothing.
    check(large.closing(), 0.75)
    check(small.closing(), 0.625)
    check(idle.closing(), 0.5)
    check(market.frontier.level - idle.log_efficiency, 0.6)
    market.frontier.level_before = worlds(3)
    large.log_efficiency = idle.log_efficiency = worlds(1)
    large.progress()
    idle.progress()
    check(large.log_efficiency, 2.5)
    check(idle.log_efficiency, 2)


def test_it_starts_at_the_usual_distance_and_never_beyond_the_frontier() -> None:
    market = Market(*TIES)
    market.assume("frontier", leap_size=math.e, leap_chance=0.2)
    lab = a_lab(market, diffusion=0.5, initial_efficiency=(1, 0.5, 2))
    # A fifth of a log point a year, of which half is closed: 0.4 behind in the mean.
    check(market.frontier.level - lab.log_efficiency, 0.4, 0.4 + np.log(2), 0)


def test_siblings_share_what_their_training_taught() -> None:
    market = Market(*TIES)
    own: dict[str, Any] = {"initial_capacity": 4, "initial_training_share": 0.5}
    lab, other = a_lab(market, **own), market.add("lab", "stranger", **own).lab
    twin = market.add("lab", "twin", stream="lab", **own).lab
    check(np.exp(lab.quality), 4)
    check(np.exp(twin.quality), 4)
    check(np.exp(other.quality), 2)


def test_it_counts_on_what_its_patron_will_pay_in_the_year_for_which_it_orders() -> None:
    market = Market(*TIES)
    lab = a_lab(market, patron_budget=8, patron_growth=(0, 0.5, -0.5), initial_revenue=0, fixed_cost=0)
    lab.demanded_gw = worlds(10)
    lab.plan()
    # 8 as now; 8 * 1.5^3 = 27; 8 / 2^3 = 1; at 10 a GW
    check(limits(market, "orders")["expected_funds"], 0.8, 2.7, 0.1)


def test_it_orders_what_it_will_lack_in_two_years_and_cancels_what_it_cannot_hope_to_pay() -> None:
    market = Market(*TIES)
    own = {"patron_budget": (0, 10, 0), "initial_revenue": (210, 40, 0), "funding_confidence": 0.1}
    lab = a_lab(market, fixed_cost=10, **own)
    market.capital.value["lab"] = worlds(0, 100, 0)
    leasing(market, 4)
    market.compute.backlog["a", "lab"] = worlds(2)
    lab.demanded_gw = worlds(10)
    lab.plan()
    # It will want 10 GW, and has 4 and 2 on order. At 10 a GW it can pay
    # 210 - 10: 20 GW; 40 - 10 + a tenth of its value of 100 + 10 of its patron: 5 GW; nothing.
    check(limits(market, "orders")["expected_funds"], 20, 5, 0)
    check(market.compute.ordered["lab"], 4, 0, 0)
    check(market.compute.cancelled["lab"], 0, 0.5, 1)  # one of 2 GW; all


# --- what it asks of investors ---


def test_it_asks_for_what_its_plan_costs_within_its_runway_as_far_as_owners_would_be_diluted() -> None:
    market = Market(*TIES)
    lab = a_lab(
        market,
        initial_cash=(20, 20, 50),
        initial_revenue=40,
        fixed_cost=10,
        patron_budget=5,
        runway=2,
        dilution_limit=0.2,
    )
    market.capital.marked["lab"] = worlds(100, 40, 100)
    leasing(market, 2)
    lab.wanted_gw, lab.planned_gw = worlds(6), worlds(10)
    # It goes from 2 to 6 and 8 GW: 4 in the mean of this year and 7 of the next, at 10. With 10 for people,
    # less 40 and 5 of its patron, it burns 5 and 35.
    check(lab.funding_need(), 40)
    ask = lab.ask()
    assert ask is not None
    # Less its cash: 20, 20, none. A fifth after the round is a quarter of what it was worth before: 25,
    # 10, 25.
    check(ask.amount, 20, 10, 0)
    check(ask.pre_money, 100, 40, 100)
    check(ask.unconditional, 1)


def test_a_plan_is_funded_at_its_deepest_point_and_its_last_year_counts_to_the_end_of_the_runway() -> None:
    market = Market(*TIES)
    own: dict[str, Any] = {"fixed_cost": 20, "runway": (0.5, 2, 5)}
    lab = a_lab(market, initial_revenue=20, initial_expected_growth=np.log(2), growth_fade_expected=1, **own)
    leasing(market, 2)
    lab.wanted_gw = lab.planned_gw = worlds(6)
    # 4, 6 and 6 GW at 10 and 20 for people, less 40, 80 and 160: it burns 20, then nothing, then earns 80.
    check(lab.funding_need(), 10, 20, 20)
    idle = a_lab(Market(*TIES), patron_budget=10, patron_growth=-0.5, **own)
    # People cost 20; its patron pays 10, 5 and 2.5.
    check(idle.funding_need(), 5, 10 + 15, 10 + 15 + 3 * 17.5)


def test_what_it_is_worth_grows_with_what_it_expects_and_falls_by_what_it_leaves_unpaid() -> None:
    lab = a_lab(Market(*TIES), initial_revenue=100)
    lab.expected_growth = np.log(worlds(1, 1.5, 1.5))
    lab.firm.default_degree = worlds(0, 0.01, 0.9)
    lab.market.capital.look()
    lab.market.capital.size = worlds(1)
    # 10 times 100; 10 + 20 * 0.5 = 20 times 150, less a hundredth of it; half of it
    check(lab.market_value(), 1000, 2970, 1500)


def test_all_labs_together_are_worth_less_than_their_ceiling_however_large_they_are() -> None:
    market = Market(*TIES)
    market.assume("capital", value_ceiling=0.1)
    market.capital.world_product = worlds(50_000)
    labs = [market.add("lab", name, initial_revenue=(1, 100, 1000)).lab for name in ("one", "two")]
    for lab in labs:
        lab.expected_growth = worlds(0)
    market.capital.look()
    # Ten times their revenue is 10, 1,000 and 10,000 each; the ceiling of both is 5,000.
    together = worlds(20, 2000, 20_000)
    check(sum(lab.market_value() for lab in labs), *(together / (1 + together / 5000)))
    assert (labs[0].market_value() * 2 < 5000).all()


# --- what it can pay for ---


def test_its_budget_cuts_what_it_wants() -> None:
    market = Market(*TIES)
    lab = a_lab(
        market,
        initial_cash=(10, 10, 0),
        initial_revenue=(20, 20, 0),
        patron_budget=(0, 0, 15),
        reserve=0.5,
        fixed_cost=5,
    )
    leasing(market, 1)
    lab.wanted_gw = worlds(5, 2, 5)
    lab.build()
    # Half of its cash, 5, and 20 - 5 earned: 20 pay for 2 GW on average; with 1 at the beginning, for 3
    # at the end. The third has 15 - 5 of its patron: 1 GW on average.
    check(limits(market, "compute_budget")["money"], 3, 3, 1)
    # Next year it earns 15 again: with 2 GW at the end, this year costs 15 and leaves 5, and that year 20.
    # The second wants no more. The third's patron pays 10 again, for 1 GW.
    check(limits(market, "compute_budget")["next_year"], 2, 2, 1)
    check(lab.wanted_gw, 2, 2, 1)


def test_money_beyond_its_contracts_and_its_runway_brings_orders_forward() -> None:
    market = Market(*TIES)
    market.assume("compute", term=2)
    own: dict[str, Any] = {"initial_revenue": 130, "fixed_cost": 10, "reserve": 0.5, "runway": 2}
    lab = a_lab(market, initial_cash=(200, 170, 200), **own)
    market.compute.prices.spot = worlds(20)
    leasing(market, 4)
    market.compute.backlog["a", "lab"] = worlds(6, 6, 0.5)
    lab.wanted_gw = worlds(4)
    # With its orders it has 10 GW, which cost 200 at 20 and 10 for people, less 130: two years take 160.
    # Of the 40 and 10 beyond it spends a half, at 20 a GW; the third has half a GW on order.
    check(lab.brought_forward(), 1, 0.25, 0.5)
    lab.build()
    check(lab.wanted_gw, 4 + 2 / 3, 4 + 1 / 6, 4 + 1 / 3)  # a third of its orders was due anyway
    lab.last_revenue, lab.used_gw, lab.training_gw = lab.revenue, worlds(4), worlds(2)
    lab.learn()
    check(lab.training_end, *(0.5 * (4 - np.array([2 / 3, 1 / 6, 1 / 3]))))  # it is no base of the race
    burning = a_lab(Market(*TIES), initial_cash=20, fixed_cost=10, runway=2)
    check(burning.brought_forward(), 0)


def test_it_orders_on_its_own_cash_over_its_runway() -> None:
    market = Market(*TIES)
    lab = a_lab(market, initial_cash=(0, 60, 120), initial_revenue=40, reserve=0.5, runway=3)
    lab.demanded_gw = worlds(100)
    lab.plan()
    # 40 a year, and half of its cash over three years, at 10 a GW.
    check(limits(market, "orders")["expected_funds"], 4, 5, 6)


def test_it_answers_first_and_trains_on_the_rest_down_to_a_floor() -> None:
    market = Market(*TIES)
    lab = a_lab(market, training_floor=0.2)
    market.compute.used["lab"] = worlds(10)
    lab.serve(worlds(5, 16, 0), price=worlds(1), spending=worlds(100, 100, 0))
    # 2 of its 10 GW always train: it answers at most on 8
    check(lab.inference_gw, 5, 8, 0)
    check(lab.training_gw, 5, 2, 10)
    check(lab.unserved_share, 0, 0.5, 0)
    check(lab.revenue, 100, 50, 0)


def test_it_asks_its_margin_and_more_where_it_turned_customers_away() -> None:
    lab = a_lab(Market(*TIES), target_margin=0.4, shortage_pricing=(1, 1, 0.5))
    lab.unserved_share = worlds(0, 0.5, 0.75)
    check(
        lab.asking_price(worlds(6)), 10, 20, 20
    )  # 6 are six tenths of 10; twice and four times too many ask


def test_people_come_before_leases_and_suppliers_share_what_is_left() -> None:
    market = Market(*TIES)
    lab = a_lab(market, initial_cash=(20, 6, 1), fixed_cost=2)
    leasing(market, 0.6)
    market.compute.contract["b", "lab"] = worlds(0.4)
    lab.used_gw, lab.training_gw = worlds(4), worlds(1)
    lab.reckon()
    settle(lab)
    lab.pay()
    # Owes 10 and 2 for people. Has 20: pays all. Has 6: pays people 2, then 4 of 10. Has 1: half its people.
    check(lab.lease_due, 10)
    check(market.flow("lab", "outside", "opex"), 2, 2, 1)
    check(lab.honoured_share, 1, 0.4, 0)
    check(market.flow("lab", "a", "lease"), 6, 2.4, 0)
    check(market.flow("lab", "b", "lease"), 4, 1.6, 0)
    check(lab.default_degree, 0, 6 / 12, 11 / 12)  # of all that it owes
    check(market.flow("lab", "a", "unpaid"), 0, 3.6, 6)
    check(market.flow("lab", "b", "unpaid"), 0, 2.4, 4)
    check(lab.cash, 8, 0, 0)
    check(lab.training_spend, 2.5, 1, 0)  # a quarter of its compute trained
    check(lab.inference_spend, 7.5, 3, 0)
    check(lab.burn, 12, 6, 1)


def test_a_lab_without_leases_is_in_default_by_the_part_that_its_people_do_not_get() -> None:
    for leases in (0.0, 1e-9):
        market = Market(*TIES)
        lab = a_lab(market, initial_cash=(5, 4, 0), fixed_cost=5)
        if leases:
            leasing(market, leases)
        lab.reckon()
        settle(lab)
        np.testing.assert_allclose(lab.default_degree, [0, 0.2, 1], atol=1e-8)


def test_a_patron_pays_what_cash_lacks_within_its_budget() -> None:
    market = Market(*TIES)
    lab = a_lab(market, initial_cash=(20, 0, 0), fixed_cost=2, patron_budget=(7, 20, 7))
    leasing(market, 1)
    lab.reckon()
    settle(lab)
    lab.pay()
    check(market.flow("outside", "lab", "capital_call"), 0, 12, 7)
    check(lab.honoured_share, 1, 1, 0.5)  # 7 - 2 of 10


def test_it_gives_back_what_it_did_not_pay_for_and_keeps_at_least_a_tenth() -> None:
    market = Market(*TIES)
    lab = a_lab(market)
    lab.lacking = worlds(0, 0.01, 0.95)
    lab.close()
    check(market.compute.kept["lab"], 1, 0.99, 0.1)


def test_a_strategy_scales_what_it_expects_asks_and_trains() -> None:
    class Timid(Grow):
        ambition, optimism, discount, raising, term = 0.0, 0.5, 0.5, 0.1, 0.7

    market = Market(*TIES)
    lab = a_lab(
        market, initial_expected_growth=0.2, race=1, target_margin=0.4, growth_fade_expected=1, runway=1
    )
    lab.adopt(lab.given, Timid())
    lab.training_end = worlds(4)
    lab.plan()
    check(lab.training_goal, 4)
    lab.revenue = worlds(100)
    check(lab.expected_revenue(), 100 * np.exp(0.1))
    check(lab.asking_price(worlds(8)), 10)  # a margin of 0.2
    assert lab.contract_length() == 0.7
    lab.revenue, lab.wanted_gw = worlds(0), worlds(4)
    market.capital.marked["lab"] = worlds(0)
    ask = lab.ask()
    assert ask is not None
    check(limits(market, "equity_ask")["need"], 2)  # a tenth of 2 GW at 10, as it goes from none to 4
