"""Supply: a GW is on line where a hall with power, chips and money meet; each answers what is ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from computeshift.environment.bounds import bounded
from computeshift.environment.fleet import Fleet, straight_line, usual_newness
from computeshift.environment.setup import Array, beyond, total
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket
    from computeshift.environment.parties import Supplier


ORDERED_AHEAD = 3  # years a lab orders ahead, about what a green field takes; orders fall due over them
MOST_SHRINKING = -0.2  # log per year: plants and crews are let go over years, not at once


@dataclass(frozen=True, kw_only=True)
class SupplyParameters:
    """What capacity costs, how long it takes, and how the world's supply answers orders."""

    capex_per_gw: Array = bounded(1, 500, "cost of building capacity in the first year, chips included")
    capex_drift: Array = bounded(-0.5, 1, "growth of the cost of building capacity")
    chip_share: Array = bounded(0.05, 0.95, "part of the cost of building that is chips")
    chip_life: Array = bounded(1, 30, "period over which prices pay off chips and books write them off")
    shell_life: Array = bounded(1, 100, "period over which prices pay off halls")
    running_cost: Array = bounded(0, 50, "cost of power and staff to run capacity")
    usual_sites: Array = bounded(0, 1000, "new data centres that were not planned for AI")
    convertible_part: Array = bounded(
        0, 1, "part of new data centres not planned for AI that fits it as it is"
    )
    convertible_most: Array = bounded(
        0, 1, "most of the new data centres not planned for AI that can be refitted for it"
    )
    conversion_response: Array = bounded(
        0, 5, "response of the part that is refitted to orders above or below it"
    )
    ready_after_two: Array = bounded(0.01, 1, "part of new sites that is ready after two years")
    ready_after_three: Array = bounded(
        0, 1, "part of new sites that is ready after three years; the rest takes four"
    )
    sunk_orders: Array = bounded(
        0, 1, "part of the chips for new halls that owners must pay for, needed or not"
    )
    retirement: Array = bounded(0, 0.9, "part of capacity on line whose chips retire")
    ageing: Array = bounded(0, 2, "loss of earning power of chips with age")
    power_per_year: Array = bounded(0, 1000, "new sites that grids can connect in the first year")
    power_growth: Array = bounded(-0.5, 3, "growth of grid connections while orders equal them")
    power_response: Array = bounded(0, 5, "response of grid connections to orders above or below them")
    power_growth_most: Array = bounded(0, 5, "fastest growth of grid connections")
    chips_per_year: Array = bounded(0, 1000, "chips that makers can deliver in the first year, as capacity")
    chip_growth: Array = bounded(-0.5, 3, "growth of the supply of chips while orders equal it")
    chip_response: Array = bounded(0, 5, "response of the supply of chips to orders above or below it")
    chip_growth_most: Array = bounded(0, 5, "fastest growth of the supply of chips")
    crew_response: Array = bounded(
        0, 5, "response of construction crews to orders above or below what they can begin"
    )
    crew_growth_most: Array = bounded(0, 5, "fastest growth of construction crews")
    ai_share_response: Array = bounded(
        0, 5, "response of AI's part of a cloud's cash flow to the cost of its works"
    )
    ai_share_growth_most: Array = bounded(0, 5, "fastest growth of AI's part of a cloud's cash flow")
    ai_share_most: Array = bounded(0, 1, "most that a cloud comes to spend on AI capacity")


class Works(NamedTuple):
    """What an owner wants built this year, `(W,)` each, or `(suppliers, W)` for all of them.

    `chips` are GW it needs on line by the end of the year beyond those that are, `ready` the halls that
    wait for them, `sites` GW of halls that it lacks for what is needed when new ones are ready, `crews`
    the GW it can begin, `money` what it has for all of that, $ bn, its partners' parts included.
    """

    chips: Array
    ready: Array
    sites: Array
    crews: Array
    money: Array


