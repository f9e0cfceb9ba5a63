"""The information set: what could be known by March 2025, and nothing else, sets a number."""

from __future__ import annotations

import csv
import datetime
import re
from pathlib import Path

import pytest

from computeshift.experiments.catalogue import configs
from computeshift.experiments.config import load
from computeshift.experiments.sources import FACTS

KNOWN_BY = datetime.date(2025, 3, 31)
SHARED = Path(__file__).parents[3] / "shared" / "facts" / "facts.csv"

with FACTS.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))


def last_year(period: str) -> int:
    """The last year that a period reaches into; a rate per year has no date of its own."""
    years = [int(year) for year in re.findall(r"(?:FY)?(20\d\d)", period)]
    return max(years, default=0)


def usable(row: dict[str, str]) -> bool:
    """An actual about 2024 or before; a plan or an estimate published by March 2025."""
    if row["kind"] == "actual":
        return last_year(row["period"]) <= 2024
    return datetime.date.fromisoformat(row["published"]) <= KNOWN_BY


@pytest.mark.parametrize("config", [entry.name for entry in configs()])
def test_every_number_rests_on_what_was_known(config: str) -> None:
    for name, parameter in load(config).parameters().items():
        assert parameter.unit, name
        for fact in parameter.facts:
            rows = [r for r in ROWS if f"{r['entity']}/{r['variable']}/{r['period']}" == fact]
            assert any(usable(row) for row in rows), f"{name}: {fact}"
            assert parameter.published is None, name
        if parameter.published is not None:
            assert parameter.published <= KNOWN_BY, f"{name}: {parameter.source}"
        if parameter.assumed:
            assert parameter.assumed.startswith("because "), name
        grounds = [bool(parameter.facts), bool(parameter.source), bool(parameter.assumed)]
        assert sum(grounds) == 1, name


def test_no_figure_of_a_claim_is_an_input() -> None:
    # The seeds' figures that no rule may know: shares, burns, stakes and totals of the claims.
    figures = {0.75, 14.0, 15.0, 19.0, 20.0, 100.0, 500.0}
    allowed = {
        "compute.shell_life",  # years of depreciation
        "softbank.initial_debt",  # $ bn of debt, by chance 20
        "capital.outside_depth",  # its upper bound
        "oracle.initial_cash_flow",  # $ bn a year
    }
    for name, parameter in load("baseline").parameters().items():
        money = parameter.unit.startswith("$ bn") or "Stargate" in name
        if money and name not in allowed and not name.startswith(("other_cloud.", "rival_lab.")):
            assert parameter.central not in figures, name


@pytest.mark.skipif(not SHARED.exists(), reason="the shared copy is not beside this checkout")
def test_the_project_has_its_own_copy_of_the_facts() -> None:
    assert FACTS.read_bytes() == SHARED.read_bytes()
