"""Agreements: the books of deals that bind two firms without capacity, and what happens to them in a year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

import numpy as np

from computeshift.environment.deals import STATES, DealState
from computeshift.environment.setup import Array, Deal
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

A = TypeVar("A", bound="Agreement")


class Agreement(State):
    """A deal's books over W worlds, $ bn, `(W,)` each: `left + paid + cut = signed`.

    `due` is what fell due in the year, `deferred` what of the rest was due before.
    """

    gw: Array
    delivered: Array

    def __init__(self, market: ComputeMarket, deal: Deal) -> None:
        self.market, self.deal = market, deal
        self.signed = self.left = self.paid = self.cut = market.ledger.zero
        self.due = self.deferred = self.gw = self.delivered = self.price = market.ledger.zero

    def given(self, number: str) -> Array:
        """A number of the deal, `(W,)`."""
        return self.market.setup.of_deal(self.deal, number)

    @property
    def runs(self) -> bool:
        """Whether this is one of its years."""
        return max(self.deal.first, self.deal.signed) <= self.market.year <= self.deal.last

    # --- what happens to it ---

    def open_year(self) -> None:
        """What its config says of this year: it is signed, delayed, cut or broken."""
        year = self.market.year
        self.due = self.market.ledger.zero
        if self.deal.signed == year:
            self.conclude()
        if self.deal.delay_year == year:
            self.delay(self.given("delay.years"))
        if self.deal.cut_year == year:
            self.reduce(self.given("cut.share"))
        if self.deal.break_year == year:
            self.end()

    def conclude(self) -> None:
        """It is signed, or in force at the start."""
        raise NotImplementedError

    def is_signed(self) -> Array:
        """1 where it is signed, by its chance, else 0, `(W,)`."""
        return self.market.is_signed(self.deal)

    def delay(self, years: Array) -> None:
        """What is not due yet slips."""

    def reduce(self, share: Array) -> None:
        """A share of what is left is given up, `(W,)`; all of it where the deal is broken."""
        self.drop(self.left * share)
        self.deferred = self.deferred * (1 - share)

    def end(self) -> None:
        """It is broken: nothing more is owed."""
        self.reduce(np.ones_like(self.left))

    def close(self) -> None:
        """The end of a year."""

    # --- books, $ bn ---

    def sign(self, amount: Array) -> None:
        """More is owed."""
        self.signed, self.left = self.signed + amount, self.left + amount

    def pay(self, amount: Array) -> None:
        """A part of what is left was paid."""
        self.left, self.paid = self.left - amount, self.paid + amount

    def drop(self, amount: Array) -> None:
        """A part of what is left is owed no more."""
        self.left, self.cut = self.left - amount, self.cut + amount

    def state(self) -> DealState:
        """It, at the end of the year."""
        deal = self.deal
        numbers = {name: getattr(self, name) for name in STATES}
        return DealState(
            self.market.year, deal.name, deal.kind, deal.source, deal.target, deal.source, True, numbers
        )


class Agreements(State, Generic[A]):
    """The agreements of a kind in a market, in the order of its config."""

    kind: ClassVar[str]
    form: type[A]

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.all: list[A] = []
        self.adopt()

    def __iter__(self) -> Iterator[A]:
        return iter(self.all)

    def adopt(self) -> None:
        """Have one for each deal of its kind in the market's setup; those that are there stay."""
        known = {own.deal.name: own for own in self.all}
        for deal in self.market.setup.deals:
            if deal.kind == self.kind and deal.name in known:
                known[deal.name].deal = deal
            elif deal.kind == self.kind:
                self.all = [*self.all, self.form(self.market, deal)]

    def open(self) -> None:
        """Those that are in force at the start."""
        for own in self.all:
            if own.deal.signed <= self.market.setup.start:
                own.conclude()

    def open_year(self) -> None:
        """What happens to each this year."""
        for own in self.all:
            own.open_year()

    def close(self) -> None:
        """The end of the year: write each down."""
        for own in self.all:
            own.close()
            self.market.deals.record(own.state())
