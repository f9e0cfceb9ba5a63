"""The commands: from a config to a file, from the file and facts to scores; mistakes end with exit code 2."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from computeshift.experiments.cli.main import main
from tests.experiments.questions.evidence.synthetic import row
from tests.experiments.questions.evidence.synthetic import written as facts_file
from tests.experiments.questions.predictions.handmade import written


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def told(capsys: pytest.CaptureFixture[str], command: str) -> tuple[int, str, str]:
    """Exit code, output and messages of a command."""
    with pytest.raises(SystemExit) as left:
        main(command.split())
    return int(left.value.code or 0), *capsys.readouterr()


def test_from_a_config_to_scores(capsys: pytest.CaptureFixture[str]) -> None:
    settings = "--worlds 40 --set oracle.strategy=disciplined"
    code, output, errors = told(capsys, f"predict six -o said.json {settings}")
    assert (code, output.splitlines()[-1]) == (0, "Predictions in said.json"), errors
    assert max(map(len, output.splitlines())) <= 80
    said = json.loads(Path("said.json").read_text("utf-8"))
    assert said["changes"] == ["Oracle's strategy: disciplined (instead of build)"]
    facts_file(Path("one.csv"), [row("OpenAI", "free_cash_flow", "2027", -25, published="2090-01-01")])
    facts_file(Path("other.csv"), [row("OpenAI", "revenue", "2027", 40, published="2090-01-01")])
    scored = "score said.json --facts one.csv --facts other.csv"
    code, output, errors = told(capsys, scored)
    assert code == 0, errors
    assert max(map(len, output.splitlines())) <= 80
    code, output, _ = told(capsys, f"{scored} --json --csv tables")
    document = json.loads(output)
    claims = {row["claim"]: row for row in document["claims"]}
    share = next(claim["probability"] for claim in said["claims"] if claim["name"] == "burn_2027")
    assert claims["burn_2027"]["brier"] == pytest.approx((share - 1) ** 2)
    later = [row["variable"] for row in document["facts"] if not row["known"]]
    assert sorted(later) == ["free_cash_flow", "revenue"]
    assert document["predictions"]["config"] == "six, 1 change"
    with Path("tables/claims.csv").open(encoding="utf-8", newline="") as lines:
        assert len(list(csv.DictReader(lines))) == len(said["claims"])


def test_the_document_of_a_prediction_is_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    code, output, _ = told(capsys, "predict six --out said.json --worlds 40 --json")
    assert code == 0
    assert json.loads(output) == json.loads(Path("said.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("predict baselin", "did you mean 'baseline'?"),
        ("predict six -o nowhere/said.json", "--out: there is no folder nowhere"),
        ("predict six -o precious.json", "--force"),
        ("predict six --worlds 5", "5 worlds are too few for P5 and P95"),
        ("score", "Missing argument"),
        ("score nowhere.json", "can't read nowhere.json: No such file or directory"),
        ("score precious.json", "precious.json is no file of predictions"),
        ("score half.json", "half.json:3: it is no JSON"),
        ("score said.json --facts nowhere.csv", "--facts: can't read nowhere.csv"),
        (
            "score said.json --facts wrong.csv",
            "wrong.csv:1: no column unit; its columns are entity,variable,",
        ),
        ("score said.json --facts bad.csv", "bad.csv:2: value: 'much' is no number"),
    ],
)
def test_a_mistake_is_told(capsys: pytest.CaptureFixture[str], command: str, message: str) -> None:
    text = written(Path("said.json")).read_text("utf-8")
    Path("half.json").write_text("\n".join(text.splitlines()[:3])[:-5], encoding="utf-8")
    Path("precious.json").write_text("{}", encoding="utf-8")
    facts_file(Path("bad.csv"), [row("OpenAI", "revenue", "2027", "much")])
    without_unit = "entity,variable,period,value,kind,published,source,url,confidence,note\n"
    Path("wrong.csv").write_text(without_unit, encoding="utf-8")
    before = sorted(path.name for path in Path().iterdir())
    code, output, errors = told(capsys, command)
    assert (code, output) == (2, "")
    assert message in " ".join(errors.split())
    assert "Traceback" not in errors
    assert sorted(path.name for path in Path().iterdir()) == before
