"""What several firms should choose against each other: payoffs, dominance, equilibria, cycles."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from computeshift.experiments.config.arguments import several
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.names import named
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.games import equilibria
from computeshift.experiments.questions.games.equilibria import RESAMPLES, Mix, RestPoint
from computeshift.experiments.questions.games.paired import mean_interval
from computeshift.experiments.questions.games.payoffs import DISCOUNT
from computeshift.experiments.questions.games.profiles import Plays, Profile, play, told_profile
from computeshift.experiments.results.excluded import Reasons, worlds_of
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

Array = npt.NDArray[np.float64]


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
    """In which round a strategy falls, to which mix of others, and in what share of resamples it falls."""

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
class Game(Answer):
    """A game in mean payoffs over the same worlds, and what holds up when the worlds are resampled.

    `mixed` is for two players (None for more), `rest_points` for more than two. `any_pure` is the
    share of resamples with an equilibrium in pure strategies. `degenerate` tells of ties: there may be
    more equilibria.
    """

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

    @property
    def left_out(self) -> list[int]:
        """The worlds that are left out."""
        return worlds_of(self.reasons)

    @property
    def pure(self) -> list[Cell]:
        """The equilibria in pure strategies, the surest first."""
        found = (cell for cell in self.cells.values() if cell.equilibrium)
        return sorted(found, key=lambda cell: -cell.survives)

    @property
    def finding(self) -> str:
        """What it says, in plain words."""
        players = list(self.players)
        here = self.cells[self.reference]
        told = f"What the config plays ({told_profile(players, self.reference)}) is "
        told += "an equilibrium. " if here.equilibrium else "no equilibrium: "
        if not here.equilibrium:
            told += "; ".join(
                f"{named(player)} would gain $ {gain[0]:,.1f} bn ({gain[1]:,.1f} to {gain[2]:,.1f}) "
                f"by {here.reply[player]}"
                for player, gain in here.gain.items()
                if here.reply[player] != self.reference[players.index(player)]
            )
            told += ". "
        if not self.pure:
            told += "Nobody is content in any profile: there is no equilibrium in pure strategies. "
        for cell in self.pure:
            told += f"In equilibrium: {told_profile(players, cell.profile)}, so in {cell.survives:.0%} of "
            told += "resamples of the worlds. "
        return told + f"Some equilibrium in pure strategies exists in {self.any_pure:.0%} of them."

    def document(self) -> dict[str, Any]:
        """All of it as one JSON document; what is unknown is null."""
        return {
            "players": {name: list(own) for name, own in self.players.items()},
            "reference": self._named(self.reference),
            "finding": self.finding,
            "unit": f"$ bn of the end of {self.start}, discounted at {DISCOUNT:.1%} a year",
            "profiles": [asdict(c) | {"profile": self._named(c.profile)} for c in self.cells.values()],
            "dominated": [lost._asdict() for lost in self.dominated],
            "pure_equilibria": [
                {"profile": self._named(cell.profile), "survives": cell.survives} for cell in self.pure
            ],
            "any_pure_equilibrium": self.any_pure,
            "mixed_equilibria": None if self.mixed is None else [asdict(found) for found in self.mixed],
            "degenerate": self.degenerate,
            "cycles": [[self._named(profile) for profile in cycle] for cycle in self.cycles],
            "rest_points": None
            if self.rest_points is None
            else [{"mix": mix, "starts": share} for mix, share in self.rest_points],
            "worlds": self.worlds,
            "resamples": RESAMPLES,
            "seed": self.seed,
            "start": self.start,
            "until": self.until,
            "left_out": self.left_out,
            "not_played": self.not_played,
        }

    def _named(self, profile: Profile) -> dict[str, str]:
        return dict(zip(self.players, profile, strict=True))

    def show(self, console: Console) -> None:
        """Print it as tables that fit 80 columns."""
        from computeshift.experiments.views.text.game import show

        show(self, console)

    def draw(self) -> Figure:
        """Its picture: for two players their payoffs as maps, for more the surest equilibria."""
        from computeshift.experiments.views.text.game import draw

        return draw(self)


def game(
    players: Sequence[str],
    config: str | Path | Config = "baseline",
    *,
    results: Sequence[str | Path | Results] = (),
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Game:
    """Play every profile of the players' strategies in the same worlds and solve the game of the means.

    `results` are folders, one a profile, to read instead of running. UserError for fewer than two
    players, for who is none, for more than 400 profiles, for fewer than 30 worlds, and for folders
    that do not pair or leave a profile out.
    """
    players = several(players, "players", '["openai", "microsoft"]')
    if len(players) < 2:
        alone = f"; for one there is `computeshift strategies {players[0]}`" if players else ""
        raise UserError(f"a game needs two players or more, such as openai,microsoft{alone}")
    return solved(play(players, config, results, worlds, seed, set, progress))


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
    """The strategies that fall in the game of the means, in the order they fall."""
    falls = Counter(
        (lost.player, lost.strategy) for drawn in resamples for lost in equilibria.eliminations(drawn)
    )
    found = []
    for lost in equilibria.eliminations(means):
        player, names = list(plays.players.items())[lost.player]
        by = {name: weight for name, weight in zip(names, lost.by, strict=True) if weight > 1e-6}
        survives = falls[lost.player, lost.strategy] / len(resamples)
        found.append(Dominated(lost.round, player, names[lost.strategy], by, survives))
    return found


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
