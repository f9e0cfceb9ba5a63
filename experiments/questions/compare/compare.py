"""compare: what would be different. Paired worlds of several configs, against the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.compare.comparison import UNITS, Comparison
from computeshift.experiments.questions.compare.pairs import (
    differences_of_means,
    differences_of_shares,
)
from computeshift.experiments.questions.compare.sides import LEAST_WORLDS, Side, sides
from computeshift.experiments.results.claims import claims
from computeshift.experiments.results.excluded import Reasons, merged, too_few, worlds_of
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.record import Record
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import (
    Measure,
    Source,
    claims_held,
    known_year,
    measure,
    outcomes_in,
    part_of,
    years_of,
)

HEADLINE = (
    "stargate_share",
    "azure_share",
    "oracle_share",
    "other_cloud_share",
    "own_share",
    "openai_compute",
    "openai_unserved",
    "openai_revenue",
    "openai_burn",
    "openai_raised",
    "openai_valuation",
    "trust",
    "stargate_capacity",
    "stargate_spent",
    "softbank_in_stargate",
    "softbank_in_openai",
    "softbank_nav",
    "softbank_ltv",
    "oracle_leverage",
    "served_compute",
    "compute_price",
    "ai_capex",
    "ai_capacity_spending",
)
"""The outcomes that are compared, in the order they are shown."""


class Edge(NamedTuple):
    """An edge of the network of what flowed."""

    source: str
    target: str
    kind: str
    unit: str


def compare(
    sources: Sequence[Source],
    *,
    by: int | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """What differs from the first source in each of the others, in the year `by` (default: the last).

    A source is a config, which is played in memory, or a results folder. World by world all have the
    same luck: a draw belongs to seed, world and name alone. Configs take `worlds` and `seed`, where
    not given, from the first results folder, or where there is none from the first config; `set` is
    laid on every config. A world that makes no sense in one source is left out of all.

    UserError for fewer than two sources or 30 worlds, an unknown year, or sources that do not pair.
    """
    compared = sides(sources, worlds, seed, set)
    years = years_of(compared[0].source)
    year = years[-1] if by is None else known_year(by, years)
    tables, reasons = _played(compared, year, progress)
    first, *others = tables
    rows = [
        (
            _outcomes(side.name, first, other, same=side.hash == compared[0].hash),
            _claims(side.name, first, other),
            _edges(side.name, first, other),
        )
        for side, other in zip(compared[1:], others, strict=True)
    ]
    outcomes, held, edges = (pd.concat(parts, ignore_index=True) for parts in zip(*rows, strict=True))
    return Comparison(
        sides=tuple(side.document() for side in compared),
        year=year,
        worlds=len(first),
        seed=compared[0].terms["seed"],
        reasons=reasons,
        outcomes=outcomes,
        claims=held,
        edges=edges,
    )


# --- the worlds of each side ---


def _played(
    compared: Sequence[Side], year: int, progress: Progress | None
) -> tuple[list[pd.DataFrame], dict[str, Reasons]]:
    """One row per world for each side, and by side the worlds that are left out: no table has them."""
    total = sum(side.source.worlds for side in compared)
    tables, reasons, before = [], dict[str, Reasons](), 0
    for i, side in enumerate(compared):
        told = part_of(progress, before, total)
        held = 0 if i else len(compared)
        measured = measure(side.source, _quantities(year), against=True, progress=told, tables=held)
        tables.append(measured.table)
        reasons[side.name] = measured.reasons
        before += side.source.worlds
    every = merged(reasons.values())
    broken = worlds_of(every)
    kept = [table[~table.index.isin(broken)] for table in tables]
    if (left := len(kept[0])) < LEAST_WORLDS:
        raise UserError(too_few(left, "to compare", LEAST_WORLDS, every, left + len(broken)))
    return kept, {name: why for name, why in reasons.items() if why}


def _quantities(year: int) -> Measure:
    """Measures all that is compared: columns (`outcome`, name), (`claim`, name) and (`edge`, edge)."""
    outcomes, held = outcomes_in(list(HEADLINE), year), claims_held(list(claims()))

    def of(record: Record) -> pd.DataFrame:
        every_claim = held(record).reindex(columns=list(claims())).astype(float)
        parts = {"outcome": outcomes(record), "claim": every_claim, "edge": _flows(record, year)}
        return pd.concat(parts, axis=1)

    return of


def _flows(record: Record, year: int) -> pd.DataFrame:
    """What flowed in a year along every edge of money or GW: a column an edge."""
    units = record.units()
    edges = [Edge(*tie, units[tie[-1]]) for tie in record.ties() if units[tie[-1]] in UNITS]
    table = pd.concat([record.flow(edge.kind, edge.source, edge.target)[year] for edge in edges], axis=1)
    table.columns = pd.Index(edges, tupleize_cols=False)
    return table


# --- what differs: rows of `Comparison` ---


def _outcomes(name: str, first: pd.DataFrame, other: pd.DataFrame, same: bool) -> pd.DataFrame:
    """A row an outcome; without an interval where no pair differs, unless both are the `same` config."""
    was, is_ = _part(first, "outcome"), _part(other, "outcome")
    differs = differences_of_means(was, is_)
    if not same:
        unseen = (differs["differing"] == 0) & ~differs["constant"]
        differs[["low", "high"]] = differs[["low", "high"]].mask(unseen)
    about = {
        "config": name,
        "outcome": list(HEADLINE),
        "unit": [OUTCOMES[outcome].unit for outcome in HEADLINE],
        "meaning": [OUTCOMES[outcome].doc for outcome in HEADLINE],
        "first_median": was.median(),
        "median": is_.median(),
        "first_mean": was.mean(),
        "mean": is_.mean(),
    }
    return pd.DataFrame({**about, **differs})


def _claims(name: str, first: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """A row a claim; without numbers where a side can't decide it."""
    was, is_ = _part(first, "claim"), _part(other, "claim")
    about = {
        "config": name,
        "claim": list(claims()),
        "sentence": [claim.sentence for claim in claims().values()],
        "first_probability": was.mean(),
        "probability": is_.mean(),
    }
    return pd.DataFrame({**about, **differences_of_shares(was, is_)})


def _edges(name: str, first: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """A row an edge that changed, by unit, the largest change first; nothing flows on a cut edge."""
    was, is_ = _part(first, "edge"), _part(other, "edge")
    every = pd.Index(list(dict.fromkeys([*was, *is_])), tupleize_cols=False)
    was, is_ = (flows.reindex(columns=every, fill_value=0.0) for flows in (was, is_))
    differs = differences_of_means(was, is_)
    about = pd.DataFrame([Edge(*edge) for edge in every], columns=list(Edge._fields), index=differs.index)
    rows = pd.concat([about, differs], axis=1).assign(config=name, first_mean=was.mean(), mean=is_.mean())
    changed = rows[~(rows["exact"] & (rows["difference"] == 0))]
    return changed.sort_values("difference", key=abs, ascending=False).sort_values("unit", kind="stable")


def _part(table: pd.DataFrame, what: str) -> pd.DataFrame:
    """The columns of one kind of quantity."""
    return pd.DataFrame(table[what])
