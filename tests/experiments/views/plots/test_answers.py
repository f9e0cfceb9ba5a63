"""Pictures of answers: tornado, regions, payoffs, backtest show what the answers say."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.config.load import load
from computeshift.experiments.questions.sensitivity.answer import Explained, Sensitivity
from computeshift.experiments.questions.sensitivity.indices import LUCK, Indices
from computeshift.experiments.questions.sensitivity.target import target_of
from computeshift.experiments.views import plots
from computeshift.experiments.views.plots.style import label
from computeshift.experiments.views.text.breaks import name_of
from computeshift.experiments.views.text.records import records

TOTAL = "alone or together with others (ST)"


@pytest.fixture
def sensitivity() -> Sensitivity:
    """What Stargate's share depends on, made up."""
    factors = ["services.elasticity", LUCK, "openai.independence"]
    table = pd.DataFrame(
        {
            "ST": [0.4, 0.3, 0.1],
            "ST_conf": [0.05, 0.04, 0.02],
            "S1": [0.35, 0.2, 0.1],
            "S1_conf": [0.05, 0.04, 0.02],
            "low_fifth": [0.30, math.nan, 0.41],
            "high_fifth": [0.45, math.nan, 0.36],
        },
        index=pd.Index(factors, name="factor"),
    )
    ranges = pd.DataFrame({"unit": "share", "p5": 0.1, "p95": 0.9}, index=table.index)
    found = Indices(table, mean=0.39, deviation=0.1, samples=16, left_out=0, sum_s1=(0.65, 0.1))
    target = target_of("stargate_share", None, load("six"))
    return Sensitivity((Explained(target, 0, found),), "six", 1, "sobol", 16, 80, {}, ranges)


def test_a_tornado_ranks_as_the_sensitivity_does(sensitivity: Sensitivity) -> None:
    picture = plots.tornado(sensitivity)
    json.dumps(picture.option, allow_nan=False)
    dots = {one["name"]: one["data"] for one in picture.option["series"] if one["type"] == "scatter"}
    rows = [axis["data"] for axis in picture.option["yAxis"] if axis["type"] == "category"]
    assert rows == 2 * [["The services market's elasticity", "Random draws", "OpenAI's independence"]]
    assert [value for value, *_ in dots[TOTAL]] == pytest.approx([40, 30, 10])
    assert [value for value, *_ in dots["alone (S1)"]] == pytest.approx([35, 20, 10])
    assert [value for value, *_ in dots["in its lowest fifth"]] == pytest.approx([-9, 2])
    assert [value for value, *_ in dots["in its highest fifth"]] == pytest.approx([6, -3])
    lines = [one for one in picture.option["series"] if one["type"] == "line" and one["name"] == TOTAL]
    assert [value for value, _ in lines[0]["data"][:2]] == pytest.approx([35, 45])
    assert picture.note.startswith("stargate_share has mean 39.0%")
    assert "Part of the variance that it explains, %" in json.dumps(picture.option)
    still = replace(sensitivity.indices, table=pd.DataFrame())
    nothing = replace(sensitivity, explained=(replace(sensitivity.explained[0], indices=still),))
    assert "the same in every world" in plots.tornado(nothing).missing


def test_a_tornado_of_moves_of_a_share_does_not_call_them_parts_of_a_variance(
    sensitivity: Sensitivity,
) -> None:
    table = sensitivity.indices.table.drop(columns=["S1", "S1_conf"])
    table = table.rename(columns={"ST": "mu_star", "ST_conf": "mu_star_conf"}).assign(sigma=0.1)
    indices = replace(sensitivity.indices, table=table, sum_s1=None)
    moves = replace(sensitivity.explained[0], indices=indices)
    picture = plots.tornado(replace(sensitivity, explained=(moves,), method="morris"))
    told = json.dumps(picture.option)
    assert "Mean move from P5 to P95, %" in told
    assert "on average (mu_star)" in told
    assert "how far each factor moves it" in picture.note
    assert "explain" not in told + picture.note


def test_regions_keep_what_the_discovery_says() -> None:
    answer = cs.discover("six", "stargate_100", worlds=2000)
    picture = plots.regions(answer)
    json.dumps(picture.option, allow_nan=False)
    limits = [limit for region in answer.regions for limit in region.limits]
    assert picture.table["parameter"].tolist() == [limit.column.name for limit in limits]
    below, first, *_ = picture.option["series"]
    assert below["data"] == pytest.approx([100 * limit.below for limit in limits], abs=0.01)
    assert first["data"][0][0] == pytest.approx(100 * limits[0].kept, abs=0.01)
    nothing = cs.discover("six", "no_reliance", worlds=600)
    assert "fails in all" in plots.regions(nothing).missing


