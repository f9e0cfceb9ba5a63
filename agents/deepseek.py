"""DeepSeek: the lab near the frontier of efficiency that answers for a thin margin."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from computeshift.agents.cloud import CLOUD_AND_LAB, Cloud, CloudDials, CloudParameters
from computeshift.agents.dials import Dial
from computeshift.agents.firm import Firm
from computeshift.agents.kinds import kind
from computeshift.agents.lab import Lab, LabDials, LabParameters
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class DeepSeekParameters(LabParameters, CloudParameters):
    """A lab on its own fleet, paid by its parent, that searches for efficiency."""

    leap_share: Array = bounded(0, 1, "part of the market's leaps in efficiency that it makes")
    distillation: Array = bounded(0, 1, "knowledge that it distils from the best model that it can ask")


class DeepSeekStrategy(LabDials, CloudDials, Strategy):
    """How DeepSeek plays: its price, and where its people work."""

    efficiency_effort: Dial = 1.0
    """Factor on its part of the market's leaps in efficiency."""
    distils: Dial = 1.0
    """Factor on what it learns from the frontier's answers."""


@strategy("deepseek", "undercut")
class Undercut(DeepSeekStrategy):
    """Sell cheaply: a thin margin, research on efficiency, and distillation of others' models."""

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


class OwnFleet(Cloud):
    """DeepSeek's fleet, which its parent pays."""

    takes = frozenset({"debt", "chips"})
    export_controlled = True


class DeepSeekLab(Lab):
    """DeepSeek's lab: it makes a part of the market's leaps, and stands on the frontier when it does."""

    takes = frozenset({"capacity", "model"})
    raises = False
    strategy: DeepSeekStrategy
    given: DeepSeekParameters

    def progress(self) -> None:
        """As any lab, unless the year's leap is its own: then it has the frontier's cost at once."""
        super().progress()
        frontier, part = self.market.frontier, self.given.leap_share * self.strategy.efficiency_effort
        announced = self.market.news.efficiency_leap() > 0
        makes_it = (frontier.leap > 0) & ((frontier.author < part) | announced)
        self.log_efficiency = np.where(makes_it, frontier.level, self.log_efficiency)

    def build(self) -> None:
        """Its parent pays: no budget binds it."""

    def close(self) -> None:
        """Close the books, and distil the models it can reach."""
        super().close()
        self._distil()

    def _distil(self) -> None:
        """Close a part of the gap to the best of the models that it can ask; it costs nothing.

        The gap is the one that everybody saw when the year's models were out. A worse model teaches
        nothing more, and models as good as each other teach it together.
        """
        seen, tutors = self.market.services.seen_quality, self.market.network.sources(self.name, "model")
        if not tutors:
            return
        best = functools.reduce(np.maximum, [seen[tutor] for tutor in tutors])
        gap = np.maximum(best - seen[self.name], 0.0)
        taught = self.given.distillation * self.strategy.distils * gap
        self.knowledge = self.knowledge * np.exp(taught)
        teaching = {tutor: (seen[tutor] == best).astype(float) for tutor in tutors}
        alike = sum(teaching.values(), self.nothing)
        for tutor, part in teaching.items():
            self.market.ledger.record(tutor, self.name, "model", taught * part / alike, "log points")


@kind("deepseek", OwnFleet, DeepSeekLab, label="DeepSeek", colour="#333333", payoff=CLOUD_AND_LAB)
class DeepSeek(Firm):
    """DeepSeek: near the frontier of efficiency, at a thin margin, on a fleet that its parent pays."""

    Parameters = DeepSeekParameters
    known_as = "lab"
