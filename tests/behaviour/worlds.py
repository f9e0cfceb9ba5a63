"""Paired worlds for the tests of economics: the same luck, one thing changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from computeshift.agents import KINDS
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array, Setup
from computeshift.experiments.config.load import load
from computeshift.experiments.config.source import names
from computeshift.experiments.run.design import design, setup

WORLDS = 1500
MEASURED: list[str] = []
"""Lines for the end of the test run: effects with their size, levels against facts."""
YEARS = range(2025, 2031)
ON_SIX = (
    {*names()}
    - {"six", "multi_cloud", "baseline", "end_of_2022", "end_of_2023"}
    - {*("today", "contract_breaks", "early_listing", "state_backstop")}
)
STORM: Mapping[str, str] = {
    "shocks.demand_fall.size": "0.8",
    "shocks.demand_fall.until": "2030",
    "shocks.sentiment_fall.size": "0.7",
    "shocks.credit_crunch.size": "800",
    "shocks.nav_fall.size": "0.7",
}
"""News that breaks firms: no growth, a fall of the mood and of SoftBank's holdings, dear credit."""


class Run:
    """The log of a run, as arrays by year: `agent(name, variable)[year]` is `(W,)`."""

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self._agents = market.datacollector.get_agent_vars_dataframe().set_index("agent", append=True)
        self._model = market.datacollector.get_model_vars_dataframe().set_index("year")

    def agent(self, name: str, variable: str, year: int) -> Array:
        """A variable of an agent at the end of a year."""
        rows = self._agents.xs(year - 2024, level="Step").xs(name, level="agent")
        return np.asarray(rows[variable].iloc[0], dtype=float)

    def model(self, variable: str, year: int) -> Array:
        """A variable of the market at the end of a year."""
        return np.asarray(self._model.loc[year, variable], dtype=float)

    def flow(self, source: str, target: str, kind: str, year: int) -> Array:
        """What flowed in a year, zero where nothing did."""
        found = (
            f.amount
            for f in self.market.ledger.flows
            if (f.source, f.target, f.kind, f.year) == (source, target, kind, year)
        )
        return sum(found, self.market.ledger.zero)

    def share(self, supplier: str, year: int) -> Array:
        """Part of the GW OpenAI used in a year that came through a supplier."""
        used = self.agent("openai", "used_gw", year)
        return self.flow(supplier, "openai", "capacity", year) / np.maximum(used, 1e-9)

    def total(self, name: str, variable: str) -> Array:
        """A variable summed over the years."""
        return sum((self.agent(name, variable, y) for y in YEARS), self.market.ledger.zero)


def play(config: str = "six", worlds: int = WORLDS, **settings: Any) -> Run:
    """Run a config with settings, dots in their names written as double underscores; a scenario on `six`."""
    return _play(config, worlds, tuple(sorted((k.replace("__", "."), v) for k, v in settings.items())))


@cache
def _play(config: str, worlds: int, settings: tuple[tuple[str, Any], ...]) -> Run:
    changed: Mapping[str, Any] = dict(settings)
    loaded = load(config, set=changed or None, base="six" if config in ON_SIX else None)
    return Run(played(setup(loaded, design(loaded, worlds=worlds, seed=1))))


def played(given: Setup) -> ComputeMarket:
    """A market, stepped to its last year."""
    market = ComputeMarket(given, KINDS)
    while market.running:
        market.step()
    return market
