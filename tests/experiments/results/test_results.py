"""Opening results: quantiles, networks and matrices agree with the frames they are read from."""

import html
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import POSTERIOR, writable
from computeshift.experiments.results.record import MarketRecord
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.run.block import simulate
from computeshift.experiments.run.design import design, setup
from computeshift.experiments.run.posterior import save
from computeshift.experiments.run.run import run
from computeshift.experiments.views.summary import document


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run("six", worlds=40, block=16, out=tmp_path_factory.mktemp("results") / "out")


def test_shares_by_use_are_those_of_the_flows(results: Results) -> None:
    flows = results.flows
    used = flows[(flows["kind"] == "capacity") & (flows["target"] == "openai")]
    wide = used.pivot_table(index=["world", "year"], columns="source", values="amount", observed=True)
    shares = wide.div(wide.sum(axis=1), axis=0)
    told = results.shares().set_index(["supplier", "year"])
    expected = np.quantile(shares["microsoft"].xs(2030, level="year"), [0.1, 0.5, 0.9])
    assert told.xs(("microsoft", 2030)).to_numpy() == pytest.approx(expected)


def test_shares_add_up_in_a_world(tmp_path: Path) -> None:
    one = run("six", worlds=1, out=tmp_path / "one")
    for shares in (one.shares(), one.shares(basis="ownership")):
        assert shares.groupby("year")["p50"].sum().to_numpy() == pytest.approx(1.0)


def test_quantiles_are_ordered_and_named(results: Results) -> None:
    for table in (results.shares(), results.investments()):
        assert (table["p10"] <= table["p50"]).all()
        assert (table["p50"] <= table["p90"]).all()
    assert {"p5", "p95"} <= set(results.shares(quantiles=(0.05, 0.95)).columns)


def test_every_column_has_a_meaning_and_numbers_a_unit(results: Results) -> None:
    for table in ("agents", "market", "flows"):
        assert (results.columns(table)["meaning"] != "").all()
    assert results.columns("agents").loc["revenue", "unit"] == "$ bn"


def test_a_variable_a_firm_lacks_is_none_of_its_own(results: Results) -> None:
    mgx = results.agents[results.agents["agent"] == "mgx"]
    assert mgx["ltv"].isna().all()
    assert mgx["cash"].notna().all()
    for firm, name in (("mgx", "ltv"), ("mgx", "strategy_name"), ("mgy", "cash")):
        assert results.variable_or_empty(firm, name).empty
        assert not results.has(firm, name)


def test_flows_add_up_to_the_bits_of_the_market(tmp_path: Path) -> None:
    config = load("six", {"worlds": 200})
    results = run(config, out=tmp_path / "out", against=False)
    with simulate(setup(config, design(config))) as market:
        record = MarketRecord(market)
        assert record.units() == results.units()
        for kind in record.units():
            pd.testing.assert_frame_equal(
                record.flow(kind), results.flow(kind), check_exact=True, check_index_type=False
            )


def test_the_network_of_a_world_holds_its_flows(results: Results) -> None:
    graph = results.network(2027, world=3)
    flows = results.flows.query("world == 3 and year == 2027")
    assert sum(edge["amount"] for *_, edge in graph.edges(data=True)) == pytest.approx(flows["amount"].sum())
    assert graph.nodes["softbank"] == {"label": "softbank", "kind": "softbank"}
    assert graph.nodes["investors"]["kind"] == "institution"
    assert graph.nodes["banks"]["kind"] == "lender"


def test_the_median_network_is_the_median_of_the_flows(results: Results) -> None:
    revenue = results.flow("revenue", "customers", "openai")[2030]
    for world, quantile in (("median", 0.5), (0.9, 0.9)):
        edge = results.network(2030, world).edges["customers", "openai", "revenue"]
        assert edge["amount"] == pytest.approx(revenue.quantile(quantile))


def test_graphml_reads_back_with_all_weights(results: Results, tmp_path: Path) -> None:
    path = results.write_graphml(tmp_path / "2028.graphml", 2028, world=2)
    read, made = nx.read_graphml(path, force_multigraph=True), results.network(2028, world=2)
    assert set(read.nodes) == set(made.nodes)

    def told(graph: Any) -> dict[tuple[str, str, str], float]:
        return {(s, t, edge["kind"]): edge["weight"] for s, t, edge in graph.edges(data=True)}

    assert told(read) == told(made)
    edges: Any = read.edges
    for _, _, edge in edges(data=True):
        assert edge[f"{edge['kind']}, {edge['unit']}"] == edge["amount"]
    assert sum("equity, $ bn" in edge for _, _, edge in edges(data=True)) == sum(
        edge["kind"] == "equity" for _, _, edge in edges(data=True)
    )
    ids = [key for *_, key in edges(keys=True)]
    assert len(set(ids)) == len(ids) == made.number_of_edges()


