"""Tenants: everybody besides labs that rents AI capacity, as one demand that clouds share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from computeshift.environment.bounds import bounded
from computeshift.environment.fleet import Fleet
from computeshift.environment.setup import Array, beyond, per, total
from computeshift.environment.state import State, sealed
from computeshift.environment.supply import ORDERED_AHEAD

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

MOST = 0.99  # of its ceiling that demand can have reached at the start


@dataclass(frozen=True, kw_only=True)
class TenantParameters:
    """How much capacity tenants want, and how they choose a cloud."""

    initial_gw: Array = bounded(0, 1000, "capacity that tenants (all users but labs) use at the start")
    growth: Array = bounded(-1, 5, "growth of tenants' demand in the first year, far below its ceiling")
    growth_fade: Array = bounded(0, 1.2, "part of the growth of tenants' demand that is left a year later")
    ceiling: Array = bounded(0.001, 10_000, "ceiling that tenants' demand approaches")
    rent_elasticity: Array = bounded(0, 5, "response of tenants' demand to the spot price")
    habit: Array = bounded(0, 1, "part of tenants' demand that stays with its cloud from year to year")
    signed_ahead: Array = bounded(
        0, 1, "part of their further demand in three years that tenants have signed for"
    )


class Host(Protocol):
    """A supplier that lets capacity to tenants."""

    name: str
    fleet: Fleet

    @property
    def leased_gw(self) -> Array:
        """GW under contract to labs, `(W,)`."""
        ...

    @property
    def tenant_part(self) -> Array:
        """The part of its capacity that it keeps for tenants, `(W,)`."""
        ...

    @property
    def initial_tenant_gw(self) -> Array:
        """What it hosts at the start, as a weight against the other hosts, `(W,)`."""
        ...

    @property
    def initial_own_products(self) -> Array:
        """The part of that which its own products use, `(W,)`: they rent nowhere else."""
        ...

    @property
    def own_growth(self) -> Array:
        """Growth of its own products' demand over that of the other tenants, in logs, `(W,)`."""
        ...


