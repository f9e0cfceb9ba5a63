"""OpenAI: a lab that wants to stand on its own feet, and the five ways it may try."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeshift.agents.cloud import Cloud, CloudDials, CloudParameters
from computeshift.agents.dials import Dial
from computeshift.agents.firm import Firm
from computeshift.agents.investor import Sponsor, SponsorParameters
from computeshift.agents.kinds import kind
from computeshift.agents.lab import Lab, LabDials, LabParameters
from computeshift.agents.strategy import Strategy, strategy
from computeshift.agents.terms import Terms
from computeshift.environment.bounds import bounded
from computeshift.environment.log import logged
from computeshift.environment.partnership import Partnership
from computeshift.environment.rounds import Ask
from computeshift.environment.setup import Array, per

NEVER = -20.0  # log points: it leases there only what nobody else has for it


@dataclass(frozen=True, kw_only=True)
class OpenAIParameters(LabParameters, CloudParameters, SponsorParameters):
    """A lab, with what ties it to Microsoft and Stargate."""

    independence: Array = bounded(0, 10, "preference for the suppliers that its strategy favours")
    loyalty: Array = bounded(0, 10, "preference for Microsoft at full trust")
    revenue_share: Array = bounded(0, 1, "payment on its sales that it owes Microsoft")
    conversion_chance: Array = bounded(0, 1, "chance that it becomes a for-profit")
    stargate_cash_share: Array = bounded(0, 1, "most that it pays into Stargate as a sponsor")


class OpenAIStrategy(LabDials, CloudDials, Strategy):
    """How OpenAI plays: whom it prefers, how hard it races, how much it raises."""

    builds: Dial = 0.0
    """Part of its means that goes into its own sites."""
    loyal: Dial = 1.0
    """Factor on its loyalty to Microsoft."""

    def taste(self, lab: OpenAILab, supplier: str) -> Array:  # type: ignore[override]
        """Independence pulls to its favourite, loyalty to Microsoft as far as there is trust."""
        liked = self.favours(lab).get(supplier, lab.nothing)
        if supplier == lab.firm.partner:
            return liked + self.loyal * lab.given.loyalty * lab.partners_trust()
        if supplier == lab.name:
            return np.where(self.builds, liked, NEVER)
        return liked

    def favours(self, lab: OpenAILab) -> dict[str, Array]:
        """Whom it prefers, by how many log points."""
        return {}


@strategy("openai", "shift")
class Shift(OpenAIStrategy):
    """Move to Stargate: independence from Microsoft comes first."""

    def favours(self, lab: OpenAILab) -> dict[str, Array]:
        """Stargate, the more the less it trusts Microsoft."""
        return {lab.market.stargate.name: lab.given.independence * (2 - lab.partners_trust())}


@strategy("openai", "stay")
class Stay(OpenAIStrategy):
    """Azure first, on longer contracts: Microsoft builds, Stargate is a second source."""

    term = 1.3

    def favours(self, lab: OpenAILab) -> dict[str, Array]:
        """Microsoft."""
        return {lab.firm.partner: lab.given.independence}


@strategy("openai", "spread")
class Spread(OpenAIStrategy):
    """Many suppliers, none of them preferred, on shorter contracts."""

    term = 0.7
    loyal = 0.0


@strategy("openai", "own")
class Own(OpenAIStrategy):
    """Build sites of its own with the money that it raises; suppliers cover the rest."""

    builds = 1.0

    def favours(self, lab: OpenAILab) -> dict[str, Array]:
        """Its own sites."""
        return {lab.name: lab.given.independence * (2 - lab.partners_trust())}


@strategy("openai", "retrench")
class Retrench(Shift):
    """Live within revenue: raise and train less, sign short contracts, plan on a part of expected growth."""

    term = 0.7

    ambition = 0.4
    raising = 0.7
    optimism = 0.6


class OwnSites(Cloud):
    """OpenAI's own sites, if it builds any: paid from what it raises, without debt and other business."""

    takes = frozenset({"chips"})
    has_tenants = False
    strategy: OpenAIStrategy
    given: OpenAIParameters

    def plan(self) -> None:
        """It has no other business to foresee."""

    def means(self) -> Array:
        """$ bn for its own sites: a part of its cash, if it builds at all."""
        return self.firm.role(OpenAILab).for_sites()

    def sunk_chips(self) -> Array:
        """None: it orders chips as it has the cash."""
        return self.nothing

    def ordered_cost(self) -> Array:
        """What the sites that it has ordered from itself would cost this year, $ bn."""
        works = self.works_for(self.crews, self.nothing)
        return self.strategy.builds * self.market.supply.cost(works)

    def planned_cost(self) -> Array:
        """What it means to spend on its own sites this year, $ bn."""
        money = self.means()
        if not money.any():  # as where it builds nothing itself
            return money
        works = self.works_for(self.crews, money)
        return np.minimum(self.market.supply.cost(works), money)

    def reckon(self) -> None:
        """What its own sites cost."""
        self.reckon_capacity()

    def pay(self) -> None:
        """Build, and run what is built, as far as its lab has the money: the halls of unpaid rent go back."""
        ledger = self.market.ledger
        chips = self.market.pay_for_chips(self)
        ledger.pay(self.name, "outside", "capex", self.ai_capex - chips)
        self.run_sites(paid=per(self.firm.role(OpenAILab).paid_for_sites, self.running_costs, 1.0))

    def close(self) -> None:
        """It has no bank debt: nothing to close."""


