"""The rule of comparison: which way a difference goes, which worlds count, what is told of it."""

from __future__ import annotations

import math

import pandas as pd

from computeshift.experiments.questions.compare.rule import bands, differences


def test_it_is_this_minus_the_reference_over_the_worlds_and_years_of_both() -> None:
    this = pd.DataFrame({2029: [9.0, 9.0, 9.0], 2030: [1.0, 4.0, 2.0]}, index=[5, 3, 8])
    reference = pd.DataFrame({2030: [3.0, 3.0], 2031: [0.0, 0.0]}, index=[3, 5])
    found = differences(this, reference)
    assert found.to_dict() == {2030: {5: -2.0, 3: 1.0}}


def test_a_quantity_is_told_by_the_median_of_its_differences_not_by_the_difference_of_medians() -> None:
    this, reference = pd.DataFrame({2030: [0.0, 10.0, 11.0]}), pd.DataFrame({2030: [0.0, 1.0, 10.0]})
    assert bands(differences(this, reference))["p50"].to_dict() == {2030: 1.0}
    assert (bands(this)["p50"] - bands(reference)["p50"]).to_dict() == {2030: 9.0}


def test_a_world_without_a_number_does_not_count_and_a_year_without_any_has_no_row() -> None:
    found = bands(pd.DataFrame({2029: [math.nan, math.nan], 2030: [math.nan, 4.0]}))
    assert found.to_dict("index") == {2030: {"p10": 4.0, "p50": 4.0, "p90": 4.0}}
    assert bands(pd.DataFrame()).empty
