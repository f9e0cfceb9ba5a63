"""How far to trust the model: every start against every later year that facts reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from computeshift.experiments.config.load import load
from computeshift.experiments.config.schema import LAST_YEAR
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.evidence import fitting
from computeshift.experiments.questions.evidence.fact import Fact, Left, facts_of
from computeshift.experiments.questions.evidence.fitting import Fit
from computeshift.experiments.questions.evidence.history import Row, rows
from computeshift.experiments.questions.evidence.measures import measure, measures
from computeshift.experiments.questions.evidence.scored import GROUPS, OTHER, STARTS, groups, listed
from computeshift.experiments.questions.evidence.scores import scored
from computeshift.experiments.questions.evidence.weighing import Array, log_ratio, quantiles, weigh
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample

WORLDS = fitting.WORLDS  # per start, by default
_QUARTILES = (0.25, 0.75)


@dataclass(frozen=True, repr=False)
class Scorecard(Answer):
    """Every start against every later year that facts reach, as drawn and fitted on what came before.

    `facts` has one row per start, fact and `way`: `drawn` as the start has it, beside what rivals knew at
    its end; `fitted` on the facts about the years before the fact's own, beside what rivals knew then.
    In the first year there is nothing to fit, and both are the same. Its columns are those of `backtest`,
    and `p25`, `p75`, `pit` (the part of the worlds below the fact, half of those at it), and in logs the
    median's `bias` and error (`median`) and the `width` from P5 to P95.

    `measures` has one row per set of facts and way: see `measures.py`. `fits` are the worlds of each start
    as drawn. `not_scored` are facts, as START: NAME, that face worlds and are not in the list; `not_faced`
    those of the list that face none; `skipped` rows of the user's file that face nothing. `later` are each
    start's parameters that rest on what became known later.
    """

    question: ClassVar[str] = "scorecard"

    facts: pd.DataFrame
    measures: pd.DataFrame
    fits: dict[str, Fit]
    weighed: pd.DataFrame
    not_scored: list[str]
    not_faced: list[str]
    skipped: list[Left]
    later: dict[str, list[str]]

    def measure(self, **keys: str) -> dict[str, Any]:
        """The row of the measures with these keys (group, start, ahead, way), the others `all`."""
        return measure(self.measures, **keys)

    def tables(self) -> dict[str, pd.DataFrame]:
        """`measures`, `facts`, and how worlds were `weighed`: one row per start and year scored."""
        return {"measures": self.measures, "facts": self.facts, "weighed": self.weighed}


def scorecard(
    *,
    facts: str | Path | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Scorecard:
    """Score every start against every later year that facts reach, and say where to trust the model.

    The starts are `end_of_2022`, `end_of_2023` and `baseline`; each one's worlds are played once. The
    facts are those of a frozen list (`scored.csv`), and all of `facts`, a file with more of them.
    UserError if a setting does not fit every start, or there are fewer than 1,000 worlds.
    """
    sample = Sample(worlds, seed, set)
    sample = sample if sample.sized else replace(sample, worlds=WORLDS)
    known, _ = facts_of(rows(facts))
    own = {fact.name for fact in known if any(_is_of(facts, row) for row in fact.rows)}
    names = own | {name for _, name in listed()}
    last = min(max(fact.year for fact in known if fact.name in names), LAST_YEAR)
    fits = {
        start: _drawn(start, last, sample, facts, _part_of(progress, i)) for i, start in enumerate(STARTS)
    }
    ways = [(start, *cut) for start, fit in fits.items() for cut in _cuts(fit)]
    cases = pd.DataFrame(
        [
            _case(start, way, fit, fact)
            for start, year, way, fit in ways
            for fact in fit.facts
            if fact.year == year and ((start, fact.name) in listed() or fact.name in own)
        ]
    )
    facing = {(start, fact.name): None for start, fit in fits.items() for fact in fit.facts}
    return Scorecard(
        facts=cases,
        measures=measures(cases, tuple(GROUPS)),
        fits=fits,
        weighed=pd.DataFrame([_weighed(*way) for way in ways]),
        not_scored=[
            f"{start}: {name}" for start, name in facing if (start, name) not in listed() and name not in own
        ],
        not_faced=[f"{start}: {name}" for start, name in listed() if (start, name) not in facing],
        skipped=_skipped(fits, facts),
        later={start: fit.config.grounded_after() for start, fit in fits.items()},
        origin=origin(*(fit.source for fit in fits.values())),
    )


def _is_of(file: str | Path | None, row: Row) -> bool:
    """Whether a row stands in the user's file."""
    return file is not None and row.where.startswith(f"{Path(file).expanduser()}:")


