"""Predictions written by hand, with few numbers, so that their scores can be worked out by hand."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from computeshift.experiments.questions.predictions.file import (
    NAMES,
    PredictedClaim,
    PredictedObservable,
    PredictedRule,
    Predictions,
)

MADE = datetime.date(2026, 11, 27)
LATER = "2029-03-01"
"""A day after that on which they were made."""


BURN = ("-OpenAI/free_cash_flow",)


def claim(
    name: str, probability: float | None, facts: tuple[str, ...] = BURN, **other: Any
) -> PredictedClaim:
    """A claim of 1,000 worlds that OpenAI burns $20 bn or more in 2027, settled by its own test on facts."""
    usual: dict[str, Any] = {
        "sentence": f"{name}.",
        "source": "nobody",
        "outcome": "openai_burn",
        "test": "at_least",
        "figure": 20.0,
        "when": "in 2027",
        "years": (2027,),
        "error": 0.02,
        "worlds": 1000,
        "falsified_by": f"not {name}.",
    } | other
    test = {key: usual[key] for key in ("test", "figure", "when", "years")}
    rules = (PredictedRule(facts=facts, **test),) if facts else ()
    return PredictedClaim(name=name, probability=probability, **{"settled_by": rules, **usual})


def number(variable: str, year: int, quantiles: Iterable[float], **other: Any) -> PredictedObservable:
    """Quantiles of a figure of OpenAI in $ bn, a flow."""
    usual = {"entity": "OpenAI", "kind": "flow", "fact_unit": "USD_bn", "unit": "USD_bn"}
    found = dict(zip(NAMES, map(float, quantiles), strict=True))
    return PredictedObservable(**{**usual, "variable": variable, "year": year, "quantiles": found, **other})


def sure(value: float) -> list[float]:
    """A single number as 19 quantiles."""
    return [value] * 19


def spread(low: float, high: float) -> list[float]:
    """19 quantiles of what is even from `low` to `high`."""
    return [float(x) for x in np.linspace(low, high, 21)[1:-1]]


def written(
    file: Path, claims: Iterable[PredictedClaim] = (), numbers: Iterable[PredictedObservable] = ()
) -> Path:
    """A file of predictions, made at the end of November 2026 for 2025 to 2030."""
    said = Predictions(
        made=MADE,
        version="0.9.0",
        config="by hand",
        hash="0" * 64,
        model="0" * 16,
        posterior=None,
        start=2024,
        until=2030,
        known_until=datetime.date(2025, 3, 31),
        worlds=1000,
        left_out=0,
        seed=1,
        changes=(),
        claims=tuple(claims),
        outcomes=(),
        observables=(*numbers, number("free_cash_flow", 2027, sure(-21))),
    )
    file.write_text(said.text(), encoding="utf-8")
    return file
