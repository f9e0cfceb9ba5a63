"""The baseline's level against what 2025 turned out to be. A miss is printed, not hidden."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from computeshift.environment.setup import Array
from tests.behaviour.worlds import Run, play

FACTS = Path(__file__).parents[2] / "experiments" / "facts" / "facts.csv"


def fact(entity: str, variable: str, period: str) -> float:
    """The actual figure with the highest confidence."""
    order = {"high": 0, "medium": 1, "low": 2}
    with FACTS.open(encoding="utf-8", newline="") as lines:
        rows = [
            row
            for row in csv.DictReader(lines)
            if (row["entity"], row["variable"], row["period"]) == (entity, variable, period)
            and row["kind"] == "actual"
        ]
    return float(min(rows, key=lambda row: order[row["confidence"]])["value"])


def level(run: Run) -> dict[str, tuple[float, Array]]:
    """Facts about 2025, each with what the worlds say."""
    invested = run.flow("softbank", "openai", "equity", 2025)
    return {
        "OpenAI's revenue, $ bn": (
            fact("OpenAI", "revenue", "2025"),
            run.agent("openai", "revenue", 2025),
        ),
        "OpenAI's capacity at year end, GW": (
            fact("OpenAI", "compute_capacity_available", "2025"),
            run.agent("openai", "capacity_gw", 2025),
        ),
        "OpenAI's inference spending, $ bn": (
            fact("OpenAI", "compute_spend_inference", "2025"),
            run.agent("openai", "inference_spend", 2025),
        ),
        "OpenAI's training spending, $ bn": (
            fact("OpenAI", "compute_spend_rd", "2025"),
            run.agent("openai", "training_spend", 2025),
        ),
        "OpenAI's burn, $ bn": (
            -fact("OpenAI", "free_cash_flow", "2025"),
            run.agent("openai", "burn", 2025),
        ),
        "Microsoft's capex with leases, $ bn": (
            fact("Microsoft", "capex_incl_finance_leases", "2025"),
            run.agent("microsoft", "capex", 2025),
        ),
        "Oracle's capex (fiscal year to May 2025), $ bn": (
            fact("Oracle", "capex", "FY2025"),
            run.agent("oracle", "capex", 2025),
        ),
        "SoftBank's money into OpenAI in 2025, $ bn": (
            fact("SoftBank", "investment_in_OpenAI", "2025-04")
            + fact("SoftBank", "investment_in_OpenAI", "2025-12"),
            invested,
        ),
    }


def test_the_baseline_is_of_the_order_of_2025() -> None:
    table = level(play())
    print(f"\n{'fact of 2025':48s}{'fact':>8s}{'P10':>8s}{'median':>8s}{'P90':>8s}")
    inside = 0
    for name, (actual, worlds) in table.items():
        low, middle, high = np.quantile(worlds, [0.1, 0.5, 0.9])
        covered = low <= actual <= high
        inside += covered
        miss = "" if covered else "  outside P10 to P90"
        print(f"{name:48s}{actual:8.1f}{low:8.1f}{middle:8.1f}{high:8.1f}{miss}")
        assert actual / 4 < middle < actual * 4, name
    assert inside >= len(table) // 2


@pytest.mark.parametrize("year", [2025, 2026])
def test_shares_of_compute_add_up_to_one(year: int) -> None:
    run = play()
    suppliers = [supplier.name for supplier in run.market.compute.suppliers]
    total = sum(run.share(s, year) for s in suppliers if (s, "openai") in run.market.compute.tie_index)
    assert total == pytest.approx(np.ones_like(total))
