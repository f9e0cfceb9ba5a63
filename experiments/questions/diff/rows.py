"""The rows of a diff: settings, firms, numbers, ties, shocks, deals and factors that differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from computeshift.environment.setup import Edge
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.deals import Tie
from computeshift.experiments.config.parameter import Parameter

JOINED, LEFT, CHANGED = "joined", "left", "changed"
"""What became of a firm, a tie, a deal and so on: only the second side has it, only the first, or both."""

_SETTINGS = ("start", "until", "worlds", "seed", "known_until", "focus")
_PARTS = ("low", "central", "high", "shape")
_NUMBER = ("unit", *_PARTS, "source")


def settings(first: Mapping[str, Any], second: Mapping[str, Any]) -> pd.DataFrame:
    """One row per setting that differs: its name, and its value on both sides; None where one has none."""
    names = [name for name in {**first, **second} if first.get(name) != second.get(name)]
    rows = [(name, first.get(name), second.get(name)) for name in names]
    return pd.DataFrame(rows, columns=["setting", "first", "second"], dtype=object)


def settings_of(config: Config) -> dict[str, Any]:
    """What a config says of the whole run; days as texts."""
    return {name: getattr(config, name) for name in _SETTINGS} | {"known_until": str(config.known_until)}


def firms(first: Config, second: Config) -> pd.DataFrame:
    """One row per word that a firm has otherwise, or that is said of one that joined or left.

    `key` is `kind`, `strategy`, `stream`, `partner` or `family`. Its numbers are rows of `numbers`.
    """
    mine, other = (
        {name: firm.model_dump(exclude={"parameters"}) for name, firm in config.firms.items()}
        for config in (first, second)
    )
    return _words("firm", mine, other)


def shocks(first: Config, second: Config) -> pd.DataFrame:
    """One row per word that a shock has otherwise, or that is said of one that joined or left.

    `key` is `kind`, `year` or `until`. Its size and probability are rows of `numbers`.
    """
    mine, other = (
        {name: shock.model_dump(include={"kind", "year", "until"}) for name, shock in config.shocks.items()}
        for config in (first, second)
    )
    return _words("shock", mine, other)


def deals(first: Config, second: Config) -> pd.DataFrame:
    """One row per word that a deal has otherwise, or that is said of one that joined or left.

    `key` is what sets it, such as `to`, `last` or `breaks.year`. Its numbers are rows of `numbers`.
    """
    mine, other = (
        {name: deal.settings() for name, deal in config.deals.items()} for config in (first, second)
    )
    return _words("deal", mine, other)


def factors(first: Config, second: Config) -> pd.DataFrame:
    """One row per loading, meaning or source that differs, or that a factor has that joined or left."""
    mine, other = (
        {
            name: {"meaning": factor.meaning, "source": factor.ground, **factor.loadings}
            for name, factor in config.factors.items()
        }
        for config in (first, second)
    )
    return _words("factor", mine, other)


def own(first: Config, second: Config) -> pd.DataFrame:
    """One row per word of an own outcome, claim or observable that differs; `of` is which of them it is."""
    tables = []
    for section in ("outcomes", "claims", "observe"):
        mine, other = (
            {name: entry.model_dump() for name, entry in getattr(config, section).items()}
            for config in (first, second)
        )
        table = _words("name", mine, other)
        table.insert(0, "of", section)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def ties(first: Config, second: Config) -> pd.DataFrame:
    """One row per tie that differs, with its first year, or its years in words where it has a last one.

    Ties that deals lay are not among them: see `deals`.
    """
    mine, other = (_years(config.edges) for config in (first, second))
    rows = []
    for ends in {**mine, **other}:
        change = LEFT if ends not in other else JOINED if ends not in mine else CHANGED
        if change != CHANGED or mine[ends] != other[ends]:
            rows.append((*ends, change, mine.get(ends), other.get(ends)))
    columns = ["source", "target", "kind", "change", "first", "second"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _years(edges: tuple[Tie, ...]) -> dict[tuple[str, str, str], int | str | None]:
    """By its ends and kind, the first year of each tie, or its years in words if it has a last one."""
    known = [Edge(*tie) for tie in edges]
    return {(e.source, e.target, e.kind): e.since if e.until is None else e.years for e in known}


def numbers(first: Config, second: Config) -> pd.DataFrame:
    """One row per number that differs, or that one side lacks, as when its firm joined or left.

    `differs` lists what is not the same: of `unit`, `low`, `central`, `high`, `shape` and `source`.
    Columns of the first side begin with `first_`, those of the second with `second_`.
    """
    mine, other = first.parameters(), second.parameters()
    rows = []
    for name in {**mine, **other}:
        before, after = _number(mine.get(name)), _number(other.get(name))
        differs = [part for part in _NUMBER if before[part] != after[part]]
        if differs:
            sides = {"first": before, "second": after}
            own = {f"{side}_{part}": value for side, all_ in sides.items() for part, value in all_.items()}
            rows.append({"number": name, "differs": ", ".join(differs), **own})
    columns = [f"{side}_{part}" for side in ("first", "second") for part in _NUMBER]
    return pd.DataFrame(rows, columns=["number", "differs", *columns])


def _number(known: Parameter | None) -> dict[str, Any]:
    """What a number is, and what it rests on; a number that is missing has nothing."""
    if known is None:
        return dict.fromkeys(_NUMBER)
    return {"unit": known.unit, **dict(zip(_PARTS, known.drawn, strict=True)), "source": known.ground}


def _words(
    thing: str, mine: Mapping[str, Mapping[str, Any]], other: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    """One row per word that differs: the name of the thing, its change, the key, the value on both sides."""
    rows = []
    for name in {**mine, **other}:
        change = LEFT if name not in other else JOINED if name not in mine else CHANGED
        before, after = mine.get(name, {}), other.get(name, {})
        differ = (key for key in {**before, **after} if before.get(key) != after.get(key))
        rows += [(name, change, key, before.get(key), after.get(key)) for key in differ]
    return pd.DataFrame(rows, columns=[thing, "change", "key", "first", "second"], dtype=object)
