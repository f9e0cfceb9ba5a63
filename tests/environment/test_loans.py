"""Loans: what a borrower gets, what it owes when, what it cannot pay, and what is written off."""

from __future__ import annotations

from pathlib import Path

import pytest

import computeshift as cs
from computeshift.agents.cloud import Cloud
from computeshift.environment.loans import Loan
from computeshift.environment.market import ComputeMarket
from tests.environment.two_firms import balanced, begin, check, flow, two_firms, worlds

LOAN = "kind: loan, from: lenders, to: lab, signed: 2025, first: 2026, last: 2028, amount: 9, rate: 0.1"


def year(market: ComputeMarket, number: int, *money: float, borrower: str = "lab") -> Loan:
    """A year of the only loan, for which the borrower has this money."""
    begin(market, number)
    market.loans.serve(borrower, worlds(*money))
    market.loans.close()
    (loan,) = market.loans
    balanced(loan)
    check(market.ledger.debt[borrower] - loan.left, 0)
    return loan


def test_it_is_paid_back_evenly_with_interest(tmp_path: Path) -> None:
    market = two_firms(tmp_path, loan=LOAN)
    cash = market.ledger.cash["lab"]
    loan = year(market, 2025, 0)
    check(market.ledger.cash["lab"] - cash, 9)
    check(market.loans.due_from("lab"), 0)
    loan = year(market, 2026, 10, 0.5, 0)
    check(loan.due, 3.9)
    check(loan.paid, 3.9, 0.5, 0)
    check(flow(market, "lab", "lenders", "repayment"), 3, 0, 0)
    check(loan.left, 6, 9.4, 9.9)  # interest that is lacking is lent on
    loan = year(market, 2027, 10, 10, 0)
    check(loan.due, 3.6, 3.4 + 0.94 + 3, 3.9 + 0.99 + 3)
    loan = year(market, 2028, 10, 10, 0)
    check(loan.left, 0)
    written_off = 9 * 1.1**3
    check(loan.cut, 0, 0, written_off)
    check(market.ledger.written_off["lab"], 0, 0, written_off)


def test_at_the_end_cut_or_called(tmp_path: Path) -> None:
    market = two_firms(tmp_path, loan=f"{LOAN}, bullet: 1, cut: {{year: 2026, share: 0.5}}")
    year(market, 2025, 0)
    loan = year(market, 2026, 10)
    check(loan.due, 0.45)
    check(loan.cut, 4.5)
    year(market, 2027, 10)
    check(year(market, 2028, 10).due, 4.95)
    market = two_firms(tmp_path, loan=f"{LOAN}, breaks: {{year: 2026, by: lenders}}")
    year(market, 2025, 0)
    loan = year(market, 2026, 10, 5, 0)
    check(loan.due, 9.9)
    check(year(market, 2027, 10).paid, 9.9, 5 + 4.9 * 1.1, 9.9 * 1.1 - 0.89)


def test_a_firm_lends_what_it_has_and_a_loan_of_before_is_in_the_books(tmp_path: Path) -> None:
    market = two_firms(tmp_path, loan=LOAN.replace("lenders", "maker"))
    market.ledger.cash["maker"] = worlds(20, 4, 0)
    market.firms["maker"].left_to_invest = lambda: worlds(0)  # type: ignore[method-assign]
    check(year(market, 2025, 0).signed, 9, 4, 0)
    market = two_firms(tmp_path, loan=LOAN.replace("signed: 2025", "signed: 2024"))
    check(market.ledger.debt["lab"], 9)
    check(year(market, 2025, 1).due, 0.9)


def test_a_lab_pays_its_loan_before_its_people_and_its_leases(tmp_path: Path) -> None:
    market = two_firms(tmp_path, loan=LOAN)
    market.step()
    market.step()
    (loan,) = market.loans
    served = flow(market, "lab", "lenders", "interest") + flow(market, "lab", "lenders", "repayment")
    lent_on = flow(market, "lenders", "lab", "debt")
    check(served - lent_on - loan.paid, 0)
    assert (loan.paid > 0).any()


@pytest.mark.parametrize("owner", ["cloud", "stargate"])
def test_an_owner_of_capacity_is_lent_and_pays_once(tmp_path: Path, owner: str) -> None:
    market = two_firms(tmp_path, loan=LOAN.replace("lab", owner))
    without = two_firms(tmp_path)
    assert bool(market.credit.lenders_of(owner)) == (owner == "stargate")
    for interest, repaid, left in ((0, 0, 9), (0.9, 3, 6), (0.6, 3, 3), (0.3, 3, 0)):
        market.step()
        without.step()
        (loan,) = market.loans
        balanced(loan)
        check(loan.left, left)
        check(flow(market, owner, "lenders", "interest"), interest)
        check(flow(market, owner, "lenders", "repayment"), repaid)
    more = market.ledger.debt[owner] - without.ledger.debt[owner]
    # The cloud builds with the money; Stargate has no orders here, and borrows the interest in the end.
    check(more, 0 if owner == "cloud" else 1.8)
    built = [each.firms["cloud"].supplier.fleet.gw for each in (market, without)]  # type: ignore[union-attr]
    assert (built[0] > built[1]).all() == (owner == "cloud")


def test_of_what_an_owner_cannot_carry_loans_are_written_off_like_the_rest(tmp_path: Path) -> None:
    market = two_firms(tmp_path, loan=LOAN.replace("lab", "cloud"))
    year(market, 2025, 0, borrower="cloud")
    market.credit._lend("lenders", "cloud", worlds(3))
    cloud = market.firms["cloud"].role(Cloud)
    check(cloud.bank_debt(), 3)
    cloud.write_off(worlds(12, 6, 0), worlds(1, 0.5, 0))
    (loan,) = market.loans
    check(loan.left, 0, 4.5, 9)
    check(cloud.bank_debt(), 0, 1.5, 3)
    balanced(loan)


def test_a_loan_takes_the_place_of_bank_debt_not_of_its_interest(tmp_path: Path) -> None:
    path = tmp_path / "lent.yaml"
    loan = LOAN.replace("to: lab", "to: oracle").replace("9, rate: 0.1", "20, rate: 0.05, bullet: 1")
    path.write_text(f"extends: six\ndeals: {{loan: {{{loan}}}}}\n")
    market = cs.market(path, worlds=20)
    oracle = market.firms["oracle"].role(Cloud)
    while market.running:
        market.step()
        (own,) = market.loans
        assert (oracle.bank_debt() > -1e-9).all()
        assert abs(market.ledger.debt["oracle"] - oracle.bank_debt() - own.left).max() < 1e-9
        if market.year in (2026, 2027):
            assert abs(own.due - 1).max() < 1e-9
    assert abs(own.left + own.paid + own.cut - own.signed).max() < 1e-9
