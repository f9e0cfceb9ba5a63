"""What the user got wrong: where it stands, what is wrong, and what would be right.

Messages name parameters as Python has them, in backticks: `workers`, `keep="all"`, `set` softbank.cash.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_LISTED = 12  # names at most in "use one of"
_PARAMETER = re.compile(r"`(\w+)(?:=([^`]*))?`")


@dataclass(frozen=True)
class Problem:
    """One mistake. `where` is a file and line, or the parameter it came from."""

    where: str
    key: str
    wrong: str
    right: str = ""

    def __str__(self) -> str:
        parts = (self.where, "" if self.where.startswith("`") else self.key, self.wrong)
        return ": ".join(part for part in parts if part) + (f"; {self.right}" if self.right else "")


class UserError(Exception):
    """The user's mistakes, all of them at once, one per line. The command line exits with 2.

    >>> str(UserError("baseline.yaml:3: worlds: 0 is too few; use at least 1"))
    'baseline.yaml:3: worlds: 0 is too few; use at least 1'
    """

    def __init__(self, problems: str | Sequence[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def rewritten(message: str, write: Callable[[str, str], str | None]) -> str:
    """A message with its parameters in other words: those of `write(name, value)`; None leaves one as it is.

    >>> rewritten('run it with `keep="all"`', lambda name, value: f"--{name} {value}")
    'run it with --keep all'
    """

    def other(parameter: re.Match[str]) -> str:
        words = write(parameter[1], (parameter[2] or "").strip("\"'"))
        return parameter[0] if words is None else words

    return _PARAMETER.sub(other, message)


def plain(message: object) -> str:
    """A message for a page, whose reader sets fields: parameters without backticks and quotes.

    >>> plain('run it with `keep="all"`')
    'run it with keep=all'
    """
    return rewritten(str(message), lambda name, value: f"{name}={value}" if value else name)


def _part(word: str, name: str) -> bool:
    """Whether one is a part of the other, long enough to mean something."""
    return min(len(word), len(name)) > 2 and (word in name or name in word)


def instead(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown word: the nearest known one, or which there are.

    >>> instead("ltv_limt", ["ltv_limit", "boldness"])
    "did you mean 'ltv_limit'?"
    >>> instead("zebra", ["b", "a", "b"])
    'use one of a, b'
    """
    names = sorted(set(known))
    same = [name for name in names if name.lower() == word.lower()]
    near = same or difflib.get_close_matches(word, names, n=1) or [n for n in names if _part(word, n)]
    if near:
        return f"did you mean {near[0]!r}?"
    if not names:
        return "there is nothing to choose from"
    return "use one of " + ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
