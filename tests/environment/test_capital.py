"""The capital market: mood and spreads fear losses by their size."""

from __future__ import annotations

from tests.agents.stub import Market, check, worlds


def test_spreads_rise_by_the_part_of_all_debt_that_was_written_off_whoever_owed_it() -> None:
    market = Market()
    for name, debt in (("one", 10), ("other", 10), ("third", 20)):
        market.add("cloud", name, initial_debt=debt)
    market.draws["sentiment"] = worlds(0)
    market.ledger.write_off("one", worlds(4, 2, 0))
    market.ledger.write_off("other", worlds(0, 2, 0))
    market.capital.weather()
    check(market.capital.spread, 0.055, 0.055, 0.05)
    market.capital.weather()
    check(market.capital.spread, 0.05)
