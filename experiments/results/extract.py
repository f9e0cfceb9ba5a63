"""What the summary of a run needs of its worlds: a few columns, handed over by each block and not read again.

Quantiles of all worlds can't be had from those of blocks, so numbers are of every world; claims are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.results.claims import Claim
from computeshift.experiments.results.levels import FLOWS, VARIABLES, every_world
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.tables import Block

Slab = npt.NDArray[np.float64]
"""One number per world and year, `(W, years)`."""

Tie = tuple[str, str]
Named = tuple[str, str, str]
"""A column: the kind of flow, its source and target; or nothing, a firm and the name of its variable."""

MOST = 5 * 2**28
"""Bytes that the extract of a run may take, over a million worlds of the baseline: no larger one is made."""


@dataclass(frozen=True)
class Extract:
    """Columns of some worlds, in the order of their numbers; NaN where a world is left out."""

    flows: dict[str, dict[Tie, Slab]] = field(default_factory=dict)
    """By kind, then by source and target in order of first flow."""
    variables: dict[tuple[str, str], Slab] = field(default_factory=dict)
    """By firm and variable."""
    claims: dict[Claim, tuple[int, int]] = field(default_factory=dict)
    """In how many worlds a claim holds, and in how many it is decided, where it is in any."""

    @property
    def nbytes(self) -> int:
        """What its numbers take in memory."""
        slabs = [slab for ties in self.flows.values() for slab in ties.values()]
        return sum(slab.nbytes for slab in [*slabs, *self.variables.values()])


def extract(record: Record, block: Block, claims: Iterable[Claim]) -> Extract:
    """The extract of a block's worlds, with these claims."""

    def every(table: pd.DataFrame) -> Slab:
        return every_world(table, block, record.years)

    flows: dict[str, dict[tuple[str, str], Slab]] = {kind: {} for kind in FLOWS}
    for source, target, kind in record.ties():
        if kind in flows:
            flows[kind][source, target] = every(record.flow_or_zero(kind, source, target))
    named = [(record.cast.firm(part), name) for part, names in VARIABLES.items() for name in names]
    variables = {(firm, name): every(record.variable_or_empty(firm, name)) for firm, name in named}
    counts = {claim: claim.count(record) for claim in claims}
    return Extract(flows, variables, {claim: count for claim, count in counts.items() if count != (0, 0)})


class Gathering:
    """The extract of a run, filled as its blocks come in any order: their numbers are in memory once."""

    def __init__(self, worlds: int) -> None:
        self._worlds = worlds
        self._slabs: dict[Named, Slab] = {}
        self._names: dict[Block, list[Named]] = {}
        self._held: Counter[Claim] = Counter()
        self._decided: Counter[Claim] = Counter()

    def add(self, block: Block, part: Extract) -> None:
        """Copy what a block handed over to the places of its worlds."""
        named = _named(part)
        for name, slab in named.items():
            if name not in self._slabs:  # zero, as in blocks in which nothing flowed along a tie
                self._slabs[name] = np.zeros((self._worlds, slab.shape[1]))
            self._slabs[name][block.first : block.first + block.worlds] = slab
        self._names[block] = list(named)
        for claim, (held, decided) in part.claims.items():
            self._held[claim] += held
            self._decided[claim] += decided

    def extract(self, blocks: Sequence[Block]) -> Extract | None:
        """That of these blocks, in order; None unless they are all that were added."""
        if not blocks or set(blocks) != set(self._names):
            return None
        flows: dict[str, dict[Tie, Slab]] = {kind: {} for kind in FLOWS}
        variables: dict[Tie, Slab] = {}
        rows = self._rows(blocks)
        for kind, one, other in dict.fromkeys(name for block in blocks for name in self._names[block]):
            flows.get(kind, variables)[one, other] = self._slabs[kind, one, other][rows]
        counts = {claim: (self._held[claim], decided) for claim, decided in self._decided.items()}
        return Extract(flows, variables, counts)

    def _rows(self, blocks: Sequence[Block]) -> slice | npt.NDArray[np.int64]:
        """The places of these blocks' worlds."""
        if sum(block.worlds for block in blocks) == self._worlds:
            return slice(None)
        return np.concatenate([np.arange(block.first, block.first + block.worlds) for block in blocks])


def _named(part: Extract) -> dict[Named, Slab]:
    """The columns of an extract: of flows by kind, source and target; of variables by firm and name."""
    flows = {(kind, *tie): slab for kind, ties in part.flows.items() for tie, slab in ties.items()}
    return flows | {("", *name): slab for name, slab in part.variables.items()}
