"""DeepSeek: the lab that answers for less, and teaches others how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from computeshift.agents.cloud import Cloud, CloudParameters, CloudStrategy
from computeshift.agents.dials import Dial
from computeshift.agents.lab import Lab, LabParameters, LabStrategy
from computeshift.agents.strategy import strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.capital import Ask
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class DeepSeekParameters(LabParameters, CloudParameters):
    """A lab on its own fleet, paid by its parent, that searches for efficiency."""

    leap_size: Array = bounded(0.01, 1000)
    leap_chance: Array = bounded(0, 1)
    distillation: Array = bounded(0, 1)


class DeepSeekStrategy(LabStrategy, CloudStrategy):
    """How DeepSeek plays: its price, and where its people work."""

    efficiency_effort: Dial = 1.0
    """Factor on its chance of a leap in efficiency."""
    distils: Dial = 1.0
    """Factor on what it learns from the frontier's answers."""


@strategy("deepseek", "undercut")
class Undercut(DeepSeekStrategy):
    """Give efficiency away: a thin margin, people on efficiency, distil what can be distilled."""

    discount = 0.3


@strategy("deepseek", "frontier")
class Frontier(DeepSeekStrategy):
    """Race for capability: a full margin, a larger fleet, less work on efficiency."""

    ambition = 2.0
    eagerness = 1.5
    efficiency_effort = 0.5


@strategy("deepseek", "niche")
class Niche(DeepSeekStrategy):
    """Stay small: a full margin at home, no distillation, a smaller fleet."""

    ambition = 0.3
    eagerness = 0.6
    efficiency_effort = 0.5
    distils = 0.0


class DeepSeek(Lab, Cloud):
    """DeepSeek: leaps in efficiency that push everybody's price at once and others' costs a year later."""

    ROLES: ClassVar[tuple[str, ...]] = ("lab", "cloud")
    Parameters = DeepSeekParameters
    gives = frozenset({"capacity", "services", "model"})
    takes = frozenset({"capacity", "debt", "chips", "model"})
    strategy: DeepSeekStrategy
    given: DeepSeekParameters

    def found(self) -> None:
        """A lab on its own fleet."""
        Cloud.found(self)
        Lab.found(self)

    def plan(self) -> None:
        """Leap or not, then plan; its tenants are its parent's funds."""
        market, given = self.market, self.given
        luck = market.draws.uniform(f"{self.name} leaps", market.year)
        leaps = luck < given.leap_chance * self.strategy.efficiency_effort
        leap = np.where(leaps, np.log(given.leap_size), 0.0) + market.news.efficiency_leap()
        self.log_efficiency = self.log_efficiency + leap
        self.foresee_business()
        self.plan_compute()

    def ask(self) -> Ask | None:
        """Its parent pays; it raises nothing."""
        return None

    def build(self) -> None:
        """Build its own fleet, from its parent's cash flow."""
        self.plan_capex()

    def market_value(self) -> None:
        """Nobody can buy a share of it."""
        return None

    def reckon(self) -> None:
        """As an owner and as a lab."""
        Cloud.reckon(self)
        self.reckon_leases()

    def pay(self) -> None:
        """As a lab and as an owner."""
        self.pay_bills()
        self.pay_builders()

    def close(self) -> None:
        """Close the books, and distil the models it can reach."""
        self.close_credit()
        self.restructure()
        self._distil()

    def _distil(self) -> None:
        """Close a part of the gap to each lab it can ask, out of what the others leave; it costs nothing."""
        market = self.market
        for tutor in market.network.sources(self.name, "model"):
            gap = np.maximum(market.firms[tutor].quality - self.quality, 0.0)
            taught = self.given.distillation * self.strategy.distils * gap
            self.knowledge = self.knowledge * np.exp(taught)
            market.ledger.record(tutor, self.name, "model", taught, "log points")
