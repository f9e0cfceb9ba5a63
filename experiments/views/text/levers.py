"""The text of `levers`: one table of levers by outcomes, the finding in words, and the JSON document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.text import Text

from computeshift.experiments.config.names import capitalised, named, strategy_in_words
from computeshift.experiments.questions.levers.levers import MOVES
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import fixed, percent, span, worlds
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.levers.levers import Levers

_MORE, _LESS, _STILL = f"bold {COLOURS[2]}", f"bold {COLOURS[3]}", "dim"
WHEN = {"last": "in the last year", "peak": "at its peak", "own": "at its time"}
_BESIDE = 8  # outcomes that fit beside each other


def document(answer: Levers) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    return {
        "config": answer.config,
        "finding": finding(answer),
        "notes": list(notes(answer)),
        "threshold": MOVES,
        **{name: records(table) for name, table in answer.tables().items()},
        "missing": answer.missing,
        "too_late": answer.too_late,
        "worlds": answer.worlds,
        "seed": answer.seed,
        "start": answer.start,
        "until": answer.until,
        "left_out": answer.left_out,
    }


def show(answer: Levers, console: Console) -> None:
    """Print the finding, the table, and what the outcomes are."""
    for line in (finding(answer), *notes(answer)):
        console.print(Text(line))
    console.print()
    for table in (*_levers(answer), _outcomes(answer)):
        console.print(table)
        console.print()
    console.print(Text(reading(answer), style="dim"))
    console.print(Text(f"{worlds(answer.worlds)} to {answer.until}, seed {answer.seed}, paired"))


def finding(answer: Levers) -> str:
    """How many levers move something, which moves most, and which nothing."""
    table, count = answer.levers, len(answer.outcomes)
    idle = [label(row) for row in table[table["moves"] == 0].to_dict("records")]
    if len(idle) == len(table):
        return f"None of {len(table)} levers moves any of {count} outcomes significantly."
    first = table.iloc[0].to_dict()
    text = (
        f"{len(table) - len(idle)} of {len(table)} levers move at least one of {count} outcomes. "
        f"{capitalised(label(first))} moves the most: {first['moves']}."
    )
    return f"{text} Without effect: {', '.join(idle)}." if idle else text


def notes(answer: Levers) -> Iterator[str]:
    """What no lever moves, and what is not in the table."""
    moved = answer.effects.groupby("outcome", sort=False)["moves"].any()
    if still := [str(name) for name, any_does in moved.items() if not any_does]:
        yield f"No lever moves {', '.join(still)}."
    if constant := answer.outcomes["name"][answer.outcomes["width"] == 0].to_list():
        yield f"The same in all worlds, so its effects have no scale: {', '.join(constant)}."
    if answer.missing:
        yield f"Not in this market: {', '.join(answer.missing)}."
    if answer.too_late:
        yield f"Not played, because it begins after {answer.until}: {', '.join(answer.too_late)}."
    if answer.reasons:
        yield left_out(answer.reasons)


def reading(answer: Levers, mark: str = "*") -> str:
    """How to read the table; `mark` is what an effect has."""
    return (
        f"Each number is the mean difference from {answer.config} in the same worlds, in % of the range from "
        f"P10 to P90 of {answer.config}. {mark} marks an effect: {percent(MOVES)} of the range or more, with "
        "a 95% interval that excludes zero. One lever is changed at a time: a firm's strategy, a shock or a "
        "deal. Shocks that are off are set to their usual size; those that are on are switched off. Deals "
        "are taken out."
    )


def label(lever: dict[Any, Any]) -> str:
    """A lever in words: the strategy of a firm, the size of a shock, or a deal taken out."""
    if lever["kind"] == "deal":
        return f"without {named(lever['owner'])}"
    off = lever["kind"] == "shock" and float(lever["value"]) == 0
    return f"{named(lever['owner'])} {'off' if off else strategy_in_words(str(lever['value']))}"


def parts(answer: Levers) -> pd.DataFrame:
    """The parts of the widths: one row per lever in the order of `levers`, one column per outcome."""
    return _wide(answer, "part")


def moving(answer: Levers) -> pd.DataFrame:
    """The same table of whether it moves the outcome."""
    return _wide(answer, "moves")


def cell(part: float, moves: bool) -> str:
    """A part of a width in percent; a star where it moves the outcome.

    >>> cell(-0.123, True), cell(0.004, False), cell(float("nan"), False)
    ('-12*', '0', '')
    """
    return "" if math.isnan(part) else fixed(100 * part, 0, sign=True) + ("*" if moves else "")


def _wide(answer: Levers, column: str) -> pd.DataFrame:
    table = answer.effects.pivot(index="setting", columns="outcome", values=column)
    return table.loc[answer.levers["setting"], answer.outcomes["name"]]


def _levers(answer: Levers) -> Iterator[Plain]:
    """One row per lever, one column per outcome, some outcomes beside each other."""
    for first in range(0, len(answer.outcomes), _BESIDE):
        yield _some(answer, slice(first, first + _BESIDE))


def _some(answer: Levers, chosen: slice) -> Plain:
    heads = [short.replace(" ", "\n") for short in answer.outcomes["short"][chosen]]
    table = Plain(f"Effect of each lever, % of the range from P10 to P90 of {answer.config}", "", *heads)
    numbers, moved = (one.iloc[:, chosen].to_numpy() for one in (parts(answer), moving(answer)))
    rows = zip(answer.levers.to_dict("records"), numbers, moved, strict=True)
    for lever, own, moves in rows:
        cells = [_marked(part, does) for part, does in zip(own, moves, strict=True)]
        table.add_row(label(lever), *cells)
    return table


def _marked(part: float, moves: bool) -> Text:
    """A cell in the colour of its direction, dim where the outcome does not move."""
    style = (_MORE if part > 0 else _LESS) if moves else _STILL
    return Text(cell(part, moves), style=style)


def _outcomes(answer: Levers) -> Plain:
    table = Plain(f"Outcomes by {answer.until}, median and P10 to P90", "", whole=True)
    table.show_header = False
    table.add_column("", no_wrap=True)
    table.add_column("", overflow="fold")
    for row in answer.outcomes.to_dict("records"):
        values = span([row["p10"], row["p50"], row["p90"]], row["unit"])
        meaning = f"{row['meaning'].rstrip('.')}, {WHEN[row['when']]}"
        table.add_row(row["short"], values, Text(meaning, style="dim"))
    return table
