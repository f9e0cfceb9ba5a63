"""predict: what the worlds say of claims and of facts to come, dated, in a file to be scored later."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.periods import YEAR, Period
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.evidence.observables import Observable, Observables, observables_of
from computeshift.experiments.questions.evidence.periods import run_rate
from computeshift.experiments.questions.levers.headline import Headline, headlines_of
from computeshift.experiments.questions.predictions.file import (
    LEVELS,
    NAMES,
    PredictedClaim,
    PredictedObservable,
    PredictedOutcome,
    PredictedRule,
    Predictions,
)
from computeshift.experiments.questions.predictions.settling import rules_of
from computeshift.experiments.results.claims import Claim, claims_of, wilson
from computeshift.experiments.results.excluded import must_be_enough
from computeshift.experiments.results.files import PREDICTION, writable
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.digest import model
from computeshift.experiments.run.job import Progress, versions
from computeshift.experiments.run.measure import Measure, measure
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, Source, config_of, opened, years_of

GROWTH = "x_per_year"
"""The unit of a year over the one before."""
_LEAST = 30  # worlds: with fewer P5 and P95 are those of one or two worlds
_FIGURES = 6  # significant figures of a number in the file
_CLAIM, _OUTCOME, _OBSERVABLE = "claim", "outcome", "observable"
_OPPOSITE = {"at_least": "below", "above": "at most", "below": "at least"}


@dataclass(frozen=True, repr=False)
class Prediction(Answer):
    """Dated predictions: `said` is what their file says, `file` where it is."""

    question: ClassVar[str] = "predict"

    said: Predictions
    file: Path | None

    @property
    def claims(self) -> pd.DataFrame:
        """One row per claim: its probability with its error, its years, and what would prove it wrong."""
        rows = [
            claim.model_dump() | {"settled_by": "; ".join(rule.words for rule in claim.rules)}
            for claim in self.said.claims
        ]
        return pd.DataFrame(rows, columns=[name for name in PredictedClaim.model_fields if name != "facts"])

    @property
    def outcomes(self) -> pd.DataFrame:
        """One row per headline outcome and year, with 19 quantiles."""
        return _flat([one.model_dump() for one in self.said.outcomes])

    @property
    def observables(self) -> pd.DataFrame:
        """One row per entity, variable and year of facts to come, with 19 quantiles."""
        return _flat([one.model_dump() for one in self.said.observables])

    def tables(self) -> dict[str, pd.DataFrame]:
        """`claims`, headline `outcomes`, and `observables`: what facts will say."""
        return {"claims": self.claims, "outcomes": self.outcomes, "observables": self.observables}


def predict(
    source: Source,
    *,
    out: str | Path | None = None,
    force: bool = False,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Prediction:
    """Play a config, or read a results folder, and say how likely claims are and what facts will be.

    `out` (FILE.json) is where the predictions go, dated today, for `score`. UserError for fewer than 30
    worlds, or if the file can't be written: if another file than predictions stands there, only `force`
    writes over it.
    """
    to = None if out is None else writable(out, PREDICTION, force, "out")
    chosen = opened(source, Sample(worlds, seed, set, base))
    must_be_enough(chosen.worlds, "for P5 and P95", _LEAST, {}, chosen.worlds)
    config = config_of(chosen)
    claims, outcomes, observables = claims_of(config), _outcomes(config), observables_of(config)
    rules = {name: rules_of(claim, config, years_of(chosen)) for name, claim in claims.items()}
    measured = measure(chosen, _measure(claims, outcomes, observables), progress=progress)
    table = measured.table
    must_be_enough(len(table), "for P5 and P95", _LEAST, measured.reasons, chosen.worlds)
    said = Predictions(
        made=today(),
        **_origin(chosen),
        worlds=len(table),
        left_out=len(measured.left_out),
        claims=tuple(
            _claim(claim, rules[name], years_of(chosen), _of(table, _CLAIM, name))
            for name, claim in claims.items()
        ),
        outcomes=tuple(
            PredictedOutcome(outcome=name, meaning=known.meaning, unit=known.unit, year=year, quantiles=found)
            for name, known in outcomes.items()
            for year, found in _quantiles(_of(table, _OUTCOME, name))
        ),
        observables=tuple(
            PredictedObservable(
                entity=entity,
                variable=variable,
                kind=known.kind,
                fact_unit=known.unit,
                unit=GROWTH if known.kind == "growth" else known.unit,
                year=year,
                quantiles=found,
            )
            for (entity, variable), known in observables.items()
            for year, found in _quantiles(_of(table, _OBSERVABLE, f"{entity}/{variable}"))
        ),
    )
    return Prediction(said, None if to is None else said.write(to), origin=origin(chosen))


def today() -> datetime.date:
    """The day on which predictions are made."""
    return datetime.date.today()


def _origin(source: Config | Results) -> dict[str, Any]:
    """What the worlds come from."""
    config = config_of(source)
    stored = source.manifest if isinstance(source, Results) else None
    posterior = stored.source_posterior if stored else None
    return {
        "version": (stored.versions if stored else versions())["computeshift"],
        "config": config.label,
        "hash": config.hash,
        "model": stored.model if stored else model(),
        "posterior": posterior.sha256 if posterior else None,
        "start": config.start,
        "until": config.until,
        "known_until": config.known_until,
        "seed": config.seed,
        "changes": tuple(map(str, config.changes)),
    }


def _outcomes(config: Config) -> dict[str, Headline]:
    """The headline outcomes, by the name of what is measured year by year, and the config's own."""
    return {
        one.outcome if one.written is None else one.name: one for one in headlines_of(config, ()).values()
    }