class Supply(State):
    """The world's grid power, chips and halls that can be converted, and what a GW costs.

    `idle_makers` is the part of the chips that could be made that nobody ordered last, `(W,)`.
    """

    def __init__(self, market: ComputeMarket, suppliers: Sequence[Supplier]) -> None:
        self.market = market
        self.suppliers = suppliers
        self.given = market.setup.given(SupplyParameters, "compute")
        self.capex_per_gw = self.given.capex_per_gw
        self.power = self.given.power_per_year
        self.chips = self.given.chips_per_year
        self.convertible_part = self.given.convertible_part
        self.lacking = {short: np.zeros(market.worlds) for short in ("money", "halls", "chips")}
        self.idle_makers = np.zeros(market.worlds)
        self.open_year()

    @property
    def profile(self) -> Array:
        """The share of green fields ready after 2, 3 and 4 years, at its year: `(HORIZON, W)`."""
        two, three = self.given.ready_after_two, self.given.ready_after_three
        none = np.zeros_like(two)
        return np.array([none, none, two, three, 1 - two - three])

    def open_year(self) -> None:
        """What a GW costs this year, $ bn, `(W,)`: a hall when it is begun, chips when it comes on line.

        And how chips are written off, and what stays of a fleet in some years, `(W,)`.
        """
        self.shell_cost = self.capex_per_gw * (1 - self.given.chip_share)
        self.chip_cost = self.capex_per_gw * self.given.chip_share
        self.books = straight_line(self.given.chip_life, self.given.retirement)
        self.staying = {years: (1 - self.given.retirement) ** years for years in (1, ORDERED_AHEAD)}

    def worth(self, fleet: Fleet) -> Array:
        """What a GW of a fleet earns over what one of the fleets of the start does, `(W,)`."""
        return fleet.newness / usual_newness(self.given.ageing)

    def halls(self) -> Array:
        """GW of halls that can be converted this year, `(W,)`: a part of the usual sites of the year.

        What nobody converts goes to usual tenants, so that none are left for the next year.
        """
        return self.given.usual_sites * self.convertible_part

    def refitted(self, asked: Array) -> Array:
        """The part of usual sites that can be converted next year, `(W,)`, as so many GW are asked for.

        The more owners ask for, the more halls are refitted for AI instead of for usual tenants: by the
        same crews, so no faster than these can grow. What fits AI as it is stays convertible.
        """
        given, now = self.given, self.convertible_part
        wanted = now * part(self.halls(), asked)
        more = respond(now, wanted, 0.0, given.conversion_response, given.crew_growth_most)
        least = given.convertible_part
        return np.clip(more, least, np.maximum(given.convertible_most, least))

    def convertible(self, works: Works) -> Array:
        """GW of halls an owner would convert: for chips it needs beyond its ready halls, as it can pay."""
        left = beyond(works.money, np.minimum(works.chips, works.ready) * self.chip_cost)
        return np.minimum(beyond(works.chips, works.ready), left / self.capex_per_gw)

    def affordable(self, works: Works, converted: Array) -> Array:
        """GW of green fields that the money pays which chips and conversions leave."""
        fitted = np.minimum(works.chips, works.ready)
        left = works.money - fitted * self.chip_cost - converted * self.capex_per_gw
        return np.maximum(left, 0.0) / self.shell_cost

    def cost(self, works: Works) -> Array:
        """What these works would cost this year, $ bn, money aside: chips, conversions, green fields."""
        converted = beyond(works.chips, works.ready)
        sites = np.minimum(beyond(works.sites, converted), works.crews)
        return works.chips * self.chip_cost + (converted + sites) * self.shell_cost

    def build(self) -> None:
        """Convert halls, begin green fields and put chips into halls, pro rata where one is short."""
        works = Works(*map(np.array, zip(*(s.works for s in self.suppliers), strict=True)))
        converted = self._convert(works)
        wanted = self._begin(works, converted)
        self._finish(works)
        self.power = self._answer("power", self.power, total(wanted))
        orders = total(_payable(works, self.chip_cost))
        self.idle_makers = beyond(np.ones_like(orders), part(self.chips, orders))
        self.chips = self._answer("chip", self.chips, orders)
        for supplier, own in zip(self.suppliers, wanted, strict=True):
            supplier.sites_asked = own
        for supplier in self.suppliers:
            supplier.answer()

    def _convert(self, works: Works) -> Array:
        """Halls converted, `(suppliers, W)`: the market's, in proportion to what is asked."""
        asked = self.convertible(works)
        halls = asked * part(total(asked), self.halls())
        self.convertible_part = self.refitted(total(asked))
        needed, payable = beyond(works.chips, works.ready), asked
        return np.array(
            [
                self._decide(s, "conversions", demand=needed[i], money=payable[i], convertible=halls[i])
                for i, s in enumerate(self.suppliers)
            ]
        )

    def _begin(self, works: Works, converted: Array) -> Array:
        """Begin green fields, note conversions; returns the GW wanted and payable, `(suppliers, W)`."""
        lacking = beyond(works.sites, converted)
        payable = np.minimum(lacking, self.affordable(works, converted))
        asked = np.minimum(payable, works.crews)
        power = asked * part(total(asked), self.power)
        profile = self.profile
        for i, supplier in enumerate(self.suppliers):
            limits = {supplier.wants: lacking[i], "crews": works.crews[i]}
            sites = self._decide(supplier, "sites", **limits, money=payable[i], power=power[i])
            supplier.fleet.start(sites, profile)
            if supplier.name == self.market.stargate.name:
                supplier.fleet.delay(self.market.news.permit_delay())
            supplier.fleet.convert(converted[i])
        return payable

    def _finish(self, works: Works) -> None:
        """Chips for halls that are ready, as far as they are needed and paid; note what was lacking."""
        news = self.market.news
        ready = np.array([s.fleet.ready for s in self.suppliers])
        payable = _payable(works, self.chip_cost)
        fitted = np.minimum(payable, ready)
        allowed = fitted * np.array([1 - news.chip_limit(s.export_controlled) for s in self.suppliers])
        chips = allowed * part(total(allowed), self.chips)
        for i, supplier in enumerate(self.suppliers):
            limits = {supplier.wants: works.chips[i], "money": payable[i], "halls": ready[i]}
            limits |= {"export_controls": allowed[i], "chip_supply": chips[i]}
            finished = self._decide(supplier, "completions", **limits)
            supplier.fleet.finish(finished, self.given.retirement)
            supplier.fleet.age(self.chip_cost, self.given.ageing, self.given.retirement)
        finished = np.minimum(allowed, chips)
        cuts = {"money": works.chips - payable, "halls": payable - fitted, "chips": fitted - finished}
        self.lacking = {short: total(gw) for short, gw in cuts.items()}

    def _decide(self, supplier: Supplier, what: str, **limits: Array) -> Array:
        return self.market.decisions.least(supplier.name, what, "GW", limits)

    def _answer(self, what: str, now: Array, orders: Array) -> Array:
        """Next year's power or chips, GW a year, `(W,)`."""
        given = self.given
        growth, response = getattr(given, f"{what}_growth"), getattr(given, f"{what}_response")
        return respond(now, orders, growth, response, getattr(given, f"{what}_growth_most"))

    def drift(self) -> None:
        """Building gets dearer or cheaper from one year to the next."""
        self.capex_per_gw = self.capex_per_gw * (1 + self.given.capex_drift)


