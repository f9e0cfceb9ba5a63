"""A comparison as tables that fit 80 columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
from rich.text import Text

from computeshift.experiments.config.names import named
from computeshift.experiments.views.format import decimals, fixed, level, scale, unit_label
from computeshift.experiments.views.text.table import Plain

NO_PAIR = "no pair differs"
READING = """\
mean, difference: means over worlds; a difference is clear if its 95% interval leaves out zero
pairing: how many times smaller its variance is than without the same luck
%: differences of shares and of claims are in percentage points"""


def outcomes_table(title: str, rows: pd.DataFrame) -> Plain:
    """A line an outcome."""
    names = ("outcome", "unit", "mean", "difference", "95% interval", "pairing")
    lines = (
        (row.outcome, unit_label(row.unit), level(row.first_mean, row.unit), *_change(row), _pairing(row))
        for row in each(rows)
    )
    return _table(title, names, lines)


def claims_table(title: str, rows: pd.DataFrame) -> Plain:
    """A line a claim."""
    names = ("claim", "holds", "difference", "95% interval", "pairing")
    lines = (
        (row.claim, f"{row.first_probability:.1%}", *_change(row), _pairing(row))
        for row in each(rows.assign(unit="share"))
    )
    return _table(title, names, lines)


def edges_table(title: str, rows: pd.DataFrame) -> Plain:
    """A line an edge."""
    names = ("from -> to", "kind", "mean", "difference", "95% interval")
    lines = (
        (
            named(f"{row.source} -> {row.target}"),
            named(row.kind),
            level(row.first_mean, row.unit),
            *_change(row),
        )
        for row in each(rows)
    )
    return _table(title, names, lines)


def each(rows: pd.DataFrame) -> Iterator[Any]:
    """The rows, their cells by name."""
    yield from rows.itertuples()


def _change(row: Any) -> tuple[str, str]:
    """The difference, and its interval with as many decimals."""
    change, low, high = (scale(row.unit) * value for value in (row.difference, row.low, row.high))
    if math.isnan(low):
        return fixed(change, 0, sign=True), NO_PAIR
    places = decimals(max(abs(low), abs(high)), 3, most=4)
    change, low, high = (fixed(value, places, sign=True) for value in (change, low, high))
    return change, f"{low} to {high}"


def _pairing(row: Any) -> str:
    """By how much pairing helped, in a word."""
    if row.constant:
        return "constant"
    return "perfect" if row.exact else f"x {row.variance_ratio:,.1f}"


def _table(title: str, names: Sequence[str], lines: Iterable[Sequence[str]]) -> Plain:
    """A table whose first column keeps its words whole, numbers to the right."""
    cells = [[Text(cell) for cell in line] for line in lines]
    table = Plain(title, *names, whole=True)
    table.columns[0].min_width = max(len(line[0]) for line in cells)
    for name, column in zip(names[1:], table.columns[1:], strict=True):
        if name in ("unit", "kind"):
            column.justify, column.max_width = "left", 13
        else:
            column.no_wrap = True
    for line in cells:
        table.add_row(*line)
    return table
