"""The market for AI services: how much customers spend, and on whose answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from computeshift.environment.bounds import bounded
from computeshift.environment.setup import Array, total
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.firms import Participant
    from computeshift.environment.market import ComputeMarket


@dataclass(frozen=True, kw_only=True)
class ServicesParameters:
    """What customers want."""

    initial_growth: Array = bounded(-1, 20)
    growth_fade: Array = bounded(0, 1.2)
    growth_noise: Array = bounded(0, 2)
    price_trend: Array = bounded(0.5, 100)
    elasticity: Array = bounded(0, 5)
    quality_taste: Array = bounded(0, 5)
    price_taste: Array = bounded(0, 5)
    habit: Array = bounded(0, 1)
    price_pressure: Array = bounded(0, 1)
    knowledge_decay: Array = bounded(0, 1)


class Seller(Protocol):
    """A lab that sells answers."""

    name: str
    revenue: Array
    initial_revenue: Array
    log_efficiency: Array
    used_gw: Array
    inference_gw: Array
    unserved_share: Array

    @property
    def quality(self) -> Array:
        """What customers see of its knowledge, log, `(W,)`."""
        ...

    def unit_cost(self) -> Array:
        """$ of compute in one token, on the scale of OpenAI's price at the end of 2024, `(W,)`."""
        ...

    def asking_price(self, cost: Array) -> Array:
        """The price of a token it would ask without competitors, from what it costs, `(W,)`."""
        ...

    def serve(self, demanded_gw: Array, price: Array, spending: Array) -> None:
        """Take the year's demand, worth `spending`, and serve what capacity allows."""
        ...


class Services(State):
    """Demand for tokens of a given quality, and each lab's part of it. Lists are in the labs' order."""

    def __init__(self, market: ComputeMarket, labs: Sequence[Seller]) -> None:
        self.market = market
        self.given = market.setup.given(ServicesParameters, "services")
        self.labs = [lab for lab in labs if market.network.ever_tied(lab.name, "customers", "services")]
        self.others = [lab for lab in labs if lab not in self.labs]
        self.growth = self.given.initial_growth
        revenue = np.array([lab.initial_revenue for lab in self.labs])
        self.potential = total(revenue)
        self.share = np.maximum(revenue / self.potential, 1e-6)
        for lab, share in zip(self.labs, self.share, strict=True):
            market.firms[lab.name].weight = share
        self.trend_price: Array = np.ones(market.worlds)
        price = np.array([lab.asking_price(lab.unit_cost()) for lab in self.labs])
        self.last_price = price
        self.price_index: Array = np.ones(market.worlds)
        quality = np.array([lab.quality for lab in self.labs])
        # Revealed preference: the constants of the logit that give the shares of 2024.
        self.brand = (1 - self.given.habit) * np.log(self.share) - self._appeal(quality, price)
        self.spending = self.potential
        self.look()

    def share_of(self, lab: str) -> Array | None:
        """A lab's part of customers' spending, `(W,)`; None if it never sells to them."""
        for share, seller in zip(self.share, self.labs, strict=True):
            if seller.name == lab:
                return np.asarray(share) * float(self._sells(seller))
        return None

    def _sells(self, lab: Seller) -> bool:
        """Whether it may sell to customers this year."""
        return self.market.network.tied(lab.name, "customers", "services")

    def trend_efficiency(self) -> Array:
        """Log of the tokens a GW-year gives on the long trend, `(W,)`."""
        return np.log(self.market.compute.given.initial_rent) - np.log(self.trend_price)

    def look(self) -> None:
        """Note what everybody can see: the best efficiency and the best model."""
        labs = [*self.labs, *self.others]
        self.best_efficiency = np.array([lab.log_efficiency for lab in labs]).max(axis=0)
        self.frontier = np.array([lab.quality for lab in labs]).max(axis=0)

    def clear(self) -> None:
        """The year's demand: it grows, answers to prices, and chooses by quality, price and habit."""
        given, market = self.given, self.market
        self.growth = self.growth * given.growth_fade
        shock = given.growth_noise * market.draws.normal("growth of demand", market.year)
        self.potential = self.potential * np.exp(self.growth * (1 - market.news.demand_fall()) + shock)
        self.trend_price = self.trend_price / given.price_trend
        selling = np.array([[self._sells(lab)] for lab in self.labs])
        price = self._prices(selling)
        self.price_index = self.price_index * self._change(price, selling)
        self.last_price = price
        relative = self.price_index / self.trend_price
        self.spending = self.potential * relative ** (1 - given.elasticity)
        quality = np.array([lab.quality for lab in self.labs])
        utility = self.brand + self._appeal(quality, price) + given.habit * np.log(self.share)
        wish = np.where(selling, np.exp(utility - utility.max(axis=0, where=selling, initial=-np.inf)), 0.0)
        share = np.where(selling, np.maximum(wish / total(wish), 1e-6), 0.0)
        for lab, part, asked in zip(self.labs, share, price, strict=True):
            self._sell(lab, self.spending * part, asked)
        # Who was turned away remembers: habit follows what was served, and waits for who sells later.
        kept = share * np.array([1 - lab.unserved_share for lab in self.labs])
        served = np.maximum(kept / np.maximum(total(kept), 1e-300), 1e-6)
        self.share = np.where(selling, served, self.share)
        for lab in self.others:
            self._sell(lab, market.ledger.zero, lab.asking_price(lab.unit_cost()))

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
        """Each lab's price: its own asking price, pulled to the cheapest seller's; never below cost."""
        cost = np.array([lab.unit_cost() for lab in self.labs])
        asked = np.array([lab.asking_price(own) for lab, own in zip(self.labs, cost, strict=True)])
        cheapest = asked.min(axis=0, where=selling, initial=np.inf)
        pulled = asked * (cheapest / asked) ** self.given.price_pressure
        asked_at_least: Array = np.maximum(pulled, cost)
        return asked_at_least

    def _change(self, price: Array, selling: npt.NDArray[np.bool_]) -> Array:
        """The factor on the price level: the geometric mean of the changes, by last year's shares."""
        return np.exp(total(np.where(selling, self.share * np.log(price / self.last_price), 0.0)))

    def _appeal(self, quality: Array, price: Array) -> Array:
        """What a lab's quality and price are worth to a customer, against the mean, log points."""
        better = quality - total(quality) / len(quality)
        dearer = np.log(price) - total(np.log(price)) / len(price)
        return self.given.quality_taste * better - self.given.price_taste * dearer
