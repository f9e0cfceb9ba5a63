"""What outcomes depend on: every uncertain parameter at once, and random draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.arguments import known, whole
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import independent, parameter_of_column
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.sensitivity.answer import Explained, Sensitivity
from computeshift.experiments.questions.sensitivity.groups import grouping, groups_of
from computeshift.experiments.questions.sensitivity.indices import (
    LEAST_WORLDS,
    Groups,
    morris,
    rbd_fast,
    sobol,
)
from computeshift.experiments.questions.sensitivity.target import Player, Target, measure_of, targets_of
from computeshift.experiments.results.excluded import Reasons, left_out, must_be_enough, worlds_of
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.joint import Joint
from computeshift.experiments.run.measure import measure
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, Source, opened
from computeshift.experiments.run.size import NUMBER, must_fit_in_memory

BASES = {"sobol": 1024, "morris": 64}
"""The methods that play worlds of their own, with their base sample: rows, or trajectories."""
LEAST_BASE = {"sobol": 16, "morris": 4}
"""Below this the intervals are wider than the indices."""
GIVEN = "rbd_fast"


def sensitivity(
    source: Source,
    outcome: str | Sequence[str],
    *,
    method: str | None = None,
    rows: int | None = None,
    by: str | None = None,
    years: int | Sequence[int] | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """What outcomes in `years` (default: the last), or claims, depend on: one or several in one design.

    A config is played with its factors and uncertain parameters all varied at once: `method` "sobol" (the
    default) or "morris", `rows` rows or trajectories. With sobol, inputs may vary in groups: `by`
    "section" or "firm". A results folder runs nothing ("rbd_fast"). UserError if a name, year, method,
    grouping or number of rows is wrong, or a folder has too few worlds or was run from a posterior.
    """
    opened_source = opened(source, Sample(seed=seed, set=set, base=base))
    given = None if by is None else grouping(by)
    targets = targets_of(outcome, years, opened_source)
    if method is not None:
        known(method, [*BASES, GIVEN], "method", "method")
    if isinstance(opened_source, Results):
        return _given(opened_source, targets, method, rows, given)
    return _played(opened_source, targets, method or "sobol", rows, given, progress)


def _played(
    config: Config,
    targets: Sequence[Target],
    method: str,
    given_rows: int | None,
    by: str | None,
    progress: Progress | None,
) -> Sensitivity:
    if method == GIVEN:
        raise UserError(f"`method`: {GIVEN} reads a results folder; for a config use sobol or morris")
    if by is not None and method != "sobol":
        raise UserError(f"`by`: {method} has no groups; use `method=sobol`, or leave `by` out")
    rows = _rows(method, given_rows)
    joint = Joint.of(config)
    if not joint.parameters:
        raise UserError(f"{config.label} has no uncertain parameter: there is nothing to vary")
    groups = None if by is None else groups_of(joint.inputs, config, by)
    count = len(joint.inputs)
    matrices = len(groups or joint.inputs) + (3 if method == "sobol" else 2)
    held = 3 * count if method == "sobol" else count * (count + 1)
    must_fit_in_memory(rows, NUMBER * (held + len(targets) * matrices), "rows of the base sample (`rows`)")
    play = Player(config, targets, rows * matrices, progress)
    ask = partial(sobol, groups=groups) if method == "sobol" else morris
    found = ask(joint, play, rows, config.seed)
    if progress is not None:
        progress(play.worlds, play.worlds)
    undecided = [int(worlds) for worlds in play.undecided]
    _decided(targets, play.worlds, undecided, play.reasons, config.until)
    return Sensitivity(
        tuple(map(Explained, targets, undecided, found)),
        config.label,
        config.seed,
        method,
        rows,
        play.worlds,
        play.reasons,
        _ranges(joint, joint.inputs) if groups is None else _sizes(groups),
        joint.loadings,
        by,
        origin=origin(config, worlds=play.worlds),
    )


def _sizes(groups: Groups) -> pd.DataFrame:
    """How many inputs each group has."""
    sizes = {name: len(members) for name, members in groups.items()}
    return pd.DataFrame({"inputs": pd.Series(sizes, dtype="Int64")})


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


def _given(
    results: Results, targets: Sequence[Target], method: str | None, rows: int | None, by: str | None
) -> Sensitivity:
    folder = f"{results.folder} is a results folder and runs nothing"
    if method not in (None, GIVEN):
        raise UserError(f"{folder}: `method={method}` needs a config; leave it out or use {GIVEN}")
    if rows is not None:
        raise UserError(f"{folder}: leave out `rows`")
    if by is not None:
        raise UserError(f"{folder}: groups, `by={by}`, need a config, and sobol")
    if results.manifest.source_posterior:
        raise UserError(
            f"{results.folder} was run from a posterior, so its parameters depend on each other, and "
            f"{GIVEN} takes them as independent: use a run without `posterior`"
        )
    left, name = results.sound, str(results.folder)
    must_be_enough(left, f"for {GIVEN}", LEAST_WORLDS, results.reasons, results.worlds, name)
    measured = measure(results, measure_of(targets))
    design = results.design.set_index("world")
    design = design.loc[:, design.nunique() > 1]
    design = design[independent([str(name) for name in design])]
    outcomes = measured.table.reindex(design.index)
    undecided = [int(unknown) - len(measured.left_out) for unknown in outcomes.isna().sum()]
    _decided(targets, results.worlds, undecided, measured.reasons, results.years[-1])
    ranges = design.quantile([0.05, 0.95]).T.set_axis(["p5", "p95"], axis="columns")
    ranges.insert(0, "unit", results.columns("design")["unit"].reindex(design.columns))
    joint = Joint.of(results.config)
    residuals = _ranges(joint, [n for n in map(str, design) if parameter_of_column(n) in joint.loadings])
    ranges = pd.concat([ranges.drop(index=residuals.index), residuals]).loc[design.columns]
    seed = results.manifest.seed
    found = [rbd_fast(design, outcomes[name].to_numpy(np.float64), seed) for name in outcomes]
    return Sensitivity(
        tuple(map(Explained, targets, undecided, found)),
        str(results.folder),
        seed,
        GIVEN,
        None,
        results.worlds,
        measured.reasons,
        ranges,
        joint.loadings,
        origin=origin(results),
    )


def _decided(
    targets: Sequence[Target], worlds: int, undecided: Sequence[int], reasons: Reasons, last: int
) -> None:
    for target, unknown in zip(targets, undecided, strict=True):
        if worlds == unknown + len(worlds_of(reasons)):
            wrong = f"no world decides {target.name} {target.when}: the last year is {last}"
            raise UserError(f"{wrong}; {left_out(reasons)}" if reasons else wrong)
