"""The figure of `explain`: how often each limit decided a firm's main decisions, year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from computeshift.environment.decisions import limit_name, meaning
from computeshift.experiments.config.names import named
from computeshift.experiments.questions.explain.binding import CONTENT
from computeshift.experiments.questions.explain.explanation import VENTURE
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.figures.figure import figure
from computeshift.experiments.views.text.explain import SEEN, cause_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from computeshift.experiments.questions.explain.explanation import Explanation

PANELS = 4  # decisions at most


def draw(answer: Explanation) -> Figure:
    """Stacked bars of what limited the firm's main decisions, one panel per decision."""
    panels = _panels(answer)
    rows = (len(panels) + 1) // 2
    page = figure(9.0, 0.6 + 3.2 * rows, f"What limited {named(answer.firm)}, by year")
    for i, (title, shares) in enumerate(panels.items()):
        axes = page.add_subplot(rows, min(len(panels), 2), i + 1)
        _stack(axes, title, shares)
    return page


def _panels(answer: Explanation) -> dict[str, pd.DataFrame]:
    """The decisions that were held most often, causes x years each; Stargate's causes first."""
    panels = {}
    if answer.firm == VENTURE:
        causes = answer.venture.assign(cause=answer.venture["cause"].map(cause_text))
        wide = causes.pivot_table(index="cause", columns="year", values="share", sort=False, fill_value=0.0)
        panels["new sites: whose limit decided in the end"] = wide
    mine = answer.bound[answer.bound["firm"] == answer.firm]
    held = mine[~mine["limit"].isin(CONTENT)].groupby("decision", sort=False)["share"].sum()
    for decision in held.sort_values(ascending=False, kind="stable").index[: PANELS - len(panels)]:
        rows = mine[mine["decision"] == decision]
        wide = rows.pivot_table(index="limit", columns="year", values="share", sort=False)
        panels[named(meaning(str(decision)))] = wide.rename(index=limit_name)
    return panels


def _stack(axes: Axes, title: str, shares: pd.DataFrame) -> None:
    """Stacked bars, one per year: a limit has a colour, then hatched; a rare one has none."""
    shares = shares[shares.max(axis="columns") >= SEEN]
    years = [str(year) for year in shares.columns]
    foot = pd.Series(0.0, index=shares.columns)
    for i, (limit, share) in enumerate(shares.iterrows()):
        again, colour = divmod(i, len(COLOURS))
        bars = axes.bar(years, 100 * share, bottom=100 * foot, color=COLOURS[colour], label=str(limit))
        for bar in bars:
            bar.set(hatch="//" * again, edgecolor="white", linewidth=0)
        foot = foot + share
    axes.set_title(title, fontsize="medium", loc="left")
    axes.set_ylabel("% of worlds")
    axes.set_ylim(0, 100)
    axes.legend(fontsize="x-small", loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2, frameon=False)
