"""Debt of the start: when it falls due, whom it is owed, and the rate that it keeps until then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import computeshift as cs
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from tests.environment.two_firms import balanced, begin, check, worlds

NOTES = "kind: notes, from: bond_buyers, to: oracle, signed: 2024, last: 2027"
DATED = f"{NOTES}, schedule: {{2025: 10, 2026: null, 2027: 20, 2028: null, 2029: null}}"
CONFIG = (
    "asks: What falls due?\nextends: six\nfirms: {{oracle: {{initial_debt: {}, initial_coupon: 0.04}}}}\n"
)
TENTH = worlds(0.1)


def write(folder: Path, notes: str = DATED, debt: float = 80) -> Path:
    path = folder / "notes.yaml"
    path.write_text(f"{CONFIG.format(debt)}deals: {{oracle_notes: {{{notes}}}}}\n", "utf-8")
    return path


def falls_due(market: ComputeMarket, year: int) -> Array:
    """What falls due of Oracle's debt in a year in which it borrows all of it again."""
    begin(market, year)
    due = market.credit.fall_due("oracle", TENTH)
    market.notes.close()
    (notes,) = market.notes.of("oracle")
    balanced(notes)
    return due


def test_notes_fall_due_by_their_dates_and_the_rest_after_them_by_an_even_part(tmp_path: Path) -> None:
    market = cs.market(write(tmp_path), worlds=3)
    check(falls_due(market, 2025), 10)
    check(falls_due(market, 2026), 1)  # a tenth of the 10 that were borrowed in 2025
    market.credit.lend_on("oracle", worlds(0, 10, 20))
    check(falls_due(market, 2027), 21, 22, 23)
    check(falls_due(market, 2028), 8, 9, 10)


def test_notes_are_owed_to_who_bought_them_and_are_no_more_than_all_debt(tmp_path: Path) -> None:
    market = cs.market(write(tmp_path), worlds=3)
    owed = market.credit.owed["oracle"]
    banks, buyers = (market.credit.lenders[name].depth() for name in ("banks", "bond_buyers"))
    np.testing.assert_allclose(owed["banks"], 50 * banks / (banks + buyers), rtol=1e-12)
    check(owed["banks"] + owed["bond_buyers"], 80)
    small = cs.market(write(tmp_path, debt=15), worlds=3)
    (notes,) = small.notes.of("oracle")
    check(notes.signed, 15)  # of 30 by their dates
    check(notes.cut, 0)
    check(falls_due(small, 2025), 5)
    check(falls_due(small, 2026), 0.5)
    check(falls_due(small, 2027), 10.5)


def test_lenders_write_off_notes_with_the_rest_and_a_break_makes_them_due_at_once(tmp_path: Path) -> None:
    market = cs.market(write(tmp_path), worlds=3)
    falls_due(market, 2025)
    market.credit.write_off("oracle", worlds(0, 40, 80))
    check(falls_due(market, 2026), 1, 0.5, 0)
    check(falls_due(market, 2027), 21, 10.5, 0)
    broken = cs.market(write(tmp_path, f"{DATED}, breaks: {{year: 2026, by: oracle}}"), worlds=3)
    check(falls_due(broken, 2025), 10)
    check(falls_due(broken, 2026), 20 + 6)
    check(falls_due(broken, 2027), 8)


def test_debt_keeps_its_rate_until_it_falls_due(tmp_path: Path) -> None:
    market = cs.market(write(tmp_path), worlds=3)
    check(market.credit.coupon("oracle"), 0.04)
    begin(market, 2025)
    market.credit.fall_due("oracle", TENTH)
    market.credit.lend_on("oracle", worlds(0, 20, 0))
    market.credit.repay("oracle", worlds(0, 0, 40))
    rate = market.ratings.rate_of("oracle")
    market.credit.close()
    # Of 80, 100 and 40 it owed 70 before, and owes it still; what it pays back early are no new notes.
    check(market.credit.coupon("oracle") - 0.04, *((rate - 0.04) * worlds(10 / 80, 30 / 100, 0)))


def test_what_a_write_off_takes_of_debt_that_is_not_due_costs_nothing_any_more(tmp_path: Path) -> None:
    market = cs.market(write(tmp_path), worlds=3)
    market.credit.coupons["oracle"] = worlds(0.04)
    begin(market, 2027)
    due = market.credit.fall_due("oracle", TENTH)
    market.credit.write_off("oracle", worlds(0, 40, 60))
    rate = market.ratings.rate_of("oracle")
    market.credit.close()
    check(market.credit.coupon("oracle"), *(rate + (0.04 - rate) * (80 - due) / 80))


def test_without_a_schedule_they_fall_due_evenly(tmp_path: Path) -> None:
    config = "extends: six\nasks: x\ndeals: {{oracle_notes: null, own: {{{}, first: 2026, amount: 20}}}}\n"
    path = tmp_path / "even.yaml"
    path.write_text(config.format(NOTES), "utf-8")
    market = cs.market(path, worlds=3)
    (notes,) = market.notes.of("oracle")
    begin(market, 2026)
    check(notes.due, 10)


@pytest.mark.parametrize(
    ("notes", "wrong"),
    [
        (DATED.replace("signed: 2024", "signed: 2025"), "is about what there is at the start, 2024"),
        (DATED.replace("bond_buyers", "softbank"), "softbank has no 'debt' to give"),
        (DATED.replace("to: oracle", "to: mgx"), "mgx takes no 'debt'"),
        (DATED.replace("bond_buyers", "landlords"), "landlords is no firm"),
    ],
)
def test_notes_that_make_no_sense_are_refused(notes: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=wrong):
        load(write(tmp_path, notes))
