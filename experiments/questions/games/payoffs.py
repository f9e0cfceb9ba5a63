"""What a firm's owners get out of a world: one payoff per firm, the sum of its parts.

Every part is in $ bn of money at the end of the start year. Money of later years is discounted at the
rate of sound debt: risk is not in the rate, because the worlds themselves show it.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from computeshift.agents import KINDS
from computeshift.environment.ledger import EQUITY
from computeshift.experiments.config.arguments import known
from computeshift.experiments.config.docstrings import docstring
from computeshift.experiments.errors import UserError

if TYPE_CHECKING:
    from computeshift.experiments.results.record import Record

Part = Callable[["Record", str], "pd.Series[float]"]
"""One number per world, from what was logged of a firm."""

DISCOUNT = 0.058
"""A year. Assumed, because at the end of 2024 five-year US Treasuries paid 4.3%, and sound firms' debt 1.5
points more (`base_rate` and `base_spread` of the baseline)."""
CHIP_SHARE, CHIP_LIFE, SHELL_LIFE = 0.65, 5, 15
"""Chips' part of what is built, and years of use of chips and of shells: the baseline's central values."""


# --- investors ---


def stakes(record: Record, firm: str) -> pd.Series[float]:
    """What its stakes in others are worth at the last mark, less what it still owes on them."""
    return _at_the_end(_logged(record, firm, "stake_value") - _logged(record, firm, "unpaid"))


def paid(record: Record, firm: str) -> pd.Series[float]:
    """Less the equity it paid into others, in rounds, deals, rescues and acquisitions."""
    return -_all_years(functools.reduce(operator.add, (_given(record, kind, firm) for kind in EQUITY)))


def chips(record: Record, firm: str) -> pd.Series[float]:
    """What it sold of chips, less what making them cost."""
    return _all_years(_got(record, "chips_payment", firm) - _given(record, "opex", firm))


def holdings(record: Record, firm: str) -> pd.Series[float]:
    """What its other holdings are worth at the end."""
    return _at_the_end(_logged(record, firm, "holdings"))


def net_debt(record: Record, firm: str) -> pd.Series[float]:
    """Less what it owes lenders at the end, net of spare cash."""
    assets = _logged(record, firm, "holdings") + _logged(record, firm, "stake_value")
    assets = assets - _logged(record, firm, "unpaid")
    return _at_the_end(_logged(record, firm, "nav") - assets)


def at_start(record: Record, firm: str) -> pd.Series[float]:
    """Less the net asset value it began with."""
    return -_logged(record, firm, "initial_nav").iloc[:, 0]


# --- labs ---


def valuation(record: Record, firm: str) -> pd.Series[float]:
    """What its business is worth at the last mark."""
    return _at_the_end(_logged(record, firm, "valuation"))


def dilution(record: Record, firm: str) -> pd.Series[float]:
    """Less the part that belongs to investors of later rounds."""
    sold = 1 - _logged(record, firm, "retained")
    return -_at_the_end(sold * _logged(record, firm, "valuation"))


def cash(record: Record, firm: str) -> pd.Series[float]:
    """Its old owners' part of the cash it has at the end: the mark is of its business alone."""
    retained, left = _logged(record, firm, "retained"), _logged(record, firm, "cash")
    return _at_the_end(retained * left)


def sites(record: Record, firm: str) -> pd.Series[float]:
    """Their part of its own sites: what is left of that spending, written off as a cloud's is."""
    return fleet(record, firm) * _logged(record, firm, "retained").iloc[:, -1]


def ventures(record: Record, firm: str) -> pd.Series[float]:
    """Their part of its stakes in others (Stargate) at the last mark."""
    retained, held = _logged(record, firm, "retained"), _logged(record, firm, "stake_value")
    return _at_the_end(retained * held)


def paid_in(record: Record, firm: str) -> pd.Series[float]:
    """Less what its owners or its parent paid in without a round."""
    return -_all_years(_got(record, "capital_call", firm))


# --- clouds: their AI business; their other business is the same whatever is played ---


def capacity(record: Record, firm: str) -> pd.Series[float]:
    """What labs and tenants paid for its capacity."""
    return _all_years(_logged(record, firm, "lease_income"))


