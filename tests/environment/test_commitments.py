"""Deals of capacity by hand: every posting of their life, in a market with room and money for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from computeshift.agents import KINDS
from computeshift.agents.cloud import Cloud
from computeshift.environment.deals import DEAL_KINDS
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array, Deal
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup
from tests.behaviour.worlds import played

WORLDS = 3
RICH = {"openai.initial_cash": 2000, "openai.firm_share": 0, "rival_lab.firm_share": 0}
"""OpenAI pays all that it owes, and nobody signs anything by itself."""
IDLE = {"microsoft.openai_share": 0.9, "compute.indexation": 0}
"""Azure lets OpenAI have nearly all that it has."""


def market_with(
    *, source: str = "microsoft", settings: dict[str, Any] | None = None, numbers: Any = None, **dates: Any
) -> ComputeMarket:
    """The six with one deal: 0.2 GW for OpenAI at 10, from 2025 to 2027."""
    config = load("six", set={**RICH, **IDLE, **(settings or {})})
    base = setup(config, design(config, worlds=WORLDS, seed=1))
    deal = Deal(
        "ours", "capacity", source, "openai", **{"signed": 2025, "first": 2025, "last": 2027, **dates}
    )
    usual = {name: number.usual for name, number in DEAL_KINDS["capacity"].numbers.items()}
    usual = {name: number for name, number in usual.items() if number is not None}
    own = {**usual, "gw": 0.2, "price": 10, **(numbers or {})}
    given = {f"deals.ours.{name}": np.full(WORLDS, float(value)) for name, value in own.items()}
    return ComputeMarket(replace(base, deals=(deal,), parameters={**base.parameters, **given}), KINDS)


def ours(market: ComputeMarket, number: str) -> Array:
    """A number of the deal, `(W,)`."""
    firm = market.compute.commitments
    row = next(row for row, known in enumerate(firm.rows) if known.deal)
    return np.asarray(getattr(firm, number)[row])


def lives(market: ComputeMarket, *numbers: str) -> list[tuple[float, ...]]:
    """These numbers of the deal at the end of each year, the same in all worlds."""
    life = []
    while market.running:
        market.step()
        values = [ours(market, number) for number in numbers]
        for value in values:
            np.testing.assert_allclose(value, value[0], atol=1e-12)
        life.append(tuple(round(float(value[0]), 9) for value in values))
    return life


def flow(market: ComputeMarket, kind: str, year: int) -> float:
    """What OpenAI and Microsoft paid each other, OpenAI's payments positive, mean over worlds, $ bn."""
    sign = {("openai", "microsoft"): 1, ("microsoft", "openai"): -1}
    paid = (
        sign.get((f.source, f.target), 0) * f.amount.mean()
        for f in market.ledger.flows
        if (f.kind, f.year) == (kind, year)
    )
    return float(sum(paid))


def test_a_deal_costs_its_schedule_times_its_price_used_or_not() -> None:
    market = market_with()
    # 0.2 GW at 10 a year: half a year's dues in the first year, and half a year's after the last one.
    assert lives(market, "delivered", "due", "paid", "left", "cut", "signed") == [
        (0.2, 1, 1, 5, 0, 6),
        (0.2, 2, 3, 3, 0, 6),
        (0.2, 2, 5, 1, 0, 6),
        (0, 1, 6, 0, 0, 6),
        (0, 0, 6, 0, 0, 6),
        (0, 0, 6, 0, 0, 6),
    ]
    idle = market_with(settings={"openai.race": -1, "services.initial_growth": 0})
    assert lives(idle, "paid")[3] == (6,)


def test_dues_ahead_are_the_mean_of_the_next_years() -> None:
    market = market_with()
    market.step()
    np.testing.assert_allclose(market.compute.dues_ahead("openai", 2), 2)
    np.testing.assert_allclose(market.compute.dues_ahead("openai", 3), 5 / 3)


