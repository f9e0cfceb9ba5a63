"""The rules of a chipmaker: chips out, money in, and a part of the profit back as equity."""

from __future__ import annotations

import numpy as np

from computeshift.agents.chipmaker import Chipmaker
from tests.agents.stub import Market, check, worlds

TIES = (("maker", "cloud", "chips"), ("other", "cloud", "chips"))


def test_it_reinvests_a_part_of_last_years_profit() -> None:
    market = Market(TIES[0])
    maker = market.add(
        "chipmaker",
        "maker",
        chip_market_share=0.5,
        unit_cost_share=0.4,
        reinvested_share=0.5,
        initial_budget=2,
        budget_growth=0.5,
        initial_cash=10,
    )
    cloud = market.add("cloud")
    role = maker.role(Chipmaker)
    check(role.means(), 2)
    cloud.supplier.fleet.completed = worlds(0, 2, 5)  # GW of chips at 6: 0, 12 and 30
    cloud.reckon()
    cloud.pay()
    maker.pay()
    # Its half: 0, 6, 15. Four tenths of it are cost.
    check(market.flow("cloud", "maker", "chips_payment"), 0, 6, 15)
    check(market.flow("cloud", "outside", "capex"), 0, 6, 15)
    check(market.flow("maker", "outside", "opex"), 0, 2.4, 6)
    check(role.revenue, 0, 6, 15)
    check(role.profit, 0, 3.6, 9)
    check(role.means(), 2, 2 + 1.8, 2 + 4.5)
    maker.close()
    check(role.means(), 3, 3 + 1.8, 3 + 4.5)


def test_others_than_builders_buy_its_chips_too() -> None:
    market = Market(TIES[0])
    maker = market.add("chipmaker", "maker", chip_market_share=1, sales_elsewhere=0.5, unit_cost_share=0.4)
    market.add("cloud").supplier.fleet.completed = worlds(0, 2, 5)  # GW of chips at 6: 0, 12 and 30
    maker.pay()
    check(market.flow("outside", "maker", "chips_payment"), 0, 6, 15)
    check(maker.role(Chipmaker).profit, 0, 0.6 * 18, 0.6 * 45)


def test_makers_that_would_sell_more_than_all_chips_share_the_market() -> None:
    market = Market(*TIES)
    market.add("chipmaker", "maker", chip_market_share=0.9)
    market.add("chipmaker", "other", chip_market_share=0.6)
    market.add("cloud").supplier.fleet.completed = worlds(5)
    check(market.chip_sales("maker"), 18)  # 0.9 of 1.5 of 30
    check(market.chip_sales("other"), 12)


def test_owners_get_the_cash_above_its_usual_and_pay_in_what_is_missing() -> None:
    market = Market()
    maker = market.add("chipmaker", "maker", initial_cash=10)
    market.has("maker", 14, 10, 3)
    maker.close()
    check(market.flow("maker", "outside", "dividend"), 4, 0, 0)
    check(market.flow("outside", "maker", "capital_call"), 0, 0, 7)
    check(maker.cash, 10)


def test_its_value_falls_with_a_leap_as_owners_doubt_that_its_chips_are_needed() -> None:
    market = Market()
    maker = market.add("chipmaker", "maker", earnings_multiple=40, leap_response=0.15)
    role = maker.role(Chipmaker)
    role.earning = worlds(80, 80, -5)
    market.frontier.leap = np.log(worlds(1, 3, 3))
    # 3 to the power of -0.15 is 0.848, as NVIDIA's fall of 17% in January 2025; a loss is worth nothing.
    check(role.market_value(), 3200, 3200 * 3**-0.15, 0)
