"""The benchmarks compare like with like, and their table renders; how long they take is not tested."""

from __future__ import annotations

import dis
import math
import sys
from collections import Counter
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import pytest

from benchmarks import scalar

ARITHMETIC = {"BINARY_OP", "COMPARE_OP", "UNARY_NEGATIVE"}
FUNCTIONS = {min, max, math.exp}


def operations_done(work: Callable[[], None]) -> int:
    """Operations on numbers that the stand-in's own code does in a piece of work."""
    done: Counter[str] = Counter()
    known: dict[CodeType, dict[int, str]] = {}

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != scalar.__file__:
            return None
        frame.f_trace_opcodes = True
        code = frame.f_code
        names = known.setdefault(code, {at.offset: at.opname for at in dis.get_instructions(code)})
        if event == "opcode":
            done[names[frame.f_lasti]] += 1
        return trace

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call" and frame.f_code.co_filename == scalar.__file__ and argument in FUNCTIONS:
            done["function"] += 1

    tracing, profiling = sys.gettrace(), sys.getprofile()
    sys.settrace(trace), sys.setprofile(profile)
    try:
        work()
    finally:
        sys.settrace(tracing), sys.setprofile(profiling)
    return sum(done[name] for name in (*ARITHMETIC, "function"))


@pytest.mark.parametrize("sites", [9, 40])
def test_the_stand_in_does_the_operations_it_states(sites: int) -> None:
    economy = scalar.Economy(sites, seed=1)

    def work() -> None:
        for _ in range(scalar.YEARS):
            economy.step()

    assert operations_done(work) == scalar.operations(sites)