def test_a_schedule_holds_each_level_until_the_next_year_that_it_names() -> None:
    market = market_with(numbers={"schedule.2025": 0.1, "schedule.2027": 0.3}, last=2028)
    assert lives(market, "delivered", "due", "left", "signed") == [
        (0.1, 0.5, 7.5, 8),
        (0.1, 1, 6.5, 8),
        (0.3, 2, 4.5, 8),
        (0.3, 3, 1.5, 8),
        (0, 1.5, 0, 8),
        (0, 0, 0, 8),
    ]
    ramp = played(market_with(numbers={"ramp": 2, "prepayment": 1}).setup)
    steps = {"schedule.2025": 0.1, "schedule.2026": 0.2, "prepayment": 1}
    for mine, theirs in zip(
        played(market_with(numbers=steps).setup).ledger.flows, ramp.ledger.flows, strict=True
    ):
        np.testing.assert_array_equal(mine.amount, theirs.amount)


def test_it_ramps_up_and_a_part_of_spots_moves_indexes_its_price() -> None:
    market = market_with(numbers={"ramp": 2, "indexation": 1})
    for year, gw in ((2025, 0.1), (2026, 0.2), (2027, 0.2), (2028, 0)):
        spot = market.spot
        price = ours(market, "price")
        left = ours(market, "left")
        market.step()
        assert market.year == year
        np.testing.assert_allclose(ours(market, "delivered"), gw)
        if year > 2025:
            np.testing.assert_allclose(ours(market, "price"), price * market.spot / spot)
            rest = left - ours(market, "due")
            np.testing.assert_allclose(ours(market, "left"), rest * market.spot / spot, atol=1e-12)


def test_years_of_dues_are_paid_when_it_is_signed_and_pay_its_first_bills() -> None:
    market = market_with(numbers={"prepayment": 1})
    life = lives(market, "paid", "left", "prepaid")
    assert life[:3] == [(1, 5, 1), (3, 3, 0), (5, 1, 0)]
    plain = market_with()
    lives(plain)
    paid = [flow(market, "prepayment", year) for year in range(2025, 2029)]
    np.testing.assert_allclose(paid, [2, 0, 0, 0])
    # All of the first year's dues are prepaid. Later ones are too, but by then money moved the market.
    saved = flow(plain, "lease", 2025) - flow(market, "lease", 2025)
    np.testing.assert_allclose(saved, 1, rtol=1e-9)


@pytest.mark.parametrize(("by", "fee"), [("openai", 0), ("microsoft", -3)])
def test_a_broken_deal_frees_the_lab_and_costs_whoever_breaks_it_the_fee(by: str, fee: float) -> None:
    market = market_with(numbers={"exit_fee": 1.5, "prepayment": 1.5}, break_year=2026, break_by=by)
    life = lives(market, "delivered", "due", "paid", "left", "cut", "prepaid")
    assert life[:2] == [(0.2, 1, 1, 5, 0, 2), (0, 0, 1, 0, 5, 0)]
    # Prepaid dues return; a supplier that breaks it pays its fee with them.
    assert flow(market, "exit_fee", 2026) == pytest.approx(fee - 2)
    before = market_with(numbers={"exit_fee": 1.5, "prepayment": 1.5})
    lives(before)
    for mine, theirs in zip(market.ledger.flows, before.ledger.flows, strict=False):
        if mine.year == 2026:
            break
        np.testing.assert_array_equal(mine.amount, theirs.amount)
    firm = market_with(numbers={"exit_fee": 1.5}, break_year=2026, break_by=by)
    firm.step()
    firm.step()
    np.testing.assert_allclose(firm.compute.commitments.fees_due.max(axis=0), 3 if by == "openai" else 0)


def test_a_supplier_that_lacks_the_cash_for_its_fee_sells_shares_and_borrows_it() -> None:
    """The fee is due at once, as every bill; for what is then missing it sells shares, and owes the rest."""
    numbers = {"exit_fee": 10, "price": 500}  # years of dues of 100
    market = market_with(numbers=numbers, break_year=2026, break_by="microsoft")
    kept = market_with(numbers=numbers, break_year=2026, break_by="openai")
    azure = market.firms["microsoft"].role(Cloud)
    for each in (market, kept):
        each.step()
        each.step()
    assert flow(market, "exit_fee", 2026) == pytest.approx(-1000)
    assert (azure.cash >= -1e-9).all()
    assert (azure.issued > 0).all()
    owed = market.ledger.debt["microsoft"] - kept.ledger.debt["microsoft"]
    assert (owed + azure.issued > 500).all()
    np.testing.assert_allclose(sum(market.ledger.cash.values()), sum(kept.ledger.cash.values()), atol=1e-6)


