"""A comparison as a picture: what differs as dots with intervals, which edges changed as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from computeshift.experiments.config.names import named
from computeshift.experiments.questions.compare.comparison import MOST, UNITS
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.figures.figure import figure
from computeshift.experiments.views.format import count, minus

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import HashableList

    from computeshift.experiments.questions.compare.comparison import Comparison


def draw(answer: Comparison) -> Figure:
    """Outcomes in standard deviations over worlds, claims in points, flows in $ bn and GW."""
    outcomes = _in_deviations(answer.outcomes)
    claims = answer.claims.dropna(subset="difference")
    claims = claims.assign(**{name: 100 * claims[name] for name in ("difference", "low", "high")})
    sides = len(answer.others)
    upper = (0.16 + 0.08 * sides) * max(outcomes["outcome"].nunique(), claims["claim"].nunique())
    lower = (0.16 + 0.12 * sides) * MOST
    moved = _in_widths(answer)
    last = (0.16 + 0.08 * sides) * moved["parameter"].nunique()
    over = f"means of {count(answer.worlds)} paired worlds, 95% intervals"
    title = f"Differences in {answer.year}, {minus(answer.first)}: {over}"
    page = figure(12.0, 2.0 + upper + lower + (1.0 + last if last else 0.0), title)
    areas: list[HashableList[str]] = [["outcomes", "claims"], list(UNITS)]
    heights = [upper, lower]
    if last:
        areas.append(["parameters", "parameters"])
        heights.append(last)
    axes = page.subplot_mosaic(areas, height_ratios=heights)
    left, right = axes["outcomes"], axes["claims"]
    _dots(left, answer.others, outcomes, "outcome")
    left.set_xlabel("mean difference, standard deviations over worlds")
    _dots(right, answer.others, claims, "claim")
    right.set_xlabel("difference of how often a claim holds, points")
    for unit in UNITS:
        _bars(axes[unit], answer, unit)
    if last:
        _dots(axes["parameters"], answer.others, moved, "parameter")
        widths = f"median, and P10 to P90: from the median of {answer.first}, over its P10 to P90"
        axes["parameters"].set_xlabel(f"{widths} (parameters that moved most)")
    labels = left.get_legend_handles_labels()
    page.legend(*labels, loc="outside lower center", ncols=min(sides, 4), frameon=False)
    return page


def _in_deviations(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Differences over the outcome's spread, so that all fit one axis; without what does not vary."""
    known = outcomes[outcomes["spread"] > 0]
    scaled = known[["difference", "low", "high"]].div(known["spread"], axis=0)
    return known.assign(**scaled)


def _in_widths(answer: Comparison) -> pd.DataFrame:
    """The parameters that moved most, in widths of the first side: one row per side and parameter."""
    moved = answer.moved()
    names = moved.sort_values("distance", ascending=False)["parameter"].unique()[:MOST]
    shown = moved[moved["parameter"].isin(names)].sort_values("distance", ascending=False)
    width = shown["first_p90"] - shown["first_p10"]
    ends = {"low": "p10", "difference": "p50", "high": "p90"}
    return shown.assign(**{to: (shown[at] - shown["first_p50"]) / width for to, at in ends.items()})


def _dots(axes: Axes, sides: list[str], rows: pd.DataFrame, of: str) -> None:
    """One line per name, one dot with its interval per side; the first name stands on top."""
    names = list(dict.fromkeys(rows[of]))
    for i, side in enumerate(sides):
        own = rows[rows["config"] == side]
        heights = [names.index(name) + _offset(i, sides) for name in own[of]]
        error = [own["difference"] - own["low"], own["high"] - own["difference"]]
        axes.errorbar(
            own["difference"], heights, xerr=error, fmt="o", ms=4, lw=1.2, color=_colour(i), label=side
        )
    _scale(axes, names)


def _bars(axes: Axes, answer: Comparison, unit: str) -> None:
    """The edges that changed most on any side, one bar with its interval per side."""
    edges = answer.edges[answer.edges["unit"] == unit]
    edges = edges.assign(
        edge=(edges["source"] + " → " + edges["target"]).map(named) + ", " + edges["kind"].map(named)
    )
    names = list(dict.fromkeys(edges.sort_values("difference", key=abs, ascending=False)["edge"]))[:MOST]
    thick = 0.8 / len(answer.others)
    for i, side in enumerate(answer.others):
        own = edges[(edges["config"] == side) & edges["edge"].isin(names)]
        heights = [names.index(name) + _offset(i, answer.others) for name in own["edge"]]
        error = [own["difference"] - own["low"], own["high"] - own["difference"]]
        axes.barh(heights, own["difference"], thick, xerr=error, color=_colour(i), error_kw={"lw": 1})
    _scale(axes, names)
    if not names:
        axes.text(0.5, 0.5, "no flow differs", transform=axes.transAxes, ha="center", color="0.4")
    axes.set_xlabel(f"mean difference of the flow in {answer.year}, {unit}")


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
