"""Ratings: how safe an agency takes each borrower to be, in notches, and what that makes its debt cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from computeshift.environment.bounds import bounded
from computeshift.environment.capital import turns
from computeshift.environment.setup import Array, per
from computeshift.environment.state import Sealed, State

if TYPE_CHECKING:
    from computeshift.environment.firms import Participant
    from computeshift.environment.market import ComputeMarket

SCALE = (
    *("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-"),
    *("BB+", "BB", "BB-", "B+", "B", "B-", "CCC+", "CCC", "CCC-", "CC", "C"),
)
"""The rating agencies' long-term scale, in words; AAA is notch 1. From BB+ on it is junk."""
BEST, WORST = 1.0, float(len(SCALE))
LAST_GRADE, FIRST_JUNK = 10.0, 10.5  # BBB-, the last notch of investment grade; where a rating is called junk
AT_BASE = 9.0  # BBB: the notch whose spread `capital.base_spread` is
CARRIED = 12  # turns of earnings: at about 8% interest takes all of them, and more can't be refinanced
MOST_TURNS = 100  # of a year's cash flow: from any home that is the end of the scale


@dataclass(frozen=True, kw_only=True)
class RatingParameters:
    """How the rating agencies judge, and what lenders make of it."""

    speed: Array = bounded(0, 1, "part of the gap between a rating and its goal that closes")
    leverage_notches: Array = bounded(0, 10, "fall of a rating as debt grows against cash flow")
    tenant_weight: Array = bounded(0, 2, "weight of its tenants' ratings in a cloud's own")
    runway_notches: Array = bounded(0, 20, "fall of a lab's rating if it had no money at all for its plan")
    unpaid_notches: Array = bounded(0, 20, "fall of a firm's rating if it paid nothing of what it owes")
    spread_step: Array = bounded(0, 0.5, "rise of a firm's spread as its rating falls")
    lenders_step: Array = bounded(0, 10, "sharpness with which lending ends around a lender's cut-off rating")


class Standing(NamedTuple):
    """What an agency reads in a firm's books: its home, in notches, and what moves it, by cause, `(W,)`.

    The home is its rating at the start, so that only what has changed since moves it.
    """

    home: Array
    pulls: Mapping[str, Array]


