"""Deals and ties in forks: new ones wait for their year, what was signed stays, and a tie can be cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from computeshift.experiments.cli.main import main
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.run.run import run

DEALS = """\
asks: What if?
extends: circular_money
until: 2029
worlds: 3
deals:
  old: {kind: capacity, from: oracle, to: openai, signed: 2025, first: 2026, last: 2031, gw: 2, price: 12}
  stake: {kind: equity, from: mgx, to: openai, signed: 2024, first: 2024, last: 2026, amount: 4, pre_money: 9}
  late: {kind: capacity, from: oracle, to: openai, signed: 2028, first: 2028, last: 2031, gw: 1, price: 12}
"""
AT = 2026
NEW = """\
  new: {kind: capacity, from: microsoft, to: deepseek, signed: +3, first: +3, last: 2031, gw: 1, price: 9}
"""
FIXED = "only its numbers can change, and what happens to it after 2026: breaks, cut, delay"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("base")
    (folder / "mine.yaml").write_text(DEALS, encoding="utf-8")
    (folder / "more.yaml").write_text(f"extends: mine.yaml\ndeals:\n{NEW}", encoding="utf-8")
    return run(folder / "mine.yaml", out=folder / "out")


def mine(base: Results) -> Path:
    return base.folder.parent / "mine.yaml"


def flows(results: Results, least: int, most: int) -> pd.DataFrame:
    """What firms paid and supplied in some years, names as texts."""
    rows = results.read("flows", where=[("year", ">=", least), ("year", "<=", most)])
    return rows.astype(dict.fromkeys(rows.select_dtypes("category"), "str"))


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        ({"config": "more.yaml"}, 2027),
        ({"set": {"deals.old.breaks.year": 2028, "deals.old.breaks.by": "openai"}}, 2028),
        ({"set": {"deals.old.take_or_pay": 0, "deals.late.price": 20}}, 2027),
        ({"set": {"deals.late": None}}, 2028),
        ({"cut": ["softbank openai equity", ("mgx", "openai", "equity")]}, 2027),
    ],
)
def test_a_deal_or_a_cut_in_a_fork_moves_only_later_years(
    base: Results, tmp_path: Path, changed: dict[str, Any], first: int
) -> None:
    config = base.folder.parent / changed.pop("config", "mine.yaml")
    forked = run(config, fork=base.folder, at=AT, out=tmp_path / "out", **changed)
    before, now = (flows(each, 0, first - 1) for each in (base, forked))
    pd.testing.assert_frame_equal(now, before, check_exact=True)
    assert not flows(forked, first, first).equals(flows(base, first, first))


def test_a_fork_of_a_fork_keeps_its_deals_and_cuts(base: Results, tmp_path: Path) -> None:
    changed: dict[str, Any] = {
        "set": {"deals.new.cut.year": 2028, "deals.new.cut.share": 0.5},
        "cut": ["softbank openai equity"],
    }
    config = base.folder.parent / "more.yaml"
    once = run(config, fork=base.folder, at=AT, out=tmp_path / "once", **changed)
    again = run(config, fork=once.folder, at=AT + 1, out=tmp_path / "again", **changed)
    pd.testing.assert_frame_equal(again.read("flows"), once.read("flows"), check_exact=True)
    with pytest.raises(UserError, match="ties can't come or go half-way: softbank openai equity; give"):
        run(config, fork=once.folder, at=AT + 1, out=tmp_path / "open", set=changed["set"])


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"set": {"deals.old.price": 20}}, "`set` deals.old.price: it can't matter after 2026"),
        ({"set": {"deals.old.last": 2030}}, f"last: the deal was signed in 2025, not after 2026; {FIXED}"),
        ({"set": {"deals.late.signed": 2026}}, "signed: the deal was signed in 2026, not after 2026"),
        ({"set": {"deals.old.breaks.year": 2026, "deals.old.breaks.by": "openai"}}, "deals.old.breaks.by: "),
        ({"set": {"deals.old": None}}, "deals.old: it was signed in 2025, and can't be undone from 2026"),
        ({"set": {"deals.new.signed": 2025, "deals.new.first": 2026}}, "it is signed in 2025, not after"),
        ({"cut": ["softbank opnai equity"]}, "`cut`: there is no tie 'softbank opnai equity'; did you"),
        ({"cut": "oracle openai capacity"}, "it ends in 2031, and the tie oracle openai capacity in 2026"),
        ({"fork": None, "at": None, "cut": ["oracle openai capacity"]}, "`cut` goes with `fork`"),
    ],
)  # fmt: skip
def test_what_was_signed_cannot_be_undone(
    base: Results, tmp_path: Path, changed: dict[str, Any], wrong: str
) -> None:
    config = "more.yaml" if "deals.new.signed" in changed.get("set", {}) else "mine.yaml"
    asked = {"fork": base.folder, "at": AT, **changed}
    with pytest.raises(UserError) as told:
        run(base.folder.parent / config, out=tmp_path / "out", **asked)
    assert wrong in str(told.value)


def test_the_command_line_cuts_ties(base: Results, tmp_path: Path) -> None:
    out, words = tmp_path / "out", ["--from", str(base.folder), "--at", "2027", "--keep", "summary"]
    with pytest.raises(SystemExit) as ended:
        main(["run", str(mine(base)), *words, "--out", str(out), "--cut", "softbank openai equity"])
    assert not ended.value.code
    cut = open_results(out)
    assert ("softbank", "openai", "equity", None, 2027) in cut.config.edges
    assert [str(change) for change in cut.changes] == [
        "The tie SoftBank OpenAI equity: to 2027 (instead of open)"
    ]
