"""Sense: what holds of every world in every year, whatever its numbers; where it does not, that is noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from computeshift.environment.ledger import MONEY, WORTH
from computeshift.environment.setup import Array, total

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

HAIR = 1e-9  # of rounding, in any unit
MOST = 1e6  # $ bn, or $ bn per GW-year: about ten times the yearly product of the world
FINITE = float(np.finfo(np.float64).max)

_SPANS: dict[str, tuple[float, float]] = {
    "share": (0, 1),
    "0/1": (0, 1),
    MONEY: (0, MOST),
    WORTH: (0, MOST),
    "$ bn per GW": (0, MOST),
    "$ bn per GW-year": (0, MOST),
    "log": (-FINITE, FINITE),
}
"""The lowest and the highest value by unit; of any other unit nothing is negative."""

_OTHERWISE: dict[str, tuple[float, float]] = {
    "cash": (-MOST, MOST),
    "burn": (-MOST, MOST),
    "nav": (-MOST, MOST),
    "initial_nav": (-MOST, MOST),
    "ltv": (-FINITE, FINITE),
    "services_spending": (0, FINITE),
}
"""Variables that may be negative, or are a wish that nobody may be able to meet."""

_SHARES_OF_A_MARKET = 1e-4  # shares are at least a millionth each, so together a little above 1


def span(name: str, unit: str) -> tuple[float, float]:
    """The lowest and the highest value that makes sense of a variable in a unit.

    >>> span("trust", "share"), span("cash", "$ bn"), span("gw", "GW")[0]
    ((0, 1), (-1000000.0, 1000000.0), 0)
    """
    return _OTHERWISE.get(name) or _SPANS.get(unit, (0, FINITE))


Units = Mapping[str, str]


class Sense:
    """Looks at every number of a year, and notes which worlds break which check."""

    def __init__(self, market: ComputeMarket, of_market: Units, of_agents: Units) -> None:
        """`of_market` and `of_agents` are the variables to look at, each with its unit."""
        self.market = market
        self.broken: list[tuple[str, npt.NDArray[np.bool_]]] = []
        self._of_market = {name: span(name, unit) for name, unit in of_market.items()}
        self._of_agents = {name: span(name, unit) for name, unit in of_agents.items()}

    def look(self) -> None:
        """Check the year that has just been closed."""
        market = self.market
        for name, (low, high) in self._of_market.items():
            self._within(f"market.{name}", getattr(market, name), low, high)
        for firm in market.firms.values():
            for name, (low, high) in self._of_agents.items():
                value = getattr(firm, name, None)
                if isinstance(value, np.ndarray):
                    self._within(f"{firm.name}.{name}", value, low, high)
        for flow in market.ledger.this_year():
            low, high = _SPANS.get(flow.unit, (0, FINITE))
            self._within(f"{flow.kind} from {flow.source} to {flow.target}", flow.amount, low, high)
        for what, values, low, high in self._wholes():
            self._within(what, values, low, high)

    def reasons(self) -> dict[str, list[int]]:
        """The worlds that break a check, by what they broke first."""
        first = self.market.setup.first_world
        found: dict[str, list[int]] = {}
        left = np.ones(self.market.worlds, dtype=bool)
        for reason, where in self.broken:
            worlds = np.flatnonzero(where & left)
            left &= ~where
            if len(worlds):
                found.setdefault(reason, []).extend(int(world) + first for world in worlds)
        return found

    def _wholes(self) -> Iterator[tuple[str, Array, float, float]]:
        """Parts and their wholes: what, its values, and the lowest and the highest that make sense."""
        market, zero = self.market, self.market.ledger.zero
        for firm, stakes in market.capital.stakes.items():
            yield f"the sum of stakes in {firm}", sum(stakes.values(), zero), 0, 1
        sponsors = market.stargate.sponsor_shares.values()
        yield "the sum of sponsors' parts of Stargate", sum(sponsors, zero), 0, 1
        shares = [share for lab in market.labs() if (share := lab.market_share) is not None]
        if shares:
            low, high = 1 - _SHARES_OF_A_MARKET, 1 + _SHARES_OF_A_MARKET
            yield "the sum of shares of customers' spending", total(shares), low, high
        yield "the least part of new sites that is due in a year", market.compute.profile.min(axis=0), 0, 1
        for supplier in market.suppliers:
            name, fleet = supplier.name, supplier.fleet
            yield f"the least of {name}'s sites due in a year", fleet.due.min(axis=0), 0, FINITE
            yield f"{name}'s capacity left by labs", fleet.gw - supplier.leased_gw, 0, FINITE

    def _within(self, what: str, values: Any, low: float, high: float) -> None:
        """Note the worlds where a value is none, or not within low and high, but for rounding."""
        values = np.asarray(values)
        if values.min() >= low - HAIR and values.max() <= high + HAIR:
            return
        finite = np.isfinite(values)
        self._note(f"{what} is not finite", ~finite)
        self._note(f"{what} is below {low:g}", finite & (values < low - HAIR))
        self._note(f"{what} is above {high:g}", finite & (values > high + HAIR))

    def _note(self, wrong: str, where: npt.NDArray[np.bool_]) -> None:
        if where.any():
            self.broken.append((f"{wrong} in {self.market.year}", np.broadcast_to(where, self.market.worlds)))
