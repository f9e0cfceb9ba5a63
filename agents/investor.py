"""Roles that pay equity in: the sponsor of a venture, the backer of rounds, the investor with a budget."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from computeshift.agents.dials import Dial
from computeshift.agents.kinds import kind
from computeshift.agents.role import Role
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.ledger import BACKING, MONEY
from computeshift.environment.rounds import Ask, Terms
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class SponsorParameters:
    """A sponsor's part in Stargate."""

    sponsor_share: Array = bounded(0, 1, "part of the venture's calls that it pays as a sponsor")


@dataclass(frozen=True, kw_only=True)
class BackerParameters(SponsorParameters):
    """How much of a round a backer takes, and how it pays."""

    pledge: Array = bounded(0, 1, "ticket that it offers when a lab raises money")
    upfront: Array = bounded(0, 1, "payment at signing; the rest falls due over two years")


@dataclass(frozen=True, kw_only=True)
class InvestorParameters(BackerParameters):
    """What an investor can spend a year."""

    initial_budget: Array = bounded(0, 1000, "budget for investments in the first year")
    budget_growth: Array = bounded(-0.5, 3, "growth of its budget for investments")


class InvestorDials:
    """What differs between strategies of an investor."""

    appetite: Dial = 1.0
    """Factor on its budget."""

    def pledge(self, investor: Backer, target: str) -> Array:
        """The part of a round it is ready to take, `(W,)`."""
        if target == investor.market.stargate.name:
            return investor.market.sponsor_share(investor.name)
        return investor.given.pledge


class InvestorStrategy(InvestorDials, Strategy):
    """How an investor plays."""


@strategy("investor", "default")
class Follow(InvestorStrategy):
    """Take the usual part of each round, within the budget."""


def tickets(
    investor: Backer, wishes: dict[str, dict[str, Array]], purse: str, means: Array
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


class Sponsor(Role):
    """A firm that backs a venture alone: its part of each call, within its purse."""

    label = "sponsor"
    Parameters = SponsorParameters
    gives: ClassVar[frozenset[str]] = frozenset({"equity"})
    given: SponsorParameters

    @property
    def sponsor_share(self) -> Array:
        """The part of a venture's equity that it stands for."""
        return self.given.sponsor_share

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """Its part of the venture's call, within its purse, $ bn."""
        venture = self.market.stargate.name
        if venture not in asks:
            return {}
        called = self.market.sponsor_share(self.name) * asks[venture].amount
        return {venture: self.least(f"ticket_{venture}", MONEY, pledge=called, **self.purse())}

    @abstractmethod
    def purse(self) -> dict[str, Array]:
        """What it can pay, $ bn, by the name of what bounds it."""


class Backer(Role):
    """A firm that backs others with equity: what it takes of a round, within its means."""

    gives: ClassVar[frozenset[str]] = frozenset({"equity"})
    spends = frozenset({"equity", "rescue", "acquisition"})
    purse: ClassVar[str] = "budget"
    """What bounds its means, by name."""
    strategy: InvestorDials
    given: BackerParameters

    @property
    def sponsor_share(self) -> Array:
        """The part of a venture's equity that it stands for."""
        return self.given.sponsor_share

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """Its part of every round it is tied to, within its means, $ bn."""
        wishes = {target: self.wishes(target, ask) for target, ask in asks.items()}
        return tickets(self, wishes, self.purse, self.means())

    def terms(self, ask: Ask) -> Terms:
        """It pays a part at once, and the rest on dates."""
        return Terms(self.given.upfront, self.nothing)

    @abstractmethod
    def payable(self) -> Array:
        """$ bn it can still pay this year of what falls due on shares in others."""

    def left_to_invest(self) -> Array:
        """$ bn it can still put into shares of others this year."""
        return self.means()

    def means_to_buy(self) -> Array:
        """The same for shares of a lab that leaves dues unpaid."""
        return self.left_to_invest()

    def wishes(self, target: str, ask: Ask) -> dict[str, Array]:
        """What it pledges to a round, and what second thoughts leave of it, $ bn, by name."""
        return {"pledge": self.strategy.pledge(self, target) * ask.amount}

    @abstractmethod
    def means(self) -> Array:
        """$ bn it can invest this year, besides what it has put in."""


@kind("investor")
class Investor(Backer):
    """An investor with a yearly budget from its owners: a fund, a sovereign."""

    defaults = ("investor",)
    payoff = payoff_in_group = ("stakes", "paid")
    Parameters = InvestorParameters
    given: InvestorParameters

    def found(self) -> None:
        """The state at the end of the start year."""
        self.budget = self.given.initial_budget

    def means(self) -> Array:
        """$ bn it can invest this year: its budget, less what it has put in."""
        spent = self.market.capital.spent_by(self.name)
        return np.maximum(self.budget * self.strategy.appetite - spent, 0.0)

    def payable(self) -> Array:
        """$ bn it can still pay this year of what falls due on shares: what is left of its budget."""
        return np.maximum(self.budget * self.strategy.appetite - self.invested, 0.0)

    def pay(self) -> None:
        """Its owners pay in what it invested, and what it paid for others."""
        ledger = self.market.ledger
        ledger.pay("outside", self.name, "capital_call", self.invested + ledger.paid_as(self.name, BACKING))

    def close(self) -> None:
        """Next year's budget."""
        self.budget = self.budget * (1 + self.given.budget_growth)
