"""The role `lender`: it lends what its capital and the mood let it, and bears what is written off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeshift.agents.dials import Dial
from computeshift.agents.kinds import kind
from computeshift.agents.role import Role
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.credit import Lender as LenderRole
from computeshift.environment.log import logged, logs
from computeshift.environment.setup import Array, per


@dataclass(frozen=True, kw_only=True)
class LenderParameters:
    """What a lender has set aside for this market, and how it decides."""

    initial_capital: Array = bounded(0, 10_000, "capital at the start to bear losses in this market")
    initial_depth: Array = bounded(0, 10_000, "most that it would lend in the start year in a usual mood")
    depth_growth: Array = bounded(-0.5, 3, "growth of what it lends and of the capital behind it")
    mood_response: Array = bounded(0, 5, "response of what it lends to investors' mood")
    crunch_response: Array = bounded(0, 2, "response of what it lends to spreads that a crunch adds")
    loss_response: Array = bounded(0, 10, "response of what it lends to losses of capital")
    recovery: Array = bounded(0, 1, "part of lost capital that is made up")
    cut_off: Array = bounded(1, 30, "rating at which it lends half of what a firm wants")
    security: Array = bounded(0, 1, "part of its loans that chips, sites or contracts secure")
    extension: Array = bounded(0, 1, "part of what falls due that it extends for a cloud that cannot pay")


class LenderDials:
    """What differs between strategies of a lender."""

    appetite: Dial = 1.0
    """Factor on what it lends in a year."""
    leniency: Dial = 0.0
    """Notches by which it lends below its usual cut-off rating."""


class LenderStrategy(LenderDials, Strategy):
    """How a lender plays."""


@strategy("lender", "default")
class Usual(LenderStrategy):
    """Lend as much as it usually would, in this mood and with the capital that it has."""


@strategy("lender", "easy")
class Easy(LenderStrategy):
    """Lend half as much again, and two notches further down, to keep its part of a growing market."""

    appetite = 1.5
    leniency = 2.0


@strategy("lender", "strict")
class Strict(LenderStrategy):
    """Lend a third as much, and two notches less far down: it has lent enough to one industry."""

    appetite = 0.33
    leniency = -2.0


@kind("lender")
class Lender(Role):
    """A lender, such as banks or buyers of bonds: others fund what it lends, its capital bears the losses.

    It lends less in a bad mood, and less after losses, until its capital is what it was (the bank capital
    channel: Bernanke, Gertler & Gilchrist 1999; Gertler & Kiyotaki 2010).
    """

    defaults = ("lender",)
    payoff = payoff_in_group = ("lending",)
    Parameters = LenderParameters
    gives = frozenset({"debt"})
    earns = frozenset({"interest", "repayment", "funding"})
    spends = frozenset({"debt", "funding"})
    strategy: LenderDials
    given: LenderParameters

    capital: Array = logged("$ bn", "what it has set aside to bear losses on what it lends in this market")
    losses: Array = logged("$ bn", "debt that it wrote off this year")
    could_lend: Array = logged("$ bn", "what it could lend this year, by its capital and the mood")

    def as_lender(self) -> LenderRole:
        """Itself."""
        return self

    def found(self) -> None:
        """The state at the end of the start year."""
        self.usual_depth = self.given.initial_depth
        self.capital = self.usual_capital = self.given.initial_capital
        self.losses = self.nothing
        self.could_lend = self.depth()

    def plan(self) -> None:
        """The market that it lends to grows, and what it sets aside for it."""
        growth = 1 + self.given.depth_growth
        self.usual_depth = self.usual_depth * growth
        self.usual_capital = self.usual_capital * growth
        grown = self.capital * growth
        self.capital = grown + self.given.recovery * (self.usual_capital - grown)
        self.could_lend = self.depth()

    def depth(self) -> Array:
        """$ bn that it can lend this year, `(W,)`.

        In a crunch it lends less, whatever interest is paid (Bernanke & Lown 1991, The credit crunch).
        """
        mood = self.market.capital.sentiment**self.given.mood_response
        strength = per(self.capital, self.usual_capital, 1.0) ** self.given.loss_response
        points = 100 * self.market.news.credit_spread()
        rationed = np.exp(-self.given.crunch_response * points)
        return self.strategy.appetite * self.usual_depth * mood * strength * rationed

    def part_lent(self, borrower: str) -> Array:
        """The part of what a firm asks that it is ready to lend, `(W,)`: half at its cut-off rating."""
        return self.market.ratings.part_lent(self.given.cut_off + self.strategy.leniency, borrower)

    @property
    def security(self) -> Array:
        """The part of what it lends that chips, sites or contracts secure, `(W,)`."""
        return self.given.security

    @property
    def extension(self) -> Array:
        """The part of what falls due to it that it extends for a firm that can't pay, `(W,)`."""
        return self.given.extension

    def bear(self, lost: Array) -> None:
        """Bear the year's losses; what it lent beyond what came back is raised from those who fund it.

        Capital bears losses as far as it goes, funders the rest.
        """
        self.losses = lost
        self.capital = np.maximum(self.capital - lost, 0.0)
        ledger = self.market.ledger
        ledger.pay("outside", self.name, "funding", np.maximum(-self.cash, 0.0))
        ledger.pay(self.name, "outside", "funding", np.maximum(self.cash, 0.0))

    @property
    @logs("$ bn", "what firms owe it at the end of the year")
    def lent(self) -> Array:
        """$ bn."""
        return self.market.credit.owed_to(self.name)
