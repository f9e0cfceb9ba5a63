"""Rings of deals: firms around which money goes that they paid, or are committed to pay, each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from computeshift.experiments.questions.deals.wide import PAID, of_deal, part
from computeshift.experiments.questions.risk.circulation import ARROW, rings
from computeshift.experiments.results.deals import GUARANTEE, LoggedDeal
from computeshift.experiments.results.quantiles import QUANTILES, percentile

_PAIR = ("payer", "payee")


def committed(wide: pd.DataFrame, deals: Mapping[str, LoggedDeal]) -> pd.DataFrame:
    """What firms still owe each other under deals, worlds x (year, payer, payee), $ bn; guarantees aside."""
    owed = {name: deal for name, deal in deals.items() if deal.kind != GUARANTEE}
    parts = {name: of_deal(wide, name, "left") for name, deal in owed.items() if deal.payer != deal.payee}
    sums: dict[tuple[int, str, str], pd.Series[float]] = {}
    for name, left in parts.items():
        for year in left.columns:
            key = int(year), deals[name].payer, deals[name].payee
            sums[key] = sums[key] + left[year] if key in sums else left[year]
    return pd.DataFrame(sums, index=wide.index, columns=_columns(sums))


def payments_of(wide: pd.DataFrame, deals: Mapping[str, LoggedDeal]) -> pd.DataFrame:
    """What firms pay each other: one row per year, payer and payee.

    `paid` in the year and `committed` for later at its end are medians over worlds, $ bn; `p10`, `p50` and
    `p90` are quantiles of both together; `deals` names the deals that are behind it.
    """
    paid, later = _aligned(part(wide, PAID), committed(wide, deals))
    spread = (
        (paid + later).quantile(list(QUANTILES)).T.set_axis([*map(percentile, QUANTILES)], axis="columns")
    )
    table = spread.assign(paid=paid.median(), committed=later.median())
    table.index.names = ["year", *_PAIR]
    table = table[table["p90"] > 0].reset_index()
    table["deals"] = [_named(wide, deals, *row) for row in table[["year", *_PAIR]].itertuples(index=False)]
    return table


def rings_of(wide: pd.DataFrame, deals: Mapping[str, LoggedDeal]) -> pd.DataFrame:
    """The rings around which money goes, paid in the year or committed: see `circulation.rings`.

    `paid` is the median of the smallest payment of the year alone, and `deals` names the deals on the ring.
    """
    paid, later = _aligned(part(wide, PAID), committed(wide, deals))
    if paid.empty:
        return rings(paid).assign(paid=[], deals=[])
    table = rings(paid + later, part_of=paid)
    pairs = [around(ring) for ring in table["ring"]]
    every = list(zip(table["year"], pairs, strict=True))
    smallest = [np.median(np.min([paid[year, *pair] for pair in ring], axis=0)) for year, ring in every]
    names = [
        "; ".join(filter(None, (_named(wide, deals, year, *pair) for pair in ring))) for year, ring in every
    ]
    return table.assign(paid=np.array(smallest, dtype=float), deals=names)


def around(ring: str) -> list[tuple[str, str]]:
    """The payments of a ring, as pairs of payer and payee."""
    return list(itertools.pairwise(ring.split(ARROW)))


def _named(wide: pd.DataFrame, deals: Mapping[str, LoggedDeal], year: int, payer: str, payee: str) -> str:
    """The deals between two firms under which something fell due or remains due in most worlds."""
    known = {name: deal for name, deal in deals.items() if deal.kind != "guarantee"}  # it pays suppliers
    own = (name for name, deal in known.items() if (deal.payer, deal.payee) == (payer, payee))
    return "; ".join(name for name in own if _binds(wide, name, year))


def _binds(wide: pd.DataFrame, name: str, year: int) -> bool:
    """Whether something fell due under a deal in a year, or remains due, in the median world."""
    owed = of_deal(wide, name, "left")[year] + of_deal(wide, name, "due")[year]
    return bool(owed.median() > 0)


def _aligned(paid: pd.DataFrame, later: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both with the columns of both, zero where one has none."""
    every = _columns(dict.fromkeys([*paid.columns, *later.columns]))
    return paid.reindex(columns=every, fill_value=0.0), later.reindex(columns=every, fill_value=0.0)


def _columns(keys: Iterable[tuple[int, str, str]]) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples(list(keys), names=["year", *_PAIR])
