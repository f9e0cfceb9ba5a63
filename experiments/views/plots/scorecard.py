"""The scorecard: where facts fall among the worlds, and each fact as a dot on its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.evidence.measures import WAYS
from computeshift.experiments.questions.evidence.scorecard import Scorecard
from computeshift.experiments.questions.evidence.scored import GROUPS
from computeshift.experiments.questions.evidence.weighing import Array, log_ratio
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import figures, percent
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, sourced

_BINS = 10
_ROW = 9  # px
_HISTOGRAM, _TOP, _BETWEEN, _BELOW = 150, 92, 66, 56  # px
_NAMES, _WIDTH = 250, 700  # px, width of the names of variables, and of all
_IN, _OUT = "fact within P5 to P95", "fact outside"
_WAYS = {"drawn": "as drawn", "fitted": "fitted on what came before"}


@sourced
def scorecard(answer: Scorecard) -> Picture:
    """A histogram of the facts' places among the worlds, and the facts over the worlds' medians.

    The places (probability integral transforms) are even if the worlds are as uncertain as they should be.
    Below, one row per fact and start: the worlds' intervals and the fact, over their median, on a log axis.
    """
    facts = _ordered(answer.facts[answer.facts["way"] == "fitted"])
    names = _names(facts)
    below = _TOP + _HISTOGRAM + _BETWEEN
    starts = list(dict.fromkeys(answer.facts["start"]))
    shades = dict(zip(starts, (COLOURS[0], COLOURS[4], COLOURS[7]), strict=False))
    marks = [*_bars(answer.facts), *_intervals(facts, shades), *_dots(facts)]
    option = style.base(
        title=[
            _title("Where facts fall among the worlds: even bars if the spread is honest", _TOP - 56),
            _title("Facts and the worlds' intervals, over the worlds' median", below - 34),
        ],
        grid=[
            {"left": _NAMES, "right": 24, "top": _TOP, "height": _HISTOGRAM},
            {"left": _NAMES, "right": 24, "top": below, "height": _ROW * len(names)},
        ],
        legend=style.legend(data=[*_WAYS.values(), *shades, _IN, _OUT], itemGap=30),
        xAxis=[_places(), _ratios()],
        yAxis=[style.value_axis("facts"), *_rows(names)],
        series=marks,
    )
    inside = int(facts["covered90"].sum())
    note = (
        f"{inside} of {len(facts)} facts ({percent(inside / max(len(facts), 1))}) lie between P5 and P95 of "
        "the worlds fitted on what came before; 90% would if the model were right and its spread honest. "
        "Thin lines: P5 to P95; thick: P25 to P75. Where a dot is to the right, the model is too low."
    )
    height = below + _ROW * len(names) + _BELOW
    return Picture("scorecard", "How far to trust the model", note, option, facts, height, _WIDTH)


def _ordered(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts by group and variable, each with its `row`: a variable's are together, an empty row between."""
    groups = {group: i for i, group in enumerate(GROUPS)}
    places = facts["group"].map(groups).fillna(len(groups))
    keys = ["place", "entity", "variable", "year", "when", "ahead"]
    facts = (
        facts.assign(place=places).sort_values(keys, kind="stable", ignore_index=True).drop(columns="place")
    )
    new = facts[["entity", "variable"]].ne(facts[["entity", "variable"]].shift()).any(axis=1)
    return facts.assign(row=np.arange(len(facts)) + new.cumsum() - 1)


def _names(facts: pd.DataFrame) -> list[str]:
    """The label of each row: the variable where its facts begin, else nothing."""
    names = [""] * (int(facts["row"].max()) + 1 if len(facts) else 0)
    for (entity, variable), own in facts.groupby(["entity", "variable"], sort=False):
        short = str(entity).split(" (")[0]
        names[int(own["row"].iloc[0])] = capitalised(named(f"{short} {variable}"))
    return names


def _bars(facts: pd.DataFrame) -> list[dict[str, Any]]:
    """How many facts fall in each tenth of the worlds, and how many would if they were even."""
    shades = {"drawn": "#C8C8C8", "fitted": "#6E6E6E"}
    bars: list[dict[str, Any]] = []
    for way in WAYS:
        own = facts.loc[facts["way"] == way, "pit"]
        counts, _ = np.histogram(own, bins=_BINS, range=(0.0, 1.0))
        bars.append({"type": "bar", "name": _WAYS[way], "color": shades[way], "data": counts.tolist()})
    even = float(np.round(len(facts) / len(WAYS) / _BINS, 2))
    bars[-1]["markLine"] = {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"color": style.INK, "type": "dashed"},
        "label": {"formatter": "even", "position": "insideStartTop"},
        "data": [{"yAxis": even}],
    }
    return bars


