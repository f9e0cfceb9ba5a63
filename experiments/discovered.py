"""The answer of scenario discovery: regions, what they leave open, and how both look."""

from __future__ import annotations

import math
import textwrap
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from computeshift.experiments.answer import COLOURS, figure
from computeshift.experiments.claims import Claim, wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from rich.console import Console
    from rich.table import Table

_PEELS = 5  # rows of the trade-off between coverage and density
_EXPLAINED = (
    "density: part of a region's worlds in which it {does}; coverage: part of all worlds in which it "
    "{does}; mass: part of all worlds. p: chance of so many without this limit. Regions were found in "
    "the worlds of even number (seen); all other numbers, p too, are of the rest. Each region leaves "
    "out the worlds of those before it."
)


@dataclass(frozen=True)
class Column:
    """Something uncertain: its dotted name, the same in words, and its unit."""

    name: str
    words: str
    unit: str


@dataclass(frozen=True)
class Limit:
    """A restriction of one column. `low` and `high` are inclusive, None where it is open."""

    column: Column
    low: float | None
    high: float | None
    p10: float
    p90: float
    below: float
    """Part of all worlds below `low`; 0 if it is open."""
    kept: float
    """Part of all worlds within the limits."""
    p_value: float
    """Chance of as many cases in the box had this limit no effect, in worlds the box has not seen."""

    @classmethod
    def of(
        cls, column: Column, low: float, high: float, values: npt.NDArray[np.float64], p_value: float
    ) -> Self:
        """From limits that are infinite where open, and the column's values in all worlds."""
        p10, p90 = (float(bound) for bound in np.quantile(values, (0.1, 0.9)))
        low_end, high_end = (bound if math.isfinite(bound) else None for bound in (low, high))
        kept = float(((values >= low) & (values <= high)).mean())
        return cls(column, low_end, high_end, p10, p90, float((values < low).mean()), kept, p_value)

    @property
    def text(self) -> str:
        """The limit without its unit."""
        if self.low is None:
            return f"at most {_short(self.high or 0.0)}"
        if self.high is None:
            return f"at least {_short(self.low)}"
        return f"{_short(self.low)} to {_short(self.high)}"


@dataclass(frozen=True)
class Fit:
    """How a box does on a half of the worlds: those inside, the cases among them, and their parts."""

    worlds: int
    cases: int
    coverage: float
    """Part of all cases that are inside."""
    density: float
    """Part of the worlds inside that are cases; NaN if no world is inside."""
    mass: float
    """Part of all worlds that are inside."""

    @classmethod
    def of(cls, inside: npt.NDArray[np.bool_], cases: npt.NDArray[np.bool_]) -> Self:
        """From a truth by world of each, `(n,)`; there is a case."""
        worlds, within = int(inside.sum()), int((inside & cases).sum())
        density = within / worlds if worlds else math.nan
        return cls(worlds, within, within / int(cases.sum()), density, worlds / len(cases))


@dataclass(frozen=True)
class Peel:
    """A box on the way to a region: what it restricts, and its fit on both halves of the worlds."""

    restricts: tuple[Column, ...]
    seen: Fit
    unseen: Fit


@dataclass(frozen=True)
class Region:
    """A box, beyond those before it: its limits, and its fit on both halves of the worlds."""

    limits: tuple[Limit, ...]
    seen: Fit
    """On the worlds that it was found in."""
    unseen: Fit
    """On the others: the honest numbers."""
    trajectory: tuple[Peel, ...]
    """Every box it was chosen from, the widest first."""

    @property
    def words(self) -> str:
        """Its limits as a sentence's beginning."""
        said = [f"{limit.column.words} {limit.text}" for limit in self.limits]
        text = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
        return text[0].upper() + text[1:] if text.startswith("the ") else text


