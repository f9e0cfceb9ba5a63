"""Intervals of paired differences: they cover what they should, and pairing is told rightly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import skew

from computeshift.experiments.questions.compare.pairs import differences_of_means, differences_of_shares

SAMPLES = 4000


def generator(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key))


def test_the_interval_of_means_covers_a_planted_difference_in_95_of_100_samples() -> None:
    draws, pairs, planted = generator(1), 12, 0.3
    first = draws.normal(size=(pairs, SAMPLES))
    other = first + planted + 0.5 * draws.normal(size=(pairs, SAMPLES))
    found = differences_of_means(pd.DataFrame(first), pd.DataFrame(other))
    covered = ((found["low"] <= planted) & (planted <= found["high"])).mean()
    assert covered == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(("pairs", "chance"), [(200, 0.05), (200, 0.1), (2000, 0.01)])
def test_the_interval_of_means_covers_where_few_pairs_differ(pairs: int, chance: float) -> None:
    """Ten to twenty differing pairs of a skewed size: plain t covers 83 to 89 of 100."""
    draws = generator(4)
    other = (draws.random(size=(pairs, 1500)) < chance) * draws.lognormal(size=(pairs, 1500))
    for sign in (1.0, -1.0):
        found = differences_of_means(pd.DataFrame(np.zeros_like(other)), pd.DataFrame(sign * other))
        planted = sign * chance * np.exp(0.5)
        covered = ((found["low"] <= planted) & (planted <= found["high"])).mean()
        assert covered == pytest.approx(0.95, abs=0.025)


def test_the_interval_of_means_is_students_where_nothing_is_skewed_and_halls_elsewhere() -> None:
    even, spike = np.array([-1.0, 0.0, 1.0, 2.0, 3.0]), np.array([0.0, 0.0, 0.0, 0.0, 5.0])
    found = differences_of_means(
        pd.DataFrame({"even": 0 * even, "spike": 0 * even}), pd.DataFrame({"even": even, "spike": spike})
    )
    half = 2.776445 * even.std(ddof=1) / np.sqrt(5)  # t of 4 degrees of freedom
    assert list(found.loc["even", ["low", "high"]]) == pytest.approx([1 - half, 1 + half])
    lean = float(skew(spike, bias=False)) / np.sqrt(5)
    for bound, reach in (("high", -2.776445), ("low", 2.776445)):
        t = (1 - float(found[bound]["spike"])) / (spike.std(ddof=1) / np.sqrt(5))
        assert t + lean * t**2 / 3 + lean**2 * t**3 / 27 + lean / 6 == pytest.approx(reach)  # Hall (1992)
    assert found["differing"].tolist() == [4, 1]


def test_the_pairing_of_means_is_the_ratio_of_variances_that_was_planted() -> None:
    draws, pairs = generator(2), 200_000
    first = draws.normal(size=pairs)
    other = first + 0.5 * draws.normal(size=pairs)
    found = differences_of_means(pd.DataFrame({"x": first}), pd.DataFrame({"x": other}))
    assert found.loc["x", "variance_ratio"] == pytest.approx((1 + 1.25) / 0.25, rel=0.02)


@pytest.mark.parametrize(("to_one", "to_zero"), [(0.0, 0.0), (0.02, 0.0), (0.1, 0.05), (0.3, 0.3)])
def test_the_interval_of_shares_covers_at_its_level_even_with_hardly_a_pair_that_differs(
    to_one: float, to_zero: float
) -> None:
    sort = generator(3).random(size=(60, SAMPLES))
    turns_to_one, turns_to_zero = sort < to_one, sort > 1 - to_zero
    first = turns_to_zero | ((sort < 0.5) & ~turns_to_one)
    other = turns_to_one | ((sort < 0.5) & ~turns_to_zero)
    found = differences_of_shares(pd.DataFrame(first, dtype=float), pd.DataFrame(other, dtype=float))
    planted = to_one - to_zero
    assert ((found["low"] <= planted) & (planted <= found["high"])).mean() >= 0.93


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_the_interval_of_shares_holds_the_estimate_has_width_and_turns_with_the_sides(
    pairs: list[tuple[bool, bool]],
) -> None:
    table = pd.DataFrame(pairs, columns=["first", "other"]).astype(float)
    first, other = table[["first"]].set_axis(["x"], axis=1), table[["other"]].set_axis(["x"], axis=1)
    found, turned = differences_of_shares(first, other).loc["x"], differences_of_shares(other, first).loc["x"]
    assert -1 <= found["low"] <= found["difference"] <= found["high"] <= 1
    assert found["low"] < found["high"]
    assert (turned["low"], turned["high"]) == pytest.approx((-found["high"], -found["low"]))


def test_the_interval_of_shares_is_that_of_the_paper() -> None:
    turned = [(1, 1)] * 20 + [(0, 1)] * 9 + [(1, 0)] * 3 + [(0, 0)] * 18
    first, other = (pd.DataFrame({"x": side}, dtype=float) for side in zip(*turned, strict=True))
    found = differences_of_shares(first, other).loc["x"]
    up, down = 10 / 52, 4 / 52  # Bonett and Price (2012): one more of each, two more in all
    half = 1.959964 * np.sqrt((up + down - (up - down) ** 2) / 52)
    assert found["difference"] == pytest.approx(6 / 50)
    assert (found["low"], found["high"]) == pytest.approx((up - down - half, up - down + half), rel=1e-6)


def test_a_pair_without_a_number_does_not_count_and_equal_differences_have_no_width() -> None:
    first = pd.DataFrame({"gap": [1.0, np.nan, 3.0], "none": [np.nan] * 3, "flat": [2.0] * 3})
    other = pd.DataFrame({"gap": [1.1, 5.0, 3.1], "none": [1.0] * 3, "flat": [2.0] * 3})
    found = differences_of_means(first, other)
    assert found["pairs"].tolist() == [2, 0, 3]
    assert found["constant"].tolist() == [False, False, True]
    assert found["difference"].isna().tolist() == [False, True, False]
    assert (found.loc["flat", ["difference", "low", "high"]] == 0).all()
    assert found.loc["gap", "difference"] == pytest.approx(0.1)


ROWS = pd.Series(np.arange(120) % 30)  # a row of the first side's posterior for each of 120 worlds
OTHER_ROWS = pd.Series(np.arange(120) // 6 % 20)


@pytest.mark.parametrize("both", [False, True])
def test_intervals_of_means_cover_where_worlds_share_posterior_rows(both: bool) -> None:
    """With each world taken as independent they would cover 65 to 70 of 100."""
    draws = generator(5)
    known = [ROWS, OTHER_ROWS] if both else [ROWS]
    change = 0.5 * draws.normal(size=(120, 1000))
    for rows in known:
        change += draws.normal(size=(rows.nunique(), 1000))[rows.to_numpy()]
    found = differences_of_means(pd.DataFrame(0 * change), pd.DataFrame(change), known)
    assert ((found["low"] <= 0) & (found["high"] >= 0)).mean() == pytest.approx(0.95, abs=0.025)
    alone = differences_of_means(pd.DataFrame(0 * change), pd.DataFrame(change))
    assert ((alone["low"] <= 0) & (alone["high"] >= 0)).mean() < 0.75
    assert (found["design_effect"] >= 1).all()


def test_worlds_of_a_row_that_are_alike_count_as_one_for_shares_and_means() -> None:
    one = generator(6).choice([0.0, 1.0], p=[0.6, 0.4], size=30)
    first, other = (pd.DataFrame({"x": side[ROWS], "none": 0.0}) for side in (0 * one, one))
    for differences in (differences_of_means, differences_of_shares):
        found = differences(first, other, [ROWS])
        alone = differences(first.iloc[:30], other.iloc[:30])
        assert found.loc["x", "design_effect"] == pytest.approx(4 * 119 / 120 * 30 / 29)
        width, plain = found["high"] - found["low"], alone["high"] - alone["low"]
        assert width["x"] == pytest.approx(plain["x"], rel=0.03)
        assert width["none"] == pytest.approx(plain["none"])  # nothing turned: 30 worlds, not 120
    apart = differences_of_means(first, other, [pd.Series(range(120))])
    pd.testing.assert_frame_equal(apart, differences_of_means(first, other))
