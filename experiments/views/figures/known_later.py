"""The figure of `known_later`: headline outcomes before the facts, with them, and with the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.figures.figure import figure
from computeshift.experiments.views.text.known_later import NAMES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from computeshift.experiments.questions.evidence.known_later import KnownLater

_STYLES = {"prior": ("0.75", 0.2), "known": (COLOURS[0], 0.0), "then": (COLOURS[3], -0.2)}
"""Colour of each run, and how far it is above the middle of an outcome's row."""


def draw(answer: KnownLater) -> Figure:
    """One bar per outcome and run, as parts of the outcome's P10 to P90 before the facts."""
    rows = answer.headlines[::-1]
    title = f"{answer.config}, known until {answer.at}" + (" and changed then" if answer.changes else "")
    page = figure(8.0, 1.5 + 0.5 * len(rows), title)
    axes = page.add_subplot()
    width = (rows["prior_p90"] - rows["prior_p10"]).where(lambda wide: wide > 0, 1.0)
    for run, (colour, above) in _STYLES.items():
        if f"{run}_p50" not in rows:
            continue
        ends = {q: (rows[f"{run}_{q}"] - rows["prior_p10"]) / width for q in ("p10", "p50", "p90")}
        at = [i + above for i in range(len(rows))]
        axes.hlines(at, ends["p10"], ends["p90"], color=colour, linewidth=5, label=NAMES[run])
        axes.plot(ends["p50"], at, "|", color="black", markersize=7)
    axes.set_yticks(range(len(rows)), [capitalised(named(short)) for short in rows["short"]])
    axes.set_xlabel("P10 to P90, marks at the median; 0 and 1 are P10 and P90 before the facts")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    axes.spines[["top", "right"]].set_visible(False)
    return page
