"""The text of `discover`: the finding in words, tables that fit 80 columns, and the JSON document."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from computeshift.experiments.config.names import capitalised
from computeshift.experiments.questions.discover.discovered import Discovery
from computeshift.experiments.questions.discover.meaning import Meaning
from computeshift.experiments.questions.discover.regions import Column, Limit, Region
from computeshift.experiments.results.claims import wilson
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.format import figures, fixed, interval_of_shares, percent, worlds
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from rich.console import Console

_PEELS = 5  # rows of the trade-off between coverage and density
_EXPLAINED = (
    "density: share of the region's worlds in which it {does}; coverage: the region's share of all worlds "
    "in which it {does}; mass: its share of all worlds. Regions were found in the worlds with even numbers "
    "(seen); all other figures are from the rest. p: chance of so many cases there without this limit "
    "(above 0.05: not confirmed). Each region leaves out the worlds of the regions before it."
)


def document(answer: Discovery) -> dict[str, Any]:
    """All of it as one JSON document."""
    return {
        "source": answer.source,
        "claim": answer.claim.name,
        "sentence": answer.claim.sentence,
        "asked": answer.does,
        "worlds": answer.worlds,
        "cases": answer.cases,
        "share": answer.cases / answer.worlds,
        "worlds_left_out": len(answer.left_out),
        "notes": list(notes(answer)),
        "dimensions": answer.dimensions,
        "finding": finding(answer),
        "regions": [_region(region) for region in answer.regions],
    } | ({"meanings": [asdict(one) for one in answer.meanings]} if answer.meanings else {})


def show(answer: Discovery, console: Console) -> None:
    """Print the regions as tables that fit 80 columns."""
    console.print(f"{answer.claim.name}: {answer.claim.sentence}", style="bold", highlight=False)
    console.print(f"{finding(answer)}\n", markup=False, highlight=False)
    for number, region in enumerate(answer.regions, 1):
        console.print(_limits_table(f"Region {number}", region))
        console.print()
    if answer.regions:
        console.print(_fits_table(answer))
        console.print(_EXPLAINED.format(does=answer.does), style="dim")
        console.print()
        console.print(_peels_table(answer))
    if answer.cases in (0, answer.worlds):
        command = f"computeshift sensitivity {answer.source} --outcome {answer.claim.outcome}"
        console.print(f"What moves its outcome: {command}", soft_wrap=True, markup=False)
    for note in (*meaning_lines(answer), *notes(answer)):
        console.print(note, markup=False, highlight=False)
    sample = f"{answer.source}: {worlds(answer.worlds)}, {answer.dimensions} uncertain parameters"
    console.print(sample, markup=False, highlight=False, soft_wrap=True)


def finding(answer: Discovery) -> str:
    """The answer in a sentence."""
    share = answer.cases / answer.worlds
    if answer.cases in (0, answer.worlds):
        does = "holds" if answer.holds == (answer.cases > 0) else "fails"
        least = wilson(answer.worlds, answer.worlds)[0]
        return (
            f"The claim {does} in all {worlds(answer.worlds)} (at least {percent(least, 2)} with 95% "
            "confidence): no region of the uncertain parameters differs."
        )
    if not answer.regions:
        return (
            f"The claim {answer.does} in {percent(share)} of worlds. No region of the {answer.dimensions} "
            "uncertain parameters has a reliably higher share."
        )
    inside, covered = answer.regions[0].unseen, sum(r.unseen.coverage for r in answer.regions)
    text = (
        f"{region_text(answer.regions[0])}: the claim {answer.does} in {percent(inside.density)} of such "
        f"worlds, and in {percent(share)} of all. The region has {percent(inside.coverage)} of all worlds "
        f"in which it {answer.does}."
    )
    more = len(answer.regions) - 1
    return text + (f" Together with {more} more: {percent(covered)}." if more else "")


def notes(answer: Discovery) -> Iterator[str]:
    """What to bear in mind about these worlds."""
    if answer.reasons:
        yield left_out(answer.reasons)
    if answer.from_posterior:
        yield (
            f"{answer.source} was run from a posterior: its parameters depend on each other, so a limit "
            "on one may stand for another, and shares of worlds are shares of the posterior."
        )


def region_text(region: Region) -> str:
    """A region's limits as a sentence's beginning."""
    limits = [f"{limit.column.words} {limit_text(limit)}" for limit in region.limits]
    text = " and ".join([", ".join(limits[:-1]), limits[-1]] if len(limits) > 1 else limits)
    return capitalised(text)


def limit_text(limit: Limit) -> str:
    """A limit without its unit; of a factor or a residual as quantiles of all worlds."""
    if limit.column.score:
        return _in_quantiles(limit)
    if limit.low is None:
        return f"at most {figures(limit.high or 0.0)}"
    if limit.high is None:
        return f"at least {figures(limit.low)}"
    return f"{figures(limit.low)} to {figures(limit.high)}"


def _in_quantiles(limit: Limit) -> str:
    """A limit on a factor or a residual: above which quantile of all worlds it lies, or below which."""
    low, high = round(100 * limit.below), round(100 * (limit.below + limit.kept))
    if limit.low is not None and limit.high is not None:
        side, where = "in the middle", f"between its P{low} and P{high}"
    elif limit.low is not None:
        side, where = "high", f"above its P{low}"
    else:
        side, where = "low", f"below its P{high}"
    return f"{side} for its {limit.column.given} ({where})" if limit.column.given else where


def meaning_lines(answer: Discovery) -> Iterator[str]:
    """What limits on factors and residuals mean, a sentence per limit: medians of parameters behind it."""
    by_limit = itertools.groupby(answer.meanings, lambda one: (one.region, one.limit))
    for (region, name), own in by_limit:
        (limit,) = (limit for limit in answer.regions[region - 1].limits if limit.column.name == name)
        medians = ", ".join(map(_median, own))
        what = f"{limit.column.words} {limit_text(limit)}"
        yield f"Region {region}: {what} means these medians in such worlds: {medians}."


def _median(one: Meaning) -> str:
    return f"{one.parameter} {figures(one.within)} (all: {figures(one.everywhere)}) {one.unit}"


def _region(region: Region) -> dict[str, Any]:
    limits = [{**asdict(limit), "column": None, **_column(limit.column)} for limit in region.limits]
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
        "words": region_text(region),
        "limits": limits,
        "unseen": {**asdict(region.unseen), "density_low": low, "density_high": high},
        "seen": asdict(region.seen),
        "trajectory": peels,
    }


def _column(column: Column) -> dict[str, Any]:
    """A column's name, words and unit; of a factor or a residual also that it is one."""
    written = asdict(column)
    return written if column.score else {key: written[key] for key in ("name", "words", "unit")}