def services(record: Record, firm: str) -> pd.Series[float]:
    """What customers paid for its own AI services."""
    return _all_years(_got(record, "revenue", firm, but="outside"))


def revenue_share(record: Record, firm: str) -> pd.Series[float]:
    """What others paid it as a share of their revenue."""
    return _all_years(_got(record, "revenue_share", firm))


def running(record: Record, firm: str) -> pd.Series[float]:
    """Less power, staff, sales, and capacity and halls it leased from others."""
    kinds = ("opex", "lease", "shell_rent", "break_fee")
    return -_all_years(functools.reduce(operator.add, (_given(record, kind, firm) for kind in kinds)))


def building(record: Record, firm: str) -> pd.Series[float]:
    """Less what it spent on AI capacity."""
    return -_all_years(spent_on_capacity(record, firm))


def fleet(record: Record, firm: str) -> pd.Series[float]:
    """What is left of that spending at the end, written off in equal parts over years of use."""
    spent = spent_on_capacity(record, firm)
    ages = [spent.shape[1] - i - 0.5 for i, _ in enumerate(spent)]
    left = spent * [_not_worn(age) for age in ages]
    return _at_the_end(left.cumsum(axis=1))


def business(record: Record, firm: str) -> pd.Series[float]:
    """What its AI services are worth at the end, at the multiple the market pays for labs."""
    return _at_the_end(_logged(record, firm, "services_value"))


def credit(record: Record, firm: str) -> pd.Series[float]:
    """Less what its debt cost above the discount rate; plus what lenders wrote off."""
    lent = _got(record, "debt", firm) - _given(record, "repayment", firm)
    owed = _logged(record, firm, "debt")
    before = _at_first(owed, lent, _given(record, "write_off", firm))
    return before + _all_years(lent - _given(record, "interest", firm)) - _at_the_end(owed)


# --- lenders ---


def lending(record: Record, firm: str) -> pd.Series[float]:
    """What borrowers paid it, less what it lent; and what they owe it at the end, less that at the start."""
    lent = _given(record, "debt", firm) - _got(record, "repayment", firm)
    owed = _logged(record, firm, "lent")
    before = _at_first(owed, lent, _got(record, "write_off", firm))
    return _all_years(_got(record, "interest", firm) - lent) + _at_the_end(owed) - before


# --- project companies ---


def distributions(record: Record, firm: str) -> pd.Series[float]:
    """What its owners got of the rent."""
    return _all_years(_given(record, "dividend", firm))


def halls(record: Record, firm: str) -> pd.Series[float]:
    """What the rent to come is worth at the end beyond its debt: its owners owe its lenders nothing."""
    return _at_the_end((_logged(record, firm, "lease_value") - _logged(record, firm, "debt")).clip(lower=0))


# --- groups: what is counted once for all roles ---


def chip_sales(record: Record, firm: str) -> pd.Series[float]:
    """What it sold of chips."""
    return _all_years(_got(record, "chips_payment", firm))


def raised(record: Record, firm: str) -> pd.Series[float]:
    """The equity that others paid into it."""
    return _all_years(functools.reduce(operator.add, (_got(record, kind, firm) for kind in EQUITY)))


PARTS: dict[str, Part] = {
    part.__name__: part
    for part in (
        *(stakes, paid, chips, holdings, net_debt, at_start),
        *(valuation, dilution, cash, sites, ventures, paid_in),
        *(capacity, services, revenue_share, running, building, fleet, business, credit),
        *(lending, distributions, halls, chip_sales, raised),
    )
}
"""Every part by name."""


def payoff_of(kind: str) -> tuple[Part, ...]:
    """The parts whose sum is the payoff of a kind of firm.

    UserError for a kind that is not known here, or whose card names a part that does not exist.
    """
    if kind not in KINDS:
        raise UserError(f"there is no kind of firm {kind!r} here: import or `load` the file with it")
    names = KINDS[kind].payoff
    if not names:
        raise UserError(f"the kind {kind} has no payoff: give its card one, payoff=({', '.join(PARTS)})")
    for name in names:
        known(name, PARTS, "part of a payoff")
    return tuple(PARTS[name] for name in names)


def parts(record: Record, firm: str) -> pd.DataFrame:
    """A firm's payoff: one row per world, one column per part, $ bn; the payoff is their sum.

    UserError if the record was written before the model logged what a part needs.
    """
    own = payoff_of(record.firms[firm])
    return pd.DataFrame({part.__name__: part(record, firm) for part in own})


