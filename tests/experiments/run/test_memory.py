"""Memory stays flat however many blocks are played: nothing of a block is left when its tables are gone."""

from __future__ import annotations

import ctypes
import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

import computeshift as cs
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.results.tables import Block, design_table
from computeshift.experiments.run import design as designs
from computeshift.experiments.run import memory
from computeshift.experiments.run.block import Simulation, simulate_block

BLOCKS = 100
LEFT = 25_000  # bytes a block, for what the allocator keeps; a market of one world holds twenty times as much


def resident() -> int:
    """Bytes of memory this process holds."""
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def play_all(config: Config, blocks: int) -> None:
    for first in range(blocks):
        drawn = designs.drawn(config, 1, first_world=first)
        course = Simulation(designs.setup(config, drawn))
        simulate_block(course, design_table(drawn, {}), Block(first, 1), against=False, keep="all")
    gc.collect()


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
def test_many_blocks_leave_nothing_behind() -> None:
    config = load("six", {"until": 2025})
    play_all(config, 10)  # fills what is kept on purpose
    bytes_before, objects = resident(), len(gc.get_objects())
    play_all(config, BLOCKS)
    assert len(gc.get_objects()) - objects < BLOCKS
    assert resident() - bytes_before < BLOCKS * LEFT


def test_a_market_stepped_by_hand_is_freed() -> None:
    market = cs.market("six", set={"until": 2025})
    market.step()
    left = weakref.ref(market)
    del market
    gc.collect()
    assert left() is None


ARENAS = """
import ctypes, sys, threading
from computeshift.experiments.run.memory import share_freed
if sys.argv[1] == "shared":
    share_freed()
gate = threading.Barrier(3)
def allocate():
    held = [bytes(2000) for _ in range(1000)]
    gate.wait()
threads = [threading.Thread(target=allocate) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="only glibc has arenas"
)
def test_threads_use_what_others_freed(tmp_path: Path) -> None:
    def arenas(how: str) -> int:
        told = tmp_path / how
        subprocess.run([sys.executable, "-c", ARENAS, how, told], check=True)
        return told.read_text("utf-8").count("<heap nr=")

    assert arenas("apart") > arenas("shared") == 1


class OldMalloc:
    """The library of glibc of 2020, which refuses a threshold for mapping above 32 MB."""

    def __init__(self) -> None:
        self.refused: list[tuple[int, int]] = []

    def mallopt(self, option: int, value: int) -> int:
        if option == -3 and value > 2**25:
            self.refused.append((option, value))
            return 0
        return 1


def test_no_glibc_refuses_what_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    old = OldMalloc()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: old)
    memory.keep_freed.__wrapped__()
    memory.share_freed()
    assert old.refused == []


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_other_systems_have_nothing_to_ask(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def library(name: None) -> object:
        if platform == "win32":
            raise TypeError("a library must have a name")
        return object()  # musl has no mallopt

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", library)
    memory.keep_freed.__wrapped__()
    memory.share_freed()
