"""MGX: Abu Dhabi's AI investor, with a sovereign's yearly budget."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from computeshift.agents.investor import (
    Backer,
    Investor,
    InvestorParameters,
    InvestorStrategy,
    spread,
)
from computeshift.agents.strategy import strategy
from computeshift.environment.capital import Ask
from computeshift.environment.setup import Array


class MGXStrategy(InvestorStrategy):
    """How MGX plays: how large a ticket, and where."""

    home = 1.0
    """Factor on its part of Stargate and OpenAI."""
    abroad = 1.0
    """Factor on its part of other labs' rounds."""
    follows = True
    """Whether it comes in only as far as the lead investor's mood allows."""

    def pledge(self, investor: Backer, target: str) -> Array:
        """Its usual part, times the strategy's taste for the target."""
        usual = super().pledge(investor, target)
        return usual * (self.home if target in ("stargate", "openai") else self.abroad)


@strategy("mgx", "coinvest")
class Coinvest(MGXStrategy):
    """Follow the lead: its usual part, less when the mood is bad."""


@strategy("mgx", "anchor")
class Anchor(MGXStrategy):
    """Lead: twice its usual part of Stargate and OpenAI, whatever the mood."""

    home = 2.0
    appetite = 1.5
    follows = False


@strategy("mgx", "diversify")
class Diversify(MGXStrategy):
    """Spread over labs: less Stargate and OpenAI, more of their rivals."""

    home = 0.5
    abroad = 3.0


class MGX(Investor):
    """MGX: tickets into Stargate, OpenAI and rival labs."""

    ROLES: ClassVar[tuple[str, ...]] = ("investor",)
    Parameters = InvestorParameters
    strategy: MGXStrategy

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """Its part of each round, within its budget; a follower holds back when sentiment is low."""
        mood = np.minimum(self.market.capital.sentiment, 1.0) if self.strategy.follows else 1.0
        wishes = {t: self.strategy.pledge(self, t) * mood * ask.amount for t, ask in asks.items()}
        return spread(wishes, self.means())
