"""The answer of scenario discovery: the regions, told as a document, as tables and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.discover.regions import Region
from computeshift.experiments.results.claims import Claim, wilson
from computeshift.experiments.results.excluded import Reasons, left_out, worlds_of
from computeshift.experiments.views.text.table import Plain, figures, interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

_PEELS = 5  # rows of the trade-off between coverage and density
_EXPLAINED = (
    "density: part of a region's worlds in which it {does}; coverage: part of all worlds in which it "
    "{does}; mass: part of all worlds. Regions were found in the worlds of even number (seen); all other "
    "numbers are of the rest. p: chance of so many there without this limit (above 0.05: not confirmed). "
    "Each region leaves out the worlds of those before it."
)


@dataclass(frozen=True, repr=False)
class Discovery(Answer):
    """Where a claim fails, or holds: no region if it does so everywhere, nowhere, or without pattern."""

    source: str
    claim: Claim
    holds: bool
    worlds: int
    cases: int
    reasons: Reasons
    from_posterior: bool
    dimensions: int
    regions: tuple[Region, ...]

    @property
    def left_out(self) -> list[int]:
        """The worlds that are left out."""
        return worlds_of(self.reasons)

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

    def notes(self) -> Iterator[str]:
        """What to bear in mind about these worlds."""
        if self.reasons:
            yield left_out(self.reasons)
        if self.from_posterior:
            yield (
                f"{self.source} was run from a posterior: its parameters depend on each other, so a limit "
                "on one may stand for another, and shares of worlds are shares of the posterior."
            )

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
            "worlds_left_out": len(self.left_out),
            "notes": list(self.notes()),
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
        for note in self.notes():
            console.print(note, markup=False, highlight=False)
        told = f"{self.source}: {self.worlds:,} worlds, {self.dimensions} uncertain numbers"
        console.print(told, markup=False, highlight=False, soft_wrap=True)

    def draw(self) -> Figure:
        """Coverage against density of every peel, and each region's limits."""
        from computeshift.experiments.views.figures.discover import draw

        return draw(self)


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


def _limits_table(title: str, region: Region) -> Plain:
    """A row a limit."""
    from rich.markup import escape

    table = Plain(title, "what (unit)", "limit", "P10 to P90 of all worlds", "p")
    for limit in region.limits:
        column = limit.column
        what = f"{escape(f'{column.words} ({column.unit})')}\n[dim]{column.name}[/dim]"
        p_value = "<0.001" if limit.p_value < 0.001 else f"{limit.p_value:.3f}"
        table.add_row(what, limit.text, f"{figures(limit.p10)} to {figures(limit.p90)}", p_value)
    return table


def _fits_table(answer: Discovery) -> Plain:
    """A row a region: density, coverage and mass on unseen worlds, and what the seen ones promised."""
    names = ("density", "95% interval", "coverage", "mass", "density, seen", "coverage, seen")
    table = Plain(f"How often it {answer.does}", "region", *names)
    for number, region in enumerate(answer.regions, 1):
        seen, unseen = region.seen, region.unseen
        low, high = wilson(unseen.cases, unseen.worlds)
        parts = (unseen.coverage, unseen.mass, seen.density, seen.coverage)
        cells = [f"{part:.0%}" for part in parts]
        table.add_row(str(number), f"{unseen.density:.0%}", interval(low, high, ".0%"), *cells)
    share = f"{answer.cases / answer.worlds:.0%}"
    table.add_row("all worlds", share, "", "100%", "100%", "", "")
    return table


def _peels_table(answer: Discovery) -> Plain:
    """Some of the wider and tighter boxes that region 1 was chosen from."""
    peels = [peel for peel in answer.regions[0].trajectory if peel.unseen.worlds]
    picked = np.unique(np.linspace(0, len(peels) - 1, _PEELS + 1).round().astype(int))[1:]
    table = Plain("Wider and tighter than region 1", "density", "coverage", "limits on")
    table.columns[-1].justify = "left"
    for peel in (peels[i] for i in picked):
        names = ", ".join(column.name for column in peel.restricts)
        table.add_row(f"{peel.unseen.density:.0%}", f"{peel.unseen.coverage:.0%}", names)
    return table
