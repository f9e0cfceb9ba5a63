"""Tenants' one demand: how it grows, who hosts it, and that no firm brings any of its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from computeshift.environment.fleet import Fleet
from computeshift.environment.setup import Array
from computeshift.environment.tenants import TenantParameters, Tenants
from tests.agents.stub import Market, check, parameters, worlds


def a_host(
    name: str,
    gw: float,
    first: float = 0,
    leased: float = 0,
    part: float = 1,
    own: float = 0,
    faster: float = 1,
) -> Any:
    fleet = Fleet(worlds(gw), worlds(0), worlds(0))
    named = {"leased_gw": leased, "tenant_part": part, "initial_tenant_gw": first}
    named |= {"initial_own_products": own, "own_growth": faster}
    return SimpleNamespace(name=name, fleet=fleet, **{key: worlds(value) for key, value in named.items()})


def tenants(hosts: list[Any], offers: Array | None = None, **given: Any) -> tuple[Tenants, Market]:
    """Tenants of 4 GW below a ceiling of 8, that pay 10 a GW-year everywhere unless a test says otherwise."""
    market = Market()
    market.compute.supplier_index = {host.name: i for i, host in enumerate(hosts)}
    asked = np.full((len(hosts), 3), 10.0) if offers is None else offers
    market.compute.prices = SimpleNamespace(
        spot=worlds(10), first_spot=worlds(10), dearness=np.log(asked / 10)
    )
    market.compute.given = SimpleNamespace(price_sensitivity=worlds(1))
    numbers = {"initial_gw": 4, "ceiling": 8, "growth": np.log(3), "growth_fade": 0.5, **given}
    own = parameters(TenantParameters, **numbers)
    market.setup = SimpleNamespace(given=lambda kind, owner: own)  # type: ignore[assignment]
    return Tenants(market, hosts), market


def test_their_odds_grow_towards_the_ceiling_and_news_takes_from_their_growth() -> None:
    demand, market = tenants([a_host("a", 100)])
    market.strike("demand_fall", 0, 1, 0)
    demand.plan()
    # Half of the ceiling is odds of 1; three times that are three quarters of it.
    check(demand.demand, 6, 4, 6)
    check(demand.growth, np.log(3) / 2)


def test_they_want_less_where_spot_is_dear() -> None:
    demand, market = tenants([a_host("a", 100)], growth=0, rent_elasticity=1)
    market.compute.prices.spot = worlds(10, 30, 10 / 3)
    demand.plan()
    check(demand.demand, 4, 2, 6)


def test_they_start_where_configs_say_in_proportion_so_a_host_more_brings_none() -> None:
    two, _ = tenants([a_host("a", 9, first=1), a_host("b", 9, first=3)])
    check(two.hosted_by("a"), 1)
    check(two.hosted_by("b"), 3)
    more, _ = tenants([a_host("a", 9, first=1), a_host("b", 9, first=3), a_host("c", 9, first=4)])
    check(sum(more.asked), 4)
    check(more.hosted_by("c"), 2)
    check(more.hosted_by("nobody"), 0)


def test_those_that_move_choose_by_room_and_price() -> None:
    hosts = [a_host("a", 10, first=1), a_host("b", 30, part=0.5), a_host("lab's own", 50, part=0)]
    demand, _ = tenants(hosts, offers=np.array([[10.0] * 3, [20, 10, 5], [1, 1, 1]]), habit=0.5)
    demand.plan()
    # Of 4 at the first, 2 stay; of 6 in all 4 choose: rooms 10 and 15, prices 2, 1 and 1/2 times as high.
    b = 4 * np.array([7.5 / 17.5, 15 / 25, 30 / 40])
    check(demand.asking("b"), *b)
    check(demand.asking("a"), *(6 - b))
    check(demand.asking("lab's own"), 0)


def test_those_without_room_ask_once_more_elsewhere() -> None:
    hosts = [a_host("a", 4, first=1, leased=3), a_host("b", 4, leased=2), a_host("c", 4, leased=3.5)]
    demand, _ = tenants(hosts)
    demand.settle()
    # The first has room for 1 of 4; 3 more ask where 2 and 0.5 are free, and fill them.
    check(demand.hosted_by("a"), 1)
    check(demand.hosted_by("b"), 2)
    check(demand.hosted_by("c"), 0.5)


def test_a_host_expects_its_part_of_what_all_will_want_in_two_years() -> None:
    demand, _ = tenants([a_host("a", 9, first=1), a_host("b", 9, first=1)], growth_fade=1)
    demand.plan()
    # Odds of 3 now, of 27 in two years.
    check(demand.expected_at("a", 2), 8 * 27 / 28 / 2)


def test_own_products_stay_at_home_and_leave_no_room_there_for_others() -> None:
    hosts = [a_host("feeds", 100, first=1, own=1), a_host("cloud", 10, first=3), a_host("other", 10)]
    demand, _ = tenants(hosts, habit=0)
    demand.plan()
    # 6 in all, a quarter of them the feeds'; the others choose, and the feeds' host has nothing for them.
    check(demand.asking("feeds"), 1.5)
    check(demand.asking("cloud"), 2.25)
    check(demand.expected_at("feeds", 0), 1.5)


def test_own_products_may_grow_faster_than_the_others_and_add_to_them() -> None:
    demand, _ = tenants([a_host("feeds", 100, first=1, own=1, faster=2), a_host("cloud", 100, first=3)])
    demand.plan()
    # All want 1.5 times as much; own products grow twice as fast in logs.
    check(demand.asking("feeds"), 1.5**2)
    check(demand.demand, 1.5**2 + 4.5)
    check(demand.expected_at("feeds", 0), 1.5**2)


def test_own_products_without_room_at_home_go_nowhere_else() -> None:
    hosts = [a_host("feeds", 1, first=1, own=1), a_host("cloud", 10, first=3)]
    demand, _ = tenants(hosts, habit=0)
    demand.plan()
    demand.settle()
    check(demand.hosted_by("feeds"), 1)
    check(demand.hosted_by("cloud"), 4.5)


def test_tenants_have_signed_for_a_part_of_what_they_will_want_beyond_what_they_have() -> None:
    hosts = [a_host("cloud", 100, first=1), a_host("feeds", 100, first=1, own=1)]
    demand, _ = tenants(hosts, growth=np.log(3), growth_fade=1, signed_ahead=0.5)
    # Odds of 1 now and of 27 in three years: 8 * 27 / 28, half of it the cloud's, which has 2 of it now.
    check(demand.signed_with("cloud"), (8 * 27 / 28 / 2 - 2) / 2)
    check(demand.signed_with("feeds"), 0)
