"""A fork: the worlds of a results folder, continued under other settings from the end of a year.

A world is its seed, its numbers and its settings, so nothing of its state is stored. The years before are
simulated again, compared with what the folder has of them, and then the settings change.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from computeshift.environment.deals import LISTED
from computeshift.environment.setup import Array, P, Setup
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import parameter_of_column
from computeshift.experiments.config.names import owner_of
from computeshift.experiments.config.overlay import parameter
from computeshift.experiments.errors import Problem, UserError
from computeshift.experiments.results.levels import AGAINST
from computeshift.experiments.results.manifest import ForkTerms
from computeshift.experiments.results.stored import StoredRecord
from computeshift.experiments.results.tables import Block
from computeshift.experiments.run import design as designs
from computeshift.experiments.run.block import SetupChange, Simulation, simulate
from computeshift.experiments.run.half_way import known_from_the_start, refused_deals, refused_ties
from computeshift.experiments.run.posterior import of_the_start


@dataclass(frozen=True)
class Fork:
    """Worlds of the folder `base` that continue under `config` from the end of the year `at`."""

    base: Path
    at: int
    config: Config

    def terms(self) -> ForkTerms:
        """What a manifest says of it."""
        before = StoredRecord(self.base).manifest
        return ForkTerms(
            base=str(self.base), at=self.at, hash=before.hash, posterior=before.posterior, fork=before.fork
        )

    def design(self, block: Block) -> designs.Drawn:
        """One row per world: the base's draws where the config draws as the base did, else new ones."""
        base = StoredRecord(self.base)
        stored, other = _rows(base, block), changed(base.config, self.config)
        same = {
            name: column
            for name, column in stored.items()
            if name != "world" and (parameter_of_column(name) or name) not in other
        }
        return designs.drawn(self.config, block.worlds, self.config.seed, block.first, given=same)

    def simulation(self, block: Block, design: designs.Drawn) -> Simulation:
        """What the worlds of a block simulate: what the base did, and from `at` on these rows."""
        base = simulation_of(StoredRecord(self.base), block)
        earlier = tuple(change for change in base.changes if change.year < self.at)
        change = SetupChange(self.at, designs.setup(self.config, design))
        first = known_from_the_start(base.setup, change.setup)
        return Simulation(first, (*earlier, change)).until(self.config.until)

    def must_equal_base(self, block: Block, market: pd.DataFrame) -> None:
        """UserError unless the years before the fork are as the base has them, to the last bit."""
        where = [("world", ">=", block.first), ("world", "<", block.first + block.worlds)]
        columns = [str(name) for name in market if not str(name).endswith(AGAINST)]
        stored = StoredRecord(self.base).read("market", columns, [*where, ("year", "<=", self.at)])
        again = market.loc[market["year"] <= self.at, columns]
        if not again.sort_values("world", kind="stable", ignore_index=True).equals(stored):
            why = "it was run by another version of the model; run it again first"
            raise UserError(f"{self.base} can't be continued: {why}")


def fork_of(results: StoredRecord, at: int, config: Config) -> Fork:
    """The worlds of a folder under a config from the end of the year `at` on.

    UserError if the folder does not hold them all, if `at` is not one of its years, if start, seed, firms,
    or ties and deals by then differ, or if a setting that was changed can't matter any more.
    """
    before = results.config
    problems = list(_refused(results, at, config, before))
    if not problems:
        fork = Fork(results.folder.resolve(), at, config)
        problems += _without_effect(fork, before)
    if problems:
        raise UserError(problems)
    return fork


def changed(before: Config, after: Config) -> set[str]:
    """The parameters that two configs draw otherwise, by dotted name."""
    old, new, loaded, loads = before.parameters(), after.parameters(), before.loadings(), after.loadings()
    return {
        name
        for name in new
        if name not in old or old[name].drawn != new[name].drawn or loaded.get(name) != loads.get(name)
    }


def _refused(results: StoredRecord, at: int, config: Config, before: Config) -> Iterator[Problem]:
    """Why a folder can't be continued at all."""
    first, last = results.years[0], min(results.years[-1], config.until - 1)
    if not first <= at <= last:
        yield Problem("`at`", "at", f"{at} is not a year to continue from", f"use {first} to {last}")
    base = str(results.folder)
    if not np.array_equal(results.parts.worlds[: config.worlds], np.arange(config.worlds)):
        yield Problem(base, "", f"it does not hold the worlds 0 to {config.worlds - 1:,}, all of them")
    if config.start != before.start:
        yield Problem(base, "", f"it starts at the end of {before.start}, not {config.start}")
    if config.seed != before.seed:
        yield Problem(
            base, "", f"its seed is {before.seed}, not {config.seed}: the seed can't change half-way"
        )
    kinds, others = ({name: firm.kind for name, firm in c.firms.items()} for c in (config, before))
    if odd := dict(kinds.items() ^ others.items()):
        yield Problem(base, "", f"firms can't come or go half-way: {', '.join(sorted(odd))}")
    elif lacking := sorted(_of_the_market(config) - _of_the_market(before)):
        version = results.manifest.versions["computeshift"]
        wrong = f"computeshift {version} ran it, whose market has no {lacking[0]}"
        yield Problem(base, "", wrong, "run it again, or continue it with that version")
    yield from refused_ties(base, at, config, before)
    yield from refused_deals(at, config, before)


