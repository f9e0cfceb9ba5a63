"""The text of `known_later`: headline outcomes before the facts, with them, and with the change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.text import Text

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.results.files import short
from computeshift.experiments.views.format import (
    cell,
    difference,
    difference_between,
    quantity,
    scale,
    unit_label,
    worlds,
)
from computeshift.experiments.views.text import calibrate
from computeshift.experiments.views.text.fit import how_weighed, skipped_rows
from computeshift.experiments.views.text.levers import WHEN
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain, banded

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.evidence.known_later import KnownLater

NAMES = {"prior": "before the facts", "known": "with them", "then": "and then"}
_MOST = 3  # outcomes in a sentence


def document(answer: KnownLater) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    return {
        "config": answer.config,
        "at": answer.at,
        "changes": list(answer.changes),
        "findings": list(findings(answer)),
        "headlines": records(answer.headlines),
        "missing": answer.missing,
        "calibration": calibrate.document(answer.calibration),
        "folder": str(answer.folder),
        "worlds": answer.worlds,
        "seed": answer.seed,
        "until": answer.until,
        "left_out": answer.left_out,
    }


def show(answer: KnownLater, console: Console) -> None:
    """Print what the facts and the change do, the facts, the headline outcomes, and where the runs are."""
    for line in findings(answer):
        console.print(Text(line))
    console.print()
    console.print(calibrate.facts_table(answer.calibration))
    console.print()
    console.print(_headlines(answer))
    console.print()
    console.print(Text(reading(answer), style="dim"))
    for line in (how_weighed(answer.calibration.fit), *skipped_rows(answer.calibration.fit)):
        console.print(Text(line))
    if answer.missing:
        console.print(Text(f"Without a value in these worlds: {', '.join(answer.missing)}."))
    if answer.reasons:
        console.print(Text(left_out(answer.reasons)))
    console.print(Text(f"{worlds(answer.worlds)} each to {answer.until}, seed {answer.seed}"))
    console.print(Text(f"Results and posterior.parquet in {short(answer.folder)}"), soft_wrap=True)


def findings(answer: KnownLater) -> Iterator[str]:
    """What the facts change, and what the change after them does."""
    moved = answer.calibration.moved
    beyond = int((moved["distance"] > answer.calibration.threshold).sum())
    yield (
        f"Facts to {answer.at} move {beyond} of {len(moved)} uncertain parameters and factors further than "
        f"chance would. Medians that they change most: {_moved(answer.headlines)}."
    )
    if answer.changes:
        yield f"What if, after {answer.at}: {'; '.join(answer.changes)}. {_changed(answer.headlines)}"


def _moved(table: pd.DataFrame) -> str:
    """The outcomes whose medians the facts move most, as parts of their width before."""
    width = (table["prior_p90"] - table["prior_p10"]).replace(0.0, float("nan"))
    parts = ((table["known_p50"] - table["prior_p50"]) / width).abs()
    most = parts.sort_values(ascending=False, kind="stable").index[:_MOST]
    return ", ".join(
        f"{named(row['short'])} from {quantity(row['prior_p50'], row['unit'])} to "
        f"{quantity(row['known_p50'], row['unit'])}"
        for row in records(table.loc[most])
    )


def _changed(table: pd.DataFrame) -> str:
    """How many outcomes the change moves beyond doubt, and which most, by their spread over worlds."""
    clear = table[(table["low"] > 0) | (table["high"] < 0)]
    counted = f"It moves {len(clear)} of {len(table)} headline outcomes significantly"
    if clear.empty:
        return f"{counted}."
    parts = (clear["difference"] / clear["spread"]).abs()
    most = clear.loc[parts.sort_values(ascending=False, kind="stable").index[:_MOST]]
    words = (f"{named(row['short'])} {difference(row['difference'], row['unit'])}" for row in records(most))
    return f"{counted}, most of all {', '.join(words)}."


def reading(answer: KnownLater) -> str:
    """How to read the table of outcomes."""
    text = f"Medians, P10 to P90; before the facts: as {answer.config} draws its parameters."
    if answer.changes:
        text += " Difference: mean over paired worlds, and its 95% interval; of shares in points."
    return text


def _headlines(answer: KnownLater) -> Plain:
    """One row per outcome, one column per run, and the difference that the change makes."""
    runs = [run for run in NAMES if f"{run}_p50" in answer.headlines]
    heads = [NAMES[run] for run in runs] + (["difference"] if answer.changes else [])
    table = Plain(f"Headline outcomes by {answer.until}", "", *heads)
    for row in records(answer.headlines):
        cells = [banded(*(_number(row[f"{run}_{q}"], row) for q in ("p10", "p50", "p90"))) for run in runs]
        if answer.changes:
            mean, interval = difference_between(row["difference"], row["low"], row["high"], row["unit"])
            cells.append(f"{mean}\n[dim]{interval}[/dim]")
        name = f"{capitalised(named(row['short']))}, {unit_label(row['unit'])}"
        table.add_row(f"{name}\n[dim]{WHEN[row['when']]}[/dim]", *cells)
    return table


def _number(value: float | None, row: dict[str, Any]) -> str:
    return cell(None if value is None else value * scale(row["unit"]))
