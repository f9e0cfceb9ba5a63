"""Profiles: every combination of the players' strategies, all in the same worlds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from computeshift.agents import KINDS
from computeshift.agents.strategy import strategies_of
from computeshift.environment.network import INSTITUTIONS
from computeshift.experiments.config.arguments import several
from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.questions.compare.pairs import differences_of_means
from computeshift.experiments.questions.games.payoffs import distress, parts
from computeshift.experiments.results.excluded import LeavesOut, Reasons, in_all, merged, must_be_enough
from computeshift.experiments.results.outcomes import Outcome, own_outcomes
from computeshift.experiments.results.pairing import must_pair
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import Measure, known_outcome, measure, outcomes_in, part_of
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, config_of, must_be_left_out, opened

Profile = tuple[str, ...]
"""A strategy for each player, in their order."""
LEAST = 30  # worlds: from there on a mean is near enough to normal
MOST = 400  # profiles: beyond them a table of equilibria is of no use


@dataclass(frozen=True)
class Plays(LeavesOut):
    """What each profile brought the players, in the same worlds.

    `players` holds each one's strategies, `kinds` their kinds; `reference` is the profile of the
    config, or of the first folder. `tables` have one row per world, and one column for each player and part
    of its payoff, and (player, "distress"); of `known` outcomes ("", name).
    """

    players: dict[str, tuple[str, ...]]
    kinds: dict[str, str]
    reference: Profile
    tables: dict[Profile, pd.DataFrame]
    reasons: Reasons
    seed: int
    start: int
    until: int
    known: tuple[Outcome, ...] = ()
    origin: str = ""
    """What they are of, in a line."""

    @property
    def worlds(self) -> int:
        """How many worlds every profile has."""
        return len(self.tables[self.reference])

    def payoff(self, player: str, profile: Profile) -> pd.Series[float]:
        """A player's payoff, by world, $ bn."""
        return self.parts(player, profile).sum(axis=1)

    def parts(self, player: str, profile: Profile) -> pd.DataFrame:
        """The parts of it, one row per world."""
        return self._of(player, profile).drop(columns="distress")

    def distress(self, player: str, profile: Profile) -> pd.Series[float]:
        """1 in worlds where the player was in distress, else 0."""
        return self._of(player, profile)["distress"]

    def outcomes(self) -> pd.DataFrame:
        """One row per profile and outcome: its mean, and the paired difference to the reference."""
        first = pd.DataFrame(self.tables[self.reference].get("", pd.DataFrame()))
        about = pd.DataFrame([(o.name, o.unit) for o in self.known], columns=["outcome", "unit"])
        rows = []
        for profile, table in self.tables.items() if self.known else ():
            own = pd.DataFrame(table[""])
            differs = differences_of_means(first, own)[["difference", "low", "high"]]
            played = about.assign(
                profile=in_settings(list(self.players), profile), mean=own.mean().to_numpy()
            )
            rows.append(played.join(differs.reset_index(drop=True)))
        columns = ["profile", "outcome", "unit", "mean", "difference", "low", "high"]
        return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)

    def _of(self, player: str, profile: Profile) -> pd.DataFrame:
        """The player's columns."""
        return pd.DataFrame(self.tables[profile][player])

    @property
    def not_played(self) -> dict[str, list[str]]:
        """Strategies that exist and that no folder plays, by player."""
        every = {name: strategies_of(kind) for name, kind in self.kinds.items()}
        missing = {name: [s for s in every[name] if s not in own] for name, own in self.players.items()}
        return {name: own for name, own in missing.items() if own}


def play(
    players: Sequence[str],
    config: str | Path | Config,
    results: Sequence[str | Path | Results],
    sample: Sample,
    progress: Progress | None = None,
    outcomes: Sequence[str] = (),
) -> Plays:
    """Every profile of the players' strategies: played, or read from results folders, one per profile.

    UserError for a firm that is no player, for too many profiles or too few worlds, and for folders that do
    not pair or leave a profile out. `outcomes` are measured besides, and those that the config defines.
    """
    outcomes = several(outcomes, "outcomes", '["oracle.debt in 2028"]')
    results = several(results, "results", '["results/one", "results/other"]')
    if not results:
        market = opened(config, sample)
        if isinstance(market, Results):
            wrong = f"{market.folder} is one results folder: name one per profile, after the players"
            raise UserError(wrong)
        return _played(players, market, outcomes, progress)
    other = None if config == "baseline" else config
    must_be_left_out("results folders are read, nothing runs", sample, config=other)
    return _read(players, results, outcomes)


def known_players(players: Sequence[str], kinds: Mapping[str, str]) -> dict[str, str]:
    """The players with their kinds; UserError for one that does not exist, or whose kind is not loaded."""
    for player in players:
        if player in INSTITUTIONS:
            wrong = f"{player} is an institution: it settles and plays no strategy"
            raise UserError(f"{wrong}; use some of {', '.join(kinds)}")
        if player not in kinds:
            raise UserError(f"there is no firm {player!r}; {instead(player, kinds)}")
        if (kind := kinds[player]) not in KINDS:
            wrong = f"the kind of {player}, {kind!r}, is not known here"
            raise UserError(f"{wrong}: import or `load` the file with it")
        if players.count(player) > 1:
            raise UserError(f"{player} is named twice")
    return {player: kinds[player] for player in players}


# --- from a config ---


