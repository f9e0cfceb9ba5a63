"""Calibration finds parameters that made the facts, as often as it says, and nothing out of nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.evidence import history
from computeshift.experiments.questions.evidence.calibrate import calibrate
from computeshift.experiments.questions.evidence.fact import Fact
from computeshift.experiments.questions.evidence.fitting import Fit, fit
from computeshift.experiments.questions.evidence.weighing import DISCREPANCY, move, quantiles, weigh
from computeshift.experiments.run import posterior
from computeshift.experiments.run.design import design
from computeshift.experiments.run.sample import Sample
from tests.experiments.questions.evidence.synthetic import FLOWS, row, written

WORLDS = 20_000
TRUTHS = 200
SOLD = "OpenAI/revenue/2026"
OPEN = """extends: six
services:
  initial_growth: {unit: log per year, low: 0.3, central: 1.15, high: 2, assumed: because a test asks for it}
"""
"""A growth that facts about revenue say more of than chance and the model's own error hide."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The six, its growth of demand nearly unknown."""
    (tmp_path / "open.yaml").write_text(OPEN, "utf-8")
    return load(tmp_path / "open.yaml")


def ensemble(config: Config, folder: Path, monkeypatch: pytest.MonkeyPatch, until: int) -> Fit:
    """Worlds of a config facing synthetic facts about 2025 and 2026."""
    rows = [row(*key, str(year), 1, unit=unit) for key, unit in FLOWS.items() for year in (2025, 2026)]
    monkeypatch.setattr(history, "FILES", [written(folder / "facts.csv", rows)])
    return fit(config, until, 2026, sample=Sample(WORLDS))


def of_world(world: int, says: pd.DataFrame, facts: list[Fact], luck: np.random.Generator) -> list[Fact]:
    """Facts as they would be in a world: each with its own error, a theme with one of the model's."""
    shared = {fact.theme: DISCREPANCY * float(luck.standard_t(4)) for fact in facts}
    off = [fact.error * float(luck.standard_t(4)) + shared[fact.theme] for fact in facts]
    values = [says[fact.name].iloc[world] * np.exp(error) for fact, error in zip(facts, off, strict=True)]
    return [replace(fact, value=value) for fact, value in zip(facts, values, strict=True) if value > 0]


@pytest.mark.parametrize(
    ("about", "least", "most"),
    [
        ({"revenue", "ltv"}, 0.86, 0.94),
        ({variable for _, variable in FLOWS}, 0.86, 0.96),
    ],
)
def test_the_truth_lies_in_the_90_percent_interval_as_often_as_that(
    config: Config,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    about: set[str],
    least: float,
    most: float,
) -> None:
    found = ensemble(config, tmp_path, monkeypatch, 2026)
    facts = [fact for fact in found.fitted if fact.variable in about]
    priors = design(config, WORLDS)
    informed = ["services.initial_growth", "services.growth_fade", "openai.race", "softbank.initial_debt"]
    quantities = {name: priors[name].to_numpy() for name in informed} | {SOLD: found.says[SOLD].to_numpy()}
    draws = np.random.Generator(np.random.Philox(1))
    inside = pd.DataFrame(0.0, index=range(TRUTHS), columns=[*quantities])
    narrower, whole = inside.copy(), []
    for truth in range(TRUTHS):
        weights = weigh(found.says, of_world(truth, found.says, facts, draws))
        whole.append(weights.temperature == 1)
        for name, values in quantities.items():
            low, high = quantiles(values, weights.of, (0.05, 0.95))
            inside.loc[truth, name] = float(low <= values[truth] <= high)
            narrower.loc[truth, name] = move(values, weights.of)["shrinkage"]
    assert least <= inside[informed].to_numpy().mean() <= most
    assert inside[SOLD].mean() > 0.9 - 3 * np.sqrt(0.9 * 0.1 / TRUTHS)  # facts say most of this one
    assert (inside.mean() > 0.8).all()
    assert narrower["services.initial_growth"].median() > 0.2
    assert np.mean(whole) > 0.8  # a weakened likelihood has wide intervals, which hide a wrong one


def test_a_posterior_is_saved_and_the_same_again(tmp_path: Path) -> None:
    answer = calibrate("six", fit_until=2025, worlds=1_500, out=tmp_path / "p.parquet")
    assert pd.read_parquet(tmp_path / "p.parquet").equals(answer.rows)
    drawn = set(design(load("six"), 1)) - {"world"}  # parameters, factors and residuals
    assert set(answer.rows) == drawn
    loaded = posterior.load(tmp_path / "p.parquet", load("six"))
    assert (len(loaded.table), set(loaded.table), loaded.unused) == (1_000, drawn, [])
    assert answer.moved["distance"].is_monotonic_decreasing
    again = calibrate("six", fit_until=2025, worlds=1_500)
    assert again.rows.equals(answer.rows)


def test_what_can_not_be_calibrated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="six starts at the end of 2024 and simulates nothing of 2024"):
        calibrate("six", fit_until=2024)
    with pytest.raises(UserError, match="999 worlds are too few to weigh: use at least 1,000"):
        calibrate("six", fit_until=2025, worlds=999)
    with pytest.raises(UserError, match="there is no folder"):
        calibrate("six", fit_until=2025, out=tmp_path / "no" / "p.parquet")


def test_a_posterior_has_factors_with_prior_and_posterior_and_whole_rows(tmp_path: Path) -> None:
    (tmp_path / "joint.yaml").write_text(
        "extends: end_of_2022\nfactors:\n  enthusiasm: null\n  commitment: null\n  supply: null\n"
        "  money: null\n  mood:\n    meaning: how much AI is wanted\n"
        "    assumed: because it is\n    loadings: {services.initial_growth: 0.9, openai.runway: 0.5}\n"
    )
    answer = calibrate(tmp_path / "joint.yaml", fit_until=2023, worlds=1000, out=tmp_path / "p.parquet")
    assert list(answer.factors.index) == ["factor.mood"]
    assert answer.factors["prior_p90"].item() == pytest.approx(1.28, abs=0.15)
    assert answer.factors["posterior_p50"].item() > answer.factors["prior_p50"].item() + 0.05
    assert not any(str(name).startswith("residual.") for name in answer.moved.index)
    config = load(tmp_path / "joint.yaml")
    drawn = design(config, 300, posterior=posterior.load(tmp_path / "p.parquet", config))
    score = 0.9 * drawn["factor.mood"] + np.sqrt(1 - 0.81) * drawn["residual.services.initial_growth"]
    growth = config.parameters()["services.initial_growth"].sample(ndtr(score.to_numpy()))
    np.testing.assert_allclose(drawn["services.initial_growth"], growth)
