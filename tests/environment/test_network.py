"""Who is not tied cannot trade."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from computeshift.experiments.views.catalogue import configs
from tests.behaviour.worlds import Run, play

# Interest and repayment are not among them: old debt is served although nobody lends any more.
BACK = {"lease": "capacity", "chips_payment": "chips"}
ALONG = ("equity", "debt", "revenue_share", "capacity", "chips", "model", "services")


def untied(run: Run) -> set[tuple[str, str, str]]:
    """Flows between nodes that no edge allows."""
    network = run.market.network
    tied = network.tied
    found = set()
    for flow in run.market.ledger.flows:
        network.year = flow.year
        ends = flow.source, flow.target
        allowed = True
        if flow.kind in ALONG:
            allowed = tied(*ends, flow.kind)
        elif flow.kind in BACK and flow.source != "outside":
            operated = flow.kind == "lease" and tied(flow.target, flow.source, "build")
            allowed = operated or tied(flow.target, flow.source, BACK[flow.kind])
        elif flow.kind == "revenue" and flow.source != "outside":
            allowed = tied(flow.target, flow.source, "services")
        if not allowed and np.any(flow.amount != 0):
            found.add((*ends, flow.kind))
    return found


@pytest.mark.parametrize("config", [entry.name for entry in configs()])
def test_every_flow_follows_an_edge(config: str) -> None:
    assert untied(play(config, worlds=3)) == set()


CUTS = [
    ("stargate", "openai", "capacity"),
    ("microsoft", "openai", "capacity"),
    ("softbank", "openai", "equity"),
    ("lenders", "oracle", "debt"),
    ("lenders", "stargate", "debt"),
    ("lenders", "softbank", "debt"),
    ("oracle", "stargate", "build"),
    ("openai", "softbank", "services"),
    ("openai", "microsoft", "revenue_share"),
    ("openai", "deepseek", "model"),
    ("openai", "customers", "services"),
]


@pytest.mark.parametrize("cut", CUTS, ids="-".join)
def test_cutting_an_edge_is_a_what_if(cut: tuple[str, str, str], tmp_path: Path) -> None:
    config = tmp_path / "cut.yaml"
    # A deal would lay the tie that it needs.
    config.write_text(
        f"asks: Without this tie?\nextends: six\ncut: [[{', '.join(cut)}]]\ndeals: {{openai_round: null}}\n"
    )
    run = play(str(config), worlds=30)
    assert untied(run) == set()
    for flow in run.market.ledger.flows:
        if (flow.source, flow.target, flow.kind) == cut:
            assert np.all(flow.amount == 0)
        assert np.all(np.isfinite(flow.amount)), (flow.source, flow.target, flow.kind)
        assert np.all(flow.amount >= -1e-9), (flow.source, flow.target, flow.kind)


def test_all_four_roles_join_from_a_config(tmp_path: Path) -> None:
    config = tmp_path / "joined.yaml"
    config.write_text(
        """
asks: Four more firms, one of each role, without a line of code?
extends: six
firms:
  anthropic: {kind: lab, strategy: default, initial_revenue: 0.5, initial_capacity: 0.2, patron_budget: 2}
  coreweave: {kind: cloud, strategy: default, initial_gw: 0.36, initial_tenant_gw: 0.1}
  qia: {kind: investor, strategy: default, initial_budget: 4}
  amd: {kind: chipmaker, strategy: default, chip_market_share: 0.1}
edges:
  - [coreweave, anthropic, capacity]
  - [coreweave, openai, capacity]
  - [lenders, coreweave, debt]
  - [anthropic, customers, services]
  - [qia, anthropic, equity]
  - [amd, coreweave, chips]
  - [amd, anthropic, equity]
""",
        encoding="utf-8",
    )
    run = play(str(config), worlds=20)
    assert untied(run) == set()
    assert run.agent("anthropic", "revenue", 2030).min() > 0
    assert run.flow("coreweave", "anthropic", "capacity", 2026).min() > 0
    assert run.flow("coreweave", "amd", "chips_payment", 2026).max() > 0
    assert run.flow("qia", "anthropic", "equity", 2025).max() > 0


def test_circular_money_is_measured() -> None:
    run = play("circular_money", worlds=30)
    for investor in ("nvidia", "microsoft"):
        back, paid = run.total(investor, "returned"), run.total(investor, "invested")
        assert np.all(back <= paid + 1e-9)
        assert back.max() > 0, investor
