"""A user's own strategies, as a worker has them: as they are now, and as the run began with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeshift.agents.softbank import Vision
from computeshift.agents.strategy import Strategy, strategies_of, strategy
from computeshift.experiments.config.load import load
from computeshift.experiments.config.plugins import adopt, load_file, own_strategies
from computeshift.experiments.errors import UserError

MINE = """
from computeshift import strategy
from computeshift.agents.softbank import Vision

@strategy("softbank", "mine_again")
class Mine(Vision):
    "My own."
    boldness = {boldness}
"""


def test_a_file_that_changed_is_read_again_where_the_new_run_asks_for_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    told = {"softbank.strategy": "mine_again"}
    file.write_text(MINE.format(boldness=0.1))
    load_file(file)
    before = own_strategies(load("six", told))
    file.write_text(MINE.format(boldness=0.25))
    load_file(file)
    after = own_strategies(load("six", told))
    assert before[0].digest != after[0].digest
    file.write_text(MINE.format(boldness=0.5))
    load_file(file)  # as if this process were a worker that another run had used
    with pytest.raises(UserError, match="it has changed since the run began"):
        adopt(after)
    file.write_text(MINE.format(boldness=0.25))
    adopt(after)
    assert strategies_of("softbank")["mine_again"].boldness == 0.25  # type: ignore[attr-defined]
    del strategies_of("softbank")["mine_again"]


def written(boldness: float) -> type[Strategy]:
    @strategy("softbank", "of_a_notebook")
    class Own(Vision):
        """Written in a notebook."""

        def limit(self, softbank):  # type: ignore[no-untyped-def]
            return boldness * softbank.ltv_limit if boldness > 1 else softbank.ltv_limit

    Own.part = boldness  # type: ignore[attr-defined]
    return Own


def test_a_strategy_of_no_file_travels_and_replaces_an_older_one() -> None:
    digests = []
    for boldness in (1.0, 1.0, 2.0):
        own = written(boldness)
        (found,) = own_strategies(load("six", {"softbank.strategy": "of_a_notebook"}))
        digests.append(found.digest)
        written(9.0)
        adopt([found])
        assert strategies_of("softbank")["of_a_notebook"] is own
    del strategies_of("softbank")["of_a_notebook"]
    assert digests[0] == digests[1] != digests[2]
