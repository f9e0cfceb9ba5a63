"""The user's own strategies: a Python file of theirs, imported for what it registers."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from computeshift.experiments.problems import Problem, UserError

if TYPE_CHECKING:
    from computeshift.agents.strategy import Strategy
    from computeshift.experiments.resolved import Config

_MODULE = "computeshift_user_"  # what the names of modules read from files begin with

_loaded = dict[str, str]()
"""The files read: where they are, and as the user named them."""


def blamed(error: BaseException) -> str | None:
    """The user's file and line an error came from; None if it was none of theirs."""
    steps = traceback.extract_tb(error.__traceback__)
    theirs = [step for step in steps if step.filename in _loaded]
    return f"--load {_loaded[theirs[-1].filename]}:{theirs[-1].lineno}" if theirs else None


@dataclass(frozen=True)
class UserStrategy:
    """A strategy of the user's own that a config plays, as a worker can have it too.

    One that was read from a file is read there again; one written elsewhere, as in a notebook, travels.
    """

    kind: str
    name: str
    digest: str
    files: tuple[tuple[str, str], ...]
    played: type[Strategy] | None


def played_in(config: Config) -> tuple[UserStrategy, ...]:
    """The strategies of a config's firms that the user wrote."""
    from computeshift.agents.strategy import strategies_of

    chosen = dict.fromkeys((firm.kind, firm.strategy) for firm in config.firms.values())
    classes = [(kind, name, strategies_of(kind)[name]) for kind, name in chosen]
    files = tuple(_loaded.items())
    return tuple(
        UserStrategy(kind, name, _digest(own), files, None if own.__module__.startswith(_MODULE) else own)
        for kind, name, own in classes
        if not own.__module__.startswith("computeshift.")
    )


def adopt(strategies: Iterable[UserStrategy]) -> None:
    """Know the user's strategies in this process too. UserError if their file can't be read here."""
    from computeshift.agents.strategy import strategies_of

    for own in strategies:
        for file, named in own.files:
            if file not in _loaded:
                load_file(Path(file))
                _loaded[file] = named
        if own.played is not None:
            strategies_of(own.kind).setdefault(own.name, own.played)


def _digest(played: type[Strategy]) -> str:
    """What tells one writing of a strategy from another: its file, or its own lines; empty if unknown."""
    file = getattr(sys.modules.get(played.__module__), "__file__", None)
    try:
        text = Path(file).read_bytes() if file else inspect.getsource(played).encode()
    except (OSError, TypeError):
        return ""
    return hashlib.sha256(text).hexdigest()[:16]


def load_file(file: Path) -> None:
    """Run a Python file once, so that its strategies are registered. UserError if it can't be."""
    if not file.is_file():
        raise UserError([Problem(f"--load {file}", "", "there is no such file", "check the path")])
    name = f"{_MODULE}{file.stem}"
    found = importlib.util.spec_from_file_location(name, file.resolve())
    if found is None or found.loader is None:
        raise UserError([Problem(f"--load {file}", "", "this is no Python file", "name a .py file")])
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    _loaded[str(file.resolve())] = str(file)
    try:
        found.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        wrong = f"{type(error).__name__}: {error}"
        raise UserError([Problem(f"--load {file}:{_line(error, file)}", "", wrong)]) from error


def _line(error: BaseException, file: Path) -> int:
    """The last line of the user's file that the error passed through."""
    if isinstance(error, SyntaxError) and error.lineno:
        return error.lineno
    steps = traceback.extract_tb(error.__traceback__)
    return next((s.lineno or 1 for s in reversed(steps) if s.filename == str(file.resolve())), 1)
