"""Weights, quantiles and resampling of worlds, against what they must be."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from computeshift.experiments.config.periods import Period
from computeshift.experiments.questions.evidence.fact import Fact
from computeshift.experiments.questions.evidence.weighing import (
    EFFECTIVE,
    informs,
    log_ratio,
    move,
    quantiles,
    resampled,
    weigh,
)

YEAR_2025 = Period(2025 * 12, 2026 * 12)
_YZ = ("a/y/2025", "a/z/2025")
WEIGHTS = st.lists(st.integers(0, 9), min_size=2, max_size=30).filter(any)


def fact(value: float, error: float = 0.1, theme: str = "c", variable: str = "b") -> Fact:
    return Fact("a", variable, theme, "2025", "flow", YEAR_2025, value, error, "GW", ())


@given(WEIGHTS)
@settings(deadline=None)
def test_a_weight_is_so_many_copies(counts: list[int]) -> None:
    values = np.random.default_rng(len(counts)).normal(size=len(counts))
    weights = np.array(counts) / sum(counts)
    copies = np.repeat(values, counts)
    at = (0.25, 0.5, 0.75)
    exact = np.quantile(copies, at, method="inverted_cdf")
    found = quantiles(values, np.array(counts, dtype=float), at)
    assert found == exact.tolist()
    sample = resampled(pd.DataFrame({"x": values}), weights, seed=1, rows=100)["x"]
    often = np.array([(sample == value).sum() for value in values])
    assert (np.abs(often - 100 * weights) <= 1 + 1e-9).all()  # systematic: never a whole row off


def test_worlds_nearer_to_a_fact_weigh_more_and_enough_of_them_count() -> None:
    says = pd.DataFrame({"a/b/2025": np.geomspace(0.01, 100, 5_001)})
    vague, sharp = (
        weigh(says, [fact(1.0, error=2.0)]),
        weigh(says, [fact(1.0, theme=str(n)) for n in range(50)]),
    )
    assert vague.temperature == 1.0
    assert sharp.temperature < 1.0
    assert EFFECTIVE <= sharp.effective < EFFECTIVE + 1
    for weights in (vague.of, sharp.of):
        assert np.isclose(weights.sum(), 1.0)
        assert (np.diff(weights[:2_500]) > 0).all()
        assert weights.argmax() == 2_500
    assert np.array_equal(weigh(says, []).of, np.full(5_001, 1 / 5_001))


@given(st.integers(2, 5), st.integers(0, 99))
@settings(deadline=None, max_examples=20)
def test_told_again_a_theme_weighs_no_more(times: int, seed: int) -> None:
    says = pd.DataFrame(np.random.default_rng(seed).lognormal(size=(2_000, 3)), columns=["a/x/2025", *_YZ])
    alone = fact(1.5, variable="x", theme="alone")
    pair = [fact(0.8, variable=name, theme="pair") for name in "yz"]
    once = weigh(says, [alone, *pair])
    for facts in ([alone] * times + pair, [alone, *pair * times]):
        again = weigh(says, facts)
        np.testing.assert_allclose(again.of, once.of, rtol=1e-6)
        assert np.isclose(again.temperature, once.temperature)
    apart = weigh(says, [alone, *(fact(0.8, variable=f.variable, theme=f.variable) for f in pair)])
    assert not np.allclose(apart.of, once.of, rtol=1e-2)


def test_a_fact_that_no_world_differs_in_dilutes_no_theme() -> None:
    says = pd.DataFrame({"a/x/2025": np.geomspace(0.1, 10, 2_000), "a/y/2025": 0.0})
    x, y = (fact(1.0, variable=name) for name in "xy")
    assert [informs(says, fact) for fact in (x, y)] == [True, False]
    assert np.array_equal(weigh(says, [x, y]).of, weigh(says, [x]).of)


def test_the_wrong_sign_is_as_wrong_as_can_be() -> None:
    assert log_ratio([-1.0, 0.0, 2.0, 1e9], 1.0).tolist() == np.log([0.01, 0.01, 2.0, 100.0]).tolist()
    assert log_ratio([-8.0, 8.0], -8.0).tolist() == [0.0, np.log(0.01)]


def test_equal_weights_move_nothing() -> None:
    values = np.random.default_rng(1).normal(size=1_000)
    moved = move(values, np.full(1_000, 1e-3))
    assert moved["distance"] < 1e-9
    assert moved["shrinkage"] == 0
    half = move(values, np.where(values > np.median(values), 1.0, 0.0) / 500)
    assert abs(half["distance"] - 0.5) < 1e-9
