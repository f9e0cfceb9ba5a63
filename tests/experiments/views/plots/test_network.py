"""The network's picture: it shows what the run says, stands still, and stays legible."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import computeshift as cs
from computeshift.experiments.config.names import named
from computeshift.experiments.results.manifest import ForkTerms
from computeshift.experiments.views import plots
from computeshift.experiments.views.format import with_unit
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.plots.layout import COLUMNS, below, column_of, legible
from tests.experiments.folders import linked, posterior
from tests.experiments.views.plots.crowd import crowd


def graph(picture: Picture) -> dict[str, Any]:
    return next(series for series in picture.option["series"] if series["type"] == "graph")


def spots(picture: Picture) -> dict[str, list[float]]:
    return {node["id"]: node["value"] for node in graph(picture)["data"]}


def test_edges_are_the_medians_of_the_run(results: cs.Results) -> None:
    table = plots.network(results, 2028).table
    expected = results.network(2028, world="median")
    for row in table.to_dict("records"):
        if row["p50"] != 0:
            assert row["p50"] == pytest.approx(
                expected.edges[row["source"], row["target"], row["kind"]]["amount"]
            )
    drawn = {(row["source"], row["target"], row["kind"]) for row in table.to_dict("records")}
    kinds = {"capacity", "services", "equity", "debt", "capital_call"}
    assert drawn >= {(s, t, kind) for s, t, kind in expected.edges(keys=True) if kind in kinds and s != t}


def test_a_single_world_is_that_world(results: cs.Results) -> None:
    table = plots.network(results, 2030, world=7).table
    expected = results.network(2030, world=7)
    for row in table.to_dict("records"):
        assert row["p50"] == pytest.approx(
            expected.edges[row["source"], row["target"], row["kind"]]["amount"]
        )


def test_an_edge_names_its_deals(results: cs.Results) -> None:
    links = {(e["source"], e["target"]): e for e in graph(plots.network(results, 2030))["links"]}
    deal = next(deal for deal in results.deals_or_none() if deal.kind == "capacity")
    left = results.deal(deal.deal, "left")[2030].median()
    told = links[deal.site, deal.target]["tooltip"]["formatter"]
    assert f"deal {named(deal.deal)}: {with_unit(left, '$ bn')} left" in told


def test_nodes_stand_still(results: cs.Results, crunch: cs.Results) -> None:
    years = plots.network_years(results)
    first = spots(years[2025])
    assert all(spots(picture) == first for picture in years.values())
    assert spots(plots.network(results, 2030, world=3)) == first
    assert spots(plots.network(results, 2030, against=crunch)) == first


def test_columns_go_from_money_to_customers(results: cs.Results) -> None:
    across = {node: x for node, (x, _) in spots(plots.network(results, 2030)).items()}
    order = list(COLUMNS)
    assert across["softbank"] == across["banks"] == order[0]
    assert across["microsoft"] == across["stargate"] == order[1]
    assert across["openai"] == across["deepseek"] == order[2]
    assert across["customers"] == order[3]
    assert column_of("nvidia", {"nvidia": "chipmaker"}) == 0


def test_opposite_and_twin_edges_do_not_lie_on_each_other(circular: cs.Results) -> None:
    for picture in plots.network_years(circular).values():
        bends: dict[frozenset[str], list[float]] = {}
        for link in graph(picture)["links"]:
            forth = link["source"] < link["target"]
            bend = link["lineStyle"]["curveness"] * (1 if forth else -1)
            bends.setdefault(frozenset((link["source"], link["target"])), []).append(bend)
        assert any(len(pair) > 1 for pair in bends.values())
        assert all(len(set(pair)) == len(pair) for pair in bends.values())


def test_a_difference_is_the_median_of_paired_differences(results: cs.Results, crunch: cs.Results) -> None:
    table = plots.network(results, 2028, against=crunch).table.set_index(["source", "target", "kind"])
    both = (one.flow("equity", "softbank", "openai")[2028] for one in (results, crunch))
    own, other = both
    assert table.loc[("softbank", "openai", "equity"), "p50"] == pytest.approx(np.median(own - other))
    assert table.loc[("softbank", "openai", "equity"), "p50"] != pytest.approx(own.median() - other.median())


def test_a_difference_to_itself_has_no_edge(results: cs.Results) -> None:
    picture = plots.network(results, 2028, against=results)
    assert graph(picture)["links"] == []
    assert picture.table.empty


def test_gained_and_lost_edges_are_told_apart(tmp_path: Path, results: cs.Results) -> None:
    cut = cs.run("no_mgx", base="six", worlds=60, seed=1, out=tmp_path / "no_mgx")
    lost = {link["lineStyle"]["type"] for link in graph(plots.network(cut, 2030, against=results))["links"]}
    gained = {link["lineStyle"]["type"] for link in graph(plots.network(results, 2030, against=cut))["links"]}
    assert "dotted" in lost
    assert "dashed" in gained
    assert "dotted" not in gained


def test_thirty_firms_have_room(tmp_path: Path) -> None:
    config = tmp_path / "crowd.yaml"
    config.write_text(crowd(), encoding="utf-8")
    many = cs.run(config, worlds=8, out=tmp_path / "crowd")
    assert len(many.firms) == 33
    drawn = graph(plots.network(many, 2030))
    columns: dict[float, list[tuple[float, float]]] = {}
    for node in drawn["data"]:
        columns.setdefault(node["value"][0], []).append((node["value"][1], node["symbolSize"]))
    for column in columns.values():
        heights = sorted(column)
        for (low, size), (high, other) in pairwise(heights):
            assert (high - low) * 470 > (size + other) / 2
    assert 5 < sum(link["label"]["show"] for link in drawn["links"]) <= 24


def test_an_unknown_year_or_world_is_an_error(results: cs.Results, tmp_path: Path) -> None:
    with pytest.raises(cs.UserError, match="there is no year 2040: use 2025 to 2030"):
        plots.network(results, 2040)
    with pytest.raises(cs.UserError, match="no world 900: use a whole number from 0 to 59 or 'median'"):
        plots.network(results, 2030, world=900)
    with pytest.raises(cs.UserError, match="its seed is 1, not 2"):
        plots.network(results, 2030, against=cs.run("six", worlds=3, seed=2, out=tmp_path / "seed"))


def test_no_amount_lies_on_a_name() -> None:
    name = below((0.5, 0.5), 20.0)
    assert legible([name, (name[0] + 100, name[1]), (name[0], name[1] + 30)], [name]) == [False, True, True]
    assert legible([name, name]) == [True, False]


def test_worlds_of_another_posterior_do_not_pair(results: cs.Results, tmp_path: Path) -> None:
    drawn = posterior("0")
    other = linked(results, tmp_path / "other", posterior=drawn)
    with pytest.raises(cs.UserError, match=r"its posterior is none, not .*0.parquet"):
        plots.network(results, 2030, against=other)
    once = ForkTerms(base=str(other.folder), at=2027, hash="", posterior=drawn, fork=None)
    twice = ForkTerms(base="again", at=2028, hash="", posterior=None, fork=once)
    for number, terms in enumerate((once, twice)):
        fork = linked(results, tmp_path / f"fork_{number}", fork=terms)
        plots.network(fork, 2030, against=other)
        with pytest.raises(cs.UserError, match="do not pair"):
            plots.network(fork, 2030, against=results)
