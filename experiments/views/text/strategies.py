"""How a comparison of strategies looks: tables on a screen, and a picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.answer import COLOURS, figure
from computeshift.experiments.questions.games.payoffs import DISCOUNT, meanings
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.text.table import Plain, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from rich.console import Console

    from computeshift.experiments.questions.games.strategies import Strategies


def show(compared: Strategies, console: Console) -> None:
    """Print it as tables that fit 80 columns."""
    for table in (_payoffs(compared), _risk(compared), _parts(compared)):
        console.print(table)
        console.print()
    console.print(compared.finding, highlight=False)
    console.print(
        f"Money of the end of {compared.start}, $ bn, later money at {DISCOUNT:.1%} a year; simultaneous 95% "
        "intervals (for all other strategies at once); best in: what part of the worlds, ties split; "
        "distress: it defaulted, or its loan to value was above its limit for normal times; "
        "regret: what it lost against the best strategy of the same world.",
        style="dim",
        highlight=False,
    )
    for told in _gaps(compared):
        console.print(told, highlight=False)
    told = f"{compared.worlds} worlds to {compared.until}, seed {compared.seed}"
    console.print(told, highlight=False)


def _payoffs(compared: Strategies) -> Plain:
    table = Plain(f"Payoff of {named(compared.firm)}, $ bn", "", whole=True)
    of = f"less {compared.reference}"
    for heading in ("median", "mean", f"mean {of}", "95% interval", f"median {of}", "95% interval"):
        table.add_column(heading, justify="right")
    for name, row in compared.table.iterrows():
        cells = [short(row["median"]), short(row["mean"])]
        for what in ("gain", "median_gain"):
            between = f"{short(row[f'{what}_low'])} to {short(row[f'{what}_high'])}"
            cells += ["", ""] if name == compared.reference else [short(row[what]), between]
        table.add_row(str(name), *cells)
    return table


def _risk(compared: Strategies) -> Plain:
    table = Plain("Risk and regret, $ bn and % of worlds", "", whole=True)
    for heading in ("P10 of payoff", "distress", "best in", "mean regret", "P90 of regret"):
        table.add_column(heading, justify="right")
    for name, row in compared.table.iterrows():
        chances = (f"{row[column]:.1%}" for column in ("distress", "best"))
        regret = (short(row[column]) for column in ("regret", "regret_p90"))
        table.add_row(str(name), short(row["p10"]), *chances, *regret)
    return table


def _parts(compared: Strategies) -> Plain:
    table = Plain("What it is made of, mean, $ bn", "", whole=True)
    for name in compared.parts.index:
        table.add_column(str(name), justify="right")
    table.add_column("", overflow="fold")
    for part, meaning in meanings(compared.kind).items():
        means = (short(value) for value in compared.parts[part])
        table.add_row(part, *means, f"[dim]{meaning}[/dim]")
    sums = (short(value) for value in compared.parts.sum(axis=1))
    table.add_row("payoff", *sums, "", style="bold")
    return table


def _gaps(compared: Strategies) -> Iterator[str]:
    """What is not in the tables, in words."""
    if compared.reasons:
        yield left_out(compared.reasons)
    if compared.not_played:
        yield f"No folder plays {', '.join(compared.not_played)}"


def draw(compared: Strategies) -> Figure:
    """Each strategy's paired difference to the reference, and how often it is best."""
    best = str(compared.table["mean"].idxmax())
    chance = float(compared.table["best"][best])
    title = (
        f"Which strategy pays {named(compared.firm)} by {compared.until}? {capitalised(best)} on average, "
    )
    title += f"best in {chance:.0%} of worlds"
    drawn = figure(9.0, 1.6 + 0.5 * len(compared.table), title)
    left, right = drawn.subplots(1, 2, sharey=True, width_ratios=(2, 1))
    _differences(compared, left)
    _chances(compared, right)
    return drawn


def _differences(compared: Strategies, axes: Axes) -> None:
    names = list(compared.table.index)[::-1]
    for y, name in enumerate(names):
        row = compared.table.loc[name]
        for ends, colour, width in (("difference_p10 difference_p90", 5, 6), ("gain_low gain_high", 0, 12)):
            span = [row[end] for end in ends.split()]
            axes.plot(span, [y, y], color=COLOURS[colour], lw=width, solid_capstyle="butt")
        axes.plot(row["median_gain"], y, "o", color="white", markeredgecolor=COLOURS[7])
    axes.axvline(0, color=COLOURS[7], lw=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(
        f"payoff less that of {compared.reference} in the same world, $ bn\n"
        "light: P10 to P90; dark: mean, 95% interval; dot: median"
    )


def _chances(compared: Strategies, axes: Axes) -> None:
    table = compared.table.iloc[::-1]
    for shift, column, colour in ((0.2, "best", 2), (-0.2, "distress", 3)):
        y = np.arange(len(table)) + shift
        axes.barh(y, 100 * table[column], height=0.38, color=COLOURS[colour], label=column)
    axes.set_xlabel("% of worlds")
    axes.set_xlim(0, 100)
    axes.legend(frameon=False, fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
