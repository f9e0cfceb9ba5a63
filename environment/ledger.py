"""Double entry: whoever pays, somebody is paid; the sum of all cash never moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from computeshift.environment.setup import Array
from computeshift.environment.state import Sealed, State, sealed

MONEY = "$ bn"
WORTH = "$ bn, no cash"
"""The unit of what is worth money without being paid: write-offs, stakes, commitments."""
SPENDING = ("lease", "revenue_share", "chips_payment", "capex", "opex", "interest")
"""How a firm spends: what an investor's equity may come back by."""
EQUITY = ("equity", "rescue", "acquisition")
"""What investors pay in for shares."""
BACKING = ("guarantee", "debt")
"""What a firm pays for others under deals, besides equity."""

FLOWS: dict[str, tuple[str, str]] = {
    "capital_call": (MONEY, "what owners pay in"),
    "proceeds": (MONEY, "what holdings were sold for"),
    "equity": (MONEY, "equity paid into a firm or a venture"),
    "rescue": (MONEY, "equity that owners pay in so that a lab can pay its dues"),
    "acquisition": (MONEY, "equity that a firm pays for in a lab short of its dues: creditors get it"),
    "share_issue": (MONEY, "new shares that a cloud sells"),
    "debt": (MONEY, "new debt"),
    "funding": (MONEY, "what lenders raise for what they lend, and pay back to those who fund them"),
    "repayment": (MONEY, "debt paid back"),
    "interest": (MONEY, "interest on debt"),
    "dividend": (MONEY, "what owners are paid"),
    "revenue": (MONEY, "what customers, tenants and other business pay"),
    "revenue_share": (MONEY, "a part of revenue that is owed to a partner"),
    "lease": (MONEY, "what labs pay for capacity, own use at its price; an operator's part of leases"),
    "shell_rent": (MONEY, "rent of powered halls that an owner of chips leases, with chips in them or not"),
    "hall_sale": (MONEY, "what a project company gets for halls that nobody leases any more"),
    "break_fee": (MONEY, "what the party that breaks a lease of halls pays the other"),
    "prepayment": (MONEY, "dues of a deal that are paid when it is signed"),
    "guarantee": (MONEY, "what a guarantor pays a supplier of what a lab leaves unpaid"),
    "exit_fee": (
        MONEY,
        "what a supplier pays back of prepayments, and its fee if it breaks a deal",
    ),
    "capex": (MONEY, "building, chips apart"),
    "chips_payment": (MONEY, "what builders pay for chips"),
    "opex": (MONEY, "people, power and other running costs"),
    "unpaid": (WORTH, "leases that a lab owed a supplier and did not pay"),
    "write_off": (WORTH, "debt that nobody will pay any more"),
    "stake": (WORTH, "what a stake is worth at the last mark"),
    "loan": (WORTH, "what a lender is owed at the end of the year"),
    "commitment": (WORTH, "equity that was signed for and is not paid yet"),
    "lapse": (WORTH, "equity that was signed for and will not be paid: its shares are cancelled"),
    "capacity": ("GW", "capacity used, mean of the year"),
    "services": ("GW", "capacity on which customers were answered"),
    "chips": ("GW", "capacity for which chips were delivered"),
    "model": ("log points", "what a lab learned from another's model"),
}
"""The kinds of flows, with unit and meaning."""

MEASURES: dict[str, str] = {
    "payment": "cash that one holder paid another in the year",
    "delivery": "what one holder supplied to another in the year, mean of the year if it is capacity",
    "holding": "what is held at the year's end: no cash moves",
    "loss": "what was owed and is not paid: no cash moves",
}
"""What flows measure; amounts of different measures do not add up."""
LOSSES = ("unpaid", "write_off", "lapse")


def measure(kind: str, unit: str) -> str:
    """What a kind of flow in this unit measures.

    >>> measure("lease", "$ bn"), measure("capacity", "GW"), measure("stake", "$ bn, no cash")
    ('payment', 'delivery', 'holding')
    """
    if unit == MONEY:
        return "payment"
    if kind in LOSSES:
        return "loss"
    return "holding" if unit == WORTH else "delivery"


class Flow(NamedTuple):
    """What went from one holder to another in a year: `amount`, `(W,)`, in `unit`."""

    year: int
    source: str
    target: str
    kind: str
    amount: Array
    unit: str


