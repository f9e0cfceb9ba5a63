"""What a command takes to start: whole commands, each in a process of its own, one after the other."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from statistics import median

from benchmarks.command import Cost, cost
from benchmarks.page import short, spread, table
from benchmarks.sizes import Sizes

COMMANDS: dict[str, Sequence[str]] = {
    "`import computeshift`": ("-c", "import computeshift"),
    "`computeshift --help`": ("-m", "computeshift", "--help"),
    "`computeshift check six`": ("-m", "computeshift", "check", "six"),
    "`computeshift run six --worlds 100`": ("-m", "computeshift", "run", "six", "--worlds", "100"),
    "`computeshift run six`": ("-m", "computeshift", "run", "six"),
}


@functools.cache
def starts(sizes: Sizes) -> dict[str, list[Cost]]:
    """The cost of every command, all in turn, round after round; measured quickly, of the first alone."""
    chosen = dict(list(COMMANDS.items())[: len(COMMANDS) if sizes.apart else 1])
    rounds = [{name: _cost(words) for name, words in chosen.items()} for _ in range(sizes.blocks)]
    return {name: [each[name] for each in rounds] for name in chosen}


def startup_table(sizes: Sizes) -> str:
    """Seconds of whole commands, on the clock and of a processor."""
    rows = []
    for name, costs in starts(sizes).items():
        seconds = [each.seconds for each in costs]
        processor = median(each.processor for each in costs)
        rows.append([name, short(median(seconds)), spread(seconds), short(processor)])
    return table(["whole command", "seconds", "spread", "seconds of a processor"], rows)


def _cost(words: Sequence[str]) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        return cost(words, folder)
