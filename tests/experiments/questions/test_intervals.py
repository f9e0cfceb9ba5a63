"""Intervals over paired worlds: Student's, corrected for skewness, and one of several at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as students

from computeshift.experiments.questions.intervals import ends_of_mean, mean_interval


def test_students_interval_is_wider_by_what_few_worlds_do_not_tell() -> None:
    values = np.arange(30.0)
    mean, low, high = mean_interval(values)
    assert (high - mean) / (values.std(ddof=1) / 30**0.5) == pytest.approx(2.04523, abs=1e-5)
    assert mean - low == pytest.approx(high - mean)


def test_one_of_several_intervals_has_its_part_of_the_error() -> None:
    values = np.arange(40.0)
    mean, _, high = mean_interval(values, of=4)
    reach = students.ppf(1 - 0.05 / 8, 39)
    assert high - mean == pytest.approx(reach * values.std(ddof=1) / 40**0.5)


def test_without_skewness_both_rules_are_the_same_to_the_bit_and_with_it_both_ends_move_its_way() -> None:
    mean, error, count = np.array([1.0, 1.0, 1.0]), np.array([0.5, 0.5, 0.5]), np.array([50, 50, 50])
    plain = ends_of_mean(mean, error, count)
    skewed = ends_of_mean(mean, error, count, skewness=np.array([0.0, 2.0, -2.0]))
    for known, found in zip(plain, skewed, strict=True):
        assert found[0] == known[0]
        assert found[1] > known[1]
        assert found[2] < known[2]
