"""Whether calibration finds parameters that are known: simulation-based calibration on synthetic facts."""

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
from computeshift.experiments.questions.compare.measured import HEADLINE
from computeshift.experiments.questions.evidence import fitting
from computeshift.experiments.questions.evidence.fitting import Fit
from computeshift.experiments.questions.evidence.ranks import EVEN, LEVEL, p_value, placed, shape
from computeshift.experiments.questions.evidence.synthetic import facts_of_world
from computeshift.experiments.questions.evidence.weighing import EFFECTIVE, Array, Weights, weigh
from computeshift.experiments.questions.intervals import mean_interval
from computeshift.experiments.questions.table import LEAST_RECOVERIES
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import outcomes_in
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, Source

INFORMED = 0.9
"""The facts inform a quantity if they make its standard deviation a tenth smaller, on average."""
WORLDS_EACH = 10
"""Worlds per recovery, at least: the true worlds are a small part of those that are weighed."""
INTERVALS = {"covered50": (0.25, 0.75), "covered90": (0.05, 0.95)}
PARAMETER, OUTCOME = "parameter", "outcome"


@dataclass(frozen=True, repr=False)
class Recovery(Answer):
    """Known worlds recovered from synthetic facts: ranks, coverage and width of their posteriors.

    `quantities` has one row per parameter and outcome (`kind`): `sd_ratio`, the mean of the posterior's
    standard deviation over the prior's; whether the facts inform it (`informed`); `covered50` and
    `covered90`, how often these intervals hold the truth; `p`, how probable ranks as uneven are if
    the calibration is right; `adjusted_p`, the same for the most uneven of its group (Bonferroni); and
    the `verdict`, `even` or what is wrong. Groups are informed parameters, other parameters, informed
    outcomes and other outcomes.

    `recoveries` has one row per true world: how many facts it made (`facts`), how many were zero there
    (`zero`), the `temperature` of its fit, and the effective number of worlds, with that and with the
    whole likelihood. `ranks` and `deviations` have one row per true world and one column per quantity.
    `year` is that of the outcomes; `unknown` are outcomes that do not vary, or lack a number in some world.
    """

    question: ClassVar[str] = "recover"

    fit: Fit
    year: int
    quantities: pd.DataFrame
    recoveries: pd.DataFrame
    ranks: pd.DataFrame
    deviations: pd.DataFrame
    unknown: list[str]

    @property
    def weakened(self) -> float:
        """The part of the recoveries whose likelihood was weakened: worlds are too few for the whole."""
        return float((self.recoveries["temperature"] < 1).mean())

    @property
    def enough(self) -> bool:
        """Whether the effective number of worlds allows a verdict on the width of posteriors."""
        return bool(self.recoveries["effective_whole"].median() >= EFFECTIVE)

    def of_kind(self, kind: str, informed: bool | None = None) -> pd.DataFrame:
        """The rows of parameters or of outcomes, those that the facts inform or not, or all (None)."""
        rows = self.quantities[self.quantities["kind"] == kind]
        return rows if informed is None else rows[rows["informed"] == informed]

    def covered(self, kind: str, interval: str) -> tuple[float, float, float] | None:
        """How often intervals of informed quantities hold the truth, with its 95% interval over recoveries.

        None if the facts inform none.
        """
        names = list(self.of_kind(kind, informed=True).index)
        if not names:
            return None
        low, high = INTERVALS[interval]
        within = self.ranks[names].apply(lambda one: one.between(low, high)).mean(axis=1)
        mean, *ends = mean_interval(within.to_numpy())
        return mean, max(ends[0], 0.0), min(ends[1], 1.0)

    def tables(self) -> dict[str, pd.DataFrame]:
        """`quantities`, `recoveries`, and the `ranks`."""
        return {"quantities": self.quantities, "recoveries": self.recoveries, "ranks": self.ranks}


