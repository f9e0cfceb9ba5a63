"""The text of `deals`: findings in words, tables that fit 80 columns, and the JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.deals.deals import BACKLOG, UNPAID
from computeshift.experiments.questions.deals.wide import COMPUTE
from computeshift.experiments.results.deals import CAPACITY, GIVEN
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.format import cell, counted, fixed, interval, money, percent, worlds
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain, by_year

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.deals.deals import Deals

ROWS = 12
"""Deals, and rings, that are shown; the document has all."""


def document(answer: Deals) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    return {
        "question": answer.question,
        "config": answer.name,
        "worlds": answer.worlds,
        "left_out": answer.left_out,
        "years": answer.years,
        "year": answer.year,
        "findings": list(findings(answer)),
        **{name: records(table) for name, table in answer.tables().items()},
    }


def show(answer: Deals, console: Console) -> None:
    """Print the findings, then tables that fit 80 columns."""
    console.print(f"Deals in {answer.name}: {worlds(answer.worlds)}\n", style="bold")
    for sentence in findings(answer):
        console.print(f"- {sentence}", highlight=False)
    console.print()
    for table in _tables(answer):
        console.print(table)
        console.print()
    console.print(
        "Medians over worlds, with P10 to P90 below. A deal named A to B is all that the two firms sign "
        "during the run. The size of a ring is the smallest sum that one of its firms paid the next in the "
        "year, or still owes it at the year's end.",
        style="dim",
        highlight=False,
    )
    if answer.reasons:
        console.print(left_out(answer.reasons), soft_wrap=True, markup=False)


def label(deal: dict[str, Any]) -> str:
    """What a deal is called: by its parties, after its own name where that does not have them."""
    giver = deal["site"] or deal["source"]
    parties = f"{named(giver)} to {named(deal['target'])}"
    if deal["origin"] == GIVEN:
        own = str(deal["deal"])
        return own if {giver, deal["target"]} <= set(own.split("_")) else f"{named(own)} ({parties})"
    return parties if deal["kind"] == CAPACITY else f"{parties} ({deal['kind'].replace('_', ' ')})"


def labels(answer: Deals) -> dict[str, str]:
    """What deals are called, by name."""
    return {row["deal"]: named(label(row)) for row in records(answer.deals)}


def in_words(called: Mapping[str, str], names: str) -> str:
    """Several deals of a table, as a person reads them; `called` says what each is called."""
    return ", ".join(called[name] for name in names.split("; ") if name)


def in_year(answer: Deals) -> pd.DataFrame:
    """Medians of each deal's numbers in the year to look at: the largest first, one column per number."""
    rows = answer.numbers[answer.numbers["year"] == answer.year]
    table = rows.pivot_table(index="deal", columns="number", values="p50", sort=False)
    return table.sort_values(["left", "signed"], ascending=False, kind="stable")


def share(answer: Deals, deal: str, measure: str) -> float | None:
    """The part that a deal is of its firm's backlog, compute or unpaid equity, in the year to look at."""
    own = answer.depends
    rows = own[(own["deal"] == deal) & (own["measure"] == measure) & (own["year"] == answer.year)]
    return None if rows.empty or rows["p50"].isna().all() else float(rows["p50"].iloc[0])


# --- findings ---


def findings(answer: Deals) -> Iterator[str]:
    """What the answer comes to, in sentences."""
    own = answer.deals[answer.deals["origin"] == GIVEN]
    given = len({name.split()[0] for name in own["deal"]})  # what others take of a deal has its name, too
    gives = counted(given, "deal") if given else "no deals"
    pairs = len(answer.deals) - len(own)
    signs = "1 pair of firms signs" if pairs == 1 else f"{pairs} pairs of firms sign"
    yield f"The config has {gives}; {signs} more during the run."
    yield from _owed(answer)
    yield from _bound(answer)
    yield from _ringing(answer)


