"""Partnership of Microsoft and OpenAI: old terms, the bargain, new terms, and how it ends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import computeshift as cs
from computeshift.environment.market import ComputeMarket
from computeshift.environment.partnership import Partnership
from computeshift.environment.setup import Array
from tests.environment.two_firms import balanced, begin, check, worlds

TERMS = {
    **{"pace": 20, "refusal": 0.05, "revenue_share": 0.1, "cap": 4, "commitment": 2, "stake": 0.04},
    **{"uplift": 0.2, "longer": 1.5},
}
SET: dict[str, Any] = {f"deals.microsoft_openai.{name}": value for name, value in TERMS.items()}
SET |= {"microsoft.refusal": 0.2, "openai.revenue_share": 0.2, "openai.conversion_chance": 0}


def bargained(own: Array, other: Array, **more: Any) -> tuple[ComputeMarket, Partnership]:
    """The market in 2025, when both sides weighed what they would gain."""
    market = cs.market("six", worlds=3, set=SET | more)
    begin(market, 2025)
    for firm, gain in (("openai", own), ("microsoft", other)):
        market.firms[firm].gain_by = lambda _, gain=gain: gain  # type: ignore[method-assign,misc]
    market.partnerships.bargain()
    (partnership,) = market.partnerships
    return market, partnership


def test_old_terms_are_the_firms_own_numbers() -> None:
    market, partnership = bargained(worlds(1, 1, -1), worlds(0, -1, 1))
    check(partnership.renewed, 0)
    right = market.firms["microsoft"].supplier.first_refusal("openai")  # type: ignore[union-attr]
    check(right, 0.2)
    check(partnership.owed(worlds(0.2), worlds(10, 20, 30)), 2, 4, 6)
    partnership.share_paid(worlds(2, 4, 6))
    check(partnership.signed, 2, 4, 6)
    balanced(partnership)


def test_new_terms_rule_where_both_gain() -> None:
    start = cs.market("six", worlds=3, set=SET)
    stake = start.capital.stake("microsoft", "openai")
    market, partnership = bargained(worlds(1, 1, -1), worlds(1, 0, 1))
    check(partnership.renewed, 1, 0, 0)
    azure, lab = market.firms["microsoft"].supplier, market.firms["openai"]
    check(azure.first_refusal("openai"), 0.05, 0.2, 0.2)  # type: ignore[union-attr]
    check(lab.converted, 1, 0, 0)  # type: ignore[attr-defined]
    given = np.array([0.04, 0, 0])
    np.testing.assert_allclose(market.capital.stake("microsoft", "openai"), stake * (1 - given) + given)
    compute, firm = market.compute, market.compute.commitments
    tie = compute.tie_index["microsoft", "openai"]
    price = compute.prices.offer[compute.supplier_of[tie]]
    term = compute.given.term  # of GW that come over nine years, 2 in all, each for its term
    np.testing.assert_allclose(firm.left[tie], [2 * price[0] * term[0], 0, 0], rtol=0.02)
    # A tenth of revenue from now on, until four are paid.
    check(partnership.signed, 4, 0, 0)
    check(partnership.owed(worlds(0.2), worlds(30)), 3, 6, 6)
    partnership.share_paid(worlds(3, 6, 6))
    check(partnership.left, 1, 0, 0)
    check(partnership.owed(worlds(0.2), worlds(30)), 1, 6, 6)
    balanced(partnership)
    # New terms are not bargained again, and end a year and a half later.
    begin(market, 2026)
    market.partnerships.bargain()
    check(partnership.signed, 4, 6, 6)
    for year, parts in ((2030, (1,)), (2031, (1, 0, 0)), (2032, (0.5, 0, 0))):
        begin(market, year)
        check(partnership.in_force(), *parts)
    market.partnerships.close()
    check(partnership.left, 0)
    check(partnership.cut, 1, 0, 0)
    balanced(partnership)


def test_a_broken_partnership_leaves_no_right_and_no_share() -> None:
    broken = {"deals.microsoft_openai.breaks.year": 2026, "deals.microsoft_openai.breaks.by": "openai"}
    market, partnership = bargained(worlds(1, 0, 0), worlds(1), **broken)
    begin(market, 2026)
    check(partnership.cut, 4, 0, 0)
    check(partnership.owed(worlds(0.2), worlds(30)), 0)
    check(market.firms["microsoft"].supplier.first_refusal("openai"), 0)  # type: ignore[union-attr]
    balanced(partnership)


def test_what_each_side_would_gain() -> None:
    market = cs.market("six", worlds=3, set=SET)
    market.step()
    (partnership,) = market.partnerships
    before = {name: market.firms[name].gain_by(partnership) for name in ("openai", "microsoft")}
    # A point more of equity for Microsoft is worth the same to both, with opposite signs.
    numbers = dict(market.setup.parameters)
    numbers["deals.microsoft_openai.stake"] = worlds(0.05)
    market.setup = market.setup.__class__(**{**vars(market.setup), "parameters": numbers})
    moved = {name: market.firms[name].gain_by(partnership) - gain for name, gain in before.items()}
    assert (moved["microsoft"] > 0).all()
    np.testing.assert_allclose(moved["microsoft"], -moved["openai"])


@pytest.mark.parametrize("strategy", ["stay", "shift"])
def test_a_lab_that_likes_its_partner_best_wishes_for_nobody_else(strategy: str) -> None:
    market = cs.market("six", worlds=3, set={"openai.strategy": strategy})
    wish = market.lab("openai").wish_to_leave()  # type: ignore[attr-defined]
    assert (wish > 0).all() if strategy == "shift" else not wish.any()