def respond(
    now: Array,
    orders: Array,
    growth: Array | float,
    response: Array,
    most: Array,
    shrinking: float = MOST_SHRINKING,
) -> Array:
    """What can be supplied after supply has answered orders, `(W,)`: more, the more they exceed what it was.

    The flexible accelerator (Chenery 1952, Koyck 1954) in logs, with the limits that the fastest growth
    of the past and the shedding of capacity set. `growth` and `most` are shares per year, `shrinking` is
    in log per year.

    >>> one = np.array([1.0])
    >>> respond(one, 4 * one, 0.25, 0.5 * one, 1.0 * one), respond(one, 0 * one, 0.25, 0.5 * one, one)
    (array([2.]), array([0.81873075]))
    """
    pull = response * np.log(np.maximum(orders, 1e-12) / np.maximum(now, 1e-12))
    return now * np.exp(np.clip(np.log1p(growth) + pull, shrinking, np.log1p(most)))


def _payable(works: Works, chip_cost: Array) -> Array:
    """GW of chips that are needed and that the money pays, whether or not halls are ready."""
    return np.minimum(works.chips, works.money / chip_cost)


def part(asked: Array, available: Array) -> Array:
    """What can be had for a unit of what is asked; above 1 where there is more than is asked."""
    return available / np.maximum(asked, 1e-12)


def ration(asked: Array, available: Array) -> Array:
    """The share of what is asked that can be had, in [0, 1]."""
    share = part(asked, available)
    return np.minimum(1.0, share, out=share)
