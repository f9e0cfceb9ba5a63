"""The table of an experiment: one row per cell, outcome and year, with the difference to the first cell."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.experiment import Settings, Value
from computeshift.experiments.questions.compare.measured import HEADLINE
from computeshift.experiments.questions.compare.pairs import (
    exactly,
    interval_of_means,
    interval_of_shares,
)
from computeshift.experiments.results.claims import Claim, claim_or_outcome, wilson
from computeshift.experiments.results.pairing import differences
from computeshift.experiments.results.quantiles import array_bands, half_width
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.cells import Simulated

NUMBERS = ("worlds", "median", "p10", "p90", "error", "mean", "difference", "low", "high")
"""Columns of the table with numbers of each row."""
_CHANGE = ("difference", "low", "high")
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
    outcome = claim_or_outcome(name, config, "outcomes")
    if isinstance(outcome, Claim):
        return Quantity(name, HOLDS, outcome.sentence, functools.partial(_held, outcome), True)
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
    first = _values(simulated.results[0], wanted)
    columns = ["cell", *simulated.varied, "outcome", "unit", "year", *NUMBERS]
    parts = dict[str, list[npt.NDArray[Any]]]((name, []) for name in columns)
    for number, (own, results) in enumerate(zip(simulated.settings, simulated.results, strict=True), 1):
        labels: Settings = {"cell": number} | settings_of(own, simulated.varied)
        values = _values(results, wanted)
        changes = _differences(wanted, values, first if number > 1 else {})
        for one in wanted:
            if one.name in values:
                rows = _rows(labels, one, values[one.name], changes.get(one.unit == HOLDS))
                for name in columns:
                    parts[name].append(rows[name])
    joined = {name: np.concatenate(own) if own else np.array([]) for name, own in parts.items()}
    return pd.DataFrame(joined).infer_objects()


def settings_of(own: Settings, varied: Sequence[str]) -> Settings:
    """What a cell sets of all that varies: None where it leaves a setting as it is.

    >>> settings_of({"deals.round": None}, ("deals.round", "until"))  # `null` takes the deal out
    {'deals.round': 'null', 'until': None}
    """
    return {key: "null" if key in own and own[key] is None else own.get(key) for key in varied}


def _values(results: Results | None, wanted: Sequence[Quantity]) -> dict[str, pd.DataFrame]:
    """The values of each quantity, worlds x the years that have some; nothing for one without any."""
    tables = {one.name: one.of(results) for one in wanted} if results is not None else {}
    known = {name: own.astype(float).dropna(axis="columns", how="all") for name, own in tables.items()}
    return {name: own for name, own in known.items() if not own.empty}


def _rows(
    labels: Mapping[str, Value], one: Quantity, values: pd.DataFrame, changes: pd.DataFrame | None
) -> dict[str, npt.NDArray[Any]]:
    """The rows of an outcome in a cell by column, one per year: arrays, since frames are slow to make."""
    years, numbers = len(values.columns), values.to_numpy(np.float64)
    low, median, high = array_bands(numbers)
    at = pd.MultiIndex.from_product([[one.name], values.columns])
    change = np.full((years, 3), np.nan) if changes is None else changes.reindex(at).to_numpy()
    same = {**labels, "outcome": one.name, "unit": one.unit}
    return {
        **{name: np.full(years, value, dtype=object) for name, value in same.items()},
        "year": values.columns.to_numpy(np.int64),
        "worlds": values.count().to_numpy(),
        "median": median,
        "p10": low,
        "p90": high,
        "error": _error(one, values),
        "mean": values.mean().to_numpy(),
        **dict(zip(_CHANGE, change.T, strict=True)),
    }


def _error(one: Quantity, values: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Half the 95% interval of the median, or of a claim's share of worlds, one per year."""
    if one.unit != HOLDS:
        return half_width(values.to_numpy(np.float64), 0.5)
    ends = [wilson(values[year].sum(), values[year].count()) for year in values]
    return np.array([(high - low) / 2 for low, high in ends])


def _differences(
    wanted: Sequence[Quantity], values: Mapping[str, pd.DataFrame], first: Mapping[str, pd.DataFrame]
) -> dict[bool, pd.DataFrame]:
    """The differences to the first cell with their intervals, of shares (True) and of means.

    One row per quantity and year that both cells have: all at once, as each call costs more than its columns.
    """
    found = {}
    for shares in (True, False):
        names = [one.name for one in wanted if (one.unit == HOLDS) == shares and one.name in values]
        before, after = ({name: own[name] for name in names if name in own} for own in (first, values))
        if not before:
            continue
        change = differences(pd.concat(after, axis="columns"), pd.concat(before, axis="columns"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # where no pair differs there is no skewness
            of = interval_of_shares(change) if shares else interval_of_means(change, exactly(change))
            found[shares] = pd.DataFrame(of)
    return found
