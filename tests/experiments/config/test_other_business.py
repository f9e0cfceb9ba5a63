"""What clouds' other business is drawn from: their own histories, by one rule for all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest

from computeshift.experiments.config.load import load
from computeshift.experiments.config.parameter import Parameter

YEARS, APART = 10, 3
USUAL = (0.05, 0.10, 0.15)  # growth of a usual cloud's other business
HISTORIES = {
    "microsoft": [28.833, 32.231, 29.080, 33.325, 39.507, 43.884, 52.185, 60.675, 76.740, 89.035],
    "google": [18.659, 22.376, 26.024, 36.036, 37.091, 47.971, 54.520, 65.124, 91.652, 91.495],
    "amazon": [5.475, 6.842, 11.920, 16.443, 18.434, 30.723, 38.514, 66.064, 46.327, 46.752],
    "meta": [4.222, 7.326, 10.320, 16.108, 24.216, 29.274, 36.314, 38.747, 57.683, 50.475],
    "oracle": [14.224, 14.921, 14.580, 13.685, 14.126, 15.386, 14.551, 13.139, 15.887, 9.539],
}
"""Operating cash flow of 2013 to 2022 (Microsoft, Oracle: fiscal years) in annual reports, $ bn.

Oracle's are in its reports as app.10qreports.com and stock-analysis-on.net print them, Microsoft's in its
earnings releases (FY2018 Q4, FY2022 Q4) and on amigobulls.com, Amazon's and Meta's to 2020 and 2018 on
financialmodelingprep.com and later on stock-analysis-on.net and aiolux.com, Alphabet's from 2015 on
financialmodelingprep.com and stock-analysis-on.net; Alphabet's of 2013 and 2014 are recalled.
"""

CAPEX = {
    "microsoft": [4.257, 5.485, 5.944, 8.343, 8.129, 11.632, 13.925, 15.441, 20.622, 23.886],
    "google": [7.358, 10.959, 9.950, 10.212, 13.184, 25.139, 23.548, 22.281, 24.640, 31.485],
    "amazon": [3.444, 4.893, 5.387, 7.804, 11.955, 13.427, 16.861, 40.140, 61.053, 63.645],
    "meta": [1.362, 1.831, 2.523, 4.491, 6.733, 13.915, 15.102, 15.115, 18.567, 31.186],
    "oracle": [0.650, 0.580, 1.391, 1.189, 2.021, 1.736, 1.660, 1.564, 2.135, 4.511],
}
"""Purchases of property and equipment in the same years, $ bn: recalled, but for those in facts."""

DEBT = {
    "microsoft": [15.6, 22.6, 35.3, 53.5, 86.2, 76.2, 72.2, 63.3, 58.1, 49.8],
    "google": [5.2, 5.2, 5.2, 3.9, 4.0, 4.0, 4.6, 13.9, 14.8, 14.7],
    "amazon": [3.2, 8.3, 8.2, 7.7, 24.7, 23.5, 23.4, 31.8, 48.7, 67.2],
    "oracle": [18.5, 24.2, 42.0, 43.9, 57.9, 60.6, 56.2, 71.6, 84.2, 75.9],
}
"""Notes and borrowings at the end of the same years, $ bn (Amazon: long-term debt), recalled.

Meta sold its first notes in August 2022.
"""

Numbers = npt.NDArray[np.float64]


def spread(logs: Numbers) -> Numbers:
    """Standard deviation of growth over three years per root of a year, in logs, its mean estimated."""
    growths = logs.shape[-1] - 1
    drift = APART * (logs[..., -1:] - logs[..., :1]) / growths
    apart = logs[..., APART:] - logs[..., :-APART] - drift
    freedom = APART * (growths - APART + 1) * (1 - APART / growths)
    return np.asarray(np.sqrt((apart**2).sum(-1) / freedom))


def assert_near(drawn: Parameter, mean: float, width: float) -> None:
    """Its range is the 90% interval of these logarithms, to two digits."""
    ends = np.exp([mean - width, mean, mean + width])
    np.testing.assert_allclose([drawn.low, drawn.central, drawn.high], ends, atol=0.006)


@pytest.mark.parametrize(
    ("noise", "histories"), [("cash_flow_noise", HISTORIES), ("other_capex_noise", CAPEX)]
)
def test_each_firm_has_noise_by_its_own_history_drawn_towards_that_of_all(
    noise: str, histories: Mapping[str, list[float]]
) -> None:
    walks = np.random.default_rng(1).standard_normal((100_000, YEARS)).cumsum(-1)
    errors = np.log(spread(walks))
    own = {name: np.log(spread(np.log(years))) - errors.mean() for name, years in histories.items()}
    firms = np.array([*own.values()])
    between = firms.var(ddof=1) - errors.var()
    weight = between / (between + errors.var())
    known = load("baseline").parameters()
    for name, value in own.items():
        mean = float(firms.mean() + weight * (value - firms.mean()))
        width = 1.645 * float(np.sqrt(weight * errors.var()))
        assert_near(known[f"{name}.{noise}"], mean, width)
    assert_near(known[f"china_cloud.{noise}"], float(firms.mean()), 1.645 * float(np.sqrt(between)))


def test_debt_moves_by_each_firms_own_history_and_that_of_others_by_all_of_them() -> None:
    samples = np.random.default_rng(1).standard_normal((100_000, YEARS - 1))
    errors = np.log(samples.std(-1, ddof=1))
    known = load("baseline").parameters()
    centres = []
    for name, owed in DEBT.items():
        moved = np.diff(owed) / HISTORIES[name][1:]
        centres.append(float(np.log(moved.std(ddof=1)) - errors.mean()))
        assert_near(known[f"{name}.debt_noise"], centres[-1], 1.645 * float(errors.std()))
    usual = known["meta.debt_noise"]
    expected = np.exp([min(centres), np.mean(centres), max(centres)])
    np.testing.assert_allclose([usual.low, usual.central, usual.high], expected, atol=0.006)


def test_each_firm_grows_halfway_between_its_own_trend_and_a_usual_cloud() -> None:
    known = load("baseline").parameters()
    for name, years in HISTORIES.items():
        trend = np.expm1(np.polyfit(np.arange(YEARS), np.log(years), 1)[0])
        low, usual, high = USUAL
        drawn = known[f"{name}.cash_flow_growth"]
        expected = [min(low, trend), (usual + trend) / 2, max(high, trend)]
        np.testing.assert_allclose([drawn.low, drawn.central, drawn.high], expected, atol=0.006)
