"""Worlds weighed by facts: how likely each is, and samples and quantiles by these weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.environment.draws import Draws
from computeshift.experiments.questions.evidence.fact import Fact

Array = npt.NDArray[np.float64]

EFFECTIVE = 300  # worlds that a posterior is worth at least
LEAST_RATIO = 0.01  # of a fact: below it, or of the other sign, worlds are as wrong as can be
DISCREPANCY = 0.2
"""Standard deviation of the model's own error, log: assumed, because six firms and yearly steps stand
for a market, and no parameter makes such a model right to within a tenth."""
TAILS = 4  # degrees of freedom: a fact that the model can't meet must not decide alone
_SAME = 1e-9  # logs that differ by less differ by rounding
_MIDDLE = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Weights:
    """How likely each world is by the facts, `(W,)`, together 1.

    `temperature` is the power of the likelihood that was used, 1 for all of it; `effective` is Kish's
    effective number of worlds, and `effective_whole` what it would be with all of the likelihood.
    """

    of: Array
    temperature: float
    effective: float
    effective_whole: float


def log_ratio(values: npt.ArrayLike, fact: float) -> Array:
    """Log of values over a fact, between those of a hundredth and a hundred; same shape as values."""
    ratio = np.asarray(values, dtype=np.float64) / fact
    return np.log(np.clip(ratio, LEAST_RATIO, 1 / LEAST_RATIO))


def informs(says: pd.DataFrame, fact: Fact) -> bool:
    """Whether worlds differ in what they say of a fact: else it tells none from another."""
    return float(np.ptp(log_ratio(says[fact.name], fact.value))) > _SAME


def themes(facts: Sequence[Fact]) -> dict[str, list[str]]:
    """The names of facts by what moves them."""
    groups: dict[str, list[str]] = {}
    for fact in facts:
        groups.setdefault(fact.theme, []).append(fact.name)
    return groups


def weigh(says: pd.DataFrame, facts: Sequence[Fact]) -> Weights:
    """Weights of worlds by a Student-t likelihood of the log distances to facts that inform.

    The scale of a distance is the fact's error and the model's discrepancy, as variances added. Facts
    of a theme share that discrepancy, so a theme counts as one fact: its log-likelihood is the mean of
    theirs (a composite likelihood; Varin, Reid and Firth 2011). The likelihood is raised to the largest
    power up to 1 that leaves the worlds worth 300 (tempering; Neal 2001): a posterior never rests on a
    few worlds, at the price of weakening every fact alike.
    """
    informing = [fact for fact in facts if informs(says, fact)]
    groups = themes(informing)
    log_likelihood = np.zeros(len(says))
    for fact in informing:
        scale = np.hypot(fact.error, DISCREPANCY)  # `synthetic.py` draws by the same error model
        distance = log_ratio(says[fact.name], fact.value) / scale
        own = -(TAILS + 1) / 2 * np.log1p(distance**2 / TAILS)
        log_likelihood += own / len(groups[fact.theme])
    power = _power(log_likelihood)
    weights = _normal(power * log_likelihood)
    return Weights(weights, power, _effective(weights), _effective(_normal(log_likelihood)))


def _power(log_likelihood: Array) -> float:
    """The largest power up to 1 that leaves the worlds worth enough, by bisection."""
    if _effective(_normal(log_likelihood)) >= EFFECTIVE:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(40):
        power = (low + high) / 2
        enough = _effective(_normal(power * log_likelihood)) >= EFFECTIVE
        low, high = (power, high) if enough else (low, power)
    return low


def _normal(log_weights: Array) -> Array:
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())


def _effective(weights: Array) -> float:
    return float(1 / (weights**2).sum())


def quantiles(values: Array, weights: Array, at: Sequence[float]) -> list[float]:
    """Quantiles of weighted values, by the inverse of their distribution function."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    places = np.searchsorted(reached, np.asarray(at) * reached[-1])
    return [float(value) for value in values[order][np.minimum(places, len(values) - 1)]]


def move(values: Array, weights: Array) -> dict[str, float]:
    """How far a weighted sample is from the same one unweighted: distance, quantiles, shrinkage."""
    order = np.argsort(values, kind="stable")
    prior, after = np.arange(1, len(values) + 1) / len(values), np.cumsum(weights[order])
    row = {"distance": float(np.abs(after - prior).max())}
    for name, reached in (("prior", prior), ("posterior", after)):
        places = np.searchsorted(reached, np.asarray(_MIDDLE) * reached[-1])
        for quantile, place in zip(_MIDDLE, places, strict=True):
            row[f"{name}_p{100 * quantile:.0f}"] = float(values[order][place])
    width = row["prior_p90"] - row["prior_p10"]
    row["shrinkage"] = 1 - (row["posterior_p90"] - row["posterior_p10"]) / width
    return row


def resampled(table: pd.DataFrame, weights: Array, seed: int, rows: int) -> pd.DataFrame:
    """Rows of equal weight, by systematic resampling (Kitagawa 1996): each as often as it weighs."""
    start = float(Draws(seed, 0, 1).uniform("resampling", 0)[0])
    reached = np.cumsum(weights)
    places = np.searchsorted(reached, (np.arange(rows) + start) / rows * reached[-1])
    equal: pd.DataFrame = table.iloc[places].reset_index(drop=True)
    return equal
