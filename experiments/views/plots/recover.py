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
from computeshift.experiments.views.text.recover import BINS, histogram

_TOP, _PANEL, _BETWEEN, _BELOW = 60, 190, 92, 48  # px
_TITLES = {PARAMETER: "Parameters that the facts inform", OUTCOME: "Outcomes that the facts inform"}


@sourced
def recover(answer: Recovery) -> Picture:
    """Per kind of quantity: distribution functions of ranks less even ones, and histograms of the ranks.

    The band holds all lines of its panel in 95% of cases if the calibration is right.
    """
    panels = {kind: _drawn(answer, kind) for kind in _TITLES}
    series = [one for i, kind in enumerate(panels) for one in _lines(answer, panels[kind], i)]
    series += [_bars(answer, rows, kind, i + len(panels)) for i, (kind, rows) in enumerate(panels.items())]
    tops = [_TOP, _TOP + _PANEL + _BETWEEN]
    places = [(row, column) for row in range(2) for column in range(len(panels))]
    option = style.base(
        title=[
            _title(text, tops[row] - 46, column)
            for row, column in places
            for text in [list(_TITLES.values())[column] + (": ranks by tenths" if row else "")]
        ],
        grid=[_grid(tops[row], column) for row, column in places],
        xAxis=[_axis(i) for i in range(len(places))],
        yAxis=[
            style.value_axis("" if i >= len(panels) else "less even")
            | {"gridIndex": i, "scale": i < len(panels)}
            for i in range(len(places))
        ],
        series=series,
    )
    note = (
        f"Ranks of the true values in {count(len(answer.recoveries))} posteriors. Above: their distribution "
        "functions less even ones; grey: where all lines lie in 95% of cases if the calibration is right. "
        "A line above the band on the left and below it on the right: too narrow; the reverse: too wide. "
        "A line below it throughout: too low. Below: parts of the ranks; even bars are right."
    )
    table = pd.concat([rows.assign(**_histograms(answer, rows)) for rows in panels.values()])
    return Picture("recover", "Does calibration find what is known?", note, option, table, sum(_heights()))


def _heights() -> tuple[int, ...]:
    return _TOP, _PANEL, _BETWEEN, _PANEL, _BELOW


def _drawn(answer: Recovery, kind: str) -> pd.DataFrame:
    """The quantities of a panel: those that the facts inform, and those with uneven ranks."""
    rows = answer.of_kind(kind)
    return rows[rows["informed"] | (rows["verdict"] != EVEN)]


def _lines(answer: Recovery, rows: pd.DataFrame, panel: int) -> list[dict[str, Any]]:
    """The band of even ranks, and a line per quantity."""
    even = band(len(answer.recoveries), max(len(rows), 1))
    edges = [even.low - even.at, even.high - even.low]
    series: list[dict[str, Any]] = [
        _line(f"band {panel}", even.at, edge, panel)
        | {"stack": f"band {panel}", "stackStrategy": "all", "color": style.FAINT}
        | {"lineStyle": {"width": 0}, "areaStyle": {"opacity": shade}, "tooltip": {"show": False}}
        for edge, shade in zip(edges, (0.0, 0.18), strict=True)
    ]
    for i, (name, row) in enumerate(rows.iterrows()):
        off = below(answer.ranks[name].to_numpy()) - even.at
        text = f"{name}: {row['verdict']}, sd {fixed(row['sd_ratio'], 2)} of the prior's"
        series.append(
            _line(str(name), even.at, off, panel)
            | {"color": COLOURS[i % len(COLOURS)], "tooltip": {"formatter": text}}
            | {"lineStyle": {"width": 1.6 if row["verdict"] == EVEN else 3}, "step": "end"}
        )
    return series


def _line(name: str, at: Any, values: Any, panel: int) -> dict[str, Any]:
    points = zip(style.rounded(at), style.rounded(values), strict=True)
    return {
        "type": "line",
        "name": name,
        "symbol": "none",
        "xAxisIndex": panel,
        "yAxisIndex": panel,
        "triggerLineEvent": True,
        "data": [list(point) for point in points],
    }


def _bars(answer: Recovery, rows: pd.DataFrame, kind: str, panel: int) -> dict[str, Any]:
    """The part of all ranks of a panel in each tenth."""
    counts = np.array([histogram(answer, str(name)) for name in rows.index]).reshape(-1, BINS).sum(axis=0)
    parts = counts / max(counts.sum(), 1)
    line = {"color": style.INK, "type": "dashed"}
    return {
        "type": "bar",
        "name": _TITLES[kind],
        "color": COLOURS[0],
        "xAxisIndex": panel,
        "yAxisIndex": panel,
        "data": style.rounded(parts),
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": line,
            "label": {"formatter": "even", "position": "insideStartTop"},
            "data": [{"yAxis": 1 / BINS}],
        },
    }


def _histograms(answer: Recovery, rows: pd.DataFrame) -> dict[str, list[int]]:
    """How many ranks lie in each tenth, as columns of a table."""
    counts = [histogram(answer, str(name)) for name in rows.index]
    return {f"tenth_{i + 1}": [one[i] for one in counts] for i in range(BINS)}


def _title(text: str, top: int, column: int) -> dict[str, Any]:
    look = {"fontSize": 13, "color": style.INK}
    return {"text": text, "left": f"{50 * column}%", "top": top, "textStyle": look}


def _grid(top: int, column: int) -> dict[str, Any]:
    width = {"left": f"{50 * column + 5}%", "width": "43%"}
    return {**width, "top": top, "height": _PANEL}


def _axis(panel: int) -> dict[str, Any]:
    """The axis of ranks: from 0 to 1 above, tenths below."""
    look: dict[str, Any] = {"gridIndex": panel, "axisLabel": {"color": style.INK, "fontSize": 10}}
    name = {"name": "rank of the truth", "nameLocation": "middle", "nameGap": 24}
    if panel < len(_TITLES):
        hidden = {"splitLine": {"show": False}, "axisLine": {"onZero": False}}
        return look | name | {"type": "value", "min": 0, "max": 1} | hidden
    tenths = [f"to {100 * (i + 1) // BINS}%" for i in range(BINS)]
    return look | name | {"type": "category", "data": tenths, "axisTick": {"show": False}}
