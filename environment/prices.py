"""Prices of compute: what suppliers ask, what labs pay, and what the market pays in the mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.fleet import capital_recovery
from computeshift.environment.setup import Array, total
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.compute import Compute


class Prices(State):
    """What capacity costs, $ bn per GW-year: by supplier `(suppliers, W)`, and in the mean `(W,)`."""

    def __init__(self, compute: Compute) -> None:
        self.compute = compute
        given = compute.given
        self.by_supplier = np.tile(given.initial_rent, (len(compute.suppliers), 1))
        self.rent = given.initial_rent
        self.tightness = given.target_utilisation
        self._note_dearness()

    def reprice(self) -> None:
        """Prices follow costs and scarcity: what labs wanted over what suppliers had for them."""
        compute, given = self.compute, self.compute.given
        suppliers = compute.suppliers
        rate = np.array([s.borrowing_rate for s in suppliers])
        recovery = given.chip_share * capital_recovery(rate, given.chip_life)
        recovery = recovery + (1 - given.chip_share) * capital_recovery(rate, given.shell_life)
        cost = compute.market.supply.capex_per_gw * recovery + given.running_cost
        offered = total([s.room_in_all() for s in suppliers])
        demand = np.maximum(total(compute.wanted), total(compute.contract))
        self.tightness = demand / np.maximum(offered, 1e-9)
        pull = np.clip(self.tightness / given.target_utilisation, 0.5, 2.0) ** given.scarcity
        worth = np.array([compute.market.supply.worth(s.fleet) for s in suppliers])
        goal = cost * (1 + given.margin) * pull * rows([s.markup() for s in suppliers]) * worth
        self.by_supplier = self.by_supplier * (goal / self.by_supplier) ** given.price_speed
        gw = np.array([supplier.fleet.gw for supplier in suppliers])
        self.rent = total(gw * self.by_supplier) / total(gw)
        self._note_dearness()

    def _note_dearness(self) -> None:
        """How much more than the market each supplier asks, log points, `(suppliers, W)`."""
        self.dearness = np.log(self.by_supplier / self.rent)


def rows(dials: Sequence[Array | float]) -> Array:
    """One row for each dial: `(k, W)`, or `(k, 1)` where each is one number for all worlds."""
    return np.array(np.broadcast_arrays(*map(np.atleast_1d, dials)))
