"""The market for compute: building within power and chips, contracts, prices, rationing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from computeshift.environment.fleet import HORIZON, Fleet, capital_recovery
from computeshift.environment.setup import Array

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

ORDERED_AHEAD = 2  # years a lab orders ahead, about what a site takes; orders fall due over them
ROUNDS = 3  # of asking and granting: what one supplier lacks is asked of the others


@dataclass(frozen=True, kw_only=True)
class ComputeParameters:
    """How capacity is built and priced."""

    capex_per_gw: Array
    capex_drift: Array
    chip_share: Array
    chip_life: Array
    shell_life: Array
    running_cost: Array
    due_first_year: Array
    due_second_year: Array
    due_third_year: Array
    retirement: Array
    power_per_year: Array
    power_growth: Array
    chips_per_year: Array
    chip_growth: Array
    term: Array
    take_or_pay: Array
    rent_2024: Array
    margin: Array
    target_utilisation: Array
    scarcity: Array
    price_speed: Array
    price_sensitivity: Array


class Supplier(Protocol):
    """Whoever has capacity to lease."""

    name: str
    fleet: Fleet
    starts_wanted: Array
    completions_wanted: Array
    borrowing_rate: Array

    def room_for(self, lab: str) -> Array:
        """GW it will lease to one lab at most, `(W,)`."""
        ...

    def room_in_all(self) -> Array:
        """GW it will lease to all labs together, `(W,)`."""
        ...

    def first_refusal(self, lab: str) -> Array:
        """The part of a lab's new demand it may take before anybody else, `(W,)`."""
        ...


class Buyer(Protocol):
    """Whoever leases capacity."""

    name: str
    wanted_gw: Array

    def taste(self, supplier: str) -> Array:
        """How much it likes a supplier besides the price, in log points, `(W,)`."""
        ...

    def first_home(self, supplier: str) -> Array:
        """The same when the contracts of the start year are laid down, `(W,)`."""
        ...


