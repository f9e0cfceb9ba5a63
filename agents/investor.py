"""The role `investor`: a yearly budget, spread over those who ask and to whom it is tied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from computeshift.agents.agent import MarketAgent
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.capital import Ask
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class SponsorParameters:
    """A sponsor's part in Stargate."""

    sponsor_share: Array


@dataclass(frozen=True, kw_only=True)
class BackerParameters(SponsorParameters):
    """How much of a round a backer takes."""

    pledge: Array


@dataclass(frozen=True, kw_only=True)
class InvestorParameters(BackerParameters):
    """What an investor can spend a year."""

    initial_budget: Array
    budget_growth: Array


class InvestorStrategy(Strategy):
    """How an investor plays."""

    appetite = 1.0
    """Factor on its budget."""

    def pledge(self, investor: MarketAgent, target: str) -> Array:
        """The part of a round it is ready to take, `(W,)`."""
        if target == "stargate":
            return investor.market.sponsor_share(investor.name)
        return investor.given.pledge


@strategy("investor", "default")
class Follow(InvestorStrategy):
    """Take the usual part of each round, within the budget."""


def spread(wishes: dict[str, Array], means: Array) -> dict[str, Array]:
    """Scale wishes, $ bn, down to what one can pay, all by the same factor."""
    total = sum(wishes.values(), np.zeros_like(means))
    factor = np.minimum(1.0, means / np.maximum(total, 1e-12))
    return {target: wish * factor for target, wish in wishes.items()}


def sponsorship(sponsor: MarketAgent, asks: dict[str, Ask], purse: Array) -> dict[str, Array]:
    """What a firm that backs Stargate alone offers: its part of the call, $ bn, within its purse."""
    if "stargate" not in asks:
        return {}
    called = sponsor.market.sponsor_share(sponsor.name) * asks["stargate"].amount
    return {"stargate": np.minimum(called, purse)}


class Backer(MarketAgent):
    """Whoever backs others with equity: what it takes of a round, within its means."""

    Parameters: ClassVar[type] = BackerParameters
    gives: ClassVar[frozenset[str]] = frozenset({"equity"})
    strategy: InvestorStrategy
    given: BackerParameters

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """Its part of every round it is tied to, within its means, $ bn."""
        wishes = {target: ask.amount * self.strategy.pledge(self, target) for target, ask in asks.items()}
        return spread(wishes, self.means())

    def means(self) -> Array:
        """$ bn it can invest this year."""
        return self.nothing


class Investor(Backer):
    """An investor with a yearly budget from its owners: a fund, a sovereign."""

    ROLES: ClassVar[tuple[str, ...]] = ("investor",)
    Parameters: ClassVar[type] = InvestorParameters
    given: InvestorParameters

    def found(self) -> None:
        """The state at the end of the start year."""
        self.budget = self.given.initial_budget

    def means(self) -> Array:
        """$ bn it can invest this year."""
        return self.budget * self.strategy.appetite

    def pay(self) -> None:
        """Its owners pay in what it invested."""
        self.market.ledger.pay("outside", self.name, "capital_call", self.invested)

    def close(self) -> None:
        """Next year's budget."""
        self.budget = self.budget * (1 + self.given.budget_growth)
