"""Strategies by name: how a kind of firm may play, registered where it is written."""

from __future__ import annotations

import difflib
import inspect
import itertools
import sys
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from computeshift.agents.dials import Evaluated, Spot, StrategyError, checked, names_read, sound, spot

if TYPE_CHECKING:
    from computeshift.agents.role import Role


class Strategy:
    """How a firm decides. It keeps no state: all it knows, it reads off the role it is handed.

    Its dials are what rules read off it. A dial is a number, an array with one value per world of the
    run, or a method `def DIAL(self, firm)` that returns a number or `(W,)`, one value per world of the
    firm's market. It is evaluated each time that a rule reads it.
    """

    name: str = ""
    _role: Role | None = None  # that plays it: its dials are evaluated for it

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            at, right = sys._getframe(1), f"write {name} = ... or def {name}(self, firm) in the class itself"
            told = f"{name} is set on a strategy's object, where no rule checks it: {right}"
            raise StrategyError(at.f_code.co_filename, at.f_lineno, told)
        super().__setattr__(name, value)


S = TypeVar("S", bound=type[Strategy])
_registry: dict[str, dict[str, type[Strategy]]] = {}


def strategy(kind: str, name: str) -> Callable[[S], S]:
    """Register a strategy class under `name` for a kind of firm.

    StrategyError, a ValueError with file and line, for an unknown kind of firm, and for a class of the
    user's with an attribute that no rule reads or that no rule can use.

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
        if not shipped(played):
            _fit(played, kind)
        played.name = name
        _registry.setdefault(kind, {})[name] = played
        return played

    return register


JOINED = "+"
"""Between the kinds of a firm of several roles, as `cloud+lab`, and between their strategies likewise."""


def strategies_of(kind: str) -> dict[str, type[Strategy]]:
    """The strategies a kind of firm may play, by name; the first is its baseline.

    Of a kind of several roles these are all combinations, which can't be added to.
    """
    if JOINED not in kind:
        return _registry.get(kind, {})
    every = itertools.product(*(strategies_of(own).values() for own in kind.split(JOINED)))
    return {JOINED.join(own.name for own in chosen): _combined(chosen) for chosen in every}


def parts(kind: str, name: str) -> list[tuple[str, str]]:
    """The kinds of a firm of several roles, each with its strategy.

    >>> parts("cloud+lab", "default+grow"), parts("oracle", "build")
    ([('cloud', 'default'), ('lab', 'grow')], [('oracle', 'build')])
    """
    return list(zip(kind.split(JOINED), name.split(JOINED), strict=True))


def _combined(chosen: Iterable[type[Strategy]]) -> type[Strategy]:
    """What says that a firm plays a strategy in each of its roles; the roles play them."""
    said = " ".join((own.__doc__ or "").partition("\n")[0] for own in chosen)
    return type("Combined", (Strategy,), {"__doc__": said, "__module__": __name__})


def add_kind(kind: str, of: str | None) -> None:
    """Know a kind of firm, which has the strategies of another kind to begin with."""
    _registry.setdefault(kind, {} if of is None else dict(_registry[of]))


def shipped(played: type) -> bool:
    """Whether a class comes with the package, or with Python; else a user wrote it."""
    return played is object or played.__module__.startswith("computeshift.")


# --- a user's own ---


def _fit(played: type[Strategy], kind: str) -> None:
    """Make a user's class fit the rules of a kind of firm; StrategyError where it can't."""
    if kind not in _registry:
        raise StrategyError(*_line(played), f"there is no kind of firm {kind!r}; {_nearest(kind, _registry)}")
    ours = [own for own in _registry[kind].values() if shipped(own)]
    if not ours:
        return  # the first of a kind of the user's own: it says itself what its rules read
    known = {name: inspect.getattr_static(own, name) for own in ours for name in _public(own)}
    if missing := [name for name in _public(ours[0]) if not hasattr(played, name)]:
        told = f"{played.__name__} lacks {', '.join(missing)}, which rules of {kind} read"
        right = f"derive it from {ours[0].__name__} of {ours[0].__module__}"
        raise StrategyError(*_line(played), f"{told}; {right}")
    written = [own for own in played.__mro__ if not shipped(own)]
    read = set[str]().union(*map(names_read, written))
    for own in written:
        for name, value in list(vars(own).items()):
            if name in known and name != "name":
                setattr(own, name, _sound(value, known[name], spot(own, name)))
            elif name not in known and not name.startswith("_") and name not in read:
                right = f"{_nearest(name, known)} (a name of your own begins with _)"
                raise spot(own, name).wrong(f": no rule of {kind} reads it; {right}")


def _sound(value: Any, base: Any, at: Spot) -> Any:
    """An attribute as rules can use it, where the package's own strategies have `base`."""
    if isinstance(value, Evaluated) or hasattr(value, "checked"):
        return value  # registered before, under another name
    flag = isinstance(base, bool)
    if isinstance(value, FunctionType):
        _takes(value, base, at)
        return checked(value, at) if callable(base) else Evaluated(value, flag, at)
    if callable(base):
        arguments = ", ".join(inspect.signature(base).parameters)
        raise at.wrong(f" is a method that rules call: write def {at.name}({arguments})")
    if isinstance(value, property):
        return Evaluated(value, flag, at)
    if callable(value) or hasattr(type(value), "__get__"):
        raise at.wrong(f" is a {type(value).__name__}: write def {at.name}(self, firm)")
    told = sound(value, flag, None, at)
    return Evaluated(told, flag, at) if isinstance(told, np.ndarray) else told


def _takes(method: FunctionType, base: Any, at: Spot) -> None:
    """StrategyError unless rules can call a method: a dial takes the firm, another what its base takes."""
    arguments = list(inspect.signature(base).parameters) if callable(base) else ["self", "firm"]
    try:
        inspect.signature(method).bind(*arguments)
    except TypeError:
        raise at.wrong(f" takes other arguments: write def {at.name}({', '.join(arguments)})") from None


def _line(played: type) -> tuple[str, int]:
    at = spot(played, "")
    return at.file, at.line


def _public(played: type[Strategy]) -> list[str]:
    """What rules, and the strategy itself, may read of a class."""
    return [name for name in dir(played) if not name.startswith("_")]


def _nearest(word: str, known: Mapping[str, Any] | list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(sorted(known))}"
