"""Credit: lenders share out what they can lend in a year over the firms that ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np

from computeshift.environment.ledger import WORTH
from computeshift.environment.network import LENDERS
from computeshift.environment.setup import Array, beyond, per
from computeshift.environment.state import Sealed, State

if TYPE_CHECKING:
    from computeshift.environment.firms import Participant
    from computeshift.environment.market import ComputeMarket

ROUNDS = 2  # a borrower that one of its lenders can't serve in full asks the others once more


class Lender(Protocol):
    """A role that lends."""

    name: str

    def depth(self) -> Array:
        """$ bn that it can lend this year, `(W,)`."""
        ...

    def settle(self, lost: Array) -> None:
        """Close its books, once all borrowers have: it wrote off `lost`, $ bn, `(W,)`."""
        ...


class Credit(State):
    """Who lends to whom. Arrays are `(W,)`, money is $ bn.

    Each year firms ask, and their lenders agree to lines: `lines` is what of one is not drawn yet, by lender
    and borrower, and `granted` the part of what a firm asked for that it got. What is drawn is `owed` to
    whoever lent it: interest and repayments go to all who are owed, in proportion, and so do losses.

    In a market that names no lender the institution `lenders` lends whatever is asked.
    """

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.lines = Sealed[Array]()
        self.granted = Sealed[Array]()
        self.owed = Sealed[Array]()
        self.lost = Sealed[Array]()

    @property
    def lenders(self) -> dict[str, Lender]:
        """The firms that lend, in the order of the config."""
        firms = self.market.firms.items()
        return {name: firm.lender for name, firm in firms if firm.lender is not None}

    def lenders_of(self, borrower: str) -> list[str]:
        """Who may lend to a firm this year."""
        return self.market.network.sources(borrower, "debt")

    def found(self, firm: Participant) -> None:
        """What a firm owes at the start is owed to its lenders, by what these can lend."""
        if "debt" not in firm.takes:
            return
        zero, own = self.market.ledger.zero, self.lenders
        tied = self.market.network.ever_sources(firm.name, "debt") or [LENDERS]
        depths = {name: own[name].depth() if name in own else zero for name in tied}
        together = sum(depths.values(), zero)
        for name, depth in depths.items():
            self._owe(name, firm.name, per(depth, together, 1 / len(tied)) * firm.initial_debt)

    # --- the year ---

    def clear(self) -> None:
        """Firms ask for the year's credit; each lender gives all the same part of what they ask of it."""
        zero, firms = self.market.ledger.zero, self.market.firms
        left = {name: lender.depth() for name, lender in self.lenders.items()}
        tied = {name: own for name in firms if (own := self.lenders_of(name)) and LENDERS not in own}
        asks = {name: firms[name].credit_asked() for name in tied}
        lines = {(lender, name): zero for name, own in tied.items() for lender in own}
        for _ in range(ROUNDS):
            missing = {name: ask - self._of(name, lines) for name, ask in asks.items()}
            room = {name: sum((left[lender] for lender in own), zero) for name, own in tied.items()}
            for lender, depth in left.items():
                asked = {
                    name: missing[name] * per(depth, room[name], 0.0)
                    for name, own in tied.items()
                    if lender in own
                }
                wanted = sum(asked.values(), zero)
                part = np.minimum(per(depth, wanted, 1.0), 1.0)
                left[lender] = beyond(depth, wanted * part)
                for name, ask in asked.items():
                    lines[lender, name] = lines[lender, name] + ask * part
        self.lines = Sealed(lines)
        self.granted = Sealed({name: per(self.line(name), ask, 1.0) for name, ask in asks.items()})

    def part_granted(self, borrower: str) -> Array:
        """The part of what a firm asked for that it got when it last asked, `(W,)`: at first all."""
        return self.granted.get(borrower, np.ones_like(self.market.ledger.zero))

    def line(self, borrower: str) -> Array:
        """What a firm may still borrow this year, $ bn, `(W,)`."""
        if LENDERS in self.lenders_of(borrower):
            return np.full_like(self.market.ledger.zero, np.inf)
        return self._of(borrower, self.lines)

    def lend(self, borrower: str, amount: Array) -> None:
        """A firm draws on its lines, on each in proportion: no more than `line`."""
        if LENDERS in self.lenders_of(borrower):
            self._lend(LENDERS, borrower, amount)
            return
        together = self.line(borrower)
        for (lender, name), line in self.lines.items():
            if name == borrower:
                drawn = amount * per(line, together, 0.0)
                self.lines[lender, name] = beyond(line, drawn)
                self._lend(lender, name, drawn)

    def lend_on(self, borrower: str, amount: Array) -> None:
        """What a firm can't pay is owed on: whoever it owes lends it, line or not, in proportion."""
        for lender, part in self._parts(borrower).items():
            self._lend(lender, borrower, amount * part)

    def pay_interest(self, borrower: str, amount: Array) -> None:
        """A firm pays interest to all that it owes, $ bn."""
        for lender, part in self._parts(borrower).items():
            self.market.ledger.pay(borrower, lender, "interest", amount * part)

    def repay(self, borrower: str, amount: Array) -> None:
        """A firm pays back debt to all that it owes, $ bn."""
        for lender, part in self._parts(borrower).items():
            self.market.ledger.repay(borrower, lender, amount * part)
            self._owe(lender, borrower, -amount * part)

    def write_off(self, borrower: str, amount: Array) -> None:
        """All that a firm owes lose in proportion, $ bn: each lender that part of what it is owed."""
        for lender, part in self._parts(borrower).items():
            self.market.ledger.write_off(borrower, lender, amount * part)
            self._owe(lender, borrower, -amount * part)
            self.lost[lender] = self.lost.get(lender, self.market.ledger.zero) + amount * part

    def owed_to(self, lender: str) -> Array:
        """What firms owe a lender, $ bn, `(W,)`."""
        own = (amount for (name, _), amount in self.owed.items() if name == lender)
        return sum(own, self.market.ledger.zero)

    def close(self) -> None:
        """Write down who owes whom; lenders close their books once all borrowers have closed theirs."""
        zero = self.market.ledger.zero
        for name, lender in self.lenders.items():
            lender.settle(self.lost.get(name, zero))
        for (lender, borrower), amount in self.owed.items():
            self.market.ledger.record(lender, borrower, "loan", amount, WORTH)
        self.lost = Sealed()

    def _of(self, borrower: str, amounts: Mapping[tuple[str, str], Array]) -> Array:
        """The sum of amounts by lender and borrower that are this borrower's."""
        own = (amount for (_, name), amount in amounts.items() if name == borrower)
        return sum(own, self.market.ledger.zero)

    def _lend(self, lender: str, borrower: str, amount: Array) -> None:
        self.market.ledger.lend(lender, borrower, amount)
        self._owe(lender, borrower, amount)

    def _owe(self, lender: str, borrower: str, more: Array) -> None:
        """A firm owes a lender more, or less."""
        self.owed[lender, borrower] = self.owed.get((lender, borrower), self.market.ledger.zero) + more

    def _parts(self, borrower: str) -> dict[str, Array | float]:
        """The part of what a firm owes that each lender is owed; equal parts of its lenders where it owes none."""
        owed = {lender: amount for (lender, name), amount in self.owed.items() if name == borrower}
        owed = owed or dict.fromkeys(self.lenders_of(borrower), self.market.ledger.zero)
        if len(owed) == 1:
            return dict.fromkeys(owed, 1.0)
        together = sum(owed.values(), self.market.ledger.zero)
        return {lender: per(amount, together, 1 / len(owed)) for lender, amount in owed.items()}
