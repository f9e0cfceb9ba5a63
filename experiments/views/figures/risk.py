"""The figure of `risk`: whose default drags whom, what returns, how concentrated the market is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from computeshift.experiments.config.names import named, possessive
from computeshift.experiments.questions.risk.circulation import ALL_YEARS, TOGETHER
from computeshift.experiments.questions.risk.concentration import OWNERS, SALES
from computeshift.experiments.views.colours import colours
from computeshift.experiments.views.figures.figure import figure
from computeshift.experiments.views.format import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from computeshift.experiments.questions.risk.risk import Risk

_MOST = 8


def draw(risk: Risk) -> Figure:
    """A heatmap of impacts in the riskiest year, and lines with bands of the rest by year."""
    year = risk.riskiest
    worst = possessive(named(risk.worst["firm"]))
    page = figure(12, 7, f"In {year} {worst} default would drag most ({risk.name})")
    grid = page.add_gridspec(2, 2, width_ratios=[1.25, 1])
    above, below = page.add_subplot(grid[0, 1]), page.add_subplot(grid[1, 1])
    _heatmap(page.add_subplot(grid[:, 0]), risk, year)
    ever = risk.returned[risk.returned["year"] != ALL_YEARS]
    investors = ever[(ever.groupby("investor")["p90"].transform("max") > 0) | (ever["investor"] == TOGETHER)]
    paint = colours([*risk.ranks["firm"], *(name for name in investors["investor"] if name != TOGETHER)])
    paint |= {TOGETHER: "#000000", OWNERS: "#000000", SALES: "#8C8C8C"}
    paint |= {f"compute of {firm}": colour for firm, colour in paint.items()}
    _lines(above, investors, "investor", paint, "Equity that came back as revenue", "% of what was paid in")
    index = "Herfindahl's index, 100 is one supplier"
    _lines(below, risk.concentration, "market", paint, "Concentration", index)
    return page


def _heatmap(axes: Axes, risk: Risk, year: int) -> None:
    """Firms that fail down the side, firms that are dragged along the foot; numbers if they are few."""
    wide = risk.impacts[risk.impacts["year"] == year].pivot(index="of", columns="on", values="p50") * 100
    of = risk.ranks[risk.ranks["year"] == year].sort_values("p50", ascending=False)["firm"].tolist()
    on = [*of, *(name for name in wide.columns if name not in of)]
    wide = wide.reindex(index=of, columns=on)
    image = axes.imshow(wide.to_numpy(), cmap="YlOrRd", vmin=0, vmax=100, aspect="auto")
    axes.set_xticks(range(len(on)), [named(name) for name in on], rotation=45, ha="right")
    axes.set_yticks(range(len(of)), [named(name) for name in of])
    axes.set_xlabel("loses this part of its buffer, % (median)")
    axes.set_ylabel("if this firm defaults")
    if len(on) <= 14:
        for i, row in enumerate(wide.to_numpy()):
            for j, value in enumerate(row):
                if value >= 0.5:
                    colour = "white" if value > 60 else "black"
                    axes.text(j, i, fixed(value, 0), ha="center", va="center", color=colour, fontsize=8)
    axes.figure.colorbar(image, ax=axes, shrink=0.7, label="%")


def _lines(axes: Axes, rows: pd.DataFrame, by: str, paint: Mapping[str, str], title: str, label: str) -> None:
    """Medians by year in each name's colour, with its band of P10 to P90; the highest of them."""
    highest = rows.groupby(by)["p50"].max().sort_values(ascending=False, kind="stable").index[:_MOST]
    for name in map(str, highest):
        colour, line = paint[name], rows[rows[by] == name].sort_values("year")
        years = line["year"].astype(int)
        axes.plot(years, line["p50"] * 100, color=colour, label=named(name))
        axes.fill_between(years, line["p10"] * 100, line["p90"] * 100, color=colour, alpha=0.2, lw=0)
    axes.set_title(title, loc="left", fontsize="medium")
    axes.set_ylabel(label, fontsize="small")
    axes.set_ylim(0, 100)
    axes.locator_params(axis="x", integer=True)
    if len(highest):
        axes.legend(fontsize="small", loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
