"""What pictures are made of: a record's flows and variables as arrays, each read once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.changes import distinct_names
from computeshift.experiments.config.names import numbered
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.compare.pairs import differences_of_shares
from computeshift.experiments.results.claims import Claim, claims, claims_of
from computeshift.experiments.results.deals import DEALS
from computeshift.experiments.results.levels import DECISIONS, MANY, TABLES
from computeshift.experiments.results.outcomes import Outcome, own_outcomes
from computeshift.experiments.results.pairing import mismatches
from computeshift.experiments.results.quantiles import array_bands
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.format import minus, pairs_of_worlds, worlds

Array = npt.NDArray[np.float64]
T = TypeVar("T")
Tie = tuple[str, str, str]
"""Source, target and kind of a flow."""
_CONTENTS = {"agents": "accounts of firms", DEALS: "deals", "flows": "flows", DECISIONS: "log of decisions"}
"""Tables that not every run keeps."""


class Amounts:
    """A record whose tables are read once; and the same tables as arrays, worlds x years."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.years = record.years
        self.firms = record.firms
        self.cast = record.cast
        self.company: Mapping[str, str] = record.firms
        """The firms that colours are shared with, by kind: its own; in a report those of all its runs."""
        self.claims: Mapping[str, Claim] = (
            claims_of(record.config) if isinstance(record, Results) else claims()
        )
        """The claims of the package and of its config; in a report those of all configs."""
        self.own: Mapping[str, Outcome] = own_outcomes(record.config) if isinstance(record, Results) else {}
        """The outcomes that its config defines; in a report those of all configs."""
        self.flow = functools.cache(record.flow)
        self.flow_or_zero = functools.cache(record.flow_or_zero)
        self.logged = functools.cache(record.logged)
        self.variable = functools.cache(record.variable)
        self.variable_or_empty = functools.cache(record.variable_or_empty)
        self.has = functools.cache(self._has)
        self.market_variable = functools.cache(record.market_variable)
        self.market_variable_or_empty = functools.cache(record.market_variable_or_empty)
        self.counterpart_or_empty = functools.cache(record.counterpart_or_empty)
        self.ties = functools.cache(record.ties)
        self.units = functools.cache(record.units)
        self.deals_or_none = functools.cache(record.deals_or_none)
        self.deal_or_zero = functools.cache(record.deal_or_zero)
        self.deal_numbers = record.deal_numbers
        self.outcome = functools.cache(record.outcome)
        self.outcome_or_empty = functools.cache(record.outcome_or_empty)

    def remember(self, make: Callable[[Any], T]) -> T:
        """What `make` reads off the record, made once."""
        return self.record.remember(make)

    def keeps(self, firm: str, name: str) -> bool:
        """Whether a firm's variable was stored: a summary has few of them."""
        return not isinstance(self.record, Results) or self.record.keeps(firm, name)

    def _has(self, firm: str, name: str) -> bool:
        """Whether a firm has a variable here."""
        return self.keeps(firm, name) and bool(self.variable_or_empty(firm, name).notna().any(axis=None))

    @functools.cached_property
    def worlds(self) -> pd.Index[int]:
        """The numbers of the worlds that count."""
        return self.market_variable("turnover").index

    def amount(self, kind: str, source: str | None = None, target: str | None = None) -> Array:
        """A flow, summed over ends that are not named; zero if nothing flowed."""
        return self.flow_or_zero(kind, source, target).to_numpy(dtype=np.float64)

    def value(self, firm: str, name: str) -> Array | None:
        """A firm's variable; None if it has none of that name."""
        return self.variable_or_empty(firm, name).to_numpy(dtype=np.float64) if self.has(firm, name) else None

    def value_or_zero(self, firm: str, name: str) -> Array:
        """A firm's variable; zero if it has none of that name."""
        value = self.value(firm, name)
        return self.zero() if value is None else value

    @functools.cached_property
    def held(self) -> dict[str, pd.Series[bool]]:
        """Which claims hold, by world; those that are decided."""
        every = {name: claim.holds(self) for name, claim in self.claims.items()}
        return {name: holds for name, holds in every.items() if holds is not None}

    def zero(self) -> Array:
        """Nothing, in every world and year."""
        return np.zeros((len(self.worlds), len(self.years)))

    def between(self, kinds: Iterable[str]) -> list[Tie]:
        """The ties of some kinds, without those of a holder with itself."""
        wanted = set(kinds)
        return [(s, t, k) for s, t, k in self.ties() if k in wanted and s != t]


def amounts(record: Record) -> Amounts:
    """The amounts of a record: the same object as long as the record lives."""
    return record.remember(Amounts)


