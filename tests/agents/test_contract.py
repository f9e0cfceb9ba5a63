"""One contract for every kind, strategy, shock and config: it runs, it is finite, it keeps its shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from computeshift.agents import KINDS
from computeshift.agents.kinds import variables
from computeshift.agents.strategy import strategies_of
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.views.catalogue import configs
from tests.behaviour.worlds import play

FIRMS = ("openai", "microsoft", "softbank", "oracle", "mgx", "deepseek")
PLAYS = [(firm, name) for firm in FIRMS for name in strategies_of(firm)]
WORLDS = 3  # sizes that cannot broadcast by accident: three worlds, eight firms


def check(run: object) -> None:
    frame = run.market.datacollector.get_agent_vars_dataframe()  # type: ignore[attr-defined]
    for variable in variables():
        for value in frame[variable].dropna():
            if variable != "strategy_name":
                assert np.asarray(value).shape == (WORLDS,), variable
                assert np.all(np.isfinite(np.asarray(value, dtype=float))), variable


@pytest.mark.parametrize(("firm", "strategy"), PLAYS)
def test_every_strategy_plays_and_matters(firm: str, strategy: str) -> None:
    settings: dict[str, Any] = {f"{firm}__strategy": strategy}
    run = play(worlds=WORLDS, **settings)
    check(run)
    first = next(iter(strategies_of(firm)))
    base = play(worlds=WORLDS)
    assert base.market.firms[firm].logged("strategy_name") == first
    same = all(
        np.array_equal(a.amount, b.amount)
        for a, b in zip(base.market.ledger.flows, run.market.ledger.flows, strict=True)
    )
    assert same == (strategy == first)


@pytest.mark.parametrize("config", [entry.name for entry in configs()])
def test_every_config_runs(config: str) -> None:
    check(play(config, worlds=WORLDS))


@pytest.mark.parametrize("kind", SHOCKS)
def test_every_shock_matters(kind: str) -> None:
    settings: dict[str, Any] = {f"shocks__{kind}__size": 0.9}
    base, struck = play(worlds=WORLDS), play(worlds=WORLDS, **settings)
    assert not all(
        np.array_equal(a.amount, b.amount)
        for a, b in zip(base.market.ledger.flows, struck.market.ledger.flows, strict=True)
    )


def test_every_kind_says_in_a_line_what_it_is() -> None:
    for kind in KINDS.values():
        assert kind.__doc__
    for firm in KINDS:
        for played in strategies_of(firm).values():
            assert played.__doc__, played


@pytest.mark.parametrize("settings", [{}, {"shocks.demand_fall.size": 1, "shocks.demand_fall.until": 2030}])
def test_no_result_depends_on_the_order_of_firms(settings: dict[str, Any]) -> None:
    from dataclasses import replace

    from computeshift.environment.market import ComputeMarket
    from computeshift.experiments.config.load import load
    from computeshift.experiments.run.design import design, setup

    config = load("six", settings)
    given = setup(config, design(config, worlds=40, seed=1))
    straight, reversed_ = (
        ComputeMarket(replace(given, firms=firms), KINDS) for firms in (given.firms, given.firms[::-1])
    )
    while straight.running:
        straight.step()
        reversed_.step()
    for name, cash in straight.ledger.cash.items():
        # Sums over firms are taken in another order, so equality is to rounding.
        assert reversed_.ledger.cash[name] == pytest.approx(cash, rel=1e-9, abs=1e-6), name
