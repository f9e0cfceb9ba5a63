"""Monte Carlo errors: what they say is how far medians of other worlds lie apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from computeshift.experiments.results.precision import errors
from computeshift.experiments.results.quantiles import yearly

DRAWN = np.random.default_rng(5).lognormal(size=(400, 500))


def test_the_true_quantile_lies_within_the_error_in_95_of_100_samples() -> None:
    found = errors(pd.DataFrame(DRAWN))
    for name, true in {"error_p10": np.exp(-1.2816), "error_p50": 1.0, "error_p90": np.exp(1.2816)}.items():
        own = np.quantile(DRAWN, {"error_p10": 0.1, "error_p50": 0.5, "error_p90": 0.9}[name], axis=0)
        inside = np.abs(own - true) <= found[name].to_numpy()
        assert 0.9 < inside.mean() < 0.99, name


def test_four_times_the_worlds_halve_it_and_a_handful_has_none() -> None:
    few, many = (errors(pd.DataFrame(DRAWN[:rows]))["error_p50"].mean() for rows in (100, 400))
    assert few / many == pytest.approx(2, rel=0.1)
    assert errors(pd.DataFrame(DRAWN[:4]))["error_p90"].isna().all()
    assert errors(pd.DataFrame({2030: [1.0] * 50}))["part"].isna().all()


def test_a_table_of_quantiles_has_the_error_of_each() -> None:
    worlds = pd.DataFrame(DRAWN[:, :2], columns=[2030, 2031])
    table = yearly([(("a",), worlds)], ["name"], [0.1, 0.5], errors=True).set_index("year")
    expected = errors(worlds, [0.1, 0.5])[["error_p10", "error_p50"]]
    pd.testing.assert_frame_equal(table[list(expected)], expected, check_names=False, check_index_type=False)
