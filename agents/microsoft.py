"""Microsoft: Azure's owner, OpenAI's partner and investor, and more and more its rival."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeshift.agents.cloud import CLOUD_AND_LAB, Cloud, CloudDials, CloudParameters
from computeshift.agents.dials import Dial
from computeshift.agents.firm import Firm
from computeshift.agents.investor import Investor, InvestorDials, InvestorParameters
from computeshift.agents.kinds import kind
from computeshift.agents.lab import Lab, LabDials, LabParameters
from computeshift.agents.strategy import Strategy, strategy
from computeshift.agents.terms import Terms
from computeshift.environment.bounds import bounded
from computeshift.environment.log import logged, logs
from computeshift.environment.partnership import Partnership
from computeshift.environment.rounds import Ask
from computeshift.environment.setup import Array, per


@dataclass(frozen=True, kw_only=True)
class MicrosoftParameters(CloudParameters, LabParameters, InvestorParameters):
    """A cloud, a lab and an investor, tied to OpenAI."""

    openai_share: Array = bounded(0, 1, "room that it offers to OpenAI while trust is as at the start")
    inhouse_share: Array = bounded(0, 1, "room that it keeps for its own models at full trust")
    inhouse_response: Array = bounded(0, 5, "rise of the room for its own models as trust falls")
    refusal: Array = bounded(0, 1, "orders of OpenAI that it takes by its right of first refusal")
    stake_in_openai: Array = bounded(0, 1, "part of OpenAI's equity that it holds at the start")
    # Trust is compared with it as a ratio: not near 0.
    initial_trust: Array = bounded(0.05, 1, "trust between Microsoft and OpenAI at the start")
    trust_speed: Array = bounded(0, 1, "part of the gap between trust and its goal that closes")
    rivalry_weight: Array = bounded(0, 10, "loss of trust with the room that it keeps for its own models")
    independence_weight: Array = bounded(
        0, 10, "loss of trust with what OpenAI leases and orders from others"
    )
    refusal_weight: Array = bounded(0, 10, "loss of trust with the use of its right of first refusal")


class MicrosoftStrategy(CloudDials, LabDials, InvestorDials, Strategy):
    """How Microsoft plays: who gets its capacity, and what it makes of its rights."""

    offer: Dial = 1.0
    """Factor on the part of its capacity it offers to OpenAI."""
    inhouse: Dial = 1.0
    """Factor on the part it keeps for its own models."""
    refusal: Dial = 1.0
    """Factor on how often it uses its right of first refusal."""
    generosity: Dial = 1.0
    """Factor on follow-on equity."""


@strategy("microsoft", "partner")
class Partner(MicrosoftStrategy):
    """Keep OpenAI close: serve it first, invest in its rounds, use its right of first refusal at times."""


@strategy("microsoft", "inhouse")
class Inhouse(MicrosoftStrategy):
    """Its own models come first: OpenAI gets less, and no new equity."""

    offer = 0.6
    inhouse = 2.5
    refusal = 0.3
    generosity = 0.0
    ambition = 1.5


@strategy("microsoft", "gatekeeper")
class Gatekeeper(MicrosoftStrategy):
    """Use the right of first refusal whenever possible, and build enough capacity to do so."""

    offer = 1.15
    refusal = 4.0
    eagerness = 1.15


@strategy("microsoft", "open")
class Open(MicrosoftStrategy):
    """Waive the right: OpenAI may go where it likes."""

    refusal = 0.0


class Azure(Cloud):
    """Microsoft's cloud: one fleet for OpenAI, its own models and all others."""

    firm: Microsoft
    strategy: MicrosoftStrategy
    given: MicrosoftParameters

    def room_for(self, lab: str) -> Array:
        """Its partner gets its part, with trust and the deal of the day; its own models get theirs."""
        return self.part_for(lab) * self.fleet.gw

    def part_for(self, lab: str) -> Array:
        """The same as a part of its capacity, `(W,)`."""
        if lab == self.firm.partner:
            warmth = 0.5 + 0.5 * self.firm.trust / self.given.initial_trust
            offer = self.given.openai_share * self.strategy.offer * warmth
            return np.minimum(offer * self.market.news.capacity_offer(), 1.0)
        if lab == self.name:
            return self.firm.inhouse_effort
        return self.part_in_all()

    def part_in_all(self) -> Array:
        """What its partner and its own models may take together; more where it offers its partner more."""
        offered = self.part_for(self.firm.partner) + self.part_for(self.name)
        return np.clip(offered, self.given.lab_share, 1.0)

    def first_refusal(self, lab: str) -> Array:
        """Its right to its partner's new demand, as often as its strategy uses it; else that of any cloud."""
        if lab != self.firm.partner:
            return super().first_refusal(lab)
        partnership = self.market.partnerships.of(self.name, lab)
        right = self.given.refusal
        right = right if partnership is None else partnership.refusal(right)
        return np.minimum(right * self.strategy.refusal, 0.9)

    def needed_gw(self, ahead: bool = False) -> Array:
        """What a cloud needs, and more where it means to offer its partner more."""
        more = self.market.news.capacity_offer() - 1
        extra = more * self.market.compute.bond(self.name, self.firm.partner)
        return super().needed_gw(ahead) + extra / self.market.compute.given.target_utilisation


