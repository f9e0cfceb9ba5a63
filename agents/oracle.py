"""Oracle: a cloud of its own, and the builder and operator of Stargate, on credit."""

from __future__ import annotations

from dataclasses import dataclass

from computeshift.agents.builder import Builder, BuilderDials, BuilderParameters
from computeshift.agents.firm import Firm
from computeshift.agents.investor import Sponsor, SponsorParameters
from computeshift.agents.kinds import kind
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class OracleParameters(BuilderParameters, SponsorParameters):
    """A builder, and a sponsor of what it builds."""


class OracleStrategy(BuilderDials, Strategy):
    """How Oracle plays: how much debt, how many sites."""


@strategy("oracle", "build")
class Build(OracleStrategy):
    """Build what Stargate has been ordered, with debt up to its usual limit."""


@strategy("oracle", "disciplined")
class Disciplined(OracleStrategy):
    """A debt ceiling: two thirds of the usual limit, fewer sites, a higher price."""

    debt_appetite = 0.67
    reach = 0.7
    asks = 1.08


@strategy("oracle", "landgrab")
class LandGrab(OracleStrategy):
    """Sites first, lenders later: a debt limit half as high again, more crews, a lower price."""

    debt_appetite = 1.5
    reach = 1.5
    asks = 0.92
    eagerness = 1.2


class OracleSponsor(Sponsor):
    """Oracle's part of Stargate's equity, out of what it does not put into sites."""

    given: OracleParameters

    def purse(self) -> dict[str, Array]:
        """Half of the part of its means that its works for Stargate leave."""
        means = self.firm.role(Builder).whole_means()
        return {"money": (1 - self.given.venture_money_share) * means / 2}


@kind("oracle", Builder, OracleSponsor, label="Oracle", colour="#E69F00", payoff=Builder.payoff)
class Oracle(Firm):
    """Oracle: a cloud of its own, and the builder and operator of Stargate, on credit."""

    Parameters = OracleParameters