def test_a_lab_leaves_a_deal_as_far_as_that_pays_and_one_without_a_fee_binds_it() -> None:
    market, bound = market_with(numbers={"price": 40, "exit_fee": 0.25}), market_with(numbers={"price": 40})
    market.step()
    worth = market.compute.prices.worth[market.compute.supplier_index["microsoft"]]
    # It would owe 20 for half a GW-year more. Leaving costs a quarter of a year's 8, and what spot asks.
    share = (20 - 2 - 0.5 * market.spot * worth) / 20
    assert ((share > 0.1) & (share < 0.9)).all()
    market.step()
    np.testing.assert_allclose(ours(market, "delivered"), 0.2 * (1 - share))
    np.testing.assert_allclose(ours(market, "fees_due"), 2 * share)
    np.testing.assert_allclose(ours(market, "left"), 12 * (1 - share))
    np.testing.assert_allclose(ours(market, "cut"), 20 * share)
    np.testing.assert_allclose(ours(market, "paid"), 4 + 8 * (1 - share))
    exits = next(decision for decision in market.decisions.log if decision.name == "exits")
    np.testing.assert_allclose(exits.limits["gain"], 0.2 * share)
    assert lives(bound, "cut")[-1] == (0,)


def test_a_fee_that_is_more_than_it_saves_changes_nothing() -> None:
    binding, free = (played(market_with(numbers={"price": 40, **fee}).setup) for fee in ({"exit_fee": 3}, {}))
    for holder, cash in free.ledger.cash.items():
        np.testing.assert_array_equal(binding.ledger.cash[holder], cash)


def test_what_it_put_off_a_lab_owes_if_it_leaves() -> None:
    market = market_with(numbers={"price": 40, "exit_fee": 0})
    market.step()
    firm = market.compute.commitments
    row = next(number for number, known in enumerate(firm.rows) if known.deal)
    for name in ("deferred", "left", "signed"):
        firm._rebind(name, row, getattr(firm, name)[row] + 5)
    market.step()
    np.testing.assert_allclose(ours(market, "paid") + ours(market, "left") + ours(market, "cut"), 29)
    assert (ours(market, "paid") > 4 + 5).all()


def test_a_cut_gives_up_a_part_and_a_delay_moves_what_is_not_there_yet() -> None:
    cut = market_with(numbers={"cut.share": 0.25}, cut_year=2026)
    assert lives(cut, "delivered", "due", "left", "cut")[:3] == [
        (0.2, 1, 5, 0),
        (0.15, 1.5, 2.25, 1.25),
        (0.15, 1.5, 0.75, 1.25),
    ]
    late = market_with(numbers={"delay.years": 1}, first=2026, delay_year=2026)
    life = lives(late, "delivered", "left", "signed")
    assert life == [(0, 4, 4), (0, 4, 4), (0.2, 3, 4), (0.2, 1, 4), (0, 0, 4), (0, 0, 4)]


def test_what_is_not_delivered_in_time_is_not_owed_and_falls_away_past_the_long_stop() -> None:
    none = {"microsoft.initial_gw": 0, "microsoft.initial_crews": 0, "microsoft.ai_capex_share": 0}
    none |= {"microsoft.due_in_first_year": 0, "microsoft.due_in_second_year": 0, "microsoft.debt_limit": 0}
    market = market_with(settings=none, numbers={"long_stop": 1}, last=2029)
    life = lives(market, "delivered", "paid", "left")
    assert [row[:2] for row in life] == [(0, 0)] * 6
    assert [row[2] for row in life] == [9, 0, 0, 0, 0, 0]


def test_a_letter_is_signed_with_its_chance() -> None:
    market = market_with(numbers={"chance": 0})
    assert lives(market, "signed")[-1] == (0,)
    assert lives(market_with(numbers={"chance": 1}), "signed")[-1] == (6,)


