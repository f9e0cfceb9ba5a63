"""Stopped, resumed, grown: a run into a folder ends as if nothing had ever stopped it."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from computeshift.environment.market import ComputeMarket
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import POSTERIOR, writable
from computeshift.experiments.results.levels import TABLES
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.results.store import Store
from computeshift.experiments.run import run as runs
from computeshift.experiments.run.failed import FailedBlocksError
from computeshift.experiments.run.posterior import save
from computeshift.experiments.run.run import run
from tests.experiments.folders import same

SHORT: dict[str, Any] = {"until": 2027, "against": False}


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run("six", worlds=40, out=tmp_path_factory.mktemp("straight") / "out", **SHORT)


def stopped(folder: Path, after: int) -> None:
    """A run of 40 worlds that Ctrl-C stops."""

    def press(done: int, worlds: int) -> None:
        if done == after:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt, match=f"{after} of 40 worlds.*goes on"):
        run("six", worlds=40, block=4, out=folder, progress=press, **SHORT)


def test_ctrl_c_leaves_what_is_done_and_the_run_goes_on(tmp_path: Path, straight: Results) -> None:
    before = signal.getsignal(signal.SIGINT)
    stopped(tmp_path, after=8)
    assert signal.getsignal(signal.SIGINT) is before
    half = open_results(tmp_path)
    assert (half.manifest.status, half.worlds) == ("interrupted", 8)
    assert half.market["world"].unique().tolist() == list(range(8))
    seen: list[int] = []
    with pytest.warns(UserWarning, match="going on after 8 of 40"):
        whole = run("six", out=tmp_path, block=7, progress=lambda d, _: seen.append(d), **SHORT)
    assert (seen[0], seen[-1], whole.manifest.status) == (8, 40, "finished")
    same(whole, straight)


def test_more_worlds_are_added_and_none_is_run_twice(tmp_path: Path, straight: Results) -> None:
    run("six", worlds=15, out=tmp_path, **SHORT)
    first = next((tmp_path / "market").glob("*.parquet"))
    written = first.stat().st_mtime_ns
    with pytest.warns(UserWarning, match="going on after 15 of 40"):
        whole = run("six", worlds=40, out=tmp_path, **SHORT)
    assert first.stat().st_mtime_ns == written
    same(whole, straight)
    with pytest.warns(UserWarning, match="nothing to run"):
        same(run("six", out=tmp_path, **SHORT), straight)
    with pytest.raises(UserError, match="holds 40 worlds already, not 10"):
        run("six", worlds=10, out=tmp_path, **SHORT)


def test_files_that_are_gone_are_made_again(tmp_path: Path, straight: Results) -> None:
    whole = run("six", worlds=40, block=10, out=tmp_path, **SHORT)
    sorted((tmp_path / "flows").glob("*.parquet"))[2].unlink()
    with pytest.raises(UserError, match="is gone; the same run into the same folder makes it again"):
        _ = whole.flows
    with pytest.warns(UserWarning, match="going on after 30 of 40"):
        same(run("six", out=tmp_path, **SHORT), straight)


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ({"seed": 2}, "seed"),
        ({"set": {"softbank.strategy": "prudent"}}, "firms.softbank.strategy"),
        ({"until": 2028}, "until"),
        ({"keep": "flows"}, "keep"),
    ],
)
def test_another_run_is_refused(tmp_path: Path, other: dict[str, object], differs: str) -> None:
    stopped(tmp_path, after=4)
    before = (tmp_path / "manifest.json").read_bytes()
    with pytest.raises(UserError, match=f"another run, its {differs} is not the same"):
        run("six", out=tmp_path, **{**SHORT, **other})
    assert (tmp_path / "manifest.json").read_bytes() == before


def test_a_folder_that_stores_the_market_without_a_firm_goes_on_storing_it(tmp_path: Path) -> None:
    whole = run("six", worlds=3, until=2025, against=True, out=tmp_path)
    with pytest.warns(UserWarning, match="going on"):
        longer = run("six", worlds=5, until=2025, out=tmp_path)
    column = "ai_lease_spending_against"
    assert longer.market[column].notna().all()
    assert longer.market.loc[longer.market["world"] < 3, column].equals(whole.market[column])


def test_another_model_is_refused(tmp_path: Path) -> None:
    stopped(tmp_path, after=4)
    file = tmp_path / "manifest.json"
    document = json.loads(file.read_text())
    versions = {**document["versions"], "computeshift": "0.1.0"}
    file.write_text(json.dumps({**document, "model": "older", "versions": versions}))
    with pytest.raises(UserError, match=r"was written by computeshift 0\.1\.0, whose rules differ"):
        run("six", out=tmp_path, **SHORT, set={"softbank.strategy": "prudent"})


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with Store(tmp_path).locked(), pytest.raises(UserError, match="another run is writing"):
        run("six", worlds=4, out=tmp_path, **SHORT)
    assert run("six", worlds=4, out=tmp_path, **SHORT).worlds == 4


def test_a_run_does_not_continue_from_a_manifest_that_another_run_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("six", worlds=2, out=tmp_path, **SHORT)

    def another(*_: object) -> None:
        monkeypatch.undo()
        run("six", worlds=3, out=tmp_path, **SHORT)

    monkeypatch.setattr(runs, "must_fit", another)
    with (
        pytest.warns(UserWarning, match="going on after 2 of"),
        pytest.raises(UserError, match="just written"),
    ):
        run("six", worlds=4, out=tmp_path, **SHORT)
    assert open_results(tmp_path).worlds == 3


def test_what_a_killed_run_left_half_written_is_taken_away(tmp_path: Path) -> None:
    stopped(tmp_path, after=4)
    half = tmp_path / "market" / "000000004-000000007.parquet.0123.half"
    half.write_bytes(b"PAR1")
    with pytest.warns(UserWarning, match="going on"):
        run("six", out=tmp_path, **SHORT)
    assert not half.exists()


def test_a_failing_block_stays_where_it_is(
    tmp_path: Path, straight: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = ComputeMarket.step

    def fail(market: ComputeMarket) -> None:
        if market.setup.first_world == 4:
            raise ZeroDivisionError("no world four")
        step(market)

    with monkeypatch.context() as patched:
        patched.setattr(ComputeMarket, "step", fail)
        with pytest.raises(FailedBlocksError, match="worlds 4 to 7 failed: ZeroDivisionError") as left:
            run("six", worlds=40, block=4, out=tmp_path, **SHORT)
    assert left.value.results is not None
    assert left.value.results.parts.worlds.tolist() == [*range(4), *range(8, 40)]
    assert left.value.results.failed == [
        {"first": 4, "worlds": 4, "error": "ZeroDivisionError: no world four"}
    ]
    assert "no world four" in (tmp_path / "failures" / "000000004-000000007.txt").read_text()
    with pytest.raises(UserError, match="no world 5"):
        left.value.results.network(2027, world=5)
    with pytest.warns(UserWarning, match="going on after 36 of 40"):
        whole = run("six", out=tmp_path, **SHORT)
    assert whole.failed == []
    assert not list((tmp_path / "failures").iterdir())
    same(whole, straight)


def test_a_run_none_of_whose_blocks_works_leaves_nothing_to_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(market: ComputeMarket) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ComputeMarket, "step", fail)
    with pytest.raises(FailedBlocksError) as left:
        run("six", worlds=4, out=tmp_path, **SHORT)
    assert left.value.results is None
    with pytest.raises(UserError, match="has no worlds"):
        open_results(tmp_path)


def test_a_summary_answers_as_the_whole_does(tmp_path: Path) -> None:
    runs = {keep: run("six", worlds=60, keep=keep, out=tmp_path / keep) for keep in TABLES}
    whole = runs.pop("all")
    for keep, kept in runs.items():
        assert set(kept.parts.tables) == set(TABLES[keep])
        for ask in (Results.claims, Results.shares, Results.investments):
            pd.testing.assert_frame_equal(ask(kept), ask(whole), check_exact=True)
        for name in ("stargate_share", "softbank_in_openai", "openai_burn", "softbank_unwound"):
            pd.testing.assert_frame_equal(kept.outcome(name), whole.outcome(name), check_exact=True)
    with pytest.raises(UserError, match='has no flows: run it with `keep="flows"`'):
        runs["summary"].flow("lease")


@pytest.mark.parametrize("odd", [np.inf, np.nan])
def test_a_world_that_is_not_finite_is_flagged_at_every_level_and_in_any_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: float
) -> None:
    def poisoned(market: ComputeMarket) -> object:
        first = market.setup.first_world
        return np.where(np.arange(first, first + market.worlds) == 3, odd, 1.0)

    monkeypatch.setattr(ComputeMarket, "turnover", property(poisoned))
    for keep in TABLES:
        for block in (1, 5):
            out = tmp_path / f"{keep} {block}"
            results = run("six", worlds=5, keep=keep, block=block, out=out, **SHORT | {"until": 2025})
            assert results.left_out == [3]
            assert results.outcome("openai_burn").index.tolist() == [0, 1, 2, 4]


def test_files_of_blocks_that_were_never_noted_are_taken_away(tmp_path: Path) -> None:
    stopped(tmp_path, after=4)
    stray = tmp_path / "market" / "000000004-000000011.parquet"
    stray.write_bytes(b"PAR1")
    with pytest.warns(UserWarning, match="going on"):
        whole = run("six", out=tmp_path, block=6, **SHORT)
    on_disk = pd.concat([pd.read_parquet(file) for file in sorted((tmp_path / "market").iterdir())])
    assert sorted(on_disk["world"].unique()) == list(range(40))
    assert len(on_disk) == len(whole.market)


def test_a_run_killed_in_its_first_moment_goes_on(tmp_path: Path, straight: Results) -> None:
    (tmp_path / "manifest.json.0123.half").write_text("{")
    (tmp_path / ".lock").touch()
    same(run("six", worlds=40, out=tmp_path, **SHORT), straight)


def test_a_posterior_goes_on_with_itself_alone(tmp_path: Path, straight: Results) -> None:
    rows = straight.design.drop(columns="world")[["services.elasticity"]]
    files = [tmp_path / name for name in ("one.parquet", "other.parquet")]
    for file, table in zip(files, (rows, rows[:20]), strict=True):
        save(table, writable(file, POSTERIOR), load("six"), {})
    run("six", worlds=4, out=tmp_path / "out", posterior=files[0], **SHORT)
    with pytest.raises(UserError, match="its posterior is not the same"):
        run("six", worlds=8, out=tmp_path / "out", posterior=files[1], **SHORT)
    moved = files[0].rename(tmp_path / "moved.parquet")
    with pytest.warns(UserWarning, match="going on after 4 of 8"):
        assert run("six", worlds=8, out=tmp_path / "out", posterior=moved, **SHORT).worlds == 8
