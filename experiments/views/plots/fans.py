"""Fan charts: any outcome or logged variable, with its bands over worlds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from computeshift.environment.market import VARIABLES as OF_MARKET
from computeshift.experiments.config.arguments import chosen_year, known
from computeshift.experiments.config.changes import in_files
from computeshift.experiments.config.expression import MARKET, is_name, parse
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome, outcome_of
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.terms import table_of
from computeshift.experiments.views.format import unit_label, unit_of_difference
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    amounts,
    count_of_worlds,
    differences,
    lacks,
    medians_of_differences,
    name_of,
    values_of,
    worlds_of,
)
from computeshift.experiments.views.plots.distribution import DOTS, Distribution
from computeshift.experiments.views.plots.events import eventful
from computeshift.experiments.views.plots.landmarks import Landmarks, landmarks
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced

Form = Literal["band", "lines", "dots"]
FORMS: dict[Form, str] = {"band": "Band", "lines": "Lines", "dots": "Dots"}
"""How a distribution can be drawn, with its name on a switch."""
_VARIABLE = re.compile(rf"(?!{MARKET}\.)([\w-]+\.)?\w+")
"""A variable of the market by its name, or of a firm."""


@dataclass(frozen=True)
class Measure:
    """What a fan is drawn of: its title, its unit, and how it is read, worlds x years."""

    title: str
    unit: str
    read: Callable[[Amounts], Array]


@sourced
@eventful
def fan(
    results: Record,
    name: str,
    against: Record | None = None,
    form: Form = "band",
    year: int | None = None,
    dots: int | None = None,
) -> Picture:
    """A fan of an outcome, of a variable of the market, or of a firm's (`softbank.nav`), year by year.

    An expression has one too. With `against`: of the differences to its paired worlds. `form` is "band"
    (quantiles), "lines" (the median and single worlds) or "dots": a quantile dot plot of one year, by
    default the last, in which each of `dots` (50, or 20) stands for as many worlds. Levels have landmarks:
    what claims ask for, and what is known.

    UserError if no outcome or variable has that name, for an outcome of one year alone, for a form, a year
    or a number of dots that there is not, and for a year or a number of dots of another form. Nothing
    to show if it was not kept, or has no number in these worlds.
    """
    chosen_form(form, year, dots)
    at = -1 if year is None else results.years.index(chosen_year(year, results.years))
    measure = measure_of(results, name)
    reasons = (_without(one, name) for one in (results, against) if one is not None)
    if reason := next(filter(None, reasons), ""):
        return nothing(reason)
    values = values_of(measure.read, results, against)
    if not np.isfinite(values[:, at] if form == "dots" else values).any():
        return nothing(f"{name} has no value in these worlds")
    unit = measure.unit if against is None else unit_of_difference(measure.unit)
    marks = landmarks(results, name) if against is None else Landmarks()
    worlds = worlds_of(results, against)
    own = Distribution(worlds, results.years, values, unit, against is not None, marks)
    drawn = (
        own.dots(at, DOTS[0] if dots is None else dots)
        if form == "dots"
        else own.lines()
        if form == "lines"
        else own.band()
    )
    title = style.title_of(measure.title, against) + (f", {results.years[at]}" if form == "dots" else "")
    over = f", {count_of_worlds(results)}"
    if against is not None:
        over = f" {(differences if form == 'dots' else medians_of_differences)(results, against)}"
    note = f"{capitalised(unit_label(unit)) if unit else 'Value'}{over}. {drawn.words}"
    words = [*([] if form == "band" else [form]), *([] if against is None else ["against"])]
    file = "_".join(["fan", in_files(name.replace(".", "_")), *words])
    return Picture(file, title, note, drawn.option, drawn.table, drawn.height)


def chosen_form(form: str, year: int | None = None, dots: int | None = None) -> Form:
    """A form of fans; UserError, with the nearest one, if it is none, and for a year or dots it has not."""
    chosen = cast("Form", known(form, FORMS, "form of a fan", "form"))
    for name, value in (("year", year), ("dots", dots)):
        if value is not None and chosen != "dots":
            raise UserError(f'`{name}`: only dots have it, and this form is {chosen!r}; use `form="dots"`')
    return chosen


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
