"""What the summary of a run needs of its worlds: a few columns, handed over by each block and not read again.

Quantiles of all worlds can't be had from those of blocks, so numbers are of every world; claims are counted.
"""

from __future__ import annotations

from collections.abc import Iterable
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

MOST = 5 * 2**28
"""Bytes that the extract of a run may take, over a million worlds of the baseline: no larger one is made."""


@dataclass(frozen=True)
class Extract:
    """Columns of some worlds, in the order of their numbers; NaN where a world is left out."""

    flows: dict[str, dict[tuple[str, str], Slab]] = field(default_factory=dict)
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


def joined(parts: Iterable[tuple[Block, Extract]]) -> Extract:
    """The extract of a run, of those of its blocks. It empties them, so that numbers are in memory once."""
    each = [part for _, part in sorted(parts, key=lambda one: one[0].first)]
    ties = {kind: dict.fromkeys(tie for part in each for tie in part.flows[kind]) for kind in FLOWS}
    nothing = [np.zeros_like(next(iter(part.variables.values()))) for part in each]
    flows = {
        kind: {
            tie: np.concatenate(
                [part.flows[kind].pop(tie, none) for part, none in zip(each, nothing, strict=True)]
            )
            for tie in ties[kind]
        }
        for kind in FLOWS
    }
    names = list(each[0].variables)
    variables = {name: np.concatenate([part.variables.pop(name) for part in each]) for name in names}
    held: dict[Claim, tuple[int, int]] = {}
    for claim, (hits, decided) in (count for part in each for count in part.claims.items()):
        before = held.get(claim, (0, 0))
        held[claim] = before[0] + hits, before[1] + decided
    return Extract(flows, variables, held)
