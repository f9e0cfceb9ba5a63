"""Renegotiation by hand: what each step takes of the dues that a lab can't pay."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from computeshift.environment.setup import Array
from tests.behaviour.twins import twins

DUE = 20.0
"""$ bn that OpenAI owes Microsoft."""


def talks(short: tuple[float, ...], *, help_: float = 0, deferrable: float = 0.2, anew: float = 1) -> Any:
    """The six's market after talks: OpenAI owes 20 and lacks these, one number per world.

    Its owners can put in `help_` each, and nobody buys into it. Who lets its GW anew gets `anew` times the
    price for it.
    """
    market = twins(0, len(short), {"compute.deferrable": deferrable})
    market.step()
    compute, lab, capital = market.compute, cast(Any, market.lab("openai")), market.capital
    tie = compute.tie_index["microsoft", "openai"]
    bills = np.zeros_like(compute.billed)
    bills[tie] = DUE
    compute.billed = compute.rolling_bill = bills
    lab.reckon()
    lab.for_leases = DUE - np.array(short)
    prices = compute.prices
    prices.spot, prices.tightness = anew * prices.by_tie[tie], np.ones(len(short))
    prices.worth = np.ones_like(prices.worth)
    for firm in market.firms.values():
        firm.left_to_invest = lambda: np.full(len(short), float(help_))  # type: ignore[method-assign]
        firm.means_to_buy = lambda: np.zeros(len(short))  # type: ignore[method-assign]
    capital.outside_left = lambda: np.zeros(len(short))  # type: ignore[method-assign]
    market.ledger.open_year(market.year)
    market.renegotiation.settle()
    return market


def rescue(market: Any) -> Array:
    """What owners put into OpenAI, $ bn, `(W,)`."""
    paid = (f.amount for f in market.ledger.this_year() if (f.target, f.kind) == ("openai", "rescue"))
    return np.asarray(sum(paid))


def test_dues_are_put_off_first_then_unpaid() -> None:
    lab = talks((0, 3, 4, 10)).lab("openai")
    np.testing.assert_allclose(lab.deferred, [0, 3, 4, 4])
    np.testing.assert_allclose(lab.lease_due, [20, 17, 16, 16])
    np.testing.assert_allclose(lab.honoured_share, [1, 1, 1, 10 / 16])
    np.testing.assert_allclose(lab.price_cuts, 0)


def test_what_is_put_off_is_owed_next_year_with_interest() -> None:
    market = talks((0, 3, 4, 10))
    tie = market.compute.tie_index["microsoft", "openai"]
    rate = market.capital.given.base_rate + market.capital.spread
    np.testing.assert_allclose(market.compute.deferred[tie], np.array([0, 3, 4, 4]) * (1 + rate))


def test_owners_help_by_what_they_save_within_their_means_and_get_shares_for_it() -> None:
    before = talks((0, 3, 8, 20))
    market = talks((0, 3, 8, 20), help_=1.5)
    got = rescue(market)
    # Three owners of it can pay: SoftBank, Microsoft and MGX; those that came with the first round, too.
    np.testing.assert_allclose(got[:2], 0)
    assert 0 < got[2] <= 4
    assert got[2] <= got[3] <= 3 * 1.5 + 1e-9
    np.testing.assert_allclose(
        market.lab("openai").honoured_share[3], before.lab("openai").honoured_share[3] + got[3] / 16
    )
    stakes = market.capital.stakes["openai"]
    assert stakes["mgx"][3] > before.capital.stakes["openai"]["mgx"][3]
    assert (sum(stakes.values()) <= 1).all()


def test_a_supplier_takes_less_down_to_what_it_would_get_for_the_gw_elsewhere() -> None:
    market = talks((0, 4, 8, 20), anew=0.75)
    lab = market.lab("openai")
    # Of 16 a quarter at most.
    np.testing.assert_allclose(lab.price_cuts, [0, 0, 4, 4])
    np.testing.assert_allclose(lab.honoured_share, [1, 1, 1, 0])
    fresh = twins(0, 4)
    fresh.step()
    tie = market.compute.tie_index["microsoft", "openai"]
    usual = fresh.compute.prices.rolling[tie]
    np.testing.assert_allclose(market.compute.prices.rolling[tie], usual * [1, 1, 0.75, 0.75])


@pytest.mark.parametrize("anew", [1, 0.75])
def test_nothing_is_lost_on_the_way(anew: float) -> None:
    short = np.linspace(0, 20, 41)
    market = talks(tuple(short), help_=1, anew=anew)
    lab = market.lab("openai")
    unpaid = lab.lease_due * (1 - lab.honoured_share)
    np.testing.assert_allclose(lab.deferred + rescue(market) + lab.price_cuts + unpaid, short, atol=1e-9)
    for taken in (lab.deferred, rescue(market), lab.price_cuts, unpaid):
        assert (np.diff(taken) >= -1e-9).all()
        assert (np.diff(taken) <= 0.5 + 1e-9).all()  # no step takes more than what more is missing
