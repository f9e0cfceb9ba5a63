"""What a cloud raises: debt while its grade is safe, shares beside it, and shares for growth without one."""

from __future__ import annotations

from typing import Any

import pytest

from computeshift.agents.cloud import Cloud
from computeshift.agents.funding import raise_money
from computeshift.environment.state import Sealed
from tests.agents.stub import Market, check, worlds

EARNINGS, CASH, DEBT = 100, 10, 100
MOOD = (1, 0.4, 1)


def a_cloud(*ties: tuple[Any, ...], **own: Any) -> Cloud:
    """A cloud rated BBB that may owe 150 more, raises half of what its grade does not allow by shares.

    It keeps at least 5 in cash. The window for shares is shut in the second world, and narrow in the third.
    """
    market = Market(*(ties or (("lenders", "cloud", "debt"),)))
    market.assume("ratings", leverage_notches=1, speed=1)
    market.assume("capital", window=0.5)
    market.capital.sentiment = worlds(*MOOD)
    given: dict[str, Any] = {
        "initial_cash_flow": EARNINGS,
        "initial_cash": CASH,
        "initial_debt": DEBT,
        "debt_limit": 4,
    }
    given |= {"home_rating": 9, "equity_multiple": 10, "issue_limit": (1, 1, 0.002), "rating_defence": 0.5}
    cloud: Cloud = market.add("cloud", **given | {"prefunding": 1} | own).role(Cloud)
    market.ratings.open()
    cloud.grade_room, cloud.on_sale = worlds(10), cloud.saleable_in_time()
    return cloud


def test_debt_that_fills_the_room_in_its_grade_makes_its_rating_tend_to_the_last_notch_of_it() -> None:
    cloud = a_cloud(home_rating=(9, 8, 9))
    cloud.burned = (worlds(0), worlds(0, 0, 30))
    room = cloud.room_in_grade()
    # A doubling a notch. Debt may be three and seven times cash flow; burn of 30 counts as debt.
    check(room, 200 / (1 + 3 * 0.1), 600 / (1 + 7 * cloud.borrowing_rate[1]), 170 / (1 + 3 * 0.1))
    market = cloud.market
    market.ledger.debt["cloud"] = DEBT + room
    market.credit.coupons["cloud"] = room * cloud.borrowing_rate / (DEBT + room)
    market.ratings.review()
    check(market.ratings.goal["cloud"], 10)


def test_beyond_its_grade_it_raises_a_part_by_shares_and_borrows_only_beside_them() -> None:
    cloud = a_cloud()
    on_sale = worlds(99, 0, 4)
    check(cloud.shares_beside(worlds(30), on_sale), 10, 0, 4)
    check(cloud.debt_beside(worlds(30), on_sale), 20, 10, 14)
    check(cloud.debt_beside(worlds(8), on_sale), 8)  # within its grade
    # It may owe 150 more, and need waits for no grade.
    check(cloud.more_debt(), 80, 10, 12)
    check(cloud.new_shares(), 70, 0, 2)
    check(cloud.credit_limit(), 150)
    junk = a_cloud(home_rating=11)
    check(junk.more_debt(), 150)
    check(junk.new_shares(), 1000, 0, 2)


def test_what_cash_lacks_is_raised_by_shares_and_debt_or_by_debt_alone_where_nobody_buys_shares() -> None:
    cloud = a_cloud()
    raised = raise_money(cloud, worlds(-15), burn=worlds(-99), kept=worlds(0))
    check(raised.for_building, 5, 0, 2)
    check(raised.debt, 15, 20, 18)
    check(raised.ahead, 0)
    check(cloud.issued, 5, 0, 2)
    market: Any = cloud.market
    check(market.flow("investors", "cloud", "share_issue"), 5, 0, 2)


def test_what_it_would_raise_ahead_it_does_without_where_its_grade_and_the_share_market_forbid_it() -> None:
    raised = raise_money(a_cloud(), worlds(5), burn=worlds(15), kept=worlds(15))
    check(raised.for_building, 5, 0, 2)
    check(raised.debt, 15, 10, 12)
    check(raised.ahead, 20, 10, 14)


def test_debt_that_costs_it_its_grade_is_paid_from_spare_cash_and_by_new_shares() -> None:
    cloud = a_cloud()
    cloud.grade_room = worlds(-30)
    raised = raise_money(cloud, worlds(25), burn=worlds(10), kept=worlds(10))
    # Of 30 too much spare cash covers 10, and half of the rest is raised by shares.
    check(raised.for_debt, 10, 0, 2)
    check(raised.debt, 0)
    check(raised.for_building, 0)


@pytest.mark.parametrize(("rounds", "sold"), [(False, (8, 0, 2)), (True, (0,))])
def test_below_investment_grade_shares_pay_for_what_lenders_leave_unless_it_raises_rounds(
    rounds: bool, sold: tuple[float, ...]
) -> None:
    ties: list[tuple[Any, ...]] = [("bank", "cloud", "debt")]
    cloud = a_cloud(*ties, *[("investors", "cloud", "equity")] * rounds, home_rating=13)
    cloud.market.credit.lines["cloud"] = Sealed({"bank": worlds(12)})
    raised = raise_money(cloud, worlds(5), burn=worlds(15), kept=worlds(15))
    check(raised.debt, 12)
    check(raised.for_building, *sold)
    check(raised.ahead, *(12 + worlds(*sold)))


def test_shares_pay_bills_that_lenders_leave_before_debt_of_old() -> None:
    cloud = a_cloud(("bank", "cloud", "debt"))
    cloud.grade_room = worlds(-40)
    cloud.market.credit.lines["cloud"] = Sealed({"bank": worlds(0)})
    raised = raise_money(cloud, worlds(-5), burn=worlds(-99), kept=worlds(0))
    # It lacks 10 and may not borrow; half of 40 too much debt is to be shares, of which 10 go to bills.
    check(raised.debt, 0)
    check(raised.for_building, 10, 0, 2)
    check(raised.for_debt, 10, 0, 0)


def test_books_close_with_what_shares_brought() -> None:
    cloud = a_cloud(rating_defence=1)
    cloud.plan()
    cloud.burned = (worlds(0), worlds(0))
    cloud.business, cloud.capex = worlds(EARNINGS), worlds(480)
    market: Any = cloud.market
    market.has("cloud", -300)
    cloud.close()
    room = cloud.grade_room
    # It lacks 305. A burn of 380 leaves no room for debt, and what is too much of the old is paid by shares.
    check(room, *((300 - 100 - 380) / (1 + 3 * 0.1) + worlds(0)))
    check(cloud.issued, *(worlds(305, 0, 2) + worlds(1, 0, 0) * 100))
    check(cloud.debt, 0, 405, 403)
    check(cloud.cash, 5)
    check(cloud.burned[1], 380 - 305, 380, 378)
    cloud.plan()
    check(cloud.issued, 0)  # what it sold last year leaves it free to sell as much this year