def _limits_table(title: str, region: Region) -> Plain:
    """One row per limit."""
    from rich.markup import escape

    table = Plain(title, "parameter (unit)", "limit", "P10 to P90 of all worlds", "p")
    for limit in region.limits:
        column = limit.column
        what = f"{escape(f'{column.words} ({column.unit})')}\n[dim]{column.name}[/dim]"
        p_value = "<0.001" if limit.p_value < 0.001 else fixed(limit.p_value, 3)
        table.add_row(what, limit_text(limit), f"{figures(limit.p10)} to {figures(limit.p90)}", p_value)
    return table


def _fits_table(answer: Discovery) -> Plain:
    """One row per region: density, coverage and mass on unseen worlds, and on the seen ones."""
    names = ("density", "95% interval", "coverage", "mass", "density, seen", "coverage, seen")
    table = Plain(f"How often it {answer.does}", "region", *names)
    for number, region in enumerate(answer.regions, 1):
        seen, unseen = region.seen, region.unseen
        low, high = wilson(unseen.cases, unseen.worlds)
        parts = (unseen.coverage, unseen.mass, seen.density, seen.coverage)
        cells = [percent(part) for part in parts]
        table.add_row(str(number), percent(unseen.density), interval_of_shares(low, high), *cells)
    share = percent(answer.cases / answer.worlds)
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
        table.add_row(percent(peel.unseen.density), percent(peel.unseen.coverage), names)
    return table
