"""The frontier of efficiency: the most tokens of given quality that a GW-year gives, and its leaps."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.bounds import bounded
from computeshift.environment.setup import Array, per
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket


@dataclass(frozen=True, kw_only=True)
class FrontierParameters:
    """The pace of the frontier, and its leaps."""

    price_trend: Array = bounded(
        0.5, 100, "mean pace at which tokens get cheaper at the frontier, leaps included"
    )
    leap_chance: Array = bounded(0, 1, "chance of a leap in efficiency at the frontier")
    leap_size: Array = bounded(1, 1000, "fall in the cost of a token that a leap in efficiency brings")


class Frontier(State):
    """The most efficient methods and chips that anybody has. All arrays are `(W,)`.

    `level` is the log of tokens of given quality per GW-year, on the scale of the rent at the start.
    It follows `price_trend` in the mean: the drift between leaps is lower by what leaps are expected to
    bring. Leaps belong to the market, so that no firm's entry or exit moves the frontier. `leap` is what
    this year's leap added, log points; `author` is a draw that decides which lab makes it. `effort` is
    what each family of labs trains on, as a part of what the one with the most does.
    """

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.given = market.setup.given(FrontierParameters, "frontier")
        self.level: Array = np.log(market.compute.given.initial_rent)
        self.level_before = self.level
        self.drift = self.leap = self.author = market.ledger.zero
        self.effort: dict[str, Array] = {}

    def advance(self) -> None:
        """The year's drift, and a leap where one comes, drawn or as news."""
        given, market = self.given, self.market
        drawn = market.draws.uniform("leaps", market.year) < given.leap_chance
        self.leap = np.where(drawn, np.log(given.leap_size), 0.0) + market.news.efficiency_leap()
        self.author = market.draws.uniform("author of leaps", market.year)
        self.drift = np.log(given.price_trend) - self.leaps_expected()
        self.weigh_efforts()
        self.level_before = self.level
        self.level = self.level + self.drift + self.leap

    def weigh_efforts(self) -> None:
        """Note how much each family of labs trains, as they go into the year."""
        trained: dict[str, Array] = {}
        for lab in self.market.labs():
            trained[lab.family] = trained.get(lab.family, self.market.ledger.zero) + lab.training_end
        most = functools.reduce(np.maximum, trained.values(), self.market.ledger.zero)
        self.effort = {family: per(gw, most, 0.0) for family, gw in trained.items()}

    def leaps_expected(self) -> Array:
        """What leaps bring in a mean year, log points, `(W,)`."""
        return self.given.leap_chance * np.log(self.given.leap_size)

    def usual_distance(self, closed: Array) -> Array:
        """How far a lab stands behind in the mean, log points, `(W,)`.

        Each year it closes the share `closed` of its distance, and leaps add to it: the mean of that
        process, so that a lab that starts there neither falls back nor catches up.
        """
        return self.leaps_expected() / closed
