"""The capital market: rounds, stakes and valuations, credit and sentiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.bounds import bounded
from computeshift.environment.ledger import WORTH
from computeshift.environment.rounds import Rounds
from computeshift.environment.setup import Array, per
from computeshift.environment.state import Sealed, State
from computeshift.environment.supply import respond
from computeshift.environment.unpaid import Unpaid

if TYPE_CHECKING:
    from computeshift.environment.firms import Lab, Participant
    from computeshift.environment.market import ComputeMarket


# Log per year. In 2001 and 2022 US venture investing fell by 62% and 31%, the Nasdaq's yearly mean by 46% and
# 15%: money fell by 0.2 to 0.4 logs more than the mood, which acts on its own.
MONEY_SHRINKING = -0.35


@dataclass(frozen=True, kw_only=True)
class CapitalParameters:
    """Money that is not an agent's: outside investors and lenders, and their mood."""

    mature_multiple: Array = bounded(
        0, 100, "value of a lab that no longer grows, over its revenue of the next year"
    )
    growth_multiple: Array = bounded(
        0, 100, "rise of a lab's value over revenue with the growth that it expects"
    )
    training_weight: Array = bounded(
        0, 1, "part of labs' value that follows what each trains instead of what it sells"
    )
    value_ceiling: Array = bounded(0.001, 10, "ceiling of what all labs together are worth")
    world_product: Array = bounded(1, 1e6, "gross product of the world in the start year")
    product_growth: Array = bounded(-0.5, 1, "growth of the gross product of the world")
    outside_depth: Array = bounded(0, 1000, "outside investors' money for rounds in the start year")
    outside_growth: Array = bounded(
        -0.5, 3, "growth of outside investors' money while firms ask for as much as it is"
    )
    outside_response: Array = bounded(
        0, 1, "part of the gap between what is asked of outside investors and their money that closes"
    )
    outside_growth_most: Array = bounded(0, 10, "most that outside investors' money grows to meet requests")
    sentiment_noise: Array = bounded(0, 2, "standard deviation of random moves in investors' mood")
    sentiment_persistence: Array = bounded(0, 1, "part of investors' mood that carries over to the next year")
    surprise_weight: Array = bounded(
        0, 5, "response of investors' mood to growth of labs that they did not expect"
    )
    panic: Array = bounded(0, 5, "response of investors' mood to dues left unpaid and debt written off")
    window: Array = bounded(0, 0.99, "level of investors' mood below which nobody funds a lab ahead of need")
    lead_premium: Array = bounded(
        0, 3, "premium over its last value at which a lab raises money in a usual mood"
    )
    # Clouds divide by rate plus spread, and the spread may be 0.
    base_rate: Array = bounded(0.001, 0.5, "interest rate before a borrower's spread")
    base_spread: Array = bounded(0, 0.5, "spread over the base rate of debt rated BBB in usual times")


