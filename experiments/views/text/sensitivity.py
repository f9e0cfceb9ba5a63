"""The text of `sensitivity`: findings in words, a table that fits 80 columns, and the JSON document."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.experiments.config.factor import (
    column_of_factor,
    heaviest,
    loadings_in_words,
    own_part,
    parameter_of_column,
)
from computeshift.experiments.config.names import in_words
from computeshift.experiments.questions.sensitivity.indices import LUCK
from computeshift.experiments.results.excluded import why
from computeshift.experiments.views.format import PERCENT, count, figures, fixed, percent, worlds
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.sensitivity.answer import Sensitivity

TOP = 15  # factors that are shown
LISTED = 4  # parameters that load on a factor, shown at most
_SURE = 0.25  # half an interval of the sum of S1 beyond which it says nothing
_ABREAST = 4  # outcomes in one table
MAIN = {"sobol": "ST", "morris": "mu_star", "rbd_fast": "S1"}
"""The index of each method that factors are ranked by."""
COLUMNS = {"sobol": ("ST", "S1"), "morris": ("mu_star", "sigma"), "rbd_fast": ("S1",)}
_MEANING = {
    "ST": "ST: the share of the outcome's variance that depends on a factor, alone or together with others.",
    "S1": "S1: the share it makes alone.",
    "mu_star": "mu_star: how far the outcome moves, on average, from a parameter's P5 to its P95.",
    "sigma": "sigma: how much that move differs with the rest.",
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
    """Print the factors that matter most, what the columns mean, and the finding."""
    if len(answer.explained) > 1:
        _show_several(answer, console)
        return
    target, found = answer.target, answer.indices
    console.print(f"What {target.key} depends on ({method(answer)})", style="bold")
    console.print(target.meaning)
    console.print()
    if len(found.table):
        console.print(_table(answer))
        console.print()
        console.print(_legend(answer), style="dim")
        console.print()
    for sentence in [*finding(answer), *_joint(answer), *_counts(answer)]:
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
        console.print(" ".join([f"{i}:", finding(one)[0], *_left_out(one)]))
    more = [f"Not shown, as they matter less: {len(top) - TOP} more."] if len(top) > TOP else []
    for sentence in [*_joint(answer), *more, *_source(answer)]:
        console.print(sentence)


def _abreast(answer: Sensitivity, factors: list[str], first: int) -> Plain:
    """The main index of these factors for as many outcomes as fit, from the one at `first` on."""
    shown = answer.each[first : first + _ABREAST]
    heads = [str(first + i) for i in range(1, len(shown) + 1)]
    measure = MAIN[answer.method]
    table = Plain("", f"{measure} of each {_kind(answer)}", *heads)
    for column in table.columns[1:]:
        column.no_wrap = True
    for factor in factors:
        rows = [(one, one.indices.table) for one in shown]
        cells = [_index(one, own.loc[factor], measure) if len(own) else "" for one, own in rows]
        table.add_row(label(factor), *cells)
    return table


def foremost_of_all(answer: Sensitivity) -> pd.DataFrame:
    """The main index, one row per factor and one column per outcome that varies, by its key.

    Those with the largest index, on average over the outcomes, come first. Morris's are in units of the
    outcomes, so each counts as a part of the largest of its column.
    """
    measure = MAIN[answer.method]
    tables = {one.target.key: one.indices.table for one in answer.explained if len(one.indices.table)}
    top = pd.DataFrame({key: own[measure] for key, own in tables.items()})
    weight = top / top.max() if answer.method == "morris" else top
    return top.loc[weight.mean(axis="columns").sort_values(ascending=False, kind="stable").index]


def method(answer: Sensitivity) -> str:
    """The method, and what it groups by."""
    return answer.method if answer.by is None else f"{answer.method}, by {answer.by}"


def label(factor: object) -> str:
    """A factor or a group by its name; random draws in words."""
    return "random draws" if factor == LUCK else str(factor)


def _kind(answer: Sensitivity) -> str:
    return "factor" if answer.by is None else "group"


def finding(answer: Sensitivity) -> list[str]:
    """What was found, in plain words: a sentence or two each."""
    target, found, table = answer.target, answer.indices, answer.indices.table
    if found.samples < 2:
        return [f"Too few worlds decide {target.name}: nothing can be said."]
    value = _amount(found.mean, target.unit)
    if table.empty:
        return [f"{target.name} is {value} in every world: it depends on nothing that was varied."]
    sentences = [
        f"{target.name} has mean {value}, standard deviation {_amount(found.deviation, target.unit)}. "
        f"It depends most on {foremost(answer)}."
    ]
    if answer.method == "sobol":
        rest = _index(answer, table.loc[LUCK], "ST")
        sentences.append(f"{rest} of the variance would remain if every parameter were known: random draws.")
    if found.draws is not None:
        apart, around = (_amount(value, target.unit) for value in found.draws)
        sentences.append(
            f"Random draws: two worlds of equal parameters differ by {apart} ± {around} on average (no "
            "mu_star: random draws have no P5 and P95)."
        )
    if found.sum_s1 is not None:
        total, half = found.sum_s1
        sentences.append(
            f"All factors alone make {percent(total)} ± {percent(half)} of it (sum of S1)."
            if half < _SURE
            else f"How much all factors make alone, the sum of S1, is not known to {percent(_SURE)} at this "
            "base."
        )
    if found.noise is not None:
        inputs = "inputs" if answer.loadings else "parameters"
        heard = int((table["S1"] > found.noise).sum())
        sentences.append(
            f"{heard} of {len(table)} {inputs} stand out of the noise (S1 above {percent(found.noise, 1)}, "
            "the largest of 1,000 made-up parameters that do nothing). The rest is random draws and "
            "combinations, which cannot be separated in worlds that exist already."
        )
    return sentences


def foremost(answer: Sensitivity, count: int = 2) -> str:
    """The factors that matter most, with their index."""
    measure = str(answer.indices.table.columns[0])
    top = {in_full(name, answer.by): row for name, row in answer.indices.table.head(count).iterrows()}
    return ", then on ".join(
        f"{name} ({measure} {_index(answer, row, measure)})" for name, row in top.items()
    )


def in_full(factor: object, by: str | None = None) -> str:
    """A factor in words: a parameter, or random draws; of groups, the name of one."""
    if factor == LUCK:
        return "random draws"
    return in_words(str(factor)) if by is None else f"the group {factor}"


def _counts(answer: Sensitivity) -> list[str]:
    table, sentences = answer.indices.table, []
    if len(table) > TOP:
        measure = str(table.columns[0])
        largest = _index(answer, table.iloc[TOP], measure)
        sentences.append(f"{len(table) - TOP} more {_kind(answer)}s: {measure} {largest} or less.")
    return [*sentences, *_left_out(answer), *_source(answer)]


def _left_out(answer: Sensitivity) -> list[str]:
    """The samples of one outcome that do not count, if there are any."""
    if not answer.indices.left_out:
        return []
    kinds = {"sobol": "base rows", "morris": "trajectories", "rbd_fast": "worlds"}
    return [
        f"{answer.indices.left_out} {kinds[answer.method]} were left out: {answer.broken} worlds break a "
        f"check of sense, in {answer.undecided} the outcome has no value."
    ]


def _source(answer: Sensitivity) -> list[str]:
    checks = [f"Checks of sense: {why(answer.reasons)}."] if answer.reasons else []
    base = "" if answer.base is None else f", base {count(answer.base)}"
    return [*checks, f"{answer.source}: {worlds(answer.worlds)}{base}, seed {answer.seed}"]


def _table(answer: Sensitivity) -> Plain:
    sides = () if answer.by else ("low", "high")
    heading = "group, its inputs" if answer.by else "factor, its P5 to P95"
    table = Plain("", heading, *COLUMNS[answer.method], *sides)
    for column in table.columns[1:]:
        column.no_wrap = True
    for factor, row in answer.factors.head(TOP).iterrows():
        indices = [_index(answer, row, name) for name in COLUMNS[answer.method]]
        means = [_mean(row[f"{side}_fifth"], answer, factor) for side in sides]
        table.add_row(f"{label(factor)}\n[dim]{_below(answer, factor, row)}[/dim]", *indices, *means)
    return table


def _below(answer: Sensitivity, factor: object, row: Any) -> str:
    """What stands below the name of a factor: the range that it has, or the size of a group."""
    if factor == LUCK:
        return "other worlds, equal parameters"
    if answer.by:
        return "1 input" if row.inputs == 1 else f"{row.inputs} inputs"
    return f"{_apart(answer, str(factor))}{figures(row.p5)} to {figures(row.p95)} {row.unit}"


def _mean(value: float, answer: Sensitivity, factor: object) -> str:
    return "" if factor == LUCK else _amount(value, answer.target.unit)


def _legend(answer: Sensitivity) -> str:
    meanings = [_MEANING[name] for name in COLUMNS[answer.method]]
    if answer.by:
        return " ".join([*meanings, "±: 95% interval."])
    sides = "low, high: the mean outcome where a parameter is in the lowest, highest fifth of its range."
    return " ".join([*meanings, "±: 95% interval;", sides])


def _apart(answer: Sensitivity, factor: str) -> str:
    """How much of a residual's parameter is its own; empty for what is no residual."""
    name = parameter_of_column(factor)
    if name is None or name not in answer.loadings:
        return ""
    return f"{percent(own_part(answer.loadings[name]) ** 2)} of it is its own; "


