"""Contagion and credit: whose default drags whom, what lenders lose, what returns, how concentrated it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.risk import aftermath, circulation, credit, debtrank
from computeshift.experiments.questions.risk.concentration import concentration
from computeshift.experiments.questions.risk.exposures import (
    INCOME,
    Payments,
    basis,
    firms_of,
    payments,
    variable,
    web,
)
from computeshift.experiments.results.excluded import LeavesOut, Reasons, must_be_enough
from computeshift.experiments.results.quantiles import QUANTILES, percentile
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.measure import measure
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, Source, opened, years_of

Columns = dict[tuple[str, Any, str, str], npt.NDArray[np.float64]]
LEAST = 30
"""Worlds below which a band of P10 to P90 means nothing."""
TABLES = (
    *("impacts", "ranks", "buffers", "returned", "rings", "concentration", "leverage"),
    *("losses", "maturities", "chains", "guarantees", "defaults", "after", "verdict"),
)


@dataclass(frozen=True, repr=False)
class Risk(Answer, LeavesOut):
    """Whose default drags whom, what returns, how concentrated: P10, P50 and P90 over worlds, year by year.

    `impacts`: one row per year, firm that defaults (`of`) and node dragged (`on`): the part of its buffer
    that is lost. `ranks`: per year and firm, the part of all firms' buffers lost with it (DebtRank); its
    own loss is not counted, its buffer is.
    `buffers`: per year and node, $ bn; `basis` says what each is. `returned`: per year and investor, the
    part of its equity that returned as revenue, and in how many `worlds` it invested. `rings`: see
    `circulation.rings`. `concentration`: per year and market, Herfindahl's index. `leverage`: per year,
    firm and `measure` (debt over a year's earnings, or loan to value). `losses`: what lenders lose, how
    likely and how much of it, see `credit.losses`. `maturities`: per year and borrower, what of its debt
    falls due, to be paid or borrowed again. `chains`: per year and chain from tenant to lender, what the
    lender is owed that hangs on the tenant's rent, see `credit.hanging`. `guarantees`: per year,
    guarantor and lab, what the guarantor can be called for. `defaults`, `after` and `verdict`: what happened
    in these worlds, see `aftermath`. `reasons` lists the worlds that are left out.
    """

    question: ClassVar[str] = "risk"

    name: str
    worlds: int
    reasons: Reasons
    years: list[int]
    basis: dict[str, str]
    impacts: pd.DataFrame
    ranks: pd.DataFrame
    buffers: pd.DataFrame
    returned: pd.DataFrame
    rings: pd.DataFrame
    concentration: pd.DataFrame
    leverage: pd.DataFrame
    losses: pd.DataFrame
    maturities: pd.DataFrame
    chains: pd.DataFrame
    guarantees: pd.DataFrame
    defaults: pd.DataFrame
    after: pd.DataFrame
    verdict: pd.DataFrame

    @property
    def worst(self) -> dict[str, Any]:
        """The row of `ranks` with the largest median: the firm, and the year, whose default drags most."""
        row = self.ranks.sort_values("p50", ascending=False, kind="stable").iloc[0]
        return {str(name): value for name, value in row.to_dict().items()}

    @property
    def riskiest(self) -> int:
        """The year of that."""
        return int(self.worst["year"])

    def tables(self) -> dict[str, pd.DataFrame]:
        """All of them, each under its name above."""
        return {name: getattr(self, name) for name in TABLES}


def risk(
    source: Source,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Risk:
    """Contagion, circular money, concentration and leverage of a config's, or a folder's, worlds.

    A config is played in memory, a results folder runs nothing. UserError if the source is neither, or if
    there are fewer than 30 worlds.
    """
    chosen = opened(source, Sample(worlds, seed, set, base))
    if isinstance(chosen, Results):
        _enough(chosen.sound, chosen.reasons, chosen.worlds)
    else:
        _enough(chosen.worlds, {}, chosen.worlds)
    bases: dict[str, str] = {}

    def of(record: Record) -> pd.DataFrame:
        paid = payments(record)
        bases.update({firm: basis(record, firm) for firm in firms_of(record, paid)})
        index = record.market_variable("turnover").index
        columns = {**_network(record, paid), **_books(record, paid), **_credit(record, paid)}
        return pd.DataFrame(columns, index=index)

    measured = measure(chosen, of, progress=progress)
    wide = measured.table
    _enough(len(wide), measured.reasons, chosen.worlds)
    name = chosen.manifest.name if isinstance(chosen, Results) else chosen.label
    impact, buffer, failed = _part(wide, "impact"), _own(wide, "buffer"), _own(wide, "defaulted")
    returned = circulation.returned_shares(_own(wide, "invested"), _own(wide, "returned"))
    cases = aftermath.cases(failed, buffer, impact)
    return Risk(
        name,
        len(wide),
        measured.reasons,
        years_of(chosen),
        bases,
        impacts=_bands(impact, ["year", "of", "on"]),
        ranks=_bands(_own(wide, "debtrank"), ["year", "firm"]),
        buffers=_bands(buffer, ["year", "node"]),
        returned=_bands(returned, ["year", "investor"]),
        rings=circulation.rings(_part(wide, "paid")),
        concentration=_bands(_own(wide, "hhi"), ["year", "market"]),
        leverage=_bands(_part(wide, "leverage"), ["year", "firm", "measure"]),
        losses=credit.losses(_part(wide, "owed"), _part(wide, "lost")),
        maturities=_bands(_own(wide, "maturing"), ["year", "firm"]),
        chains=_bands(_own(wide, "hanging").fillna(0.0), ["year", "chain"]),
        guarantees=_bands(_part(wide, "guaranteed").fillna(0.0), ["year", "guarantor", "firm"]),
        defaults=aftermath.defaults(failed),
        after=aftermath.after(cases),
        verdict=aftermath.verdict(cases),
        origin=origin(chosen),
    )


def _enough(left: int, reasons: Reasons, worlds: int) -> None:
    must_be_enough(left, "for bands of risk", LEAST, reasons, worlds)


# --- what is measured in every world: columns (what, year, a, b), `(W,)` each ---


def _network(record: Record, paid: Payments) -> Columns:
    """Impacts, DebtRank and buffers of every year."""
    seen, columns = web(record, paid), Columns()
    firms = len(seen.firms)
    for at, year in enumerate(record.years):
        buffer = seen.buffer(at)
        lost = debtrank.impact(debtrank.links(seen.matrix(at), buffer))
        ranks = debtrank.debtrank(lost[:, :firms, :firms], buffer[:, :firms])
        for i, on in enumerate(seen.nodes):
            columns["buffer", year, on, ""] = buffer[:, i]
            for j, of in enumerate(seen.firms):
                if i != j:
                    columns["impact", year, of, on] = lost[:, i, j]
        for j, of in enumerate(seen.firms):
            columns["debtrank", year, of, ""] = ranks[:, j]
    return columns


def _books(record: Record, paid: Payments) -> Columns:
    """Circular money, payments between firms, concentration, leverage, maturities, defaults of every year."""
    firms = firms_of(record, paid)
    tables: dict[tuple[str, str, str], npt.NDArray[np.float64]] = {}
    for firm in firms:
        for name in ("invested", "returned", "defaulted"):
            values = variable(record, firm, name)
            tables[name, firm, ""] = np.zeros(_shape(record)) if values is None else values
        if (due := variable(record, firm, "maturing")) is not None and due.any():
            tables["maturing", firm, ""] = due
        for name in ("leverage", "ltv"):
            if (ratio := variable(record, firm, name)) is not None and ratio.any():
                tables["leverage", firm, name] = ratio
    for (kind, payer, payee), amount in paid.items():
        if payer in firms and payee in firms and kind in (*INCOME, "equity"):
            tables["paid", payer, payee] = tables.get(("paid", payer, payee), 0.0) + amount
    for market, index in concentration(record).items():
        tables["hhi", market, ""] = index
    return _by_year(record, tables)


def _credit(record: Record, paid: Payments) -> Columns:
    """What lenders are owed and lost, on whose rent it hangs, and what is guaranteed, of every year."""
    lost = credit.written_off(record)
    owed = credit.exposure(record, lost)
    pairs = {"owed": owed, "lost": lost, "guaranteed": credit.guaranteed(record)}
    tables = {(what, *pair): amount for what, own in pairs.items() for pair, amount in own.items()}
    tables |= {("hanging", chain, ""): amount for chain, amount in credit.hanging(owed, paid).items()}
    return _by_year(record, tables)


def _by_year(record: Record, tables: Mapping[tuple[str, str, str], npt.NDArray[np.float64]]) -> Columns:
    """Tables of worlds x years as a column a year."""
    return {
        (what, year, a, b): table[:, at]
        for (what, a, b), table in tables.items()
        for at, year in enumerate(record.years)
    }


def _shape(record: Record) -> tuple[int, int]:
    return len(record.market_variable("turnover")), len(record.years)


def _part(wide: pd.DataFrame, what: str) -> pd.DataFrame:
    """What was measured under a name, worlds x (year, a, b); no columns if nothing was."""
    return wide.loc[:, wide.columns.get_level_values(0) == what].droplevel(0, axis=1)


def _own(wide: pd.DataFrame, what: str) -> pd.DataFrame:
    """The same of a name with one firm or market, worlds x (year, a)."""
    return _part(wide, what).droplevel(2, axis=1)


def _bands(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """One row per column of a table of worlds: median, P10 and P90 of the worlds that have a number."""
    spread = table.quantile(list(QUANTILES)).T
    spread.columns = pd.Index([percentile(quantile) for quantile in QUANTILES])
    spread.index.names = names
    return spread.assign(worlds=table.count().to_numpy()).reset_index()
