"""The headline outcomes: the few, fixed in `outcomes.yaml`, that every lever is measured by."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.nodes import shipped_data
from computeshift.experiments.config.own import OwnOutcome
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome, own_outcomes
from computeshift.experiments.results.record import Record
from computeshift.experiments.run.measure import Measure, known_outcome

FILE = Path(__file__).with_name("outcomes.yaml")


class Headline(BaseModel):
    """An outcome in the last year, at its peak over all years or at its own time: one number per world.

    `about` says what it stands for, `short` is its head in a table. `written` is what it is where it does
    not come with the package.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    about: str
    outcome: str
    when: Literal["last", "peak", "own"]
    short: str
    written: OwnOutcome | None = None

    @property
    def unit(self) -> str:
        """The unit of its outcome."""
        return self.written.unit if self.written else OUTCOMES[self.outcome].unit

    @property
    def meaning(self) -> str:
        """The meaning of its outcome."""
        return self.written.meaning if self.written else OUTCOMES[self.outcome].doc

    def of(self, record: Record) -> pd.Series[float]:
        """Its value by world; no rows where this market has none."""
        table = record.outcome_or_empty(self.outcome)
        return table.iloc[:, -1] if self.when == "last" else table.max(axis=1)


@functools.cache
def headlines() -> dict[str, Headline]:
    """The headline outcomes by name, in the order of the file."""
    entries = shipped_data(FILE)
    return {name: Headline(name=name, **entry) for name, entry in entries.items()}


def headlines_of(config: Config, names: Sequence[str]) -> dict[str, Headline]:
    """The headline outcomes, those that the config defines, and those of these names.

    UserError for a name that is no outcome of the config.
    """
    own = list(own_outcomes(config).values()) + [known_outcome(name, config) for name in names]
    return headlines() | {outcome.name: _own(outcome) for outcome in own if outcome.name not in headlines()}


def _own(outcome: Outcome) -> Headline:
    """An outcome in the last year, or at its own time."""
    return Headline(
        name=outcome.name,
        about="asked for",
        outcome=outcome.key,
        when="own" if outcome.when else "last",
        short=outcome.name.replace("_", " "),
        written=OwnOutcome(of=outcome.key, unit=outcome.unit, meaning=outcome.doc),
    )


def measured(known: Mapping[str, Headline]) -> Measure:
    """Measures headline outcomes: one row per world, one column per outcome."""
    return lambda record: pd.DataFrame({name: headline.of(record) for name, headline in known.items()})