class MicrosoftLab(Lab):
    """Microsoft's own models: they take what their part of the fleet allows, and its cloud pays for them."""

    takes = frozenset({"capacity", "revenue_share"})
    raises = False

    def build(self) -> None:
        """No budget binds it but its part of the fleet."""

    def close(self) -> None:
        """Its cloud pays what it owes: it breaks no contract."""


class FollowOn(Investor):
    """Microsoft's equity: it follows on in rounds, from its own cash."""

    firm: Microsoft
    strategy: MicrosoftStrategy
    given: MicrosoftParameters

    @property
    def initial_stakes(self) -> dict[str, Array]:
        """Its stake in its partner, OpenAI."""
        return {self.firm.partner: self.given.stake_in_openai} if self.firm.partner else {}

    def wishes(self, target: str, ask: Ask) -> dict[str, Array]:
        """Its part of a round, the more the more trust there is."""
        part = self.strategy.pledge(self, target)
        eager = self.strategy.generosity * self.firm.trust
        return {"pledge": part * ask.amount, "trust": part * eager * ask.amount}

    def signs(self) -> Dial:
        """The part of an equity deal given in a config that it signs: none if it gives no new equity."""
        return np.minimum(self.strategy.generosity, 1.0)

    def payable(self) -> Array:
        """$ bn it can pay of what falls due on shares in others: its firm's cash."""
        return np.maximum(self.cash, 0.0)

    def pay(self) -> None:
        """What it invests comes from its firm's cash."""


@kind("microsoft", Azure, MicrosoftLab, FollowOn, label="Microsoft", colour="#0072B2", payoff=CLOUD_AND_LAB)
class Microsoft(Firm):
    """Microsoft: Azure, models of its own and a stake in OpenAI; trust moves with both sides' moves."""

    Parameters = MicrosoftParameters
    partner_kind = "openai"
    given: MicrosoftParameters

    trust: Array = logged("share", "trust between Microsoft and OpenAI")
    inhouse_effort: Array = logged("share", "part of Microsoft's AI capacity set aside for its own models")

    def found(self) -> None:
        """A cloud, a lab, and OpenAI's largest investor."""
        super().found()
        self.trust = self.given.initial_trust
        self.inhouse_effort = self.given.inhouse_share

    def plan(self) -> None:
        """Want compute for its own models, and split what it has."""
        super().plan()
        distance = self.given.inhouse_response * (1 - self.trust)
        inhouse = self.role(Azure).strategy.inhouse
        goal = np.minimum(self.given.inhouse_share * inhouse + distance, 0.6)
        self.inhouse_effort = (self.inhouse_effort + goal) / 2

    def learn(self) -> None:
        """Learn as a lab does, and see what the year did to trust."""
        super().learn()
        self.trust = self.trust + self.given.trust_speed * (self._trust_goal() - self.trust)

    def trust_in(self, lab: str) -> Array:
        """Trust between it and its partner."""
        return self.trust if lab == self.partner else self.nothing

    def gain_by(self, partnership: Partnership) -> Array:
        """A commitment that it need not win again each year, and a stake worth more; less what it gives up.

        A stake earns what builders ask of their money. A commitment is worth the spread that lenders ask of
        tenants who may leave, over its term, and the margin on what OpenAI would have taken elsewhere.
        """
        given, capital = self.market.compute.given, self.market.capital
        terms = Terms(partnership)
        stake = partnership.given("stake") + terms.uplift() * capital.stake(self.name, self.partner)
        certain = terms.committed * capital.spread * given.term + terms.bound() * given.margin
        lost = terms.shared() + partnership.freed() * terms.new() * given.margin
        return certain + stake * terms.worth() - lost

    @property
    @logs("0/1", "its partnership with OpenAI has new terms")
    def renewed(self) -> Array:
        """1 where its partnership was bargained anew, else 0, `(W,)`."""
        partnership = self.market.partnerships.of(self.name, self.partner)
        return self.nothing if partnership is None else partnership.renewed

    def _trust_goal(self) -> Array:
        """Where trust goes: down with its in-house effort, its refusals, and OpenAI's independence."""
        compute, partner = self.market.compute, self.partner
        if partner not in compute.lab_index:
            return self.trust
        mine = compute.bond(self.name, partner)
        held = compute.contracted_by(partner) + compute.ordered_by(partner)
        independence = 1 - per(mine, held, 1.0)
        goal = 1 - self.given.rivalry_weight * self.inhouse_effort
        goal = goal - self.given.refusal_weight * self.role(Azure).first_refusal(partner)
        return np.clip(goal - self.given.independence_weight * independence, 0.0, 1.0)