class Ledger(State):
    """Cash and debt of every holder, and each flow that moved them."""

    def __init__(self, worlds: int) -> None:
        self.zero: Array = sealed(np.zeros(worlds))
        self.year = 0
        self._first_of_year = 0
        self._opening: dict[str, Array] = {}
        self._paid: dict[str, list[Flow]] = {}
        self._received: dict[str, list[Flow]] = {}
        self._within: dict[str, list[Flow]] = {}
        self._spent: dict[str, dict[str, list[Array]]] = {}
        self._funds: dict[str, Array] = {}
        self._passed_on: dict[tuple[str, str], Array] = {}
        self.cash = Sealed[Array]()
        self.debt = Sealed[Array]()
        self.written_off = Sealed[Array]()
        self.flows: list[Flow] = []

    def open_account(self, holder: str, cash: Array | None = None, debt: Array | None = None) -> None:
        """A new holder with its cash and what it owes, $ bn, `(W,)`; nothing if not told."""
        self.cash[holder] = self.zero if cash is None else cash
        self.debt[holder] = self.zero if debt is None else debt
        self.written_off[holder] = self.zero

    def pay(self, payer: str, payee: str, kind: str, amount: Array) -> None:
        """Move `amount`, $ bn, `(W,)`, from payer to payee. A payment to oneself is only recorded."""
        if payer != payee:
            self.cash[payer] = self.cash[payer] - amount
            self.cash[payee] = self.cash[payee] + amount
        self.record(payer, payee, kind, amount, MONEY)

    def lend(self, lender: str, borrower: str, amount: Array) -> None:
        """New debt, $ bn: cash to the borrower, and a claim on it."""
        self.pay(lender, borrower, "debt", amount)
        self.debt[borrower] = self.debt[borrower] + amount

    def repay(self, borrower: str, lender: str, amount: Array) -> None:
        """Debt paid back, $ bn."""
        self.pay(borrower, lender, "repayment", amount)
        self.debt[borrower] = self.debt[borrower] - amount

    def owe(self, borrower: str, amount: Array) -> None:
        """Debt from before the start, $ bn: the money is in the books already."""
        self.debt[borrower] = self.debt[borrower] + amount

    def write_off(self, borrower: str, lender: str, amount: Array) -> None:
        """Debt that nobody will pay any more, $ bn: no cash moves."""
        self.record(borrower, lender, "write_off", amount, WORTH)
        self.debt[borrower] = self.debt[borrower] - amount
        self.written_off[borrower] = self.written_off[borrower] + amount

    def record(self, source: str, target: str, kind: str, amount: Array, unit: str) -> None:
        """Write down a flow that is not money: capacity, chips, a model, a stake."""
        flow = Flow(self.year, source, target, kind, sealed(amount), unit)
        self.flows.append(flow)
        if unit == MONEY and source == target:
            self._within.setdefault(source, []).append(flow)
        elif unit == MONEY:
            self._paid.setdefault(source, []).append(flow)
            self._received.setdefault(target, []).append(flow)
            if kind in SPENDING:
                self._spent.setdefault(source, {}).setdefault(target, []).append(amount)
            if self._funds:
                self._funds, self._passed_on = {}, {}

    def paid(self, holder: str) -> list[Flow]:
        """The money that a holder has paid to others this year, in its order."""
        return self._paid.get(holder, [])

    def received(self, holder: str) -> list[Flow]:
        """The money that others have paid to a holder this year, in its order."""
        return self._received.get(holder, [])

    def paid_as(self, payer: str, kinds: Sequence[str]) -> Array:
        """What a holder has paid to others this year in flows of some kinds, $ bn, `(W,)`."""
        return sum((flow.amount for flow in self.paid(payer) if flow.kind in kinds), self.zero)

    def within(self, holder: str) -> list[Flow]:
        """The money that parts of a holder have paid each other this year, in its order."""
        return self._within.get(holder, [])

    def invested(self, investor: str) -> Array:
        """Equity that an investor paid into others this year, $ bn, `(W,)`."""
        return sum((flow.amount for flow in self._equity_of(investor)), self.zero)

    def returned(self, investor: str) -> Array:
        """Part of an investor's equity of the year that came back to it as revenue, $ bn, `(W,)`.

        Whom it funded passes on each dollar as all its dollars of the year; what reaches the investor
        directly, or through one firm between them, counts.
        """
        back = self.zero
        for flow in self._equity_of(investor):
            for payee in self._spent_on(flow.target):
                if payee == investor:
                    back = back + flow.amount * self.passed_on(flow.target, investor)
                elif investor in self._spent_on(payee):
                    passed = flow.amount * self.passed_on(flow.target, payee)
                    back = back + passed * self.passed_on(payee, investor)
        return back

    def passed_on(self, firm: str, payee: str) -> Array:
        """The part of a firm's funds of the year that it spent on a payee, `(W,)`.

        Its funds are its cash at the year's beginning and all money that came in; what it kept, paid
        back or paid in elsewhere was spent on nobody.
        """
        if (firm, payee) not in self._passed_on:
            if firm not in self._funds:
                self._funds[firm] = sealed(self._funds_of(firm))
            spent = sum(self._spent_on(firm).get(payee, ()), self.zero)
            self._passed_on[firm, payee] = sealed(spent / self._funds[firm])
        return self._passed_on[firm, payee]

    def _equity_of(self, investor: str) -> list[Flow]:
        return [flow for flow in self.paid(investor) if flow.kind in EQUITY]

    def _spent_on(self, firm: str) -> Mapping[str, Sequence[Array]]:
        """What a firm has spent this year, $ bn, by those on whom it has, in its order."""
        return self._spent.get(firm, {})

    def _funds_of(self, firm: str) -> Array:
        """Its funds, and no less than what it paid, $ bn, `(W,)`: never 0."""
        funds = sum((flow.amount for flow in self.received(firm)), self._opening.get(firm, self.zero))
        outlay = sum((flow.amount for flow in self.paid(firm)), self.zero)
        return np.maximum(np.maximum(funds, outlay), 1e-12)

    def open_year(self, year: int) -> None:
        """Begin a year's postings."""
        self.year = year
        self._first_of_year = len(self.flows)
        self._opening = dict(self.cash)
        self._paid, self._received, self._within, self._spent = {}, {}, {}, {}
        self._funds, self._passed_on = {}, {}

    def forget(self) -> None:
        """Drop the flows so far, for who will not read them; cash and debt stay."""
        self.flows, self._first_of_year = [], 0

    def this_year(self) -> list[Flow]:
        """The flows of the year so far."""
        return self.flows[self._first_of_year :]
