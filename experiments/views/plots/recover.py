"""Ranks of true values: their distributions within a band of even ones, and how many lie in each tenth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.questions.evidence.ranks import EVEN, band, below
from computeshift.experiments.questions.evidence.recover import OUTCOME, PARAMETER, Recovery
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import count, fixed
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, sourced
from computeshift.experiments.views.plots.stack import Panel, stacked
from computeshift.experiments.views.text.recover import BINS, histogram

_HIGH = 250  # px, of a panel
_TITLES = {PARAMETER: "Parameters that the facts inform", OUTCOME: "Outcomes that the facts inform"}


@sourced
def recover(answer: Recovery) -> Picture:
    """Per kind of quantity: distribution functions of ranks less even ones, and histograms of the ranks.

    The band holds all lines of its panel in 95% of cases if the calibration is right.
    """
    shown = {kind: _drawn(answer, kind) for kind in _TITLES}
    panels = [_functions(answer, kind, rows) for kind, rows in shown.items()]
    panels += [_histogram(answer, kind, rows) for kind, rows in shown.items()]
    option, high = stacked(panels)
    note = (
        f"Ranks of the true values in {count(len(answer.recoveries))} posteriors. Above: their distribution "
        "functions less even ones; grey: where all lines lie in 95% of cases if the calibration is right. "
        "A line above the band on the left and below it on the right: too narrow; the reverse: too wide. "
        "A line below it throughout: too low. Below: parts of the ranks; even bars are right."
    )
    table = pd.concat([rows.assign(**_histograms(answer, rows)) for rows in shown.values()])
    return Picture("recover", "Does calibration find what is known?", note, option, table, high)


def _drawn(answer: Recovery, kind: str) -> pd.DataFrame:
    """The quantities of a panel: those that the facts inform, and those with uneven ranks."""
    rows = answer.of_kind(kind)
    return rows[rows["informed"] | (rows["verdict"] != EVEN)]


def _functions(answer: Recovery, kind: str, rows: pd.DataFrame) -> Panel:
    """The band of even ranks, and a line per quantity."""
    even = band(len(answer.recoveries), max(len(rows), 1))
    edges = [even.low - even.at, even.high - even.low]
    series: list[dict[str, Any]] = [
        _line("band", even.at, edge)
        | {"stack": "band", "stackStrategy": "all", "color": style.FAINT}
        | {"lineStyle": {"width": 0}, "areaStyle": {"opacity": shade}, "tooltip": {"show": False}}
        for edge, shade in zip(edges, (0.0, 0.18), strict=True)
    ]
    for i, (name, row) in enumerate(rows.iterrows()):
        off = below(answer.ranks[name].to_numpy()) - even.at
        text = f"{name}: {row['verdict']}, sd {fixed(row['sd_ratio'], 2)} of the prior's"
        series.append(
            _line(str(name), even.at, off)
            | {"color": COLOURS[i % len(COLOURS)], "tooltip": {"formatter": text}}
            | {"lineStyle": {"width": 1.6 if row["verdict"] == EVEN else 3}, "step": "end"}
        )
    ranks = {"type": "value", "min": 0, "max": 1, "splitLine": {"show": False}, "axisLine": {"onZero": False}}
    axes = {
        "xAxis": _look("rank of the truth") | ranks,
        "yAxis": style.value_axis("less even") | {"scale": True},
    }
    return Panel(_TITLES[kind], style.base(grid=_GRID, **axes, series=series), _HIGH)


def _line(name: str, at: Any, values: Any) -> dict[str, Any]:
    points = zip(style.rounded(at), style.rounded(values), strict=True)
    return {
        "type": "line",
        "name": name,
        "symbol": "none",
        "triggerLineEvent": True,
        "data": [list(point) for point in points],
    }


def _histogram(answer: Recovery, kind: str, rows: pd.DataFrame) -> Panel:
    """The part of all ranks of a panel in each tenth."""
    counts = np.array([histogram(answer, str(name)) for name in rows.index]).reshape(-1, BINS).sum(axis=0)
    bars = {
        "type": "bar",
        "name": _TITLES[kind],
        "color": COLOURS[0],
        "data": style.rounded(counts / max(counts.sum(), 1)),
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": style.INK, "type": "dashed"},
            "label": {"formatter": "even", "position": "insideStartTop"},
            "data": [{"yAxis": 1 / BINS}],
        },
    }
    tenths = [f"to {100 * (i + 1) // BINS}%" for i in range(BINS)]
    names = _look("rank of the truth") | {"type": "category", "data": tenths, "axisTick": {"show": False}}
    option = style.base(grid=_GRID, xAxis=names, yAxis=style.value_axis(""), series=[bars])
    return Panel(f"{_TITLES[kind]}: ranks by tenths", option, _HIGH)


def _histograms(answer: Recovery, rows: pd.DataFrame) -> dict[str, list[int]]:
    """How many ranks lie in each tenth, as columns of a table."""
    counts = [histogram(answer, str(name)) for name in rows.index]
    return {f"tenth_{i + 1}": [one[i] for one in counts] for i in range(BINS)}


_GRID = {"left": 12, "right": 24, "top": 24, "bottom": 40, "containLabel": True}


def _look(name: str) -> dict[str, Any]:
    """The look of an axis of ranks."""
    return style.below(name) | {"axisLabel": {"color": style.INK, "fontSize": 10}}
