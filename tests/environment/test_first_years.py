"""A tie with a first year: before it nobody deals over it, from then on it is a tie like any other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from computeshift.agents import KINDS
from computeshift.agents.lab import Lab
from computeshift.environment.ledger import Flow
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Edge, Setup
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup
from tests.behaviour.worlds import Run
from tests.environment.test_network import untied

OPENS = 2027
FLOWS = {"capacity": "capacity", "equity": "equity", "debt": "debt", "build": "lease", "chips": "chips"}
TIES = [
    ("stargate", "openai", "capacity"),
    ("microsoft", "openai", "capacity"),
    ("other_cloud", "rival_lab", "capacity"),
    ("softbank", "openai", "equity"),
    ("mgx", "stargate", "equity"),
    ("investors", "rival_lab", "equity"),
    ("banks", "stargate", "debt"),
    ("banks", "softbank", "debt"),
    ("oracle", "stargate", "build"),
    ("openai", "customers", "services"),
    ("deepseek", "customers", "services"),
    ("openai", "softbank", "services"),
    ("openai", "microsoft", "revenue_share"),
    ("openai", "deepseek", "model"),
    ("nvidia", "microsoft", "chips"),
]


def given(worlds: int = 40) -> Setup:
    config = load("circular_money", {"deals.openai_round": None})  # a deal would lay the tie that it needs
    return setup(config, design(config, worlds=worlds, seed=1))


def play(given: Setup) -> ComputeMarket:
    market = ComputeMarket(given, KINDS)
    while market.running:
        market.step()
    return market


def since(given: Setup, year: int | None, *ties: Edge) -> Setup:
    edges = (replace(edge, since=year) if edge in ties else edge for edge in given.edges)
    return replace(given, edges=tuple(edges))


def same(mine: list[Flow], theirs: list[Flow]) -> bool:
    return len(mine) == len(theirs) and all(
        (a.year, a.kind, a.source, a.target) == (b.year, b.kind, b.source, b.target)
        and np.array_equal(a.amount, b.amount)
        for a, b in zip(mine, theirs, strict=True)
    )


@pytest.mark.parametrize("tie", TIES, ids="-".join)
def test_nobody_deals_over_a_tie_before_its_first_year(tie: tuple[str, str, str]) -> None:
    base = given()
    market = play(since(base, OPENS, Edge(*tie)))
    assert untied(Run(market)) == set()
    source, target, kind = tie
    ends = (target, source) if kind in ("build", "services") and target != "customers" else (source, target)
    flow_kind = "revenue" if ends != (source, target) and kind == "services" else FLOWS.get(kind, kind)
    dealt = {f.year for f in market.ledger.flows if (f.source, f.target, f.kind) == (*ends, flow_kind)
             and np.any(f.amount > 0)}  # fmt: skip
    assert dealt, "it never opened"
    assert min(dealt) >= OPENS
    for flow in market.ledger.flows:
        assert np.all(np.isfinite(flow.amount)), (flow.source, flow.target, flow.kind, flow.year)
        assert np.all(flow.amount >= -1e-9), (flow.source, flow.target, flow.kind, flow.year)


@pytest.mark.parametrize("tie", [tie for tie in TIES if tie[1] != "customers"], ids="-".join)
def test_until_its_first_year_a_tie_is_as_good_as_cut(tie: tuple[str, str, str]) -> None:
    base = given()
    later = play(since(base, OPENS, Edge(*tie)))
    cut = play(replace(base, edges=tuple(edge for edge in base.edges if edge != Edge(*tie))))

    def early(market: ComputeMarket) -> list[Flow]:
        return [flow for flow in market.ledger.flows if flow.year < OPENS]

    assert same(early(later), early(cut))


def test_until_its_first_year_a_new_tie_is_not_there() -> None:
    base = given(worlds=5)
    base = replace(base, until=OPENS - 1)
    new = Edge("microsoft", "deepseek", "capacity", OPENS)
    assert same(play(base).ledger.flows, play(replace(base, edges=(*base.edges, new))).ledger.flows)


def test_a_first_year_that_has_passed_changes_nothing_to_the_last_bit() -> None:
    base = given()
    assert same(play(base).ledger.flows, play(since(base, base.start, *base.edges)).ledger.flows)


def test_a_lab_with_no_open_tie_waits_and_then_trades() -> None:
    base = given()
    mine = [edge for edge in base.edges if edge.target == "rival_lab" or edge.source == "rival_lab"]
    market = ComputeMarket(since(base, OPENS, *mine), KINDS)
    lab = market.firms["rival_lab"].role(Lab)
    while market.running:
        market.step()
        trades = market.year >= OPENS
        assert np.all((lab.used_gw > 0) == trades)
        assert np.all((lab.revenue > 0) == trades)
        assert np.all(np.isfinite(lab.expected_growth))
        if not trades:
            assert not np.any(lab.ordered_gw)
            assert not np.any(lab.market_share)


ENDS = [
    ("stargate", "openai", "capacity"),
    ("softbank", "openai", "equity"),
    ("banks", "softbank", "debt"),
    ("deepseek", "customers", "services"),
    ("openai", "microsoft", "revenue_share"),
]


def test_after_its_last_year_nobody_deals_over_a_tie_and_until_then_all_is_as_it_was() -> None:
    base = given(worlds=5)
    ends = [Edge(*tie) for tie in ENDS]
    edges = (replace(edge, until=OPENS - 1) if edge in ends else edge for edge in base.edges)
    before, market = play(base), play(replace(base, edges=tuple(edges)))

    def early(market: ComputeMarket) -> list[Flow]:
        return [flow for flow in market.ledger.flows if flow.year < OPENS]

    assert same(early(market), early(before))
    for source, target, kind in ENDS:
        named = "revenue" if target == "customers" else FLOWS.get(kind, kind)
        way = (target, source) if target == "customers" else (source, target)

        def years(market: ComputeMarket, named: str = named, way: tuple[str, str] = way) -> set[int]:
            flows = market.ledger.flows
            dealt = (f for f in flows if (f.source, f.target) == way and f.kind == named)
            return {flow.year for flow in dealt if np.any(flow.amount > 0)}

        assert max(years(before), default=OPENS) >= OPENS, (source, target, kind)
        assert max(years(market), default=0) < OPENS, (source, target, kind)
    assert all(np.all(np.isfinite(flow.amount)) for flow in market.ledger.flows)
