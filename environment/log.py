"""What is logged, declared beside the state that it logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Logged:
    """A variable that its owner sets, with unit and meaning. Reading it before it is set is an error.

    >>> class Lab:
    ...     revenue = logged("$ bn", "what customers paid it this year")
    >>> Lab().revenue
    Traceback (most recent call last):
    AttributeError: Lab.revenue is declared as logged, and was never set
    """

    def __init__(self, unit: str, meaning: str) -> None:
        self.unit = unit
        self.meaning = meaning

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, holder: object, owner: type) -> Logged:
        if holder is None:
            return self
        raise AttributeError(f"{owner.__name__}.{self.name} is declared as logged, and was never set")


def logged(unit: str, meaning: str) -> Any:
    """Declare a variable that its owner sets and that is logged: `cash: Array = logged("$ bn", …)`."""
    return Logged(unit, meaning)


def logs(unit: str, meaning: str) -> Callable[[F], F]:
    """Declare that a property is logged; it stands below `@property`."""

    def mark(rule: F) -> F:
        rule.__dict__["logged"] = Logged(unit, meaning)
        return rule

    return mark


def declared(owner: type) -> Mapping[str, tuple[str, str]]:
    """What a class and its bases log: unit and meaning by name, the bases' first, each in its order."""
    return _declared(owner)


@cache
def _declared(owner: type) -> Mapping[str, tuple[str, str]]:
    found = (entry for known in reversed(owner.__mro__) for entry in _of(known))
    return {name: (entry.unit, entry.meaning) for name, entry in found}


def _of(owner: type) -> Iterator[tuple[str, Logged]]:
    for name, value in vars(owner).items():
        entry = getattr(value.fget, "logged", None) if isinstance(value, property) else value
        if isinstance(entry, Logged):
            yield name, entry
