"""Pictures of an experiment: their marks are the table's numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from computeshift.experiments.questions.experiment.experiment import ExperimentTable, experiment
from computeshift.experiments.views.plots import server
from computeshift.experiments.views.plots.cells import fans_of_cells, over_cells
from computeshift.experiments.views.report.experiment import page_of

OUTCOMES = ["stargate_share", "compute_price"]


def made(folder: Path, set: dict[str, Any] | None = None, text: str = "") -> ExperimentTable:
    source = folder / "some.yaml"
    if text:
        source.write_text(text, "utf-8")
    chosen = source if text else "six"
    return experiment(chosen, set=set, outcomes=OUTCOMES, worlds=5, out=folder / "out")


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> ExperimentTable:
    settings = {"softbank.strategy": ["vision", "exit"], "shocks.nav_fall.size": [0, 0.6], "until": 2026}
    return made(tmp_path_factory.mktemp("grid"), settings)


def test_a_grid_is_a_map_with_the_medians_of_its_cells(grid: ExperimentTable) -> None:
    option = over_cells(grid, "stargate_share").option
    assert option["xAxis"]["data"] == ["0", "0.6"]
    assert option["yAxis"]["data"] == ["softbank.strategy vision", "softbank.strategy exit"]
    medians = grid.rows.query("outcome == 'stargate_share' and year == 2026")["median"]
    heights = [cell["value"][2] for cell in option["series"][0]["data"]]
    assert heights == pytest.approx(list(100 * medians))


def test_a_picture_of_many_cells_shows_the_furthest_and_says_so(grid: ExperimentTable) -> None:
    one = grid.rows.query("outcome == 'stargate_share' and year == 2026 and cell == 2")
    many = [one.assign(cell=cell, difference=float(cell), note=str(cell)) for cell in range(1, 101)]
    rows = pd.concat(many, ignore_index=True)
    cells = pd.concat([grid.cells.head(1)] * 100, ignore_index=True).assign(note=rows["note"])
    picture = over_cells(replace(grid, rows=rows, cells=cells, varied=("note",)), "stargate_share")
    names = picture.option["yAxis"]["data"]
    assert [names[0], names[1], names[-1], len(names)] == ["1  note 1", "42  note 42", "100  note 100", 60]
    assert "Of 100 cells it shows those that differ most from cell 1" in picture.note


def test_each_cell_has_a_fan_of_its_own(grid: ExperimentTable) -> None:
    picture = fans_of_cells(grid, "compute_price")
    series = picture.option["series"]
    medians = [line for line in series if line["name"] == "Median"]
    for i, line in enumerate(medians):
        own = grid.rows.query("outcome == 'compute_price' and cell == @i + 1")["median"]
        assert [point[1] for point in line["data"]] == pytest.approx(list(own), rel=1e-4)
        assert (line["xAxisIndex"], line["yAxisIndex"]) == (i, i)
    stacks = {(line["stack"], line["xAxisIndex"]) for line in series if "stack" in line}
    assert len(stacks) == len({stack for stack, _ in stacks}) == 4  # no band stands on another panel's
    assert "<svg" in server.svg(picture)


def test_a_cell_without_a_year_or_without_values_leaves_the_others_in_place(grid: ExperimentTable) -> None:
    early = (grid.rows["cell"] == 2) & (grid.rows["year"] == 2025)
    nothing = grid.rows["cell"] == 1
    other = replace(grid, rows=grid.rows[~(early | nothing)])
    series = fans_of_cells(other, "compute_price").option["series"]
    first = next(line for line in series if line["name"] == "Median")
    assert [point[1] is None for point in first["data"]] == [True, False]
    assert not [line for line in series if line["name"] == "Cell 1, median"]
    lines = page_of(other).numbers
    assert {len(line) for line in lines} == {5}
    assert lines[1][-2:] == ["n/a", "n/a"]


def test_samples_are_points_over_each_setting_and_cases_a_list(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    text = "until: 2025\nsamples: {n: 3, of: {softbank.ltv_limit: [0.1, 0.4], services.elasticity: [1, 1.5]}}"
    points = over_cells(made(tmp_path / "a", text=text), "compute_price").option["series"]
    assert [len(panel["data"]) for panel in points] == [3, 3]
    text = "until: 2025\ncases: [{softbank.strategy: exit}, {softbank.ltv_limit: 0.1}]"
    cells = over_cells(made(tmp_path / "b", text=text), "compute_price").option
    assert cells["yAxis"]["data"] == ["1  softbank.strategy exit", "2  softbank.ltv_limit 0.1"]
    assert len(cells["series"][0]["data"]) == 2
