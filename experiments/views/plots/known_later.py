"""Known later: headline outcomes before the facts, with them, and with a change after them."""

from __future__ import annotations

import numpy as np

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.evidence.known_later import KnownLater
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import span
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, sourced
from computeshift.experiments.views.plots.ranges import Ranges, height, ranges
from computeshift.experiments.views.text.known_later import NAMES

_COLOURS = {"prior": style.FAINT, "known": COLOURS[0], "then": COLOURS[3]}


@sourced
def known_later(answer: KnownLater) -> Picture:
    """One row per outcome, a range per run, as parts of the outcome's P10 to P90 before the facts."""
    rows, series = answer.headlines, []
    low = rows["prior_p10"]
    width = (rows["prior_p90"] - low).where(lambda wide: wide > 0, 1.0)
    for run, colour in _COLOURS.items():
        if f"{run}_p50" not in rows:
            continue
        own = rows[[f"{run}_{quantile}" for quantile in ("p10", "p50", "p90")]]
        texts = [span(band, unit) for band, unit in zip(own.to_numpy(np.float64), rows["unit"], strict=True)]
        spread = own.sub(low, axis=0).div(width, axis=0).to_numpy(np.float64).T
        series.append(Ranges(NAMES[run], colour, spread, texts))
    names = [capitalised(named(short)) for short in rows["short"]]
    title = f"{answer.config}, known until {answer.at}" + (" and changed then" if answer.changes else "")
    note = "P10 to P90, dots at the median; 0 and 1 are P10 and P90 before the facts."
    option = ranges(names, "", *series)
    return Picture("known_later", title, note, option, rows, height(names, len(series)))
