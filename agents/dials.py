"""What rules read off a strategy: a number, an array `(W,)` or a method, evaluated for its firm."""

from __future__ import annotations

import ast
import difflib
import dis
import functools
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

import numpy as np
import numpy.typing as npt

from computeshift.environment.state import ReadOnlyError, read_only

Dial = float | npt.NDArray[np.float64]
"""A number that rules read off a strategy: one for all worlds, or one per world, `(W,)`."""
Flag = bool | npt.NDArray[np.bool_]
"""A yes or no likewise."""


class StrategyError(ValueError):
    """A strategy that can't be played: what is wrong, and the file and line where."""

    def __init__(self, file: str, line: int, wrong: str) -> None:
        super().__init__(file, line, wrong)
        self.file, self.line, self.wrong = file, line, wrong

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.wrong}"


@dataclass(frozen=True)
class Spot:
    """Where an attribute of a strategy is written."""

    file: str
    line: int
    name: str

    def wrong(self, told: str) -> StrategyError:
        """The error that says what is wrong with it."""
        return StrategyError(self.file, self.line, f"{self.name}{told}")


class Evaluated:
    """A dial that a user wrote as a method, a property or an array. Reading it gives its value now."""

    def __init__(self, written: Any, flag: bool, spot: Spot) -> None:
        self.__wrapped__ = written
        self.flag = flag
        self.spot = spot

    def __get__(self, strategy: Any, owner: type) -> Any:
        written = self.__wrapped__
        if strategy is None:
            return written
        if strategy._role is None:
            raise self.spot.wrong(": only a strategy that a firm plays has values; see market.firms")
        market = strategy._role.market
        if isinstance(written, np.ndarray):
            return self._slice(written, market.setup.first_world, market.worlds)
        if isinstance(written, property):
            written = guarded(written.fget, self.spot)(strategy)
        elif isinstance(written, FunctionType):
            written = guarded(written, self.spot)(strategy, strategy._role)
        return sound(written, self.flag, market.worlds, self.spot)

    def _slice(self, values: npt.NDArray[Any], first: int, worlds: int) -> npt.NDArray[Any]:
        """A market's part of an array that has a value for each world of a run."""
        if len(values) < first + worlds:
            told = f" has the shape {values.shape}, too short for worlds {first} to {first + worlds - 1}"
            right = "give one value per world of the run, from world 0 on"
            raise self.spot.wrong(f"{told}: {right}, or write def {self.spot.name}(self, firm)")
        return values[first : first + worlds]


def guarded(method: Any, spot: Spot) -> Callable[..., Any]:
    """A user's method whose errors say in which file and line they happened."""

    @functools.wraps(method)
    def call(*arguments: Any) -> Any:
        try:
            with read_only():
                return method(*arguments)
        except StrategyError:
            raise
        except Exception as error:
            raise _blamed(error, spot) from error

    return call


def checked(method: Any, spot: Spot) -> Callable[..., Any]:
    """A user's method that rules call: its errors have a line, and what it returns is sound."""
    call = guarded(method, spot)

    @functools.wraps(method)
    def answer(strategy: Any, firm: Any, *rest: Any) -> Any:
        value, worlds = call(strategy, firm, *rest), firm.market.worlds
        if isinstance(value, dict):
            _known(value, firm.market.firms, spot)
            return {name: sound(own, False, worlds, spot) for name, own in value.items()}
        return sound(value, False, worlds, spot)

    answer.checked = True  # type: ignore[attr-defined]
    return answer


def _known(value: dict[str, Any], firms: dict[str, Any], spot: Spot) -> None:
    """StrategyError for a name that is nearly a firm's. Others may be of firms that this market lacks."""
    for name in value:
        near = difflib.get_close_matches(str(name), firms, n=1, cutoff=0.8)
        if near and name not in firms:
            raise spot.wrong(f": there is no firm {name!r}; did you mean {near[0]!r}?")


def sound(value: Any, flag: bool, worlds: int | None, spot: Spot) -> Any:
    """The value if rules can use it: finite, and one for all worlds or one per world.

    StrategyError if not. Where `worlds` is not known yet, any array of one axis will do.
    """
    told = np.asarray(value) if isinstance(value, bool | int | float | np.generic | np.ndarray) else None
    if told is None or told.dtype.kind not in ("b" if flag else "iuf"):
        wanted = "True or False" if flag else "a number"
        shown = f"an array of {told.dtype}" if told is not None and told.ndim else repr(value)
        raise spot.wrong(f" is {shown}, not {wanted}, one for all worlds or one per world")
    if told.ndim > 1 or (told.ndim and worlds not in (None, len(told))):
        raise spot.wrong(f" has the shape {told.shape}, not one number per world, ({worlds},)")
    if not flag and not np.isfinite(told).all():
        broken = f" in {int((~np.isfinite(told)).sum())} of {len(told)} worlds" if told.ndim else ""
        raise spot.wrong(f" is not finite{broken}")
    return told.astype(bool if flag else np.float64, copy=False) if told.ndim else told.item()


def spot(owner: type, name: str) -> Spot:
    """Where a class writes one of its attributes; the line of the class where that can't be found."""
    written = inspect.unwrap(vars(owner)[name]) if name in vars(owner) else None
    function = getattr(written, "fget", getattr(written, "func", written))  # of a property, of a cached one
    code = getattr(function, "__code__", None)
    if isinstance(code, CodeType):
        return Spot(code.co_filename, code.co_firstlineno, name)
    try:
        lines, first = inspect.getsourcelines(owner)
        (body,) = ast.parse(textwrap.dedent("".join(lines))).body
        found = (s.lineno for s in getattr(body, "body", ()) if name in _targets(s))
        return Spot(inspect.getfile(owner), first + next(found, 1) - 1, name)
    except (OSError, TypeError, SyntaxError, ValueError):  # no source, as in an interpreter
        return Spot(owner.__module__, 0, name)


_LOADS = ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER")  # instructions that read an attribute


def names_read(owner: type) -> set[str]:
    """The names that a class's own methods read."""
    values = (inspect.unwrap(value) for value in vars(owner).values())
    parts = (p for v in values for p in ((v.fget, v.fset) if isinstance(v, property) else (v,)))
    codes = (getattr(getattr(part, "__func__", part), "__code__", None) for part in parts)
    return {name for code in codes if isinstance(code, CodeType) for name in _names(code)}


def _names(code: CodeType) -> set[str]:
    inner = (_names(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return {step.argval for step in dis.get_instructions(code) if step.opname.startswith(_LOADS)}.union(
        *inner
    )


def _targets(statement: ast.stmt) -> list[str]:
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _blamed(error: Exception, spot: Spot) -> StrategyError:
    """The error of a user's method, with the last line of their file that it passed through."""
    line, step = spot.line, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == spot.file:
            line = step.tb_lineno
        step = step.tb_next
    if isinstance(error, ReadOnlyError):
        return StrategyError(spot.file, line, str(error))
    if isinstance(error, RecursionError):
        told = f"{spot.name} reads itself without end: read what the base class has with super().{spot.name}"
        return StrategyError(spot.file, line, told)
    if isinstance(error, ValueError) and "read-only" in str(error):
        told = "a strategy can't write into the market's arrays: return a new array instead"
        return StrategyError(spot.file, line, told)
    return StrategyError(spot.file, line, f"{type(error).__name__}: {error}")