def test_payoffs_are_those_of_the_game_and_equilibria_are_framed() -> None:
    game = cs.game(["oracle", "mgx"], config="six", worlds=40)
    picture = plots.payoffs(game)
    json.dumps(picture.option, allow_nan=False)
    first, _ = picture.option["series"]
    rows, columns = game.players.values()
    for cell in first["data"]:
        x, y, payoff = cell["value"]
        known = game.cells[rows[y], columns[x]]
        assert payoff == pytest.approx(known.payoff["oracle"][0], abs=1e-3)
        assert (cell["itemStyle"].get("borderWidth") == 3) == known.equilibrium


def test_of_three_players_the_profiles_are_drawn_that_are_equilibria_most_often() -> None:
    game = cs.game(["oracle", "mgx", "deepseek"], config="six", worlds=40)
    picture = plots.payoffs(game)
    dots = [one["data"] for one in picture.option["series"] if one["type"] == "scatter"]
    shown = {row: value for own in dots for value, _, row in own}
    assert sorted(shown.values(), reverse=True)[0] == pytest.approx(
        100 * max(cell.survives for cell in game.cells.values()), rel=1e-3
    )
    assert picture.table["equilibrium"].sum() == len(game.pure) == len(dots[0])


def test_strategies_are_ranges_against_the_one_that_is_played() -> None:
    answer = cs.strategies("oracle", config="six", worlds=40)
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
            ratio = max(facts["p50"][i] / facts["value"][i], 0.01)  # drawn at the edge below that
            assert value == pytest.approx(ratio, rel=1e-3)
    dots = next(series for series in picture.option["series"] if series["name"] == "the fact")
    assert len(dots["data"]) == len(facts)
    assert all(value == 1 for value, *_ in dots["data"])


def test_breaks_are_dots_in_the_order_of_the_answer() -> None:
    answer = cs.breaks("six", year=2028, hurts="oracle", worlds=40)
    picture = plots.breaks(answer)
    json.dumps(picture.option, allow_nan=False)
    for weather, dots in zip(("calm", "storm"), picture.option["series"][1::2], strict=True):
        shown = [value for value, *_ in dots["data"]]
        assert shown == pytest.approx(answer.breaks[weather].tolist(), rel=1e-3)
    assert picture.option["yAxis"][0]["data"][0] == name_of(records(answer.breaks)[0])


def test_a_comparison_has_a_dot_per_side_and_thing_that_differs() -> None:
    answer = cs.compare(["six", "no_mgx", "softbank_crunch"], base="six", worlds=60)
    picture = answer.draw()
    json.dumps(picture.option, allow_nan=False)
    varying = answer.outcomes[answer.outcomes["spread"] > 0]
    dots = [one for one in picture.option["series"] if one["type"] == "scatter"]
    for side, drawn in zip(answer.others, dots, strict=False):
        own = varying[varying["config"] == side]
        assert drawn["name"] == side
        assert [value for value, *_ in drawn["data"]] == pytest.approx(
            (own["difference"] / own["spread"]).tolist(), rel=1e-3
        )
    assert picture.source.startswith("six, no_mgx on six and softbank_crunch on six; 60 worlds, seed 1; ")


def test_risk_has_every_impact_and_the_lines_of_the_answer() -> None:
    answer = cs.risk("six", worlds=60)
    picture = answer.draw()
    json.dumps(picture.option, allow_nan=False)
    heat, *lines = picture.option["series"]
    rows, columns = picture.option["yAxis"][0]["data"], picture.option["xAxis"][0]["data"]
    impacts = answer.impacts[answer.impacts["year"] == answer.riskiest]
    known = {(label(row["of"]), label(row["on"])): row["p50"] for row in records(impacts)}
    for cell in heat["data"]:
        x, y, lost = cell["value"]
        assert lost == pytest.approx(100 * known[rows[y], columns[x]], abs=0.01)
    assert len(heat["data"]) == len(impacts["p50"].dropna())
    own = answer.concentration.query("market == 'sales of labs'").sort_values("year")
    drawn = next(line for line in lines if line["name"] == "Sales of labs")
    assert [value for _, value, _ in drawn["data"]] == pytest.approx((100 * own["p50"]).tolist(), rel=1e-3)


def test_a_calibration_shows_where_the_prior_was_and_the_posterior_is() -> None:
    answer = cs.calibrate(worlds=2000)
    picture = answer.draw()
    json.dumps(picture.option, allow_nan=False)
    first = answer.moved.iloc[0]
    _, prior, _, after = picture.option["series"]
    width = first["prior_p90"] - first["prior_p10"]
    for drawn, side in ((prior, "prior"), (after, "posterior")):
        part = 100 * (first[f"{side}_p50"] - first["prior_p10"]) / width
        assert drawn["data"][0][0] == pytest.approx(part, rel=1e-3)
