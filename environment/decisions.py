"""What bound each decision: every minimum that decides something, with all that held it down."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from computeshift.environment.setup import Array
from computeshift.environment.state import sealed

HAIR = 1e-6  # GW or $ bn: less than a kilowatt or a thousand dollars binds nobody

TICKET = "ticket_"

DECISIONS: dict[str, tuple[str, str]] = {
    "orders": ("GW", "compute it aims to have in three years"),
    "bargain": ("share", "gain from new terms with its partner, as a part of a year's dues for compute"),
    "exits": ("GW", "firm compute under deals that it left of its own accord"),
    "signing": ("GW", "firm compute that it signed for, to be there in eight years"),
    "equity_ask": ("$ bn", "equity it asked investors to sign for"),
    "round": ("$ bn", "equity that investors signed for"),
    "brought_forward": ("GW", "ordered compute that it will have this year already"),
    "compute_budget": ("GW", "compute it sought for the end of the year"),
    "contracts": ("GW", "compute under contract, as far as it was sought"),
    "answers": ("GW", "compute it answered customers on"),
    "acquisition": ("$ bn", "what firms paid for shares in it, to pay its unpaid dues"),
    "lease_payment": ("$ bn", "what it paid its suppliers"),
    "debt_ceiling": ("ratio", "debt limit that it sets itself, over a year's earnings"),
    "works_budget": ("$ bn", "what its works could cost"),
    "conversions": ("GW", "halls of usual sites converted"),
    "sites": ("GW", "green fields begun"),
    "completions": ("GW", "chips that came on line"),
    "ticket_TARGET": ("$ bn", "equity it offered to TARGET"),
    "holdings_sale": ("$ bn", "holdings it sold at the market's price"),
    "forced_sale": ("$ bn", "holdings it sold in haste"),
}
"""The decisions that are logged, with unit and meaning."""


def meaning(decision: str) -> str:
    """What was decided, in words.

    >>> meaning("ticket_stargate")
    'equity it offered to stargate'
    """
    if decision.startswith(TICKET):
        target = decision.removeprefix(TICKET)
        return DECISIONS[f"{TICKET}TARGET"][1].replace("TARGET", target)
    return DECISIONS[decision][1]


LIMITS: dict[str, str] = {
    "wanted": "what its plan asked for",
    "demand": "contracts, orders and tenants it foresees",
    "customers": "what its customers asked",
    "orders": "what labs have under contract and on order",
    "need": "what it needed",
    "asked": "what it asked",
    "owed": "what it owed",
    "worth": "what its owners would lose",
    "bids": "what buyers could pay",
    "own_gain": "what it would gain itself",
    "partners_gain": "what its partner would gain",
    "books": "what its suppliers could pay for, and let one customer have",
    "ordered": "what it had on order",
    "spare": "what it could pay beyond its runway and its contracts",
    "pledge": "the part of the round that it would take",
    "debt_limit": "its own limit on debt",
    "expected_funds": "what its expected revenue and hoped funding could pay",
    "dilution": "the most its owners would be diluted",
    "offered": "what investors offered",
    "money": "what it could pay from cash flow, new capital and credit",
    "next_year": "what next year's revenue and funding could carry",
    "suppliers": "what suppliers had for it",
    "compute": "the compute it had",
    "cash": "the cash it had",
    "credit_cost": "what today's interest rate left of its limit on debt",
    "crews": "its crews, or its builder's",
    "power": "its part of the grid's new connections",
    "held": "what it held under deals that can be left for a fee",
    "gain": "the part that leaving them pays for",
    "own_funds": "its cash, and what lenders add to it",
    "builder": "what its builder could pay a part of",
    "convertible": "its part of the usual sites that could be converted",
    "halls": "the halls that were ready for chips",
    "export_controls": "what export controls let through",
    "chip_supply": "its part of the world's chips",
    "confidence": "its part after a look at the last round and the market's mood",
    "trust": "its part after trust and generosity",
    "loan_to_value": "what its loan-to-value limit and its saleable holdings left",
    "budget": "its budget",
    "depth": "the depth of the market for outside equity",
    "excess_debt": "debt beyond its loan-to-value target",
    "saleable": "what it could sell in a year",
}
"""What can bind a decision, in plain words."""


@dataclass(frozen=True)
class Decision:
    """A firm's decision of a year: limits by name, `(W,)` each; what it wanted stands first."""

    year: int
    firm: str
    name: str
    unit: str
    limits: Mapping[str, Array]

    def binding(self) -> npt.NDArray[np.int8]:
        """The number of the limit that decided, `(W,)`: the first within a hair of the least.

        The last one did where they cannot be compared.
        """
        most = least(self.limits) + HAIR
        *others, _ = self.limits.values()
        decided = np.full(most.shape, len(others), np.int8)
        for number, amount in reversed(list(enumerate(others))):
            decided = np.where(amount <= most, np.int8(number), decided)
        return decided

    def bound(self) -> dict[str, npt.NDArray[np.bool_]]:
        """For each limit whether it decided, `(W,)`."""
        decided = self.binding()
        return {limit: decided == number for number, limit in enumerate(self.limits)}


class Decisions:
    """The log of a market: every decision of every year, in the order in which they fell."""

    def __init__(self) -> None:
        self.year = 0
        self.log: list[Decision] = []

    def open_year(self, year: int) -> None:
        """Begin a year's decisions."""
        self.year = year

    def forget(self) -> None:
        """Drop the decisions so far, for who will not read them."""
        self.log = []

    def record(self, firm: str, name: str, unit: str, limits: Mapping[str, Array]) -> None:
        """Write down what held a decision, where a rule has decided already."""
        self.log.append(Decision(self.year, firm, name, unit, sealed(limits)))

    def least(self, firm: str, name: str, unit: str, limits: Mapping[str, Array]) -> Array:
        """Decide: the smallest of the limits, `(W,)`; and write down what held it."""
        self.record(firm, name, unit, limits)
        return least(limits)


def least(limits: Mapping[str, Array]) -> Array:
    """The smallest of named limits in each world.

    >>> least({"demand": np.array([3.0, 1.0]), "crews": np.array([2.0, 2.0])})
    array([2., 1.])
    """
    return functools.reduce(np.minimum, limits.values())
