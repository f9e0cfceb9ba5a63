"""Credit: what lenders agree to, who is owed what, and what losses do to lending. Hand-made numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import computeshift as cs
from computeshift.agents import KINDS
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array
from computeshift.environment.state import Sealed
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup
from tests.agents.stub import Market, check, worlds
from tests.behaviour.worlds import STORM

TIES = (
    ("bank", "one", "debt"),
    ("fund", "one", "debt"),
    ("bank", "two", "debt"),
)
USUAL: dict[str, Any] = {"initial_depth": 30, "initial_capital": 10, "loss_response": 1, "recovery": 0.5}


class Borrower:
    """A firm that asks for so much, $ bn."""

    lender = None
    has_debt = True
    initial_coupon = worlds(0.04)

    def __init__(self, name: str, asks: Array, owes: Array) -> None:
        self.name, self.initial_debt, self.asks = name, owes, asks

    def credit_asked(self) -> Array:
        return self.asks

    def credit_limit(self) -> Array:
        return np.maximum(self.asks, 1e-6)


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


def near(actual: Array, *expected: float) -> None:
    """As `check`, but for the hair that a firm asks for that needs nothing."""
    np.testing.assert_allclose(actual, worlds(*expected), atol=2e-6)


def owed(market: Market, lender: str, borrower: str) -> Array:
    return market.credit.owed[borrower][lender]


def test_debts_of_the_start_are_owed_by_what_each_lender_can_lend() -> None:
    market = lending(worlds(0), worlds(0))
    check(owed(market, "bank", "one"), 15)
    check(owed(market, "fund", "one"), 5)
    check(owed(market, "bank", "two"), 20)
    check(market.credit.owed_to("bank"), 35)


def test_each_lender_extends_its_own_part_of_what_falls_due_to_it() -> None:
    market = lending(worlds(0), worlds(0), extension=0.2)
    # Of 8 that fall due 6 are the bank's, which extends a fifth; 2 are the fund's, which extends nothing.
    check(market.credit.extendable("one", worlds(8)), 1.2)
    market.credit.extend("one", worlds(1), worlds(0))
    check(owed(market, "bank", "one"), 16)
    check(owed(market, "fund", "one"), 5)


def test_lenders_extend_their_own_parts_of_debt_that_falls_due_as_a_whole() -> None:
    market = lending(worlds(0), worlds(0), extension=1)
    bank, fund = (cast("Any", market.firms[name].lender) for name in ("bank", "fund"))
    fund.given = bank.given
    # The firm owes the bank 15 and the fund 5, pays back all, and each lends on half of its part.
    market.credit.extend("one", worlds(10), repaid=worlds(20))
    check(owed(market, "bank", "one"), 7.5)
    check(owed(market, "fund", "one"), 2.5)


def test_lenders_give_all_who_ask_the_same_part_and_a_second_lender_fills_what_one_lacks() -> None:
    market = lending(worlds(20, 40, 40), worlds(10, 30, 0))
    # First: both ask 25 of the bank in world 0; 60 in world 1, of which it has 30; in world 2 there is room.
    # Then one asks the fund for more, which has lent all of its 10 in world 1.
    near(market.credit.line("one"), 20, 25, 40)
    near(market.credit.line("two"), 10, 15, 0)
    near(market.credit.part_granted("one"), 1, 25 / 40, 1)
    near(market.credit.part_granted("two"), 1, 0.5, 1)


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


def test_in_a_crunch_a_lender_rations_whatever_interest_is_paid() -> None:
    market = lending(worlds(0), worlds(0), crunch_response=np.log(2) / 3)
    market.strike("credit_crunch", 0, 300, 600)
    assert market.firms["bank"].lender is not None
    check(market.firms["bank"].lender.depth(), 30, 15, 7.5)  # it halves with every three points


def test_an_easy_lender_goes_two_notches_further_down_and_a_strict_one_two_less() -> None:
    market = Market(*TIES)
    market.assume("ratings", lenders_step=1)
    market.ratings.notch["one"] = worlds(13, 15, 11)
    half = market.ratings.part_lent(worlds(13), "one")[0]
    assert half == pytest.approx(0.5, abs=1e-4)
    for strategy, world in (("default", 0), ("easy", 1), ("strict", 2)):
        lender: Any = market.add("lender", strategy, strategy, **USUAL, cut_off=13).lender
        assert lender.part_lent("one")[world] == pytest.approx(half, abs=1e-3), strategy


def test_without_a_named_lender_whatever_is_asked_is_lent() -> None:
    market = Market(("lenders", "cloud", "debt"))
    market.add("cloud", initial_debt=5)
    assert (market.credit.line("cloud") == np.inf).all()
    market.credit.lend("cloud", worlds(1e6))
    check(market.credit.owed["cloud"]["lenders"], 5 + 1e6)


def test_debt_is_owed_to_somebody_and_lenders_lose_what_is_written_off(tmp_path: Path) -> None:
    path = tmp_path / "storm.yaml"
    loan = "kind: loan, from: banks, to: openai, signed: 2025, first: 2026, last: 2027, amount: 4, rate: 0.1"
    path.write_text(f"asks: x\nextends: six\ndeals: {{loan: {{{loan}}}}}\n", "utf-8")
    market, all_lost = cs.market(path, worlds=40, set=STORM), 0.0
    while market.running:
        market.step()
        owed: dict[str, Array] = {}
        for (_, borrower), amount in market.credit.books().items():
            owed[borrower] = owed.get(borrower, market.ledger.zero) + amount
        for borrower, amount in owed.items():
            np.testing.assert_allclose(amount, market.ledger.debt[borrower], atol=1e-9)
        for borrower in ("softbank", "oracle", "stargate"):
            assert market.ledger.cash[borrower].min() > -1e-9  # what it lacks it borrows, or owes on
        lenders: list[Any] = [*market.credit.lenders.values()]
        lost = sum((lender.losses for lender in lenders), market.ledger.zero)
        written = (flow.amount for flow in market.ledger.this_year() if flow.kind == "write_off")
        np.testing.assert_allclose(lost, sum(written, market.ledger.zero), atol=1e-9)
        all_lost += float(lost.sum())
        if market.year == 2025:
            lent = next(
                flow
                for flow in market.ledger.this_year()
                if (flow.source, flow.target) == ("banks", "openai")
            )
            np.testing.assert_allclose(lent.amount, 4)
    assert all_lost > 1


def test_what_a_firm_gets_of_a_little_more_does_not_jump_where_it_needs_nothing() -> None:
    markets = [lending(worlds(ask), worlds(90)) for ask in (0, 1e-5, 1e-3)]
    parts = [market.credit.part_granted("one") for market in markets]
    np.testing.assert_allclose(parts[0], parts[1], rtol=1e-3)
    np.testing.assert_allclose(parts[0], parts[2], rtol=1e-3)


@pytest.mark.parametrize("kind", ["[cloud, lender]", "[lab, lender]", "[investor, lender]"])
def test_a_lender_of_several_roles_lends_others_money_and_the_order_of_firms_moves_nothing(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "both.yaml"
    firm = f"both: {{kind: {kind}, initial_depth: 30, initial_capital: 5}}"
    edges = ["both, oracle, debt"]
    if "lab" in kind:
        edges += ["other_cloud, both, capacity", "both, customers, services", "investors, both, equity"]
    listed = "".join(f"  - [{edge}]\n" for edge in edges)
    path.write_text(f"asks: x\nextends: six\nfirms:\n  {firm}\nedges:\n{listed}", "utf-8")
    config = load(path)
    given = setup(config, design(config, worlds=20))
    turned = replace(given, firms=given.firms[::-1], edges=given.edges[::-1])
    markets = [ComputeMarket(own, KINDS) for own in (given, turned)]
    for market in markets:
        while market.running:
            market.step()
            purses: Any = market.firms["both"]
            np.testing.assert_allclose(purses.purses["lender"], 0, atol=1e-9)
    for holder, cash in markets[0].ledger.cash.items():
        np.testing.assert_allclose(cash, markets[1].ledger.cash[holder], rtol=1e-9, atol=1e-7)
    for holder, debt in markets[0].ledger.debt.items():
        np.testing.assert_allclose(debt, markets[1].ledger.debt[holder], rtol=1e-9, atol=1e-7)


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


def drawn(seed: int, split: bool) -> dict[str, Array]:
    """What two firms get of two lenders, each ready for a part; one of them may be split in two halves."""
    rng = np.random.default_rng(seed)
    depths = dict(zip(("bank", "fund"), rng.uniform(1, 60, 2), strict=True))
    ready = {(lender, firm): worlds(*rng.uniform(0, 1, 3)) for lender in depths for firm in ("one", "two")}
    asks = {firm: worlds(*rng.uniform(0, 60, 3)) for firm in ("one", "two")}
    halves = {"bank": ("bank", "twin") if split else ("bank",), "fund": ("fund",)}
    ties = [(half, firm, "debt") for lender, firm in ready for half in halves[lender]]
    market = Market(*ties)
    for lender, parts in halves.items():
        for half in parts:
            firm = market.add("lender", half, **USUAL | {"initial_depth": depths[lender] / len(parts)})
            firm.lender.part_lent = lambda borrower, lender=lender: ready[lender, borrower]
    for name, wanted in asks.items():
        market.firms[name] = Borrower(name, wanted, worlds(20))  # type: ignore[assignment]
    market.credit.clear()
    return {name: market.credit.line(name) for name in asks}


@pytest.mark.parametrize("seed", range(20))
def test_a_lender_that_is_split_in_two_halves_lends_what_it_lent(seed: int) -> None:
    whole, halves = drawn(seed, split=False), drawn(seed, split=True)
    for name, line in whole.items():
        np.testing.assert_allclose(halves[name], line, rtol=1e-12, atol=1e-12)


def test_lenders_that_are_ready_for_a_half_lend_a_half_and_a_readier_one_goes_on_alone() -> None:
    market = Market(("bank", "one", "debt"), ("fund", "one", "debt"))
    for name, depth, ready in (("bank", 90, worlds(0.5)), ("fund", 10, worlds(0.5, 1, 0.25))):
        lender = market.add("lender", name, **USUAL | {"initial_depth": depth}).lender
        lender.part_lent = lambda borrower, ready=ready: ready
    market.firms["one"] = Borrower("one", worlds(12), worlds(0))  # type: ignore[assignment]
    market.credit.clear()
    # Half of 12 comes of both by their depth; then the fund, where it is sure, gives the rest; where it is
    # ready for a quarter alone it stops at 3 of all that is lent.
    check(market.credit.line("one"), 6, 12, 6)
    check(market.credit.lines["one"]["fund"], 0.6, 0.6 + 6, 0.3)
    check(market.credit.part_granted("one"), 0.5, 1, 0.5)


def test_losses_fall_on_what_nothing_secures_before_they_reach_what_collateral_backs() -> None:
    market = lending(worlds(0), worlds(0), security=0.8)
    # The bank is owed 15, of which 3 unsecured, the fund 5 without security.
    market.credit.write_off("one", worlds(4, 8, 20))
    check(market.flow("one", "bank", "write_off"), 4 * 3 / 8, 3, 15)
    check(market.flow("one", "fund", "write_off"), 4 * 5 / 8, 5, 5)
    check(owed(market, "bank", "one"), 13.5, 12, 0)
    check(owed(market, "fund", "one"), 2.5, 0, 0)


@given(
    owes=st.lists(st.floats(0.1, 100), min_size=2, max_size=2),
    security=st.floats(0, 1),
    part=st.floats(0, 1),
)
def test_lenders_lose_exactly_what_is_written_off_and_no_more_than_they_are_owed(
    owes: list[float], security: float, part: float
) -> None:
    market = lending(worlds(0), worlds(0), security=security)
    market.credit.owed["one"] = Sealed({"bank": worlds(owes[0]), "fund": worlds(owes[1])})
    amount = worlds(part * sum(owes))
    market.credit.write_off("one", amount)
    lost = [market.flow("one", lender, "write_off") for lender in ("bank", "fund")]
    np.testing.assert_allclose(sum(lost), amount, atol=1e-9)
    for mine, owed_before in zip(lost, owes, strict=True):
        assert (mine <= owed_before + 1e-9).all()
