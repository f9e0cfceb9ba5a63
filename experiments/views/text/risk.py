"""The text of `risk`: findings in words, tables that fit 80 columns, and the JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.experiments.config.names import named
from computeshift.experiments.questions.risk.aftermath import ENOUGH
from computeshift.experiments.questions.risk.circulation import ALL_YEARS, EDGE, LONGEST
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.format import fixed, interval, interval_of_shares, percent, worlds
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.risk_findings import findings
from computeshift.experiments.views.text.table import Plain, by_year

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.risk.risk import Risk

ROWS = 10
"""Rows of a long table that are shown; the document has all."""
HANGING = 6
"""Chains from tenant to lender that are shown."""
RINGS = 3
"""Rings of a year that are shown."""
LEAST_SHOWN = {"leverage": 0.5, "ltv": 0.0}
"""Firms whose P90 never reaches this are not shown."""


def document(risk: Risk) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    return {
        "question": risk.question,
        "config": risk.name,
        "worlds": risk.worlds,
        "left_out": risk.left_out,
        "years": risk.years,
        "riskiest": risk.riskiest,
        "findings": findings(risk),
        "basis": risk.basis,
        **{name: records(table) for name, table in risk.tables().items()},
    }


def show(risk: Risk, console: Console) -> None:
    """Print the findings, then tables that fit 80 columns."""
    console.print(f"Contagion and circular money in {risk.name}: {worlds(risk.worlds)}\n", style="bold")
    for sentence in findings(risk):
        console.print(f"- {sentence}", highlight=False)
    console.print()
    for table in _tables(risk):
        console.print(table)
        console.print()
    console.print("Medians over worlds, with P10 to P90 below", style="dim")
    console.print(
        "Buffer: net asset value, else valuation, else cash plus a year's earnings and stakes; for a lender "
        "its capital, for outside investors what they invested. A default costs others a year's income, "
        "with no recovery. Equity comes back as the share of a firm's funds that it spends on its investor.",
        style="dim",
        highlight=False,
    )
    console.print(
        "Cases: defaults that began in the second year or later. Expected loss: from the network of the "
        "year before. Loss: how much less the buffer grew than in the median world. Worlds with a default "
        "are worse in other ways too: this tests direction and size, not cause.",
        style="dim",
        highlight=False,
    )
    if silent := _silent(risk):
        console.print(silent, style="dim", highlight=False)
    if risk.reasons:
        console.print(left_out(risk.reasons), soft_wrap=True, markup=False)


def _silent(risk: Risk) -> str:
    """Which investor's share rests on the fewest worlds, if not all have one."""
    ever = risk.returned[(risk.returned["year"] != ALL_YEARS) & (risk.returned["p90"] > 0)]
    fewest = records(ever.sort_values("worlds", kind="stable").head(1))
    if not fewest or fewest[0]["worlds"] == risk.worlds:
        return ""
    row = fewest[0]
    least = f"{named(row['investor'])} in {row['year']} has {row['worlds']} of {risk.worlds}"
    return f"Worlds in which an investor paid nothing are left out of its row; {least}, the fewest."


def _tables(risk: Risk) -> list[Plain]:
    ever = risk.returned[risk.returned["year"] != ALL_YEARS]
    paid_back = ever.groupby("investor")["p90"].transform("max") > 0
    pairs = _largest(risk, risk.impacts, ["of", "on"], ROWS)
    chains = _largest(risk, risk.chains, ["chain"], HANGING)
    listed = [
        ("If a firm defaults: share of all firms' buffers that is lost, %", risk.ranks, ["firm"], 100),
        ("If a firm defaults: share of another's buffer that is lost, %", pairs, ["of", "on"], 100),
        ("Equity that came back as revenue, % of what was invested", ever[paid_back], ["investor"], 100),
        ("Concentration (Herfindahl index; 100: a single supplier)", risk.concentration, ["market"], 100),
        (
            "Debt over a year's earnings, times (of firms that reach 0.5)",
            _indebtedness(risk, "leverage"),
            ["firm"],
            1,
        ),
        ("Loan to value, %", _indebtedness(risk, "ltv"), ["firm"], 100),
    ]
    due = _largest(risk, risk.maturities, ["firm"], ROWS)
    owed = [
        ("Debt that falls due, to be paid or borrowed again, $ bn", due, ["firm"], 1),
        ("Lent against a tenant's rent, $ bn", chains, ["chain"], 1),
        ("What guarantors may have to pay, $ bn", risk.guarantees, ["guarantor", "firm"], 1),
    ]
    tables, owing = (
        [by_year(title, rows, by, scale) for title, rows, by, scale in group if not rows.empty]
        for group in (listed, owed)
    )
    last = [_losses(risk), *owing, _rings(risk), _defaults(risk), _after(risk), _verdict(risk)]
    return [*tables, *(table for table in last if table.row_count)]


