"""What every firm has: a name, books, a strategy, and a year of phases to act in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from computeshift.agents.strategy import Strategy, strategies_of
from computeshift.environment.mesa_base import Agent
from computeshift.environment.setup import Array, Firm
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.capital import Ask
    from computeshift.environment.market import ComputeMarket

VARIABLES: dict[str, tuple[str, str]] = {
    "cash": ("$ bn", "cash at the end of the year"),
    "debt": ("$ bn", "debt at the end of the year"),
    "invested": ("$ bn", "equity it paid into others this year"),
    "returned": ("$ bn", "part of what it invested that was spent on it in the year, in two steps at most"),
    "raised": ("$ bn", "equity it raised this year"),
    "asked": ("$ bn", "equity it wanted to raise this year"),
    "valuation": ("$ bn", "what its equity is worth at the last mark"),
    "retained": ("share", "part of its equity that its owners of the start still hold"),
    "stake_value": ("$ bn", "what its stakes in others are worth at the last mark"),
    "defaulted": ("0/1", "it could not pay all it owed this year"),
    "strategy_name": ("", "the strategy it plays"),
    # labs
    "revenue": ("$ bn", "what customers paid it this year"),
    "expected_growth": ("log", "growth of revenue it expects for the next year"),
    "burn": ("$ bn", "what operations and own capacity cost beyond revenue (negative: they earn)"),
    "training_spend": ("$ bn", "cost of the compute it trained on"),
    "inference_spend": ("$ bn", "cost of the compute it answered on"),
    "lease_due": ("$ bn", "what it owed its suppliers for the year"),
    "honoured_share": ("share", "the part of what it owed that it could pay"),
    "capacity_gw": ("GW", "capacity in use at the end of the year"),
    "used_gw": ("GW", "capacity in use, mean of the year"),
    "training_gw": ("GW", "capacity it trained on, mean of the year"),
    "inference_gw": ("GW", "capacity it answered on, mean of the year"),
    "wanted_gw": ("GW", "capacity it wanted under contract at the end of the year"),
    "ordered_gw": ("GW", "capacity on order and not delivered"),
    "unserved_share": ("share", "part of its customers' demand that it could not serve"),
    "market_share": ("share", "its part of what customers spend"),
    "service_price": ("index", "price of a token of given quality (OpenAI's cost at the end of 2024 = 1)"),
    "log_efficiency": ("log", "tokens of given quality per GW-year, log (OpenAI in 2024 = its rent)"),
    "quality": ("log", "what it knows: log of its decayed training compute, relative to the trend"),
    "services_value": ("$ bn", "what its services are worth at labs' multiple of forward revenue"),
    # suppliers
    "gw": ("GW", "capacity it owns, on line at the end of the year"),
    "pipeline_gw": ("GW", "capacity started and not yet on line"),
    "started_gw": ("GW", "new sites started this year"),
    "leased_gw": ("GW", "capacity under contract to labs at the end of the year"),
    "utilisation": ("share", "part of its capacity in use, mean of the year"),
    "rent": ("$ bn per GW-year", "the price it asks"),
    "lease_income": ("$ bn", "what labs and tenants paid it this year"),
    "capex": ("$ bn", "what it spent on building, all its business (Stargate: with its operator)"),
    "ai_capex": ("$ bn", "what it spent on AI capacity"),
    "interest_rate": ("share a year", "what it pays on its debt"),
    "leverage": ("ratio", "debt over a year's earnings"),
    # Microsoft, OpenAI
    "trust": ("share", "trust between Microsoft and OpenAI"),
    "inhouse_effort": ("share", "part of Microsoft's AI capacity set aside for its own models"),
    "converted": ("0/1", "OpenAI has become a for-profit, second tranches are free"),
    # SoftBank
    "nav": ("$ bn", "net asset value"),
    "initial_nav": ("$ bn", "net asset value at the end of the start year"),
    "ltv": ("share", "loan to value, before forced sales"),
    "ltv_limit": ("share", "loan to value its policy allows in normal times"),
    "breached": ("0/1", "loan to value above the policy's limit for normal times"),
    "bet_paid": ("$ bn", "paid into OpenAI and Stargate, cumulative"),
    "bet_value": ("$ bn", "what those stakes are worth"),
    "sold": ("$ bn", "holdings sold this year"),
    "holdings": ("$ bn", "other holdings at market value"),
}  # fmt: skip
"""What agents log, with unit and meaning: the columns of the agents table."""


class MarketAgent(State, Agent):
    """A firm over W worlds: every number it has is an array `(W,)`, every rule an array expression.

    Within a phase all firms decide on what was known at its start; none sees another's move.
    """

    ROLES: ClassVar[tuple[str, ...]] = ()
    Parameters: ClassVar[type]
    gives: ClassVar[frozenset[str]] = frozenset()
    """Kinds of edges that may start at it."""
    takes: ClassVar[frozenset[str]] = frozenset()
    """Kinds of edges that may end at it."""
    supplies: ClassVar[bool] = False
    """Whether it owns capacity that it leases."""
    has_tenants: ClassVar[bool] = False
    """Whether others than labs rent its capacity."""
    trains: ClassVar[bool] = False
    """Whether it is a lab."""
    weight: Array | float = 0.0
    """How much of the market's mood hangs on it: a lab's part of customers' spending at the start."""

    def __init__(self, market: ComputeMarket, firm: Firm) -> None:
        super().__init__(market)
        self.market = market
        self.name = firm.name
        self.kind = firm.kind
        self.adopt(firm)
        nothing = np.zeros(market.worlds)
        self.nothing: Array = nothing
        self.surprise: Array = nothing
        self.defaulted: Array = nothing

    def adopt(self, firm: Firm) -> None:
        """Play by the strategy and the numbers that its market's setup now has for it."""
        self.strategy: Any = self._play(firm)
        self.given: Any = self.market.setup.given(self.Parameters, firm.name)

    def _play(self, firm: Firm) -> Strategy:
        known = strategies_of(firm.kind)
        if firm.strategy not in known:
            raise ValueError(
                f"{firm.name} ({firm.kind}) has no strategy {firm.strategy!r}: {', '.join(known)}"
            )
        played = known[firm.strategy]()
        played._firm = self
        return played

    def found(self) -> None:
        """Lay down the state at the end of the start year."""

    # --- books ---

    @property
    def cash(self) -> Array:
        """$ bn."""
        return self.market.ledger.cash[self.name]

    @property
    def debt(self) -> Array:
        """$ bn."""
        return self.market.ledger.debt[self.name]

    @property
    def strategy_name(self) -> str:
        """The strategy's registry name."""
        return str(self.strategy.name)

    @property
    def invested(self) -> Array:
        """Equity paid into others this year, $ bn."""
        return self.market.ledger.invested(self.name)

    @property
    def raised(self) -> Array | None:
        """Equity raised this year, $ bn; None for who does not ask."""
        return self.market.capital.raised.get(self.name)

    @property
    def asked(self) -> Array | None:
        """Equity wanted this year, $ bn; None for who does not ask."""
        return self.market.capital.asked.get(self.name)

    @property
    def valuation(self) -> Array | None:
        """Value of its equity at the last mark, $ bn; None for who is not valued."""
        return self.market.capital.value.get(self.name)

    @property
    def retained(self) -> Array | None:
        """The part of it that its owners of the start still hold; None for who never raised."""
        return self.market.capital.retained.get(self.name)

    @property
    def stake_value(self) -> Array:
        """What its stakes in others are worth at the last mark, $ bn."""
        capital = self.market.capital
        return sum((capital.stake_value(self.name, target) for target in capital.stakes), self.nothing)

    @property
    def returned(self) -> Array:
        """Part of the equity it paid in this year that came back as its revenue, $ bn (circular money)."""
        return self.market.ledger.returned(self.name)

    def least(self, decision: str, unit: str, **limits: Array) -> Array:
        """Decide: the smallest of the limits, what it wants first; logged with what bound it."""
        return self.market.decisions.least(self.name, decision, unit, limits)

    def may_borrow(self) -> bool:
        """Whether lenders are tied to it."""
        return self.market.network.tied("lenders", self.name, "debt")

    # --- the year, a verb a phase; a firm overrides what it takes part in ---

    def plan(self) -> None:
        """Look ahead and write down what it wants."""

    def ask(self) -> Ask | None:
        """The equity it wants to raise this year, if it raises any."""
        return None

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """What it offers to those who ask and to whom it is tied, $ bn."""
        return {}

    def purchases(self, lab: str) -> Array:
        """What it buys of a lab's services under an agreement this year, $ bn."""
        return self.nothing

    def chip_bill(self) -> Array:
        """What it owes for the chips of sites that came on line this year, $ bn."""
        return self.nothing

    def build(self) -> None:
        """Decide what to build, with the money it now has."""

    def reckon(self) -> None:
        """Add up what it owes, and which part of it it can pay."""

    def pay(self) -> None:
        """Pay what it owes."""

    def learn(self) -> None:
        """Learn from the year: what to expect, whom to trust."""

    def market_value(self) -> Array | None:
        """What the market thinks its equity is worth, $ bn; None for who is not valued here."""
        return None

    def close(self) -> None:
        """Close the books: borrow, repay, restructure."""
