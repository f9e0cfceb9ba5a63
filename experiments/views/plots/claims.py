"""How often claims hold: one row per claim, and year by year for claims with a date."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.claims import Claim, wilson
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.colours import COLOURS, PALETTE
from computeshift.experiments.views.format import percent, short, spans
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    amounts,
    count_of_worlds,
    differences_in_shares,
    differences_of_how_often,
    labels,
    must_pair,
    one_pair,
)
from computeshift.experiments.views.plots.events import eventful
from computeshift.experiments.views.plots.fans import fan
from computeshift.experiments.views.plots.lines import lines
from computeshift.experiments.views.plots.picture import Behind, Picture, nothing, sourced
from computeshift.experiments.views.plots.ranges import Ranges
from computeshift.experiments.views.plots.sentences import height, sentences

_DATED = re.compile(r"(by|in|\d{4} to) (\d{4})")
_DASHES = ("solid", "dashed", "dotted")  # one after the other, as more claims than colours come


@sourced
def claims(results: Record, *others: Record, against: Record | None = None) -> Picture:
    """The share of worlds in which each claim holds, with its 95% interval; one colour per scenario.

    With `against`: the difference to its paired worlds, in points. Claims that no scenario decides are
    left out. Nothing to show if none is decided.
    """
    if against is not None:
        return _differences(results, against)
    records = [results, *others]
    held = [amounts(record).held for record in records]
    known = _known(*records)
    names = [name for name in known if any(name in one for one in held)]
    if not names:
        return nothing("no claim is decided by these worlds")
    rows, series, numbers = list[tuple[Any, ...]](), list[Ranges](), list[list[str]]()
    for i, (label, one) in enumerate(zip(labels(records), held, strict=True)):
        intervals = [_share(one.get(name)) for name in names]
        spread = np.array(intervals).T
        series.append(Ranges(label, COLOURS[i % len(COLOURS)], spread, spans(spread, "share")))
        numbers.append([percent(middle) for middle in spread[1]])
        rows += [(label, name, m, a, b) for name, (a, m, b) in zip(names, intervals, strict=True)]
    said = [known[name].sentence for name in names]
    option = sentences(said, "share", *series, numbers=numbers)
    table = pd.DataFrame(rows, columns=["scenario", "claim", "probability", "low", "high"])
    note = f"Share of {count_of_worlds(results)} in which each holds; line: 95% interval (Wilson's)."
    note += _cast(*records)
    title = "How often the sources' claims hold"
    fans = _fans([known[name] for name in names], results)
    return Picture("claims", title, note, option, table, height(said, len(series)), under=fans)


def _fans(claims: Sequence[Claim], results: Record, against: Record | None = None) -> dict[str, Behind]:
    """By sentence the fan of what decides a claim, with the claim's figure in it."""

    def drawn(claim: Claim) -> Picture:
        try:
            return fan(results, claim.outcome, against)
        except UserError as without:  # one number per world has no fan
            return nothing(str(without))

    return {claim.sentence: Behind(claim.outcome, functools.partial(drawn, claim)) for claim in claims}


def _known(*records: Record) -> dict[str, Claim]:
    """The claims of all records; of two that have one name, the first record's."""
    known: dict[str, Claim] = {}
    for record in records:
        known |= {name: claim for name, claim in amounts(record).claims.items() if name not in known}
    return known


def _cast(*records: Record) -> str:
    """Which firms stand for those that claims name, where some do: a sentence for each scenario."""
    names = labels(records) if len(records) > 1 else ["these worlds"]
    casts = [(label, one.cast.in_words()) for label, one in zip(names, records, strict=True)]
    return "".join(f" In {label} {stand_in}." for label, stand_in in casts if stand_in)


def _share(holds: pd.Series[bool] | None) -> tuple[float, float, float]:
    """Low, share and high of the worlds in which a claim holds; NaN if it is not decided."""
    if holds is None or holds.empty:
        return np.nan, np.nan, np.nan
    low, high = wilson(int(holds.sum()), len(holds))
    return low, float(holds.mean()), high


def _differences(results: Record, against: Record) -> Picture:
    must_pair(results, against)
    if reason := one_pair(results, against):
        return nothing(reason)
    differences = differences_of_how_often(*(pd.DataFrame(amounts(one).held) for one in (results, against)))
    if differences.empty:
        return nothing("no claim is decided by both")
    spread = differences[["low", "difference", "high"]].to_numpy().T
    texts = spans(spread, "points", sign=True)
    known = _known(results, against)
    every = [known[str(name)] for name in differences.index]
    said = [claim.sentence for claim in every]
    numbers = [short(100 * middle, sign=True) for middle in spread[1]]
    option = sentences(said, "points", Ranges("", COLOURS[0], spread, texts), numbers=[numbers], at=0)
    table = differences.rename_axis("claim").reset_index()
    note = f"Points {differences_in_shares(results, against)}; line: 95% interval.{_cast(results, against)}"
    title = style.title_of("How often the sources' claims hold", against)
    fans = _fans(every, results, against)
    return Picture("claims_against", title, note, option, table, height(said), under=fans)


