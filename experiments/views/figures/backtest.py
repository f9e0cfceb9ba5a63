"""The figure of `backtest`: what the worlds said over what was, fact by fact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from computeshift.experiments.config.names import named
from computeshift.experiments.questions.evidence.backtest import log_ratio_of
from computeshift.experiments.questions.evidence.scores import RIVALS
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.figures.figure import figure
from computeshift.experiments.views.format import figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from computeshift.experiments.questions.evidence.backtest import Backtest


def draw(answer: Backtest) -> Figure:
    """What the worlds said over what was, fact by fact, P5 to P95 on a log axis."""
    facts = answer.facts[::-1].reset_index(drop=True)
    title = f"{answer.score}: {int(facts['covered'].sum())} of {len(facts)} facts within P5 to P95"
    page = figure(8.0, 1.6 + 0.3 * len(facts), title)
    axes = page.add_subplot()
    ends = [np.exp(log_ratio_of(facts, name)) for name in ("p5", "p50", "p95", *RIVALS)]
    rows = np.arange(len(facts))
    low, high = np.minimum(ends[0], ends[2]), np.maximum(ends[0], ends[2])
    axes.hlines(rows, low, high, color=COLOURS[0], linewidth=5, alpha=0.5, label="worlds, P5 to P95")
    axes.plot(ends[1], rows, "|", color=COLOURS[0], markersize=11, markeredgewidth=2, label="median")
    axes.plot(ends[3], rows, "x", color=COLOURS[1], label=RIVALS["growth"])
    axes.plot(ends[4], rows, "^", color=COLOURS[2], label=RIVALS["plan"])
    axes.plot(np.ones(len(facts)), rows, "o", color=COLOURS[7], markersize=5, label="fact")
    axes.set_xscale("log")
    ticks = [tick for tick in (0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100) if _within(tick, axes.get_xlim())]
    axes.set_xticks(ticks, [figures(tick) for tick in ticks])
    axes.minorticks_off()
    names = facts["entity"].str.split(" (", regex=False).str[0] + " " + facts["variable"]
    axes.set_yticks(rows, names.map(named) + " " + facts["when"])
    axes.set_xlabel("said over what was (1 = the fact)")
    axes.spines[["top", "right"]].set_visible(False)
    page.legend(loc="outside lower center", ncols=3, frameon=False, fontsize="small")
    return page


def _within(tick: float, bounds: Sequence[float]) -> bool:
    return bounds[0] <= tick <= bounds[1]
