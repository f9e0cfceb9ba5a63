"""Shares of compute and investments: quantiles over worlds, year by year."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Literal

import pandas as pd

from computeshift.experiments.config.arguments import known
from computeshift.experiments.config.cast import LAB
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.quantiles import percentile, yearly
from computeshift.experiments.results.stored import StoredRecord

Basis = Literal["use", "ownership"]


def shares(
    record: StoredRecord,
    customer: str | None,
    quantiles: Sequence[float],
    basis: Basis,
    errors: bool = False,
) -> pd.DataFrame:
    """Shares of compute, as `Results.shares` has them."""
    known(basis, ("use", "ownership"), "basis of shares")
    customer = known(record.cast.firm(LAB) if customer is None else customer, record.firms, "firm")
    gw = _owned(record) if basis == "ownership" else _used(record, customer)
    if not gw:
        raise UserError(f"nobody supplied {customer} with capacity in {record.folder}")
    whole: pd.DataFrame = functools.reduce(operator.add, gw.values())
    some = whole.where(whole > 0)
    parts = (((firm,), table / some) for firm, table in gw.items())
    return yearly(parts, ["supplier"], quantiles, errors)


def _owned(record: StoredRecord) -> dict[str, pd.DataFrame]:
    """The GW of AI capacity that each firm owns at the year's end."""
    owned = {owner: record.variable_or_empty(owner, "gw") for owner in [*record.firms, "stargate"]}
    return {owner: table for owner, table in owned.items() if not table.empty}


def _used(record: StoredRecord, customer: str) -> dict[str, pd.DataFrame]:
    """The GW that a customer used in the year, by supplier."""
    ties = record.ties_of("capacity").items()
    return {source: record.table(slab) for (source, target), slab in ties if target == customer}


def investments(record: StoredRecord, quantiles: Sequence[float], errors: bool = False) -> pd.DataFrame:
    """Equity paid, as `Results.investments` has it."""
    paid = ((tie, record.table(slab)) for tie, slab in record.ties_of("equity").items())
    table = yearly(paid, ["investor", "target"], quantiles, errors)
    names = [percentile(quantile) for quantile in quantiles]
    largest = table.groupby(["investor", "target"])[names].transform("max")
    return table[largest.max(axis=1) > 0].reset_index(drop=True)
