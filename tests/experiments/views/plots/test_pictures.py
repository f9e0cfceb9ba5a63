"""Pictures show the numbers of the run, as data that JSON can hold."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.questions.explain.binding import Log
from computeshift.experiments.views import plots
from computeshift.experiments.views.colours import PALETTE
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.plots.amounts import amounts

Make = Callable[[cs.Results, cs.Results], Picture]
MADE: dict[str, Make] = {
    "network": lambda one, _: plots.network(one, 2027),
    "network_against": lambda one, other: plots.network(one, 2027, against=other),
    "shares": lambda one, _: plots.shares(one),
    "shares_against": lambda one, other: plots.shares(one, against=other),
    "owners": lambda one, _: plots.shares(one, basis="ownership"),
    "lab_market": lambda one, _: plots.lab_market(one),
    "money": lambda one, _: plots.money_flows(one, 2030),
    "money_against": lambda one, other: plots.money_flows(one, 2030, against=other),
    "investments": lambda one, _: plots.investments(one),
    "investments_against": lambda one, other: plots.investments(one, against=other),
    "treasury": lambda one, _: plots.treasury(one),
    "loan_to_value": lambda one, _: plots.loan_to_value(one),
    "circular_money": lambda one, _: plots.circular_money(one),
    "claims": lambda one, other: plots.claims(one, other),
    "claims_against": lambda one, other: plots.claims(one, against=other),
    "claims_by_year": lambda one, _: plots.claims_by_year(one),
    "claims_by_year_against": lambda one, other: plots.claims_by_year(one, against=other),
    "fan": lambda one, _: plots.fan(one, "stargate_share"),
    "fan_against": lambda one, other: plots.fan(one, "softbank.nav", against=other),
    "limits": lambda one, _: plots.limits(one, "oracle"),
    "limits_against": lambda one, other: plots.limits(one, "softbank", against=other),
}


@pytest.mark.parametrize("name", MADE)
def test_a_picture_is_data_and_has_its_numbers(name: str, results: cs.Results, crunch: cs.Results) -> None:
    picture = MADE[name](results, crunch)
    text = json.dumps(picture.option, allow_nan=False)
    assert "function" not in text
    assert re.fullmatch(r"\w+", picture.name)
    assert picture.title
    assert picture.note.endswith(".")
    assert "worlds" in picture.note
    assert len(picture.table) > 0
    assert picture.option["series"]


def test_shares_are_those_of_the_run(results: cs.Results) -> None:
    for picture, expected in (
        (plots.shares(results), results.shares()),
        (plots.shares(results, basis="ownership"), results.shares(basis="ownership")),
    ):
        rows = expected.set_index(["supplier", "year"]).to_dict("index")
        for row in picture.table.to_dict("records"):
            for quantile in ("p10", "p50", "p90"):
                assert row[quantile] == pytest.approx(rows[row["who"], row["year"]][quantile])


def test_lines_of_shares_are_those_of_the_table(results: cs.Results) -> None:
    picture = plots.shares(results)
    line, low, height = (s for s in picture.option["series"] if s["name"] == "Stargate")
    (table,) = picture.table[picture.table["who"] == "stargate"].query("year == 2030").to_dict("records")
    drawn = line["data"][-1][1], low["data"][-1][1], height["data"][-1][1]
    expected = table["p50"], table["p10"], table["p90"] - table["p10"]
    assert drawn == pytest.approx([100 * number for number in expected], rel=1e-4)


@pytest.mark.parametrize("against", [False, True])
def test_what_is_switched_off_leaves_nothing_of_itself_and_moves_no_other(
    results: cs.Results, crunch: cs.Results, against: bool
) -> None:
    """A legend switches series off by name: each name has its own line and band, on no other's."""
    other = crunch if against else None
    for picture in (
        plots.shares(results, against=other),
        plots.shares(results, basis="ownership", against=other),
        plots.lab_market(results, against=other),
        plots.loan_to_value(results, against=other),
        plots.circular_money(results, against=other),
        plots.treasury(results, against=other),
    ):
        names, stacks = picture.option["legend"]["data"], dict[str, set[str]]()
        for series in picture.option["series"]:
            assert series["name"] in names
            if "stack" in series:
                stacks.setdefault(series["stack"], set()).add(series["name"])
        assert all(len(owners) == 1 for owners in stacks.values())


