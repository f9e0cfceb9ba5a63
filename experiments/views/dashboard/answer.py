"""The answer in one sentence: how much compute the lab runs on, and who supplies most of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from computeshift.experiments.config.cast import LAB
from computeshift.experiments.config.changes import Change
from computeshift.experiments.config.names import in_words, named
from computeshift.experiments.results.pairing import differences
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.format import percent, short, with_unit, worlds
from computeshift.experiments.views.plots.amounts import amounts

RIVALS = 2  # suppliers that the sentence names
LEAST = 0.01  # part of the worlds: a supplier that leads in fewer is not named
SAME = 0.005  # GW: a smaller difference is none


@dataclass(frozen=True)
class Reference:
    """What a run is held against, over paired worlds: its results, and what it is, such as `in baseline`."""

    results: Results
    words: str


def without(changes: Sequence[Change], results: Results) -> Reference:
    """The scenario without its changes as the reference; `results` are its worlds."""
    if len(changes) > 1:
        return Reference(results, f"without the {len(changes)} changes")
    (change,) = changes
    return Reference(results, f"with {in_words(change.key)} at {change.before}")


def answer(results: Results, reference: Reference | None = None, year: int | None = None) -> str:
    """One sentence on a year, by default the last; with a reference it says what differs, over paired worlds.

    The size is the median with P10 to P90, and so is its difference over paired worlds. The largest
    supplier is the one through which most of the lab's GW come in a world, its own sites included.
    """
    year, lab = year or results.years[-1], named(results.cast.firm(LAB))
    if reference is not None and year not in reference.results.years:
        reference = None
    used = _used(results, year)
    if not (used.to_numpy() > 0).any():
        return f"In {year} {lab} uses no compute, in {worlds(len(used))}."
    low, middle, high = np.quantile(used, (0.1, 0.5, 0.9))
    between = f"{short(low)} to {short(high)} in 80% of {worlds(len(used))}"
    size = f"In {year} {lab} runs on {with_unit(middle, 'GW')} of compute ({between})"
    leaders = _leaders(results, reference, year)
    return f"{size}{_difference(used, reference, year)}; its largest supplier is {leaders}."


def _used(results: Results, year: int) -> pd.Series[float]:
    """GW that the lab uses in a year, by world."""
    return amounts(results).flow_or_zero("capacity", None, results.cast.firm(LAB))[year]


def _difference(used: pd.Series[float], reference: Reference | None, year: int) -> str:
    """How far that is from the reference: the median over paired worlds, with P10 to P90 in brackets."""
    if reference is None:
        return ""
    apart = differences(used.to_frame("GW"), _used(reference.results, year).to_frame("GW"))["GW"]
    if not len(apart):
        return ""
    low, by, high = map(float, np.quantile(apart, (0.1, 0.5, 0.9)))
    if abs(by) < SAME:
        return f", as much as {reference.words}"
    band = f"({short(low, sign=True)} to {short(high, sign=True)})"
    return f", {with_unit(abs(by), 'GW')} {'less' if by < 0 else 'more'} than {reference.words} {band}"


def _leaders(results: Results, reference: Reference | None, year: int) -> str:
    """Who supplies most, and in what part of the worlds; in brackets, in what part of the reference's."""
    lead, lab = leads(results, year), results.cast.firm(LAB)
    before = None if reference is None else leads(reference.results, year)
    most, *others = lead.index[:RIVALS]
    chosen = [most, *(name for name in others if lead[name] >= LEAST)]
    parts = [f"{'itself' if name == lab else named(name)} in {percent(lead[name])}" for name in chosen]
    parts[0] += " of worlds"
    if before is None:
        return ", ".join(parts)
    return ", ".join(
        f"{part} ({percent(float(before.get(name, 0.0)))}{'' if at else ' there'})"
        for at, (part, name) in enumerate(zip(parts, chosen, strict=True))
    )


def leads(results: Results, year: int) -> pd.Series[float]:
    """In what part of the worlds each supplier is the lab's largest in a year, most often first."""
    own, lab = amounts(results), results.cast.firm(LAB)
    suppliers = [source for source, target, kind in own.ties() if (target, kind) == (lab, "capacity")]
    given = pd.DataFrame({name: own.flow_or_zero("capacity", name, lab)[year] for name in suppliers})
    first = given[(given > 0).any(axis=1)].idxmax(axis=1)
    return first.value_counts(normalize=True)
