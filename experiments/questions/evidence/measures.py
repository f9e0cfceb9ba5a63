"""Measures of many scored facts: coverage, sharpness, bias and skill, with intervals over themes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.questions.evidence.weighing import Array

LEAST_FACTS = 5  # with fewer there is no skill
LEAST_THEMES = 5  # with fewer there is no interval
RESAMPLES = 2_000
_SEED = 13
_INTERVAL = (0.025, 0.975)
MEANS = ("covered50", "covered90", "crps", "bias", "width")
"""Means over facts."""
SKILLS = ("growth", "plan", "median")
"""1 less the sum of the worlds' CRPS over that of a rival's errors, where the rival said something."""
KEYS = ("group", "start", "ahead", "way")
"""The columns that say which facts a row of the measures is about; `all` is any."""
WAYS = ("drawn", "fitted")
SHIPPED = "measures.csv"
"""The measures of the default scorecard: `python docs/scorecard.py` writes them, a test compares them."""


def measures(cases: pd.DataFrame, groups: tuple[str, ...]) -> pd.DataFrame:
    """One row per group, start, start by years ahead, core facts and all facts, and per way.

    `cases` has one row per fact, start and way. Each measure has columns `_low` and `_high`: its 95%
    interval by a bootstrap of whole themes (Davison and Hinkley 1997, cluster bootstrap), because facts of a
    theme move together, over years and starts too, and count as one. NaN where facts or themes are too few.
    """
    return pd.DataFrame([row for way in WAYS for row in _rows(cases[cases["way"] == way], way, groups)])


def shipped() -> pd.DataFrame:
    """The measures of the default scorecard as they come with the program, without playing a world."""
    with files(__package__).joinpath(SHIPPED).open("r", encoding="utf-8") as file:
        return pd.read_csv(file, dtype=dict.fromkeys(KEYS, str))


def measure(table: pd.DataFrame, **keys: str) -> dict[str, Any]:
    """The row of the measures with these keys (group, start, ahead, way), the others `all`."""
    for key, value in ({"group": "all", "start": "all", "ahead": "all"} | keys).items():
        table = table[table[key] == value]
    (row,) = table.to_dict("records")
    return {str(key): value for key, value in row.items()}


def _rows(cases: pd.DataFrame, way: str, groups: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """The rows of one way."""

    def row(
        part: pd.DataFrame, group: str = "all", start: str = "all", ahead: str = "all"
    ) -> dict[str, object]:
        return {"group": group, "start": start, "ahead": ahead, "way": way, **measured(part)}

    for group in groups:
        yield row(cases[cases["group"] == group], group=group)
    for start, own in cases.groupby("start", sort=False):
        yield row(own, start=str(start))
        for ahead, part in own.groupby("ahead"):
            yield row(part, start=str(start), ahead=str(ahead))
    for ahead, part in cases.groupby("ahead"):
        yield row(part, ahead=str(ahead))
    yield row(cases[cases["core"]], group="core")
    yield row(cases)


def measured(cases: pd.DataFrame) -> dict[str, float | int]:
    """The measures of some facts of one way, with their intervals; NaN where there are too few."""
    row: dict[str, float | int] = {"facts": len(cases), "themes": cases["theme"].nunique()}
    for name in MEANS:
        row |= _ratio(name, cases, cases[name], pd.Series(1.0, cases.index))
    for name in SKILLS:
        both = cases[cases[name].notna()]
        row[f"{name}_facts"] = len(both)
        enough = both if len(both) >= LEAST_FACTS and both[name].sum() > 0 else both[:0]
        worse = _ratio(name, enough, enough["crps"], enough[name])
        row |= {name: 1 - worse[name], f"{name}_low": 1 - worse[f"{name}_high"]}
        row[f"{name}_high"] = 1 - worse[f"{name}_low"]
    return row


def _ratio(
    name: str, cases: pd.DataFrame, above: pd.Series[float], below: pd.Series[float]
) -> dict[str, float]:
    """A ratio of sums over facts, and its interval over themes."""
    row = {name: math.nan, f"{name}_low": math.nan, f"{name}_high": math.nan}
    if cases.empty:
        return row
    row[name] = float(above.sum() / below.sum())
    sums = pd.DataFrame({"above": above.astype(float), "below": below}).groupby(cases["theme"]).sum()
    if len(sums) < LEAST_THEMES:
        return row
    tops, bottoms = (_resampled(len(sums)) @ sums[column].to_numpy() for column in sums)
    low, high = np.quantile(tops / np.where(bottoms > 0, bottoms, np.nan), _INTERVAL)
    return row | {f"{name}_low": float(low), f"{name}_high": float(high)}


@cache
def _resampled(themes: int) -> Array:
    """How often each theme is in each resample, `(resamples, themes)`: always the same."""
    draws = np.random.Generator(np.random.Philox(_SEED))
    return draws.multinomial(themes, np.full(themes, 1 / themes), RESAMPLES).astype(np.float64)
