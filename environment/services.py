"""The market for AI services: how much customers spend, and on which lab's answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from computeshift.environment.bounds import bounded
from computeshift.environment.setup import Array, per, total
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.firms import Participant
    from computeshift.environment.market import ComputeMarket

SEGMENTS = ("consumers", "enterprise", "china")
"""The groups of customers: consumers; firms and developers; both of them in China."""
FULL = 0.99  # no segment starts nearer to its ceiling than this, so that its logit is finite


@dataclass(frozen=True, kw_only=True)
class ServicesParameters:
    """What customers want: spending and ceiling by segment, growth, and how they choose."""

    consumers_spending: Array = bounded(
        0.0001, 10_000, "consumers' spending on AI services in the start year"
    )
    enterprise_spending: Array = bounded(
        0.0001, 10_000, "spending of firms and developers on AI services in the start year"
    )
    china_spending: Array = bounded(0.0001, 10_000, "spending on AI services in China in the start year")
    consumers_ceiling: Array = bounded(0.01, 50_000, "ceiling that consumers' spending approaches")
    enterprise_ceiling: Array = bounded(
        0.01, 50_000, "ceiling that spending of firms and developers approaches"
    )
    china_ceiling: Array = bounded(0.01, 50_000, "ceiling that spending in China approaches")
    consumers_release: Array = bounded(
        0, 2, "standard deviation of how consumers receive a lab's models of the year"
    )
    enterprise_release: Array = bounded(
        0, 2, "standard deviation of how firms receive a lab's models of the year"
    )
    china_release: Array = bounded(
        0, 2, "standard deviation of how China's customers receive a lab's models of the year"
    )
    initial_growth: Array = bounded(
        -1, 20, "growth of customers' demand in the start year, from which it fades"
    )
    long_run_growth: Array = bounded(-0.5, 1, "growth to which that of customers' demand fades")
    growth_fade: Array = bounded(0, 1, "part of the growth beyond the long run that is left a year later")
    growth_noise: Array = bounded(0, 2, "standard deviation of random moves in customers' demand")
    elasticity: Array = bounded(
        0, 5, "response of demand for tokens to their price; above 1, cheaper ones raise spending"
    )
    past_price_trend: Array = bounded(
        0.5, 100, "fall of token prices that growth before the start already reflects"
    )
    price_memory: Array = bounded(0, 0.99, "part of a price's effect on spending that is left a year later")
    dissimilarity: Array = bounded(
        0, 1, "extent to which a leaving lab's customers do without, instead of changing labs"
    )
    quality_taste: Array = bounded(0, 5, "response of customers to a lab's quality against the mean")
    price_taste: Array = bounded(0, 5, "response of customers to a lab's price against the mean")
    habit: Array = bounded(
        0, 1, "weight of last year's market share, against brand, in how a lab attracts customers"
    )
    brand_fade: Array = bounded(
        0, 1, "part of the gap between a lab's brand and its market share that closes"
    )
    price_pressure: Array = bounded(
        0, 1, "part of the gap between a lab's asking price and the mean price that closes"
    )
    knowledge_decay: Array = bounded(0, 1, "part of what a lab knows from training that goes out of date")


class Seller(Protocol):
    """A lab that sells answers."""

    name: str
    rest_share: Array
    log_efficiency: Array
    inference_gw: Array
    unserved_share: Array

    @property
    def family(self) -> str:
        """The labs that share its models, by the name of their random draws."""
        ...

    def initial_sales(self) -> Array:
        """What each segment of SEGMENTS paid it in the start year, $ bn, `(segments, W)`."""
        ...

    @property
    def initial_run_rate(self) -> Array:
        """Its sales at the end of the start year, at a yearly rate, over those of the year, `(W,)`."""
        ...

    def open_sales(self, revenue: Array) -> None:
        """Begin with a revenue of the start year, $ bn, `(W,)`."""
        ...

    @property
    def quality(self) -> Array:
        """What customers see of its family's knowledge, log, `(W,)`."""
        ...

    def unit_cost(self) -> Array:
        """$ of compute in one token, on the scale of the frontier's cost at the start, `(W,)`."""
        ...

    def asking_price(self, cost: Array) -> Array:
        """The price of a token it would ask without competitors, from what it costs, `(W,)`."""
        ...

    def serve(self, demanded_gw: Array, price: Array, spending: Array) -> None:
        """Take the year's demand, worth `spending`, and serve what capacity allows."""
        ...


