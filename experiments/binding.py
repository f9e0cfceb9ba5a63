"""Which limit bound whom, over many worlds; and whose limit stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from computeshift.environment.decisions import TICKET

if TYPE_CHECKING:
    from computeshift.experiments.results import Results

CONTENT = frozenset({"wanted", "demand", "due", "need", "asked", "owed", "pledge"})
"""Limits that are what a firm wanted: where one of them bound, nothing held it."""

Key = tuple[str, str]


class Log:
    """The log of limits of a results folder, worlds that are not finite left out.

    UserError if the folder is older than the log.
    """

    def __init__(self, results: Results) -> None:
        rows = results.decisions
        rows = rows[~rows["world"].isin(results.manifest["not_finite"])]
        by = ["firm", "decision"]
        rows = rows.astype(dict.fromkeys([*by, "limit"], "category"))
        self.worlds = int(rows["world"].nunique())
        self._edges = [tuple(edge) for edge in results.manifest["config"]["edges"]]
        self._rows: dict[Key, pd.DataFrame] = {
            (str(firm), str(decision)): group
            for (firm, decision), group in rows.groupby(by, observed=True, sort=False)
        }

    def decisions(self, firm: str) -> list[str]:
        """What a firm decides, in the order of its year."""
        return [decision for owner, decision in self._rows if owner == firm]

    def taken(self, firm: str, decision: str, world: int, year: int) -> pd.DataFrame:
        """One decision: a row a limit, with limit, amount, unit and bound."""
        rows = self._rows[firm, decision]
        return rows[(rows["world"] == world) & (rows["year"] == year)].astype({"limit": "str"})

    def bound(self, firm: str, decision: str) -> pd.DataFrame:
        """The limit that bound a decision, worlds x years."""
        rows = self._rows[firm, decision]
        return rows[rows["bound"]].pivot(index="world", columns="year", values="limit").astype("str")

    def short(self, firm: str, decision: str) -> pd.DataFrame:
        """How far a decision fell short of what was wanted, worlds x years."""
        amounts = self._rows[firm, decision].groupby(["world", "year"], sort=False)["amount"]
        short: pd.DataFrame = (amounts.first() - amounts.min()).unstack()
        return short

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
        for a venture short of money the sponsor who fell furthest short of its part.
        """
        bound = self.bound(firm, decision)
        told = f"{firm}/{decision}/" + bound
        for limit in self._rows[firm, decision]["limit"].unique():
            behind = list(self._behind(firm, decision, str(limit)))
            if behind:
                deeper = self._deepest(behind)
                told = told.mask((bound == limit) & deeper.notna(), deeper)
        return told

    def _deepest(self, decisions: list[Key]) -> pd.DataFrame:
        """What bound the decision that fell furthest short; empty where all got what they wanted."""
        deepest, furthest = None, None
        for key in decisions:
            held = self.causes(*key).where(~self.bound(*key).isin(CONTENT))
            short = self.short(*key).where(held.notna(), -1.0)
            if deepest is None:
                deepest, furthest = held, short
            else:
                deepest, furthest = (
                    deepest.mask(short > furthest, held),
                    furthest.mask(short > furthest, short),
                )
        assert deepest is not None
        return deepest

    def _behind(self, firm: str, decision: str, limit: str) -> Iterator[Key]:
        """The decisions that a limit rests on."""
        match decision, limit:
            case "sites", "orders":
                keys = [(lab, "orders") for lab in self._ends(firm, "capacity", of_source=True)]
            case "sites", "builder":
                keys = [(builder, "venture_sites") for builder in self._ends(firm, "build")]
            case (("sites" | "compute_budget"), "money") if (firm, "round") in self._rows:
                keys = [(firm, "round")]
            case (("sites" | "venture_sites"), "money"):
                keys = [(firm, "debt_ceiling")]
            case "round", "offered":
                keys = [(backer, f"{TICKET}{firm}") for backer in self._ends(firm, "equity")]
            case "round", "asked":
                keys = [(firm, "equity_ask")]
            case _:
                keys = []
        return (key for key in keys if key in self._rows)

    def _ends(self, firm: str, kind: str, of_source: bool = False) -> list[str]:
        """Who stands at the other end of a firm's ties of a kind."""
        mine, other = (0, 1) if of_source else (1, 0)
        return [edge[other] for edge in self._edges if edge[2] == kind and edge[mine] == firm]


def shares_of(causes: pd.DataFrame) -> pd.DataFrame:
    """How often each cause was the one: a row a cause, a column a year, the most frequent first."""
    counted = causes.apply(lambda year: year.value_counts(normalize=True)).fillna(0.0)
    return counted.loc[counted.mean(axis=1).sort_values(ascending=False, kind="stable").index]
