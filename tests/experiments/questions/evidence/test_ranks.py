"""Ranks: even ones pass, each kind of unevenness is named, and the band holds what it says."""

from __future__ import annotations

import numpy as np
import pytest

from computeshift.environment.setup import Array
from computeshift.experiments.questions.evidence.ranks import band, below, p_value, placed, shape


def test_a_rank_is_the_part_of_the_weights_below_the_truth() -> None:
    values, weights = np.array([1.0, 2.0, 3.0, 4.0, 2.5]), np.array([0.1, 0.2, 0.3, 0.4, 0.0])
    assert placed(values, weights, 4, 1e9, 0.5) == pytest.approx(0.3)
    same = np.array([2.0, 2.0, 3.0, 4.0, 2.0])
    assert [placed(same, weights, 4, 1e9, tie) for tie in (0.0, 1.0)] == pytest.approx([0.0, 0.3])
    assert placed(values, weights, 4, 4, 0.5) == pytest.approx((4 * 0.3 + 0.5) / 5)


def test_the_band_and_the_p_value_err_as_rarely_as_they_say() -> None:
    samples = np.random.default_rng(1).random((2_000, 50))
    p_values = np.array([p_value(ranks) for ranks in samples])
    assert 0.03 < (p_values < 0.05).mean() < 0.07
    even = band(50, 1)
    outside = [((below(ranks) < even.low) | (below(ranks) > even.high)).any() for ranks in samples]
    assert np.mean((p_values < 0.05) == outside) > 0.99


@pytest.mark.parametrize(
    ("ranks", "wrong"),
    [
        (np.random.default_rng(2).beta(3, 3, 100), "too wide"),
        (np.random.default_rng(2).beta(0.4, 0.4, 100), "too narrow"),
        (np.random.default_rng(2).beta(2, 1, 100), "too low"),
        (np.random.default_rng(2).beta(1, 2, 100), "too high"),
    ],
)
def test_unevenness_is_found_and_named(ranks: Array, wrong: str) -> None:
    assert p_value(ranks) < 0.01
    assert shape(ranks) == wrong
