"""How concentrated the market is: Herfindahl and Hirschman's index of suppliers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from computeshift.experiments.questions.risk.exposures import variable
from computeshift.experiments.results.record import Record

Array = npt.NDArray[np.float64]
OWNERS, SALES = "owners of capacity", "sales of labs"


def hhi(amounts: Sequence[Array]) -> Array:
    """The sum of squared shares (Hirschman 1945, Herfindahl 1950): 1/n if equal, 1 if one has all.

    Amounts are `(W, years)` each; nan where there is nothing to share.
    """
    stacked = np.stack(amounts)
    total = stacked.sum(axis=0)
    with_any = np.where(total > 0, total, np.nan)
    index: Array = ((stacked / with_any) ** 2).sum(axis=0)
    return index


def concentration(record: Record) -> dict[str, Array]:
    """The index by market, worlds x years: each lab's compute, owners of capacity, sales of labs."""
    supplies: dict[str, list[Array]] = {}
    sales = []
    for source, target, kind in record.ties():
        if kind == "capacity":
            supplies.setdefault(target, []).append(record.flow(kind, source, target).to_numpy())
        if kind == "revenue" and source == "customers":
            sales.append(record.flow(kind, source, target).to_numpy())
    owned = [gw for firm in (*record.firms, "stargate") if (gw := variable(record, firm, "gw")) is not None]
    markets = {f"compute of {lab}": amounts for lab, amounts in supplies.items() if len(amounts) > 1}
    markets |= {OWNERS: owned, SALES: sales}
    return {market: hhi(amounts) for market, amounts in markets.items() if amounts}
