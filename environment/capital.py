"""The capital market: rounds, stakes and valuations, credit and sentiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.bounds import bounded
from computeshift.environment.ledger import MONEY, WORTH
from computeshift.environment.setup import Array, per
from computeshift.environment.state import Sealed, State

if TYPE_CHECKING:
    from computeshift.environment.firms import Participant
    from computeshift.environment.market import ComputeMarket


DEAREST = 10  # turns of debt beyond what is free: more costs no more, as nobody lends it


@dataclass(frozen=True, kw_only=True)
class CapitalParameters:
    """Money that is not an agent's: outside investors and lenders, and their mood."""

    mature_multiple: Array = bounded(0, 100)
    growth_multiple: Array = bounded(0, 100)
    value_ceiling: Array = bounded(0.001, 10)
    world_product: Array = bounded(1, 1e6)
    product_growth: Array = bounded(-0.5, 1)
    outside_depth: Array = bounded(0, 1000)
    outside_growth: Array = bounded(-0.5, 3)
    sentiment_noise: Array = bounded(0, 2)
    sentiment_persistence: Array = bounded(0, 1)
    surprise_weight: Array = bounded(0, 5)
    panic: Array = bounded(0, 5)
    base_rate: Array = bounded(0.001, 0.5)  # clouds divide by rate plus spread, and the spread may be 0
    base_spread: Array = bounded(0, 0.5)
    leverage_slope: Array = bounded(0, 0.1)
    free_leverage: Array = bounded(0, 50)


@dataclass(frozen=True)
class Ask:
    """What a firm wants to raise, $ bn, at which pre-money value; `(W,)` each.

    `unconditional` is 1 where no condition hangs on second tranches (OpenAI's conversion), else 0.
    """

    amount: Array
    pre_money: Array
    unconditional: Array


