"""Commitments: the GW that suppliers and labs are bound to for years ahead, and what remains due for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.deals import STATES, DealState
from computeshift.environment.setup import Array, Deal, per, total
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.compute import Compute

SIGNED_AHEAD = 8  # years for which labs sign: OpenAI's and Anthropic's contracts of 2025 ran to 2030 to 2033
BEYOND = 12  # years after the last that can be signed for: by then what was signed has run out
LATEST = 10  # years of lateness, or of delay, that are told apart


@dataclass(frozen=True)
class Row:
    """One commitment: the number of its tie, and the deal that a config gave.

    Without a deal it is all that the tie's parties sign by themselves in the course of a run.
    """

    name: str
    tie: int
    deal: Deal | None = None


class Commitments(State):
    """Firm GW by row. Numbers are `(rows, W)`, or `(years, rows, W)` for calendar years from the start.

    `gw` is the schedule as it was signed: GW at the end of each year. `keep` is the part of it still in
    force, `delivered` what of it there is, GW, and `price` what it costs, $ bn per GW-year. In $ bn, of all
    that was signed (indexed prices and interest included) a part is `left`, a part was `paid`, and a
    part `cut`: given up, not delivered in time, or not paid. `deferred` of what is left was due before.
    """

    def __init__(self, compute: Compute) -> None:
        self.market = compute.market
        setup = self.market.setup
        self.start = setup.start
        names = [f"{supplier.name} {lab.name}" for supplier, lab in compute.ties]
        self.rows = tuple(Row(name, tie) for tie, name in enumerate(names))
        self.tie_of = np.arange(len(names))
        self.years = max(setup.until + SIGNED_AHEAD, *(d.last for d in setup.deals), 0) + BEYOND - self.start
        none = np.zeros((len(names), setup.worlds))
        self.gw = np.zeros((self.years, *none.shape))
        self.keep = np.ones_like(none)
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
        self._append(len(new))

    def _append(self, rows: int) -> None:
        """Empty rows at the end."""
        if not rows:
            return
        for name in _BY_ROW:
            old = getattr(self, name)
            shape = (*old.shape[:-2], rows, old.shape[-1])
            setattr(self, name, np.concatenate([old, np.full(shape, float(name == "keep"))], axis=-2))

    # --- what agents may ask ---

    def level(self, year: int) -> Array:
        """GW that are to be there at the end of a calendar year, `(rows, W)`."""
        return np.asarray(self.gw[min(year - self.start, self.years - 1)] * self.keep)

    @property
    def held(self) -> Array:
        """Firm GW that each tie has, `(ties, W)`."""
        return self.by_tie(self.delivered)

    def price_by_tie(self) -> Array:
        """The mean price of each tie's firm GW, `(ties, W)`; 0 where it has none."""
        return per(self.by_tie(self.delivered * self.price), self.held, 0.0)

    def by_tie(self, over_rows: Array) -> Array:
        """Sums over each tie's rows, `(ties, W)`."""
        ties = len(self.market.compute.ties)
        out: Array = over_rows[:ties].copy()
        for row in range(ties, len(self.rows)):
            out[self.tie_of[row]] += over_rows[row]
        return out

    def dues(self, year: int) -> Array:
        """What falls due in a calendar year if all is delivered, $ bn, `(rows, W)`: nothing deferred."""
        return (self.level(year - 1) + self.level(year)) / 2 * self.price

    # --- signing ---

    def sign(self, gw: Array, price: Array, term: Array, first: int, last: int) -> None:
        """Ties sign GW for a term, years, `(ties, W)`; it comes evenly over the years `first` to `last`.

        What one tie signed has one price: the mean over all GW-years that are still due.
        """
        steps = np.zeros((self.years, *gw.shape))
        a_year = gw / (last - first + 1)
        ends = [(years, share) for years, share in _between(term) if share.any()]
        for year in range(first - self.start, last - self.start + 1):
            steps[year] += a_year
            for years, share in ends:
                if year + years < self.years:
                    steps[year + years] -= a_year * share
        level = np.maximum(np.cumsum(steps, axis=0), 0.0)
        ties = len(gw)
        schedule = self.gw.copy()
        schedule[:, :ties] = schedule[:, :ties] * self.keep[:ties] + level
        self._rebind("keep", slice(ties), np.ones_like(gw))
        self.gw = schedule
        value = price * total((level[1:] + level[:-1]) / 2)
        before = self.left[:ties] - self.deferred[:ties]
        gw_years = per(before, self.price[:ties], 0.0) + per(value, price, 0.0)
        self._rebind("price", slice(ties), per(before + value, gw_years, price))
        self._book_signed(slice(ties), value)

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
                self._break(number, row.deal)
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
        self.delivered = there * part[self.tie_of]

    def _sign_deal(self, row: int, deal: Deal) -> None:
        """A deal of the config is signed, with its chance: its schedule, its price, its prepayment."""
        size, ramp = self._given(deal, "gw"), np.maximum(self._given(deal, "ramp"), 1e-9)
        luck = self.market.draws.uniform(f"deal {deal.name}", deal.signed)
        size = size * (luck < self._given(deal, "chance"))
        schedule = self.gw.copy()
        for year in range(deal.first - self.start, deal.last - self.start + 1):
            if year >= 0:
                passed = year + self.start - deal.first + 1
                schedule[year, row] = size * np.clip(passed / ramp, 0.0, 1.0)
        self.gw = schedule
        price = self._given(deal, "price")
        self._rebind("price", row, price)
        now = max(deal.signed, self.start) - self.start
        due = schedule[max(now - 1, 0) if deal.signed > self.start else now :, row]
        self._book_signed(row, price * total((due[1:] + due[:-1]) / 2))
        self._prepay(row, deal, self._given(deal, "prepayment") * price * size)

    def _prepay(self, row: int, deal: Deal, amount: Array) -> None:
        """The target pays years of dues when it signs; those signed before the start are in the books."""
        amount = np.minimum(amount, self.left[row])
        if deal.signed > self.start:
            supplier, lab = self.market.compute.ties[self.rows[row].tie]
            self.market.ledger.pay(lab.name, supplier.name, "prepayment", amount)
        self._rebind("prepaid", row, amount)

    def _delay(self, row: int, years: Array) -> None:
        """What is not there yet slips, with its end; what is there keeps its dates."""
        now = self.market.year - self.start
        mine = self.gw[:, row]
        there = np.minimum(mine[now:], mine[now - 1])
        coming = mine[now:] - there
        late = np.zeros_like(coming)
        for whole, share in _between(years):
            if whole < len(coming):
                late[whole:] += coming[: len(coming) - whole] * share
        schedule = self.gw.copy()
        schedule[now:, row] = there + late
        self.gw = schedule
        left = (
            self.price[row] * self.keep[row] * total((schedule[now:, row] + schedule[now - 1 : -1, row]) / 2)
        )
        self._rebind("cut", row, self.cut[row] + self.left[row] - self.deferred[row] - left)
        self._rebind("left", row, left + self.deferred[row])

    def _break(self, row: int, deal: Deal) -> None:
        """A party leaves: nothing more is due, it owes the exit fee, and prepayments return."""
        supplier, lab = self.market.compute.ties[self.rows[row].tie]
        level = np.maximum(self.gw[self.market.year - self.start :, row].max(axis=0) * self.keep[row], 0.0)
        fee = self._given(deal, "exit_fee") * self.price[row] * level
        back = self.prepaid[row]
        self._rebind("prepaid", row, np.zeros_like(fee))
        if deal.break_by == lab.name:
            self._rebind("fees", row, fee)
        else:
            back = back + fee
        self.market.ledger.pay(supplier.name, lab.name, "exit_fee", back)
        self.give_up([row], np.zeros_like(fee))

    def give_up(self, rows: Sequence[int], kept: Array) -> None:
        """Of some rows only a share stays in force, `(W,)`: the rest is freed, there or not."""
        compute = self.market.compute
        freed = np.zeros_like(self.delivered)
        for row in rows:
            freed[row] = self.delivered[row] * (1 - kept)
            for name in ("keep", "delivered"):
                self._rebind(name, row, getattr(self, name)[row] * kept)
            self._rebind("cut", row, self.cut[row] + self.left[row] * (1 - kept))
            self._rebind("left", row, self.left[row] * kept)
            self._rebind("deferred", row, self.deferred[row] * kept)
        compute.contract = np.maximum(compute.contract - self.by_tie(freed), 0.0)

    # --- the year ---

    def wanted(self, year: int, pull: Array) -> Array:
        """GW that are to be there at the end of the year, `(rows, W)`.

        `pull`, `(ties, W)`, is the part of it that the lab wants; what it does not want it may leave, down to
        its take-or-pay share.
        """
        return self.level(year) * np.maximum(self._numbers("take_or_pay"), pull[self.tie_of])

    def deliver(self, wanted: Array, got: Array) -> None:
        """Firm GW that each tie got, `(ties, W)`, go to its rows in proportion to what is wanted of them."""
        part = np.minimum(1.0, per(got, self.by_tie(wanted), 0.0))
        delivered = wanted * part[self.tie_of]
        self.used = (self.delivered + delivered) / 2
        self.delivered = delivered
        scheduled = self.dues(self.market.year)
        self.due = np.minimum(self.price * self.used, scheduled)
        self.left = self.left - scheduled + self.due
        self.cut = self.cut + (scheduled - self.due)
        self._walk_away()

    def _walk_away(self) -> None:
        """What is later than its long-stop date falls away: the lab is free of it."""
        year = self.market.year
        now = self.level(year)
        stops = _between(self._numbers("long_stop"))
        since = sum(
            (share * self.level(max(year - years, self.start)) for years, share in stops if share.any()),
            np.zeros_like(now),
        )
        overdue = np.maximum(np.minimum(since, now) - self.delivered, 0.0)
        lost = per(overdue, now, 0.0)
        after = (self.left - self.due - self.deferred) * lost
        self.keep = self.keep * (1 - lost)
        self.cut, self.left = self.cut + after, self.left - after

    def index(self, moved: Array) -> None:
        """Prices follow a part of spot's move, a factor, `(W,)`: what is left of dues moves with them."""
        factor = moved ** self._numbers("indexation")
        later = (self.left - self.due - self.deferred) * (factor - 1)
        self.price = self.price * factor
        self.signed, self.left = self.signed + later, self.left + later

    def bill(self) -> Array:
        """What labs owe for the year, $ bn, `(rows, W)`: dues less prepayments, deferred dues, exit fees."""
        return self.due - self._drawn() + self.deferred + self.fees_due

    def _drawn(self) -> Array:
        """What prepayments pay of the year's dues, $ bn, `(rows, W)`."""
        return np.minimum(self.prepaid, self.due)

    def settle(self, paid: Array, deferred: Array, rate: Array, cheaper: Array) -> None:
        """Book the year's dues: a part is `paid`, a part `deferred` at a rate, the rest given up.

        `cheaper` is the part by which prices fall from now on. All are `(ties, W)`, but for the rate.
        """
        part = {name: own[self.tie_of] for name, own in (("paid", paid), ("deferred", deferred))}
        owed, drawn = self.due + self.deferred, self._drawn()
        put_off = part["deferred"] * (owed - drawn)
        paid_now = drawn + part["paid"] * (owed - drawn)
        interest = put_off * rate
        later = (self.left - owed) * cheaper[self.tie_of]
        self.signed, self.paid = self.signed + interest, self.paid + paid_now
        self.cut = self.cut + owed - paid_now - put_off + later
        self.left = self.left - owed - later + put_off + interest
        self.price = self.price * (1 - cheaper[self.tie_of])
        self.prepaid = self.prepaid - drawn
        self.deferred = put_off + interest

    def record(self) -> None:
        """Write down each row as it stands at the end of the year."""
        year, ties = self.market.year, self.market.compute.ties
        most = np.max([self.level(later) for later in range(year, year + SIGNED_AHEAD + 1)], axis=0)
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

    def _rebind(self, name: str, rows: int | slice, values: Array) -> None:
        """Set some rows of a number: state is never written in place."""
        changed = getattr(self, name).copy()
        changed[rows] = values
        setattr(self, name, changed)

    def _given(self, deal: Deal, number: str) -> Array:
        """A number of a deal, `(W,)`."""
        return self.market.setup.parameters[f"deals.{deal.name}.{number}"]

    def _numbers(self, number: str) -> Array:
        """The same of every row, `(rows, W)`: what ties sign by themselves has the market's usual terms."""
        usual = self.market.compute.given
        own = {"take_or_pay": usual.take_or_pay, "indexation": usual.indexation, "long_stop": usual.long_stop}
        return np.array(
            [own[number] if row.deal is None else self._given(row.deal, number) for row in self.rows]
        )


_BY_ROW = (
    *("gw", "keep", "price", "delivered", "used", "due"),
    *("signed", "left", "paid", "cut", "deferred", "prepaid", "fees"),
)


def _between(years: Array) -> list[tuple[int, Array]]:
    """Whole years and the share that each has in a number of years, so that what is between two has of both.

    >>> [(year, float(share)) for year, share in _between(np.array(2.25)) if share > 0]
    [(2, 0.75), (3, 0.25)]
    """
    whole = range(int(np.floor(years.min())), int(np.ceil(years.max())) + 1)
    return [(year, np.maximum(1 - np.abs(years - year), 0.0)) for year in whole]
