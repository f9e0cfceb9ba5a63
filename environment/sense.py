"""Sense: what holds of every world in every year, whatever its numbers; where it does not, that is noted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from computeshift.environment.ledger import MONEY, WORTH
from computeshift.environment.setup import Array, total

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

HAIR = 1e-9  # of rounding, in any unit
MOST = 1e6  # $ bn, or $ bn per GW-year: about ten times the yearly product of the world
FINITE = float(np.finfo(np.float64).max)

Span = tuple[float, float]
"""The lowest and the highest value that makes sense."""

V = TypeVar("V")
_SHARE: Span = (0, 1)
_MONEY: Span = (0, MOST)
_NOT_NEGATIVE: Span = (0, FINITE)
_ANY: Span = (-FINITE, FINITE)
_EITHER_SIGN: Span = (-MOST, MOST)
_WHOLE: Span = (1, 1)

_SPANS: dict[str, Span] = {
    "share": _SHARE,
    "0/1": _SHARE,
    MONEY: _MONEY,
    WORTH: _MONEY,
    "$ bn per GW": _MONEY,
    "$ bn per GW-year": _MONEY,
    "log": _ANY,
    "notches": _ANY,
}
"""By unit; of any other unit nothing is negative."""

_OTHERWISE: dict[str, Span] = {
    "cash": _EITHER_SIGN,
    "burn": _EITHER_SIGN,
    "nav": _EITHER_SIGN,
    "initial_nav": _EITHER_SIGN,
    "ltv": _ANY,
    "services_spending": _NOT_NEGATIVE,
}
"""Variables that may be negative, or are a wish that nobody may be able to meet."""


def span_of(name: str, unit: str) -> Span:
    """The lowest and the highest value that makes sense of a variable in a unit.

    >>> span_of("trust", "share"), span_of("cash", "$ bn"), span_of("gw", "GW")[0]
    ((0, 1), (-1000000.0, 1000000.0), 0)
    """
    return _OTHERWISE.get(name) or _SPANS.get(unit, _NOT_NEGATIVE)


class Sense:
    """Looks at every number of a year, and notes which worlds break which check."""

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.broken: list[tuple[str, npt.NDArray[np.bool_]]] = []

    def checked(self, owner: str, name: str, value: V, span: Span) -> V:
        """The value of a variable as it is logged, after a look at it."""
        if isinstance(value, np.ndarray) and not _within(value, span):
            self._note(f"{owner}.{name}", value, span)
        return value

    def look(self) -> None:
        """Check the flows and the wholes of the year that has just been closed."""
        for flow in self.market.ledger.this_year():
            span = _SPANS.get(flow.unit, _NOT_NEGATIVE)
            if not _within(flow.amount, span):
                self._note(f"{flow.kind} from {flow.source} to {flow.target}", flow.amount, span)
        for what, values, span in self._wholes():
            if not _within(values, span):
                self._note(what, values, span)

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

    def _wholes(self) -> Iterator[tuple[str, Array, Span]]:
        """Parts and their wholes: what, its values, and which of them make sense."""
        market, zero = self.market, self.market.ledger.zero
        for firm, stakes in market.capital.stakes.items():
            yield f"the sum of stakes in {firm}", sum(stakes.values(), zero), _SHARE
        sponsors = market.stargate.sponsor_shares.values()
        yield "the sum of sponsors' parts of Stargate", sum(sponsors, zero), _SHARE
        shares = [share for lab in market.labs() if (share := lab.market_share) is not None]
        if shares:
            yield "the sum of shares of customers' spending", total(shares), _WHOLE
        yield "the least part of new sites that is due in a year", market.supply.profile.min(axis=0), _SHARE
        for supplier in market.suppliers:
            name, fleet = supplier.name, supplier.fleet
            yield f"the least of {name}'s sites due in a year", fleet.due.min(axis=0), _NOT_NEGATIVE
            rented = np.minimum(fleet.rented_filled, fleet.rented_empty)
            yield f"the lesser part of {name}'s rented halls", rented, _NOT_NEGATIVE
            yield f"{name}'s capacity left by labs", fleet.gw - supplier.leased_gw, _NOT_NEGATIVE

    def _note(self, what: str, values: Array, span: Span) -> None:
        """Note the worlds where a value is none, or outside its span, but for rounding."""
        low, high = span
        finite = np.isfinite(values)
        for wrong, where in (
            ("is not finite", ~finite),
            (f"is below {low:,.9g}", finite & (values < low - HAIR)),
            (f"is above {high:,.9g}", finite & (values > high + HAIR)),
        ):
            if where.any():
                everywhere = np.broadcast_to(where, self.market.worlds)
                self.broken.append((f"{what} {wrong} in {self.market.year}", everywhere))


def _within(values: Array, span: Span) -> bool:
    """Whether all values lie in a span; not if one is no number."""
    low, high = span
    return bool(np.minimum.reduce(values) >= low - HAIR and np.maximum.reduce(values) <= high + HAIR)
