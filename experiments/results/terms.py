"""The values of an expression in a record, worlds by years, read through the record's methods alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.expression import (
    MARKET,
    At,
    Binary,
    Flow,
    Negative,
    Number,
    OfDeals,
    Running,
    Total,
    Tree,
    Variable,
    counted,
    dated,
    when,
)
from computeshift.experiments.config.quantities import faults, holder, members
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.deals import CAPACITY, GIVEN, LoggedDeal

if TYPE_CHECKING:
    from computeshift.experiments.results.record import Record

Array = npt.NDArray[np.float64]

_SIGNS: dict[str, Callable[[Array, Array], Array]] = {"+": np.add, "-": np.subtract, "*": np.multiply}
_SO_FAR = {"cumulative": pd.DataFrame.cumsum, "max": pd.DataFrame.cummax, "min": pd.DataFrame.cummin}


def table_of(tree: Tree, record: Record) -> pd.DataFrame:
    """The values of a tree, worlds x years. UserError for a name that this record does not have.

    What is divided by zero has no value. A tree with one number for all years has it in the column of its
    last time, and no value in others: nowhere, if the record does not reach that time.
    """
    tree = counted(tree, record.years[0] - 1)
    for wrong, right in faults(tree, record.cast):
        raise UserError(f"{tree}: {wrong}; {right}")
    values = _Values(record)
    array = values.of(tree)
    years = list(values.table.columns)
    if not dated(tree):
        return values.like(np.array(np.broadcast_to(array, values.table.shape)))
    table = values.like(np.full(values.table.shape, np.nan))
    year = when(tree)[1] or years[-1]
    if year in years:
        table[year] = array[:, 0]
    return table


class _Values:
    """Values of trees as arrays, worlds x years, or worlds x 1 of what has one number for all years."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.table = record.market_variable("turnover")
        """Any table of the record, for its worlds and years."""

    def like(self, array: Array) -> pd.DataFrame:
        """An array, worlds x years, as a table."""
        return pd.DataFrame(array, index=self.table.index, columns=self.table.columns)

    def of(self, tree: Tree) -> Array:
        """The values of a tree."""
        match tree:
            case Number(value):
                return np.full((1, 1), value)
            case Negative(inner):
                return -self.of(inner)
            case Binary("/", left, right):
                return self.ratio(self.of(left), self.of(right))
            case Binary(sign, left, right):
                return _SIGNS[sign](self.of(left), self.of(right))
            case Running(how, inner):
                return np.asarray(_SO_FAR[how](self.like(self.of(inner)), axis=1), dtype=np.float64)
            case At(inner, how, year):
                return self.at(self.of(inner), how, year)
        return self.leaf(tree).reindex(self.table.index).to_numpy(dtype=np.float64)

    def ratio(self, above: Array, below: Array) -> Array:
        """A quotient; no value where the divisor is zero."""
        some = below != 0
        return np.divide(above, np.where(some, below, 1.0)) * np.where(some, 1.0, np.nan)

    def at(self, values: Array, how: str, year: int | None) -> Array:
        """The value in a year, or the largest until then, or ever; none if the record does not reach it."""
        years = [int(known) for known in self.table.columns]
        if year is not None and year not in years:
            return np.full((len(values), 1), np.nan)
        last = len(years) if year is None else years.index(year) + 1
        first = last - 1 if how == "in" else 0
        largest = pd.DataFrame(values[:, first:last]).max(axis=1)  # years without a value do not count
        return largest.to_numpy(dtype=np.float64)[:, None]

    def of_deals(self, tree: OfDeals) -> pd.DataFrame:
        """The sum over the deals that a tree names; zero without any. UserError if none was stored."""
        known = self.record.deals_or_none()
        names = [deal.deal for deal in known if self._named(tree, deal)] or [tree.name or ""]
        tables = [self.record.deal_or_zero(name, tree.number) for name in names]
        return self.like(np.sum([table.to_numpy(dtype=np.float64) for table in tables], axis=0))

    def _named(self, tree: OfDeals, deal: LoggedDeal) -> bool:
        """Whether a tree names a deal: by its name, or a deal of capacity by its ends."""
        if tree.name is not None:
            return deal.origin == GIVEN and deal.deal.split()[0] == tree.name
        ends = (None if end is None else holder(end, self.record.cast) for end in (tree.source, tree.target))
        source, target = ends
        if deal.kind != CAPACITY:
            return False
        return source in (None, deal.source, deal.site) and target in (None, deal.target)

    def leaf(self, tree: Tree) -> pd.DataFrame:
        """What a name stands for; UserError where this market has none."""
        record = self.record
        match tree:
            case Flow(kind, source, target):
                ends = (None if end is None else holder(end, record.cast) for end in (source, target))
                return record.flow_or_zero(kind, *ends)
            case OfDeals():
                table = self.of_deals(tree)
            case Total(name):
                tables = [record.variable_or_empty(firm, name) for firm in members(tree, record.cast)]
                there = [known.to_numpy(dtype=np.float64) for known in tables if not known.empty]
                table = self.like(np.sum(there, axis=0)) if there else pd.DataFrame()
            case Variable(owner, name) if owner == MARKET:
                table = record.market_variable_or_empty(name)
            case Variable(owner, name):
                table = record.variable_or_empty(holder(owner, record.cast), name)
            case _:
                table = record.outcome_or_empty(str(tree))
        if table.empty:
            raise UserError(f"{tree} has no value here: the firm that it is about is not there")
        return table
