"""Who would lose what if a firm failed: exposures and buffers, read off a record, year by year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from computeshift.environment.network import LANDLORDS, LENDERS
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.record import Record

Array = npt.NDArray[np.float64]
Payments = dict[tuple[str, str, str], Array]

INCOME = ("revenue", "lease", "shell_rent", "revenue_share", "chips_payment")
COSTS = ("lease", "shell_rent", "revenue_share", "opex", "interest")
INVESTORS = "investors"
BOOKS = (LENDERS, INVESTORS)
"""Institutions that can be dragged: of them the log has nothing but what they put into this market."""
CAPITAL = "capital"
"""The variable, and the name of the buffer, of a lender: what bears losses on its loans."""
REST = ("customers", "outside", LANDLORDS)
"""The rest of the world: it is no node, it neither fails nor is dragged."""


@dataclass(frozen=True)
class Web:
    """Exposures of `(holder, debtor)` and buffers, $ bn; every table is worlds x years."""

    firms: list[str]
    exposures: dict[tuple[str, str], Array]
    buffers: dict[str, Array]

    @property
    def nodes(self) -> list[str]:
        """The firms, then the institutions that may be dragged with them."""
        return list(self.buffers)

    def matrix(self, year: int) -> Array:
        """Exposures of each node (rows) to each (columns) in the year of that position, `(W, n, n)`, $ bn."""
        at = {name: i for i, name in enumerate(self.nodes)}
        worlds = len(next(iter(self.buffers.values())))
        matrix = np.zeros((worlds, len(at), len(at)))
        for (holder, debtor), amount in self.exposures.items():
            matrix[:, at[holder], at[debtor]] = amount[:, year]
        return matrix

    def buffer(self, year: int) -> Array:
        """What each can lose in the year of that position, `(W, n)`, $ bn."""
        return np.stack([own[:, year] for own in self.buffers.values()], axis=1)


def web(record: Record, paid: Payments) -> Web:
    """Exposures and buffers of every firm, as far as the log has them.

    A firm that fails takes from others, nothing recovered: a year's income they had from it (leases, halls,
    services, share of revenue, chips), their stake in it at the last mark, what it owes them, the
    equity it paid them in the year, and, where it operates Stargate, its part of building that.

    A buffer is what a node can lose: net asset value where there is one, else the valuation, else a lender's
    capital, else cash, a year's operating earnings after interest and stakes in others. Lenders without a
    name and outside investors do not fail: their buffer is what they lent, or hold, in this market.
    """
    stakes = stakes_of(record)
    loans = _held(record, "loan")
    firms = firms_of(record, paid)
    exposures: dict[tuple[str, str], Array] = {}

    def add(holder: str, debtor: str, amount: Array) -> None:
        if holder not in REST and debtor in firms and holder != debtor:
            exposures[holder, debtor] = exposures.get((holder, debtor), 0.0) + np.maximum(amount, 0.0)

    for (kind, payer, payee), amount in paid.items():
        if kind in INCOME or kind == "equity":
            add(payee, payer, amount)
    for (holder, target), value in stakes.items():
        add(holder, target, value)
    for (lender, borrower), owed in loans.items():
        add(lender, borrower, owed)
    for operator, part in _building_parts(record, paid).items():
        add("stargate", operator, part)

    zero = np.zeros((len(record.market_variable("turnover")), len(record.years)))
    buffers = {firm: _buffer(record, firm, paid, stakes) for firm in firms}
    for holder, held in ((LENDERS, loans), (INVESTORS, stakes)):
        own = [value for (name, _), value in held.items() if name == holder]
        if own:
            buffers[holder] = sum(own, zero)
    return Web(firms, exposures, buffers)


def payments(record: Record) -> Payments:
    """What was paid by kind, payer and payee, $ bn, worlds x years; nothing is paid to oneself."""
    kinds = {*INCOME, *COSTS, "equity", "capex"}
    ties = [(kind, payer, payee) for payer, payee, kind in record.ties() if kind in kinds and payer != payee]
    return {tie: record.flow(*tie).to_numpy() for tie in ties}


def firms_of(record: Record, paid: Payments) -> list[str]:
    """The firms of the config, and Stargate where it pays."""
    others = dict.fromkeys(payer for _, payer, _ in paid)
    return list(dict.fromkeys([*record.firms, *(o for o in others if o not in (*BOOKS, *REST))]))


def variable(record: Record, agent: str, name: str) -> Array | None:
    """A firm's variable, worlds x years; None if it has no such variable."""
    table = record.variable_or_empty(agent, name)
    return table.to_numpy(dtype=np.float64) if table.notna().any(axis=None) else None


def basis(record: Record, firm: str) -> str:
    """What a firm's buffer is: its `nav`, its `valuation`, a lender's `capital`, or its own `means`."""
    known = ("nav", "valuation", CAPITAL)
    return next((name for name in known if variable(record, firm, name) is not None), "means")


def income(firm: str, paid: Payments) -> Array | float:
    """What others paid a firm for what it sells, $ bn."""
    return sum((a for (kind, _, payee), a in paid.items() if payee == firm and kind in INCOME), 0.0)


def _buffer(record: Record, firm: str, paid: Payments, stakes: dict[tuple[str, str], Array]) -> Array:
    value = variable(record, firm, basis(record, firm))
    if value is not None:
        return np.maximum(value, 0.0)
    costs = sum((a for (kind, payer, _), a in paid.items() if payer == firm and kind in COSTS), 0.0)
    stake = sum((value for (holder, _), value in stakes.items() if holder == firm), 0.0)
    cash = variable(record, firm, "cash")
    return np.maximum((0.0 if cash is None else cash) + income(firm, paid) - costs + stake, 0.0)


def stakes_of(record: Record) -> dict[tuple[str, str], Array]:
    """What each holds of another at the year's last mark, $ bn. UserError if the record has none."""
    ties = record.ties()
    if any(kind == "equity" for _, _, kind in ties) and all(kind != "stake" for _, _, kind in ties):
        raise UserError("the results say nothing of stakes: run them again with this version")
    return _held(record, "stake")


def _held(record: Record, kind: str) -> dict[tuple[str, str], Array]:
    """What each holds of another at the year's end in holdings of a kind, $ bn."""
    return {
        (holder, target): record.flow(kind, holder, target).to_numpy()
        for holder, target, own in record.ties()
        if own == kind
    }


def _building_parts(record: Record, paid: Payments) -> dict[str, Array]:
    """What Stargate's operators, from which it leases, pay of building it, in equal parts, $ bn."""
    operators = [payee for kind, payer, payee in paid if (kind, payer) == ("lease", "stargate")]
    together = variable(record, "stargate", "capex")
    if together is None or not operators:
        return {}
    kinds = ("capex", "chips_payment")
    own = sum((a for (kind, payer, _), a in paid.items() if payer == "stargate" and kind in kinds), 0.0)
    return {operator: np.maximum(together - own, 0.0) / len(operators) for operator in operators}