class Capital(State):
    """Who owns which part of whom, and what money costs this year.

    By firm, `(W,)`: `value` is what its equity is worth, $ bn, and `marked` the same at the last mark, before
    this year's deals and rounds; `prospects` is what a lab's services would be worth if labs were small, as
    investors see it; `retained` is the part that its owners of the start still hold. `spread` is
    what debt rated BBB costs beyond the base rate, `usual_spread` the same without news. `depth` is what
    outside investors have for shares in a year of a usual mood, $ bn. Of this year, $ bn: what was
    `raised` (paid in), what was `subscribed` (paid or not), what each investor `placed` in new shares, and
    what was `asked` of outside investors.
    """

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.given = market.setup.given(CapitalParameters, "capital")
        self.sentiment: Array = np.ones(market.worlds)
        self.depth = self.given.outside_depth
        self.asked: Array = market.ledger.zero
        self.spread = self.usual_spread = self.given.base_spread
        self.stakes: dict[str, dict[str, Array]] = {}
        self.value = Sealed[Array]()
        self.retained = Sealed[Array]()
        self.marked = Sealed[Array]()
        self.prospects = Sealed[Array]()
        self.raised = Sealed[Array]()
        self.subscribed = Sealed[Array]()
        self.placed = Sealed[Array]()
        self.unpaid = Unpaid(self)
        self.rounds = Rounds(self)
        self.written_off: Array = np.zeros(market.worlds)
        self.world_product = self.given.world_product
        self.size: Array = np.ones(market.worlds)

    def found(self, firm: Participant) -> None:
        """A firm's value at the start, and the stakes it holds in others."""
        value = firm.market_value()
        if value is not None:
            self.value[firm.name] = self.marked[firm.name] = value
        for target, share in firm.initial_stakes.items():
            self.hold(firm.name, target, share)

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
        self.usual_spread = given.base_spread * (1 + distress)
        self.spread = self.usual_spread + market.news.credit_spread()
        self.depth = self.depth * (1 + given.outside_growth)

    def _written_off(self) -> Array:
        """The part of all that was owed to lenders that they wrote off since the last look, `(W,)`."""
        ledger = self.market.ledger
        written_off = sum(ledger.written_off.values(), ledger.zero)
        lost, self.written_off = written_off - self.written_off, written_off
        return per(lost, sum(ledger.debt.values(), lost), 0.0)

    def clear(self) -> None:
        """The year's equity: deals are signed, tranches fall due, and then there are rounds."""
        zero = self.market.ledger.zero
        self.raised = Sealed(dict.fromkeys(self.raised, zero))
        self.subscribed = Sealed(dict.fromkeys(self.subscribed, zero))
        self.placed = Sealed()
        self.unpaid.settle()
        self.rounds.clear()

    def look(self) -> None:
        """See how large labs have become: their multiple falls, as their value nears its ceiling.

        All labs together are worth `v / (1 + v / ceiling)`, where `v` is what they would be worth if size
        did not count: growth can't go on when a market nears the size of the world's product.
        """
        labs, zero = self.market.labs(), self.market.ledger.zero
        self.prospects = Sealed({lab.name: lab.prospects for lab in labs})
        together = sum(self.prospects.values(), zero)
        self.size = 1 / (1 + together / (self.given.value_ceiling * self.world_product))
        self._look_at_training([lab for lab in labs if self.market.network.sources(lab.name, "equity")])

    def _look_at_training(self, labs: Sequence[Lab]) -> None:
        """Investors share out a part of what labs are worth together by what each trains, not by its sales.

        So a lab that trains as much as others and sells next to nothing is worth a part of what they are.
        """
        zero, weight = self.market.ledger.zero, self.given.training_weight
        by_sales = {lab.name: lab.investable * self.prospects[lab.name] for lab in labs}
        together = sum(by_sales.values(), zero)
        trained = sum((lab.investable * lab.knowledge for lab in labs), zero)
        for lab in labs:
            own = by_sales[lab.name]
            by_training = per(lab.investable * lab.knowledge * together, trained, own)
            self.prospects[lab.name] = self.prospects[lab.name] + weight * (by_training - own)

    def mark(self) -> None:
        """Mark every firm that is valued to market, and log what each stake is worth then."""
        self.world_product = self.world_product * (1 + self.given.product_growth)
        self.look()
        for firm in self.market.firms.values():
            value = firm.market_value()
            if value is not None:
                self.value[firm.name] = self.marked[firm.name] = value
        for target in self.value:
            for holder in self.stakes.get(target, {}):
                worth = self.stake_value(holder, target)
                self.market.ledger.record(holder, target, "stake", worth, WORTH)
        self.unpaid.record()

    # --- shares ---

    def hold(self, holder: str, target: str, share: Array) -> None:
        """A firm holds a part of another's equity, `(W,)`, since before the start, besides what it holds."""
        self.stakes.setdefault(target, Sealed())[holder] = self.stake(holder, target) + share

    def issue(
        self,
        target: str,
        bought: Mapping[str, Array],
        pre_money: Array,
        kind: str = "equity",
        upfront: Mapping[str, Array] | None = None,
    ) -> None:
        """Sell new shares, for $ bn by investor, at a pre-money value; old holders are diluted.

        Shares are paid at once, or the part of them that `upfront` says by investor. All arrays are
        `(W,)`. It serves the year's round, a rescue and an acquisition: the `kind` of the payment says which.
        """
        signed = sum(bought.values(), self.market.ledger.zero)
        post = np.maximum(pre_money, 1e-6) + signed
        holders = self.stakes.setdefault(target, Sealed())
        self._scale(target, 1 - signed / post)
        for investor, amount in bought.items():
            holders[investor] = holders.get(investor, self.market.ledger.zero) + amount / post
            self._add(self.placed, investor, amount)
            if self.market.year > self.market.setup.start:  # of deals in force then, nothing is paid
                self.pay_in(investor, target, amount * (upfront or {}).get(investor, 1.0), kind)
        self.value[target] = np.where(signed > 0, post, self.value.get(target, post))
        self._add(self.subscribed, target, signed)

    def grant(self, target: str, holder: str, share: Array) -> None:
        """A holder gets new shares for no money: a part of a firm's equity, `(W,)`."""
        holders = self.stakes.setdefault(target, Sealed())
        self._scale(target, 1 - share)
        holders[holder] = holders.get(holder, self.market.ledger.zero) + share

    def pay_in(self, investor: str, target: str, amount: Array, kind: str = "equity") -> None:
        """An investor pays for shares that were issued, $ bn, `(W,)`."""
        self.market.ledger.pay(investor, target, kind, amount)
        self._add(self.raised, target, amount)

    def cancel(self, holder: str, target: str, share: Array) -> None:
        """A part of a firm's equity, `(W,)`, is no more: all other holders' parts grow in proportion."""
        holders = self.stakes[target]
        holders[holder] = np.maximum(holders[holder] - share, 0.0)
        self._scale(target, 1 / (1 - share))

    def take_over(self, holder: str, taker: str, target: str, share: Array, paid: Array) -> None:
        """A part of a firm's equity, `(W,)`, that a holder can't pay goes to another that will, $ bn."""
        holders = self.stakes[target]
        holders[holder] = np.maximum(holders[holder] - share, 0.0)
        holders[taker] = holders.get(taker, self.market.ledger.zero) + share
        self._add(self.placed, taker, paid)

    def _scale(self, target: str, factor: Array) -> None:
        """All parts of a firm's equity change by a factor, as the number of its shares does."""
        holders = self.stakes[target]
        for holder in holders:
            holders[holder] = holders[holder] * factor
        self.retained[target] = self.retained.get(target, np.ones_like(factor)) * factor
        self.unpaid.scale(target, factor)

    def _add(self, sums: Sealed[Array], name: str, amount: Array) -> None:
        sums[name] = sums.get(name, self.market.ledger.zero) + amount

    def left_to_invest(self, investor: str) -> Array:
        """What a firm, or outside investors together, can still put into shares this year, $ bn, `(W,)`."""
        firm = self.market.firms.get(investor)
        return self.outside_left() if firm is None else firm.left_to_invest()

    def outside_left(self) -> Array:
        """The same of outside investors: the market's depth in this mood, less what they put in."""
        return np.maximum(self.depth * self.sentiment - self.spent_by("investors"), 0.0)

    def ask_outside(self, need: Array) -> None:
        """Firms ask outside investors for so much, $ bn, `(W,)`, besides what these have put in this year.

        The more that exceeds their depth, the more other money comes: within the year, as money need not be
        built. Demand drives venture money (Gompers & Lerner 1998), and flows follow returns (Kaplan & Schoar
        2005): labs sell a part of what they are worth, so what they ask follows it. A shut window brings no
        new money: late in 2022 startups asked for twice what investors gave, and got a third less in 2023.
        """
        given = self.given
        self.asked = need + self.spent_by("investors")
        response = given.outside_response * np.where(self.asked > self.depth, self.window(), 1.0)
        self.depth = respond(
            self.depth, self.asked, 0.0, response, given.outside_growth_most, MONEY_SHRINKING
        )

    def outside_payable(self) -> Array:
        """What outside investors can still pay this year of what falls due on shares, $ bn, `(W,)`."""
        paid = self.market.ledger.invested("investors")
        return np.maximum(self.depth * self.sentiment - paid, 0.0)

    def spent_by(self, investor: str) -> Array:
        """What an investor put into new shares this year, paid or not, and paid on older ones, $ bn."""
        return self.placed.get(investor, self.market.ledger.zero) + self.unpaid.paid_by(investor)

    def window(self) -> Array:
        """How far investors fund ahead of need, `(W,)`: from 0, in a bad mood, to 1, in a usual one."""
        shut = self.given.window
        return np.clip((self.sentiment - shut) / (1 - shut), 0.0, 1.0)


def turns(debt: Array, earnings: Array, most: Array | float) -> Array:
    """Debt over a year's earnings, `(W,)`: `most` at most, and so much where debt is owed on none.

    >>> turns(np.array([6.0, 6.0, 6.0, 0.0]), np.array([2.0, 0.1, -1.0, 0.0]), 12)
    array([ 3., 12., 12.,  0.])
    """
    return np.minimum(per(debt, earnings, np.where(debt > 0, np.inf, 0.0)), most)
