"""Fan charts: any logged variable, or outcome, with its bands over worlds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from computeshift.environment.market import VARIABLES as OF_MARKET
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.colours import lighter
from computeshift.experiments.views.format import spans, unit_label, unit_of_difference
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    amounts,
    counted,
    measured,
    of_medians,
)
from computeshift.experiments.views.plots.picture import Picture

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
_BANDS = (("P5 to P95", 0, 6, 0.85), ("P10 to P90", 1, 5, 0.7), ("P25 to P75", 2, 4, 0.45))
_COLOUR = style.CAPACITY


def fan(results: Record, name: str, against: Record | None = None) -> Picture:
    """A fan of an outcome, of a variable of the market, or of a firm's (`softbank.nav`), year by year.

    With `against`, of what it has more than in its paired worlds. UserError if there is none of that name.
    """
    title, unit, of = _asked(results, name)
    if against is not None:
        _asked(against, name)
        unit = unit_of_difference(unit)
    values = measured(of, results, against)
    if not np.isfinite(values).any():
        raise UserError(f"{name} has no value in these worlds")
    spread = np.nanquantile(values, QUANTILES, axis=0)
    series = [
        ribbon
        for band, low, high, by in _BANDS
        for ribbon in style.ribbon(
            band, results.years, spread[low], spread[high], lighter(_COLOUR, by), unit, opacity=1.0
        )
    ]
    told = spans(spread[[1, 3, 5]], unit, sign=against is not None)
    median = style.line("Median (P10 to P90)", results.years, spread[3], told, unit)
    series.append(median | {"color": _COLOUR, "lineStyle": {"width": 2.5}, "z": 5})
    option = style.by_year(results.years, unit, series=series)
    option["legend"]["data"] = [median["name"], *(band for band, *_ in _BANDS)]
    table = pd.DataFrame(spread.T, columns=[f"p{100 * q:g}" for q in QUANTILES])
    table.insert(0, "year", results.years)
    how = f", median and bands over {counted(results)}"
    how = how if against is None else f" {of_medians(results, against)}, with their bands"
    note = f"{capitalised(unit_label(unit)) if unit else 'Value'}{how}."
    kind = "_against" if against is not None else ""
    return Picture(f"fan_{name.replace('.', '_')}{kind}", style.titled(title, against), note, option, table)


def _asked(results: Record, name: str) -> tuple[str, str, Callable[[Amounts], Array]]:
    """The title, the unit and the values of what is named."""
    own = amounts(results)
    if name in OUTCOMES:
        asked = OUTCOMES[name]
        return (
            own.cast.worded(asked.doc).rstrip("."),
            asked.unit,
            lambda own: own.outcome_or_empty(name).to_numpy(dtype=np.float64),
        )
    firm, _, variable = name.rpartition(".")
    numbers = {name: about for name, about in own.logged().items() if about[0]}  # a word has no unit
    if firm and variable in numbers and own.has(firm, variable):
        unit, meaning = numbers[variable]
        return f"{style.said(firm)}: {meaning}", unit, lambda own: _value(own, firm, variable)
    if name in OF_MARKET:
        unit, meaning = OF_MARKET[name]
        return f"The market: {meaning}", unit, lambda own: own.market_variable(name).to_numpy()
    if firm and firm not in (*results.firms, "stargate"):
        raise UserError(f"there is no firm {firm!r}; {instead(firm, [*results.firms, 'stargate'])}")
    known = [v for v in numbers if own.has(firm, v)] if firm else [*OUTCOMES, *OF_MARKET]
    whose = f"{named(firm)} has" if firm else "there is"
    raise UserError(f"{whose} no variable {variable!r}; {instead(variable, known)}")


def _value(own: Amounts, firm: str, variable: str) -> Array:
    known = own.value(firm, variable)
    return own.zero() * np.nan if known is None else known
