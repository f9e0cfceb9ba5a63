"""Measure many worlds without writing them down: a config played in blocks, or a results folder."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from computeshift.environment.setup import Setup
from computeshift.experiments.config.arguments import known
from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.claims import Claim, claims_of
from computeshift.experiments.results.excluded import LeavesOut, Reasons, joined, none_left
from computeshift.experiments.results.outcomes import Outcome, outcome_of
from computeshift.experiments.results.record import MarketRecord, Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.run import design as designs
from computeshift.experiments.run.block import (
    BLOCK,
    Simulation,
    blocks,
    counterparts,
    simulate,
    simulate_together,
)
from computeshift.experiments.run.draws import Worlds
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.sample import config_of
from computeshift.experiments.run.size import NUMBER, must_fit_in_memory, uncertain

Measure = Callable[[Record], pd.DataFrame]


@dataclass(frozen=True)
class Measured(LeavesOut):
    """One row per world, columns as the measure made them; and the worlds left out, by reason."""

    table: pd.DataFrame
    reasons: Reasons


def measure(
    source: Config | Results,
    of: Measure,
    *,
    table: pd.DataFrame | None = None,
    draws_of: Worlds | None = None,
    progress: Progress | None = None,
    block: int = BLOCK,
    tables: int = 1,
    design: bool = False,
) -> Measured:
    """Apply `of` to every block of worlds and put its rows together, in the order of the worlds.

    A config is played over `source.worlds` worlds, or over the rows of `table`: a design whose
    `world` column counts on by one and whose other columns override parameters. With `draws_of` these
    rows have the random draws of the worlds it numbers. A results folder runs nothing.
    `progress(done, worlds)` is called before each block and at the end.

    UserError if the worlds do not fit in memory, by the size of the first block: the question will hold
    `tables` of this kind at once (0: it was checked before), and with `design` all parameters too.
    """
    if isinstance(source, Results):
        return Measured(of(source), source.reasons)
    rows = source.worlds if table is None else len(table)
    found = _Blocks(of)
    for part in blocks(rows, block):
        if progress is not None:
            progress(part.first, rows)
        if table is None:
            setup = designs.setup(source, designs.drawn(source, part.worlds, first_world=part.first))
        else:
            setup = designs.setup(source, table.iloc[part.first : part.first + part.worlds])
        own = None if draws_of is None else draws_of[part.first : part.first + part.worlds]
        simulation = Simulation(setup, draws_of=own)
        with simulate(simulation) as market:
            first = found.add(MarketRecord(market, partial(counterparts, simulation)), part.worlds)
        if first and tables:
            beside = NUMBER * uncertain(source) if design else 0
            must_fit_in_memory(rows, tables * found.bytes_per_world + beside)
    if progress is not None:
        progress(rows, rows)
    return found.measured(source, rows)


def measure_all(
    sources: Sequence[Config], of: Measure, progress: Progress | None = None, tables: int = 1
) -> list[Measured]:
    """What `measure` gives for each of several configs of as many worlds, to the last bit.

    Neighbours that differ in numbers alone are simulated in one market: with few worlds that takes as long
    as one of them. UserError as from `measure`.
    """
    measured, rows = list[Measured](), sum(source.worlds for source in sources)
    done = 0
    for _, neighbours in itertools.groupby(sources, _but_for_numbers):
        group = list(neighbours)
        found = [_Blocks(of) for _ in group]
        for part in blocks(group[0].worlds, max(BLOCK // len(group), 1)):
            if progress is not None:
                progress(done + part.first * len(group), rows)
            setups = [
                designs.setup(source, designs.drawn(source, part.worlds, first_world=part.first))
                for source in group
            ]
            with simulate_together(setups) as records:
                first = [own.add(record, part.worlds) for own, record in zip(found, records, strict=True)]
            if first[0] and tables and not done:
                must_fit_in_memory(group[0].worlds, tables * found[0].bytes_per_world)
        measured += [own.measured(source, source.worlds) for own, source in zip(found, group, strict=True)]
        done += sum(source.worlds for source in group)
    if progress is not None:
        progress(rows, rows)
    return measured


def _but_for_numbers(source: Config) -> tuple[Setup, int, list[str]]:
    """All of a config but its numbers: two for which it is the same can share a market."""
    return designs.structure(source), source.worlds, list(source.parameters())


class _Blocks:
    """The tables of the blocks measured so far, and the worlds left out of them."""

    def __init__(self, of: Measure) -> None:
        self._of = of
        self._tables: list[pd.DataFrame] = []
        self._reasons: Reasons = {}

    def add(self, record: MarketRecord, worlds: int) -> bool:
        """Measure a block of so many worlds; whether it is the first that has worlds to measure."""
        some = len(record.left_out) < worlds
        if some:
            self._tables.append(self._of(record))
        self._reasons = joined([self._reasons, record.reasons])
        return some and len(self._tables) == 1

    @property
    def bytes_per_world(self) -> float:
        """Of the first table."""
        return float(self._tables[0].memory_usage().sum() / len(self._tables[0]))

    def measured(self, source: Config, rows: int) -> Measured:
        """All blocks together; UserError if no world is left."""
        if not self._tables:
            raise UserError(f"{source.label}: {none_left(rows, self._reasons)}; check its settings")
        return Measured(pd.concat(self._tables), self._reasons)


def part_of(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of one of several runs as that of all: `before` worlds of `total` were done before it."""
    return None if progress is None else lambda done, _: progress(before + done, total)


def outcomes_in(outcomes: Iterable[Outcome], year: int) -> Measure:
    """Measures outcomes in a year, or in the one that they are about: a column each, NaN without a number."""
    wanted = list(outcomes)

    def of(record: Record) -> pd.DataFrame:
        tables = {outcome.name: record.outcome_or_empty(outcome.key) for outcome in wanted}
        columns = {o.name: tables[o.name].get(o.year(record.years, year)) for o in wanted}
        return pd.DataFrame(columns, index=record.market_variable("turnover").index, dtype=float)

    return of


def claims_held(claims: Iterable[Claim]) -> Measure:
    """Measures claims: a column each, 1 where it holds, 0 where not; no column if undecided."""
    wanted = list(claims)

    def of(record: Record) -> pd.DataFrame:
        held = {claim.name: claim.holds(record) for claim in wanted}
        return pd.DataFrame({name: row.astype(float) for name, row in held.items() if row is not None})

    return of


def known_outcome(name: str, source: Config | Results) -> Outcome:
    """The outcome of a name, shipped or of the config, or of an expression; UserError if there is none."""
    config = config_of(source)
    return must_have(outcome_of(name, config.cast, config.outcomes, config.start), source)


def must_have(outcome: Outcome, source: Config | Results) -> Outcome:
    """The outcome; UserError if a folder did not store what its expression names."""
    if outcome.text and isinstance(source, Results):
        source.evaluated(outcome.text)
    return outcome


def known_claim(name: str, source: Config | Results) -> Claim:
    """The claim of a name, shipped or of the config; UserError if there is none."""
    claims = claims_of(config_of(source))
    return claims[known(name, claims, "claim")]
