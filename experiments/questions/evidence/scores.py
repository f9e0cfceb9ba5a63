"""Scores of weighed worlds, and of two rivals, on a fact that they were not fitted to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from computeshift.experiments.config.periods import YEAR
from computeshift.experiments.questions.evidence.fact import Fact
from computeshift.experiments.questions.evidence.fitting import Fit
from computeshift.experiments.questions.evidence.history import PLANNED, Row
from computeshift.experiments.questions.evidence.observables import MEMBERS, POINTS, observed
from computeshift.experiments.questions.evidence.weighing import Array, log_ratio, quantiles

RIVALS = {"growth": "last growth continued", "plan": "the company's own plan"}
GUIDANCE = "_guidance"
"""How the variable of a row ends that holds what a company said it would be."""
_QUANTILES = (0.05, 0.5, 0.95)


def scored(fit: Fit, fact: Fact) -> dict[str, Any]:
    """A fact with what the worlds and the rivals said of it, and how wrong they were."""
    values = fit.says[fact.name].to_numpy()
    p5, p50, p95 = quantiles(values, fit.weights.of, _QUANTILES)
    growth, plan = continued(fit.history, fit.until, fact), _plan(fit, fact)
    return {
        "entity": fact.entity,
        "variable": fact.variable,
        "when": fact.when,
        "unit": fact.unit,
        "value": fact.value,
        "source": fact.sources,
        "p5": p5,
        "p50": p50,
        "p95": p95,
        "covered": p5 <= fact.value <= p95,
        "crps": crps(values, fact.value, fit.weights.of),
        "crps_prior": crps(values, fact.value),
        "growth": abs(float(log_ratio(growth, fact.value))),
        "plan": abs(float(log_ratio(plan, fact.value))),
        "growth_value": growth,
        "plan_value": plan,
    }


def crps(values: Array, fact: float, weights: Array | None = None) -> float:
    """The continuous ranked probability score of weighted values, in logs of their ratio to the fact."""
    import scoringrules

    return float(scoringrules.crps_ensemble(0.0, log_ratio(values, fact), ens_w=weights))


def continued(history: Sequence[Fact], until: int, fact: Fact) -> float:
    """What the growth of `until`, continued, says of a fact; of a growth, that it stays. NaN if unknown."""
    known = {one.year: one for one in history if alike(one, fact) and one.year <= until}
    last, before = known.get(until), known.get(until - 1)
    if last is None or (before is None and not fact.growth):
        return math.nan
    if before is None or fact.growth:
        return last.value
    times = (fact.period.end - last.period.end) / (last.period.end - before.period.end)
    return float(last.value * (last.value / before.value) ** times)


def alike(one: Fact, other: Fact) -> bool:
    """Whether two facts are about the same thing: flows also about the same months of a year."""
    if (one.entity, one.variable) != (other.entity, other.variable):
        return False
    return one.kind in POINTS or (one.period.months, one.period.end % YEAR) == (
        other.period.months,
        other.period.end % YEAR,
    )


def _plan(fit: Fit, fact: Fact) -> float:
    """What the company, or each of the firms together, last planned or pledged by the cut; NaN if nothing."""
    if fact.growth:
        return math.nan
    day = fit.config.known_by(fit.until)
    plans = [row for row in fit.rows if row.kind in PLANNED and row.published <= day and _about(row, fact)]
    members = MEMBERS.get(fact.entity, (fact.entity,))
    return sum(_newest([row for row in plans if row.entity == member]) for member in members)


def _newest(plans: Sequence[Row]) -> float:
    """The median of the plans that were published last."""
    last = max((row.published for row in plans), default=None)
    values = [row.value for row in plans if row.published == last]
    return float(np.median(values)) if values else math.nan


def _about(row: Row, fact: Fact) -> bool:
    """Whether a row is about what a fact is about, at the same time; guidance on capex is about capex."""
    when, variable = row.period, row.variable.removesuffix(GUIDANCE)
    same = (observed(row.entity, variable), row.unit) == ((fact.entity, fact.variable), fact.unit)
    if when is None or not same:
        return False
    return when.end == fact.period.end if fact.kind in POINTS else when == fact.period
