"""How a sensitivity looks: a table that fits 80 columns, and a tornado beside its indices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from computeshift.experiments.config.names import in_words
from computeshift.experiments.questions.answer import COLOURS, figure
from computeshift.experiments.questions.sensitivity.indices import LUCK
from computeshift.experiments.results.excluded import why
from computeshift.experiments.views.format import PERCENT, figures, fixed, percent, unit_label
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from rich.console import Console

    from computeshift.experiments.questions.sensitivity.sensitivity import Sensitivity

TOP = 15  # factors that are shown
_SURE = 0.25  # half an interval of the sum of S1 beyond which it says nothing
_COLUMNS = {"sobol": ("ST", "S1"), "morris": ("mu_star", "sigma"), "rbd_fast": ("S1",)}
_MEANING = {
    "ST": "ST: the share of the outcome's variance that hangs on a factor, alone or together with others.",
    "S1": "S1: the share it makes alone.",
    "mu_star": "mu_star: how far the outcome moves, on average, from a parameter's P5 to its P95.",
    "sigma": "sigma: how much that move differs with the rest.",
}


def show(told: Sensitivity, console: Console) -> None:
    """Print the factors that matter most, what the columns mean, and the finding."""
    target, found = told.target, told.indices
    console.print(f"What {target.name} {target.when} hangs on ({told.method})", style="bold")
    console.print(target.meaning)
    console.print()
    if len(found.table):
        console.print(_table(told))
        console.print()
        console.print(_legend(told), style="dim")
        console.print()
    for sentence in [*finding(told), *_counts(told)]:
        console.print(sentence)


def finding(told: Sensitivity) -> list[str]:
    """What was found, in plain words: a sentence or two each."""
    target, found, table = told.target, told.indices, told.indices.table
    if found.samples < 2:
        return [f"Too few worlds decide {target.name}: nothing can be said."]
    value = _amount(found.mean, target.unit)
    if table.empty:
        return [f"{target.name} is {value} in every world: it hangs on nothing that was varied."]
    said = [
        f"{target.name} has mean {value}, standard deviation {_amount(found.deviation, target.unit)}. "
        f"It hangs most on {_foremost(told)}."
    ]
    if told.method == "sobol":
        luck = _index(told, table.loc[LUCK], "ST")
        said.append(f"Luck: {luck} of the variance would remain if every parameter were known.")
    if found.luck is not None:
        apart, around = (_amount(value, target.unit) for value in found.luck)
        said.append(
            f"Luck: two worlds of equal parameters lie {apart} ± {around} apart on average (no mu_star: "
            "luck has no P5 and P95 to move between)."
        )
    if found.sum_s1 is not None:
        total, half = found.sum_s1
        said.append(
            f"All factors alone make {total:.0%} ± {half:.0%} of it (sum of S1)."
            if half < _SURE
            else f"How much all factors make alone, the sum of S1, is not known to {_SURE:.0%} at this base."
        )
    if found.noise is not None:
        heard = int((table["S1"] > found.noise).sum())
        said.append(
            f"{heard} of {len(table)} parameters stand out of the noise (S1 above {found.noise:.1%}, the "
            "largest of 1,000 made-up parameters that do nothing). The rest is luck and combinations, "
            "which given worlds can't tell apart."
        )
    return said


def _foremost(told: Sensitivity, count: int = 2) -> str:
    """The factors that matter most, with their index."""
    measure = str(told.indices.table.columns[0])
    top = told.indices.table.head(count).iterrows()
    return ", then on ".join(f"{_said(name)} ({measure} {_index(told, row, measure)})" for name, row in top)


def _said(factor: object) -> str:
    """A factor in words: a parameter, or luck."""
    return str(factor) if factor == LUCK else in_words(str(factor))


def _counts(told: Sensitivity) -> list[str]:
    found, table = told.indices, told.indices.table
    said = []
    if len(table) > TOP:
        measure = str(table.columns[0])
        largest = _index(told, table.iloc[TOP], measure)
        said.append(f"{len(table) - TOP} more factors: {measure} {largest} or less.")
    if found.left_out:
        kinds = {"sobol": "base rows", "morris": "trajectories", "rbd_fast": "worlds"}
        said.append(
            f"{found.left_out} {kinds[told.method]} were left out: {told.broken} worlds break a check "
            f"of sense, in {told.undecided} the outcome has no value."
        )
    if told.reasons:
        said.append(f"Checks of sense: {why(told.reasons)}.")
    base = "" if told.base is None else f", base {told.base:,}"
    return [*said, f"{told.source}: {told.worlds:,} worlds{base}, seed {told.seed}"]


def _table(told: Sensitivity) -> Plain:
    table = Plain("", "factor, its P5 to P95", *_COLUMNS[told.method], "low", "high")
    for column in table.columns[1:]:
        column.no_wrap = True
    for factor, row in told.factors.head(TOP).iterrows():
        luck = factor == LUCK
        span = f"{figures(row.p5)} to {figures(row.p95)} {row.unit}"
        below = "worlds that differ by chance" if luck else span
        indices = [_index(told, row, name) for name in _COLUMNS[told.method]]
        sides = [row.low_fifth, row.high_fifth]
        means = ["", ""] if luck else [_amount(side, told.target.unit) for side in sides]
        table.add_row(f"{factor}\n[dim]{below}[/dim]", *indices, *means)
    return table


def _legend(told: Sensitivity) -> str:
    meanings = [_MEANING[name] for name in _COLUMNS[told.method]]
    sides = "low, high: the mean outcome where a parameter is in the lowest, highest fifth of its range."
    return " ".join([*meanings, "±: 95% interval;", sides])


def _index(told: Sensitivity, row: Any, name: str) -> str:
    """An index with half its 95% interval, if it has one."""
    if name in ("ST", "S1"):
        return f"{percent(row[name])} ± {percent(row[f'{name}_conf'])}"
    value = _amount(row[name], told.target.unit)
    return f"{value} ± {_amount(row['mu_star_conf'], told.target.unit)}" if name == "mu_star" else value


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


def draw(told: Sensitivity) -> Figure:
    """The indices of the top factors as bars, beside the mean outcome in their outer fifths."""
    target, top = told.target, told.factors.head(TOP).iloc[::-1]
    if top.empty:
        drawn = figure(8.0, 2.0, f"{target.name} {target.when}")
        drawn.text(0.5, 0.4, "\n".join(finding(told)), ha="center", va="center")
        return drawn
    title = f"{target.name} {target.when} hangs most on {_foremost(told, 1)}"
    drawn = figure(9.5, 1.6 + 0.32 * max(len(top), 3), title)
    bars, fifths = drawn.subplots(1, 2, sharey=True)
    _bars(bars, told, top)
    _fifths(fifths, told, top)
    return drawn


def _bars(axes: Axes, told: Sensitivity, top: pd.DataFrame) -> None:
    """The method's indices, a group of bars a factor, with their 95% intervals."""
    names = [name for name in _COLUMNS[told.method] if f"{name}_conf" in top]
    height = 0.8 / len(names)
    for i, name in enumerate(names):
        at = [row + 0.4 - (i + 0.5) * height for row in range(len(top))]
        error = top[f"{name}_conf"].tolist()
        style: Any = {"lw": 0.8, "ecolor": COLOURS[7]}
        axes.barh(at, top[name], height, xerr=error, error_kw=style, color=COLOURS[i], label=name)
    if told.indices.noise is not None:
        axes.axvline(told.indices.noise, color=COLOURS[7], ls=":", label="noise")
    axes.axvline(0, color=COLOURS[7], lw=0.8)
    axes.set_yticks(range(len(top)), [_said(factor) for factor in top.index])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)
    shares = told.method != "morris"
    unit = told.target.unit
    axes.set_xlabel("share of variance, %" if shares else f"mean move from P5 to P95, {_axis(unit)}")
    _percent_axis(axes, shares or unit in PERCENT)


def _fifths(axes: Axes, told: Sensitivity, top: pd.DataFrame) -> None:
    """The tornado: the mean outcome where a parameter is in its lowest and in its highest fifth."""
    mean, rows = told.indices.mean, list(range(len(top)))
    for name, label, colour in (
        ("low_fifth", "lowest fifth", COLOURS[5]),
        ("high_fifth", "highest fifth", COLOURS[3]),
    ):
        axes.barh(rows, top[name] - mean, 0.5, left=mean, color=colour, label=label, alpha=0.8)
    axes.axvline(mean, color=COLOURS[7], lw=0.8)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)
    axes.set_xlabel(f"mean outcome in a parameter's outer fifths, {_axis(told.target.unit)}")
    _percent_axis(axes, told.target.unit in PERCENT)


def _axis(unit: str) -> str:
    return unit_label(unit)


def _percent_axis(axes: Axes, wanted: bool) -> None:
    """Tick labels of a share as percent."""
    if wanted:
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}")
