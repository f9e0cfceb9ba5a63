"""Which limit bound whom, over many worlds; and whose limit stands behind it."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from computeshift.environment.decisions import HAIR, TICKET

if TYPE_CHECKING:
    from computeshift.experiments.results import Results

CONTENT = frozenset({"wanted", "demand", "customers", "due", "need", "asked", "owed", "pledge"})
"""Limits that are what a firm wanted: where one of them bound, nothing held it."""

SLIVER = 0.01
"""A part of what was decided: what cost less of it is told as nobody's shortfall."""

Key = tuple[str, str]


class Log:
    """The log of limits of a results folder, without the worlds that are left out.

    Tables of worlds x years hold all of both: where a decision was not taken, as before a tie opened,
    no limit bound, and its amounts are 0. UserError if the folder is older than the log.
    """

    def __init__(self, results: Results) -> None:
        rows = results.decisions
        rows = rows[~rows["world"].isin(results.left_out)]
        by = ["firm", "decision"]
        rows = rows.astype(dict.fromkeys([*by, "limit"], "category"))
        self._causes: dict[Key, pd.DataFrame] = {}
        self._worlds = pd.Index(sorted(rows["world"].unique()), name="world")
        self._years = pd.Index(sorted(rows["year"].unique()), name="year")
        self.worlds = len(self._worlds)
        self._edges = [tuple(edge) for edge in results.manifest["config"]["edges"]]
        self._rows: dict[Key, pd.DataFrame] = {
            (str(firm), str(decision)): group
            for (firm, decision), group in rows.groupby(by, observed=True, sort=False)
        }

    def decisions(self, firm: str) -> list[str]:
        """What a firm decides, in the order of its year."""
        return [decision for owner, decision in self._rows if owner == firm]

    def taken(self, firm: str, decision: str, world: int, year: int) -> pd.DataFrame:
        """One decision: a row a limit, with limit, amount, unit and bound; no rows if it was not taken."""
        rows = self._rows[firm, decision]
        return rows[(rows["world"] == world) & (rows["year"] == year)].astype({"limit": "str"})

    def bound(self, firm: str, decision: str) -> pd.DataFrame:
        """The limit that bound a decision, worlds x years; empty where it was not taken."""
        rows = self._rows[firm, decision]
        return self._wide(rows[rows["bound"]].astype({"limit": "str"}), "limit").astype("str")

    def short(self, firm: str, decision: str) -> pd.DataFrame:
        """How far a decision fell short of what was wanted, worlds x years."""
        wanted, *_ = self.amounts(firm, decision).values()
        return wanted - self.done(firm, decision)

    def shares(self) -> pd.DataFrame:
        """How often each limit bound: firm, decision, limit, year and the share of worlds."""
        tables = []
        for (firm, decision), rows in self._rows.items():
            often = rows.groupby(["limit", "year"], observed=True, sort=False)["bound"].mean()
            table = often.rename("share").reset_index().astype({"limit": "str"})
            tables.append(table.assign(firm=firm, decision=decision))
        return pd.concat(tables, ignore_index=True)[["firm", "decision", "limit", "year", "share"]]

    # --- whose limit stands behind it ---

    def causes(self, firm: str, decision: str) -> pd.DataFrame:
        """What bound a decision in the end, worlds x years, as `firm/decision/limit`.

        Where a limit is what somebody else decided, and that firm was itself held, its limit is told:
        for a venture short of money the sponsor who fell furthest short of its part. Where that
        limit took off less than 1%, or none was short of 1% of what all were asked, it is told itself.
        """
        if (firm, decision) not in self._causes:
            self._causes[firm, decision] = self._found(firm, decision)
        return self._causes[firm, decision]

    def _found(self, firm: str, decision: str) -> pd.DataFrame:
        """What `causes` gives, worked out."""
        bound = self.bound(firm, decision)
        told = f"{firm}/{decision}/" + bound
        for limit in self._rows[firm, decision]["limit"].unique():
            behind = list(self._behind(firm, decision, str(limit)))
            if behind:
                deeper = self._deepest(behind)
                if all(name.startswith(TICKET) for _, name in behind):
                    deeper = deeper.where(self._cost(firm, decision, str(limit)) >= SLIVER)
                    deeper = deeper.where(self._missing(behind) >= SLIVER)
                told = told.mask((bound == limit) & deeper.notna(), deeper)
        return told

    def _cost(self, firm: str, decision: str, limit: str) -> pd.DataFrame:
        """The part that a limit takes off what the other limits would allow, worlds x years."""
        amounts = self.amounts(firm, decision)
        own = amounts.pop(limit)
        others = functools.reduce(_smaller, amounts.values())
        return 1 - own / others.where(others > HAIR, HAIR)

    def _deepest(self, decisions: list[Key]) -> pd.DataFrame:
        """What bound the decision that fell furthest short; empty where all got what they wanted."""
        deepest, furthest = self._held(decisions[0])
        for key in decisions[1:]:
            held, short = self._held(key)
            further = short > furthest
            deepest, furthest = deepest.mask(further, held), furthest.mask(further, short)
        return deepest

    def _missing(self, decisions: list[Key]) -> pd.DataFrame:
        """The largest shortfall of these decisions, as a part of what all of them wanted together."""
        wanted = functools.reduce(
            operator.add, (next(iter(self.amounts(*key).values())) for key in decisions)
        )
        furthest = self.short(*decisions[0])
        for key in decisions[1:]:
            furthest = furthest.clip(lower=self.short(*key))
        missing: pd.DataFrame = furthest / wanted.where(wanted > HAIR, HAIR)
        return missing

    def _held(self, key: Key) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What bound a decision in the end, empty where nothing did, and how far it fell short, else -1."""
        causes = self.causes(*key)
        limits = causes.apply(lambda year: year.str.replace(r".*/", "", regex=True))
        held = causes.where(~limits.isin(CONTENT))
        return held, self.short(*key).where(held.notna(), -1.0)

    def amounts(self, firm: str, decision: str) -> dict[str, pd.DataFrame]:
        """Each limit's amount, worlds x years, what was wanted first."""
        rows = self._rows[firm, decision]
        return {
            str(limit): self._wide(rows[rows["limit"] == limit], "amount").fillna(0.0)
            for limit in rows["limit"].unique()
        }

    def done(self, firm: str, decision: str) -> pd.DataFrame:
        """What came of a decision, worlds x years."""
        return functools.reduce(_smaller, self.amounts(firm, decision).values())

    def _wide(self, rows: pd.DataFrame, values: str) -> pd.DataFrame:
        wide = rows.pivot(index="world", columns="year", values=values)
        return wide.reindex(index=self._worlds, columns=self._years)

    def cuts(self, firm: str, decision: str) -> pd.DataFrame:
        """What each cause cut off what was wanted, mean of all worlds: a row a cause, a column a year.

        Limits cut one after the other, in the order of the rule; where several firms fell short, each
        has its part of the cut by how far it fell short. All cuts add up to what was wanted and not done.
        """
        (_, left), *others = self.amounts(firm, decision).items()
        parts = []
        for limit, amount in others:
            kept = _smaller(left, amount)
            own = pd.DataFrame(f"{firm}/{decision}/{limit}", left.index, left.columns)
            parts += self._shared_out(left - kept, own, list(self._behind(firm, decision, limit)))
            left = kept
        long = [pd.DataFrame({"cause": cause.stack(), "cut": cut.stack()}) for cause, cut in parts]
        sums = pd.concat(long).groupby(["cause", "year"])["cut"].sum().unstack().fillna(0.0)
        return sums[(sums > 0).any(axis="columns")] / self.worlds

    def _shared_out(
        self, cut: pd.DataFrame, own: pd.DataFrame, behind: list[Key]
    ) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
        """A cut as parts, each with its causes: by how far each firm behind it fell short, else its own."""
        held = [self._held(key) for key in behind]
        weights = [short.clip(lower=HAIR).where(cause.notna(), 0.0) for cause, short in held]
        total = sum(weights, cut * 0.0)
        parts = [(own, cut.where(total == 0, 0.0))]
        for (cause, _), weight in zip(held, weights, strict=True):
            parts.append((cause.fillna(own), cut * (weight / total.where(total > 0)).fillna(0.0)))
        return parts

    def _behind(self, firm: str, decision: str, limit: str) -> Iterator[Key]:
        """The decisions that a limit rests on."""
        match decision, limit:
            case "sites", "orders":
                keys = [(lab, "orders") for lab in self._ends(firm, "capacity", of_source=True)]
            case "sites", "builder":
                keys = [(builder, "venture_sites") for builder in self._ends(firm, "build")]
            case ("sites", "money") | ("round", "offered") if (firm, "round") in self._rows:
                keys = [(backer, f"{TICKET}{firm}") for backer in self._ends(firm, "equity")]
            case ("sites", "money") | ("venture_sites", "money"):
                keys = [(firm, "debt_ceiling")]
            case "compute_budget", "money":
                keys = [(firm, "round")]
            case "round", "asked":
                keys = [(firm, "equity_ask")]
            case _:
                keys = []
        return (key for key in keys if key in self._rows)

    def tied(self, firm: str) -> bool:
        """Whether anything but a line of credit is tied to a firm."""
        return any(firm in edge[:2] and edge[2] != "debt" for edge in self._edges)

    def _ends(self, firm: str, kind: str, of_source: bool = False) -> list[str]:
        """Who stands at the other end of a firm's ties of a kind."""
        mine, other = (0, 1) if of_source else (1, 0)
        return [edge[other] for edge in self._edges if edge[2] == kind and edge[mine] == firm]


def _smaller(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    return one.where(one <= other, other)
