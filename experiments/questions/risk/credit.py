"""Credit risk: how likely a borrower is to cost its lenders, and how much; on whose rent a loan hangs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.questions.risk.circulation import ARROW
from computeshift.experiments.questions.risk.exposures import Payments, income
from computeshift.experiments.results.claims import wilson
from computeshift.experiments.results.deals import GUARANTEE
from computeshift.experiments.results.record import Record

Array = npt.NDArray[np.float64]
Pair = tuple[str, str]

LEAST_LOST = 0.01
"""Of what a borrower owes: a year in which its lenders write off more counts as a default on them."""
_DUST = 1e-6  # $ bn: what rounding leaves of a loan that was paid back
ALL_LENDERS, ALL_BORROWERS = "all lenders", "all borrowers"


def written_off(record: Record) -> dict[Pair, Array]:
    """By lender and borrower what was written off in the year, $ bn, worlds x years."""
    pairs = [(lender, borrower) for borrower, lender, kind in record.ties() if kind == "write_off"]
    return {pair: record.flow("write_off", *reversed(pair)).to_numpy() for pair in pairs}


def exposure(record: Record, lost: dict[Pair, Array]) -> dict[Pair, Array]:
    """By lender and borrower what the lender could lose in the year, $ bn, worlds x years.

    What is owed at its end, and what was written off in it.
    """
    pairs = [(lender, borrower) for lender, borrower, kind in record.ties() if kind == "loan"]
    owed = {pair: record.flow("loan", *pair).to_numpy() for pair in pairs}
    for pair, gone in lost.items():
        owed[pair] = owed[pair] + gone if pair in owed else gone
    return owed


def hanging(owed: dict[Pair, Array], paid: Payments) -> dict[str, Array]:
    """What lenders are owed that hangs on a tenant's rent, by chain from tenant to lender, $ bn.

    Of what a supplier owes, the part that the tenant's rent is of its income of the year; where the tenant
    lets on what it rents (as Stargate's operators, or a project company's lessee), its own tenants stand
    behind it, each by its part.
    """
    rents = ("lease", "shell_rent")
    leases = {(payee, payer): rent for (kind, payer, payee), rent in paid.items() if kind in rents}
    parts = {pair: _part(rent, income(pair[0], paid)) for pair, rent in leases.items()}
    chains: dict[str, Array] = {}
    for (lender, borrower), amount in owed.items():
        for tenant, part in _tenants(parts, borrower).items():
            behind = _tenants(parts, tenant)
            behind.pop(borrower, None)
            if not behind:
                chains[ARROW.join((tenant, borrower, lender))] = amount * part
            for last, own in behind.items():
                chains[ARROW.join((last, tenant, borrower, lender))] = amount * part * own
    return chains


def _tenants(parts: dict[Pair, Array], supplier: str) -> dict[str, Array]:
    """The tenants of a supplier, each with the part that its rent is of the supplier's income."""
    return {tenant: part for (own, tenant), part in parts.items() if own == supplier}


def guaranteed(record: Record) -> dict[Pair, Array]:
    """By guarantor and lab what the guarantor can still be called for, $ bn, worlds x years."""
    sums: dict[Pair, Array] = {}
    for deal in record.deals_or_none():
        if deal.kind == GUARANTEE:
            left = record.deal_or_zero(deal.deal, "left").to_numpy()
            pair = deal.payer, deal.target
            sums[pair] = sums[pair] + left if pair in sums else left
    return sums


def losses(owed: pd.DataFrame, lost: pd.DataFrame) -> pd.DataFrame:
    """Probability, loss given default and expected loss: one row per year, lender and borrower.

    Both tables are worlds x (year, lender, borrower), $ bn. Besides each pair: all lenders of a borrower,
    and all borrowers of a lender. `loss_given_default` is of what was owed in the worlds in which it
    happened; NaN where it happened in none.
    """
    every = lost.reindex(columns=owed.columns, fill_value=0.0)
    owed, lost = _with_totals(owed.fillna(0.0)), _with_totals(every.fillna(0.0))
    rows = []
    for key in owed.columns:
        at_risk, gone = owed[key].to_numpy(), lost[key].to_numpy()
        if not at_risk.any():
            continue
        failed = gone > np.maximum(LEAST_LOST * at_risk, _DUST)
        low, high = wilson(int(failed.sum()), len(failed))
        given = gone[failed].sum() / at_risk[failed].sum() if failed.any() else np.nan
        rows.append((*key, at_risk.mean(), failed.mean(), low, high, given, gone.mean()))
    names = ["year", "lender", "borrower", "owed", "probability", "low", "high"]
    return pd.DataFrame(rows, columns=[*names, "loss_given_default", "expected_loss"])


def _with_totals(table: pd.DataFrame) -> pd.DataFrame:
    """The pairs, then all lenders of each borrower, then all borrowers of each lender."""
    if table.empty:
        return table
    parts = [table]
    for level, name in ((1, ALL_LENDERS), (2, ALL_BORROWERS)):
        others = [0, 2] if level == 1 else [0, 1]
        summed = table.T.groupby(level=others, sort=False).sum().T
        own = [list(summed.columns.get_level_values(at)) for at in (0, 1)]
        own.insert(level, [name] * len(own[0]))
        keys = list(zip(*own, strict=True))
        parts.append(summed.set_axis(pd.MultiIndex.from_tuples(keys), axis="columns"))
    return pd.concat(parts, axis=1)


def _part(own: Array, whole: Array | float) -> Array:
    """A part of a whole, 0 to 1; none of nothing."""
    whole = np.broadcast_to(whole, own.shape)
    part: Array = np.divide(own, whole, out=np.zeros_like(own), where=whole > 0)
    return np.clip(part, 0.0, 1.0)
