"""What is read off every world: numbers of deals, payments between firms, the compute of labs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.environment.deals import STATES
from computeshift.environment.ledger import MONEY
from computeshift.environment.network import VENTURE
from computeshift.experiments.results.deals import LoggedDeal
from computeshift.experiments.results.record import Record

Array = npt.NDArray[np.float64]
Columns = dict[tuple[str, Any, str, str], Array]
PAID, COMPUTE = "paid between firms", "compute"


class Wide:
    """What was read off every world: `table` is worlds x (what, year, a, b)."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        self._cells = table.fillna(0.0).to_numpy()  # zero in worlds of blocks without it
        self._years = table.columns.get_level_values(1)
        self._places: dict[tuple[str, str], list[int]] = {}
        for at, key in enumerate(
            zip(table.columns.get_level_values(0), table.columns.get_level_values(2), strict=True)
        ):
            self._places.setdefault(key, []).append(at)

    def part(self, what: str) -> pd.DataFrame:
        """What was read under a name, worlds x (year, a, b)."""
        own = self.table.columns.get_level_values(0) == what
        return self.table.loc[:, own].droplevel(0, axis=1).fillna(0.0)

    def of_deal(self, deal: str, number: str) -> pd.DataFrame:
        """A number of a deal, worlds x years."""
        own = self._places.get((number, deal), [])
        return pd.DataFrame(self._cells[:, own], index=self.table.index, columns=self._years[own])


def reader(deals: dict[str, LoggedDeal]) -> Callable[[Record], pd.DataFrame]:
    """Reads worlds x (what, year, a, b) off a record, and adds its deals to `deals`, by name."""

    def read(record: Record) -> pd.DataFrame:
        known = record.deals_or_none()
        deals.update({deal.deal: deal for deal in known})
        columns = Columns()
        for deal in known:
            for number, table in zip(STATES, record.deal_numbers(deal.deal, list(STATES)), strict=True):
                _add(columns, record, number, (deal.deal, ""), table.to_numpy())
        for pair, amount in _between_firms(record).items():
            _add(columns, record, PAID, pair, amount)
        for lab in dict.fromkeys(deal.target for deal in known):
            if not (gw := record.variable_or_empty(lab, "capacity_gw")).empty:
                _add(columns, record, COMPUTE, (lab, ""), gw.to_numpy(np.float64))
        return pd.DataFrame(columns, index=record.market_variable("turnover").index)

    return read


def _between_firms(record: Record) -> dict[tuple[str, str], Array]:
    """What firms, and Stargate, paid each other for anything, by payer and payee, $ bn, worlds x years.

    Lenders are left out: what they lend comes back by its nature, and makes no deal circular.
    """
    ties, units, pairs = record.ties(), record.units(), dict[tuple[str, str], Array]()
    lenders = {payee for _, payee, kind in ties if kind == "funding"}
    firms = {*record.firms, VENTURE} - lenders
    for payer, payee, kind in ties:
        if payer in firms and payee in firms and payer != payee and units[kind] == MONEY:
            amount = record.flow(kind, payer, payee).to_numpy()
            pairs[payer, payee] = pairs.get((payer, payee), 0.0) + amount
    return pairs


def _add(columns: Columns, record: Record, what: str, of: tuple[str, str], values: Array) -> None:
    for at, year in enumerate(record.years):
        columns[what, year, *of] = values[:, at]
