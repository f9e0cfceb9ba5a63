"""How often claims hold: a strip a claim by scenario, and year by year for those with a date."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.changes import told_apart
from computeshift.experiments.config.names import numbered
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.claims import Claim, wilson
from computeshift.experiments.results.claims import claims as known_claims
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.colours import COLOURS, PALETTE
from computeshift.experiments.views.format import spans
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    amounts,
    counted,
    less,
    must_pair,
    of_shares,
    oftener,
)
from computeshift.experiments.views.plots.lines import lines
from computeshift.experiments.views.plots.picture import Picture
from computeshift.experiments.views.plots.ranges import Ranged, height, ranges

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
    for i, (label, one) in enumerate(zip(_labels(records), known, strict=True)):
        told = [_part(one.get(name)) for name in names]
        spread = np.array(told).T
        series.append(Ranged(label, COLOURS[i % len(COLOURS)], spread, spans(spread, "share")))
        rows += [(label, name, m, a, b) for name, (a, m, b) in zip(names, told, strict=True)]
    drawn = ranges([known_claims()[name].sentence for name in names], "share", *series)
    drawn["xAxis"] |= {"min": 0, "max": 100, "name": "% of worlds"}
    table = pd.DataFrame(rows, columns=["scenario", "claim", "probability", "low", "high"])
    note = f"Part of {counted(results)} in which each holds; line: 95% interval (Wilson's).{_cast(*records)}"
    return Picture("claims", "How often the sources' claims hold", note, drawn, table, height(len(names)))


def _labels(records: list[Record]) -> list[str]:
    """The scenarios' names; with its own changes or a number where others have that name."""
    changed = [record.changes if isinstance(record, Results) else () for record in records]
    return numbered(told_apart([less(record) for record in records], changed))


def _cast(*records: Record) -> str:
    """Which firms stand for those that claims name, where some do: a sentence for each scenario."""
    labels = _labels(list(records)) if len(records) > 1 else ["these worlds"]
    told = [(label, one.cast.told()) for label, one in zip(labels, records, strict=True)]
    return "".join(f" In {label} {stand_in}." for label, stand_in in told if stand_in)


def _part(holds: pd.Series[bool] | None) -> tuple[float, float, float]:
    """Low, share and high of the worlds in which a claim holds; NaN if it is not decided."""
    if holds is None or holds.empty:
        return np.nan, np.nan, np.nan
    low, high = wilson(int(holds.sum()), len(holds))
    return low, float(holds.mean()), high


def _differences(results: Record, against: Record) -> Picture:
    must_pair(results, against)
    told = oftener(*(pd.DataFrame(amounts(one).held) for one in (results, against)))
    if told.empty:
        raise UserError("no claim is decided by both")
    spread = told[["low", "difference", "high"]].to_numpy().T
    texts = spans(spread, "points", sign=True)
    rows = [known_claims()[str(name)].sentence for name in told.index]
    drawn = ranges(rows, "points", Ranged("", COLOURS[0], spread, texts))
    table = told.rename_axis("claim").reset_index()
    note = f"Points {of_shares(results, against)}; line: 95% interval.{_cast(results, against)}"
    title = style.titled("How often the sources' claims hold", against)
    return Picture("claims_against", title, note, drawn, table, height(len(rows)))


def claims_by_year(results: Record, against: Record | None = None) -> Picture:
    """How often claims with a date would hold, were each year their last.

    With `against`: by how many points oftener than in its paired worlds. UserError if none is decided.
    """
    told = _yearly(results) if against is None else _yearly_differences(results, against)
    if told.empty:
        whose = "these worlds" if against is None else "both"
        raise UserError(f"no claim with a date is decided by {whose}")
    names = told.index.unique("claim")
    told = told.reindex(pd.MultiIndex.from_product([names, results.years], names=told.index.names))
    middle, low, high = told.columns[:3]
    spread: dict[str, Array] = {name: told.loc[name, [low, middle, high]].to_numpy().T for name in names}
    unit = "share" if against is None else "points"
    paint = dict(zip(known_claims(), itertools.cycle(PALETTE), strict=False))
    drawn = lines(spread, results.years, unit, paint, sign=against is not None, banded=False)
    dated = "if its date were that year, up to its own"
    title = style.titled("How claims with a date come about", against)
    if against is not None:
        note = f"How often each holds {dated}, in points {of_shares(results, against)}; "
        note += f"in brackets: 95% interval.{_cast(results, against)}"
        return Picture("claims_by_year_against", title, note, drawn, told.reset_index())
    drawn["yAxis"] |= {"min": 0, "max": 100, "name": "% of worlds"}
    note = f"Part of {counted(results)} in which each holds {dated}.{_cast(results)}"
    return Picture("claims_by_year", title, note, drawn, told.reset_index())


def _yearly(results: Record) -> pd.DataFrame:
    """A row a claim and year, as far as they are decided: share of the worlds, its low and its high."""
    parts = {key: _part(holds) for key, holds in _held_by_year(amounts(results)).items()}
    rows = [(*key, share, low, high) for key, (low, share, high) in parts.items()]
    table = pd.DataFrame(rows, columns=["claim", "year", "probability", "low", "high"])
    return table.set_index(["claim", "year"])


def _yearly_differences(results: Record, against: Record) -> pd.DataFrame:
    """The same of both: the difference of shares, its low, its high and the pairs."""
    must_pair(results, against)
    told = oftener(*(pd.DataFrame(_held_by_year(amounts(one))) for one in (results, against)))
    return told.set_axis(pd.MultiIndex.from_tuples(list(told.index), names=["claim", "year"]))


def _held_by_year(own: Amounts) -> dict[tuple[str, int], pd.Series[bool]]:
    """Which claims with a date hold, by world, if a year were their last; those that are decided."""
    found = {
        (name, year): early.holds(own)
        for name, claim in known_claims().items()
        for year in own.years
        if (early := _until(claim, year))
    }
    return {key: worlds for key, worlds in found.items() if worlds is not None}


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
