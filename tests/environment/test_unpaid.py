"""Partly paid shares, by hand: what a deal posts year by year, and what becomes of what nobody can pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from computeshift.environment.deals import DEAL_KINDS
from computeshift.environment.rounds import Ask, Terms
from computeshift.environment.setup import Array, Deal
from computeshift.environment.state import Sealed
from tests.agents.stub import Market, Number, check, worlds

TIE = ("fund", "lab", "equity")
USUAL: dict[str, Number] = {"amount": 100, "pre_money": 400, "upfront": 0.2}


def a_market(*ties: tuple[str, ...], budget: Number = 1000) -> Market:
    """A fund with a yearly budget, and a lab of which a founder holds half."""
    market = Market(TIE, *ties)
    market.add("investor", "fund", initial_budget=budget, pledge=1, upfront=0.2)
    market.add("openai", "lab")
    market.capital.stakes["lab"] = Sealed({"founder": worlds(0.5)})
    market.capital.value["lab"] = worlds(400)
    return market


def agree(market: Market, draw: Number = 0.5, numbers: Mapping[str, Number] = USUAL, **own: Any) -> None:
    """A deal between the two is given: a fifth of 100 at once in 2025, the rest in 2026 and 2027."""
    usual = {name: n.usual for name, n in DEAL_KINDS["equity"].numbers.items() if not n.condition}
    for name, number in {**usual, **USUAL, **numbers}.items():
        values = number if isinstance(number, tuple) else (number,)
        market.setup.parameters[f"deals.round.{name}"] = worlds(*values)  # type: ignore[index]
    deal = replace(Deal("round", "equity", "fund", "lab", 2025, 2026, 2027), **own)
    market.setup = replace(market.setup, deals=(deal,))
    market.draws["deal round"] = worlds(*(draw if isinstance(draw, tuple) else (draw,)))


def pass_year(market: Market, year: int) -> None:
    """Its deals are settled, and what is owed is written down."""
    market.year = market.network.year = year
    market.ledger.open_year(year)
    market.capital.rounds.clear = lambda: None  # type: ignore[method-assign]
    market.capital.clear()
    market.capital.unpaid.record()


def paid(market: Market, investor: str = "fund") -> Array:
    return market.flow(investor, "lab", "equity")


def test_a_deal_posts_its_shares_at_once_and_its_money_on_its_dates() -> None:
    market = a_market()
    agree(market, draw=(0.1, 0.6, 0.3), numbers={"chance": 0.6})  # the second is not signed
    capital, unpaid = market.capital, market.capital.unpaid
    for year, money, owed in ((2025, 20, 80), (2026, 40, 40), (2027, 40, 0), (2028, 0, 0)):
        pass_year(market, year)
        check(paid(market), money, 0, money)
        check(market.firms["lab"].logged("raised"), money, 0, money)
        check(unpaid.owed_by("fund"), owed, 0, owed)
        check(market.firms["lab"].logged("committed"), owed, 0, owed)
        check(market.flow("fund", "lab", "commitment"), owed, 0, owed)
        check(capital.stake("fund", "lab"), 0.2, 0, 0.2)
        check(capital.stake("founder", "lab"), 0.4, 0.5, 0.4)
        check(market.firms["lab"].logged("subscribed"), *([100, 0, 100] if year == 2025 else [0]))
        state = market.deals.log[-1]
        assert (state.year, state.name, state.source, state.given) == (year, "round", "fund", True)
        check(state.numbers["due"], money, 0, money)
        check(state.numbers["left"] + state.numbers["paid"] + state.numbers["cut"], 100, 0, 100)
    check(capital.value["lab"], 500, 400, 500)
    check(market.ledger.cash["lab"], 100, 0, 100)
    assert not unpaid.tranches


def test_what_hangs_on_a_condition_waits_for_it_and_lapses_after_the_last_date() -> None:
    market = a_market()
    agree(market, numbers={"conditional": 0.4}, conditions=("converted",))
    lab: Any = market.firms["lab"]
    for year, converted, money, owed in (
        (2025, (0, 0, 0), (20, 20, 20), (80, 80, 80)),
        (2026, (1, 0, 0), (40, 20, 20), (40, 60, 60)),  # half of the 40 that are free, and of those that wait
        (2027, (1, 1, 0), (40, 60, 20), (0, 0, 0)),  # in the third 40 lapse, with their shares of 0.08
    ):
        lab.converted = worlds(*converted)
        pass_year(market, year)
        check(paid(market), *money)
        check(market.capital.unpaid.owed_to("lab"), *owed)
    check(market.capital.stake("fund", "lab"), 0.2, 0.2, 0.12 / 0.92)
    check(market.flow("fund", "lab", "lapse"), 0, 0, 40)


def test_what_waits_for_a_listing_falls_due_with_it_and_lapses_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    market = a_market()
    agree(market, numbers={"conditional": 0.4}, conditions=("listed",))
    market.setup.parameters["lab.listed"] = worlds(2026, 2026.5, 2040)  # type: ignore[index]
    for year, money, owed in (
        (2025, (20, 20, 20), (80, 80, 80)),
        (2026, (40, 30, 20), (40, 50, 60)),  # in the second it is listed for half of the year
        (2027, (40, 50, 20), (0, 0, 0)),
    ):
        pass_year(market, year)
        check(paid(market), *money)
        check(market.capital.unpaid.owed_to("lab"), *owed)
    check(market.flow("fund", "lab", "lapse"), 0, 0, 40)


def test_what_is_paid_per_gw_falls_due_as_they_come_and_the_rest_lapses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    market = a_market()
    unpaid = market.capital.unpaid
    numbers: dict[str, Number] = {"conditional": 0.8, "gw": 4}
    agree(market, numbers=numbers, conditions=("gw delivered",), first=2026, last=2028)
    for year, gw, money, owed in (
        (2025, (1, 1, 1), (20, 20, 20), (80, 80, 80)),  # none of its years: 80 are for four GW to come
        (2026, (1, 0, 2), (20, 0, 40), (60, 80, 40)),
        (2027, (1, 0, 3), (20, 0, 40), (40, 80, 0)),
        (2028, (1, 0, 1), (20, 0, 0), (0, 0, 0)),
    ):
        monkeypatch.setattr(market.compute, "came_to", lambda _, gw=gw: worlds(*gw), raising=False)
        pass_year(market, year)
        unpaid.deliver()
        unpaid.record()
        check(paid(market), *money)
        check(unpaid.owed_by("fund"), *owed)
    check(market.flow("fund", "lab", "lapse"), 20, 80, 0)
    check(market.capital.stake("fund", "lab"), 80 / 480, 20 / 420, 100 / 500)
    state = market.deals.log[-1].numbers
    check(state["left"] + state["paid"] + state["cut"], 100)


def test_what_nobody_can_pay_lapses_and_exactly_its_shares_with_it() -> None:
    market = a_market(budget=(1000, 30, 0))
    agree(market, first=2026, last=2026)
    market.firms["fund"].role(object).budget = worlds(1000)  # type: ignore[attr-defined]
    pass_year(market, 2025)
    market.firms["fund"].role(object).budget = worlds(1000, 30, 0)  # type: ignore[attr-defined]
    pass_year(market, 2026)  # 80 fall due: the second pays 30, the third nothing
    check(paid(market), 80, 30, 0)
    check(market.flow("fund", "lab", "lapse"), 0, 50, 80)
    # As if it had signed for what it paid: 100, 50 and 20 at the price of 400 before the money.
    check(market.capital.stake("fund", "lab"), 0.2, 50 / 450, 20 / 420)
    check(market.capital.stake("founder", "lab"), 0.4, 0.5 * 400 / 450, 0.5 * 400 / 420)
    state = market.deals.log[-1].numbers
    check(state["cut"], 0, 50, 80)
    check(state["left"], 0)


def test_others_take_over_what_an_investor_cannot_pay_as_far_as_it_is_worth_it() -> None:
    market = a_market(
        ("rich", "lab", "equity"), ("rich", "stargate", "equity"), ("investors", "lab", "equity")
    )
    market.add("investor", "rich", initial_budget=(60, 60, 15))
    market.capital.depth = worlds(20, 20, 5)
    agree(market, first=2026, last=2026)
    pass_year(market, 2025)
    fund: Any = market.firms["fund"]
    fund.role(object).budget = worlds(0)
    market.capital.value["lab"] = worlds(500, 250, 500)  # in the second shares are worth half of their price
    pass_year(market, 2026)  # of 80 that are due, 80, 40 and 80 are worth it
    check(paid(market), 0)
    check(paid(market, "rich"), 60, 40 * 2 / 3, 15)  # in the second it would take 40, the others 20
    check(paid(market, "investors"), 20, 40 / 3, 5)
    check(market.flow("fund", "lab", "lapse"), 0, 40, 60)
    left = 1 - 0.16 * worlds(0, 40, 60) / 80  # of all shares
    check(market.capital.stake("rich", "lab") * left, 0.12, 0.16 / 3, 0.03)
    check(market.capital.stake("fund", "lab") * left, 0.04)
    check(market.capital.stake("founder", "lab") * left, 0.4)
    check(market.firms["rich"].left_to_invest(), 0, 100 / 3, 0)


def test_what_is_lost_is_continuous_in_what_the_investor_lacks() -> None:
    market = a_market()
    agree(market, first=2026, last=2026)
    pass_year(market, 2025)
    market.firms["fund"].role(object).budget = worlds(79.9, 80, 80.1)  # type: ignore[attr-defined]
    pass_year(market, 2026)
    check(market.ledger.cash["lab"], 99.9, 100, 100)
    np.testing.assert_allclose(market.capital.stake("fund", "lab"), 0.2, atol=0.1 / 400)


@pytest.mark.parametrize(("by", "cut"), [("fund", 80), ("lab", 80), ("other", 0)])
def test_a_break_cancels_what_is_not_paid(by: str, cut: float) -> None:
    market = a_market()
    agree(market, break_year=2026, break_by=by)
    pass_year(market, 2025)
    pass_year(market, 2026)
    check(market.deals.log[-1].numbers["cut"], cut)
    check(market.capital.stake("fund", "lab"), 20 / 420 if cut else 0.2)


def test_a_cut_and_a_delay_act_on_what_is_still_due() -> None:
    market = a_market()
    numbers: dict[str, Number] = {"cut.share": (0, 0.5, 0), "delay.years": (0, 0, 0.5)}
    agree(market, numbers=numbers, cut_year=2026, delay_year=2027)
    for year, money in ((2025, (20, 20, 20)), (2026, (40, 20, 40)), (2027, (40, 20, 20)), (2028, (0, 0, 20))):
        pass_year(market, year)
        check(paid(market), *money)
    check(market.ledger.cash["lab"], 100, 60, 100)


def test_what_was_paid_of_a_deal_before_the_start_is_held_and_the_rest_is_owed() -> None:
    market = a_market()
    agree(market, signed=2023, first=2024, last=2027)  # 20 of 80 were paid by the end of 2024
    market.capital.unpaid.open()
    check(market.capital.unpaid.owed_by("fund"), 60)
    check(market.capital.stake("fund", "lab"), 100 / 500)
    check(market.ledger.cash["lab"], 0)
    pass_year(market, 2025)
    check(paid(market), 20)


def test_two_deals_of_one_pair_before_the_start_are_both_held() -> None:
    market = a_market()
    for _ in range(2):
        agree(market, numbers={"upfront": 1}, signed=2023, first=2024, last=2025)
        market.capital.unpaid.open()
    check(market.capital.stake("fund", "lab"), 2 * 100 / 500)


@pytest.mark.parametrize(("stated", "held"), [({}, 100 / 500), ({"lab": worlds(0.3)}, 0)])
def test_a_stake_that_its_config_states_holds_all_that_a_firm_paid_before_the_start(
    stated: Mapping[str, Array], held: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = a_market()
    monkeypatch.setattr(type(market.firms["fund"]), "initial_stakes", property(lambda firm: stated))
    agree(market, numbers={"upfront": 1}, signed=2023, first=2024, last=2025)
    market.capital.unpaid.open()
    check(market.capital.unpaid.owed_by("fund"), 0)
    check(market.capital.stake("fund", "lab"), held)


def test_who_leads_a_deal_offers_a_part_of_it_to_others_within_their_means() -> None:
    market = a_market(("rich", "lab", "equity"))
    market.add("investor", "rich", initial_budget=(100, 10, 0), upfront=1)
    agree(market, numbers={"syndicated": 0.3})
    pass_year(market, 2025)
    check(market.capital.stake("rich", "lab"), 0.06, 0.02, 0)
    check(market.capital.stake("fund", "lab"), 0.14, 0.18, 0.2)
    check(paid(market, "rich"), 6, 2, 0)  # on the terms of the deal
    pass_year(market, 2026)
    check(paid(market, "rich"), 12, 4, 0)


def test_in_a_round_a_part_is_paid_at_once_and_a_lab_takes_more_than_it_asks_for_up_to_its_limit() -> None:
    market = a_market(budget=(50, 100, 200))
    ask = Ask(worlds(60), worlds(400), worlds(1), worlds(80))
    fund: Any = market.firms["fund"]
    fund.offers = lambda asks: {"lab": fund.role(object).means()} if asks else {}
    market.firms["lab"].ask = lambda: ask  # type: ignore[method-assign]
    market.stargate.ask = lambda: None
    market.capital.rounds.clear()
    check(market.firms["lab"].logged("subscribed"), 50, 80, 80)
    check(paid(market), 10, 16, 16)
    check(market.capital.stake("fund", "lab"), 50 / 450, 80 / 480, 80 / 480)
    check(market.capital.rounds.filled["lab"], 50 / 60, 1, 1)
    for year in (2026, 2027):
        pass_year(market, year)
        check(paid(market), 20, 32, 32)


def test_terms_never_make_more_wait_than_is_owed() -> None:
    market = a_market()
    market.capital.unpaid.sign("fund", "lab", worlds(10), Terms(worlds(0.8), worlds(0.5)))
    check(market.capital.unpaid.owed_by("fund"), 2)