@dataclass(frozen=True)
class Discovery:
    """Where a claim fails, or holds: no region if it does so everywhere, nowhere, or without pattern."""

    source: str
    claim: Claim
    holds: bool
    worlds: int
    cases: int
    left_out: list[int]
    dimensions: int
    regions: tuple[Region, ...]

    @property
    def does(self) -> str:
        """What the claim does in the cases of interest."""
        return "holds" if self.holds else "fails"

    @property
    def finding(self) -> str:
        """The answer in a sentence."""
        share = self.cases / self.worlds
        if self.cases in (0, self.worlds):
            does = "holds" if self.holds == (self.cases > 0) else "fails"
            least = wilson(self.worlds, self.worlds)[0]
            return (
                f"The claim {does} in all {self.worlds:,} worlds (at least {least:.2%} with 95% confidence): "
                "no region of what is uncertain differs."
            )
        if not self.regions:
            return (
                f"The claim {self.does} in {share:.0%} of the worlds, and no region of the "
                f"{self.dimensions} uncertain numbers has reliably more of them."
            )
        inside, covered = self.regions[0].unseen, sum(r.unseen.coverage for r in self.regions)
        told = (
            f"{self.regions[0].words}: the claim {self.does} in {inside.density:.0%} of such worlds "
            f"(in all: {share:.0%}); they are {inside.coverage:.0%} of those in which it {self.does}."
        )
        more = len(self.regions) - 1
        return told + (f" With {more} more: {covered:.0%}." if more else "")

    def document(self) -> dict[str, Any]:
        """All of it as one JSON document."""
        return {
            "source": self.source,
            "claim": self.claim.name,
            "sentence": self.claim.sentence,
            "asked": self.does,
            "worlds": self.worlds,
            "cases": self.cases,
            "share": self.cases / self.worlds,
            "not_finite": len(self.left_out),
            "dimensions": self.dimensions,
            "finding": self.finding,
            "regions": [_region(region) for region in self.regions],
        }

    def show(self, console: Console) -> None:
        """Print the regions as tables that fit 80 columns."""
        console.print(f"{self.claim.name}: {self.claim.sentence}", style="bold", highlight=False)
        console.print(f"{self.finding}\n", markup=False, highlight=False)
        for number, region in enumerate(self.regions, 1):
            console.print(_limits_table(f"Region {number}", region))
            console.print()
        if self.regions:
            console.print(_fits_table(self))
            console.print(_EXPLAINED.format(does=self.does), style="dim")
            console.print()
            console.print(_peels_table(self))
        if self.cases in (0, self.worlds):
            asked = f"computeshift sensitivity {self.source} --outcome {self.claim.outcome}"
            console.print(f"What moves its outcome: {asked}", soft_wrap=True, markup=False)
        if self.left_out:
            console.print(f"{len(self.left_out)} worlds were left out: their numbers are not finite")
        told = f"{self.source}: {self.worlds:,} worlds, {self.dimensions} uncertain numbers"
        console.print(told, markup=False, highlight=False, soft_wrap=True)

    def draw(self) -> Figure:
        """Coverage against density of every peel, and each region's limits."""
        title = textwrap.fill(f"Where the claim {self.does}: {self.claim.sentence}", 95)
        if not self.regions:
            return _nothing(self, title)
        rows = sum(len(region.limits) for region in self.regions)
        drawn = figure(10.0, max(4.5, 2.0 + 0.42 * (rows + len(self.regions))), title)
        curve, bars = drawn.subplots(1, 2, width_ratios=(1, 1.25))
        _trade_off(curve, self)
        _ranges(bars, self.regions)
        return drawn


def _short(number: float) -> str:
    """A number in three digits, a year in full.

    >>> _short(0.06123), _short(2027.0), _short(41.26)
    ('0.0612', '2027', '41.3')
    """
    return f"{number:.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def _region(region: Region) -> dict[str, Any]:
    limits = [{**asdict(limit), "column": None, **asdict(limit.column)} for limit in region.limits]
    for limit in limits:
        del limit["column"]
    low, high = wilson(region.unseen.cases, region.unseen.worlds)
    peels = [
        {"restricts": [column.name for column in peel.restricts]}
        | {"seen": asdict(peel.seen), "unseen": asdict(peel.unseen)}
        for peel in region.trajectory
        if peel.unseen.worlds
    ]
    return {
        "words": region.words,
        "limits": limits,
        "unseen": {**asdict(region.unseen), "density_low": low, "density_high": high},
        "seen": asdict(region.seen),
        "trajectory": peels,
    }


def _plain_table(title: str, *columns: str) -> Table:
    from rich.table import Table

    made = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    for i, column in enumerate(columns):
        made.add_column(column, justify="right" if i else "left", vertical="top")
    return made


