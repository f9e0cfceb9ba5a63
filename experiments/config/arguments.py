"""What Python callers hand over, as plain values; UserError, with what would be right, where it is none."""

from __future__ import annotations

import math
import operator
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from computeshift.experiments.errors import UserError, instead

T = TypeVar("T")


def plain(value: Any) -> Any:
    """A value as a config file would have it: numbers of numpy and others become Python's own.

    >>> import numpy as np
    >>> plain(np.int64(5)), plain(np.float64(0.5)), plain(np.bool_(True)), plain(np.str_("exit"))
    (5, 0.5, True, 'exit')
    """
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        return value.item()
    if hasattr(value, "__index__") and not isinstance(value, int):
        return operator.index(value)
    return value


def whole(value: Any, name: str, least: int | None = None) -> int:
    """A whole number: anything with `__index__`. UserError if it is none, or less than `least`."""
    value = plain(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UserError(f"`{name}`: {value!r} is not a whole number")
    if least is not None and value < least:
        raise UserError(f"`{name}`: {value} is too few; use at least {least}")
    return value


def known(name: Any, names: Iterable[str], thing: str, parameter: str = "") -> str:
    """A name that is one of `names`; UserError, with the nearest one, if it is not.

    `parameter` is the one that has it: the message begins with it.
    """
    choices = list(names)
    if not isinstance(name, str) or name not in choices:
        at = f"`{parameter}`: " if parameter else ""
        raise UserError(f"{at}there is no {thing} {name!r}; {instead(str(name), choices)}")
    return str(name)


def chosen_year(year: Any, years: Sequence[int], parameter: str = "year") -> int:
    """A year that is simulated; UserError, which names the parameter, if it is not."""
    number = whole(year, parameter)
    if number not in years:
        raise UserError(f"`{parameter}`: there is no year {number}: use {years[0]} to {years[-1]}")
    return number


def chosen_path(path: Any, parameter: str) -> Path:
    """A path, `~` expanded; UserError if it is none."""
    if not isinstance(path, str | os.PathLike):
        raise UserError(f"`{parameter}`: {path!r} is no path; write one such as 'results/one'")
    return Path(path).expanduser()


def settings(set: Mapping[str, Any] | None, **given: Any) -> dict[str, Any]:
    """What `set` holds, and over it the parameters that are given. UserError if `set` is no mapping."""
    if set is not None and not isinstance(set, Mapping):
        example = '{"softbank.strategy": "prudent"}'
        raise UserError(f"`set`: {set!r} is no mapping of settings; write one such as {example}")
    return {**(set or {}), **{name: value for name, value in given.items() if value is not None}}


def several(values: Sequence[T], name: str, example: str) -> list[T]:
    """A list of things; UserError for a single one, such as a text, whose letters nobody means."""
    if isinstance(values, str | bytes | Path) or not isinstance(values, Iterable):
        raise UserError(f"`{name}`: {values!r} is not a list; write one such as {example}")
    return list(values)


def chosen_world(world: Any, worlds: Any, quantiles: bool = True) -> int | float:
    """A world's number, or a quantile over worlds: 0.5 for "median", 0.1 for "p10" or 0.1 itself.

    `worlds` are the numbers there are. UserError for another, for what is no quantile, and, without
    `quantiles`, for any quantile but the median.
    """
    number = plain(world)
    if isinstance(number, str):
        named = re.fullmatch(r"p(\d+(?:\.\d+)?)", number)
        number = 0.5 if number == "median" else float(named[1]) / 100 if named else math.nan
    if isinstance(number, int) and not isinstance(number, bool):
        if number in worlds:
            return number
    elif isinstance(number, float) and (number == 0.5 if not quantiles else 0 <= number <= 1):
        return number
    span = f"a whole number from {worlds[0]} to {worlds[-1]}" if len(worlds) else "another run"
    other = ", 'median', or a quantile such as 'p90' or 0.9" if quantiles else " or 'median'"
    raise UserError(f"there is no world {world!r}: use {span}{other}")
