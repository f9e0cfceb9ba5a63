"""Deals in results: the table of a block's deals, and which deals a record has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

from computeshift.environment.deals import DEAL_KINDS, STATES
from computeshift.experiments.results.columns import About, in_order
from computeshift.experiments.results.sheet import Block, Sheet

if TYPE_CHECKING:
    from computeshift.environment.deals import DealState

DEALS = "deals"
CAPACITY, GUARANTEE = "capacity", "guarantee"
_PAID_BY_SOURCE = ("equity", "chips", GUARANTEE)
"""Kinds of deals whose source pays the money; of others it is the target."""
GIVEN, SIGNED = "config", "run"
"""Where a deal comes from: a config gives it, or its parties sign it in the run."""


@dataclass(frozen=True)
class LoggedDeal:
    """A deal that was logged: who is bound to whom, and where it comes from.

    `source` is owed the money, or pays equity in; `site` owns what is let.
    """

    deal: str
    kind: str
    source: str
    target: str
    site: str
    origin: str

    @property
    def tie(self) -> tuple[str, str, str]:
        """The tie that it binds: source, target and kind, as in the network."""
        tie = DEAL_KINDS[self.kind].tie if self.kind in DEAL_KINDS else ""
        return self.site or self.source, self.target, tie or self.kind

    @property
    def payer(self) -> str:
        """The firm that owes the money."""
        return self.source if self.kind in _PAID_BY_SOURCE else self.target

    @property
    def payee(self) -> str:
        """The firm that the money goes to: of capacity its owner."""
        return self.target if self.kind in _PAID_BY_SOURCE else self.site or self.source


LABELS: Mapping[str, tuple[str, str]] = {
    "deal": (
        "",
        "name of the deal; of what two firms sign in the run: SUPPLIER LAB, or INVESTOR FIRM equity",
    ),
    "kind": ("", "kind of the deal"),
    "source": ("", "firm that is owed the money, or that pays equity in"),
    "target": ("", "firm that owes it, or that receives the equity"),
    "site": ("", "firm that owns what is let"),
    "origin": ("", f"{GIVEN}: the config gives it; {SIGNED}: its parties sign it in the run"),
}
"""Unit and meaning of what identifies a deal."""


def logged_deal(state: DealState) -> LoggedDeal:
    """The deal of a state."""
    origin = GIVEN if state.given else SIGNED
    between_two = not state.given and state.kind != CAPACITY
    name = f"{state.name} {state.kind}" if between_two else state.name
    return LoggedDeal(name, state.kind, state.source, state.target, state.site, origin)


def deals_sheet(block: Block, states: Iterable[DealState], years: Sequence[int]) -> Sheet:
    """The block's deals: a column per deal and number, `DEAL NUMBER`, empty before it is signed."""
    sheet = Sheet(block, years)
    by_year: dict[int, dict[str, DealState]] = {year: {} for year in years}
    for state in states:
        by_year[state.year][logged_deal(state).deal] = state
    for name in in_order(by_year.values()):
        logged = [of.get(name) for of in by_year.values()]
        about = _about(next(state for state in logged if state is not None))
        for number, (unit, meaning) in STATES.items():
            cells = [None if state is None else state.numbers.get(number) for state in logged]
            if all(cell is None for cell in cells):
                continue  # its kind has no such number
            of = {"unit": unit, "meaning": meaning, **about, "variable": number}
            sheet.numbers(deal_column(name, number), cells, of)
    return sheet


def deal_column(deal: str, number: str) -> str:
    """The name of the column that holds a number of a deal.

    >>> deal_column("oracle openai", "left")
    'oracle openai left'
    """
    return f"{deal} {number}"


def deals_of(columns: Iterable[About]) -> list[LoggedDeal]:
    """The deals that the columns of a table are about, in order."""
    names = [field.name for field in fields(LoggedDeal)]
    labels = (tuple(of[name] for name in names) for of in columns if "deal" in of)
    return [LoggedDeal(*own) for own in dict.fromkeys(labels)]


def _about(state: DealState) -> dict[str, str]:
    return dict(zip(LABELS, astuple(logged_deal(state)), strict=True))
