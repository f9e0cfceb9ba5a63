"""Pairing: which runs pair and why others do not, which way a difference goes, and over which worlds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.pairing import differences, mismatches, must_pair
from computeshift.experiments.results.quantiles import bands
from computeshift.experiments.results.record import MarketRecord
from computeshift.experiments.run.block import simulate
from computeshift.experiments.run.design import design, setup
from tests.experiments.folders import change, posterior


def test_it_is_this_minus_the_reference_over_the_worlds_and_years_of_both() -> None:
    this = pd.DataFrame({2029: [9.0, 9.0, 9.0], 2030: [1.0, 4.0, 2.0]}, index=[5, 3, 8])
    reference = pd.DataFrame({2030: [3.0, 3.0], 2031: [0.0, 0.0]}, index=[3, 5])
    found = differences(this, reference)
    assert found.to_dict() == {2030: {5: -2.0, 3: 1.0}}


def test_a_quantity_shows_the_median_of_its_differences_not_by_the_difference_of_medians() -> None:
    this, reference = pd.DataFrame({2030: [0.0, 10.0, 11.0]}), pd.DataFrame({2030: [0.0, 1.0, 10.0]})
    assert bands(differences(this, reference))["p50"].to_dict() == {2030: 1.0}
    assert (bands(this)["p50"] - bands(reference)["p50"]).to_dict() == {2030: 9.0}


def test_every_reason_why_runs_do_not_pair_is_named() -> None:
    first = load("six", {"worlds": 40})
    other = load("six", {"worlds": 41, "seed": 8, "until": 2029})
    seed, worlds = "its seed is 8, not 1", "its number of worlds is 41, not 40"
    year = "its last year is 2029, not 2030"
    assert mismatches(first, other) == [seed, worlds, year]
    assert mismatches(first, other, some=True) == [seed, year]
    with pytest.raises(UserError, match=f"b: its worlds do not pair with those of a: {seed}; {worlds}"):
        must_pair([("a", first), ("same", first), ("b", other)])


def test_worlds_of_another_posterior_pair_only_where_any_posterior_will_do(tmp_path: Path) -> None:
    first = cs.run("six", worlds=2, until=2025, out=tmp_path / "run", against=False)
    other = cs.open(tmp_path / "run")
    change(first, posterior=posterior("a"))
    for drawn, why in ((posterior("b"), "kept/b.parquet (sha256 bbbbbbbbbbbb)"), (None, "none")):
        change(other, posterior=drawn)
        assert mismatches(first, other) == [
            f"its posterior is {why}, not kept/a.parquet (sha256 aaaaaaaaaaaa)"
        ]
        must_pair([("a", first), ("other", other)], any_posterior=True)
    change(other, posterior=posterior("a"))
    assert mismatches(first, other) == []


def test_only_strategies_of_players_may_differ_where_players_are_named() -> None:
    first = load("six")
    other = load("six", {"softbank.strategy": "prudent", "services.elasticity": 0.8})
    assert mismatches(first, other) == []
    assert mismatches(first, other, players=["softbank"]) == [
        "its services.elasticity.low is not the same, and only the strategies of softbank may differ"
    ]
    prudent = load("six", {"softbank.strategy": "prudent"})
    assert mismatches(first, prudent, players=["softbank"]) == []
    assert mismatches(first, prudent, players=["openai"])[0].startswith("its firms.softbank.strategy is not")


def test_a_market_in_memory_pairs_by_its_years() -> None:
    config = load("six", {"worlds": 2, "until": 2026})
    with simulate(setup(config, design(config))) as market:
        record = MarketRecord(market)
        assert mismatches(config, record) == []
        longer = load("six", {"worlds": 2, "until": 2027})
        assert mismatches(longer, record) == ["its last year is 2026, not 2027"]
