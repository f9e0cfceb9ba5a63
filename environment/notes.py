"""Notes: what of the debt that a firm has at the start falls due in which year, as far as that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.agreements import Agreement, Agreements
from computeshift.environment.setup import Array, beyond, per, total
from computeshift.environment.state import Sealed

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket
    from computeshift.environment.setup import Deal


class Note(Agreement):
    """Notes that a firm owes one lender, or all of its lenders: `left` is what has not fallen due yet.

    They are a part of its debt, which falls due by them: what is paid of it, borrowed again or owed on is the
    firm's own matter. `due` is what falls due in the year.
    """

    def __init__(self, market: ComputeMarket, deal: Deal) -> None:
        super().__init__(market, deal)
        years = range(deal.first, deal.last + 1)
        amounts = market.setup.schedule_of(deal) or {
            year: self.given("amount") / len(years) for year in years
        }
        self.by_year = {year: amount for year, amount in amounts.items() if year > market.year}
        self.part = np.ones_like(market.ledger.zero)  # of these amounts that is still owed
        self.sign(total([market.ledger.zero, *self.by_year.values()]))

    def conclude(self) -> None:
        """It is in force from the beginning."""

    def open_year(self) -> None:
        """What falls due this year; all of it once they are broken."""
        super().open_year()
        self.due = self.due + self.part * self.by_year.get(self.market.year, 0.0)

    def end(self) -> None:
        """They are broken: all of them are due at once."""
        year = self.market.year
        self.due = self.left - self.part * self.by_year.get(year, 0.0)
        self.by_year = {own: amount for own, amount in self.by_year.items() if own <= year}

    def reduce(self, share: Array) -> None:
        """The lender gives a share of them up."""
        super().reduce(share)
        self.due, self.part = self.due * (1 - share), self.part * (1 - share)

    def scale(self, part: Array) -> None:
        """Only a part of them was ever signed, since its firm owes no more."""
        self.signed, self.left, self.part = self.signed * part, self.left * part, self.part * part

    def close(self) -> None:
        """What fell due is no part of them any more."""
        self.pay(self.due)

    @property
    def last_year(self) -> int:
        """The last year in which anything falls due."""
        return max(self.by_year, default=0)


class Notes(Agreements[Note]):
    """All notes of a market.

    `undated` is what a firm owed besides them at the start, $ bn, by borrower, `(W,)`: it falls due later.
    """

    kind = "notes"
    form = Note

    def __init__(self, market: ComputeMarket) -> None:
        self.undated = Sealed[Array]()
        super().__init__(market)

    def of(self, borrower: str) -> list[Note]:
        """Those of a borrower."""
        return [own for own in self.all if own.deal.target == borrower]

    def found(self, borrower: str, debt: Array) -> None:
        """A firm begins with so much debt, $ bn: its notes are no more than that, and signed for no more."""
        own = self.of(borrower)
        known = total([self.market.ledger.zero, *(note.left for note in own)])
        for note in own:
            note.scale(np.minimum(per(debt, known, 1.0), 1.0))
        if own:
            self.undated[borrower] = beyond(debt, known)

    def fall_due(self, borrower: str, owed: Array, part: Array) -> Array:
        """What falls due this year of what a firm owes, $ bn, `(W,)`: its notes, and a part of the rest.

        What it owed at the start besides its notes falls due after the last of them: a list of dates says so.
        """
        own = self.of(borrower)
        if not own:
            return owed * part
        waits = self.market.year <= max(note.last_year for note in own)
        undated = self.undated.get(borrower, self.market.ledger.zero) * float(waits)
        rest = beyond(owed, total([undated, *(note.left for note in own)]))
        return np.minimum(total([rest * part, *(note.due for note in own)]), owed)

    def give_up(self, borrower: str, share: Array) -> None:
        """Lenders write off a share of what a firm owes, `(W,)`."""
        for note in self.of(borrower):
            note.reduce(share)
        if borrower in self.undated:
            self.undated[borrower] = self.undated[borrower] * (1 - share)
