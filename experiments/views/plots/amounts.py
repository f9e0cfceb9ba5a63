"""What pictures are made of: a record's flows and variables as arrays, each read once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.compare.pairs import differences_of_shares
from computeshift.experiments.questions.compare.sides import Side
from computeshift.experiments.results.claims import claims
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import QUANTILES, Results
from computeshift.experiments.views.format import minus, pairs_of_worlds, worlds

Array = npt.NDArray[np.float64]
Tie = tuple[str, str, str]
"""Source, target and kind of a flow."""


class Amounts:
    """A record whose tables are read once and kept; and the same tables as arrays, worlds x years."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.years = record.years
        self.firms = record.firms
        self.cast = record.cast
        self.company: frozenset[str] = frozenset(record.firms)
        """The firms that colours are shared with: its own; in a report those of all its runs."""
        self.flow = functools.cache(record.flow)
        self.flow_or_zero = functools.cache(record.flow_or_zero)
        self.logged = functools.cache(record.logged)
        self.variable = functools.cache(record.variable)
        self.variable_or_empty = functools.cache(record.variable_or_empty)
        self.market_variable = functools.cache(record.market_variable)
        self.market_variable_or_empty = functools.cache(record.market_variable_or_empty)
        self.ties = functools.cache(record.ties)
        self.units = functools.cache(record.units)
        self.outcome = functools.cache(record.outcome)
        self.outcome_or_empty = functools.cache(record.outcome_or_empty)

    def has(self, agent: str, name: str) -> bool:
        """Whether a firm has a variable."""
        return bool(self.variable_or_empty(agent, name).notna().any(axis=None))

    @functools.cached_property
    def worlds(self) -> pd.Index[int]:
        """The worlds by number, those that are left out of all numbers aside."""
        return self.market_variable("turnover").index

    def amount(self, kind: str, source: str | None = None, target: str | None = None) -> Array:
        """What flowed; who is not named is summed over. Zero if nothing flowed."""
        return self.flow_or_zero(kind, source, target).to_numpy(dtype=np.float64)

    def value(self, firm: str, name: str) -> Array | None:
        """A firm's variable; None if it has none of that name."""
        return self.variable_or_empty(firm, name).to_numpy(dtype=np.float64) if self.has(firm, name) else None

    @functools.cached_property
    def held(self) -> dict[str, pd.Series[bool]]:
        """Which claims hold, by world; those that are decided."""
        found = {name: claim.holds(self) for name, claim in claims().items()}
        return {name: holds for name, holds in found.items() if holds is not None}

    def zero(self) -> Array:
        """Nothing, in every world and year."""
        return np.zeros((len(self.worlds), len(self.years)))

    def between(self, kinds: Iterable[str]) -> list[Tie]:
        """The ties of some kinds, those of a holder with itself left out."""
        wanted = set(kinds)
        return [(s, t, k) for s, t, k in self.ties() if k in wanted and s != t]


def amounts(record: Record) -> Amounts:
    """The amounts of a record: the same object as long as the record lives, which it is kept with."""
    kept: Amounts = vars(record).setdefault("_amounts", None) or Amounts(record)
    vars(record)["_amounts"] = kept
    return kept


def measured(of: Callable[[Amounts], Array], record: Record, against: Record | None = None) -> Array:
    """What `of` reads off a record, worlds x years; with `against`, minus that of its paired worlds."""
    if against is None:
        return of(amounts(record))
    must_pair(record, against)
    both = worlds_of(record, against)
    own, other = (of(one)[one.worlds.get_indexer(both)] for one in (amounts(record), amounts(against)))
    return own - other


def oftener(own: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """The share of the paired worlds in which `own` is true minus that in which `other` is.

    Both are worlds x what may be true. One row per column of both: `difference`, `low` to `high` its 95%
    interval, and `pairs`. UserError for a single pair of worlds.
    """
    common, both = own.index.intersection(other.index), own.columns.intersection(other.columns, sort=False)
    if len(common) == 1:
        raise UserError("one pair of worlds tells no difference of shares; use more worlds")
    first, then = (one.loc[common, both].astype(float) for one in (other, own))
    return differences_of_shares(first, then)[["difference", "low", "high", "pairs"]]


def worlds_of(record: Record, against: Record | None = None) -> pd.Index[int]:
    """The worlds that count: those of the record, or those that it and `against` have in common."""
    own = amounts(record).worlds
    return own if against is None else own.intersection(amounts(against).worlds, sort=None)


def must_pair(record: Record, against: Record) -> None:
    """UserError if two records' worlds have not the same years, luck and draws: what `compare` asks too."""
    if record.years != against.years:
        spans = [f"{years[0]} to {years[-1]}" for years in (record.years, against.years)]
        raise UserError(f"they do not pair: one is about {spans[0]}, the other about {spans[1]}")
    if isinstance(record, Results) and isinstance(against, Results):
        own, other = (_terms(one) for one in (record, against))
        for term in own:
            if own[term] != other[term]:
                raise UserError(f"they do not pair: one has {term} {own[term]}, the other {other[term]}")
    if worlds_of(record, against).empty:
        raise UserError("they do not pair: they have no world in common")


def _terms(results: Results) -> dict[str, str]:
    """What must be the same for worlds to pair, number by number."""
    side = Side("", results)
    terms = side.terms | {"posterior": side.posterior}
    return {term: str(terms[term]) for term in ("seed", "start", "posterior")}


def bands(values: Array) -> Array:
    """P10, median and P90 over worlds, `(3, ...)`; `values` is worlds first, NaN does not count."""
    if np.isfinite(values).all():
        return np.quantile(values, QUANTILES, axis=0)
    return (
        pd.DataFrame(values.reshape(len(values), -1))
        .quantile(list(QUANTILES))
        .to_numpy()
        .reshape(3, *values.shape[1:])
    )


def each(
    of: Callable[[Amounts, str], Array], names: Iterable[str], record: Record, against: Record | None = None
) -> dict[str, Array]:
    """P10, median and P90 by year, `(3, years)`, of what `of` reads off a record for each name."""

    def spread(name: str) -> Array:
        return bands(measured(lambda own: of(own, name), record, against))

    return {name: spread(name) for name in names}


def counted(record: Record, against: Record | None = None) -> str:
    """Over how many worlds, in words."""
    count = len(worlds_of(record, against))
    return worlds(count) if against is None else pairs_of_worlds(count)


def of_medians(record: Record, against: Record) -> str:
    """How quantities are compared, in words: by `comparison.rule`."""
    return f"{minus(less(against))}: median of the differences of {counted(record, against)}"


def of_shares(record: Record, against: Record) -> str:
    """How claims and limits are compared, in words."""
    return f"{minus(less(against))}: difference of the shares of worlds, {counted(record, against)}"


def less(against: Record) -> str:
    """What a difference is to, in words: its config's name."""
    return against.manifest.name if isinstance(against, Results) else "the other run"
