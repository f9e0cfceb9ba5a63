"""Factors in designs: parameters depend on each other as they load, and each keeps its own distribution."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr
from scipy.stats import kstest, spearmanr

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import apply, load
from computeshift.experiments.config.parameter import Parameter
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import POSTERIOR, writable
from computeshift.experiments.run import fork, posterior
from computeshift.experiments.run.design import design, drawn, setup
from computeshift.experiments.run.joint import Joint
from computeshift.experiments.run.size import uncertain

Write = Callable[..., Path]
WORLDS = 4000
JOINT = """\
extends: toy.yaml
worlds: 4000
factors:
  mood:
    meaning: how much AI is wanted
    assumed: because demand and money rise together
    loadings: {services.elasticity: 0.6, softbank.budget: -0.5}
  money:
    meaning: how cheap money is
    assumed: because lenders follow each other
    loadings: {softbank.budget: 0.8}
"""
NAMES = ["services.elasticity", "softbank.ltv_limit", "softbank.budget"]
RESIDUALS = ["residual.services.elasticity", "residual.softbank.budget"]


@pytest.fixture
def joint(write: Write) -> Config:
    return load(write(JOINT, "joint.yaml"))


def test_factors_and_residuals_stand_behind_the_parameters(joint: Config) -> None:
    table = design(joint)
    assert list(table) == ["world", *NAMES, "factor.mood", "factor.money", *RESIDUALS]
    assert uncertain(joint) == len(table.columns) - 1
    free = design(load("toy.yaml"), WORLDS)
    assert table["softbank.ltv_limit"].equals(free["softbank.ltv_limit"])  # without a loading: the same bits
    budget = joint.parameters()["softbank.budget"]
    np.testing.assert_allclose(
        budget.sample(ndtr(table["residual.softbank.budget"])), free["softbank.budget"]
    )
    score = 0.8 * table["factor.money"] - 0.5 * table["factor.mood"]
    score += (1 - 0.8**2 - 0.5**2) ** 0.5 * table["residual.softbank.budget"]
    np.testing.assert_allclose(table["softbank.budget"], budget.sample(ndtr(score)))


def test_each_parameter_keeps_its_distribution_and_correlates_as_it_loads(joint: Config) -> None:
    table, free = design(joint), design(load("toy.yaml"), 20_000)
    for name in NAMES:
        assert kstest(table[name], free[name]).pvalue > 0.01
    for name in [*RESIDUALS, "factor.mood", "factor.money"]:
        assert kstest(table[name], "norm").pvalue > 0.01
    ranks = spearmanr(table[NAMES]).statistic
    rho = 6 / np.pi * np.arcsin(0.6 * -0.5 / 2)  # of a normal copula
    assert ranks[0, 2] == pytest.approx(rho, abs=0.05)
    assert ranks[[0, 2], 1] == pytest.approx(0, abs=0.05)
    assert np.corrcoef(table[RESIDUALS].T)[0, 1] == pytest.approx(0, abs=0.05)


def test_a_world_is_the_same_alone_or_in_company(joint: Config) -> None:
    many = design(joint, 50)
    alone = design(joint, 3, first_world=40)
    pd.testing.assert_frame_equal(many.iloc[40:43].reset_index(drop=True), alone, check_exact=True)
    assert setup(joint, alone).parameters.keys() == joint.parameters().keys()
    with pytest.raises(ValueError, match=r"factor\.moo"):
        setup(joint, alone.assign(**{"factor.moo": 0.0}))


def test_taking_a_loading_out_gives_back_the_independent_draws(joint: Config) -> None:
    one = design(apply(joint, {"factors.mood.services.elasticity": 0}))
    free = design(load("toy.yaml"), WORLDS)
    assert one["services.elasticity"].equals(free["services.elasticity"])
    pd.testing.assert_frame_equal(design(apply(joint, {"factors": None})), free, check_exact=True)
    fixed = design(apply(joint, {"services.elasticity": 1}))
    assert fixed["softbank.budget"].equals(design(joint)["softbank.budget"])


def test_a_loading_of_one_leaves_nothing_of_its_own_and_extremes_stay_finite() -> None:
    known = Parameter(unit="1", low=1, central=2, high=4, shape="lognormal")
    joint = Joint({"a.x": known}, {"a.x": {"f": 1.0}})
    assert joint.inputs == ["residual.a.x", "factor.f"]
    edge = np.array([1e-300, 0.5, 1 - 2.0**-53])
    columns = joint.columns(lambda name: edge if name == "factor.f" else edge[::-1])
    assert np.isfinite(columns["a.x"]).all()
    assert columns["a.x"][1] == pytest.approx(2)
    assert (np.diff(columns["a.x"]) > 0).all()


def test_a_posterior_keeps_what_belongs_together(joint: Config, tmp_path: Path) -> None:
    prior = design(joint, 400).drop(columns="world")
    high = prior[prior["factor.mood"] > 1].reset_index(drop=True)
    file = posterior.save(high, writable(tmp_path / "p.parquet", POSTERIOR), joint, {"seed": 1})
    again = drawn(joint, posterior=posterior.load(file, joint))
    rows = {tuple(row) for row in high.to_numpy()}
    assert {tuple(row) for row in pd.DataFrame(again)[list(high)].to_numpy()} <= rows
    fixed = apply(joint, {"services.elasticity": 1})
    assert set(posterior.load(file, fixed).table) == set(high) - {NAMES[0], RESIDUALS[0]}


def test_what_a_posterior_leaves_open_follows_its_factors(joint: Config, tmp_path: Path) -> None:
    prior = design(joint, 400).drop(columns=["world", "softbank.budget", "residual.softbank.budget"])
    high = prior[prior["factor.mood"] > 1]
    file = posterior.save(high, writable(tmp_path / "p.parquet", POSTERIOR), joint, {"seed": 1})
    after = pd.DataFrame(drawn(joint, posterior=posterior.load(file, joint)))
    assert after["factor.mood"].min() > 1
    assert after["softbank.budget"].median() < design(joint)["softbank.budget"].quantile(0.3)
    other = apply(joint, {"factors.mood.services.elasticity": 0.3})
    laid = posterior.load(file, other)
    assert list(laid.table) == ["softbank.ltv_limit", "factor.money"]
    assert set(laid.unused) == {"services.elasticity", "factor.mood", RESIDUALS[0]}
    wide = prior.assign(**{"factor.mood": np.inf})
    with pytest.raises(UserError, match=r"factor\.mood: inf to inf"):
        posterior.load(
            posterior.save(wide, writable(tmp_path / "p.parquet", POSTERIOR), joint, {"seed": 1}), joint
        )


def test_a_fork_draws_anew_what_loads_otherwise(joint: Config) -> None:
    other = apply(joint, {"factors.mood.services.elasticity": 0.3, "softbank.ltv_limit": 0.2})
    assert fork.changed(joint, other) == {"services.elasticity", "softbank.ltv_limit"}
