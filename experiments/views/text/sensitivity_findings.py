"""What `sensitivity` finds, in words."""

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
from computeshift.experiments.views.format import PERCENT, count, fixed, percent, worlds

if TYPE_CHECKING:
    from computeshift.experiments.questions.sensitivity.answer import Sensitivity

TOP = 15  # factors that are shown
LISTED = 4  # parameters that load on a factor, shown at most
_SURE = 0.25  # half an interval of the sum of S1 beyond which it says nothing
MAIN = {"sobol": "ST", "morris": "mu_star", "rbd_fast": "S1"}
"""The index of each method that factors are ranked by."""


def finding(answer: Sensitivity) -> list[str]:
    """What was found, in plain words: a sentence or two each."""
    target, found, table = answer.target, answer.indices, answer.indices.table
    if found.samples < 2:
        return [f"Too few worlds have a value of {target.name} to say anything."]
    value = amount(found.mean, target.unit)
    if table.empty:
        return [f"{target.name} is {value} in every world: it depends on none of the varied parameters."]
    sentences = [
        f"{target.name} has mean {value}, standard deviation {amount(found.deviation, target.unit)}. "
        f"It depends most on {foremost(answer)}."
    ]
    if answer.method == "sobol":
        rest = index(answer, table.loc[LUCK], "ST")
        sentences.append(
            f"Random draws cause {rest} of the variance: that would remain if every parameter were known."
        )
    if found.draws is not None:
        apart, around = (amount(value, target.unit) for value in found.draws)
        sentences.append(
            f"Random draws: two worlds with the same parameters differ by {apart} ± {around} on average (no "
            "mu_star: random draws have no P5 and P95)."
        )
    if found.sum_s1 is not None:
        total, half = found.sum_s1
        sentences.append(
            f"Factors alone, without their interactions, explain {percent(total)} ± {percent(half)} of the "
            "variance (sum of S1)."
            if half < _SURE
            else f"The sum of S1, what factors explain alone, has an error above "
            f"{percent(_SURE)} at this base."
        )
    if found.noise is not None:
        inputs = "inputs" if answer.loadings else "parameters"
        heard = int((table["S1"] > found.noise).sum())
        sentences.append(
            f"{heard} of {len(table)} {inputs} rise above the noise (S1 above {percent(found.noise, 1)}, "
            "the largest of 1,000 dummy parameters). The rest is random draws and interactions, which worlds "
            "that exist already cannot separate."
        )
    return sentences


def foremost(answer: Sensitivity, count: int = 2) -> str:
    """The factors that matter most, with their index."""
    measure = str(answer.indices.table.columns[0])
    top = {in_full(name, answer.by): row for name, row in answer.indices.table.head(count).iterrows()}
    return ", then on ".join(f"{name} ({measure} {index(answer, row, measure)})" for name, row in top.items())


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


def in_full(factor: object, by: str | None = None) -> str:
    """A factor in words: a parameter, or random draws; of groups, the name of one."""
    if factor == LUCK:
        return "random draws"
    return in_words(str(factor)) if by is None else f"the group {factor}"


def label(factor: object) -> str:
    """A factor or a group by its name; random draws in words."""
    return "random draws" if factor == LUCK else str(factor)


def method(answer: Sensitivity) -> str:
    """The method, and what it groups by."""
    return answer.method if answer.by is None else f"{answer.method}, by {answer.by}"


def kind(answer: Sensitivity) -> str:
    """What a row stands for."""
    return "factor" if answer.by is None else "group"


def counts(answer: Sensitivity) -> list[str]:
    """What the table leaves out, and what was played."""
    table, sentences = answer.indices.table, []
    if len(table) > TOP:
        measure = str(table.columns[0])
        largest = index(answer, table.iloc[TOP], measure)
        sentences.append(f"{len(table) - TOP} more {kind(answer)}s: {measure} {largest} or less.")
    return [*sentences, *left_out(answer), *source(answer)]


def left_out(answer: Sensitivity) -> list[str]:
    """The samples of one outcome that do not count, if there are any."""
    if not answer.indices.left_out:
        return []
    kinds = {"sobol": "base rows", "morris": "trajectories", "rbd_fast": "worlds"}
    return [
        f"{answer.indices.left_out} {kinds[answer.method]} were left out: {answer.broken} worlds fail a "
        f"sanity check; in {answer.undecided} the outcome has no value."
    ]


def source(answer: Sensitivity) -> list[str]:
    """What was played or read, and what checks of sense say of it."""
    checks = [f"Failed sanity checks: {why(answer.reasons)}."] if answer.reasons else []
    base = "" if answer.base is None else f", base {count(answer.base)}"
    return [*checks, f"{answer.source}: {worlds(answer.worlds)}{base}, seed {answer.seed}"]


def noise(answer: Sensitivity) -> list[str]:
    """How many factors of one outcome stand out of the noise, where that is known."""
    noise, table = answer.indices.noise, answer.indices.table
    if noise is None:
        return []
    heard = int((table["S1"] > noise).sum())
    return [f"{heard} of {len(table)} rise above the noise (S1 above {percent(noise, 1)})."]


def joint(answer: Sensitivity) -> list[str]:
    """What the rows of factors and residuals mean, where there are any."""
    if not answer.loadings:
        return []
    if answer.by:
        return [
            "The group 'factors' is what moves parameters of several groups together; every other group is "
            "what moves its own parameters apart from that."
        ]
    sentences = []
    for factor in dict.fromkeys(name for own in answer.loadings.values() for name in own):
        loads = {name: own[factor] for name, own in answer.loadings.items() if factor in own}
        shown = loadings_in_words(dict(heaviest(loads)[:LISTED]))
        more = f" and {len(loads) - LISTED} more" if len(loads) > LISTED else ""
        sentences.append(
            f"{column_of_factor(factor)} moves parameters together, with these loadings: {shown}{more}."
        )
    sentences.append(
        "residual.X is the part of parameter X that its factors do not explain; its range is that of X with "
        "the factors at their medians. X has an effect in both ways: with other parameters through its "
        "factors, and alone through its residual."
    )
    return sentences


def apart(answer: Sensitivity, factor: str) -> str:
    """How much of a residual's parameter is its own; empty for what is no residual."""
    name = parameter_of_column(factor)
    if name is None or name not in answer.loadings:
        return ""
    return f"{percent(own_part(answer.loadings[name]) ** 2)} of it is its own; "


def index(answer: Sensitivity, row: Any, name: str) -> str:
    """An index with half its 95% interval, if it has one."""
    if name in ("ST", "S1"):
        return f"{percent(row[name])} ± {percent(row[f'{name}_conf'])}"
    value = amount(row[name], answer.target.unit)
    return f"{value} ± {amount(row['mu_star_conf'], answer.target.unit)}" if name == "mu_star" else value


def amount(value: float, unit: str) -> str:
    """A value of the outcome, in few characters; nothing if it is unknown.

    >>> amount(0.379, "share"), amount(30.1, "$ bn"), amount(1234.5, "$ bn")
    ('37.9%', '30.1', '1,234')
    """
    if math.isnan(value):
        return ""
    if unit in PERCENT:
        return percent(value, 1)
    return fixed(value, 1 if abs(value) < 1000 else 0)
