"""Predicted numbers beside the facts that came: which quantiles face a fact, and how wrong they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from computeshift.experiments.config.periods import YEAR, Period
from computeshift.experiments.config.settling import Kind
from computeshift.experiments.questions.evidence.fact import Fact
from computeshift.experiments.questions.evidence.observables import OBSERVABLES, Observable, Observables
from computeshift.experiments.questions.evidence.periods import average, flow, level
from computeshift.experiments.questions.evidence.scores import alike, continued
from computeshift.experiments.questions.evidence.weighing import Array, log_ratio
from computeshift.experiments.questions.predictions.file import (
    LEVELS,
    NAMES,
    PredictedObservable,
    Predictions,
)

SHOWN = ("p5", "p25", "p50", "p75", "p95")
"""The quantiles that stand beside a fact."""
COLUMNS = (
    "known", "entity", "variable", "when", "unit", "value", "published", *SHOWN, "between",
    "covered50", "covered90", "crps", "growth", "growth_value", "source",
)  # fmt: skip
"""The columns of a table of facts."""
_SAID: dict[Kind, Callable[[pd.DataFrame, Period], pd.Series[float] | None]] = {
    "flow": flow,
    "average": average,
    "stock": level,
    "rate": level,
    "round": flow,
    "events": flow,
}
"""What quantiles by years say of a period, by kind: rates, too, are predicted for the ends of years."""


def observables_of(said: Predictions) -> Observables:
    """What facts may be about: all that the program knows, and what the config that was played defines."""
    return OBSERVABLES | {(one.entity, one.variable): _observable(one) for one in said.observables}


def _observable(one: PredictedObservable) -> Observable:
    """The program's own, or one of the config: what that reads is in the file."""
    own = OBSERVABLES.get((one.entity, one.variable))
    if own is not None and (own.kind, own.unit) == (one.kind, one.fact_unit):
        return own
    return Observable(one.kind, one.fact_unit, "", (), lambda _: pd.DataFrame(), signed=True)


def tables_of(said: Predictions) -> dict[tuple[str, str], pd.DataFrame]:
    """By entity and variable the predicted quantiles, 19 rows, by years."""
    tables: dict[tuple[str, str], pd.DataFrame] = {}
    for one in said.observables:
        table = tables.setdefault((one.entity, one.variable), pd.DataFrame(index=list(NAMES)))
        table[one.year] = pd.Series(one.quantiles, dtype=float)
    return tables


def quantiles_of(fact: Fact, table: pd.DataFrame | None) -> Array | None:
    """What was predicted of a fact, 19 quantiles in order; None if nothing was of its years.

    Of a part of a year, or of two, each quantile is read between years as a world would be (`periods.py`): as
    if every world kept its rank.
    """
    if table is None:
        return None
    if fact.growth:
        return table[fact.year].to_numpy(np.float64) if fact.year in table else None
    found = _SAID[fact.kind](table, fact.period)
    return None if found is None else np.asarray(np.sort(found.to_numpy(np.float64)))


def scored(fact: Fact, quantiles: Array, before: Sequence[Fact]) -> dict[str, object]:
    """A fact with its quantiles, and how wrong they and growth that continues were.

    `before` are the facts that were out when the predictions were made.
    """
    known = {(one.name, one.period) for one in before}
    said = dict(zip(NAMES, quantiles.tolist(), strict=True))
    growth = _continued(fact, before)
    row = {
        "known": (fact.name, fact.period) in known,
        "entity": fact.entity,
        "variable": fact.variable,
        "when": fact.when,
        "unit": fact.unit,
        "value": fact.value,
        "published": max(row.published for row in fact.rows).isoformat(),
        **{name: said[name] for name in SHOWN},
        "between": _between(fact),
        "covered50": said["p25"] <= fact.value <= said["p75"],
        "covered90": said["p5"] <= fact.value <= said["p95"],
        "crps": crps(quantiles, fact.value),
        "growth": abs(float(log_ratio(growth, fact.value))),
        "growth_value": growth,
        "source": fact.sources,
    }
    return {column: row[column] for column in COLUMNS}


def crps(quantiles: Array, fact: float) -> float:
    """The continuous ranked probability score of 19 quantiles, in logs of their ratio to the fact.

    Twice their mean quantile loss (Gneiting and Ranjan 2011), which is the distance of a single number and
    comes near the CRPS of a distribution. The logs of what is below zero fall, so they are sorted; the levels
    are the same from either end.

    >>> round(crps(np.full(19, 20.0), 10.0), 3)  # log 2
    0.693
    """
    import scoringrules

    logs = np.sort(log_ratio(quantiles, fact))
    return float(scoringrules.crps_quantile(0.0, logs, np.array(LEVELS)))


def _continued(fact: Fact, before: Sequence[Fact]) -> float:
    """What the last growth says that was known by then, continued; NaN if unknown."""
    years = [one.year for one in before if alike(one, fact) and one.year < fact.year]
    return continued(before, max(years), fact) if years else float("nan")


def _between(fact: Fact) -> bool:
    """Whether a fact is about another time than a calendar year or the end of one."""
    if fact.kind in ("stock", "rate"):
        return fact.period.end % YEAR != 0
    return not fact.period.calendar
