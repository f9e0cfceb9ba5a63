"""Rounds: labs ask for equity ahead of need, investors offer within their means, part is paid at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.decisions import HAIR
from computeshift.environment.ledger import MONEY
from computeshift.environment.setup import Array, per
from computeshift.environment.state import Sealed, State

if TYPE_CHECKING:
    from computeshift.environment.capital import Capital

PAID_OVER = 2  # years after a round in which the rest is paid: talks of early 2025 spoke of 12 to 24 months


@dataclass(frozen=True)
class Ask:
    """What a firm wants to raise, $ bn, at which pre-money value; `(W,)` each.

    `unconditional` is 1 where no condition hangs on later tranches (OpenAI's conversion), else 0. `most` is
    what it takes where investors offer more than it asked for, `need` the part that it can't do without;
    both are the amount itself where they are not given. A venture's call is paid `at_once`.
    """

    amount: Array
    pre_money: Array
    unconditional: Array
    most: Array | None = None
    need: Array | None = None
    at_once: bool = False

    @property
    def limit(self) -> Array:
        """The most it takes, $ bn."""
        return self.amount if self.most is None else self.most


@dataclass(frozen=True)
class Terms:
    """How an investor pays for its part of a round, as shares of it, `(W,)`.

    `upfront` is paid when it signs, `conditional` hangs on conditions, the rest falls due on dates.
    """

    upfront: Array
    conditional: Array


class Rounds(State):
    """The rounds of each year: what firms asked for, which part of what they needed was filled, the price."""

    def __init__(self, capital: Capital) -> None:
        self.market = capital.market  # not `capital`: the two would hold each other
        self.asked: dict[str, Array] = {}
        self.filled = Sealed[Array]()
        self.post_money = Sealed[Array]()

    @property
    def capital(self) -> Capital:
        """The market for capital that it is a part of."""
        return self.market.capital

    def clear(self) -> None:
        """The year's rounds: firms ask, investors offer within their means, a shortfall is the asker's."""
        market = self.market
        asks: dict[str, Ask] = {}
        for firm in market.firms.values():
            ask = firm.ask()
            if ask is not None:
                asks[firm.name] = ask
        self.asked = {name: ask.amount for name, ask in asks.items()}
        offers: dict[str, dict[str, Array]] = {name: {} for name in asks}
        for investor in market.firms.values():
            tied = {
                name: ask for name, ask in asks.items() if market.network.tied(investor.name, name, "equity")
            }
            for name, amount in investor.offers(tied).items():
                offers[name][investor.name] = amount
        self._outside_offers(asks, offers)
        for name, ask in asks.items():
            self._close(name, ask, offers[name])

    def _outside_offers(self, asks: dict[str, Ask], offers: dict[str, dict[str, Array]]) -> None:
        """Outside investors fill what insiders leave, within the market's depth, shared by need."""
        open_need = {}
        for name, ask in asks.items():
            if self.market.network.tied("investors", name, "equity"):
                inside = sum(offers[name].values(), self.market.ledger.zero)
                open_need[name] = np.maximum(ask.amount - inside, 0.0)
        total = sum(open_need.values(), self.market.ledger.zero)
        self.capital.ask_outside(total)
        depth = self.capital.outside_left() / np.maximum(total, 1e-9)
        for name, need in open_need.items():
            limits = {"need": need, "depth": need * depth}
            offered = self.market.decisions.least("investors", f"ticket_{name}", MONEY, limits)
            offers[name]["investors"] = offered

    def _close(self, target: str, ask: Ask, offers: dict[str, Array]) -> None:
        """Take the offers, pro rata where there are too many; what is not paid at once is owed."""
        total = sum(offers.values(), self.market.ledger.zero)
        taken = np.minimum(1.0, ask.limit / np.maximum(total, 1e-9))
        limits = {"asked": np.clip(total, ask.amount, ask.limit), "offered": total}
        self.market.decisions.record(target, "round", MONEY, limits)
        bought = {investor: amount * taken for investor, amount in offers.items()}
        terms = {investor: self._terms(investor, ask) for investor in offers}
        upfront = {investor: own.upfront for investor, own in terms.items() if own is not None}
        self.capital.issue(target, bought, ask.pre_money, upfront=upfront)
        for investor, own in terms.items():
            if own is not None:
                self.capital.unpaid.sign(investor, target, bought[investor], own)
        self.post_money[target] = self.capital.value[target]
        needed = ask.amount if ask.need is None else ask.need
        self.filled[target] = np.where(needed > HAIR, np.minimum(per(total * taken, needed, 1.0), 1.0), 1.0)

    def _terms(self, investor: str, ask: Ask) -> Terms | None:
        """How a firm pays for its part; None of one that pays all at once, as outside investors do."""
        firm = self.market.firms.get(investor)
        return None if firm is None or ask.at_once else firm.terms(ask)