class Services(State):
    """Demand for tokens of a given quality, by segment, and each lab's part of it.

    Arrays over segments and labs are `(segments, labs, W)`; lists are in the labs' order. Spending
    belongs to the market: each segment has its own, with a ceiling, and labs compete for it.
    """

    def __init__(self, market: ComputeMarket, labs: Sequence[Seller]) -> None:
        self.market = market
        self.given = market.setup.given(ServicesParameters, "services")
        self.labs = [lab for lab in labs if market.network.ever_tied(lab.name, "customers", "services")]
        self.others = [lab for lab in labs if lab not in self.labs]
        self.growth = self.given.initial_growth
        self._open_sales()
        self.price_index: Array = np.ones(market.worlds)
        self.price_effect: Array = np.zeros(market.worlds)
        self.last_price = np.array([lab.asking_price(lab.unit_cost()) for lab in self.labs])
        self.look()

    def _open_sales(self) -> None:
        """The start year: each lab's part of each segment; labs that stand for the rest get the rest.

        Customers' habits are those of the year's end: a lab that doubled its sales within the year has more
        customers by then than its sales of the year tell.
        """
        from computeshift.environment.special import logit

        sold = np.array([lab.initial_sales() for lab in self.labs]).swapaxes(0, 1)
        named = total(sold.swapaxes(0, 1))
        initial = np.maximum(self._by_segment("spending"), named)
        self.lean = logit(np.minimum(initial / self._by_segment("ceiling"), FULL))
        rest = initial - named
        sold = sold + np.array([lab.rest_share for lab in self.labs]) * rest[:, None]
        at_the_end = sold * np.array([lab.initial_run_rate for lab in self.labs])
        grown = per(total(at_the_end.swapaxes(0, 1)), total(sold.swapaxes(0, 1)), 1.0)
        self.segment_share = self.brand = at_the_end / (grown * initial)[:, None]
        revenue = total(sold)
        self.spending = total(revenue)
        self.share = revenue / np.maximum(self.spending, 1e-12)
        for lab, own, share in zip(self.labs, revenue, self.share, strict=True):
            lab.open_sales(own)
            self.market.firms[lab.name].weight = share
        for lab in self.others:
            lab.open_sales(total(lab.initial_sales()))

    def _by_segment(self, name: str) -> Array:
        """A parameter of each segment, `(segments, W)`."""
        return np.array([getattr(self.given, f"{segment}_{name}") for segment in SEGMENTS])

    def share_of(self, lab: str) -> Array | None:
        """A lab's part of customers' spending, `(W,)`; None if it never sells to them."""
        for share, seller in zip(self.share, self.labs, strict=True):
            if seller.name == lab:
                return np.asarray(share) * float(self._sells(seller))
        return None

    def _sells(self, lab: Seller) -> bool:
        """Whether it may sell to customers this year."""
        return self.market.network.tied(lab.name, "customers", "services")

    def look(self) -> None:
        """Note what everybody can see: how good each lab's models are, and the best of them."""
        self.seen_quality = {lab.name: lab.quality for lab in (*self.labs, *self.others)}
        self.best_quality = np.array([*self.seen_quality.values()]).max(axis=0)

    # --- the year ---

    def clear(self) -> None:
        """The year's demand: it grows, answers to prices, and chooses by quality, price and habit."""
        selling = np.array([[self._sells(lab)] for lab in self.labs])
        price = self._prices(selling)
        self._grow()
        self._answer_prices(price, selling)
        attraction = np.where(selling, self._attraction(price, selling), 0.0)
        wished = self._wished(attraction)
        self.spending = total(total(wished))
        for lab, own, asked in zip(self.labs, total(wished), price, strict=True):
            self._sell(lab, own, asked)
        self._remember(wished, selling)
        for lab in self.others:
            self._sell(lab, self.market.ledger.zero, lab.asking_price(lab.unit_cost()))

    def _grow(self) -> None:
        """Adoption spreads: its growth fades towards a long-run rate, with chance and news."""
        given, market = self.given, self.market
        self.growth = given.long_run_growth + (self.growth - given.long_run_growth) * given.growth_fade
        chance = given.growth_noise * market.draws.normal("growth of demand", market.year)
        self.lean = self.lean + self.growth * (1 - market.news.demand_fall()) + chance

    def _answer_prices(self, price: Array, selling: npt.NDArray[np.bool_]) -> None:
        """Spending answers to prices that fall faster or slower than while its growth was observed.

        The effect fades: customers get used to a price.
        """
        given = self.given
        weight = np.where(selling, self.share, 0.0)
        fall = -total(weight * np.log(price / self.last_price)) / np.maximum(total(weight), 1e-12)
        self.price_index = self.price_index * np.exp(-fall)
        self.last_price = price
        news = (given.elasticity - 1) * (fall - np.log(given.past_price_trend))
        self.price_effect = given.price_memory * self.price_effect + news

    def _wished(self, attraction: Array) -> Array:
        """What each segment wishes to spend on each lab, $ bn, `(segments, labs, W)`.

        A nested logit (McFadden 1978): first between labs and an outside good, then among labs. A
        segment's spending is a share of its ceiling.
        """
        from computeshift.environment.special import expit

        together = total(attraction.swapaxes(0, 1))
        inclusive = np.log(np.maximum(together, 1e-300))
        pull = self.lean + self.price_effect + self.given.dissimilarity * inclusive
        spending = self._by_segment("ceiling") * expit(pull)
        per_attraction = spending / np.maximum(together, 1e-300)
        wished: Array = attraction * per_attraction[:, None]
        return wished

    def _attraction(self, price: Array, selling: npt.NDArray[np.bool_]) -> Array:
        """How much each lab attracts each segment: habit, brand, quality, price and the year's release.

        Of degree one in what a lab has of the market, so that a lab split in two attracts no more and no
        less; quality and price count against the mean of what the segment buys.
        """
        given = self.given
        had = np.where(selling, self.segment_share, 0.0)
        weight = had / np.maximum(total(had.swapaxes(0, 1)), 1e-12)[:, None]
        better = _against_mean(np.array([lab.quality for lab in self.labs]), weight)
        dearer = _against_mean(np.log(price), weight)
        taste = given.quality_taste * better - given.price_taste * dearer + self._releases()
        size: Array = given.habit * self.segment_share + (1 - given.habit) * self.brand
        return size * np.exp(taste)

    def _releases(self) -> Array:
        """How well the year's models are received, log points, `(segments, labs, W)`, of mean one."""
        market = self.market
        families = dict.fromkeys(lab.family for lab in self.labs)
        drawn = {own: market.draws.normal(f"{own} releases", market.year) for own in families}
        spread = self._by_segment("release")[:, None]
        received: Array = spread * np.array([drawn[lab.family] for lab in self.labs]) - spread**2 / 2
        return received

    def _remember(self, wished: Array, selling: npt.NDArray[np.bool_]) -> None:
        """Habit follows what was served; brand fades towards it. Those that can't sell yet wait."""
        served = wished * np.array([1 - lab.unserved_share for lab in self.labs])
        together = total(served.swapaxes(0, 1))[:, None]
        share = np.where(together > 0, served / np.maximum(together, 1e-300), self.segment_share)
        self.segment_share = np.where(selling, share, self.segment_share)
        fading = self.given.brand_fade * (self.segment_share - self.brand)
        self.brand = self.brand + np.where(selling, fading, 0.0)
        spent = total(served)
        self.share = np.where(selling, spent / np.maximum(total(spent), 1e-300), 0.0)

    def _sell(self, lab: Seller, wished: Array, price: Array) -> None:
        """A lab serves its customers, who wish to spend `wished`, and firms that buy by agreement."""
        ledger = self.market.ledger
        bought = {buyer.name: buyer.purchases(lab.name) for buyer in self._buyers(lab.name)}
        spending = sum(bought.values(), wished)
        lab.serve(spending / price / np.exp(lab.log_efficiency), price, spending)
        served = 1 - lab.unserved_share
        for buyer, amount in bought.items():
            ledger.pay(buyer, lab.name, "revenue", amount * served)
        if self._sells(lab):
            ledger.pay("customers", lab.name, "revenue", wished * served)
            ledger.record(lab.name, "customers", "services", lab.inference_gw, "GW")

    def _buyers(self, lab: str) -> list[Participant]:
        """Firms that buy a lab's services under an agreement, besides the many customers."""
        firms = self.market.firms
        return [firms[t] for t in self.market.network.targets(lab, "services") if t in firms]

    def _prices(self, selling: npt.NDArray[np.bool_]) -> Array:
        """Each lab's price: its own asking price, pulled to the usual one; never below cost, `(labs, W)`."""
        cost = np.array([lab.unit_cost() for lab in self.labs])
        asked = np.array([lab.asking_price(own) for lab, own in zip(self.labs, cost, strict=True)])
        weight = np.where(selling, self.share, 0.0)
        dearer = _against_mean(np.log(asked), weight / np.maximum(total(weight), 1e-12))
        pulled = asked * np.exp(-self.given.price_pressure * dearer)
        price: Array = np.maximum(pulled, cost)
        return price


def _against_mean(values: Array, weight: Array) -> Array:
    """Values of labs, `(labs, W)`, less their mean by weights, `(labs, W)` or `(segments, labs, W)`."""
    mean = total(np.moveaxis(weight * values, -2, 0))
    against: Array = values - np.expand_dims(mean, -2)
    return against
