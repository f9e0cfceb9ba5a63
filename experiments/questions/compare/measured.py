"""The worlds of each side of a comparison, measured: the same worlds and quantities in every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from computeshift.experiments.config.own import OwnOutcome
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.compare.comparison import UNITS
from computeshift.experiments.questions.compare.sides import LEAST_WORLDS, Side
from computeshift.experiments.results.claims import Claim, claims_of
from computeshift.experiments.results.excluded import Reasons, in_all
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome, outcome_of, own_outcomes
from computeshift.experiments.results.record import Record
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import (
    Measure,
    claims_held,
    measure,
    must_have,
    outcomes_in,
    part_of,
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


@dataclass(frozen=True)
class Asked:
    """The outcomes and the claims that are compared."""

    outcomes: tuple[Outcome, ...]
    claims: tuple[Claim, ...]


def asked_of(compared: Sequence[Side], names: Sequence[str]) -> Asked:
    """What comes with the package, what the configs define, and the outcomes of these names besides.

    UserError for a name that a side does not have, and if two sides define one name differently.
    """
    configs = [side.config for side in compared]
    own = own_outcomes(*configs)
    written = {name: known for config in configs for name, known in config.outcomes.items()}
    wanted = [OUTCOMES[name] for name in HEADLINE] + list(own.values())
    wanted += [_outcome(name, side, written) for name in names for side in compared]
    different = {outcome.name: outcome for outcome in wanted}
    return Asked(tuple(different.values()), tuple(claims_of(*configs).values()))


def _outcome(name: str, side: Side, own: Mapping[str, OwnOutcome]) -> Outcome:
    """The outcome of a name on a side; UserError, which names the side, if it has none."""
    try:
        outcome = outcome_of(name, side.config.cast, own, side.config.start)
        return must_have(outcome, side.source)
    except UserError as error:
        raise UserError(f"{side.name}: {error}") from None


class Edge(NamedTuple):
    """An edge of the network of what flowed."""

    source: str
    target: str
    kind: str
    unit: str


@dataclass(frozen=True)
class Worlds:
    """One table per side, in their order, with one row per world; and by side the worlds left out of all.

    Columns are (`outcome`, name), (`claim`, name) and (`edge`, edge).
    """

    tables: list[pd.DataFrame]
    reasons: dict[str, Reasons]


def worlds_of_sides(compared: Sequence[Side], asked: Asked, year: int, progress: Progress | None) -> Worlds:
    """Measure all that is compared in every world of each side. UserError if fewer than 30 make sense."""
    total = sum(side.source.worlds for side in compared)
    tables, reasons, before = [], dict[str, Reasons](), 0
    for i, side in enumerate(compared):
        measured = measure(
            side.source,
            _quantities(asked, year),
            progress=part_of(progress, before, total),
            tables=0 if i else len(compared),
        )
        tables.append(measured.table)
        reasons[side.name] = measured.reasons
        before += side.source.worlds
    tables = in_all(tables, reasons.values(), "to compare", LEAST_WORLDS)
    return Worlds(tables, {name: why for name, why in reasons.items() if why})


def _quantities(asked: Asked, year: int) -> Measure:
    """Measures all that is compared."""
    outcomes, held = outcomes_in(asked.outcomes, year), claims_held(asked.claims)
    claims = [claim.name for claim in asked.claims]

    def of(record: Record) -> pd.DataFrame:
        every_claim = held(record).reindex(columns=claims).astype(float)
        parts = {"outcome": outcomes(record), "claim": every_claim, "edge": _flows(record, year)}
        return pd.concat(parts, axis=1)

    return of


def _flows(record: Record, year: int) -> pd.DataFrame:
    """What flowed in a year along every edge of money or GW: one column per edge."""
    units = record.units()
    edges = [Edge(*tie, units[tie[-1]]) for tie in record.ties() if units[tie[-1]] in UNITS]
    table = pd.concat([record.flow(edge.kind, edge.source, edge.target)[year] for edge in edges], axis=1)
    table.columns = pd.Index(edges, tupleize_cols=False)
    return table
