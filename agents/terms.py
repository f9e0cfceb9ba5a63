"""What new terms of a partnership would mean for both sides, as shares of what the lab pays for compute."""

from __future__ import annotations

import functools

import numpy as np

from computeshift.environment.commitments import SIGNED_AHEAD
from computeshift.environment.decisions import least
from computeshift.environment.partnership import Partnership
from computeshift.environment.setup import Array, per


class Terms:
    """New terms of a partnership against its old ones, in the year in which they are weighed."""

    def __init__(self, partnership: Partnership) -> None:
        self.partnership = partnership
        self.market = partnership.market
        self.lab = partnership.deal.target
        compute = self.market.compute
        self.held = compute.contracted_by(self.lab)
        self.dues = np.maximum(self.held * compute.price_for(self.lab), 1e-6)

    def new(self) -> Array:
        """What the lab has on order over what it has, twice as much at most, `(W,)`."""
        return np.minimum(per(self.market.compute.ordered_by(self.lab), self.held, 1.0), 2.0)

    def shared(self) -> Array:
        """The share of its revenue that the lab would no longer owe."""
        return self.partnership.eased() * self.market.lab(self.lab).revenue / self.dues

    def worth(self) -> Array:
        """What all of the lab's equity earns in a year, as builders count money."""
        return self.market.capital.value[self.lab] * self.market.compute.given.hurdle / self.dues

    def uplift(self) -> Array:
        """The part by which its equity is worth more once it is a for-profit; none once it is."""
        return self.partnership.given("uplift") * (1 - self.market.firms[self.lab].meets("converted"))

    @functools.cached_property
    def committed(self) -> Array:
        """GW that it commits the lab to, over those that it plans to have when they are all there."""
        return np.minimum(per(self.partnership.given("commitment"), self._plan(), 1.0), 1.0)

    def bound(self) -> Array:
        """The part of its plan that the lab would take elsewhere, were it not bound."""
        cloud = self.partnership.deal.source
        there = per(self.market.compute.bond(cloud, self.lab), self._bonds(), 0.0)
        return np.maximum(self.committed - there, 0.0)

    def _bonds(self) -> Array:
        return self.held + self.market.compute.ordered_by(self.lab)

    def _plan(self) -> Array:
        """GW that the lab wants, and can hope to pay, in the years for which it signs."""
        return least(self.market.lab(self.lab).plan_for(SIGNED_AHEAD))
