"""The figure of `discover`: coverage against density, and the part of each number that a region keeps."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.figures.figure import figure
from computeshift.experiments.views.format import percent, worlds
from computeshift.experiments.views.text.discover import limit_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from computeshift.experiments.questions.discover.discovered import Discovery
    from computeshift.experiments.questions.discover.regions import Region


def draw(answer: Discovery) -> Figure:
    """Coverage against density of every peel, and each region's limits."""
    title = textwrap.fill(f"Where the claim {answer.does}: {answer.claim.sentence}", 95)
    if not answer.regions:
        return _nothing(answer, title)
    rows = sum(len(region.limits) for region in answer.regions)
    page = figure(10.0, max(4.5, 2.0 + 0.5 * rows), title)
    curve, bars = page.subplots(1, 2, width_ratios=(1, 1.25))
    _trade_off(curve, answer)
    _ranges(bars, answer.regions)
    return page


def _trade_off(axes: Axes, answer: Discovery) -> None:
    """The peels of every region on unseen worlds, and where the region was taken."""
    for number, region in enumerate(answer.regions, 1):
        peels = [peel.unseen for peel in region.trajectory if peel.unseen.worlds]
        colour = COLOURS[number - 1]
        axes.plot([p.coverage for p in peels], [p.density for p in peels], ".-", color=colour, lw=1, ms=4)
        chosen = region.unseen
        axes.plot(chosen.coverage, chosen.density, "o", color=colour, ms=11, label=f"region {number}")
    share = answer.cases / answer.worlds
    axes.axhline(share, color=COLOURS[7], lw=1, ls=":", label=f"all worlds, {percent(share)}")
    axes.set(xlim=(0, 1.03), ylim=(0, 1.03))
    axes.set_xlabel(f"coverage: part of all worlds in which it {answer.does}")
    axes.set_ylabel(f"density: part of worlds inside in which it {answer.does}")
    axes.legend(loc="lower left", fontsize="small", frameon=False)


def _ranges(axes: Axes, regions: tuple[Region, ...]) -> None:
    """One bar per limit: the part of all worlds it keeps, on the column's percentiles."""
    rows = [(n, limit) for n, region in enumerate(regions) for limit in region.limits]
    for y, (number, limit) in enumerate(rows):
        axes.barh(y, 100, color="#e8e8e8", height=0.55)
        axes.barh(y, 100 * limit.kept, left=100 * limit.below, color=COLOURS[number], height=0.55)
    axes.set_yticks(range(len(rows)), [f"{limit.column.words}\n{limit_text(limit)}" for _, limit in rows])
    axes.tick_params(axis="y", labelsize="small")
    axes.set_xlabel("percentile of all worlds: what the region keeps")
    axes.set_xlim(0, 100)
    axes.invert_yaxis()


def _nothing(answer: Discovery, title: str) -> Figure:
    """The base rate alone, and why there is no more to draw."""
    page = figure(10.0, 2.6, title)
    axes = page.subplots()
    axes.barh(["all worlds"], [100 * answer.cases / answer.worlds], color=COLOURS[0], height=0.4)
    axes.set(xlim=(0, 100), xlabel=f"part of {worlds(answer.worlds)} in which it {answer.does}, %")
    axes.set_title("no region differs reliably", fontsize="medium")
    return page
