"""The role `builder`: a cloud that also builds and operates a venture's sites, on its own credit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeshift.agents.cloud import Cloud, CloudDials, CloudParameters
from computeshift.agents.dials import Dial
from computeshift.environment.bounds import bounded
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class BuilderParameters(CloudParameters):
    """A cloud that also builds for a venture."""

    venture_crews: Array = bounded(0, 1000, "sites that it can begin for Stargate in the first year")
    venture_money_share: Array = bounded(0, 1, "money that it keeps for its part of Stargate's sites")


class BuilderDials(CloudDials):
    """What differs between strategies of a builder: how much debt, how many sites, at which price."""

    reach: Dial = 1.0
    """Factor on the sites it starts for the venture."""
    asks: Dial = 1.0
    """Factor on the price it asks, at its own sites and at the venture's."""


class Builder(Cloud):
    """A builder: it decides how many sites the venture starts, and pays for a part of each."""

    gives = frozenset({"capacity", "build"})
    strategy: BuilderDials
    given: BuilderParameters

    def found(self) -> None:
        """A cloud, with crews for the venture."""
        super().found()
        self.venture_crews = self.given.venture_crews
        self.venture_money = self.nothing
        self.venture_capex = self.nothing
        self.venture_income = self.nothing

    def markup(self) -> Dial:
        """What its strategy asks, as a factor on what it would ask by cost and the spot market."""
        return self.strategy.asks

    def builds(self) -> bool:
        """Whether it is tied to Stargate as its builder."""
        return self.market.network.tied(self.name, self.market.stargate.name, "build")

    def plan(self) -> None:
        """Other business grows; say what it hopes to have for Stargate's sites."""
        super().plan()
        self.hear_lenders()

    def hear_lenders(self) -> None:
        """Say what it has for Stargate's sites."""
        self.venture_money = self.given.venture_money_share * self.whole_means()

    def venture_sites(self) -> Array:
        """GW of green fields it can begin for Stargate this year, `(W,)`."""
        return self.venture_crews * self.strategy.reach

    def answer(self) -> None:
        """Its crews for Stargate follow what Stargate's builders were asked for."""
        super().answer()
        if self.builds():
            stargate = self.market.stargate
            asked = stargate.sites_asked * self.venture_crews / np.maximum(stargate.works.crews, 1e-12)
            self.venture_crews = self.grown(self.venture_crews, asked)

    def wanted_cost(self) -> Array:
        """Its own cloud's, and its part of what Stargate's would cost."""
        stargate = self.market.stargate
        return super().wanted_cost() + stargate.operator_part(self.name) * stargate.wanted_cost()

    def works_cost(self) -> Array:
        """Its own cloud's, and its part of what Stargate's would cost."""
        stargate = self.market.stargate
        venture = self.market.supply.cost(stargate.works)
        return super().works_cost() + stargate.operator_part(self.name) * venture

    def works_ahead(self) -> Array:
        """For both."""
        stargate, supply = self.market.stargate, self.market.supply
        halls = stargate.fleet.started * supply.shell_cost
        venture = stargate.fleet.ready * supply.chip_cost + halls
        return super().works_ahead() + stargate.operator_part(self.name) * venture

    def works_money(self) -> Array:
        """For both."""
        return super().works_money() + float(self.builds()) * self.venture_money

    def means(self) -> Array:
        """$ bn for its own cloud: what it neither keeps for Stargate's sites nor paid for its stake."""
        kept = self.given.venture_money_share if self.builds() else 0.0
        return np.maximum((1 - kept) * self.whole_means() - self.invested, 0.0)

    def reckon(self) -> None:
        """As a cloud, and its part of what was built for Stargate."""
        stargate = self.market.stargate
        self.venture_capex = stargate.operator_part(self.name) * stargate.building_cost()
        super().reckon()
        self.capex = self.capex + self.venture_capex

    def built(self) -> Array:
        """Its own, and its part of Stargate's."""
        return super().built() + self.venture_capex

    def hangs_on(self) -> dict[str, Array]:
        """Its own tenants, and the venture for its part of the venture's leases."""
        return super().hangs_on() | {self.market.stargate.name: self.venture_income}

    def close(self) -> None:
        """As a cloud; and note what the venture brought."""
        self.venture_income = self.market.stargate.operator_income(self.name)
        super().close()

    def chip_bill(self) -> Array:
        """Chips for its own sites, and for its part of Stargate's, $ bn."""
        stargate = self.market.stargate
        chips = stargate.fleet.completed * self.market.supply.chip_cost
        return super().chip_bill() + stargate.operator_part(self.name) * chips

    def earned(self) -> Array:
        """Labs and tenants, and the operator's part of Stargate's leases, $ bn."""
        return super().earned() + self.market.stargate.operator_income(self.name)
