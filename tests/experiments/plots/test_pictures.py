"""What is shown is what the run says, whoever asks for it; and it is data that JSON knows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments import plots
from computeshift.experiments.explanation.binding import Log
from computeshift.experiments.plots import Picture

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
    "fan": lambda one, _: plots.fan(one, "stargate_share"),
    "fan_against": lambda one, other: plots.fan(one, "softbank.nav", against=other),
    "limits": lambda one, _: plots.limits(one, "oracle"),
}


@pytest.mark.parametrize("name", MADE)
def test_a_picture_is_data_and_tells_its_numbers(name: str, results: cs.Results, crunch: cs.Results) -> None:
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
    for told, known in (
        (plots.shares(results), results.shares()),
        (plots.shares(results, basis="ownership"), results.shares(basis="ownership")),
    ):
        rows = known.set_index(["supplier", "year"]).to_dict("index")
        for row in told.table.to_dict("records"):
            for quantile in ("p10", "p50", "p90"):
                assert row[quantile] == pytest.approx(rows[row["who"], row["year"]][quantile])


def test_what_is_drawn_of_shares_is_what_is_told(results: cs.Results) -> None:
    picture = plots.shares(results)
    areas = {
        series["name"]: series for series in picture.option["series"] if series.get("stack") == "medians"
    }
    told = picture.table.set_index(["who", "year"])["p50"].to_dict()
    drawn = {int(year): value for year, value, _ in areas["Stargate"]["data"]}
    assert drawn[2030] == pytest.approx(100 * told["stargate", 2030], rel=1e-4)
    assert not picture.option["legend"]["selected"]["P10 to P90"]


def test_claims_hold_as_often_as_the_run_says(results: cs.Results, crunch: cs.Results) -> None:
    told = plots.claims(results, crunch).table.set_index(["scenario", "claim"])
    for label, run in (("baseline", results), ("softbank_crunch", crunch)):
        for row in run.claims().to_dict("records"):
            assert told.loc[(label, row["name"]), "probability"] == pytest.approx(row["probability"])
            assert told.loc[(label, row["name"]), "low"] == pytest.approx(row["low"])


def test_claims_by_year_end_where_the_claim_does(results: cs.Results) -> None:
    table = plots.claims_by_year(results).table.dropna()
    last = table.groupby("claim").last()["probability"].to_dict()
    known = results.claims().set_index("name")["probability"].to_dict()
    assert set(last) >= {"burn_2027", "stargate_100", "stargate_500", "stargate_majority"}
    for name, probability in last.items():
        assert probability == pytest.approx(known[name]), name


def test_a_fan_has_the_quantiles_of_the_run(results: cs.Results) -> None:
    told = plots.fan(results, "oracle.leverage").table.set_index("year")
    known = results.firm("oracle", ["leverage"], (0.05, 0.25, 0.5, 0.95)).set_index("year")
    for quantile in ("p5", "p25", "p50", "p95"):
        assert told[quantile].tolist() == pytest.approx(known[quantile].tolist())
    market = plots.fan(results, "rent").table.set_index("year")["p50"]
    assert market[2030] == pytest.approx(results.market_variable("rent")[2030].median())


def test_a_fan_of_a_difference_is_paired(results: cs.Results, crunch: cs.Results) -> None:
    told = plots.fan(crunch, "softbank.nav", against=results).table.set_index("year")["p50"]
    pairs = crunch.variable("softbank", "nav")[2028] - results.variable("softbank", "nav")[2028]
    assert told[2028] == pytest.approx(pairs.median())


def test_limits_bound_as_often_as_the_log_says(results: cs.Results) -> None:
    by = ["decision", "limit", "year"]
    told = plots.limits(results, "stargate").table.set_index(by)["share"].to_dict()
    known = Log(results).shares()
    assert told == known[known["firm"] == "stargate"].set_index(by)["share"].to_dict()


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda one: plots.shares(one, "nobody"), "nobody supplied 'nobody' with capacity"),
        (lambda one: plots.fan(one, "openai.burnt"), "OpenAI has no variable 'burnt'; .*burn"),
        (lambda one: plots.fan(one, "openai.strategy_name"), "OpenAI has no variable 'strategy_name'"),
        (lambda one: plots.fan(one, "open.burn"), "there is no firm 'open'; .*openai"),
        (lambda one: plots.fan(one, "stargate_sharing"), "no variable 'stargate_sharing'; .*stargate_share"),
        (lambda one: plots.limits(one, "orcale"), "'orcale' decides nothing; .*oracle"),
        (lambda one: plots.money_flows(one, 2050), "there is no year 2050"),
        (lambda one: plots.money_flows(one, 2030, world=99), "there is no world 99"),
    ],
)
def test_what_is_not_there_is_told(results: cs.Results, ask: Callable[[cs.Results], Any], told: str) -> None:
    with pytest.raises(cs.UserError, match=told):
        ask(results)


def test_a_market_without_softbank_has_no_loan_to_value(tmp_path: Path) -> None:
    config = tmp_path / "alone.yaml"
    config.write_text("extends: baseline\nfirms: {softbank: null}\n", encoding="utf-8")
    alone = cs.run(config, worlds=4, out=tmp_path / "alone")
    with pytest.raises(cs.UserError, match="no firm has a limit on its loan to value"):
        plots.loan_to_value(alone)
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
    (folder / "manifest.json").write_text(json.dumps(manifest | {"not_finite": [0, 1]}), encoding="utf-8")
    fewer = cs.open(folder)
    picture = plots.shares(fewer)
    assert "58 worlds" in picture.note
    whole = results.flow("capacity", "stargate", "openai") / results.flow("capacity", target="openai")
    told = picture.table.set_index(["who", "year"])
    assert told.loc[("stargate", 2030), "p50"] == pytest.approx(np.median(whole[2030].iloc[2:]))


def test_without_a_browser_it_tells_its_numbers(results: cs.Results) -> None:
    picture = plots.loan_to_value(results)
    told = repr(picture)
    assert told.startswith(picture.title)
    assert told.endswith(picture.note)
    for number in picture.table["p50"]:
        assert f"{number:.4f}".rstrip("0") in told


def test_a_summary_shows_what_it_keeps(results: cs.Results, tmp_path: Path) -> None:
    kept = cs.run("baseline", worlds=60, seed=1, out=tmp_path / "summary", keep="summary")
    for make in (
        lambda one: plots.fan(one, "softbank_unwound"),
        plots.shares,
        plots.claims,
        plots.investments,
    ):
        pd.testing.assert_frame_equal(make(kept).table, make(results).table)
    for make, told in (
        (plots.treasury, "no cash and debt"),
        (lambda one: plots.network(one, 2030), "--keep flows"),
    ):
        with pytest.raises(cs.UserError, match=told):
            make(kept)
    text = cs.report(kept, tmp_path / "summary.html").read_text("utf-8")
    assert "Nothing to show: these results have no cash and debt of firms." in text
    assert "SoftBank&#x27;s net asset value at the end of the year" in text
