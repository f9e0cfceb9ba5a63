"""The story of a firm's year in one world: sentences in which every number is a cell of the log."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.environment.decisions import HAIR, LIMITS, meaning
from computeshift.environment.ledger import MONEY
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.explain.binding import CONTENT, Log

if TYPE_CHECKING:
    from computeshift.experiments.results.results import Results

BEFORE = {
    "revenue": "revenue",
    "expected_growth": "expected growth",
    "valuation": "valuation",
    "trust": "trust",
    "gw": "capacity",
    "pipeline_gw": "sites under way",
    "cash": "cash",
    "debt": "debt",
    "interest_rate": "interest",
    "ltv": "loan to value",
    "holdings": "other holdings",
}
AFTER = {
    "revenue": "revenue",
    "burn": "burn",
    "used_gw": "compute used",
    "unserved_share": "demand unserved",
    "gw": "capacity",
    "pipeline_gw": "sites under way",
    "capex": "capital spending",
    "raised": "equity raised",
    "invested": "equity paid into others",
    "cash": "cash",
    "debt": "debt",
    "ltv": "loan to value",
    "nav": "net asset value",
    "breached": "limit for normal times breached",
    "defaulted": "default",
}
BARE = ("factor", "ratio", "index", "log")  # units that a reader does not need
LISTED = 4  # flows told each way
READ = ("market", "agents", "flows")


@dataclass(frozen=True)
class Number:
    """A number of the story, and the cell of the log it was read from.

    `cell` names the table, the column and what picks the row; a flow is the sum of the rows picked.
    """

    value: float
    unit: str
    cell: dict[str, Any]

    def __str__(self) -> str:
        return written(self.value, self.unit)


@dataclass(frozen=True)
class Sentence:
    """A sentence, under what it tells of: `saw`, `decided`, `flows` or `ended`."""

    part: str
    text: str
    numbers: tuple[Number, ...]


def written(value: float, unit: str) -> str:
    """A number with its unit, three digits or so.

    >>> written(0.0182, "share a year"), written(12.345, "$ bn"), written(-0.001, "GW")
    ('1.8% a year', '$12.3 bn', '0.00 GW')
    """
    if unit == "0/1":
        return "yes" if value else "no"
    if unit.startswith("share"):
        return f"{100 * value:.1f}%".replace("-0.0%", "0.0%") + unit.removeprefix("share")
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{abs(value):,.{digits}f}"
    sign = "-" if value < 0 and float(text.replace(",", "")) else ""
    if unit.startswith(MONEY):
        return f"{sign}${text} bn" + unit.removeprefix(MONEY)
    return f"{sign}{text}" if unit in BARE else f"{sign}{text} {unit}"


@dataclass(frozen=True)
class Teller:
    """Tells a firm's year in a world."""

    results: Results
    log: Log
    firm: str
    year: int
    world: int

    def story(self) -> tuple[Sentence, ...]:
        """What it saw, what it decided and what bound that, what flowed, and how it ended the year."""
        told = (self._decided(decision) for decision in self.log.decisions(self.firm))
        decided = [sentence for sentence in told if sentence is not None]
        return (self._mood(), *self._news(), *self._before(), *decided, *self._flows(), *self._after())

    # --- what it saw, and how it ended ---

    def _mood(self) -> Sentence:
        names = ("sentiment", "spread", "capex_per_gw", "rent")
        mood, spread, cost, rent = (self._of_market(name, self.year) for name in names)
        text = f"The market's mood was {mood}; credit cost {spread} above the base rate. "
        text += f"Building cost {cost}; rent at the year's end was {rent}."
        return Sentence("saw", text, (mood, spread, cost, rent))

    def _news(self) -> list[Sentence]:
        told = []
        for kind, shock in SHOCKS.items():
            size = self._of_market(f"news_{kind}", self.year)
            if size.value:
                told.append(Sentence("saw", f"News: {shock.doc} ({size}).", (size,)))
        return told or [Sentence("saw", "No shock struck.", ())]

    def _before(self) -> list[Sentence]:
        return self._books("saw", "The year before ended for it with", BEFORE, self.year - 1)

    def _after(self) -> list[Sentence]:
        return self._books("ended", "It ended the year with", AFTER, self.year)

    def _books(self, part: str, opening: str, names: Mapping[str, str], year: int) -> list[Sentence]:
        """Its variables of a year in one sentence, but for amounts of zero; none if there are none."""
        found = {name: self._of_firm(name, year) for name in names}
        told = {name: n for name, n in found.items() if n is not None and (n.value or n.unit == "0/1")}
        if not told:
            return []
        listed = ", ".join(f"{names[name]} {number}" for name, number in told.items())
        return [Sentence(part, f"{opening} {listed}.", tuple(told.values()))]

    # --- what it decided ---

    def _decided(self, decision: str) -> Sentence | None:
        """What came of a decision, what bound it, what the others would have allowed; None if idle."""
        rows = self.log.taken(self.firm, decision, self.world, self.year)
        if rows.empty or rows["amount"].iloc[0] < HAIR:
            return None
        limits = {str(row.limit): self._limit(self.firm, decision, row) for row in rows.itertuples()}
        bound = str(rows["limit"][rows["bound"]].item())
        others = [f"{named(name)} {n}" for name, n in limits.items() if name != bound]
        held = "it got what it wanted" if bound in CONTENT else "what bound it"
        text = f"{capitalised(named(meaning(decision)))}: {limits[bound]}; {held}: {LIMITS[bound]}"
        text += f" (other limits: {', '.join(others)})." if others else "."
        behind, numbers = self._behind(decision)
        return Sentence("decided", text + behind, (*limits.values(), *numbers))

    def _behind(self, decision: str) -> tuple[str, tuple[Number, ...]]:
        """Whose limit stood behind it, if that was another decision's."""
        cause = self.log.causes(self.firm, decision).loc[self.world, self.year]
        owner, taken, limit = str(cause).split("/")
        if (owner, taken) == (self.firm, decision):
            return "", ()
        rows = self.log.taken(owner, taken, self.world, self.year)
        first, last = (self._limit(owner, taken, row) for row in (rows.iloc[0], rows[rows["bound"]].iloc[0]))
        whose = "its own decision" if owner == self.firm else named(owner)
        told = f" Behind it stood {whose}: {named(meaning(taken))}, {last}; what bound it: {LIMITS[limit]}"
        if rows.iloc[0]["bound"]:
            return f"{told}.", (last,)
        return f"{told} ({named(rows.iloc[0]['limit'])} {first}).", (last, first)

    def _limit(self, firm: str, decision: str, row: Any) -> Number:
        picked = {"firm": firm, "decision": decision, "limit": row.limit}
        return Number(float(row.amount), str(row.unit), self._cell("decisions", "amount", self.year, picked))

    # --- what flowed ---

    def _flows(self) -> list[Sentence]:
        return [
            *self._listed("To it came", "source", "target", MONEY),
            *self._listed("From it went", "target", "source", MONEY),
            *self._listed("It leased compute from", "source", "target", "GW"),
            *self._listed("It leased compute to", "target", "source", "GW"),
        ]

    def _listed(self, opening: str, other: str, end: str, unit: str) -> list[Sentence]:
        """The largest flows one way, as one sentence; none if nothing flowed."""
        rows = self._year_of("flows", self.year)
        kept = rows[(rows[end] == self.firm) & (rows["unit"] == unit)]
        if unit != MONEY:
            kept = kept[kept["kind"] == "capacity"]
        by = ["source", "target", "kind"]
        sums = kept.groupby(by, observed=True, sort=False)["amount"].sum().reset_index()
        top = sums[sums["amount"] > 0].sort_values("amount", ascending=False, kind="stable").head(LISTED)
        told, numbers = [], []
        for *ends, amount in top[[*by, "amount"]].itertuples(index=False):
            picked = dict(zip(by, map(str, ends), strict=True))
            numbers.append(Number(float(amount), unit, self._cell("flows", "amount", self.year, picked)))
            what = f" ({picked['kind'].replace('_', ' ')})" if unit == MONEY else ""
            told.append(f"{named(picked[other])}{what} {numbers[-1]}")
        return [Sentence("flows", f"{opening} {', '.join(told)}.", tuple(numbers))] if told else []

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
        rows = self._tables[table]
        return rows[rows["year"] == year]

    @functools.cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        """The world's rows."""
        return {name: self.results.read(name, where=[("world", "==", self.world)]) for name in READ}

    @functools.cached_property
    def _columns(self) -> dict[str, pd.DataFrame]:
        return {name: self.results.columns(name) for name in READ}
