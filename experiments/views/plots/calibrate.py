"""A calibration: where the facts moved parameters, beside where they were."""

from __future__ import annotations

import numpy as np

from computeshift.experiments.config.names import capitalised, in_words
from computeshift.experiments.questions.evidence.calibrate import Calibration
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import figures, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, sourced
from computeshift.experiments.views.plots.ranges import Ranges, height, ranges
from computeshift.experiments.views.text.calibrate import SHOWN

_SIDES = {"prior": ("before the facts (prior)", style.FAINT), "posterior": ("after (posterior)", COLOURS[0])}


@sourced
def calibrate(answer: Calibration) -> Picture:
    """The parameters that moved most: median, P10 to P90 before and after, as percent of the range before."""
    beyond = int((answer.moved["distance"] > answer.threshold).sum())
    most = answer.moved.head(min(max(beyond, 1), SHOWN))
    low, width = most["prior_p10"], most["prior_p90"] - most["prior_p10"]
    series = []
    for side, (name, colour) in _SIDES.items():
        own = most[[f"{side}_{quantile}" for quantile in ("p10", "p50", "p90")]]
        spread = own.sub(low, axis=0).div(width, axis=0).to_numpy(dtype=np.float64).T
        texts = [f"{figures(b)} ({figures(a)} to {figures(c)})" for a, b, c in own.to_numpy(dtype=np.float64)]
        series.append(Ranges(name, colour, spread, texts))
    rows = [capitalised(in_words(str(name))) for name in most.index]
    option = ranges(rows, "share", *series)
    option["xAxis"] |= {"name": "% of the way from P10 to P90 of the prior"}
    note = (
        f"Median, P10 to P90 of {worlds(len(answer.fit.says))}, as part of the prior's P10 (0) to P90 (100). "
        f"{beyond} of {len(answer.moved)} moved further than chance would."
    )
    title = f"What the facts moved: {beyond} of {len(answer.moved)} parameters and factors"
    table = answer.moved.reset_index(names="parameter")
    return Picture("calibrate", title, note, option, table, height(rows, len(series)))
