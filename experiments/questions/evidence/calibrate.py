"""Which worlds agree with the facts: a posterior over the uncertain parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from computeshift.experiments.config.arguments import whole
from computeshift.experiments.config.factor import factor_of_column, parameter_of_column
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.evidence import fitting
from computeshift.experiments.questions.evidence.fact import Left
from computeshift.experiments.questions.evidence.fitting import Fit
from computeshift.experiments.questions.evidence.weighing import move, quantiles, resampled
from computeshift.experiments.results.files import POSTERIOR, writable
from computeshift.experiments.run import posterior
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, Source

ROWS = 1_000  # of equal weight, that a posterior is resampled to
QUANTILES = (0.1, 0.5, 0.9)
_CHANCE = 0.05  # that any parameter at all seems to move, where none does


@dataclass(frozen=True, repr=False)
class Calibration(Answer):
    """A posterior, beside the prior.

    `moved` has one row per parameter and factor: `distance` (Kolmogorov and Smirnov's, to the prior),
    `prior_p10 … posterior_p90` and `shrinkage`, 1 less the posterior's P10 to P90 over the prior's.
    `threshold` is the distance beyond which a parameter moved. `facts` has one row per fact fitted.
    `rows` is the posterior as a design without worlds, rows of equal weight; `file` where it is. Its rows are
    whole: a parameter, its factors and its residual stay together, so the copula is kept.
    """

    question: ClassVar[str] = "calibrate"

    fit: Fit
    moved: pd.DataFrame
    threshold: float
    facts: pd.DataFrame
    rows: pd.DataFrame
    file: Path | None

    @property
    def factors(self) -> pd.DataFrame:
        """The rows of `moved` that are of factors, in their order."""
        return self.moved[[factor_of_column(str(name)) is not None for name in self.moved.index]]

    @property
    def not_covered(self) -> list[Left]:
        """Rows about the years that were fitted which no world can be compared with."""
        return [left for left in self.fit.left if left.about(self.fit.config.start + 1, self.fit.until)]

    def tables(self) -> dict[str, pd.DataFrame]:
        """`parameters`, the `facts` fitted, and the `posterior`: rows of equal weight."""
        return {"parameters": self.moved, "facts": self.facts, "posterior": self.rows}


def calibrate(
    source: Source = "end_of_2022",
    *,
    fit_until: int = 2024,
    facts: str | Path | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    out: str | Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Calibration:
    """Weigh the worlds of a config or a results folder by facts about `fit_until` and before.

    Approximate Bayesian computation by importance weights (Beaumont, Zhang and Balding 2002): worlds
    are drawn from the prior and weighed by a likelihood of their distances to the facts. `facts` is a
    file with more facts, `out` (FILE.parquet) where the posterior goes, for `run(..., posterior=out)`.
    UserError if nothing can be fitted, there are too few worlds, or the file can't be written: if another
    file than a posterior stands there, only `force` writes over it.
    """
    to = None if out is None else writable(out, POSTERIOR, force, "out")
    fit_until = whole(fit_until, "fit_until")
    sample = Sample(worlds, seed, set, base)
    fit = fitting.fit(source, fit_until, fit_until, sample=sample, facts=facts, progress=progress)
    if not fit.fitted:
        raise UserError(f"there is nothing to fit: no fact about {fit_until} or before is simulated")
    design = fitting.parameters(fit)
    weights = fit.weights.of
    summed = [name for name in design.columns if parameter_of_column(str(name)) is None]
    moved = pd.DataFrame({name: move(design[name].to_numpy(), weights) for name in summed}).T
    moved = moved.sort_values("distance", ascending=False, kind="stable")
    threshold = math.sqrt(math.log(2 * len(moved) / _CHANCE) / 2 / fit.weights.effective)
    rows = resampled(design, weights, fit.config.seed, ROWS)
    file = None if to is None else posterior.save(rows, to, fit.config, fit.document())
    return Calibration(fit, moved, threshold, _facts(fit), rows, file, origin=origin(fit.source))


def _facts(fit: Fit) -> pd.DataFrame:
    """One row per fact fitted: what was, and quantiles of the worlds before and after."""
    even = np.full(len(fit.says), 1 / len(fit.says))
    rows = []
    for fact in fit.fitted:
        values = fit.says[fact.name].to_numpy()
        row = {"fact": fact.name, "group": fact.theme, "value": fact.value, "unit": fact.unit}
        row["error"] = fact.error
        for name, weights in (("prior", even), ("posterior", fit.weights.of)):
            bounds = quantiles(values, weights, QUANTILES)
            row |= {f"{name}_p{100 * q:.0f}": at for q, at in zip(QUANTILES, bounds, strict=True)}
        rows.append({**row, "source": fact.sources})
    return pd.DataFrame(rows)
