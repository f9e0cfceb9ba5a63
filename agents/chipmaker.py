"""The role `chipmaker`: it sells chips to whoever builds, and invests a part of it in their customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from computeshift.agents.investor import Investor, InvestorParameters, InvestorStrategy
from computeshift.agents.strategy import strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class ChipmakerParameters(InvestorParameters):
    """An investor that lives on its sales of chips."""

    initial_cash: Array = bounded(0, 10_000)
    chip_market_share: Array = bounded(0, 1)
    unit_cost_share: Array = bounded(0, 1)
    reinvested_share: Array = bounded(0, 1)


@strategy("chipmaker", "default")
class Recycle(InvestorStrategy):
    """Put a part of last year's profit on chips into those who need more of them."""


class Chipmaker(Investor):
    """A chipmaker: chips out, money in, and some of the money back as equity (circular money)."""

    ROLES: ClassVar[tuple[str, ...]] = ("chipmaker", "investor")
    Parameters = ChipmakerParameters
    gives = frozenset({"equity", "chips"})
    given: ChipmakerParameters

    def found(self) -> None:
        """The state at the end of the start year."""
        super().found()
        self.profit = self.nothing

    def means(self) -> Array:
        """Its budget, and the part of last year's profit on chips that it reinvests, $ bn."""
        return super().means() + self.given.reinvested_share * self.profit

    def pay(self) -> None:
        """What it invests comes from its own cash; making chips costs."""
        sales = self.market.chip_sales(self.name)
        cost = self.given.unit_cost_share * sales
        self.market.ledger.pay(self.name, "outside", "opex", cost)
        self.profit = sales - cost
        self.revenue = sales

    def close(self) -> None:
        """Owners get the cash above what it began with, or pay in what is missing."""
        ledger, start = self.market.ledger, self.given.initial_cash
        ledger.pay(self.name, "outside", "dividend", (self.cash - start).clip(min=0))
        ledger.pay("outside", self.name, "capital_call", (start - self.cash).clip(min=0))
        super().close()
