"""What a model of whole years says of parts of a year: hand-made numbers, and that parts add up."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeshift.experiments.config.periods import Period, period
from computeshift.experiments.questions.evidence.history import rows
from computeshift.experiments.questions.evidence.periods import average, flow, level, run_rate

EVEN = pd.DataFrame({year: [10.0] for year in (2024, 2025, 2026)})
DOUBLING = pd.DataFrame({2024: [8.0], 2025: [16.0], 2026: [32.0]})


def one(values: pd.Series[float] | None) -> float:
    """The number of the only world."""
    assert values is not None
    return float(values.iloc[0])


def when(text: str, firm: str = "") -> Period:
    """A period that exists."""
    found = period(firm, text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("firm", "text", "same"),
    [
        ("OpenAI", "2025-Q3", "2025-07..2025-09"),
        ("OpenAI", "2025-H2", "2025-Q3..Q4"),
        ("OpenAI", "FY2025", "2025"),
        ("TSMC", "FY2025-Q1", "2025-Q1"),
        ("Oracle", "FY2026-H1", "2025-06..2025-11"),
        ("Microsoft", "FY2026-Q2", "2025-Q4"),
        ("NVIDIA", "FY2026", "2025-02..2026-01"),
        ("NVIDIA", "FY2026-9M", "2025-02..2025-10"),
        ("SoftBank", "FY2025-Q1", "2025-04..2025-06"),
        ("Market", "2024..2025-06", "2024-01..2025-06"),
    ],
)
def test_a_period_is_the_months_of_a_firms_books(firm: str, text: str, same: str) -> None:
    assert period(firm, text) == when(same)


@pytest.mark.parametrize(
    "text", ["2025-13", "2024-2025", "FY2025-06", "2025-Q5", "2025-10..2025-09", "2025/26", "per year"]
)
def test_what_names_no_months_is_no_period(text: str) -> None:
    assert period("OpenAI", text) is None


NO_MONTHS = re.compile(
    r"20\d\d-20\d\d|20\d\d/\d\d|20\d\d-\d\d-\d\d|2H2025-2030|(from )?2026H2(-2029)?"
    r"|to 20\d\d|\d years from 20\d\d|per year|lifetime"
)
"""Several years, a day, plans without an end, rates: nothing that a year of the model says a part of."""


def test_every_row_that_is_about_months_is_read_as_such() -> None:
    unread = {row.period_text for row in rows() if row.period is None}
    assert {text for text in unread if not NO_MONTHS.fullmatch(text)} == set()
    assert {"2025-H1", "2024-Q4", "FY2026-9M", "2025-Q1..Q3"} & {row.period_text for row in rows()} - unread


def test_of_an_even_flow_a_part_is_its_part_of_the_year() -> None:
    assert one(flow(EVEN, when("2025-H1"))) == pytest.approx(5)
    assert one(flow(EVEN, when("2025-03"))) == pytest.approx(10 / 12)
    assert one(flow(EVEN, when("FY2025", "Oracle"))) == pytest.approx(10)
    assert one(average(EVEN, when("2025-Q2"))) == pytest.approx(10)
    assert one(run_rate(EVEN, when("2025-12"))) == pytest.approx(10)


def test_of_a_doubling_flow_a_part_is_the_integral_of_its_path() -> None:
    def until(years: float) -> float:
        """What a flow that doubles every year, 16 in 2025, brings from its beginning on."""
        return 16 * 2**years

    assert one(flow(DOUBLING, when("2025-H1"))) == pytest.approx(until(0.5) - until(0))
    assert one(flow(DOUBLING, when("2025-Q4"))) == pytest.approx(until(1) - until(0.75))
    assert one(flow(DOUBLING, when("FY2025", "Oracle"))) == pytest.approx(until(5 / 12) - until(-7 / 12))
    december = until(1) - until(11 / 12)
    assert one(run_rate(DOUBLING, when("2025-12"))) == pytest.approx(12 * december)
    # A little below the rate at the year's very end, the derivative of what came until then.
    assert 0.95 < 12 * december / (until(1) * math.log(2)) < 1


def test_at_its_ends_a_simulation_goes_on_as_it_does_beside_them() -> None:
    short = DOUBLING[[2025, 2026]]
    for text in ("2025-H1", "2026-H2"):
        assert one(flow(short, when(text))) == pytest.approx(one(flow(DOUBLING, when(text))))
    assert flow(DOUBLING[[2025]], when("2025-H1")) is None  # nothing says how it grows
    assert one(flow(DOUBLING[[2025]], when("2025"))) == 16
    assert flow(short, when("FY2025", "Oracle")) is None


def test_a_stock_lies_between_two_year_ends() -> None:
    assert one(level(DOUBLING, when("2025-06"))) == pytest.approx(8 * math.sqrt(2))
    assert one(level(DOUBLING, when("FY2025", "Microsoft"))) == pytest.approx(8 * math.sqrt(2))
    assert one(level(DOUBLING, when("2025-Q1"))) == pytest.approx(8 * 2**0.25)
    for whole in ("2025", "2025-12", "2025-Q4", "2025-H2"):
        assert one(level(DOUBLING, when(whole))) == 16
    below = pd.DataFrame({2024: [-4.0], 2025: [4.0]})
    assert one(level(below, when("2025-09"))) == pytest.approx(2)
    assert one(level(DOUBLING, when("2024-10"))) == 8  # the beginning of the first year is not logged
    assert level(DOUBLING, when("2024-09")) is None
    assert level(DOUBLING, when("2027-01")) is None


AMOUNTS = st.floats(-1e6, 1e6).filter(lambda amount: amount == 0 or abs(amount) > 1e-6)
YEARS = st.lists(AMOUNTS, min_size=3, max_size=3)
CUTS = st.sets(st.integers(1, 35)).map(lambda cuts: [0, *sorted(cuts), 36])


@given(YEARS, CUTS)
def test_parts_add_up_to_the_years(amounts: list[float], cuts: list[int]) -> None:
    table = pd.DataFrame({2024 + i: [amount] for i, amount in enumerate(amounts)})
    start = 2024 * 12
    parts = [one(flow(table, Period(start + first, start + end))) for first, end in itertools.pairwise(cuts)]
    assert math.isclose(sum(parts), sum(amounts), rel_tol=1e-9, abs_tol=1e-9 * max(map(abs, amounts)))
    assert np.isfinite(parts).all()


@given(st.floats(0.01, 1e6), st.floats(-3, 3), st.integers(0, 34), st.integers(1, 36))
def test_on_a_geometric_path_every_part_is_exact(
    level: float, growth: float, first: int, months: int
) -> None:
    end = min(first + months, 36)

    def until(month: int) -> float:
        """The integral of level * exp(growth * t) up to a month."""
        years = month / 12
        return level * (years if abs(growth) < 1e-9 else math.expm1(growth * years) / growth)

    table = pd.DataFrame({2024 + year: [until(12 * year + 12) - until(12 * year)] for year in range(3)})
    part = one(flow(table, Period(2024 * 12 + first, 2024 * 12 + end)))
    assert part == pytest.approx(until(end) - until(first), rel=1e-6)