def _of_the_market(config: Config) -> set[str]:
    """The parameters that every config of a version with these firms has."""
    return {name for name in config.parameters() if not name.startswith(("shocks.", "deals."))}


def _without_effect(fork: Fork, before: Config) -> Iterator[Problem]:
    """Settings that were changed and can't matter in the years after the fork."""
    read = _read_after(fork)
    for name in sorted(changed(before, fork.config)):
        if of_the_start(name):
            yield Problem(parameter(name), name, f"it is about the start, long before {fork.at}")
        elif not name.startswith("shocks.") and name not in read and not _waits(name, fork):
            yield Problem(parameter(name), name, f"it can't matter after {fork.at}: no rule reads it then")
    for name, shock in fork.config.shocks.items():
        if (old := before.shocks.get(name)) != shock and shock.year and shock.year <= fork.at:
            lasts = (shock.until or shock.year) > fork.at
            same = old is not None and (old.kind, old.year) == (shock.kind, shock.year)
            if not (lasts and same and old and old.probability.drawn == shock.probability.drawn):
                wrong = f"it begins in {shock.year}, not after {fork.at}"
                right = "only its size and end can change" if lasts else ""
                yield Problem(parameter(f"shocks.{name}"), name, wrong, right)


def _waits(name: str, fork: Fork) -> bool:
    """Whether a number is that of a deal that is signed after the fork."""
    deals = {f"deals.{deal}": known for deal, known in fork.config.deals.items()}
    return (owner := owner_of(name)) in deals and deals[owner].signed > fork.at


def _read_after(fork: Fork) -> set[str]:
    """The numbers of firms, sections and deals that rules read after the fork, in the base's first world."""
    first = Block(int(StoredRecord(fork.base).parts.worlds[0]), 1)
    simulation = fork.simulation(first, fork.design(first))
    *earlier, change = simulation.changes
    watched = _WatchedSetup(**vars(change.setup))
    with simulate(Simulation(simulation.setup, (*earlier, SetupChange(fork.at, watched)))):
        return watched.seen


@dataclass(frozen=True)
class _WatchedSetup(Setup):
    """A setup that notes which numbers of which owner are read."""

    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "parameters", _WatchedNumbers(self.parameters, self.seen))

    def given(self, kind: type[P], owner: str, names: Mapping[str, str] | None = None) -> P:
        """The parameters of one owner, as an object that notes what is read of it."""
        return cast(P, _Watched(super().given(kind, owner, names), owner, names or {}, self.seen))


class _WatchedNumbers(UserDict[str, Array]):
    """Numbers by dotted name that note which are read of those that rules look up one by one.

    That is those of deals, and the years in which firms are listed.
    """

    def __init__(self, numbers: Mapping[str, Array], seen: set[str]) -> None:
        super().__init__(numbers)
        self._seen = seen

    def __getitem__(self, name: str) -> Array:
        if name.startswith("deals.") or name.endswith(f".{LISTED}"):
            self._seen.add(name)
        return super().__getitem__(name)


class _Watched:
    """Numbers of one owner that note what is read of them."""

    def __init__(self, numbers: Any, owner: str, names: Mapping[str, str], seen: set[str]) -> None:
        self._numbers, self._owner, self._names, self._seen = numbers, owner, names, seen

    def __getattr__(self, name: str) -> Any:
        self._seen.add(f"{self._owner}.{self._names.get(name, name)}")
        return getattr(self._numbers, name)


def simulation_of(results: StoredRecord, block: Block) -> Simulation:
    """What the worlds of a block simulated in a folder, which may itself be a fork."""
    fork, config, design = results.manifest.fork, results.config, _rows(results, block)
    if fork is None:
        return Simulation(designs.setup(config, design))
    return Fork(Path(fork.base), fork.at, config).simulation(block, design)


def _rows(results: StoredRecord, block: Block) -> designs.Drawn:
    """The stored design of a block's worlds; UserError if the folder lacks one of them."""
    where = [("world", ">=", block.first), ("world", "<", block.first + block.worlds)]
    rows = results.read("design", where=where)
    if not np.array_equal(rows["world"], np.arange(block.first, block.first + block.worlds)):
        last = block.first + block.worlds - 1
        raise UserError(f"{results.folder} does not hold all of the worlds {block.first} to {last}")
    return {str(name): rows[name].to_numpy() for name in rows}
