"""Circular money: what returns to the investor, and the rings it runs in."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Sequence
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.results.claims import wilson
from computeshift.experiments.results.quantiles import QUANTILES, percentile

EDGE = 0.001
"""Of what firms paid each other in a year: a payment below this part closes no ring."""
LONGEST = 5
"""Firms in a ring at most."""
TOGETHER = "all investors"
ALL_YEARS = "all years"
ARROW = " > "
"""What stands between the firms of a ring."""
_DUST = 1e-6  # $ bn


def returned_shares(invested: pd.DataFrame, returned: pd.DataFrame) -> pd.DataFrame:
    """What returned of a dollar of equity, worlds x (year, investor); empty where nothing was paid in.

    Both tables are worlds x (year, investor), $ bn. Besides each investor's years: all its years
    together, and all investors together.
    """
    paid, back = (_with_totals(table) for table in (invested, returned))
    shares = back / paid.where(paid > _DUST)
    return shares.dropna(axis=1, how="all")


def _with_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Investors' columns, then their sum; years' columns, then their sum."""
    every = table.T.groupby(level=0, sort=False).sum().T
    every.columns = pd.MultiIndex.from_product([every.columns, [TOGETHER]])
    wide = pd.concat([table, every], axis=1)
    years = wide.T.groupby(level=1, sort=False).sum().T
    years.columns = pd.MultiIndex.from_product([[ALL_YEARS], years.columns])
    return pd.concat([wide, years], axis=1)


def rings(paid: pd.DataFrame, part_of: pd.DataFrame | None = None) -> pd.DataFrame:
    """The rings that money ran in, the largest of a year first.

    `paid` is what firms paid each other, worlds x (year, payer, payee), $ bn. A ring is a simple
    directed cycle of at most `LONGEST` firms in the network of median payments, each above `EDGE` of
    what firms paid each other, or of `part_of`, of the same columns (cycles of bounded length: Gupta and
    Suzumura, 2021, by networkx). What flows around it is its smallest payment, world by world; `held` is
    the part of the worlds in which all its payments are above the edge, with its 95% interval `low` to
    `high`.
    """
    rows = []
    whole = paid if part_of is None else part_of
    for year in paid.columns.unique(level=0):
        of_year = _in_year(paid, year)
        edge = EDGE * _in_year(whole, year).to_numpy().sum(axis=1)
        median = of_year.median()
        network: nx.DiGraph[str] = nx.DiGraph(list(median.index[median > np.median(edge)]))
        cycles = nx.simple_cycles(network, length_bound=LONGEST)
        found = [_from_first(cycle, list(network)) for cycle in cycles]
        around = smallest(of_year, [list(itertools.pairwise([*ring, ring[0]])) for ring in found])
        held = (around > edge).sum(axis=1)
        spread = np.quantile(around, QUANTILES, axis=1).T
        rows += [
            (int(year), ring, *own, int(count), len(edge))
            for ring, own, count in zip(found, spread, held, strict=True)
        ]
    names = ["year", "ring", *map(percentile, QUANTILES), "held", "worlds"]
    table = pd.DataFrame(rows, columns=names)
    bounds = [wilson(held, worlds) for held, worlds in zip(table["held"], table["worlds"], strict=True)]
    table["held"] = table["held"] / table["worlds"]
    table["low"], table["high"] = [b[0] for b in bounds], [b[1] for b in bounds]
    table["ring"] = [ARROW.join([*ring, ring[0]]) for ring in table["ring"]]
    order = table.sort_values(["p50", "ring"], ascending=[False, True], kind="stable")
    return order.sort_values("year", kind="stable").reset_index(drop=True)


def _in_year(paid: pd.DataFrame, year: Any) -> pd.DataFrame:
    """The payments of a year, worlds x (payer, payee)."""
    return pd.DataFrame(paid.loc[:, paid.columns.get_level_values(0) == year].droplevel(0, axis=1))


def smallest(paid: pd.DataFrame, found: Sequence[Sequence[Hashable]]) -> npt.NDArray[np.float64]:
    """The smallest payment on each ring, by world, `(rings, W)`; a ring is the columns of its payments."""
    amounts: dict[Any, npt.NDArray[np.float64]] = dict(zip(paid.columns, paid.to_numpy().T, strict=True))
    least = np.empty((len(found), len(paid)))
    for ring, own in zip(found, least, strict=True):
        np.min([amounts[payment] for payment in ring], axis=0, out=own)
    return least


def _from_first(ring: list[str], order: list[str]) -> list[str]:
    """The same ring, from the firm on that comes first in an order."""
    start = min(range(len(ring)), key=lambda i: order.index(ring[i]))
    return [*ring[start:], *ring[:start]]