def test_the_flow_matrix_holds_all_money(results: Results) -> None:
    matrix = results.flow_matrix(2026, world=5)
    assert list(matrix.index) == list(matrix.columns)
    money = results.flows.query("world == 5 and year == 2026 and unit == '$ bn'")
    assert matrix.to_numpy().sum() == pytest.approx(money["amount"].sum())
    assert results.market.query("world == 5 and year == 2026")["turnover"].item() == pytest.approx(
        matrix.to_numpy().sum()
    )


@pytest.mark.parametrize(("year", "world"), [(2024, 0), (2031, 0), (2030, 40), (2030, -1), (2030, 1.5)])
def test_what_was_not_run_is_refused(results: Results, year: int, world: float) -> None:
    with pytest.raises(UserError, match="there is no"):
        results.network(year, world)


def test_results_open_again(results: Results) -> None:
    again = open_results(str(results.folder))
    assert again.shares().equals(results.shares())
    assert "40 worlds" in repr(again)
    assert again._repr_html_() == results._repr_html_()


def test_a_notebook_shows_shares_and_claims(results: Results) -> None:
    shown = ElementTree.fromstring(results._repr_html_())
    assert "mathjax_ignore" in shown.attrib["class"]  # else dollars become formulas
    shares, held = (
        [[cell.text for cell in row] for row in table.iter("tr")] for table in shown.iter("table")
    )
    last = results.shares().query("supplier == 'stargate' and year == 2030")
    low, middle, high = last[["p10", "p50", "p90"]].to_numpy()[0]
    assert shares[0][-1] == "2030"
    (stargate,) = (row for row in shares if row[0] == "Stargate")
    assert stargate[-1] == f"{middle:.0%} ({low:.0%} to {high:.0%})"
    claims = results.claims()
    told = zip(claims["sentence"], claims["probability"].map("{:.1%}".format), strict=True)
    assert [tuple(row[:2]) for row in held[1:]] == list(told)


def test_a_notebook_shows_no_claim_that_is_not_decided(tmp_path: Path) -> None:
    early = run("six", worlds=30, until=2026, out=tmp_path / "early")
    shown = html.unescape(early._repr_html_())
    claims = early.claims()
    assert claims["probability"].isna().any()
    for sentence, worlds in zip(claims["sentence"], claims["worlds"], strict=True):
        assert (sentence in shown) == (worlds > 0)


def test_a_summary_tells_the_same_shares(results: Results, tmp_path: Path) -> None:
    kept = run("six", worlds=40, out=tmp_path / "kept", keep="summary")
    assert document(kept)["shares"] == document(results)["shares"]
    tables = [text[text.index("<table") :] for text in (kept._repr_html_(), results._repr_html_())]
    assert tables[0] == tables[1]


def test_any_other_folder_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UserError, match="no results folder"):
            open_results(folder)


def test_the_document_holds_what_was_promised(results: Results) -> None:
    told = document(results)
    assert {
        "config",
        "worlds",
        "seed",
        "shares",
        "investments",
        "openai",
        "claims",
        "out",
    } <= told.keys()
    assert [at["year"] for at in told["openai"]] == list(range(2025, 2031))
    assert told["openai"][0]["revenue"].keys() == {"p10", "p50", "p90"}
    assert told["shares"][0].keys() == {"supplier", "year", "p10", "p50", "p90"}
    assert told["investments"][0].keys() == {"investor", "target", "year", "p10", "p50", "p90"}
    assert {"name", "probability", "low", "high"} <= told["claims"][0].keys()


def test_results_are_read_from_where_they_were_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = pd.DataFrame({"services.elasticity": [1.2, 1.4]})
    save(rows, writable("p.parquet", POSTERIOR), load("six"), {})
    told: list[int] = []

    def wander(done: int, _: int) -> None:
        (tmp_path / f"to{done}").mkdir(exist_ok=True)
        os.chdir(tmp_path / f"to{done}")
        told.append(done)

    made = run("six", worlds=4, block=2, out="r", progress=wander, until=2026, posterior="p.parquet")
    assert told == [0, 2, 4]
    os.chdir(tmp_path)
    opened = open_results("r")
    os.chdir(tmp_path / "to0")
    for results in (made, opened):
        assert results.design["world"].tolist() == [0, 1, 2, 3]
        assert results.flows["world"].nunique() == 4
        assert results.manifest.posterior
        assert results.manifest.posterior.file == str(tmp_path / "p.parquet")
    fork = run("six", fork="../r", at=2025, out="fork", until=2026)
    assert fork.manifest.fork
    assert fork.manifest.fork.base == str(tmp_path / "r")
