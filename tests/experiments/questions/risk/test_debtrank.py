"""DebtRank against what can be worked out by hand, and what must hold of any network."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeshift.experiments.questions.risk.debtrank import debtrank, impact, links

Array = npt.NDArray[np.float64]


def lost(rows: list[list[float]]) -> Array:
    """The impact of one world's links."""
    return np.asarray(impact(np.array([rows]))[0])


def drawn(seed: int, scale: float = 1.0, worlds: int = 3, n: int = 5) -> tuple[Array, Array]:
    """Random exposures and buffers, many of them nothing."""
    rng = np.random.Generator(np.random.Philox(seed))
    exposure = rng.exponential(scale, (worlds, n, n)) * (rng.random((worlds, n, n)) < 0.5)
    exposure[:, range(n), range(n)] = 0
    return exposure, rng.exponential(2.0, (worlds, n)) * (rng.random((worlds, n)) < 0.9)


def test_a_chain_multiplies() -> None:
    # The second hangs on the first by a half, the third on the second by a fifth.
    chain = lost([[0, 0, 0], [0.5, 0, 0], [0, 0.2, 0]])
    assert chain == pytest.approx(np.array([[1, 0, 0], [0.5, 1, 0], [0.1, 0.2, 1]]))


def test_a_star_drags_its_rays_and_they_drag_it() -> None:
    star = lost([[0, 0.25, 0.25], [0.5, 0, 0], [0.8, 0, 0]])
    assert star[:, 0] == pytest.approx(np.array([1, 0.5, 0.8]))
    # From the first ray: the hub loses h = 0.25 + 0.25 * 0.8 h, the other ray 0.8 h.
    hub = 0.25 / (1 - 0.25 * 0.8)
    assert star[:, 1] == pytest.approx(np.array([hub, 1, 0.8 * hub]))


def test_a_cycle_is_gone_round_until_nothing_moves() -> None:
    # Of two that hang on each other by a half, a third node hangs on one: h = 0.4 + 0.25 h.
    cycle = lost([[0, 0.5, 0.4], [0.5, 0, 0], [0, 0, 0]])
    assert cycle[0, 2] == pytest.approx(0.4 / (1 - 0.25), abs=1e-8)
    assert cycle[1, 2] == pytest.approx(0.5 * 0.4 / (1 - 0.25), abs=1e-8)


def test_nobody_loses_more_than_all() -> None:
    full = lost([[0, 1, 1], [1, 0, 0], [1, 0, 0]])
    assert (full == 1).all()


@given(st.integers(0, 500))
def test_below_saturation_it_is_the_series_of_neumann(seed: int) -> None:
    exposure, _ = drawn(seed, scale=0.04)
    linked = links(exposure, np.ones(exposure.shape[:2]))
    shocked = np.linalg.inv(np.eye(5) - linked)
    # The one that fails has lost all and loses no more: its column of the series, scaled to one.
    series = shocked / np.diagonal(shocked, axis1=1, axis2=2)[:, None, :]
    assert series.max() <= 1 + 1e-12
    assert impact(linked) == pytest.approx(series, abs=1e-7)


@given(st.integers(0, 500))
def test_more_exposure_never_drags_less_and_all_stays_within_0_and_1(seed: int) -> None:
    exposure, buffer = drawn(seed)
    linked = links(exposure, buffer)
    less, more = impact(linked), impact(links(exposure * 1.3, buffer))
    assert (less >= linked).all()
    assert (less <= 1).all()
    assert (more >= less - 1e-7).all()


@given(st.integers(0, 500))
def test_a_world_is_the_same_alone_and_in_company(seed: int) -> None:
    exposure, buffer = drawn(seed)
    together = impact(links(exposure, buffer))
    for world in range(3):
        alone = impact(links(exposure[world : world + 1], buffer[world : world + 1]))
        assert (alone[0] == together[world]).all()


def test_who_is_not_exposed_loses_nothing_and_who_has_no_buffer_loses_all() -> None:
    exposure = np.array([[[0.0, 0.1, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]])
    buffer = np.array([[0.0, 5.0, 0.0]])
    assert impact(links(exposure, buffer))[0].tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]


def test_debtrank_is_the_part_of_all_buffers_that_others_lose() -> None:
    linked = np.array([[[0, 0, 0], [0.5, 0, 0], [0, 0.2, 0]]])
    buffer = np.array([[10.0, 6.0, 4.0]])
    # The first takes half of 6 and a tenth of 4, of 20 in all; the second a fifth of 4.
    assert debtrank(impact(linked), buffer)[0] == pytest.approx([3.4 / 20, 0.8 / 20, 0])
    assert (debtrank(impact(linked), np.zeros((1, 3))) == 0).all()