def lacks(table: str, *records: Record | None) -> str:
    """Why one of these records has no such table, in words; empty if all have it."""
    for record in records:
        if isinstance(record, Results) and table not in record.parts.tables:
            return _not_kept(record, table)
    return ""


def _not_kept(results: Results, table: str) -> str:
    """That a run did not keep a table, and how to have it."""
    level = next(level for level, tables in TABLES.items() if table in tables)
    if results.manifest.keep == "summary" and results.worlds > MANY:
        runs = f"a run of more than {MANY:,} worlds keeps a summary"
        return f'{runs}: use fewer worlds, or `keep="{level}"`, to see this'
    return f'{name_of(results)} has no {_CONTENTS[table]}: run it with `keep="{level}"`'


# --- worlds that pair ---


def values_of(read: Callable[[Amounts], Array], record: Record, against: Record | None = None) -> Array:
    """What `read` reads off a record, worlds x years; with `against`, minus that of its paired worlds.

    UserError if the worlds do not pair.
    """
    if against is None:
        return read(amounts(record))
    must_pair(record, against)
    both = worlds_of(record, against)
    own, other = (read(one)[one.worlds.get_indexer(both)] for one in (amounts(record), amounts(against)))
    return own - other


def differences_of_how_often(own: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """The share of the paired worlds in which `own` is true minus that in which `other` is.

    Both have one row per world and one column per condition. One row per column of both: `difference`,
    `low` to `high` its 95% interval, and `pairs`, at least two.
    """
    common, both = own.index.intersection(other.index), own.columns.intersection(other.columns, sort=False)
    first, then = (one.loc[common, both].astype(float) for one in (other, own))
    return differences_of_shares(first, then)[["difference", "low", "high", "pairs"]]


def one_pair(record: Record, against: Record | None) -> str:
    """That a single pair of worlds has no difference of shares, in words; empty if there are more."""
    if against is None or len(worlds_of(record, against)) != 1:
        return ""
    return "one pair of worlds tells no difference of shares; use more worlds"


def worlds_of(record: Record, against: Record | None = None) -> pd.Index[int]:
    """The worlds that count: those of the record, or those that it and `against` have in common."""
    own = amounts(record).worlds
    return own if against is None else own.intersection(amounts(against).worlds, sort=None)


def must_pair(record: Record, against: Record) -> None:
    """UserError if the worlds of two records do not pair."""
    if wrong := mismatch(record, against):
        raise UserError(f"the worlds of {_place(record)} and of {_place(against)} do not pair: {wrong}")


def _place(record: Record) -> str:
    return str(record.folder) if isinstance(record, Results) else "a market in memory"


def mismatch(record: Record, against: Record) -> str:
    """Why worlds do not pair, such as `its seed is 2, not 1`. Empty if they do."""
    reasons = mismatches(against, record, some=True)
    if not reasons and worlds_of(record, against).empty:
        return "they have no world in common"
    return "; ".join(reasons)


# --- bands over worlds ---


def bands_by_name(
    read: Callable[[Amounts, str], Array], names: Iterable[str], record: Record, against: Record | None = None
) -> dict[str, Array]:
    """P10, median and P90 by year, `(3, years)`, of what `read` reads off a record for each name."""

    def spread(name: str) -> Array:
        return array_bands(values_of(lambda own: read(own, name), record, against))

    return {name: spread(name) for name in names}


# --- words for notes ---


def count_of_worlds(record: Record, against: Record | None = None) -> str:
    """The number of worlds, or of pairs of worlds, in words."""
    count = len(worlds_of(record, against))
    return worlds(count) if against is None else pairs_of_worlds(count)


def medians_of_differences(record: Record, against: Record) -> str:
    """How quantities are compared, in words: by the rule of `results/pairing.py`."""
    return f"{minus(name_of(against))}: median of the differences of {count_of_worlds(record, against)}"


def differences(record: Record, against: Record) -> str:
    """What is shown of pairs of worlds, in words."""
    return f"{minus(name_of(against))}: differences of {count_of_worlds(record, against)}"


def differences_in_shares(record: Record, against: Record) -> str:
    """How claims and limits are compared, in words."""
    return (
        f"{minus(name_of(against))}: difference of the shares of worlds, {count_of_worlds(record, against)}"
    )


def name_of(record: Record) -> str:
    """The name of a run, for titles."""
    return record.manifest.name if isinstance(record, Results) else "the other run"


def labels(records: Sequence[Record]) -> list[str]:
    """The names of runs; with its own changes or a number where others have that name."""
    changed = [record.changes if isinstance(record, Results) else () for record in records]
    return numbered(distinct_names([name_of(record) for record in records], changed))
