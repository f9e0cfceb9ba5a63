"""Looking up names in a record: what it does not have is an error with the nearest name."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import pandas as pd

from computeshift.agents.kinds import variables
from computeshift.environment.deals import STATES
from computeshift.environment.ledger import FLOWS
from computeshift.environment.market import VARIABLES as OF_MARKET
from computeshift.environment.network import INSTITUTIONS
from computeshift.experiments.config.arguments import known
from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.expression import parse
from computeshift.experiments.config.own import OwnOutcome
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.deals import LoggedDeal
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome, outcome_of
from computeshift.experiments.results.terms import table_of

T = TypeVar("T")


class Lookup(ABC):
    """A record that is read by name. `*_or_empty` is for questions that do without what a market lacks."""

    years: Any
    firms: Any
    cast: Any

    @abstractmethod
    def flow_or_zero(self, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
        """What flowed, worlds x years; zero too where this market has no such holder."""

    @abstractmethod
    def variable_or_empty(self, agent: str, name: str) -> pd.DataFrame:
        """A firm's variable, worlds x years; no rows where this market or this firm has none."""

    @abstractmethod
    def _shipped(self, name: str) -> pd.DataFrame:
        """An outcome that comes with the package; no rows, or no numbers, where this market has none."""

    @abstractmethod
    def market_variable_or_empty(self, name: str) -> pd.DataFrame:
        """A variable of the market, worlds x years; no rows where this record has none."""

    @abstractmethod
    def deals_or_none(self) -> list[LoggedDeal]:
        """Every deal under which something was ever due; none where this record did not store them."""

    @abstractmethod
    def deal_or_zero(self, name: str, number: str) -> pd.DataFrame:
        """A number of a deal, worlds x years; zero where nothing was due."""

    def deal_numbers(self, name: str, numbers: Sequence[str]) -> list[pd.DataFrame]:
        """Several numbers of a deal, each as `deal_or_zero` has it."""
        return [self.deal_or_zero(name, number) for number in numbers]

    def remember(self, make: Callable[[Any], T]) -> T:
        """What `make` reads off this record: made once, and remembered as long as the record lives."""
        if make not in self._memory:
            self._memory[make] = make(self)
        result: T = self._memory[make]
        return result

    @functools.cached_property
    def _memory(self) -> dict[Callable[[Any], Any], Any]:
        """What was read off this record, by what read it."""
        return {}

    def logged(self) -> dict[str, tuple[str, str]]:
        """What firms log: unit and meaning by name."""
        return variables()

    def flow(self, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
        """What flowed, worlds x years, in the unit of its kind, summed over holders that are not named.

        Zero where nothing flowed. UserError if there is no such kind of flow, or no such holder here.
        """
        known(kind, FLOWS, "kind of flow")
        for holder in (source, target):
            if holder is not None:
                known(holder, self._holders(), "firm or institution")
        return self.flow_or_zero(kind, source, target)

    def deal(self, name: str, number: str) -> pd.DataFrame:
        """A number of a deal, worlds x years, in the unit that STATES has; zero where nothing was due.

        UserError if there is no such number, if there never was such a deal here, or it was not stored.
        """
        known(number, STATES, "number of deals")
        table = self.deal_or_zero(name, number)
        known(name, [own.deal for own in self.deals_or_none()], "deal under which something was ever due")
        return table

    def variable(self, agent: str, name: str) -> pd.DataFrame:
        """A firm's variable, worlds x years. UserError if there is no such firm, or it has none."""
        self.must_have(agent, name)
        table = self.variable_or_empty(agent, name)
        if table.empty:
            others = [firm for firm in [*self.firms, "stargate"] if self.has(firm, name)]
            right = f"firms that have it: {', '.join(others)}" if others else "no firm here has it"
            raise UserError(f"{agent} has no {name}; {right}")
        return table

    def must_have(self, agent: str, name: str) -> None:
        """UserError if there is no such firm here, or no firm anywhere has such a number."""
        known(agent, [*self.firms, "stargate"], "firm")
        known(name, self.logged(), "variable of firms")
        if name == "strategy_name":
            raise UserError(f"{name} is a word, not a number: see the config, or the table `agents`")

    @property
    def own(self) -> Mapping[str, OwnOutcome]:
        """The outcomes that its config defines."""
        return {}

    def named(self, name: str) -> Outcome:
        """The outcome of a name, shipped or its config's own, or of an expression. UserError if none."""
        cast: Cast = self.cast
        return outcome_of(name, cast, self.own, self.years[0] - 1)

    def evaluated(self, expression: str) -> pd.DataFrame:
        """The values of an expression, worlds x years. UserError for a name that this record lacks."""
        return table_of(parse(expression), self)  # type: ignore[arg-type]

    def outcome(self, name: str) -> pd.DataFrame:
        """An outcome by name or as an expression, worlds x years. UserError if it has no value here."""
        chosen = self.named(name)
        table = self.evaluated(chosen.text) if chosen.text else self.outcome_or_empty(name)
        if not table.notna().any(axis=None):
            last = f"its time is {chosen.when!r}, and the worlds end in {self.years[-1]}"
            why = last if chosen.when else "the firm that it is about is not there"
            raise UserError(f"the outcome {name} has no value here: {why}")
        return table

    def outcome_or_empty(self, name: str) -> pd.DataFrame:
        """An outcome by name or as an expression; no rows, or no numbers, where this record has none."""
        if name in OUTCOMES:
            return self._shipped(name)
        try:
            return self.evaluated(self.own[name].of if name in self.own else name)
        except UserError:  # it lacks what the expression names, or did not store it
            return pd.DataFrame(columns=self.years, dtype=float)

    def market_variable(self, name: str) -> pd.DataFrame:
        """A variable of the market, worlds x years. UserError if there is none."""
        table = self.market_variable_or_empty(name)
        if table.empty:
            known(name, OF_MARKET, "variable of the market")
        return table

    def has(self, agent: str, name: str) -> bool:
        """Whether a firm has a variable. UserError if no firm anywhere has such a variable."""
        known(name, self.logged(), "variable of firms")
        return not self.variable_or_empty(agent, name).empty

    def _holders(self) -> list[str]:
        return list(dict.fromkeys([*self.firms, *INSTITUTIONS]))
