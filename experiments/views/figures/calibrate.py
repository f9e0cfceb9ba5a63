"""The figure of `calibrate`: where the facts moved parameters, beside where they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.figures.figure import figure
from computeshift.experiments.views.text.calibrate import SHOWN

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from computeshift.experiments.questions.evidence.calibrate import Calibration


def draw(answer: Calibration) -> Figure:
    """The parameters that moved most, as parts of their prior's P10 to P90."""
    beyond = (answer.moved["distance"] > answer.threshold).sum()
    most = answer.moved.head(min(max(beyond, 1), SHOWN))[::-1]
    title = f"What the facts moved, {beyond} of {len(answer.moved)}: prior (grey) and posterior"
    page = figure(8.0, 1.5 + 0.4 * len(most), title)
    axes = page.add_subplot()
    width = most["prior_p90"] - most["prior_p10"]
    for i, (_, row) in enumerate(most.iterrows()):
        ends = [(row[f"posterior_{q}"] - row["prior_p10"]) / width.iloc[i] for q in ("p10", "p50", "p90")]
        axes.plot([0, 1], [i, i], color="0.8", linewidth=9, solid_capstyle="butt")
        axes.plot([ends[0], ends[2]], [i, i], color=COLOURS[0], linewidth=4, solid_capstyle="butt")
        axes.plot(ends[1], i, "o", color=COLOURS[3])
    axes.set_yticks(range(len(most)), [str(name) for name in most.index])
    axes.set_xlabel("P10 to P90; 0 and 1 are the prior's, the dot is the posterior's median")
    axes.spines[["top", "right"]].set_visible(False)
    return page
