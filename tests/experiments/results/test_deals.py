"""Deals in results: rows where something was due, the same on disk and in memory, told with their parties."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from computeshift.environment.deals import STATES
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.columns import about_columns
from computeshift.experiments.results.deals import LABELS
from computeshift.experiments.results.record import MarketRecord
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.block import simulate
from computeshift.experiments.run.design import design, setup
from computeshift.experiments.run.run import run

SMALL: dict[str, Any] = {"worlds": 12, "until": 2028}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    out = tmp_path_factory.mktemp("deals") / "out"
    return run("six", block=5, keep="agents", out=out, against=False, **SMALL)


@pytest.fixture(scope="module")
def record() -> Iterator[MarketRecord]:
    config = load("six", SMALL)
    with simulate(setup(config, design(config))) as market:
        yield MarketRecord(market)


def test_a_row_is_a_deal_under_which_something_was_due(results: Results) -> None:
    deals = results.deals
    assert list(deals) == ["world", "year", *LABELS, *STATES]
    assert (deals["signed"] > 0).all()
    assert not deals.duplicated(["world", "year", "deal"]).any()
    assert len(deals) < results.worlds * len(results.years) * deals["deal"].nunique()
    whole = deals["left"] + deals["paid"] + deals["cut"]
    np.testing.assert_allclose(whole, deals["signed"], rtol=1e-12)
    assert set(deals["origin"]) == {"run", "config"}
    for deal in results.deals_or_none():
        by_themselves = {
            "capacity": f"{deal.site} {deal.target}",
            "equity": f"{deal.source} {deal.target} equity",
        }
        assert deal.origin == "config" or deal.deal == by_themselves[deal.kind]


def test_disk_and_memory_have_the_same_bits(results: Results, record: MarketRecord) -> None:
    known = record.deals_or_none()
    assert known
    assert sorted(map(str, known)) == sorted(map(str, results.deals_or_none()))
    for deal in known:
        for number in ("left", "due", "gw"):
            pd.testing.assert_frame_equal(
                record.deal(deal.deal, number),
                results.deal(deal.deal, number),
                check_exact=True,
                check_index_type=False,
            )


def test_its_columns_say_what_they_are_about(results: Results) -> None:
    assert (results.columns("deals")["meaning"] != "").all()
    name = results.deals_or_none()[0].deal
    about = about_columns(results.parts.schema("deals"))[f"{name} left"]
    assert about["unit"] == "$ bn"
    assert about["variable"] == "left"
    assert {label: about[label] for label in LABELS} == vars(results.deals_or_none()[0])


def test_conditions_on_any_column_choose_rows(results: Results) -> None:
    deals, source = results.deals, results.deals_or_none()[0].source
    some = results.read("deals", ["world", "deal"], [("source", "==", source), ("left", ">", 10.0)])
    expected = deals[(deals["source"] == source) & (deals["left"] > 10.0)]
    assert some["world"].tolist() == expected["world"].tolist()
    assert results.read("deals", ["world"], [("kind", "==", "none")]).empty


def test_a_deal_that_is_not_there_is_no_empty_answer(results: Results, record: MarketRecord) -> None:
    for known in (results, record):
        with pytest.raises(UserError, match="there is no deal under which something was ever due 'nobody'"):
            known.deal("nobody", "left")
        with pytest.raises(UserError, match="there is no number of deals 'rest'"):
            known.deal(known.deals_or_none()[0].deal, "rest")


def test_exports_have_their_quantiles(results: Results, tmp_path_factory: pytest.TempPathFactory) -> None:
    table = results.tables()["deals"]
    name = results.deals_or_none()[0].deal
    row = table[(table["deal"] == name) & (table["number"] == "left") & (table["year"] == 2028)].iloc[0]
    assert row["unit"] == "$ bn"
    assert row["p50"] == results.deal(name, "left")[2028].median()
    glossary = results.glossary()
    assert (glossary[glossary["table"] == "deals"]["meaning"] != "").all()
    summary = run("six", keep="summary", out=tmp_path_factory.mktemp("few"), worlds=2, until=2026)
    assert "deals" not in summary.tables()
    with pytest.raises(UserError, match='has no deals: run it with `keep="agents"`'):
        summary.deal(name, "left")


def test_edges_of_the_network_carry_their_deals(results: Results, tmp_path: Path) -> None:
    whole = run("six", out=tmp_path / "run", against=False, **SMALL)
    deals = whole.read("deals", where=[("world", "==", 3), ("year", "==", 2028)])
    deals = deals[(deals["left"] > 0) | (deals["due"] > 0)]
    edges = whole.network(2028, world=3).edges(keys=True, data=True)
    bound = {(source, target, kind): edge for source, target, kind, edge in edges if "deals" in edge}
    ties = deals.groupby(["site", "target", "kind"], observed=True, sort=False)
    assert len(bound) == ties.ngroups
    for (source, target, kind), own in ties:
        edge = bound[str(source), str(target), kind]
        assert edge["deals"] == "; ".join(own["deal"])
        assert (edge["left"], edge["due"]) == (own["left"].sum(), own["due"].sum())
    file = whole.write_graphml(tmp_path / "2028.graphml", 2028, world="median")
    read = nx.read_graphml(file, force_multigraph=True).edges(data=True)
    told = {edge["deals"]: edge["left"] for _, _, edge in read if ";" not in edge.get("deals", ";")}
    assert told
    for name, left in told.items():
        assert left == whole.deal(name, "left")[2028].median()
