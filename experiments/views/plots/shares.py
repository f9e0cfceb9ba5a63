"""Who supplies how much: shares over the years, each with its band."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from computeshift.experiments.config.arguments import known
from computeshift.experiments.config.cast import LAB
from computeshift.experiments.config.names import named
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.colours import ordered
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    amounts,
    bands,
    counted,
    measured,
    of_medians,
)
from computeshift.experiments.views.plots.lines import bands_told, lines, table
from computeshift.experiments.views.plots.picture import Picture

Parts = dict[str, Array]


def shares(
    results: Record,
    customer: str | None = None,
    basis: Literal["use", "ownership"] = "use",
    against: Record | None = None,
) -> Picture:
    """Shares of a customer's compute by supplier, or of all AI capacity by owner (whoever the customer).

    Without a customer it is the lab that outcomes mean by OpenAI. With `against`, by how many points they
    are higher than in its paired worlds. UserError if nobody supplied that customer.
    """
    known(basis, ("use", "ownership"), "basis of shares")
    if basis == "ownership":
        return _drawn("owners", "AI capacity by owner", _owned, results, against)

    def supplied(own: Amounts) -> Parts:
        lab = own.cast.firm(LAB) if customer is None else customer
        sources = [s for s, t, kind in own.ties() if (t, kind) == (lab, "capacity")]
        return {source: own.amount("capacity", source, lab) for source in sources}

    lab = known(results.cast.firm(LAB) if customer is None else customer, results.firms, "firm")
    if not supplied(amounts(results)):
        raise UserError(f"nobody supplied {lab!r} with capacity")
    title = f"Compute {named(lab)} used, by supplier"
    return _drawn(f"shares_{lab}", title, supplied, results, against)


def lab_market(results: Record, against: Record | None = None) -> Picture:
    """Shares of what customers spend on AI services, by lab. UserError if no lab is known to sell."""

    def sold(own: Amounts) -> Parts:
        labs = [t for s, t, kind in own.ties() if (s, kind) == ("customers", "revenue")]
        return {lab: own.amount("revenue", "customers", lab) for lab in labs}

    return _drawn("lab_market", "What customers spend on AI services, by lab", sold, results, against)


def _owned(own: Amounts) -> Parts:
    found = {firm: own.value(firm, "gw") for firm in (*own.firms, "stargate")}
    return {firm: np.nan_to_num(gw) for firm, gw in found.items() if gw is not None}


def _drawn(
    name: str, title: str, parts: Callable[[Amounts], Parts], results: Record, against: Record | None
) -> Picture:
    records = [results] if against is None else [results, against]
    names = ordered(one for record in records for one in parts(amounts(record)))

    if not names:
        raise UserError("these results say nothing of it: nobody is known to have a part")

    def part_of_all(own: Amounts) -> Array:
        found = parts(own)
        nothing = own.zero()
        stacked = np.stack([found.get(one, nothing) for one in names], axis=1)
        total = stacked.sum(axis=1, keepdims=True)
        share: Array = np.divide(stacked, total, out=np.full_like(stacked, np.nan), where=total > 0)
        return share

    spread = bands(measured(part_of_all, results, against))
    used = [i for i in range(len(names)) if np.nanmax(np.abs(spread[:, i]), initial=0.0) > 0]
    found = {names[i]: spread[:, i] for i in used}
    numbers = table(found, results.years)
    paint, shaded = style.paint(results, against), bands_told(found)
    if against is not None:
        note = f"Percentage points {of_medians(results, against)}; {shaded}."
        option = lines(found, results.years, "points", paint, sign=True)
        return Picture(f"{name}_against", style.titled(title, against), note, option, numbers)
    note = f"%, median share of each over {counted(results)}; {shaded}. Medians need not add up to 100."
    option = lines(found, results.years, "share", paint)
    option["yAxis"] |= {"min": 0, "max": 100}
    return Picture(name, title, note, option, numbers)
