"""Guarantees: every posting of their life, and what the lab, the supplier and the guarantor have of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from computeshift.agents.investor import Investor
from computeshift.environment.market import ComputeMarket
from tests.environment.two_firms import LEASE, balanced, begin, check, flow, two_firms, worlds

WORD = "kind: guarantee, from: backer, to: lab, signed: 2025, first: 2025, last: 2027, share: 0.5, most: 4"


def owes(
    market: ComputeMarket,
    firm: float,
    rolling: float,
    has: tuple[float, ...],
    means: tuple[float, ...] = (100,),
) -> None:
    """A year's bills of the lab, $ bn, and what it has for them; nobody puts off, helps or buys shares."""
    compute, lab = market.compute, market.lab("lab")
    compute.given = replace(compute.given, deferrable=worlds(0))
    compute.prices.spot = worlds(1e6)
    due = np.zeros_like(compute.commitments.due)
    due[-1] = firm  # the deal's row; the first is what the tie signs by itself
    compute.commitments.due = due
    compute.rolling_bill = np.array([worlds(rolling)])
    compute.billed = compute.rolling_bill + firm
    lab.leases, lab.lease_due = compute.bills("lab"), worlds(firm + rolling)
    lab.running = lab.running_paid = worlds(1)  # type: ignore[attr-defined]
    lab.for_leases = worlds(*has)
    market.firms["backer"].role(Investor).budget = worlds(*means)
    market.firms["cloud"].means_to_buy = lambda: worlds(0)  # type: ignore[method-assign]
    market.renegotiation.settle()


def test_a_guarantor_pays_its_part_of_what_is_unpaid_of_one_deal(tmp_path: Path) -> None:
    market = two_firms(tmp_path, lease=LEASE, word=f"{WORD}, of: lease")
    begin(market, 2025)
    (word,) = market.guarantees
    check(word.left, 4)
    owes(market, firm=10, rolling=6, has=(16, 8, 0))
    # Half of all is unpaid in the second world: 5 of the deal, of which half; all in the third, up to 4.
    check(word.due, 0, 2.5, 5)
    check(flow(market, "backer", "cloud", "guarantee"), 0, 2.5, 4)
    check(market.guarantees.paid_to("cloud"), 0, 2.5, 4)
    lab = market.lab("lab")
    check(lab.leases["cloud"], 16, 13.5, 12)
    check(lab.honoured_share, 1, 8 / 13.5, 0)
    check(market.leases_paid_to("cloud"), 16, 8 + 2.5, 4)
    # Of the deal's ten the guarantor paid a quarter, and the lab its part of the rest.
    firm = market.compute.commitments
    check(firm.paid[-1], 10, 2.5 + 7.5 * 8 / 13.5, 4)
    balanced(firm, word)
    check(word.paid, 0, 2.5, 4)
    market.firms["backer"].pay()  # type: ignore[attr-defined]
    check(flow(market, "outside", "backer", "capital_call"), 0, 2.5, 4)


def test_what_a_guarantor_pays_for_is_not_given_back(tmp_path: Path) -> None:
    market = two_firms(tmp_path, lease=LEASE, word=f"{WORD}, of: lease")
    begin(market, 2025)
    compute = market.compute
    firm = compute.commitments
    firm.delivered = np.array([worlds(0), worlds(1)])
    compute.contract = np.array([worlds(3)])
    owes(market, firm=10, rolling=6, has=(16, 8, 0))
    market.firms["lab"].close()  # type: ignore[attr-defined]
    own = np.array([1, 8 / 13.5, 0])
    paid = np.array([0, 0.25, 0.4])
    np.testing.assert_allclose(firm.delivered[-1], paid + (1 - paid) * own)
    np.testing.assert_allclose(compute.contract[0], 2 * own + paid + (1 - paid) * own)
    np.testing.assert_allclose(market.lab("lab").given_back, 3 - compute.contract[0])  # type: ignore[attr-defined]


def test_it_backs_all_leases_is_cut_ends_and_is_broken(tmp_path: Path) -> None:
    cut, broken = "cut: {year: 2026, share: 0.25}", "breaks: {year: 2027, by: backer}"
    market = two_firms(tmp_path, lease=LEASE, word=f"{WORD}, {cut}", broken=f"{WORD}, {broken}")
    word, other = market.guarantees
    begin(market, 2025)
    owes(market, firm=10, rolling=6, has=(16, 16, 15))
    check(word.paid, 0, 0, 0.5)
    check(other.paid, 0, 0, 0.25)  # half of what the first left
    check(market.compute.commitments.paid[-1], 10, 10, 9.375 + 0.75 * 10 / 16)
    begin(market, 2026)
    check(word.left, 3, 3, 2.625)
    balanced(word)
    begin(market, 2027)
    check(other.left, 0)
    balanced(other)
    market.guarantees.close()
    check(word.left, 0)
    check(word.cut, 4, 4, 3.5)
    balanced(word)
    assert [state.name for state in market.deals.log] == ["word", "broken"]
    begin(market, 2028)
    owes(market, firm=10, rolling=6, has=(0,))
    check(flow(market, "backer", "cloud", "guarantee"), 0)


def test_without_means_or_luck_a_guarantor_pays_nothing(tmp_path: Path) -> None:
    market = two_firms(tmp_path, lease=LEASE, word=WORD, letter=f"{WORD}, chance: 0")
    begin(market, 2025)
    owes(market, firm=10, rolling=6, has=(0,), means=(0, 1, 100))
    word, letter = market.guarantees
    check(letter.signed, 0)
    check(word.paid, 0, 1, 4)
