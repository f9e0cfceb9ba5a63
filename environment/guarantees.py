"""Guarantees: a firm pays a part of what a lab leaves unpaid of a deal, or of all its leases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.agreements import Agreement, Agreements
from computeshift.environment.setup import Array, per, total

if TYPE_CHECKING:
    from computeshift.environment.compute import Compute
    from computeshift.environment.market import ComputeMarket


class Guarantee(Agreement):
    """A guarantor's word: what is left of it is the most that it can still be called for.

    The guarantor has no claim on the lab for what it paid: a lab that leaves leases unpaid has spent all that
    it had, and here it owes nobody but suppliers.
    """

    def conclude(self) -> None:
        """From now on it may be called."""
        self.sign(self.given("most") * self.is_signed())

    def call(self, unpaid: Array) -> Array:
        """Pay its part of what is unpaid, $ bn, `(W,)`, within what is left of it and the means."""
        guarantor = self.market.firms[self.deal.source]
        means = guarantor.means_for_others(kept=guarantor.own_dues())
        self.due = self.given("share") * unpaid
        paid = np.minimum(np.minimum(self.due, self.left), means)
        self.pay(paid)
        return paid

    def close(self) -> None:
        """After its last year it binds nobody."""
        if self.market.year >= self.deal.last:
            self.drop(self.left)


class Guarantees(Agreements[Guarantee]):
    """All guarantees. What they may be called for are claims: contracts that roll, by tie, and firm rows."""

    kind = "guarantee"
    form = Guarantee
    part: Array | None
    """The part of each claim that guarantors paid this year, `(ties + rows, W)`; None if nobody did."""

    def __init__(self, market: ComputeMarket) -> None:
        super().__init__(market)
        self._forget()

    def open_year(self) -> None:
        """Nothing was called yet this year."""
        super().open_year()
        self._forget()

    def _forget(self) -> None:
        self.part = None
        self.paid: dict[str, Array] = {}

    def open_of(self, guarantor: str) -> Array:
        """The most that a firm can still be called for under all its guarantees, $ bn, `(W,)`."""
        return sum((own.left for own in self.all if own.deal.source == guarantor), self.market.ledger.zero)

    def paid_to(self, supplier: str) -> Array:
        """What guarantors pay a supplier this year, $ bn, `(W,)`."""
        return self.paid.get(supplier, self.market.ledger.zero)

    def stand_in(self, taken: Array, short: Array) -> tuple[Array, Array]:
        """What labs still owe, by tie, and what they lack for it, once guarantors have paid; $ bn.

        `taken` is what they owe after talks, `(ties, W)`, and `short` what they can't pay of it, `(labs, W)`.
        Guarantors pay suppliers, in the order of the config.
        """
        running = [own for own in self.all if own.runs]
        if not running:
            return taken, short
        compute = self.market.compute
        firm = compute.commitments
        asked = per(taken, compute.billed, np.zeros_like(taken))
        claims = np.concatenate([compute.rolling_bill * asked, firm.bill() * asked[firm.tie_of]])
        tie_of = np.concatenate([np.arange(len(taken)), firm.tie_of])
        unpaid = claims * per(short, compute.by_lab(taken), np.zeros_like(short))[compute.lab_of[tie_of]]
        left = unpaid.copy()
        for own in running:
            mine = _claims(compute, own)
            if mine:
                open_to = total(left[mine])
                share = per(own.call(open_to), open_to, np.zeros_like(open_to))
                self._pay(own, mine, tie_of, left[mine] * share)
                left[mine] *= 1 - share
        covered = unpaid - left
        self.part = per(covered, claims, np.zeros_like(claims))
        self._base = (firm.due + firm.deferred - firm.drawn()) * asked[firm.tie_of]
        by_tie = covered[: len(taken)] + firm.by_tie(covered[len(taken) :])
        by_lab = compute.by_lab(by_tie)
        self._mean = per(by_lab, compute.by_lab(taken), np.zeros_like(by_lab))
        return taken - by_tie, short - by_lab

    def _pay(self, own: Guarantee, mine: list[int], tie_of: Array, amounts: Array) -> None:
        """A guarantor pays suppliers for these claims, $ bn, `(claims, W)`."""
        for claim, amount in zip(mine, amounts, strict=True):
            supplier = self.market.compute.ties[int(tie_of[claim])][0].name
            self.market.ledger.pay(own.deal.source, supplier, "guarantee", amount)
            self.paid[supplier] = self.paid_to(supplier) + amount

    def book(self, honoured: Array) -> None:
        """What guarantors paid of firm dues is paid: all but what labs `honoured`, `(labs, W)`, was cut."""
        if self.part is None:
            return
        compute = self.market.compute
        firm = compute.commitments
        own = honoured[compute.lab_of[firm.tie_of]]
        firm.cover(self._base * self.part[len(compute.ties) :] * (1 - own))

    def kept(self, ties: slice, rows: list[int], kept: Array) -> tuple[Array, Array]:
        """What a lab keeps of contracts that roll, by tie, and of firm rows, where it kept a share of all.

        What guarantors pay for stays, and so more of the rest goes.
        """
        if self.part is None:
            return kept, kept
        first = len(self.market.compute.ties)
        lost = per(1 - kept, 1 - self._mean[self.market.compute.lab_of[ties.start]], np.zeros_like(kept))
        claims = [*range(ties.start, ties.stop), *(first + row for row in rows)]
        stays = 1 - np.minimum(lost * (1 - self.part[claims]), 1.0)
        return stays[: ties.stop - ties.start], stays[ties.stop - ties.start :]

    def given_back(self, lab: str, kept: Array) -> Array:
        """GW that a lab gives back if it kept a share of all, `(W,)`."""
        compute = self.market.compute
        if self.part is None:
            return np.asarray((1 - kept) * compute.contracted_by(lab))
        firm = compute.commitments
        ties, rows = compute.rows_of(lab)
        if not rows:
            return self.market.ledger.zero
        rolling, firmly = self.kept(ties, rows, kept)
        back = total((1 - rolling) * (compute.contract - firm.held)[ties])
        return back + total((1 - firmly) * firm.delivered[rows])


def _claims(compute: Compute, own: Guarantee) -> list[int]:
    """The numbers of the claims that a guarantee is for: those of one deal, or all that its lab owes.

    Nobody guarantees what it is itself owed.
    """
    firm, first = compute.commitments, len(compute.ties)
    ends = [(supplier.name, lab.name) for supplier, lab in compute.ties]
    others = [tie for tie, (supplier, _) in enumerate(ends) if supplier != own.deal.source]
    if own.deal.of is not None:
        rows = [row for row, known in enumerate(firm.rows) if known.deal and known.deal.name == own.deal.of]
        return [first + row for row in rows if firm.rows[row].tie in others]
    mine = [tie for tie in others if ends[tie][1] == own.deal.target]
    return [*mine, *(first + row for row, tie in enumerate(firm.tie_of) if tie in mine)]
