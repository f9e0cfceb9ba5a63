"""A year that was not told: scored fact by fact, blind to what came after the cut."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import computeshift as cs
from computeshift.experiments.cli.main import main
from computeshift.experiments.config.periods import Period
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.evidence.backtest import Backtest, backtest
from computeshift.experiments.questions.evidence.scores import scored
from computeshift.experiments.questions.evidence.weighing import weigh
from tests.experiments.folders import linked, posterior
from tests.experiments.questions.evidence.synthetic import row, written
from tests.experiments.questions.evidence.test_calibrate import ensemble, of_world


def test_a_right_model_covers_nine_in_ten_and_beats_a_wrong_rival(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ensemble(cs.load("six"), tmp_path, monkeypatch, 2025)
    scored_facts = [fact for fact in found.facts if fact.year == 2026]
    draws = np.random.Generator(np.random.Philox(2))
    rows = []
    for truth in range(40):
        facts = of_world(truth, found.says, found.fitted, draws)
        earlier = [replace(fact, period=earlier_by(fact.period, 1), value=fact.value / 10) for fact in facts]
        fit = replace(found, fitted=facts, history=[*earlier, *facts], weights=weigh(found.says, facts))
        was = [replace(fact, value=found.says[fact.name].iloc[truth]) for fact in scored_facts]
        rows += [scored(fit, fact) for fact in was if fact.value > 0]
    answer = Backtest(found, 2026, pd.DataFrame(rows), [], [])
    assert 0.85 <= answer.coverage <= 0.95
    better, count = answer.skill("growth")
    assert better is not None
    assert better > 0.7
    assert count > 300
    told_more, _ = answer.skill("crps_prior")
    assert told_more is not None
    assert told_more > 0.05  # what was fitted helps with what comes
    assert answer.skill("plan") == (None, 0)


def earlier_by(when: Period, years: int) -> Period:
    """The same months, so many years before."""
    return Period(when.first - 12 * years, when.end - 12 * years)


def test_facts_after_the_cut_move_no_weight_and_facts_appended_are_scored(tmp_path: Path) -> None:
    later = [row("OpenAI", "revenue", "2026", 999), row("Oracle", "debt_total", "2026-12", 1)]
    early = [row("Oracle", "debt_total", "2025", 110, published="2026-02-01")]
    strange = [row("OpenAI", "revenue", "2026", 1, unit=f"crowns_{i}") for i in range(10)]
    strange.insert(0, row("OpenAI", "revenu", "2026", 1))
    lists = ([*later, *strange], [*later, *early])
    mine, other = (written(tmp_path / f"{n}.csv", r) for n, r in enumerate(lists))
    command = {"fit_until": 2025, "score": 2026, "worlds": 1_000}
    one = backtest("six", facts=mine, **command)  # type: ignore[arg-type]
    assert len(one.fit.skipped) == len(one.document()["skipped"]) == len(strange)
    text = " ".join(repr(one).split())
    assert "11 rows of the facts file were skipped: OpenAI/revenu/2026 (the model has no such" in text
    later[0]["value"] = "1"
    same = backtest("six", facts=written(tmp_path / "same.csv", later), **command)  # type: ignore[arg-type]
    moved = backtest("six", facts=other, **command)  # type: ignore[arg-type]
    assert np.array_equal(one.fit.weights.of, same.fit.weights.of)
    assert not np.array_equal(one.fit.weights.of, moved.fit.weights.of)
    facts = one.facts.set_index("variable")
    assert facts["value"].to_dict() == {"revenue": 999, "debt_total": 1}
    assert not facts["covered"].any()
    assert one.document()["skill"]["growth"] == {"skill": None, "facts": 2}
    assert one.document()["skill"]["prior"] == {"skill": None, "facts": 2}
    with Console(file=StringIO(), width=400, record=True) as console:
        one.show(console)
    text = console.export_text()
    assert "Against the company's own plan: too few facts (1) for a mean" in text
    assert "skill +" not in text
    assert (facts["p50"] == same.facts.set_index("variable")["p50"]).all()
    assert facts.loc["revenue", "plan_value"] == 30.0  # the plan of September 2025
    assert facts["growth_value"].to_dict()["revenue"] == pytest.approx(13.07**2 / 3.85)
    nine_months, sixteen = (105.4 / 88.62), 16 / 9  # of November 2024, of August 2025; to December 2026
    assert facts["growth_value"].to_dict()["debt_total"] == pytest.approx(105.4 * nine_months**sixteen)


def test_a_folder_is_scored_as_it_is_unless_it_has_seen_facts(tmp_path: Path) -> None:
    results = cs.run("six", worlds=1_000, until=2026, out=tmp_path / "o", against=False)
    from_folder = backtest(results, fit_until=2024, score=2025)
    from_config = backtest("six", fit_until=2024, score=2025, worlds=1_000)
    pd.testing.assert_frame_equal(from_folder.facts, from_config.facts)
    assert from_folder.later == from_config.later == []  # what was published by March 2025 was known
    seen = linked(results, tmp_path / "seen", posterior=posterior("f"))
    with pytest.raises(UserError, match="its worlds have seen facts"):
        backtest(seen.folder, fit_until=2024, score=2025)


def run(capsys: pytest.CaptureFixture[str], asked: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(asked.split())
    return int(left.value.code or 0), *capsys.readouterr()


def test_the_commands_answer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    picture, file = tmp_path / "a.png", tmp_path / "p.parquet"
    code, output, _ = run(capsys, f"backtest six --worlds 1000 --plot {picture}")
    assert code == 0
    assert "Nothing to fit" in output
    assert max(map(len, output.replace(str(picture), "").splitlines())) <= 80
    assert picture.stat().st_size > 1_000
    code, output, _ = run(capsys, "backtest six --worlds 1000 --json")
    document = json.loads(output)
    assert document["coverage"] == sum(f["covered"] for f in document["facts"]) / len(document["facts"])
    assert document["grounded_later"] == []
    reasons = {left["fact"]: left["why"] for left in document["not_covered"]}
    assert reasons["OpenAI/revenue/2025-H1"] == "most of its period lies in periods that count already"
    assert reasons["Oracle/capex/FY2025"] == "not simulated by six"
    assert reasons["OpenAI/weekly_active_users/2025-08"] == "the model has no such variable"
    command = f"calibrate six --fit-until 2025 --worlds 1000 --out {file} --plot {picture}"
    code, output, _ = run(capsys, command)
    assert code == 0
    assert "raised to the power" in " ".join(output.split())
    code, output, _ = run(capsys, f"run six --worlds 20 --out {tmp_path / 'o'} --posterior {file}")
    assert code == 0
    terms = cs.open(tmp_path / "o").manifest.posterior
    assert terms
    assert terms.rows == 1_000


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("backtest six --fit-until 2025", "--fit-until 2025 is not before --score 2025"),
        ("backtest six --fit-until 2023 --score 2024", "simulates nothing of 2024"),
        ("backtest six --score 2035", "no fact about 2035 is simulated"),
        ("backtest six --worlds 10", "10 worlds are too few"),
        ("backtest six --facts nowhere.csv", "can't read nowhere.csv"),
        ("run six --worlds 2 --posterior nowhere.parquet", "--posterior nowhere.parquet: No such file"),
    ],
)
def test_a_mistake_is_told(capsys: pytest.CaptureFixture[str], asked: str, message: str) -> None:
    code, _, errors = run(capsys, asked + ("" if "--worlds" in asked else " --worlds 1000"))
    assert code == 2
    assert message in errors
    assert "Traceback" not in errors
