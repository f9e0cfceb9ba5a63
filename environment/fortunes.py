"""The luck of firms' other business: a year is good or bad for all of them, and for each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.setup import Array
from computeshift.environment.state import Sealed, State

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

OWN = ("other business", "other capex", "debt")
"""What a firm has luck of its own with."""


class Fortunes(State):
    """Standard normal numbers of the year, `(W,)`: one that all firms share, and some for each firm.

    A firm's own draws belong to its stream, so that the two halves of a firm have the same luck.
    """

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.common = market.ledger.zero
        self.own = {what: Sealed[Array]() for what in OWN}

    def turn(self) -> None:
        """The year's luck is drawn, for every cloud."""
        draws, year = self.market.draws, self.market.year
        firms = self.market.firms.values()
        streams = {firm.stream for firm in firms if firm.supplier is not None and firm.supplier.has_tenants}
        self.common = draws.normal("other business", year)
        self.own = {
            what: Sealed({name: draws.normal(f"{name} {what}", year) for name in sorted(streams)})
            for what in OWN
        }

    def of_business(self, stream: str, shared: Array) -> Array:
        """The year's luck of a firm's business, `(W,)`: a part `shared` of its variance is common to all."""
        return np.sqrt(shared) * self.common + np.sqrt(1 - shared) * self.of(stream, "other business")

    def of(self, stream: str, what: str) -> Array:
        """A firm's own luck of the year in one of the things that `OWN` names, `(W,)`."""
        return self.own[what].get(stream, self.market.ledger.zero)
