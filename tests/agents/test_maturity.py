"""Debt that matures: one rule for a cloud, the venture and SoftBank."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from computeshift.agents.maturity import owe_on, roll_over
from computeshift.environment.state import Sealed
from tests.agents.stub import Market, check, worlds


def a_debtor(kind: str, *lines: float, tied: bool = True, **own: Any) -> Any:
    """The role of a firm that owes 50, of which 10 fall due, and that has no cash, nor anything to sell."""
    market = Market(("bank", kind, "debt")) if tied else Market()
    market.add("lender", "bank", initial_depth=100, initial_capital=10)
    if kind == "softbank":
        market.capital.stakes["openai"] = {"softbank": worlds(1)}
        market.capital.value["openai"] = worlds(1000)  # so that it is solvent
        own = {"ltv_limit": 1, "ltv_ceiling": 1} | own
    firm: Any = market.firms[kind] if kind == "stargate" else market.add(kind, initial_debt=50, **own)
    role = firm.debtor
    market.ledger.debt[kind] = worlds(50)
    market.credit.owed[kind] = Sealed({"bank": worlds(50)})
    market.credit.lines[kind] = Sealed({"bank": worlds(*lines)} if tied else {})
    market.has(kind, 0)
    role.maturing = worlds(10)
    if kind == "cloud":
        role.business, role.debt_ceiling = worlds(100), worlds(0)
    return role


@pytest.mark.parametrize("kind", ["cloud", "stargate", "softbank"])
def test_what_is_neither_borrowed_again_nor_paid_is_a_default_by_its_part_of_dues(
    kind: str,
) -> None:
    role = a_debtor(kind, 10, 4, 0)
    role.close()
    market = role.market
    sold = market.flow("outside", kind, "proceeds")  # of holdings of 0.1, a half
    check(sold, *(0, 0.05, 0.05) if kind == "softbank" else (0,))
    check(market.flow("bank", kind, "debt"), 10, 4, 0)
    check(role.default_degree, *((worlds(0, 6, 10) - sold) / 10))
    check(role.debt, *(50 - sold))
    check(role.cash, 0)


def test_cash_that_it_keeps_pays_only_what_lenders_refuse() -> None:
    role = a_debtor("cloud", 10, 4, 0)
    for kept, paid, left in ((8, (0, 6, 8), (0, 0, 2)), (5, (3, 6, 8), (0, 0, 2)), (0, (8, 8, 8), (0, 0, 2))):
        role = a_debtor("cloud", 10, 4, 0)
        role.market.has("cloud", 8)
        matured = roll_over(role, worlds(10), role.cash, worlds(kept))
        check(matured.paid, *paid)
        check(matured.left, *left)
        check(role.cash, *(8 - worlds(*paid)))
        check(role.debt, *(50 - worlds(*paid)))
    owe_on(role, worlds(0, 3, 0), matured.left, worlds(20))
    check(role.default_degree, 0, 3 / 20, 2 / 20)
    check(role.debt, 42, 45, 42)


def test_other_roles_of_its_firm_pay_what_it_lacks_before_those_it_owes_wait() -> None:
    role = a_debtor("cloud", 0)
    role.firm.help_with = lambda short, role: np.minimum(short, worlds(0, 5, 99))
    owe_on(role, worlds(3), worlds(10), worlds(20))
    check(role.default_degree, 13 / 20, 8 / 20, 0)
    check(role.debt, 50 + 3, 50 - 2, 50 - 10)


def test_lenders_extend_a_part_of_what_matures_before_shares_are_sold_and_that_is_no_default() -> None:
    role = a_debtor("cloud", 0, equity_multiple=1, issue_limit=0.02)
    role.market.firms["bank"].lender.given = replace(
        role.market.firms["bank"].lender.given, extension=worlds(0.4)
    )
    role.earnings = worlds(100, 100, 4)
    owe_on(role, worlds(0, 3, 0), worlds(3, 10, 10), worlds(20))
    # Of the 10 that fall due lenders extend 4; in the last world none, as 50 is above 12 times earnings.
    check(role.debt_extended, 3, 4, 0)
    # It lacks 3, 13 and 10, and its shares are worth 100, 100 and 4: it may sell a fiftieth of them.
    check(role.issued, 0, 2, 0.08)
    check(role.default_degree, 0, 7 / 20, 9.92 / 20)
    check(role.debt, 50, 51, 49.92)
    check(role.market.flow("bank", "cloud", "debt"), 3, 4, 0)


def test_without_lenders_softbank_sells_as_it_does_where_they_lend_nothing() -> None:
    own: dict[str, Any] = {"initial_holdings": 200, "saleable_share": 0.02, "fire_sale_discount": 0.2}
    refused, alone = (a_debtor("softbank", 0, tied=tied, **own) for tied in (True, False))
    for role in (refused, alone):
        role.market.has("softbank", -3, 0, 2)
        role.close()
        # Four are sold at the market's price, the rest in haste.
        check(role.sold, 13, 10, 8)
        check(role.holdings, *(200 - 4 - (worlds(13, 10, 8) - 4) / 0.8))
        check(role.cash, 0)
        check(role.default_degree, 0)
        check(role.debt, 40)
    np.testing.assert_array_equal(refused.nav, alone.nav)
