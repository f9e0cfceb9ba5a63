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

USER_MODULE = "computeshift_user_"
"""What the names of the modules that are read from the user's files begin with."""

_loaded = dict[str, str]()
"""The files read: where they are, and as the user named them."""


def blamed(error: BaseException) -> str | None:
    """The user's file and line an error came from; None if it was none of theirs."""
    steps = traceback.extract_tb(error.__traceback__)
    theirs = [step for step in steps if step.filename in _loaded]
    return f"--load {_loaded[theirs[-1].filename]}:{theirs[-1].lineno}" if theirs else None


@dataclass(frozen=True)
class UserStrategy:
    """A strategy of the user's own that a config plays, so that a worker can play it too."""

    kind: str
    name: str
    played: type[Strategy]
    digest: str
    files: tuple[tuple[str, str], ...]

    @property
    def module(self) -> str:
        """Where it was written."""
        return self.played.__module__


def played_in(config: Config) -> tuple[UserStrategy, ...]:
    """The strategies of a config's firms that the user wrote."""
    from computeshift.agents.strategy import strategies_of

    chosen = [(firm.kind, firm.strategy) for firm in config.firms.values()]
    classes = [(kind, name, strategies_of(kind)[name]) for kind, name in dict.fromkeys(chosen)]
    return tuple(
        UserStrategy(kind, name, played, _digest(played), tuple(_loaded.items()))
        for kind, name, played in classes
        if not played.__module__.startswith("computeshift.")
    )


def adopt(strategies: Iterable[UserStrategy]) -> None:
    """Know the user's strategies in this process too, where it is a worker."""
    from computeshift.agents.strategy import strategies_of

    for own in strategies:
        strategies_of(own.kind).setdefault(own.name, own.played)
        _loaded.update(own.files)


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
    name = f"{USER_MODULE}{file.stem}"
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
