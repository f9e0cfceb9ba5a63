"""Cells: an experiment's folder holds the very runs, resumes them, and simulates nothing twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.config.experiment import load_experiment
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import HALF
from computeshift.experiments.results.manifest import read_manifest
from computeshift.experiments.results.store import LOCK
from computeshift.experiments.run import task as tasks
from computeshift.experiments.run.cells import LIST, Simulated, open_cells, simulate_cells

GRID = {"softbank.strategy": ["vision", "exit"], "until": 2026}


def simulated(folder: Path, set: dict[str, object], worlds: int = 12) -> Simulated:
    return simulate_cells(load_experiment("six", set, worlds=worlds), folder)


def written(folder: Path) -> dict[Path, int]:
    """When each part of a cell's tables was written."""
    return {file: file.stat().st_mtime_ns for file in folder.rglob("*.parquet")}


def test_a_cell_is_the_run_of_its_config_to_the_last_bit(tmp_path: Path) -> None:
    cells = simulated(tmp_path / "grid", {**GRID, "softbank.ltv_limit": [0.1, 0.3]})
    for number, strategy, limit in ((0, "vision", 0.1), (3, "exit", 0.3)):
        settings = {"softbank.strategy": strategy, "softbank.ltv_limit": limit, "until": 2026}
        alone = cs.run("six", worlds=12, set=settings, keep="summary", out=tmp_path / strategy)
        own = cells.results[number]
        assert own is not None
        assert own.manifest.hash == alone.manifest.hash
        assert own.manifest == read_manifest(own.folder)
        for table in ("design", "market", "outcomes"):
            pd.testing.assert_frame_equal(own.read(table), alone.read(table), check_exact=True)


def test_cells_that_differ_in_parameters_share_a_market_and_fail_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    markets = []

    def broken(simulations: list[object], *_: object) -> None:
        markets.append(len(simulations))
        raise ArithmeticError

    monkeypatch.setattr(tasks, "simulate_summaries", broken)
    cells = simulated(tmp_path / "grid", {"softbank.ltv_limit": [0.1, 0.2, 0.3], "until": 2026})
    assert markets == [3]
    assert [one and one.worlds for one in cells.results] == [12, 12, 12]


def test_added_cells_and_worlds_leave_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "grid"
    simulated(folder, GRID)
    before = written(folder)
    simulated(folder, GRID | {"softbank.strategy": ["vision", "exit", "prudent"]})
    more = written(folder)
    assert before.items() <= more.items()
    assert len(more) == len(before) * 3 // 2
    cells = simulated(folder, GRID | {"softbank.strategy": ["vision", "exit", "prudent"]}, worlds=20)
    assert more.items() <= written(folder).items()
    assert [one and one.worlds for one in cells.results] == [20, 20, 20]
    again = open_cells(folder)
    assert again.settings == cells.settings
    assert [one and one.folder for one in again.results] == [one and one.folder for one in cells.results]


def test_a_cell_that_was_half_done_goes_on(tmp_path: Path) -> None:
    def stop(done: int, worlds: int) -> None:
        if done >= 12:
            raise KeyboardInterrupt

    experiment = load_experiment("six", GRID, worlds=12)
    with pytest.raises(KeyboardInterrupt):
        simulate_cells(experiment, tmp_path / "grid", progress=stop)
    assert [one and one.worlds for one in open_cells(tmp_path / "grid").results] == [12, None]
    before = written(tmp_path / "grid")
    cells = simulate_cells(experiment, tmp_path / "grid")
    assert before.items() <= written(tmp_path / "grid").items()
    assert [one and one.worlds for one in cells.results] == [12, 12]


def test_a_list_that_was_half_written_is_no_hindrance_and_goes(tmp_path: Path) -> None:
    (tmp_path / f"killed{HALF}").write_text('{"format": 1, "na', "utf-8")
    simulated(tmp_path, GRID | {"until": 2025}, worlds=3)
    assert sorted(file.name for file in tmp_path.iterdir()) == [LOCK, "cells", LIST]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{}", "not a list of cells that this version reads"),
        ("{", r"experiment\.json:1: it is no JSON"),
        ("[" * 100_000, r"experiment\.json: it is nested too deeply"),
        ('{"format": 1, "name": "x"}', r"document: it is missing; restore it"),
        ('{"format": 1, "cells": [{"settings": 3}]}', r"cells\.0\.settings: 3 does not belong here"),
    ],
)
def test_a_broken_list_of_cells_is_refused(text: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / LIST).write_text(text, "utf-8")
    with pytest.raises(UserError, match=wrong):
        simulated(tmp_path, GRID)
    with pytest.raises(UserError, match=wrong):
        open_cells(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [LIST]


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    cs.run("six", worlds=2, set={"until": 2025}, out=tmp_path / "run")
    with pytest.raises(UserError, match="holds no experiment: choose a new or an empty folder"):
        simulated(tmp_path / "run", GRID)


def test_an_experiment_that_is_refused_leaves_the_list_of_cells(tmp_path: Path) -> None:
    simulated(tmp_path, GRID, worlds=3)
    before = (tmp_path / LIST).read_bytes()
    with pytest.raises(UserError, match="holds 3 worlds already"):
        simulated(tmp_path, GRID | {"softbank.strategy": ["vision", "prudent"]}, worlds=2)
    assert (tmp_path / LIST).read_bytes() == before
