"""Deals: who is bound to whom, what remains due, who depends on it, in which rings money returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from computeshift.environment.deals import STATES
from computeshift.experiments.config.arguments import chosen_year
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.deals.rings import payments_of, rings_of
from computeshift.experiments.questions.deals.wide import COMPUTE, Wide, reader
from computeshift.experiments.results.deals import CAPACITY, DEALS, GUARANTEE, LABELS, LoggedDeal
from computeshift.experiments.results.excluded import LeavesOut, Reasons
from computeshift.experiments.results.quantiles import QUANTILES, yearly
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import measure
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, Source, opened, years_of

TABLES = ("deals", "numbers", "firms", "depends", "payments", "rings")
BACKLOG, COMMITMENTS, UNPAID, GUARANTEED = "backlog", "commitments", "unpaid", "guaranteed"
OWED = "owed"
"""What a firm has of deals: dues that it is owed for capacity, dues that it owes, equity that it has not paid
yet, what it can be called for as a guarantor, and what it owes under deals of other kinds."""


@dataclass(frozen=True, repr=False)
class Deals(Answer, LeavesOut):
    """Deals and what hangs on them: P10, P50 and P90 over worlds, year by year.

    `deals`: one row per deal: its parties, the first year in which it is logged, and the part of the worlds
    in which something was ever due under it. `numbers`: one row per deal, number and year.
    `firms`: one row per firm, `measure` and year, $ bn: its backlog, its commitments as a lab, the equity
    that it has committed and not paid. `depends`: one row per deal, firm, `measure` and year: which part
    the deal is of a supplier's backlog, of a lab's GW, or of an investor's unpaid equity.
    `payments` and `rings`: see `rings.payments_of` and `rings.rings_of`; `year` is the one to look at.
    """

    question: ClassVar[str] = "deals"

    name: str
    worlds: int
    reasons: Reasons
    years: list[int]
    year: int
    deals: pd.DataFrame
    numbers: pd.DataFrame
    firms: pd.DataFrame
    depends: pd.DataFrame
    payments: pd.DataFrame
    rings: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """All of them, each under its name above."""
        return {name: getattr(self, name) for name in TABLES}


def deals(
    source: Source,
    *,
    year: int | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Deals:
    """The deals of a config's, or a folder's, worlds: those it gives, and those that firms sign in the run.

    `year` is the one whose deals and rings are shown first, by default the last. A config is played in
    memory, a results folder runs nothing. UserError if the source is neither, if there is no such year, or
    if the folder stored no deals or no flows.
    """
    chosen = opened(source, Sample(worlds, seed, set, base))
    years = years_of(chosen)
    year = years[-1] if year is None else chosen_year(year, years)
    if isinstance(chosen, Results):
        for table in (DEALS, "flows"):
            chosen.parts.schema(table)  # says what is missing
    known: dict[str, LoggedDeal] = {}
    measured = measure(chosen, reader(known), progress=progress)
    name = chosen.manifest.name if isinstance(chosen, Results) else chosen.label
    if not known:
        raise UserError(f"{name}: nothing was ever due under a deal in these worlds until {years[-1]}")
    found = answer(name, Wide(measured.table), known, measured.reasons, years, year)
    return replace(found, origin=origin(chosen))


def of_record(record: Record) -> Deals:
    """The deals of a record; UserError if nothing was ever due under one, or it did not store them."""
    known: dict[str, LoggedDeal] = {}
    wide = Wide(reader(known)(record))
    if not known:
        raise UserError("nothing was ever due under a deal in these worlds")
    return answer("", wide, known, {}, record.years, record.years[-1])


def answer(
    name: str,
    wide: Wide,
    known: Mapping[str, LoggedDeal],
    reasons: Reasons,
    years: list[int],
    year: int,
) -> Deals:
    """The answer of worlds as `wide.reader` reads them."""
    return Deals(
        name,
        len(wide.table),
        reasons,
        years,
        year,
        deals=_deals(wide, known),
        numbers=_numbers(wide, known),
        firms=yearly(_firms(wide, known), ["firm", "measure"], QUANTILES),
        depends=yearly(_depends(wide, known), ["deal", "firm", "measure"], QUANTILES),
        payments=payments_of(wide, known),
        rings=rings_of(wide, known),
    )


def _deals(wide: Wide, known: Mapping[str, LoggedDeal]) -> pd.DataFrame:
    signed = {name: wide.of_deal(name, "signed") > 0 for name in known}
    rows = [
        {
            **asdict(deal),
            "first": next(year for year in own if own[year].any()),
            "share": float(own.any(axis="columns").mean()),
        }
        for deal, own in zip(known.values(), signed.values(), strict=True)
        if own.to_numpy().any()  # it may be signed in worlds alone that are left out
    ]
    return pd.DataFrame(rows, columns=[*LABELS, "first", "share"])


def _numbers(wide: Wide, known: Mapping[str, LoggedDeal]) -> pd.DataFrame:
    tables = (
        ((name, number, unit), wide.of_deal(name, number))
        for name in known
        for number, (unit, _) in STATES.items()
    )
    return yearly(tables, ["deal", "number", "unit"], QUANTILES)


def _firms(wide: Wide, known: Mapping[str, LoggedDeal]) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """By firm and measure what deals leave it to get or to pay, worlds x years, $ bn."""
    sums: dict[tuple[str, ...], pd.DataFrame] = {}
    for name, deal in known.items():
        for key in _sides(deal):
            left = wide.of_deal(name, "left")
            sums[key] = sums[key] + left if key in sums else left
    yield from sums.items()


def _sides(deal: LoggedDeal) -> list[tuple[str, str]]:
    """The firms on whose books a deal stands, each with how it does."""
    if deal.kind == CAPACITY:
        return [(deal.payee, BACKLOG), (deal.payer, COMMITMENTS)]
    return [(deal.payer, {GUARANTEE: GUARANTEED, "equity": UNPAID, "chips": UNPAID}.get(deal.kind, OWED))]


def _depends(wide: Wide, known: Mapping[str, LoggedDeal]) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """By deal, firm and measure the part that the deal is of it, worlds x years; NaN of nothing."""
    sums = dict(_firms(wide, known))
    compute = wide.part(COMPUTE)
    for name, deal in known.items():
        for firm, what in _sides(deal):
            yield (name, firm, what), _part(wide.of_deal(name, "left"), sums[firm, what])
        if deal.kind == CAPACITY and deal.target in compute.columns.get_level_values(1):
            gw = pd.DataFrame(compute.xs((deal.target, ""), axis=1, level=(1, 2)))
            yield (name, deal.target, COMPUTE), _part(wide.of_deal(name, "delivered"), gw)


def _part(own: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """A part of a whole; NaN of nothing."""
    return own / whole.mask(whole <= 0)
