"""Which limit bound a firm's decisions, over many worlds; and whose limit stands behind it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.environment.decisions import HAIR, TICKET
from computeshift.experiments.questions.explain.taken import NOWHERE, Codes, Numbers, Taken, taken_of

if TYPE_CHECKING:
    from computeshift.experiments.results.results import Results

CONTENT = frozenset({"wanted", "demand", "customers", "need", "asked", "owed", "pledge"})
"""Limits that are what a firm wanted: where one of them bound, nothing held it."""

SLIVER = 0.01
"""A part of what was decided: a limit that cost less of it is nobody's shortfall."""

Key = tuple[str, str]


class Log:
    """The log of limits of a results folder, without the worlds that are left out.

    Tables of worlds x years hold all of both: where a decision was not taken, as before a tie opened,
    no limit bound, and its amounts are 0. UserError if the folder is older than the log.
    """

    def __init__(self, results: Results) -> None:
        rows = results.excluded.counted(results.decisions)
        by = ["firm", "decision"]
        self._all = rows.astype(dict.fromkeys([*by, "limit"], "category"))
        self._worlds = pd.Index(np.unique(rows["world"]), name="world")
        self._years = pd.Index(np.unique(rows["year"]), name="year")
        self.worlds = len(self._worlds)
        self._ties = [tie[:3] for tie in results.config.ties()]
        self._rows: dict[Key, pd.DataFrame] = {
            (str(firm), str(decision)): group
            for (firm, decision), group in self._all.groupby(by, observed=True, sort=False)
        }
        self._decisions: dict[Key, Taken] = {}
        self._causes: dict[Key, Codes] = {}
        self._names: dict[str, int] = {}  # of causes, with their numbers

    def decisions(self, firm: str) -> list[str]:
        """What a firm decides, in the order of its year."""
        return [decision for owner, decision in self._rows if owner == firm]

    def taken(self, firm: str, decision: str, world: int, year: int) -> pd.DataFrame:
        """One decision, one row per limit: limit, amount, unit and bound; no rows if it was not taken."""
        rows = self._rows[firm, decision]
        return rows[(rows["world"] == world) & (rows["year"] == year)].astype({"limit": "str"})

    def bound(self, firm: str, decision: str) -> pd.DataFrame:
        """The limit that bound a decision, worlds x years; empty where it was not taken."""
        of = self._of((firm, decision))
        return self._words([*of.amounts], of.bound)

    def amounts(self, firm: str, decision: str) -> dict[str, pd.DataFrame]:
        """Each limit's amount, worlds x years, what was wanted first."""
        return {limit: self._table(amount) for limit, amount in self._of((firm, decision)).amounts.items()}

    def done(self, firm: str, decision: str) -> pd.DataFrame:
        """What was done of a decision, worlds x years."""
        return self._table(self._of((firm, decision)).done)

    def shares(self) -> pd.DataFrame:
        """How often each limit bound: firm, decision, limit, year and the share of worlds."""
        by = ["firm", "decision", "limit", "year"]
        often = self._all.groupby(by, observed=True, sort=False)["bound"].mean().rename("share").reset_index()
        decision = often.groupby(by[:2], observed=True, sort=False).ngroup()
        table = often.iloc[np.argsort(decision, kind="stable")].reset_index(drop=True)
        return table.astype(dict.fromkeys(by[:3], "str"))

    # --- whose limit stands behind it ---

    def causes(self, firm: str, decision: str) -> pd.DataFrame:
        """What bound a decision in the end, worlds x years, as `firm/decision/limit`.

        Where a limit is another firm's decision, and that was itself limited, its limit is the cause: for a
        venture short of money, that of the sponsor furthest short of its part. Where the limit took off
        less than 1%, or no sponsor was short of 1% of what all were to pay, the limit itself is the cause.
        """
        codes = self._codes((firm, decision))
        return self._words([*self._names], codes)

    def cuts(self, firm: str, decision: str) -> pd.DataFrame:
        """What each cause cut off what was wanted, mean of all worlds: rows are causes, columns years.

        Limits cut one after the other, in the order of the rule; where several firms fell short, each
        has its part of the cut by how far it fell short. All cuts add up to what was wanted and not done.
        """
        (_, left), *others = self._of((firm, decision)).amounts.items()
        parts = []
        for limit, amount in others:
            rest = np.minimum(left, amount)
            own = np.full(left.shape, self._number(f"{firm}/{decision}/{limit}"))
            parts += self._shared_out(left - rest, own, list(self._behind(firm, decision, limit)))
            left = rest
        names, years = np.array([*self._names]), np.broadcast_to(self._years, left.shape)
        long = [
            pd.DataFrame({"cause": cause.ravel(), "year": years.ravel(), "cut": cut.ravel()})
            for cause, cut in parts
        ]
        sums = pd.concat(long).groupby(["cause", "year"])["cut"].sum().unstack().fillna(0.0)
        sums.index = pd.Index(names[sums.index], name="cause")
        return sums[(sums > 0).any(axis="columns")].sort_index() / self.worlds

    def _codes(self, key: Key) -> Codes:
        """What bound a decision in the end, the numbers of causes, `(W, years)`."""
        if key not in self._causes:
            self._causes[key] = self._trace(*key)
        return self._causes[key]

    def _trace(self, firm: str, decision: str) -> Codes:
        of = self._of((firm, decision))
        own = np.array([self._number(f"{firm}/{decision}/{limit}") for limit in of.amounts])
        causes = np.where(of.bound == NOWHERE, NOWHERE, own[of.bound])
        for i, limit in enumerate(of.amounts):
            behind = list(self._behind(firm, decision, limit))
            if behind:
                deeper = self._deepest(behind)
                if all(name.startswith(TICKET) for _, name in behind):
                    slight = np.minimum(of.cost(limit), self._missing(behind)) < SLIVER
                    deeper = np.where(slight, NOWHERE, deeper)
                causes = np.where((of.bound == i) & (deeper != NOWHERE), deeper, causes)
        return causes

    def _deepest(self, decisions: list[Key]) -> Codes:
        """What bound the decision that fell furthest short; nothing where all got what they wanted."""
        deepest, furthest = self._held(decisions[0])
        for key in decisions[1:]:
            held, short = self._held(key)
            deepest = np.where(short > furthest, held, deepest)
            furthest = np.maximum(short, furthest)
        return deepest

    def _missing(self, decisions: list[Key]) -> Numbers:
        """The largest shortfall of these decisions, as a part of what all of them wanted together."""
        wanted = functools.reduce(np.add, (self._of(key).wanted for key in decisions))
        furthest = np.maximum.reduce([self._of(key).short for key in decisions])
        missing: Numbers = furthest / np.maximum(wanted, HAIR)
        return missing

    def _held(self, key: Key) -> tuple[Codes, Numbers]:
        """What bound a decision in the end, nothing where it got all, and how far it fell short, else -1."""
        causes = self._codes(key)
        content = np.array([name.rpartition("/")[2] in CONTENT for name in self._names])
        held = np.where((causes == NOWHERE) | content[causes], NOWHERE, causes)
        return held, np.where(held == NOWHERE, -1.0, self._of(key).short)

    def _shared_out(self, cut: Numbers, own: Codes, behind: list[Key]) -> list[tuple[Codes, Numbers]]:
        """A cut as parts, each with its causes: by how far each firm behind it fell short, else its own."""
        held = [self._held(key) for key in behind]
        weights = [np.where(cause == NOWHERE, 0.0, np.maximum(short, HAIR)) for cause, short in held]
        total = sum(weights, np.zeros_like(cut))
        parts = [(own, np.where(total == 0, cut, 0.0))]
        for (cause, _), weight in zip(held, weights, strict=True):
            part = weight / np.where(total > 0, total, 1.0)
            parts.append((np.where(cause == NOWHERE, own, cause), cut * part))
        return parts

    def _behind(self, firm: str, decision: str, limit: str) -> Iterator[Key]:
        """The decisions that a limit rests on."""
        match decision, limit:
            case "sites", "orders":
                keys = [(lab, "orders") for lab in self._ends(firm, "capacity", of_source=True)]
            case "completions", "halls":
                keys = [(firm, "conversions"), (firm, "sites")]
            case (("sites" | "conversions" | "completions"), "money") if (firm, "works_budget") in self._rows:
                keys = [(firm, "works_budget")]
            case "works_budget", "builder":
                keys = [(builder, "debt_ceiling") for builder in self._ends(firm, "build")]
            case ("works_budget", "own_funds") | ("round", "offered"):
                keys = [(backer, f"{TICKET}{firm}") for backer in self._ends(firm, "equity")]
            case (("sites" | "conversions" | "completions"), "money"):
                keys = [(firm, "debt_ceiling")]
            case "compute_budget", "money" | "next_year":
                keys = [(firm, "round")]
            case "round", "asked":
                keys = [(firm, "equity_ask")]
            case _:
                keys = []
        return (key for key in keys if key in self._rows)

    def tied(self, firm: str) -> bool:
        """Whether anything but a line of credit is tied to a firm."""
        return any(firm in tie[:2] and tie[2] != "debt" for tie in self._ties)

    def _ends(self, firm: str, kind: str, of_source: bool = False) -> list[str]:
        """The firms at the other end of a firm's ties of a kind."""
        mine, other = (0, 1) if of_source else (1, 0)
        return [tie[other] for tie in self._ties if tie[2] == kind and tie[mine] == firm]

    # --- reading ---

    def _of(self, key: Key) -> Taken:
        """A decision in all worlds and years."""
        if key not in self._decisions:
            self._decisions[key] = taken_of(self._rows[key], self._worlds, self._years)
        return self._decisions[key]

    def _number(self, cause: str) -> int:
        return self._names.setdefault(cause, len(self._names))

    def _words(self, names: list[str], codes: Codes) -> pd.DataFrame:
        """Words by their numbers, worlds x years; empty where there is none."""
        return self._table(np.array(names, dtype=object)[codes]).astype("str").where(codes != NOWHERE)

    def _table(self, values: npt.NDArray[Any]) -> pd.DataFrame:
        return pd.DataFrame(values, index=self._worlds, columns=self._years)
