"""Luck by name: the same alone or in company."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeshift.environment.draws import Draws


@given(seed=st.integers(0, 2**40), first=st.integers(0, 10_000), worlds=st.integers(1, 40))
def test_a_world_draws_the_same_alone_or_in_company(seed: int, first: int, worlds: int) -> None:
    company = Draws(seed, first, worlds).normal("luck", 2026)
    alone = [Draws(seed, first + w, 1).normal("luck", 2026)[0] for w in range(worlds)]
    assert company.tolist() == alone


def test_names_years_and_seeds_have_luck_of_their_own() -> None:
    draws = Draws(1, 0, 4000)
    streams = [draws.normal("a", 2025), draws.normal("b", 2025), draws.normal("a", 2026)]
    streams.append(Draws(2, 0, 4000).normal("a", 2025))
    assert np.abs(np.corrcoef(streams) - np.eye(4)).max() < 0.06
    for stream in streams:
        assert abs(stream.mean()) < 0.06
        assert abs(stream.std() - 1) < 0.05


def test_the_same_draw_twice_is_an_error() -> None:
    draws = Draws(1, 0, 3)
    draws.uniform("luck", 2025)
    with pytest.raises(ValueError, match="made before"):
        draws.uniform("luck", 2025)
