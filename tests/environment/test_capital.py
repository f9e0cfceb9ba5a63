"""The capital market: mood and spreads fear losses by their size."""

from __future__ import annotations

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
