"""The text of `explain`: the story and the finding in words, tables that fit 80 columns, the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.environment.decisions import limit_name, meaning
from computeshift.experiments.config.names import capitalised, named, possessive
from computeshift.experiments.questions.explain.explanation import VENTURE, Explanation
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.format import count, fixed, percent, worlds
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain, some_years

if TYPE_CHECKING:
    from rich.console import Console

PARTS = {
    "saw": "What it saw",
    "decided": "What it decided, and what limited it",
    "flows": "Money, compute and deals",
    "ended": "How the year ended",
}
"""The parts of a story, in order, with their headings."""
SEEN = 0.005  # a share of worlds, or GW, that rounds to nothing is not shown
CUT = (
    "Limits act one after the other: each cut is the GW that a limit takes off what is left at its turn. "
    "The shares of worlds say whose limit decided in the end."
)
_ABOUT = ("config", "firm", "year", "world", "nearest_to_median", "picked", "worlds", "left_out")


def document(answer: Explanation) -> dict[str, Any]:
    """All of it as one JSON document; a number of the story names the cell of the log it is."""
    story = [
        {
            "part": sentence.part,
            "text": sentence.text,
            "numbers": [{"value": n.value, "unit": n.unit, **n.cell} for n in sentence.numbers],
        }
        for sentence in answer.story
    ]
    about = {name: getattr(answer, name) for name in _ABOUT}
    tables = {name: records(table) for name, table in answer.tables().items()}
    return {**about, "story": story, **tables}


def show(answer: Explanation, console: Console) -> None:
    """Print the story, then the shares of worlds."""
    nearest = f"of {count(answer.worlds)} the closest to the median" if answer.nearest_to_median else ""
    why = f": {nearest or answer.picked}" if nearest or answer.picked else ""
    title = f"{named(answer.firm)} in {answer.year}, world {answer.world}{why}\n"
    console.print(capitalised(title), style="bold")
    for part, heading in PARTS.items():
        texts = [sentence.text for sentence in answer.story if sentence.part == part]
        if texts:
            console.print(heading, style="bold")
        for text in texts:
            console.print(f"- {text}", highlight=False, markup=False)
    console.print()
    for table in _tables_of_limits(answer):
        console.print(table)
        console.print()
    console.print(finding(answer), highlight=False)
    for table in _tables_of_causes(answer):
        console.print()
        console.print(table)
    if answer.reasons:
        console.print(left_out(answer.reasons), soft_wrap=True, markup=False)


def finding(answer: Explanation) -> str:
    """What cut most off Stargate's new sites in the year asked about, and what a cut is."""
    if not answer.tied:
        return f"Nothing is tied to {named(VENTURE)}: no firm orders its sites, builds them or pays for them."
    sites = answer.sites[answer.sites["year"] == answer.year].iloc[0]
    ordered, started = fixed(sites["ordered"], 2), fixed(sites["started"], 2)
    now = answer.venture[answer.venture["year"] == answer.year]
    first = now.iloc[now["cut"].argmax()]
    text = f"In {answer.year} labs ordered {ordered} GW of new sites from Stargate, "
    text += f"and {started} GW were started (means over worlds)"
    if first["cut"] < SEEN:
        return f"{text}."
    return f"{text}. The largest cut, {fixed(first['cut'], 2)} GW: {cause_text(first['cause'])}. {CUT}"


def _tables_of_limits(answer: Explanation) -> list[Plain]:
    """What limited the firm's decisions: by year; no table if it decided nothing."""
    mine = answer.bound[answer.bound["firm"] == answer.firm]
    if mine.empty or (answer.firm == VENTURE and not answer.tied):
        return []
    table = _empty(answer, f"What limited {named(answer.firm)}, % of {worlds(answer.worlds)}")
    last = ""
    for (decision, limit), shares in _by_year(mine, ["decision", "limit"], "share").items():
        if decision != last:
            last = decision
            table.add_row(f"[bold]{named(meaning(decision))}[/bold]")
        _add(answer, table, f"  {limit_name(limit)}", shares)
    return [table]


def _tables_of_causes(answer: Explanation) -> list[Plain]:
    """What held Stargate's new sites: the GW each cut, and how often it lay behind the limit that decided."""
    if not answer.tied:
        return []
    cut = _empty(answer, f"Stargate's new sites, GW, mean of {worlds(answer.worlds)}")
    for name in ("ordered", "started"):
        sites = answer.sites.set_index("year")[name]
        cut.add_row(name, *(fixed(sites[year], 2) for year in _years(answer)))
    last = _empty(answer, f"Whose limit decided in the end, % of {worlds(answer.worlds)}")
    cuts, shares = (_by_year(answer.venture, ["cause"], name) for name in ("cut", "share"))
    for (cause,), gw in cuts.items():
        if max(gw.values()) >= SEEN:
            cells = (fixed(gw.get(year, 0.0), 2) for year in _years(answer))
            cut.add_row(f"cut by {cause_text(cause)}", *cells)
    for (cause,), of_years in sorted(shares.items(), key=lambda one: -sum(one[1].values())):
        _add(answer, last, cause_text(cause), of_years)
    return [cut, last]


def _empty(answer: Explanation, title: str) -> Plain:
    return Plain(title, "", *map(str, _years(answer)))


def _add(answer: Explanation, table: Plain, name: str, share: Mapping[int, float]) -> None:
    """Add a row of shares by year, - where nothing was decided, unless it hardly ever decided."""
    if max(share.values()) >= SEEN:
        table.add_row(name, *(percent(share[year]) if year in share else "-" for year in _years(answer)))


def _years(answer: Explanation) -> list[int]:
    """The years that fit 80 columns, the last among them."""
    return some_years(answer.bound["year"])


def _by_year(table: pd.DataFrame, by: list[str], value: str) -> dict[tuple[str, ...], dict[int, float]]:
    """A value by year, for each group of a table in its order."""
    values: dict[tuple[str, ...], dict[int, float]] = {}
    for *group, year, number in table[[*by, "year", value]].itertuples(index=False, name=None):
        values.setdefault(tuple(group), {})[year] = number
    return values


def cause_text(cause: str) -> str:
    """A cause in words.

    >>> cause_text("softbank/ticket_stargate/loan_to_value")
    "SoftBank's loan-to-value limit"
    """
    firm, _, limit = cause.split("/")
    return f"{possessive(named(firm))} {limit_name(limit)}"
