"""The six's level against what 2025 turned out to be. A miss is printed, not hidden."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import computeshift as cs
from tests.behaviour.level import table
from tests.behaviour.worlds import MEASURED, play


def test_the_baseline_is_of_the_order_of_2025(tmp_path: Path) -> None:
    results = cs.run("six", worlds=1000, seed=1, out=tmp_path / "run")
    MEASURED.append(f"{'fact of 2025':48s}{'fact':>8s}{'P10':>8s}{'median':>8s}{'P90':>8s}")
    inside = []
    for name, fact, low, middle, high in table(results):
        inside.append(low <= fact <= high)
        miss = "" if inside[-1] else "  outside P10 to P90"
        MEASURED.append(f"{name:48s}{fact:8.1f}{low:8.1f}{middle:8.1f}{high:8.1f}{miss}")
        assert fact / 4 < middle < fact * 4, name
    assert sum(inside) >= len(inside) // 2


@pytest.mark.parametrize("year", [2025, 2026])
def test_shares_of_compute_add_up_to_one(year: int) -> None:
    run = play()
    suppliers = [supplier.name for supplier, lab in run.market.compute.ties if lab.name == "openai"]
    assert np.sum([run.share(s, year) for s in suppliers], axis=0) == pytest.approx(1.0)