def _part_of(progress: Progress | None, before: int) -> Progress | None:
    """Progress of one start as that of all, `before` of them done."""
    if progress is None:
        return None
    return lambda done, worlds: progress(before * worlds + done, len(STARTS) * worlds)


def _drawn(start: str, last: int, sample: Sample, facts: str | Path | None, progress: Progress | None) -> Fit:
    """The worlds of a start, played up to the year after the last one scored, as drawn."""
    return fitting.fit(start, load(start).start, last, sample=sample, facts=facts, progress=progress)


def _cuts(fit: Fit) -> Iterator[tuple[int, str, Fit]]:
    """Each year scored, as drawn, and fitted on the facts about the years before it."""
    for year in sorted({fact.year for fact in fit.facts}):
        before = [fact for fact in fit.facts if fact.year < year]
        weights = weigh(fit.says, before)
        yield year, "drawn", fit
        yield year, "fitted", replace(fit, until=year - 1, fitted=before, weights=weights)


def _case(start: str, way: str, fit: Fit, fact: Fact) -> dict[str, Any]:
    """A row of `Scorecard.facts`."""
    values, weights = fit.says[fact.name].to_numpy(), fit.weights.of
    known = listed().get((start, fact.name))
    row = scored(fit, fact)
    p25, p75 = quantiles(values, weights, _QUARTILES)
    low, middle, high = (float(log_ratio(row[at], fact.value)) for at in ("p5", "p50", "p95"))
    return {
        "start": start,
        "way": way,
        "year": fact.year,
        "ahead": fact.year - fit.config.start,
        "group": known.group if known else groups().get((fact.entity, fact.variable), OTHER),
        "theme": fact.theme,
        "core": known is not None and known.core,
        **row,
        "p25": p25,
        "p75": p75,
        "covered50": p25 <= fact.value <= p75,
        "covered90": row["covered"],
        "pit": _below(values, weights, fact.value),
        "bias": middle,
        "median": abs(middle),
        "width": abs(high - low),
    }


def _below(values: Array, weights: Array, fact: float) -> float:
    """The part of the worlds below a fact, and half of those at it."""
    below = weights[values < fact].sum() + weights[values == fact].sum() / 2
    return min(float(below / weights.sum()), 1.0)


def _weighed(start: str, year: int, way: str, fit: Fit) -> dict[str, Any]:
    """How the worlds of a start were weighed for a year."""
    return {
        "start": start,
        "year": year,
        "way": way,
        "fit_until": fit.until,
        "worlds": len(fit.says),
        "left_out": len(fit.left_out),
        "fitted": len(fit.fitted),
        "temperature": fit.weights.temperature,
        "effective_worlds": fit.weights.effective,
    }


def _skipped(fits: Mapping[str, Fit], file: str | Path | None) -> list[Left]:
    """The rows of the user's file that face no world of any start, and why."""
    used = {row.where for fit in fits.values() for fact in fit.facts for row in fact.rows}
    left = [one for fit in fits.values() for one in (*fit.left, *fit.skipped) if _is_of(file, one.row)]
    return list({one.row.where: one for one in left if one.row.where not in used}.values())
