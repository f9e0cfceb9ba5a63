"""The numbers of a report as tables: outcomes of the last year, and claims."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from computeshift.experiments.questions.compare.measured import HEADLINE
from computeshift.experiments.results.claims import wilson
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome
from computeshift.experiments.results.pairing import differences
from computeshift.experiments.results.quantiles import array_bands, bands
from computeshift.experiments.views.format import share_with_interval, span, spans, unit_of_difference
from computeshift.experiments.views.plots.amounts import amounts, differences_of_how_often, one_pair
from computeshift.experiments.views.report.sides import Side

Table = list[list[str]]
"""Rows of cells, the heads first."""


def numbers(sides: Sequence[Side], pairs: bool) -> Table:
    """The outcomes of the last year: median and band of every side, then of the paired differences."""
    first, *others = sides
    year = first.results.years[-1]
    reference, compared = last_year(first), others if pairs else []
    changes = {side.minus(first): bands(differences(last_year(side), reference)) for side in compared}
    heads = [f"{side.name}, {side.results.years[-1]}" for side in sides]
    rows = [["Median (P10 to P90)", *heads, *(f"{name}, {year}" for name in changes)]]
    for outcome in outcomes(first):
        cells = [_level(_numbers(side, outcome), outcome.unit) for side in sides]
        if any(cells):
            meaning = outcome.doc if outcome.text else first.results.cast.worded(outcome.doc)
            differing = (change(one, outcome) for one in changes.values())
            rows.append([meaning.rstrip("."), *cells, *differing])
    return rows


def outcomes(side: Side) -> list[Outcome]:
    """The outcomes of a report: the headline ones, and those that its configs define."""
    return [*(OUTCOMES[name] for name in HEADLINE), *amounts(side.results).own.values()]


def _numbers(side: Side, outcome: Outcome) -> pd.Series[float]:
    """The numbers of an outcome in the last year, or the year that it is about; none where there is none."""
    table = amounts(side.results).outcome_or_empty(outcome.key)
    year = outcome.year(side.results.years)
    return table[year] if year in table else pd.Series(dtype=float)


def claims(sides: Sequence[Side], pairs: bool) -> Table:
    """How often each claim holds on every side, then the differences to the first side, in points."""
    first, *others = sides
    held = [amounts(side.results).held for side in sides]
    changes = {side.minus(first): _claim_changes(side, first) for side in others if pairs}
    heads = [f"{side.name}: holds in" for side in sides]
    rows = [["Share of worlds (95% interval)", *heads, *changes]]
    for name, claim in amounts(first.results).claims.items():
        cells = [_share(one.get(name)) for one in held]
        if any(cells):
            differences = [one.get(name, "") for one in changes.values()]
            rows.append([claim.sentence, *(cell or "not decided" for cell in cells), *differences])
    return rows


def _share(holds: pd.Series[bool] | None) -> str:
    if holds is None or holds.empty:
        return ""
    low, high = wilson(int(holds.sum()), len(holds))
    return share_with_interval(float(holds.mean()), low, high)


def _claim_changes(side: Side, first: Side) -> dict[str, str]:
    """The difference of how often each claim holds, as in its picture; none for a single pair of worlds."""
    if one_pair(side.results, first.results):
        return {}
    held = (pd.DataFrame(amounts(one.results).held) for one in (side, first))
    table = differences_of_how_often(*held)
    spread = table[["low", "difference", "high"]].to_numpy().T
    return dict(zip(map(str, table.index), spans(spread, "points", sign=True), strict=True))


def _level(values: pd.Series[float], unit: str) -> str:
    numbers = np.asarray(values, dtype=np.float64)
    return span(array_bands(numbers), unit) if np.isfinite(numbers).any() else ""


def last_year(side: Side) -> pd.DataFrame:
    """The outcomes of a side's last year: one row per world, one column per outcome."""
    columns = {outcome.name: _numbers(side, outcome) for outcome in outcomes(side)}
    return pd.DataFrame({name: column for name, column in columns.items() if not column.empty})


def change(bands: pd.DataFrame, outcome: Outcome) -> str:
    """The median of an outcome's paired differences, with its band; empty if it has none."""
    if outcome.name not in bands.index:
        return ""
    spread = bands.loc[outcome.name].to_numpy(dtype=np.float64)
    return span(spread, unit_of_difference(outcome.unit), sign=True)
