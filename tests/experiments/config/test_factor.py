"""Factors in a config: what overlays and settings mean, and that every mistake is named where it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import apply, load
from computeshift.experiments.errors import UserError

Write = Callable[..., Path]

JOINT = """\
extends: toy.yaml
factors:
  mood:
    meaning: how much AI is wanted
    assumed: because demand and money rise together
    loadings: {services.elasticity: 0.6, softbank.budget: -0.5}
"""


def mistakes(text: str, write: Write) -> list[str]:
    with pytest.raises(UserError) as wrong:
        load(write(f"extends: joint.yaml\n{text}"))
    return [str(problem) for problem in wrong.value.problems]


@pytest.fixture
def joint(write: Write) -> Config:
    return load(write(JOINT, "joint.yaml"))


def test_a_factor_is_part_of_what_a_config_is(joint: Config, write: Write) -> None:
    assert joint.loadings() == {"services.elasticity": {"mood": 0.6}, "softbank.budget": {"mood": -0.5}}
    assert joint.factors["mood"].ground == "because demand and money rise together"
    assert joint.hash != load("toy.yaml").hash
    assert Config.model_validate(joint.to_json()) == joint
    assert apply(joint, {"worlds": 4}).factors == joint.factors


def test_an_overlay_changes_a_loading_a_ground_or_takes_a_factor_out(joint: Config, write: Write) -> None:
    own = load(write("extends: joint.yaml\nfactors: {mood: {loadings: {services.elasticity: 0.2}}}\n"))
    assert own.factors["mood"].loadings == {"services.elasticity": 0.2, "softbank.budget": -0.5}
    text = "extends: joint.yaml\nfactors: {mood: {source: a paper, published: 2024-05-01}}\n"
    assert load(write(text)).factors["mood"].ground == "a paper (2024-05-01)"
    for gone in ("factors: {mood: null}", "factors: null"):
        assert load(write(f"extends: joint.yaml\n{gone}\n")).hash == load("toy.yaml").hash
    without = load(write("extends: joint.yaml\nfirms: {softbank: null}\n"))
    assert without.factors["mood"].loadings == {"services.elasticity": 0.6}


def test_a_setting_changes_a_loading_or_takes_a_factor_out(joint: Config) -> None:
    weaker = apply(joint, {"factors.mood.softbank.budget": "-0.2"})
    assert weaker.loadings()["softbank.budget"] == {"mood": -0.2}
    assert [str(change) for change in weaker.changes] == [
        "The loading of SoftBank's budget on mood: -0.2 (instead of -0.5)"
    ]
    free = load("toy.yaml")
    for key in ("factors", "factors.mood"):
        changed = apply(joint, {key: "null"})
        assert changed.hash == free.hash
        assert len(changed.changes) == 1
    assert apply(joint, {"factors.mood.softbank.budget": 0}).loadings().keys() == {"services.elasticity"}
    for key, wrong in {
        "factors.mod.softbank.budget": "there is no factor 'mod'; did you mean 'mood'",
        "factors.mood": "set factors.mood=null, or factors.mood.PARAMETER",
        "factors.mood.softbank.budgt": "no parameter 'softbank.budgt'; did you mean 'softbank.budget'",
    }.items():
        with pytest.raises(UserError, match=wrong):
            apply(joint, {key: 0.5})


def test_a_parameter_set_to_a_constant_drops_its_loading_and_check_tells(joint: Config) -> None:
    assert joint.idle_loadings() == []
    fixed = apply(joint, {"softbank.budget": 2})
    assert fixed.loadings() == {"services.elasticity": {"mood": 0.6}}
    told = "softbank.budget: it has one value, so its loading on the factor mood (-0.5) does nothing"
    assert fixed.idle_loadings() == [told]
    idle = apply(fixed, {"services.elasticity": 1})
    assert idle.idle_loadings()[-1] == "factors.mood: no uncertain parameter loads on it, so it does nothing"
    assert apply(idle, {"factors": None}).hash == idle.hash


@pytest.mark.parametrize(
    ("factors", "wrong"),
    [
        ("mood: {loadings: {services.elastcity: 1}}", "did you mean 'services.elasticity'?"),
        (
            "mood: {loadings: {softbank.budget: 1.2}}",
            "1.2 is above 1; a loading is a correlation: use -1",
        ),
        ("mood: {loadings: {softbank.budget: high}}", "'high' is not what belongs here; write a number"),
        ("new: {assumed: because, loadings: {}}", "it has no meaning; add meaning"),
        ("new: {meaning: it, loadings: {}}", "it rests on nothing; give facts"),
        ("mood: {loading: {}}", "factors.mood.loading: unknown key; did you mean 'loadings'?"),
        ("mood: 0.5", "factors.mood: 0.5 is no factor"),
        (
            "new: {meaning: it, assumed: because, loadings: {softbank.budget: 0.9}}",
            "softbank.budget: the squares of its loadings add up to 1.06 (mood -0.5, new 0.9)",
        ),
    ],
)
def test_a_mistake_is_named_where_it_stands(joint: Config, write: Write, factors: str, wrong: str) -> None:
    told = mistakes(f"factors:\n  {factors}\n", write)
    assert len(told) == 1
    assert wrong in told[0]
    assert told[0].startswith("mine.yaml:3: factors.")
