"""A picture: what ECharts is told to draw, how to read it, and the numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Picture:
    """A picture as data: whoever shows it, report, dashboard or notebook, shows the same one."""

    name: str
    """A word for files and links, such as `network_2027`."""
    title: str
    note: str
    """How to read it: units, over how many worlds."""
    option: dict[str, Any]
    """What ECharts draws: plain data, ready for JSON."""
    table: pd.DataFrame
    """The numbers that it shows."""
    height: int = 400
    """How high it wants to be, px."""

    def __repr__(self) -> str:
        return f"{self.title}\n{self.table.round(4)}\n{self.note}"

    def _repr_html_(self) -> str:
        from computeshift.experiments.views.plots.library import framed

        return framed(self)
