"""Figures that can be: one that is negative, zero, not finite or beyond any machine is refused."""

from __future__ import annotations

import math

FASTEST = 1_000_000.0
"""Worlds per second that no machine reaches: each takes more than 20,000 operations on numbers."""


class ImpossibleError(Exception):
    """A measurement gave a figure that cannot be; the message names it."""


def possible(what: str, figure: float, most: float = math.inf) -> float:
    """The figure, if it can be. ImpossibleError if it is not above 0, not finite, or above `most`.

    >>> possible("worlds per second", 250.0, FASTEST)
    250.0
    """
    if math.isfinite(figure) and 0 < figure <= most:
        return figure
    right = "above 0" if math.isinf(most) else f"above 0 and at most {most:,.0f}"
    raise ImpossibleError(f"{what}: {figure:,.3g} cannot be; it must be {right}: measure again, or more")