def _played(
    players: Sequence[str], config: Config, outcomes: Sequence[str], progress: Progress | None
) -> Plays:
    kinds = known_players(players, {name: firm.kind for name, firm in config.firms.items()})
    every = {player: tuple(strategies_of(kind)) for player, kind in kinds.items()}
    for player, own in every.items():
        if len(own) < 2:
            wrong = f"{player} ({kinds[player]}) has one strategy, {own[0]}: there is nothing to choose"
            raise UserError(f"{wrong}; write others, and import or `load` their file")
    _few_enough(every)
    must_be_enough(config.worlds, "for an interval", LEAST, {}, config.worlds)
    wanted = _wanted(config, outcomes)
    profiles = list(itertools.product(*every.values()))
    reference = tuple(config.firms[player].strategy for player in players)
    tables, broken = dict[Profile, pd.DataFrame](), list[Reasons]()
    for i, profile in enumerate(profiles):
        bar = part_of(progress, i * config.worlds, len(profiles) * config.worlds)
        held = 0 if i else len(profiles)
        market = _with(config, kinds, profile)
        measured = measure(market, payoffs_of(players, wanted), progress=bar, tables=held)
        tables[profile] = measured.table
        broken.append(measured.reasons)
    span = (config.seed, config.start, config.until)
    return _paired(every, kinds, reference, tables, merged(broken), *span, wanted, origin(config))


def _wanted(source: Config | Results, names: Sequence[str]) -> tuple[Outcome, ...]:
    """The outcomes that a config defines, and those of these names; UserError for a name that is none."""
    every = [*own_outcomes(config_of(source)).values(), *(known_outcome(name, source) for name in names)]
    return tuple({outcome.name: outcome for outcome in every}.values())


def payoffs_of(players: Sequence[str], outcomes: Sequence[Outcome] = ()) -> Measure:
    """Measures the parts of the players' payoffs, whether they were in distress, and outcomes."""

    def of(record: Record) -> pd.DataFrame:
        own = {player: parts(record, player).assign(distress=distress(record, player)) for player in players}
        besides = {"": outcomes_in(outcomes, record.years[-1])(record)} if outcomes else {}
        return pd.concat(own | besides, axis=1)

    return of


def _with(config: Config, players: Mapping[str, str], profile: Profile) -> Config:
    """The config with the players' strategies as in the profile."""
    chosen = {
        player: config.firms[player].model_copy(update={"strategy": strategy})
        for player, strategy in zip(players, profile, strict=True)
    }
    return config.model_copy(update={"firms": {**config.firms, **chosen}})


def _few_enough(every: Mapping[str, Sequence[str]]) -> None:
    count = math.prod(map(len, every.values()))
    if count <= MOST:
        return
    fewer_players = dict(every)
    while math.prod(map(len, fewer_players.values())) > MOST:
        fewer_players.popitem()
    left_out = " and ".join(player for player in every if player not in fewer_players)
    fewer = math.prod(map(len, fewer_players.values()))
    raise UserError(f"{count} profiles are too many: leave out {left_out}, then there are {fewer}")


# --- from results folders ---


def _read(players: Sequence[str], folders: Sequence[str | Path | Results], outcomes: Sequence[str]) -> Plays:
    results = [f if isinstance(f, Results) else Results(Path(f).expanduser()) for f in folders]
    first = results[0]
    kinds = known_players(players, first.firms)
    folders_of: dict[Profile, Results] = {}
    for other in results:
        must_pair([(str(one.folder), one) for one in (first, other)], players=players)
        profile = _profile(other, players)
        if profile in folders_of:
            both = f"{folders_of[profile].folder} and {other.folder}"
            raise UserError(f"{both} hold the same profile, {in_settings(players, profile)}")
        folders_of[profile] = other
    every = {
        player: _in_order(kinds[player], {profile[i] for profile in folders_of})
        for i, player in enumerate(players)
    }
    for player, names in every.items():
        if len(names) < 2:
            raise UserError(f"the folders hold one strategy of {player}, {names[0]}: add another's")
    missing = [p for p in itertools.product(*every.values()) if p not in folders_of]
    if missing:
        profiles = "; ".join(in_settings(players, profile) for profile in missing)
        raise UserError(f"no folder holds {profiles}")
    wanted = _wanted(first, outcomes)
    read = payoffs_of(players, wanted)
    tables = {profile: read(folders_of[profile]) for profile in itertools.product(*every.values())}
    broken = merged(other.reasons for other in results)
    span = (first.config.seed, first.config.start, first.config.until)
    reference = _profile(first, players)
    return _paired(every, kinds, reference, tables, broken, *span, wanted, origin(first))


def _in_order(kind: str, names: AbstractSet[str]) -> tuple[str, ...]:
    """Strategies as they are registered; then names that this program does not know."""
    known = strategies_of(kind)
    return (*(name for name in known if name in names), *sorted(names - known.keys()))


def in_settings(players: Sequence[str], profile: Profile) -> str:
    """A profile in words, as settings.

    >>> in_settings(["openai", "mgx"], ("stay", "anchor"))
    'openai=stay, mgx=anchor'
    """
    return ", ".join(f"{player}={name}" for player, name in zip(players, profile, strict=True))


def _profile(results: Results, players: Sequence[str]) -> Profile:
    return tuple(results.config.firms[player].strategy for player in players)


def _paired(
    players: dict[str, tuple[str, ...]],
    kinds: dict[str, str],
    reference: Profile,
    tables: dict[Profile, pd.DataFrame],
    reasons: Reasons,
    seed: int,
    start: int,
    until: int,
    known: tuple[Outcome, ...],
    origin: str,
) -> Plays:
    """The profiles in the worlds that all of them have."""
    common = in_all(list(tables.values()), [reasons], "for an interval", LEAST)
    paired = dict(zip(tables, common, strict=True))
    return Plays(players, kinds, reference, paired, reasons, seed, start, until, known, origin)