def test_claims_hold_as_often_as_the_run_says(results: cs.Results, crunch: cs.Results) -> None:
    table = plots.claims(results, crunch).table.set_index(["scenario", "claim"])
    for label, run in (("six", results), ("softbank_crunch on six", crunch)):
        for row in run.claims().to_dict("records"):
            assert table.loc[(label, row["name"]), "probability"] == pytest.approx(row["probability"])
            assert table.loc[(label, row["name"]), "low"] == pytest.approx(row["low"])


def test_a_claim_has_its_diamond_where_the_run_reaches_its_date(results: cs.Results, tmp_path: Path) -> None:
    short = cs.run("six", worlds=4, until=2028, out=tmp_path / "short")
    for run in (results, short):
        picture = plots.claims_by_year(run)
        drawn = list(dict.fromkeys(picture.table["claim"]))
        dates = amounts(run).claims
        lines = dict(zip(drawn, picture.option["series"], strict=False))
        ends = {
            name: one["markPoint"]["data"][0]["coord"][0] for name, one in lines.items() if "markPoint" in one
        }
        expected = {name: dates[name].last_year for name in drawn}
        assert ends == {name: str(year) for name, year in expected.items() if year in run.years}
        assert (len(ends) < len(lines)) == (run is short)


def test_claims_of_one_colour_are_told_apart_by_dashes(
    results: cs.Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module(plots.claims_by_year.__module__), "PALETTE", PALETTE[:2])
    lines = plots.claims_by_year(results).option["series"]
    looks = [(line["color"], line["lineStyle"]["type"]) for line in lines if line["type"] == "line"]
    assert len(looks) > 6  # more than two colours with three dashes: they come again
    for colour in PALETTE[:2]:
        assert len({dash for own, dash in looks if own == colour}) > 1


def test_claims_by_year_end_where_the_claim_does(results: cs.Results) -> None:
    table = plots.claims_by_year(results).table.dropna()
    last = table.groupby("claim").last()["probability"].to_dict()
    expected = results.claims().set_index("name")["probability"].to_dict()
    assert set(last) >= {"burn_2027", "stargate_100", "stargate_500", "stargate_majority"}
    for name, probability in last.items():
        assert probability == pytest.approx(expected[name]), name


def test_a_fan_has_the_quantiles_of_the_run(results: cs.Results) -> None:
    table = plots.fan(results, "oracle.leverage").table.set_index("year")
    expected = results.firm("oracle", ["leverage"], (0.05, 0.25, 0.5, 0.95)).set_index("year")
    for quantile in ("p5", "p25", "p50", "p95"):
        assert table[quantile].tolist() == pytest.approx(expected[quantile].tolist())
    market = plots.fan(results, "rent").table.set_index("year")["p50"]
    assert market[2030] == pytest.approx(results.market_variable("rent")[2030].median())


def test_a_fan_of_a_difference_is_paired(results: cs.Results, crunch: cs.Results) -> None:
    table = plots.fan(crunch, "softbank.nav", against=results).table.set_index("year")["p50"]
    pairs = crunch.variable("softbank", "nav")[2028] - results.variable("softbank", "nav")[2028]
    assert table[2028] == pytest.approx(pairs.median())


def test_limits_bound_as_often_as_the_log_says(results: cs.Results) -> None:
    by = ["decision", "limit", "year"]
    table = plots.limits(results, "stargate").table.set_index(by)["share"].to_dict()
    expected = Log(results).shares()
    assert table == expected[expected["firm"] == "stargate"].set_index(by)["share"].to_dict()


