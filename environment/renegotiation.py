"""Renegotiation: what becomes of dues that a lab can't pay, before anything is left unpaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.acquisitions import LOST
from computeshift.environment.setup import Array, beyond, per
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket


class Renegotiation(State):
    """A lab puts dues off, its owners help, suppliers take less: each step takes what it can of what is left.
    Then guarantors pay their part of the rest.

    The capacity that the rest was owed for goes back, and firms with means may buy into the lab, so that its
    creditors are paid. What is then unpaid is lost. So losses are continuous in what is missing: there is no
    cliff.
    """

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.zero = market.ledger.zero

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
        taken, short = self.market.guarantees.stand_in(taken, short)
        left = compute.by_lab(taken)
        unpaid = taken * np.minimum(per(short, left, 0.0), 1.0)[lab_of]
        lacking = np.minimum(per(short, due, 0.0), 1.0)
        short = beyond(short, self.market.acquisitions.settle(unpaid, lacking))
        honoured = 1 - np.minimum(per(short, left, 0.0), 1.0)
        bills = np.where(compute.unbilled, compute.billed, taken)
        compute.settle(put_off[lab_of], cheaper, honoured[lab_of])
        self.market.guarantees.book(honoured)
        deferred, cut = put_off * due, compute.by_lab(still * cheaper)
        for number, lab in enumerate(labs):
            own = compute.by_supplier_of(lab.name, bills)
            lab.settle(own, honoured[number], deferred[number], cut[number], lacking[number])

    def _rescued(self, short: Array, due: Array) -> Array:
        """What owners put in, $ bn, `(labs, W)`: within their means, and no more than they would lose.

        They get new shares at the value that the lab would have without them.
        """
        capital, labs = self.market.capital, self.market.compute.labs
        lost = np.minimum(per(short, due, 0.0), LOST)
        offers = {lab.name: self._offers(lab.name, short[i], lost[i]) for i, lab in enumerate(labs)}
        for holder in dict.fromkeys(holder for own in offers.values() for holder in own):
            wished = sum((own.get(holder, self.zero) for own in offers.values()), self.zero)
            part = np.minimum(per(self._means(holder), wished, 1.0), 1.0)
            offers = {
                lab: own | {holder: own[holder] * part} if holder in own else own
                for lab, own in offers.items()
            }
        for i, lab in enumerate(labs):
            if offers[lab.name]:
                worth = capital.value[lab.name] * (1 - lost[i])
                capital.issue(lab.name, offers[lab.name], worth, "rescue")
        return np.array([sum(offers[lab.name].values(), self.zero) for lab in labs])

    def _offers(self, lab: str, short: Array, lost: Array) -> dict[str, Array]:
        """What each owner of a lab would put in, $ bn, `(W,)`: its part, up to what it saves."""
        capital = self.market.capital
        holders = [h for h in capital.stakes.get(lab, {}) if self.market.network.tied(h, lab, "equity")]
        saved = {holder: capital.stake_value(holder, lab) * lost for holder in holders}
        part = np.minimum(per(short, sum(saved.values(), self.zero), 0.0), 1.0)
        return {holder: amount * part for holder, amount in saved.items()}

    def _means(self, holder: str) -> Array:
        """What an investor can still put in this year, $ bn, `(W,)`."""
        firm = self.market.firms.get(holder)
        return self.market.capital.outside_left() if firm is None else firm.left_to_invest()

    def _cheaper(self, short: Array, owed: Array) -> Array:
        """The part by which suppliers cut their prices, `(ties, W)`: down to what others would pay.

        A supplier that lets the GW anew gets the spot price for the part that finds a tenant.
        """
        compute, prices = self.market.compute, self.market.compute.prices
        anew = prices.spot * np.minimum(prices.tightness, 1.0) * prices.worth[compute.supplier_of]
        most = np.clip(1 - per(anew, prices.by_tie, 1.0), 0.0, 1.0)
        part = np.minimum(per(short, compute.by_lab(owed * most), 0.0), 1.0)
        cut: Array = most * part[compute.lab_of]
        return cut
