"""Designs: a row depends on seed and world alone; each column has the distribution it was given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeshift.environment.bounds import Bounds
from computeshift.experiments.config.load import apply, load
from computeshift.experiments.config.parameter import Parameter
from computeshift.experiments.config.schema import Shape
from computeshift.experiments.run.design import design, setup

Write = Callable[..., Path]
numbers = st.floats(0.01, 100, allow_nan=False)


@given(st.tuples(numbers, numbers, numbers), st.sampled_from(["triangular", "uniform", "lognormal"]))
def test_a_sample_keeps_order_and_bounds(three: tuple[float, float, float], shape: Shape) -> None:
    low, central, high = sorted(three)
    known = Parameter(unit="1", low=low, central=central, high=high, shape=shape)
    drawn = known.sample(np.linspace(0.001, 0.999, 99))
    assert np.isfinite(drawn).all()
    assert (np.diff(drawn) >= -1e-9).all()
    if shape != "lognormal":
        assert (drawn >= low - 1e-9).all()
        assert (drawn <= high + 1e-9).all()


@pytest.mark.parametrize(
    ("shape", "quantiles"),
    [
        ("triangular", (0.25, 0.5, 0.875)),
        ("uniform", (0.1, 0.5, 0.9)),
        ("lognormal", (0.05, 0.5, 0.95)),
    ],
)
def test_a_sample_is_the_inverse_of_its_distribution(
    shape: Shape, quantiles: tuple[float, float, float]
) -> None:
    low, central, high = {"triangular": (0, 1, 2), "uniform": (0, 1, 2), "lognormal": (1, 3, 9)}[shape]
    known = Parameter(unit="1", low=low, central=central, high=high, shape=shape)
    expected = {"triangular": (2**-0.5, 1, 1.5), "uniform": (0.2, 1, 1.8), "lognormal": (1, 3, 9)}
    np.testing.assert_allclose(known.sample(np.array(quantiles)), expected[shape])


def test_a_lognormal_goes_through_all_three_numbers_and_its_tails_end_at_the_bounds() -> None:
    free = Parameter(unit="1", low=1.5, central=3, high=8, shape="lognormal")
    tight = free.model_copy(update={"bounds": Bounds(1.4, 8.5)})
    quantiles = np.array([0.05, 0.5, 0.95])
    for known in (tight, free):
        np.testing.assert_allclose(known.sample(quantiles), [1.5, 3, 8])
    fine = np.linspace(1e-9, 1 - 1e-9, 10_001)
    drawn, middle = tight.sample(fine), (fine > 0.05) & (fine < 0.95)
    np.testing.assert_allclose(drawn[middle], free.sample(fine)[middle])
    assert (np.diff(drawn) > 0).all()  # no draw is set to the bound
    assert (drawn[0], drawn[-1]) == (pytest.approx(1.4), pytest.approx(8.5))
    one_sided = Parameter(unit="1", low=3, central=3, high=8, shape="lognormal")
    assert one_sided.sample(np.array([1e-300, 0.3, 0.95])) == pytest.approx([3, 3, 8])


def test_a_world_is_the_same_alone_or_in_company(write: Write) -> None:
    config = load("toy.yaml")
    many, few = design(config, 1000), design(config, 10)
    pd.testing.assert_frame_equal(many.head(10), few, check_exact=True)
    alone = design(config, 1, first_world=7)
    pd.testing.assert_frame_equal(few.iloc[[7]].reset_index(drop=True), alone, check_exact=True)


def test_columns_are_what_is_uncertain_and_fixing_one_moves_no_other(write: Write) -> None:
    config = load("toy.yaml")
    table = design(config)
    assert list(table) == ["world", "services.elasticity", "softbank.ltv_limit", "softbank.budget"]
    fixed = design(apply(config, {"softbank.ltv_limit": 0.25}))
    pd.testing.assert_frame_equal(table.drop(columns="softbank.ltv_limit"), fixed, check_exact=True)
    assert not design(config, seed=4)["softbank.budget"].equals(table["softbank.budget"])


def test_a_setup_holds_the_table_and_the_constants(write: Write) -> None:
    config = load("toy.yaml")
    table = design(config, 5)
    made = setup(config, table.iloc[2:])
    assert (made.first_world, made.worlds, made.seed) == (2, 3, 3)
    assert set(made.parameters) == set(config.parameters())
    np.testing.assert_array_equal(made.parameters["openai.cash"], [10, 10, 10])
    np.testing.assert_array_equal(made.parameters["softbank.budget"], table["softbank.budget"][2:])
    assert setup(config, table.assign(**{"openai.cash": 1.0})).parameters["openai.cash"].sum() == 5


def test_a_table_must_fit(write: Write) -> None:
    config = load("toy.yaml")
    with pytest.raises(ValueError, match="consecutive"):
        setup(config, design(config, 5).iloc[[1, 3]])
    with pytest.raises(ValueError, match=r"openai\.cahs"):
        setup(config, design(config, 5).assign(**{"openai.cahs": 1.0}))
