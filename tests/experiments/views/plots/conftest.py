"""Small runs that pictures are made of; another config's worlds pair with them."""

from __future__ import annotations

import pytest

import computeshift as cs

WORLDS = 60


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    """The six."""
    return cs.run("six", worlds=WORLDS, seed=1, out=tmp_path_factory.mktemp("plots") / "six")


@pytest.fixture(scope="session")
def crunch(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    """The same worlds with a crunch at SoftBank."""
    return cs.run(
        "softbank_crunch", base="six", worlds=WORLDS, seed=1, out=tmp_path_factory.mktemp("plots") / "crunch"
    )


@pytest.fixture(scope="session")
def circular(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    """A chipmaker that invests in the buyers of its chips."""
    return cs.run(
        "circular_money", base="six", worlds=WORLDS, seed=1, out=tmp_path_factory.mktemp("plots") / "circular"
    )
