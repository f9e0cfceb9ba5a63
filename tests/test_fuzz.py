"""Nothing silently wrong: mutants of configs, and numbers in wrong units, judged from the stored tables."""

from __future__ import annotations

import numpy as np
import pytest

from computeshift.experiments.config.load import load
from computeshift.experiments.run import design as designs
from tests.fuzz import fuzz, nonsense, played

SCALES = (0.01, 0.1, 10.0, 100.0)
SIZES = {"credit_crunch": 300.0, "efficiency_leap": 3.0, "capacity_offer": 1.0}
"""Usual sizes of shocks, in their units; 0.3 of the others. Most have size 0 in a shipped config."""


@pytest.mark.parametrize("first", [0, 80, 160])
def test_no_mutant_ends_in_a_traceback_or_in_unflagged_nonsense(first: int) -> None:
    ends, failed = fuzz(range(first, first + 80), seed=10)
    assert failed == {}
    assert min(ends["refused"], ends["plays"], ends["flagged"]) > 0


@pytest.mark.parametrize("name", ["baseline", "end_of_2022", "end_of_2023", "multi_cloud", "circular_money"])
def test_a_number_in_wrong_units_is_refused_flagged_or_harmless(name: str) -> None:
    """Each number of a config times 0.01, 0.1, 10 and 100, each in a world of its own, to 2035."""
    config = load(name, {"until": 2035})
    sizes = {f"shocks.{shock}.size": SIZES.get(about.kind, 0.3) for shock, about in config.shocks.items()}
    scaled = [
        (key, value)
        for key, number in config.parameters().items()
        for scale in SCALES
        if number.bounds is not None
        and not number.bounds.broken_by(value := (number.central or sizes.get(key, 0.0)) * scale)
    ]
    assert set(sizes) <= {key for key, value in scaled if value > 0}
    table = designs.drawn(config, len(scaled))
    for world, (key, value) in enumerate(scaled):
        usual = np.full(len(scaled), config.parameters()[key].central)
        table[key] = table.get(key, usual).copy()
        table[key][world] = value
        if key in sizes:
            certain = key.replace("size", "probability")
            table[certain] = table.get(
                certain, np.full(len(scaled), config.parameters()[certain].central)
            ).copy()
            table[certain][world] = 1.0
    came = played(config, table)
    left_out = [world for worlds in came.left_out.values() for world in worlds]
    assert nonsense(came.tables, left_out) == []
    assert len(left_out) < len(scaled) / 10, came.left_out  # bounds do not let much nonsense in


def test_the_judge_sees_nonsense() -> None:
    config = load("baseline")
    came = played(config, designs.drawn(config, 3))
    assert nonsense(came.tables, []) == []
    for table, column, value in [
        ("market", "rent", float("nan")),
        ("agents", "debt", -3.0),
        ("agents", "trust", 1.2),
        ("agents", "valuation", 2e6),
        ("flows", "amount", -1.0),
    ]:
        at = came.tables[table].schema.get_field_index(column)
        values = came.tables[table].column(column).to_numpy().copy()
        values[0] = value
        spoilt = came.tables[table].set_column(at, came.tables[table].field(at), [values])
        assert nonsense({**came.tables, table: spoilt}, []) != [], column
