"""Identities that hold in every world and year, shocks and defaults included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeshift.agents import KINDS
from computeshift.environment.ledger import MONEY, Ledger
from computeshift.environment.market import ComputeMarket
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup
from tests.behaviour.worlds import play

HARD: dict[str, dict[str, Any]] = {
    "six": {},
    "everything breaks": {
        "shocks.demand_fall.size": 1.0,
        "shocks.demand_fall.until": 2030,
        "shocks.nav_fall.size": 0.9,
        "shocks.credit_crunch.size": 800,
        "shocks.sentiment_fall.size": 0.8,
    },
    "boom": {"services.growth_fade": 1.0, "softbank.strategy": "allin"},
    "own sites": {"openai.strategy": "own", "microsoft.strategy": "inhouse"},
}


@pytest.mark.parametrize("name", ["six", "end_of_2022", "end_of_2023"])
@pytest.mark.parametrize("case", HARD)
def test_money_is_neither_made_nor_lost_and_stocks_follow_flows(case: str, name: str) -> None:
    config = load(name, set=HARD[case] | {"until": 2030})
    market = ComputeMarket(setup(config, design(config, worlds=60, seed=3)), KINDS)
    ledger = market.ledger
    while market.running:
        cash, debt = dict(ledger.cash), dict(ledger.debt)
        lost = dict(ledger.written_off)
        market.step()
        turnover = market.turnover
        flows = [flow for flow in ledger.this_year() if flow.unit == MONEY]
        changes = sum((ledger.cash[h] - cash[h] for h in cash), ledger.zero)
        assert np.all(np.abs(changes) <= 1e-9 * turnover)
        for holder in cash:
            got = sum((f.amount for f in flows if f.target == holder), ledger.zero)
            paid = sum((f.amount for f in flows if f.source == holder), ledger.zero)
            assert ledger.cash[holder] == pytest.approx(cash[holder] + got - paid, abs=1e-6)
            lent = sum((f.amount for f in flows if (f.target, f.kind) == (holder, "debt")), 0.0)
            repaid = sum((f.amount for f in flows if (f.source, f.kind) == (holder, "repayment")), 0.0)
            written_off = ledger.written_off[holder] - lost[holder]
            expected = debt[holder] + lent - repaid - written_off
            assert ledger.debt[holder] == pytest.approx(expected, abs=1e-6)
        for flow in ledger.this_year():
            assert np.all(np.isfinite(flow.amount)), flow.kind
            assert np.all(flow.amount >= -1e-9), (flow.source, flow.target, flow.kind)


@pytest.mark.parametrize("case", HARD)
def test_nobody_leases_what_is_not_there(case: str) -> None:
    run = play(worlds=60, **{k.replace(".", "__"): v for k, v in HARD[case].items()})
    compute = run.market.compute
    for supplier in compute.suppliers:
        assert np.all(compute.leased_by(supplier.name) <= supplier.fleet.gw + 1e-9), supplier.name
        assert np.all(supplier.fleet.due >= -1e-9), supplier.name
    for supplier, lab in compute.ties:
        assert run.market.network.tied(supplier.name, lab.name, "capacity")
    for stakes in run.market.capital.stakes.values():
        assert np.all(sum(stakes.values()) <= 1 + 1e-9)


def test_a_broke_lab_defaults_and_its_suppliers_and_backers_feel_it() -> None:
    calm = play(worlds=60)
    broken = play(worlds=60, **{k.replace(".", "__"): v for k, v in HARD["everything breaks"].items()})
    years = range(2026, 2031)
    unpaid = {y: broken.agent("openai", "default_degree", y) > 0.05 for y in years}
    assert np.any([*unpaid.values()], axis=0).mean() > 0.5
    year, hit = next((y, hit) for y, hit in unpaid.items() if 5 < hit.sum() < 55)
    assert (broken.agent("openai", "given_back", year) > 0)[hit].all()
    assert broken.agent("openai", "defaulted", year).mean() < 0.1
    given = broken.market.setup.parameters
    usual = given["capital.base_spread"] + given["shocks.credit_crunch.size"] / 10_000 * (year < 2027)
    assert np.all((broken.model("spread", year + 1) > usual)[hit])
    assert broken.agent("stargate", "lease_income", 2028).mean() < (
        calm.agent("stargate", "lease_income", 2028).mean()
    )
    assert broken.agent("softbank", "bet_value", 2028).mean() < (
        calm.agent("softbank", "bet_value", 2028).mean()
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.floats(0, 1e6)), max_size=30))
def test_any_payments_leave_the_sum_of_cash(payments: list[tuple[str, str, float]]) -> None:
    ledger = Ledger(2)
    for holder in "abc":
        ledger.open_account(holder, cash=np.array([1.0, 2.0]))
    for payer, payee, amount in payments:
        ledger.pay(payer, payee, "opex", np.array([amount, amount / 3]))
    total = sum(ledger.cash.values(), ledger.zero)
    turnover = 1 + sum(amount for *_, amount in payments)
    assert np.all(np.abs(total - np.array([3.0, 6.0])) <= 1e-9 * turnover)


def year_of(payments: list[tuple[str, str, str, float]], cash: dict[str, float]) -> Ledger:
    """A ledger of one world and one year."""
    ledger = Ledger(worlds=1)
    for holder, amount in cash.items():
        ledger.open_account(holder, cash=np.array([amount]))
    ledger.open_year(2025)
    for payer, payee, kind, amount in payments:
        ledger.pay(payer, payee, kind, np.array([amount]))
    return ledger


def test_what_returned_is_the_part_of_its_funds_that_a_firm_spent_on_its_investor() -> None:
    cash = {"cloud": 200.0, "lab": 30.0, "venture": 0.0, "lenders": 500.0, "customers": 50.0, "outside": 0.0}
    ledger = year_of(
        [
            ("cloud", "lab", "equity", 20.0),
            ("customers", "lab", "revenue", 50.0),  # the lab's funds: 30 + 20 + 50 = 100
            ("lab", "cloud", "lease", 25.0),
            ("lab", "venture", "lease", 10.0),
            ("lab", "lenders", "repayment", 15.0),  # 50 stay in its till
            ("lenders", "venture", "debt", 30.0),  # the venture's funds: 10 + 30 = 40
            ("venture", "cloud", "capex", 8.0),
            ("venture", "lenders", "repayment", 32.0),
            ("cloud", "cloud", "lease", 99.0),
        ],
        cash,
    )
    assert ledger.returned("cloud")[0] == pytest.approx(20 * (25 / 100 + 10 / 100 * 8 / 40))
    assert ledger.returned("lenders")[0] == 0
    ledger.open_year(2026)
    assert ledger.passed_on("lab", "cloud")[0] == 0


FIRMS = ("a", "b", "c", "d")
PAYMENT = st.tuples(
    st.sampled_from(FIRMS),
    st.sampled_from(FIRMS),
    st.sampled_from(("equity", "lease", "capex", "repayment", "dividend")),
    st.floats(0, 100),
)


@given(st.lists(PAYMENT, max_size=25), st.lists(st.floats(-50, 100), min_size=4, max_size=4))
def test_no_more_returns_than_the_funded_firms_spent_of_their_funds(
    payments: list[tuple[str, str, str, float]], cash: list[float]
) -> None:
    ledger = year_of(payments, dict(zip(FIRMS, cash, strict=True)))
    for investor in FIRMS:
        most = 0.0
        for firm in FIRMS:
            moved = [paid for paid in payments if paid[0] != paid[1]]
            funds = dict(zip(FIRMS, cash, strict=True))[firm] + sum(p[3] for p in moved if p[1] == firm)
            spent = sum(p[3] for p in moved if p[0] == firm and p[2] in ("lease", "capex"))
            equity = sum(p[3] for p in moved if p[:3] == (investor, firm, "equity"))
            most += equity * (min(1.0, spent / funds) if funds > 0 else 1.0)
        assert -1e-9 <= ledger.returned(investor)[0] <= most + 1e-9
