"""MGX: Abu Dhabi's AI investor, with a sovereign's yearly budget."""

from __future__ import annotations

import numpy as np

from computeshift.agents.dials import Dial, Flag
from computeshift.agents.firm import Firm
from computeshift.agents.investor import Backer, Investor, InvestorDials, InvestorParameters
from computeshift.agents.kinds import kind
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.rounds import Ask
from computeshift.environment.setup import Array


class MGXStrategy(InvestorDials, Strategy):
    """How MGX plays: how large a ticket, and where."""

    home: Dial = 1.0
    """Factor on its part of Stargate and OpenAI."""
    abroad: Dial = 1.0
    """Factor on its part of other labs' rounds."""
    follows: Flag = True
    """Whether it comes in only as far as others filled the last round, and the mood is good."""

    def pledge(self, investor: Backer, target: str) -> Array:
        """Its usual part, times the strategy's taste for the target."""
        usual = super().pledge(investor, target)
        return usual * (
            self.home if target in (investor.market.stargate.name, investor.firm.partner) else self.abroad
        )


@strategy("mgx", "coinvest")
class Coinvest(MGXStrategy):
    """Follow the lead: its usual part of a round, less if the last one was not filled or the mood is bad."""


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


class CoInvestor(Investor):
    """MGX's money: tickets into Stargate, OpenAI and rival labs."""

    strategy: MGXStrategy

    def wishes(self, target: str, ask: Ask) -> dict[str, Array]:
        """Its part of a round; a follower looks at the last round and the mood."""
        part = self.strategy.pledge(self, target)
        willing = part * self._mood(target)
        return {"pledge": part * ask.amount, "confidence": willing * ask.amount}

    def _mood(self, target: str) -> Array:
        """How far a follower goes in: as far as the last round was filled, less in a bad mood."""
        capital = self.market.capital
        filled = capital.rounds.filled.get(target, np.ones_like(self.nothing))
        return np.where(self.strategy.follows, np.minimum(capital.sentiment, 1.0) * filled, 1.0)


@kind("mgx", CoInvestor, label="MGX", colour="#F0E442")
class MGX(Firm):
    """MGX: Abu Dhabi's AI investor: tickets into Stargate, OpenAI and rival labs."""

    Parameters = InvestorParameters
    partner_kind = "openai"
