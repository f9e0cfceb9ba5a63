"""Measures of scored facts, by hand, and their intervals over themes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from computeshift.experiments.questions.evidence.measures import measured, measures
from computeshift.experiments.questions.evidence.weighing import Array


def cases(themes: Sequence[str], crps: Sequence[float] | Array, **columns: object) -> pd.DataFrame:
    """Facts of these themes and scores, all else alike."""
    usual: dict[str, object] = {
        "covered50": True,
        "covered90": True,
        "bias": 0.1,
        "width": 1.0,
        "growth": 1.0,
        "plan": math.nan,
    }
    usual |= {"median": 0.5, "way": "drawn", "start": "one", "ahead": 1, "group": "money", "core": True}
    return pd.DataFrame({"theme": themes, "crps": crps, **usual, **columns}, index=range(len(themes)))


def test_means_and_skills_by_hand() -> None:
    facts = cases([*"abcde"], [0.1, 0.2, 0.3, 0.4, 0.5], covered90=[True, True, True, True, False])
    row = measured(facts)
    assert row["facts"] == row["themes"] == 5
    assert row["covered90"] == 0.8
    assert row["crps"] == pytest.approx(0.3)
    assert row["growth"] == pytest.approx(1 - 1.5 / 5)
    assert row["median"] == pytest.approx(1 - 1.5 / 2.5)
    assert math.isnan(row["plan"])
    assert row["plan_facts"] == 0
    assert row["crps_low"] < 0.3 < row["crps_high"]
    assert row["growth_low"] < row["growth"] < row["growth_high"]


def test_a_skill_needs_five_facts_and_an_interval_five_themes() -> None:
    four = measured(cases([*"abcd"], [0.1, 0.2, 0.3, 0.4]))
    assert math.isnan(four["growth"])
    assert four["growth_facts"] == 4
    assert four["crps"] == pytest.approx(0.25)
    assert math.isnan(four["crps_low"])
    alike = measured(cases([*"aabb", "b"], [0.1, 0.2, 0.3, 0.4, 0.5]))
    assert alike["growth"] == pytest.approx(0.7)
    assert math.isnan(alike["growth_low"])


def test_facts_that_move_together_count_as_one() -> None:
    draws = np.random.Generator(np.random.Philox(1))
    crps = draws.exponential(size=12)
    themes = [f"theme {i:02d}" for i in range(12)]
    once, often = measured(cases(themes, crps)), measured(cases(themes * 10, [*crps] * 10))
    assert often["facts"] == 10 * once["facts"]
    for name in ("crps_low", "crps_high", "growth_low", "growth_high"):
        assert often[name] == pytest.approx(once[name])
    apart = measured(cases([f"theme {i}" for i in range(120)], [*crps] * 10))
    assert apart["crps_high"] - apart["crps_low"] < 0.5 * (often["crps_high"] - often["crps_low"])


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    draws = np.random.Generator(np.random.Philox(2))
    themes = [f"theme {i % 20}" for i in range(100)]
    inside = 0
    for _ in range(200):
        shared = np.tile(draws.exponential(size=20), 5)
        row = measured(cases(themes, shared + draws.exponential(size=100)))
        inside += row["crps_low"] <= 2.0 <= row["crps_high"]
    assert 0.85 <= inside / 200 <= 0.99


def test_rows_are_by_group_by_start_and_years_ahead_and_in_all() -> None:
    facts = cases(
        [*"abc"], [0.1, 0.2, 0.3], start=["one", "one", "two"], ahead=[1, 2, 1], core=[True, False, True]
    )
    table = measures(facts, ("money", "rivals"))
    own = table[table["way"] == "drawn"].set_index(["group", "start", "ahead"])
    assert own["facts"].to_dict() == {
        ("money", "all", "all"): 3,
        ("rivals", "all", "all"): 0,
        ("all", "one", "all"): 2,
        ("all", "one", "1"): 1,
        ("all", "one", "2"): 1,
        ("all", "two", "all"): 1,
        ("all", "two", "1"): 1,
        ("all", "all", "1"): 2,
        ("all", "all", "2"): 1,
        ("core", "all", "all"): 2,
        ("all", "all", "all"): 3,
    }