def _owed(answer: Deals) -> Iterator[str]:
    """The largest backlog, and what investors have not paid."""
    firms = answer.firms[answer.firms["year"] == answer.year]
    for measure, verb in ((BACKLOG, "has the largest backlog"), (UNPAID, "still owes the most equity")):
        rows = records(firms[firms["measure"] == measure].nlargest(1, "p50"))
        if rows and rows[0]["p50"] > 0:
            row = rows[0]
            amount = f"{money(row['p50'])} ({interval(row['p10'], row['p90'])})"
            yield capitalised(f"{named(row['firm'])} {verb} at the end of {answer.year}: {amount}.")


def _bound(answer: Deals) -> Iterator[str]:
    """The firm that depends most on one deal that is not all it has."""
    own = answer.depends[(answer.depends["year"] == answer.year) & (answer.depends["measure"] == COMPUTE)]
    for row in records(own.nlargest(1, "p50")):
        if row["p50"]:
            deal = labels(answer)[row["deal"]]
            yield capitalised(
                f"{named(row['firm'])} gets {percent(row['p50'])} of its compute in {answer.year} from one "
                f"deal: {deal}."
            )


def _ringing(answer: Deals) -> Iterator[str]:
    """The largest ring of the year."""
    called = labels(answer)
    for row in records(answer.rings[answer.rings["year"] == answer.year].head(1)):
        on_it = in_words(called, row["deals"])
        around = f"{money(row['p50'])} ({interval(row['p10'], row['p90'])})"
        ring = f"{named(row['ring'])}, {around}, of which {money(row['paid'])} paid in that year"
        what = f"The largest ring of payments and commitments in {answer.year}: {ring}"
        yield f"{what}; its deals: {on_it}." if on_it else f"{what}; no deal is on it."


# --- tables ---


def _tables(answer: Deals) -> Iterator[Plain]:
    largest = answer.numbers.groupby("deal")["p90"].max()
    left = answer.numbers[answer.numbers["number"] == "left"]
    shown = left.assign(peak=left.groupby("deal")["p50"].transform("max"))
    kept = largest.index[largest > 0]
    order = shown[shown["deal"].isin(kept)].sort_values(
        ["peak", "deal", "year"], ascending=[False, True, True]
    )
    called = {row["deal"]: label(row) for row in records(answer.deals)}
    rows = order.head(ROWS * len(answer.years)).assign(deal=order["deal"].map(called))
    yield by_year("Still due at the end of the year, $ bn", rows, ["deal"])
    yield _of_year(answer)
    yield _rings(answer)
    for measure, title in ((BACKLOG, "Backlog, $ bn"), (UNPAID, "Equity committed and not paid, $ bn")):
        own = answer.firms[answer.firms["measure"] == measure]
        if own["p90"].max() > 0:
            yield by_year(title, own, ["firm"])


def _of_year(answer: Deals) -> Plain:
    heads = ("due", "paid", "cut", "GW", "% of backlog", "% of lab's GW")
    table = Plain(
        f"The largest deals in {answer.year}, $ bn to date, and how far their parties depend on them",
        "",
        *heads,
    )
    own = labels(answer)
    for name, row in in_year(answer).head(ROWS).iterrows():
        numbers = [cell(row[number]) for number in ("left", "paid", "cut", "delivered")]
        parts = (share(answer, str(name), measure) for measure in (BACKLOG, COMPUTE))
        table.add_row(own[str(name)], *numbers, *("" if part is None else percent(part) for part in parts))
    return table


def _rings(answer: Deals) -> Plain:
    title = f"Rings in {answer.year}: payments of the year, and commitments for later at its end"
    table = Plain(title, "ring", "$ bn", "P10 to P90", "paid", "deals on it")
    called = labels(answer)
    for row in records(answer.rings[answer.rings["year"] == answer.year].head(ROWS)):
        band = interval(row["p10"], row["p90"])
        on_it = in_words(called, row["deals"])
        table.add_row(named(row["ring"]), fixed(row["p50"], 1), band, fixed(row["paid"], 1), on_it)
    table.columns[-1].justify = "left"
    return table
