"""A comparison: what differs between sides as dots with intervals, over the same worlds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from computeshift.experiments.config.names import capitalised, in_words, named
from computeshift.experiments.questions.compare.comparison import MOST, UNITS, Comparison
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import count, fixed, minus, span, spans, unit_of_difference
from computeshift.experiments.views.plots.picture import Picture, sourced
from computeshift.experiments.views.plots.ranges import Ranges, height, ranges
from computeshift.experiments.views.plots.stack import Panel, stacked
from computeshift.experiments.views.text.compare import words

_ENDS = ["low", "difference", "high"]


@sourced
def compare(answer: Comparison) -> Picture:
    """Outcomes in standard deviations over worlds, claims in points, flows in $ bn and GW: one panel each.

    Parameters that moved most, where the sides have different posteriors.
    """
    panels = [
        _outcomes(answer),
        _claims(answer),
        *(_flows(answer, unit) for unit in UNITS),
        _parameters(answer),
    ]
    option, high = stacked([panel for panel in panels if panel is not None])
    note = f"Means of {count(answer.worlds)} paired worlds; lines: 95% intervals. An interval without zero "
    note += "is a significant difference."
    title = f"Differences in {answer.year}, {minus(answer.first)}"
    if len(answer.others) == 1:
        title = f"{answer.others[0]} {minus(answer.first)}, {answer.year}"
    return Picture("compare", title, note, option, _table(answer), high)


def _panel(
    title: str, answer: Comparison, rows: pd.DataFrame, unit: str, names: Sequence[str], axis: str = ""
) -> Panel | None:
    """A panel with one row per name and one colour per side; None if nothing differs."""
    if not len(names):
        return None
    series = []
    for i, side in enumerate(answer.others):
        own = rows[rows["config"] == side].drop_duplicates("name").set_index("name").reindex(list(names))
        spread = own[_ENDS].to_numpy(dtype=np.float64).T
        texts = own["text"] if "text" in own else spans(spread, unit, sign=True)
        series.append(Ranges(side, COLOURS[i % len(COLOURS)], spread, [str(text) for text in texts]))
    option = ranges(list(names), unit, *series, at=0)
    option["xAxis"] |= {"name": axis}
    return Panel(title, option, height(list(names), len(series)))


def _outcomes(answer: Comparison) -> Panel | None:
    """Differences over the outcome's spread, so that all fit one axis; without what does not vary."""
    known = answer.outcomes[answer.outcomes["spread"] > 0]
    texts = [
        span([row[end] for end in _ENDS], unit_of_difference(row["unit"]), sign=True)
        for row in known.to_dict("records")
    ]
    scaled = known[_ENDS].div(known["spread"], axis=0)
    rows = known.assign(**scaled, text=texts, name=known["outcome"].map(words))
    title = "Outcomes: mean difference, in standard deviations over worlds"
    return _panel(title, answer, rows, "", list(dict.fromkeys(rows["name"])))


def _claims(answer: Comparison) -> Panel | None:
    """Differences of how often claims hold."""
    rows = answer.claims.dropna(subset="difference")
    rows = rows.assign(name=rows["claim"].map(words))
    title = "Claims: difference of how often each holds, points"
    return _panel(title, answer, rows, "points", list(dict.fromkeys(rows["name"])))


def _flows(answer: Comparison, unit: str) -> Panel | None:
    """The flows of a unit that changed most on any side."""
    edges = answer.edges[answer.edges["unit"] == unit]
    ends = edges["source"].map(named) + " to " + edges["target"].map(named) + ", " + edges["kind"].map(named)
    edges = edges.assign(name=ends.map(capitalised))
    names = edges.sort_values("difference", key=abs, ascending=False, kind="stable")["name"]
    title = f"Flows that changed most in {answer.year}, {unit}"
    return _panel(title, answer, edges, unit, list(dict.fromkeys(names))[:MOST])


def _parameters(answer: Comparison) -> Panel | None:
    """The parameters that moved most, in widths of the first side's P10 to P90."""
    moved = answer.moved().sort_values("distance", ascending=False, kind="stable")
    width = moved["first_p90"] - moved["first_p10"]
    ends = dict(zip(_ENDS, ("p10", "p50", "p90"), strict=True))
    shifts = {end: (moved[at] - moved["first_p50"]) / width for end, at in ends.items()}
    texts = [f"median moved by {fixed(shift, 2, sign=True)} of the range" for shift in shifts["difference"]]
    rows = moved.assign(**shifts, text=texts, name=moved["parameter"].map(in_words).map(capitalised))
    title = f"Parameters that moved most: median, P10 to P90, from the median of {answer.first}"
    axis = "in widths of its P10 to P90"
    return _panel(title, answer, rows, "", list(dict.fromkeys(rows["name"]))[:MOST], axis)


def _table(answer: Comparison) -> pd.DataFrame:
    """What is compared, all kinds below each other: one row per side and thing."""
    ends = answer.edges
    edges = ends.assign(name=ends["source"] + " to " + ends["target"] + ", " + ends["kind"])
    parts = {
        "outcome": answer.outcomes.rename(columns={"outcome": "name"}),
        "claim": answer.claims.rename(columns={"claim": "name"}).assign(unit="share"),
        "flow": edges,
    }
    columns = ["of", "config", "name", "unit", *_ENDS]
    tables = [part.assign(of=of).reindex(columns=columns) for of, part in parts.items() if len(part)]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
