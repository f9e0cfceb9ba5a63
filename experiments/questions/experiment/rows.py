"""The table of an experiment: one row per cell, outcome and year, with the difference to the first cell."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.experiment import Settings, Value
from computeshift.experiments.config.expression import is_name
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.questions.compare.measured import HEADLINE
from computeshift.experiments.questions.compare.pairs import differences_of_means, differences_of_shares
from computeshift.experiments.results.claims import Claim, claims_of, wilson
from computeshift.experiments.results.outcomes import OUTCOMES, outcome_of
from computeshift.experiments.results.precision import errors
from computeshift.experiments.results.quantiles import array_bands
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.cells import Simulated

NUMBERS = ("worlds", "median", "p10", "p90", "error", "mean", "difference", "low", "high")
"""Columns of the table with numbers of each row."""
HOLDS = "0/1"
"""The unit of a claim: the mean is the part of worlds in which it holds."""


@dataclass(frozen=True)
class Quantity:
    """An outcome or a claim that the table has: its unit, what it means, and how it is read off results.

    `dated` if it has one number for all years. `of` gives worlds x years; a claim has one year, the last. No
    rows where there are none.
    """

    name: str
    unit: str
    meaning: str
    of: Callable[[Results], pd.DataFrame] = field(repr=False)
    dated: bool = False

    def at(self, year: int) -> str:
        """What it is called in a year."""
        return self.name if self.dated else f"{self.name} in {year}"

    def title(self, year: int) -> str:
        """What it is called in a year, with what it means."""
        return self.at(year) if self.meaning == self.name else f"{self.at(year)}: {self.meaning}"


def quantities(names: Sequence[str], config: Config) -> list[Quantity]:
    """The outcomes, expressions and claims of these names, by default the outcomes that `compare` has.

    UserError for a name that is none of them in the market of this config.
    """
    return [_quantity(name, config) for name in (names or HEADLINE)]


def _quantity(name: str, config: Config) -> Quantity:
    if (claim := claims_of(config).get(name)) is not None:
        return Quantity(name, HOLDS, claim.sentence, lambda results: _held(claim, results), True)
    if is_name(name) and name not in OUTCOMES and name not in config.outcomes:
        known = [*OUTCOMES, *config.outcomes, *claims_of(config)]
        raise UserError(f"`outcomes`: there is no outcome or claim {name!r}; {instead(name, known)}")
    outcome = outcome_of(name, config.cast, config.outcomes, config.start)
    doc = name if outcome.doc == outcome.text else outcome.doc
    return Quantity(
        name, outcome.unit, doc, lambda own: own.outcome_or_empty(outcome.key), dated=bool(outcome.when)
    )


def _held(claim: Claim, results: Results) -> pd.DataFrame:
    """Whether a claim holds, 1 or 0, one row per world; no rows where it can't be decided."""
    held = claim.holds(results)
    if held is None:
        return pd.DataFrame(columns=results.years, dtype=float)
    return held.astype(float).to_frame(results.years[-1])


def table_of(simulated: Simulated, wanted: Sequence[Quantity]) -> pd.DataFrame:
    """One row per cell, outcome and year: settings, quantiles over worlds, and the difference to the first.

    `error` is half the 95% interval of the median, or of a claim's share of worlds. `difference` is the
    mean over worlds that both cells have, `low` to `high` its 95% interval; the first cell has none. Cells
    without results have no row.
    """
    reference = simulated.results[0]
    first = {one.name: one.of(reference) for one in wanted} if reference is not None else {}
    parts = []
    for number, (own, results) in enumerate(zip(simulated.settings, simulated.results, strict=True), 1):
        if results is None:
            continue
        labels: Settings = {"cell": number} | {key: own.get(key) for key in simulated.varied}
        for one in wanted:
            values = one.of(results).astype(float).dropna(axis="columns", how="all")
            if not values.empty:
                before = first.get(one.name) if number > 1 else None
                parts.append(_rows(labels, one, values, before))
    columns = ["cell", *simulated.varied, "outcome", "unit", "year", *NUMBERS]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _rows(
    labels: Mapping[str, Value], one: Quantity, values: pd.DataFrame, first: pd.DataFrame | None
) -> pd.DataFrame:
    """The rows of an outcome in a cell, one per year."""
    low, median, high = array_bands(values.to_numpy(np.float64))
    table = pd.DataFrame(
        {
            "outcome": one.name,
            "unit": one.unit,
            "year": values.columns.astype(int),
            "worlds": values.count().to_numpy(),
            "median": median,
            "p10": low,
            "p90": high,
            "error": _error(one, values),
            "mean": values.mean().to_numpy(),
        }
    )
    change = _difference(one, values, first).reindex(values.columns)
    table[["difference", "low", "high"]] = change.to_numpy()
    return pd.concat([pd.DataFrame([labels] * len(table)), table], axis="columns")


def _error(one: Quantity, values: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Half the 95% interval of the median, or of a claim's share of worlds, one per year."""
    if one.unit != HOLDS:
        return errors(values).reindex(values.columns)["error_p50"].to_numpy()
    ends = [wilson(values[year].sum(), values[year].count()) for year in values]
    return np.array([(high - low) / 2 for low, high in ends])


def _difference(one: Quantity, values: pd.DataFrame, first: pd.DataFrame | None) -> pd.DataFrame:
    """The difference to the first cell with its interval, one row per year that both have."""
    columns = ["difference", "low", "high"]
    if first is None or first.empty:
        return pd.DataFrame(columns=columns, index=values.columns, dtype=float)
    both = [year for year in values.columns if year in first and first[year].notna().any()]
    of = differences_of_shares if one.unit == HOLDS else differences_of_means
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where no pair differs there is no skewness
        return of(first[both].astype(float), values[both])[columns]
