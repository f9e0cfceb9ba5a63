"""A stand-in: an economy of one world on Python floats, as a Mesa user would have written it.

It is not our model, and its numbers mean nothing. It is of the same size: the same firms, years and
network, as many operations on numbers (`sites` is chosen for that), about as many random draws and
collected variables. It keeps no books by double entry, logs no payments and no limits of decisions,
and writes no file: what it leaves out is in its favour.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import mesa
import networkx as nx

from computeshift.environment.mesa_base import Agent, Model

FIRMS = (
    *("openai", "microsoft", "softbank", "oracle", "mgx", "deepseek"),
    *("rival_lab", "other_cloud", "stargate"),
)  # fmt: skip
"""Six named firms, and what stands for the others: rivals, other clouds, the venture."""

TIES = [
    (firm, FIRMS[(place + step) % len(FIRMS)])
    for step, payers in ((1, FIRMS), (2, FIRMS), (4, FIRMS), (5, FIRMS[:6]))
    for place, firm in enumerate(payers)
]
"""Which firm pays which."""

NEWS = tuple(f"{kind}_news" for kind in ("growth", "mood", "credit", "building", "rent", "permits"))
YEARS = 6
SITE, TIE, FIRM, MARKET = 46, 8, 45, 23
"""Operations on numbers in a year: of a site, a tie, a firm, the market. A test counts them."""


def operations(sites: int) -> int:
    """Operations on numbers that an economy of so many sites does in all years."""
    return YEARS * (sites * SITE + len(TIES) * TIE + len(FIRMS) * FIRM + MARKET)


def sites_for(wanted: int) -> int:
    """Sites for which the economy does about as many operations as wanted; at least one per firm."""
    fixed, each = operations(0), operations(1) - operations(0)
    return max(round((wanted - fixed) / each), len(FIRMS))


class Site:
    """A data centre: it builds as demand asks, rents out what it has, and wears out."""

    def __init__(self, demand: float, build_years: float, retirement: float) -> None:
        self.demand = demand
        self.build_years = build_years
        self.retirement = retirement
        self.capacity = 0.9 * demand
        self.pipeline = 0.4 * demand
        self.rent = 12.0
        self.debt = 8.0 * demand
        self.started = self.used = self.revenue = self.costs = self.capex = 0.0

    def plan(self, growth: float, mood: float) -> None:
        """Start what demand will need in two years, as far as crews go."""
        self.demand = self.demand * (1.0 + growth)
        foreseen = self.demand * (1.0 + 0.5 * growth)
        short = foreseen * 1.1 - self.capacity - self.pipeline
        self.started = min(max(short, 0.0) * mood, 0.5 * self.capacity)

    def build(self, capex_per_gw: float) -> None:
        """Finish a part of what is under way, retire a part of what stands."""
        finished = self.pipeline / self.build_years
        self.pipeline = self.pipeline + self.started - finished
        self.capacity = self.capacity + finished - self.retirement * self.capacity
        self.capex = capex_per_gw * (0.4 * self.started + 0.6 * finished)

    def operate(self, market_rent: float, interest_rate: float) -> None:
        """Serve what can be served; the rent follows the market and scarcity."""
        self.used = min(self.demand, self.capacity)
        scarcity = 1.0 + 0.25 * (self.used / self.capacity - 0.9)
        self.rent = self.rent + 0.3 * (market_rent * scarcity - self.rent)
        self.revenue = self.used * self.rent
        self.costs = 1.5 * self.capacity + interest_rate * self.debt
        self.debt = self.debt * 0.92 + 0.5 * self.capex


class Firm(Agent):
    """A firm: it owns sites, pays its partners, borrows and is valued."""

    def __init__(self, model: Economy, name: str, sites: int) -> None:
        super().__init__(model)
        self.market = model
        draw = model.random.triangular
        self.name = name
        self.strategy = "expand"
        self.cash = draw(5.0, 20.0, 10.0)
        self.debt = draw(10.0, 40.0, 20.0)
        self.optimism = draw(0.8, 1.2, 1.0)
        self.generosity = draw(0.01, 0.05, 0.03)
        self.caution = draw(0.1, 0.3, 0.2)
        self.growth = draw(0.2, 0.6, 0.4)
        self.learning = draw(0.3, 0.8, 0.5)
        self.multiple = draw(4.0, 6.0, 5.0)
        build_years, retirement = draw(1.5, 3.0, 2.0), draw(0.03, 0.08, 0.05)
        self.sites = [Site(draw(0.05, 0.3, 0.1), build_years, retirement) for _ in range(sites)]
        self.demand = self.capacity = self.pipeline = self.started = self.used = 0.0
        self.revenue = self.costs = self.capex = self.interest = self.burn = 0.0
        self.paid = self.received = self.invested = self.raised = self.wanted = 0.0
        self.utilisation = self.rent = self.margin = self.leverage = self.value = self.share = 0.0

    def plan(self) -> None:
        """Look ahead, and let every site plan."""
        market = self.market
        self.growth = self.growth + self.learning * (market.growth * self.optimism - self.growth)
        self.received = 0.0
        for site in self.sites:
            site.plan(self.growth, market.mood)

    def build(self) -> None:
        """Build, site by site."""
        for site in self.sites:
            site.build(self.market.capex_per_gw)

    def operate(self) -> None:
        """Run every site and add up."""
        market = self.market
        rate = market.interest_rate + 0.005 * self.leverage
        self.demand = self.capacity = self.pipeline = self.started = self.used = 0.0
        revenue = costs = capex = 0.0
        for site in self.sites:
            site.operate(market.rent, rate)
            self.demand += site.demand
            self.capacity += site.capacity
            self.pipeline += site.pipeline
            self.started += site.started
            self.used += site.used
            revenue += site.revenue
            costs += site.costs
            capex += site.capex
        self.revenue, self.costs, self.capex = revenue, costs, capex
        self.interest = rate * self.debt
        self.burn = costs + capex + self.interest - revenue

    def deal(self) -> None:
        """Pay every partner for services, less if cash is short."""
        market = self.market
        self.paid = 0.0
        able = min(max(self.cash / (self.costs + 1.0), 0.0), 1.0)
        for name in market.network.successors(self.name):
            partner = market.firms[name]
            bill = self.generosity * self.revenue * able * market.mood + 0.01 * partner.capacity
            partner.received += bill
            self.paid += bill
            market.turnover += bill

    def settle(self) -> None:
        """Close the books: raise or invest, borrow or repay, be valued."""
        market = self.market
        self.wanted = max(self.burn + self.paid - self.received, 0.0)
        self.raised = min(self.wanted, self.caution * self.value)
        self.cash = self.cash + self.received - self.paid - self.burn + self.raised
        self.invested = self.generosity * max(self.cash, 0.0)
        self.cash = self.cash - self.invested
        short = max(-self.cash, 0.0)
        self.cash = self.cash + short
        self.debt = self.debt + short
        self.utilisation = self.used / self.capacity
        self.rent = self.revenue / self.used
        self.margin = (self.revenue - self.costs) / self.revenue
        self.leverage = self.debt / self.revenue
        self.share = self.revenue / market.spending
        self.value = max(self.multiple * self.revenue * market.mood - self.debt, 0.0)


class Economy(Model):
    """The market: news, growth, rent and the mood; one year per step."""

    def __init__(self, sites: int, collects: bool = True, seed: int = 1) -> None:
        super().__init__(seed)
        self.network = nx.DiGraph(TIES)
        self.collects = collects
        self.year = 2024
        self.growth, self.mood, self.spread, self.rent = 0.4, 1.0, 0.015, 13.0
        self.interest_rate, self.capex_per_gw, self.price_index = 0.06, 35.0, 1.0
        self.capacity = self.demand = self.used = self.capex = self.turnover = 0.0
        self.spending = 100.0
        self.tightness = self.utilisation = 1.0
        self.news = dict.fromkeys(NEWS, 0.0)
        self.firms = {
            name: Firm(self, name, sites // len(FIRMS) + (place < sites % len(FIRMS)))
            for place, name in enumerate(FIRMS)
        }
        self.datacollector = mesa.DataCollector(MARKET_REPORTERS, AGENT_REPORTERS)

    def step(self) -> None:
        """One calendar year."""
        self.year += 1
        self.turnover = 0.0
        self.hear()
        self.agents.do("plan")
        self.agents.do("build")
        self.agents.do("operate")
        self.agents.do("deal")
        self.agents.do("settle")
        self.clear()
        if self.collects:
            self.datacollector.collect(self)

    def hear(self) -> None:
        """The year's random draws, and what they do to growth, mood, credit and costs."""
        for kind in NEWS:
            self.news[kind] = self.random.gauss(0.0, 0.1)
        self.growth = self.growth * 0.8 + self.news["growth_news"]
        self.mood = self.mood**0.6 * math.exp(self.news["mood_news"])
        self.spread = max(self.spread + 0.01 * self.news["credit_news"], 0.0)
        self.interest_rate = 0.043 + self.spread
        self.capex_per_gw = self.capex_per_gw * (1.0 + self.news["building_news"])

    def clear(self) -> None:
        """Add up, and move the rent and the price level."""
        self.capacity = self.demand = self.used = self.spending = self.capex = 0.0
        for firm in self.firms.values():
            self.capacity += firm.capacity
            self.demand += firm.demand
            self.used += firm.used
            self.spending += firm.revenue
            self.capex += firm.capex
        self.tightness = self.demand / self.capacity
        self.utilisation = self.used / self.capacity
        self.rent = self.rent * (1.0 + 0.25 * (self.tightness - 1.0)) * (1.0 + self.news["rent_news"])
        self.price_index = self.price_index * 0.6 * self.tightness**0.1


