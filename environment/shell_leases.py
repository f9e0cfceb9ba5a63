"""Leases of shells: powered halls that a developer builds and lets; the lessee puts its own chips in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from computeshift.environment.agreements import Agreement, Agreements
from computeshift.environment.deals import LONGEST_DELAY
from computeshift.environment.schedule import planned, slipped
from computeshift.environment.setup import Array, beyond, total
from computeshift.environment.supply import ORDERED_AHEAD

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket
    from computeshift.environment.parties import Supplier
    from computeshift.environment.setup import Deal


class Landlord(Protocol):
    """A role that lets halls which it builds."""

    def open_let(self, gw: Array) -> None:
        """At the start it has built so many GW, `(W,)`."""
        ...


class ShellLease(Agreement):
    """A lease of halls, take-or-pay: rent is owed for all its years, with chips in the halls or not.

    `levels`, `(years, W)`, are the GW of halls that are let at the end of each year from `deal.first` on.
    Like capacity they are handed over, and back, in the middle of a year: rent is of two closings' mean.
    `rent` is what of the year's was paid, $ bn, `(W,)`.

    The landlord has the power, the crews and the money. What building costs it is modelled where it is a
    firm, not where it is the institution `landlords`.
    """

    def __init__(self, market: ComputeMarket, deal: Deal) -> None:
        super().__init__(market, deal)
        self.levels = np.zeros((0, market.worlds))
        self.rent = market.ledger.zero

    def level(self, year: int) -> Array:
        """GW of halls that are let at the end of a year, `(W,)`."""
        place = year - self.deal.first
        return self.levels[place] if 0 <= place < len(self.levels) else self.market.ledger.zero

    def dues(self, year: int) -> Array:
        """Rent of a year, $ bn, `(W,)`."""
        return self.price * (self.level(year - 1) + self.level(year)) / 2

    def conclude(self) -> None:
        """The halls of all its years are let, at its rent; what was due up to the start is paid."""
        self.price = self.given("price")
        self.levels = planned(self.market.setup, self.deal) * self.is_signed()
        self.sign(self._rent_from(max(self.deal.signed, self.market.setup.start + 1)))
        self.delivered = self.level(self.market.year)

    def _rent_from(self, year: int) -> Array:
        """All rent of a year and of those that follow, $ bn, `(W,)`."""
        years = range(year, self.deal.first + len(self.levels) + 1)
        return sum((self.dues(each) for each in years), self.market.ledger.zero)

    def open_year(self) -> None:
        """Halls are handed over or back, and the year's rent is due."""
        super().open_year()
        year = self.market.year
        self.delivered, self.due = self.level(year), self.dues(year)
        self.gw = self._most(year)

    def worth(self, rate: Array, ahead: int = 0) -> Array:
        """What rent to come is worth at the end of this year, or of a year so far ahead, $ bn, `(W,)`."""
        worth, discount = self.market.ledger.zero, 1 / (1 + rate)
        for year in range(self.deal.first + len(self.levels), self.market.year + ahead, -1):
            worth = (worth + self.dues(year)) * discount
        return worth

    def _most(self, year: int) -> Array:
        """The most GW that are let at the end of a year or of those that follow, `(W,)`."""
        ahead = self.levels[max(year - self.deal.first, 0) :]
        return np.maximum.reduce(ahead) if len(ahead) else self.market.ledger.zero

    def delay(self, years: Array) -> None:
        """Halls that are not handed over yet slip, with the end of their term."""
        year = self.market.year
        past = max(year - self.deal.first, 0)
        coming = [*self.levels[past:], *np.zeros((LONGEST_DELAY, self.market.worlds))]
        self.levels = np.array([*self.levels[:past], *slipped(coming, self.level(year - 1), years)])
        rent = self._rent_from(year)
        self.sign(beyond(rent, self.left))
        self.drop(beyond(self.left, rent))

    def reduce(self, share: Array) -> None:
        """A share of its halls goes back this year, and their rent is owed no more."""
        self._give_back(share, self.market.year)

    def reject(self, share: Array) -> None:
        """The same from next year on."""
        self._give_back(share, self.market.year + 1)

    def _give_back(self, share: Array, year: int) -> None:
        place = max(year - self.deal.first, 0)
        self.levels = np.concatenate([self.levels[:place], self.levels[place:] * (1 - share)])
        self.drop(self.left - self._rent_from(year))

    def end(self) -> None:
        """It is broken: who breaks it pays the fee, and all halls go back."""
        if self.market.setup.states(self.deal, "exit_fee"):
            fee = self.given("exit_fee") * self.price * self._most(self.market.year - 1)
            parties = self.deal.source, self.deal.target
            payer, payee = sorted(parties, key=lambda party: party != self.deal.break_by)
            self.market.ledger.pay(payer, payee, "break_fee", fee)
        super().end()

    def pay_rent(self, part: Array | float) -> None:
        """The lessee pays a part of what is due for the year; of the rest the landlord has its halls back."""
        self.rent = self.due * part
        self.market.ledger.pay(self.deal.target, self.deal.source, "shell_rent", self.rent)
        self.pay(self.rent)
        if np.any(part != 1):
            self.drop(self.due * (1 - part))
            self.reject(1 - np.asarray(part))


