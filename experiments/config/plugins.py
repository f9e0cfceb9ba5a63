"""The user's own strategies: a Python file of theirs, imported for what it registers."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

import numpy as np

from computeshift.agents import KINDS
from computeshift.agents.dials import StrategyError
from computeshift.agents.kinds import Kind
from computeshift.agents.strategy import Strategy, add_kind, parts, shipped, strategies_of
from computeshift.experiments.errors import Problem, UserError

if TYPE_CHECKING:
    from computeshift.experiments.config.config import Config

_PLACES = ("__module__", "__dict__", "__weakref__", "__doc__", "__firstlineno__", "__static_attributes__")
_MODULE = "computeshift_user_"  # what the names of modules read from files begin with


@dataclass(frozen=True)
class UserFile:
    """A file of the user's that was read: as they named it, and what tells one writing from another."""

    path: str
    named: str
    digest: str


_loaded = dict[str, UserFile]()
"""The files read, by where they are."""


def blamed(error: BaseException) -> str | None:
    """What went wrong in which line of the user's own code; None if it was not theirs."""
    if isinstance(error, StrategyError):
        return f"{_named(error.file)}:{error.line}: {error.wrong}"
    steps = traceback.extract_tb(error.__traceback__)
    theirs = [step for step in steps if step.filename in _loaded]
    wrong = f"{type(error).__name__}: {error}"
    return f"{_named(theirs[-1].filename)}:{theirs[-1].lineno}: {wrong}" if theirs else None


def _named(file: str) -> str:
    """A file as the user named it."""
    return _loaded[file].named if file in _loaded else file


@dataclass(frozen=True)
class UserStrategy:
    """A strategy of the user's own that a config plays, as a worker can have it too.

    One that was read from a file is read there again; one written elsewhere, as in a notebook, travels.
    """

    kind: str
    name: str
    digest: str
    files: tuple[UserFile, ...]
    strategy: type[Strategy] | None
    card: Kind | None = None
    """Its kind, where the user wrote that elsewhere than in a file."""


def own_strategies(config: Config) -> tuple[UserStrategy, ...]:
    """The strategies of a config's firms that the user wrote."""
    chosen = dict.fromkeys((firm.kind, firm.strategy) for firm in config.firms.values())
    each = dict.fromkeys(part for kind, name in chosen for part in parts(kind, name))
    classes = [(kind, name, strategies_of(kind)[name]) for kind, name in each]
    return tuple(
        _user_strategy(KINDS[kind], name, own)
        for kind, name, own in classes
        if not shipped(own) or not shipped(KINDS[kind].written)
    )


def _user_strategy(card: Kind, name: str, own: type[Strategy]) -> UserStrategy:
    """A strategy of a card's kind, one of which at least the user wrote."""
    classes = [own, card.written, *card.roles]
    if any(known.__module__.startswith(_MODULE) for known in classes):
        files = tuple(_loaded.values())
        return UserStrategy(card.name, name, _digest([file.digest for file in files]), files, None)
    bases = dict.fromkeys(base for known in classes for base in known.__mro__ if not shipped(base))
    written = _digest([_written(vars(base)) for base in bases])
    return UserStrategy(card.name, name, written, (), own, None if shipped(card.written) else card)


def adopt(strategies: Iterable[UserStrategy]) -> None:
    """Know the user's strategies in this process too, as they are now.

    UserError if a file can't be read here, or is not the one that the run began with.
    """
    for own in strategies:
        for file in own.files:
            if file.path not in _loaded or _loaded[file.path].digest != file.digest:
                load_file(Path(file.path), file.named)
            if _loaded[file.path].digest != file.digest:
                raise UserError(f"`load` {file.named}: it has changed since the run began; start it again")
        if own.card is not None:
            KINDS[own.kind] = own.card
            add_kind(own.kind, None)
        if own.strategy is not None:
            strategies_of(own.kind)[own.name] = own.strategy


def _digest(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _written(value: object) -> object:
    """What a class or function of the user's says, without where it stands."""
    value = inspect.unwrap(value) if hasattr(value, "__wrapped__") else value  # type: ignore[arg-type]
    if isinstance(value, Mapping):
        own = {name: inner for name, inner in value.items() if name not in _PLACES}
        return {name: _written(inner) for name, inner in sorted(own.items())}
    code = value if isinstance(value, CodeType) else getattr(value, "__code__", None)
    if isinstance(code, CodeType):
        return code.co_code.hex(), code.co_names, [_written(constant) for constant in code.co_consts]
    if isinstance(value, property):
        return [_written(part) for part in (value.fget, value.fset)]
    if isinstance(value, np.ndarray | np.generic):
        return value.tobytes().hex(), str(value.dtype), value.shape
    return (
        value if isinstance(value, int | float | str | bytes | tuple | list | None) else type(value).__name__
    )


def load_file(file: Path, named: str | None = None) -> None:
    """Run a Python file, so that its strategies are registered. UserError if it can't be.

    `named` is what the user calls it, if not by this path.
    """
    if not file.is_file():
        raise UserError([Problem(f"`load` {file}", "", "there is no such file", "check the path")])
    name = f"{_MODULE}{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file.resolve())
    if spec is None or spec.loader is None:
        raise UserError([Problem(f"`load` {file}", "", "this is no Python file", "name a .py file")])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    _loaded[str(file.resolve())] = UserFile(str(file.resolve()), named or str(file), digest)
    try:
        spec.loader.exec_module(module)
    except StrategyError as error:
        at = f"{_named(error.file)}:{error.line}"
        _forget(name, file)
        raise UserError([Problem(at, "", error.wrong)]) from error
    except (Exception, SystemExit) as error:
        _forget(name, file)
        wrong = f"{type(error).__name__}: {error}"
        raise UserError([Problem(f"{file}:{_line(error, file)}", "", wrong)]) from error


def _forget(module: str, file: Path) -> None:
    """Drop a file that could not be run: no worker need read it."""
    del sys.modules[module], _loaded[str(file.resolve())]


def _line(error: BaseException, file: Path) -> int:
    """The last line of the user's file that the error passed through."""
    if isinstance(error, SyntaxError) and error.lineno:
        return error.lineno
    steps = traceback.extract_tb(error.__traceback__)
    return next((s.lineno or 1 for s in reversed(steps) if s.filename == str(file.resolve())), 1)