class Compute:
    """Who leases how much from whom. `contract`, `used` and `backlog` are `(suppliers, labs, W)`, GW."""

    def __init__(self, market: ComputeMarket, suppliers: list[Supplier], labs: list[Buyer]) -> None:
        self.market = market
        self.given = market.setup.given(ComputeParameters, "compute")
        self.suppliers = suppliers
        self.labs = labs
        self.supplier_index = {supplier.name: i for i, supplier in enumerate(suppliers)}
        self.lab_index = {lab.name: i for i, lab in enumerate(labs)}
        self.ties = np.array(
            [[market.network.tied(s.name, b.name, "capacity") for b in labs] for s in suppliers],
            dtype=float,
        ).reshape(len(suppliers), len(labs), 1)
        shape = (len(suppliers), len(labs), market.worlds)
        self.contract = np.zeros(shape)
        self.used = np.zeros(shape)
        self.backlog = np.zeros(shape)
        self.price = np.tile(self.given.rent_2024, (len(suppliers), 1))
        self.capex_per_gw = self.given.capex_per_gw
        self.power = self.given.power_per_year
        self.chips = self.given.chips_per_year
        self.wanted = np.zeros(shape[1:])
        self.tightness = self.given.target_utilisation

    # --- what agents may ask ---

    def leased_by(self, supplier: str) -> Array:
        """GW of a supplier under contract to all labs, `(W,)`."""
        return np.asarray(self.contract[self.supplier_index[supplier]].sum(axis=0))

    def ordered_from(self, supplier: str) -> Array:
        """GW that labs have ordered from a supplier and that were not delivered, `(W,)`."""
        return np.asarray(self.backlog[self.supplier_index[supplier]].sum(axis=0))

    def contracted_by(self, lab: str) -> Array:
        """GW a lab has under contract at the end of the year, `(W,)`."""
        return np.asarray(self.contract[:, self.lab_index[lab]].sum(axis=0))

    def ordered_by(self, lab: str) -> Array:
        """GW a lab has ordered and not yet got, `(W,)`."""
        return np.asarray(self.backlog[:, self.lab_index[lab]].sum(axis=0))

    def used_by(self, lab: str) -> Array:
        """GW a lab had on average over the year, `(W,)`."""
        return np.asarray(self.used[:, self.lab_index[lab]].sum(axis=0))

    def bond(self, supplier: str, lab: str) -> tuple[Array, Array]:
        """GW under contract and on order between one supplier and one lab, `(W,)` each."""
        at = self.supplier_index[supplier], self.lab_index[lab]
        return self.contract[at], self.backlog[at]

    def price_for(self, lab: str) -> Array:
        """What a lab pays per GW-year over its contracts, $ bn, `(W,)`; the market's if it has none."""
        held = self.contract[:, self.lab_index[lab]]
        total = held.sum(axis=0)
        paid = (held * self.price).sum(axis=0)
        return np.where(total > 0, paid / np.where(total > 0, total, 1.0), self.rent)

    @property
    def rent(self) -> Array:
        """The market's price of a GW-year, $ bn, `(W,)`: the mean over what is on line."""
        gw = np.stack([supplier.fleet.gw for supplier in self.suppliers])
        return np.asarray((gw * self.price).sum(axis=0) / gw.sum(axis=0))

    @property
    def shell_cost(self) -> Array:
        """$ bn per GW for land, power and buildings, paid when a site is started, `(W,)`."""
        return self.capex_per_gw * (1 - self.given.chip_share)

    @property
    def chip_cost(self) -> Array:
        """$ bn per GW for chips and racks, paid when a site comes on line, `(W,)`."""
        return self.capex_per_gw * self.given.chip_share

    @property
    def profile(self) -> Array:
        """The share of new sites due this year, the next, the third and the last, `(HORIZON, W)`."""
        given = self.given
        early = (given.due_first_year, given.due_second_year, given.due_third_year)
        return np.stack([*early, 1 - sum(early)])

    # --- the year ---

    def open_contracts(self) -> None:
        """Lay the contracts of the start year: each lab's GW, at its suppliers as they can."""
        self.wanted = np.stack([lab.wanted_gw for lab in self.labs])
        homes = [[lab.first_home(s.name) for lab in self.labs] for s in self.suppliers]
        weights = np.exp(np.stack(homes)) * self.ties
        self.contract = self._contracts(np.zeros_like(self.contract), weights)
        self.used = self.contract

    def order(self, lab: str, gw: Array) -> None:
        """A lab orders GW to be built, from the suppliers it is tied to, by taste and price.

        Who holds a right of first refusal may take its part before anybody else.
        """
        at = self.lab_index[lab]
        weight = self._weights()[:, at]
        first = self._first_refusals()[:, at] * gw
        split = (gw - first.sum(axis=0)) * weight / np.maximum(weight.sum(axis=0), 1e-12) + first
        backlog = self.backlog.copy()
        backlog[:, at] = backlog[:, at] + split * self.ties[:, at]
        self.backlog = backlog

    def cancel(self, lab: str, share: Array) -> None:
        """A lab cancels a share of its orders, `(W,)` in [0, 1], as far as they do not bind it."""
        kept = np.ones_like(self.backlog)
        kept[:, self.lab_index[lab]] = 1 - share * (1 - self.given.take_or_pay)
        self.backlog = self.backlog * kept

    def break_contracts(self, lab: str, honoured: Array) -> None:
        """A lab that cannot pay keeps only the share of its contracts and orders it can honour."""
        kept = np.ones_like(self.backlog)
        kept[:, self.lab_index[lab]] = honoured
        self.contract = self.contract * kept
        self.backlog = self.backlog * kept

    def build(self) -> None:
        """Grant power to new sites and chips to finished ones, pro rata when they are short."""
        news = self.market.news
        profile = self.profile
        starts = np.stack([s.starts_wanted for s in self.suppliers])
        starts = starts * _ration(starts.sum(axis=0), self.power)
        for supplier in self.suppliers:
            supplier.fleet.delay(news.permit_delay(supplier.name))
        delays = np.stack([news.permit_delay(s.name) for s in self.suppliers])
        finished = np.stack([s.fleet.due[0] for s in self.suppliers])
        finished = np.minimum(
            finished + profile[0] * (1 - delays) * starts,
            np.stack([s.completions_wanted for s in self.suppliers]),
        )
        finished = finished * np.stack([1 - news.chip_limit(s.name) for s in self.suppliers])
        chip_demand = finished.sum(axis=0)
        finished = finished * _ration(chip_demand, self.chips)
        for i, supplier in enumerate(self.suppliers):
            supplier.fleet.build(starts[i], finished[i], profile, self.given.retirement)
        self.power = self.power * (1 + self.given.power_growth)
        self.chips = self.chips * (1 + self.given.chip_growth)

    def drift(self) -> None:
        """Building gets dearer or cheaper from one year to the next."""
        self.capex_per_gw = self.capex_per_gw * (1 + self.given.capex_drift)

    def clear(self) -> None:
        """Contracts meet what is on line: take-or-pay first, then preference; the rest is rationed."""
        before = self.contract
        kept = before * (1 - 1 / self.given.term)
        self.wanted = np.stack([lab.wanted_gw for lab in self.labs])
        self.contract = self._contracts(kept, self._weights())
        delivered = np.maximum(self.contract - kept, 0.0)
        self.backlog = np.maximum(self.backlog - delivered, 0.0)
        self.used = (before + self.contract) / 2
        for s, supplier in enumerate(self.suppliers):
            for b, lab in enumerate(self.labs):
                if self.ties[s, b, 0]:
                    self.market.ledger.record(
                        supplier.name, lab.name, "capacity", self.used[s, b], "GW"
                    )
        self._reprice()

    def _contracts(self, kept: Array, weights: Array) -> Array:
        """Contracts of the year, `(suppliers, labs, W)`, from what is kept of the last ones."""
        on_line = np.stack([s.fleet.gw for s in self.suppliers])
        kept = kept * _ration(kept.sum(axis=1), on_line)[:, None]
        cap = np.stack([[s.room_for(b.name) for b in self.labs] for s in self.suppliers])
        room = np.maximum(cap - kept, 0.0) * self.ties
        free = np.maximum(np.stack([s.room_in_all() for s in self.suppliers]) - kept.sum(1), 0.0)
        falls_due = self.backlog * self.given.take_or_pay / ORDERED_AHEAD
        binding = np.minimum(falls_due, room)
        binding = binding * _ration(binding.sum(axis=1), free)[:, None]
        got = kept + binding
        for asked_first in (True, *[False] * ROUNDS):
            room = np.maximum(cap - got, 0.0) * self.ties
            left = np.maximum(free - (got - kept).sum(axis=1), 0.0)
            short = np.maximum(self.wanted - got.sum(axis=0), 0.0)
            if asked_first:
                asked = self._first_refusals() * short
            else:
                weight = weights * (room > 1e-12) * (left > 1e-12)[:, None]
                asked = short * weight / np.maximum(weight.sum(axis=0), 1e-300)
            granted = np.minimum(asked, room)
            got = got + granted * _ration(granted.sum(axis=1), left)[:, None]
        return got

    def _weights(self) -> Array:
        """How labs spread what they want over suppliers, `(suppliers, labs, W)`, not normalised."""
        taste = np.stack([[b.taste(s.name) for b in self.labs] for s in self.suppliers])
        dear = np.log(self.price / self.rent)[:, None]
        return np.exp(taste - self.given.price_sensitivity * dear) * self.ties

    def _first_refusals(self) -> Array:
        """The part of each lab's new demand that is offered first, `(suppliers, labs, W)`."""
        rights = [[s.first_refusal(b.name) for b in self.labs] for s in self.suppliers]
        return np.stack(rights) * self.ties

    def _reprice(self) -> None:
        """Prices follow costs and scarcity: what labs wanted over what suppliers had for them."""
        given = self.given
        rate = np.stack([s.borrowing_rate for s in self.suppliers])
        recovery = given.chip_share * capital_recovery(rate, given.chip_life)
        recovery = recovery + (1 - given.chip_share) * capital_recovery(rate, given.shell_life)
        cost = self.capex_per_gw * recovery + given.running_cost
        offered = np.stack([s.room_in_all() for s in self.suppliers]).sum(axis=0)
        demand = np.maximum(self.wanted.sum(axis=0), self.contract.sum(axis=(0, 1)))
        self.tightness = demand / np.maximum(offered, 1e-9)
        pull = np.clip(self.tightness / given.target_utilisation, 0.5, 2.0) ** given.scarcity
        goal = cost * (1 + given.margin) * pull
        self.price = self.price * (goal / self.price) ** given.price_speed


def _ration(asked: Array, available: Array) -> Array:
    """The share of what is asked that can be had, in [0, 1]."""
    return np.minimum(1.0, available / np.maximum(asked, 1e-12))


__all__ = ["HORIZON", "Buyer", "Compute", "ComputeParameters", "Supplier"]
