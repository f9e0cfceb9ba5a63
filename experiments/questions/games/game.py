"""What several firms should choose against each other: payoffs, dominance, equilibria, cycles."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.arguments import several
from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer, Found
from computeshift.experiments.questions.games import equilibria
from computeshift.experiments.questions.games.equilibria import Mix, RestPoint
from computeshift.experiments.questions.games.profiles import Plays, Profile, in_settings, play
from computeshift.experiments.questions.intervals import mean_interval
from computeshift.experiments.results.excluded import LeavesOut, Reasons
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.sample import Sample

Array = npt.NDArray[np.float64]
BOUNDS = ("mean", "low", "high")
"""Of a payoff or a gain: the mean over worlds and its 95% interval."""


@dataclass(frozen=True)
class Cell:
    """One profile: each player's mean payoff with its 95% interval, $ bn, and what a change would bring.

    `gain` is what the player's best reply would add, on average over paired worlds, with its
    simultaneous 95% interval (over the player's other strategies): all 0 where it plays one.
    `survives` is the share of resamples in which the profile is an equilibrium.
    """

    profile: Profile
    payoff: dict[str, tuple[float, float, float]]
    reply: dict[str, str]
    gain: dict[str, tuple[float, float, float]]
    equilibrium: bool
    survives: float


class Dominated(NamedTuple):
    """A strategy that is eliminated: in which round, by which mix, and in what share of resamples."""

    round: int
    player: str
    strategy: str
    by: dict[str, float]
    survives: float


@dataclass(frozen=True)
class MixedEquilibrium:
    """Each player's chance of each strategy; the share of resamples with an equilibrium on the same ones."""

    mix: dict[str, dict[str, float]]
    survives: float


@dataclass(frozen=True, repr=False)
class Game(Answer, Found, LeavesOut):
    """A game in mean payoffs over the same worlds, and what holds up when the worlds are resampled.

    `mixed` is for two players (None for more), `rest_points` for more than two. `any_pure` is the
    share of resamples with an equilibrium in pure strategies. `degenerate`: payoffs tie, so there may
    be more equilibria.
    """

    question: ClassVar[str] = "game"

    players: dict[str, tuple[str, ...]]
    reference: Profile
    cells: dict[Profile, Cell]
    dominated: list[Dominated]
    mixed: list[MixedEquilibrium] | None
    degenerate: bool
    cycles: list[list[Profile]]
    rest_points: list[tuple[dict[str, dict[str, float]], float]] | None
    any_pure: float
    worlds: int
    reasons: Reasons
    not_played: dict[str, list[str]]
    seed: int
    start: int
    until: int
    outcomes: pd.DataFrame = field(default_factory=pd.DataFrame)
    """One row per profile and outcome that was asked for: mean, and paired difference to the reference."""

    @property
    def pure(self) -> list[Cell]:
        """The equilibria in pure strategies, the surest first."""
        cells = (cell for cell in self.cells.values() if cell.equilibrium)
        return sorted(cells, key=lambda cell: -cell.survives)

    def tables(self) -> dict[str, pd.DataFrame]:
        """`profiles`, one row per profile and player, and `dominated`, one row per dominated strategy.

        With `outcomes`, where there are any, by profile.
        """
        rows = [self._row(cell, player) for cell in self.cells.values() for player in self.players]
        tables = {
            "profiles": pd.DataFrame(rows),
            "dominated": pd.DataFrame(self.dominated, columns=Dominated._fields),
        }
        return tables if self.outcomes.empty else tables | {"outcomes": self.outcomes}

    def _row(self, cell: Cell, player: str) -> dict[str, Any]:
        """What a profile is to one of its players."""
        payoff, gain = (dict(zip(BOUNDS, of[player], strict=True)) for of in (cell.payoff, cell.gain))
        return {
            "profile": in_settings(list(self.players), cell.profile),
            "player": player,
            **{f"payoff_{name}": value for name, value in payoff.items()},
            "reply": cell.reply[player],
            **{f"gain_{name}": value for name, value in gain.items()},
            "equilibrium": cell.equilibrium,
            "survives": cell.survives,
        }


def game(
    players: Sequence[str],
    config: str | Path | Config = "baseline",
    *,
    results: Sequence[str | Path | Results] = (),
    outcomes: Sequence[str] = (),
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Game:
    """Play every profile of the players' strategies in the same worlds and solve the game of the means.

    `results` are folders, one per profile, to read instead of running. `outcomes` are measured besides, and
    those that the config defines. UserError for fewer than two
    players, for a firm that is no player, for more than 400 profiles, for fewer than 30 worlds, and for
    folders that do not pair or leave a profile out.
    """
    players = several(players, "players", '["openai", "microsoft"]')
    if len(players) < 2:
        alone = f"; for one there is `computeshift strategies {players[0]}`" if players else ""
        raise UserError(f"`players`: a game needs two or more, such as openai,microsoft{alone}")
    return solved(play(players, config, results, Sample(worlds, seed, set, base), progress, outcomes))


def solved(plays: Plays) -> Game:
    """The game that these plays make."""
    payoffs = _payoffs(plays)
    means = payoffs.mean(axis=-1)
    resamples = equilibria.resampled(payoffs, plays.seed)
    held = np.stack([equilibria.is_equilibrium(means) for means in resamples])
    two = len(plays.players) == 2
    mixed = equilibria.mixed_equilibria(means) if two else None
    return Game(
        players=plays.players,
        reference=plays.reference,
        cells=_cells(plays, payoffs, held.mean(axis=0)),
        dominated=_dominated(plays, means, resamples),
        mixed=None if mixed is None else [_mixed(plays, mix, resamples) for mix in mixed.mixes],
        degenerate=mixed is not None and mixed.degenerate,
        cycles=[[_strategies(plays, at) for at in cycle] for cycle in equilibria.cycles(means)],
        rest_points=None if two else [_rest(plays, p) for p in equilibria.rest_points(means, plays.seed)],
        any_pure=float(held.reshape(len(held), -1).any(axis=1).mean()),
        worlds=plays.worlds,
        reasons=plays.reasons,
        not_played=plays.not_played,
        seed=plays.seed,
        start=plays.start,
        until=plays.until,
        outcomes=plays.outcomes(),
        origin=plays.origin,
    )


def _payoffs(plays: Plays) -> Array:
    """Players' payoffs, `(players, strategies of the first, of the second, …, worlds)`."""
    sizes = [len(own) for own in plays.players.values()]
    profiles = list(itertools.product(*plays.players.values()))
    rows = [[plays.payoff(player, profile) for profile in profiles] for player in plays.players]
    return np.array(rows, dtype=np.float64).reshape(len(sizes), *sizes, plays.worlds)


def _cells(plays: Plays, payoffs: Array, survives: Array) -> dict[Profile, Cell]:
    """Every profile, with what its players get and what they could gain."""
    means = payoffs.mean(axis=-1)
    best, stable = equilibria.best_replies(means), equilibria.is_equilibrium(means)
    cells = {}
    for at in np.ndindex(*means.shape[1:]):
        payoff, reply, gain = {}, {}, {}
        for i, (player, names) in enumerate(plays.players.items()):
            replies = (*at[:i], slice(None), *at[i + 1 :])
            chosen = at[i] if best[i][at] else int(means[i][replies].argmax())
            better = payoffs[i][(*at[:i], chosen, *at[i + 1 :])]
            payoff[player] = mean_interval(payoffs[i][at])
            reply[player] = names[chosen]
            gain[player] = mean_interval(better - payoffs[i][at], len(names) - 1)
        profile = _strategies(plays, at)
        cells[profile] = Cell(profile, payoff, reply, gain, bool(stable[at]), float(survives[at]))
    return cells


def _strategies(plays: Plays, at: tuple[int, ...]) -> Profile:
    return tuple(names[i] for names, i in zip(plays.players.values(), at, strict=True))


def _dominated(plays: Plays, means: Array, resamples: Array) -> list[Dominated]:
    """The strategies that are eliminated in the game of the means, in order."""
    falls = Counter(
        (lost.player, lost.strategy) for means_of in resamples for lost in equilibria.eliminations(means_of)
    )
    rows = []
    for lost in equilibria.eliminations(means):
        player, names = list(plays.players.items())[lost.player]
        by = {name: weight for name, weight in zip(names, lost.by, strict=True) if weight > 1e-6}
        survives = falls[lost.player, lost.strategy] / len(resamples)
        rows.append(Dominated(lost.round, player, names[lost.strategy], by, survives))
    return rows


def _mixed(plays: Plays, mix: Mix, resamples: Array) -> MixedEquilibrium:
    held = [equilibria.has_equilibrium_on(means, mix) for means in resamples]
    return MixedEquilibrium(_chances(plays, mix), float(np.mean(held)))


def _rest(plays: Plays, point: RestPoint) -> tuple[dict[str, dict[str, float]], float]:
    return _chances(plays, point.mix), point.share


def _chances(plays: Plays, mix: Mix) -> dict[str, dict[str, float]]:
    return {
        player: dict(zip(names, own, strict=True))
        for (player, names), own in zip(plays.players.items(), mix, strict=True)
    }
