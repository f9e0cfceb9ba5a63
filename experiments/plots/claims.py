"""How often claims hold: a strip a claim by scenario, and year by year for those with a date."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.answer import COLOURS
from computeshift.experiments.claims import Claim, wilson
from computeshift.experiments.claims import claims as known_claims
from computeshift.experiments.comparison.pairs import differences_of_shares
from computeshift.experiments.plots import style
from computeshift.experiments.plots.amounts import Array, amounts, counted, less, must_pair
from computeshift.experiments.plots.lines import lines
from computeshift.experiments.plots.picture import Picture
from computeshift.experiments.plots.ranges import Ranged, height, ranges
from computeshift.experiments.problems import UserError
from computeshift.experiments.record import Record

_DATED = re.compile(r"(by|in|\d{4} to) (\d{4})")


def claims(results: Record, *others: Record, against: Record | None = None) -> Picture:
    """In which part of the worlds each claim holds, with its 95% interval; a colour a scenario.

    With `against`: by how many points oftener than in its paired worlds. Claims that no scenario
    decides are left out. UserError if none is decided.
    """
    if against is not None:
        return _differences(results, against)
    records = [results, *others]
    known = [amounts(record).held for record in records]
    names = [name for name in known_claims() if any(name in one for one in known)]
    if not names:
        raise UserError("no claim is decided by these worlds")
    rows, series = list[tuple[Any, ...]](), list[Ranged]()
    for i, one in enumerate(known):
        label, told = _label(records, i), [_part(one.get(name)) for name in names]
        spread = np.array(told).T
        series.append(Ranged(label, COLOURS[i % len(COLOURS)], spread, style.spans(spread, "share")))
        rows += [(label, name, m, a, b) for name, (a, m, b) in zip(names, told, strict=True)]
    drawn = ranges([known_claims()[name].sentence for name in names], "share", *series)
    drawn["xAxis"] |= {"min": 0, "max": 100, "name": "% of worlds"}
    table = pd.DataFrame(rows, columns=["scenario", "claim", "probability", "low", "high"])
    note = f"Part of {counted(results)} in which each holds; line: 95% interval (Wilson's)."
    return Picture("claims", "How often the sources' claims hold", note, drawn, table, height(len(names)))


def _label(records: list[Record], i: int) -> str:
    """A scenario's name, numbered if another has it too."""
    names = [less(record) for record in records]
    return names[i] if names.count(names[i]) == 1 else f"{names[i]} ({i + 1})"


def _part(holds: pd.Series[bool] | None) -> tuple[float, float, float]:
    """Low, share and high of the worlds in which a claim holds; NaN if it is not decided."""
    if holds is None or holds.empty:
        return np.nan, np.nan, np.nan
    low, high = wilson(int(holds.sum()), len(holds))
    return low, float(holds.mean()), high


def _differences(results: Record, against: Record) -> Picture:
    must_pair(results, against)
    own, other = (pd.DataFrame(amounts(one).held).astype(float) for one in (results, against))
    both = [str(name) for name in own if name in other]
    if not both:
        raise UserError("no claim is decided by both")
    worlds = own.index.intersection(other.index)
    told = differences_of_shares(other.loc[worlds, both], own.loc[worlds, both])
    spread = told[["low", "difference", "high"]].to_numpy().T
    texts = style.spans(spread, "points", sign=True)
    rows = [known_claims()[name].sentence for name in both]
    drawn = ranges(rows, "points", Ranged("", COLOURS[0], spread, texts))
    table = told[["difference", "low", "high", "pairs"]].rename_axis("claim").reset_index()
    note = f"Points oftener than in {less(against)}, over {counted(results, against)}; line: 95% interval."
    title = style.titled("How often the sources' claims hold", against)
    return Picture("claims_against", title, note, drawn, table, height(len(both)))


def claims_by_year(results: Record) -> Picture:
    """How often claims with a date would hold, were each year their last. UserError if none is decided."""
    own = amounts(results)
    spread: dict[str, Array] = {}
    for name, claim in known_claims().items():
        parts = [
            _part(early.holds(own)) if (early := _until(claim, year)) else (np.nan,) * 3 for year in own.years
        ]
        if np.isfinite(parts).any():
            spread[name] = np.array(parts).T
    if not spread:
        raise UserError("no claim with a date is decided by these worlds")
    drawn = lines(spread, own.years, "share")
    drawn["legend"]["data"] = drawn["legend"]["data"][:-1]
    drawn["yAxis"] |= {"min": 0, "max": 100, "name": "% of worlds"}
    rows = [
        (name, year, *values[[1, 0, 2], at])
        for name, values in spread.items()
        for at, year in enumerate(own.years)
    ]
    table = pd.DataFrame(rows, columns=["claim", "year", "probability", "low", "high"])
    note = f"Part of {counted(results)} in which each holds if its date were that year, up to its own."
    return Picture("claims_by_year", "How claims with a date come about", note, drawn, table)


def _until(claim: Claim, year: int) -> Claim | None:
    """The claim with a year as its last; None if it has no date, or an earlier one."""
    found = _DATED.fullmatch(claim.when)
    if found is None or int(found[2]) < year:
        return None
    first = claim.when[:4]
    if first.isdigit():
        if int(first) > year or (claim.test == "rises" and int(first) == year):
            return None
        return claim.model_copy(update={"when": f"{first} to {year}"})
    return claim.model_copy(update={"when": f"{found[1]} {year}"})
