"""The numbers on top: a few outcomes in the selected year, of all worlds or of one."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.pairing import differences
from computeshift.experiments.results.quantiles import bands
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.format import dollars, fixed, scale
from computeshift.experiments.views.plots.network import World

HEADLINE = {
    "stargate_share": "Stargate's share of OpenAI's compute",
    "azure_share": "Microsoft's share of it",
    "openai_compute": "OpenAI's compute",
    "openai_burn": "OpenAI's burn",
    "stargate_spent": "Spent on Stargate so far",
    "softbank_ltv": "SoftBank's loan to value",
}
"""The headline outcomes (`results/picks.py`), in words."""


@dataclass(frozen=True)
class Figure:
    """An outcome in every year: one row per year, columns p10, p50 and p90; no rows where there is none."""

    name: str
    words: str
    meaning: str
    unit: str
    difference: bool
    alone: bool
    bands: pd.DataFrame

    def texts(self, year: int) -> tuple[str, str]:
        """The median of a year, and its band unless it is of one world; a dash where there is no number."""
        if year not in self.bands.index:
            return "-", ""
        low, middle, high = map(float, self.bands.loc[year])
        after = self._after
        band = "" if self.alone else f"{self._number(low)} to {self._number(high)}{after}"
        return f"{self._number(middle)}{after}", band

    @property
    def _after(self) -> str:
        """The unit after a number; a dollar sign stands before it."""
        if self.unit == "share":
            return " pt" if self.difference else "%"
        return f" {self.unit.removeprefix('$ ')}"

    def _number(self, value: float) -> str:
        """A number without its unit: a share in percent, a difference with its sign."""
        text = fixed(value * scale(self.unit), 1, sign=self.difference)
        return dollars(text) if self.unit == "$ bn" else text


@dataclass(frozen=True)
class Headline:
    """The figures, and their kind, such as `median, and P10 to P90: baseline`."""

    figures: list[Figure]
    what: str


def headline(
    results: Results, against: Results | None = None, world: World = "median", whose: str = ""
) -> Headline:
    """The headline of results, of all worlds or of one, under the name `whose`.

    With `against`, the reference, it has differences, by the rule of comparison.
    """
    what = "median, and P10 to P90"
    if against is not None:
        what = "median of the differences of paired worlds, and P10 to P90"
    if world != "median":
        what = f"world {world}"
    return Headline(figures(results, against, world), f"{what}: {whose}" if whose else what)


def figures(results: Results, against: Results | None = None, world: World = "median") -> list[Figure]:
    """The numbers of a headline; a world that is not there has none."""
    made = []
    for name, words in HEADLINE.items():
        outcome, cast = OUTCOMES[name], results.cast
        table = results.outcome_or_empty(name)
        if against is not None:
            table = differences(table, against.outcome_or_empty(name))
        if world != "median":
            table = table.loc[table.index == world]
        spread = bands(table) if len(table) else pd.DataFrame()
        made.append(
            Figure(
                name,
                cast.worded(words),
                cast.worded(outcome.doc),
                outcome.unit,
                against is not None,
                world != "median",
                spread,
            )
        )
    return made
