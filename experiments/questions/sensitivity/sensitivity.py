"""What an outcome depends on: every uncertain parameter at once, and random draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from computeshift.experiments.config.arguments import known, whole
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import Loadings, independent, parameter_of_column
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.sensitivity.indices import (
    LEAST_WORLDS,
    Indices,
    morris,
    rbd_fast,
    sobol,
)
from computeshift.experiments.questions.sensitivity.target import Player, Target, target_of
from computeshift.experiments.results.excluded import Reasons, left_out, must_be_enough, worlds_of
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.joint import Joint
from computeshift.experiments.run.measure import measure
from computeshift.experiments.run.sample import Sample, Source, opened
from computeshift.experiments.run.size import NUMBER, must_fit_in_memory

BASES = {"sobol": 1024, "morris": 64}
"""The methods that play worlds of their own, with their base sample: rows, or trajectories."""
LEAST_BASE = {"sobol": 16, "morris": 4}
"""Below this the intervals are wider than the indices."""
GIVEN = "rbd_fast"


@dataclass(frozen=True, repr=False)
class Sensitivity(Answer):
    """Which inputs an outcome depends on. `ranges` has one row per input: its unit, P5 and P95.

    Inputs are independent: a parameter that loads on factors (its `loadings`, by parameter) stands here as
    its residual, what it has apart from them, with its range while the factors are at their medians.
    `worlds` were played or read; `broken` of them break a check of sense, in `undecided` the
    outcome has no value: samples with such a world are left out of the indices.
    """

    question: ClassVar[str] = "sensitivity"

    target: Target
    source: str
    seed: int
    method: str
    base: int | None
    worlds: int
    reasons: Reasons
    undecided: int
    ranges: pd.DataFrame
    indices: Indices
    loadings: Loadings = field(default_factory=dict)

    @property
    def broken(self) -> int:
        """How many worlds break a check of sense."""
        return len(worlds_of(self.reasons))

    @property
    def factors(self) -> pd.DataFrame:
        """One row per factor, the most important first: unit, P5, P95, the indices, the outer fifths."""
        return self.ranges.join(self.indices.table, how="right")

    def tables(self) -> dict[str, pd.DataFrame]:
        """`factors`."""
        return {"factors": self.factors}


def sensitivity(
    source: Source,
    outcome: str,
    *,
    method: str | None = None,
    rows: int | None = None,
    by: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """What an outcome in the year `by` (default: the last), or a claim, depends on.

    A config is played with its factors and uncertain parameters all varied at once: `method` "sobol" (the
    default) or "morris", `rows` rows or trajectories. A results folder runs nothing ("rbd_fast").
    UserError if a name, year, method or number of rows is wrong, or a folder has too few worlds or was run
    from a posterior.
    """
    opened_source = opened(source, Sample(seed=seed, set=set, base=base))
    target = target_of(outcome, by, opened_source)
    if method is not None:
        known(method, [*BASES, GIVEN], "method", "method")
    if isinstance(opened_source, Results):
        return _given(opened_source, target, method, rows)
    return _played(opened_source, target, method or "sobol", rows, progress)


def _played(
    config: Config, target: Target, method: str, given_rows: int | None, progress: Progress | None
) -> Sensitivity:
    if method == GIVEN:
        raise UserError(f"`method`: {GIVEN} reads a results folder; for a config use sobol or morris")
    rows = _rows(method, given_rows)
    joint = Joint.of(config)
    if not joint.parameters:
        raise UserError(f"{config.label} has no uncertain parameter: there is nothing to vary")
    count = len(joint.inputs)
    matrices = count + (3 if method == "sobol" else 2)
    held = 3 * count if method == "sobol" else count * (count + 1)
    must_fit_in_memory(rows, NUMBER * held, "rows of the base sample (`rows`)")
    play = Player(config, target, rows * matrices, progress)
    found = {"sobol": sobol, "morris": morris}[method](joint, play, rows, config.seed)
    if progress is not None:
        progress(play.worlds, play.worlds)
    _decided(target, play.worlds, play.undecided, play.reasons, config.until)
    return Sensitivity(
        target,
        config.label,
        config.seed,
        method,
        rows,
        play.worlds,
        play.reasons,
        play.undecided,
        _ranges(joint, joint.inputs),
        found,
        joint.loadings,
    )


def _ranges(joint: Joint, inputs: Iterable[str]) -> pd.DataFrame:
    """Unit, P5 and P95 of inputs, `(rows)`; a residual's in the unit of its parameter."""
    rows = {}
    for name in inputs:
        p5, p95 = joint.at(name, np.array([0.05, 0.95]))
        rows[name] = {"unit": joint.unit(name), "p5": float(p5), "p95": float(p95)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["unit", "p5", "p95"])


def _rows(method: str, given: int | None) -> int:
    """The rows of the base sample; UserError for too few, and for Sobol' where it is no power of two."""
    rows, least = BASES[method] if given is None else whole(given, "rows"), LEAST_BASE[method]
    if rows < least:
        raise UserError(f"`rows`: {rows} is too few for {method}; use at least {least}")
    if method == "sobol" and rows & (rows - 1):
        below = 1 << (rows.bit_length() - 1)
        raise UserError(f"`rows`: {rows} is not a power of two; use {below} or {2 * below}")
    return rows


def _given(results: Results, target: Target, method: str | None, rows: int | None) -> Sensitivity:
    folder = f"{results.folder} is a results folder and runs nothing"
    if method not in (None, GIVEN):
        raise UserError(f"{folder}: `method={method}` needs a config; leave it out or use {GIVEN}")
    if rows is not None:
        raise UserError(f"{folder}: leave out `rows`")
    if results.manifest.source_posterior:
        raise UserError(
            f"{results.folder} was run from a posterior, so its parameters depend on each other, and "
            f"{GIVEN} takes them as independent: use a run without `posterior`"
        )
    left, name = results.sound, str(results.folder)
    must_be_enough(left, f"for {GIVEN}", LEAST_WORLDS, results.reasons, results.worlds, name)
    measured = measure(results, target.of)
    design = results.design.set_index("world")
    design = design.loc[:, design.nunique() > 1]
    design = design[independent([str(name) for name in design])]
    values = target.column(measured.table).reindex(design.index)
    outcome = np.asarray(values, dtype=np.float64)
    undecided = int(np.isnan(outcome).sum()) - len(measured.left_out)
    _decided(target, results.worlds, undecided, measured.reasons, results.years[-1])
    ranges = design.quantile([0.05, 0.95]).T.set_axis(["p5", "p95"], axis="columns")
    ranges.insert(0, "unit", results.columns("design")["unit"].reindex(design.columns))
    joint = Joint.of(results.config)
    residuals = _ranges(joint, [n for n in map(str, design) if parameter_of_column(n) in joint.loadings])
    ranges = pd.concat([ranges.drop(index=residuals.index), residuals]).loc[design.columns]
    return Sensitivity(
        target,
        str(results.folder),
        results.manifest.seed,
        GIVEN,
        None,
        results.worlds,
        measured.reasons,
        undecided,
        ranges,
        rbd_fast(design, outcome, results.manifest.seed),
        joint.loadings,
    )


def _decided(target: Target, worlds: int, undecided: int, reasons: Reasons, last: int) -> None:
    if worlds == undecided + len(worlds_of(reasons)):
        wrong = f"no world decides {target.name} {target.when}: the last year is {last}"
        raise UserError(f"{wrong}; {left_out(reasons)}" if reasons else wrong)
