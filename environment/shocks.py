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
    """What a shock does: the unit of its size, the sizes it can have, and one line."""

    unit: str
    bounds: Bounds
    doc: str


SHOCKS = {
    "nav_fall": ShockKind(
        "share", Bounds(0, 1), "leveraged investors' other holdings lose this share of value"
    ),
    "efficiency_leap": ShockKind(
        "factor - 1", Bounds(0, 1000), "DeepSeek's cost per token falls by this factor"
    ),
    "chip_limit": ShockKind(
        "share", Bounds(0, 1), "China's chips fall by this share, all others' by a tenth of it"
    ),
    "permit_delay": ShockKind(
        "years",
        Bounds(0, 1),
        "Stargate's pipeline slips by this much in each year it is on, at most a year",
    ),
    "credit_crunch": ShockKind("basis points", Bounds(0, 5000), "credit spreads rise"),
    "demand_fall": ShockKind("share", Bounds(0, 1), "this share of demand's growth does not come"),
    "sentiment_fall": ShockKind("share", Bounds(0, 0.95), "valuations and outside money fall"),
    "capacity_offer": ShockKind("factor - 1", Bounds(0, 10), "what Microsoft offers to OpenAI rises"),
}
"""The kinds of news, with units and bounds. A size of zero is no news, to the last bit."""

PROBABILITY = Bounds(0, 1)


class News(State):
    """What strikes this year: for each shock its size where it is on, zero where it is not, `(W,)`."""

    def __init__(self, market: ComputeMarket) -> None:
        self.market = market
        self.started = Sealed({s.name: np.zeros(market.worlds) for s in self._shocks})
        self.size: dict[str, Array] = {kind: np.zeros(market.worlds) for kind in SHOCKS}
        self.struck: dict[str, Array] = dict(self.size)

    @property
    def _shocks(self) -> tuple[Shock, ...]:
        return self.market.setup.shocks

    def adopt(self) -> None:
        """Know the shocks of the market's new setup; those that are on stay on."""
        for shock in self._shocks:
            self.started.setdefault(shock.name, np.zeros(self.market.worlds))

    def strike(self) -> None:
        """Decide which shocks are on this year, and which of them begin."""
        on = {kind: np.zeros(self.market.worlds) for kind in SHOCKS}
        begun = dict(on)
        for shock in self._shocks:
            size = self.market.setup.parameters[f"shocks.{shock.name}.size"]
            begins, active = self._state(shock)
            begun[shock.kind] = begun[shock.kind] + size * begins
            on[shock.kind] = on[shock.kind] + size * active
        self.size, self.struck = on, begun

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
        return np.minimum(self.struck["nav_fall"], 1.0)

    def efficiency_leap(self) -> Array:
        """Log points by which DeepSeek's cost per token falls beyond the trend, `(W,)`."""
        return np.log1p(self.struck["efficiency_leap"])

    def chip_limit(self, owner: str) -> Array:
        """Share of its chips that an owner does not get, `(W,)`."""
        size = np.minimum(self.size["chip_limit"], 1.0)
        return size if owner == "deepseek" else size / 10

    def permit_delay(self) -> Array:
        """Part of a year by which Stargate's pipeline slips this year, `(W,)` in [0, 1]."""
        return np.minimum(self.size["permit_delay"], 1.0)

    def credit_spread(self) -> Array:
        """Added credit spread, a share a year, `(W,)`."""
        return self.size["credit_crunch"] / 10_000

    def demand_fall(self) -> Array:
        """Share of demand's growth that does not come, `(W,)`."""
        return np.minimum(self.size["demand_fall"], 1.0)

    def sentiment_fall(self) -> Array:
        """Share by which the mood falls this year, `(W,)`."""
        return np.minimum(self.struck["sentiment_fall"], 0.95)

    def capacity_offer(self) -> Array:
        """Factor on what Microsoft offers to OpenAI, `(W,)`."""
        return 1 + self.size["capacity_offer"]
