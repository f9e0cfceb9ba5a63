"""Data centres: what is on line, what is being built, and what building costs."""

from __future__ import annotations

import numpy as np

from computeshift.environment.setup import Array, total
from computeshift.environment.state import State

HORIZON = 5  # years over which halls fall due: this one, and up to four after green fields are begun


class Fleet(State):
    """The AI capacity of one owner, GW of facility power, `(W,)`.

    `due` is `(HORIZON, W)`: GW of halls that are paid and ready for chips this year, the next, …
    """

    def __init__(self, gw: Array, *due: Array) -> None:
        self.gw = gw
        self.opening_gw = gw
        self.due = np.array([*due, *[np.zeros_like(gw)] * (HORIZON - len(due))])
        self.started = np.zeros_like(gw)
        self.converted = np.zeros_like(gw)
        self.completed = np.zeros_like(gw)

    @property
    def pipeline(self) -> Array:
        """GW of halls begun and without chips, `(W,)`."""
        return total(self.due)

    @property
    def mean_gw(self) -> Array:
        """GW that were on line on average over the year, `(W,)`."""
        return (self.opening_gw + self.gw) / 2

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

    def finish(self, gw: Array, retirement: Array) -> None:
        """Chips come on line and old ones retire; halls that got none are ready next year."""
        late = self.due[0] - gw
        self.due = np.concatenate([self.due[1:2] + late, self.due[2:], np.zeros_like(self.due[:1])])
        self.opening_gw = self.gw
        self.gw = self.gw * (1 - retirement) + gw
        self.completed = gw


def capital_recovery(rate: Array, years: Array) -> Array:
    """The yearly payment per dollar invested that returns it with interest over its life.

    >>> round(float(capital_recovery(np.array(0.10), np.array(5.0))), 4)
    0.2638
    """
    return rate / (1 - (1 + rate) ** -years)
