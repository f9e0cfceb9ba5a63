"""The role `chipmaker`: it sells chips to builders, and invests a part of its profit in their customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeshift.agents.investor import Backer, InvestorDials, InvestorParameters
from computeshift.agents.kinds import kind
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.log import logged
from computeshift.environment.setup import Array


@dataclass(frozen=True, kw_only=True)
class ChipmakerParameters(InvestorParameters):
    """An investor that lives on its sales of chips."""

    initial_cash: Array = bounded(0, 10_000, "cash at the start, which owners restore each year")
    chip_market_share: Array = bounded(0, 1, "part of its customers' chips that it supplies")
    sales_elsewhere: Array = bounded(
        0, 10, "sales to buyers outside this market, over those to builders in it"
    )
    unit_cost_share: Array = bounded(0, 1, "cost of making the chips that it sells")
    reinvested_share: Array = bounded(0, 1, "investment in others out of last year's profit on chips")
    vendor_finance: Array = bounded(0, 3, "rise of its investment in others as makers' capacity stands idle")
    earnings_multiple: Array = bounded(
        0, 200, "value of its shares in a usual mood, over a year's profit on chips"
    )
    leap_response: Array = bounded(0, 3, "fall of its value as the frontier leaps in efficiency")


@strategy("chipmaker", "default")
class Recycle(InvestorDials, Strategy):
    """Put a part of last year's profit on chips into firms that need more of them."""


@kind("chipmaker")
class Chipmaker(Backer):
    """A chipmaker: it sells chips and puts part of the money back as equity (circular money)."""

    defaults = ("chipmaker", "investor")
    payoff = ("chips", "stakes", "paid")
    payoff_in_group = ("chip_sales", "stakes", "paid")
    Parameters = ChipmakerParameters
    gives = frozenset({"equity", "chips"})
    earns = frozenset({"chips_payment"})
    given: ChipmakerParameters

    revenue: Array = logged("$ bn", "what customers paid it this year")

    @property
    def initial_cash(self) -> Array:
        """What its firm has at the start, $ bn."""
        return self.given.initial_cash

    @property
    def chip_market_share(self) -> Array:
        """The part of the market for chips that it supplies."""
        return self.given.chip_market_share

    def found(self) -> None:
        """The state at the end of the start year."""
        self.budget = self.given.initial_budget
        self.profit = self.nothing
        supply, given = self.market.supply, self.given
        last_year = supply.given.chips_per_year / (1 + supply.given.chip_growth)  # GW that makers delivered
        sales = (1 + given.sales_elsewhere) * given.chip_market_share * last_year * supply.chip_cost
        self.earning = (1 - given.unit_cost_share) * sales
        self.usual_cash = self.cash

    def means(self) -> Array:
        """Its budget, and the part of last year's profit on chips that it reinvests, $ bn.

        That part is larger, the more of what makers could deliver nobody had ordered: as suppliers of telecom
        equipment did around 2000, it lends to whom may buy (vendor finance).
        """
        part = self.given.reinvested_share + self.given.vendor_finance * self.market.supply.idle_makers
        means = self.budget * self.strategy.appetite + part * self.profit
        return np.maximum(means - self.market.capital.spent_by(self.name), 0.0)

    def payable(self) -> Array:
        """$ bn it can pay of what falls due on shares in others: its cash."""
        return np.maximum(self.cash, 0.0)

    def pay(self) -> None:
        """What it invests comes from its own cash; making chips costs.

        Firms, universities and states outside this market buy `sales_elsewhere` times what builders do.
        """
        here = self.market.chip_sales(self.name)
        elsewhere = self.given.sales_elsewhere * here
        self.market.ledger.pay("outside", self.name, "chips_payment", elsewhere)
        sales = here + elsewhere
        cost = self.given.unit_cost_share * sales
        self.market.ledger.pay(self.name, "outside", "opex", cost)
        self.profit = self.earning = sales - cost
        self.revenue = sales

    def market_value(self) -> Array:
        """Its profit on chips times a multiple, which moves with the market's mood, $ bn.

        A leap in efficiency makes owners doubt that so many chips will be needed, until next year's sales.
        """
        earning, given = np.maximum(self.earning, 0.0), self.given
        doubt = np.exp(-given.leap_response * self.market.frontier.leap)
        return given.earnings_multiple * self.market.capital.sentiment * doubt * earning

    def close(self) -> None:
        """Owners get the cash above what it began with, or pay in what is missing; next year's budget."""
        ledger, start = self.market.ledger, self.usual_cash
        ledger.pay(self.name, "outside", "dividend", (self.cash - start).clip(min=0))
        ledger.pay("outside", self.name, "capital_call", (start - self.cash).clip(min=0))
        self.budget = self.budget * (1 + self.given.budget_growth)
