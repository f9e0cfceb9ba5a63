"""Supply: what building costs, and how power and chips limit what is built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.bounds import bounded
from computeshift.environment.setup import Array, total
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.compute import Supplier
    from computeshift.environment.market import ComputeMarket


@dataclass(frozen=True, kw_only=True)
class SupplyParameters:
    """What capacity costs, and how fast the world can build it."""

    capex_per_gw: Array = bounded(1, 500)
    capex_drift: Array = bounded(-0.5, 1)
    chip_share: Array = bounded(0.05, 0.95)
    chip_life: Array = bounded(1, 30)
    shell_life: Array = bounded(1, 100)
    running_cost: Array = bounded(0, 50)
    due_first_year: Array = bounded(0, 1)
    due_second_year: Array = bounded(0, 1)
    due_third_year: Array = bounded(0, 1)
    retirement: Array = bounded(0, 0.9)
    power_per_year: Array = bounded(0, 1000)
    power_growth: Array = bounded(-0.5, 3)
    chips_per_year: Array = bounded(0, 1000)
    chip_growth: Array = bounded(-0.5, 3)


class Supply(State):
    """The world's power and chips, and what a GW costs."""

    def __init__(self, market: ComputeMarket, suppliers: Sequence[Supplier]) -> None:
        self.market = market
        self.suppliers = suppliers
        self.given = market.setup.given(SupplyParameters, "compute")
        self.capex_per_gw = self.given.capex_per_gw
        self.power = self.given.power_per_year
        self.chips = self.given.chips_per_year
        self.open_year()

    @property
    def profile(self) -> Array:
        """The share of new sites due this year, the next, the third and the last, `(HORIZON, W)`."""
        given = self.given
        early = (given.due_first_year, given.due_second_year, given.due_third_year)
        return np.array([*early, 1 - sum(early)])

    def open_year(self) -> None:
        """What a GW costs this year, $ bn, `(W,)`: a shell when it is started, chips when it comes on line.

        In the year of its start it costs the shell, and the chips that are due within the year.
        """
        self.shell_cost = self.capex_per_gw * (1 - self.given.chip_share)
        self.chip_cost = self.capex_per_gw * self.given.chip_share
        self.start_cost = self.shell_cost + self.given.due_first_year * self.chip_cost

    def build(self) -> None:
        """Grant power to new sites and chips to finished ones, pro rata when they are short."""
        news, decide = self.market.news, self.market.decisions.least
        profile = self.profile
        starts = np.array([s.starts_wanted for s in self.suppliers])
        power = starts * part(total(starts), self.power)
        for supplier, granted in zip(self.suppliers, power, strict=True):
            limits = {**supplier.site_limits, "power": granted}
            supplier.fleet.start(decide(supplier.name, "sites", "GW", limits), profile)
            if supplier.name == self.market.stargate.name:
                supplier.fleet.delay(news.permit_delay())
        payable = np.minimum(
            np.array([s.fleet.due[0] for s in self.suppliers]),
            np.array([s.completions_wanted for s in self.suppliers]),
        )
        allowed = payable * np.array([1 - news.chip_limit(s.export_controlled) for s in self.suppliers])
        chips = allowed * part(total(allowed), self.chips)
        for i, supplier in enumerate(self.suppliers):
            limits = {"due": supplier.fleet.due[0], "payable": supplier.completions_wanted}
            limits |= {"export_controls": allowed[i], "chip_supply": chips[i]}
            finished = decide(supplier.name, "completions", "GW", limits)
            supplier.fleet.finish(finished, self.given.retirement)
        self.power = self.power * (1 + self.given.power_growth)
        self.chips = self.chips * (1 + self.given.chip_growth)

    def drift(self) -> None:
        """Building gets dearer or cheaper from one year to the next."""
        self.capex_per_gw = self.capex_per_gw * (1 + self.given.capex_drift)


def part(asked: Array, available: Array) -> Array:
    """What can be had for a unit of what is asked; above 1 where there is more than is asked."""
    return available / np.maximum(asked, 1e-12)


def ration(asked: Array, available: Array) -> Array:
    """The share of what is asked that can be had, in [0, 1]."""
    return np.minimum(1.0, part(asked, available))
