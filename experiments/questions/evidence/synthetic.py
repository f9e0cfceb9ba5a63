"""Facts as they would be if a world were the true one: the same things and times, with errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from computeshift.experiments.questions.evidence.fact import Fact
from computeshift.experiments.questions.evidence.weighing import DISCREPANCY, TAILS


def facts_of_world(says: pd.Series[float], facts: Sequence[Fact], draws: np.random.Generator) -> list[Fact]:
    """The facts as this world has them, each off by a random error; `says` has its numbers by their names.

    The errors of logs are those that `weigh` assumes. Each fact has its own normal error and one of the
    model, which a theme shares. Both are divided by the theme's root of a chi-squared number over its
    degrees of freedom. So each fact's error is Student's t with the scale that `weigh` has. A fact that
    is zero in this world is none, because errors are ratios.
    """
    shared = {theme: _of_theme(draws) for theme in dict.fromkeys(fact.theme for fact in facts)}
    own = draws.standard_normal(len(facts))
    made = []
    for fact, normal in zip(facts, own, strict=True):
        model, tail = shared[fact.theme]
        error = (fact.error * normal + model) * tail
        made.append(replace(fact, value=float(says[fact.name] * np.exp(error))))
    return [fact for fact in made if fact.value]


def _of_theme(draws: np.random.Generator) -> tuple[float, float]:
    """The model's error that a theme shares, and the factor that gives its errors heavy tails."""
    return DISCREPANCY * draws.standard_normal(), float(np.sqrt(TAILS / draws.chisquare(TAILS)))
