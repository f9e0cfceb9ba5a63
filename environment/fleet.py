"""Data centres: what is on line, what is being built, and what building costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeshift.environment.setup import Array, beyond, per, total
from computeshift.environment.state import State, sealed

AGES = 31  # years that a fleet's chips are told apart by: the longest life that is allowed, and one more
GROWN = 2.0  # factor a year by which fleets had grown before the start, so that half of them was new
HORIZON = 5  # years over which halls fall due: this one, and up to four after green fields are begun
_MIDYEAR: Array = np.arange(AGES, dtype=np.float64)[:, None] + 0.5  # years since chips were bought
# The parts of a fleet of the start, by the age of its chips.
_PARTS: Array = np.array([[(1 - 1 / GROWN) / GROWN**age] for age in range(AGES)])


class Fleet(State):
    """The AI capacity of one owner, GW of facility power, `(W,)`.

    `due` is `(HORIZON, W)`: GW of its own halls that are paid and ready for chips this year, the next, ….
    Of the halls that it rents `rented_empty` are ready for chips, and `rented_filled` have them: a part of
    `gw`, `fitted` of them this year. A part `staying` of rented halls is not known to go back next year. With
    rented halls chips went this year: `returned`, GW, and `scrapped`, their book value, $ bn.
    Of its own halls `late` had none at the end of the year, though they were ready, GW.
    `newness` is `(W,)`: what a mean GW earns, as a part of what one of the newest chips does.
    `bought`, `(years, W)`, is what chips cost that were bought since the start, $ bn, the newest first, and
    `at_start`, `(W,)`, what all earlier ones did; of both what has not retired.
    """

    def __init__(self, gw: Array, *due: Array) -> None:
        self.gw = gw
        self.opening_gw = gw
        self.due = np.array([*due, *[np.zeros_like(gw)] * (HORIZON - len(due))])
        self.started = np.zeros_like(gw)
        self.converted = np.zeros_like(gw)
        self.completed = np.zeros_like(gw)
        self.newness = np.ones_like(gw)
        self.bought: Array = np.zeros((0, *gw.shape))
        self.at_start = np.zeros_like(gw)
        self.rented_empty = self.rented_filled = np.zeros_like(gw)
        self.returned = self.scrapped = self.late = self.fitted = np.zeros_like(gw)
        self.staying = np.ones_like(gw)

    @property
    def ready(self) -> Array:
        """GW of halls that are ready for chips this year, its own and rented, `(W,)`.

        Halls that go back next year get none.
        """
        ready: Array = self.due[0] + self.staying * self.rented_empty
        return ready

    @property
    def rented(self) -> Array:
        """GW of halls that it rents, with chips or without, `(W,)`."""
        return self.rented_filled + self.rented_empty

    @property
    def pipeline(self) -> Array:
        """GW of halls begun and without chips, `(W,)`."""
        begun: Array = total(self.due) + self.rented_empty
        return begun

    @property
    def mean_gw(self) -> Array:
        """GW that were on line on average over the year, `(W,)`."""
        return (self.opening_gw + self.gw) / 2

    def open_books(self, chip_cost: Array, ageing: Array) -> None:
        """Lay down the ages of its chips at the start: each year's were twice those of the year before."""
        self.newness = usual_newness(ageing)
        self.at_start = self.gw * chip_cost

    def age(self, chip_cost: Array, ageing: Array, retirement: Array) -> None:
        """A year passes: chips earn less than new ones, `ageing` log points a year, and this year's join."""
        kept = self.gw - self.completed
        worth = kept * self.newness * np.exp(-ageing) + self.completed
        self.newness = per(worth, self.gw, 1.0)
        stays = 1 - retirement
        self.bought = np.array([self.completed * chip_cost, *(self.bought[: AGES - 1] * stays)])
        self.at_start = self.at_start * stays

    def depreciation(self, books: Books) -> Array:
        """What is written off its chips this year, $ bn, `(W,)`."""
        return self._at_cost(books.written) + self.scrapped

    def book_value(self, books: Books) -> Array:
        """What its chips are worth in its books at the end of the year, $ bn, `(W,)`."""
        return self._at_cost(books.left)

    def _at_cost(self, parts: Array) -> Array:
        """Parts of what chips cost by their age, `(ages, W)`, added up, $ bn, `(W,)`."""
        earlier = _PARTS[: len(parts)] * self.at_start
        cost = np.concatenate([self.bought, earlier])
        return total(cost[: len(parts)] * parts)

    def start(self, gw: Array, profile: Array) -> None:
        """Green fields; `profile` is `(HORIZON, W)`: the share of them ready this year, the next, …."""
        self.started = gw
        self.due = self.due + profile * gw

    def convert(self, gw: Array) -> None:
        """Halls of usual sites, made ready for chips at once."""
        self.converted = gw
        self.due = np.concatenate([self.due[:1] + gw, self.due[1:]])

    def delay(self, years: Array) -> None:
        """Everything in the pipeline slips by a part of a year, `(W,)` in [0, 1]."""
        earlier = np.concatenate([np.zeros_like(self.due[:1]), self.due[:-1]])
        last = np.concatenate([np.zeros_like(self.due[1:]), self.due[-1:]])
        self.due = (1 - years) * self.due + years * (earlier + last)

    def open_rented(self, gw: Array) -> None:
        """Of its halls of the start it rents so many GW, alike of those with chips and those that are ready.

        What there are not so many of stands empty besides.
        """
        part = np.minimum(per(gw, self.gw + self.due[0], 0.0), 1.0)
        self.rented_filled = part * self.gw
        self.rented_empty = gw - self.rented_filled
        self.due = np.concatenate([(1 - part) * self.due[:1], self.due[1:]])

    def rent(self, gw: Array, books: Books, next_year: Array) -> None:
        """From this year on it rents so many GW of halls, and of them `next_year` as many, `(W,)`.

        That happens in the course of the year. New ones are empty; of others a part goes back, as full as
        those that stay, but for the chips of last year where it was known: their chips come out and are
        scrapped.
        """
        stays = np.minimum(per(gw, self.rented, 1.0), 1.0)
        unforeseen = 1 - np.minimum(per(stays, self.staying, 1.0), 1.0)
        out = self.returned = (self.rented_filled - self.fitted) * (1 - stays) + self.fitted * unforeseen
        gone = np.minimum(per(out, self.gw, 0.0), 1.0)
        self.scrapped = gone * self.book_value(books)
        self.bought, self.at_start = (1 - gone) * self.bought, (1 - gone) * self.at_start
        self.gw = self.gw - out
        self.rented_filled = self.rented_filled - out
        self.rented_empty = beyond(gw, self.rented_filled)
        self.staying = np.minimum(per(next_year, gw, 1.0), 1.0)

    def finish(self, gw: Array, retirement: Array) -> None:
        """Chips come on line and old ones retire; halls that got none are ready next year.

        Its own halls and rented ones get chips in proportion. A rented hall outlasts its chips: it is ready
        for new ones next year.
        """
        in_rented = gw * per(self.staying * self.rented_empty, self.ready, 0.0)
        freed = self.rented_filled * retirement
        self.rented_empty = self.rented_empty - in_rented + freed
        self.rented_filled = self.rented_filled - freed + in_rented
        self.fitted = in_rented
        late = self.due[0] - (gw - in_rented)
        self.late = late
        self.due = np.concatenate([self.due[1:2] + late, self.due[2:], np.zeros_like(self.due[:1])])
        self.opening_gw = self.gw + self.returned
        self.gw = self.gw * (1 - retirement) + gw
        self.completed = gw


