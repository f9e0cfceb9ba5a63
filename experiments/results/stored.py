"""A results folder as a record: tables of worlds by years, read off its files when they are first needed."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.changes import Change
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.own import OwnOutcome
from computeshift.experiments.errors import UserError
from computeshift.experiments.results import long
from computeshift.experiments.results.deals import DEALS, LoggedDeal, deal_column, deals_of
from computeshift.experiments.results.excluded import Excluded, Reasons
from computeshift.experiments.results.extract import Extract
from computeshift.experiments.results.late import counterparts
from computeshift.experiments.results.levels import (
    OUTCOMES_TABLE,
    counterpart_column,
    own_columns,
    variable_column,
)
from computeshift.experiments.results.lookup import Lookup
from computeshift.experiments.results.manifest import MANIFEST, Manifest, read_manifest
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.reader import Parts, Slab, Where


class StoredRecord(Lookup):
    """A `Record` on disk. Worlds that break a check of sense are in its files and in none of its tables.

    What the run that made it handed over, its `extract` and `manifest`, is not read from the files again.
    """

    def __init__(
        self, folder: Path, extract: Extract | None = None, manifest: Manifest | None = None
    ) -> None:
        manifest = manifest or read_manifest(folder)
        if manifest is None:
            raise UserError(f"{folder} is no results folder: it has no {MANIFEST}")
        self.folder = folder.resolve()  # the same after os.chdir, or where a link is led elsewhere
        self.manifest: Manifest = manifest
        self.extract = extract or Extract()
        self.parts = Parts(self.folder, manifest)
        if not self.parts.blocks:
            raise UserError(f"{folder} has no worlds (the run's status: {manifest.status})")

    # --- what was run ---

    @property
    def years(self) -> list[int]:
        """The years that were simulated."""
        return list(self.parts.years)

    @property
    def firms(self) -> dict[str, str]:
        """The firms by name, each with its kind."""
        return dict(self.cast.firms)

    @functools.cached_property
    def cast(self) -> Cast:
        """Which firm stands for one that outcomes, claims and facts name."""
        return self.config.cast

    @property
    def config(self) -> Config:
        """The config that was run."""
        return self.manifest.config

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is changed on the scenario that the config is named after."""
        return self.config.changes

    # --- which worlds there are ---

    @property
    def worlds(self) -> int:
        """How many worlds are in the folder."""
        return len(self.parts.worlds)

    @functools.cached_property
    def excluded(self) -> Excluded:
        """Which worlds count, and why others do not."""
        return Excluded(self.parts.worlds, self.manifest.left_out)

    @property
    def reasons(self) -> Reasons:
        """Why worlds are left out: those that break a check of sense, by the first that they break."""
        return self.excluded.reasons

    @property
    def left_out(self) -> list[int]:
        """Worlds that break a check of sense: no quantile and no claim counts them."""
        return self.excluded.worlds

    @property
    def sound(self) -> int:
        """How many worlds count: those in the folder that are not left out."""
        return self.excluded.sound

    def must_have_worlds(self) -> None:
        """UserError if every world is left out: then no question has an answer."""
        self.excluded.must_leave_some(self.manifest.name, f" ({self.folder})")

    # --- tables ---

    def read(self, table: str, columns: Sequence[str] | None = None, where: Where = ()) -> pd.DataFrame:
        """Columns of a table where conditions hold, such as `("year", "==", 2030)`, in worlds' order.

        UserError if the run did not store the table, or its files are gone or broken.
        """
        read = long.view if table in long.COLUMNS else Parts.read
        return read(self.parts, table, columns, where)

    def columns(self, table: str) -> pd.DataFrame:
        """The columns of a table with their units and meanings."""
        if table in long.COLUMNS:
            about = long.columns_of(self.parts, table)
        else:
            stored = self.parts.about(table).items()
            about = {name: (of["unit"], of["meaning"]) for name, of in stored}
        return pd.DataFrame.from_dict(about, "index", columns=["unit", "meaning"]).rename_axis("column")

    def flow_or_zero(self, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
        """What flowed, worlds x years; zero too where this market has no such holder."""
        along = [
            slab for (s, t), slab in self.ties_of(kind).items() if source in (None, s) and target in (None, t)
        ]
        return self.table(sum(along, np.zeros((self.worlds, len(self.years)))))

    def variable_or_empty(self, agent: str, name: str) -> pd.DataFrame:
        """A firm's variable, worlds x years; no rows where this market or this firm has none."""
        return self.variables_of(agent, [name])[name]

    def variables_of(self, agent: str, names: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Several of a firm's variables, read at once."""
        if all((agent, name) in self.extract.variables for name in names):
            return {name: self._numbers(self.extract.variables[agent, name]) for name in names}
        if "agents" in self.parts.tables:
            return self._columns("agents", {f"{agent}.{name}": name for name in names})
        for name in names:
            known = name in self.logged() and agent in (*self.firms, "stargate")
            if known and not self.keeps(agent, name):
                raise UserError(f'{self.folder} has no {agent}.{name}: run it with `keep="agents"`')
        columns = {variable_column(self.cast, agent, name): name for name in names}
        return self._columns(OUTCOMES_TABLE, columns)

    def several(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], pd.DataFrame]:
        """Variables of firms, by firm and name, read at once; no rows for what is not there or not stored."""
        own = {f"{agent}.{name}": f"{agent}.{name}" for agent, name in wanted}
        tables = self._columns("agents", own)
        return {(agent, name): tables[f"{agent}.{name}"] for agent, name in wanted}

    def keeps(self, agent: str, name: str) -> bool:
        """Whether a firm's variable was stored: a summary has few of them."""
        if "agents" in self.parts.tables:
            return True
        return variable_column(self.cast, agent, name) in self.parts.numbers(OUTCOMES_TABLE)

    def market_variable_or_empty(self, name: str) -> pd.DataFrame:
        """A variable of the market, worlds x years; no rows where there is none of that name."""
        return self._columns("market", {name: name})[name]

    def counterpart_or_empty(self, name: str) -> pd.DataFrame:
        """A variable of the market of the same worlds without the firm that claims want gone.

        As the run stored it, or else simulated now; remembered as long as this record lives.
        """
        if (column := counterpart_column(name)) in self.parts.numbers("market"):
            return self._columns("market", {column: name})[name]
        slab = self.remember(counterparts).get(name)
        return pd.DataFrame(columns=self.years, dtype=float) if slab is None else self.table(slab.T)

    @property
    def own(self) -> Mapping[str, OwnOutcome]:
        """The outcomes that its config defines."""
        return self.config.outcomes

    def evaluated(self, expression: str) -> pd.DataFrame:
        """The values of an expression, worlds x years. UserError for a name that this folder lacks."""
        column = own_columns(self.config).get(expression)
        if column is not None and column.name in self.parts.numbers(OUTCOMES_TABLE):
            return self._columns(OUTCOMES_TABLE, {column.name: column.name})[column.name]
        return super().evaluated(expression)

    def _shipped(self, name: str) -> pd.DataFrame:
        if OUTCOMES_TABLE in self.parts.tables:
            return self._columns(OUTCOMES_TABLE, {name: name})[name]
        return OUTCOMES[name].of(self)

    def ties_of(self, kind: str) -> dict[tuple[str, str], Slab]:
        """What flowed of a kind along each tie, in every world."""
        if kind in self.extract.flows:
            return self.extract.flows[kind]
        return self.parts.flows(kind)

    def table(self, slab: Slab) -> pd.DataFrame:
        """A slab as a table of worlds by years, without the worlds that are left out."""
        counts = self.excluded.counts
        index = pd.Index(self.parts.worlds[counts], name="world")
        return pd.DataFrame(slab[counts], index=index, columns=pd.Index(self.years, name="year"))

    def ties(self) -> list[tuple[str, str, str]]:
        """Source, target and kind of everything that ever flowed, in order of first flow."""
        postings = self.parts.postings(self.parts.holds_flows).values()
        return list(dict.fromkeys((of["source"], of["target"], of["kind"]) for of in postings))

    def units(self) -> dict[str, str]:
        """The unit of every kind of flow that there was."""
        return {of["kind"]: of["unit"] for of in self.parts.postings(self.parts.holds_flows).values()}

    def deals_or_none(self) -> list[LoggedDeal]:
        """Every deal under which something was ever due; none where the run did not store them."""
        return deals_of(self.parts.about(DEALS).values()) if DEALS in self.parts.tables else []

    def deal_or_zero(self, name: str, number: str) -> pd.DataFrame:
        """A number of a deal, worlds x years; zero where nothing was due.

        UserError if the run did not store deals.
        """
        (table,) = self.deal_numbers(name, [number])
        return table

    def deal_numbers(self, name: str, numbers: Sequence[str]) -> list[pd.DataFrame]:
        """Several numbers of a deal, read at once."""
        slabs = self.parts.slabs(DEALS, [deal_column(name, number) for number in numbers])
        return [self.table(np.nan_to_num(slab)) for slab in slabs]

    def logged(self) -> dict[str, tuple[str, str]]:
        """What firms log: unit and meaning by name, of kinds that are not known here too."""
        return long.logged(self.parts)

    def _columns(self, table: str, names: Mapping[str, str]) -> dict[str, pd.DataFrame]:
        """Columns of a table, under the names in `names`; no rows where there is no such column."""
        known = [column for column in names if column in self.parts.numbers(table)]
        slabs = self.parts.slabs(table, known) if known else []
        tables = dict.fromkeys(names.values(), self._nothing())
        for column, slab in zip(known, slabs, strict=True):
            tables[names[column]] = self._numbers(slab)
        return tables

    def _numbers(self, slab: Slab) -> pd.DataFrame:
        """A slab as a table; no rows where it has no number."""
        return self._nothing() if np.isnan(slab).all() else self.table(slab)

    def _nothing(self) -> pd.DataFrame:
        return pd.DataFrame(columns=self.years, dtype=float)
