"""Prices by hand: the spot market, what suppliers ask, what contracts pay."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from computeshift.environment.compute import ComputeParameters
from computeshift.environment.prices import Prices
from tests.agents.stub import check, parameters, worlds

COST = 30.0
"""$ bn a GW-year of capital, with its margin: shells and chips return their cost in a year, and a tenth."""


def prices(wanted: tuple[float, ...], unit: float = 1, markup: float = 1, **given: Any) -> Prices:
    """Prices of one supplier of 10 GW that labs want, at 10 a GW-year to run and 30 for its capital."""
    numbers = {
        **{"capex_per_gw": COST / 1.1, "chip_life": 1, "shell_life": 1, "hurdle": 0.1, "running_cost": 10},
        **{"initial_rent": 20, "target_utilisation": 1, "spot_weight": 0.5, **given},
    }
    own = parameters(ComputeParameters, **numbers)
    fleet = SimpleNamespace(gw=worlds(10))
    supplier = SimpleNamespace(
        name="cloud", fleet=fleet, unit_cost=lambda: unit, markup=lambda: markup, initial_price=0.5
    )
    tenants = SimpleNamespace(demand=worlds(0), hosted_by=lambda name: worlds(0), hosts=[])
    supply = SimpleNamespace(capex_per_gw=own.capex_per_gw, worth=lambda fleet: worlds(1))
    market = SimpleNamespace(tenants=tenants, supply=supply, ledger=SimpleNamespace(zero=worlds(0)))
    compute: Any = SimpleNamespace(given=own, suppliers=[supplier], ties=[(supplier, None)], market=market)
    compute.supplier_of, compute.contract = [0], np.array([worlds(8)])
    compute.early = np.array([worlds(0)])
    compute.supplier_index, compute.ties_of = {"cloud": 0}, lambda s: [0]
    compute.bids = lambda: worlds(*wanted)
    firm = np.array([worlds(0)])  # no contract is firm
    compute.commitments = SimpleNamespace(held=firm, price_by_tie=lambda: firm, index=lambda moved: None)
    market.compute = compute
    made = Prices(compute)
    made.open()
    return made


def test_spot_is_cost_at_usual_tightness_rises_convexly_above_and_falls_to_running_cost_below() -> None:
    usual = prices((10, 10 * math.e, 10 / math.e), steepness=2, glut=3)
    # One log point above, the slope has doubled to 4; one below, three log points are lost.
    check(usual.spot, 10 + COST, 10 + COST * np.exp(4), 10 + COST * np.exp(-3))
    answered = prices((10, 10 * math.e, 1e-9), steepness=2, rent_elasticity=0.5, glut=3)
    check(answered.spot, 10 + COST, 10 + COST * np.exp(4 / 3), 10)


def test_the_mean_of_two_years_tightness_counts() -> None:
    market = prices((10, 10, 10), steepness=1)
    market.compute.bids = lambda: worlds(30, 10, 10)  # type: ignore[method-assign]
    market.reprice(np.array([worlds(8)]), market.compute.contract)
    x = np.log(2)
    check(market.spot, 10 + COST * np.exp((1 + x) * x), 40, 40)


def test_a_supplier_asks_between_its_own_cost_and_spot_and_in_a_glut_spot_itself() -> None:
    market = prices((10, 10 * math.e, 1e-9), unit=0.81, markup=1.5, steepness=1, glut=3)
    own, spot = 0.81 * 40, 10 + COST * np.exp(2)
    check(market.offer[0], 1.5 * np.sqrt(own * 40), 1.5 * np.sqrt(own * spot), 1.5 * 10)


def test_a_tie_keeps_its_price_but_for_indexing_and_mixes_in_what_is_new() -> None:
    market = prices((10, 10 * math.e, 10), steepness=0, indexation=0.5)
    check(market.by_tie[0], 10)  # half of the market's 20
    market.compute.market.supply.capex_per_gw = market.compute.given.capex_per_gw * 5  # spot from 40 to 160
    market.compute.contract = np.array([worlds(8, 8, 4)])
    market.reprice(np.array([worlds(8, 6, 8)]), market.compute.contract)
    check(market.by_tie[0], 20, (6 * 20 + 2 * 160) / 8, 20)
    check(market.rent, *market.by_tie[0])
    check(market.rent_of("cloud"), *market.by_tie[0])


def test_a_tie_without_contracts_would_pay_what_is_asked() -> None:
    market = prices((10, 10, 10))
    market.compute.contract = np.array([worlds(0)])
    market.reprice(np.array([worlds(0)]), market.compute.contract)
    check(market.by_tie[0], *market.offer[0])
    check(market.rent, *market.spot)
    check(market.rent_of("cloud"), *market.offer[0])


@pytest.mark.parametrize("rate", [0.05, 0.2])
def test_dear_money_does_not_move_what_a_gw_costs(rate: float) -> None:
    market = prices((10, 10, 10))
    supplier: Any = market.compute.suppliers[0]
    supplier.borrowing_rate = worlds(rate)
    market.reprice(np.array([worlds(8)]), market.compute.contract)
    check(market.offer[0], 40)
