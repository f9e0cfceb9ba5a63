"""A picture: an ECharts option, how to read it, and the numbers behind it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Picture:
    """A picture as data: report, dashboard and notebook show the same one.

    A picture without anything to show says why in `missing`; its option and its table are then empty.
    """

    name: str
    """A word for files and links, such as `network_2027`."""
    title: str
    note: str
    """How to read it: units, over how many worlds."""
    option: dict[str, Any]
    """What ECharts draws: plain data, ready for JSON."""
    table: pd.DataFrame
    """The numbers in the picture."""
    height: int = 400
    """The height it needs, px."""
    missing: str = ""
    """Why there is nothing to show, in words; empty if there is something."""

    def __repr__(self) -> str:
        if self.missing:
            return f"Nothing to show: {self.missing}"
        return f"{self.title}\n{self.table.round(4)}\n{self.note}"

    def _repr_html_(self) -> str:
        from computeshift.experiments.views.plots.library import framed

        return f"<p>{html.escape(repr(self))}</p>" if self.missing else framed(self)


def nothing(reason: str) -> Picture:
    """A picture with nothing to show, and the reason in words.

    >>> nothing("nobody invests")
    Nothing to show: nobody invests
    """
    import pandas as pd

    return Picture("nothing", "", "", {}, pd.DataFrame(), missing=reason)
