"""A comparison as tables that fit 80 columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
from rich.text import Text

from computeshift.experiments.config.names import named
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
        (row.outcome, unit_told(row.unit), plain(row.first_mean, row.unit), *_change(row), _pairing(row))
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
            plain(row.first_mean, row.unit),
            *_change(row),
        )
        for row in each(rows)
    )
    return _table(title, names, lines)


def each(rows: pd.DataFrame) -> Iterator[Any]:
    """The rows, their cells by name."""
    yield from rows.itertuples()


def unit_told(unit: str) -> str:
    """A unit as people are told it.

    >>> unit_told("share"), unit_told("GW")
    ('%', 'GW')
    """
    return "%" if unit == "share" else unit


def plain(value: float, unit: str) -> str:
    """A number with three figures, a share in %.

    >>> plain(0.4567, "share"), plain(1234.5, "$ bn"), plain(0.0123, "GW")
    ('45.7', '1,234', '0.0123')
    """
    return _figures(_scaled(value, unit), _decimals(_scaled(value, unit)))


def signed(value: float, unit: str) -> str:
    """A difference with its sign and unit, that of shares in percentage points.

    >>> signed(-0.123, "share"), signed(4.5, "GW")
    ('-12.3 points', '+4.50 GW')
    """
    scaled = _scaled(value, unit)
    return f"{_figures(scaled, _decimals(scaled), '+')} {'points' if unit == 'share' else unit}"


def _change(row: Any) -> tuple[str, str]:
    """The difference, and its interval with as many decimals."""
    change, low, high = (_scaled(value, row.unit) for value in (row.difference, row.low, row.high))
    if math.isnan(low):
        return _figures(change, 0, "+"), NO_PAIR
    decimals = _decimals(max(abs(low), abs(high)))
    return (
        _figures(change, decimals, "+"),
        f"{_figures(low, decimals, '+')} to {_figures(high, decimals, '+')}",
    )


def _pairing(row: Any) -> str:
    """By how much pairing helped, in a word."""
    if row.constant:
        return "constant"
    return "perfect" if row.exact else f"x {row.variance_ratio:,.1f}"


def _scaled(value: float, unit: str) -> float:
    return 100 * value if unit == "share" else value


def _decimals(value: float) -> int:
    """Decimals for three figures, four at most."""
    if value == 0 or math.isnan(value):
        return 0
    return min(max(2 - math.floor(math.log10(abs(value))), 0), 4)


def _figures(value: float, decimals: int, sign: str = "") -> str:
    """A number; zero has no sign.

    >>> _figures(-0.001, 1, "+"), _figures(0.25, 1, "+")
    ('0.0', '+0.2')
    """
    rounded = round(value, decimals) + 0.0
    return f"{rounded:{sign if rounded else ''},.{decimals}f}"


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
