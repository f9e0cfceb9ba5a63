"""known_later: one call gives the numbers of calibrate, run, run that continues it, and compare."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import computeshift as cs
from computeshift.experiments.cli.main import main
from computeshift.experiments.questions.evidence.known_later import KnownLater, known_later
from tests.experiments.folders import same, without_glossary
from tests.experiments.questions.evidence.synthetic import row
from tests.experiments.questions.evidence.synthetic import written as facts_file

WINTER = {"shocks.demand_fall.size": 0.5}
MADE_UP: dict[str, Any] = {"published": "2026-07-15", "source": "nobody", "note": "made up"}
SIZE: dict[str, Any] = {"worlds": 40, "seed": 3}


def made_up(folder: Path) -> Path:
    """What nobody published of the first half of 2026."""
    return facts_file(
        folder / "made_up.csv",
        [
            row("OpenAI", "annualised_revenue", "2026-06", 50, **MADE_UP),
            row("OpenAI", "revenue", "2027", 90, **{**MADE_UP, "kind": "company projection"}),
        ],
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("known")


@pytest.fixture(scope="module")
def answer(folder: Path) -> KnownLater:
    facts = made_up(folder)
    return known_later("today", facts=facts, then=WINTER, weigh=1000, out=folder / "one", **SIZE)


def test_it_has_the_numbers_of_the_three_commands(answer: KnownLater, folder: Path) -> None:
    file = folder / "posterior.parquet"
    cs.calibrate(
        "today", facts=folder / "made_up.csv", fit_until=2026, worlds=1000, seed=SIZE["seed"], out=file
    )
    known = cs.run("today", posterior=file, out=folder / "known", **SIZE)
    then = cs.run("today", fork=folder / "known", at=2026, set=WINTER, out=folder / "then")
    assert answer.at == 2026  # what is projected for 2027 is not known
    assert (folder / "one" / "posterior.parquet").read_bytes() == file.read_bytes()
    same(cs.open(answer.folder / "known"), known)
    same(cs.open(answer.folder / "then"), then)
    same(cs.open(answer.folder / "prior"), cs.run("today", out=folder / "prior", **SIZE))
    difference = cs.compare([known, then]).outcomes.set_index("outcome")
    rows = answer.headlines.set_index("outcome")
    for name in ("openai_revenue", "stargate_share"):
        for column in ("difference", "low", "high"):
            assert rows.loc[name, column] == pytest.approx(difference[column][name])


def test_its_picture_says_which_runs_it_is_of(answer: KnownLater) -> None:
    source = answer.draw().source
    assert source.startswith("today")
    assert str(answer.worlds) in source


def test_the_table_says_what_facts_and_change_do(answer: KnownLater) -> None:
    rows = answer.headlines.set_index("outcome")
    revenue = cs.open(answer.folder / "known").outcome("openai_revenue")[2030]
    assert rows.loc["openai_revenue", "known_p90"] == pytest.approx(revenue.quantile(0.9))
    debt = cs.open(answer.folder / "then").outcome("oracle_leverage").max(axis=1)  # at its peak
    assert rows.loc["oracle_leverage_peak", "then_p50"] == pytest.approx(debt.median())
    medians = rows.loc["openai_revenue", ["prior_p50", "known_p50", "then_p50"]].astype(float)
    assert medians["prior_p50"] < medians["known_p50"]  # more was sold than the prior held likely
    assert medians["then_p50"] < medians["known_p50"]
    text = repr(answer)
    assert re.search(r"What if, after 2026: The demand fall's size: 0.5 share \(instead of 0", text)
    assert "It moves" in text
    assert "Results and posterior.parquet in " in text
    assert without_glossary(answer) == []
    assert {"headlines", "parameters", "facts"} == set(answer.tables())
    assert answer.draw().option["yAxis"][0]["data"][0] == "Stargate share"


def test_without_a_change_it_says_what_the_facts_change(tmp_path: Path) -> None:
    asked = ["oracle.debt in 2025", "oracle.debt in 2028"]
    answer = known_later("end_of_2023", at=2024, weigh=1000, outcomes=asked, out=tmp_path / "out", **SIZE)
    assert not answer.changes
    assert sorted(path.name for path in answer.folder.iterdir()) == ["known", "posterior.parquet", "prior"]
    assert "then_p50" not in answer.headlines
    debt = answer.headlines.set_index("outcome")["known_p50"]
    assert debt["oracle.debt in 2025"] > 0
    assert answer.missing == ["oracle.debt in 2028"]  # the worlds end before
    assert "Without a value in these worlds: oracle.debt in 2028." in repr(answer)
    assert "What if" not in repr(answer)


def test_the_year_is_by_default_the_last_that_is_known(tmp_path: Path) -> None:
    early = facts_file(tmp_path / "early.csv", [row("OpenAI", "revenue", "2025", 13, **MADE_UP)])
    with pytest.raises(cs.UserError, match=r"`facts` .*early.csv: no fact is about a year after 2025"):
        known_later("today", facts=early, out=tmp_path / "out", **SIZE)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--then shocks.demand_fal.size=0.5", "--then shocks.demand_fal.size: there is no shock"),
        (
            "--then openai.initial_cash=3",
            "--then openai.initial_cash: it is about the start",
        ),
        ("--then until=2031", "--then until: it is the same in all runs, so give it with --set"),
        ("--then winter", "--then winter: no value; write KEY=VALUE"),
        ("--at 2030", "--at: 2030 is not a year after which today goes on; use 2026 to 2029"),
        ("--weigh 20", "20 worlds are too few to weigh"),
        ("--worlds 20", "20 worlds are too few for an interval"),
        ("--facts none.csv", "--facts: can't read none.csv"),
        ("-o full", "--out: full is there and not empty: name a new folder"),
        ("-o made_up.csv", "--out: made_up.csv is there and not empty"),
    ],
)
def test_a_mistake_is_told_before_anything_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    made_up(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious").write_text("", encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(f"known-later today --facts made_up.csv -o new --worlds 40 {options}".split())
    output, errors = capsys.readouterr()
    assert (left.value.code, output) == (2, "")
    assert message in " ".join(errors.split())
    assert not any((tmp_path / "new").glob("*"))
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["precious"]