def _measure(
    claims: Mapping[str, Claim], outcomes: Mapping[str, Headline], observables: Observables
) -> Measure:
    """Measures all that is predicted: columns by what it is, its name, and its year (0: a claim)."""

    def of(record: Record) -> pd.DataFrame:
        columns: dict[tuple[str, str, int], pd.Series[float]] = {}
        for name, claim in claims.items():
            if (held := claim.holds(record)) is not None:
                columns[_CLAIM, name, 0] = held.astype(float)
        for name, outcome in outcomes.items():
            table = record.outcome_or_empty(outcome.outcome)
            columns |= {(_OUTCOME, name, int(year)): table[year] for year in table.columns}
        for (entity, variable), observable in observables.items():
            table = _by_year(observable, record)
            column = f"{entity}/{variable}"
            columns |= {(_OBSERVABLE, column, int(year)): table[year] for year in table.columns}
        return pd.DataFrame(columns, index=record.market_variable("capacity_gw").index)

    return of


def _by_year(observable: Observable, record: Record) -> pd.DataFrame:
    """What a fact about each year would say, worlds x years; no columns where this market lacks the firm."""
    table = observable.read(record)
    if table is None or table.empty:
        return pd.DataFrame()
    if observable.kind == "growth":
        before = table.shift(axis=1)
        table = (table / before.where(before > 0)).iloc[:, 1:]
    if observable.kind == "rate":
        ends = {year: run_rate(table, _last_month(int(year))) for year in table.columns}
        table = pd.DataFrame({year: rate for year, rate in ends.items() if rate is not None})
    return table.fillna(0.0)  # a share of nothing


def _last_month(year: int) -> Period:
    return Period((year + 1) * YEAR - 1, (year + 1) * YEAR)


def _of(table: pd.DataFrame, kind: str, name: str) -> pd.DataFrame:
    """What was measured of one thing, worlds x years, where it is finite; no columns if nothing was."""
    kinds, names = (table.columns.get_level_values(level) for level in (0, 1))
    own = table.loc[:, (kinds == kind) & (names == name)]
    return own.where(np.isfinite(own)).droplevel([0, 1], axis=1).dropna(axis=1, how="all")


def _quantiles(table: pd.DataFrame) -> Iterator[tuple[int, dict[str, float]]]:
    """By year the quantiles over the worlds that have a number."""
    for year in table.columns:
        found = table[year].quantile(list(LEVELS)).tolist()
        yield int(year), {name: _rounded(value) for name, value in zip(NAMES, found, strict=True)}


def _claim(
    claim: Claim, rules: tuple[PredictedRule, ...], known: list[int], held: pd.DataFrame
) -> PredictedClaim:
    """A claim with the part of the worlds in which it holds, and the error of that."""
    worlds, hits = int(held.count().sum()), float(held.sum().sum())
    low, high = wilson(hits, worlds)
    return PredictedClaim(
        name=claim.name,
        sentence=claim.sentence,
        source=claim.source,
        outcome=claim.outcome,
        test=claim.test,
        figure=claim.figure,
        when=claim.when,
        years=tuple(claim.years(known) or ()),
        probability=_rounded(hits / worlds) if worlds else None,
        error=_rounded((high - low) / 2) if worlds else None,
        worlds=worlds,
        falsified_by=claim.fails_if or _opposite(claim),
        settled_by=rules,
        unsettled_because=claim.unsettled_because,
    )


def _opposite(claim: Claim) -> str:
    """What would prove a claim wrong, by its test."""
    if claim.figure is None:
        return f"{claim.outcome} does not rise every year, {claim.when}."
    return f"{claim.outcome} is {_OPPOSITE[claim.test]} {claim.figure:g} {_always(claim)}."


def _always(claim: Claim) -> str:
    """When the opposite of a claim must be true, for the claim to fail."""
    how, _, years = claim.when.partition(" ")
    if claim.every_year:
        return f"in some year from {claim.when}"
    return {"by": f"in every year to {years}", "in": claim.when}.get(how, "in every year")


def _rounded(value: float) -> float:
    """A number in six figures: more are noise, and a file is to be read."""
    return float(f"{value:.{_FIGURES}g}")


def _flat(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows of a file with one column per quantile."""
    return pd.DataFrame([row | row.pop("quantiles") for row in rows])
