"""OpenAI: a lab that wants to stand on its own feet, and the five ways it may try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from computeshift.agents.cloud import Cloud, CloudParameters, CloudStrategy
from computeshift.agents.dials import Dial
from computeshift.agents.investor import SponsorParameters, sponsorship
from computeshift.agents.lab import Lab, LabParameters, LabStrategy
from computeshift.agents.strategy import strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.capital import Ask
from computeshift.environment.setup import Array

NEVER = -20.0  # log points: it leases there only what nobody else has for it


@dataclass(frozen=True, kw_only=True)
class OpenAIParameters(LabParameters, CloudParameters, SponsorParameters):
    """A lab, with what ties it to Microsoft and Stargate."""

    independence: Array = bounded(0, 10)
    loyalty: Array = bounded(0, 10)
    revenue_share: Array = bounded(0, 1)
    conversion_chance: Array = bounded(0, 1)
    stargate_cash_share: Array = bounded(0, 1)
    own_build_share: Array = bounded(0, 1)


class OpenAIStrategy(LabStrategy, CloudStrategy):
    """How OpenAI plays: whom it prefers, how hard it races, how much it raises."""

    builds: Dial = 0.0
    """Part of its means that goes into its own sites."""

    def taste(self, lab: OpenAI, supplier: str) -> Array:  # type: ignore[override]
        """Independence pulls to its favourite, loyalty to Microsoft as far as there is trust."""
        liked = self.favours(lab).get(supplier, lab.nothing)
        if supplier == "microsoft":
            return liked + lab.given.loyalty * lab.partners_trust()
        if supplier == lab.name:
            return np.where(self.builds, liked, NEVER)
        return liked

    def favours(self, lab: OpenAI) -> dict[str, Array]:
        """Whom it prefers, by how many log points."""
        return {}


@strategy("openai", "shift")
class Shift(OpenAIStrategy):
    """Move to Stargate: independence of Microsoft comes first."""

    def favours(self, lab: OpenAI) -> dict[str, Array]:
        """Stargate, the more the less it trusts Microsoft."""
        return {"stargate": lab.given.independence * (2 - lab.partners_trust())}


@strategy("openai", "stay")
class Stay(OpenAIStrategy):
    """Azure first, on longer contracts: Microsoft builds, Stargate is a second source."""

    term = 1.3

    def favours(self, lab: OpenAI) -> dict[str, Array]:
        """Microsoft."""
        return {"microsoft": lab.given.independence}


@strategy("openai", "spread")
class Spread(OpenAIStrategy):
    """Many suppliers, none of them preferred, on shorter contracts."""

    term = 0.7

    def taste(self, lab: OpenAI, supplier: str) -> Array:  # type: ignore[override]
        """All alike, but for its own sites, which it does not build."""
        return lab.nothing + (NEVER if supplier == lab.name else 0.0)


@strategy("openai", "own")
class Own(OpenAIStrategy):
    """Own sites and chips, paid from what it raises; others fill the gap."""

    builds = 1.0

    def favours(self, lab: OpenAI) -> dict[str, Array]:
        """Its own sites."""
        return {lab.name: lab.given.independence * (2 - lab.partners_trust())}


@strategy("openai", "retrench")
class Retrench(Shift):
    """Live within revenue: raise and train less, contract for short, plan on part of expected growth."""

    term = 0.7

    ambition = 0.4
    raising = 0.7
    optimism = 0.6


class OpenAI(Lab, Cloud):
    """OpenAI: leases from many, raises from whoever believes, owes Microsoft a share of its revenue."""

    ROLES: ClassVar[tuple[str, ...]] = ("lab", "cloud")
    Parameters = OpenAIParameters
    gives = frozenset({"capacity", "services", "model", "equity", "revenue_share"})
    takes = frozenset({"capacity", "equity", "chips"})
    strategy: OpenAIStrategy
    given: OpenAIParameters

    def found(self) -> None:
        """A lab with, at first, no site of its own."""
        Cloud.found(self)
        Lab.found(self)
        self.converted = self.nothing

    def first_home(self, supplier: str) -> Array:
        """Until January 2025 Azure was its only provider; others stood in where Azure was full."""
        return self.nothing + (0.0 if supplier == "microsoft" else NEVER)

    def partners_trust(self) -> Array:
        """Trust between it and Microsoft, in [0, 1]; none without Microsoft."""
        partner = self.market.firms.get("microsoft")
        return self.nothing if partner is None else partner.trust

    def plan(self) -> None:
        """Hear whether it may become a for-profit, then plan as a lab does."""
        luck = self.market.draws.uniform(f"{self.name} converts", self.market.year)
        self.converted = np.maximum(self.converted, (luck < self.given.conversion_chance).astype(float))
        self.plan_compute()

    def _hoped_funding(self) -> Array:
        return self.strategy.raising * super()._hoped_funding()

    def planned_burn(self) -> Array:
        """Compute and people beyond revenue, its part of Stargate, and its own sites, $ bn."""
        return super().planned_burn() + self.stargate_call() + self.own_sites_cost()

    def stargate_call(self) -> Array:
        """Its part as a sponsor of what Stargate asks this year, $ bn."""
        if not self.market.network.tied(self.name, "stargate", "equity"):
            return self.nothing
        return self.market.sponsor_share(self.name) * self.market.stargate.equity_needed()

    def own_sites_cost(self) -> Array:
        """What the sites it has ordered from itself would cost this year, $ bn."""
        compute = self.market.compute
        sites = np.minimum(compute.ordered_from(self.name) / 2, self.crews)
        return self.strategy.builds * sites * compute.capex_per_gw

    def ask(self) -> Ask:
        """Raise for its runway; second tranches hang on its conversion."""
        wish = super().ask()
        assert wish is not None
        return Ask(wish.amount, wish.pre_money, self.converted)

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """Its part of Stargate's equity, out of the cash it has."""
        spare = self.given.stargate_cash_share * np.maximum(self.cash, 0.0)
        return sponsorship(self, asks, cash=spare)

    def build(self) -> None:
        """Own sites first, if it builds any; then want no more compute than it can pay."""
        self.plan_capex()
        self.cut_to_budget()

    def means(self) -> Array:
        """$ bn for its own sites: a part of its cash, if it builds at all."""
        return self.strategy.builds * self.given.own_build_share * np.maximum(self.cash, 0.0)

    def set_aside(self) -> Array:
        """Cash kept for its own sites, $ bn."""
        compute = self.market.compute
        sites = self.starts_wanted * compute.shell_cost
        return sites + self.completions_wanted * compute.chip_cost

    def reckon(self) -> None:
        """What its own sites cost, and what it owes."""
        self.reckon_capacity()
        self.reckon_leases()

    def pay(self) -> None:
        """Pay as a lab, and build as an owner."""
        self.pay_bills()
        ledger = self.market.ledger
        chips = self.market.pay_for_chips(self)
        ledger.pay(self.name, "outside", "capex", self.ai_capex - chips)
        ledger.pay(self.name, "outside", "opex", self.running_costs)
        self.burn = self.burn + self.ai_capex + self.running_costs

    def share_revenue(self) -> Array:
        """Microsoft's share of its revenue, as long as they are tied, $ bn."""
        if not self.market.network.tied(self.name, "microsoft", "revenue_share"):
            return self.nothing
        shared = np.minimum(self.given.revenue_share * self.revenue, self.running_paid)
        self.market.ledger.pay(self.name, "microsoft", "revenue_share", shared)
        return shared

    def running_cost(self, revenue: Array) -> Array:
        """People, sales, and Microsoft's share, $ bn."""
        tied = self.market.network.tied(self.name, "microsoft", "revenue_share")
        owed = self.given.revenue_share * revenue if tied else self.nothing
        return super().running_cost(revenue) + owed

    def close(self) -> None:
        """It has no bank debt: nothing to close but contracts it cannot carry."""
        self.restructure()
