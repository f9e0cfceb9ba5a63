"""Which worlds count: all but those that break a check of sense; why, how a manifest lists them, in words."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from computeshift.experiments.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

Reasons = dict[str, list[int]]
"""The worlds that are left out, in order, by what is wrong with them; each world once."""

_LISTED = 3  # reasons in a message


def joined(parts: Iterable[Reasons]) -> Reasons:
    """The reasons of several blocks as one, sorted: the order of the blocks does not matter.

    >>> joined([{"b": [7], "a": [5]}, {"a": [1]}])
    {'a': [1, 5], 'b': [7]}
    """
    reasons: Reasons = {}
    for part in parts:
        for reason, worlds in part.items():
            reasons[reason] = sorted([*reasons.get(reason, []), *worlds])
    return dict(sorted(reasons.items()))


def merged(parts: Iterable[Reasons]) -> Reasons:
    """The reasons of several markets of the same worlds as one: each world by the first that lists it.

    >>> merged([{"a": [1]}, {"b": [1, 7]}])
    {'a': [1], 'b': [7]}
    """
    first: dict[int, str] = {}
    for part in parts:
        for reason, worlds in part.items():
            first = dict.fromkeys(worlds, reason) | first
    return joined({reason: [world]} for world, reason in first.items())


def worlds_of(reasons: Reasons) -> list[int]:
    """All worlds that are left out, in order."""
    return sorted(world for worlds in reasons.values() for world in worlds)


def packed(reasons: Reasons) -> dict[str, list[int | list[int]]]:
    """As a manifest has it: a world's number, or [first, last] of worlds that follow each other.

    >>> packed({"rent is not finite": [3, 5, 6, 7]})
    {'rent is not finite': [3, [5, 7]]}
    """
    return {reason: _runs(worlds) for reason, worlds in sorted(reasons.items())}


def unpacked(runs: Mapping[str, list[Any]]) -> Reasons:
    """The worlds of `packed`, one by one.

    >>> unpacked({"rent is not finite": [3, [5, 7]]})
    {'rent is not finite': [3, 5, 6, 7]}
    """
    return {reason: [world for run in own for world in _worlds(run)] for reason, own in runs.items()}


def counted(reasons: Reasons) -> dict[str, int]:
    """How many worlds each reason left out, the most frequent first."""
    counts = {reason: len(worlds) for reason, worlds in reasons.items()}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def why(reasons: Reasons) -> str:
    """The most frequent reasons in words, with their worlds.

    >>> why({"rent is not finite in 2025": [3], "openai.debt is below 0 in 2026": [1, 2]})
    'openai.debt is below 0 in 2026 (2 worlds); rent is not finite in 2025 (1 world)'
    """
    counts = counted(reasons)
    listed = [
        f"{reason} ({count:,} world{'' if count == 1 else 's'})"
        for reason, count in list(counts.items())[:_LISTED]
    ]
    more = len(counts) - _LISTED
    return "; ".join([*listed, f"{more} more reasons"] if more > 0 else listed)


def left_out(reasons: Reasons) -> str:
    """How many worlds are left out, and why.

    >>> left_out({"rent is not finite in 2025": [3]})
    '1 world was left out (a number makes no sense): rent is not finite in 2025 (1 world)'
    """
    count = len(worlds_of(reasons))
    were = "world was" if count == 1 else "worlds were"
    return f"{count:,} {were} left out (a number makes no sense): {why(reasons)}"


def too_few(left: int, purpose: str, least: int, reasons: Reasons, worlds: int) -> str:
    """That the worlds that are left of `worlds` are too few, and why others are left out.

    >>> too_few(8, "for an interval", 30, {}, 8)
    '8 worlds are too few for an interval: use at least 30'
    >>> too_few(26, "for an interval", 30, {"rent is not finite in 2025": [3, 5]}, 28)
    '26 of 28 worlds are too few for an interval, at least 30 must be left; 2 worlds were left out \
(a number makes no sense): rent is not finite in 2025 (2 worlds)'
    """
    if not reasons:
        count = "1 world is" if left == 1 else f"{left:,} worlds are"
        return f"{count} too few {purpose}: use at least {least:,}"
    lead = f"{left:,} of {worlds:,} worlds are too few {purpose}, at least {least:,} must be left"
    return f"{lead}; {left_out(reasons)}"


def none_left(worlds: int, reasons: Reasons) -> str:
    """That every one of so many worlds is left out, and why."""
    return f"no world is left of {worlds:,}: {why(reasons)}"


@dataclass(frozen=True)
class Excluded:
    """Which worlds of a record count: all but those that break a check of sense, which have a reason."""

    numbers: npt.NDArray[np.int64]
    """The numbers of all worlds, `(W,)`."""
    reasons: Reasons

    @functools.cached_property
    def worlds(self) -> list[int]:
        """The worlds that are left out, in order."""
        return worlds_of(self.reasons)

    @functools.cached_property
    def counts(self) -> npt.NDArray[np.bool_]:
        """Whether each world counts, `(W,)`."""
        return ~np.isin(self.numbers, self.worlds)

    @property
    def sound(self) -> int:
        """How many worlds count."""
        return len(self.numbers) - len(self.worlds)

    def counted(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table whose `world` counts."""
        return table[~table["world"].isin(self.worlds)]

    def must_leave_some(self, name: str, place: str = "") -> None:
        """UserError if no world counts; `name` begins the message, `place` ends it."""
        if not self.sound:
            raise UserError(f"{name}: {none_left(len(self.numbers), self.reasons)}{place}")

    def must_count(self, world: int) -> None:
        """UserError if there is no such world, or if it is left out: then with the reason."""
        if world not in self.numbers:
            raise UserError(f"there is no world {world}: use {self.numbers[0]} to {self.numbers[-1]}")
        for reason, worlds in self.reasons.items():
            if world in worlds:
                raise UserError(f"world {world} is left out: {reason}")


class LeavesOut:
    """What is known of worlds by the reasons why some of them are left out."""

    reasons: Reasons

    @property
    def left_out(self) -> list[int]:
        """The worlds that are left out."""
        return worlds_of(self.reasons)


def must_be_enough(
    left: int, purpose: str, least: int, reasons: Reasons, worlds: int, name: str = ""
) -> None:
    """UserError if the worlds that are left of `worlds` are too few for a purpose; `name` begins it."""
    if left < least:
        few = too_few(left, purpose, least, reasons, worlds)
        raise UserError(f"{name}: {few}" if name else few)


def in_all(
    tables: Sequence[pd.DataFrame], parts: Iterable[Reasons], purpose: str, least: int
) -> list[pd.DataFrame]:
    """Tables of the same worlds, one row per world, without those that any of the parts leaves out.

    UserError if too few worlds are left for a purpose.
    """
    reasons = merged(parts)
    broken = worlds_of(reasons)
    common = [table[~table.index.isin(broken)] for table in tables] if broken else list(tables)
    left = len(common[0])
    must_be_enough(left, purpose, least, reasons, left + len(broken))
    return common


def _runs(worlds: list[int]) -> list[int | list[int]]:
    runs: list[list[int]] = []
    for world in worlds:
        if runs and world == runs[-1][1] + 1:
            runs[-1][1] = world
        else:
            runs.append([world, world])
    return [first if first == last else [first, last] for first, last in runs]


def _worlds(run: Any) -> Iterable[Any]:
    return range(run[0], run[1] + 1) if isinstance(run, list) and len(run) == 2 else [run]
