"""Supply answers orders, shares what is short by size, and says which was short."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from computeshift.agents import KINDS
from computeshift.environment.fleet import Fleet
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array, Setup, total
from computeshift.environment.supply import Works, respond
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup

WORLDS = 150


def a_setup(config: str, until: int, **factors: float) -> Setup:
    """The worlds of a config, with some parameters of the market for compute multiplied."""
    loaded = load(config)
    plain = setup(loaded, design(loaded, worlds=WORLDS, seed=1))
    changed: Mapping[str, Array] = {
        f"compute.{name}": plain.parameters[f"compute.{name}"] * factor for name, factor in factors.items()
    }
    return replace(plain, until=until, parameters={**plain.parameters, **changed})


def played(given: Setup) -> ComputeMarket:
    market = ComputeMarket(given, KINDS, only=["capacity_gw", "utilisation", "lacking_chips"])
    while market.running:
        market.step()
    return market


def mean(market: ComputeMarket, of: Callable[[ComputeMarket], Array]) -> float:
    return float(of(market).mean())


def test_it_grows_with_orders_beyond_what_can_be_supplied_within_limits() -> None:
    now, rho = np.array([2.0, 2.0, 2.0, 2.0]), np.array([0.5, 0.5, 0.5, 0.5])
    orders = np.array([2.0, 8.0, 1e6, 0.0])
    after = respond(now, orders, np.full(4, 0.25), rho, np.full(4, 2.0))
    np.testing.assert_allclose(after, [2.5, 5.0, 6.0, 2 * np.exp(-0.2)])


def test_the_more_halls_are_asked_for_the_more_usual_ones_are_refitted() -> None:
    supply = ComputeMarket(a_setup("six", 2025), KINDS, only=[]).supply
    four = {"usual_sites": 4.0, "convertible_part": 0.25, "convertible_most": 0.75}
    four |= {"conversion_response": 0.5, "crew_growth_most": 2.0}
    supply.given = replace(supply.given, **{name: np.full(4, value) for name, value in four.items()})
    supply.convertible_part = np.full(4, 0.25)
    # 1 GW can be had. Where 4 are asked for, next year twice as much; then the limits, most and least.
    np.testing.assert_allclose(supply.refitted(np.array([1, 4, 1e6, 0])), [0.25, 0.5, 0.75, 0.25])


def test_from_the_end_of_2022_chips_that_answer_more_bring_more() -> None:
    usual = played(a_setup("end_of_2022", 2024))
    more = played(a_setup("end_of_2022", 2024, chip_growth=2, chip_response=2, chip_growth_most=2))
    plenty = played(a_setup("end_of_2022", 2024, chips_per_year=5, power_per_year=5))
    gw = [mean(market, lambda m: m.capacity_gw) for market in (usual, more, plenty)]
    use = [mean(market, lambda m: m.utilisation) for market in (usual, more, plenty)]
    told = f"GW of 2024 {gw}, utilisation {use}: as it is, chips' answer doubled, chips and power times five"
    assert gw[1] > 1.03 * gw[0], told
    assert gw[2] > 1.05 * gw[0], told
    assert use[1] < use[0] - 0.002, told


def test_from_the_end_of_2022_halls_that_are_refitted_bring_more() -> None:
    fixed, usual = (played(a_setup("end_of_2022", 2025, conversion_response=by)) for by in (0, 1))
    gw = [mean(market, lambda m: m.capacity_gw) for market in (fixed, usual)]
    assert gw[1] > 1.03 * gw[0], f"GW of 2025 {gw}, without and with refitted halls"


def test_twice_the_ceilings_of_demand_bring_more_capacity() -> None:
    given = a_setup("six", 2032)
    ceilings = {
        name: values * 2
        for name, values in given.parameters.items()
        if name.startswith(("services.", "tenants.")) and name.endswith("ceiling")
    }
    usual, more = played(given), played(replace(given, parameters={**given.parameters, **ceilings}))
    gw = [mean(market, lambda m: m.capacity_gw) for market in (usual, more)]
    assert gw[1] > 1.05 * gw[0], f"GW of 2032 {gw[0]:.1f}, with ceilings doubled {gw[1]:.1f}"


def test_the_order_in_which_firms_are_listed_changes_nothing() -> None:
    given = a_setup("end_of_2022", 2025)
    one, other = played(given), played(replace(given, firms=given.firms[::-1]))
    np.testing.assert_allclose(one.capacity_gw, other.capacity_gw, rtol=1e-12)
    for firm in ("openai", "microsoft", "oracle", "other_cloud"):
        cash = one.ledger.cash[firm], other.ledger.cash[firm]
        np.testing.assert_allclose(cash[0], cash[1], rtol=1e-9, atol=1e-9)


def test_where_a_thing_is_short_the_market_says_which() -> None:
    usual = played(a_setup("end_of_2022", 2024)).supply.lacking
    for short, factors in (("chips", {"chips_per_year": 0.3}), ("halls", {"usual_sites": 0.01})):
        lacking = played(a_setup("end_of_2022", 2024, **factors)).supply.lacking
        more = {name: float((gw - usual[name]).mean()) for name, gw in lacking.items()}
        assert max(more, key=lambda name: more[name]) == short, more
        assert more[short] > 0.1, more


def test_a_cloud_halved_into_two_builds_as_much() -> None:
    whole = shared_out([(3.0, 1.0, 9.0, 2.0, 80.0), (4.0, 0.5, 5.0, 9.0, 30.0)])
    halves = shared_out([(1.5, 0.5, 4.5, 1.0, 40.0)] * 2 + [(4.0, 0.5, 5.0, 9.0, 30.0)])
    np.testing.assert_allclose(halves, whole, rtol=1e-12)


def shared_out(wishes: Sequence[tuple[float, ...]]) -> list[float]:
    """What owners with these works build in all, and what is supplied next year."""
    market = ComputeMarket(a_setup("six", 2025), KINDS, only=[])
    supply = market.supply
    owners = [
        SimpleNamespace(
            name=f"owner {i}",
            works=Works(*(np.full(WORLDS, number) for number in wish)),
            fleet=Fleet(np.full(WORLDS, wish[0]), np.full(WORLDS, wish[1])),
            wants="demand",
            export_controlled=False,
            answer=lambda: None,
        )
        for i, wish in enumerate(wishes)
    ]
    supply.suppliers = owners  # type: ignore[assignment]
    supply.build()
    built = [total([getattr(o.fleet, what) for o in owners]) for what in ("started", "converted", "gw")]
    return [float(gw.sum()) for gw in (*built, supply.power, supply.chips, supply.convertible_part)]
