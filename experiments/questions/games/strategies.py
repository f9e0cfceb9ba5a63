"""Which of a firm's strategies pays, how often and at which risk, the others as in the config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from computeshift.experiments.config.config import Config
from computeshift.experiments.questions.answer import Answer, Found
from computeshift.experiments.questions.games.payoffs import marked
from computeshift.experiments.questions.games.profiles import play
from computeshift.experiments.questions.intervals import mean_interval, median_interval
from computeshift.experiments.results.excluded import LeavesOut, Reasons
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.sample import Sample

TIE = 1e-9  # $ bn: payoffs that differ by less are the same


@dataclass(frozen=True)
class BreakEven:
    """What share of its mark a part of the payoff must be worth for a strategy to pay."""

    strategy: str
    part: str
    share: float


@dataclass(frozen=True, repr=False)
class Strategies(Answer, Found, LeavesOut):
    """How one firm's strategies compare, over the same worlds.

    `table` has one row per strategy: median, mean, p10 of the payoff; `gain`, the mean of its paired
    difference to the reference strategy, and `median_gain`, each with its simultaneous 95% interval
    (over the other strategies); p10 and p90 of that difference; `best`, the chance of being best,
    ties split; `regret` against the best of the same world, mean and p90; `distress`, its chance.
    `parts` has the mean of each part of the payoff, one row per strategy. Money is $ bn of the end of the
    start year.
    """

    question: ClassVar[str] = "strategies"

    firm: str
    kind: str
    reference: str
    table: pd.DataFrame
    parts: pd.DataFrame
    worlds: int
    reasons: Reasons
    not_played: list[str]
    seed: int
    start: int
    until: int
    outcomes: pd.DataFrame = field(default_factory=pd.DataFrame)
    """One row per profile and outcome that was asked for: mean, and paired difference to the reference."""

    @property
    def break_even(self) -> BreakEven | None:
        """For the strategy that pays more than the reference, if one mark alone gains more than it does."""
        name = self.first_of_others
        gain, low = self.table["gain"][name], self.table["gain_low"][name]
        marks = marked(self.parts.T[name] - self.parts.T[self.reference])
        part = max(marks, key=lambda mark: marks[mark], default="")
        if low <= 0 or not marks or marks[part] <= gain:
            return None
        return BreakEven(name, part, float(1 - gain / marks[part]))

    @property
    def first_of_others(self) -> str:
        """The strategy besides the reference that pays most on average."""
        return str(self.table["gain"].drop(index=self.reference).idxmax())

    def tables(self) -> dict[str, pd.DataFrame]:
        """`strategies`, and the mean of each of the `parts` of their payoff: one row per strategy.

        With `outcomes`, where there are any, by profile.
        """
        tables = {"strategies": self.table, "parts": self.parts}
        return tables if self.outcomes.empty else tables | {"outcomes": self.outcomes}


def strategies(
    firm: str,
    config: str | Path | Config = "baseline",
    *,
    results: Sequence[str | Path | Results] = (),
    outcomes: Sequence[str] = (),
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Strategies:
    """Compare all strategies of one firm in the same worlds, the other firms as the config says.

    The reference is the strategy that the config plays. `results` are folders, one a strategy, to
    read instead of running: the first holds the reference. `outcomes` are measured besides, and those that
    the config defines. UserError for a firm that does not exist
    or has one strategy, for fewer than 30 worlds, and for folders that do not pair.
    """
    plays = play([firm], config, results, Sample(worlds, seed, set, base), progress, outcomes)
    names = plays.players[firm]
    reference = plays.reference[0]
    payoffs = pd.DataFrame({name: plays.payoff(firm, (name,)) for name in names})
    distress = pd.Series({name: plays.distress(firm, (name,)).mean() for name in names})
    parts = pd.DataFrame({name: plays.parts(firm, (name,)).mean() for name in names}).T
    return Strategies(
        firm=firm,
        kind=plays.kinds[firm],
        reference=reference,
        table=_compared(payoffs, reference).assign(distress=distress),
        parts=parts,
        worlds=plays.worlds,
        reasons=plays.reasons,
        not_played=plays.not_played.get(firm, []),
        seed=plays.seed,
        start=plays.start,
        until=plays.until,
        outcomes=plays.outcomes(),
        origin=plays.origin,
    )


def _compared(payoffs: pd.DataFrame, reference: str) -> pd.DataFrame:
    """One row per strategy, from payoffs with one row per world and one column per strategy."""
    best, others = payoffs.max(axis=1), payoffs.shape[1] - 1
    regret = payoffs.rsub(best, axis=0)
    wins = (regret <= TIE).astype(float)
    chance = wins.div(wins.sum(axis=1), axis=0).mean()
    rows = {}
    for name in map(str, payoffs):
        own = payoffs[name]
        difference = (own - payoffs[reference]).to_numpy(dtype=np.float64)
        gain, gain_low, gain_high = mean_interval(difference, others)
        median_gain, median_low, median_high = median_interval(difference, others)
        rows[name] = {
            "median": own.median(),
            "mean": own.mean(),
            "p10": own.quantile(0.1),
            "gain": gain,
            "gain_low": gain_low,
            "gain_high": gain_high,
            "median_gain": median_gain,
            "median_gain_low": median_low,
            "median_gain_high": median_high,
            "difference_p10": np.quantile(difference, 0.1),
            "difference_p90": np.quantile(difference, 0.9),
            "best": chance[name],
            "regret": regret[name].mean(),
            "regret_p90": regret[name].quantile(0.9),
        }
    return pd.DataFrame(rows).T
