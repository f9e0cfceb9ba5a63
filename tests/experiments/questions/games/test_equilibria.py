"""Games with known solutions, and properties that every game has."""

from __future__ import annotations

import itertools
import warnings

import nashpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from computeshift.experiments.questions.games.equilibria import (
    Array,
    cycles,
    eliminations,
    has_equilibrium_on,
    is_equilibrium,
    mixed_equilibria,
    pure_equilibria,
    resampled,
    rest_points,
    scaled,
)

DILEMMA = np.array([[[3.0, 0.0], [5.0, 1.0]], [[3.0, 5.0], [0.0, 1.0]]])
PENNIES = np.array([[[1.0, -1.0], [-1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]])
SEXES = np.array([[[2.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 2.0]]])
whole = st.integers(-5, 5).map(float)


def test_the_prisoners_dilemma_has_one_dominant_equilibrium() -> None:
    assert pure_equilibria(DILEMMA) == [(1, 1)]
    assert [(lost.round, lost.player, lost.strategy) for lost in eliminations(DILEMMA)] == [
        (1, 0, 0),
        (1, 1, 0),
    ]
    assert mixed_equilibria(DILEMMA).mixes == ()
    assert cycles(DILEMMA) == []


def test_matching_pennies_is_played_at_random_and_goes_round() -> None:
    assert pure_equilibria(PENNIES) == []
    (mix,) = mixed_equilibria(PENNIES).mixes
    assert np.allclose(mix, 0.5)
    assert cycles(PENNIES) == [[(0, 0), (0, 1), (1, 1), (1, 0)]]
    assert eliminations(PENNIES) == []


def test_a_coordination_game_has_two_pure_equilibria_and_a_mixed_one() -> None:
    assert pure_equilibria(SEXES) == [(0, 0), (1, 1)]
    found = mixed_equilibria(SEXES)
    assert not found.degenerate
    assert np.allclose(found.mixes, [((2 / 3, 1 / 3), (1 / 3, 2 / 3))])
    assert has_equilibrium_on(SEXES, found.mixes[0])
    assert not has_equilibrium_on(DILEMMA, found.mixes[0])


def test_ties_are_told_not_raised() -> None:
    assert mixed_equilibria(np.array([[[1.0, 1.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]]])).degenerate


def test_a_mix_with_more_best_replies_than_strategies_is_degenerate() -> None:
    """The third row ties with the even mix of the others, though no two tie against any one column."""
    rows = np.array([[4.0, 0.0], [0.0, 4.0], [2.0, 2.0]])
    columns = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    assert mixed_equilibria(np.stack([rows, columns])).degenerate
    rows[2] = 1.9
    assert not mixed_equilibria(np.stack([rows, columns])).degenerate


def test_a_game_with_equilibria_that_are_not_listed_is_degenerate() -> None:
    """Against the vertices of the best-reply polytopes, in which every equilibrium's ends lie."""
    draws, unlisted = np.random.default_rng(1), 0
    for _ in range(200):
        game = draws.integers(0, 4, (2, 3, 3)).astype(float)
        found = mixed_equilibria(game)
        pure = [np.eye(3)[list(profile)] for profile in pure_equilibria(game)]
        listed = [*map(np.array, found.mixes), *pure]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ends = list(nashpy.Game(*scaled(game)).vertex_enumeration())
        missing = [end for end in ends if not any(np.allclose(end, known, atol=1e-6) for known in listed)]
        unlisted += bool(missing)
        assert found.degenerate or not missing
    assert unlisted > 10


def test_a_strategy_can_be_dominated_by_a_mix_alone() -> None:
    rows = np.array([[4.0, 0.0], [0.0, 4.0], [1.0, 1.0]])
    (lost,) = eliminations(np.stack([rows, np.zeros_like(rows)]))
    assert (lost.player, lost.strategy) == (0, 2)
    assert lost.by == pytest.approx((0.5, 0.5, 0.0))


def test_elimination_goes_on_in_what_is_left() -> None:
    """The column falls first, and only then the row that was good against it."""
    rows = np.array([[1.0, 9.0], [2.0, 0.0]])
    columns = np.array([[1.0, 0.0], [1.0, 0.0]])
    fallen = [(lost.round, lost.player, lost.strategy) for lost in eliminations(np.stack([rows, columns]))]
    assert fallen == [(1, 1, 1), (2, 0, 0)]


def three_way(agree: float) -> Array:
    """Three players who each earn `agree` if all do the same, else nothing."""
    same = np.zeros((2, 2, 2))
    same[0, 0, 0] = same[1, 1, 1] = agree
    return np.stack([same, same, same])


def test_three_who_coordinate_come_to_rest_at_either_convention() -> None:
    points = rest_points(three_way(3.0), seed=1)
    ends = {tuple(round(own[0]) for own in point.mix) for point in points if max(point.mix[0]) > 0.99}
    assert ends == {(0, 0, 0), (1, 1, 1)}
    assert sum(point.share for point in points) == pytest.approx(1)
    assert {(0, 0, 0), (1, 1, 1)} <= set(pure_equilibria(three_way(3.0)))


def test_three_in_a_ring_of_pennies_have_a_cycle_and_no_pure_equilibrium() -> None:
    """Jordan (1993): each wants to match the next, the last not to match the first."""
    game = np.zeros((3, 2, 2, 2))
    for a, b, c in itertools.product(range(2), repeat=3):
        game[:, a, b, c] = a == b, b == c, c != a
    assert pure_equilibria(game) == []
    assert len(cycles(game)) == 1
    even = rest_points(game, seed=1)[0]
    assert np.allclose(even.mix, 0.5)


@given(arrays(np.float64, (2, 3, 2), elements=whole), st.floats(0.1, 50), st.floats(-9, 9))
def test_a_players_unit_moves_no_equilibrium(game: Array, factor: float, level: float) -> None:
    other = game.copy()
    other[1] = other[1] * factor + level
    assert np.array_equal(is_equilibrium(game), is_equilibrium(other))


@settings(max_examples=40, deadline=None)
@given(arrays(np.float64, (2, 3, 3), elements=whole))
def test_what_is_dominated_is_in_no_equilibrium(game: Array) -> None:
    gone = {(lost.player, lost.strategy) for lost in eliminations(game)}
    for profile in pure_equilibria(game):
        assert not gone & set(enumerate(profile))
    for mix in mixed_equilibria(game).mixes:
        assert all(mix[player][strategy] < 1e-6 for player, strategy in gone)


@settings(max_examples=40, deadline=None)
@given(arrays(np.float64, (2, 3, 3), elements=whole))
def test_nobody_gains_by_leaving_a_mixed_equilibrium(game: Array) -> None:
    rows, columns = scaled(game)
    for first, second in mixed_equilibria(game).mixes:
        mine, theirs = rows @ np.array(second), np.array(first) @ columns
        assert mine.max() == pytest.approx(np.array(first) @ mine, abs=1e-7)
        assert theirs.max() == pytest.approx(theirs @ np.array(second), abs=1e-7)


def test_resamples_are_means_of_the_worlds_and_depend_on_the_seed_alone() -> None:
    worlds = np.arange(24.0).reshape(2, 2, 2, 3)
    means = resampled(worlds, seed=3, resamples=50)
    assert means.shape == (50, 2, 2, 2)
    assert np.array_equal(means, resampled(worlds, seed=3, resamples=50))
    assert (means >= worlds.min(axis=-1)).all()
    assert (means <= worlds.max(axis=-1)).all()
    assert np.allclose(means.mean(axis=0), worlds.mean(axis=-1), atol=0.3)
