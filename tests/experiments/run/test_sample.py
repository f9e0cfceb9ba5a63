"""What a question is asked of: a results folder runs nothing, so it takes no settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import computeshift as cs
from computeshift.experiments.cli.main import main

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ran") / "out"
    cs.run("six", worlds=2, until=2025, out=out, keep="summary")
    return out


@pytest.mark.parametrize(
    "ask",
    [
        lambda folder, **sample: cs.risk(folder, **sample),
        lambda folder, **sample: cs.game(["openai", "oracle"], results=[folder], **sample),
    ],
)
def test_settings_for_a_folder_are_named_by_their_parameters(folder: Path, ask: Ask) -> None:
    with pytest.raises(cs.UserError, match=r"leave out `worlds`, `seed`, `set`$"):
        ask(folder, worlds=3, seed=0, set={"softbank.cash": 3})
    with pytest.raises(cs.UserError, match=r"leave out `set`, `base`$"):
        ask(folder, set={"softbank.cash": 3}, base="end_of_2023")
    with pytest.raises(cs.UserError, match=r"worlds are too few|the folders hold one strategy"):
        ask(folder, set={})


@pytest.mark.parametrize("command", [["risk"], ["game", "--players", "openai,oracle"]])
def test_on_the_command_line_they_are_named_by_their_options(
    folder: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, str(folder), "--seed", "3", "--set", "softbank.cash=3"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.strip().endswith("leave out --seed, --set")


def test_a_scenario_is_run_and_compared_over_another_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    over = cs.load("no_mgx", base="end_of_2023")
    ran = cs.run("no_mgx", base="end_of_2023", worlds=30, keep="agents", until=2024)
    assert ran.folder.name == "no_mgx_on_end_of_2023-30w-seed1"
    assert ran.config.firms == over.firms
    for command in (
        ["compare", "end_of_2023", "no_mgx", str(ran.folder), "--set", "until=2024"],
        ["show", "no_mgx"],
        ["check", "no_mgx", "softbank_crunch"],
    ):
        with pytest.raises(SystemExit) as ended:
            main([*command, "--base", "end_of_2023", *([] if command[0] == "check" else ["--json"])])
        assert not ended.value.code
        shown = capsys.readouterr().out
        if command[0] == "show":
            assert json.loads(shown)["hash"] == over.hash
        elif command[0] == "compare":
            names = [side["name"] for side in json.loads(shown)["sides"]]
            assert names == ["end_of_2023", "no_mgx on end_of_2023", ran.folder.name]
