"""What tables of money share: a plain table, and an amount in few characters."""

from __future__ import annotations

from rich.table import Table


def plain_table(title: str) -> Table:
    """A table without lines, whose first column names the rows."""
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    return table


def money(value: float) -> str:
    """$ bn in few characters.

    >>> money(1234.5), money(-3.14159), money(-0.01)
    ('1,234', '-3.1', '0.0')
    """
    text = f"{value:,.1f}" if abs(value) < 9.95 else f"{value:,.0f}"
    return "0.0" if text == "-0.0" else text
