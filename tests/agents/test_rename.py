"""A renamed firm is the same: partners, ties and numbers follow it, and its draws where it has a stream."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import computeshift as cs
from computeshift.environment.market import ComputeMarket

BASELINE = Path(cs.__file__).parent / "experiments" / "config" / "presets" / "six.yaml"
WORLDS = 20


def renamed(path: Path, *lines: str) -> Path:
    """The six with OpenAI called `oai`, all its ties with it, and these lines for it."""
    text = BASELINE.read_text("utf-8").replace("\nname: six\n", "\n")
    head, _, rest = text.partition("\nfirms:")
    firms, _, rest = rest.partition("\nedges:")
    edges, _, shocks = rest.partition("\nshocks:")
    own = "".join(f"    {line}\n" for line in ("kind: openai", *lines))
    firms = firms.replace("\n  openai:\n", f"\n  oai:\n{own}")
    edges = edges.replace("openai", "oai")
    for deal in ("openai_round", "microsoft_openai"):  # what is drawn for a deal belongs to its name
        edges = edges.replace(deal.replace("openai", "oai"), deal)
    path.write_text(f"{head}\nfirms:{firms}\nedges:{edges}\nshocks:{shocks}", "utf-8")
    return path


def played(config: Any) -> ComputeMarket:
    market = cs.market(config, worlds=WORLDS)
    while market.running:
        market.step()
    return market


def test_with_its_stream_it_has_the_same_bits(tmp_path: Path) -> None:
    base, other = played("six"), played(renamed(tmp_path / "oai.yaml", "stream: openai"))
    back = {"oai": "openai"}
    assert len(base.ledger.flows) > 500
    for one, two in zip(base.ledger.flows, other.ledger.flows, strict=True):
        ends = back.get(two.source, two.source), back.get(two.target, two.target)
        assert (one.year, one.source, one.target, one.kind) == (two.year, *ends, two.kind)
        assert np.array_equal(one.amount, two.amount), (one.year, ends, one.kind)


def test_without_its_stream_it_has_other_draws_and_its_partners_find_it(tmp_path: Path) -> None:
    base, other = played("six"), played(renamed(tmp_path / "oai.yaml"))
    assert (other.ledger.cash["oai"] != base.ledger.cash["openai"]).any()
    for holder, cash in other.ledger.cash.items():
        assert np.isfinite(cash).all(), holder
    microsoft, initial = other.firms["microsoft"], other.setup.parameters["microsoft.initial_trust"]
    assert microsoft.logged("trust") == pytest.approx(base.firms["microsoft"].logged("trust"), abs=0.5)
    assert (microsoft.logged("trust") != initial).all()
    assert (microsoft.trust_in("oai") > 0).any()
    for holder in ("microsoft", "softbank", "investors"):
        assert (other.capital.stake(holder, "oai") > 0).any(), holder
    bought = [f for f in other.ledger.flows if (f.source, f.target, f.kind) == ("softbank", "oai", "revenue")]
    assert len(bought) == 6
    assert (bought[0].amount > 0).all()
    assert "openai" not in other.capital.stakes
