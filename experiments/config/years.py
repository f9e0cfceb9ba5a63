"""Years of a config that are counted from its start: `+2` is the second simulated year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

START = 2024
"""The start of a config that says none."""

_WRITTEN = re.compile(r"\+\d{1,4}")


class Ahead(int):
    """A whole number that is written with its sign: where a year stands, so many years after the start.

    Everywhere else it is that number.
    """


def signed(text: str, value: Any) -> Any:
    """What a text means, and whether it is written with its sign; `value` is its value in YAML.

    >>> signed("+2", 2), type(signed("+2", 2)).__name__, type(signed("2", 2)).__name__
    (2, 'Ahead', 'int')
    """
    return Ahead(value) if type(value) is int and _WRITTEN.fullmatch(text) else value


def count_from_start(tree: dict[str, Any]) -> None:
    """Replace the years of a config's tree that are counted from its start.

    >>> tree = {"start": 2023, "until": Ahead(2), "shocks": {"nav_fall": {"year": "+1", "until": None}}}
    >>> count_from_start(tree)
    >>> tree["until"], tree["shocks"]["nav_fall"]["year"]
    (2025, 2024)
    """
    start = tree.get("start", START)
    if type(start) is not int:
        return  # the schema tells of it
    for owner, key in _years(tree):
        years = _ahead(owner[key])
        if years is not None:
            owner[key] = start + years
    for deal in _entries(tree.get("deals")):
        for schedule in _entries({"schedule": deal.get("schedule")}):
            ahead = {key: years for key in schedule if (years := _ahead(key)) is not None}
            deal["schedule"] = {str(start + ahead[k]) if k in ahead else k: v for k, v in schedule.items()}


def _ahead(value: Any) -> int | None:
    """So many years after the start; None for anything else."""
    if isinstance(value, str) and _WRITTEN.fullmatch(value):
        return int(value)
    return int(value) if isinstance(value, Ahead) else None


def _years(tree: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Where years may stand: a mapping and its key, or a tie and the place of its first or last year."""
    yield from _within(tree, ("until",))
    for shock in _entries(tree.get("shocks")):
        yield from _within(shock, ("year", "until"))
    for deal in _entries(tree.get("deals")):
        yield from _within(deal, ("signed", "first", "last"))
        for event in _entries(deal):
            yield from _within(event, ("year",))
    edges = tree.get("edges")
    for edge in edges if isinstance(edges, list) else ():
        if isinstance(edge, list):
            yield from ((edge, place) for place in (3, 4) if len(edge) > place)


def _entries(section: Any) -> Iterator[dict[str, Any]]:
    """The mappings of a section, or of a deal."""
    if isinstance(section, dict):
        yield from (entry for entry in section.values() if isinstance(entry, dict))


def _within(mapping: dict[str, Any], keys: tuple[str, ...]) -> Iterator[tuple[Any, Any]]:
    yield from ((mapping, key) for key in keys if key in mapping)