@sourced
@eventful
def claims_by_year(results: Record, against: Record | None = None) -> Picture:
    """How often claims with a date would hold if each year were their last.

    With `against`: the difference to its paired worlds, in points. Nothing to show if none is decided.
    """
    if against is not None:
        must_pair(results, against)
    if reason := one_pair(results, against):
        return nothing(reason)
    shares = _yearly(results) if against is None else _yearly_differences(results, against)
    if shares.empty:
        whose = "these worlds" if against is None else "both"
        return nothing(f"no claim with a date is decided by {whose}")
    names = shares.index.unique("claim")
    shares = shares.reindex(pd.MultiIndex.from_product([names, results.years], names=shares.index.names))
    middle, low, high = shares.columns[:3]
    spread: dict[str, Array] = {name: shares.loc[name, [low, middle, high]].to_numpy().T for name in names}
    unit = "share" if against is None else "points"
    paint = dict(zip(amounts(results).claims, itertools.cycle(PALETTE), strict=False))
    option = lines(spread, results.years, unit, paint, sign=against is not None, banded=False)
    known = amounts(results).claims
    dashes = dict(zip(known, itertools.cycle(dash for dash in _DASHES for _ in PALETTE), strict=False))
    for name, series in zip(spread, option["series"], strict=True):
        series["lineStyle"] = {"type": dashes[name]}
        if known[name].last_year in results.years:  # a run may end before the date
            series["markPoint"] = _date(series["data"])
    dated = "if it were judged in that year; the diamond is its own date"
    title = style.title_of("How claims with a date come about", against)
    if against is not None:
        note = f"How often each holds {dated}; in points {differences_in_shares(results, against)}; "
        note += f"in brackets: 95% interval.{_cast(results, against)}"
        return Picture("claims_by_year_against", title, note, option, shares.reset_index())
    option["yAxis"] |= {"min": 0, "max": 100, "name": "% of worlds"}
    note = f"Share of {count_of_worlds(results)} in which each holds {dated}.{_cast(results)}"
    return Picture("claims_by_year", title, note, option, shares.reset_index())


def _date(points: list[list[Any]]) -> dict[str, Any]:
    """The mark at a line's last value, which is that at the claim's own date."""
    *_, last = (point for point in points if point[1] is not None)
    look = {"symbol": "diamond", "symbolSize": 12, "silent": True, "label": {"show": False}}
    return look | {"data": [{"coord": last[:2]}]}


def _yearly(results: Record) -> pd.DataFrame:
    """One row per claim and year, as far as decided: share of the worlds, its low and its high."""
    shares = {key: _share(holds) for key, holds in _held_by_year(amounts(results)).items()}
    rows = [(*key, share, low, high) for key, (low, share, high) in shares.items()]
    table = pd.DataFrame(rows, columns=["claim", "year", "probability", "low", "high"])
    return table.set_index(["claim", "year"])


def _yearly_differences(results: Record, against: Record) -> pd.DataFrame:
    """The same of both: the difference of shares, its low, its high and the pairs."""
    held = (pd.DataFrame(_held_by_year(amounts(one))) for one in (results, against))
    differences = differences_of_how_often(*held)
    return differences.set_axis(pd.MultiIndex.from_tuples(list(differences.index), names=["claim", "year"]))


def _held_by_year(own: Amounts) -> dict[tuple[str, int], pd.Series[bool]]:
    """Which claims with a date hold, by world, if a year were their last; those that are decided."""
    held = {
        (name, year): early.holds(own)
        for name, claim in own.claims.items()
        for year in own.years
        if (early := _until(claim, year))
    }
    return {key: worlds for key, worlds in held.items() if worlds is not None}


def _until(claim: Claim, year: int) -> Claim | None:
    """The claim with a year as its last; None if it has no date, or an earlier one."""
    date = _DATED.fullmatch(claim.when)
    if date is None or int(date[2]) < year:
        return None
    first = claim.when[:4]
    if first.isdigit():
        if int(first) > year or (claim.test == "rises" and int(first) == year):
            return None
        return claim.model_copy(update={"when": f"{first} to {year}"})
    return claim.model_copy(update={"when": f"{date[1]} {year}"})
