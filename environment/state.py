"""State that is rebound and never written in place: the arrays it holds are read-only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

V = TypeVar("V")

_read_only: ContextVar[bool] = ContextVar("_read_only", default=False)  # one per thread


class ReadOnlyError(ValueError):
    """A strategy's own code tried to change a market."""


@contextmanager
def read_only() -> Iterator[None]:
    """While this is open, as around the code of a strategy, nobody sets anything in a market."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


def refuse_if_read_only(name: str) -> None:
    """ReadOnlyError if the market is read-only now; `name` is what would be set."""
    if _read_only.get():
        raise ReadOnlyError(
            f"a strategy can't write into the market, as into {name!r}: return a value instead"
        )


def sealed(value: V) -> V:
    """The same value, read-only where it is an array, or a mapping or a tuple of arrays.

    >>> cash = sealed(np.zeros(2))
    >>> cash[0] = 1e6
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, dict | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            sealed(inner)
    return value


def with_rows(
    numbers: NDArray[np.float64], rows: int | slice | list[int], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A copy of numbers by row with other values in some rows: state is never written in place."""
    changed = numbers.copy()
    changed[rows] = values
    return changed


@contextmanager
def in_place(numbers: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """While this is open, their owner writes into numbers that nobody else holds: a copy costs much."""
    refuse_if_read_only("numbers")
    numbers.setflags(write=True)
    try:
        yield numbers
    finally:
        numbers.setflags(write=False)


class State:
    """Whatever keeps numbers of a market: nobody, such as a strategy, writes into its arrays."""

    def __setattr__(self, name: str, value: Any) -> None:
        if _read_only.get():
            refuse_if_read_only(name)
        if isinstance(value, np.ndarray):  # as nearly always
            value.setflags(write=False)
        else:
            sealed(value)
        object.__setattr__(self, name, value)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Seal the arrays of a copy, too, or of one that was pickled."""
        for name, value in state.items():
            object.__setattr__(self, name, sealed(value))


class Sealed(dict[str, V]):
    """Arrays by name, such as the cash of each holder; nobody writes into them either."""

    def __setitem__(self, name: str, value: V) -> None:
        if _read_only.get():
            refuse_if_read_only(name)
        if isinstance(value, np.ndarray):  # as nearly always
            value.setflags(write=False)
        else:
            sealed(value)
        super().__setitem__(name, value)

    def update(self, *values: Any, **named: V) -> None:
        """As a dictionary's, item by item, so that each is sealed."""
        for name, value in dict(*values, **named).items():
            self[name] = value

    def __delitem__(self, name: str) -> None:
        refuse_if_read_only(name)
        super().__delitem__(name)
