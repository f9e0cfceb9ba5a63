"""The numbers on top: a few outcomes in the year that is looked at, median and P10 to P90."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from computeshift.experiments.outcomes import OUTCOMES
from computeshift.experiments.results import QUANTILES, Results

HEADLINE = {
    "stargate_share": "Stargate's share of OpenAI's compute",
    "azure_share": "Microsoft's share of it",
    "openai_compute": "OpenAI's compute",
    "openai_burn": "OpenAI's burn",
    "stargate_spent": "Spent on Stargate so far",
    "softbank_ltv": "SoftBank's loan to value",
}
"""The outcomes that are told, and how."""


@dataclass(frozen=True)
class Figure:
    """An outcome in every year: a row a year, columns p10, p50 and p90; no rows where there is none."""

    name: str
    words: str
    meaning: str
    unit: str
    difference: bool
    bands: pd.DataFrame

    def told(self, year: int) -> tuple[str, str]:
        """The median of a year, and its band; a dash where there is nothing to tell."""
        if year not in self.bands.index:
            return "-", ""
        low, middle, high = map(float, self.bands.loc[year])
        after = self._unit[1]
        return f"{self._said(middle)}{after}", f"{self._said(low)} to {self._said(high)}{after}"

    @property
    def _unit(self) -> tuple[str, str]:
        """What stands before a number, and after it."""
        if self.unit == "share":
            return "", " pt" if self.difference else "%"
        return ("$", " bn") if self.unit == "$ bn" else ("", f" {self.unit}")

    def _said(self, value: float) -> str:
        """A number without what stands after it: a share in percent, a difference with its sign."""
        text = f"{abs(value) * (100 if self.unit == 'share' else 1):,.1f}"
        sign = "" if text == "0.0" else "-" if value < 0 else "+" if self.difference else ""
        return f"{sign}{self._unit[0]}{text}"


def figures(results: Results, against: Results | None = None) -> list[Figure]:
    """The headline of what was played, or what it has more than the paired worlds of another."""
    found = []
    for name, words in HEADLINE.items():
        outcome = OUTCOMES[name]
        table = results.outcome(name)
        if against is not None:
            table = table - against.outcome(name)
        table = table.dropna(how="all").astype(float)
        bands = table.quantile(list(QUANTILES)).T if len(table) else pd.DataFrame()
        found.append(Figure(name, words, outcome.doc, outcome.unit, against is not None, bands))
    return found
