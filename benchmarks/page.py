"""The page: tables in Markdown, put between marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from benchmarks.possible import possible


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table.

    >>> print(table(["a", "b"], [[1, "x"]]))
    | a | b |
    |---|---|
    | 1 | x |
    """
    rule = "|---" * len(head) + "|"
    return "\n".join([_line(head), rule, *map(_line, rows)])


def short(number: float) -> str:
    """A number to two digits at least, none of them behind the point from ten on.

    ImpossibleError if it is not above 0, or not finite: so no table has such a figure.

    >>> [short(number) for number in (1234.5, 12.34, 1.234, 0.01234)]
    ['1,234', '12', '1.2', '0.012']
    """
    possible("a figure", number)
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def spread(numbers: Sequence[float]) -> str:
    """The smallest and the largest."""
    return f"{short(min(numbers))} to {short(max(numbers))}"


def middle(numbers: Sequence[float]) -> str:
    """The median, and the smallest and largest behind it.

    >>> middle([2, 1, 4])
    '2 (1 to 4)'
    """
    return f"{short(median(numbers))} ({spread(numbers)})"


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def put(text: str, parts: Mapping[str, str]) -> str:
    """The page with each part between its marks; ValueError if a mark is missing.

    >>> put("<!-- sum -->\\nold\\n<!-- /sum -->", {"sum": "new"})
    '<!-- sum -->\\n\\nnew\\n\\n<!-- /sum -->'
    """
    for name, body in parts.items():
        marks = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
        if not marks.search(text):
            raise ValueError(f"the page has no mark {name!r}")
        text = marks.sub(f"\n{body}\n\n".replace("\\", r"\\"), text)
    return text
