"""The numbers of a report as tables: outcomes of the last year, and claims."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from computeshift.experiments.questions.compare.measured import HEADLINE
from computeshift.experiments.results.claims import claims as known_claims
from computeshift.experiments.results.claims import wilson
from computeshift.experiments.results.outcomes import OUTCOMES
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
    for name in HEADLINE:
        outcome = OUTCOMES[name]
        cells = [_level(amounts(side.results).outcome_or_empty(name), outcome.unit) for side in sides]
        if any(cells):
            meaning = first.results.cast.worded(outcome.doc).rstrip(".")
            rows.append([meaning, *cells, *(change(one, name) for one in changes.values())])
    return rows


def claims(sides: Sequence[Side], pairs: bool) -> Table:
    """How often each claim holds on every side, then the differences to the first side, in points."""
    first, *others = sides
    held = [amounts(side.results).held for side in sides]
    changes = {side.minus(first): _claim_changes(side, first) for side in others if pairs}
    heads = [f"{side.name}: holds in" for side in sides]
    rows = [["Share of worlds (95% interval)", *heads, *changes]]
    for name, claim in known_claims().items():
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


def _level(values: pd.DataFrame, unit: str) -> str:
    if values.empty or not np.isfinite(values.iloc[:, -1]).any():
        return ""
    return span(array_bands(values.iloc[:, -1].to_numpy(dtype=np.float64)), unit)


def last_year(side: Side) -> pd.DataFrame:
    """The outcomes of a side's last year: one row per world, one column per outcome."""
    tables = {name: amounts(side.results).outcome_or_empty(name) for name in HEADLINE}
    return pd.DataFrame({name: table.iloc[:, -1] for name, table in tables.items() if not table.empty})


def change(bands: pd.DataFrame, name: str) -> str:
    """The median of an outcome's paired differences, with its band; empty if it has none."""
    if name not in bands.index:
        return ""
    return span(
        bands.loc[name].to_numpy(dtype=np.float64), unit_of_difference(OUTCOMES[name].unit), sign=True
    )
