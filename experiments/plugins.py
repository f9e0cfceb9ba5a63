"""The user's own strategies: a Python file of theirs, imported for what it registers."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path

from computeshift.experiments.problems import Problem, UserError

_loaded = dict[str, str]()
"""The files read: where they are, and as the user named them."""


def blamed(error: BaseException) -> str | None:
    """The user's file and line an error came from; None if it was none of theirs."""
    steps = traceback.extract_tb(error.__traceback__)
    theirs = [step for step in steps if step.filename in _loaded]
    return f"--load {_loaded[theirs[-1].filename]}:{theirs[-1].lineno}" if theirs else None


def load_file(file: Path) -> None:
    """Run a Python file once, so that its strategies are registered. UserError if it can't be."""
    if not file.is_file():
        raise UserError([Problem(f"--load {file}", "", "there is no such file", "check the path")])
    name = f"computeshift_user_{file.stem}"
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
