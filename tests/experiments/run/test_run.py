"""Running: the same numbers whatever the blocks, whole files whatever happens."""

import gc
import json
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from computeshift.environment.market import ComputeMarket
from computeshift.experiments.errors import UserError
from computeshift.experiments.results import levels as kept
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.run.block import blocks
from computeshift.experiments.run.run import run
from tests.experiments.folders import same

TABLES = kept.TABLES["all"]


def test_running_twice_gives_identical_files(tmp_path: Path) -> None:
    one = run("six", worlds=20, out=tmp_path / "one")
    other = run("six", worlds=20, out=tmp_path / "other")
    files = sorted(file.relative_to(one.folder) for file in one.folder.glob("*/*.parquet"))
    assert [file.parts[0] for file in files] == sorted(TABLES)
    for file in files:
        assert (one.folder / file).read_bytes() == (other.folder / file).read_bytes()


def test_the_size_of_blocks_moves_no_number(tmp_path: Path) -> None:
    whole = run("six", worlds=8, until=2027, block=4096, out=tmp_path / "whole")
    for block in (1, 3, 7):
        same(whole, run("six", worlds=8, until=2027, block=block, out=tmp_path / f"by {block}"))


def test_a_world_is_the_same_alone_and_in_company(tmp_path: Path) -> None:
    few = run("six", worlds=10, out=tmp_path / "few")
    many = run("six", worlds=1000, out=tmp_path / "many")
    for name in TABLES:
        here, there = (results.read(name, where=[("world", "==", 7)]) for results in (few, many))
        pd.testing.assert_frame_equal(here, there, check_exact=True)


def test_rows_are_ordered_by_world_then_year(tmp_path: Path) -> None:
    results = run("six", worlds=9, block=4, until=2027, out=tmp_path / "out")
    assert results.years == [2025, 2026, 2027]
    for frame in (results.agents, results.market, results.flows):
        order = frame["world"].to_numpy() * 10_000 + frame["year"].to_numpy()
        assert (np.diff(order) >= 0).all()
        assert frame["world"].unique().tolist() == list(range(9))


def test_the_manifest_tells_what_was_run(tmp_path: Path) -> None:
    results = run("six", worlds=3, seed=5, set={"softbank.strategy": "prudent"}, out=tmp_path / "out")
    manifest = json.loads((results.folder / "manifest.json").read_text("utf-8"))
    assert (manifest["status"], manifest["worlds_done"], manifest["seed"]) == ("finished", 3, 5)
    assert manifest["config"]["firms"]["softbank"]["strategy"] == "prudent"
    assert manifest["worlds_per_second"] > 0
    assert {"python", "numpy", "mesa", "computeshift"} <= manifest["versions"].keys()


def test_it_runs_outside_the_main_thread(tmp_path: Path) -> None:
    thread = threading.Thread(target=run, args=["six"], kwargs={"worlds": 2, "out": tmp_path / "o"})
    thread.start()
    thread.join()
    assert open_results(tmp_path / "o").manifest.status == "finished"


def test_worlds_that_are_not_finite_are_told_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = np.where(np.arange(5) == 3, np.inf, 1.0)
    monkeypatch.setattr(ComputeMarket, "turnover", property(lambda market: poison))
    results = run("six", worlds=5, out=tmp_path / "out", against=False)
    assert results.manifest.left_out == {"market.turnover is not finite in 2025": [3]}
    assert 3 in results.market["world"].unique()
    assert results.flow("lease").index.tolist() == [0, 1, 2, 4]


def test_no_market_lives_on(tmp_path: Path) -> None:
    def alive() -> int:
        return sum(isinstance(thing, ComputeMarket) for thing in gc.get_objects())

    gc.collect()
    before = alive()
    gc.disable()
    try:
        run("six", worlds=6, block=2, out=tmp_path / "out")
        assert alive() == before
    finally:
        gc.enable()


def test_folders_get_new_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = [run("six", worlds=2, until=2025).folder for _ in range(2)]
    names = ["six-2w-seed1", "six-2w-seed1-2"]
    assert made == [tmp_path.resolve() / "results" / name for name in names]


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="not ours"):
        run("six", worlds=2, out=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="can't write results"):
        run("six", worlds=2, out=tmp_path / "file" / "below")


def test_blocks_cover_the_worlds_evenly() -> None:
    sizes = [block.worlds for block in blocks(1025, 1024)]
    assert sizes == [512, 513]


def test_results_of_an_earlier_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"versions": {"computeshift": "0.1.0"}, "worlds": 2}')
    with pytest.raises(UserError, match="earlier version"):
        run("six", worlds=2, out=tmp_path)
    with pytest.raises(UserError, match="earlier version"):
        open_results(tmp_path)


def test_what_is_refused_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    base = run("six", worlds=2, until=2026, out="base")
    for wrong in ({"fork": base.folder, "at": 2026}, {"posterior": "nowhere.parquet"}, {"keep": "much"}):
        with pytest.raises(UserError):
            run("six", **{"worlds": 2, "until": 2026, **wrong})  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["base"]
