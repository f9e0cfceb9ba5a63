"""A block of worlds: one market, simulated to its last year, and its tables."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import mesa
import pandas as pd
import pyarrow as pa

from computeshift.agents import agent as agents
from computeshift.environment import market as markets
from computeshift.environment.setup import Setup
from computeshift.experiments import design as designs
from computeshift.experiments.claims import counterfactuals
from computeshift.experiments.memory import keep_freed
from computeshift.experiments.resolved import Config
from computeshift.experiments.sheets import (
    Block,
    Sheet,
    agents_sheet,
    cells_of,
    decisions_sheet,
    design_table,
    flows_sheet,
    market_sheet,
)

if TYPE_CHECKING:
    from computeshift.experiments.posterior import Posterior


@dataclass(frozen=True)
class Simulated:
    """What came of a block: its tables by name, and the worlds whose numbers are not all finite."""

    tables: dict[str, pa.Table]
    not_finite: list[int]


def simulate(
    config: Config, block: Block, against: bool = True, posterior: Posterior | None = None
) -> Simulated:
    """Simulate a block of a config's worlds.

    `against` adds market variables of the same worlds without the firms that some claims are compared
    with. A `posterior` stands in for the config's parameters, as far as it has them.
    """
    drawn = designs.drawn(config, block.worlds, config.seed, block.first, posterior)
    setup = designs.setup(config, drawn)
    with played(setup) as market:
        market_table = market_sheet(block, _market_frame(market), markets.VARIABLES)
        collector: Any = market.datacollector
        frame = collector.get_agent_vars_dataframe()
        steps = frame.index.get_level_values(0).to_numpy()
        years = [int(config.start + step) for step in steps]
        agents_table = agents_sheet(block, frame, years, agents.VARIABLES)
        flows_table = flows_sheet(block, market.ledger.flows)
        decisions_table = decisions_sheet(block, market.decisions.log)
    for firm, names in counterfactuals().items() if against else ():
        _compare(market_table, setup, firm, names)
    finite = agents_table.finite & market_table.finite & flows_table.finite
    tables = {
        "design": design_table(drawn, {name: number.unit for name, number in config.parameters().items()}),
        "agents": agents_table.table(),
        "market": market_table.table(),
        "flows": flows_table.table(),
        "decisions": decisions_table.table(),
    }
    return Simulated(tables, [block.first + int(world) for world in (~finite).nonzero()[0]])


def _compare(sheet: Sheet, setup: Setup, firm: str, names: list[str]) -> None:
    """Add what the market would have been without a firm, as columns `NAME_against`."""
    if all(known.name != firm for known in setup.firms):
        return
    with played(without(setup, firm), names) as market:
        cells = cells_of(_market_frame(market))
    for name in names:
        unit, doc = markets.VARIABLES[name]
        sheet.docs[f"{name}_against"] = (unit, f"{doc}, had there been no {firm}")
        sheet.numbers(f"{name}_against", cells[name])


@contextmanager
def played(setup: Setup, only: Sequence[str] | None = None) -> Iterator[markets.ComputeMarket]:
    """A market, simulated to its last year; taken apart on leaving, so that its memory is free.

    `only` names the market's variables that will be read, where nothing else will: it then keeps
    neither agents nor flows and decisions.
    """
    keep_freed()
    market = markets.ComputeMarket(setup, only)
    try:
        while market.running:
            market.step()
            if only is not None:
                market.ledger.forget()
                market.decisions.forget()
        yield market
    finally:
        mesa.Agent._ids.pop(market, None)  # or Mesa keeps every market alive
        vars(market).clear()  # its parts hold it: undone, they need not wait for the collector


def _market_frame(market: markets.ComputeMarket) -> pd.DataFrame:
    collector: Any = market.datacollector
    frame: pd.DataFrame = collector.get_model_vars_dataframe()
    return frame


def without(setup: Setup, firm: str) -> Setup:
    """The same worlds, with the same luck, had a firm and its ties never been there."""
    return replace(
        setup,
        firms=tuple(known for known in setup.firms if known.name != firm),
        edges=tuple(edge for edge in setup.edges if firm not in (edge.source, edge.target)),
    )


def blocks(worlds: int, most: int) -> Iterator[Block]:
    """Blocks of nearly equal size, so that none of them is left with a single world."""
    count = math.ceil(worlds / most)
    bounds = [worlds * i // count for i in range(count + 1)]
    return (Block(first, last - first) for first, last in itertools.pairwise(bounds))
