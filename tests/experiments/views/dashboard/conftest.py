"""A few worlds, run once, that tests read and do not change."""

from __future__ import annotations

import pytest

import computeshift as cs
from computeshift.experiments.results.results import Results


@pytest.fixture(scope="session")
def six(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Worlds of `six`."""
    return cs.run("six", worlds=40, out=tmp_path_factory.mktemp("dashboard") / "six")


@pytest.fixture(scope="session")
def crunch(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The same worlds of another scenario."""
    return cs.run(
        "softbank_crunch", base="six", worlds=40, out=tmp_path_factory.mktemp("dashboard") / "crunch"
    )
