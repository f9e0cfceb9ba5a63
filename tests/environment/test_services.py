"""The market for services by hand-made numbers: ceilings, the outside good, and who gets which part."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from computeshift.environment.services import SEGMENTS, Services, ServicesParameters
from computeshift.environment.setup import Array
from tests.agents.stub import Market, check, parameters, worlds

SALES = {"a": (2.0, 2.0, 0.0), "b": (0.5, 1.0, 0.0), "rest": (0.0, 0.0, 0.0)}
"""$ bn of each segment; what they leave of 4, 4 and 1 is the rest's."""
SIZES = {f"{s}_spending": n for s, n in zip(SEGMENTS, (4, 4, 1), strict=True)} | {
    f"{s}_ceiling": n for s, n in zip(SEGMENTS, (8, 400, 100), strict=True)
}


@dataclass
class Seller:
    """A lab that sells at a price and serves all, unless a test says otherwise."""

    name: str
    sales: tuple[float, float, float]
    rest: float = 0.0
    price: float = 1.0
    quality: Array = field(default_factory=lambda: worlds(0))
    unserved: float = 0.0
    run_rate: float = 1.0

    def __post_init__(self) -> None:
        self.family = self.name
        self.rest_share = worlds(self.rest)
        self.log_efficiency = worlds(0)
        self.unserved_share = worlds(self.unserved)
        self.inference_gw = worlds(1)
        self.initial_run_rate = worlds(self.run_rate)

    def initial_sales(self) -> Array:
        return np.array([worlds(sale) for sale in self.sales])

    def open_sales(self, revenue: Array) -> None:
        self.revenue = revenue

    def unit_cost(self) -> Array:
        return worlds(0.1)

    def asking_price(self, cost: Array) -> Array:
        return worlds(self.price)

    def serve(self, demanded_gw: Array, price: Array, spending: Array) -> None:
        self.revenue = spending * (1 - self.unserved_share)


class Sellers(Market):
    """A market with these labs alone."""

    def __init__(self, sellers: list[Any], **given: Any) -> None:
        ties = [(seller.name, "customers", "services") for seller in sellers]
        super().__init__(*ties)
        for seller in sellers:
            self.add("lab", seller.name)
            self.draws[f"{seller.name} releases"] = worlds(0)
        self.draws["growth of demand"] = worlds(0)
        numbers = SIZES | {"habit": 0.5, "past_price_trend": 1, "elasticity": 1} | given
        for name, values in vars(parameters(ServicesParameters, **numbers)).items():
            self.setup.parameters[f"services.{name}"] = values  # type: ignore[index]
        self.services = Services(self, sellers)


def labs(**changed: Any) -> list[Seller]:
    return [
        Seller(name, sale, float(name == "rest"), **changed.get(name, {})) for name, sale in SALES.items()
    ]


def test_habits_are_those_of_the_years_end_and_what_all_spent_is_the_years() -> None:
    market = Sellers(labs(b={"run_rate": 3.0}))
    # Consumers paid 2, 0.5 and 1.5 of 4: at the year's end at rates of 2, 1.5 and 1.5; 4 in the year.
    check(market.services.segment_share[0, 1], 1.5 / 5)
    check(market.services.brand[0, 0], 2 / 5)
    check(market.services.spending, 9)
    # A rate that is everybody's moves nothing.
    alike = Sellers(labs(**{name: {"run_rate": 3.0} for name in SALES})).services
    check(alike.segment_share[0, 1], 0.5 / 4)


def test_the_rest_gets_what_no_other_lab_sold() -> None:
    sellers = labs()
    services = Sellers(sellers).services
    for seller, revenue in zip(sellers, (4, 1.5, 3.5), strict=True):
        check(seller.revenue, revenue)
    check(services.share[0], 4 / 9)
    check(services.spending, 9)


def test_without_news_everything_stays() -> None:
    sellers = labs()
    services = Sellers(sellers).services
    services.clear()
    for seller, revenue in zip(sellers, (4, 1.5, 3.5), strict=True):
        check(seller.revenue, revenue)


def test_spending_grows_along_a_curve_to_its_ceiling() -> None:
    services = Sellers(labs(), initial_growth=float(np.log(3)), growth_fade=1).services
    services.clear()
    # Odds treble: from 4 of 8 to 6 of 8; from 4 of 400 to 12/408; from 1 of 100 to 3/102.
    check(services.spending, 6 + 400 * 12 / 408 + 100 * 3 / 102)
    for _ in range(30):
        services.clear()
    np.testing.assert_allclose(services.spending, 508, rtol=1e-6)


