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
    "orders": ("GW", "compute target in three years"),
    "bargain": ("share", "gain from new terms, share of a year's bill"),
    "exits": ("GW", "compute given up by leaving deals for a fee"),
    "signing": ("GW", "compute newly signed for, up to eight years ahead"),
    "equity_ask": ("$ bn", "equity sought from investors"),
    "round": ("$ bn", "equity round"),
    "brought_forward": ("GW", "compute on order brought forward to this year"),
    "compute_budget": ("GW", "compute sought for the end of the year"),
    "contracts": ("GW", "compute under contract"),
    "answers": ("GW", "compute used to serve customers"),
    "acquisition": ("$ bn", "shares sold to other firms to pay unpaid bills"),
    "lease_payment": ("$ bn", "payments to compute suppliers"),
    "debt_ceiling": ("ratio", "debt limit, as a multiple of a year's earnings"),
    "share_issue": ("$ bn", "new shares to be sold before it is in need"),
    "works_budget": ("$ bn", "construction budget"),
    "conversions": ("GW", "ordinary data-centre halls converted"),
    "sites": ("GW", "new sites started"),
    "completions": ("GW", "new capacity brought online"),
    "ticket_TARGET": ("$ bn", "equity offered to TARGET"),
    "holdings_sale": ("$ bn", "holdings sold at market price"),
    "forced_sale": ("$ bn", "holdings sold in a hurry, at a discount"),
}
"""The decisions that are logged, with unit and meaning; each fits a row of a table."""


def meaning(decision: str) -> str:
    """What was decided, in words.

    >>> meaning("ticket_stargate")
    'equity offered to stargate'
    """
    if decision.startswith(TICKET):
        target = decision.removeprefix(TICKET)
        return DECISIONS[f"{TICKET}TARGET"][1].replace("TARGET", target)
    return DECISIONS[decision][1]


LIMITS: dict[str, tuple[str, str]] = {
    "wanted": ("plan", "what it planned"),
    "demand": ("expected demand", "demand it expects: contracts, orders and tenants"),
    "customers": ("customer demand", "what customers asked for"),
    "orders": ("orders from labs", "what labs have under contract and on order"),
    "need": ("need", "what it needed"),
    "asked": ("amount sought", "what it asked investors for"),
    "owed": ("amount owed", "what it owed"),
    "worth": ("value at stake for owners", "what its owners stood to lose"),
    "bids": ("buyers' bids", "what buyers could pay"),
    "own_gain": ("own gain", "its own gain from the new terms"),
    "partners_gain": ("partner's gain", "what its partner would gain from the new terms"),
    "books": ("suppliers' finances", "what suppliers can finance and allow one customer"),
    "ordered": ("compute on order", "compute it has on order"),
    "spare": ("spare money", "money left after its cash reserve and its contracts"),
    "pledge": ("pledged share of the round", "the share of the round that it pledges"),
    "debt_limit": ("own debt policy", "its own policy on debt"),
    "expected_funds": ("expected revenue and funding", "what its expected revenue and funding can pay for"),
    "dilution": ("dilution limit", "how far its owners accept dilution"),
    "offered": ("investors' offers", "investors offered no more"),
    "money": ("cash flow, capital and credit", "what cash flow, new capital and credit can pay for"),
    "next_year": ("next year's revenue and funding", "what next year's revenue and funding can pay for"),
    "suppliers": ("suppliers' capacity", "suppliers had no more capacity for it"),
    "compute": ("available compute", "the compute it had"),
    "cash": ("cash", "the cash it had"),
    "credit_cost": ("cost of credit", "today's interest rate lowers its debt limit"),
    "rating": ("credit rating", "more debt would cost it its investment grade"),
    "share_market": ("share market", "the shares that it can sell in today's mood"),
    "crews": ("construction crews", "construction crews, its own or its builder's"),
    "power": ("grid connections", "its share of new grid connections"),
    "held": ("compute it could leave", "compute under deals that it can leave for a fee"),
    "gain": ("savings from leaving", "leaving more would not save it money"),
    "own_funds": ("own cash and loans", "its own cash and what lenders add to it"),
    "builder": ("builder's finances", "what its builder can finance"),
    "convertible": ("convertible halls", "its share of the ordinary halls that can be converted"),
    "halls": ("finished halls", "the halls that were ready for chips"),
    "export_controls": ("export controls", "export controls on chips"),
    "chip_supply": ("chip supply", "its share of the world's chips"),
    "confidence": ("confidence", "its confidence after the last round and the market's mood"),
    "trust": ("trust", "its trust in the lab, and its generosity"),
    "loan_to_value": ("loan-to-value limit", "its loan-to-value limit and what it can sell"),
    "budget": ("budget", "its budget"),
    "depth": ("depth of the equity market", "the depth of the market for outside equity"),
    "excess_debt": ("debt above target", "debt above its loan-to-value target"),
    "saleable": ("holdings it can sell in a year", "what it can sell in a year"),
}
"""What can limit a decision: its name, which follows an owner ("Oracle's debt policy"), and its meaning."""


def limit_name(limit: str) -> str:
    """A limit in a few words; one that a file of the user's own logs is called by its key.

    >>> limit_name("crews"), limit_name("my_limit")
    ('construction crews', 'my limit')
    """
    return LIMITS[limit][0] if limit in LIMITS else limit.replace("_", " ")


def limit_meaning(limit: str) -> str:
    """What a limit is, as "Limit: ..." continues.

    >>> limit_meaning("chip_supply")
    "its share of the world's chips"
    """
    return LIMITS[limit][1] if limit in LIMITS else limit_name(limit)


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
