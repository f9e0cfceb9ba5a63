"""The story of a firm's year in one world, as data: every number is a cell of the log."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from computeshift.environment.decisions import HAIR
from computeshift.environment.ledger import MONEY
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.questions.explain.binding import Log
from computeshift.experiments.results.deals import DEALS, LABELS
from computeshift.experiments.results.late import view

if TYPE_CHECKING:
    from computeshift.experiments.results.results import Results

Part = Literal["saw", "decided", "flows", "ended"]
Topic = Literal[
    "mood",
    "news",
    "before",
    "decision",
    "money_in",
    "money_out",
    "compute_in",
    "compute_out",
    "deal",
    "after",
    "rating",
]
MOOD = ("sentiment", "spread", "outside_depth", "outside_asked", "capex_per_gw", "rent")
BEFORE = (
    *("revenue", "expected_growth", "valuation", "trust", "gw", "pipeline_gw"),
    *("cash", "debt", "interest_rate", "ltv", "holdings"),
)
AFTER = (
    *("revenue", "burn", "used_gw", "unserved_share", "gw", "pipeline_gw", "capex", "raised", "invested"),
    *("backlog", "commitments", "deferred", "price_cuts", "given_back", "acquired"),
    *("cash", "debt", "ltv", "nav", "breached", "default_degree", "defaulted"),
)
"""Variables of a firm that a story begins and ends with, in order."""
CAUSES = ("rating_leverage", "rating_burn", "rating_tenants", "rating_unpaid")
"""What moves a firm's rating, in notches from its home."""
LISTED = 4  # flows each way
ALWAYS_TOLD = ("rescue", "acquisition")
"""Kinds of flows that a story tells however small they are beside others."""
DEALS_LISTED = 6
_MOVED = 0.05  # notches: what a story shows as a change of a rating
_SEEN = 0.005  # $ bn: what a story shows as more than nothing
READ = ("market", "agents", "flows", DEALS)
EVENTS = ("signed", "paid", "cut", "deferred", "left")
"""What a story tells of a deal: what changed in the year, and what is put off and left at its end."""


@dataclass(frozen=True)
class Number:
    """A number of the story, and the cell of the log it was read from.

    `cell` names the table, the column and what picks the row; a flow is the sum of the rows picked. What was
    signed, paid or cut under a deal is the change of the cell since the year before.
    """

    value: float
    unit: str
    cell: dict[str, Any]


@dataclass(frozen=True)
class Sentence:
    """One sentence of the story: under which `part`, about what, and its numbers in order.

    Of a decision, the numbers are its limits, `bound` is the name of the limit that bound, and `behind`
    are limits of the decision that stood behind it: the one that bound, then what was wanted, if it is
    another. Of a rating they are the rating and what moved it most, each followed by itself a year before.
    """

    part: Part
    topic: Topic
    firm: str
    own: tuple[Number, ...] = ()
    bound: str = ""
    behind: tuple[Number, ...] = ()

    @property
    def numbers(self) -> tuple[Number, ...]:
        """All its numbers."""
        return self.own + self.behind

    @property
    def text(self) -> str:
        """It in words."""
        text: str = view("text.story").sentence(self)
        return text


