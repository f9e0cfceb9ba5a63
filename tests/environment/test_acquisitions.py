"""Acquisitions by hand: who buys into a lab that leaves dues unpaid, at which price, and who gets it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from computeshift.environment.setup import Array
from tests.behaviour.twins import twins
from tests.behaviour.worlds import MEASURED, Run, play

WORTH = 100.0
"""$ bn that OpenAI is worth if it pays all it owes."""
DUE = 20.0
"""$ bn that it owes for the year."""


def sale(short: Array, means: dict[str, float], *, worth: float = WORTH, azure: float = 0.75) -> Any:
    """OpenAI's market once it has left `short` unpaid, $ bn, the part `azure` to Microsoft, else to Oracle.

    Firms have these means to buy; Microsoft holds a fifth of it and SoftBank a tenth.
    """
    market = twins(0, len(short))
    market.step()
    firms, compute, capital = market.firms, market.compute, market.capital
    for name, firm in firms.items():
        own = np.full(len(short), means.get(name, 0.0))
        firm.means_to_buy = partial(np.copy, own)  # type: ignore[method-assign]
    firms["openai"].market_value = lambda: np.full(len(short), worth)  # type: ignore[method-assign]
    held = {"microsoft": 0.2, "softbank": 0.1}
    capital.stakes["openai"] = {holder: np.full(len(short), own) for holder, own in held.items()}
    capital.retained["openai"] = np.ones(len(short))
    capital.unpaid.tranches = []
    unpaid = np.zeros_like(compute.billed)
    unpaid[compute.tie_index["microsoft", "openai"]] = azure * short
    unpaid[compute.tie_index["oracle", "openai"]] = (1 - azure) * short
    part = np.zeros((len(compute.labs), len(short)))
    part[compute.lab_index["openai"]] = short / DUE
    market.ledger.open_year(market.year)
    market.bought = market.acquisitions.settle(unpaid, part)[compute.lab_index["openai"]]
    return market


def paid(market: Any, buyer: str) -> Array:
    """What one firm paid for shares in OpenAI, $ bn, `(W,)`."""
    flows = (f for f in market.ledger.this_year() if (f.source, f.target) == (buyer, "openai"))
    return np.asarray(sum((f.amount for f in flows if f.kind == "acquisition"), market.ledger.zero))


def test_the_price_is_what_creditors_lack_and_shares_cost_what_they_are_worth_without_that_part() -> None:
    market = sale(np.array([0.0, 4.0, 16.0]), {"microsoft": 1000})
    np.testing.assert_allclose(market.bought, [0, 4, 16])
    # 20% of dues unpaid: shares at a value of 80. 80%: at 50, as owners lose half at most.
    sold = np.array([0, 4 / 84, 16 / 66])
    np.testing.assert_allclose(market.acquisitions.sold["openai"], sold)
    np.testing.assert_allclose(market.capital.stake("microsoft", "openai"), 0.2 * (1 - sold) + sold)
    np.testing.assert_allclose(market.capital.stake("softbank", "openai"), 0.1 * (1 - sold))
    np.testing.assert_allclose(market.capital.retained["openai"], 1 - sold)


def test_buyers_share_it_by_what_each_would_lose_within_its_means() -> None:
    market = sale(np.array([4.0]), {"microsoft": 1000, "softbank": 0.5, "oracle": 1000, "mgx": 1000})
    # Owners lose 20: Microsoft a fifth of it and 3 of dues, SoftBank a tenth, Oracle 1 of dues, MGX none.
    bids = {"microsoft": 7.0, "softbank": 0.5, "oracle": 1.0, "mgx": 0.0, "other_cloud": 0.0}
    for buyer, bid in bids.items():
        np.testing.assert_allclose(paid(market, buyer), bid * 4 / 8.5)


def test_nobody_pays_more_than_it_has_or_than_shares_are_worth() -> None:
    np.testing.assert_allclose(sale(np.array([4.0]), {"microsoft": 1.5}).bought, 1.5)
    np.testing.assert_allclose(sale(np.array([4.0]), {}).bought, 0)
    worthless = sale(np.array([4.0]), {"microsoft": 1000}, worth=10)
    np.testing.assert_allclose(worthless.bought, 0.2 * 10)
    np.testing.assert_allclose(worthless.acquisitions.sold["openai"], 0.2)  # the part of its dues unpaid


@pytest.mark.parametrize("means", [1.0, 1000.0])
@pytest.mark.parametrize("worth", [0.0, 5.0, 100.0, 5000.0])
def test_the_part_sold_grows_with_the_part_unpaid_and_never_exceeds_it(means: float, worth: float) -> None:
    short = np.linspace(0, DUE, 41)
    market = sale(short, {"microsoft": means, "oracle": means}, worth=worth)
    sold, price, cash = market.acquisitions.sold["openai"], market.bought, market.ledger.cash["openai"]
    assert (sold <= np.minimum(short / DUE, 0.5) + 1e-12).all()
    assert (np.diff(sold) >= -1e-12).all()
    assert (np.diff(sold) <= 1.5 / 40 + 1e-12).all()
    assert (price <= np.minimum(short, np.minimum(short / DUE, 0.5) * worth) + 1e-12).all()
    assert (sum(market.capital.stakes["openai"].values()) <= 1 + 1e-12).all()
    np.testing.assert_allclose(sum(paid(market, firm) for firm in market.firms), price)
    np.testing.assert_allclose(cash - cash[0], price)  # it pays its creditors out of it


STORM: dict[str, Any] = {
    "shocks__demand_fall__size": 1.0,
    "shocks__demand_fall__until": 2028,
    "shocks__sentiment_fall__size": 0.6,
    "shocks__credit_crunch__size": 600,
    "shocks__credit_crunch__until": 2028,
}


def test_in_a_storm_most_labs_are_bought_in_part_and_in_calm_years_few() -> None:
    bought = {}
    for name, settings in (("six", {}), ("storm", STORM)):
        run = play(worlds=500, **settings)
        parts = np.array([run.agent("openai", "acquired", year) for year in range(2025, 2031)])
        largest, ever = parts.max(axis=0), (parts > 0.01).any(axis=0).mean()
        bought[name] = (largest > 0.1).mean()
        text = f"{name}: worlds in which firms buy more than 1%, a tenth, a fifth of OpenAI in a year"
        MEASURED.append(f"{text} {ever:7.3f} {bought[name]:7.3f} {(largest > 0.2).mean():7.3f}")
        creditors_first(run)
    assert bought["six"] < 0.15 < 0.5 < bought["storm"]


def creditors_first(run: Run) -> None:
    """All that buyers pay goes to suppliers, stakes add up to one firm at most, and no cash is lost."""
    market = run.market
    for year in range(2025, 2031):
        price: Any = sum(run.flow(buyer, "openai", "acquisition", year) for buyer in market.firms)
        paid_on: Any = sum(run.flow("openai", supplier, "lease", year) for supplier in market.firms)
        assert (price <= paid_on + 1e-9).all()
        assert ((price > 0) == (run.agent("openai", "acquired", year) > 0)).all()
    together: Any = sum(market.capital.stakes["openai"].values())
    assert (together <= 1 + 1e-9).all()
    given = sum(np.asarray(firm.initial_cash) for firm in market.firms.values())
    np.testing.assert_allclose(sum(market.ledger.cash.values()), given, atol=1e-6)