def heard(kind: str, market: Economy) -> float:
    """The year's news of a kind."""
    return market.news[kind]


AGENT_REPORTERS = {
    name: name
    for name in (
        *("name", "strategy", "cash", "debt", "invested", "raised", "wanted", "value", "burn", "growth"),
        *("revenue", "costs", "capex", "interest", "paid", "received", "margin", "leverage", "share"),
        *("demand", "capacity", "pipeline", "started", "used", "utilisation", "rent"),
    )
} | {
    f"closing_{name}": name
    for name in (
        *("cash", "debt", "capacity", "pipeline", "rent"),
        *("invested", "revenue", "used", "wanted", "share"),
        *("value", "burn", "growth", "margin", "leverage", "capex"),
        *("interest", "costs", "paid", "received", "started", "demand", "utilisation"),
    )
}
MARKET_REPORTERS: dict[str, Any] = {
    name: name
    for name in (
        *("year", "growth", "mood", "spread", "rent", "interest_rate", "capex_per_gw", "price_index"),
        *("capacity", "demand", "used", "spending", "capex", "turnover", "tightness", "utilisation"),
    )
}
MARKET_REPORTERS |= {f"closing_{name}": name for name in ("capacity", "demand", "used", "rent", "spread")}
MARKET_REPORTERS |= {kind: partial(heard, kind) for kind in NEWS}
"""What is collected every year: the variables of each firm, and of the market."""