class Ratings(State):
    """The rating of each firm that is judged, in notches, `(W,)`: a number between notches, never a step.

    A firm's goal is its home, moved by what has changed in its books since the start. At each year's end
    the agency goes a part of the way there, since it looks through what may pass (Altman & Rijken 2004,
    How rating agencies achieve rating stability). What debt costs rises by the same part with each notch.
    """

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.given = market.setup.given(RatingParameters, "ratings")
        self.notch = Sealed[Array]()
        self.goal = Sealed[Array]()
        self.rates = Sealed[Array]()
        self.at_start: dict[str, Mapping[str, Array]] = {}
        self.pulls: dict[str, Mapping[str, Array]] = {}

    def found(self, firm: Participant) -> None:
        """A firm begins at its home."""
        standing = firm.standing()
        if standing is None:
            return
        self.notch[firm.name] = self.goal[firm.name] = standing.home
        self.rates[firm.name] = self.rate(standing.home)

    def open(self) -> None:
        """Read the books of the start, of which each home rating is the judgement."""
        self.at_start = {name: standing.pulls for name, standing in self._standings().items()}

    def review(self) -> None:
        """The year's judgement of all firms at once, on what each other's ratings were before."""
        standings = self._standings()
        for name, standing in standings.items():
            start = self.at_start[name]
            self.pulls[name] = {cause: pull - start[cause] for cause, pull in standing.pulls.items()}
            self.goal[name] = self._goal(standing.home, self.pulls[name])
        for name in standings:
            self.notch[name] = self.notch[name] + self.given.speed * (self.goal[name] - self.notch[name])
            self.rates[name] = self.rate(self.notch[name])

    def tends_to(self, firm: str, home: Array, read: Mapping[str, Array]) -> Array:
        """The goal that an agency would set a firm if it read these causes now, in notches, `(W,)`.

        All other causes are as at its last review.
        """
        start, last = self.at_start.get(firm, read), self.pulls.get(firm, {})
        pulls = {**last, **{cause: pull - start[cause] for cause, pull in read.items()}}
        return self._goal(home, pulls)

    def _goal(self, home: Array, pulls: Mapping[str, Array]) -> Array:
        return np.clip(home + sum(pulls.values(), self.market.ledger.zero), BEST, WORST)

    def pull(self, firm: str, cause: str) -> Array:
        """By how many notches a cause moves a firm's goal from its home, `(W,)`; none at the start."""
        return self.pulls.get(firm, {}).get(cause, self.market.ledger.zero)

    def _standings(self) -> dict[str, Standing]:
        firms = self.market.firms.items()
        return {name: own for name, firm in firms if (own := firm.standing()) is not None}

    # --- what others ask ---

    def of(self, firm: str, otherwise: Array) -> Array:
        """A firm's rating, in notches, `(W,)`, or what is said where nobody judges it."""
        return self.notch.get(firm, otherwise)

    def below(self, firm: str, home: Array) -> Array:
        """By how many notches a firm is rated worse than another's home, `(W,)`: none if nobody judges it."""
        return np.maximum(self.of(firm, home) - home, 0.0)

    def of_tenants(self, home: Array, hanging: Mapping[str, Array], income: Array) -> Array:
        """By how many notches those are worse than a home that the income of its firm hangs on, `(W,)`.

        Each counts by its part of that income; `hanging` is what comes of each, in the unit of `income`.
        """
        worse = (own * self.below(name, home) for name, own in hanging.items())
        return per(sum(worse, self.market.ledger.zero), income, 0.0)

    def rate(self, notch: Array) -> Array:
        """What debt of a rating costs, a share a year, `(W,)`: news adds the same to all spreads."""
        capital = self.market.capital
        more = np.expm1(self.given.spread_step * (notch - AT_BASE))
        return capital.given.base_rate + capital.spread + capital.usual_spread * more

    def usual_rate(self, notch: Array) -> Array:
        """The same in the market of the start, without distress and news, `(W,)`."""
        given = self.market.capital.given
        return given.base_rate + given.base_spread * np.exp(self.given.spread_step * (notch - AT_BASE))

    def rate_of(self, firm: str) -> Array:
        """What a firm's debt costs until the next review, a share a year, `(W,)`."""
        capital = self.market.capital
        return self.rates.get(firm, capital.given.base_rate + capital.spread)

    def part_lent(self, cut_off: Array, borrower: str) -> Array:
        """The part of what a firm wants that a lender is ready to see lent on its rating, in [0, 1], `(W,)`.

        A logistic curve over its value at AAA: half at the lender's cut-off, but for a hair, and less below;
        all at any rating where `lenders_step` is 0, so that notches count for nothing. Funds may hold
        a part of what is rated below their mandate, and prices of fallen angels fall over years (Ellul,
        Jotikasthira & Lundblad 2011).
        """
        if borrower not in self.notch:
            return np.ones_like(cut_off)
        step = self.given.lenders_step
        below: Array = step * (self.notch[borrower] - cut_off)
        at_best: Array = 1 + np.exp(step * (BEST - cut_off))
        lent: Array = at_best / (1 + np.exp(np.minimum(below, 500.0)))
        return lent


def doublings(debt: Array, cash_flow: Array) -> Array:
    """Debt over a year's cash flow in doublings of one plus it, `(W,)`: none without debt.

    From grade to grade agencies' medians of debt over cash flow rise by about the same factor, not by the
    same number of turns. Where no cash flow is left to carry debt with, it counts as a hundred turns.

    >>> doublings(np.array([0.0, 6.0, 14.0]), np.array([2.0, 2.0, 2.0]))
    array([0., 2., 3.])
    """
    doubled: Array = np.log2(1 + turns(debt, cash_flow, MOST_TURNS))
    return doubled


def carried_by(doubled: Array) -> Array:
    """The debt over a year's cash flow that so many `doublings` are, `(W,)`.

    >>> carried_by(np.array([0.0, 2.0, 3.0]))
    array([0., 3., 7.])
    """
    return np.exp2(doubled) - 1


def in_words(notch: float) -> str:
    """A rating in words: the nearest notch's.

    >>> in_words(9), in_words(10.4), in_words(10.6), in_words(1)
    ('BBB', 'BBB-', 'BB+', 'AAA')
    """
    return SCALE[int(np.clip(np.floor(notch + 0.5), BEST, WORST)) - 1]
