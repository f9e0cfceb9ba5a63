"""With one world the market is a plain Mesa model; with many, each world is that model."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from pathlib import Path

import mesa
import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.agents import KINDS
from computeshift.agents.softbank import Holding
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Setup
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup
from tests.behaviour.worlds import play

BASELINE = Path(__file__).with_name("six.json")


def test_a_mesa_user_steps_it_by_hand() -> None:
    market = cs.market("six", worlds=1, seed=1)
    assert isinstance(market, mesa.Model)
    while market.running:
        market.step()
    assert market.year == 2030
    assert {"openai", "microsoft", "stargate"} <= {agent.name for agent in market.agents}
    frame: pd.DataFrame = market.datacollector.get_agent_vars_dataframe()
    revenue = frame[frame["agent"] == "openai"]["revenue"].astype(float)
    assert len(revenue) == 6
    assert revenue.iloc[0] > 0
    assert len(market.datacollector.get_model_vars_dataframe()) == 6


class OneWorld(ComputeMarket):
    """As a user of Mesa's batch runner would write it."""

    def __init__(self, world: int, seed: int | None = None) -> None:
        config = load("six")
        super().__init__(setup(config, design(config, worlds=1, seed=1, first_world=world)), KINDS)


def test_mesas_batch_runner_runs_it_and_agrees() -> None:
    rows = mesa.batch_run(
        OneWorld,
        {"world": [0, 1]},
        number_processes=1,
        max_steps=6,
        data_collection_period=1,
        display_progress=False,
    )
    batch = pd.DataFrame(rows)
    mine = batch[(batch["agent"] == "openai") & (batch["world"] == 1)]
    many = play(worlds=3)
    assert len(mine) >= 5  # Mesa 3.3's batch runner leaves out what the last step collected
    for step, revenue in zip(mine["Step"], mine["revenue"], strict=True):
        assert many.agent("openai", "revenue", 2024 + int(step))[1] == revenue


def test_configs_that_differ_from_2027_on_are_the_same_until_2026() -> None:
    base = play(worlds=40)
    later = play(worlds=40, shocks__nav_fall__size=0.5, shocks__nav_fall__year=2027)
    differ = set()
    for mine, theirs in zip(base.market.ledger.flows, later.market.ledger.flows, strict=True):
        if not np.array_equal(mine.amount, theirs.amount):
            differ.add(mine.year)
    assert differ
    assert min(differ) == 2027


def test_state_is_rebound_never_written_in_place() -> None:
    config = load("six")
    market = ComputeMarket(setup(config, design(config, worlds=5, seed=1)), KINDS)
    for values in market.setup.parameters.values():
        values.flags.writeable = False
    seen: list[tuple[object, np.ndarray, np.ndarray]] = []
    while market.running:
        market.step()
        for agent in market.agents:
            for name, value in vars(agent).items():
                if isinstance(value, np.ndarray):
                    seen.append(((agent.unique_id, name, market.year), value, value.copy()))
        flows = market.ledger.this_year()
        seen += [((flow.kind, flow.year), flow.amount, flow.amount.copy()) for flow in flows]
    for label, reference, copy in seen:
        assert np.array_equal(reference, copy), label


def test_the_baseline_moves_only_on_purpose() -> None:
    """The same on every Python, to 1e-12 of the column's largest value.

    To update: `python tests/environment/test_market.py`, with a line in the changelog.
    """
    assert summary() == {
        name: {
            year: pytest.approx(values, rel=0, abs=1e-12 * largest(years)) for year, values in years.items()
        }
        for name, years in json.loads(BASELINE.read_text("utf-8")).items()
    }


def largest(years: dict[str, list[float]]) -> float:
    """The largest absolute value of a column."""
    return max(abs(value) for values in years.values() for value in values)


def summary() -> dict[str, dict[str, list[float]]]:
    """Three worlds of `six` in a few numbers."""
    run = play(worlds=3)
    chosen = {
        "openai": ("revenue", "burn", "capacity_gw", "valuation"),
        "stargate": ("gw", "capex", "debt"),
        "softbank": ("ltv", "nav"),
        "microsoft": ("trust", "gw"),
        "oracle": ("debt", "capex"),
        "mgx": ("invested",),
        "deepseek": ("revenue",),
    }
    columns = {
        f"{agent}.{variable}": partial(run.agent, agent, variable)
        for agent, variables in chosen.items()
        for variable in variables
    }
    columns |= {
        f"market.{variable}": partial(run.model, variable)
        for variable in ("capacity_gw", "utilisation", "rent", "spread", "sentiment", "turnover")
    }
    return {
        name: {str(year): of(year).tolist() for year in (2025, 2027, 2030)} for name, of in columns.items()
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"firms": "kind"}, "no kind of firm 'nonsense'"),
        ({"firms": "strategy"}, "no strategy 'nonsense'"),
        ({"edges": "edge"}, "there is no 'nobody'"),
    ],
)
def test_a_wrong_setup_says_what_is_wrong(changed: dict[str, str], message: str) -> None:
    from dataclasses import replace

    from computeshift.environment.setup import Edge, FirmSetup

    config = load("six")
    given: Setup = setup(config, design(config, worlds=2, seed=1))
    if changed.get("firms") == "kind":
        given = replace(given, firms=(FirmSetup("x", "nonsense", "default", "x"), *given.firms))
    elif changed.get("firms") == "strategy":
        given = replace(given, firms=(FirmSetup("openai", "openai", "nonsense", "openai"), *given.firms[1:]))
    else:
        given = replace(given, edges=(*given.edges, Edge("nobody", "openai", "equity")))
    with pytest.raises(ValueError, match=message):
        ComputeMarket(given, KINDS)


def through_pickle(market: ComputeMarket) -> ComputeMarket:
    """The market as it is after the standard pickle, in memory."""
    again: ComputeMarket = pickle.loads(pickle.dumps(market))
    return again


@pytest.mark.parametrize("copied", [through_pickle, deepcopy])
@pytest.mark.parametrize("worlds", [1, 3])
def test_a_market_that_was_pickled_or_copied_goes_on_to_the_same_bits(
    copied: Callable[[ComputeMarket], ComputeMarket], worlds: int
) -> None:
    market = cs.market("softbank_crunch", worlds=worlds)
    market.step()
    market.step()
    other = copied(market)
    with pytest.raises(ValueError, match="read-only"):
        other.firms["softbank"].role(Holding).nav[...] = 1e6
    for stepped in (market, other):
        while stepped.running:
            stepped.step()
    assert all_bits(other) == all_bits(market)


def all_bits(market: ComputeMarket) -> list[object]:
    """All that a market collected and posted."""
    collector = market.datacollector
    frames = collector.get_model_vars_dataframe(), collector.get_agent_vars_dataframe()
    cells = [cell for frame in frames for cell in frame.to_numpy(object).ravel()]
    cells += [flow.amount for flow in market.ledger.flows]
    return [np.asarray(cell).tobytes() if isinstance(cell, float | np.ndarray) else cell for cell in cells]


if __name__ == "__main__":
    BASELINE.write_text(json.dumps(summary(), indent=1) + "\n", "utf-8")
