"""A block of worlds: one market, simulated to its last year, and its tables."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from computeshift.agents.kinds import KINDS, variables
from computeshift.environment import market as markets
from computeshift.environment.setup import Setup
from computeshift.experiments.config.cast import of_setup
from computeshift.experiments.results.claims import counterfactuals
from computeshift.experiments.results.excluded import Reasons, merged
from computeshift.experiments.results.levels import DECISIONS, OUTCOMES_TABLE, TABLES, Keep, outcomes_sheet
from computeshift.experiments.results.record import Counterparts, Played
from computeshift.experiments.results.tables import (
    Block,
    agents_sheet,
    decisions_sheet,
    flows_sheet,
    market_sheet,
)
from computeshift.experiments.run.draws import SharedDraws, Worlds
from computeshift.experiments.run.memory import keep_freed

AGAINST = "_against"
"""How the names of counterparts end."""

BLOCK = 4096
"""Worlds a market at most: fewer pay numpy's calls more often, more cost memory (0.5 GB here)."""


@dataclass(frozen=True)
class Turn:
    """From the end of `year` on, a market goes on under the numbers, strategies and news of `setup`."""

    year: int
    setup: Setup


@dataclass(frozen=True)
class Course:
    """What a market plays: its setup, the turns it takes, and whose luck its worlds have if not their own."""

    setup: Setup
    turns: tuple[Turn, ...] = ()
    luck: Worlds | None = None

    def without(self, firm: str) -> Course:
        """The same worlds, with the same luck, had a firm and its ties never been there."""
        return self._with(lambda setup: without(setup, firm))

    def until(self, year: int) -> Course:
        """The same with another last year."""
        return self._with(lambda setup: replace(setup, until=year))

    def _with(self, change: Callable[[Setup], Setup]) -> Course:
        turns = tuple(Turn(turn.year, change(turn.setup)) for turn in self.turns)
        return Course(change(self.setup), turns, self.luck)


@dataclass(frozen=True)
class Simulated:
    """What came of a block: its tables by name, and the worlds that are left out, by reason."""

    tables: dict[str, pa.Table]
    left_out: Reasons


def play(course: Course, design: pa.Table, block: Block, against: bool, keep: Keep) -> Simulated:
    """Play a course over a block's worlds, and lay out the tables that are kept."""
    made = TABLES[keep]
    others = counterparts(course) if against else None
    with played(course) as market:
        record = Played(market, others)
        docs = markets.VARIABLES | {name: _about(name) for name in record.against}
        logged = record.of_market | {name: list(slab) for name, slab in record.against.items()}
        sheets = {"market": market_sheet(block, logged, record.years, docs)}
        if "agents" in made:
            sheets["agents"] = agents_sheet(block, record.agents, record.years, variables())
        if "flows" in made:
            sheets["flows"] = flows_sheet(block, market.ledger.flows)
        if DECISIONS in made:
            sheets[DECISIONS] = decisions_sheet(block, market.decisions.log)
        if OUTCOMES_TABLE in made:
            sheets[OUTCOMES_TABLE] = outcomes_sheet(block, record)
        broken = record.reasons
    tables = {name: sheet.table() for name, sheet in sheets.items()}
    return Simulated({"design": design, **tables}, broken)


def counterparts(course: Course) -> Counterparts:
    """What claims compare with: variables of the same worlds' market, had a firm never been there.

    None where the firm is not there anyway.
    """
    cast = of_setup(course.setup)
    found: dict[str, npt.NDArray[np.float64]] = {}
    broken: list[Reasons] = []
    for name, names in counterfactuals().items():
        if (firm := cast.firm(name)) in cast.firms:
            with played(course.without(firm), names) as market:
                record = Played(market)
                found |= {f"{known}{AGAINST}": record.slab_of_market(known) for known in names}
                broken.append({f"without {firm}: {why}": odd for why, odd in record.reasons.items()})
    return Counterparts(found, merged(broken))


def _about(counterpart: str) -> tuple[str, str]:
    """Unit and meaning of a counterpart."""
    name = counterpart.removesuffix(AGAINST)
    firm = next(firm for firm, names in counterfactuals().items() if name in names)
    unit, doc = markets.VARIABLES[name]
    return unit, f"{doc}, had there been no {firm}"


@contextmanager
def played(course: Course | Setup, only: Sequence[str] | None = None) -> Iterator[markets.ComputeMarket]:
    """A market, simulated to its last year; taken apart on leaving, so that its memory is free.

    `only` names the market's variables that will be read, where nothing else will: it then keeps
    neither agents nor flows and decisions.
    """
    keep_freed()
    course = course if isinstance(course, Course) else Course(course)
    turns = {turn.year: turn.setup for turn in course.turns}
    market = markets.ComputeMarket(course.setup, KINDS, only)
    if course.luck is not None:
        market.draws = SharedDraws(course.setup.seed, course.luck)
    try:
        while market.running:
            market.step()
            if market.year in turns:
                market.adopt(turns[market.year])
            if only is not None:
                market.ledger.forget()
                market.decisions.forget()
        yield market
    finally:
        for firm in market.firms.values():
            firm.dissolve()  # a role and the strategy it plays hold each other
        vars(market).clear()  # its parts hold it: undone, they need not wait for the collector


def without(setup: Setup, firm: str) -> Setup:
    """The same worlds, with the same luck, had a firm and its ties never been there."""
    return replace(
        setup,
        firms=tuple(known for known in setup.firms if known.name != firm),
        edges=tuple(edge for edge in setup.edges if firm not in (edge.source, edge.target)),
    )


def blocks(worlds: int, most: int, first: int = 0) -> Iterator[Block]:
    """So many worlds from `first` on, in blocks of nearly equal size: none is left with a single world."""
    count = math.ceil(worlds / most)
    bounds = (first + worlds * i // count for i in range(count + 1))
    return (Block(start, end - start) for start, end in itertools.pairwise(bounds))
