"""Where the model can be trusted and where not, in words made from the scorecard's numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.questions.evidence.measures import LEAST_FACTS, measure
from computeshift.experiments.questions.evidence.scored import GROUPS
from computeshift.experiments.questions.evidence.scores import RIVALS
from computeshift.experiments.views.format import figures, fixed, percent

COVERED = 0.8
"""A group is trusted if so many of its facts lie within 90% intervals, ..."""
NEAR = math.log(1.25)
"""... and the median is so near to them on average, log."""
SCORED = (
    "This is the scorecard that comes with the program, of its own starts: `computeshift backtest --all` "
    "plays it again."
)
_RIVALS = RIVALS | {"median": "its own median"}
_NO_FORECASTS = "; do not quote its numbers as forecasts"


def trust(measures: pd.DataFrame) -> list[str]:
    """The paragraph, one sentence or two per item, of the worlds fitted on what came before."""
    return [overall(measures), *by_group(measures), _starts(measures), _skills(measures), _fitting(measures)]


def overall(measures: pd.DataFrame) -> str:
    """How many facts are within the intervals, and how far off the median is."""
    row = measure(measures, way="fitted")
    return (
        f"{percent(row['covered90'])} of {row['facts']} facts lie within the 90% intervals of worlds fitted "
        f"on what came before{_between(row, 'covered90')}. The worlds' median is {off(row['bias'])} on "
        f"average{_off_between(row)}. {_spread(row)}"
    )


def headline(measures: pd.DataFrame) -> str:
    """The same in one line."""
    row = measure(measures, way="fitted")
    within = f"{percent(row['covered90'])} of {row['facts']} facts lie within its 90% intervals"
    some = any(trusted(measure(measures, group=group, way="fitted")) for group in GROUPS)
    quoted = "" if some else _NO_FORECASTS
    return f"How far to trust it: {within}, and its median is {off(row['bias'])} on average{quoted}"


def table(measures: pd.DataFrame) -> list[list[str]]:
    """The groups of facts, fitted, as rows of texts, the heads first."""
    rows = [["facts about", "facts", "in 50%", "in 90%", "the median", "CRPS", "skill against growth"]]
    for group, name in [*GROUPS.items(), ("all", "all")]:
        row = measure(measures, group=group, way="fitted")
        scores = [off(row["bias"]), fixed(row["crps"], 2), fixed(row["growth"], 2, sign=True)]
        cells = [percent(row["covered50"]), percent(row["covered90"]), *scores]
        rows.append([name, str(row["facts"]), *(cells if row["facts"] else [""] * len(cells))])
    return rows


def trusted(row: Mapping[str, Any]) -> bool:
    """Whether facts are covered, and the median near."""
    return bool(row["facts"] >= LEAST_FACTS and row["covered90"] >= COVERED and abs(row["bias"]) <= NEAR)


def off(bias: float) -> str:
    """A mean log ratio of the median to the facts, in words.

    >>> off(-0.7), off(0.1), off(1.5), off(0.0)
    ('50% too low', '11% too high', '4.5 times too high', 'right')
    """
    if abs(bias) < 0.005:
        return "right"
    if bias > math.log(2):
        return f"{figures(math.exp(bias), most=2)} times too high"
    return f"{percent(abs(math.expm1(bias)))} too {'low' if bias < 0 else 'high'}"


def by_group(measures: pd.DataFrame) -> list[str]:
    """Which groups to trust, which not, and which can't be judged."""
    rows = {name: measure(measures, group=group, way="fitted") for group, name in GROUPS.items()}
    yes = [_judged(name, row) for name, row in rows.items() if trusted(row)]
    no = [
        _judged(name, row) for name, row in rows.items() if row["facts"] >= LEAST_FACTS and not trusted(row)
    ]
    few = [f"{name} ({row['facts']})" for name, row in rows.items() if row["facts"] < LEAST_FACTS]
    rule = (
        f"at least {percent(COVERED)} of the facts within 90% intervals, the median within a quarter of them"
    )
    sentences = [
        f"Trust it with {'; '.join(yes)}: {rule}." if yes else f"No group can be trusted by the rule: {rule}."
    ]
    if no:
        sentences.append(f"Do not trust it with {'; '.join(no)}.")
    if few:
        sentences.append(f"Too few facts to judge: {', '.join(few)}.")
    return sentences


def _judged(name: str, row: Mapping[str, Any]) -> str:
    return (
        f"{name} ({percent(row['covered90'])} of {row['facts']} facts within, the median {off(row['bias'])})"
    )


def _starts(measures: pd.DataFrame) -> str:
    """From where it is nearest, and from where it is farthest off."""
    by_start = (measures["start"] != "all") & (measures["ahead"] != "all")
    cells = measures[by_start & (measures["way"] == "fitted")]
    cells = cells[cells["facts"] >= LEAST_FACTS].sort_values("crps", kind="stable")
    near, far = (_cell(row) for row in (cells.iloc[0].to_dict(), cells.iloc[-1].to_dict()))
    return f"It is nearest from {near}, and farthest off from {far}."


def _cell(row: Mapping[Any, Any]) -> str:
    ahead = {"1": "one year", "2": "two years", "3": "three years"}.get(row["ahead"], f"{row['ahead']} years")
    within = f"{percent(row['covered90'])} of {row['facts']} facts within, the median {off(row['bias'])}"
    return f"`{row['start']}` {ahead} ahead ({within})"


def _skills(measures: pd.DataFrame) -> str:
    """How it does against each rival."""
    row = measure(measures, way="fitted")
    parts = []
    for rival, name in _RIVALS.items():
        count = row[f"{rival}_facts"]
        if math.isnan(row[rival]):
            parts.append(f"{name}: too few facts ({count})")
        else:
            sure = _between(row, rival, lambda skill: fixed(skill, 2, sign=True))
            parts.append(f"{name}: {fixed(row[rival], 2, sign=True)} over {count} facts{sure}")
    return f"Skill against {'; '.join(parts)}."


def _fitting(measures: pd.DataFrame) -> str:
    """Whether fitting on earlier facts helps with what comes."""
    later = measures[(measures["start"] == "all") & ~measures["ahead"].isin(["all", "1"])]
    drawn, fitted = (
        float(np.average(own["crps"], weights=own["facts"])) for _, own in later.groupby("way", sort=True)
    )
    does = "helps" if fitted < drawn else "does not help"
    return (
        f"Fitting on earlier facts {does}: more than a year ahead, mean CRPS is {fixed(fitted, 2)} "
        f"fitted and {fixed(drawn, 2)} as drawn."
    )


def _spread(row: Mapping[str, Any]) -> str:
    """Whether the intervals are as wide as they should be."""
    factor = math.exp(row["width"])
    size = f"On average the upper end of a 90% interval is {figures(factor, most=2)} times its lower end"
    if row["covered90"] < COVERED:
        return f"{size}. That is too narrow, given how far the median is off."
    return f"{size}." if row["covered90"] <= 0.95 else f"{size}: wider than needed."


def _between(row: Mapping[str, Any], name: str, write: Callable[[float], str] = percent) -> str:
    """The interval of a measure in brackets, if there is one."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if math.isnan(low):
        return ""
    return f" (95% interval {write(low)} to {write(high)})"


def _off_between(row: Mapping[str, Any]) -> str:
    if math.isnan(row["bias_low"]):
        return ""
    return f" (95% interval: {off(row['bias_low'])} to {off(row['bias_high'])})"
