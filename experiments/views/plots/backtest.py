"""A backtest: facts as dots on the forecasts of the worlds."""

from __future__ import annotations

import numpy as np

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.evidence.backtest import Backtest, log_ratio_of
from computeshift.experiments.questions.evidence.scores import RIVALS
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import figures
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, sourced
from computeshift.experiments.views.plots.ranges import Ranges, height, ranges


@sourced
def backtest(answer: Backtest) -> Picture:
    """The worlds' forecast of each fact of a year, P5 to P95 over the fact itself, on a log axis."""
    facts = answer.facts
    low, middle, high = (np.exp(log_ratio_of(facts, name)) for name in ("p5", "p50", "p95"))
    spread = np.stack([np.minimum(low, high), middle, np.maximum(low, high)])
    names = facts["entity"].str.split(" (", regex=False).str[0] + " " + facts["variable"]
    rows = [capitalised(named(name)) + f" {when}" for name, when in zip(names, facts["when"], strict=True)]
    texts = [
        "{} ({} to {})".format(*(figures(row[name]) for name in ("p50", "p5", "p95")))
        + f" {row['unit']}; was {figures(row['value'])}"
        for row in facts.to_dict("records")
    ]
    option = ranges(rows, "forecast over fact", Ranges("worlds, P5 to P95", COLOURS[0], spread, texts))
    option["xAxis"] |= {"type": "log", "name": "forecast over fact (1 = the fact), log axis"}
    shift = option["series"][1]["data"][0][1] if len(rows) else 0.0
    common = {"type": "scatter", "yAxisIndex": 1, "symbolSize": 9, "encode": style.POINT}
    common |= {"dimensions": ["ratio", "row", {"name": "text", "type": "ordinal"}]}
    marks = {"the fact": ("circle", COLOURS[7], np.ones(len(rows)), facts["value"])}
    for rival, symbol, colour in (("growth", "diamond", COLOURS[1]), ("plan", "triangle", COLOURS[2])):
        ratio = np.exp(log_ratio_of(facts, rival))
        marks[RIVALS[rival]] = (symbol, colour, ratio, facts[f"{rival}_value"])
    for name, (symbol, colour, ratios, values) in marks.items():
        points = [
            [float(f"{ratio:.5g}"), i + shift, figures(value)]
            for i, (ratio, value) in enumerate(zip(ratios, values, strict=True))
            if np.isfinite(ratio)
        ]
        option["series"].append(common | {"name": name, "symbol": symbol, "color": colour, "data": points})
    option["grid"]["top"] += 20
    option["legend"] = style.legend(data=["worlds, P5 to P95", *marks])
    inside = int(facts["covered"].sum())
    note = (
        f"{inside} of {len(facts)} facts lie between P5 and P95 of the worlds; 90% would if the model were "
    )
    note += "right and its spread honest."
    title = f"What the model forecast for {answer.score}, over what happened"
    return Picture(f"backtest_{answer.score}", title, note, option, facts, height(rows) + 20)
