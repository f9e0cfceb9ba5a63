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
_PLURALS = {("strategy", "role"): "strategies", ("shock",): "shocks", ("deal",): "deals"}


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
    for table in (*_levers(answer), _own(answer), _outcomes(answer)):
        console.print(table)
        console.print()
    console.print(Text(reading(answer), style="dim"))
    console.print(Text(f"{worlds(answer.worlds)} to {answer.until}, seed {answer.seed}, paired"))


def finding(answer: Levers) -> str:
    """How many strategies, shocks and deals move something, which moves most, and which nothing.

    Firms that play the same strategy of a role count once: it moves something if it does at one of them, or
    at all of them together.
    """
    table, count = answer.levers, len(answer.outcomes)
    moving_most = table.groupby("counted_as")["moves"].max()
    idle = [label(_called(own)) for _, own in _counted(table) if own["moves"].max() == 0]
    if (moving_most == 0).all():
        return f"None of {len(table)} levers moves any of {count} outcomes significantly."
    first = table.iloc[0].to_dict()
    text = (
        f"{_how_many(table)} move at least one of {count} outcomes. "
        f"{capitalised(label(first))} moves the most: {first['moves']}."
    )
    return f"{text} Without effect: {', '.join(idle)}." if idle else text


def _counted(table: pd.DataFrame) -> Iterator[tuple[Any, pd.DataFrame]]:
    """The levers that count as one, in the order of the table."""
    return iter(table.groupby("counted_as", sort=False))


def _called(levers: pd.DataFrame) -> dict[Any, Any]:
    """The one of them that names all: the whole role's, where there is one."""
    roles = levers[levers["kind"] == "role"]
    return (levers if roles.empty else roles).iloc[0].to_dict()


def _how_many(table: pd.DataFrame) -> str:
    """How many of each kind move something.

    >>> kinds = ["strategy", "role", "shock"]
    >>> _how_many(pd.DataFrame({"kind": kinds, "counted_as": ["a", "a", "b"], "moves": [0, 2, 0]}))
    '1 of 1 strategies and 0 of 1 shocks'
    """
    counts = []
    for kinds, plural in _PLURALS.items():
        moved = table[table["kind"].isin(kinds)].groupby("counted_as")["moves"].max() > 0
        if not moved.empty:
            counts.append(f"{moved.sum()} of {moved.size} {plural}")
    *most, last = counts
    return f"{', '.join(most)} and {last}" if most else last


def notes(answer: Levers) -> Iterator[str]:
    """What no lever moves, which strategies move their own firm alone, and what is not in the table."""
    if alone := list(_own_alone(answer)):
        yield f"These strategies move their own firm alone: {', '.join(alone)}."
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


def _own_alone(answer: Levers) -> Iterator[str]:
    """What strategies without effect on the outcomes move of a firm that plays them: where it is most."""
    own = answer.own.merge(answer.levers[["setting", "owner"]], on="setting")
    own = own[own["moves"]].sort_values("part", key=abs, ascending=False, kind="stable")
    for _, levers in _counted(answer.levers):
        mine = own[own["setting"].isin(levers["setting"])]
        if levers["moves"].max() == 0 and not mine.empty:
            row = mine.iloc[0]
            firm = f"{named(row['owner'])}: " if len(levers) > 1 else ""
            yield f"{label(_called(levers))} ({firm}{row['short']} {cell(row['part'], moves=False)}%)"


def reading(answer: Levers, mark: str = "*") -> str:
    """How to read the table; `mark` is what an effect has."""
    return (
        f"Each number is the mean difference from {answer.config} in the same worlds, in % of the range from "
        f"P10 to P90 of {answer.config}. {mark} marks an effect: {percent(MOVES)} of the range or more, with "
        "a 95% interval that excludes zero. Worlds: the largest part of the worlds, in %, in which a lever "
        f"changes one outcome by {percent(MOVES)} of the range or more, up or down. One lever is changed "
        "at a time: a strategy of one firm or of all firms of a role, a shock or a deal. Shocks that are "
        "off are set to their usual size; those that are on are switched off. Deals are taken out."
    )


def label(lever: dict[Any, Any]) -> str:
    """A lever in words: the strategy of a firm or of a role, the size of a shock, or a deal taken out.

    >>> label({"kind": "role", "owner": "lab", "value": "race"})
    'all labs race'
    """
    if lever["kind"] == "deal":
        return f"without {named(lever['owner'])}"
    off = lever["kind"] == "shock" and float(lever["value"]) == 0
    owner = f"all {named(lever['owner'])}s" if lever["kind"] == "role" else named(lever["owner"])
    return f"{owner} {'off' if off else strategy_in_words(str(lever['value']))}"


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
    title = f"Effect of each lever, % of the range from P10 to P90 of {answer.config}"
    table = Plain(title, "", *heads, "worlds")
    numbers, moved = (one.iloc[:, chosen].to_numpy() for one in (parts(answer), moving(answer)))
    rows = zip(answer.levers.to_dict("records"), numbers, moved, strict=True)
    for lever, own, moves in rows:
        cells = [_marked(part, does) for part, does in zip(own, moves, strict=True)]
        table.add_row(label(lever), *cells, fixed(100 * lever["worlds"], 0))
    return table


def of_firms(answer: Levers) -> Iterator[tuple[str, str, float, bool]]:
    """Each firm's strategy, in the order of the levers: what it changes most of its own, and how far."""
    own = answer.own.set_index("setting")
    for lever in answer.levers.to_dict("records"):
        if lever["setting"] in own.index:
            row = own.loc[lever["setting"]]
            yield label(lever), str(row["short"]), float(row["part"]), bool(row["moves"])


def _own(answer: Levers) -> Plain:
    """What each strategy changes most of the firm that plays it."""
    title = f"Effect of each strategy on its own firm, % of the range from P10 to P90 of {answer.config}"
    table = Plain(title, "", "", "")
    for name, short, part, does in of_firms(answer):
        table.add_row(name, short, _marked(part, does))
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
