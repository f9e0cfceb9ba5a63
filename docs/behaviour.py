"""How the market behaves: `python docs/behaviour.py` writes `behaviour.md` and its pictures."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

import computeshift as cs  # noqa: E402
from computeshift.experiments.config.config import Config  # noqa: E402
from computeshift.experiments.config.names import capitalised, named  # noqa: E402
from computeshift.experiments.results.outcomes import OUTCOMES  # noqa: E402
from computeshift.experiments.results.quantiles import array_bands  # noqa: E402
from computeshift.experiments.results.record import Record  # noqa: E402
from computeshift.experiments.run.measure import measure  # noqa: E402
from computeshift.experiments.views.format import (  # noqa: E402
    percent,
    quantity,
    span,
    spans,
    unit_of_difference,
    worlds,
)
from computeshift.experiments.views.plots import style  # noqa: E402
from computeshift.experiments.views.plots.amounts import Array  # noqa: E402
from computeshift.experiments.views.plots.picture import Picture  # noqa: E402
from computeshift.experiments.views.plots.server import svg  # noqa: E402

PAGE, PICTURES = ROOT / "docs" / "behaviour.md", ROOT / "docs" / "scenarios"
BASE, WORLDS = "baseline", 300
SCENARIOS = {
    "softbank_crunch": ("softbank_ltv", "openai_raised", "stargate_capacity"),
    "credit_crunch": ("stargate_capacity", "ai_capacity", "compute_price"),
    "demand_winter": ("openai_revenue", "ai_capacity", "openai_raised"),
    "deepseek_leap": ("openai_revenue", "ai_capacity", "compute_price"),
    "permit_delay": ("stargate_capacity", "stargate_share", "azure_share"),
    "export_controls": ("served_compute", "openai_revenue", "ai_capacity"),
    "microsoft_inhouse": ("azure_share", "stargate_share", "trust"),
    "stay_with_azure": ("azure_share", "stargate_share", "stargate_capacity"),
}
"""The scenarios that show the main levers, each with the outcomes where its way through the market shows."""
_LITTLE = 0.05  # of the width from P10 to P90: less is no move
_TOP, _PANEL, _BELOW = 64, 220, 32  # px
_GAP = 7  # % of the width, between panels


@dataclass(frozen=True)
class Course:
    """An outcome over the years in the base and in a scenario, in the same worlds, `(W, years)` each."""

    name: str
    years: list[int]
    base: Array
    other: Array

    @property
    def unit(self) -> str:
        """The unit of the outcome."""
        return OUTCOMES[self.name].unit

    def sentence(self) -> str:
        """Where it moves most beside its width: both medians, and the differences in the same worlds."""
        low, middle, high = array_bands(self.base)
        change = array_bands(self.other - self.base)
        width = np.where(high > low, high - low, np.inf)
        part = np.abs(change[1]) / width
        at = int(np.nanargmax(part))
        if part[at] < _LITTLE:
            return f"{self.title} hardly moves (by {percent(part[at], 1)} of its P10 to P90 range at most)"
        new, old = (quantity(value, self.unit) for value in (array_bands(self.other)[1, at], middle[at]))
        differs = span(change[:, at], unit_of_difference(self.unit), sign=True)
        most = f"{self.title} moves most in {self.years[at]}"
        return f"{most}: {new} instead of {old}; in the same world {differs}"

    @property
    def title(self) -> str:
        """Its name in words."""
        return capitalised(named(self.name))


def courses(base: pd.DataFrame, other: pd.DataFrame, names: tuple[str, ...]) -> list[Course]:
    """The outcomes of both sides, in the worlds that both have."""
    common = base.index.intersection(other.index)
    return [
        Course(
            name,
            [int(year) for year in base[name].columns],
            base.loc[common, name].to_numpy(np.float64),
            other.loc[common, name].to_numpy(np.float64),
        )
        for name in names
    ]


def measured(config: Config) -> pd.DataFrame:
    """Every outcome that some scenario shows: one row per world, columns (outcome, year)."""
    names = list(dict.fromkeys(name for own in SCENARIOS.values() for name in own))

    def of(record: Record) -> pd.DataFrame:
        return pd.concat({name: record.outcome(name) for name in names}, axis=1)

    return measure(config, of).table


def picture(scenario: str, asks: str, shown: list[Course]) -> Picture:
    """One panel per outcome: medians of the base and the scenario, shaded from P10 to P90."""
    series = [
        line | {"xAxisIndex": panel, "yAxisIndex": panel}
        for panel, course in enumerate(shown)
        for name, values, colour in ((BASE, course.base, style.FAINT), (scenario, course.other, style.LESS))
        for line in _lines(course, name, values, colour)
    ]
    width = (100 - _GAP * (len(shown) + 1)) / len(shown)
    lefts = [_GAP + i * (width + _GAP) for i in range(len(shown))]
    axis = {"type": "category", "data": [str(year) for year in shown[0].years], "boundaryGap": False}
    option = style.base(
        title=[
            {"text": course.title, "left": f"{left}%", "top": 28, "textStyle": {"fontSize": 13}}
            for course, left in zip(shown, lefts, strict=True)
        ],
        legend=style.legend(data=[BASE, scenario]),
        grid=[
            {"left": f"{left}%", "width": f"{width}%", "top": _TOP + 16, "height": _PANEL} for left in lefts
        ],
        xAxis=[axis | {"gridIndex": i} for i in range(len(shown))],
        yAxis=[style.value_axis(course.unit) | {"gridIndex": i} for i, course in enumerate(shown)],
        series=series,
    )
    note = f"Medians; shaded: P10 to P90. Grey: {BASE}; orange: {scenario}."
    return Picture(scenario, asks, note, option, pd.DataFrame(), _TOP + 16 + _PANEL + _BELOW)


def _lines(course: Course, name: str, values: Array, colour: str) -> list[dict[str, Any]]:
    spread = array_bands(values)
    low, middle, high = spread
    line = style.line(name, course.years, middle, spans(spread, course.unit), course.unit) | {"color": colour}
    return [line, *style.ribbon(name, course.years, low, high, colour, course.unit, opacity=0.18)]


def current() -> dict[Path, str]:
    """The page and its pictures as they should stand."""
    base = cs.load(BASE, {"worlds": WORLDS})
    first = measured(base)
    lines = [
        "# How the market behaves",
        "",
        "Written by `python docs/behaviour.py`; `tests/e2e/test_behaviour.py` compares it with the program.",
        "",
        f"What the main levers do, one scenario each, beside `{BASE}`: {worlds(WORLDS)}, seed {base.seed}, "
        "with the same random draws on both sides. Grey is the baseline, orange the scenario. Lines are "
        "medians, shades go from P10 to P90. Differences are medians over pairs of worlds, with P10 to P90 "
        "in brackets. What every strategy and every shock moves is in the [table of levers](levers.md).",
    ]
    files = {}
    for scenario, names in SCENARIOS.items():
        config = cs.load(scenario, {"worlds": WORLDS})
        shown = courses(first, measured(config), names)
        drawn = PICTURES / f"{scenario}.svg"
        files[drawn] = svg(picture(scenario, config.asks, shown)) + "\n"
        said = [f"- {course.sentence()}." for course in shown]
        image = f"![{config.asks}]({PICTURES.name}/{drawn.name})"
        lines += ["", f"## {config.asks}", "", f"`{scenario}`", "", *said, "", image]
    return {PAGE: "\n".join(lines) + "\n", **files}


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for file, text in current().items():
        file.write_text(text, encoding="utf-8")
