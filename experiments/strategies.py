"""Which of a firm's strategies pays, how often and at which risk, the others as in the config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from computeshift.experiments.answer import COLOURS, figure, records
from computeshift.experiments.paired import mean_interval, median_interval
from computeshift.experiments.payoffs import DISCOUNT, meanings
from computeshift.experiments.profiles import Plays, play
from computeshift.experiments.resolved import Config
from computeshift.experiments.results import Results
from computeshift.experiments.runner import Progress

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console
    from rich.table import Table

TIE = 1e-9  # $ bn: payoffs that differ by less are the same


@dataclass(frozen=True)
class Strategies:
    """How one firm's strategies compare, over the same worlds.

    `table` has a row a strategy: median, mean, p10 of the payoff; `gain`, the mean of its paired
    difference to the reference strategy, and `median_gain`, each with its 95% interval; p10 and p90
    of that difference; `best`, the chance of being best, ties split; `regret` against the best of
    the same world, mean and p90; `distress`, its chance. `parts` has the mean of each part of the
    payoff, a row a strategy. Money is $ bn of the end of the start year.
    """

    firm: str
    kind: str
    reference: str
    table: pd.DataFrame
    parts: pd.DataFrame
    worlds: int
    left_out: list[int]
    not_played: list[str]
    seed: int
    start: int
    until: int

    @property
    def _short_finding(self) -> str:
        best = self.table["mean"].idxmax()
        return f"{best} on average, best in {self.table.loc[best, 'best']:.0%} of worlds"

    @property
    def finding(self) -> str:
        """What it says, in plain words."""
        gains = self.table.drop(index=self.reference).sort_values("gain", ascending=False)
        name, best = str(gains.index[0]), gains.iloc[0]
        between = f"({best['gain_low']:,.1f} to {best['gain_high']:,.1f})"
        if best["gain_low"] > 0:
            told = f"{name} pays {self.firm} $ {best['gain']:,.1f} bn more than {self.reference} {between}"
        elif best["gain_high"] < 0:
            told = f"{self.reference} pays {self.firm} best on average; next is {name}, "
            told += f"$ {-best['gain']:,.1f} bn less ({-best['gain_high']:,.1f} to {-best['gain_low']:,.1f})"
        else:
            told = f"{self.reference} and {name} pay {self.firm} the same on average: "
            told += f"they differ by $ {best['gain']:,.1f} bn {between}"
        gaps = self.parts.loc[name] - self.parts.loc[self.reference]
        part = gaps.abs().idxmax()
        told += f"; the largest part of it is {part}, {gaps[part]:+,.1f}"
        often, safest = self.table["best"].idxmax(), self.table["p10"].idxmax()
        chance = f"{self.table.loc[often, 'best']:.0%}"
        return f"{told}. {often} is best most often, in {chance} of worlds; {safest} has the best P10."

    def document(self) -> dict[str, Any]:
        """All of it as one JSON document; what is unknown is null."""
        told = {
            "firm": self.firm,
            "kind": self.kind,
            "reference": self.reference,
            "finding": self.finding,
            "unit": f"$ bn of the end of {self.start}, discounted at {DISCOUNT:.1%} a year",
            "strategies": [
                row | {"parts": parts}
                for row, parts in zip(
                    records(self.table.reset_index(names="strategy")), records(self.parts), strict=True
                )
            ],
            "parts": meanings(self.kind),
        }
        run = {"worlds": self.worlds, "seed": self.seed, "start": self.start, "until": self.until}
        return told | run | {"left_out": self.left_out, "not_played": self.not_played}

    def show(self, console: Console) -> None:
        """Print it as tables that fit 80 columns."""
        console.print(self._payoffs())
        console.print(self._risk())
        console.print(self._parts())
        console.print(self.finding, highlight=False)
        console.print(
            f"Money of the end of {self.start}, $ bn, later money at {DISCOUNT:.1%} a year; best: in what "
            "part of the worlds, ties split; distress: it defaulted, or broke its loan-to-value limit; "
            "regret: what it lost against the best strategy of the same world.",
            style="dim",
            highlight=False,
        )
        for told in _gaps(self.left_out, self.not_played):
            console.print(told, highlight=False)
        console.print(f"{self.worlds} worlds to {self.until}, seed {self.seed}", highlight=False)

    def draw(self) -> Figure:
        """Each strategy's paired difference to the reference, and how often it is best."""
        title = f"Which strategy pays {self.firm} by {self.until}? {self._short_finding}"
        drawn = figure(9.0, 1.6 + 0.5 * len(self.table), title)
        left, right = drawn.subplots(1, 2, sharey=True, width_ratios=(2, 1))
        names = list(self.table.index)[::-1]
        for y, name in enumerate(names):
            row = self.table.loc[name]
            left.plot([row["difference_p10"], row["difference_p90"]], [y, y], color=COLOURS[5], lw=6, solid_capstyle="butt")
            left.plot([row["gain_low"], row["gain_high"]], [y, y], color=COLOURS[0], lw=12, solid_capstyle="butt")
            left.plot(row["median_gain"], y, "o", color="white", markeredgecolor=COLOURS[7])
        left.axvline(0, color=COLOURS[7], lw=0.8)
        left.set_yticks(range(len(names)), names)
        left.set_xlabel(
            f"payoff less that of {self.reference} in the same world, $ bn\n"
            "light: P10 to P90; dark: mean, 95% interval; dot: median"
        )
        height = 0.38
        for shift, column, colour in ((0.2, "best", 2), (-0.2, "distress", 3)):
            shares = 100 * self.table.loc[names, column]
            right.barh(
                np.arange(len(names)) + shift, shares, height=height, color=COLOURS[colour], label=column
            )
        right.set_xlabel("% of worlds")
        right.set_xlim(0, 100)
        right.legend(frameon=False, fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        return drawn

    # --- the tables ---

    def _payoffs(self) -> Table:
        table = _table(f"Payoff of {self.firm}, $ bn")
        headings = (
            "median",
            "mean",
            f"mean less {self.reference}",
            "95% interval",
            "median less",
            "95% interval",
        )
        for heading in headings:
            table.add_column(heading, justify="right")
        for name, row in self.table.iterrows():
            cells = [_money(row["median"]), _money(row["mean"])]
            for what in ("gain", "median_gain"):
                between = f"{_money(row[f'{what}_low'])} to {_money(row[f'{what}_high'])}"
                cells += ["", ""] if name == self.reference else [_money(row[what]), between]
            table.add_row(str(name), *cells)
        return table

    def _risk(self) -> Table:
        table = _table("Risk and regret")
        for heading in ("P10, $ bn", "distress", "best in", "mean regret, $ bn", "P90 of regret"):
            table.add_column(heading, justify="right")
        for name, row in self.table.iterrows():
            chances = [f"{row[column]:.1%}" for column in ("distress", "best")]
            table.add_row(
                str(name),
                _money(row["p10"]),
                *chances,
                _money(row["regret"]),
                _money(row["regret_p90"]),
            )
        return table

    def _parts(self) -> Table:
        table = _table("What it is made of, mean, $ bn")
        for name in self.parts.index:
            table.add_column(str(name), justify="right")
        table.add_column("", overflow="fold")
        for part, meaning in meanings(self.kind).items():
            table.add_row(part, *(_money(value) for value in self.parts[part]), f"[dim]{meaning}[/dim]")
        table.add_row("payoff", *(_money(value) for value in self.parts.sum(axis=1)), "", style="bold")
        return table


def strategies(
    firm: str,
    config: str | Path | Config = "baseline",
    *,
    results: Sequence[str | Path | Results] = (),
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Strategies:
    """Compare all strategies of one firm in the same worlds, the other firms as the config says.

    The reference is the strategy that the config plays. `results` are folders, one a strategy, to
    read instead of running: the first holds the reference. UserError for a firm that does not exist
    or has one strategy, for fewer than 30 worlds, and for folders that do not pair.
    """
    plays = play([firm], config, results, worlds, seed, set, progress)
    names = plays.players[firm]
    reference = plays.reference[0]
    payoffs = pd.DataFrame({name: plays.payoff(firm, (name,)) for name in names})
    struck = pd.Series({name: plays.distress(firm, (name,)).mean() for name in names})
    parts = pd.DataFrame({name: plays.parts(firm, (name,)).mean() for name in names}).T
    return Strategies(
        firm=firm,
        kind=plays.kinds[firm],
        reference=reference,
        table=_compared(payoffs, reference).assign(distress=struck),
        parts=parts,
        worlds=plays.worlds,
        left_out=plays.left_out,
        not_played=plays.not_played.get(firm, []),
        seed=plays.seed,
        start=plays.start,
        until=plays.until,
    )


def _compared(payoffs: pd.DataFrame, reference: str) -> pd.DataFrame:
    """A row a strategy, from payoffs with a row a world and a column a strategy."""
    best = payoffs.max(axis=1)
    regret = payoffs.rsub(best, axis=0)
    wins = (regret <= TIE).astype(float)
    chance = wins.div(wins.sum(axis=1), axis=0).mean()
    rows = {}
    for name, own in payoffs.items():
        difference = (own - payoffs[reference]).to_numpy(dtype=np.float64)
        gain, gain_low, gain_high = mean_interval(difference)
        median_gain, median_low, median_high = median_interval(difference)
        rows[name] = {
            "median": own.median(),
            "mean": own.mean(),
            "p10": own.quantile(0.1),
            "gain": gain,
            "gain_low": gain_low,
            "gain_high": gain_high,
            "median_gain": median_gain,
            "median_gain_low": median_low,
            "median_gain_high": median_high,
            "difference_p10": np.quantile(difference, 0.1),
            "difference_p90": np.quantile(difference, 0.9),
            "best": chance[name],
            "regret": regret[name].mean(),
            "regret_p90": regret[name].quantile(0.9),
        }
    return pd.DataFrame(rows).T


def _gaps(left_out: list[int], not_played: list[str]) -> list[str]:
    """What is not in the tables, in words."""
    told = []
    if left_out:
        told.append(f"{len(left_out)} worlds were left out: their numbers are not finite")
    if not_played:
        told.append(f"No folder plays {', '.join(not_played)}")
    return told


def _table(title: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    return table


def _money(value: float) -> str:
    """$ bn in few characters.

    >>> _money(1234.5), _money(-3.14159), _money(-0.01)
    ('1,234', '-3.1', '0.0')
    """
    text = f"{value:,.1f}" if abs(value) < 9.95 else f"{value:,.0f}"
    return "0.0" if text == "-0.0" else text
