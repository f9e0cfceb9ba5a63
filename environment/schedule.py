"""Schedules: the GW that are to be there at the end of each calendar year, and what cuts leave of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from computeshift.environment.setup import Array, Deal, Setup
from computeshift.environment.state import State, in_place, sealed, with_rows


class Schedule(State):
    """Firm GW by calendar year and row.

    `gw`, `(years, rows, W)`, are to be there at the end of each year from the start on, before cuts; of them
    the part `kept`, `(rows, W)`, is in force. `last` is the last year for which anything is scheduled.
    """

    def __init__(self, start: int, years: int, rows: int, worlds: int) -> None:
        self.start = self.last = start
        self.gw = np.zeros((years, rows, worlds))
        self.kept = np.ones((rows, worlds))
        self._levels: dict[int, Array] = {}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """What was pickled cannot be written into: have a copy."""
        super().__setstate__(state | {"gw": state["gw"].copy()})

    @property
    def end(self) -> int:
        """The last year for which anything can be scheduled."""
        return self.start + len(self.gw) - 1

    def extend(self, rows: int) -> None:
        """Have more rows, for which nothing is scheduled yet."""
        years, _, worlds = self.gw.shape
        self.gw = np.concatenate([self.gw, np.zeros((years, rows, worlds))], axis=1)
        self.kept = np.concatenate([self.kept, np.ones((rows, worlds))])
        self._levels = {}

    def level(self, year: int) -> Array:
        """GW that are to be there at the end of a calendar year, `(rows, W)`."""
        place = min(year, self.end) - self.start
        if place not in self._levels:  # asked for many times a year, and changed a few times
            self._levels[place] = sealed(self.gw[place] * self.kept)
        return self._levels[place]

    def of(self, row: int, year: int) -> Array:
        """The same of one row, at the end of a calendar year and of all later ones, `(years, W)`."""
        levels: Array = self.gw[year - self.start :, row] * self.kept[row]
        return levels

    def cut(self, rows: int | slice | list[int], left: Array) -> None:
        """Of some rows only a part stays in force, `(W,)` or `(rows, W)`."""
        self.kept, self._levels = with_rows(self.kept, rows, self.kept[rows] * left), {}

    def add(self, rows: int | slice, year: int, first: int, gw: Array) -> None:
        """In the course of a year more GW, or fewer, are scheduled for the end of later ones.

        `gw` is `(years, W)` for one row, or `(years, rows, W)`, of the years from `first` on.
        """
        self._settle(year - 1)
        self.last = max(self.last, first + len(gw) - 1)
        with in_place(self.gw) as levels:
            levels[first - self.start :, rows][: len(gw)] += gw
        self._levels = {}

    def _settle(self, year: int) -> None:
        """Make what is in force the schedule of a year and of those to come."""
        if (self.kept == 1).all():
            return
        with in_place(self.gw) as levels:
            levels[max(year - self.start, 0) : self.last - self.start + 1] *= self.kept
        self.kept, self._levels = np.ones_like(self.kept), {}


def planned(setup: Setup, deal: Deal) -> Array:
    """GW that are to be there at the end of each year of a deal of the config, `(years, W)`.

    A schedule holds each level until the next year that it names; without one they ramp up to full size.
    """
    years = range(deal.first, deal.last + 1)
    steps = setup.schedule_of(deal)
    if steps:
        return np.array([steps[max(step for step in steps if step <= year)] for year in years])
    size, ramp = setup.of_deal(deal, "gw"), np.maximum(setup.of_deal(deal, "ramp"), 1e-9)
    return np.asarray(size * np.clip((np.array(years)[:, None] - deal.first + 1) / ramp, 0.0, 1.0))


def slipped(levels: Sequence[Array], before: Array, years: Array) -> list[Array]:
    """Levels of this year and of later ones, if what was not there `before` slips by years, with its end."""
    there = [np.minimum(level, before) for level in levels]
    coming = [level - own for level, own in zip(levels, there, strict=True)]
    slips = between(years)
    return [
        sum((coming[year - k] * part for k, part in slips if year >= k), own)
        for year, own in enumerate(there)
    ]


def between(years: Array) -> list[tuple[int, Array]]:
    """Whole years and the share that each has in a number of years, so that what is between two has of both.

    >>> [(year, float(share)) for year, share in between(np.array(2.25)) if share > 0]
    [(2, 0.75), (3, 0.25)]
    """
    whole = range(int(np.floor(years.min())), int(np.ceil(years.max())) + 1)
    return [(year, np.maximum(1 - np.abs(years - year), 0.0)) for year in whole]