class Tenants(State):
    """The demand of all tenants, GW, `(W,)`, and where it is hosted, `(hosts, W)`.

    It grows along a logistic curve towards a ceiling (Griliches 1957), and shrinks where the price of
    new contracts rises. A host's own products (feeds, search, advertising) stay at home; the others choose.
    Hosts are weighed by their room, so that a host split in two hosts as much. `level` is what all would
    want if own products grew as the others do.
    """

    def __init__(self, market: ComputeMarket, hosts: Sequence[Host]) -> None:
        self.market = market
        self.hosts = hosts
        self.given = market.setup.given(TenantParameters, "tenants")
        self.index = {host.name: i for i, host in enumerate(hosts)}
        self.growth = self.given.growth
        self.demand = self.level = np.minimum(self.given.initial_gw, MOST * self.given.ceiling)
        self.odds = self.demand / (self.given.ceiling - self.demand)
        self.asked = self._split(self.demand, self._rows([host.initial_tenant_gw for host in hosts]))
        self.hosted = self.asked
        self.own = self._rows([host.initial_own_products for host in hosts]) * self.asked
        self.free = self.demand - self._sum(self.own)
        self.choosing = self.asked - self.own
        self._foreseen: dict[int, tuple[Array, Array]] = {}

    # --- what agents may ask ---

    def asking(self, host: str) -> Array:
        """GW that tenants want of a host this year, `(W,)`; nothing of a firm that is none."""
        return self._of(host, self.asked)

    def hosted_by(self, host: str) -> Array:
        """GW of tenants at a host at the end of the year, `(W,)`."""
        return self._of(host, self.hosted)

    def expected_at(self, host: str, years: int) -> Array:
        """GW that they will want of it in some years, if it keeps its part of their demand, `(W,)`."""
        if host not in self.index:
            return self.market.ledger.zero
        own, renting = self._wanted_in(years)
        return self._of(host, own) + self._of(host, renting)

    def signed_with(self, host: str) -> Array:
        """GW that they have signed for beyond what it hosts, `(W,)`: a part of what they will want of it.

        Its own products sign nothing.
        """
        _, renting = self._wanted_in(ORDERED_AHEAD)
        return self.given.signed_ahead * beyond(self._of(host, renting), self._of(host, self.choosing))

    # --- the year ---

    def plan(self) -> None:
        """Demand grows, and news can take from its growth; those that do not stay choose a host anew."""
        self.odds = self.odds * np.exp(self.growth * (1 - self.market.news.demand_fall()))
        self.growth = self.growth * self.given.growth_fade
        self._foreseen = {}
        before, self.level = self.level, self._wanted(self.odds)
        self.own, self.free = self._grown(per(self.level, before, 1.0))
        self.demand = self.free + self._sum(self.own)
        stay = self.given.habit * self.choosing
        stay = stay * np.minimum(1.0, self.free / np.maximum(self._sum(stay), 1e-12))
        coming = self._rows([host.tenant_part * (host.fleet.gw + host.fleet.ready) for host in self.hosts])
        self.asked = self.own + stay + self._split(self.free - self._sum(stay), self._appeal(coming))

    def settle(self) -> None:
        """Hosts serve them with what labs leave; those that find no room ask once more elsewhere."""
        self._foreseen = {}  # prices move next
        left = self._rows([np.maximum(host.fleet.gw - host.leased_gw, 0.0) for host in self.hosts])
        hosted = np.minimum(self.asked, left)
        without = self._sum(self.asked - hosted - beyond(self.own, left))
        self.hosted = hosted + np.minimum(self._split(without, self._appeal(left - hosted)), left - hosted)
        self.choosing = self.hosted - np.minimum(self.own, left)

    def _grown(self, factor: Array) -> tuple[Array, Array]:
        """What own products, GW, `(hosts, W)`, and the others, `(W,)`, want once demand is so much larger."""
        faster = self._rows([host.own_growth for host in self.hosts])
        return self.own * np.maximum(factor, 1e-12) ** faster, self.free * factor

    def _wanted_in(self, years: int) -> tuple[Array, Array]:
        """GW that own products, and the others, will want of each host in some years, `(hosts, W)` each.

        The others keep to their hosts. This year's news counts for the years to come.
        """
        if years not in self._foreseen:
            faded = (self.growth * self.given.growth_fade**year for year in range(years))
            growth = sum(faded, self.market.ledger.zero) * (1 - self.market.news.demand_fall())
            later = self._wanted(self.odds * np.exp(growth))
            own, free = self._grown(per(later, self.level, 1.0))
            renting = (self.asked - self.own) * per(free, self.free, 0.0)
            self._foreseen[years] = (sealed(own), sealed(renting))
        return self._foreseen[years]

    def _wanted(self, odds: Array) -> Array:
        """GW that they want at the last spot price, `(W,)`."""
        prices = self.market.compute.prices
        dear = np.log(prices.spot / prices.first_spot)
        at_price = odds * np.exp(-self.given.rent_elasticity * dear)
        wanted: Array = self.given.ceiling * at_price / (1 + at_price)
        return wanted

    def _appeal(self, room: Array) -> Array:
        """The weight of each host for who may choose: its room, less where it is dear, `(hosts, W)`."""
        compute = self.market.compute
        mine = [compute.supplier_index[host.name] for host in self.hosts]
        dear = compute.prices.dearness[mine]
        outsiders = 1 - self._rows([host.initial_own_products for host in self.hosts])
        return outsiders * room * np.exp(-compute.given.price_sensitivity * dear)

    def _split(self, gw: Array, weight: Array) -> Array:
        """GW over hosts by their weights, `(hosts, W)`; nothing where no host has any."""
        whole = self._sum(weight)
        return gw * weight / np.where(whole > 0, whole, 1.0)

    def _of(self, host: str, gw: Array) -> Array:
        row = self.index.get(host)
        return self.market.ledger.zero if row is None else np.asarray(gw[row])

    def _rows(self, values: Sequence[Array]) -> Array:
        return np.array(values).reshape(len(values), self.market.worlds)

    def _sum(self, over_hosts: Array) -> Array:
        return total(over_hosts) if self.hosts else self.market.ledger.zero
