"""What all tables on a screen share: their looks, and numbers in few characters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from rich.table import Table
from rich.text import Text

from computeshift.experiments.config.names import named
from computeshift.experiments.results.results import QUANTILES, percentile

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

_YEARS = 6  # that fit 80 columns


class Plain(Table):
    """A table without lines: its first column names the rows, the others are numbers, to the right.

    Title and note stand above and below, as wide as the console and not as the table. `whole`: names
    are not wrapped.
    """

    def __init__(self, heading: str, *columns: str, whole: bool = False) -> None:
        super().__init__(box=None, padding=(0, 1, 0, 0))
        self.heading, self.note = heading, ""
        for i, column in enumerate(columns):
            self.add_column(column, justify="right" if i else "left", no_wrap=whole and not i)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The title, the table, the note."""
        if self.heading:
            yield Text(self.heading, style="table.title")
        yield from super().__rich_console__(console, options)
        if self.note:
            yield Text(self.note, style="table.caption")


def by_year(title: str, rows: pd.DataFrame, by: list[str], scale: float = 1.0) -> Plain:
    """A table with a row a group and a column a year: the median, below it P10 and P90.

    `rows` has the columns `by`, `year`, p10, p50 and p90; numbers are told times `scale`.
    """
    years = some_years(rows["year"])
    table = Plain(title, "", *map(str, years))
    for names, group in rows.groupby(by, sort=False):
        at = group.set_index("year")
        told = {year: [short(at.loc[year, percentile(q)] * scale) for q in QUANTILES] for year in at.index}
        cells = [banded(*told[year]) if year in told else "" for year in years]
        table.add_row(named(" to ".join(map(str, names))), *cells)
    return table


def some_years(years: Sequence[int] | pd.Series[int]) -> list[int]:
    """As many years as fit 80 columns, evenly spaced, the last among them."""
    known = sorted({int(year) for year in years})
    return known[-1 :: -math.ceil(len(known) / _YEARS)][::-1]


def banded(low: str, median: str, high: str) -> str:
    """A cell of a median with its band below it, numbers as they are told.

    >>> banded("1.5", "2.0", "7.1")
    '2.0\\n[dim]1.5 to 7.1[/dim]'
    """
    return f"{median}\n[dim]{low} to {high}[/dim]"


def interval(low: float, high: float, form: str) -> str:
    """An interval, its ends in a format.

    >>> interval(0.021, 0.3, ".0%")
    '2% to 30%'
    """
    return f"{low:{form}} to {high:{form}}"


def short(value: float | None) -> str:
    """A number in few characters.

    >>> short(0.04), short(3.14159), short(27.18), short(1234.5), short(-0.01), short(None)
    ('0.0', '3.1', '27', '1,234', '0.0', 'n/a')
    """
    if value is None or math.isnan(value):
        return "n/a"
    text = f"{value:,.1f}" if abs(value) < 9.95 else f"{value:,.0f}"
    return "0.0" if text == "-0.0" else text


def figures(value: float) -> str:
    """A number in three figures, a year in full.

    >>> figures(0.06123), figures(2027.0), figures(41.26)
    ('0.0612', '2027', '41.3')
    """
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