def usual_newness(ageing: Array) -> Array:
    """What a GW of a fleet that doubles every year earns, as a part of what a new one does, `(W,)`.

    >>> round(float(usual_newness(np.array(np.log(2)))), 4)
    0.6667
    """
    return (1 - 1 / GROWN) / (1 - np.exp(-ageing) / GROWN)


@dataclass(frozen=True)
class Books:
    """Straight-line depreciation by the age of chips: the parts of their cost, `(ages, W)`.

    What retires leaves the books in the year in which it does. Older chips than these are written off
    whole in every world.
    """

    written: Array
    """Written off in the year, what was left of chips that retired in it included."""
    left: Array
    """Left in the books at the end of the year."""


def straight_line(life: Array, retirement: Array) -> Books:
    """The books of chips with a life, years, `(W,)`; they come on line in the middle of a year.

    `retirement` is the share of all chips but this year's that is scrapped a year, `(W,)`.
    """
    midyear = _MIDYEAR[~(_MIDYEAR[:, 0] - 1 >= life.max())]
    before, after = (np.clip(years / life, 0.0, 1.0) for years in (midyear - 1, midyear))
    scrapped = retirement / (1 - retirement)  # over what stays: the parts are of what stays at cost
    written = after - before + np.where(midyear > 1, scrapped * (1 - before), 0.0)
    return Books(sealed(written), sealed(1 - after))


def capital_recovery(rate: Array, years: Array) -> Array:
    """The yearly payment per dollar invested that returns it with interest over its life.

    >>> round(float(capital_recovery(np.array(0.10), np.array(5.0))), 4)
    0.2638
    """
    return rate / (1 - (1 + rate) ** -years)
