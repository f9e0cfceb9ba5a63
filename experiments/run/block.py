"""A block of worlds: one market, simulated to its last year, and its tables."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from computeshift.agents.kinds import KINDS, variables
from computeshift.environment import market as markets
from computeshift.environment.setup import Setup
from computeshift.experiments.config.cast import of_setup
from computeshift.experiments.results.claims import Claim, counterfactuals
from computeshift.experiments.results.deals import DEALS, deals_sheet
from computeshift.experiments.results.excluded import Reasons
from computeshift.experiments.results.extract import Extract, extract
from computeshift.experiments.results.levels import (
    DECISIONS,
    OUTCOMES_TABLE,
    TABLES,
    Keep,
    counterpart_column,
    outcomes_sheet,
)
from computeshift.experiments.results.outcomes import Outcome
from computeshift.experiments.results.record import Counterparts, MarketRecord
from computeshift.experiments.results.sheet import Sheet
from computeshift.experiments.results.tables import (
    Block,
    agents_sheet,
    decisions_sheet,
    flows_sheet,
    market_sheet,
)
from computeshift.experiments.run.draws import SharedDraws, Worlds
from computeshift.experiments.run.memory import keep_freed

BLOCK = 4096
"""Worlds per market of a full cast, at most: fewer pay numpy's calls more often, more cost memory (1 GB)."""
FULL_CAST = 20  # firms: `baseline` has 19, `today` 21
LEAST_BLOCK = 1000  # worlds, however many firms: with fewer numpy's calls take longer than their arithmetic


@dataclass(frozen=True)
class SetupChange:
    """From the end of `year` on, a market continues with the numbers, strategies and news of `setup`."""

    year: int
    setup: Setup


@dataclass(frozen=True)
class Simulation:
    """What a market simulates: its setup, later changes of it, and which random draws its rows have.

    `draws_of` has the number of a world per row, `(W,)`, whose draws the row has; None for its own.
    """

    setup: Setup
    changes: tuple[SetupChange, ...] = ()
    draws_of: Worlds | None = None

    def without(self, firm: str) -> Simulation:
        """The same worlds, with the same random draws, without a firm, its ties and its deals."""
        return self._with(lambda setup: without(setup, firm))

    def until(self, year: int) -> Simulation:
        """The same with another last year."""
        return self._with(lambda setup: replace(setup, until=year))

    def _with(self, change: Callable[[Setup], Setup]) -> Simulation:
        changes = tuple(SetupChange(later.year, change(later.setup)) for later in self.changes)
        return Simulation(change(self.setup), changes, self.draws_of)


@dataclass(frozen=True)
class BlockResult:
    """The tables of a block by name, the worlds that are left out, by reason, and what a summary needs."""

    tables: dict[str, pa.Table]
    left_out: Reasons
    extract: Extract | None


def simulate_block(
    simulation: Simulation,
    design: pa.Table,
    block: Block,
    against: bool,
    keep: Keep,
    own: Sequence[Outcome] = (),
    claims: Iterable[Claim] | None = (),
) -> BlockResult:
    """Simulate a block's worlds, and make the tables of a level; `own` are outcomes of its config.

    `claims` are those that its extract counts; None for no extract.
    """
    others = counterparts(simulation) if against else {}
    with simulate(simulation) as market:
        record = MarketRecord(market, lambda: others)
        extracted = None if claims is None else extract(record, block, claims)
        sheets = [_market_sheet(record, block, others), *_logged_sheets(market, record, block, TABLES[keep])]
        if OUTCOMES_TABLE in TABLES[keep]:
            sheets.append((OUTCOMES_TABLE, outcomes_sheet(block, record, own)))
        left_out = record.reasons
    tables = {name: sheet.table() for name, sheet in sheets}
    return BlockResult({"design": design, **tables}, left_out, extracted)


def simulate_summaries(
    simulations: Sequence[Simulation],
    designs: Sequence[pa.Table],
    block: Block,
    owns: Sequence[Sequence[Outcome]],
) -> list[BlockResult]:
    """Simulate a block's worlds once for each of several simulations that differ in parameters alone, in
    one market, and make the tables of a summary of each: to the last bit those of `simulate_block`.

    `owns` are the outcomes of each config.
    """
    with simulate_together([simulation.setup for simulation in simulations]) as records:
        results = []
        for record, design, own in zip(records, designs, owns, strict=True):
            sheets = [
                _market_sheet(record, block, {}),
                (OUTCOMES_TABLE, outcomes_sheet(block, record, own)),
            ]
            tables = {name: sheet.table() for name, sheet in sheets}
            results.append(BlockResult({"design": design, **tables}, record.reasons, None))
    return results


@contextmanager
def simulate_together(setups: Sequence[Setup]) -> Iterator[list[MarketRecord]]:
    """The records of setups of the same worlds that differ in parameters alone, simulated in one market."""
    parts = len(setups)
    with simulate(_stacked(setups) if parts > 1 else setups[0]) as market:
        yield [
            MarketRecord(market, partial(counterparts, Simulation(setup)), place, parts)
            for place, setup in enumerate(setups)
        ]