def _largest(risk: Risk, table: pd.DataFrame, by: list[str], count: int) -> pd.DataFrame:
    """The rows of so many groups: those with the largest median of any year, by that."""
    peak = table.groupby(by)["p50"].transform("max")
    order = [False, *[True] * len(by), True]
    ordered = table.assign(peak=peak)[peak > 0].sort_values(["peak", *by, "year"], ascending=order)
    return ordered.head(count * len(risk.years))


def _indebtedness(risk: Risk, measure: str) -> pd.DataFrame:
    """The firms whose leverage is large enough to be shown."""
    table = risk.leverage[risk.leverage["measure"] == measure]
    return table[table.groupby("firm")["p90"].transform("max") >= LEAST_SHOWN[measure]]


def _losses(risk: Risk) -> Plain:
    """Each lender's loans to each borrower in their worst year."""
    title = "What lenders lose, each loan book in its worst year, $ bn"
    heads = ("year", "owed", "in worlds", "95% interval", "of it lost", "expected loss")
    table = Plain(title, "lender, borrower", *heads)
    worst = risk.losses.sort_values("expected_loss", ascending=False, kind="stable")
    worst = worst[worst["expected_loss"] > 0].drop_duplicates(["lender", "borrower"]).head(ROWS)
    for row in records(worst):
        likely = percent(row["probability"], 1), interval_of_shares(row["low"], row["high"], 1)
        given = "" if row["loss_given_default"] is None else percent(row["loss_given_default"])
        cells = str(row["year"]), fixed(row["owed"], 1), *likely, given, fixed(row["expected_loss"], 2)
        table.add_row(f"{named(row['lender'])}, {named(row['borrower'])}", *cells)
    return table


def _rings(risk: Risk) -> Plain:
    title = (
        f"Rings of money: the {RINGS} largest per year, of up to {LONGEST} firms, "
        f"each payment above {percent(EDGE, 1)} of all payments between firms"
    )
    table = Plain(title, "ring", "year", "$ bn", "P10 to P90", "in worlds")
    for row in records(risk.rings.groupby("year").head(RINGS)):
        band = interval(row["p10"], row["p90"])
        table.add_row(named(row["ring"]), str(row["year"]), fixed(row["p50"], 1), band, percent(row["held"]))
    return table


def _defaults(risk: Risk) -> Plain:
    table = Plain("Defaults that happened", "firm", "year", "worlds", "new", "share", "95% interval")
    for row in records(risk.defaults.sort_values(["firm", "year"], kind="stable")):
        counts = (str(row[name]) for name in ("year", "worlds", "begun"))
        between = interval_of_shares(row["low"], row["high"], 1)
        table.add_row(named(row["firm"]), *counts, percent(row["share"], 1), between)
    return table


def _after(risk: Risk) -> Plain:
    rows = risk.after.head(ROWS)
    title = "After defaults, in that year or the next (in brackets: usually)"
    return _happened(title, "defaulter to firm hit", rows.assign(name=rows["of"] + " to " + rows["on"]))


def _verdict(risk: Risk) -> Plain:
    rows = risk.verdict.assign(name=risk.verdict["to_lose"])
    return _happened("The same, all firms together", "to lose of its buffer", rows)


def _happened(title: str, heading: str, rows: pd.DataFrame) -> Plain:
    table = Plain(title, heading, "cases", "expected loss", "loss", "buffer shrank", "defaulted")
    for row in records(rows):
        cells = [named(row["name"]), str(row["cases"]), percent(row["foretold"])]
        if row["enough"]:
            cells.append("n/a" if row["lost"] is None else percent(row["lost"]))
            cells += [
                f"{percent(row[name])} ({percent(row[f'usually_{name}'])})"
                for name in ("shrank", "defaulted")
            ]
        else:
            cells.append(f"fewer than {ENOUGH}")
        table.add_row(*cells)
    return table
