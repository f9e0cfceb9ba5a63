"""Which worlds agree with the facts: a posterior over the uncertain parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
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
from computeshift.experiments.questions.evidence.weighing import move, quantiles, resampled
from computeshift.experiments.results.files import POSTERIOR, short, writable
from computeshift.experiments.results.results import Results
from computeshift.experiments.run import design as designs
from computeshift.experiments.run import posterior
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import Source
from computeshift.experiments.views.text.table import Plain, banded, figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

ROWS = 1_000  # of equal weight, that a posterior is resampled to
_SHOWN = 12
_QUANTILES = (0.1, 0.5, 0.9)
_CHANCE = 0.05  # that any parameter at all seems to move, where none does


@dataclass(frozen=True, repr=False)
class Calibration(Answer):
    """A posterior, beside the prior.

    `moved` has a row a parameter: `distance` (Kolmogorov and Smirnov's, of posterior to prior),
    `prior_p10 … posterior_p90` and `shrinkage`, 1 less the posterior's P10 to P90 over the prior's.
    `threshold` is the distance beyond which a parameter moved. `facts` has a row a fact fitted.
    `rows` is the posterior as a design without worlds, rows of equal weight; `file` where it is.
    """

    fit: Fit
    moved: pd.DataFrame
    threshold: float
    facts: pd.DataFrame
    rows: pd.DataFrame
    file: Path | None

    @property
    def not_covered(self) -> list[Left]:
        """Rows about the years that were fitted which no world can be compared with."""
        return [left for left in self.fit.left if left.about(self.fit.config.start + 1, self.fit.until)]

    def document(self) -> dict[str, Any]:
        """All of it as one JSON document; what is unknown is null."""
        return {
            **self.fit.document(),
            "threshold": self.threshold,
            "facts": records(self.facts),
            "not_covered": [left.document() for left in self.not_covered],
            "parameters": records(self.moved.reset_index(names="name")),
            "rows": len(self.rows),
            "file": None if self.file is None else str(self.file),
        }

    def show(self, console: Console) -> None:
        """Print the parameters that moved most, the facts fitted, and how far to trust them."""
        from rich.markup import escape

        beyond = self.moved[self.moved["distance"] > self.threshold]
        title = "Parameters that the facts moved most: median, P10 to P90"
        table = Plain(title, "parameter", "prior", "posterior", "narrower", "distance")
        for parameter, row in beyond.head(_SHOWN).iterrows():
            prior, after = (_range(row, of) for of in ("prior", "posterior"))
            table.add_row(str(parameter), prior, after, f"{row['shrinkage']:.0%}", f"{row['distance']:.2f}")
        console.print(table)
        title = "Facts fitted: what was, and what the worlds say (median, P10 to P90)"
        table = Plain(title, "fact, group", "was", "prior", "posterior")
        table.columns[0].overflow = "fold"
        for fact, row in self.facts.set_index("fact").iterrows():
            prior, after = (_range(row, of) for of in ("prior", "posterior"))
            name = escape(named(str(fact).replace("/", " ")))
            table.add_row(
                f"{name}, {row['unit']}\n[dim]{escape(row['group'])}[/dim]",
                figures(row["value"]),
                prior,
                after,
            )
        console.print(table)
        words = (
            f"{len(beyond)} of {len(self.moved)} uncertain parameters moved further than chance would "
            f"(distance above {self.threshold:.2f}); the facts say little of the others. "
        )
        console.print(words + self.fit.words(), highlight=False)
        faceless = f"{len(self.not_covered)} rows about the years that were fitted"
        console.print(f"{faceless} face nothing in the model (in --json).", highlight=False)
        for told in self.fit.skips():
            console.print(told, highlight=False)
        if self.file is not None:
            console.print(f"Posterior in {short(self.file)}, {len(self.rows)} rows", soft_wrap=True)

    def draw(self) -> Figure:
        """The parameters that moved most, as parts of their prior's P10 to P90."""
        beyond = (self.moved["distance"] > self.threshold).sum()
        most = self.moved.head(min(max(beyond, 1), _SHOWN))[::-1]
        title = f"What the facts moved, {beyond} of {len(self.moved)}: prior (grey) and posterior"
        drawn = figure(8.0, 1.5 + 0.4 * len(most), title)
        axes = drawn.add_subplot()
        width = most["prior_p90"] - most["prior_p10"]
        for i, (_, row) in enumerate(most.iterrows()):
            ends = [(row[f"posterior_{q}"] - row["prior_p10"]) / width.iloc[i] for q in ("p10", "p50", "p90")]
            axes.plot([0, 1], [i, i], color="0.8", linewidth=9, solid_capstyle="butt")
            axes.plot([ends[0], ends[2]], [i, i], color=COLOURS[0], linewidth=4, solid_capstyle="butt")
            axes.plot(ends[1], i, "o", color=COLOURS[3])
        axes.set_yticks(range(len(most)), [str(name) for name in most.index])
        axes.set_xlabel("P10 to P90; 0 and 1 are the prior's, the dot is the posterior's median")
        axes.spines[["top", "right"]].set_visible(False)
        return drawn


def calibrate(
    source: Source = "end_of_2022",
    *,
    fit_until: int = 2024,
    facts: str | Path | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
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
    to = None if out is None else writable(out, POSTERIOR, force, "--out")
    fit = fitting.fit(
        source, fit_until, fit_until, facts=facts, worlds=worlds, seed=seed, set=set, progress=progress
    )
    if not fit.fitted:
        raise UserError(f"there is nothing to fit: no fact about {fit_until} or before is simulated")
    design = _design(fit)
    weights = fit.weights.of
    moved = pd.DataFrame({name: move(design[name].to_numpy(), weights) for name in design.columns}).T
    moved = moved.sort_values("distance", ascending=False, kind="stable")
    threshold = math.sqrt(math.log(2 * len(moved) / _CHANCE) / 2 / fit.weights.effective)
    rows = resampled(design, weights, fit.config.seed, ROWS)
    file = None if to is None else posterior.save(rows, to, fit.config, fit.document())
    return Calibration(fit, moved, threshold, _facts(fit), rows, file)


def _design(fit: Fit) -> pd.DataFrame:
    """The uncertain parameters of the worlds that were weighed, in their order."""
    if isinstance(fit.source, Results):
        design = fit.source.design.set_index("world")
    else:
        design = designs.design(fit.source).set_index("world")
    return design.loc[fit.says.index]


def _facts(fit: Fit) -> pd.DataFrame:
    """A row a fact fitted: what was, and quantiles of the worlds before and after."""
    even = np.full(len(fit.says), 1 / len(fit.says))
    rows = []
    for fact in fit.fitted:
        values = fit.says[fact.name].to_numpy()
        row = {"fact": fact.name, "group": fact.theme, "value": fact.value, "unit": fact.unit}
        row["error"] = fact.error
        for name, weights in (("prior", even), ("posterior", fit.weights.of)):
            told = quantiles(values, weights, _QUANTILES)
            row |= {f"{name}_p{100 * q:.0f}": at for q, at in zip(_QUANTILES, told, strict=True)}
        rows.append({**row, "source": fact.sources})
    return pd.DataFrame(rows)


def _range(row: pd.Series[Any], of: str) -> str:
    return banded(*(figures(row[f"{of}_p{100 * q:.0f}"]) for q in _QUANTILES))
