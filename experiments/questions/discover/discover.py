"""In which region of what is uncertain a claim fails, or holds: scenario discovery (Bryant, Lempert 2010)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import (
    Loadings,
    column_of_factor,
    factor_of_column,
    independent,
    parameter_of_column,
)
from computeshift.experiments.config.load import load
from computeshift.experiments.config.names import in_words
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.discover import prim
from computeshift.experiments.questions.discover.discovered import Discovery
from computeshift.experiments.questions.discover.meaning import meanings
from computeshift.experiments.questions.discover.regions import Column, Fit, Limit, Peel, Region
from computeshift.experiments.results.claims import CUMULATED_MARKET, Claim
from computeshift.experiments.results.excluded import Reasons, must_be_enough
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.run import design as designs
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import Measure, claims_held, known_claim, measure
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, Source, opened, years_of

WORLDS = 10_000  # of a config, by default
LEAST_WORLDS = 200
LEAST_CASES = 50  # worlds in which the claim holds, and in which it fails
BOXES = 3
CHANCE = 0.05  # that a box is no denser than all worlds
WORTH = 0.1  # telling: a box with this part of the cases, this part of the way from the base rate to 1


def discover(
    source: Source,
    claim: str,
    *,
    holds: bool = False,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Discovery:
    """Where a claim fails (or `holds`): boxes in what is uncertain (parameters, factors) and in the news.

    A parameter that loads on factors is limited by its residual, what it has apart from them.
    A config is played in 10,000 worlds unless `worlds` says otherwise; a results folder runs nothing.
    Boxes are found in the worlds of even number and judged by the others. UserError if the claim is
    unknown or undecided, or if there are too few worlds, or too few of the one kind, to tell.
    """
    chosen = _chosen(source, Sample(worlds, seed, set, base))
    known = known_claim(claim, chosen)
    _enough_worlds(chosen.worlds, {}, chosen.worlds)
    measured = measure(chosen, _held_and_news(known), progress=progress, design=True)
    if claim not in measured.table:
        raise UserError(_undecided(known, years_of(chosen)))
    cases = measured.table[claim].dropna() == float(holds)
    _enough_worlds(len(cases), measured.reasons, chosen.worlds)
    _enough_cases(cases, claim, holds)
    design = _design(chosen).loc[cases.index]
    inputs = design[independent([str(name) for name in design])]
    x = _space(inputs, measured.table.loc[cases.index].drop(columns=claim))
    columns, loadings = _columns(chosen), _config(chosen).loadings()
    found = regions(x, cases, columns) if cases.nunique() > 1 else ()
    return Discovery(
        origin=origin(chosen),
        source=chosen.label if isinstance(chosen, Config) else str(chosen.folder),
        claim=known,
        holds=holds,
        worlds=len(cases),
        cases=int(cases.sum()),
        reasons=measured.reasons,
        from_posterior=isinstance(chosen, Results) and chosen.manifest.source_posterior is not None,
        dimensions=x.shape[1],
        regions=found,
        meanings=meanings(found, design, loadings, columns),
    )


def regions(x: pd.DataFrame, y: pd.Series[bool], columns: Mapping[str, Column]) -> tuple[Region, ...]:
    """Boxes of the worlds `x` (index: world) in which cases `y` are dense, each beyond those before it.

    They are found in the worlds of even number; only those that the other worlds confirm are returned:
    denser there than all worlds by more than chance and by a tenth of what is missing to 1, and with at
    least a tenth of the cases.
    """
    values, cases = x.to_numpy(dtype=np.float64), y.to_numpy(dtype=bool)
    even = x.index.to_numpy() % 2 == 0
    left, boxes = np.ones(len(x), dtype=bool), list[Region]()
    while len(boxes) < BOXES and _mixed(cases[left & even]) and _mixed(cases[left & ~even]):
        box, peeled = prim.find(values[left & even], cases[left & even])
        seen, unseen = _fits(box, values, cases, left, even)
        if not _confirmed(unseen, cases[~even].mean()):
            break
        limits = _limits(box, x, cases, left, even, columns)
        trajectory = [
            Peel(
                tuple(columns[str(x.columns[j])] for j in wider.restricted),
                *_fits(wider, values, cases, left, even),
            )
            for wider in peeled
        ]
        boxes.append(Region(limits, seen, unseen, tuple(trajectory)))
        left = left & ~box.contains(values)
    return tuple(boxes)


def _mixed(cases: prim.Truths) -> bool:
    return bool(prim.LEAST_ROWS <= cases.sum() < len(cases))


def _confirmed(fit: Fit, base: float) -> bool:
    surprising = binom.sf(fit.cases - 1, fit.worlds, base) < CHANCE
    return bool(surprising and fit.density - base >= WORTH * (1 - base) and fit.coverage >= WORTH)


def _fits(
    box: prim.Box, x: prim.Numbers, y: prim.Truths, left: prim.Truths, even: prim.Truths
) -> tuple[Fit, Fit]:
    """How a box does in the worlds it was found in, and in the others."""
    inside = box.contains(x) & left
    seen, unseen = (Fit.of(inside[half], y[half]) for half in (even, ~even))
    return seen, unseen


def _limits(
    box: prim.Box,
    x: pd.DataFrame,
    y: prim.Truths,
    left: prim.Truths,
    even: prim.Truths,
    columns: Mapping[str, Column],
) -> tuple[Limit, ...]:
    """The restrictions of a box, the tightest first, their p-values from the worlds it has not seen."""
    values, unseen = x.to_numpy(dtype=np.float64), left & ~even
    chances = prim.quasi_p_values(box, values[unseen], y[unseen])
    limits = [
        Limit.of(columns[str(x.columns[j])], float(box.low[j]), float(box.high[j]), values[:, j], chance)
        for j, chance in chances.items()
    ]
    return tuple(sorted(limits, key=lambda limit: limit.kept))


# --- the worlds ---


def _chosen(source: Source, sample: Sample) -> Config | Results:
    chosen = opened(source, sample)
    if isinstance(chosen, Config) and not sample.sized:
        return load(chosen, {"worlds": WORLDS})
    return chosen


def _held_and_news(claim: Claim) -> Measure:
    """Measures whether the claim holds, and of each kind of news its largest size and first year."""
    held = claims_held([claim])

    def of(record: Record) -> pd.DataFrame:
        sizes = {kind: record.market_variable(f"news_{kind}") for kind in SHOCKS}
        news = {}
        for kind, size in sizes.items():
            if not size.empty:
                years, hit = np.array(record.years), size.to_numpy() > 0
                first = np.where(hit.any(axis=1), years[hit.argmax(axis=1)], years[-1] + 1)
                news[f"news.{kind}.size"] = size.max(axis=1)
                news[f"news.{kind}.year"] = pd.Series(first.astype(float), index=size.index)
        return held(record).join(pd.DataFrame(news), how="outer")

    return of


def _design(chosen: Config | Results) -> pd.DataFrame:
    table = chosen.design if isinstance(chosen, Results) else designs.design(chosen)
    return table.set_index("world")


def _space(design: pd.DataFrame, news: pd.DataFrame) -> pd.DataFrame:
    """What differs between the worlds; news that only repeats a parameter is left out."""
    known = design.to_numpy(dtype=np.float64)
    repeated = [name for name in news if _among(known, news[name].to_numpy(dtype=np.float64))]
    space = design.join(news.drop(columns=repeated))
    return space.loc[:, space.nunique() > 1]


def _among(known: prim.Numbers, column: prim.Numbers) -> bool:
    """Whether a column, `(n,)`, is one of the columns of a table, `(n, d)`."""
    alike = known[:, known[0] == column[0]]  # few columns, if any, begin alike
    return bool((alike == column[:, None]).all(axis=0).any())


def _config(chosen: Config | Results) -> Config:
    return chosen.config if isinstance(chosen, Results) else chosen


def _columns(chosen: Config | Results) -> dict[str, Column]:
    """Name, words and unit of everything that may differ between worlds."""
    if isinstance(chosen, Results):
        units = {str(name): str(unit) for name, unit in chosen.columns("design")["unit"].items()}
    else:
        units = designs.units(chosen)
    loadings = _config(chosen).loadings()
    columns = {name: _column(name, unit, loadings) for name, unit in units.items() if name != "world"}
    for kind, shock in SHOCKS.items():
        shock_name = kind.replace("_", " ")
        size = Column(f"news.{kind}.size", f"the largest {shock_name} of a year", shock.unit)
        year = Column(f"news.{kind}.year", f"the first {shock_name}", "year; after the last: none")
        columns |= {size.name: size, year.name: year}
    return columns


def _column(name: str, unit: str, loadings: Loadings) -> Column:
    """A parameter in its unit; a factor or a residual, whose limits read as quantiles."""
    parameter = parameter_of_column(name)
    if parameter is None or parameter not in loadings:
        return Column(name, in_words(name), unit, score=factor_of_column(name) is not None)
    given = " and ".join(in_words(column_of_factor(factor)) for factor in loadings[parameter])
    return Column(name, in_words(parameter), unit, score=True, given=given)


# --- what the worlds can't tell ---


def _enough_worlds(left: int, reasons: Reasons, worlds: int) -> None:
    """UserError if there are too few worlds."""
    must_be_enough(left, "to find a region in", LEAST_WORLDS, reasons, worlds)


def _enough_cases(cases: pd.Series[bool], claim: str, holds: bool) -> None:
    """UserError if the claim holds, or fails, in some worlds but too few."""
    count, total = int(cases.sum()), len(cases)
    fewer = min(count, total - count)
    if 0 < fewer < LEAST_CASES:
        does = "holds" if holds == (fewer == count) else "fails"
        needed = math.ceil(total * LEAST_CASES * 1.2 / fewer / 100) * 100
        raise UserError(
            f"{claim} {does} in only {fewer} of {total:,} worlds, and a region needs at least "
            f"{LEAST_CASES}: use about {needed:,} worlds"
        )


def _undecided(claim: Claim, years: list[int]) -> str:
    """Why the worlds can't decide a claim."""
    last = int(claim.when[-4:]) if claim.when[-4:].isdigit() else years[-1]
    if last > years[-1]:
        return (
            f"{claim.name} is about {claim.when}, and the worlds end in {years[-1]}: use `set` until={last}"
        )
    wanted = claim.outcome
    if claim.outcome in CUMULATED_MARKET and claim.without is not None:
        wanted += f" with and without {claim.without}"
    return f"{claim.name} can't be decided: these worlds have no {wanted}"