def _intervals(facts: pd.DataFrame, shades: dict[str, str]) -> list[dict[str, Any]]:
    """The worlds' intervals of each start: P5 to P95 thin, P25 to P75 thick."""
    return [
        _lines(start, colour, own, ends, width, opacity)
        for start, colour in shades.items()
        for own in [facts[facts["start"] == start]]
        for ends, width, opacity in ((("p5", "p95"), 2, 0.55), (("p25", "p75"), 5, 0.55))
    ]


def _lines(
    name: str, colour: str, facts: pd.DataFrame, ends: tuple[str, str], width: int, opacity: float
) -> dict[str, Any]:
    """A line per fact from one quantile to another."""
    points: list[list[Any]] = []
    for row, low, high in zip(facts["row"], *(style.rounded(_over(facts, end)) for end in ends), strict=True):
        points += [[low, row], [high, row], [None, None]]
    return {
        "type": "line",
        "name": name,
        "color": colour,
        "xAxisIndex": 1,
        "yAxisIndex": 2,
        "data": points,
        "symbol": "none",
        "silent": True,
        "lineStyle": {"width": width, "opacity": opacity},
        "tooltip": {"show": False},
    }


def _dots(facts: pd.DataFrame) -> list[dict[str, Any]]:
    """The facts, over the worlds' median, in one colour within the interval and in another outside."""
    covered = facts["covered90"].to_numpy(bool)
    return [
        {
            "type": "scatter",
            "name": name,
            "color": colour,
            "xAxisIndex": 1,
            "yAxisIndex": 2,
            "symbolSize": 6,
            "dimensions": ["ratio", "row", {"name": "text", "type": "ordinal"}],
            "encode": style.POINT,
            "data": [
                [ratio, row, text]
                for ratio, row, text in zip(
                    style.rounded(np.exp(-own["bias"].to_numpy())), own["row"], _texts(own), strict=True
                )
            ],
        }
        for name, colour, own in ((_IN, COLOURS[2], facts[covered]), (_OUT, COLOURS[3], facts[~covered]))
    ]


def _over(facts: pd.DataFrame, quantile: str) -> Array:
    """A quantile over the median; both are within a hundredth and a hundred times the fact."""
    logs = [log_ratio(value, fact) for value, fact in zip(facts[quantile], facts["value"], strict=True)]
    return np.asarray(np.exp(np.array(logs, dtype=np.float64) - facts["bias"].to_numpy(np.float64)))


def _texts(facts: pd.DataFrame) -> list[str]:
    """The tooltip of each fact."""
    return [
        f"{capitalised(named(row['entity'] + ' ' + row['variable']))} {row['when']}, from {row['start']}: "
        + "{} ({} to {})".format(*(figures(row[name]) for name in ("p50", "p5", "p95")))
        + f" {row['unit']}; was {figures(row['value'])}"
        for row in facts.to_dict("records")
    ]


def _title(text: str, top: int) -> dict[str, Any]:
    return {"text": text, "left": 0, "top": top, "textStyle": {"fontSize": 13, "color": style.INK}}


def _places() -> dict[str, Any]:
    """The axis of the histogram: tenths of the worlds."""
    tenths = [f"to {100 * (i + 1) // _BINS}%" for i in range(_BINS)]
    labels = {"color": style.INK, "fontSize": 10, "interval": 0}
    return {"type": "category", "data": tenths, "axisTick": {"show": False}, "axisLabel": labels}


def _ratios() -> dict[str, Any]:
    """The axis of facts over medians."""
    return {
        "type": "log",
        "gridIndex": 1,
        "name": "over the worlds' median (1), log axis",
        "nameLocation": "middle",
        "nameGap": 26,
        "min": 0.01,
        "max": 100,
        "splitLine": {"lineStyle": {"color": style.RULE}},
        "axisLabel": {"color": style.INK},
    }


def _rows(names: Sequence[str]) -> list[dict[str, Any]]:
    """The axes of the rows: their names, and where they are."""
    label = {"interval": 0, "width": _NAMES - 16, "overflow": "truncate", "fontSize": 11, "color": style.INK}
    hidden = {"axisTick": {"show": False}, "axisLine": {"show": False}, "gridIndex": 1, "inverse": True}
    return [
        {"type": "category", "data": list(names), "axisLabel": label} | hidden,
        {"type": "value", "show": False, "min": -0.5, "max": len(names) - 0.5} | hidden,
    ]