class OpenAILab(Lab):
    """OpenAI's lab: leases from many, raises from whoever believes, owes Microsoft a share of its revenue."""

    gives = frozenset({"services", "model", "revenue_share"})
    firm: OpenAI
    strategy: OpenAIStrategy
    given: OpenAIParameters

    def first_home(self, supplier: str) -> Array:
        """Until January 2025 Azure was its only provider; others stood in where Azure was full."""
        return self.nothing + (0.0 if supplier == self.firm.partner else NEVER)

    def partners_trust(self) -> Array:
        """Trust between it and Microsoft, in [0, 1]; none without Microsoft."""
        partner = self.market.firms.get(self.firm.partner)
        return self.nothing if partner is None else partner.trust_in(self.name)

    def _hoped_funding(self) -> Array:
        return self.strategy.raising * super()._hoped_funding()

    def projects(self) -> Array:
        """Its part of Stargate, and its own sites, $ bn."""
        return self.firm.role(OpenAISponsor).call() + self.firm.role(OwnSites).ordered_cost()

    def ask(self) -> Ask:
        """Raise for its runway; second tranches hang on its conversion."""
        wish = super().ask()
        assert wish is not None
        return replace(wish, unconditional=self.firm.converted)

    def for_sites(self) -> Array:
        """A part of its cash, if it builds at all, $ bn."""
        return self.strategy.builds * super().for_sites()

    def set_aside(self) -> Array:
        """Cash kept for its own sites, $ bn."""
        return self.firm.role(OwnSites).planned_cost()

    def share_revenue(self) -> Array:
        """Microsoft's share of its revenue, as long as they are tied, $ bn."""
        partner = self.firm.partner
        if not self.market.network.tied(self.name, partner, "revenue_share"):
            return self.nothing
        shared = np.minimum(self._share_of(self.revenue), self.running_paid - self.works_cost())
        self.market.ledger.pay(self.name, partner, "revenue_share", shared)
        partnership = self.market.partnerships.of(partner, self.name)
        if partnership is not None:
            partnership.share_paid(shared)
        return shared

    def _share_of(self, revenue: Array) -> Array:
        """What it owes Microsoft of a year's revenue, by the terms of their partnership, $ bn."""
        share = self.given.revenue_share
        partnership = self.market.partnerships.of(self.firm.partner, self.name)
        return share * revenue if partnership is None else partnership.owed(share, revenue)

    def wish_to_leave(self) -> Array:
        """By how much it likes its favourite among other suppliers better than Microsoft, log points."""
        others = [s for s in self.market.network.sources(self.name, "capacity") if s != self.firm.partner]
        liked = [self.taste(supplier) for supplier in others]
        best = np.maximum.reduce(liked) if liked else self.nothing
        return np.maximum(best - self.taste(self.firm.partner), 0.0)

    def site_costs(self) -> Array:
        """Power and staff of its own sites, and the year's rent of halls, $ bn."""
        sites = self.firm.role(OwnSites)
        return sites.running_costs - sites.shell_rent + self.market.shell_leases.due_from(self.name)

    def works_cost(self) -> Array:
        """What was built at its own sites, $ bn: it had the cash when it ordered."""
        return self.firm.role(OwnSites).ai_capex

    def running_cost(self, revenue: Array) -> Array:
        """People, sales, own sites, and Microsoft's share, $ bn."""
        tied = self.market.network.tied(self.name, self.firm.partner, "revenue_share")
        owed = self._share_of(revenue) if tied else self.nothing
        return super().running_cost(revenue) + owed


class OpenAISponsor(Sponsor):
    """OpenAI's part of Stargate, out of the cash that it has."""

    given: OpenAIParameters

    def purse(self) -> dict[str, Array]:
        """A part of its cash."""
        return {"cash": self.given.stargate_cash_share * np.maximum(self.cash, 0.0)}

    def call(self) -> Array:
        """Its part of what Stargate asks this year, $ bn."""
        venture = self.market.stargate
        if not self.market.network.tied(self.name, venture.name, "equity"):
            return self.nothing
        return self.market.sponsor_share(self.name) * venture.equity_needed()


@kind(
    "openai",
    OwnSites,
    OpenAILab,
    OpenAISponsor,
    label="OpenAI",
    colour="#009E73",
    payoff=("valuation", "dilution", "cash", "ventures", "sites", "paid_in"),
)
class OpenAI(Firm):
    """OpenAI: a lab that may become a for-profit, and may build sites of its own."""

    Parameters = OpenAIParameters
    known_as = "lab"
    partner_kind = "microsoft"
    given: OpenAIParameters

    converted: Array = logged("0/1", "OpenAI has become a for-profit, second tranches are free")

    def found(self) -> None:
        """A lab with, at first, no site of its own."""
        super().found()
        self.converted = self.nothing

    def plan(self) -> None:
        """Hear whether it may become a for-profit, then plan as a lab does."""
        draw = self.market.draws.uniform(f"{self.stream} converts", self.market.year)
        self.converted = np.maximum(self.converted, (draw < self.given.conversion_chance).astype(float))
        super().plan()

    def gain_by(self, partnership: Partnership) -> Array:
        """Choice among suppliers, revenue that it keeps, its conversion; less shares, and being bound."""
        terms, lab = Terms(partnership), self.role(OpenAILab)
        choice = (partnership.freed() * terms.new() - terms.bound()) * lab.wish_to_leave()
        others = 1 - self.market.capital.stake(self.partner, self.name)
        equity = terms.uplift() * others - partnership.given("stake")
        return choice + terms.shared() + equity * terms.worth()

    def accept(self, struck: Array) -> None:
        """With Microsoft's consent it becomes a for-profit."""
        self.converted = np.maximum(self.converted, struck)

    def meets(self, condition: str) -> Array:
        """How far it meets a condition of deals, in [0, 1]."""
        return self.converted if condition == "converted" else super().meets(condition)
