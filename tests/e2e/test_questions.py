"""Every question, as a user asks it: of a config and of a folder, as a table, as JSON and as a picture."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

import computeshift as cs
from computeshift.agents.strategy import strategies_of
from computeshift.experiments.cli.main import main

ON_A_CONFIG = [
    "compare six no_mgx --base six --worlds 40",
    "strategies oracle --worlds 40",
    "game --players oracle,mgx --worlds 40",
    "levers six --worlds 40 --set until=2027",
    "deals six --worlds 20 --year 2027",
    "breaks oracle_contract --base six --year 2028 --hurts oracle --worlds 40 --set until=2029",
    "breaks six --year 2027 --hurts openai --outcome openai.burn --worlds 40 --set until=2028",
    "sensitivity six --outcome stargate_share --rows 16",
    "sensitivity six --outcome burn_2027 --method morris --rows 4",
    "discover six --claim burn_2027 --worlds 600",
    "backtest --worlds 2000",
    "calibrate --worlds 2000",
    "calibrate --worlds 1000 --recover 20",
    "predict six --worlds 40",
    "explain six --firm oracle --year 2027 --worlds 40",
    "risk six --worlds 40",
]
ON_A_FOLDER = [
    "compare {run} {other}",
    "strategies mgx {run} {other}",
    "game --players mgx,oracle {run} {other} {third} {fourth}",
    "sensitivity {run} --outcome stargate_share",
    "discover {run} --claim stargate_100",
    "backtest {run}",
    "predict {run}",
    "explain {run} --firm stargate --year 2030 --world 3",
    "risk {run}",
]


def told(capsys: pytest.CaptureFixture[str], command: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit_:
        main(command.split())
    output, errors = capsys.readouterr()
    assert isinstance(exit_.value.code, int)
    return exit_.value.code, output, errors


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = tmp_path_factory.mktemp("runs")
    led, small = {"mgx.strategy": "anchor"}, {"oracle.strategy": "disciplined"}
    chosen: dict[str, dict[str, str]] = {"run": {}, "other": led, "third": small, "fourth": led | small}
    for name, settings in chosen.items():
        cs.run("six", worlds=1000, seed=1, set=settings, out=made / name, against=True)
    return {name: made / name for name in chosen}


def test_a_broken_folder_is_told_and_a_part_of_a_run_is_noted(
    capsys: pytest.CaptureFixture[str], folders: dict[str, Path], tmp_path: Path
) -> None:
    part, broken = tmp_path / "part", tmp_path / "broken"
    for copy in (part, broken):
        shutil.copytree(folders["run"], copy)
    manifest = json.loads((part / "manifest.json").read_text(encoding="utf-8"))
    (part / "manifest.json").write_text(json.dumps(manifest | {"worlds": 5000, "status": "interrupted"}))
    code, _, errors = told(capsys, f"compare {part} {folders['other']}")
    assert code == 0
    assert "is not whole: 1,000 of 5,000 worlds (interrupted)" in errors
    (agents,) = (broken / "agents").iterdir()
    agents.write_bytes(agents.read_bytes()[:3000])
    code, _, errors = told(capsys, f"compare {broken} {folders['other']}")
    assert code == 2
    assert f"{agents} can't be read: it is broken; delete it" in errors


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("1 / 0", ":6: ZeroDivisionError: division by zero"),
        ("float('nan')", "mine.py:5: limit is not finite"),
    ],
)
def test_a_users_strategy_that_breaks_is_told(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rule: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(
        "from computeshift import strategy\nfrom computeshift.agents.softbank import Vision\n"
        "@strategy('softbank', 'broken')\nclass Broken(Vision):\n"
        f"    def limit(self, softbank):\n        return {rule}\n",
        encoding="utf-8",
    )
    asked = "--load mine.py --set softbank.strategy=broken --worlds 40"
    try:
        for question in ("run six", "risk six", "strategies mgx", "compare six no_mgx --base six"):
            code, output, errors = told(capsys, f"{question} {asked}")
            failed = question.startswith("run")  # a block of a run: the others go on
            assert (code, output) == (1 if failed else 2, ""), question
            assert message in errors.replace("\n", " "), question
    finally:
        strategies_of("softbank").pop("broken")


def numbers(document: Any) -> list[float]:
    """Every number of a document."""
    if isinstance(document, dict):
        return [number for value in document.values() for number in numbers(value)]
    if isinstance(document, list):
        return [number for value in document for number in numbers(value)]
    return [document] if isinstance(document, int | float) and not isinstance(document, bool) else []


def is_picture(picture: Path) -> bool:
    begins = b"<svg" if picture.suffix == ".svg" else b"<!doctype html>"
    return picture.read_bytes().startswith(begins)


@pytest.mark.parametrize("command", ON_A_CONFIG)
def test_of_a_config(
    capsys: pytest.CaptureFixture[str], command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    code, output, errors = told(capsys, f"{command} --plot picture.svg")
    assert code == 0, errors
    assert max(map(len, output.splitlines())) <= 80
    assert output.splitlines()[-1] == "Picture in picture.svg"
    assert is_picture(Path("picture.svg"))
    assert [path.name for path in tmp_path.iterdir()] == ["picture.svg"]


@pytest.mark.parametrize("command", ON_A_FOLDER)
def test_of_a_folder_which_runs_nothing(
    capsys: pytest.CaptureFixture[str],
    command: str,
    folders: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("computeshift.environment.market.ComputeMarket.step", None)
    picture = tmp_path / "picture.html"
    code, output, errors = told(capsys, f"{command.format(**folders)} --json --plot {picture}")
    assert code == 0, errors
    found = numbers(json.loads(output))
    assert len(found) > 5
    assert all(math.isfinite(number) for number in found)
    assert is_picture(picture)
    page = picture.read_text(encoding="utf-8")
    assert "http" not in page


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("compare six", "two"),
        ("compare six no_mgxx", "did you mean 'no_mgx'?"),
        ("compare six no_mgx --year 2040", "use 2025 to 2030"),
        ("compare six no_mgx --year soon", "'soon' is not a whole number"),
        ("compare six no_mgx --worlds 20", "use at least 30"),
        ("compare six no_mgx --plot nowhere/picture.png", "there is no folder nowhere"),
        ("game --players ,", "--players: a game needs two or more"),
        ("levers six --worlds 20", "use at least 30"),
        ("levers nowhere.yaml", "there is no such file"),
        ("breaks six --year 2040 --hurts oracle", "--year: there is no year 2040: use 2025 to 2030"),
        (
            "breaks six --year 2027 --hurts oracel",
            "--hurts: there is no firm 'oracel'; did you mean 'oracle'?",
        ),
        (
            "breaks six --year 2027 --hurts oracle --outcome stargate_shar",
            "did you mean 'stargate_share'?",
        ),
        ("explain six --firm OpenAI --year 2027", "did you mean 'openai'?"),
        ("sensitivity six --outcome stargate_share --rows 8", "use at least 16"),
        ("strategies opnai", "did you mean 'openai'?"),
        ("game --players openai,microsft", "did you mean 'microsoft'?"),
        ("sensitivity six --outcome stargate_shar", "did you mean 'stargate_share'?"),
        ("sensitivity six --outcome stargate_share --method sobl", "did you mean 'sobol'?"),
        ("sensitivity six --outcome stargate_share --rows 100", "not a power of two"),
        ("discover six --claim burn", "did you mean 'burn_2027'?"),
        ("discover six --claim burn_2027 --worlds 10", "worlds"),
        ("discover . --claim burn_2027", "is no results folder"),
        ("backtest --fit-until 2025 --score 2025", "2025"),
        ("backtest --facts nowhere.csv", "nowhere.csv"),
        ("calibrate --worlds 10", "worlds"),
        ("calibrate --out posterior.csv", "a posterior is FILE.parquet"),
        ("backtest --fit-until 2021", "use --fit-until 2022 or later"),
        ("explain six --firm oracel --year 2027", "did you mean 'oracle'?"),
        ("explain six --firm oracle --year 2040", "use 2025 to 2030"),
        ("explain six --firm oracle --year 2027 --world 5000", "world"),
        ("risk six --worlds 5", "worlds"),
        ("risk six --plot picture.jpg", "FILE.html, FILE.svg or FILE.png"),
        ("risk nowhere/", "there is no"),
    ],
)
def test_a_mistake_is_told_and_leaves_nothing_behind(
    capsys: pytest.CaptureFixture[str],
    command: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, output, errors = told(capsys, command)
    assert (code, output) == (2, "")
    assert message in " ".join(errors.split())
    assert "Traceback" not in errors
    assert not list(tmp_path.iterdir())
