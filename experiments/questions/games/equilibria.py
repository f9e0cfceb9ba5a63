"""Games in normal form: dominance, equilibria and cycles, for any number of players.

A game is an array of payoffs `(players, strategies of the first, of the second, …)`. A profile is a tuple
of strategies' numbers; a mix has a probability for each strategy of a player.
"""

from __future__ import annotations

import itertools
import string
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mix = tuple[tuple[float, ...], ...]
"""For each player the probabilities of its strategies."""
Profile = tuple[int, ...]

TIE = 1e-9  # of a player's range of payoffs: what differs by less is the same
SHARPNESS = 50.0  # of the logit: a strategy that is worse by 2% of the range is played 1/e as often
RESAMPLES = 200  # enough to tell a share of one half from one of 0.6
_STARTS, _STEPS, _STEP = 20, 4000, 0.1


@dataclass(frozen=True)
class Elimination:
    """A strategy that is strictly dominated once earlier rounds' strategies are gone, and by what mix."""

    round: int
    player: int
    strategy: int
    by: tuple[float, ...]


@dataclass(frozen=True)
class Mixed:
    """Mixed equilibria of two players; a degenerate game may have more, even a continuum.

    It is degenerate if a player has more best replies than the other's mix has strategies (von Stengel,
    2002): looked for at pure strategies and at the equilibria that are listed.
    """

    mixes: tuple[Mix, ...]
    degenerate: bool


@dataclass(frozen=True)
class RestPoint:
    """Where the logit dynamics comes to rest, and from what part of its starting points."""

    mix: Mix
    share: float


def scaled(payoffs: Array) -> Array:
    """The same game with each player's payoffs from 0 to 1: no equilibrium moves."""
    flat = payoffs.reshape(len(payoffs), -1)
    low, width = flat.min(axis=1), np.ptp(flat, axis=1)
    shape = (-1,) + (1,) * (payoffs.ndim - 1)
    scaled: Array = (payoffs - low.reshape(shape)) / np.where(width > 0, width, 1.0).reshape(shape)
    return scaled


# --- pure strategies ---


def best_replies(payoffs: Array) -> npt.NDArray[np.bool_]:
    """Where each player's strategy is a best reply to the others', same shape as the payoffs."""
    own = scaled(payoffs)
    return np.stack([own[i] >= own[i].max(axis=i, keepdims=True) - TIE for i in range(len(own))])


def is_equilibrium(payoffs: Array) -> npt.NDArray[np.bool_]:
    """Which profiles are Nash equilibria in pure strategies (Nash, 1950)."""
    return np.asarray(best_replies(payoffs).all(axis=0))


def pure_equilibria(payoffs: Array) -> list[Profile]:
    """Those profiles, in order."""
    return [tuple(map(int, profile)) for profile in np.argwhere(is_equilibrium(payoffs))]


def cycles(payoffs: Array) -> list[list[Profile]]:
    """Where best replies, one player at a time, go round: a shortest cycle of each such set of profiles."""
    best = best_replies(payoffs)
    graph: nx.DiGraph[Profile] = nx.DiGraph()
    for profile in np.ndindex(*best.shape[1:]):
        for i, replies in enumerate(best):
            if not replies[profile]:
                others = (*profile[:i], slice(None), *profile[i + 1 :])
                graph.add_edges_from(
                    (profile, (*profile[:i], int(reply), *profile[i + 1 :]))
                    for reply in np.flatnonzero(replies[others])
                )
    components = (found for found in nx.strongly_connected_components(graph) if len(found) > 1)
    return sorted(_shortest_cycle(graph.subgraph(component)) for component in components)


def _shortest_cycle(graph: nx.DiGraph[Profile]) -> list[Profile]:
    """A shortest cycle of a strongly connected graph, from its first profile on."""
    for bound in range(2, len(graph) + 1):
        known = [_from_first(cycle) for cycle in nx.simple_cycles(graph, length_bound=bound)]
        if known:
            return min(known)
    raise AssertionError("a strongly connected graph has a cycle")


def _from_first(cycle: Sequence[Profile]) -> list[Profile]:
    first = cycle.index(min(cycle))
    return [*cycle[first:], *cycle[:first]]


# --- dominance ---


def eliminations(payoffs: Array) -> list[Elimination]:
    """Strictly dominated strategies, by a pure or a mixed one, round after round (Pearce, 1984)."""
    own = scaled(payoffs)
    left = [list(range(count)) for count in own.shape[1:]]
    gone: list[Elimination] = []
    for number in itertools.count(1):
        fallen = []
        for i in range(len(own)):
            rows = _own_rows(own[i][np.ix_(*left)], i)
            for row, strategy in enumerate(left[i]):
                weights = _dominator(rows, row)
                if weights is not None:
                    by = np.zeros(own.shape[1 + i])
                    by[left[i]] = weights
                    fallen.append(Elimination(number, i, strategy, tuple(map(float, by))))
        if not fallen:
            return gone
        gone += fallen
        for lost in fallen:
            left[lost.player].remove(lost.strategy)
    raise AssertionError("unreachable")


def _own_rows(payoffs: Array, player: int) -> Array:
    """A player's payoffs as a matrix: own strategies by profiles of the others."""
    return np.moveaxis(payoffs, player, 0).reshape(payoffs.shape[player], -1)


