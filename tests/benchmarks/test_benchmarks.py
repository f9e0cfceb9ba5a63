"""The benchmarks compare like with like, and their table renders; how long they take is not tested."""

from __future__ import annotations

import dis
import functools
import json
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType, SimpleNamespace
from typing import Any

import pytest

from benchmarks import aims, guard, peers, performance, scalar, views
from benchmarks.child import Measured, measured, timed
from benchmarks.command import Cost
from benchmarks.contest import Contestant
from benchmarks.operations import operations
from benchmarks.page import short
from benchmarks.peers import stand_in
from benchmarks.performance import PARTS, parts
from benchmarks.possible import ImpossibleError
from benchmarks.sizes import GUARD, QUICK, Sizes

ROOT = Path(__file__).parents[2]

ARITHMETIC = {"BINARY_OP", "COMPARE_OP", "UNARY_NEGATIVE"}
FUNCTIONS = {min, max, math.exp}


@functools.cache
def opcodes(code: CodeType) -> dict[int, str]:
    """The name of every instruction, by its place."""
    return {at.offset: at.opname for at in dis.get_instructions(code)}


def operations_done(work: Callable[[], None]) -> int:
    """Operations on numbers that the stand-in's own code does in a piece of work."""
    done: Counter[str] = Counter()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != scalar.__file__:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            done[opcodes(frame.f_code)[frame.f_lasti]] += 1
        return trace

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call" and frame.f_code.co_filename == scalar.__file__ and argument in FUNCTIONS:
            done["function"] += 1

    tracing, profiling = sys.gettrace(), sys.getprofile()
    sys.settrace(trace)
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.settrace(tracing)
        sys.setprofile(profiling)
    return sum(done[name] for name in (*ARITHMETIC, "function"))


@pytest.mark.parametrize("sites", [9, 40])
def test_the_stand_in_does_the_operations_it_states(sites: int) -> None:
    economy = scalar.Economy(sites, seed=1)

    def work() -> None:
        for _ in range(scalar.YEARS):
            economy.step()

    assert operations_done(work) == scalar.operations(sites)


def test_the_stand_in_is_sized_as_our_model() -> None:
    counted = operations()
    stated = scalar.operations(scalar.sites_for(counted.numbers))
    assert stated == pytest.approx(counted.numbers, rel=0.01)
    economy = scalar.Economy(scalar.sites_for(counted.numbers), seed=1)
    for _ in range(scalar.YEARS):
        economy.step()
    firms = economy.datacollector.get_agent_vars_dataframe()
    market = economy.datacollector.get_model_vars_dataframe()
    assert firms.notna().to_numpy().all()
    assert firms.size + market.size == pytest.approx(counted.values, rel=0.05)


def test_operations_are_counted_per_number_not_per_call() -> None:
    counted = operations()
    assert counted.numbers > counted.calls
    assert counted.moved >= 2 * 8 * counted.calls


def test_a_measurement_has_a_process_of_its_own() -> None:
    took = measured(stand_in, models=3, sites=9, collects=False)
    assert took.worlds == 3
    assert took.peak > 0.05
    with pytest.raises(subprocess.CalledProcessError):
        measured(stand_in, models=3, sites=0, collects=False)


@pytest.mark.parametrize("seconds", [-0.1, 0.0, math.nan, math.inf, 1e-9])
def test_a_figure_that_cannot_be_is_refused(seconds: float) -> None:
    with pytest.raises(ImpossibleError, match="cannot be"):
        Measured(worlds=100, seconds=seconds, processor=1.0)
    with pytest.raises(ImpossibleError, match=r"a figure: -90 cannot be; it must be above 0"):
        short(-90)


def test_with_such_a_figure_the_benchmark_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says which, instead of a traceback; exit code 1 is what `sys.exit` makes of words."""
    monkeypatch.setattr(sys, "argv", ["performance", "--quick", "--only", "keep"])
    monkeypatch.setattr(performance, "operations", lambda: None)
    monkeypatch.setattr(performance, "keep_table", lambda sizes: short(Measured(2, -1.0, 0.0).rate))
    with pytest.raises(SystemExit, match="nothing is written: seconds: -1 cannot be"):
        performance.main()


def test_a_ratio_that_fell_by_a_third_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = json.loads(guard.KEPT.read_text(encoding="utf-8"))
    assert set(kept) == set(guard.AGAINST.values())
    assert guard.fallen({label: ratio * 0.68 for label, ratio in kept.items()}, kept) == []
    first = next(iter(kept))
    [line] = guard.fallen(kept | {first: kept[first] * 0.66}, kept)
    assert line.startswith(f"{first}: ")
    assert guard.fallen({}, kept) == ["ratios.json has other ratios than are measured: renew it"]
    monkeypatch.setattr(sys, "argv", ["guard"])
    monkeypatch.setattr(guard, "ratios", lambda sizes: kept | {first: kept[first] * 0.66})
    with pytest.raises(SystemExit, match="less than two thirds"):
        guard.main()


def test_the_guard_takes_the_best_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """One slow measurement of a way is no slower way."""
    seconds = {"`run`, one core": iter([9.0, 1.0, 9.0])}

    def took(one: Contestant, sizes: Sizes) -> Measured:
        spent = next(seconds.get(one.label, iter([2.0])))
        return Measured(worlds=10, seconds=100.0, processor=spent)

    monkeypatch.setattr(Contestant, "measured", took)
    monkeypatch.setattr(guard, "operations", lambda: SimpleNamespace(numbers=1))
    assert guard.ratios(GUARD) == dict.fromkeys(guard.AGAINST.values(), 2.0)


def test_an_aim_is_met_or_missed() -> None:
    assert aims.Aim("ratio", [0.5, 0.7, 0.9], 0.6, more=True).row() == [
        "ratio",
        "≥ 0.6",
        "0.7",
        "0.5 to 0.9",
        "yes",
    ]
    assert aims.Aim("seconds", [51], 50).row() == ["seconds", "≤ 50", "51", "once", "no"]


def once(play: Callable[[int], None], worlds: int, processes: int = 1) -> Measured:
    """What worlds cost, the start of processes included: played once instead of three times."""
    return Measured(worlds, *timed(lambda: play(worlds)))


def test_the_quick_run_measures_every_part_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dashboard in a browser, and whole commands of runs, are left to the tests of those."""
    monkeypatch.setattr(peers, "_beyond_the_start", once)
    monkeypatch.setattr(aims, "_run", lambda worlds, keep, workers: aims.Whole(Cost(2 / workers, 1, 0.1), 9))
    monkeypatch.setattr(views, "dashboard", lambda worlds, scenario: {views.FIRST: 1.0})
    texts = parts(QUICK)
    marks = re.findall(r"<!-- (\w+) -->", (ROOT / "docs" / "performance.md").read_text(encoding="utf-8"))
    assert sorted(texts) == sorted(marks) == sorted(PARTS)
    assert texts.pop("machine").startswith("Measured on ")
    for text in texts.values():
        tables = [part.splitlines() for part in text.split("\n\n") if part.startswith("|")]
        assert len(tables) == 1
        for head, rule, *rows in tables:
            assert rows, head
            assert {line.count("|") for line in (head, rule, *rows)} == {head.count("|")}
