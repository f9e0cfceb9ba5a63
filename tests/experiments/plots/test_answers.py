"""Pictures of answers: tornado, regions, payoffs, backtest show what the answers say."""

from __future__ import annotations

import json

import pytest

import computeshift as cs
from computeshift.experiments import plots


def test_a_tornado_ranks_as_the_sensitivity_does() -> None:
    answer = cs.sensitivity("baseline", "stargate_share", base=16)
    picture = plots.tornado(answer)
    json.dumps(picture.option, allow_nan=False)
    index, low, high = picture.option["series"]
    top = answer.factors.head(15)
    assert [value for value, *_ in index["data"]] == pytest.approx((100 * top["ST"]).tolist(), rel=1e-3)
    mean = answer.indices.mean
    for side, column in ((low, "low_fifth"), (high, "high_fifth")):
        for (value, *_), told in zip(side["data"], top[column], strict=True):
            if value is not None:
                assert value == pytest.approx(100 * (told - mean), rel=1e-3, abs=1e-4)


def test_regions_keep_what_the_discovery_says() -> None:
    answer = cs.discover("baseline", "stargate_100", worlds=2000)
    picture = plots.regions(answer)
    json.dumps(picture.option, allow_nan=False)
    limits = [limit for region in answer.regions for limit in region.limits]
    assert picture.table["parameter"].tolist() == [limit.column.name for limit in limits]
    below, first, *_ = picture.option["series"]
    assert below["data"] == pytest.approx([100 * limit.below for limit in limits], abs=0.01)
    assert first["data"][0][0] == pytest.approx(100 * limits[0].kept, abs=0.01)
    nothing = cs.discover("baseline", "no_reliance", worlds=600)
    with pytest.raises(cs.UserError, match="fails in all"):
        plots.regions(nothing)


def test_payoffs_are_those_of_the_game_and_equilibria_are_framed() -> None:
    game = cs.game(["oracle", "mgx"], worlds=40)
    picture = plots.payoffs(game)
    json.dumps(picture.option, allow_nan=False)
    first, _ = picture.option["series"]
    rows, columns = game.players.values()
    for cell in first["data"]:
        x, y, payoff = cell["value"]
        known = game.cells[rows[y], columns[x]]
        assert payoff == pytest.approx(known.payoff["oracle"][0], abs=1e-3)
        assert (cell["itemStyle"].get("borderWidth") == 3) == known.equilibrium
    with pytest.raises(cs.UserError, match="of two players, not 3"):
        plots.payoffs(cs.game(["oracle", "mgx", "deepseek"], worlds=40))


def test_strategies_are_ranges_against_the_one_that_is_played() -> None:
    answer = cs.strategies("oracle", worlds=40)
    picture = plots.payoffs(answer)
    means = [series for series in picture.option["series"] if series["name"] == "mean, 95% interval"][-1]
    assert [value for value, *_ in means["data"]] == pytest.approx(answer.table["gain"].tolist(), rel=1e-3)


def test_facts_are_dots_on_what_was_said() -> None:
    answer = cs.backtest(worlds=2000)
    picture = plots.backtest(answer)
    json.dumps(picture.option, allow_nan=False)
    ratios, *_ = (series for series in picture.option["series"] if series["type"] == "scatter")
    facts = answer.facts
    positive = (facts["value"] > 0) & (facts["p50"] > 0)
    for i, (value, *_) in enumerate(ratios["data"]):
        if positive[i]:
            assert value == pytest.approx(facts["p50"][i] / facts["value"][i], rel=1e-3)
    dots = next(series for series in picture.option["series"] if series["name"] == "the fact")
    assert len(dots["data"]) == len(facts)
    assert all(value == 1 for value, *_ in dots["data"])
