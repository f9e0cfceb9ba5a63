"""Acquisitions: firms with means buy into a lab that leaves dues unpaid; the price goes to its creditors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.ledger import MONEY
from computeshift.environment.setup import Array, per
from computeshift.environment.state import Sealed, State

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

LOST = 0.5  # of a lab's value: the most that owners lose in a default (unsecured claims recover a half)


class Acquisitions(State):
    """Distressed acquisitions: creditors first, owners last, and the lab goes on.

    Of a lab's value its owners lose the part that unpaid dues are of the year's dues, half at most. New
    shares are sold at what is left, so that the sale dilutes owners by that part at most. Nobody pays more
    than the shares will be worth once creditors are paid. All is continuous in what is unpaid.

    `sold` is by lab the part of its equity that was bought this year, `(W,)`.
    """

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.zero = market.ledger.zero
        self.sold = Sealed[Array]()

    def settle(self, unpaid: Array, part: Array) -> Array:
        """Buyers pay for new shares; returns what labs get for their creditors, $ bn, `(labs, W)`.

        `unpaid` are dues that would stay unpaid, $ bn, `(ties, W)`, and `part` is what they are of all dues
        of the year, `(labs, W)`.
        """
        self.sold = Sealed()
        compute, firms = self.market.compute, self.market.firms
        names = [lab.name for lab in compute.labs]
        lost, short = np.minimum(part, LOST), compute.by_lab(unpaid)
        values = [firms[name].market_value() for name in names]  # not the last mark: the year was a bad one
        worth = [self.zero if value is None else value for value in values]
        bids = {name: self._bids(name, lost[i] * worth[i], unpaid) for i, name in enumerate(names)}
        for buyer in dict.fromkeys(buyer for own in bids.values() for buyer in own):
            wished = sum((own.get(buyer, self.zero) for own in bids.values()), self.zero)
            within = np.minimum(per(firms[buyer].means_to_buy(), wished, 0.0), 1.0)
            for own in bids.values():
                if buyer in own:
                    own[buyer] = own[buyer] * within
        return np.array(
            [self._sell(name, bids[name], worth[i], lost[i], short[i]) for i, name in enumerate(names)]
        )

    def _bids(self, lab: str, lost: Array, unpaid: Array) -> dict[str, Array]:
        """What each buyer would lose itself, $ bn, `(W,)`: dues that it is owed, its part of the value lost.

        Buyers are firms tied to the lab as suppliers, or so that they may hold its shares; the venture has no
        means of its own. Nobody buys a lab that has no shares.
        """
        if lab not in self.market.capital.value:
            return {}
        tied, stake = self.market.network.tied, self.market.capital.stake
        owed = self.market.compute.by_supplier_of(lab, unpaid)
        others = (name for name in self.market.firms if name not in (lab, self.market.stargate.name))
        buyers = (name for name in others if tied(name, lab, "equity") or tied(name, lab, "capacity"))
        return {buyer: owed.get(buyer, self.zero) + stake(buyer, lab) * lost for buyer in buyers}

    def _sell(self, lab: str, bids: dict[str, Array], worth: Array, lost: Array, short: Array) -> Array:
        """Sell new shares for what creditors lack, $ bn, `(W,)`: all buyers get a part, by their bids."""
        if not bids:
            return self.zero
        offered = sum(bids.values(), self.zero)
        limits = {"owed": short, "worth": lost * worth, "bids": offered}
        price = self.market.decisions.least(lab, "acquisition", MONEY, limits)
        bought = {buyer: bid * per(price, offered, 0.0) for buyer, bid in bids.items()}
        left = (1 - lost) * worth
        self.sold[lab] = per(price, left + price, 0.0)
        self.market.capital.issue(lab, bought, left, "acquisition")
        return price
