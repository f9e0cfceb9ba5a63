"""Sense: no world of a shipped config breaks a check; a world that breaks one is named, whatever it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import computeshift as cs
from computeshift.agents import KINDS
from computeshift.agents.cloud import Cloud
from computeshift.agents.microsoft import Microsoft
from computeshift.agents.softbank import Holding
from computeshift.environment.market import ComputeMarket
from computeshift.experiments.config import source as reading
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup

Break = Callable[[ComputeMarket], None]


@pytest.mark.parametrize("name", reading.names())
def test_no_world_of_a_shipped_config_is_flagged_until_2035(name: str) -> None:
    config = load(name, {"until": 2035})
    market = ComputeMarket(setup(config, design(config, worlds=300, seed=7)), KINDS)
    while market.running:
        market.step()
    assert market.sense.reasons() == {}


def in_world_2(values: np.ndarray, value: float) -> np.ndarray:
    """The values with another one in world 2."""
    return np.where(np.arange(values.shape[-1]) == 2, value, values)


def debt(market: ComputeMarket) -> None:
    market.ledger.debt["oracle"] = in_world_2(market.ledger.debt["oracle"], -1.0)


def ticket(market: ComputeMarket) -> None:
    market.ledger.record("mgx", "openai", "equity", in_world_2(np.ones(4), -0.5), "$ bn")


def money(market: ComputeMarket) -> None:
    market.firms["softbank"].role(Holding).holdings = in_world_2(np.ones(4), 3e6)


def price(market: ComputeMarket) -> None:
    market.compute.prices.rent = in_world_2(market.compute.prices.rent, np.nan)


def trust(market: ComputeMarket) -> None:
    microsoft = market.firms["microsoft"]
    assert isinstance(microsoft, Microsoft)
    microsoft.trust = in_world_2(np.ones(4), 1.01)


def stakes(market: ComputeMarket) -> None:
    market.capital.stakes["openai"]["mgx"] = in_world_2(np.zeros(4), 0.9)


def sponsors(market: ComputeMarket) -> None:
    market.stargate.sponsor_shares["mgx"] = in_world_2(np.zeros(4), 0.9)


def customers(market: ComputeMarket) -> None:
    market.services.share = market.services.share * in_world_2(np.ones(4), 0.9)


def pipeline(market: ComputeMarket) -> None:
    fleet = market.firms["oracle"].role(Cloud).fleet
    fleet.due = fleet.due - np.array([0, 0, 0, 0, 1])[:, None] * in_world_2(np.zeros(4), 9.0)


def lessor(market: ComputeMarket) -> None:
    market.compute.contract = market.compute.contract + in_world_2(np.zeros(4), 50.0)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (debt, "oracle.debt is below 0 in 2025"),
        (ticket, "equity from mgx to openai is below 0 in 2025"),
        (money, "softbank.holdings is above 1,000,000 in 2025"),
        (price, "market.rent is not finite in 2025"),
        (trust, "microsoft.trust is above 1 in 2025"),
        (stakes, "the sum of stakes in openai is above 1 in 2025"),
        (sponsors, "the sum of sponsors' parts of Stargate is above 1 in 2025"),
        (customers, "the sum of shares of customers' spending is below 1 in 2025"),
        (pipeline, "the least of oracle's sites due in a year is below 0 in 2025"),
        (lessor, "microsoft's capacity left by labs is below 0 in 2025"),
    ],
)
def test_a_world_that_breaks_a_check_is_named(spoil: Break, reason: str) -> None:
    market = cs.market("six", worlds=4)
    market.step()
    assert market.sense.reasons() == {}
    spoil(market)
    market.datacollector.collect(market)  # variables are checked as they are logged
    market.sense.look()
    broken = {why for why, where in market.sense.broken if where.tolist() == [False, False, True, False]}
    assert reason in broken
    assert [world for worlds in market.sense.reasons().values() for world in worlds] == [2]


def test_parts_that_are_more_than_the_whole_leave_no_world() -> None:
    with pytest.raises(
        cs.UserError, match=r"sum of sponsors' parts of Stargate is above 1 in 2025 \(40 worlds"
    ):
        cs.risk(cs.load("six", {"openai.sponsor_share": 1, "worlds": 40}))
