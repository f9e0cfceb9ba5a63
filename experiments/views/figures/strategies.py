"""The figure of `strategies`: what each pays beyond the reference, and how often it is best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.figures.figure import figure
from computeshift.experiments.views.format import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from computeshift.experiments.questions.games.strategies import Strategies


def draw(answer: Strategies) -> Figure:
    """Each strategy's paired difference to the reference, and how often it is best."""
    best = str(answer.table["mean"].idxmax())
    chance = float(answer.table["best"][best])
    title = f"Which strategy pays {named(answer.firm)} by {answer.until}? {capitalised(best)} on average, "
    title += f"best in {percent(chance)} of worlds"
    page = figure(9.0, 1.6 + 0.5 * len(answer.table), title)
    left, right = page.subplots(1, 2, sharey=True, width_ratios=(2, 1))
    _differences(answer, left)
    _chances(answer, right)
    return page


def _differences(answer: Strategies, axes: Axes) -> None:
    names = list(answer.table.index)[::-1]
    for y, name in enumerate(names):
        row = answer.table.loc[name]
        for ends, colour, width in (("difference_p10 difference_p90", 5, 6), ("gain_low gain_high", 0, 12)):
            span = [row[end] for end in ends.split()]
            axes.plot(span, [y, y], color=COLOURS[colour], lw=width, solid_capstyle="butt")
        axes.plot(row["median_gain"], y, "o", color="white", markeredgecolor=COLOURS[7])
    axes.axvline(0, color=COLOURS[7], lw=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(
        f"payoff less that of {answer.reference} in the same world, $ bn\n"
        "light: P10 to P90; dark: mean, 95% interval; dot: median"
    )


def _chances(answer: Strategies, axes: Axes) -> None:
    table = answer.table.iloc[::-1]
    for shift, column, colour in ((0.2, "best", 2), (-0.2, "distress", 3)):
        y = np.arange(len(table)) + shift
        axes.barh(y, 100 * table[column], height=0.38, color=COLOURS[colour], label=column)
    axes.set_xlabel("% of worlds")
    axes.set_xlim(0, 100)
    axes.legend(frameon=False, fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
