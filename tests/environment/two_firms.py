"""A market of a lab and a cloud, and of those that fund them, with the deals that a test gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import computeshift as cs
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array

OTHERS = ("openai", "microsoft", "softbank", "oracle", "mgx", "deepseek", "rival_lab", "other_cloud")
CONFIG = """\
asks: What does a deal post?
extends: six
compute: {sunk_orders: 0}
firms:
  {GONE}
  lab: {kind: lab}
  cloud: {kind: cloud}
  backer: {kind: investor}
  maker: {kind: chipmaker, chip_market_share: 0.5}
edges:
  - [cloud, lab, capacity]
  - [lab, customers, services]
  - [maker, cloud, chips]
""".replace("{GONE}", "\n  ".join(f"{firm}: null" for firm in OTHERS))
LEASE = "kind: capacity, from: cloud, to: lab, signed: 2024, first: 2025, last: 2030, gw: 1, price: 10"


def two_firms(folder: Path, **deals: str) -> ComputeMarket:
    """The market at its start, the end of 2024, in three worlds."""
    given = "".join(f"  {name}: {{{deal}}}\n" for name, deal in deals.items())
    path = folder / "two_firms.yaml"
    path.write_text(f"{CONFIG}deals:\n{given}" if given else CONFIG)
    return cs.market(path, worlds=3)


def begin(market: ComputeMarket, year: int) -> None:
    """A year's books are open, and what configs say of its deals has happened."""
    market.year = market.network.year = year
    market.ledger.open_year(year)
    market.compute.commitments.open_year()
    market.compute.before = market.compute.contract
    for agreements in market.agreements:
        agreements.open_year()


def worlds(*numbers: float) -> Array:
    """One number per world, `(3,)`; a single number stands for all three."""
    return np.broadcast_to(np.array(numbers, dtype=float), 3).copy()


def check(actual: Any, *expected: float) -> None:
    """The numbers of the three worlds are these but for rounding."""
    np.testing.assert_allclose(actual, worlds(*expected), rtol=1e-9, atol=1e-12, strict=True)


def flow(market: ComputeMarket, source: str, target: str, kind: str) -> Array:
    """What one holder paid another this year."""
    flows = (f for f in market.ledger.this_year() if (f.source, f.target, f.kind) == (source, target, kind))
    return sum((each.amount for each in flows), market.ledger.zero)


def balanced(*books: object) -> None:
    """Of each deal what is left, was paid and was cut is all that was signed."""
    for own in books:
        parts = [getattr(own, name) for name in ("left", "paid", "cut")]
        np.testing.assert_allclose(sum(parts), own.signed, atol=1e-12)  # type: ignore[attr-defined]
