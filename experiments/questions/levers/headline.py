"""The headline outcomes: the few, fixed in `outcomes.yaml`, that every lever is measured by."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.record import Record

FILE = Path(__file__).with_name("outcomes.yaml")


class Headline(BaseModel):
    """An outcome in the last year, or at its peak over all years: one number per world.

    `about` says what it stands for, `short` is its head in a table.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    about: str
    outcome: str
    when: Literal["last", "peak"]
    short: str

    @property
    def unit(self) -> str:
        """The unit of its outcome."""
        return OUTCOMES[self.outcome].unit

    @property
    def meaning(self) -> str:
        """The meaning of its outcome."""
        return OUTCOMES[self.outcome].doc

    def of(self, record: Record) -> pd.Series[float]:
        """Its value by world; no rows where this market has none."""
        table = record.outcome_or_empty(self.outcome)
        return table.max(axis=1) if self.when == "peak" else table.iloc[:, -1]


@functools.cache
def headlines() -> dict[str, Headline]:
    """The headline outcomes by name, in the order of the file."""
    entries = YAML(typ="safe").load(FILE)
    return {name: Headline(name=name, **entry) for name, entry in entries.items()}


def measured(record: Record) -> pd.DataFrame:
    """Every headline outcome: one row per world, one column per outcome."""
    return pd.DataFrame({name: headline.of(record) for name, headline in headlines().items()})