def test_claims_differ_by_the_shares_of_both_runs(results: cs.Results, crunch: cs.Results) -> None:
    own, other = (run.claims().set_index("name")["probability"] for run in (crunch, results))
    expected = (own - other).dropna().to_dict()
    table = plots.claims(crunch, against=results).table.set_index("claim")["difference"].to_dict()
    assert table == pytest.approx(expected)
    assert any(expected.values())
    yearly = plots.claims_by_year(crunch, against=results).table.dropna()
    assert ((yearly["low"] <= yearly["difference"]) & (yearly["difference"] <= yearly["high"])).all()
    last = yearly.groupby("claim").last()["difference"].to_dict()
    assert last == pytest.approx({name: expected[name] for name in last})
    levels = [
        plots.claims_by_year(run).table.set_index(["claim", "year"])["probability"]
        for run in (crunch, results)
    ]
    pd.testing.assert_series_equal(
        yearly.set_index(["claim", "year"])["difference"], (levels[0] - levels[1]).dropna(), check_names=False
    )


def test_limits_differ_by_the_shares_of_both_runs(results: cs.Results, crunch: cs.Results) -> None:
    by = ["decision", "limit", "year"]
    picture = plots.limits(crunch, "softbank", against=results)
    table = picture.table.set_index(by)["difference"].to_dict()
    own, other = (Log(run).shares().query("firm == 'softbank'").set_index(by) for run in (crunch, results))
    expected = (own["share"] - other["share"]).to_dict()
    assert table == pytest.approx(expected)
    assert any(expected.values())
    drawn = [cell["value"][2] for cell in picture.option["series"][0]["data"]]
    assert min(drawn) == pytest.approx(min(expected.values()), abs=1e-4)
    assert max(drawn) == pytest.approx(max(expected.values()), abs=1e-4)


def test_what_only_one_of_both_decides_is_no_difference(results: cs.Results, tmp_path: Path) -> None:
    config = tmp_path / "backed.yaml"
    config.write_text("extends: six\nedges: [[softbank, rival_lab, equity]]\n", encoding="utf-8")
    backed = cs.run(config, worlds=60, seed=1, out=tmp_path / "backed")
    own, other = (plots.limits(one, "softbank").table for one in (backed, results))
    table = plots.limits(backed, "softbank", against=results).table
    assert set(own["decision"]) - set(other["decision"]) == {"ticket_rival_lab"}
    assert set(table["decision"]) == set(other["decision"])


@pytest.mark.parametrize(
    "make",
    [
        lambda one: plots.claims(one, against=one),
        lambda one: plots.claims_by_year(one, against=one),
        lambda one: plots.limits(one, "stargate", against=one),
    ],
)
def test_a_run_differs_in_nothing_from_itself(results: cs.Results, make: Callable[[Any], Picture]) -> None:
    picture = make(results)
    assert "points" in picture.note.lower()
    assert picture.table["difference"].dropna().eq(0.0).all()
    assert picture.table["pairs"].dropna().eq(results.worlds).all()


def test_one_pair_of_worlds_has_no_difference_of_shares(tmp_path: Path) -> None:
    alone = cs.run("six", worlds=1, seed=1, out=tmp_path / "alone")
    for picture in (
        plots.claims(alone, against=alone),
        plots.claims_by_year(alone, against=alone),
        plots.limits(alone, "oracle", against=alone),
    ):
        assert picture.missing.startswith("one pair of worlds")
    text = cs.report([alone, alone], tmp_path / "alone.html").read_text("utf-8")
    assert plots.claims(alone).note.partition(";")[0] in text
    assert "claims_against" not in text


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda one: plots.shares(one, "orcale"), "there is no firm 'orcale'; did you mean 'oracle'"),
        (lambda one: plots.fan(one, "openai.burnt"), "OpenAI has no variable 'burnt'; .*burn"),
        (lambda one: plots.fan(one, "openai.strategy_name"), "OpenAI has no variable 'strategy_name'"),
        (lambda one: plots.fan(one, "open.burn"), "there is no firm 'open'; .*openai"),
        (lambda one: plots.fan(one, "stargate_sharing"), "no variable 'stargate_sharing'; .*stargate_share"),
        (lambda one: plots.limits(one, "orcale"), "there is no firm 'orcale'; did you mean 'oracle'"),
        (lambda one: plots.money_flows(one, 2050), "there is no year 2050"),
        (lambda one: plots.money_flows(one, 2030, world=99), "there is no world 99"),
    ],
)
def test_an_unknown_name_is_an_error(
    results: cs.Results, ask: Callable[[cs.Results], Any], message: str
) -> None:
    with pytest.raises(cs.UserError, match=message):
        ask(results)


