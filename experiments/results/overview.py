"""The tables of a run that are written for other programs: shares, money, the lab, deals and more."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

import pandas as pd

from computeshift.environment.deals import STATES
from computeshift.experiments.config.cast import LAB
from computeshift.experiments.results.deals import DEALS, LABELS
from computeshift.experiments.results.exported import Glossary
from computeshift.experiments.results.outcomes import OUTCOMES, own_outcomes
from computeshift.experiments.results.quantiles import QUANTILES, yearly

if TYPE_CHECKING:
    from computeshift.experiments.results.results import Results

OF_LAB = ("revenue", "burn", "training_spend", "inference_spend", "capacity_gw")
"""Variables of the lab that outcomes are about."""


def _bands(unit: str, what: str) -> dict[str, tuple[str, str]]:
    names = {"p10": "P10", "p50": "median", "p90": "P90"}
    own = {column: (unit, f"{name} over worlds of {what}") for column, name in names.items()}
    error = "Monte Carlo error of {}: half its 95% interval, empty with too few worlds"
    return own | {f"error_{column}": (unit, error.format(name)) for column, name in names.items()}


ABOUT: Glossary = {
    "*": {"year": ("", "calendar year"), "unit": ("", "unit of the numbers in the row")},
    "shares": {
        "supplier": ("", "firm that supplies"),
        **_bands("share", "the part of the GW the lab used that came through the supplier"),
    },
    "investments": {
        "investor": ("", "firm or institution that pays"),
        "target": ("", "firm that receives it"),
        **_bands("$ bn", "the equity paid in the year"),
    },
    "lab": {
        "firm": ("", "lab that outcomes are about"),
        "variable": ("", "what the lab logs"),
        **_bands("see unit", "the variable"),
    },
    "deals": {
        **LABELS,
        "number": ("", 'what the row is about: see `Results.columns("deals")`'),
        **_bands("see unit", "the number at the end of the year; 0 where nothing was ever due"),
    },
    "outcomes": {
        "outcome": ("", "name of the outcome"),
        "meaning": ("", "what it is"),
        **_bands("see unit", "the outcome"),
    },
    "claims": {
        "name": ("", "name of the claim"),
        "probability": ("share", "part of the worlds in which the claim holds"),
        "low": ("share", "lower end of its 95% interval"),
        "high": ("share", "upper end of its 95% interval"),
        "worlds": ("worlds", "worlds that decide the claim"),
        "sentence": ("", "what the claim says"),
        "source": ("", "who said it, and when"),
    },
}
"""Unit and meaning of each column."""


def tables_of(results: Results) -> dict[str, pd.DataFrame]:
    """Quantiles over worlds, year by year, and how often each claim holds. UserError if no world counts."""
    results.must_have_worlds()
    tables = {
        "shares": results.shares(errors=True) if _supplied(results) else _empty("supplier"),
        "investments": results.investments(errors=True),
        "lab": _lab(results),
        "deals": _deals(results) if DEALS in results.parts.tables else None,
        "outcomes": _outcomes(results),
        "claims": results.claims(),
    }
    return {name: table for name, table in tables.items() if table is not None}


def _supplied(results: Results) -> bool:
    lab = results.cast.firm(LAB)
    return any((target, kind) == (lab, "capacity") for _, target, kind in results.ties())


def _lab(results: Results) -> pd.DataFrame:
    """The lab's variables, with their units."""
    lab = results.cast.firm(LAB)
    known = [name for name in OF_LAB if results.has(lab, name)]
    if not known:
        return _empty("firm", "variable", "unit")
    table = results.firm(lab, known, errors=True)
    table.insert(0, "firm", lab)
    table.insert(2, "unit", [results.logged()[name][0] for name in table["variable"]])
    return table


def _deals(results: Results) -> pd.DataFrame:
    """Every number of every deal that was ever due, with its unit."""
    numbers = (
        ((*astuple(deal), number, unit), results.deal(deal.deal, number))
        for deal in results.deals_or_none()
        for number, (unit, _) in STATES.items()
    )
    return yearly(numbers, [*LABELS, "number", "unit"], QUANTILES)


def _outcomes(results: Results) -> pd.DataFrame:
    """Every outcome that the market has, its own among them."""
    known = OUTCOMES | own_outcomes(results.config)
    values = ((name, results.outcome_or_empty(outcome.key)) for name, outcome in known.items())
    found = (((name,), one) for name, one in values if not one.empty)
    table = yearly(found, ["outcome"], QUANTILES, errors=True)
    table.insert(1, "unit", [known[name].unit for name in table["outcome"]])
    worded = {name: results.cast.worded(known[name].doc) for name in table["outcome"].unique()}
    return table.assign(meaning=table["outcome"].map(worded))


def _empty(*columns: str) -> pd.DataFrame:
    names = ("p10", "p50", "p90")
    return pd.DataFrame(columns=[*columns, "year", *names, *(f"error_{name}" for name in names)])
