"""A comparison as a picture: what differs as dots with intervals, which edges changed as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from computeshift.experiments.answer import COLOURS, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from computeshift.experiments.comparison import Comparison


def drawn(told: Comparison) -> Figure:
    """Outcomes in standard deviations over worlds, claims in points, edges in $ bn and GW."""
    outcomes = _in_deviations(told.outcomes)
    claims = told.claims.dropna(subset="difference")
    claims = claims.assign(**{name: 100 * claims[name] for name in ("difference", "low", "high")})
    lines = max(outcomes["outcome"].nunique(), claims["claim"].nunique())
    sides = len(told.others)
    tall = 0.24 * lines + (0.3 + 0.12 * sides) * 8
    title = f"What differs from {told.first} in {told.year}, over {told.worlds:,} paired worlds"
    made = figure(12.0, 2.0 + tall, title)
    grid = made.subplots(2, 2, height_ratios=[0.24 * lines, (0.3 + 0.12 * sides) * 8])
    _dots(grid[0, 0], told.others, outcomes, "outcome")
    grid[0, 0].set_xlabel("difference, standard deviations over worlds (95% interval)")
    _dots(grid[0, 1], told.others, claims, "claim")
    grid[0, 1].set_xlabel("difference in how often a claim holds, points (95% interval)")
    for axes, unit in zip(grid[1], ("$ bn", "GW"), strict=True):
        _bars(axes, told, unit)
    made.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=sides, frameon=False)
    return made


def _in_deviations(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Differences over the outcome's spread, so that all fit one axis; without what does not vary."""
    known = outcomes[outcomes["spread"] > 0]
    scaled = known[["difference", "low", "high"]].div(known["spread"], axis=0)
    return known.assign(**scaled)


def _dots(axes: Axes, sides: list[str], rows: pd.DataFrame, of: str) -> None:
    """A line a name, a dot with its interval a side; what is first stands on top."""
    names = list(dict.fromkeys(rows[of]))
    for i, side in enumerate(sides):
        own = rows[rows["config"] == side]
        heights = [names.index(name) + _offset(i, sides) for name in own[of]]
        error = [own["difference"] - own["low"], own["high"] - own["difference"]]
        axes.errorbar(
            own["difference"], heights, xerr=error, fmt="o", ms=4, lw=1.2, color=_colour(i), label=side
        )
    _scale(axes, names)


def _bars(axes: Axes, told: Comparison, unit: str) -> None:
    """The edges that changed most on any side, a bar with its interval a side."""
    edges = told.edges[told.edges["unit"] == unit]
    edges = edges.assign(edge=edges["source"] + " → " + edges["target"] + ", " + edges["kind"])
    names = list(dict.fromkeys(edges.sort_values("difference", key=abs, ascending=False)["edge"]))[:8]
    thick = 0.8 / len(told.others)
    for i, side in enumerate(told.others):
        own = edges[(edges["config"] == side) & edges["edge"].isin(names)]
        heights = [names.index(name) + _offset(i, told.others) for name in own["edge"]]
        error = [own["difference"] - own["low"], own["high"] - own["difference"]]
        axes.barh(heights, own["difference"], thick, xerr=error, color=_colour(i), error_kw={"lw": 1})
    _scale(axes, names)
    axes.set_xlabel(f"change of the flow in {told.year}, {unit} (95% interval)")


def _scale(axes: Axes, names: list[str]) -> None:
    axes.axvline(0.0, color="0.4", lw=0.8, zorder=0)
    axes.set_yticks(np.arange(len(names)), names)
    axes.set_ylim(max(len(names), 1) - 0.4, -0.6)
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _offset(i: int, sides: list[str]) -> float:
    """Where a side stands within a line, so that none hides another."""
    return (i - (len(sides) - 1) / 2) * 0.8 / len(sides)


def _colour(i: int) -> str:
    return COLOURS[i % len(COLOURS)]
