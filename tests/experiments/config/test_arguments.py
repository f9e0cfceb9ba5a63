"""What Python callers hand over: any integer is a whole number, any name is one that there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.views import plots

loose: Any = cs
"""The package as an untyped caller has it."""


def _no_world(done: int, worlds: int) -> None:
    raise AssertionError(f"{worlds} worlds are played")


class Five:
    """A whole number by its `__index__` alone."""

    def __index__(self) -> int:
        return 5


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    return cs.run("six", worlds=6, seed=3, until=2026, out=tmp_path_factory.mktemp("ran") / "out")


def amounts(graph: nx.MultiDiGraph[str]) -> list[tuple[str, str, str, float]]:
    return [(s, t, kind, data["amount"]) for s, t, kind, data in graph.edges(keys=True, data=True)]


@pytest.mark.parametrize("world", [np.int64(5), np.uint8(5), Five(), np.array(5)])
def test_a_world_by_any_integer_is_that_world(ran: cs.Results, tmp_path: Path, world: Any) -> None:
    year = np.int64(2026)
    assert amounts(ran.network(year, world)) == amounts(ran.network(2026, 5))  # type: ignore[arg-type]
    assert amounts(ran.network(2026, 5)) != amounts(ran.network(2026, 1.0))
    pd.testing.assert_frame_equal(ran.flow_matrix(2026, world), ran.flow_matrix(2026, 5))
    one, other = (ran.write_graphml(tmp_path / f"{i}.graphml", 2026, w) for i, w in enumerate((world, 5)))
    assert sorted(nx.read_graphml(one).edges) == sorted(nx.read_graphml(other).edges)
    assert cs.explain(ran, "oracle", 2026, world=world).world == 5
    picture = plots.network(ran, 2026, world)
    pd.testing.assert_frame_equal(picture.table, plots.network(ran, 2026, 5).table)
    flows = plots.money_flows(ran, 2026, world)
    pd.testing.assert_frame_equal(flows.table, plots.money_flows(ran, 2026, 5).table)


def test_quantiles_are_named_or_are_floats(ran: cs.Results) -> None:
    median, p90 = ran.network(2026, 0.5), ran.network(2026, 0.9)
    assert amounts(ran.network(2026, "median")) == amounts(median)
    assert amounts(ran.network(2026, "p90")) == amounts(p90)
    assert amounts(ran.network(2026, np.float64(0.9))) == amounts(p90)
    assert amounts(ran.network(2026, 0.0)) != amounts(ran.network(2026, 0))


@pytest.mark.parametrize("world", [True, 6, -1, 1.5, float("nan"), "p101", "0", "mean", None, np.int64(6)])
def test_a_world_that_is_not_there_is_an_error(ran: cs.Results, world: Any) -> None:
    asks: list[Callable[[], object]] = [
        lambda: ran.network(2026, world),
        lambda: ran.flow_matrix(2026, world),
        lambda: plots.network(ran, 2026, world),
        lambda: plots.money_flows(ran, 2026, world),
        lambda: cs.explain(ran, "oracle", 2026, world=world),
    ]
    for ask in asks:
        with pytest.raises(cs.UserError, match=r"there is no world .*: use a whole number from 0 to 5"):
            ask()


def test_settings_may_be_numbers_of_numpy() -> None:
    given = {
        "worlds": np.int64(5),
        "softbank.ltv_limit": np.float32(0.25),
        "softbank.strategy": np.str_("prudent"),
        "services.elasticity": np.array(1.25),
    }
    config = cs.load("six", given)
    parameters = config.parameters()
    assert (config.worlds, config.firms["softbank"].strategy) == (5, "prudent")
    assert parameters["softbank.ltv_limit"].central == 0.25
    assert parameters["services.elasticity"].central == 1.25
    assert loose.market(worlds=np.int64(2), seed=np.int32(4)).worlds == 2
    frame = loose.design(cs.load("six"), np.int64(3), first_world=Five())
    assert frame["world"].tolist() == [5, 6, 7]
    with pytest.raises(cs.UserError, match="`worlds`: True is not a whole number"):
        cs.load("six", {"worlds": np.bool_(True)})


@pytest.mark.parametrize(
    ("ask", "wrong"),
    [
        (lambda: loose.load("six", "x=1"), "`set`: 'x=1' is no mapping of settings; write one such as"),
        (lambda: loose.run("six", set="x=1"), "`set`: 'x=1' is no mapping"),
        (lambda: loose.market(set=["x"]), "is no mapping"),
        (lambda: loose.risk("six", set="x=1"), "is no mapping"),
        (lambda: loose.compare("six"), "`sources`: 'six' is not a list"),
        (lambda: loose.game("openai,oracle"), "`players`: 'openai,oracle' is not a list"),
        (lambda: loose.strategies("oracle", results="out"), "`results`: 'out' is not a list"),
        (lambda: loose.load(5), "5 is no config"),
        (lambda: loose.run("six", workers=1.5), "`workers`: 1.5 is not a whole number"),
        (lambda: loose.run("six", worlds=5.0), "is not a whole number"),
        (lambda: loose.load("six", {"seed": "2025-02-30"}), "'2025-02-30' is not a whole number"),
        (lambda: loose.load("six", {"seed": "2" * 5000}), "is not a whole number"),
        (lambda: loose.load("six", {"seed": "[" * 3000}), "is not a whole number"),
        (lambda: loose.experiment("six", set={"mgx.strategy": "[" * 3000}), "it is nested too deeply"),
        (lambda: loose.explain("six", "oracle", 2027.0), "`year`: 2027.0 is not a whole number"),
        (lambda: loose.sensitivity("six", "trust", rows=64.0), "`rows`: 64.0 is not a whole number"),
        (lambda: loose.sensitivity("six", "trist"), "did you mean 'trust'"),
        (lambda: loose.sensitivity("six", "trust", years="x"), "`years`: 'x' is not a whole number"),
        (
            lambda: loose.sensitivity("six", "trust", years=2050),
            "`years`: there is no year 2050: use 2025",
        ),
        (lambda: loose.sensitivity("six", "trust", method=3), "`method`: there is no method 3"),
        (lambda: loose.compare(["baseline", "no_mgx"], year="x"), "`year`: 'x' is not a whole number"),
        (lambda: loose.explain("six", "oracle", 2050), "`year`: there is no year 2050"),
        (lambda: loose.backtest(fit_until="2025"), "`fit_until`: '2025' is not a whole number"),
        (lambda: loose.backtest(score="x"), "`score`: 'x' is not a whole number"),
        (lambda: loose.backtest(facts="no.csv"), "`facts`: can't read no.csv: No such file"),
        (lambda: loose.backtest(facts=3), "`facts`: 3 is no path"),
        (lambda: loose.backtest(score=2040, progress=_no_world), "no fact about 2040 is simulated"),
        (lambda: loose.calibrate(fit_until="x"), "`fit_until`: 'x' is not a whole number"),
        (lambda: loose.game(["openai"]), "`players`: a game needs two or more"),
        (lambda: loose.design(3), "`config`: 3 is no config"),
        (lambda: loose.run("six", out=3), "`out`: 3 is no path"),
        (lambda: loose.report("r1", 3), "`out`: 3 is no path"),
        (lambda: loose.report("r1", "r1.txt"), "`out`: r1.txt has the wrong suffix"),
        (lambda: loose.report(3, "r1.html"), "`results`: 3 is not a list"),
    ],
)
def test_python_misuse_is_the_users_error(ask: Callable[[], object], wrong: str) -> None:
    with pytest.raises(cs.UserError) as error:
        ask()
    assert wrong in str(error.value)


@pytest.mark.parametrize(
    ("ask", "wrong"),
    [
        (lambda r: r.variable("oracle", "dept"), "variable of firms 'dept'; did you mean 'debt'"),
        (lambda r: r.variable("oracel", "debt"), "there is no firm 'oracel'; did you mean 'oracle'"),
        (lambda r: r.variable("oracle", "ltv"), "oracle has no ltv; firms that have it: softbank"),
        (lambda r: r.variable("oracle", "strategy_name"), "is a word, not a number"),
        (lambda r: r.has("oracle", "dept"), "did you mean 'debt'"),
        (lambda r: r.firm("oracle", ["debt", "dept"]), "did you mean 'debt'"),
        (lambda r: r.firm("oracle", ["debt", "ltv"]), "oracle has no ltv"),
        (lambda r: r.firm("oracle", "debt"), "`variables`: 'debt' is not a list"),
        (lambda r: r.flow("capcity", "oracle"), "kind of flow 'capcity'; did you mean 'capacity'"),
        (lambda r: r.flow("capacity", "oracel"), "did you mean 'oracle'"),
        (lambda r: r.flow("capacity", target="opnai"), "did you mean 'openai'"),
        (lambda r: r.outcome("azure_shar"), "there is no outcome 'azure_shar'; did you mean 'azure_share'"),
        (lambda r: r.market_variable("rents"), "variable of the market 'rents'; did you mean 'rent'"),
        (lambda r: r.shares("opnai"), "did you mean 'openai'"),
        (lambda r: r.shares(basis="usage"), "there is no basis of shares 'usage'; did you mean 'use'"),
        (lambda r: r.shares(quantiles=[90]), "90 is not a quantile"),
        (lambda r: r.read("agent"), "there is no table 'agent'; did you mean 'agents'"),
        (lambda r: r.read("agents", ["dept"]), "column of agents 'dept'; did you mean 'debt'"),
        (lambda r: r.columns("flow"), "there is no table 'flow'; did you mean 'flows'"),
        (lambda r: r.network(2027), "there is no year 2027: use 2025 to 2026"),
        (lambda r: plots.shares(r, "opnai"), "did you mean 'openai'"),
        (lambda r: loose.plots.shares(r, basis="owned"), "there is no basis of shares 'owned'"),
        (lambda r: plots.fan(r, "oracle.dept"), "did you mean 'debt'"),
        (lambda r: plots.fan(r, "openai_revenu"), "did you mean 'openai_revenue'"),
        (lambda r: plots.limits(r, "oracel"), "did you mean 'oracle'"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_there_is_an_error_with_the_nearest(
    ran: cs.Results, ask: Callable[[cs.Results], object], wrong: str
) -> None:
    with pytest.raises(cs.UserError) as error:
        ask(ran)
    assert wrong in str(error.value)


def test_what_did_not_happen_is_still_zero_and_what_a_market_lacks_is_said(tmp_path: Path) -> None:
    market = {"worlds": 2, "until": 2025}
    base = cs.run("six", set=market, out=tmp_path / "base")
    assert (base.flow("equity", "mgx", "microsoft") == 0).all(axis=None)
    without = cs.run("no_mgx", set=market, out=tmp_path / "no_mgx", keep="summary")
    with pytest.raises(cs.UserError, match="no firm or institution 'mgx'"):
        without.flow("equity", "mgx")


def test_all_that_flows_has_a_kind_that_is_known() -> None:
    from computeshift.environment.ledger import FLOWS

    for config in ("six", "end_of_2022"):
        market = cs.market(config, worlds=2)
        while market.running:
            market.step()
        flowed = {flow.kind: flow.unit for flow in market.ledger.flows}
        assert flowed == {kind: FLOWS[kind][0] for kind in flowed}
