"""What the user got wrong: where it stands, what is wrong, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LISTED = 12  # names at most in "use one of"


@dataclass(frozen=True)
class Problem:
    """One mistake. `where` is a file and line, or the option it came from."""

    where: str
    key: str
    wrong: str
    right: str = ""

    def __str__(self) -> str:
        told = (self.where, "" if self.where.startswith("--") else self.key, self.wrong)
        return ": ".join(part for part in told if part) + (f"; {self.right}" if self.right else "")


class UserError(Exception):
    """The user's mistakes, all of them at once, a line each. The command line exits with 2.

    >>> str(UserError("baseline.yaml:3: worlds: 0 is too few; use at least 1"))
    'baseline.yaml:3: worlds: 0 is too few; use at least 1'
    """

    def __init__(self, problems: str | Sequence[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _part(word: str, name: str) -> bool:
    """Whether one is a part of the other, long enough to mean something."""
    return min(len(word), len(name)) > 2 and (word in name or name in word)


def instead(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown word: the nearest known one, or which there are.

    >>> instead("ltv_limt", ["ltv_limit", "boldness"])
    "did you mean 'ltv_limit'?"
    >>> instead("zebra", ["b", "a"])
    'use one of a, b'
    """
    names = sorted(known)
    same = [name for name in names if name.lower() == word.lower()]
    near = same or difflib.get_close_matches(word, names, n=1) or [n for n in names if _part(word, n)]
    if near:
        return f"did you mean {near[0]!r}?"
    if not names:
        return "there is nothing to choose from"
    return "use one of " + ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
