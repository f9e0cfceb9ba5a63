"""Loans: money that a lab is lent, with interest and repayments that it owes before leases."""

from __future__ import annotations

import numpy as np

from computeshift.environment.agreements import Agreement, Agreements
from computeshift.environment.setup import Array


class Loan(Agreement):
    """What a lab was lent and owes, `left`; interest is signed for as it falls due.

    It is paid out when it is signed; interest is due every year after that, and principal over the years
    `first` to `last`: evenly, but for the part `bullet`, which is due in the last. What stays unpaid is owed
    on, at interest, and written off after the last year.
    """

    def conclude(self) -> None:
        """The lab gets the money, as far as a firm that lends has it; if before the start, it has had it."""
        amount = left = self.given("amount") * self.is_signed()
        ledger, deal = self.market.ledger, self.deal
        start = self.market.setup.start
        if deal.signed <= start:
            over = min(max(start - deal.first + 1, 0), deal.last - deal.first + 1)
            left = amount * (1 - (1 - self.given("bullet")) * over / (deal.last - deal.first + 1))
            ledger.owe(deal.target, left)
        else:
            lender = self.market.firms.get(deal.source)
            if lender is not None:
                amount = left = np.minimum(amount, lender.means_for_others())
            ledger.lend(deal.source, deal.target, amount)
        self.lent, self.interest = amount, ledger.zero
        self.called = ledger.zero
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
        """The lab pays what is due as far as this money goes, $ bn: interest first; returns what it paid.

        Interest that it lacks is lent on.
        """
        ledger, lab, lender = self.market.ledger, self.deal.target, self.deal.source
        paid = np.minimum(self.due, money)
        on_interest = np.minimum(paid, self.interest)
        ledger.lend(lender, lab, self.interest - on_interest)
        ledger.pay(lab, lender, "interest", self.interest)
        ledger.repay(lab, lender, paid - on_interest)
        self.pay(paid)
        self.deferred = self.due - paid
        return paid

    def reduce(self, share: Array) -> None:
        """The lender gives a share of it up."""
        self.market.ledger.write_off(self.deal.target, self.deal.source, self.left * share)
        self.lent = self.lent * (1 - share)
        super().reduce(share)

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

    def due_from(self, lab: str) -> Array:
        """What falls due from a lab this year, $ bn, `(W,)`."""
        return sum((own.due for own in self.all if own.deal.target == lab), self.market.ledger.zero)

    def interest_of(self, lab: str) -> Array:
        """What of that is interest, $ bn, `(W,)`: all but repayments."""
        own = (loan.interest for loan in self.all if loan.deal.target == lab)
        return sum(own, self.market.ledger.zero)

    def serve(self, lab: str, money: Array) -> Array:
        """A lab pays what is due, one loan after the other; returns what it paid, $ bn."""
        paid = self.market.ledger.zero
        for own in self.all:
            if own.deal.target == lab and own.deal.signed < self.market.year:
                paid = paid + own.serve(money - paid)
        return paid
