"""Worlds that are left out: listed by reason, named with it in every answer, counted by none."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import numpy as np
import pytest

import computeshift as cs
from computeshift.environment.ledger import Ledger
from computeshift.environment.sense import Sense
from computeshift.experiments.cli.main import main
from computeshift.experiments.results.excluded import Excluded, joined, packed, unpacked
from computeshift.experiments.views.dashboard.world import OneWorld


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> None:
    """In worlds 2, 4, 5 and 6 banks pay interest to Oracle, from 2026 on."""
    pay = Ledger.pay

    def paid(ledger: Ledger, payer: str, payee: str, kind: str, amount: np.ndarray) -> None:
        if (payer, payee, kind) == ("oracle", "banks", "interest") and ledger.year > 2025:
            amount = np.where(np.isin(np.arange(8), [2, 4, 5, 6]), -1.0, amount)
        pay(ledger, payer, payee, kind, amount)

    monkeypatch.setattr(Ledger, "pay", paid)


@pytest.fixture
def odd_counterpart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same worlds break that check, but only in the market without DeepSeek."""
    reasons = Sense.reasons

    def found(sense: Sense) -> dict[str, list[int]]:
        return reasons(sense) if "deepseek" in sense.market.firms else {REASON: [2, 4, 5, 6]}

    monkeypatch.setattr(Sense, "reasons", found)


REASON = "interest from oracle to banks is below 0 in 2026"


@pytest.mark.usefixtures("odd")
def test_a_run_tells_how_many_worlds_are_left_out_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    out = tmp_path / "out"
    with pytest.raises(SystemExit):
        main(["run", "six", "--worlds", "8", "--out", str(out)])
    assert f"4 worlds were left out (a number makes no sense): {REASON} (4 worlds)" in capsys.readouterr().out
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["left_out"] == {REASON: [2, [4, 6]]}
    results = cs.open(out)
    assert (results.left_out, results.sound) == ([2, 4, 5, 6], 4)
    assert results.flow("equity", "mgx", "openai").index.tolist() == [0, 1, 3, 7]
    assert results.outcome("openai_burn").index.tolist() == [0, 1, 3, 7]
    with pytest.raises(SystemExit):
        main(["run", "six", "--worlds", "8", "--json", "--out", str(tmp_path / "json")])
    assert json.loads(capsys.readouterr().out)["left_out"] == {REASON: 4}


def test_a_folder_of_which_every_world_is_left_out_has_nothing_to_tell(tmp_path: Path) -> None:
    out = tmp_path / "out"
    results = cs.run("six", worlds=6, set={"openai.sponsor_share": 1}, out=out, against=False)
    assert results.sound == 0
    told = r"no world is left of 6: the sum of sponsors' parts of Stargate is above 1 in 2025 \(6 worlds\)"
    for ask in (lambda: cs.explain(out, "openai", 2027), lambda: cs.report(out, tmp_path / "r.html")):
        with pytest.raises(cs.UserError, match=told):
            ask()


def test_many_worlds_are_packed_and_unpacked() -> None:
    reasons = {"a": [0, 1, 2, 9], "b": [3, 5]}
    assert packed(reasons) == {"a": [[0, 2], 9], "b": [3, 5]}
    assert unpacked(packed(reasons)) == reasons
    parts = [{"b": [3]}, {"a": [0, 1, 2, 9], "b": [5]}]
    for order in (parts, parts[::-1]):  # of the workers that did the blocks
        assert list(packed(joined(order))) == ["a", "b"]


@pytest.mark.usefixtures("odd_counterpart")
@pytest.mark.parametrize("against", [True, False])
def test_a_world_whose_counterpart_makes_no_sense_is_left_out_of_the_claim(
    tmp_path: Path, against: bool
) -> None:
    run = cs.run("six", worlds=8, out=tmp_path / "out", against=against)
    assert run.left_out == []
    worlds = run.claims().set_index("name")["worlds"]
    assert worlds.pop("deepseek_disrupts") == 4
    assert (worlds == 8).all()


MANY = {"softbank.holdings_return": 1.5}
NOT_SENSE = (
    r"left out \(a number makes no sense\): softbank\.\w+ is above 1,000,000 in 20\d\d \(\d+ worlds?\)"
)


def test_too_few_worlds_that_are_left_are_explained() -> None:
    for ask in (
        lambda: cs.strategies("softbank", "six", worlds=60, set=MANY),
        lambda: cs.risk("six", worlds=60, set=MANY),
        lambda: cs.compare(["six", "no_mgx"], base="six", worlds=60, set=MANY),
    ):
        with pytest.raises(
            cs.UserError, match=rf"\d+ of 60 worlds are too few .*; \d\d worlds were {NOT_SENSE}"
        ):
            ask()


def test_every_answer_says_why_worlds_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, page = tmp_path / "out", tmp_path / "page.html"
    run = cs.run("six", worlds=160, set=MANY, out=out, against=False)
    world = run.left_out[0]
    cs.report(out, page)
    assert re.search(NOT_SENSE, html.unescape(page.read_text("utf-8")))
    for command in (
        ["risk", str(out)],
        ["explain", str(out), "--firm", "oracle", "--year", "2027"],
        ["strategies", "softbank", "--worlds", "160", "--set", "softbank.holdings_return=1.5"],
    ):
        with pytest.raises(SystemExit):
            main(command)
        assert re.search(NOT_SENSE, " ".join(capsys.readouterr().out.split())), command
    reason = f"world {world} is left out: softbank"
    with pytest.raises(cs.UserError, match=reason):
        cs.explain(out, "oracle", 2027, world=world)
    with pytest.raises(cs.UserError, match=reason):
        OneWorld(run, world)


def test_one_judge_says_which_worlds_count() -> None:
    excluded = Excluded(np.array([5, 6, 7, 8]), {"b": [8], "a": [6]})
    assert (excluded.worlds, excluded.sound) == ([6, 8], 2)
    assert excluded.counts.tolist() == [True, False, True, False]
    excluded.must_leave_some("it")
    excluded.must_count(7)
    with pytest.raises(cs.UserError, match=r"^world 8 is left out: b$"):
        excluded.must_count(8)
    with pytest.raises(cs.UserError, match=r"^there is no world 9: use 5 to 8$"):
        excluded.must_count(9)
    with pytest.raises(cs.UserError, match=r"^it: no world is left of 1: a \(1 world\) \(here\)$"):
        Excluded(np.array([6]), {"a": [6]}).must_leave_some("it", " (here)")
