"""Renegotiation: a lab that is short of money puts dues off, its owners help, suppliers take less, GW go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.setup import Array, beyond, per
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

LOST = (
    0.5  # of a lab's value: the most that owners lose in a default (recoveries on unsecured claims: a half)
)


class Renegotiation(State):
    """What becomes of the dues that labs can't pay; each step takes what it can of what is left.

    So what is lost is continuous in what is missing. Only then is anything unpaid.
    """

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market

    def settle(self) -> None:
        """Settle the year's bills of all labs, once each has reckoned what it owes and what it has."""
        compute, labs = self.market.compute, self.market.compute.labs
        lab_of = compute.lab_of
        owed = np.where(compute.unbilled, 0.0, compute.billed)
        due = compute.by_lab(owed)
        short = beyond(due, np.array([lab.for_leases for lab in labs]))
        put_off = np.minimum(per(short, due, 0.0), compute.given.deferrable)
        short = short - put_off * due
        short = beyond(short, self._rescued(short, due))
        still = owed * (1 - put_off)[lab_of]
        cheaper = self._cheaper(short, still)
        taken = still * (1 - cheaper)
        short = beyond(short, compute.by_lab(still * cheaper))
        honoured = 1 - np.minimum(per(short, compute.by_lab(taken), 0.0), 1.0)
        bills = np.where(compute.unbilled, compute.billed, taken)
        compute.settle(put_off[lab_of], cheaper, honoured[lab_of])
        deferred, cut = put_off * due, compute.by_lab(still * cheaper)
        for number, lab in enumerate(labs):
            own = compute.by_supplier_of(lab.name, bills)
            lab.settle(own, honoured[number], deferred[number], cut[number])

    def _rescued(self, short: Array, due: Array) -> Array:
        """What owners put in, $ bn, `(labs, W)`: no more than they would lose otherwise, within their means."""
        market, labs = self.market, self.market.compute.labs
        lost = np.minimum(per(short, due, 0.0), LOST)
        asked = {lab.name: (short[number], lost[number]) for number, lab in enumerate(labs)}
        got = market.capital.rescue(asked)
        return np.array([got.get(lab.name, market.ledger.zero) for lab in labs])

    def _cheaper(self, short: Array, owed: Array) -> Array:
        """The part by which suppliers cut their prices, `(ties, W)`: down to what others would pay.

        Who lets the GW anew gets the spot price for the part that finds a tenant.
        """
        compute, prices = self.market.compute, self.market.compute.prices
        anew = prices.spot * np.minimum(prices.tightness, 1.0) * prices.worth[compute.supplier_of]
        most = np.clip(1 - per(anew, prices.by_tie, 1.0), 0.0, 1.0)
        part = np.minimum(per(short, compute.by_lab(owed * most), 0.0), 1.0)
        cut: Array = most * part[compute.lab_of]
        return cut