def test_a_lab_that_wants_less_leaves_what_take_or_pay_allows() -> None:
    lean = {"openai.race": -1, "openai.initial_expected_growth": -1, "compute.term": 1}
    for share, taken in ((0.7, 0.7 * 0.8), (0.2, None)):
        market = market_with(settings=lean, numbers={"take_or_pay": share, "gw": 0.8}, last=2029)
        market.step()
        wanted = market.lab("openai").wanted_gw
        assert (wanted < 0.7 * 0.8).all()
        np.testing.assert_allclose(ours(market, "delivered"), wanted if taken is None else taken)
        np.testing.assert_allclose(ours(market, "due"), 10 * ours(market, "delivered") / 2)


def test_what_ties_sign_comes_evenly_and_lasts_its_term() -> None:
    market = market_with()
    firm = market.compute.commitments
    ties = slice(len(market.compute.ties))
    none = np.zeros((ties.stop, WORLDS))
    gw, price, term = none + 6.0, none + 10.0, none[0] + 4.5
    firm.sign(ties, gw, price, term, 2027, 2029)
    levels = [float(firm.level(year)[0, 0]) for year in range(2026, 2036)]
    # 2 GW a year for four and a half years each: half of a year's GW leaves after four, half after five.
    np.testing.assert_allclose(levels, [0, 2, 4, 6, 6, 5, 3, 1, 0, 0])
    np.testing.assert_allclose(firm.signed[0], 10 * 6 * 4.5)
    firm.sign(ties, gw, none + 40.0, term, 2028, 2028)
    np.testing.assert_allclose(firm.price[0], 25)  # as many GW-years at 10 as at 40
    np.testing.assert_allclose(firm.left[0], 50 * 6 * 4.5)
    np.testing.assert_allclose(sum(firm.dues(year)[0] for year in range(2025, 2040)), firm.left[0])


@pytest.mark.parametrize("stormy", [False, True])
def test_left_paid_and_cut_are_all_that_was_signed(stormy: bool) -> None:
    storm = {
        "shocks.sentiment_fall.size": 0.6,
        "shocks.demand_fall.size": 1,
        "shocks.credit_crunch.size": 600,
    }
    config = load("oracle_contract", set=storm, base="six") if stormy else load("six")
    market = ComputeMarket(setup(config, design(config, worlds=60, seed=1)), KINDS)
    firm = market.compute.commitments
    deferred = False
    while market.running:
        market.step()
        np.testing.assert_allclose(firm.left + firm.paid + firm.cut, firm.signed, atol=1e-8)
        years = range(market.year + 1, firm.schedule.end + 1)
        later = sum(firm.dues(year) for year in years)
        np.testing.assert_allclose(firm.left - firm.deferred, later, rtol=1e-9, atol=1e-8)
        for number in (firm.left, firm.paid, firm.delivered, firm.deferred):
            assert number.min() > -1e-9
        assert (firm.delivered <= firm.level(market.year) + 1e-9).all()
        assert (market.compute.contract >= firm.held - 1e-9).all()
        deferred |= bool((firm.deferred > 0).any())
    assert (firm.paid > 0).any()
    assert deferred
    exits = [each.limits["gain"] for each in market.decisions.log if each.name == "exits"]
    assert any(gw.any() for gw in exits) == stormy


def test_a_deal_in_a_fork_leaves_the_years_before_to_the_last_bit() -> None:
    plain = played(replace(market_with().setup, deals=()))
    forked = ComputeMarket(replace(market_with().setup, deals=()), KINDS)
    for _ in range(2):
        forked.step()
    forked.adopt(market_with(signed=2027, first=2028, last=2030).setup)
    while forked.running:
        forked.step()
    same = [
        np.array_equal(a.amount, b.amount)
        for a, b in zip(plain.ledger.flows, forked.ledger.flows, strict=False)
    ]
    years = [flow.year for flow in plain.ledger.flows]
    assert all(equal for equal, year in zip(same, years, strict=False) if year < 2027)
    np.testing.assert_allclose(ours(forked, "signed"), 0.2 * 10 * 3)
