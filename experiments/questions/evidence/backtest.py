"""How well the model foresaw a year that it was not fitted to, fact by fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from computeshift.experiments.config.arguments import whole
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.evidence import fitting
from computeshift.experiments.questions.evidence.fact import Left
from computeshift.experiments.questions.evidence.fitting import Fit
from computeshift.experiments.questions.evidence.scores import RIVALS, scored
from computeshift.experiments.questions.evidence.weighing import Array, log_ratio
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, Source

LEAST_FACTS = 5  # with fewer there is no mean skill


@dataclass(frozen=True, repr=False)
class Backtest(Answer):
    """Facts of a year beside what weighed worlds said of them.

    `facts` has one row per fact: `value`, the worlds' `p5`, `p50` and `p95`, whether it is `covered`, and
    the continuous ranked probability score of the worlds (`crps`), of the worlds unweighed
    (`crps_prior`) and the error of two rivals (`growth`, `plan`), all in logs of the ratio to the fact;
    `growth_value` and `plan_value` are what the rivals said. `not_covered` are rows about that year
    which no world can be compared with. `later` are parameters that rest on what nobody knew about
    `fit_until` by the day that the config's `known_until` gives for it.
    """

    question: ClassVar[str] = "backtest"

    fit: Fit
    score: int
    facts: pd.DataFrame
    not_covered: list[Left]
    later: list[str]

    @property
    def coverage(self) -> float:
        """Part of the facts within the worlds' 90% interval."""
        return float(self.facts["covered"].mean())

    def skill(self, rival: str) -> tuple[float | None, int]:
        """1 less the worlds' mean score over that of a rival, and over how many facts; None if under 5."""
        both = self.facts.dropna(subset=[rival])
        if len(both) < LEAST_FACTS or both[rival].sum() == 0:
            return None, len(both)
        return float(1 - both["crps"].sum() / both[rival].sum()), len(both)

    def tables(self) -> dict[str, pd.DataFrame]:
        """`facts`, and the rows that are `not_covered`."""
        not_covered = pd.DataFrame([left.document() for left in self.not_covered])
        return {"facts": self.facts, "not_covered": not_covered}


def backtest(
    source: Source = "end_of_2022",
    *,
    fit_until: int = 2024,
    score: int = 2025,
    facts: str | Path | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Weigh worlds by facts about `fit_until` and before, and score them on the facts about `score`.

    The score is the continuous ranked probability score (Gneiting and Raftery 2007) of logs (Bosse et
    al. 2023), so that dollars and gigawatts can be averaged. `facts` is a file with more facts.
    UserError if `score` is not after `fit_until`, or no fact about it is simulated.
    """
    fit_until, score = whole(fit_until, "fit_until"), whole(score, "score")
    if fit_until >= score:
        raise UserError(
            f"`fit_until={fit_until}` is not before `score={score}`: a year that was fitted is no test; "
            f"use `fit_until={score - 1}` or earlier"
        )
    sample = Sample(worlds, seed, set, base)
    fit = fitting.fit(
        source, fit_until, score, sample=sample, facts=facts, must_face_last=True, progress=progress
    )
    facing = [fact for fact in fit.facts if fact.year == score]
    if not facing:
        raise UserError(fitting.none_about(score))
    table = pd.DataFrame([scored(fit, fact) for fact in facing])
    not_covered = [left for left in fit.left if left.about(score, score)]
    later = fit.config.grounded_after(fit_until)
    return Backtest(fit, score, table, not_covered, later, origin=origin(fit.source))


def log_ratio_of(facts: pd.DataFrame, name: str) -> Array:
    """Logs of a column over the facts; what is unknown stays so."""
    column = f"{name}_value" if name in RIVALS else name
    return np.array([log_ratio(row[column], row["value"]) for _, row in facts.iterrows()])