MARKS: tuple[tuple[Part, ...], ...] = (
    (valuation, dilution),
    (ventures,),
    (sites,),
    (business,),
    (stakes,),
    (holdings,),
    (fleet,),
)
"""Parts that are a mark, not money: the first names it, and all of them scale with it."""


def marked(values: pd.Series[float]) -> dict[str, float]:
    """What each mark makes of a payoff, from the parts of it, $ bn."""
    names = [[part.__name__ for part in mark] for mark in MARKS]
    return {mark[0]: float(values[mark].sum()) for mark in names if set(mark) <= set(values.index)}


def meanings(kind: str) -> dict[str, str]:
    """What each part of a kind's payoff is, in words."""
    return {part.__name__: docstring(part).rstrip(".") for part in payoff_of(kind)}


def distress(record: Record, firm: str) -> pd.Series[float]:
    """1 in worlds where it ever defaulted, or was above its loan-to-value limit for normal times; else 0."""
    hit = _logged(record, firm, "defaulted").max(axis=1)
    if record.has(firm, "breached"):
        hit = hit.combine(_logged(record, firm, "breached").max(axis=1), max)
    return hit


def written_off(record: Record, firm: str) -> pd.Series[float]:
    """What lenders wrote off of its debt, $ bn of money at the end of the start year."""
    return _all_years(_given(record, "write_off", firm))


def spent_on_capacity(record: Record, firm: str) -> pd.DataFrame:
    """What a firm spent on AI capacity, and as a builder on Stargate's, $ bn, worlds x years."""
    spent = _logged(record, firm, "ai_capex")
    if ("stargate", firm, "lease") not in record.ties():
        return spent
    own = _given(record, "capex", "stargate") + _given(record, "chips_payment", "stargate")
    return spent + (_logged(record, "stargate", "capex") - own)


def _not_worn(age: float) -> float:
    """The part of a building cost that is not written off at an age, in years."""
    worn_chips, worn_shells = min(age / CHIP_LIFE, 1.0), min(age / SHELL_LIFE, 1.0)
    return 1 - CHIP_SHARE * worn_chips - (1 - CHIP_SHARE) * worn_shells


def _got(record: Record, kind: str, firm: str, but: str = "") -> pd.DataFrame:
    """What others paid a firm, one of them left out, worlds x years."""
    payers = [source for source, target, known in record.ties() if (target, known) == (firm, kind)]
    return _total(record, [(kind, payer, firm) for payer in payers if payer not in (firm, but)])


def _given(record: Record, kind: str, firm: str) -> pd.DataFrame:
    """What a firm paid others, worlds x years."""
    payees = [target for source, target, known in record.ties() if (source, known) == (firm, kind)]
    return _total(record, [(kind, firm, payee) for payee in payees if payee != firm])


def _total(record: Record, ties: list[tuple[str, str, str]]) -> pd.DataFrame:
    """All that flowed along ties, added in their order: the same to the bit in every record."""
    return sum((record.flow(*tie) for tie in ties), record.flow("capacity", "outside"))  # which supplies none


def _all_years(amounts: pd.DataFrame) -> pd.Series[float]:
    """The present value of yearly amounts, by world."""
    factors = [(1 + DISCOUNT) ** -(i + 1) for i, _ in enumerate(amounts)]
    return (amounts * factors).sum(axis=1)


def _at_first(owed: pd.DataFrame, lent: pd.DataFrame, lost: pd.DataFrame) -> pd.Series[float]:
    """What was owed at the start: at the end of the first year, without what it lent and lost."""
    first = owed.columns[0]
    return owed[first] - lent[first] + lost[first]


def _at_the_end(amounts: pd.DataFrame) -> pd.Series[float]:
    """The present value of the last year's amount, by world."""
    return amounts.iloc[:, -1] * (1 + DISCOUNT) ** -amounts.shape[1]


def _logged(record: Record, firm: str, name: str) -> pd.DataFrame:
    found = record.variable_or_empty(firm, name)
    if found.empty or found.isna().all(axis=None):
        raise UserError(f"the results say nothing of {name} of {firm}: run them again with this version")
    return found