class ShellLeases(Agreements[ShellLease]):
    """All leases of halls of a market. Numbers by lessee are `(W,)`."""

    kind = "lease"
    form = ShellLease

    def open(self) -> None:
        """Halls of the leases in force are a part of those that lessees have at the start."""
        super().open()
        for name, lessee in self._lessees():
            lessee.open_rented(self.halls_of(name, self.market.year), self._rent_of(name, self.market.year))
        for name, firm in self.market.firms.items():
            if firm.landlord is not None:
                firm.landlord.open_let(self.needed_from(name))

    def open_year(self) -> None:
        """Lessees get halls, or give them back: one lease can follow another in the same halls."""
        super().open_year()
        for name, lessee in self._lessees():
            now, later = (self.halls_of(name, self.market.year + more) for more in (0, 1))
            lessee.fleet.rent(now, self.market.supply.books, later)

    def _lessees(self) -> list[tuple[str, Supplier]]:
        """Whom halls are let to, by name."""
        names = dict.fromkeys(own.deal.target for own in self.all)
        owners = ((name, self.market.firms[name].supplier) for name in names)
        return [(name, owner) for name, owner in owners if owner is not None]

    def _of(self, lessee: str) -> list[ShellLease]:
        return [own for own in self.all if own.deal.target == lessee]

    def _sum(self, parts: list[Array]) -> Array:
        return total([self.market.ledger.zero, *parts])

    def halls_of(self, lessee: str, year: int) -> Array:
        """GW of halls that are let to an owner at the end of a year, as far as is signed."""
        return self._sum([own.level(year) for own in self._of(lessee)])

    def coming_to(self, lessee: str, years: int) -> Array:
        """GW of halls that it will get in so many years after this one, less what goes back in them."""
        now = self.market.year
        return self.halls_of(lessee, now + years) - self.halls_of(lessee, now)

    def new_to(self, lessee: str) -> Array:
        """GW of halls that came to it this year beyond those of last year, as far as it knew then."""
        now = self.market.year
        known = self._sum([own.level(now) for own in self._of(lessee) if own.deal.signed < now])
        return beyond(known, self.halls_of(lessee, now - 1))

    def _rent_of(self, lessee: str, year: int) -> Array:
        return self._sum([own.dues(year) for own in self._of(lessee)])

    def due_from(self, lessee: str) -> Array:
        """Rent that is due this year, $ bn."""
        return self._sum([own.due for own in self._of(lessee)])

    def left_of(self, lessee: str) -> Array:
        """Rent that it still owes for all years to come, $ bn."""
        return self._sum([own.left for own in self._of(lessee)])

    def added_rent(self, lessee: str) -> Array:
        """By how much last year's rent will have grown when what is begun now is ready, $ bn."""
        now = self.market.year
        return beyond(self._rent_of(lessee, now + ORDERED_AHEAD), self._rent_of(lessee, now - 1))

    def pay(self, lessee: str, part: Array | float) -> None:
        """An owner pays a part of the year's rent; the same part of its halls it keeps next year."""
        for own in self._of(lessee):
            own.pay_rent(part)

    def reject(self, lessee: str, share: Array) -> None:
        """In default an owner rejects a share of its leases: those halls go back next year."""
        for own in self._of(lessee):
            own.reject(share)

    # --- what a landlord asks ---

    def _from(self, landlord: str) -> list[ShellLease]:
        return [own for own in self.all if own.deal.source == landlord]

    def needed_from(self, landlord: str) -> Array:
        """GW of halls that a landlord has built by the end of this year: those let, and half of next year's.

        Halls are handed over in the middle of a year, and built in the twelve months before.
        """
        now = self.market.year
        let = [own.level(year) for own in self._from(landlord) for year in (now, now + 1)]
        return self._sum(let) / 2

    def paid_to(self, landlord: str) -> Array:
        """Rent that a landlord was paid this year, $ bn."""
        return self._sum([own.rent for own in self._from(landlord)])

    def owed_to(self, landlord: str) -> dict[str, Array]:
        """Rent that lessees still owe a landlord for all years to come, by lessee, $ bn."""
        owed: dict[str, Array] = {}
        for own in self._from(landlord):
            owed[own.deal.target] = owed.get(own.deal.target, self.market.ledger.zero) + own.left
        return owed

    def worth_to(self, landlord: str, rate: Array, ahead: int = 0) -> Array:
        """What its rent to come is worth at a rate of interest, at the end of such a year, `(W,)`, $ bn."""
        return self._sum([own.worth(rate, ahead) for own in self._from(landlord)])

    def _last_year(self, landlord: str) -> int:
        """The year at whose end nothing of its halls is let any more."""
        return max((own.deal.first + len(own.levels) for own in self._from(landlord)), default=0)

    def _let(self, landlord: str, year: int) -> Array:
        """GW of its halls that are let at the end of a year, `(W,)`."""
        return self._sum([own.level(year) for own in self._from(landlord)])

    def most_let(self, landlord: str, year: int) -> Array:
        """The most GW of its halls that are let at the end of a year or of those that follow, `(W,)`."""
        most = self.market.ledger.zero
        for each in range(year, self._last_year(landlord)):
            most = np.maximum(most, self._let(landlord, each))
        return most

    def freed_worth(self, landlord: str, built: Array, rate: Array) -> Array:
        """GW of what it has built that leases give back for good in later years, each discounted, `(W,)`."""
        freed = most = after = self.market.ledger.zero
        discount = 1 / (1 + rate)
        for year in range(self._last_year(landlord) - 1, self.market.year - 1, -1):
            most = np.maximum(most, self._let(landlord, year))
            before = np.minimum(built, most)
            freed, after = (freed + before - after) * discount, before
        return freed
