"""Nothing silently wrong: mutants of configs, and numbers in wrong units, judged from the stored tables."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from computeshift.experiments.config.load import load
from computeshift.experiments.run import design as designs
from tests.fuzz import fuzz, nonsense, played

SCALES = (0.01, 0.1, 10.0, 100.0)
SIZES = {"credit_crunch": 300.0, "efficiency_leap": 3.0, "capacity_offer": 1.0}
"""Usual sizes of shocks, in their units; 0.3 of the others. Most have size 0 in a shipped config."""


@pytest.mark.parametrize("first", [0, 80, 160])
def test_no_mutant_ends_in_a_traceback_or_in_unflagged_nonsense(first: int) -> None:
    ends, failed = fuzz(range(first, first + 80), seed=13)
    assert failed == {}
    assert min(ends["refused"], ends["plays"]) > 0
    assert first > 0 or ends["flagged"] > 0  # nonsense has become rare


@pytest.mark.parametrize(
    "name", ["six", "end_of_2022", "end_of_2023", "multi_cloud", "circular_money", "baseline", "today"]
)
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


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    """What the six stores of three worlds."""
    config = load("six")
    return played(config, designs.drawn(config, 3)).tables


def spoilt(table: pa.Table, column: str, value: float | None) -> pa.Table:
    """The table with another value in the first row of a column, None for an empty one."""
    at = table.schema.get_field_index(column)
    values = pa.array([value, *table[column].to_pylist()[1:]], pa.float64(), from_pandas=False)
    return table.set_column(at, pa.field(column, pa.float64()), values)


@pytest.mark.parametrize(
    ("table", "column", "value", "wrong"),
    [
        ("market", "rent", None, "no number"),
        ("market", "rent", -1.0, "negative, -1"),
        ("market", "ai_capex", 2e6, "to 2e+06 $ bn"),
        ("market", "capacity_gw", -1.0, "negative, -1"),
        ("market", "utilisation", 1.1, "to 1.1, not a share"),
        ("agents", "stargate.debt", -3.0, "negative, -3"),
        ("agents", "openai.valuation", 2e6, "to 2e+06 $ bn"),
        ("agents", "softbank.nav", -2e6, "-2e+06 to"),
        ("agents", "oracle.gw", -0.1, "negative, -0.1"),
        ("agents", "microsoft.trust", 1.2, "to 1.2, not a share"),
        ("agents", "openai.unserved_share", -0.1, "-0.1 to"),
        ("agents", "openai.retained", 1.2, "to 1.2, not a share"),
        ("agents", "microsoft.market_share", 0.9, "shares of customers' spending do not sum to 1"),
        ("flows", "payment lease openai stargate", -1.0, "negative, -1"),
        ("flows", "holding stake softbank openai", 2e6, "to 2e+06 $ bn"),
        ("flows", "delivery capacity stargate openai", -1.0, "negative, -1"),
    ],
)
def test_the_judge_sees_nonsense(
    tables: dict[str, pa.Table], table: str, column: str, value: float | None, wrong: str
) -> None:
    first = tables[table]["world"][0].as_py()
    broken = {**tables, table: spoilt(tables[table], column, value)}
    (found,) = nonsense(broken, [])
    assert wrong in found
    assert found.startswith(f"{table} {column}: ") or column == "microsoft.market_share"
    assert nonsense(broken, [first]) == []


def test_the_judge_sees_what_is_not_finite_in_any_column(tables: dict[str, pa.Table]) -> None:
    assert nonsense(tables, []) == []
    broken, expected = dict(tables), list[str]()
    for name in ("market", "agents", "flows"):
        for column in (field.name for field in tables[name].schema if field.type == pa.float64()):
            broken[name] = spoilt(broken[name], column, float("nan"))
            expected.append(f"{name} {column}: not finite")
    assert [found for found in nonsense(broken, []) if found.endswith("not finite")] == expected
