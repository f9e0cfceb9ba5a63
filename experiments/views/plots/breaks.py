"""Broken deals: a ranking of what each does to a firm, calm beside a storm."""

from __future__ import annotations

import numpy as np

from computeshift.experiments.config.names import named, possessive
from computeshift.experiments.questions.breaks.breaks import CALM, STORM, Breaks
from computeshift.experiments.questions.breaks.hurt import WORTH
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import spans, worlds
from computeshift.experiments.views.plots.picture import Picture, sourced
from computeshift.experiments.views.plots.ranges import Ranges, height, ranges
from computeshift.experiments.views.text.breaks import ROWS, effects, finding, name_of, unit_of
from computeshift.experiments.views.text.records import records

_WEATHERS = {CALM: ("calm", COLOURS[5]), STORM: ("in a storm", COLOURS[3])}


@sourced
def breaks(answer: Breaks) -> Picture:
    """One row per deal: a dot for the mean difference, a line for its 95% interval, a colour per weather."""
    unit, rows = unit_of(answer, answer.ranked_by), records(answer.breaks.head(ROWS))
    series = []
    for weather, (name, colour) in _WEATHERS.items():
        own = effects(answer, weather, answer.ranked_by).head(ROWS)
        spread = own[["low", "difference", "high"]].to_numpy(dtype=np.float64).T
        series.append(Ranges(name, colour, spread, spans(spread, unit, sign=True)))
    what = f"{possessive(named(answer.hurts))} worth" if answer.ranked_by == WORTH else answer.ranked_by
    title = f"What a deal that breaks in {answer.year} does to {what}"
    note = f"Mean difference to the same worlds without the break, and its 95% interval. {finding(answer)} "
    note += f"{worlds(answer.worlds)} to {answer.until}."
    names = [name_of(row) for row in rows]
    option = ranges(names, unit, *series, at=0)
    numbers = answer.breaks[["deal", "payer", *_WEATHERS]]
    return Picture("breaks", title, note, option, numbers, height(names, len(series)))
