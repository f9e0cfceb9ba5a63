"""Strategies by name: how a kind of firm may play, registered where it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar


class Strategy:
    """How a firm decides. It keeps no state: all it knows, it reads off the agent it is handed."""

    name: str = ""


S = TypeVar("S", bound=type[Strategy])
_registry: dict[str, dict[str, type[Strategy]]] = {}


def strategy(kind: str, name: str) -> Callable[[S], S]:
    """Register a strategy class under `name` for a kind of firm.

    >>> from computeshift.agents.softbank import Vision
    >>> @strategy("softbank", "cautious_2")
    ... class Cautious(Vision):
    ...     '''Half of what the policy allows.'''
    ...     boldness = 0.5
    >>> strategies_of("softbank")["cautious_2"] is Cautious
    True
    >>> del strategies_of("softbank")["cautious_2"]
    """

    def register(played: S) -> S:
        played.name = name
        _registry.setdefault(kind, {})[name] = played
        return played

    return register


def strategies_of(kind: str) -> dict[str, type[Strategy]]:
    """The strategies a kind of firm may play, by name; the first is its baseline."""
    return _registry.setdefault(kind, {})
