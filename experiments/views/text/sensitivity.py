"""The text of `sensitivity`: findings in words, a table that fits 80 columns, and the JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.experiments.questions.sensitivity.indices import LUCK
from computeshift.experiments.views.format import counted, figures
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.sensitivity_findings import (
    MAIN,
    TOP,
    amount,
    apart,
    counts,
    finding,
    foremost_of_all,
    index,
    joint,
    kind,
    label,
    left_out,
    method,
    noise,
    source,
)
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.sensitivity.answer import Sensitivity

_ABREAST = 4  # outcomes in one table
COLUMNS = {"sobol": ("ST", "S1"), "morris": ("mu_star", "sigma"), "rbd_fast": ("S1",)}
_MEANING = {
    "ST": "ST: the share of the outcome's variance that a factor explains, alone or together with others.",
    "S1": "S1: the share it explains alone.",
    "mu_star": "mu_star: how far the outcome moves, on average, from a parameter's P5 to its P95.",
    "sigma": "sigma: how much that move varies with the other factors.",
}


def document(answer: Sensitivity) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null. Several outcomes are a list of theirs."""
    facts = {
        "source": answer.source,
        "seed": answer.seed,
        "method": answer.method,
        "base": answer.base,
        "worlds": answer.worlds,
        "worlds_left_out": answer.broken,
    }
    facts |= {} if answer.by is None else {"by": answer.by}
    each = [_facts(one) for one in answer.each]
    named = each[0] if len(each) == 1 else {"outcomes": each}
    factors = records(answer.factors.rename_axis("factor").reset_index(drop=len(each) > 1))
    joint = {name: dict(own) for name, own in answer.loadings.items()}
    return {**named, **facts, "factors": factors} | ({"loadings": joint} if joint else {})


def _facts(answer: Sensitivity) -> dict[str, Any]:
    """What is found of one outcome, its factors aside."""
    target, found = answer.target, answer.indices
    facts = {
        "outcome": target.name,
        "unit": target.unit,
        "meaning": target.meaning,
        "when": target.when,
        "undecided": answer.undecided,
        "samples": found.samples,
        "samples_left_out": found.left_out,
        "varies": bool(len(found.table)),
        "mean": found.mean,
        "standard_deviation": found.deviation,
        "sum_s1": None if found.sum_s1 is None else found.sum_s1[0],
        "sum_s1_conf": None if found.sum_s1 is None else found.sum_s1[1],
        "noise": found.noise,
        "luck": None if found.draws is None else found.draws[0],
        "luck_conf": None if found.draws is None else found.draws[1],
    }
    return records(pd.DataFrame([facts]).astype(object))[0]


def show(answer: Sensitivity, console: Console) -> None:
    """Print what it depends on most, the factors that matter most, what the columns mean, and the rest."""
    if len(answer.explained) > 1:
        _show_several(answer, console)
        return
    target, found = answer.target, answer.indices
    console.print(f"What {target.key} depends on ({method(answer)})", style="bold")
    console.print(target.meaning)
    foremost, *more = finding(answer)
    console.print(foremost)
    console.print()
    if len(found.table):
        console.print(_table(answer))
        console.print()
        console.print(_legend(answer), style="dim")
        console.print()
    for sentence in [*more, *joint(answer), *counts(answer)]:
        console.print(sentence)


def _show_several(answer: Sensitivity, console: Console) -> None:
    """Print the main index of each factor for each outcome, and what each depends on most."""
    names = [*dict.fromkeys(one.target.name for one in answer.explained)]
    depend = "depends" if len(names) == 1 else "depend"
    console.print(f"What {', '.join(names)} {depend} on ({method(answer)})", style="bold")
    for i, own in enumerate(answer.explained, 1):
        meaning = f". {own.target.meaning}" if own.target.meaning != own.target.name else ""
        console.print(f"{i}: {own.target.key}{meaning}")
    console.print()
    measure, top = MAIN[answer.method], foremost_of_all(answer)
    for first in range(0, len(answer.explained), _ABREAST):
        if len(top):
            console.print(_abreast(answer, list(top.index[:TOP]), first))
            console.print()
    if len(top):
        console.print(f"{_MEANING[measure]} ±: 95% interval.", style="dim")
        console.print()
    for i, one in enumerate(answer.each, 1):
        console.print(" ".join([f"{i}:", finding(one)[0], *noise(one), *left_out(one)]))
    more = [f"Not shown: {len(top) - TOP} more, which matter less."] if len(top) > TOP else []
    for sentence in [*joint(answer), *more, *source(answer)]:
        console.print(sentence)


def _abreast(answer: Sensitivity, factors: list[str], first: int) -> Plain:
    """The main index of these factors for as many outcomes as fit, from the one at `first` on."""
    shown = answer.each[first : first + _ABREAST]
    heads = [str(first + i) for i in range(1, len(shown) + 1)]
    measure = MAIN[answer.method]
    table = Plain("", f"{measure} of each {kind(answer)}", *heads)
    for column in table.columns[1:]:
        column.no_wrap = True
    for factor in factors:
        rows = [(one, one.indices.table) for one in shown]
        cells = [index(one, own.loc[factor], measure) if len(own) else "" for one, own in rows]
        table.add_row(label(factor), *cells)
    return table


def _table(answer: Sensitivity) -> Plain:
    sides = () if answer.by else ("low", "high")
    heading = "group, its inputs" if answer.by else "factor, its P5 to P95"
    table = Plain("", heading, *COLUMNS[answer.method], *sides)
    for column in table.columns[1:]:
        column.no_wrap = True
    for factor, row in answer.factors.head(TOP).iterrows():
        indices = [index(answer, row, name) for name in COLUMNS[answer.method]]
        means = [_mean(row[f"{side}_fifth"], answer, factor) for side in sides]
        table.add_row(f"{label(factor)}\n[dim]{_below(answer, factor, row)}[/dim]", *indices, *means)
    return table


def _below(answer: Sensitivity, factor: object, row: Any) -> str:
    """What stands below the name of a factor: the range that it has, or the size of a group."""
    if factor == LUCK:
        return "between worlds with the same parameters"
    if answer.by:
        return counted(row.inputs, "input")
    return f"{apart(answer, str(factor))}{figures(row.p5)} to {figures(row.p95)} {row.unit}"


def _mean(value: float, answer: Sensitivity, factor: object) -> str:
    return "" if factor == LUCK else amount(value, answer.target.unit)


def _legend(answer: Sensitivity) -> str:
    meanings = [_MEANING[name] for name in COLUMNS[answer.method]]
    if answer.by:
        return " ".join([*meanings, "±: 95% interval."])
    sides = "low, high: the mean outcome with the parameter in the lowest or highest fifth of its range."
    return " ".join([*meanings, "±: 95% interval;", sides])
