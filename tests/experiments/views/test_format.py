"""Numbers as people read them: rounding loses little, and never shows a sign on zero."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from computeshift.experiments.views import format as text

numbers = st.floats(-1e9, 1e9)


def read(number: str) -> float:
    return float(number.replace(",", "").replace("$", ""))


@given(numbers, st.integers(0, 4), st.booleans())
def test_a_number_reads_as_what_it_was_and_zero_has_no_sign(value: float, places: int, sign: bool) -> None:
    written = text.fixed(value, places, sign)
    assert math.isclose(read(written), value, abs_tol=0.5001 * 10**-places, rel_tol=1e-12)
    assert (written[0] in "+-") == (read(written) != 0 and (value < 0 or sign))


@given(st.floats(0.01, 1e6), st.booleans())
def test_two_figures_are_within_a_twentieth(value: float, negative: bool) -> None:
    value = -value if negative else value
    assert math.isclose(read(text.short(value)), value, rel_tol=0.0501)
    assert read(text.short(-value, sign=True)) == -read(text.short(value))


@given(
    st.lists(numbers, min_size=3, max_size=3).map(sorted), st.sampled_from(["share", "$ bn", "GW", "points"])
)
def test_a_band_is_around_its_median(spread: list[float], unit: str) -> None:
    middle, _, band = text.span(spread, unit).partition(" (")
    low, high = (read(end.rstrip("%")) for end in band.partition(")")[0].split(" to "))
    assert low <= read(middle.removesuffix(" bn").rstrip("%")) <= high


def test_what_is_unknown_is_not_a_number() -> None:
    for value in (math.nan, math.inf, None):
        assert text.fixed(value, 1) == "n/a"
    assert text.percent(math.nan) == text.short(math.nan) == text.cell(None) == "n/a"


def test_money_in_a_sentence_has_its_sign_before_the_dollar() -> None:
    assert text.quantity(1234.5, "$ bn") == "$1,234 bn"
    assert text.quantity(-0.2, "$ bn") == text.dollars("-0.20") + " bn" == "-$0.20 bn"
