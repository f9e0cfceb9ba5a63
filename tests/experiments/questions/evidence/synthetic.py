"""Facts of a market that never was, in the columns of facts.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from computeshift.experiments.questions.evidence.history import COLUMNS

USUAL = {
    "unit": "USD_bn",
    "kind": "actual",
    "published": "2027-12-31",
    "source": "nobody",
    "url": "",
    "confidence": "high",
    "note": "",
}


def row(entity: str, variable: str, period: str, value: object, **other: str) -> dict[str, str]:
    """A row of a facts file."""
    cells = {"entity": entity, "variable": variable, "period": period, "value": str(value)}
    return {**USUAL, **cells, **other}


def written(file: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """A facts file with these rows."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return file


FLOWS = {
    ("OpenAI", "revenue"): "USD_bn",
    ("OpenAI", "compute_spend_rd"): "USD_bn",
    ("OpenAI", "compute_spend_inference"): "USD_bn",
    ("OpenAI", "compute_spend_microsoft"): "USD_bn",
    ("OpenAI", "compute_capacity_available"): "GW",
    ("OpenAI", "equity_raised"): "USD_bn",
    ("OpenAI", "valuation"): "USD_bn",
    ("Microsoft", "capex_incl_finance_leases"): "USD_bn",
    ("Oracle", "capex"): "USD_bn",
    ("SoftBank", "investment_in_OpenAI"): "USD_bn",
    ("SoftBank", "ltv"): "share",
}
"""What the synthetic facts are about, with their units."""
