"""Experiments: the table's numbers are those of the cells' worlds, and questions are asked of cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.experiment.experiment import ExperimentTable, experiment
from computeshift.experiments.questions.sensitivity.answer import Sensitivity
from tests.experiments.folders import without_glossary

WORLDS = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("experiment")


@pytest.fixture(scope="module")
def answer(folder: Path) -> ExperimentTable:
    document = {
        "asks": "Does it matter?",
        "worlds": WORLDS,
        "until": 2027,
        "keep": "all",
        "vary": {"softbank.strategy": ["vision", "exit"], "shocks.nav_fall.size": [0, 0.6]},
        "outcomes": ["stargate_share", "stargate_100"],
        "ask": ["compare", {"sensitivity": "stargate_share"}, "risk", {"risk": {"cell": 2}}],
    }
    (folder / "grid.yaml").write_text(json.dumps(document), "utf-8")
    return experiment(folder / "grid.yaml", out=folder / "out")


def row(answer: ExperimentTable, cell: int, outcome: str, year: int) -> dict[Any, Any]:
    (found,) = answer.rows.query("cell == @cell and outcome == @outcome and year == @year").to_dict("records")
    return found


def test_the_tables_numbers_are_those_of_the_cells_worlds(answer: ExperimentTable) -> None:
    first, other = (answer.results[i] for i in (0, 2))
    assert first is not None
    assert other is not None
    values, before = other.outcome("stargate_share")[2027], first.outcome("stargate_share")[2027]
    found = row(answer, 3, "stargate_share", 2027)
    assert found["median"] == pytest.approx(values.median(), abs=1e-12)
    assert (found["p10"], found["p90"]) == pytest.approx(tuple(np.quantile(values, [0.1, 0.9])), abs=1e-12)
    assert found["mean"] == pytest.approx(values.mean(), abs=1e-12)
    assert found["difference"] == pytest.approx((values - before).mean(), abs=1e-12)
    assert found["low"] < found["difference"] < found["high"]
    assert found["softbank.strategy"] == "exit"
    assert pd.isna(row(answer, 1, "stargate_share", 2027)["difference"])


def test_a_claims_mean_is_how_often_it_holds(answer: ExperimentTable) -> None:
    results = answer.results[3]
    assert results is not None
    known = results.claims().set_index("name").loc["stargate_100", "probability"]
    assert row(answer, 4, "stargate_100", 2027)["mean"] == pytest.approx(known)


def test_questions_are_asked_of_the_cells(answer: ExperimentTable) -> None:
    assert list(answer.answers) == ["compare", "risk", "risk of cell 2"]
    assert "too few" in answer.unanswered["sensitivity stargate_share"]
    assert "compare: outcomes" in answer.tables()
    assert "Not answered: sensitivity stargate_share" in repr(answer)


def test_cells_of_samples_are_asked_as_one_sample(tmp_path: Path) -> None:
    document = {
        "worlds": 504,
        "until": 2026,
        "samples": {"n": 8, "of": {"shocks.nav_fall.size": [0, 0.9]}},
        "outcomes": ["softbank.nav in 2026"],
        "ask": [{"sensitivity": "softbank.nav in 2026"}],
    }
    (tmp_path / "drawn.yaml").write_text(json.dumps(document), "utf-8")
    answer = experiment(tmp_path / "drawn.yaml", out=tmp_path / "out")
    (found,) = answer.answers.values()
    assert isinstance(found, Sensitivity)
    assert list(answer.answers) == ["sensitivity softbank.nav in 2026 over all cells"]
    assert found.worlds == 504
    assert found.factors.loc["shocks.nav_fall.size", "unit"] == "share"


def test_the_folder_gives_the_same_table_and_files_have_it(folder: Path, answer: ExperimentTable) -> None:
    again = experiment(folder / "out")
    pd.testing.assert_frame_equal(again.rows, answer.rows, check_exact=True)
    stored = pd.read_parquet(folder / "out" / "table.parquet")
    assert stored["median"].equals(answer.rows["median"])
    assert pd.read_csv(folder / "out" / "table.csv")["cell"].tolist() == answer.rows["cell"].tolist()
    other = experiment(folder / "out", outcomes=["openai_raised"])
    assert set(other.rows["outcome"]) == {"openai_raised"}


def test_its_folder_has_a_report_with_the_cells_numbers(folder: Path, answer: ExperimentTable) -> None:
    page = cs.report(folder / "out", folder / "page.html").read_text("utf-8")
    assert "<h1>Experiment grid</h1>" in page
    assert "was asked, and not answered" in page
    held = row(answer, 2, "stargate_100", 2027)["mean"]
    assert f"<td>{100 * held:.1f}%" in page
    with pytest.raises(UserError, match="about one experiment's folder"):
        cs.report([folder / "out", folder / "out"], folder / "other.html")


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        ("sensitivty", "there is no question 'sensitivty'; did you mean 'sensitivity'"),
        ({"sensitivity": {"outcom": "x"}}, "sensitivity has no 'outcom'; did you mean 'outcome'"),
        ("discover", "discover needs its claim"),
        (
            {"sensitivity": "stargate_shar"},
            "no outcome or claim 'stargate_shar'; did you mean 'star",
        ),
        ({"sensitivity": {"outcome": "trust", "years": [2040]}}, "there is no year 2040: use 2025 to 2030"),
        ({"discover": "burn"}, "there is no claim 'burn'"),
        ({"sensitivity": {"outcome": "trust", "rows": 64}}, "'rows' is for what plays worlds; leave it out"),
        ({"risk": {"cell": 9}}, "there is no cell 9; use 1 to 2"),
        ({"compare": "x"}, "compare takes no 'x'"),
        ([1], "is no question"),
    ],
)
def test_a_question_that_can_not_be_asked_is_refused_before_the_work(
    tmp_path: Path, ask: object, told: str
) -> None:
    file = tmp_path / "wrong.yaml"
    document = {"vary": {"softbank.strategy": ["vision", "exit"]}, "worlds": 10, "ask": [ask]}
    file.write_text(json.dumps(document), "utf-8")
    with pytest.raises(UserError) as wrong:
        experiment(file, out=tmp_path / "out")
    assert told in str(wrong.value)
    assert not (tmp_path / "out").exists()


def test_a_name_that_is_no_outcome_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no outcome or claim 'stargate_shar'; did you mean 'stargate_share'"):
        experiment(
            "six", set={"softbank.strategy": "[exit]"}, outcomes=["stargate_shar"], out=tmp_path / "out"
        )
    assert not (tmp_path / "out").exists()


def test_an_expression_is_an_outcome_that_a_summary_has(tmp_path: Path) -> None:
    margin = "(openai.revenue - openai.burn) / openai.revenue in 2026"
    asked = [margin, "openai.defaulted by 2026", "openai.revenue"]  # the last is `openai_revenue` too
    answer = experiment(
        "six",
        set={"softbank.strategy": ["vision", "exit"], "until": 2026},
        outcomes=asked,
        worlds=5,
        out=tmp_path / "out",
    )
    first = answer.results[0]
    assert first is not None
    assert first.manifest.keep == "summary"
    expected = 1 - first.variable("openai", "burn")[2026] / first.variable("openai", "revenue")[2026]
    found = row(answer, 1, asked[0], 2026)
    assert found["median"] == pytest.approx(expected.median())
    assert set(answer.rows["outcome"]) == set(asked)
    assert list(first.config.outcomes) == ["openai_defaulted_by_2026"]  # the others need what it has
    with pytest.raises(UserError, match="did you mean 'oracle'"):
        experiment("six", outcomes=["orcle.debt in 2026"], worlds=5, out=tmp_path / "other")


def test_an_added_expression_simulates_again_only_what_lacks_it(tmp_path: Path) -> None:
    def made(*outcomes: str) -> set[str]:
        grid = {"softbank.strategy": ["vision", "exit"], "until": 2025}
        experiment("six", set=grid, outcomes=list(outcomes), worlds=3, out=tmp_path / "out")
        return {cell.name for cell in (tmp_path / "out" / "cells").iterdir()}

    first = made("oracle.debt in 2025")
    assert made("openai.burn / 2", "oracle.debt in 2025") == first
    assert made("stargate_share") == first
    with pytest.warns(UserWarning, match="2 cells are .* again: .* too little for oracle.cash in 2025;"):
        assert len(made("oracle.cash in 2025")) == 4


def test_its_tables_say_what_their_columns_are(answer: ExperimentTable) -> None:
    assert without_glossary(answer) == []


def test_a_deals_number_is_that_of_the_cell_run_alone(tmp_path: Path) -> None:
    asked = "deal(left, oracle_300) in 2027"
    document = {
        "asks": "And the deal?",
        "base": "oracle_contract",
        "worlds": 12,
        "until": 2027,
        "vary": {"deals.oracle_300.gw": [2, 4]},  # which share a market
        "outcomes": [asked],
    }
    (tmp_path / "deal.yaml").write_text(json.dumps(document), "utf-8")
    answer = experiment(tmp_path / "deal.yaml", out=tmp_path / "out")
    for cell, gw in ((1, 2), (2, 4)):
        settings = {"until": 2027, "deals.oracle_300.gw": gw}
        alone = cs.run("oracle_contract", worlds=12, set=settings, out=tmp_path / f"alone {gw}")
        assert row(answer, cell, asked, 2027)["median"] == alone.deal("oracle_300", "left")[2027].median() > 0