def _limits_table(title: str, region: Region) -> Table:
    """A row a limit."""
    from rich.markup import escape

    table = _plain_table(title, "what (unit)", "limit", "P10 to P90 of all worlds", "p")
    for limit in region.limits:
        column = limit.column
        what = f"{escape(f'{column.words} ({column.unit})')}\n[dim]{column.name}[/dim]"
        p_value = "<0.001" if limit.p_value < 0.001 else f"{limit.p_value:.3f}"
        table.add_row(what, limit.text, f"{_short(limit.p10)} to {_short(limit.p90)}", p_value)
    return table


def _fits_table(answer: Discovery) -> Table:
    """A row a region: density, coverage and mass on unseen worlds, and what the seen ones promised."""
    names = ("density", "95% interval", "coverage", "mass", "density, seen", "coverage, seen")
    table = _plain_table(f"How often it {answer.does}", "region", *names)
    for number, region in enumerate(answer.regions, 1):
        seen, unseen = region.seen, region.unseen
        low, high = wilson(unseen.cases, unseen.worlds)
        parts = (unseen.coverage, unseen.mass, seen.density, seen.coverage)
        cells = [f"{part:.0%}" for part in parts]
        table.add_row(str(number), f"{unseen.density:.0%}", f"{low:.0%} to {high:.0%}", *cells)
    share = f"{answer.cases / answer.worlds:.0%}"
    table.add_row("all worlds", share, "", "100%", "100%", "", "")
    return table


def _peels_table(answer: Discovery) -> Table:
    """Some of the wider and tighter boxes that region 1 was chosen from."""
    peels = [peel for peel in answer.regions[0].trajectory if peel.unseen.worlds]
    picked = np.unique(np.linspace(0, len(peels) - 1, _PEELS + 1).round().astype(int))[1:]
    table = _plain_table("Wider and tighter than region 1", "density", "coverage", "limits on")
    table.columns[-1].justify = "left"
    for peel in (peels[i] for i in picked):
        names = ", ".join(column.name for column in peel.restricts)
        table.add_row(f"{peel.unseen.density:.0%}", f"{peel.unseen.coverage:.0%}", names)
    return table


def _trade_off(axes: Axes, answer: Discovery) -> None:
    """The peels of every region on unseen worlds, and where the region was taken."""
    for number, region in enumerate(answer.regions, 1):
        peels = [peel.unseen for peel in region.trajectory if peel.unseen.worlds]
        colour = COLOURS[number - 1]
        axes.plot([p.coverage for p in peels], [p.density for p in peels], ".-", color=colour, lw=1, ms=4)
        chosen = region.unseen
        axes.plot(chosen.coverage, chosen.density, "o", color=colour, ms=11, label=f"region {number}")
    share = answer.cases / answer.worlds
    axes.axhline(share, color=COLOURS[7], lw=1, ls=":", label=f"all worlds, {share:.0%}")
    axes.set(xlim=(0, 1.03), ylim=(0, 1.03))
    axes.set_xlabel(f"coverage: part of all worlds in which it {answer.does}")
    axes.set_ylabel(f"density: part of worlds inside in which it {answer.does}")
    axes.legend(loc="lower left", fontsize="small", frameon=False)


def _ranges(axes: Axes, regions: tuple[Region, ...]) -> None:
    """A bar a limit: the part of all worlds it keeps, on the column's percentiles."""
    rows = [(n, limit) for n, region in enumerate(regions) for limit in region.limits]
    for y, (number, limit) in enumerate(rows):
        axes.barh(y, 100, color="#e8e8e8", height=0.55)
        axes.barh(y, 100 * limit.kept, left=100 * limit.below, color=COLOURS[number], height=0.55)
    axes.set_yticks(range(len(rows)), [f"{limit.column.words}\n{limit.text}" for _, limit in rows])
    axes.tick_params(axis="y", labelsize="small")
    axes.set_xlabel("percentile of all worlds: what the region keeps")
    axes.set_xlim(0, 100)
    axes.invert_yaxis()


def _nothing(answer: Discovery, title: str) -> Figure:
    """The base rate alone, and why there is no more to draw."""
    drawn = figure(10.0, 2.6, title)
    axes = drawn.subplots()
    axes.barh(["all worlds"], [100 * answer.cases / answer.worlds], color=COLOURS[0], height=0.4)
    axes.set(xlim=(0, 100), xlabel=f"part of {answer.worlds:,} worlds in which it {answer.does}, %")
    axes.set_title("no region differs reliably", fontsize="medium")
    return drawn
