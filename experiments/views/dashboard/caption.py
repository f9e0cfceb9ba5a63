"""The caption of a story: its sentences, with every number computed from the runs on the page."""

from __future__ import annotations

import numpy as np
import pandas as pd

from computeshift.experiments.config.names import named
from computeshift.experiments.results.claims import claims_of
from computeshift.experiments.results.outcomes import Outcome
from computeshift.experiments.results.pairing import differences
from computeshift.experiments.results.quantiles import bands
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.measure import known_outcome
from computeshift.experiments.views.dashboard.stories import Slot, Story, pieces
from computeshift.experiments.views.format import percent, span, unit_of_difference, worlds
from computeshift.experiments.views.plots.amounts import amounts

NONE = "unknown"
"""What stands for a number that these worlds do not have, or that a summary did not keep."""


def caption(story: Story, results: Results, against: Results, year: int) -> list[str]:
    """The sentences of a story over two runs, as of a year.

    A quantity is the median with P10 to P90 over worlds, a change that of the differences of paired worlds.
    """
    told = Told(results, against, min(max(year, results.years[0]), results.years[-1]))
    return ["".join(map(told.words, pieces(sentence))) for sentence in story.caption]


class Told:
    """Two runs in a year, as the numbers that sentences leave out."""

    def __init__(self, results: Results, against: Results, year: int) -> None:
        self.results, self.against, self.year = results, against, year

    def words(self, piece: str | Slot) -> str:
        """Words as they are, a slot as its number in words."""
        if isinstance(piece, str):
            return piece
        run = self.against if piece.form.endswith("against") else self.results
        match piece.form.partition(" in ")[0]:
            case "value":
                return self._value(run, piece.of)
            case "change":
                return self._change(piece.of)
            case "chance":
                return _chance(run, piece.of)
            case "rises most":
                return self._rises_most(piece.of)
            case "year":
                return str(self.year)
            case "worlds":
                return worlds(len(amounts(run).worlds))
        return str(run.config.start)  # start, or start of against

    def _value(self, run: Results, text: str) -> str:
        outcome = known_outcome(text, run.config)
        return _span(self._numbers(run, outcome), outcome.unit)

    def _change(self, text: str) -> str:
        outcome = known_outcome(text, self.results.config)
        both = (self._numbers(run, outcome) for run in (self.results, self.against))
        return _span(differences(*both), unit_of_difference(outcome.unit), sign=True)

    def _numbers(self, run: Results, outcome: Outcome) -> pd.DataFrame:
        """The outcome in the year, one row per world that has it."""
        table = amounts(run).outcome_or_empty(outcome.key)
        return table.reindex(columns=[outcome.year(run.years, self.year)]).dropna()

    def _rises_most(self, variable: str) -> str:
        """Whose variable rises most, by the median over paired worlds, and by how much; or that none does."""
        unit = self.results.logged()[variable][0]
        verb, sign = ("weakens", " (+ is weaker)") if unit == "notch" else ("rises", "")
        rises = dict[str, pd.DataFrame]()
        both = [amounts(run) for run in (self.results, self.against)]
        for firm in self.results.firms:
            if all(run.has(firm, variable) for run in both):
                rise = differences(*(run.variable(firm, variable) for run in both))
                if len(known := rise.reindex(columns=[self.year]).dropna()):
                    rises[firm] = known
        if not rises:
            return f"which {named(variable)} {verb} most is {NONE}"
        most = max(rises, key=lambda firm: float(np.median(rises[firm])))
        if np.median(rises[most]) <= 0:
            return f"no {named(variable)} {verb}"
        by = _span(rises[most], "notches" if unit == "notch" else unit_of_difference(unit), sign=True)
        return f"the {named(variable)} that {verb} most{sign} is that of {named(most)}: {by}"


def _span(table: pd.DataFrame, unit: str, sign: bool = False) -> str:
    """The median with its band over the rows of a table of one column."""
    if table.empty:
        return NONE
    return span(map(float, bands(table).iloc[0]), unit, sign)


def _chance(run: Results, name: str) -> str:
    """In what part of the worlds a claim holds."""
    held, decided = claims_of(run.config)[name].count(amounts(run))
    return percent(held / decided) if decided else NONE