def _dominator(rows: Array, row: int) -> Array | None:
    """The mix of rows that beats a row in every column; a single row if one does; None if none does."""
    from scipy.optimize import linprog

    gains = rows - rows[row]
    if (gains.max(axis=0) <= TIE).any():  # a best reply to some profile
        return None
    beats = (gains > TIE).all(axis=1)
    if beats.any():
        return np.asarray(np.eye(len(rows))[int(beats.argmax())])
    # Maximise the least gain of a mix over the columns.
    count, columns = gains.shape
    solved = linprog(
        [*np.zeros(count), -1.0],
        A_ub=np.column_stack([-gains.T, np.ones(columns)]),
        b_ub=np.zeros(columns),
        A_eq=[[*np.ones(count), 0.0]],
        b_eq=[1.0],
        bounds=[(0, 1)] * count + [(None, None)],
    )
    return np.asarray(solved.x[:-1]) if solved.x[-1] > 1e3 * TIE else None


# --- mixed strategies ---


def mixed_equilibria(payoffs: Array) -> Mixed:
    """Equilibria of two players in which somebody mixes, by support enumeration (nashpy)."""
    import nashpy

    rows, columns = scaled(payoffs)
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always", RuntimeWarning)
        solutions = list(nashpy.Game(rows, columns).support_enumeration())
    mixes = [(tuple(map(float, first)), tuple(map(float, second))) for first, second in solutions]
    degenerate = (
        any("degenerate" in str(warning.message) for warning in notes)
        or any((replies.sum(axis=i) > 1).any() for i, replies in enumerate(best_replies(payoffs)))
        or any(_has_spare_replies(rows, columns, mix) for mix in mixes)
    )
    return Mixed(tuple(mix for mix in mixes if not _is_pure(mix)), degenerate)


def _has_spare_replies(rows: Array, columns: Array, mix: Mix) -> bool:
    """Whether a player has more best replies to the other's mix than that mixes."""
    first, second = map(np.array, mix)
    earned = (first @ columns, first), (rows @ second, second)
    return any((own >= own.max() - TIE).sum() > (mixed > TIE).sum() for own, mixed in earned)


def has_equilibrium_on(payoffs: Array, mix: Mix) -> bool:
    """Whether two players have an equilibrium that mixes the same strategies as `mix` does."""
    from nashpy.algorithms.support_enumeration import is_ne, obey_support, solve_indifference

    rows, columns = scaled(payoffs)
    first, second = (np.flatnonzero(np.array(own) > TIE) for own in mix)
    own = solve_indifference(columns.T, second, first)
    other = solve_indifference(rows, first, second)
    if not (obey_support(own, first) and obey_support(other, second)):
        return False
    return bool(is_ne((own, other), (first, second), (rows, columns)))


def _is_pure(mix: Mix) -> bool:
    return all(max(own) > 1 - TIE for own in mix)


def rest_points(payoffs: Array, seed: int) -> list[RestPoint]:
    """Where smoothed best replies come to rest, the most frequent first, whatever the number of players.

    Each player moves towards the logit reply to the others' mixes (Fudenberg and Levine, 1998; the
    rest points are the quantal response equilibria of McKelvey and Palfrey, 1995), from even odds
    and from random mixes drawn with the seed. Starts that never come to rest are in no point.
    """
    own = scaled(payoffs)
    draws = np.random.Generator(np.random.Philox(seed))
    mixes = [draws.dirichlet(np.ones(count), _STARTS) for count in own.shape[1:]]
    for mix in mixes:
        mix[0] = 1 / mix.shape[1]
    moved = np.full(_STARTS, np.inf)
    for _ in range(_STEPS):
        goals = [_logit(SHARPNESS * _expected(own[i], mixes, i)) for i in range(len(own))]
        steps = [_STEP * (goal - mix) for goal, mix in zip(goals, mixes, strict=True)]
        mixes = [mix + step for mix, step in zip(mixes, steps, strict=True)]
        moved = np.max([np.abs(step).max(axis=1) for step in steps], axis=0)
        if moved.max() < TIE:
            break
    points: dict[Mix, list[int]] = {}
    for start in np.flatnonzero(moved < 1e-6):
        point: Mix = tuple(tuple(map(float, mix[start])) for mix in mixes)
        near = next((known for known in points if _near(known, point)), point)
        points.setdefault(near, []).append(int(start))
    ranked = [RestPoint(mix, len(starts) / _STARTS) for mix, starts in points.items()]
    return sorted(ranked, key=lambda point: -point.share)


def _expected(own: Array, mixes: list[Array], player: int) -> Array:
    """What each strategy of a player earns against the others' mixes, `(starts, strategies)`."""
    axes = string.ascii_lowercase[: own.ndim]
    others = [i for i in range(own.ndim) if i != player]
    axes_of = ",".join([axes, *(f"z{axes[i]}" for i in others)]) + f"->z{axes[player]}"
    return np.asarray(np.einsum(axes_of, own, *(mixes[i] for i in others)))


def _logit(utility: Array) -> Array:
    raised = np.exp(utility - utility.max(axis=1, keepdims=True))
    logit: Array = raised / raised.sum(axis=1, keepdims=True)
    return logit


def _near(one: Mix, other: Mix) -> bool:
    return all(np.allclose(mine, theirs, atol=0.01) for mine, theirs in zip(one, other, strict=True))


# --- uncertainty ---


def resampled(payoffs: Array, seed: int, resamples: int = RESAMPLES) -> Array:
    """Mean payoffs in resamples of the worlds, drawn with replacement (Efron, 1979).

    `payoffs` has the worlds as its last axis; the result has the resamples as its first.
    """
    worlds = payoffs.shape[-1]
    draws = np.random.Generator(np.random.Philox(seed))
    weights = draws.multinomial(worlds, np.full(worlds, 1 / worlds), size=resamples) / worlds
    means: Array = np.moveaxis(payoffs @ weights.T, -1, 0)
    return means
