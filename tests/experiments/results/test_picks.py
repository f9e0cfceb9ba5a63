"""A world picked by what it is: the one that arithmetic finds, under the same name everywhere."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

import computeshift as cs
from computeshift import plots
from computeshift.experiments.cli.main import main
from computeshift.experiments.results.picks import HEADLINE, TYPICAL_BY, happened, names_of, pick
from computeshift.experiments.views.dashboard import headline

EXCEEDS = "softbank exceeds its loan limit"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    """A crunch at SoftBank, in few worlds."""
    out = tmp_path_factory.mktemp("picks") / "crunch"
    return cs.run("softbank_crunch", base="six", worlds=50, seed=2, out=out)


def test_in_the_typical_world_no_headline_outcome_is_far_from_its_median(run: cs.Results) -> None:
    farthest = np.zeros(50)
    for name in TYPICAL_BY:
        for values in run.outcome(name).to_numpy().T:
            places = np.array([(values < v).sum() + ((values == v).sum() + 1) / 2 for v in values])
            farthest = np.maximum(farthest, np.abs(places - 25.5))
    assert pick(run, "typical").world == int(farthest.argmin())
    assert farthest.min() < 20  # none is among the five highest or the five lowest
    assert pick(run, "Typical ").words.endswith("of 50 worlds")
    assert tuple(headline.HEADLINE) == HEADLINE


def test_the_highest_and_the_lowest_are_those_of_the_outcome(run: cs.Results) -> None:
    share, debt = run.outcome("stargate_share"), run.variable("oracle", "debt")
    assert pick(run, "highest stargate_share").world == share[2030].idxmax()
    assert pick(run, "lowest stargate_share").world == share[2030].idxmin()
    assert pick(run, "highest oracle.debt in 2028").world == debt[2028].idxmax()
    assert "as in 50 of them" in pick(run, "highest softbank_unwound * 0").words


def test_of_worlds_with_an_event_it_is_the_typical_one_and_says_how_many_share_it(run: cs.Results) -> None:
    worlds = run.variable("softbank", "breached").max(axis=1)
    share = worlds.index[worlds > 0]
    assert 0 < len(share) < 50
    found = pick(run, "SoftBank exceeds its loan limit")
    assert found == pick(run, EXCEEDS)
    assert found.world in share
    assert f"as in {len(share)} of 50 worlds" in found.words
    assert "as in 50 of 50 worlds" in pick(run, "nav_fall strikes").words
    every = happened(run, names_of(run.firms))
    assert list(every[EXCEEDS]) == list(share)
    for event, where in every.items():  # read alone as read together
        assert list(happened(run, [event])[event]) == list(where)


def test_its_name_is_the_same_everywhere(
    run: cs.Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = pick(run, EXCEEDS).world
    graph = run.network(2027, EXCEEDS)
    assert graph.graph["world"] == str(world)
    assert "of 50 worlds" in graph.graph["picked"]
    named, numbered = (
        {(s, t, k): e["amount"] for s, t, k, e in one.edges(keys=True, data=True)}
        for one in (graph, run.network(2027, world))
    )
    assert named == numbered
    written = nx.read_graphml(run.write_graphml(tmp_path / "n.graphml", 2027, EXCEEDS), force_multigraph=True)
    assert written.graph["world"] == str(world)
    for draw in (plots.network, plots.money_flows):
        picture = draw(run, 2027, EXCEEDS)
        assert picture.table.equals(draw(run, 2027, world).table)
        assert f"world {world} (SoftBank exceeds its loan limit" in picture.note
    told = cs.explain(run, "softbank", 2027, world=EXCEEDS)
    assert told.story == cs.explain(run, "softbank", 2027, world=world).story
    with pytest.raises(SystemExit) as left:
        main(["explain", str(run.folder), "--firm", "softbank", "--year", "2027", "--world", EXCEEDS])
    assert not left.value.code
    assert f"SoftBank in 2027, world {world}: SoftBank exceeds its loan limit" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("typicl", "there is no world 'typicl': use a whole number from 0 to 49, .* did you mean 'typical'"),
        ("openai gives compute bak", "did you mean 'openai gives compute back'"),
        ("highest stargate_shar", "did you mean 'stargate_share'"),
        ("deepseek strikes", "there is no world 'deepseek strikes'"),
        (
            "efficiency_leap strikes",
            "Efficiency leap strikes in none of 50 worlds; use one of nav_fall strikes",
        ),
    ],
)
def test_a_name_that_no_world_has_is_an_error_with_the_nearest(
    run: cs.Results, name: str, message: str
) -> None:
    with pytest.raises(cs.UserError, match=message):
        pick(run, name)
    with pytest.raises(cs.UserError, match=message):
        cs.explain(run, "openai", 2027, world=name)


def test_a_wrong_name_is_told_before_anything_is_run(tmp_path: Path) -> None:
    with pytest.raises(cs.UserError, match="did you mean 'typical'"):
        cs.explain("baseline", "openai", 2027, world="typicall", worlds=10_000_000)