def test_growth_fades_to_its_long_run_rate() -> None:
    services = Sellers(labs(), initial_growth=1.1, long_run_growth=0.1, growth_fade=0.5).services
    services.clear()
    check(services.growth, 0.6)


def test_prices_count_against_the_trend_of_the_past_and_their_effect_fades() -> None:
    sellers = labs()
    market = Sellers(sellers, elasticity=(0.5, 1, 2), past_price_trend=2, price_memory=0.5)
    for seller in sellers:
        seller.price = 0.25
    market.services.clear()
    # Prices fell fourfold instead of twofold: (elasticity - 1) times ln 2.
    check(market.services.price_effect, -0.5 * np.log(2), 0, np.log(2))
    check(market.services.price_index, 0.25)
    market.services.clear()  # prices stay, and fell by half each year in the past
    check(market.services.price_effect, 0.25 * np.log(2), 0, -0.5 * np.log(2))


def test_customers_go_to_the_better_and_the_cheaper_lab_as_far_as_habit_lets_them() -> None:
    sellers = labs()
    market = Sellers(sellers, quality_taste=0.5, price_taste=2, habit=0.5, brand_fade=0)
    sellers[0].quality = worlds(0, 2, 0)
    sellers[1].price = 0.5
    market.services.clear()
    china = market.services.segment_share[2]
    check(china[2], 1)  # where only the rest sells, nothing changes
    # Against the rest, a lab twice as cheap has four times the attraction; one that is better by 2, e times.
    odds = market.services.segment_share[1][:2] / market.services.segment_share[1][2]
    check(odds[0], 2 / 1, 2 / 1 * math.e, 2 / 1)
    check(odds[1], 4 * 1 / 1)


def test_a_lab_that_leaves_gives_customers_to_others_and_to_none() -> None:
    sellers = labs()[:2]  # the rest is not there: a quarter of enterprise, half of consumers' brand remain
    services = Sellers(sellers, dissimilarity=0.5).services
    services.clear()
    odds = 4 / 396 * np.sqrt(3 / 4)
    enterprise = 400 * odds / (1 + odds)
    odds = np.sqrt(2.5 / 4)
    check(services.spending, enterprise + 8 * odds / (1 + odds))
    check(sellers[0].revenue / sellers[1].revenue, *services.share[0] / services.share[1])


def test_habit_follows_what_was_served_and_brand_follows_habit() -> None:
    sellers = labs(a={"unserved": 0.5})
    services = Sellers(sellers, brand_fade=0.5).services
    services.clear()
    # Of enterprise spending 2, 1 and 1 were wished; 1, 1 and 1 served.
    check(services.segment_share[1][0], 1 / 3)
    check(services.brand[1][0], (1 / 2 + 1 / 3) / 2)


def test_a_release_moves_customers_of_each_segment_by_its_own_spread() -> None:
    market = Sellers(labs(), enterprise_release=0.4, consumers_release=0.1)
    market.draws["a releases"] = worlds(1, 0, -1)
    market.services.clear()
    share = market.services.segment_share
    check(share[1][0] / share[1][1], *2 * np.exp(0.4 * worlds(1, 0, -1)))
    check(share[0][0] / share[0][1], *4 * np.exp(0.1 * worlds(1, 0, -1)))


def test_a_lab_split_in_two_sells_what_it_sold() -> None:
    whole, market = labs(), Sellers(labs(), quality_taste=0.3, price_taste=0.5)
    halves = [Seller(f"a{i}", (1, 1, 0)) for i in range(2)] + whole[1:]
    split = Sellers(halves, quality_taste=0.3, price_taste=0.5)
    for services in (market.services, split.services):
        for lab in services.labs:
            if lab.name.startswith("a"):
                lab.quality, lab.price, lab.unserved_share = worlds(1), 2.0, worlds(0.2)
        services.clear()
    check(split.services.spending, *market.services.spending)
    check(split.services.share[0] + split.services.share[1], *market.services.share[0])


def test_a_lab_with_no_customers_changes_nothing() -> None:
    alone, with_nobody = Sellers(labs()), Sellers([*labs(), Seller("nobody", (0, 0, 0), price=0.1)])
    for market in (alone, with_nobody):
        market.services.labs[0].quality = worlds(1, 2, 3)
        market.services.clear()
    assert np.array_equal(alone.services.spending, with_nobody.services.spending)
    assert np.array_equal(alone.services.share, with_nobody.services.share[:3])
