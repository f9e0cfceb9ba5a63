"""Shares over the years, each with its band: of a lab's compute, of capacity, of the labs' market."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from computeshift.experiments.config.arguments import known
from computeshift.experiments.config.cast import LAB
from computeshift.experiments.config.names import named
from computeshift.experiments.results.quantiles import array_bands
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.colours import ordered
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    amounts,
    count_of_worlds,
    lacks,
    medians_of_differences,
    values_of,
)
from computeshift.experiments.views.plots.events import eventful
from computeshift.experiments.views.plots.lines import lines, percent_axis, table, where_bands_are
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced

Parts = dict[str, Array]


@sourced
@eventful
def shares(
    results: Record,
    customer: str | None = None,
    basis: Literal["use", "ownership"] = "use",
    against: Record | None = None,
) -> Picture:
    """Shares of a customer's compute by supplier, or of all AI capacity by owner (for any customer).

    Without a customer it is the lab that outcomes mean by OpenAI. With `against`: the points by which they
    exceed those of its paired worlds. UserError if no firm has that name. Nothing to show if that firm
    has no supplier.
    """
    known(basis, ("use", "ownership"), "basis of shares")
    if basis == "ownership":
        if reason := lacks("agents", results, against):
            return nothing(reason)
        return _picture("owners", "AI capacity by owner", _owned, results, against)

    def supplied(own: Amounts) -> Parts:
        lab = own.cast.firm(LAB) if customer is None else customer
        sources = [s for s, t, kind in own.ties() if (t, kind) == (lab, "capacity")]
        return {source: own.amount("capacity", source, lab) for source in sources}

    lab = known(results.cast.firm(LAB) if customer is None else customer, results.firms, "firm")
    if not supplied(amounts(results)):
        return nothing(f"nobody supplied {lab!r} with capacity")
    title = f"Compute {named(lab)} used, by supplier"
    return _picture(f"shares_{lab}", title, supplied, results, against)


@sourced
@eventful
def lab_market(results: Record, against: Record | None = None) -> Picture:
    """Shares of what customers spend on AI services, by lab. Nothing to show if no lab sells any."""
    if reason := lacks("flows", results, against):
        return nothing(reason)

    def sold(own: Amounts) -> Parts:
        labs = [t for s, t, kind in own.ties() if (s, kind) == ("customers", "revenue")]
        return {lab: own.amount("revenue", "customers", lab) for lab in labs}

    return _picture("lab_market", "What customers spend on AI services, by lab", sold, results, against)


def _owned(own: Amounts) -> Parts:
    capacity = {firm: own.value(firm, "gw") for firm in (*own.firms, "stargate")}
    return {firm: np.nan_to_num(gw) for firm, gw in capacity.items() if gw is not None}


def _picture(
    name: str, title: str, parts: Callable[[Amounts], Parts], results: Record, against: Record | None
) -> Picture:
    records = [results] if against is None else [results, against]
    names = ordered(one for record in records for one in parts(amounts(record)))

    if not names:
        return nothing("no firm has a share of it")

    def part_of_all(own: Amounts) -> Array:
        amounts_by_name = parts(own)
        stacked = np.stack([amounts_by_name.get(one, own.zero()) for one in names], axis=1)
        total = stacked.sum(axis=1, keepdims=True)
        share: Array = np.divide(stacked, total, out=np.full_like(stacked, np.nan), where=total > 0)
        return share

    all_shares = array_bands(values_of(part_of_all, results, against))
    used = [i for i in range(len(names)) if np.nanmax(np.abs(all_shares[:, i]), initial=0.0) > 0]
    spread = {names[i]: all_shares[:, i] for i in used}
    numbers = table(spread, results.years)
    paint, shaded = style.paint(results, against), where_bands_are(spread)
    if against is not None:
        note = f"Percentage points {medians_of_differences(results, against)}; {shaded}."
        option = lines(spread, results.years, "points", paint, sign=True)
        return Picture(f"{name}_against", style.title_of(title, against), note, option, numbers)
    note = (
        f"%, median share of each over {count_of_worlds(results)}; {shaded}. Medians need not add up to 100."
    )
    option = lines(spread, results.years, "share", paint)
    option["yAxis"] |= percent_axis(spread)
    return Picture(name, title, note, option, numbers)