@dataclass(frozen=True)
class Reader:
    """Reads a firm's year in a world."""

    results: Results
    log: Log
    firm: str
    year: int
    world: int

    def story(self) -> tuple[Sentence, ...]:
        """What it saw, what it decided and what bound that, what flowed, and how it ended the year."""
        decided = (self._decided(decision) for decision in self.log.decisions(self.firm))
        sentences = (
            Sentence("saw", "mood", self.firm, tuple(self._of_market(name, self.year) for name in MOOD)),
            *self._news(),
            self._books("saw", "before", BEFORE, self.year - 1),
            *decided,
            *self._flows(),
            *self._deals(),
            self._books("ended", "after", AFTER, self.year),
            self._rating(),
        )
        return tuple(sentence for sentence in sentences if sentence is not None)

    # --- what it saw, and how it ended ---

    def _news(self) -> list[Sentence]:
        """One sentence per shock of the year; one without numbers if there was none."""
        sizes = [self._of_market(f"news_{kind}", self.year) for kind in SHOCKS]
        news = [Sentence("saw", "news", self.firm, (size,)) for size in sizes if size.value]
        return news or [Sentence("saw", "news", self.firm)]

    def _books(self, part: Part, topic: Topic, names: Sequence[str], year: int) -> Sentence | None:
        """Its variables of a year, but for amounts of zero; None if there are none."""
        numbers = (self._of_firm(name, year) for name in names)
        own = tuple(n for n in numbers if n is not None and (n.value or n.unit == "0/1"))
        return Sentence(part, topic, self.firm, own) if own else None

    def _rating(self) -> Sentence | None:
        """Its rating and what moved it most in the year; None if nobody judges it.

        In the first year nothing is known of the year before: its rating was its home, moved by nothing.
        """
        rating = self._lately("rating")
        if not rating:
            return None
        causes = [self._lately(cause) for cause in CAUSES]
        moved = [_change(cause) for cause in causes]
        fell = _change(rating) if len(rating) > 1 else sum(moved)
        by = [move if fell > 0 else -move for move in moved]
        largest = causes[by.index(max(by))] if abs(fell) >= _MOVED and max(by) > 0 else []
        return Sentence("ended", "rating", self.firm, tuple(rating), behind=tuple(largest))

    def _lately(self, name: str) -> list[Number]:
        """A variable of the firm in the year and in the one before, as far as they were logged."""
        numbers = (self._of_firm(name, year) for year in (self.year, self.year - 1))
        return [number for number in numbers if number is not None]

    # --- what it decided ---

    def _decided(self, decision: str) -> Sentence | None:
        """The limits of a decision, which one bound, and what stood behind it; None if idle."""
        rows = self.log.taken(self.firm, decision, self.world, self.year)
        if rows.empty or rows["amount"].iloc[0] < HAIR:
            return None
        limits = tuple(self._limit(self.firm, decision, row) for row in rows.itertuples())
        bound = str(rows["limit"][rows["bound"]].item())
        return Sentence("decided", "decision", self.firm, limits, bound, self._behind(decision))

    def _behind(self, decision: str) -> tuple[Number, ...]:
        """The limits of the decision whose limit stood behind it; none if it was its own."""
        cause = self.log.causes(self.firm, decision).loc[self.world, self.year]
        owner, taken, _ = str(cause).split("/")
        if (owner, taken) == (self.firm, decision):
            return ()
        rows = self.log.taken(owner, taken, self.world, self.year)
        first, last = (self._limit(owner, taken, row) for row in (rows.iloc[0], rows[rows["bound"]].iloc[0]))
        return (last,) if rows.iloc[0]["bound"] else (last, first)

    def _limit(self, firm: str, decision: str, row: Any) -> Number:
        picked = {"firm": firm, "decision": decision, "limit": row.limit}
        return Number(float(row.amount), str(row.unit), self._cell("decisions", "amount", self.year, picked))

    # --- what flowed ---

    def _flows(self) -> list[Sentence]:
        """One sentence each way about money and about compute, where any flowed."""
        flows: dict[Topic, tuple[Number, ...]] = {
            "money_in": self._largest("target", MONEY),
            "money_out": self._largest("source", MONEY),
            "compute_in": self._largest("target", "GW"),
            "compute_out": self._largest("source", "GW"),
        }
        return [Sentence("flows", topic, self.firm, own) for topic, own in flows.items() if own]

    def _largest(self, end: str, unit: str) -> tuple[Number, ...]:
        """The largest flows of a unit that have the firm at this end, and those that are always told."""
        rows = self._year_of("flows", self.year)
        rows = rows[(rows[end] == self.firm) & (rows["unit"] == unit)]
        if unit != MONEY:
            rows = rows[rows["kind"] == "capacity"]
        by = ["source", "target", "kind"]
        sums = rows.groupby(by, observed=True, sort=False)["amount"].sum().reset_index()
        ranked = sums[sums["amount"] > 0].sort_values("amount", ascending=False, kind="stable")
        rest = ranked[LISTED:]
        told = rest["kind"].isin(ALWAYS_TOLD) & (rest["amount"] >= _SEEN)
        top = pd.concat([ranked[:LISTED], rest[told]])
        return tuple(
            Number(float(amount), unit, self._cell("flows", "amount", self.year, self._picked(by, ends)))
            for *ends, amount in top[[*by, "amount"]].itertuples(index=False)
        )

    def _deals(self) -> list[Sentence]:
        """One sentence per deal of the firm under which something was signed, paid, put off or cut.

        Of many, those with the largest changes.
        """
        now, before = (self._deals_of(year) for year in (self.year, self.year - 1))
        every = [self._deal(name, row, before.get(name, {})) for name, row in now.items()]
        told = [sentence for sentence in every if sentence is not None]
        sizes = [-sum(n.value for n in one.numbers if n.cell["column"] != "left") for one in told]
        largest = sorted(range(len(told)), key=lambda at: sizes[at])[:DEALS_LISTED]
        return [told[at] for at in largest]

    def _deal(self, name: str, now: Mapping[str, Any], before: Mapping[str, Any]) -> Sentence | None:
        """What happened to a deal in the year: numbers that are not zero; None if nothing did."""
        numbers = []
        for number in EVENTS:
            value = float(now[number])
            if number not in ("left", "deferred"):
                value -= float(before.get(number, 0.0))
            if value >= _SEEN:
                labels = {label: str(now[label]) for label in LABELS}
                cell = self._cell(DEALS, number, self.year, labels)
                numbers.append(Number(value, self._unit(DEALS, number), cell))
        happened = any(one.cell["column"] != "left" for one in numbers)
        return Sentence("flows", "deal", self.firm, tuple(numbers)) if happened else None

    def _deals_of(self, year: int) -> dict[str, dict[str, Any]]:
        """The deals of the firm as they stood at the end of a year, by name."""
        rows = self._year_of(DEALS, year)
        own = rows[(rows[["source", "target", "site"]].astype("str") == self.firm).any(axis="columns")]
        records: list[dict[str, Any]] = own.to_dict("records")  # type: ignore[assignment]
        return {str(row["deal"]): row for row in records}

    @staticmethod
    def _picked(by: Sequence[str], values: Sequence[object]) -> dict[str, str]:
        return dict(zip(by, map(str, values), strict=True))

    # --- reading ---

    def _of_market(self, name: str, year: int) -> Number:
        value = self._year_of("market", year)[name].item()
        return Number(float(value), self._unit("market", name), self._cell("market", name, year, {}))

    def _of_firm(self, name: str, year: int) -> Number | None:
        rows = self._year_of("agents", year)
        value = rows.loc[rows["agent"] == self.firm, name]
        if value.empty or pd.isna(value.item()):
            return None
        cell = self._cell("agents", name, year, {"agent": self.firm})
        return Number(float(value.item()), self._unit("agents", name), cell)

    def _cell(self, table: str, column: str, year: int, picked: dict[str, str]) -> dict[str, Any]:
        return {"table": table, "column": column, "world": self.world, "year": year, **picked}

    def _unit(self, table: str, name: str) -> str:
        return str(self._columns[table].loc[name, "unit"])

    def _year_of(self, table: str, year: int) -> pd.DataFrame:
        return self._tables[table, year]

    @functools.cached_property
    def _tables(self) -> dict[tuple[str, int], pd.DataFrame]:
        """The world's rows of the year and of the one before, by table and year."""
        years = self.year - 1, self.year
        found: dict[tuple[str, int], pd.DataFrame] = {}
        for name in READ:
            lately = [("world", "==", self.world), ("year", ">=", years[0]), ("year", "<=", years[1])]
            rows = self.results.read(name, where=lately)
            found |= {(name, year): rows[rows["year"] == year] for year in years}
        return found

    @functools.cached_property
    def _columns(self) -> dict[str, pd.DataFrame]:
        return {name: self.results.columns(name) for name in READ}


def _change(lately: Sequence[Number]) -> float:
    """By how much a number is more than it was a year before; all of it where that was not logged."""
    now, *before = (number.value for number in lately)
    return now - sum(before)
