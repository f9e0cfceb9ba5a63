"""Questions that a report answers: it says what their commands print, or is refused in time."""

from __future__ import annotations

import html
import shlex
from pathlib import Path

import pytest

import computeshift as cs
from computeshift.experiments.cli.main import main


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Worlds of two strategies, run from the command line."""
    folder = tmp_path_factory.mktemp("runs")
    made = {}
    for name in ("vision", "prudent"):
        words = ["run", "six", "--worlds", "40", "--set", f"softbank.strategy={name}", "--until", "2026"]
        words += ["--out", str(folder / name)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.argv", ["computeshift", *words])
            with pytest.raises(SystemExit):
                main(words)
        made[name] = folder / name
    return made


def section(file: Path, name: str) -> str:
    """What stands in the section of a question, as text."""
    text = file.read_text("utf-8")
    return html.unescape(text.partition(f'<section id="{name}"')[2].partition("</section>")[0])


def command(words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command prints; it must succeed."""
    with pytest.raises(SystemExit) as left:
        main(shlex.split(words)[1:])
    assert not left.value.code
    return capsys.readouterr().out


def test_a_section_says_what_its_command_prints(
    runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    file, (one, other) = tmp_path / "r.html", runs.values()
    command(f"computeshift report {one} {other} --ask risk --ask compare --ask strategies -o {file}", capsys)
    sections = {
        "ask_risk": f"computeshift risk {one}",
        "ask_risk_2": f"computeshift risk {other}",
        "ask_compare": f"computeshift compare {one} {other}",
        "ask_strategies": "computeshift strategies openai --config six --worlds 40 --seed 1"
        " --set softbank.strategy=vision --set until=2026",
    }
    for name, words in sections.items():
        shown = section(file, name)
        assert f"<code>{words}</code>" in shown
        told = [line.strip() for line in command(words, capsys).splitlines()]
        assert told[0] in " ".join(shown.split()).replace("<p>", "")
        numbers = [word for line in told for word in line.split() if any(letter.isdigit() for letter in word)]
        assert len(numbers) > 50
        assert [number for number in numbers if number not in shown] == []
        assert f'"name":"{name}"' in file.read_text("utf-8")  # a picture


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "--ask risk --ask sensitivty",
            "--ask: there is no question 'sensitivty'; did you mean 'sensitivity'?",
        ),
        ("--ask zebra", "--ask: there is no question 'zebra'; use one of breaks, compare, deals"),
        ("--ask compare", "--ask: compare needs two results folders or more"),
    ],
)
def test_what_can_not_be_asked_is_refused_before_any_work(
    asked: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["report", str(tmp_path / "nowhere"), "-o", str(tmp_path / "r.html"), *asked.split()])
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith(message)


def test_a_question_that_has_no_answer_leaves_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cs.run("six", worlds=20, until=2025, out=tmp_path / "few")
    with pytest.raises(SystemExit) as left:
        main(["report", str(tmp_path / "few"), "-o", str(tmp_path / "r.html"), "--ask", "risk"])
    assert left.value.code == 2
    assert "--ask risk: " in (told := capsys.readouterr().err)
    assert "too few" in told
    assert not (tmp_path / "r.html").exists()


def test_an_experiment_has_no_single_config_to_ask_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cs.experiment("six", worlds=30, set={"softbank.strategy": ["vision", "exit"]}, out=tmp_path / "many")
    with pytest.raises(SystemExit) as left:
        main(["report", str(tmp_path / "many"), "-o", str(tmp_path / "r.html"), "--ask", "risk"])
    assert left.value.code == 2
    assert "--ask: an experiment's folder has many configs" in capsys.readouterr().err
