"""Experiments' files: which cells they have, and that all that is wrong is told at once, with its line."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from computeshift.experiments.config.experiment import Experiment, load_experiment
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError


def written(folder: Path, text: str) -> Path:
    file = folder / "grid.yaml"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return file


def cells(folder: Path, text: str) -> Experiment:
    return load_experiment(written(folder, text))


def points(experiment: Experiment) -> list[list[float]]:
    return [[float(value or 0) for value in cell.settings.values()] for cell in experiment.cells]


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(UserError) as wrong:
        cells(folder, text)
    return [line.replace(f"{folder}/", "") for line in str(wrong.value).splitlines()]


def test_a_grid_has_every_combination_and_the_first_is_the_reference(tmp_path: Path) -> None:
    grid = cells(
        tmp_path,
        """
        base: six
        worlds: 70
        vary:
          softbank.strategy: [vision, exit]
          shocks.nav_fall.size: [0, 0.3]
        """,
    )
    settings = [tuple(cell.settings.values()) for cell in grid.cells]
    assert settings == [("vision", 0), ("vision", 0.3), ("exit", 0), ("exit", 0.3)]
    last = load("six", {"softbank.strategy": "exit", "shocks.nav_fall.size": 0.3, "worlds": 70})
    assert [cell.config.hash for cell in grid.cells][-1] == last.hash
    assert {cell.config.worlds for cell in grid.cells} == {70}


def test_settings_with_lists_make_the_same_grid_as_a_file(tmp_path: Path) -> None:
    file = cells(tmp_path, "worlds: 70\nvary: {softbank.strategy: [vision, exit]}")
    line = load_experiment("baseline", {"softbank.strategy": "[vision, exit]"}, worlds=70)
    assert [cell.config for cell in file.cells] == [cell.config for cell in line.cells]


def test_cases_are_taken_as_they_are_and_may_begin_from_another_config(tmp_path: Path) -> None:
    some = cells(tmp_path, "cases: [{softbank.strategy: exit}, {base: softbank_crunch}]")
    assert some.varied == ("softbank.strategy", "base")
    assert some.cells[1].config.hash == load("softbank_crunch").hash


def test_samples_lie_in_their_ranges_and_more_of_sobols_keep_the_first(tmp_path: Path) -> None:
    text = (
        "samples: {{method: {}, n: {}, of: {{softbank.ltv_limit: [0.1, 0.4], services.elasticity: [1, 2]}}}}"
    )
    for method in ("lhs", "sobol"):
        drawn = points(cells(tmp_path, text.format(method, 8)))
        halves = {(ltv > 0.25, elasticity > 1.5) for ltv, elasticity in drawn}
        assert all(0.1 <= ltv <= 0.4 and 1 <= elasticity <= 2 for ltv, elasticity in drawn)
        assert len(halves) == 4, method  # evenly over all quarters
    assert points(cells(tmp_path, text.format("sobol", 16)))[:8] == drawn


def test_all_that_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    wrong = """\
        vary:
          softbank.strategy: [vision, exitt]
          shocks.nav_fall.sise: [0, 0.3]
          softbank.ltv_limit: [0.2, 25]
        """
    assert problems(tmp_path, wrong) == [
        "grid.yaml:2: softbank.strategy: unknown strategy 'exitt'; did you mean 'exit'?",
        "grid.yaml:3: shocks.nav_fall.sise: unknown key; did you mean 'size'?",
        "grid.yaml:4: softbank.ltv_limit: 25 is above 1; it is a share: did you mean 0.25?",
    ]


VARY = "vary: {softbank.strategy: [exit]}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("vary: {softbank.strategy: []}", "1: vary.softbank.strategy: no value; write a list, [A, B]"),
        ("vary: {softbank.strategy: [exit, exit]}", "1: vary.softbank.strategy: 'exit' is there twice"),
        ("vary: {seed: [1, 2]}", "1: seed: all cells share it, so that their worlds pair; write `seed: ...`"),
        (f"{VARY}\ncases: [{{}}]", "2: cases: vary and cases are two ways to make cells; leave out one"),
        (
            "samples: {n: 4, of: {softbank.ltv_limit: [0.4, 0.1]}}",
            "1: softbank.ltv_limit: 0.4 is not below 0.1",
        ),
        ("cases: []", "1: cases: no cell; write a list of settings"),
        ("samples: {n: 4, of: {}}", "1: samples.of: nothing is sampled; write {KEY: [low, high]}"),
        ("cases: [{base: [six]}]", "1: base: ['six'] is no config; write a config's name or file"),
        (f"{VARY}\nwrlds: 4", "2: wrlds: unknown key; did you mean 'worlds'?"),
        ("vary: {softbank.strategy: exit}", "1: vary.softbank.strategy: 'exit' is not what belongs here"),
        (f"base: grid.yaml\n{VARY}", "1: base: grid.yaml is an experiment's file, not a config"),
        ("cases: [{base: grid.yaml}]", "1: base: grid.yaml is an experiment's file, not a config"),
        (f"base: nowhere\n{VARY}", "1: base: there is no config 'nowhere'; use one of "),
    ],
)
def test_what_is_no_experiment_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (line,) = problems(tmp_path, text)
    assert line.startswith(f"grid.yaml:{told}")


def test_a_list_in_set_is_read_as_yaml_reads_it() -> None:
    wide = "[{low: 0.1, central: 0.2, high: 0.3, assumed: 'because lenders say it, or so'}, 0.4]"
    first, second = load_experiment("six", {"softbank.ltv_limit": wide}).cells
    limits = [cell.config.parameters()["softbank.ltv_limit"] for cell in (first, second)]
    assert [(limit.low, limit.central) for limit in limits] == [(0.1, 0.2), (0.4, 0.4)]
    with pytest.raises(UserError, match=r"softbank.strategy: .* can't be read as a list"):
        load_experiment("six", {"softbank.strategy": "[vision, 'exit]"})


def test_a_list_in_set_is_refused_where_it_can_not_vary() -> None:
    with pytest.raises(UserError, match="`seed`: all cells share it"):
        load_experiment("six", {"seed": [1, 2]})


def test_a_setting_over_the_cells_does_not_hide_one_that_varies(tmp_path: Path) -> None:
    file = written(tmp_path, VARY)
    with pytest.raises(UserError, match=r"softbank.strategy: it varies over the cells of .*; leave it out"):
        load_experiment(file, {"softbank.strategy": "prudent"})


def test_expressions_whose_names_in_files_are_the_same_are_all_kept(tmp_path: Path) -> None:
    both = ["oracle.capex + oracle.debt in 2026", "oracle.capex / oracle.debt in 2026"]
    (cell,) = load_experiment("six", {"softbank.strategy": ["exit"]}, both).cells
    assert [own.of for own in cell.config.outcomes.values()] == both
