"""The benchmarks compare like with like, and their table renders; how long they take is not tested."""

from __future__ import annotations

import dis
import functools
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from benchmarks import peers, scalar
from benchmarks.child import Measured, measured, timed
from benchmarks.operations import operations
from benchmarks.peers import stand_in
from benchmarks.performance import parts
from benchmarks.sizes import QUICK

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


def once(play: Callable[[int], None], worlds: int) -> Measured:
    """What worlds cost, the start of processes included: played once instead of three times."""
    return Measured(worlds, *timed(lambda: play(worlds)))


def test_the_quick_run_measures_every_part_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "_beyond_the_start", once)
    texts = parts(QUICK)
    marks = re.findall(r"<!-- (\w+) -->", (ROOT / "docs" / "performance.md").read_text(encoding="utf-8"))
    assert marks == ["machine", "peers", "limit", "worlds", "firms", "years", "keep"]
    assert sorted(texts) == sorted(marks)
    assert texts.pop("machine").startswith("Measured on ")
    for text in texts.values():
        tables = [part.splitlines() for part in text.split("\n\n") if part.startswith("|")]
        assert len(tables) == 1
        for head, rule, *rows in tables:
            assert rows, head
            assert {line.count("|") for line in (head, rule, *rows)} == {head.count("|")}
