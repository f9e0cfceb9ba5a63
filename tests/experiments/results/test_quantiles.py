"""Quantiles over worlds: of tables and arrays alike, where numbers are missing."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.quantiles import array_bands, bands, yearly


def test_a_world_without_a_number_does_not_count_and_a_year_without_any_has_no_row() -> None:
    found = bands(pd.DataFrame({2029: [math.nan, math.nan], 2030: [math.nan, 4.0]}))
    assert found.to_dict("index") == {2030: {"p10": 4.0, "p50": 4.0, "p90": 4.0}}
    assert bands(pd.DataFrame()).empty


@pytest.mark.parametrize("missing", [False, True])
def test_arrays_have_the_quantiles_of_tables(missing: bool) -> None:
    values = np.random.default_rng(1).normal(size=(50, 2, 3))
    if missing:
        values[3, 1, 2] = math.nan
    expected = [bands(pd.DataFrame(values[:, i])).to_numpy().T for i in range(2)]
    assert array_bands(values) == pytest.approx(np.stack(expected, axis=1), rel=1e-12)


def test_a_table_of_quantiles_has_one_row_per_key_and_year() -> None:
    table = pd.DataFrame({2029: [0.0, 1.0], 2030: [2.0, 4.0]})
    found = yearly([(("oracle",), table)], ["supplier"], [0.25, 1])
    assert found.columns.tolist() == ["supplier", "year", "p25", "p100"]
    assert found.to_numpy().tolist() == [["oracle", 2029, 0.25, 1.0], ["oracle", 2030, 2.5, 4.0]]
    with pytest.raises(UserError, match="`quantiles`: 90 is not a quantile; use numbers from 0 to 1"):
        yearly([(("oracle",), table)], ["supplier"], [90])
