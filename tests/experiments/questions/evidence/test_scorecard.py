"""The scorecard: a frozen list of facts, each start played once, and weighed for each year as in backtest."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.cli.main import main
from computeshift.experiments.config.source import names
from computeshift.experiments.questions.evidence import scorecard as module
from computeshift.experiments.questions.evidence.scorecard import Scorecard, scorecard
from computeshift.experiments.questions.evidence.scored import GROUPS, STARTS, groups, listed
from tests.experiments.conftest import SCORED_WORLDS as WORLDS
from tests.experiments.folders import without_glossary
from tests.experiments.questions.evidence.synthetic import row, written

CORE = 90
"""Facts that `backtest` scored before the first scorecard, from all starts."""


def test_every_fact_of_the_list_faces_worlds_of_its_start(card: Scorecard) -> None:
    assert card.not_faced == []
    facts = card.facts
    for way in ("drawn", "fitted"):
        own = facts[facts["way"] == way]
        keys = own["start"] + ":" + own["entity"] + "/" + own["variable"] + "/" + own["when"]
        assert sorted(keys) == sorted(f"{start}:{name}" for start, name in listed())
    assert (facts["ahead"] >= 1).all()


def test_the_list_is_whole_and_its_core_stays() -> None:
    entries = listed().values()
    assert {one.start for one in entries} == {*STARTS} <= {*names()}
    assert {one.group for one in entries} <= {*GROUPS}
    assert sum(one.core for one in entries) == CORE
    lines = (Path(module.__file__).parent / "scored.csv").read_text("utf-8").splitlines()
    assert len(lines) == len(listed()) + 1  # no fact twice
    assert {(one.entity, one.variable, one.group) for one in entries} == {
        (*key, group) for key, group in groups().items()
    }


def test_fitted_facts_are_scored_as_backtest_scores_them(card: Scorecard) -> None:
    one = cs.backtest("end_of_2022", fit_until=2024, score=2025, worlds=WORLDS).facts
    facts = card.facts
    same = facts[(facts["start"] == "end_of_2022") & (facts["way"] == "fitted") & (facts["year"] == 2025)]
    key = ["entity", "variable", "when"]
    both = same.merge(one, on=key, suffixes=("", "_there"))
    assert len(both) == len(same) > 20
    for column in ("value", "p5", "p50", "p95", "crps", "growth", "plan"):
        pd.testing.assert_series_equal(both[column], both[f"{column}_there"], check_names=False)


def test_the_first_year_has_nothing_to_fit(card: Scorecard) -> None:
    facts, weighed = card.facts, card.weighed
    first = facts[facts["ahead"] == 1]
    drawn, fitted = (
        own.drop(columns="way").reset_index(drop=True) for _, own in first.groupby("way", sort=True)
    )
    pd.testing.assert_frame_equal(drawn, fitted)
    assert (weighed.loc[weighed["way"] == "drawn", "fitted"] == 0).all()
    later = weighed[(weighed["way"] == "fitted") & (weighed["year"] == 2025)]
    assert (later["fit_until"] == 2024).all()
    assert dict(zip(later["start"], later["fitted"] > 0, strict=True)) == {
        "end_of_2022": True,
        "end_of_2023": True,
        "baseline": False,
    }


def test_the_same_seed_gives_the_same_bits_and_progress_is_over_all_starts(card: Scorecard) -> None:
    reports: list[tuple[int, int]] = []
    again = scorecard(worlds=WORLDS, progress=lambda done, total: reports.append((done, total)))
    pd.testing.assert_frame_equal(card.facts, again.facts, check_exact=True)
    pd.testing.assert_frame_equal(card.measures, again.measures, check_exact=True)
    assert reports == sorted(reports)
    assert reports[-1] == (len(STARTS) * WORLDS, len(STARTS) * WORLDS)
    other = scorecard(worlds=WORLDS, seed=2)
    assert not np.array_equal(card.facts["crps"], other.facts["crps"])


def test_places_among_the_worlds(card: Scorecard) -> None:
    facts = card.facts
    assert facts["pit"].between(0, 1).all()
    assert (facts.loc[facts["value"] > facts["p95"], "pit"] >= 0.95).all()
    assert (facts.loc[facts["value"] < facts["p5"], "pit"] <= 0.05).all()
    values, weights = np.array([1.0, 2.0, 2.0, 3.0]), np.array([0.1, 0.2, 0.3, 0.4])
    assert module._below(values, weights, 2.0) == pytest.approx(0.1 + 0.25)
    assert module._below(values, weights, 9.0) == pytest.approx(1.0)


def test_a_fact_leaves_or_joins_by_the_list_alone(card: Scorecard, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = ("baseline", "OpenAI/revenue/2025")
    other = {key: one for key, one in listed().items() if key != gone}
    ghost = replace(listed()[gone], entity="OpenAI", when="2019")
    monkeypatch.setattr(module, "listed", lambda: other | {("baseline", ghost.name): ghost})
    changed = scorecard(worlds=WORLDS)
    assert changed.not_scored == ["baseline: OpenAI/revenue/2025", *card.not_scored]
    assert changed.not_faced == ["baseline: OpenAI/revenue/2019"]
    assert len(changed.facts) == len(card.facts) - 2
    text = " ".join(repr(changed).split())
    assert "Facts of the list that face no world: 1 (baseline: OpenAI/revenue/2019)." in text
    assert f"are not in the list of scored facts: {1 + len(card.not_scored)} (baseline: OpenAI" in text


def test_facts_of_a_file_are_scored_and_rows_that_face_nothing_counted(
    card: Scorecard, tmp_path: Path
) -> None:
    rows = [
        row("OpenAI", "revenue", "2026", 40),
        row("OpenAI", "revenu", "2026", 40),
        row("Oracle", "capex", "2019", 2),
    ]
    more = scorecard(worlds=WORLDS, facts=written(tmp_path / "more.csv", rows))
    added = more.facts[more.facts["year"] == 2026]
    assert set(added["variable"]) == {"revenue"}
    assert Counter(added["start"]) == dict.fromkeys(STARTS, 2)
    assert set(added["group"]) == {"lab"}
    assert not added["core"].any()
    assert sorted(left.row.name for left in more.skipped) == ["OpenAI/revenu/2026", "Oracle/capex/2019"]
    assert "Rows of the facts file that face no world: 2 (" in " ".join(repr(more).split())
    assert more.measure(way="drawn", group="core")["facts"] == CORE
    # A fiscal year to January 2026 faces worlds only once they reach 2026.
    late = [f"{start}: NVIDIA/data_center_revenue/FY2026" for start in STARTS]
    assert sorted(more.not_scored) == sorted([*late, *card.not_scored])


def run(capsys: pytest.CaptureFixture[str], command: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(command.split())
    return int(left.value.code or 0), *capsys.readouterr()


def test_backtest_all_is_the_scorecard(
    card: Scorecard, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, output, _ = run(capsys, f"backtest --all --worlds {WORLDS} --json")
    assert code == 0
    assert json.loads(output) == card.document()
    code, output, _ = run(capsys, f"scorecard --worlds {WORLDS}")
    assert code == 0
    assert max(map(len, output.splitlines())) <= 80
    text = " ".join(output.split())
    assert "rivals 73 " in text
    fitted = card.facts[card.facts["way"] == "fitted"]
    same = fitted[(fitted["p95"] - fitted["p5"]).abs() < 0.005 * fitted["value"].abs()]
    assert len(same) > 0
    assert f"On {len(same)} facts the worlds hardly differ" in text


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("backtest --all --score 2024", "--all and --score do not go together"),
        ("backtest end_of_2023 --all", "--all and CONFIG|RESULTS do not go together"),
        ("scorecard --worlds 10", "10 worlds are too few"),
        ("scorecard --facts nowhere.csv", "can't read nowhere.csv"),
        ("scorecard --set no.such=1", "no.such"),
    ],
)
def test_a_mistake_is_reported(capsys: pytest.CaptureFixture[str], command: str, message: str) -> None:
    code, _, errors = run(capsys, command)
    assert code == 2
    assert message in errors
    assert "Traceback" not in errors


def test_its_tables_say_what_their_columns_are(card: Scorecard) -> None:
    assert without_glossary(card) == []
