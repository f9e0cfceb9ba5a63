"""What `risk` finds, in sentences: contagion, money that returns, rings, concentration and debt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.environment.network import LENDERS
from computeshift.experiments.config.names import capitalised, named, possessive
from computeshift.experiments.questions.risk.aftermath import DRAGGED, SPARED
from computeshift.experiments.questions.risk.circulation import ALL_YEARS, TOGETHER
from computeshift.experiments.questions.risk.credit import ALL_LENDERS
from computeshift.experiments.questions.risk.exposures import BOOKS, CAPITAL
from computeshift.experiments.views.format import counted, fixed, interval, money, percent, worlds
from computeshift.experiments.views.text.records import records

if TYPE_CHECKING:
    from computeshift.experiments.questions.risk.risk import Risk


LEAST_TOLD = 0.05
"""$ bn: a smaller expected loss is told as next to nothing."""


def findings(risk: Risk) -> list[str]:
    """What the answer comes to, in sentences."""
    contagion = [_dragging(risk), _lenders(risk), _validated(risk), _losing(risk), _hanging(risk)]
    circular = [_returning(risk), _ringing(risk), _concentrated(risk), _indebted(risk)]
    return [sentence for sentence in [*contagion, *circular] if sentence]


def _dragging(risk: Risk) -> str:
    year = risk.riskiest
    top = risk.worst
    if top["p50"] <= 0:
        return "No default hurts another firm: no firm has claims on another."
    impacts = risk.impacts[(risk.impacts["year"] == year) & (risk.impacts["of"] == top["firm"])]
    dragged = _largest(impacts[~impacts["on"].isin(BOOKS)], 3)
    hits = ", ".join(f"{named(row['on'])} {_band(row)}" for row in dragged)
    return capitalised(
        f"{possessive(named(top['firm']))} default would do the most damage: in {year} it would wipe out "
        f"{_band(top)} of all firms' buffers. Hit hardest, by share of their own buffer: {hits}."
    )


def _lenders(risk: Risk) -> str:
    impacts = risk.impacts[risk.impacts["year"] == risk.riskiest]
    lenders = [LENDERS, *(name for name, buffer in risk.basis.items() if buffer == CAPITAL)]
    hit = _largest(impacts[impacts["on"].isin(lenders)], 1)
    if not hit or hit[0]["p50"] <= 0:
        return ""
    lender, firm, part = hit[0]["on"], named(hit[0]["of"]), _band(hit[0])
    if lender == LENDERS:
        return f"Lenders would lose most by a default of {firm}: {part} of what they lent in this market."
    return f"The lender at most risk: {named(lender)}, by a default of {firm}: {part} of its capital here."


def _validated(risk: Risk) -> str:
    groups = {row["to_lose"]: row for row in records(risk.verdict) if row["enough"]}
    hit, spared = groups.get(f"{percent(DRAGGED)} or more"), groups.get(f"below {percent(SPARED)}")
    if risk.defaults.empty:
        return "No firm defaults in these worlds: this says how bad a default would be, not how likely."
    if hit is None:
        return "Too few defaults happened in these worlds to check that against."
    agree = "The worlds confirm this" if _more_often(hit) else "The worlds do not confirm this"
    cases = f"{counted(hit['cases'], 'case')} in {worlds(hit['worlds'])}"
    text = (
        f"{agree}. A firm that stood to lose {percent(DRAGGED)} or more of its buffer saw the buffer shrink "
        f"after {_shrank(hit)}; {cases}."
    )
    if spared is not None:
        usual = "more often than its stake explains" if _more_often(spared) else "no more often than usual"
        text += f" A firm with almost nothing at stake saw that after {_shrank(spared)}: {usual}."
    return (
        f"{text} Part of this is by construction: a default lowers the valuation of a lab, and stakes in "
        "labs are part of other firms' buffers."
    )


def _losing(risk: Risk) -> str:
    """The borrower and the year that cost lenders most."""
    together = risk.losses[risk.losses["lender"] == ALL_LENDERS]
    for row in records(together.nlargest(1, "expected_loss")):
        if row["expected_loss"] < LEAST_TOLD:
            return "Lenders lose almost nothing in these worlds."
        lost = f"{named(row['borrower'])}, {money(row['expected_loss'])} in {row['year']}"
        if row["loss_given_default"] is None:
            return (
                f"Lenders' largest expected loss is on {lost}: in no world more than 1% of what it owes them."
            )
        return (
            f"Lenders' largest expected loss is on {lost}: in {percent(row['probability'], 1)} of worlds, "
            f"then {percent(row['loss_given_default'])} of what it owes them."
        )
    return ""


def _hanging(risk: Risk) -> str:
    """The rent on which most of what lenders are owed hangs."""
    own = risk.chains[risk.chains["year"] == risk.years[-1]]
    for row in _largest(own[own["p50"] > 0], 1):
        band = f"{money(row['p50'])} ({interval(row['p10'], row['p90'])})"
        chain = named(row["chain"])
        return f"The most lent against one tenant's rent in {row['year']}: {band}, along {chain}."
    return ""


def _more_often(row: dict[str, Any]) -> bool:
    return bool(row["shrank_low"] > row["usually_shrank"])


def _shrank(row: dict[str, Any]) -> str:
    usual = f"without a default: in {percent(row['usually_shrank'])} of years"
    return f"{percent(row['shrank'])} of the defaults ({usual})"


def _returning(risk: Risk) -> str:
    ever = risk.returned[risk.returned["year"] == ALL_YEARS]
    own = _largest(ever[(ever["investor"] != TOGETHER) & (ever["p50"] > 0)], 3)
    together = ever[ever["investor"] == TOGETHER]
    if together.empty:
        return "No firm invested equity in another."
    parts = ", ".join(f"{named(row['investor'])} {_band(row)}" for row in own)
    return (
        f"Of the equity that firms invested in others, {_band(records(together)[0])} came back as revenue "
        f"in the same year: {parts or 'to nobody in the median world'}."
    )


def _ringing(risk: Risk) -> str:
    year = risk.years[-1]
    rings = risk.rings[risk.rings["year"] == year]
    if rings.empty:
        return f"In the median world no payments of {year} form a ring."
    row = rings.iloc[0]
    return (
        f"The largest ring of payments made in {year}, without what is committed for later: "
        f"{named(row['ring'])}, {money(row['p50'])} ({interval(row['p10'], row['p90'])}), "
        f"in {percent(row['held'])} of worlds."
    )


def _concentrated(risk: Risk) -> str:
    table = risk.concentration
    moved = table.pivot(index="market", columns="year", values="p50").dropna()
    if moved.empty:
        return ""
    first, last = moved.columns[0], moved.columns[-1]
    ends = (100 * moved[[first, last]]).map(lambda index: fixed(index, 0))
    markets = [f"{named(str(row.Index))} {row[1]} to {row[2]}" for row in ends.itertuples()]
    return f"Concentration from {first} to {last} (100 is one supplier): {', '.join(markets)}."


def _indebted(risk: Risk) -> str:
    debt = risk.leverage[risk.leverage["measure"] == "leverage"]
    peaks = _largest(debt.loc[debt.groupby("firm", sort=False)["p50"].idxmax()], 2)
    listed = ", ".join(
        f"{named(row['firm'])} {fixed(row['p50'], 1)} times in {row['year']} "
        f"({interval(row['p10'], row['p90'])})"
        for row in peaks
    )
    return f"Debt over a year's earnings peaks at: {listed}." if listed else ""


def _largest(table: pd.DataFrame, count: int) -> list[dict[str, Any]]:
    """The rows with the largest medians."""
    return records(table.sort_values("p50", ascending=False, kind="stable").head(count))


def _band(row: dict[str, Any]) -> str:
    low, high = (fixed(100 * row[name], 0) for name in ("p10", "p90"))
    return f"{percent(row['p50'])} ({low} to {high})"
