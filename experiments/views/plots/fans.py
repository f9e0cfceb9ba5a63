"""Fan charts: any outcome or logged variable, with its bands over worlds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from computeshift.environment.market import VARIABLES as OF_MARKET
from computeshift.experiments.config.arguments import known
from computeshift.experiments.config.changes import in_files
from computeshift.experiments.config.expression import MARKET, is_name, parse
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome, outcome_of
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.terms import table_of
from computeshift.experiments.views.colours import lighter
from computeshift.experiments.views.format import spans, unit_label, unit_of_difference
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    amounts,
    count_of_worlds,
    lacks,
    medians_of_differences,
    name_of,
    values_of,
)
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
_BANDS = (("P5 to P95", 0, 6, 0.85), ("P10 to P90", 1, 5, 0.7), ("P25 to P75", 2, 4, 0.45))
_COLOUR = style.CAPACITY
_VARIABLE = re.compile(rf"(?!{MARKET}\.)([\w-]+\.)?\w+")
"""A variable of the market by its name, or of a firm."""


@dataclass(frozen=True)
class Measure:
    """What a fan is drawn of: its title, its unit, and how it is read, worlds x years."""

    title: str
    unit: str
    read: Callable[[Amounts], Array]


@sourced
def fan(results: Record, name: str, against: Record | None = None) -> Picture:
    """A fan of an outcome, of a variable of the market, or of a firm's (`softbank.nav`), year by year.

    An expression has one too. With `against`: of the differences to its paired worlds. UserError if no
    outcome or variable has that name, and for an outcome of one year alone. Nothing to show if it was not
    kept, or has no number in these worlds.
    """
    measure = measure_of(results, name)
    reasons = (_without(one, name) for one in (results, against) if one is not None)
    if reason := next(filter(None, reasons), ""):
        return nothing(reason)
    unit = measure.unit if against is None else unit_of_difference(measure.unit)
    values = values_of(measure.read, results, against)
    if not np.isfinite(values).any():
        return nothing(f"{name} has no value in these worlds")
    spread = np.nanquantile(values, QUANTILES, axis=0)
    series = [
        ribbon
        for band, low, high, by in _BANDS
        for ribbon in style.ribbon(
            band, results.years, spread[low], spread[high], lighter(_COLOUR, by), unit, opacity=1.0
        )
    ]
    texts = spans(spread[[1, 3, 5]], unit, sign=against is not None)
    median = style.line("Median (P10 to P90)", results.years, spread[3], texts, unit)
    series.append(median | {"color": _COLOUR, "lineStyle": {"width": 2.5}, "z": 5})
    option = style.by_year(results.years, unit, series=series)
    option["legend"]["data"] = [median["name"], *(band for band, *_ in _BANDS)]
    table = pd.DataFrame(spread.T, columns=[f"p{100 * q:g}" for q in QUANTILES])
    table.insert(0, "year", results.years)
    how = f", median and bands over {count_of_worlds(results)}"
    how = how if against is None else f" {medians_of_differences(results, against)}, with their bands"
    note = f"{capitalised(unit_label(unit)) if unit else 'Value'}{how}."
    file = f"fan_{in_files(name.replace('.', '_'))}{'' if against is None else '_against'}"
    return Picture(file, style.title_of(measure.title, against), note, option, table)


def measure_of(results: Record, name: str) -> Measure:
    """The outcome or variable of a name. UserError, with the nearest name, if there is none."""
    own = amounts(results)
    if name in OUTCOMES or name in own.own or _is_expression(results, name):
        outcome = own.own[name] if name in own.own else outcome_of(name, own.cast, {}, own.years[0] - 1)
        if outcome.when:
            right = f"leave {outcome.when!r} out"
            raise UserError(f"{name} is one number per world, and a fan needs one per year: {right}")
        title = outcome.doc if outcome.text else own.cast.worded(outcome.doc)
        return Measure(title.rstrip("."), outcome.unit, lambda own: _outcome(own, outcome))
    firm, _, variable = name.rpartition(".")
    if not firm and name in OF_MARKET:
        unit, meaning = OF_MARKET[name]
        return Measure(f"The market: {meaning}", unit, lambda own: own.market_variable(name).to_numpy())
    numbers = {name: about for name, about in own.logged().items() if about[0]}  # a word has no unit
    if firm:
        known(firm, [*results.firms, "stargate"], "firm")
    if firm and variable in numbers and (own.has(firm, variable) or not own.keeps(firm, variable)):
        unit, meaning = numbers[variable]
        return Measure(f"{style.label(firm)}: {meaning}", unit, lambda own: _value(own, firm, variable))
    names = [v for v in numbers if own.has(firm, v)] if firm else [*OUTCOMES, *own.own, *OF_MARKET]
    whose = f"{named(firm)} has" if firm else "there is"
    raise UserError(f"{whose} no variable {variable!r}; {instead(variable, names)}")


def _is_expression(record: Record, name: str) -> bool:
    """Whether a name is neither that of a variable of the market nor of a firm's."""
    firm, _, variable = name.rpartition(".")
    of_firm = firm in record.firms and is_name(variable)  # whatever the firm is called
    return not of_firm and not _VARIABLE.fullmatch(name)


def _without(record: Record, name: str) -> str:
    """Why a record has no such variable of a firm, in words; empty if it has."""
    firm, _, variable = name.rpartition(".")
    own = amounts(record)
    if not firm or _is_expression(record, name) or own.has(firm, variable):
        return ""
    if not own.keeps(firm, variable):
        return lacks("agents", record)
    return f"{name_of(record)} has no {name}"


def _outcome(own: Amounts, outcome: Outcome) -> Array:
    table = own.outcome_or_empty(outcome.key)
    if table.empty and outcome.text and outcome.name not in own.own:
        table = table_of(parse(outcome.text), own)  # says what is missing
    return own.zero() * np.nan if table.empty else table.to_numpy(dtype=np.float64)


def _value(own: Amounts, firm: str, variable: str) -> Array:
    value = own.value(firm, variable)
    return own.zero() * np.nan if value is None else value
