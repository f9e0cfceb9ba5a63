"""The capital market: mood and spreads fear losses by their size; outside money answers what it is asked."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeshift.environment.setup import Array
from computeshift.environment.state import Sealed
from tests.agents.stub import Market, check, worlds


def test_spreads_rise_by_the_part_of_all_debt_that_was_written_off_whoever_owed_it() -> None:
    market = Market()
    for name, debt in (("one", 10), ("other", 10), ("third", 20)):
        market.add("cloud", name, initial_debt=debt)
    market.draws["sentiment"] = worlds(0)
    market.ledger.write_off("one", "lenders", worlds(4, 2, 0))
    market.ledger.write_off("other", "lenders", worlds(0, 2, 0))
    market.capital.weather()
    check(market.capital.spread, 0.055, 0.055, 0.05)
    market.capital.weather()
    check(market.capital.spread, 0.05)


def test_shares_issued_besides_the_round_dilute_all_and_count_as_raised() -> None:
    market = Market(("fund", "lab", "equity"), ("investors", "lab", "equity"))
    capital = market.capital
    capital.stakes["lab"] = Sealed({"founder": worlds(0.5)})
    capital.raised["lab"] = worlds(1, 0, 0)
    capital.issue("lab", {"fund": worlds(10, 0, 30), "investors": worlds(10, 0, 0)}, worlds(80, 80, 30))
    check(capital.stake("founder", "lab"), 0.4, 0.5, 0.25)
    check(capital.stake("fund", "lab"), 0.1, 0, 0.5)
    check(capital.value["lab"], 100, 80, 60)
    check(capital.raised["lab"], 21, 0, 30)
    check(market.flow("fund", "lab", "equity"), 10, 0, 30)
    market.capital.depth = worlds(12, 12, 0)
    check(capital.outside_left(), 2, 12, 0)


def test_a_part_of_what_labs_are_worth_goes_by_what_they_train() -> None:
    market = Market(
        *(("investors", name, "equity") for name in ("sells", "trains", "nothing", "half", "patron"))
    )
    market.assume("capital", training_weight=(0, 0.5, 1))
    sales = {"sells": 90, "trains": 10, "nothing": 0, "patron": 50, "half": 20}
    trained = {"sells": 1, "trains": 3, "half": 0, "patron": 9}
    for name, revenue in sales.items():
        part = {"half": 0.5, "patron": 0}.get(name, 1)
        lab: Any = market.add("lab", name, initial_revenue=revenue, investable=part).lab
        lab.expected_growth, lab.knowledge = worlds(0), worlds(trained.get(name, 0))
    market.capital.look()
    # Ten times sales: 900, 100 and half of 200 by sales; a quarter and three of 1,100 by what they train.
    check(market.capital.prospects["sells"], 900, (900 + 275) / 2, 275)
    check(market.capital.prospects["trains"], 100, (100 + 825) / 2, 825)
    check(
        market.capital.prospects["half"], 200, 150, 100
    )  # it trains nothing, and half of it is not for sale
    check(market.capital.prospects["nothing"], 0)
    check(market.capital.prospects["patron"], 500)  # nobody may buy its shares


def test_outside_depth_answers_what_it_is_asked_while_the_window_is_open() -> None:
    market = Market(("investors", "lab", "equity"))
    capital = market.capital
    market.assume("capital", outside_response=0.5, outside_growth_most=2, outside_growth=0.1, window=0.5)
    capital.issue("lab", {"investors": worlds(10, 0, 0)}, worlds(90))

    def after(need: Array, mood: Array) -> Array:
        capital.depth, capital.sentiment = worlds(10), mood
        capital.ask_outside(need)
        return capital.depth

    # Asked for four times its depth, a deal of this year included, it doubles; in a mood halfway to a shut
    # window it grows by the root of that, and with a shut one not at all.
    check(after(worlds(30, 40, 40), worlds(1, 0.75, 0.5)), 20, 10 * 2**0.5, 10)
    check(capital.asked, 40, 40, 40)
    # What is less than its depth takes money away in any mood; a year's limits are three times and 0.35 logs.
    check(after(worlds(0, 6.4, 4000), worlds(1, 0.5, 1)), 10, 8, 30)
    check(after(worlds(0, 0, 9.99), worlds(1, 1, 0.5)), 10, 10 * np.exp(-0.35), 10 * 0.999**0.5)
    market.draws["sentiment"] = worlds(0)
    capital.depth = worlds(20)
    capital.weather()
    check(capital.depth, 22)
