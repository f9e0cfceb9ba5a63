"""Forks: the stored worlds go on; unchanged they are the straight run, changed they differ only later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.manifest import read_manifest
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.store import Store
from computeshift.experiments.run.run import run
from tests.experiments.folders import same


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run("six", worlds=30, block=11, seed=5, out=tmp_path_factory.mktemp("base") / "out")


def test_unchanged_it_is_the_straight_run_to_the_last_bit(base: Results, tmp_path: Path) -> None:
    for at in (2025, 2028):
        same(run("six", fork=base.folder, at=at, out=tmp_path / str(at), block=7), base)


def test_further_on_it_is_the_longer_straight_run(base: Results, tmp_path: Path) -> None:
    longer = run("six", worlds=30, seed=5, until=2032, out=tmp_path / "straight")
    same(run("six", until=2032, fork=base.folder, at=2030, out=tmp_path / "fork"), longer)


def test_a_change_moves_only_later_years(base: Results, tmp_path: Path) -> None:
    settings = {"softbank.strategy": "exit", "services.elasticity": 0.6}
    forked = run("six", fork=base.folder, at=2027, set=settings, out=tmp_path)
    for table in ("market", "agents", "deals", "flows", "decisions"):
        rows, before = (results.read(table, where=[("year", "<=", 2027)]) for results in (forked, base))
        words = dict.fromkeys(before.select_dtypes("category"), "str")
        pd.testing.assert_frame_equal(rows.astype(words), before.astype(words), check_exact=True)
    later = forked.outcome("softbank_in_openai")[2030] - base.outcome("softbank_in_openai")[2030]
    assert (later < 0).mean() > 0.8  # where it had nothing left to invest, nothing changes
    assert (later <= 0).all()
    assert (forked.design["world"] == base.design["world"]).all()
    kept = [name for name in base.design if name in forked.design]
    assert "services.elasticity" not in kept
    pd.testing.assert_frame_equal(forked.design[kept], base.design[kept], check_exact=True)


def test_a_fork_of_a_fork_keeps_both_turns(base: Results, tmp_path: Path) -> None:
    first = {"softbank.strategy": "exit"}
    once = run("six", fork=base.folder, at=2026, set=first, out=tmp_path / "once")
    same(run("six", fork=once.folder, at=2028, set=first, out=tmp_path / "twice"), once)
    back = run("six", fork=once.folder, at=2028, out=tmp_path / "back")
    for year, other in ((2028, once), (2029, base)):
        differs = back.outcome("softbank_in_openai")[year] != other.outcome("softbank_in_openai")[year]
        assert differs.any() == (year == 2029)


def test_it_resumes_and_pairs(base: Results, tmp_path: Path) -> None:
    half = run("six", worlds=12, fork=base.folder, at=2027, out=tmp_path)
    assert half.manifest.fork
    assert half.manifest.fork.at == 2027
    with pytest.warns(UserWarning, match="going on after 12 of 30"):
        same(run("six", worlds=30, fork=base.folder, at=2027, out=tmp_path), base)
    with pytest.raises(UserError, match="its fork is not the same"):
        run("six", fork=base.folder, at=2028, out=tmp_path)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"at": 2030}, "`at`: 2030 is not a year to continue from; use 2025 to 2029"),
        ({"at": None}, "`fork` and `at` go together"),
        ({"seed": 6}, "its seed is 5, not 6"),
        ({"worlds": 31}, "does not hold the worlds 0 to 30"),
        ({"config": "end_of_2022"}, "it starts at the end of 2024, not 2022"),
        ({"config": "multi_cloud"}, "firms can't come or go half-way"),
        ({"config": "no_mgx"}, "can't come or go half-way"),
        ({"set": {"openai.initial_cash": 99}}, "it is about the start, long before 2027"),
        ({"set": {"compute.power_per_year": 9}}, "it can't matter after 2027"),
        ({"set": {"shocks.permit_delay.size": 1}}, "it begins in 2026, not after 2027"),
        ({"set": {"shocks.capacity_offer.probability": 0.5}}, "only its size and end can change"),
        ({"posterior": "some.parquet"}, "`posterior` does not go with `fork`"),
    ],
)
def test_what_cannot_be_gone_on_with_is_refused(
    base: Results, tmp_path: Path, given: dict[str, Any], wrong: str
) -> None:
    asked = {"config": "six", "fork": base.folder, "at": 2027, "out": tmp_path / "out", **given}
    with pytest.raises(UserError, match=wrong) as caught:
        run(asked.pop("config"), **asked)
    assert "whose market has no" not in str(caught.value)  # the versions are the same
    assert read_manifest(tmp_path / "out") is None


def test_worlds_of_another_model_cannot_be_gone_on_with(tmp_path: Path) -> None:
    base = run("six", worlds=4, out=tmp_path / "base")
    (block,) = base.parts.blocks
    import pyarrow.parquet as pq

    table = pq.read_table(tmp_path / "base" / "market" / "000000000-000000003.parquet")
    at = table.schema.get_field_index("turnover")
    off = table.set_column(at, table.schema.field(at), [pd.Series(table["turnover"].to_numpy() * 1.001)])
    Store(tmp_path / "base").write(block, {"market": off})
    with pytest.raises(UserError, match="another version of the model"):
        run("six", fork=tmp_path / "base", at=2027, out=tmp_path / "fork")


def test_worlds_of_a_version_without_a_parameter_cannot_be_gone_on_with(tmp_path: Path) -> None:
    run("six", worlds=2, set={"until": 2026}, out=tmp_path / "base")
    file = tmp_path / "base" / "manifest.json"
    document = json.loads(file.read_text("utf-8"))
    del document["config"]["firms"]["oracle"]["parameters"]["cash_flow_noise"]
    file.write_text(json.dumps(document), "utf-8")
    wrong = r"computeshift \S+ ran it, whose market has no oracle.cash_flow_noise; run it again"
    with pytest.raises(UserError, match=wrong):
        run("six", fork=tmp_path / "base", at=2025, out=tmp_path / "fork")
