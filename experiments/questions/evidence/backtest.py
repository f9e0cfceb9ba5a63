"""How well the model foresaw a year that it was not told about, fact by fact."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.names import named
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import COLOURS, Answer, figure, records
from computeshift.experiments.questions.evidence import fitting
from computeshift.experiments.questions.evidence.fact import Left
from computeshift.experiments.questions.evidence.fitting import Fit
from computeshift.experiments.questions.evidence.scores import RIVALS, scored
from computeshift.experiments.questions.evidence.weighing import Array, log_ratio
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import Source
from computeshift.experiments.views.text.table import Plain, banded, figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

LEAST_FACTS = 5  # that a mean skill is told of


@dataclass(frozen=True, repr=False)
class Backtest(Answer):
    """Facts of a year beside what weighed worlds said of them.

    `facts` has a row a fact: `value`, the worlds' `p5`, `p50` and `p95`, whether it is `covered`, and
    the continuous ranked probability score of the worlds (`crps`), of the worlds unweighed
    (`crps_prior`) and the error of two rivals (`growth`, `plan`), all in logs of the ratio to the fact;
    `growth_value` and `plan_value` are what the rivals said. `not_covered` are rows about that year
    which no world can be compared with. `later` are parameters that rest on what became known later.
    """

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

    def document(self) -> dict[str, Any]:
        """All of it as one JSON document; what is unknown is null."""
        skills = {name: self.skill(name) for name in ("crps_prior", *RIVALS)}
        return {
            **self.fit.document(),
            "score": self.score,
            "facts": records(self.facts),
            "coverage": self.coverage,
            "crps": float(self.facts["crps"].mean()),
            "skill": {
                name.removeprefix("crps_"): {"skill": skill, "facts": count}
                for name, (skill, count) in skills.items()
            },
            "not_covered": [left.document() for left in self.not_covered],
            "grounded_later": self.later,
        }

    def show(self, console: Console) -> None:
        """Print each fact with what was foreseen, then coverage, skill and what they rest on."""
        from rich.markup import escape

        title = f"What {self.fit.config.label} said of {self.score}, and what was"
        heads = ("was", "median\nP5 to P95", "in?", "CRPS", "growth", "plan")
        table = Plain(title, "fact, source", *heads)
        table.columns[0].overflow = "fold"
        for row in self.facts.to_dict("records"):
            said = banded(*(figures(row[name]) for name in ("p5", "p50", "p95")))
            scores = ["" if math.isnan(row[key]) else f"{row[key]:.2f}" for key in ("crps", *RIVALS)]
            name = named(f"{row['entity']} {row['variable']} {row['when']}")
            about = f"{escape(name)}, {row['unit']}\n[dim]{escape(row['source'])}[/dim]"
            table.add_row(about, figures(row["value"]), said, "yes" if row["covered"] else "no", *scores)
        console.print(table)
        for line in self._words():
            console.print(line, highlight=False, markup=False)

    def _words(self) -> list[str]:
        """What it comes to, in sentences."""
        count, inside = len(self.facts), int(self.facts["covered"].sum())
        words = [
            f"{inside} of {count} facts ({self.coverage:.0%}) lie between P5 and P95; 90% would if the model "
            "were right and its spread honest.",
            "CRPS is the mean distance of the worlds to the fact less half of that between them, in logs: "
            "0.1 is about a tenth of the fact. Beside it, what two rivals were wrong by.",
        ]
        words += [self._skilled(rival, name) for rival, name in RIVALS.items()]
        if self.fit.fitted:
            words.append(self._skilled("crps_prior", "its own worlds unweighed"))
            words.append(self.fit.words())
        else:
            words.append(
                f"Nothing to fit: no fact about {self.fit.until} or before is simulated from the end of "
                f"{self.fit.config.start} on. {len(self.fit.says):,} worlds are scored as drawn."
            )
        words.append(
            f"{len(self.later)} parameters rest on what was known only after {self.fit.until}"
            + (": the test is not blind to it (--json names them)." if self.later else ".")
        )
        words += self.fit.skips()
        if self.not_covered:
            words.append(
                f"{len(self.not_covered)} rows about {self.score} face nothing in the model (in --json)."
            )
        return words

    def _skilled(self, rival: str, name: str) -> str:
        """How the worlds did against a rival, in a sentence."""
        skill, compared = self.skill(rival)
        if compared == 0:
            return f"No fact to compare with {name}."
        if compared < LEAST_FACTS:
            return f"Against {name}: too few facts ({compared}) for a mean, see CRPS beside it above."
        if skill is None:
            return f"Against {name}: it was never wrong, over {compared} facts."
        better = "better" if skill > 0 else "worse"
        return f"Against {name}: skill {skill:+.2f}, {better} over {compared} facts (1 is perfect)."

    def draw(self) -> Figure:
        """What the worlds said over what was, fact by fact, P5 to P95 on a log axis."""
        facts = self.facts[::-1].reset_index(drop=True)
        title = f"{self.score}: {int(facts['covered'].sum())} of {len(facts)} facts within P5 to P95"
        drawn = figure(8.0, 1.6 + 0.3 * len(facts), title)
        axes = drawn.add_subplot()
        ends = [np.exp(log_ratio_of(facts, name)) for name in ("p5", "p50", "p95", *RIVALS)]
        rows = np.arange(len(facts))
        low, high = np.minimum(ends[0], ends[2]), np.maximum(ends[0], ends[2])
        axes.hlines(rows, low, high, color=COLOURS[0], linewidth=5, alpha=0.5, label="worlds, P5 to P95")
        axes.plot(ends[1], rows, "|", color=COLOURS[0], markersize=11, markeredgewidth=2, label="median")
        axes.plot(ends[3], rows, "x", color=COLOURS[1], label=RIVALS["growth"])
        axes.plot(ends[4], rows, "^", color=COLOURS[2], label=RIVALS["plan"])
        axes.plot(np.ones(len(facts)), rows, "o", color=COLOURS[7], markersize=5, label="fact")
        axes.set_xscale("log")
        ticks = [tick for tick in (0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100) if _within(tick, axes.get_xlim())]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        names = facts["entity"].str.split(" (", regex=False).str[0] + " " + facts["variable"]
        axes.set_yticks(rows, names.map(named) + " " + facts["when"])
        axes.set_xlabel("said over what was (1 = the fact)")
        axes.spines[["top", "right"]].set_visible(False)
        drawn.legend(loc="outside lower center", ncols=3, frameon=False, fontsize="small")
        return drawn


def backtest(
    source: Source = "end_of_2022",
    *,
    fit_until: int = 2024,
    score: int = 2025,
    facts: str | Path | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Weigh worlds by facts about `fit_until` and before, and score them on the facts about `score`.

    The score is the continuous ranked probability score (Gneiting and Raftery 2007) of logs (Bosse et
    al. 2023), so that dollars and gigawatts can be averaged. `facts` is a file with more facts.
    UserError if `score` is not after `fit_until`, or no fact about it is simulated.
    """
    if fit_until >= score:
        raise UserError(
            f"--fit-until {fit_until} is not before --score {score}: a year that was fitted is no test; "
            f"use --fit-until {score - 1} or earlier"
        )
    fit = fitting.fit(
        source, fit_until, score, facts=facts, worlds=worlds, seed=seed, set=set, progress=progress
    )
    facing = [fact for fact in fit.facts if fact.year == score]
    if not facing:
        raise UserError(
            f"no fact about {score} is simulated: append some (--facts FILE), or use another year"
        )
    table = pd.DataFrame([scored(fit, fact) for fact in facing])
    not_covered = [left for left in fit.left if left.about(score, score)]
    return Backtest(fit, score, table, not_covered, fit.config.grounded_after(fit_until))


def log_ratio_of(facts: pd.DataFrame, name: str) -> Array:
    """Logs of a column over the facts; what is unknown stays so."""
    column = f"{name}_value" if name in RIVALS else name
    return np.array([log_ratio(row[column], row["value"]) for _, row in facts.iterrows()])


def _within(tick: float, bounds: Sequence[float]) -> bool:
    return bounds[0] <= tick <= bounds[1]
