"""Oracle: a cloud of its own, and the builder and operator of Stargate, on credit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from computeshift.agents.cloud import Cloud, CloudParameters, CloudStrategy
from computeshift.agents.dials import Dial
from computeshift.agents.investor import SponsorParameters, sponsorship
from computeshift.agents.strategy import strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.capital import Ask
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class OracleParameters(CloudParameters, SponsorParameters):
    """A cloud that also builds for Stargate."""

    venture_crews: Array = bounded(0, 1000)
    venture_money_share: Array = bounded(0, 1)


class OracleStrategy(CloudStrategy):
    """How Oracle plays: how much debt, how many sites."""

    reach: Dial = 1.0
    """Factor on the sites it starts for Stargate."""
    asks: Dial = 1.0
    """Factor on the price it asks, at its own sites and at Stargate's."""


@strategy("oracle", "build")
class Build(OracleStrategy):
    """Build what Stargate has been ordered, with debt up to its usual limit."""


@strategy("oracle", "disciplined")
class Disciplined(OracleStrategy):
    """A debt ceiling: two thirds of the usual limit, fewer sites, a higher price."""

    debt_appetite = 0.67
    reach = 0.7
    asks = 1.08


@strategy("oracle", "landgrab")
class LandGrab(OracleStrategy):
    """Sites first, lenders later: half as much debt again, more crews, a lower price."""

    debt_appetite = 1.5
    reach = 1.5
    asks = 0.92
    eagerness = 1.2


class Oracle(Cloud):
    """Oracle: it decides how many sites Stargate starts, and pays for a part of each on its own credit."""

    ROLES: ClassVar[tuple[str, ...]] = ("cloud",)
    Parameters = OracleParameters
    gives = frozenset({"capacity", "equity", "build"})
    takes = frozenset({"debt", "chips"})
    strategy: OracleStrategy
    given: OracleParameters

    def found(self) -> None:
        """A cloud, with crews for the venture."""
        super().found()
        self.venture_crews = self.given.venture_crews
        self.sites_offered = self.nothing
        self.venture_capex = self.nothing

    def markup(self) -> Dial:
        """What its strategy asks, as a factor on cost and scarcity."""
        return self.strategy.asks

    def builds_stargate(self) -> bool:
        """Whether it is tied to Stargate as its builder."""
        return self.market.network.tied(self.name, "stargate", "build")

    def plan(self) -> None:
        """See tenants, and say how many GW of sites it can start for Stargate."""
        self.foresee_business()
        stargate, compute = self.market.stargate, self.market.compute
        share = stargate.given.operator_share
        money = self.given.venture_money_share * super().means()
        due = share * stargate.fleet.due[0] * compute.chip_cost
        by_money = np.maximum(money - due, 0.0) / np.maximum(share * compute.start_cost, 1e-9)
        by_crews = self.venture_crews * self.strategy.reach
        self.sites_offered = self.least("venture_sites", "GW", crews=by_crews, money=by_money)
        self.chips_offered = money / np.maximum(share * compute.chip_cost, 1e-9)
        if self.builds_stargate():
            self.venture_crews = self.venture_crews * (1 + self.given.crew_growth)

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """Its part of Stargate's equity, within a part of its means."""
        purse = (1 - self.given.venture_money_share) * Cloud.means(self) / 2
        return sponsorship(self, asks, money=purse)

    def means(self) -> Array:
        """$ bn for its own cloud: what it neither keeps for Stargate's sites nor paid for its stake."""
        kept = self.given.venture_money_share if self.builds_stargate() else 0.0
        return np.maximum((1 - kept) * super().means() - self.invested, 0.0)

    def reckon(self) -> None:
        """As a cloud, and its part of what was built for Stargate."""
        super().reckon()
        self.venture_capex = self.nothing
        if self.builds_stargate():
            self.venture_capex = self.market.stargate.operator_cost()
        self.capex = self.capex + self.venture_capex

    def chip_bill(self) -> Array:
        """Chips for its own sites, and for its part of Stargate's, $ bn."""
        bill = super().chip_bill()
        if not self.builds_stargate():
            return bill
        stargate = self.market.stargate
        chips = stargate.fleet.completed * self.market.compute.chip_cost
        return bill + stargate.given.operator_share * chips

    def earned(self) -> Array:
        """Labs and tenants, and the operator's part of Stargate's leases, $ bn."""
        return super().earned() + self.market.stargate.operator_income(self.name)
