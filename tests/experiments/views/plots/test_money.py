"""Pictures of money: a Sankey that balances, and books that say what the run says."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest

import computeshift as cs
from computeshift.experiments.views import plots
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.plots.sankey import BACK


def sankey(picture: Picture) -> dict[str, Any]:
    (series,) = picture.option["series"]
    return dict(series)


def passing(picture: Picture) -> dict[str, tuple[float, float]]:
    """What comes into each node and what goes out."""
    links = sankey(picture)["links"]
    names = {end for link in links for end in (link["source"], link["target"])}
    return {
        name: (
            sum(link["value"] for link in links if link["target"] == name),
            sum(link["value"] for link in links if link["source"] == name),
        )
        for name in names
    }


@pytest.mark.parametrize("world", ["median", 5])
def test_of_every_firm_what_comes_in_goes_out(circular: cs.Results, world: Any) -> None:
    for year in circular.years:
        through = passing(plots.money_flows(circular, year, world))
        for firm in (*circular.firms, "stargate"):
            if firm in through and circular.firms.get(firm) != "lender":
                came, went = through[firm]
                assert came == pytest.approx(went, rel=1e-4, abs=1e-3), (year, firm)


def test_money_that_goes_back_comes_in_again(circular: cs.Results) -> None:
    through = passing(plots.money_flows(circular, 2027))
    back = f"{BACK}nvidia"
    assert through[f"{back} "][0] == pytest.approx(through[back][1], rel=1e-4)
    invested = circular.variable("nvidia", "invested")[2027].mean()  # in rounds and rescues
    assert through[back][1] == pytest.approx(invested, rel=1e-4)


def test_it_has_no_cycle_and_runs_from_left_to_right(circular: cs.Results) -> None:
    series = sankey(plots.money_flows(circular, 2029))
    depth = {node["name"]: node["depth"] for node in series["data"]}
    assert nx.is_directed_acyclic_graph(nx.DiGraph([(e["source"], e["target"]) for e in series["links"]]))
    assert all(depth[link["source"]] < depth[link["target"]] for link in series["links"])


def test_its_numbers_are_the_means_of_the_run(results: cs.Results) -> None:
    for row in plots.money_flows(results, 2028).table.to_dict("records"):
        paid = results.flow(row["kind"], row["payer"], row["payee"])[2028]
        assert row["amount"] == pytest.approx(paid.mean())
    one = plots.money_flows(results, 2028, world=3).table.set_index(["payer", "payee", "kind"])["amount"]
    assert one["openai", "microsoft", "lease"] == pytest.approx(
        results.flow("lease", "openai", "microsoft").loc[3, 2028]
    )


def test_differences_of_payments_are_paired(results: cs.Results, crunch: cs.Results) -> None:
    table = plots.money_flows(crunch, 2028, against=results).table.set_index(["payer", "payee", "kind"])
    pairs = (
        crunch.flow("equity", "softbank", "openai")[2028] - results.flow("equity", "softbank", "openai")[2028]
    )
    assert table.loc[("softbank", "openai", "equity"), "p50"] == pytest.approx(pairs.median())
    assert plots.money_flows(results, 2028, against=results).table.empty


def test_investments_are_those_of_the_run(results: cs.Results) -> None:
    table = plots.investments(results).table.set_index(["investor", "year"])
    expected = results.investments().set_index(["investor", "target", "year"])
    assert table.loc[("microsoft", 2027), "p50"] == pytest.approx(
        expected.loc[("microsoft", "openai", 2027), "p50"]
    )
    paid = results.flow("equity", "softbank")[2029]
    assert table.loc[("softbank", 2029), "p90"] == pytest.approx(paid.quantile(0.9))


def test_cash_debt_and_loan_to_value_are_those_of_the_run(results: cs.Results) -> None:
    held = plots.treasury(results).table.set_index(["who", "year"])["p50"]
    assert held["debt of oracle", 2030] == pytest.approx(results.variable("oracle", "debt")[2030].median())
    assert held["cash of openai", 2026] == pytest.approx(results.variable("openai", "cash")[2026].median())
    ltv = plots.loan_to_value(results).table.set_index(["who", "year"])
    assert ltv.loc[("softbank", 2028), "p10"] == pytest.approx(
        results.variable("softbank", "ltv")[2028].quantile(0.1)
    )
    assert ltv.loc[("limit of softbank", 2028), "p50"] == pytest.approx(
        results.variable("softbank", "ltv_limit")[2028].median()
    )


def test_what_comes_back_is_a_part_of_what_was_paid(circular: cs.Results) -> None:
    table = plots.circular_money(circular).table.set_index(["investor", "year"])
    paid, back = (circular.variable("nvidia", name)[2029] for name in ("invested", "returned"))
    assert table.loc[("nvidia", 2029), "p50"] == pytest.approx(np.median((back / paid)[paid > 1e-6]))
    assert table["p90"].max() <= 1


def test_differences_to_itself_are_zero(results: cs.Results) -> None:
    for make in (
        plots.investments,
        plots.treasury,
        plots.loan_to_value,
        plots.circular_money,
        plots.lab_market,
    ):
        table = make(results, against=results).table
        assert (table[["p10", "p50", "p90"]].fillna(0.0) == 0).all(axis=None)


def test_larger_nodes_come_first_and_none_is_of_nothing(results: cs.Results) -> None:
    nodes = sankey(plots.money_flows(results, 2027))["data"]
    table = [node["tooltip"]["formatter"].split("<br>")[1] for node in nodes]
    sizes = [float(amount.strip("$ bn").replace(",", "")) for amount in table]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) > 0
    named = [bool(node["label"]["formatter"]) for node in nodes]
    assert named == [size >= sizes[0] / 100 for size in sizes]  # a hair-thin node's name would cover others
