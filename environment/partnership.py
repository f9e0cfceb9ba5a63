"""Partnerships: a lab's terms with its first cloud, and the yearly chance that they are bargained anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.agreements import Agreement, Agreements
from computeshift.environment.commitments import SIGNED_AHEAD
from computeshift.environment.setup import Array, per

if TYPE_CHECKING:
    from computeshift.environment.firms import Participant
    from computeshift.environment.market import ComputeMarket
    from computeshift.environment.setup import Deal


class Partnership(Agreement):
    """Two regimes: old terms, which are the firms' own numbers, and new ones, which are the deal's.

    `renewed` is 1 where the new ones rule, else 0, `(W,)`. The right of first refusal and the share of
    revenue end with it. Books are in the share of revenue: under old terms it is booked as it falls due,
    under new ones all that it can still come to, the cap, is due from the bargain on.
    """

    def __init__(self, market: ComputeMarket, deal: Deal) -> None:
        super().__init__(market, deal)
        self.bound = self.renewed = market.ledger.zero

    def conclude(self) -> None:
        """Its old terms rule."""
        self.bound = self.is_signed()

    def end(self) -> None:
        """It is broken: neither right nor share remains."""
        super().end()
        self.bound = self.market.ledger.zero

    # --- its terms ---

    def in_force(self) -> Array:
        """1 in worlds and years in which it binds, 0 where not, and the part of its last year, `(W,)`."""
        last = self.deal.last + self.given("longer") * self.renewed
        return self.bound * np.clip(last - self.market.year + 1, 0.0, 1.0)

    def refusal(self, old: Array) -> Array:
        """The part of the lab's new demand that the cloud may take before others, `(W,)`."""
        return self.in_force() * np.where(self.renewed, self.given("refusal"), old)

    def owed(self, old: Array, revenue: Array) -> Array:
        """What the lab owes of a year's revenue, $ bn, `(W,)`; `old` is the share under old terms."""
        new = np.minimum(self.given("revenue_share") * revenue, self.left)
        return self.in_force() * np.where(self.renewed, new, old * revenue)

    def share_paid(self, amount: Array) -> None:
        """The lab paid a share of revenue, $ bn, `(W,)`."""
        self.due = amount
        self.sign(amount * (1 - self.renewed))
        self.pay(amount)

    def close(self) -> None:
        """What is left of the cap after its last year is owed no more."""
        over = self.market.year >= self.deal.last + self.given("longer") * self.renewed
        self.drop(self.left * over)

    # --- the bargain ---

    def eased(self) -> Array:
        """The part of its revenue that the lab would no longer owe under new terms, `(W,)`."""
        old = self.market.setup.parameters[f"{self.deal.target}.revenue_share"]
        return old - self.given("revenue_share")

    def freed(self) -> Array:
        """The part of its new demand that the lab could take elsewhere under new terms, `(W,)`."""
        cloud = self.market.firms[self.deal.source].supplier
        assert cloud is not None
        old = self.market.setup.parameters[f"{self.deal.source}.refusal"]
        return cloud.first_refusal(self.deal.target) * (1 - per(self.given("refusal"), old, 1.0))

    def bargain(self) -> None:
        """New terms are struck with a chance that rises with the surplus, and only where both sides gain.

        The surplus is twice the geometric mean of both gains (Nash's product), as a share of what the lab
        pays for compute in a year: if either side gains nothing, there is no bargain.
        """
        lab, cloud = (self.market.firms[name] for name in (self.deal.target, self.deal.source))
        gains = {"own_gain": lab.gain_by(self), "partners_gain": cloud.gain_by(self)}
        self.market.decisions.record(lab.name, "bargain", "share", gains)
        own, other = (np.maximum(gain, 0.0) for gain in gains.values())
        hazard = -np.expm1(-self.given("pace") * 2 * np.sqrt(own * other))
        draw = self.market.draws.uniform(f"bargain {self.deal.name}", self.market.year)
        struck = (draw < hazard) * (1 - self.renewed) * (self.in_force() > 0)
        if struck.any():  # worlds without a bargain keep their bits
            self._renew(struck, lab)

    def _renew(self, struck: Array, lab: Participant) -> None:
        """The new terms rule from this year on: shares for consent, and firm GW at the cloud."""
        self.renewed = self.renewed + struck
        self.sign(struck * self.given("cap"))
        self.market.capital.grant(lab.name, self.deal.source, struck * self.given("stake"))
        lab.accept(struck)
        self._commit(struck * self.given("commitment"))

    def _commit(self, gw: Array) -> None:
        """The lab signs GW, `(W,)`, of the cloud's for years ahead, at its price and for the usual term."""
        compute, year = self.market.compute, self.market.year
        tie = compute.tie_index[self.deal.source, self.deal.target]
        price = np.asarray(compute.prices.offer[compute.supplier_of[tie]])
        compute.commitments.sign_one(tie, gw, price, compute.given.term, year, year + SIGNED_AHEAD)


class Partnerships(Agreements[Partnership]):
    """All partnerships."""

    kind = "partnership"
    form = Partnership

    def bargain(self) -> None:
        """Those in force are bargained anew where both sides gain, as long as the cloud lets to the lab."""
        for own in self.all:
            tied = self.market.network.tied(own.deal.source, own.deal.target, "capacity")
            if own.deal.first <= self.market.year and tied:
                own.bargain()

    def of(self, cloud: str, lab: str) -> Partnership | None:
        """The one between a cloud and a lab, from the year on in which it is signed."""
        for own in self.all:
            if (own.deal.source, own.deal.target) == (cloud, lab) and own.deal.signed <= self.market.year:
                return own
        return None