def recover(
    source: Source = "end_of_2022",
    *,
    recoveries: int = 100,
    fit_until: int = 2024,
    facts: str | Path | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Recovery:
    """Check the calibration of a config or a results folder on worlds whose parameters are known.

    Simulation-based calibration (Talts et al. 2018): each true world is drawn from the prior and makes
    facts about the same things and times as the real ones, with their errors. `calibrate`'s weights of
    all other worlds are the posterior, in which the true values have ranks. If the calibration is right,
    ranks are even and intervals hold the truth as often as they say. One simulation serves all recoveries.

    UserError if nothing can be fitted, for fewer than 20 recoveries, or fewer than 10 worlds for each.
    """
    recoveries = whole(recoveries, "recoveries", LEAST_RECOVERIES)
    fit_until = whole(fit_until, "fit_until")
    year = fit_until + 1
    fit = fitting.fit(
        source,
        fit_until,
        fit_until,
        sample=Sample(worlds, seed, set, base),
        facts=facts,
        beside=outcomes_in([OUTCOMES[name] for name in HEADLINE], year),
        progress=progress,
    )
    if not fit.fitted:
        raise UserError(f"there is nothing to fit: no fact about {fit_until} or before is simulated")
    if len(fit.says) < recoveries * WORLDS_EACH:
        few = f"{len(fit.says):,} worlds are too few for {recoveries:,} recoveries"
        raise UserError(f"{few}: use at least {recoveries * WORLDS_EACH:,}")
    kinds, values = _quantities(fit)
    found = []
    for truth in range(recoveries):
        if progress is not None:
            progress(truth, recoveries)
        found.append(_recovered(fit, values, truth))
    if progress is not None:
        progress(recoveries, recoveries)
    rows, ranks, deviations = zip(*found, strict=True)
    index = pd.Index(fit.says.index[:recoveries], name="world")
    ranked = pd.DataFrame(np.array(ranks), index, kinds.index)
    narrowed = pd.DataFrame(np.array(deviations), index, kinds.index)
    return Recovery(
        fit=fit,
        year=year,
        quantities=_judged(kinds, ranked, narrowed),
        recoveries=pd.DataFrame(list(rows), index),
        ranks=ranked,
        deviations=narrowed,
        unknown=[name for name in map(str, fit.beside) if name not in kinds.index],
        origin=origin(fit.source),
    )


def _quantities(fit: Fit) -> tuple[pd.Series[str], Array]:
    """The kind of each parameter and outcome, by name, and its worlds over its prior: mean 0, deviation 1."""
    of_kind = {PARAMETER: fitting.parameters(fit), OUTCOME: fit.beside.dropna(axis=1)}
    kinds, rows = {}, []
    for kind, table in of_kind.items():
        for name in table:
            column = table[name].to_numpy(dtype=np.float64)
            if np.ptp(column) > 0:
                kinds[str(name)] = kind
                rows.append((column - column.mean()) / column.std())
    return pd.Series(kinds, name="kind"), np.array(rows)


def _recovered(
    fit: Fit, values: Array, truth: int
) -> tuple[dict[str, float | int], list[float], list[float]]:
    """One recovery: how its worlds were weighed, and of each quantity the truth's rank and the deviation.

    `truth` is the position of the true world, which is left out of the worlds that are weighed.
    """
    world = int(fit.says.index[truth])
    draws = np.random.Generator(np.random.Philox([fit.config.seed, world]))
    facts = facts_of_world(fit.says.iloc[truth], fit.fitted, draws)
    found = weigh(fit.says.drop(index=world), facts)
    weights = np.insert(found.of, truth, 0.0)
    ties = draws.random(len(values))
    ranks = [placed(row, weights, truth, found.effective, tie) for row, tie in zip(values, ties, strict=True)]
    return _weighed(fit, len(facts), found), ranks, [_deviation(row, weights) for row in values]


def _weighed(fit: Fit, facts: int, found: Weights) -> dict[str, float | int]:
    """A row of `Recovery.recoveries`."""
    return {
        "facts": facts,
        "zero": len(fit.fitted) - facts,
        "temperature": found.temperature,
        "effective": found.effective,
        "effective_whole": found.effective_whole,
    }


def _deviation(values: Array, weights: Array) -> float:
    """The standard deviation of weighted values."""
    off = values - (weights * values).sum()
    return float(np.sqrt((weights * off * off).sum()))


def _judged(kinds: pd.Series[str], ranks: pd.DataFrame, deviations: pd.DataFrame) -> pd.DataFrame:
    """`Recovery.quantities`, the most informed first."""
    table = pd.DataFrame({"kind": kinds, "sd_ratio": deviations.mean()})
    table["informed"] = table["sd_ratio"] <= INFORMED
    for name, (low, high) in INTERVALS.items():
        table[name] = ranks.apply(lambda one, low=low, high=high: one.between(low, high)).mean()
    table["p"] = ranks.apply(lambda one: p_value(one.to_numpy()))
    together = table.groupby(["kind", "informed"])["p"].transform("size")
    table["adjusted_p"] = (table["p"] * together).clip(upper=1.0)
    uneven = ranks.apply(lambda one: shape(one.to_numpy()))
    table["verdict"] = uneven.where(table["adjusted_p"] < LEVEL, EVEN)
    return table.sort_values("sd_ratio", kind="stable").sort_values("kind", ascending=False, kind="stable")
