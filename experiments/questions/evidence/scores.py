"""Scores of weighed worlds, and of two rivals, on a fact that they were not fitted to."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np

from computeshift.experiments.questions.evidence.fact import Fact
from computeshift.experiments.questions.evidence.fitting import Fit
from computeshift.experiments.questions.evidence.history import PLANNED, Row
from computeshift.experiments.questions.evidence.weighing import Array, log_ratio, quantiles

RIVALS = {"growth": "last growth continued", "plan": "the company's own plan"}
_QUANTILES = (0.05, 0.5, 0.95)


def scored(fit: Fit, fact: Fact) -> dict[str, Any]:
    """A fact with what the worlds and the rivals said of it, and how wrong they were."""
    values = fit.says[fact.name].to_numpy()
    p5, p50, p95 = quantiles(values, fit.weights.of, _QUANTILES)
    growth, plan = _growth(fit, fact), _plan(fit, fact)
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


def _growth(fit: Fit, fact: Fact) -> float:
    """What the last growth known at the cut says, continued; of a growth, that it stays. NaN if unknown."""
    same = (fact.entity, fact.variable, fact.when.startswith("FY"))
    known = {
        known.year: known.value
        for known in fit.history
        if (known.entity, known.variable, known.when.startswith("FY")) == same and known.year <= fit.until
    }
    last = known.get(fit.until, math.nan)
    if fact.growth:
        return last
    return float(last * (last / known.get(fit.until - 1, math.nan)) ** (fact.year - fit.until))


def _plan(fit: Fit, fact: Fact) -> float:
    """What the company last planned or pledged by March after the cut, NaN if nothing."""
    known_by = datetime.date(fit.until + 1, 3, 31)
    plans = [row for row in fit.rows if _plans(row, fact) and row.published <= known_by]
    newest = max((row.published for row in plans), default=None)
    values = [row.value for row in plans if row.published == newest]
    return float(np.median(values)) if values else math.nan


def _plans(row: Row, fact: Fact) -> bool:
    same = (row.name, row.unit) == (fact.name, fact.unit)
    return row.kind in PLANNED and same and not fact.growth
