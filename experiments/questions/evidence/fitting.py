"""How worlds are weighed by how near they come to facts up to a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.schema import LAST_YEAR
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.evidence.fact import Fact, Left, facts_of, skipped
from computeshift.experiments.questions.evidence.history import Row, rows
from computeshift.experiments.questions.evidence.observables import OBSERVABLES, Observables, observables_of
from computeshift.experiments.questions.evidence.weighing import DISCREPANCY, Weights, informs, themes, weigh
from computeshift.experiments.results.excluded import LeavesOut, Reasons, must_be_enough
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.run import design as designs
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import Measure, measure
from computeshift.experiments.run.sample import Sample, Source, opened

WORLDS = 100_000  # of a config, by default
LEAST_WORLDS = 1_000


@dataclass(frozen=True)
class Fit(LeavesOut):
    """Worlds and facts, and the worlds' weights by the facts up to `until`.

    `says` has one row per world and one column per fact, in its unit; `fitted` are the facts that the weights
    come from; `history` has facts of any year, simulated or not; `left` are rows that no world is
    compared with, `skipped` those of the user's file of which the model lacks something; `reasons`
    lists the worlds that are left out. `beside` has the same rows: what else was measured.
    """

    source: Config | Results
    config: Config
    until: int
    says: pd.DataFrame
    facts: list[Fact]
    fitted: list[Fact]
    history: list[Fact]
    left: list[Left]
    skipped: list[Left]
    rows: list[Row]
    weights: Weights
    reasons: Reasons
    beside: pd.DataFrame

    @property
    def informing(self) -> list[Fact]:
        """The facts fitted that the worlds differ in."""
        return [fact for fact in self.fitted if informs(self.says, fact)]

    def document(self) -> dict[str, Any]:
        """How worlds were weighed, ready for JSON."""
        informing = {fact.name for fact in self.informing}
        later = [fact for fact in self.fitted if all(row.published.year > self.until for row in fact.rows)]
        return {
            "source": self.config.label,
            "start": self.config.start,
            "fit_until": self.until,
            "seed": self.config.seed,
            "worlds": len(self.says),
            "left_out": self.left_out,
            "fitted": [fact.name for fact in self.fitted],
            "groups": themes(self.informing),
            "not_varying": [fact.name for fact in self.fitted if fact.name not in informing],
            "fitted_published_later": [fact.name for fact in later],
            "temperature": self.weights.temperature,
            "effective_worlds": self.weights.effective,
            "discrepancy": DISCREPANCY,
            "skipped": [one.document() for one in self.skipped],
        }


def fit(
    source: Source,
    until: int,
    last: int,
    *,
    sample: Sample,
    facts: str | Path | None = None,
    must_face_last: bool = False,
    beside: Measure | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Play a config's worlds, or read a folder's, and weigh them by the facts about `until` or before.

    Facts face worlds up to `last`. `beside` measures more of the same worlds, under names without a slash.
    UserError if there are fewer than 1,000 worlds, or none of the years, or
    with `must_face_last`, before anything is played, if no fact is about `last`.
    """
    chosen = opened(source, sample)
    if isinstance(chosen, Results):
        chosen, config = _folder(chosen)
    else:
        chosen, config = _up_to(last + 1, chosen, sample.sized)
    if config.start >= last:
        raise UserError(
            f"{config.label} starts at the end of {config.start} and simulates nothing of {last} or "
            "before: use a config that starts earlier, or a later year"
        )
    if until < config.start:
        raise UserError(
            f"{config.label} starts at the end of {config.start}: facts up to {until} say nothing of its "
            f"worlds; use `fit_until={config.start}` or later"
        )
    must_be_enough(chosen.worlds, "to weigh", LEAST_WORLDS, {}, chosen.worlds)
    table_of_facts = rows(facts)
    observables = observables_of(config)
    history, left = facts_of(table_of_facts, observables)
    facing = [fact for fact in history if fact.year <= last]
    if must_face_last and not any(fact.year == last for fact in facing):
        raise UserError(none_about(last))

    def of(record: Record) -> pd.DataFrame:
        faced = says(record, facing, observables)
        return faced if beside is None else faced.join(beside(record))

    measured = measure(chosen, of, progress=progress, design=True)
    must_be_enough(len(measured.table), "to weigh", LEAST_WORLDS, measured.reasons, chosen.worlds)
    known = [fact for fact in facing if fact.name in measured.table]
    names = list(dict.fromkeys(fact.name for fact in known))
    table = measured.table[names].fillna(0.0)  # a share of nothing
    silent = [fact for fact in facing if fact.name not in table]
    left += [Left(row, f"not simulated by {config.label}") for fact in silent for row in fact.rows]
    fitted = [fact for fact in known if fact.year <= until]
    weights = weigh(table, fitted)
    own = "" if facts is None else f"{Path(facts).expanduser()}:"
    theirs = [
        skipped(one, observables) for one in left if one.lacking and own and one.row.where.startswith(own)
    ]
    return Fit(
        source=chosen,
        config=config,
        until=until,
        says=table,
        facts=known,
        fitted=fitted,
        history=history,
        left=left,
        skipped=theirs,
        rows=table_of_facts,
        weights=weights,
        reasons=measured.reasons,
        beside=measured.table.drop(columns=names),
    )


def parameters(fit: Fit) -> pd.DataFrame:
    """The uncertain parameters of the worlds that were weighed, one row per world, in their order."""
    if isinstance(fit.source, Results):
        design = fit.source.design.set_index("world")
    else:
        design = designs.design(fit.source).set_index("world")
    return design.loc[fit.says.index]


def none_about(year: int) -> str:
    """That no fact about a year can be compared with the worlds."""
    return f"no fact about {year} is simulated: append some (`facts`), or use another year"


def _folder(results: Results) -> tuple[Results, Config]:
    """A results folder with its config; UserError if its worlds have seen facts already."""
    if results.manifest.source_posterior:
        raise UserError(
            f"{results.folder} was run from a posterior, so its worlds have seen facts: "
            "use a run without `posterior`"
        )
    return results, results.config


def _up_to(year: int, config: Config, sized: bool) -> tuple[Config, Config]:
    """A config played up to a year (one more than asked about: run rates look ahead)."""
    worlds = config.worlds if sized else WORLDS
    changed = config.model_copy(update={"worlds": worlds, "until": min(year, LAST_YEAR)})
    return changed, changed


def says(record: Record, facts: Sequence[Fact], observables: Observables = OBSERVABLES) -> pd.DataFrame:
    """What worlds say of facts: one row per world, one column per fact that they can say something of."""
    keys = dict.fromkeys((fact.entity, fact.variable) for fact in facts)
    tables = {key: observables[key].read(record) for key in keys}
    columns = {}
    for fact in facts:
        table = tables[fact.entity, fact.variable]
        values = None if table is None else fact.of(table)
        if values is not None:
            columns[fact.name] = values
    return pd.DataFrame(columns, index=record.market_variable("capacity_gw").index)