class Capital(State):
    """Who owns which part of whom, and what money costs this year."""

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.given = market.setup.given(CapitalParameters, "capital")
        self.sentiment: Array = np.ones(market.worlds)
        self.depth = self.given.outside_depth
        self.spread = self.given.base_spread
        self.stakes: dict[str, dict[str, Array]] = {}
        self.value = Sealed[Array]()
        self.retained = Sealed[Array]()
        self.raised = Sealed[Array]()
        self.filled = Sealed[Array]()
        self.asked: dict[str, Array] = {}
        self.written_off: Array = np.zeros(market.worlds)
        self.world_product = self.given.world_product
        self.size: Array = np.ones(market.worlds)

    def found(self, firm: Participant) -> None:
        """A firm's value at the start, and the stakes it holds in others."""
        value = firm.market_value()
        if value is not None:
            self.value[firm.name] = value
        for target, share in firm.initial_stakes.items():
            self.stakes.setdefault(target, Sealed())[firm.name] = share

    # --- what agents may ask ---

    def stake(self, holder: str, target: str) -> Array:
        """The share of a firm that somebody holds, `(W,)`."""
        return self.stakes.get(target, {}).get(holder, self.market.ledger.zero)

    def stake_value(self, holder: str, target: str) -> Array:
        """What that share is worth at the last mark, $ bn, `(W,)`."""
        return self.stake(holder, target) * self.value.get(target, self.market.ledger.zero)

    def multiple(self, growth: Array) -> Array:
        """Enterprise value over forward revenue of a small firm, for an expected growth at today's sentiment.

        `size` is the factor by which it falls as all labs together grow.
        """
        given = self.given
        return self.sentiment * (given.mature_multiple + given.growth_multiple * np.maximum(growth, 0))

    def borrowing_rate(self, debt: Array, earnings: Array) -> Array:
        """A firm's interest rate: base, the market's spread, and more above a free leverage, `(W,)`."""
        free = self.given.free_leverage
        extra = np.maximum(turns(debt, earnings, free + DEAREST) - free, 0.0) * self.given.leverage_slope
        return self.given.base_rate + self.spread + extra

    # --- the year ---

    def weather(self) -> None:
        """Sentiment and spreads of the year: habit, news, surprises of last year, losses, chance.

        Distress is what labs left unpaid, each by its part of customers' spending, and the part of all
        debt that lenders wrote off. So a firm counts by its size, and two halves of one count as it did.
        """
        given, market = self.given, self.market
        firms = market.firms.values()
        surprise = sum((f.weight * f.surprise for f in firms), market.ledger.zero)
        distress = sum((f.weight * f.default_degree for f in firms), self._written_off())
        noise = given.sentiment_noise * market.draws.normal("sentiment", market.year)
        mood = given.sentiment_persistence * np.log(self.sentiment) + noise
        mood = mood + given.surprise_weight * np.clip(surprise, -1.0, 1.0) - given.panic * distress
        self.sentiment = np.exp(mood) * (1 - market.news.sentiment_fall())
        self.spread = given.base_spread * (1 + distress) + market.news.credit_spread()
        self.depth = self.depth * (1 + given.outside_growth)

    def _written_off(self) -> Array:
        """The part of all that was owed to lenders that they wrote off since the last look, `(W,)`."""
        ledger = self.market.ledger
        written_off = sum(ledger.written_off.values(), ledger.zero)
        lost, self.written_off = written_off - self.written_off, written_off
        return per(lost, sum(ledger.debt.values(), lost), 0.0)

    def clear(self) -> None:
        """The year's rounds: firms ask, investors offer within their means, a shortfall is the asker's."""
        market = self.market
        asks: dict[str, Ask] = {}
        for firm in market.firms.values():
            ask = firm.ask()
            if ask is not None:
                asks[firm.name] = ask
        self.asked = {name: ask.amount for name, ask in asks.items()}
        self.raised = Sealed(dict.fromkeys(asks, market.ledger.zero))
        offers: dict[str, dict[str, Array]] = {name: {} for name in asks}
        for investor in market.firms.values():
            tied = {
                name: ask for name, ask in asks.items() if market.network.tied(investor.name, name, "equity")
            }
            for name, amount in investor.offers(tied).items():
                offers[name][investor.name] = amount
        self._outside_offers(asks, offers)
        for name, ask in asks.items():
            self._close_round(name, ask, offers[name])

    def look(self) -> None:
        """See how large labs have become: their multiple falls, as their value nears its ceiling.

        All labs together are worth `v / (1 + v / ceiling)`, where `v` is what they would be worth if size
        did not count: growth can't go on when a market nears the size of the world's product.
        """
        prospects = sum((lab.prospects for lab in self.market.labs()), self.market.ledger.zero)
        self.size = 1 / (1 + prospects / (self.given.value_ceiling * self.world_product))

    def mark(self) -> None:
        """Mark every firm that is valued to market, and log what each stake is worth then."""
        self.world_product = self.world_product * (1 + self.given.product_growth)
        self.look()
        for firm in self.market.firms.values():
            value = firm.market_value()
            if value is not None:
                self.value[firm.name] = value
        for target in self.value:
            for holder in self.stakes.get(target, {}):
                worth = self.stake_value(holder, target)
                self.market.ledger.record(holder, target, "stake", worth, WORTH)

    def _outside_offers(self, asks: dict[str, Ask], offers: dict[str, dict[str, Array]]) -> None:
        """Outside investors fill what insiders leave, within the market's depth, shared by need."""
        open_need = {}
        for name, ask in asks.items():
            if self.market.network.tied("investors", name, "equity"):
                inside = sum(offers[name].values(), self.market.ledger.zero)
                open_need[name] = np.maximum(ask.amount - inside, 0.0)
        total = sum(open_need.values(), self.market.ledger.zero)
        depth = self.depth * self.sentiment / np.maximum(total, 1e-9)
        for name, need in open_need.items():
            limits = {"need": need, "depth": need * depth}
            offered = self.market.decisions.least("investors", f"ticket_{name}", MONEY, limits)
            offers[name]["investors"] = offered

    def _close_round(self, target: str, ask: Ask, offers: dict[str, Array]) -> None:
        """Take the offers, pro rata where there are too many."""
        total = sum(offers.values(), self.market.ledger.zero)
        taken = np.minimum(1.0, ask.amount / np.maximum(total, 1e-9))
        limits = {"asked": ask.amount, "offered": total}
        self.market.decisions.record(target, "round", MONEY, limits)
        self.issue(target, {investor: amount * taken for investor, amount in offers.items()}, ask.pre_money)
        raised = total * taken
        self.filled[target] = np.where(ask.amount > 1e-6, raised / np.maximum(ask.amount, 1e-6), 1.0)

    def issue(self, target: str, paid: dict[str, Array], pre_money: Array, kind: str = "equity") -> None:
        """Sell new shares for cash, $ bn by investor, at a pre-money value; old holders are diluted.

        All arrays are `(W,)`. It serves the year's round and a rescue: the `kind` of the payment says which.
        """
        raised = sum(paid.values(), self.market.ledger.zero)
        post = np.maximum(pre_money, 1e-6) + raised
        holders = self.stakes.setdefault(target, Sealed())
        kept = 1 - raised / post
        for holder in holders:
            holders[holder] = holders[holder] * kept
        self.retained[target] = self.retained.get(target, np.ones_like(kept)) * kept
        for investor, amount in paid.items():
            holders[investor] = holders.get(investor, self.market.ledger.zero) + amount / post
            self.market.ledger.pay(investor, target, kind, amount)
        self.value[target] = post
        self.raised[target] = self.raised.get(target, self.market.ledger.zero) + raised

    def outside_left(self) -> Array:
        """What outside investors can still pay in this year, $ bn, `(W,)`."""
        return np.maximum(self.depth * self.sentiment - self.market.ledger.invested("investors"), 0.0)


def turns(debt: Array, earnings: Array, most: Array | float) -> Array:
    """Debt over a year's earnings, `(W,)`: `most` at most, and so much where debt is owed on none.

    >>> turns(np.array([6.0, 6.0, 6.0, 0.0]), np.array([2.0, 0.1, -1.0, 0.0]), 12)
    array([ 3., 12., 12.,  0.])
    """
    return np.minimum(per(debt, earnings, np.where(debt > 0, np.inf, 0.0)), most)
