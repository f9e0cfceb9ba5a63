"""Loans under deals: money that a lab or an owner of capacity is lent, with interest and repayments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.agreements import Agreement, Agreements
from computeshift.environment.setup import Array

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket
    from computeshift.environment.setup import Deal


class Loan(Agreement):
    """What a borrower was lent and owes, `left`; interest is signed for as it falls due.

    `lent` was paid out, `booked` is what of the borrower's debt it is, and `interest` what is due for the
    year, $ bn, `(W,)` each; `called` is 1 where all of it is due.

    It is paid out when it is signed; interest is due every year after that, and principal over the years
    `first` to `last`: evenly, but for the part `bullet`, which is due in the last. What stays unpaid is owed
    on, at interest, and written off after the last year.
    """

    def __init__(self, market: ComputeMarket, deal: Deal) -> None:
        super().__init__(market, deal)
        self.lent = self.booked = self.interest = self.called = market.ledger.zero

    def conclude(self) -> None:
        """The borrower gets the money, as far as a firm that lends has it; before the start it has had it."""
        amount = left = self.given("amount") * self.is_signed()
        ledger, deal = self.market.ledger, self.deal
        start = self.market.setup.start
        if deal.signed <= start:
            over = min(max(start - deal.first + 1, 0), deal.last - deal.first + 1)
            left = amount * (1 - (1 - self.given("bullet")) * over / (deal.last - deal.first + 1))
            ledger.owe(deal.target, left)
        else:
            source = self.market.firms.get(deal.source)
            if source is not None:
                amount = left = np.minimum(amount, source.means_to_lend())
            ledger.lend(deal.source, deal.target, amount)
        self.lent, self.booked = amount, left
        self.sign(left)

    def open_year(self) -> None:
        """What falls due this year: interest, principal, and what was due before."""
        super().open_year()
        if self.deal.signed < self.market.year:
            self.interest = self.given("rate") * self.left
            self.sign(self.interest)
            due = self.deferred + self.interest + self._principal() * self.lent
            self.due = np.where(self.called, self.left, np.minimum(due, self.left))

    def _principal(self) -> Array:
        """The part of the loan that is to be paid back this year, `(W,)`."""
        first, last, year = self.deal.first, self.deal.last, self.market.year
        bullet = self.given("bullet")
        even = (1 - bullet) / (last - first + 1) if first <= year <= last else 0 * bullet
        return np.asarray(even + bullet * float(year == last))

    def serve(self, money: Array) -> Array:
        """What is due is paid as far as this money goes, $ bn: interest first; returns what was paid.

        Interest that it lacks is lent on.
        """
        ledger, borrower, lender = self.market.ledger, self.deal.target, self.deal.source
        paid = np.minimum(self.due, money)
        on_interest = np.minimum(paid, self.interest)
        ledger.lend(lender, borrower, self.interest - on_interest)
        ledger.pay(borrower, lender, "interest", self.interest)
        ledger.repay(borrower, lender, paid - on_interest)
        self.pay(paid)
        self.booked = self.left
        self.deferred = self.due - paid
        return paid

    def reduce(self, share: Array) -> None:
        """The lender gives a share of it up."""
        self.market.credit.lose(self.deal.target, self.deal.source, self.left * share)
        self.lent = self.lent * (1 - share)
        super().reduce(share)
        self.booked = self.left

    def end(self) -> None:
        """It is broken: all of it is due at once."""
        self.called = np.ones_like(self.left)

    def close(self) -> None:
        """After its last year what is left is written off."""
        if self.market.year == self.deal.last:
            self.reduce(np.ones_like(self.left))


class Loans(Agreements[Loan]):
    """All loans of a market."""

    kind = "loan"
    form = Loan

    def to(self, borrower: str) -> list[Loan]:
        """Those of a borrower that are signed."""
        return [
            own for own in self.all if own.deal.target == borrower and own.deal.signed <= self.market.year
        ]

    def due_from(self, borrower: str) -> Array:
        """What falls due from a borrower this year, $ bn, `(W,)`."""
        return sum((own.due for own in self.to(borrower)), self.market.ledger.zero)

    def interest_of(self, borrower: str) -> Array:
        """What of that is interest, $ bn, `(W,)`: all but repayments."""
        return sum((own.interest for own in self.to(borrower)), self.market.ledger.zero)

    def booked_to(self, borrower: str) -> Array:
        """The part of a borrower's debt that it owes under them, $ bn, `(W,)`."""
        return sum((own.booked for own in self.to(borrower)), self.market.ledger.zero)

    def lent_by(self, source: str) -> Array:
        """What a firm lends under them this year, $ bn, `(W,)`."""
        new = (own.lent for own in self.all if self._is_new(own) and own.deal.source == source)
        return sum(new, self.market.ledger.zero)

    def _is_new(self, own: Loan) -> bool:
        return own.deal.signed == self.market.year

    def lent_to(self, borrower: str) -> Array:
        """What a borrower is lent this year, $ bn, `(W,)`."""
        new = (own.lent for own in self.to(borrower) if self._is_new(own))
        return sum(new, self.market.ledger.zero)

    def serve(self, borrower: str, money: Array) -> Array:
        """A borrower pays what is due, one loan after the other; returns what it paid, $ bn."""
        paid = self.market.ledger.zero
        for own in self.to(borrower):
            if own.deal.signed < self.market.year:
                paid = paid + own.serve(money - paid)
        return paid

    def give_up(self, borrower: str, share: Array) -> Array:
        """Lenders give up a share of what a borrower owes them, `(W,)`; returns how much that is, $ bn."""
        before = self.booked_to(borrower)
        for own in self.to(borrower):
            own.reduce(share)
        return before - self.booked_to(borrower)
