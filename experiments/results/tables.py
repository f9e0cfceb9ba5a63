"""The tables of a block of worlds: what the market logged, a column each, with units and meanings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from computeshift.environment.decisions import limit_meaning
from computeshift.environment.ledger import FLOWS, measure
from computeshift.experiments.results.columns import ROW, About, described, in_order
from computeshift.experiments.results.sheet import Block as Block
from computeshift.experiments.results.sheet import Sheet

if TYPE_CHECKING:
    from computeshift.environment.decisions import Decision
    from computeshift.environment.ledger import Flow

T = TypeVar("T")
Docs = Mapping[str, tuple[str, str]]
Cells = Mapping[str, Sequence[Any]]
"""What was logged, by variable: cells `(W,)` or one for all worlds; None is empty."""


def cells_of(logged: Cells) -> dict[str, list[Any]]:
    """What a data collector logged, by variable; what is empty is None."""
    return {name: [None if _empty(cell) else cell for cell in cells] for name, cells in logged.items()}


def _empty(cell: object) -> bool:
    return (isinstance(cell, float) and np.isnan(cell)) or (isinstance(cell, str) and not cell)


def design_table(design: Mapping[str, npt.NDArray[Any]], units: Mapping[str, str]) -> pa.Table:
    """The block's design: one row per world, with the units of its parameters."""
    about = {name: ROW.get(name, {"unit": units.get(name, ""), "meaning": ""}) for name in design}
    kinds = [np.int32 if name == "world" else np.float64 for name in design]
    columns = [pa.array(column.astype(kind)) for column, kind in zip(design.values(), kinds, strict=True)]
    fields = [pa.field(name, c.type, nullable=False) for name, c in zip(design, columns, strict=True)]
    return pa.Table.from_arrays(columns, schema=described(fields, about))


def market_sheet(block: Block, logged: Cells, years: Sequence[int], docs: Docs) -> Sheet:
    """The block's market: a column per variable."""
    sheet = Sheet(block, years)
    for name, cells in logged.items():
        if name != "year":
            unit, doc = docs[name]
            sheet.column(name, cells, {"unit": unit, "meaning": doc})
    return sheet


def agents_sheet(block: Block, logged: Cells, years: Sequence[int], docs: Docs) -> Sheet:
    """The block's agents: a column per firm and variable that it has, `FIRM.VARIABLE`."""
    sheet = Sheet(block, years)
    firms = list(dict.fromkeys(logged["agent"]))
    for name in (name for name in logged if name != "agent"):
        unit, doc = docs[name]
        for place, firm in enumerate(firms):
            cells = logged[name][place :: len(firms)]
            if any(cell is not None for cell in cells):
                about = {"unit": unit, "meaning": doc, "agent": firm, "variable": name}
                sheet.column(f"{firm}.{name}", cells, about)
    return sheet


def flows_sheet(block: Block, flows: Iterable[Flow], years: Sequence[int]) -> Sheet:
    """The block's flows: a column per posting, `MEASURE KIND SOURCE TARGET`, empty in years without it.

    What is posted twice in a year has two columns, and the name of the second ends in ` 2`.
    """
    sheet = Sheet(block, years)
    posted = _by_year(((flow.year, _posting(flow), flow) for flow in flows), years)
    for name in in_order(posted):
        cells = [of.get(name) for of in posted]
        first = next(flow for flow in cells if flow is not None)
        sheet.numbers(name, [None if flow is None else flow.amount for flow in cells], about_flow(first))
    return sheet


def about_flow(flow: Flow) -> About:
    """What a posting is about; `since` is the year in which it was first made."""
    _, doc = FLOWS.get(flow.kind, ("", ""))
    return {
        "unit": flow.unit,
        "meaning": doc,
        "measure": measure(flow.kind, flow.unit),
        "kind": flow.kind,
        "source": flow.source,
        "target": flow.target,
        "since": str(flow.year),
    }


def decisions_sheet(block: Block, decisions: Iterable[Decision], years: Sequence[int]) -> Sheet:
    """The block's decisions, empty in years in which they were not taken.

    `FIRM DECISION` names the limit that decided, `FIRM DECISION LIMIT` has what a limit allowed.
    """
    sheet = Sheet(block, years)
    taken = _by_year(((decision.year, _decision(decision), decision) for decision in decisions), years)
    for name in in_order(taken):
        _add_decision(sheet, name, [of.get(name) for of in taken])
    return sheet


def _add_decision(sheet: Sheet, name: str, taken: Sequence[Decision | None]) -> None:
    """The columns of a decision, by year; None where it was not taken."""
    first = next(decision for decision in taken if decision is not None)
    limits = in_order(decision.limits for decision in taken if decision is not None)
    about = {"firm": first.firm, "decision": first.name}
    numbers = [None if decision is None else _binding(decision, limits) for decision in taken]
    sheet.words(name, limits, numbers, {"unit": "", "meaning": "limit that decided", **about})
    for limit in limits:
        allowed = {"unit": first.unit, "meaning": limit_meaning(limit), **about, "limit": limit}
        cells = [None if decision is None else decision.limits.get(limit) for decision in taken]
        sheet.numbers(f"{name} {limit}", cells, allowed)


def _binding(decision: Decision, limits: Sequence[str]) -> npt.NDArray[np.int8]:
    """The number, among these limits, of the one that decided, `(W,)`."""
    numbers = np.array([limits.index(limit) for limit in decision.limits], np.int8)
    return numbers[decision.binding()]


def _posting(flow: Flow) -> str:
    return f"{measure(flow.kind, flow.unit)} {flow.kind} {flow.source} {flow.target}"


def _decision(decision: Decision) -> str:
    return f"{decision.firm} {decision.name}"


def _by_year(entries: Iterable[tuple[int, str, T]], years: Sequence[int]) -> list[dict[str, T]]:
    """What was logged each year, by name in its order; a name that comes again is numbered."""
    by_year: dict[int, dict[str, T]] = {year: {} for year in years}
    times: Counter[tuple[int, str]] = Counter()
    for year, name, entry in entries:
        times[year, name] += 1
        again = times[year, name]
        by_year[year][name if again == 1 else f"{name} {again}"] = entry
    return [*by_year.values()]
