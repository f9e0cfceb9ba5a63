"""The text of `breaks`: deals ranked by what their break does, calm and in a storm, and the JSON document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.text import Text

from computeshift.experiments.config.names import capitalised, named, possessive
from computeshift.experiments.questions.breaks.breaks import CALM, STORM, sizes
from computeshift.experiments.questions.breaks.hurt import DEFAULT, WORTH
from computeshift.experiments.questions.breaks.storm import STORM as NEWS
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.format import (
    count,
    counted,
    difference,
    difference_between,
    fixed,
    percent,
    scale,
    unit_of_difference,
    with_unit,
    worlds,
)
from computeshift.experiments.views.text.deals import label
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.breaks.breaks import Breaks

ROWS = 12
"""Deals that are shown; the document has all."""
_IN = {CALM: "in calm worlds", STORM: "in a storm"}


def document(answer: Breaks) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    return {
        "config": answer.config,
        "hurts": answer.hurts,
        "year": answer.year,
        "ranked_by": answer.ranked_by,
        "finding": finding(answer),
        "notes": list(notes(answer)),
        "storm": dict(NEWS),
        **{name: records(table) for name, table in answer.tables().items()},
        "missing": answer.missing,
        "worlds": answer.worlds,
        "seed": answer.seed,
        "start": answer.start,
        "until": answer.until,
        "left_out": answer.left_out,
    }


def show(answer: Breaks, console: Console) -> None:
    """Print the finding, the ranking, what else changes, and what the numbers are."""
    for line in (finding(answer), *notes(answer)):
        console.print(Text(line))
    for table in (
        _ranking(answer),
        *(_others(answer, weather) for weather in (STORM, CALM)),
        _numbers(answer),
    ):
        console.print()
        console.print(table)
    console.print()
    console.print(Text(reading(answer), style="dim"))
    console.print(Text(f"{worlds(answer.worlds)} to {answer.until}, seed {answer.seed}, paired"))


def effects(answer: Breaks, weather: str, number: str) -> pd.DataFrame:
    """The effects on a number in a weather, one row per deal, in the order of `breaks`."""
    own = answer.effects
    chosen = own[(own["weather"] == weather) & (own["number"] == number)]
    return chosen.set_index("deal").loc[answer.breaks["deal"]]


def name_of(row: dict[str, Any]) -> str:
    """What a broken deal is called, and who breaks it, as a table has it."""
    along = f" with {named(row['along'])}" if row["along"] else ""
    return f"{capitalised(named(label(row)))}{along}, by {named(row['payer'])}"


def unit_of(answer: Breaks, number: str) -> str:
    """The unit of a number."""
    return str(answer.numbers.set_index("name")["unit"][number])


# --- in words ---


def finding(answer: Breaks) -> str:
    """Which break hurts most in a storm and in calm worlds, and what it does to the firm's defaults."""
    storm, calm = (_worst(answer, weather) for weather in (STORM, CALM))
    parts = [_most(answer, STORM, storm)]
    if storm is not None:
        parts += _defaults(answer, STORM, storm)
    if storm is not None and calm is not None and storm["deal"] == calm["deal"]:
        parts.append(f"{capitalised(_IN[CALM])} too: {_by(answer, CALM, calm)}.")
    else:
        parts.append(_most(answer, CALM, calm))
    return " ".join(parts)


def _worst(answer: Breaks, weather: str) -> dict[str, Any] | None:
    """The break with the largest clear effect in a weather; None without any."""
    size = sizes(answer.breaks, weather, answer.ranked_by)
    return records(answer.breaks.loc[[size.idxmax()]])[0] if size.max() > 0 else None


def _most(answer: Breaks, weather: str, row: dict[str, Any] | None) -> str:
    """Which break does most in a weather, or that none does anything clearly."""
    lowers, what = "changes", answer.ranked_by
    if answer.ranked_by == WORTH:
        lowers, what = "lowers", f"{possessive(named(answer.hurts))} worth"
    if row is None:
        none = f"no break of {len(answer.breaks)} deals {lowers} {what} significantly"
        return f"{capitalised(_IN[weather])}, {none}."
    return f"{capitalised(_IN[weather])}, {_does(answer, weather, row)}."


def _does(answer: Breaks, weather: str, row: dict[str, Any]) -> str:
    """Who breaks what, and what that does."""
    along = f", and with it {named(row['along'])}" if row["along"] else ""
    broken = f"if {named(row['payer'])} breaks {named(label(row))}{along}: {_by(answer, weather, row)}"
    if answer.ranked_by == WORTH:
        return f"{named(answer.hurts)} loses most {broken}"
    return f"{answer.ranked_by} changes most {broken}"


def _by(answer: Breaks, weather: str, row: dict[str, Any]) -> str:
    """The difference of the number that ranks, with its interval."""
    own = effects(answer, weather, answer.ranked_by).loc[row["deal"]]
    unit = unit_of(answer, answer.ranked_by)
    _, between = difference_between(own["difference"], own["low"], own["high"], unit)
    lost = " of worth" if answer.ranked_by == WORTH else ""
    return f"{difference(own['difference'], unit)}{lost} ({between})"