def test_a_market_without_softbank_has_no_loan_to_value(results: cs.Results, tmp_path: Path) -> None:
    config = tmp_path / "alone.yaml"
    config.write_text("extends: six\nfirms: {softbank: null}\n", encoding="utf-8")
    alone = cs.run(config, worlds=4, out=tmp_path / "alone")
    picture = plots.loan_to_value(alone)
    assert repr(picture) == "Nothing to show: no firm has a limit on its loan to value"
    assert picture.table.empty
    assert "no firm has a limit" in picture._repr_html_()
    for one, other in ((alone, results), (results, alone), (alone, None)):
        assert plots.fan(one, "softbank_nav", against=other).missing.startswith("softbank_nav has no value")
    assert plots.fan(results, "softbank.nav", against=alone).missing == "alone has no softbank.nav"
    assert plots.shares(alone, "oracle").missing == "nobody supplied 'oracle' with capacity"
    assert "softbank" not in plots.investments(alone).table["investor"].tolist()


def test_worlds_that_are_not_finite_are_left_out(results: cs.Results, tmp_path: Path) -> None:
    manifest = json.loads((results.folder / "manifest.json").read_text("utf-8"))
    broken = tmp_path / "broken"
    broken.symlink_to(results.folder)
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in broken.iterdir():
        if file.name != "manifest.json":
            (folder / file.name).symlink_to(file)
    (folder / "manifest.json").write_text(
        json.dumps(manifest | {"left_out": {"odd": [[0, 1]]}}), encoding="utf-8"
    )
    fewer = cs.open(folder)
    picture = plots.shares(fewer)
    assert "58 worlds" in picture.note
    whole = results.flow("capacity", "stargate", "openai") / results.flow("capacity", target="openai")
    table = picture.table.set_index(["who", "year"])
    assert table.loc[("stargate", 2030), "p50"] == pytest.approx(np.median(whole[2030].iloc[2:]))


def test_without_a_browser_it_prints_its_numbers(results: cs.Results) -> None:
    picture = plots.loan_to_value(results)
    text = repr(picture)
    assert text.startswith(picture.title)
    assert text.endswith(picture.note)
    for number in picture.table["p50"]:
        assert f"{number:.4f}".rstrip("0") in text


def test_a_summary_shows_what_it_keeps(results: cs.Results, tmp_path: Path) -> None:
    kept = cs.run("six", worlds=60, seed=1, out=tmp_path / "summary", keep="summary")
    for make in (
        lambda one: plots.fan(one, "softbank_unwound"),
        plots.shares,
        plots.claims,
        plots.investments,
    ):
        pd.testing.assert_frame_equal(make(kept).table, make(results).table)
    missing = {
        "agents": [plots.treasury(kept), plots.circular_money(kept), plots.fan(kept, "oracle.debt")],
        "flows": [plots.network(kept, 2030), plots.money_flows(kept, 2030), plots.lab_market(kept)],
        "all": [plots.limits(kept, "oracle"), plots.limits(results, "oracle", against=kept)],
    }
    for level, pictures in missing.items():
        for picture in pictures:
            assert picture.missing.startswith("six has no ")
            assert picture.missing.endswith(f': run it with `keep="{level}"`')
    with pytest.raises(cs.UserError, match="there is no year 2050"):
        plots.network(kept, 2050)
    text = cs.report(kept, tmp_path / "summary.html").read_text("utf-8")
    assert "Nothing to show: six has no accounts of firms: run it with keep=agents." in text
    assert "SoftBank&#x27;s net asset value at the end of the year" in text