def _stacked(setups: Sequence[Setup]) -> Simulation:
    """The same worlds once for each setup, one after the other, each with the draws of its world."""
    first, parts = setups[0], len(setups)
    parameters = {name: np.concatenate([own.parameters[name] for own in setups]) for name in first.parameters}
    worlds = np.arange(first.first_world, first.first_world + first.worlds)
    stacked = replace(first, worlds=first.worlds * parts, parameters=parameters)
    return Simulation(stacked, draws_of=np.tile(worlds, parts))


def _market_sheet(record: MarketRecord, block: Block, others: Counterparts) -> tuple[str, Sheet]:
    """The market's table, with what claims compare with."""
    compared = {counterpart_column(name): list(slab) for name, slab in others.items()}
    about = {counterpart_column(name): _about(name, record.years[-1]) for name in others}
    logged, docs = record.of_market | compared, markets.VARIABLES | about
    return "market", market_sheet(block, logged, record.years, docs)


def _logged_sheets(
    market: markets.ComputeMarket, record: MarketRecord, block: Block, names: Sequence[str]
) -> Iterator[tuple[str, Sheet]]:
    """The tables of what firms logged, of deals, flows and decisions, as far as they are named."""
    if "agents" in names:
        yield "agents", agents_sheet(block, record.agents, record.years, variables())
    if DEALS in names:
        yield DEALS, deals_sheet(block, market.deals.log, record.years)
    if "flows" in names:
        yield "flows", flows_sheet(block, market.ledger.flows, record.years)
    if DECISIONS in names:
        yield DECISIONS, decisions_sheet(block, market.decisions.log, record.years)


def counterparts(simulation: Simulation) -> Counterparts:
    """What claims compare with: variables of the market of the same worlds without a firm.

    Simulated only as far as claims need it; NaN in later years, and where a world breaks a check of sense.
    None for a firm that is not there anyway.
    """
    setup = simulation.setup
    cast = of_setup(setup)
    found: dict[str, npt.NDArray[np.float64]] = {}
    for name, names in counterfactuals(setup.until).items():
        if (firm := cast.firm(name)) in cast.firms:
            last = max(names.values())
            with simulate(simulation.without(firm).until(last), tuple(names)) as market:
                record = MarketRecord(market)
                later = ((0, setup.until - last), (0, 0))
                for known in names:
                    slab = np.where(record.excluded.counts, record.slab_of_market(known), np.nan)
                    found[known] = np.pad(slab, later, constant_values=np.nan)
    return found


def _about(name: str, until: int) -> tuple[str, str]:
    """Unit and meaning of a counterpart."""
    firm = next(firm for firm, names in counterfactuals(until).items() if name in names)
    unit, doc = markets.VARIABLES[name]
    return unit, f"{doc}, had there been no {firm}"


@contextmanager
def simulate(
    simulation: Simulation | Setup, only: Sequence[str] | None = None
) -> Iterator[markets.ComputeMarket]:
    """A market, simulated to its last year; taken apart on leaving, so that its memory is free.

    `only` names the variables of the market that will be read, if nothing else will: it then stores neither
    agents nor deals, flows and decisions.
    """
    keep_freed()
    simulation = simulation if isinstance(simulation, Simulation) else Simulation(simulation)
    changes = {change.year: change.setup for change in simulation.changes}
    market = markets.ComputeMarket(simulation.setup, KINDS, only)
    if simulation.draws_of is not None:
        market.draws = SharedDraws(simulation.setup.seed, simulation.draws_of)
    try:
        while market.running:
            market.step()
            if market.year in changes:
                market.adopt(changes[market.year])
            if only is not None:
                market.ledger.forget()
                market.decisions.forget()
                market.deals.forget()
        yield market
    finally:
        for firm in market.firms.values():
            firm.dissolve()  # a role and the strategy it plays hold each other
        vars(market).clear()  # its parts hold it: undone, they need not wait for the collector


def without(setup: Setup, firm: str) -> Setup:
    """The same worlds, with the same random draws, without a firm, its ties and its deals."""
    gone = {deal.name for deal in setup.deals if firm in (deal.source, deal.target, deal.site)}
    return replace(
        setup,
        firms=tuple(known for known in setup.firms if known.name != firm),
        edges=tuple(edge for edge in setup.edges if firm not in (edge.source, edge.target)),
        deals=tuple(deal for deal in setup.deals if not {deal.name, deal.of} & gone),
    )


def blocks(worlds: int, most: int, first: int = 0) -> Iterator[Block]:
    """`worlds` worlds from `first` on, in blocks of at most `most`, of nearly equal size."""
    count = math.ceil(worlds / most)
    bounds = (first + worlds * i // count for i in range(count + 1))
    return (Block(start, end - start) for start, end in itertools.pairwise(bounds))
