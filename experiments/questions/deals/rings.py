"""Rings of deals: firms around which money goes that they paid, or are committed to pay, each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from computeshift.experiments.questions.deals.wide import PAID, Array, Wide
from computeshift.experiments.questions.risk.circulation import ARROW, rings, smallest
from computeshift.experiments.results.deals import GUARANTEE, LoggedDeal
from computeshift.experiments.results.quantiles import QUANTILES, percentile

_PAIR = ("payer", "payee")
_ASIDE = (GUARANTEE, "notes")  # the first pays suppliers; the second is debt, that lenders have paid before


def committed(wide: Wide, deals: Mapping[str, LoggedDeal]) -> pd.DataFrame:
    """What firms still owe each other under deals, worlds x (year, payer, payee), $ bn.

    Guarantees and notes are left out.
    """
    owed = {name: deal for name, deal in deals.items() if deal.kind not in _ASIDE}
    parts = {name: wide.of_deal(name, "left") for name, deal in owed.items() if deal.payer != deal.payee}
    sums: dict[tuple[int, str, str], Array] = {}
    for name, left in parts.items():
        for year, amount in zip(left.columns, left.to_numpy().T, strict=True):
            key = int(year), deals[name].payer, deals[name].payee
            sums[key] = sums[key] + amount if key in sums else amount
    return pd.DataFrame(sums, index=wide.table.index, columns=_columns(sums))


def payments_of(wide: Wide, deals: Mapping[str, LoggedDeal]) -> pd.DataFrame:
    """What firms pay each other: one row per year, payer and payee.

    `paid` in the year and `committed` for later at its end are medians over worlds, $ bn; `p10`, `p50` and
    `p90` are quantiles of both together; `deals` names the deals that are behind it.
    """
    paid, later = _aligned(wide.part(PAID), committed(wide, deals))
    spread = (
        (paid + later).quantile(list(QUANTILES)).T.set_axis([*map(percentile, QUANTILES)], axis="columns")
    )
    table = spread.assign(paid=paid.median(), committed=later.median())
    table.index.names = ["year", *_PAIR]
    table = table[table["p90"] > 0].reset_index()
    keys, named = zip(table["year"], table["payer"], table["payee"], strict=True), _named(wide, deals)
    table["deals"] = [named.get(key, "") for key in keys]
    return table


def rings_of(wide: Wide, deals: Mapping[str, LoggedDeal]) -> pd.DataFrame:
    """The rings around which money goes, paid in the year or committed: see `circulation.rings`.

    `paid` is the median of the smallest payment of the year alone, and `deals` names the deals on the ring.
    """
    paid, later = _aligned(wide.part(PAID), committed(wide, deals))
    if paid.empty:
        return rings(paid).assign(paid=[], deals=[])
    table = rings(paid + later, part_of=paid)
    pairs = [around(ring) for ring in table["ring"]]
    every = [[(year, *pair) for pair in ring] for year, ring in zip(table["year"], pairs, strict=True)]
    named = _named(wide, deals)
    names = ["; ".join(filter(None, map(named.get, ring))) for ring in every]
    return table.assign(paid=np.median(smallest(paid, every), axis=1), deals=names)


def around(ring: str) -> list[tuple[str, str]]:
    """The payments of a ring, as pairs of payer and payee."""
    return list(itertools.pairwise(ring.split(ARROW)))


def _named(wide: Wide, deals: Mapping[str, LoggedDeal]) -> dict[tuple[int, str, str], str]:
    """By year, payer and payee the deals under which something fell due or remains due in most worlds."""
    known = [deal for deal in deals.values() if deal.kind not in _ASIDE]
    names: dict[tuple[int, str, str], list[str]] = {}
    for deal in known:
        owed = (wide.of_deal(deal.deal, "left") + wide.of_deal(deal.deal, "due")).median()
        for year in owed.index[owed > 0]:
            names.setdefault((year, deal.payer, deal.payee), []).append(deal.deal)
    return {key: "; ".join(own) for key, own in names.items()}


def _aligned(paid: pd.DataFrame, later: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both with the columns of both, zero where one has none."""
    every = _columns(dict.fromkeys([*paid.columns, *later.columns]))
    return paid.reindex(columns=every, fill_value=0.0), later.reindex(columns=every, fill_value=0.0)


def _columns(keys: Iterable[tuple[int, str, str]]) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples(list(keys), names=["year", *_PAIR])
