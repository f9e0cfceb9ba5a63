"""What a page says of a question: the very words and numbers of the command that it names."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

import computeshift as cs
from computeshift.experiments.cli.main import main
from computeshift.experiments.questions.table import QUESTIONS
from computeshift.experiments.results.claims import claims_of
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.ask.call import call
from computeshift.experiments.views.ask.parts import Part, Sheet, parts
from computeshift.experiments.views.ask.subject import Subject, of_folder
from computeshift.experiments.views.ask.table import ASKS, asked
from computeshift.experiments.views.dashboard.config_file import config_text
from computeshift.experiments.views.dashboard.query import Query
from computeshift.experiments.views.dashboard.scenarios import Scenarios
from computeshift.experiments.views.text.table import printed

FEW = {"sensitivity": {"rows": 16}, "discover": {"worlds": 1000}, "scorecard": {"worlds": 1200}}
"""Options of questions that play many worlds."""
SMALL = {"game": {"first": "mgx", "second": "deepseek"}}
"""A game of few profiles."""
SIZE = {"worlds": "40", "seed": "3"}
CHANGED = {**SIZE, "softbank.strategy": "prudent", "services.elasticity": "0.9"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Worlds of a changed baseline."""
    return cs.run("six", worlds=40, set=CHANGED, out=tmp_path_factory.mktemp("asked") / "kept")


def on_page(scenarios: Scenarios, query: Query, results: Results) -> Subject:
    """What a page shows."""
    return scenarios.subject(query, scenarios.config(query), results)


def command(words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command prints on 88 columns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "88")
        with pytest.raises(SystemExit) as left:
            main(shlex.split(words)[1:])
    assert not left.value.code
    return capsys.readouterr().out


def words(shown: list[Part]) -> str:
    """All that stands in the parts of an answer."""
    texts = []
    for part in shown:
        if isinstance(part, Sheet):
            texts += [part.title, *part.heads, *(cell for row in part.rows for cell in row), part.note]
        else:
            texts.append(part.text)
    return " ".join(texts)


@pytest.mark.parametrize("name", [name for name in ASKS if name != "breaks"])  # that one in a browser
def test_a_page_says_what_its_command_prints(
    name: str, folder: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    query = Query("six", SIZE if name == "compare" else CHANGED)
    subject, ask = on_page(Scenarios(), query, folder), replace(ASKS[name], fixed=FEW.get(name, {}))
    asks = call(ask, subject, ask.defaults(subject) | SMALL.get(name, {}))
    answer = asks.answer(lambda done, total: None)
    told = command(asks.command, capsys)
    assert told == printed(answer.show)
    said = words(parts(answer)).split()
    whole = {word for word in told.split() if not word.endswith("…")}
    assert len(told.split()) == len(said)
    assert whole <= {*said}


def test_a_changed_scenario_is_compared_as_the_file_that_it_is_saved_as(
    folder: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--set` would change the reference, too."""
    scenarios, query = Scenarios(), Query("six", CHANGED)
    subject = on_page(scenarios, query, folder)
    asks = call(ASKS["compare"], subject, {"reference": "circular_money"})
    assert asks.first == "First save it as my_six_2_changes.yaml: Save as config."
    monkeypatch.chdir(tmp_path)
    Path("my_six_2_changes.yaml").write_text(config_text(query, scenarios), encoding="utf-8")
    told = json.loads(command(f"{asks.command} --json", capsys))["outcomes"]
    here = asks.answer(lambda done, total: None).document()["outcomes"]
    assert [row | {"config": ""} for row in told] == [row | {"config": ""} for row in here]
    assert any(row["difference"] for row in told)


def test_a_folder_is_read_or_its_config_is_played(
    folder: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = f"run six --worlds 40 --seed 3 --set softbank.strategy=prudent --until 2029 --out {tmp_path}/r"
    monkeypatch.setattr("sys.argv", ["computeshift", *shlex.split(run)])
    command(f"computeshift {run}", capsys)
    subject = of_folder(cs.open(tmp_path / "r"))
    for name, words in (
        ("risk", f"computeshift risk {tmp_path}/r"),
        (
            "strategies",
            "computeshift strategies openai --config six --worlds 40 --seed 3"
            " --set softbank.strategy=prudent --set until=2029",
        ),
    ):
        asks = call(ASKS[name], subject, ASKS[name].defaults(subject))
        assert (asks.command, asks.first) == (words, "")
        assert command(words, capsys) == printed(asks.answer(lambda done, total: None).show)
    made_in_python = call(ASKS["strategies"], of_folder(folder), {"firm": "openai"})
    assert "its config.yaml stands for the config of the run" in made_in_python.first


def test_nobody_asks_for_a_name_that_there_is_not() -> None:
    with pytest.raises(
        cs.UserError, match="`ask`: there is no question 'sensitivty'; did you mean 'sensitivity'"
    ):
        asked("sensitivty")


def test_questions_are_those_of_the_command_line() -> None:
    options = {question.name: {option.name for option in question.options} for question in QUESTIONS}
    for name, ask in ASKS.items():
        assert {one.option for one in ask.inputs} | ask.fixed.keys() <= options[name]


def test_the_claim_that_is_asked_about_first_is_an_open_one(folder: Results) -> None:
    subject = of_folder(folder)
    claim = ASKS["discover"].defaults(subject)["claim"]
    held = {
        name: abs(one.mean() - 0.5)
        for name, known in claims_of(folder.config).items()
        if (one := known.holds(folder)) is not None
    }
    assert held[claim] == min(held.values())
