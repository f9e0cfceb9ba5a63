"""Debt that matures: paid, borrowed again as far as lenders grant it, extended, or left unpaid by degree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from computeshift.agents.role import Role
from computeshift.environment.setup import Array, per


class Matured(NamedTuple):
    """What a role paid in cash of the debt that matured, and what is left of it, $ bn, `(W,)` each."""

    paid: Array
    left: Array


def roll_over(role: Role, matured: Array, cash: Array, kept: Array) -> Matured:
    """A role pays what matured, or borrows it again; all are $ bn, `(W,)`.

    It pays from its cash, but for what it keeps as long as lenders lend; then it borrows again as far as its
    lines go; then it pays from all the cash that it has.
    """
    credit = role.market.credit
    spare = np.clip(cash - kept, 0.0, matured)
    renewed = np.minimum(matured - spare, credit.line(role.name))
    paid = np.clip(cash, 0.0, matured - renewed)
    credit.repay(role.name, renewed + paid)
    credit.lend(role.name, renewed)
    return Matured(paid, matured - renewed - paid)


def owe_on(role: Role, short: Array, left: Array, owed: Array) -> None:
    """What a role lacks for bills, and for what matured, its firm's other roles pay.

    Then lenders extend debt, and it sells shares. For the rest those it owes wait: a default by degree, by
    its part of all that was owed this year. All are $ bn, `(W,)`.
    """
    firm, credit = role.firm, role.market.credit
    lacking = short + left - firm.help_with(short + left, role)
    extended = role.extended(lacking)
    lacking = lacking - extended
    unpaid = lacking - role.sell_shares(lacking)
    waits = np.minimum(unpaid, left)
    credit.extend(role.name, extended, repaid=left - waits)
    credit.lend_on(role.name, unpaid - waits)
    firm.default_degree = np.maximum(firm.default_degree, np.minimum(per(unpaid, owed, 0.0), 1.0))
