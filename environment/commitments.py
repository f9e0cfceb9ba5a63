"""Commitments: the GW that suppliers and labs are bound to for years ahead, and what remains due for them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.deals import STATES, DealState
from computeshift.environment.decisions import HAIR
from computeshift.environment.schedule import Schedule, between, planned, slipped
from computeshift.environment.setup import Array, Deal, beyond, per, total
from computeshift.environment.state import State, with_rows

if TYPE_CHECKING:
    from computeshift.environment.compute import Compute

SIGNED_AHEAD = 8  # years for which labs sign: what sites take to be planned, built and filled in steps
BEYOND = 66  # years after the last that can be signed for: by then the longest term has run out


@dataclass(frozen=True)
class Row:
    """One commitment: the number of its tie, and the deal that a config gave.

    Without a deal it is all that the tie's parties sign by themselves in the course of a run.
    """

    name: str
    tie: int
    deal: Deal | None = None


class Commitments(State):
    """Firm GW by row. Numbers are `(rows, W)`.

    `schedule` has the GW that are to be there at the end of each calendar year. `delivered` is what of that
    there is, GW, and `price` what it costs, $ bn per GW-year. In $ bn, of all that was signed (indexed
    prices and interest included) a part is `left`, a part was `paid`, and a part `cut`: given up, not
    delivered in time, or not paid. `deferred` of what is left was due before.
    """

    def __init__(self, compute: Compute) -> None:
        self.market = compute.market
        setup = self.market.setup
        self.start = setup.start
        names = [f"{supplier.name} {lab.name}" for supplier, lab in compute.ties]
        self.rows = tuple(Row(name, tie) for tie, name in enumerate(names))
        self.tie_of = np.arange(len(names))
        years = max(setup.until + SIGNED_AHEAD, *(d.last for d in setup.deals), 0) + BEYOND - self.start
        none = np.zeros((len(names), setup.worlds))
        self.schedule = Schedule(self.start, years, *none.shape)
        self.price = self.delivered = self.used = self.due = none
        self.signed = self.left = self.paid = self.cut = none
        self.deferred = self.prepaid = self.fees = none
        self.adopt(compute)

    def adopt(self, compute: Compute) -> None:
        """Have a row for every capacity deal of the market's setup; rows that are there stay."""
        known = {row.deal.name for row in self.rows if row.deal}
        deals = {deal.name: deal for deal in self.market.setup.deals if deal.kind == "capacity"}
        rows = [Row(r.name, r.tie, deals.get(r.name, r.deal) if r.deal else None) for r in self.rows]
        new = [
            Row(name, compute.tie_index[deal.site or deal.source, deal.target], deal)
            for name, deal in deals.items()
            if name not in known
        ]
        self.rows = (*rows, *new)
        self.tie_of = np.array([row.tie for row in self.rows], dtype=int)
        given = compute.given
        usual = {n: getattr(given, n) for n in ("take_or_pay", "indexation", "long_stop")}
        self.terms = {name: self._numbers(name, own) for name, own in usual.items()}
        if new:
            none = np.zeros((len(new), self.market.worlds))
            self.schedule.extend(len(new))
            for name in _BY_ROW:
                setattr(self, name, np.concatenate([getattr(self, name), none]))

    # --- what agents may ask ---

    def level(self, year: int) -> Array:
        """GW that are to be there at the end of a calendar year, `(rows, W)`."""
        return self.schedule.level(year)

    @property
    def held(self) -> Array:
        """Firm GW that each tie has, `(ties, W)`."""
        return self.by_tie(self.delivered)

    def price_by_tie(self) -> Array:
        """The mean price of each tie's firm GW, `(ties, W)`; 0 where it has none."""
        return per(self.by_tie(self.delivered * self.price), self.held, 0.0)

    def by_tie(self, over_rows: Array, ties: slice = slice(None)) -> Array:
        """Sums over each tie's rows, `(ties, W)`: of all ties, or of some that follow each other."""
        numbers = range(len(self.market.compute.ties))
        if len(self.rows) == len(numbers):
            return over_rows[ties]
        mine = numbers[ties]
        out: Array = over_rows[mine.start : mine.stop].copy()
        for row, more in zip(self.rows[len(numbers) :], over_rows[len(numbers) :], strict=True):
            if row.tie in mine:
                own = out[row.tie - mine.start]
                own += more
        return out

    def by_row(self, over_ties: Array) -> Array:
        """What holds of each tie, `(ties, W)`, for each row of it, `(rows, W)`."""
        return over_ties if len(self.rows) == len(over_ties) else over_ties[self.tie_of]

    def dues(self, year: int) -> Array:
        """What falls due in a calendar year if all is delivered, $ bn, `(rows, W)`: nothing deferred."""
        return (self.level(year - 1) + self.level(year)) / 2 * self.price

    # --- signing ---

    def sign(self, ties: slice, gw: Array, price: Array, term: Array, first: int, last: int) -> None:
        """Ties sign GW, `(ties, W)`, for a term, years, `(W,)`; they come evenly over years."""
        parts = self._parts(term, first, last)
        self._add(ties, first, parts[:, None] * gw)
        # Dues are of the mean of two closings: their sum over all years is that of the closings.
        value = price * gw * total(parts)
        self._rebind("price", ties, self._mean_price(ties, value, price))
        self._book_signed(ties, value)

    def sign_one(self, tie: int, gw: Array, price: Array, term: Array, first: int, last: int) -> None:
        """One tie signs GW, `(W,)`; in worlds where it signs none nothing changes, not even a last bit."""
        parts, signs = self._parts(term, first, last), gw > 0
        self._add(tie, first, parts * gw)
        value = np.where(signs, price * gw * total(parts), 0.0)
        self._rebind("price", tie, np.where(signs, self._mean_price(tie, value, price), self.price[tie]))
        self._book_signed(tie, value)

    def _mean_price(self, ties: int | slice, value: Array, price: Array) -> Array:
        """What one tie signed has one price: the mean over all GW-years still due, those of `value` too."""
        before = self.left[ties] - self.deferred[ties]
        gw_years = per(before, self.price[ties], 0.0) + per(value, price, 0.0)
        return per(before + value, gw_years, price)

    def _parts(self, term: Array, first: int, last: int) -> Array:
        """The part of what is signed that is there at the end of each year from `first` on, `(years, W)`.

        It comes evenly until the year `last`, and its term, `(W,)`, is not over.
        """
        ramp = last - first + 1
        years = min(ramp + int(np.ceil(term.max())), self.schedule.end - first + 1)
        over = np.arange(1, years + 1)[:, None]
        parts: Array = np.minimum(over / ramp, 1.0) - np.clip((over - term) / ramp, 0.0, 1.0)
        return parts

    def _add(self, rows: int | slice, first: int, gw: Array) -> None:
        """More GW, or fewer, are to be there at the end of a year and of those that follow."""
        self.schedule.add(rows, self.market.year, first, gw)

    def open_year(self) -> None:
        """What configs say of this year: deals signed, delayed, cut and broken."""
        for number, row in enumerate(self.rows):
            if row.deal is None:
                continue
            if row.deal.signed == self.market.year:
                self._sign_deal(number, row.deal)
            if row.deal.delay_year == self.market.year:
                self._delay(number, self._given(row.deal, "delay.years"))
            if row.deal.cut_year == self.market.year:
                self.give_up([number], 1 - self._given(row.deal, "cut.share"))
            if row.deal.break_year == self.market.year:
                self._leave(number, np.ones_like(self.left[number]), str(row.deal.break_by))
        self._leave_what_costs_more()
        self.fees_due = self.fees
        self.fees = np.zeros_like(self.fees)

    def open(self) -> None:
        """Deals in force at the start: what of them there is comes from the contracts of the start."""
        compute = self.market.compute
        for number, row in enumerate(self.rows):
            if row.deal is not None and row.deal.signed <= self.start:
                self._sign_deal(number, row.deal)
        there = self.level(self.start)
        part = np.minimum(1.0, per(compute.contract, self.by_tie(there), 1.0))
        self.delivered = there * self.by_row(part)

    def _sign_deal(self, row: int, deal: Deal) -> None:
        """A deal of the config is signed, with its chance: its schedule, its price, its prepayment."""
        signed, first = self.market.is_signed(deal), max(deal.first, self.start)
        levels = planned(self.market.setup, deal)[first - deal.first :] * signed
        size = levels.max(axis=0)
        self._add(row, first, levels)
        price = self._given(deal, "price")
        self._rebind("price", row, price)
        before = max(deal.signed - 1, self.start)
        self._book_signed(row, price * self._gw_years(row, before))
        self._prepay(row, deal, self._given(deal, "prepayment") * price * size)

    def _gw_years(self, row: int, year: int) -> Array:
        """GW-years that are to come after the end of a year if all is delivered, `(W,)`."""
        own = self.schedule.of(row, year)
        gw_years: Array = total(own) - (own[0] + own[-1]) / 2
        return gw_years

    def _prepay(self, row: int, deal: Deal, amount: Array) -> None:
        """The target pays years of dues when it signs, within its cash; of earlier deals it has paid them."""
        amount = np.minimum(amount, self.left[row])
        if deal.signed > self.start:
            supplier, lab = self.market.compute.ties[self.rows[row].tie]
            amount = np.minimum(amount, np.maximum(self.market.ledger.cash[lab.name], 0.0))
            self.market.ledger.pay(lab.name, supplier.name, "prepayment", amount)
        self._rebind("prepaid", row, amount)

    def _delay(self, row: int, years: Array) -> None:
        """What is not there yet slips, with its end; what is there keeps its dates."""
        now = self.market.year
        before, *levels = self.schedule.of(row, now - 1)
        late = slipped(levels, before, years)
        self._add(row, now, np.array(late) - np.array(levels))
        left = self.price[row] * self._gw_years(row, now - 1)
        self._rebind("cut", row, self.cut[row] + self.left[row] - self.deferred[row] - left)
        self._rebind("left", row, left + self.deferred[row])

    def _leave(self, row: int, share: Array, by: str) -> None:
        """A party leaves a share of a deal, `(W,)`: it owes the exit fee for it, and prepayments return."""
        supplier, lab = self.market.compute.ties[self.rows[row].tie]
        fee, back = share * self._exit_fee(row), share * self.prepaid[row]
        self._rebind("prepaid", row, self.prepaid[row] - back)
        if by == lab.name:
            self._rebind("fees", row, self.fees[row] + fee)
        else:
            back = back + fee
        self.market.ledger.pay(supplier.name, lab.name, "exit_fee", back)
        self.give_up([row], 1 - share)

    def _exit_fee(self, row: int) -> Array:
        """What leaving all of a deal costs, $ bn, `(W,)`: years of dues at its largest size from now on."""
        deal = self.rows[row].deal
        if deal is None or not self.market.setup.states(deal, "exit_fee"):
            return self.market.ledger.zero
        fee: Array = self._given(deal, "exit_fee") * self.price[row] * self._most(row)
        return fee

    def _most(self, row: int) -> Array:
        """The most GW that a row comes to from the last year's end on, `(W,)`."""
        most: Array = self.schedule.of(row, self.market.year - 1).max(axis=0)
        return most

    def _leave_what_costs_more(self) -> None:
        """Labs leave deals of their own accord, as far as that pays; one without an exit fee binds them.

        The share that a lab leaves is what it gains by leaving, over what it would still owe. What it put off
        for years past it owes all the same.
        """
        held, left = dict[str, Array](), dict[str, Array]()
        for number, row in enumerate(self.rows):
            if row.deal is None or row.deal.signed >= self.market.year:
                continue
            if self.market.setup.states(row.deal, "exit_fee"):
                lab, most, share = row.deal.target, self._most(number), self._worth_leaving(number)
                zero = self.market.ledger.zero
                held[lab], left[lab] = held.get(lab, zero) + most, left.get(lab, zero) + share * most
                arrears = share * self.deferred[number]
                self._leave(number, share, lab)
                for name, more in (("deferred", arrears), ("left", arrears), ("cut", -arrears)):
                    self._rebind(name, number, getattr(self, name)[number] + more)
        for lab, gw in held.items():
            self.market.decisions.record(lab, "exits", "GW", {"held": gw, "gain": left[lab]})

    def _worth_leaving(self, row: int) -> Array:
        """What a lab gains if it leaves a deal, over what it would still owe, in [0, 1], `(W,)`.

        It saves its dues, pays the exit fee, and what as much capacity costs anew at the last spot price.
        Prepayments make no difference: they pay dues if it stays, and return if it leaves.
        """
        compute = self.market.compute
        supplier = compute.supplier_of[self.rows[row].tie]
        later = self.left[row] - self.deferred[row]
        anew = compute.prices.spot * compute.prices.worth[supplier] * per(later, self.price[row], 0.0)
        return np.clip(per(later - anew - self._exit_fee(row), later, 0.0), 0.0, 1.0)

    def give_up(self, rows: list[int], kept: Array) -> None:
        """Of some rows only a share stays in force, `(W,)` or `(rows, W)`: the rest is freed."""
        compute, mine = self.market.compute, _together(rows)
        freed = np.zeros_like(self.delivered)
        freed[mine] = self.delivered[mine] * (1 - kept)
        self._rebind("cut", mine, self.cut[mine] + self.left[mine] * (1 - kept))
        self.schedule.cut(mine, kept)
        for name in ("delivered", "left", "deferred"):
            self._rebind(name, mine, getattr(self, name)[mine] * kept)
        compute.contract = np.maximum(compute.contract - self.by_tie(freed), 0.0)

    # --- the year ---

    def wanted(self, year: int, pull: Array) -> Array:
        """GW that are to be there at the end of the year, `(rows, W)`.

        `pull`, `(ties, W)`, is the part of it that the lab wants; what it does not want it may leave, down to
        its take-or-pay share.
        """
        return self.level(year) * np.maximum(self.terms["take_or_pay"], self.by_row(pull))

    def deliver(self, wanted: Array, got: Array) -> None:
        """Firm GW that each tie got, `(ties, W)`, go to its rows in proportion to what is wanted of them."""
        part = np.minimum(1.0, per(got, self.by_tie(wanted), 0.0))
        delivered = wanted * self.by_row(part)
        self.used = (self.delivered + delivered) / 2
        self.delivered = delivered
        scheduled = self.dues(self.market.year)
        self.due = np.minimum(self.price * self.used, scheduled)
        self.left = self.left - scheduled + self.due
        self.cut = self.cut + (scheduled - self.due)
        self._walk_away(wanted)

    def _walk_away(self, wanted: Array) -> None:
        """What is later than its long-stop date falls away: the lab is free of it.

        What the lab left, as take-or-pay allows, is not late.
        """
        now = self.level(self.market.year)
        late = wanted - self.delivered > HAIR
        if not late.any():
            return
        since = np.zeros_like(now)
        for years, share in between(self.terms["long_stop"]):
            since = since + share * self.level(max(self.market.year - years, self.start))
        overdue = np.maximum(np.minimum(since, wanted) - self.delivered, 0.0)
        lost = np.where(late, per(overdue, now, 0.0), 0.0)
        after = (self.left - self.due - self.deferred) * lost
        self.schedule.cut(slice(None), 1 - lost)
        self.cut, self.left = self.cut + after, self.left - after

    def index(self, moved: Array) -> None:
        """Prices follow a part of spot's move, a factor, `(W,)`: what is left of dues moves with them."""
        factor = moved ** self.terms["indexation"]
        later = (self.left - self.due - self.deferred) * (factor - 1)
        self.price = self.price * factor
        self.signed, self.left = self.signed + later, self.left + later

    def bill(self) -> Array:
        """What labs owe for the year, $ bn, `(rows, W)`: dues less prepayments, deferred dues, exit fees."""
        return self.due - self.drawn() + self.deferred + self.fees_due

    def drawn(self) -> Array:
        """What prepayments pay of the year's dues, $ bn, `(rows, W)`."""
        return np.minimum(self.prepaid, self.due)

    def settle(self, paid: Array, deferred: Array, rate: Array, cheaper: Array) -> None:
        """Book the year's dues: a part is `paid`, a part `deferred` at a rate, the rest given up.

        `cheaper` is the part by which prices fall from now on. All are `(ties, W)`, but for the rate.
        """
        paid, deferred, cheaper = (self.by_row(part) for part in (paid, deferred, cheaper))
        owed, drawn = self.due + self.deferred, self.drawn()
        billed = owed - drawn
        put_off = deferred * billed
        paid_now = drawn + paid * billed
        interest = put_off * rate
        later = (self.left - owed) * cheaper
        self.signed, self.paid = self.signed + interest, self.paid + paid_now
        self.cut = self.cut + owed - paid_now - put_off + later
        self.left = self.left - owed - later + put_off + interest
        self.price = self.price * (1 - cheaper)
        self.prepaid = self.prepaid - drawn
        self.deferred = put_off + interest
        self.fees = self.fees_due * deferred * (1 + rate)

    def cover(self, amount: Array) -> None:
        """A guarantor paid dues that were given up, $ bn, `(rows, W)`."""
        self.paid, self.cut = self.paid + amount, self.cut - amount

    def give_back(self) -> None:
        """Suppliers pay back prepayments for which nothing is due any more."""
        for number, row in enumerate(self.rows):
            if row.deal is not None and self._given(row.deal, "prepayment").any():
                back = beyond(self.prepaid[number], self.left[number])
                supplier, lab = self.market.compute.ties[row.tie]
                self.market.ledger.pay(supplier.name, lab.name, "exit_fee", back)
                self._rebind("prepaid", number, self.prepaid[number] - back)

    def record(self) -> None:
        """Write down each row as it stands at the end of the year."""
        year, ties = self.market.year, self.market.compute.ties
        levels = (self.level(later) for later in range(year, year + SIGNED_AHEAD + 1))
        most = functools.reduce(np.maximum, levels)
        for number, row in enumerate(self.rows):
            supplier, lab = ties[row.tie]
            source = supplier.name if row.deal is None else row.deal.source
            given = row.deal is not None
            numbers = {name: getattr(self, name)[number] for name in STATES if name != "gw"}
            numbers["gw"] = most[number]
            self.market.deals.record(
                DealState(year, row.name, "capacity", source, lab.name, supplier.name, given, numbers)
            )

    # --- books ---

    def _book_signed(self, rows: int | slice, value: Array) -> None:
        """More is due, $ bn."""
        for name in ("signed", "left"):
            self._rebind(name, rows, getattr(self, name)[rows] + value)

    def _rebind(self, name: str, rows: int | slice | list[int], values: Array) -> None:
        """Set some rows of a number."""
        setattr(self, name, with_rows(getattr(self, name), rows, values))

    def _given(self, deal: Deal, number: str) -> Array:
        """A number of a deal, `(W,)`."""
        return self.market.setup.of_deal(deal, number)

    def _numbers(self, number: str, usual: Array) -> Array:
        """A number of every row, `(rows, W)`: what ties sign by themselves has the market's usual terms."""
        return np.array([self._given(row.deal, number) if row.deal else usual for row in self.rows])


_BY_ROW = (
    *("price", "delivered", "used", "due"),
    *("signed", "left", "paid", "cut", "deferred", "prepaid", "fees"),
)


def _together(rows: list[int]) -> slice | list[int]:
    """Rows as a slice where they follow each other: numpy reads and writes that faster."""
    run = range(rows[0], rows[-1] + 1) if rows else range(0)
    return slice(run.start, run.stop) if rows == [*run] else rows
