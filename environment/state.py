"""State that is rebound and never written in place: the arrays it holds are read-only."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

V = TypeVar("V")


def sealed(value: V) -> V:
    """The same value, read-only where it is an array, or a mapping that holds arrays.

    >>> cash = sealed(np.zeros(2))
    >>> cash[0] = 1e6
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, dict):
        for inner in value.values():
            sealed(inner)
    return value


class State:
    """Whatever keeps numbers of a market: nobody, such as a strategy, writes into its arrays."""

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, sealed(value))

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Seal the arrays of a copy, too, or of one that was pickled."""
        for name, value in state.items():
            setattr(self, name, value)


class Sealed(dict[str, V]):
    """Arrays by name, such as the cash of each holder; nobody writes into them either."""

    def __setitem__(self, name: str, value: V) -> None:
        super().__setitem__(name, sealed(value))
