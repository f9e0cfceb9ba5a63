"""The text of `diff`: a table of each kind of difference, and the JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.text import Text

from computeshift.experiments.config.names import in_numbers
from computeshift.experiments.questions.diff.rows import CHANGED, JOINED
from computeshift.experiments.views.format import counted, figures
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.diff.diff import Diff

_SAME = "in all worlds both give the same numbers"
_NOTHING = "nothing"
_SAID = ("kind", "strategy", "year", "until", "meaning", "sentence", "of")
"""What is said of a firm, a shock, a deal or a factor that only one side has."""
_SAID_WITH_KEY = ("from", "to", "signed", "first", "last")
"""The same, after its key: of a deal."""
Row = tuple[str, str, str]
"""A name, and what each side has."""


def document(answer: Diff) -> dict[str, Any]:
    """All of it as one JSON document; what one side lacks is null."""
    return {
        "first": answer.first,
        "second": answer.second,
        "finding": finding(answer),
        "same_numbers": answer.same_numbers,
        **{name: records(table) for name, table in answer.tables().items()},
    }


def show(answer: Diff, console: Console) -> None:
    """Print what differs, one table for each kind of thing."""
    console.print(Text(finding(answer)))
    for title, rows in _sections(answer):
        if rows:
            table = Plain(title, "", answer.first, answer.second)
            for column in table.columns:
                column.justify, column.overflow = "left", "fold"
            for row in rows:
                table.add_row(*map(Text, row))
            console.print()
            console.print(table)


def finding(answer: Diff) -> str:
    """What differs, in one sentence."""
    counts = [
        (answer.settings["setting"], "setting"),
        (answer.firms["firm"], "firm"),
        (_numbers_listed(answer)["number"], "number"),
        (answer.ties["kind"], "tie"),
        (answer.shocks["shock"], "shock"),
        (answer.deals["deal"], "deal"),
        (answer.factors["factor"], "factor"),
        (answer.own["of"] + " " + answer.own["name"], "outcome or claim"),
    ]
    count = [(names.size if thing == "tie" else names.nunique(), thing) for names, thing in counts]
    differing = [counted(many, thing) for many, thing in count if many]
    if not differing:
        return f"{answer.second} is the same as {answer.first}."
    same = f"; {_SAME}" if answer.same_numbers else ""
    return f"{answer.second} differs from {answer.first} in {', '.join(differing)}{same}."


def _numbers_listed(answer: Diff) -> pd.DataFrame:
    """The numbers that both sides have, and those of shocks and deals; a firm that moved has too many."""
    table = answer.numbers
    both = table["first_unit"].notna() & table["second_unit"].notna()
    return table[both | table["number"].str.startswith(("shocks.", "deals."))]


def _sections(answer: Diff) -> Iterator[tuple[str, list[Row]]]:
    """Titles, and rows: a name, and what each side has."""
    numbers = list(_numbers(_numbers_listed(answer)))
    yield "Settings", [(name, _word(one), _word(two)) for name, one, two in _plain(answer.settings)]
    yield "Firms", list(_words(answer.firms, answer.numbers["number"]))
    yield "Ties", [_tie(*row) for row in _plain(answer.ties)]
    yield "Shocks", list(_words(answer.shocks))
    yield "Deals", list(_words(answer.deals))
    yield "Numbers: low | central | high (triangular unless stated), and source", numbers
    yield "Factors and their loadings", list(_words(answer.factors))
    yield "Own outcomes, claims and observables", list(_words(answer.own.drop(columns="of")))


def _plain(table: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    return table.itertuples(index=False, name=None)


def _word(value: Any) -> str:
    return "none" if value is None else figures(value, most=6) if isinstance(value, float) else str(value)


def _words(table: pd.DataFrame, numbers: pd.Series[str] | None = None) -> Iterator[Row]:
    """One row per word that changed; one for what joined or left, with how many `numbers` it has."""
    thing = str(table.columns[0])
    for (name, change), own in table.groupby([thing, "change"], sort=False):
        if change == CHANGED:
            for _, _, key, first, second in _plain(own):
                yield f"{name}.{key}", _word(first), _word(second)
            continue
        said = own.set_index("key")["second" if change == JOINED else "first"]
        words = [str(said[key]) for key in _SAID if key in said.index]
        words += [f"{key} {said[key]}" for key in _SAID_WITH_KEY if key in said.index]
        if numbers is not None:
            count = numbers.str.startswith(f"{name}.").sum()
            words.append(f"{count} number{'' if count == 1 else 's'}")
        yield str(name), *_moved(str(change), ", ".join(words))


def _moved(change: str, text: str) -> tuple[str, str]:
    """What only one side has, under that side."""
    return (_NOTHING, text) if change == JOINED else (text, _NOTHING)


def _tie(source: str, target: str, kind: str, change: str, first: Any, second: Any) -> Row:
    years = ["open" if y is None else f"from {y}" if isinstance(y, int) else y for y in (first, second)]
    sides = (years[0], years[1]) if change == CHANGED else _moved(change, years[change == JOINED])
    return f"{source} -> {target} {kind}", *sides


def _numbers(table: pd.DataFrame) -> Iterator[Row]:
    """Each number, and below it what it rests on, where that differs."""
    for row in table.to_dict("records"):
        first, second = (_number(row, side) for side in ("first", "second"))
        if first != second:
            yield str(row["number"]), first, second
        name = "" if first != second else str(row["number"])
        if row["first_source"] != row["second_source"]:
            first, second = (row[f"{side}_source"] for side in ("first", "second"))
            yield name, "" if pd.isna(first) else str(first), "" if pd.isna(second) else str(second)


def _number(row: dict[Any, Any], side: str) -> str:
    """How a number is drawn on one side."""
    if pd.isna(row[f"{side}_unit"]):
        return _NOTHING
    return in_numbers(*(row[f"{side}_{part}"] for part in ("low", "central", "high", "shape", "unit")))
