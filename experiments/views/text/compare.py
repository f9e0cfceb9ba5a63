"""The text of `compare`: findings in words, tables that fit 80 columns, and the JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.text import Text

from computeshift.experiments.config.names import capitalised, in_words, named
from computeshift.experiments.questions.compare.comparison import UNITS, Comparison
from computeshift.experiments.questions.compare.pairs import LEAST, RARE
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.format import (
    count,
    difference,
    difference_between,
    figures,
    fixed,
    level,
    minus,
    percent,
    scale,
    unit_label,
    worlds,
)
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain, banded

if TYPE_CHECKING:
    from rich.console import Console

NO_PAIR = "no pair differs"
WIDEST = 30  # characters of a name in one line; expressions are longer
SHOWN = 12  # parameters at most
READING = """\
mean, difference: means over worlds; a difference is significant if its 95% interval excludes zero
pairing: by what factor using the same draws on both sides reduces the variance of the difference
%: differences of shares and of claims are in percentage points"""


def document(answer: Comparison) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    return {
        "first": answer.first,
        "others": answer.others,
        "sides": list(answer.sides),
        "year": answer.year,
        "worlds": answer.worlds,
        "seed": answer.seed,
        "left_out": answer.left_out,
        "findings": [finding(answer, name) for name in answer.others],
        "posterior_rows": answer.posterior_rows,
        "notes": list(notes(answer)),
        **{name: records(table) for name, table in answer.tables().items()},
    }


def show(answer: Comparison, console: Console) -> None:
    """Print findings, tables and notes."""
    for name in answer.others:
        console.print(Text(finding(answer, name)))
        console.print()
        for table in _tables(answer, name):
            console.print(table)
            console.print()
    console.print(Text(READING, style="dim"))
    for note in notes(answer):
        console.print(Text(note))
    same = "draws" if answer.parameters.empty else "shocks, and parameters differ with the posterior"
    sample = f"{worlds(answer.worlds)}, seed {answer.seed}, paired: each world has the same {same}"
    console.print(Text(sample))
    console.print(
        Text("What outcomes and claims mean, and their names in files: computeshift list", style="dim")
    )


def finding(answer: Comparison, name: str) -> str:
    """What a side changes, in a sentence or two."""
    rows = answer.outcomes[answer.outcomes["config"] == name]
    known = rows[rows["pairs"] >= LEAST]
    clear = known[(known["low"] > 0) | (known["high"] < 0)]
    start = f"{name} {minus(answer.first)} in {answer.year}: "
    sample = f"(means of {count(answer.worlds)} paired worlds)"
    if clear.empty:
        return f"{start}no outcome differs significantly {sample}."
    most = clear.loc[(clear["difference"] / clear["spread"]).abs().sort_values(ascending=False).index[:3]]
    changes = ", ".join(f"{named(row.outcome)} {difference(row.difference, row.unit)}" for row in _each(most))
    counted = f"{len(clear)} of {len(known)} outcomes differ significantly {sample}"
    return f"{start}{counted}. Largest differences, relative to the spread over worlds: {changes}."


def notes(answer: Comparison) -> Iterator[str]:
    """What the tables leave out, and why."""
    for name, reasons in answer.reasons.items():
        yield f"of {name}, {left_out(reasons)}"
    for name in answer.others:
        rows = answer.outcomes[answer.outcomes["config"] == name]
        either, both = f"{answer.first} or {name}", f"{answer.first} and {name}"
        few = rows["differing"].between(1, RARE - 1)
        for note, which in {
            f"left out: no world has a value in {either}": rows["pairs"] < LEAST,
            f"not every pair of worlds has values in {both}": rows["pairs"].between(LEAST, answer.worlds - 1),
            f"fewer than {RARE} pairs of worlds differ, so the interval may be too narrow": few,
            f"the same in all worlds of {both}": rows["constant"],
        }.items():
            if which.any():
                yield f"{', '.join(rows['outcome'][which].map(words))}: {note}"
        undecided = answer.claims[(answer.claims["config"] == name) & (answer.claims["pairs"] == 0)]
        if len(undecided):
            yield f"{', '.join(undecided['claim'].map(words))}: not decided in {either}"
    for name, rows_drawn in answer.posterior_rows.items():
        of = f"drawn from {count(rows_drawn)} different rows of its posterior"
        yield f"{name}: {of}; intervals take into account that worlds share a row"


# --- tables ---


def _tables(answer: Comparison, name: str) -> Iterator[Plain | Text]:
    """What one side changes, none of the tables empty."""
    less = f"and {name} {minus(answer.first)}"
    outcomes = answer.outcomes.query("config == @name and pairs >= @LEAST")
    if len(outcomes):
        yield _outcomes_table(f"Outcomes in {answer.year}: {answer.first}, {less}", outcomes)
    held = answer.claims.query("config == @name and pairs >= @LEAST")
    if len(held):
        yield _claims_table(f"Claims, % of worlds: {answer.first}, {less}", held)
    for unit in UNITS:
        edges = answer.changed(unit, name)
        if len(edges):
            title = f"Most changed flows in {answer.year}, {unit}: {answer.first}, {less}"
            yield _edges_table(title, edges)
    parameters = answer.parameters.query("config == @name")
    if len(parameters):
        yield _parameters_table(answer, name, parameters)


def _outcomes_table(title: str, rows: pd.DataFrame) -> Plain:
    """One line per outcome."""
    names = ("outcome", "unit", "mean", "difference", "95% interval", "pairing")
    lines = (
        (
            words(row.outcome),
            unit_label(row.unit),
            level(row.first_mean, row.unit),
            *_change(row),
            _pairing(row),
        )
        for row in _each(rows)
    )
    return _table(title, names, lines)


def _claims_table(title: str, rows: pd.DataFrame) -> Plain:
    """One line per claim."""
    names = ("claim", "holds", "difference", "95% interval", "pairing")
    lines = (
        (words(row.claim), percent(row.first_probability, 1), *_change(row), _pairing(row))
        for row in _each(rows.assign(unit="share"))
    )
    return _table(title, names, lines)


def _edges_table(title: str, rows: pd.DataFrame) -> Plain:
    """One line per edge."""
    names = ("from, to", "kind", "mean", "difference", "95% interval")
    lines = (
        (
            capitalised(named(f"{row.source} to {row.target}")),
            named(row.kind),
            level(row.first_mean, row.unit),
            *_change(row),
        )
        for row in _each(rows)
    )
    return _table(title, names, lines)


def _parameters_table(answer: Comparison, name: str, rows: pd.DataFrame) -> Plain | Text:
    """One line per parameter that moved further than chance would; how many did."""
    moved = answer.moved(name)
    how_many = (
        f"{len(moved)} of {len(rows)} parameters moved more than chance explains "
        f"(distance above {fixed(rows['threshold'].iloc[0], 2)})"
    )
    if moved.empty:
        return Text(how_many)
    title = f"Parameters that moved most, median and P10 to P90: first {answer.first}, then {name}"
    table = Plain(title, "parameter", "first", "then", "distance")
    for row in _each(moved.head(SHOWN)):
        before = banded(*map(figures, (row.first_p10, row.first_p50, row.first_p90)))
        after = banded(*map(figures, (row.p10, row.p50, row.p90)))
        table.add_row(capitalised(in_words(row.parameter)), before, after, fixed(row.distance, 2))
    table.note = how_many
    return table


def words(name: str) -> str:
    """An outcome or a claim in words; an expression as it is."""
    return capitalised(named(name)) if name.isidentifier() else name


def _each(rows: pd.DataFrame) -> Iterator[Any]:
    """The rows, their cells by name."""
    yield from rows.itertuples()


def _change(row: Any) -> tuple[str, str]:
    """The difference, and its interval with as many decimals."""
    change, between = difference_between(row.difference, row.low, row.high, row.unit)
    return (change, between) if between else (fixed(scale(row.unit) * row.difference, 0, sign=True), NO_PAIR)


def _pairing(row: Any) -> str:
    """By how much pairing helped, in a word."""
    if row.constant:
        return "constant"
    return "perfect" if row.exact else f"x {fixed(row.variance_ratio, 1)}"


def _table(title: str, names: Sequence[str], lines: Iterable[Sequence[str]]) -> Plain:
    """A table whose first column keeps its words whole, numbers to the right."""
    cells = [[Text(cell) for cell in line] for line in lines]
    table = Plain(title, *names, whole=True)
    longest = max(len(line[0]) for line in cells)
    table.columns[0].min_width = min(longest, WIDEST)
    table.columns[0].no_wrap = longest <= WIDEST
    for name, column in zip(names[1:], table.columns[1:], strict=True):
        if name in ("unit", "kind"):
            column.justify, column.max_width = "left", 13
        else:
            column.no_wrap = True
    for line in cells:
        table.add_row(*line)
    return table
