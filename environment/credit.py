"""Credit: lenders share out what they can lend in a year over the firms that ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from computeshift.environment.decisions import HAIR
from computeshift.environment.ledger import WORTH
from computeshift.environment.network import LENDERS
from computeshift.environment.setup import Array, beyond, per
from computeshift.environment.state import Sealed, State

if TYPE_CHECKING:
    from computeshift.environment.firms import Participant
    from computeshift.environment.market import ComputeMarket

ROUNDS = 2  # a firm that one of its lenders can't serve in full asks the others once more


class Lender(Protocol):
    """A role that lends."""

    name: str

    def depth(self) -> Array:
        """$ bn that it can lend this year, `(W,)`."""
        ...

    @property
    def security(self) -> Array:
        """The part of what it lends that is secured, `(W,)`."""
        ...

    @property
    def extension(self) -> Array:
        """The part of what falls due to it that it extends for a firm that can't pay, `(W,)`."""
        ...

    def part_lent(self, borrower: str) -> Array:
        """The part of what a firm wants that it is ready to see lent on that firm's rating, `(W,)`."""
        ...


class Credit(State):
    """Who lends to whom. Arrays are `(W,)`, money is $ bn.

    Each year firms ask, and their lenders agree to lines. By borrower, `lines` is what is not drawn yet of
    each lender's, `ready` the part of what it wants that each would see lent on its rating, `steps` these
    parts in order, `(lenders, W)`, and `granted` the part of what it needed that it got. What is drawn is
    `owed` to whoever lent it: interest and repayments go to all who are owed, in proportion, and losses are
    theirs likewise. `coupons` are the mean rates that firms pay on it, a share a year: debt costs what it did
    when it was borrowed, until it falls due.

    In a market that names no lender the institution `lenders` lends whatever is asked.
    """

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.lines: dict[str, Sealed[Array]] = {}
        self.granted = Sealed[Array]()
        self.owed: dict[str, Sealed[Array]] = {}
        self.coupons = Sealed[Array]()
        self.not_due = Sealed[Array]()  # what of it does not fall due this year, by borrower, $ bn
        self.lost = Sealed[Array]()
        self.ready: dict[str, Sealed[Array]] = {}
        self.steps = Sealed[Array]()
        self.year = market.setup.start  # in which they last shared out what they could lend

    @property
    def lenders(self) -> dict[str, Lender]:
        """The firms that lend, in the order of the config."""
        firms = self.market.firms.items()
        return {name: firm.lender for name, firm in firms if firm.lender is not None}

    def lenders_of(self, borrower: str) -> tuple[str, ...]:
        """Who may lend to a firm this year."""
        return self.market.network.sources(borrower, "debt")

    def found(self, firm: Participant) -> None:
        """What a firm owes at the start is owed to its lenders, by what these can lend."""
        if not firm.has_debt:
            return
        zero, own, notes = self.market.ledger.zero, self.lenders, self.market.notes
        debt = firm.initial_debt
        self.coupons[firm.name] = firm.initial_coupon
        notes.found(firm.name, debt)
        tied = self.lenders_of(firm.name)
        if not tied:
            if not np.any(debt):
                return  # nobody lends, and nothing is owed
            tied = (LENDERS,)
        for note in notes.of(firm.name):
            if note.deal.source != LENDERS:
                self._owe(note.deal.source, firm.name, note.left)
                debt = debt - note.left
        depths = {name: own[name].depth() if name in own else zero for name in tied}
        together = sum(depths.values(), zero)
        for name, depth in depths.items():
            self._owe(name, firm.name, per(depth, together, 1 / len(tied)) * debt)

    def coupon(self, borrower: str) -> Array:
        """The mean rate that a firm pays on what it owes lenders besides loans under deals, `(W,)`."""
        return self.coupons.get(borrower, self.market.ledger.zero)

    # --- the year ---

    def fall_due(self, borrower: str, part: Array) -> Array:
        """What of a firm's debt falls due this year, $ bn, `(W,)`: by its notes, and a part of all other."""
        owed = self._owed_by(borrower)
        due = self.market.notes.fall_due(borrower, owed, part)
        self.not_due[borrower] = owed - due
        return due

    def clear(self) -> None:
        """Lenders share out what they can lend: first over what firms need, then what is left stands by."""
        zero, firms, lenders = self.market.ledger.zero, self.market.firms, self.lenders
        under_deals = self.market.loans.lent_by
        left = {name: beyond(lender.depth(), under_deals(name)) for name, lender in lenders.items()}
        tied = {name: own for name in firms if (own := self.lenders_of(name)) and LENDERS not in own}
        self.lines = {name: Sealed(dict.fromkeys(own, zero)) for name, own in tied.items()}
        self.ready = {
            name: Sealed({lender: lenders[lender].part_lent(name) for lender in own})
            for name, own in tied.items()
        }
        steps = {name: np.sort([*ready.values()], axis=0) for name, ready in self.ready.items()}
        self.steps = Sealed(steps)
        limits = {name: firms[name].credit_limit() for name in tied}
        # Who needs nothing, and might borrow, asks for a hair, to know what it would get of a little more.
        hairs = {name: np.minimum(HAIR, limit) for name, limit in limits.items()}
        asks = {name: np.maximum(firms[name].credit_asked(), hairs[name]) for name in tied}
        left = self._share_out(left, asks)
        self.granted = Sealed({name: per(self.line(name), ask, 1.0) for name, ask in asks.items()})
        self.year = self.market.year
        self._share_out(left, {name: np.maximum(limits[name], ask) for name, ask in asks.items()})

    def _share_out(self, left: dict[str, Array], wanted: dict[str, Array]) -> dict[str, Array]:
        """Lines grow towards what firms want, as far as lenders have something left; returns what is left.

        A lender that is asked for more than it has left gives all the same part; the rest is asked once more.
        """
        zero = self.market.ledger.zero
        for _ in range(ROUNDS):
            asked: dict[str, dict[str, Array]] = {lender: {} for lender in left}
            for name, want in wanted.items():
                for lender, ask in self._asks(name, want, left).items():
                    asked[lender][name] = ask
            for lender, by_firm in asked.items():
                together = sum(by_firm.values(), zero)
                part = np.minimum(per(left[lender], together, 1.0), 1.0)
                left[lender] = beyond(left[lender], together * part)
                for name, ask in by_firm.items():
                    self.lines[name][lender] = self.lines[name][lender] + ask * part
        return left

    def _asks(self, borrower: str, want: Array, left: dict[str, Array]) -> dict[str, Array]:
        """What a firm asks of each lender, $ bn, `(W,)`: in proportion to what each of them has left.

        None lends on once all together have lent so ready a part of what the firm wants as it is itself. So
        what it gets does not depend on how many lenders there are, and a readier one goes on alone.
        """
        zero, ready, level = self.market.ledger.zero, self.ready[borrower], self.line(borrower)
        asks = dict.fromkeys(ready, zero)
        for step in self.steps[borrower]:
            more = beyond(want * step, level)
            rooms = {lender: left[lender] * (part >= step) for lender, part in ready.items()}
            room = sum(rooms.values(), zero)
            for lender, own in rooms.items():
                asks[lender] = asks[lender] + more * per(own, room, 0.0)
            level = level + more
        return asks

    def part_granted(self, borrower: str) -> Array:
        """The part of what a firm asked for that it got when it last asked, `(W,)`: at first all."""
        return self.granted.get(borrower, np.ones_like(self.market.ledger.zero))

    def granted_of(self, borrower: str, wanted: Array) -> Array:
        """What lenders grant a firm of what it would borrow, $ bn, `(W,)`; less than none stays what it is.

        Before they have shared out what they can lend this year it counts on the part of last year.
        """
        if self.year < self.market.year:
            return np.minimum(wanted, wanted * self.part_granted(borrower))
        return np.minimum(wanted, self.line(borrower))

    def line(self, borrower: str) -> Array:
        """What a firm may still borrow this year, $ bn, `(W,)`: without limit where lenders have no name."""
        if LENDERS in self.lenders_of(borrower):
            return np.full_like(self.market.ledger.zero, np.inf)
        return sum(self.lines.get(borrower, _NONE).values(), self.market.ledger.zero)

    def lend(self, borrower: str, amount: Array) -> None:
        """A firm draws on its lines, on each in proportion, $ bn: no more than `line`."""
        if LENDERS in self.lenders_of(borrower):
            self._lend(LENDERS, borrower, amount)
            return
        lines, together = self.lines.get(borrower, _NONE), self.line(borrower)
        for lender, line in lines.items():
            drawn = amount * per(line, together, 0.0)
            lines[lender] = beyond(line, drawn)
            self._lend(lender, borrower, drawn)

    def lend_on(self, borrower: str, amount: Array) -> None:
        """What a firm can't pay is owed on, $ bn: whoever it owes lends it, line or not, in proportion."""
        for lender, part in self._parts(borrower).items():
            self._lend(lender, borrower, amount * part)

    def extendable(self, borrower: str, due: Array) -> Array:
        """What of a firm's debt that falls due its lenders would extend if it can't pay, $ bn, `(W,)`."""
        return due * sum(self._extending(borrower).values(), self.market.ledger.zero)

    def extend(self, borrower: str, amount: Array, repaid: Array) -> None:
        """A firm pays back `repaid`, a part of it out of the `amount` that lenders lend on, both $ bn.

        They lend it line or not, each by its part of what is `extendable` before anything is paid back.
        """
        extending = self._extending(borrower)
        together = sum(extending.values(), self.market.ledger.zero)
        self.repay(borrower, repaid)
        for lender, part in extending.items():
            self._lend(lender, borrower, amount * per(part, together, 0.0))

    def _extending(self, borrower: str) -> dict[str, Array]:
        """The part of what a firm owes that each lender would extend, `(W,)`."""
        lenders, parts = self.lenders, self._parts(borrower)
        return {name: part * lenders[name].extension for name, part in parts.items() if name in lenders}

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
        """Lenders lose what a firm can't pay, $ bn: first on what nothing secures, in proportion to that.

        What collateral backs is lost only beyond that, in proportion too: senior secured loans recover most
        of what is owed, unsecured bonds less than half (Moody's, Annual default study).
        """
        parts, owed, zero = self._parts(borrower), self._owed_by(borrower), self.market.ledger.zero
        lenders = self.lenders
        bare = {
            lender: owed * part * (1 - (lenders[lender].security if lender in lenders else zero))
            for lender, part in parts.items()
        }
        unsecured = sum(bare.values(), zero)
        first = np.minimum(amount, unsecured)
        for lender, part in parts.items():
            secured = per(owed * part - bare[lender], owed - unsecured, part)
            lost = first * per(bare[lender], unsecured, part) + (amount - first) * secured
            self.lose(borrower, lender, lost)
            self._owe(lender, borrower, -lost)
        gone = np.minimum(per(amount, owed, zero), 1.0)
        if borrower in self.not_due:
            self.not_due[borrower] = self.not_due[borrower] * (1 - gone)
        self.market.notes.give_up(borrower, gone)

    def _owed_by(self, borrower: str) -> Array:
        """What a firm owes besides loans under deals, $ bn, `(W,)`."""
        return np.maximum(sum(self.owed.get(borrower, {}).values(), self.market.ledger.zero), 0.0)

    def lose(self, borrower: str, lender: str, amount: Array) -> None:
        """A lender writes off what a firm owes it, under a deal or not, $ bn."""
        self.market.ledger.write_off(borrower, lender, amount)
        self.lost[lender] = self.lost.get(lender, self.market.ledger.zero) + amount

    def books(self) -> dict[tuple[str, str], Array]:
        """What each firm owes each lender, under deals and not, by lender and borrower, $ bn, `(W,)`."""
        books = {(lender, name): owed for name, own in self.owed.items() for lender, owed in own.items()}
        for loan in self.market.loans:
            pair = loan.deal.source, loan.deal.target
            books[pair] = books.get(pair, self.market.ledger.zero) + loan.booked
        return books

    def owed_to(self, lender: str) -> Array:
        """What firms owe a lender, $ bn, `(W,)`."""
        own = (owed for (name, _), owed in self.books().items() if name == lender)
        return sum(own, self.market.ledger.zero)

    def close(self) -> None:
        """Lenders close their books once all borrowers have closed theirs; who owes whom is written down.

        What a firm owes now and did not owe until later costs what its new rating and the market make it.
        """
        ledger, ratings = self.market.ledger, self.market.ratings
        for name, coupon in self.coupons.items():
            owed, rate = self._owed_by(name), ratings.rate_of(name)
            kept = np.minimum(self.not_due.get(name, owed), owed)
            self.coupons[name] = rate + (coupon - rate) * per(kept, owed, 0.0)
        for name in self.lenders:
            self.market.firms[name].bear(self.lost.get(name, ledger.zero))
        for (lender, borrower), owed in self.books().items():
            ledger.record(lender, borrower, "loan", owed, WORTH)
        self.lost = Sealed()

    # --- books ---

    def _lend(self, lender: str, borrower: str, amount: Array) -> None:
        self.market.ledger.lend(lender, borrower, amount)
        self._owe(lender, borrower, amount)

    def _owe(self, lender: str, borrower: str, more: Array) -> None:
        """A firm owes a lender more, or less."""
        owed = self.owed.setdefault(borrower, Sealed())
        owed[lender] = owed.get(lender, self.market.ledger.zero) + more

    def _parts(self, borrower: str) -> dict[str, Array]:
        """The part of what a firm owes that each lender is owed; equal parts where it owes nothing."""
        zero = self.market.ledger.zero
        owed = self.owed.get(borrower) or dict.fromkeys(self.lenders_of(borrower), zero)
        if len(owed) == 1:
            return dict.fromkeys(owed, np.ones_like(zero))
        # Of what is all repaid, rounding may leave less than nothing.
        owed = {lender: np.maximum(amount, 0.0) for lender, amount in owed.items()}
        together = sum(owed.values(), zero)
        return {lender: per(amount, together, 1 / len(owed)) for lender, amount in owed.items()}


_NONE = Sealed[Array]()
