"""Prices of compute: the spot market's, what suppliers ask for new contracts, what each contract pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.bounds import bounded
from computeshift.environment.fleet import capital_recovery
from computeshift.environment.setup import Array, beyond, per, total
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.compute import Compute, ComputeParameters


@dataclass(frozen=True, kw_only=True)
class PriceParameters:
    """How capacity is priced."""

    initial_rent: Array = bounded(0.1, 500, "market rent of capacity at the start")
    hurdle: Array = bounded(0.001, 0.5, "return that owners of capacity want on what it costs to build")
    margin: Array = bounded(-0.5, 3, "margin that suppliers add to the capital cost of capacity")
    target_utilisation: Array = bounded(
        0.05, 1, "part of capacity that is usually in use; above it spot prices rise"
    )
    steepness: Array = bounded(0, 50, "response of the spot price to scarcity of capacity")
    rent_elasticity: Array = bounded(
        0, 5, "response of demand to the spot price, which limits its rise in scarcity"
    )
    glut: Array = bounded(0, 50, "response of the spot price to idle capacity")
    spot_weight: Array = bounded(
        0, 1, "least weight of the spot price, against a supplier's cost, in what it asks"
    )
    indexation: Array = bounded(0, 1, "part of a move of the spot price that contracts in force follow")
    price_sensitivity: Array = bounded(
        0, 20, "response of labs and tenants to a supplier's price when they choose one"
    )


class Prices(State):
    """What capacity costs, $ bn per GW-year.

    `spot` and `rent`, the mean of all that is let, are `(W,)`; `offer`, what a supplier asks for a new
    contract, is `(suppliers, W)`; `by_tie`, what a tie's contracts pay in the mean, and `rolling`, what those
    pay that are not firm, are `(ties, W)`.
    `dearness` is how much more than the market each supplier asks for what a GW of it is worth, log
    points, `(suppliers, W)`. Old chips are cheaper by what they do less: nobody is drawn to them by that.
    """

    def __init__(self, compute: Compute) -> None:
        self.market = compute.market  # not `compute`: the two would hold each other
        given = compute.given
        self.spot = self.first_spot = self.rent = given.initial_rent
        self.offer = np.tile(given.initial_rent, (len(compute.suppliers), 1))
        self.worth = np.ones_like(self.offer)
        self.dearness = np.zeros_like(self.offer)
        self.rolling = self.by_tie = np.tile(given.initial_rent, (len(compute.ties), 1))
        self.tightness = self.last_tightness = given.target_utilisation

    # --- what agents may ask ---

    def rent_of(self, supplier: str) -> Array:
        """What a supplier's tenants and labs pay in the mean, `(W,)`; what it asks, where it has none."""
        compute, s = self.compute, self.compute.supplier_index[supplier]
        mine = compute.ties_of(s)
        let = self.market.tenants.hosted_by(supplier)
        gw = sum((compute.contract[tie] for tie in mine), let)
        paid = sum((compute.contract[tie] * self.by_tie[tie] for tie in mine), let * self.offer[s])
        return per(paid, gw, self.offer[s])

    # --- the year ---

    def open(self) -> None:
        """Contracts in force at the start keep their prices; the spot market clears on what there is."""
        given, compute = self.given, self.compute
        self.tightness = self.last_tightness = self._tightness()
        self._clear_spot()
        self.first_spot = self.spot
        signed = rows([supplier.initial_price for supplier, _ in compute.ties]) * given.initial_rent
        self.rolling = np.where(compute.contract > 0, signed, self.offer[compute.supplier_of])
        self._note_mean(beyond(compute.contract, compute.commitments.held))
        self._note_rent()

    def reprice(self, kept: Array, rolling: Array) -> None:
        """Spot follows the last two years' tightness; contracts are indexed, and new ones pay what is asked.

        Of those that are not firm `kept` is what is kept, `rolling` what there is, GW, `(ties, W)`.
        """
        last, compute = self.spot, self.compute
        self.last_tightness, self.tightness = self.tightness, self._tightness()
        self._clear_spot()
        indexed = self.rolling * (self.spot / last) ** self.given.indexation
        new = beyond(rolling, kept)
        kept = np.minimum(kept, rolling)
        self.rolling = blended(kept, indexed, new, self._asked(np.minimum(compute.early, new), new))
        compute.commitments.index(self.spot / last)
        self._note_mean(rolling)
        self._note_rent()

    def cut(self, part: Array) -> None:
        """Contracts that roll on cost less by a part from now on, `(ties, W)`."""
        self.rolling = self.rolling * (1 - part)

    def _note_mean(self, rolling: Array) -> None:
        """The mean price of a tie's contracts; where it has none, what new ones cost."""
        firm = self.compute.commitments
        paid = rolling * self.rolling + firm.held * firm.price_by_tie()
        self.by_tie = per(paid, rolling + firm.held, self.rolling)

    def _asked(self, early: Array, new: Array) -> Array:
        """What new contracts cost, `(ties, W)`: what is brought forward costs spot, if that is more."""
        suppliers = self.compute.supplier_of
        usual = self.offer[suppliers]
        at_once = np.maximum(self.spot * self.worth[suppliers], usual)
        asked: Array = usual + per(early, new, 0.0) * (at_once - usual)
        return asked

    @property
    def compute(self) -> Compute:
        """Whose prices these are."""
        return self.market.compute

    @property
    def given(self) -> ComputeParameters:
        """The parameters of the section `compute`."""
        return self.compute.given

    def _tightness(self) -> Array:
        """What labs and tenants want over what is on line, `(W,)`; of its own fleet a firm has its part."""
        compute = self.compute
        gw = total([supplier.fleet.gw for supplier in compute.suppliers])
        return (compute.bids() + self.market.tenants.demand) / np.maximum(gw, 1e-9)

    def _capital_cost(self) -> Array:
        """Of a GW-year with its usual margin, `(W,)`: at the usual cost of capital, not the day's."""
        given = self.given
        chips = given.chip_share * capital_recovery(given.hurdle, given.chip_life)
        shells = (1 - given.chip_share) * capital_recovery(given.hurdle, given.shell_life)
        cost: Array = self.market.supply.capex_per_gw * (chips + shells) * (1 + given.margin)
        return cost

    def _clear_spot(self) -> None:
        """The spot price, and what each supplier asks between its own cost and that price."""
        given, suppliers = self.given, self.compute.suppliers
        pressure = np.log((self.tightness + self.last_tightness) / 2 / given.target_utilisation)
        scarce, idle = np.maximum(pressure, 0.0), np.minimum(pressure, 0.0)
        slope = given.steepness * (1 + scarce)
        premium = slope * scarce / (1 + slope * given.rent_elasticity)
        slack = np.exp(given.glut * idle)
        capital_cost = self._capital_cost()
        self.spot = given.running_cost + capital_cost * np.exp(premium) * slack
        unit_cost = given.running_cost + capital_cost
        own = unit_cost * rows([supplier.unit_cost() for supplier in suppliers])
        to_spot = 1 - (1 - given.spot_weight) * slack
        markup = rows([supplier.markup() for supplier in suppliers])
        self.worth = np.array([self.market.supply.worth(s.fleet) for s in suppliers])
        self.offer = markup * own ** (1 - to_spot) * self.spot**to_spot * self.worth

    def _note_rent(self) -> None:
        """The mean price of all that labs and tenants have, `(W,)`; spot where nobody has anything.

        And how dear each supplier is against it.
        """
        compute, tenants = self.compute, self.market.tenants
        hosts = [(compute.supplier_index[host.name], tenants.hosted_by(host.name)) for host in tenants.hosts]
        zero = self.market.ledger.zero
        gw = sum((let for _, let in hosts), sum(compute.contract, zero))
        paid = sum((let * self.offer[s] for s, let in hosts), sum(compute.contract * self.by_tie, zero))
        self.rent = per(paid, gw, self.spot)
        self.dearness = np.log(self.offer / self.worth / self.rent)


def blended(kept: Array, price: Array, new: Array, asked: Array) -> Array:
    """The mean price of a tie: kept GW at their price, new GW at what is asked; what is asked if none.

    >>> blended(np.array([3.0, 0.0]), np.array([10.0, 10.0]), np.array([1.0, 0.0]), np.array([14.0, 12.0]))
    array([11., 12.])
    """
    return per(kept * price + new * asked, kept + new, asked)


def rows(dials: Sequence[Array | float]) -> Array:
    """One row for each dial: `(k, W)`, or `(k, 1)` where each is one number for all worlds."""
    return np.array(np.broadcast_arrays(*map(np.atleast_1d, dials)))
