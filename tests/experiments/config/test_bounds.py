"""Bounds: every parameter states its own, no value may be outside them, and an unusual value is noted."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.agents import KINDS
from computeshift.environment.bounds import Bounds
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.cli.main import main
from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config import source as reading
from computeshift.experiments.config.load import apply, load
from computeshift.experiments.config.parameter import Parameter
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import POSTERIOR, writable
from computeshift.experiments.run import posterior
from computeshift.experiments.run.design import design, setup
from computeshift.experiments.views.dashboard.knobs import knobs

PERCENT = [
    ("softbank.ltv_limit", 25, "25 is above 1; it is a share: did you mean 0.25?"),
    ("openai.revenue_share", 20, "20 is above 1; it is a share: did you mean 0.2?"),
    ("capital.base_rate", 4.3, "4.3 is above 0.5; it is a share: did you mean 0.043?"),
    ("openai.conversion_chance", 55, "55 is above 1; it is a share: did you mean 0.55?"),
    ("rival_lab.headroom", 10, "10 is above 3; it is a share: did you mean 0.1?"),
    # no hint where a hundredth would be far from what was given before
    ("microsoft.openai_share", 2, "2 is above 1; use 0 to 1"),
    ("services.habit", 2, "2 is above 1; use 0 to 1"),
    ("compute.take_or_pay", -2, "-2 is below 0; use 0 to 1"),
    # logarithms, which are near to percentages
    ("softbank.holdings_volatility", 32, "32 is above 2; is it a percentage? did you mean 0.32?"),
    ("softbank.holdings_return", 6, "6 is above 2; is it a percentage? did you mean 0.06?"),
    # as many digits as differ
    ("services.habit", 1.0000000001, "1.0000000001 is above 1; use 0 to 1"),
    # no share
    ("openai.initial_cash", -1, "-1 is below 0; use 0 to 10000"),
    ("compute.chip_life", 0, "0 is below 1; use 1 to 30"),
    ("shocks.nav_fall.size", 50, "50 is above 1"),
    ("shocks.nav_fall.probability", 2, "2 is above 1"),
]


OWN = {"unit": "share", "low": 0.1, "central": 0.2, "high": 0.3, "assumed": "because"}


def test_every_parameter_of_every_kind_states_bounds() -> None:
    for owner in (*vocabulary.sections(), *KINDS):
        known = vocabulary.bounds(owner)
        names = vocabulary.sections().get(owner) or vocabulary.parameters_of(owner)
        assert set(known) == set(names), owner
        assert all(bounds.low < bounds.high for bounds in known.values()), owner
    assert all(shock.bounds.low == 0 for shock in SHOCKS.values())


@pytest.mark.parametrize("name", reading.names())
def test_a_shipped_config_lies_within_all_bounds_and_is_nowhere_unusual(name: str) -> None:
    config = load(name)
    assert config.notes() == []
    for key, number in config.parameters().items():
        assert number.bounds is not None, key
        part = 0.01 if number.shape == "lognormal" else 1e-7  # of a lognormal, at most, is cut off
        uniform = np.array([part, 0.5, 1 - part])
        unclipped = number.model_copy(update={"bounds": None})
        assert number.bounds.holds(unclipped.sample(uniform)), key


@pytest.mark.parametrize(("key", "value", "message"), PERCENT)
def test_a_setting_out_of_bounds_is_refused_with_a_hint_at_percent(
    key: str, value: float, message: str
) -> None:
    for set_value in (value, str(value)):
        with pytest.raises(UserError) as told:
            cs.load("six", {key: set_value})
        assert str(told.value).startswith(f"`set` {key}: {message}")
    with pytest.raises(UserError, match=f"`set` {key}"):
        apply(load("six"), {key: value})


def test_a_percentage_as_text_is_refused_with_the_number_to_write() -> None:
    for text in ("25%", " 25 %"):
        with pytest.raises(UserError, match=r"ltv_limit: '.*25.*%' is not what belongs here; write 0\.25$"):
            cs.load("six", {"softbank.ltv_limit": text})


def test_a_file_out_of_bounds_is_told_with_line_and_key(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "asks: What?\n"
        "extends: six\n"
        "services:\n"
        "  habit: {low: 60, central: 75, high: 85, assumed: because customers stay}\n"
        "roles:\n"
        "  lab:\n"
        "    learning: {low: 0.3, central: 0.5, high: 1.8, assumed: because}\n"
        "firms:\n"
        "  softbank: {cushion: -0.1}\n"
        "shocks:\n"
        "  demand_fall: {size: 30}\n",
        encoding="utf-8",
    )
    with pytest.raises(UserError) as told:
        load(file)
    assert str(told.value).splitlines() == [
        f"{file}:4: services.habit.low: 60 is above 1; it is a share: did you mean 0.6?",
        f"{file}:7: roles.lab.learning.high: 1.8 is above 1; use 0 to 1",
        f"{file}:9: firms.softbank.cushion: -0.1 is below 0; use 0 to 1",
        f"{file}:11: shocks.demand_fall.size: 30 is above 1; it is a share: did you mean 0.3?",
    ]


@pytest.mark.parametrize(
    ("settings", "notes"),
    [
        ({"services.habit": 0.3}, ["services.habit: 0.3 is outside 0.6 to 0.85"]),
        ({"services.habit": 0.7}, []),
        ({"softbank.ltv_limit": 0.5}, []),  # a fixed number has no range to be outside of
        ({"rival_lab.learning": 0.9}, ["rival_lab.learning: 0.9 is outside 0.3 to 0.8"]),  # its role's
        ({"services.habit": OWN}, []),  # a range of one's own, with its ground
    ],
)
def test_what_lies_outside_the_range_that_was_given_is_noted(
    settings: dict[str, Any], notes: list[str]
) -> None:
    at_once, later = load("six", settings), apply(load("six"), settings)
    again = apply(apply(later, {"seed": 3}), {"seed": 1})  # the range is not forgotten
    for config in (at_once, later, again):
        told = config.notes()
        assert len(told) == len(notes)
        assert all(note.startswith(start) for note, start in zip(told, notes, strict=True))


def test_run_and_check_tell_it_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("asks: What?\nextends: six\nservices: {habit: 0.3}\n", encoding="utf-8")
    note = "services.habit: 0.3 is outside 0.6 to 0.85, the range its author gave; it is used all the same"
    with pytest.raises(SystemExit):
        main(["check", str(file)])
    assert capsys.readouterr().err == f"note: {file}: {note}\n"
    with pytest.raises(SystemExit):
        main(["run", str(file), "--worlds", "2", "--until", "2025", "--out", str(tmp_path / "out")])
    assert capsys.readouterr().err.count(note) == 1
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cs.run(file, worlds=2, until=2025, out=tmp_path / "again")
    assert [str(warning.message) for warning in caught] == [note]


def test_a_field_of_the_dashboard_tells_it_too() -> None:
    habit = knobs(load("six"))["services.habit"]
    assert habit.text == "0.6 | 0.75 | 0.85 share [0 to 1]"
    assert habit.note("0.3").startswith("0.3 is outside 0.6 to 0.85")
    for text in ("0.7", "", "x", "60"):  # 60 is refused
        assert habit.note(text) == ""


def test_show_tells_meanings_and_bounds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit):
        main(["show", "six"])
    words = " ".join(capsys.readouterr().out.split())
    assert "2024 to 2030, 1000 worlds, seed 1, known until 2025-03-31" in words
    assert "what each is; low | central | high (triangular unless stated) [bounds]" in words
    habit = "habit Weight of last year's market share, against brand, in how a lab attracts customers"
    assert f"{habit} 0.6 | 0.75 | 0.85 share [0 to 1] because most users" in words
    with pytest.raises(SystemExit):
        main(["show", "six", "--json"])
    shown = json.loads(capsys.readouterr().out)
    assert shown["firms"]["softbank"]["parameters"]["ltv_limit"]["bounds"] == {"low": 0, "high": 1}


def test_a_design_table_and_a_posterior_are_held_to_bounds(tmp_path: Path) -> None:
    config = load("six")
    table = design(config, 5).assign(**{"services.habit": [0.1, 0.2, 60.0, 0.3, 0.4]})
    with pytest.raises(ValueError, match=r"services.habit: 0.1 to 60 is not within 0 to 1"):
        setup(config, table)
    file = tmp_path / "p.parquet"
    target = writable(file, POSTERIOR)
    leaps = pd.DataFrame({"frontier.leap_size": [3.0, 4000.0]})
    posterior.save(leaps, target, config, {})
    with pytest.raises(UserError, match=r"leap_size: 3 to 4000 is not within 1 to 1000"):
        posterior.load(file, config)


def test_the_tails_of_a_lognormal_end_at_the_bounds() -> None:
    known = Parameter(unit="factor", low=1, central=3, high=9, shape="lognormal", bounds=Bounds(0.5, 20))
    drawn = known.sample(np.array([1e-9, 0.5, 1 - 1e-9]))
    assert drawn.tolist() == pytest.approx([0.5, 3.0, 20.0])
