"""Docstrings that users see, also where Python leaves them out (`python -OO`)."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap

LEFT_OUT = sys.flags.optimize >= 2
"""Whether this Python leaves docstrings out."""


def docstring(thing: object) -> str:
    """The docstring of a function or class, or of what a class inherits from; empty if there is none."""
    if not LEFT_OUT:
        return inspect.getdoc(thing) or ""
    return next(filter(None, map(_in_source, getattr(thing, "__mro__", (thing,)))), "")


def _in_source(thing: object) -> str:
    """The docstring as it stands in the source; empty if there is none, or no source."""
    try:
        (defined,) = ast.parse(textwrap.dedent(inspect.getsource(thing))).body  # type: ignore[arg-type]
    except (OSError, TypeError, SyntaxError, ValueError):
        return ""
    if not isinstance(defined, ast.FunctionDef | ast.ClassDef):
        return ""
    return ast.get_docstring(defined) or ""