def _joint(answer: Sensitivity) -> list[str]:
    """What the rows of factors and residuals mean, where there are any."""
    if not answer.loadings:
        return []
    if answer.by:
        return [
            "The group factors has what moves parameters of several groups together; each other group has "
            "what its parameters have apart from that."
        ]
    sentences = []
    for factor in dict.fromkeys(name for own in answer.loadings.values() for name in own):
        loads = {name: own[factor] for name, own in answer.loadings.items() if factor in own}
        shown = loadings_in_words(dict(heaviest(loads)[:LISTED]))
        more = f" and {len(loads) - LISTED} more" if len(loads) > LISTED else ""
        sentences.append(f"{column_of_factor(factor)} moves parameters together, by loading: {shown}{more}.")
    sentences.append(
        "residual.X is what the parameter X has apart from its factors; its range is that of X with the "
        "factors at their medians. X matters through both: through its factors together with all that "
        "they move, and alone through its residual."
    )
    return sentences


def _index(answer: Sensitivity, row: Any, name: str) -> str:
    """An index with half its 95% interval, if it has one."""
    if name in ("ST", "S1"):
        return f"{percent(row[name])} ± {percent(row[f'{name}_conf'])}"
    value = _amount(row[name], answer.target.unit)
    return f"{value} ± {_amount(row['mu_star_conf'], answer.target.unit)}" if name == "mu_star" else value


def _amount(value: float, unit: str) -> str:
    """A value of the outcome, in few characters; nothing if it is unknown.

    >>> _amount(0.379, "share"), _amount(30.1, "$ bn"), _amount(1234.5, "$ bn")
    ('37.9%', '30.1', '1,234')
    """
    if math.isnan(value):
        return ""
    if unit in PERCENT:
        return percent(value, 1)
    return fixed(value, 1 if abs(value) < 1000 else 0)