def _defaults(answer: Breaks, weather: str, row: dict[str, Any]) -> Iterator[str]:
    """In how many worlds the firm is in default, without that break and with it."""
    if DEFAULT in answer.missing:
        return
    own = effects(answer, weather, DEFAULT).loc[row["deal"]]
    before, after = (percent(own[column], 1) for column in ("without", "mean"))
    clear = "" if own["clear"] else ", not a significant difference"
    place = "storm worlds" if weather == STORM else "calm worlds"
    firm = capitalised(named(answer.hurts))
    if before == after:
        yield f"{firm} defaults in {before} of {place}, with or without that break."
    else:
        yield f"{firm} then defaults in {after} of {place} instead of {before}{clear}."


def notes(answer: Breaks) -> Iterator[str]:
    """Which breaks help the firm, which change nothing clearly, and what is not in the tables."""
    table = answer.breaks
    if answer.ranked_by == WORTH:
        helps = table[table[f"{STORM}_clear"] & (table[STORM] > 0)]
        if len(helps):
            yield f"Breaks that help {named(answer.hurts)} in a storm: {_listed(helps)}."
    idle = table[~table[f"{STORM}_clear"] & ~table[f"{CALM}_clear"]]
    if len(idle):
        yield f"Breaks without a significant effect, calm or in a storm: {_listed(idle)}."
    if answer.missing:
        yield f"{capitalised(named(answer.hurts))} has no {', no '.join(answer.missing)} in this market."
    if len(table) > ROWS:
        rest = counted(len(table) - ROWS, "deal")
        yield f"{rest} rank below these {ROWS}: the picture's table lists them."
    if answer.reasons:
        yield left_out(answer.reasons)


def _listed(table: pd.DataFrame) -> str:
    return ", ".join(named(label(row)) for row in records(table))


def reading(answer: Breaks) -> str:
    """How to read the tables."""
    by = f"the size of the effect on {answer.ranked_by}"
    if answer.ranked_by == WORTH:
        by = "the fall of the firm's worth to owners and lenders"
    mood, credit = percent(NEWS["sentiment_fall"]), count(NEWS["credit_crunch"])
    return (
        "Each number is the mean difference from the same worlds without the break. Deals are ranked by "
        f"{by} in a storm. * marks a significant effect: its 95% interval excludes zero. A deal of the "
        "config is broken by the firm that owes the money. Contracts signed during the run (A to B) end "
        f"with the tie: from {answer.year} on nothing is leased or paid over it, and the config's deals "
        f"over it end too. The storm begins in {answer.year}: demand stops growing, the mood falls by "
        f"{mood}, credit costs {credit} basis points more. Worth counts payments until {answer.until}, and "
        "sites at cost less depreciation; later payments of a deal do not count."
    )


# --- tables ---


def _ranking(answer: Breaks) -> Plain:
    unit = unit_of(answer, answer.ranked_by)
    what = f"{possessive(named(answer.hurts))} worth" if answer.ranked_by == WORTH else answer.ranked_by
    title = f"Effect of breaking a deal in {answer.year} on {what}, {unit_of_difference(unit)}"
    table = Plain(title, "deal, and who breaks it", "calm", "95% interval", "storm", "95% interval")
    own = [effects(answer, weather, answer.ranked_by) for weather in (CALM, STORM)]
    for row in records(answer.breaks.head(ROWS)):
        cells: list[Text] = []
        for effect in (one.loc[row["deal"]] for one in own):
            change, between = _change(effect, unit)
            cells += [_marked(change, bool(effect["clear"])), Text(between, style="dim")]
        table.add_row(name_of(row), *cells)
    return table


def _others(answer: Breaks, weather: str) -> Plain:
    """The other numbers of the firm in a weather, one column each."""
    others = [row for row in records(answer.numbers) if row["name"] != answer.ranked_by]
    heads = [f"{row['short']}\n{unit_of_difference(row['unit'])}" for row in others]
    table = Plain(f"Other effects, {_IN[weather]}", "", *heads)
    own = {row["name"]: effects(answer, weather, row["name"]) for row in others}
    for deal in records(answer.breaks.head(ROWS)):
        changes = ((row, own[row["name"]].loc[deal["deal"]]) for row in others)
        cells = [_marked(_short(e["difference"], row["unit"]), bool(e["clear"])) for row, e in changes]
        table.add_row(capitalised(named(label(deal))), *cells)
    return table


def _change(effect: pd.Series[Any], unit: str) -> tuple[str, str]:
    """A difference and its interval; unknown where too few worlds have the number on both sides."""
    if math.isnan(effect["difference"]):
        return fixed(None, 1), ""
    return difference_between(effect["difference"], effect["low"], effect["high"], unit)


def _short(value: float, unit: str) -> str:
    return fixed(value * scale(unit), 1, sign=True)


def _marked(number: str, clear: bool) -> Text:
    """A number with a star where its effect is clear, dim where it is not."""
    return Text(f"{number}*") if clear else Text(number, style="dim")


def _numbers(answer: Breaks) -> Plain:
    title = f"{capitalised(named(answer.hurts))} without a break, means over worlds"
    table = Plain(title, "", "calm", "storm")
    table.add_column("", overflow="fold")
    for row in records(answer.numbers):
        cells = [with_unit(row[weather], row["unit"]) for weather in (CALM, STORM)]
        table.add_row(row["short"], *cells, Text(row["meaning"].rstrip("."), style="dim"))
    return table
