"""The tables that answers print: plain columns, one column per year."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from computeshift.experiments.config.names import named
from computeshift.experiments.results.quantiles import QUANTILES, percentile
from computeshift.experiments.views.format import cell

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderResult

_YEARS = 6  # that fit 80 columns
_WIDTH = 88  # of text that no screen limits


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


def printed(show: Callable[[Console], None]) -> str:
    """What `show` prints, as one text."""
    text = io.StringIO()
    show(Console(file=text, width=_WIDTH))
    return text.getvalue()


def by_year(title: str, rows: pd.DataFrame, by: list[str], scale: float = 1.0) -> Plain:
    """A table with one row per group and one column per year: the median, below it P10 and P90.

    `rows` has the columns `by`, `year`, p10, p50 and p90; numbers are shown times `scale`. If it has
    `error_p50`, the error of the median stands below them.
    """
    years = some_years(rows["year"])
    table = Plain(title, "", *map(str, years))
    some = ["error_p50"] if "error_p50" in rows else []
    known = rows[[*by, "year", *map(percentile, QUANTILES), *some]]
    bands: dict[tuple[str, ...], dict[int, str]] = {}
    for row in known.itertuples(index=False, name=None):
        names, year, numbers = row[: len(by)], row[len(by)], row[len(by) + 1 :]
        band, error = [cell(number * scale) for number in numbers[:3]], numbers[3:]
        text = banded(*band) + "".join(f"\n[dim]± {cell(number * scale)}[/dim]" for number in error)
        bands.setdefault(tuple(map(str, names)), {})[year] = text
    for group, of_year in bands.items():
        table.add_row(named(" to ".join(group)), *(of_year.get(year, "") for year in years))
    return table


def some_years(years: Sequence[int] | pd.Series[int]) -> list[int]:
    """As many years as fit 80 columns, evenly spaced, the last among them."""
    known = sorted({int(year) for year in years})
    return known[-1 :: -math.ceil(len(known) / _YEARS)][::-1]


def banded(low: str, median: str, high: str) -> str:
    """A cell of a median with its band below it, numbers as texts.

    >>> banded("1.5", "2.0", "7.1")
    '2.0\\n[dim]1.5 to 7.1[/dim]'
    """
    return f"{median}\n[dim]{low} to {high}[/dim]"
