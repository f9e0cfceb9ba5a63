"""News: typed shocks, scheduled by the config or drawn, each with a size, a start and an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.bounds import Bounds
from computeshift.environment.setup import Array, Shock
from computeshift.environment.state import Sealed, State

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket


@dataclass(frozen=True)
class ShockKind:
    """What a shock does: the unit of its size, the sizes it can have, a usual size, and one line.

    One that does not last acts in its first year only. All of a kind together are within its bounds.
    The usual size is that of the config that tells of it, where there is one. `firm` is the kind of firm
    without which it changes nothing; empty for one that changes the whole market.
    """

    unit: str
    bounds: Bounds
    usual: float
    doc: str
    lasts: bool = True
    firm: str = ""


SHOCKS = {
    "nav_fall": ShockKind(
        "share",
        Bounds(0, 1),
        0.5,
        "what leveraged investors hold besides AI loses this share of value",
        lasts=False,
        firm="softbank",
    ),
    "efficiency_leap": ShockKind(
        "factor - 1",
        Bounds(0, 1000),
        9,
        "the cost per token at the frontier falls at once, by this factor",
        lasts=False,
    ),
    "chip_limit": ShockKind(
        "share",
        Bounds(0, 1),
        0.5,
        "China's supply of chips falls by this share, that of all others by a tenth of it",
    ),
    "permit_delay": ShockKind(
        "years",
        Bounds(0, 1),
        1,
        "Stargate's sites under way are delayed by this much in each year of the shock, at most by a year",
    ),
    "credit_crunch": ShockKind(
        "basis points",
        Bounds(0, 5000),
        300,
        "lenders ask this much more interest above the base rate, and lend less",
    ),
    "demand_fall": ShockKind(
        "share", Bounds(0, 1), 0.5, "customers' demand grows by this share less than expected"
    ),
    "sentiment_fall": ShockKind(
        "share",
        Bounds(0, 0.95),
        0.3,
        "investors' mood falls by this share, and with it valuations and outside money",
        lasts=False,
    ),
    "capacity_offer": ShockKind(
        "factor - 1",
        Bounds(0, 10),
        1,
        "Microsoft offers OpenAI more capacity, by this factor",
        firm="microsoft",
    ),
}
"""The kinds of news, with units and bounds. A size of zero is no news, to the last bit."""

PROBABILITY = Bounds(0, 1)
STRIKES = "probability that it strikes in its year, or in each year if it has none"


class News(State):
    """What strikes this year: `acting` is by kind the size that acts, zero where none does, `(W,)`."""

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.started = Sealed({s.name: np.zeros(market.worlds) for s in self._shocks})
        self.acting: dict[str, Array] = {kind: np.zeros(market.worlds) for kind in SHOCKS}

    @property
    def _shocks(self) -> tuple[Shock, ...]:
        return self.market.setup.shocks

    def adopt(self) -> None:
        """Know the shocks of the market's new setup; those that are on stay on."""
        for shock in self._shocks:
            self.started.setdefault(shock.name, np.zeros(self.market.worlds))

    def strike(self) -> None:
        """Decide which shocks act this year: those that begin, and of those that last the ones still on."""
        acting = {kind: np.zeros(self.market.worlds) for kind in SHOCKS}
        for shock in self._shocks:
            size = self.market.setup.parameters[f"shocks.{shock.name}.size"]
            begins, active = self._state(shock)
            acts = active if SHOCKS[shock.kind].lasts else begins
            acting[shock.kind] = acting[shock.kind] + size * acts
        self.acting = {kind: np.minimum(size, SHOCKS[kind].bounds.high) for kind, size in acting.items()}

    def _state(self, shock: Shock) -> tuple[Array, Array]:
        """Where a shock begins this year and where it is on, 0 or 1, `(W,)` each."""
        market = self.market
        chance = market.setup.parameters[f"shocks.{shock.name}.probability"]
        if shock.year in (None, market.year):
            luck = market.draws.uniform(f"shock {shock.name}", market.year)
            begins = (luck < chance).astype(float)
            self.started[shock.name] = begins
            return begins, begins
        first = shock.year or market.year
        lasting = first < market.year <= (shock.until or first)
        return np.zeros(market.worlds), self.started[shock.name] * float(lasting)

    # --- what each kind means to whom ---

    def nav_fall(self) -> Array:
        """Share of a leveraged investor's other holdings lost this year, `(W,)`."""
        return self.acting["nav_fall"]

    def efficiency_leap(self) -> Array:
        """Log points by which the frontier's cost per token falls beyond the trend, `(W,)`."""
        return np.log1p(self.acting["efficiency_leap"])

    def chip_limit(self, export_controlled: bool) -> Array:
        """Share of its chips that an owner does not get, `(W,)`."""
        size = self.acting["chip_limit"]
        return size if export_controlled else size / 10

    def permit_delay(self) -> Array:
        """Part of a year by which Stargate's pipeline slips this year, `(W,)` in [0, 1]."""
        return self.acting["permit_delay"]

    def credit_spread(self) -> Array:
        """Added credit spread, a share a year, `(W,)`."""
        return self.acting["credit_crunch"] / 10_000

    def demand_fall(self) -> Array:
        """Share of demand's growth that does not come, `(W,)`."""
        return self.acting["demand_fall"]

    def sentiment_fall(self) -> Array:
        """Share by which the mood falls this year, `(W,)`."""
        return self.acting["sentiment_fall"]

    def capacity_offer(self) -> Array:
        """Factor on what Microsoft offers to OpenAI, `(W,)`."""
        return 1 + self.acting["capacity_offer"]
