"""The role `investor`: a yearly budget, spread over those who ask and to whom it is tied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from computeshift.agents.agent import MarketAgent
from computeshift.agents.dials import Dial
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.capital import Ask
from computeshift.environment.ledger import MONEY
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class SponsorParameters:
    """A sponsor's part in Stargate."""

    sponsor_share: Array = bounded(0, 1)


@dataclass(frozen=True, kw_only=True)
class BackerParameters(SponsorParameters):
    """How much of a round a backer takes."""

    pledge: Array = bounded(0, 1)


@dataclass(frozen=True, kw_only=True)
class InvestorParameters(BackerParameters):
    """What an investor can spend a year."""

    initial_budget: Array = bounded(0, 1000)
    budget_growth: Array = bounded(-0.5, 3)


class InvestorStrategy(Strategy):
    """How an investor plays."""

    appetite: Dial = 1.0
    """Factor on its budget."""

    def pledge(self, investor: MarketAgent, target: str) -> Array:
        """The part of a round it is ready to take, `(W,)`."""
        if target == "stargate":
            return investor.market.sponsor_share(investor.name)
        return investor.given.pledge


@strategy("investor", "default")
class Follow(InvestorStrategy):
    """Take the usual part of each round, within the budget."""


def tickets(
    investor: MarketAgent, wishes: dict[str, dict[str, Array]], purse: str, means: Array
) -> dict[str, Array]:
    """Scale wishes, $ bn, down to what one can pay, all by the same factor.

    A wish is what was pledged and what is left of it after second thoughts, by name, the last of
    them what it would pay; `purse` names what bounds its means.
    """
    wished = {target: list(thoughts.values())[-1] for target, thoughts in wishes.items()}
    part = means / np.maximum(sum(wished.values(), np.zeros_like(means)), 1e-12)
    for target, thoughts in wishes.items():
        limits = {**thoughts, purse: wished[target] * part}
        investor.market.decisions.record(investor.name, f"ticket_{target}", MONEY, limits)
    return {target: wish * np.minimum(1.0, part) for target, wish in wished.items()}


def sponsorship(sponsor: MarketAgent, asks: dict[str, Ask], **purse: Array) -> dict[str, Array]:
    """What a firm that backs Stargate alone offers: its part of the call, $ bn, within its purse."""
    if "stargate" not in asks:
        return {}
    called = sponsor.market.sponsor_share(sponsor.name) * asks["stargate"].amount
    return {"stargate": sponsor.least("ticket_stargate", MONEY, pledge=called, **purse)}


class Backer(MarketAgent):
    """Whoever backs others with equity: what it takes of a round, within its means."""

    Parameters: ClassVar[type] = BackerParameters
    gives: ClassVar[frozenset[str]] = frozenset({"equity"})
    strategy: InvestorStrategy
    given: BackerParameters

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """Its part of every round it is tied to, within its means, $ bn."""
        wishes = {t: {"pledge": ask.amount * self.strategy.pledge(self, t)} for t, ask in asks.items()}
        return tickets(self, wishes, "budget", self.means())

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
