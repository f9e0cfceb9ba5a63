"""What clouds' other business is drawn from: their own histories, by one rule for all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

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


def test_each_firm_has_noise_by_its_own_history_drawn_towards_that_of_all() -> None:
    walks = np.random.default_rng(1).standard_normal((100_000, YEARS)).cumsum(-1)
    errors = np.log(spread(walks))
    own = {name: np.log(spread(np.log(years))) - errors.mean() for name, years in HISTORIES.items()}
    firms = np.array([*own.values()])
    between = firms.var(ddof=1) - errors.var()
    weight = between / (between + errors.var())
    known = load("baseline").parameters()
    for name, value in own.items():
        mean = float(firms.mean() + weight * (value - firms.mean()))
        width = 1.645 * float(np.sqrt(weight * errors.var()))
        drawn = known[f"{name}.cash_flow_noise"]
        assert_near(drawn, mean, width)
    assert_near(known["china_cloud.cash_flow_noise"], float(firms.mean()), 1.645 * float(np.sqrt(between)))


def test_each_firm_grows_halfway_between_its_own_trend_and_a_usual_cloud() -> None:
    known = load("baseline").parameters()
    for name, years in HISTORIES.items():
        trend = np.expm1(np.polyfit(np.arange(YEARS), np.log(years), 1)[0])
        low, usual, high = USUAL
        drawn = known[f"{name}.cash_flow_growth"]
        expected = [min(low, trend), (usual + trend) / 2, max(high, trend)]
        np.testing.assert_allclose([drawn.low, drawn.central, drawn.high], expected, atol=0.006)
