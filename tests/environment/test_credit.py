"""Credit: what lenders agree to, who is owed what, and what losses do to lending. Hand-made numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import computeshift as cs
from computeshift.environment.setup import Array
from tests.agents.stub import Market, check, worlds

TIES = (
    ("bank", "one", "debt"),
    ("fund", "one", "debt"),
    ("bank", "two", "debt"),
)
USUAL: dict[str, Any] = {"initial_depth": 30, "initial_capital": 10, "loss_response": 1, "recovery": 0.5}


class Borrower:
    """A firm that asks for so much, $ bn."""

    lender = None
    takes = frozenset({"debt"})

    def __init__(self, name: str, asks: Array, owes: Array) -> None:
        self.name, self.initial_debt, self.asks = name, owes, asks

    def credit_asked(self) -> Array:
        return self.asks

    def credit_limit(self) -> Array:
        return self.asks


def lending(one: Array, two: Array, **bank: float) -> Market:
    """A bank can lend 30, a fund 10: one firm borrows of both, the other of the bank."""
    market = Market(*TIES)
    market.add("lender", "bank", **USUAL | bank)
    market.add("lender", "fund", **USUAL | {"initial_depth": 10})
    for name, asks in (("one", one), ("two", two)):
        market.firms[name] = Borrower(name, asks, worlds(20))  # type: ignore[assignment]
        market.ledger.debt[name] = worlds(20)
        market.credit.found(market.firms[name])
    market.credit.clear()
    return market


def owed(market: Market, lender: str, borrower: str) -> Array:
    return market.credit.owed[borrower][lender]


def test_debts_of_the_start_are_owed_by_what_each_lender_can_lend() -> None:
    market = lending(worlds(0), worlds(0))
    check(owed(market, "bank", "one"), 15)
    check(owed(market, "fund", "one"), 5)
    check(owed(market, "bank", "two"), 20)
    check(market.credit.owed_to("bank"), 35)


def test_lenders_give_all_who_ask_the_same_part_and_a_second_lender_fills_what_one_lacks() -> None:
    market = lending(worlds(20, 40, 40), worlds(10, 30, 0))
    # First: both ask 25 of the bank in world 0; 60 in world 1, of which it has 30; in world 2 there is room.
    # Then one asks the fund for more, which has lent all of its 10 in world 1.
    check(market.credit.line("one"), 20, 25, 40)
    check(market.credit.line("two"), 10, 15, 0)
    check(market.credit.part_granted("one"), 1, 25 / 40, 1)
    check(market.credit.part_granted("two"), 1, 0.5, 1)


def test_it_asks_its_other_lender_for_what_the_first_had_no_room_for() -> None:
    market = lending(worlds(12), worlds(60))
    # The bank is asked 9 and 60, and gives 30/69 of each; the fund gives 3 of 10, and then the rest.
    check(market.credit.line("one"), 12)
    check(market.credit.line("two"), 60 * 30 / 69)


def test_what_is_drawn_repaid_and_lost_is_shared_in_proportion_and_books_agree() -> None:
    market = lending(worlds(20), worlds(0))
    market.credit.lend("one", worlds(8))
    check(owed(market, "bank", "one"), 21)
    check(owed(market, "fund", "one"), 7)
    check(market.credit.line("one"), 12)
    check(market.flow("bank", "one", "debt"), 6)
    market.credit.repay("one", worlds(4))
    market.credit.pay_interest("one", worlds(2))
    check(market.flow("one", "bank", "repayment"), 3)
    check(market.flow("one", "fund", "interest"), 0.5)
    market.credit.write_off("one", worlds(12, 0, 24))
    check(owed(market, "bank", "one"), 9, 18, 0)
    market.credit.lend_on("one", worlds(0, 4, 4))
    check(owed(market, "bank", "one"), 9, 21, 2)  # of who owes nothing any more each lends on a half
    check(market.ledger.debt["one"], 12, 28, 4)


def test_capital_bears_losses_and_a_lender_lends_less_until_it_is_back() -> None:
    market = lending(worlds(20), worlds(0))
    bank: Any = market.firms["bank"].lender
    market.credit.write_off("one", worlds(4, 0, 20))  # three quarters of it are the bank's
    market.credit.close()
    check(bank.capital, 7, 10, 0)
    check(bank.depth(), 21, 30, 0)
    bank.plan()
    check(bank.capital, 8.5, 10, 5)
    check(market.ledger.cash["bank"], 0)
    check(market.flow("one", "bank", "write_off"), 3, 0, 15)


def test_a_bad_mood_and_a_strict_lender_lend_less() -> None:
    market = lending(worlds(0), worlds(0), mood_response=2)
    market.capital.sentiment = worlds(1, 0.5, 2)
    assert market.firms["bank"].lender is not None
    check(market.firms["bank"].lender.depth(), 30, 7.5, 120)
    strict = Market(*TIES).add("lender", "bank", "strict", **USUAL)
    check(strict.lender.depth(), 0.33 * 30)


def test_without_a_named_lender_whatever_is_asked_is_lent() -> None:
    market = Market(("lenders", "cloud", "debt"))
    market.add("cloud", initial_debt=5)
    assert (market.credit.line("cloud") == np.inf).all()
    market.credit.lend("cloud", worlds(1e6))
    check(market.credit.owed["cloud"]["lenders"], 5 + 1e6)


@pytest.mark.parametrize("storm", [{}, {"shocks.sentiment_fall.size": 0.6, "shocks.demand_fall.size": 0.5}])
def test_debt_is_owed_to_somebody_and_lenders_lose_what_is_written_off(storm: dict[str, float]) -> None:
    market = cs.market("baseline", worlds=40, set=storm)
    while market.running:
        market.step()
        for borrower, by_lender in market.credit.owed.items():
            np.testing.assert_allclose(sum(by_lender.values()), market.ledger.debt[borrower], atol=1e-9)
        lenders: list[Any] = [*market.credit.lenders.values()]
        lost = sum((lender.losses for lender in lenders), market.ledger.zero)
        written = (flow.amount for flow in market.ledger.this_year() if flow.kind == "write_off")
        np.testing.assert_allclose(lost, sum(written, market.ledger.zero), atol=1e-9)


def test_the_order_of_lenders_changes_nothing() -> None:
    first, second = lending(worlds(20, 40, 12), worlds(10, 30, 60)), Market(*reversed(TIES))
    second.add("lender", "fund", **USUAL | {"initial_depth": 10})
    second.add("lender", "bank", **USUAL)
    for name, asks in (("two", worlds(10, 30, 60)), ("one", worlds(20, 40, 12))):
        second.firms[name] = Borrower(name, asks, worlds(20))  # type: ignore[assignment]
        second.ledger.debt[name] = worlds(20)
        second.credit.found(second.firms[name])
    second.credit.clear()
    for name in ("one", "two"):
        np.testing.assert_allclose(first.credit.line(name), second.credit.line(name), rtol=1e-12)
