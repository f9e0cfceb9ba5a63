"""What a parameter is, and its bounds, the values that a rule can take: stated where it is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

_BOUNDS, _MEANING = "bounds", "meaning"


@dataclass(frozen=True)
class Bounds:
    """The lowest and the highest value of a parameter, in its own unit; both are allowed.

    >>> str(Bounds(0, 1)), Bounds(0, 1).broken_by(25), Bounds(0, 1).broken_by(0.25)
    ('0 to 1', '25 is above 1', '')
    """

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"

    def broken_by(self, value: float) -> str:
        """How a value breaks them, in words; empty if it does not."""
        if value > self.high:
            return f"{apart(value, self.high)} is above {self.high:g}"
        return f"{apart(value, self.low)} is below {self.low:g}" if value < self.low else ""

    def holds(self, values: npt.NDArray[np.float64]) -> bool:
        """Whether no value is outside; one that is no number (NaN) is neither inside nor outside."""
        return not ((values < self.low) | (values > self.high)).any()

    def clip(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The values, those outside moved to the nearer end; same shape."""
        return np.clip(values, self.low, self.high)


def apart(value: float, other: float) -> str:
    """A value in as few digits as tell it from another, at least six.

    >>> apart(25, 1), apart(1.0000000001, 1)
    ('25', '1.0000000001')
    """
    return next(text for digits in range(6, 18) if (text := f"{value:.{digits}g}") != f"{other:.{digits}g}")


def bounded(low: float, high: float, meaning: str = "") -> Any:
    """A dataclass field without a default whose values lie in `low` to `high`, both included.

    `meaning` says in one line what the number is, without its unit; only a user's own may be without one.
    """
    return field(metadata={_BOUNDS: Bounds(low, high), _MEANING: meaning})


@cache
def bounds_of(kind: type) -> Mapping[str, Bounds]:
    """The bounds of a class of parameters by field name; KeyError if a field states none."""
    return {known.name: known.metadata[_BOUNDS] for known in fields(kind)}


@cache
def meanings_of(kind: type) -> Mapping[str, str]:
    """What each parameter of a class is, in one line, by field name; KeyError if a field states no bounds."""
    return {known.name: known.metadata[_MEANING] for known in fields(kind)}
