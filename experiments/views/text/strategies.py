"""The text of `strategies`: the finding in words, tables that fit 80 columns, and the JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from computeshift.experiments.config.names import capitalised, named, strategy_in_words
from computeshift.experiments.questions.games.payoffs import DISCOUNT, meanings
from computeshift.experiments.questions.games.profiles import in_settings
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.format import cell, interval, money, percent, worlds
from computeshift.experiments.views.text.outcomes import outcome_tables
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.games.strategies import Strategies


def document(answer: Strategies) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    rows = zip(records(answer.table.reset_index(names="strategy")), records(answer.parts), strict=True)
    even = answer.break_even
    return {
        "firm": answer.firm,
        "kind": answer.kind,
        "reference": answer.reference,
        "finding": finding(answer),
        "break_even": None if even is None else asdict(even),
        "unit": f"$ bn of the end of {answer.start}, discounted at {percent(DISCOUNT, 1)} a year",
        "strategies": [row | {"parts": parts} for row, parts in rows],
        "parts": meanings(answer.kind),
        "worlds": answer.worlds,
        "seed": answer.seed,
        "start": answer.start,
        "until": answer.until,
        "left_out": answer.left_out,
        "not_played": answer.not_played,
        **({"outcomes": records(answer.outcomes)} if len(answer.outcomes) else {}),
    }


def finding(answer: Strategies) -> str:
    """What it says, in words."""
    name = answer.first_of_others
    gaps = {str(part): float(of[name] - of[answer.reference]) for part, of in answer.parts.items()}
    part, gap = max(gaps.items(), key=lambda one: abs(one[1]))
    text = f"{_pays(answer, name)}. The largest difference is in {_words(part)} ({money(gap, sign=True)})"
    if (even := answer.break_even) is not None:
        text += (
            f"; it pays off only with {_words(even.part)} worth more than {percent(even.share)} of the mark"
        )
    often, safest = (strategy_in_words(str(answer.table[column].idxmax())) for column in ("best", "p10"))
    chance = percent(answer.table["best"].max())
    text = f"{capitalised(text)}. Most often the best: {often}, in {chance} of worlds"
    return f"{text}. Best in bad worlds (P10): {safest}."


def _pays(answer: Strategies, name: str) -> str:
    """How a strategy compares with the reference."""
    firm, reference = named(answer.firm), strategy_in_words(answer.reference)
    gain, low, high = map(float, answer.table.loc[name, ["gain", "gain_low", "gain_high"]])
    name = strategy_in_words(name)
    if low > 0:
        return f"{name} pays {firm} {money(gain)} more than {reference} ({interval(low, high)})"
    if high < 0:
        less = f"{money(-gain)} less ({interval(-high, -low)})"
        return f"{reference} pays {firm} best on average; next is {name}, {less}"
    same = f"no significant difference between {reference} and {name} for {firm}"
    return f"{same}: {money(gain, sign=True)} on average ({interval(low, high)})"


def _words(name: object) -> str:
    """A part of a payoff as a person says it."""
    return str(name).replace("_", " ")


def show(answer: Strategies, console: Console) -> None:
    """Print the finding, then tables that fit 80 columns."""
    reference = in_settings([answer.firm], (answer.reference,))
    own = outcome_tables(answer.outcomes, reference)
    console.print(f"{finding(answer)}\n", highlight=False)
    for table in (_payoffs(answer), _risk(answer), _parts(answer), *own):
        console.print(table)
        console.print()
    console.print(
        f"Amounts in $ bn, discounted to the end of {answer.start} at {percent(DISCOUNT, 1)} a year. "
        "Intervals: 95%, simultaneous over all other strategies. Best in: share of worlds in which a "
        "strategy pays most, ties split. Distress: default, or loan to value above its limit for "
        "normal times. Regret: what a strategy loses against the best one of the same world.",
        style="dim",
        highlight=False,
    )
    for line in _gaps(answer):
        console.print(line, highlight=False)
    sample = f"{worlds(answer.worlds)} to {answer.until}, seed {answer.seed}"
    console.print(sample, highlight=False)


def _payoffs(answer: Strategies) -> Plain:
    table = Plain(f"Payoff of {named(answer.firm)}, $ bn", "", whole=True)
    of = f"minus {strategy_in_words(answer.reference)}"
    for heading in ("median", "mean", f"mean {of}", "95% interval", f"median {of}", "95% interval"):
        table.add_column(heading, justify="right")
    for name, row in answer.table.iterrows():
        cells = [cell(row["median"]), cell(row["mean"])]
        for what in ("gain", "median_gain"):
            between = f"{cell(row[f'{what}_low'])} to {cell(row[f'{what}_high'])}"
            cells += ["", ""] if name == answer.reference else [cell(row[what]), between]
        table.add_row(strategy_in_words(str(name)), *cells)
    return table


def _risk(answer: Strategies) -> Plain:
    table = Plain("Risk and regret, $ bn and % of worlds", "", whole=True)
    for heading in ("P10 of payoff", "distress", "best in", "mean regret", "P90 of regret"):
        table.add_column(heading, justify="right")
    for name, row in answer.table.iterrows():
        chances = (percent(row[column], 1) for column in ("distress", "best"))
        regret = (cell(row[column]) for column in ("regret", "regret_p90"))
        table.add_row(strategy_in_words(str(name)), cell(row["p10"]), *chances, *regret)
    return table


def _parts(answer: Strategies) -> Plain:
    table = Plain("Parts of the payoff, means, $ bn", "", whole=True)
    for name in answer.parts.index:
        table.add_column(strategy_in_words(str(name)), justify="right")
    table.add_column("", overflow="fold")
    for part, meaning in meanings(answer.kind).items():
        means = (cell(value) for value in answer.parts[part])
        table.add_row(_words(part), *means, f"[dim]{meaning}[/dim]")
    sums = (cell(value) for value in answer.parts.sum(axis=1))
    table.add_row("payoff", *sums, "", style="bold")
    return table


def _gaps(answer: Strategies) -> Iterator[str]:
    """What is not in the tables, in words."""
    if answer.reasons:
        yield left_out(answer.reasons)
    if answer.not_played:
        yield f"Strategies without a results folder: {', '.join(map(strategy_in_words, answer.not_played))}"
