"""A results folder, opened: frames, shares, investments, claims, and the network of what flowed."""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.experiments.config.arguments import several
from computeshift.experiments.results import long, overview
from computeshift.experiments.results import network as networks
from computeshift.experiments.results.claims import evaluate
from computeshift.experiments.results.deals import DEALS
from computeshift.experiments.results.exported import Exported, Glossary
from computeshift.experiments.results.files import short
from computeshift.experiments.results.late import view
from computeshift.experiments.results.levels import DECISIONS
from computeshift.experiments.results.network import World
from computeshift.experiments.results.precision import errors as errors_of
from computeshift.experiments.results.quantiles import QUANTILES, yearly
from computeshift.experiments.results.shares import Basis, investments, shares
from computeshift.experiments.results.stored import StoredRecord

if TYPE_CHECKING:
    import networkx as nx


def open(folder: str | Path) -> Results:
    """Open the results that a run left in a folder. UserError if there are none."""
    return Results(Path(folder).expanduser())


class Results(StoredRecord, Exported):
    """What a run left behind. Frames are read when they are first needed.

    Worlds that break a check of sense are in the frames, and left out of every quantile and claim.
    """

    @functools.cached_property
    def label(self) -> str:
        """What answers call it: its folder, unless it was given a name."""
        return self.folder.resolve().name

    # --- frames ---

    @functools.cached_property
    def design(self) -> pd.DataFrame:
        """One row per world: its uncertain parameters."""
        return self.read("design")

    @functools.cached_property
    def agents(self) -> pd.DataFrame:
        """One row per world, year and firm, one column per variable; empty where a firm has none."""
        return self.read("agents")

    @functools.cached_property
    def market(self) -> pd.DataFrame:
        """One row per world and year."""
        return self.read("market")

    @functools.cached_property
    def flows(self) -> pd.DataFrame:
        """One row per posting: world, year, source, target, kind, amount, unit, measure.

        Amounts of different measures do not add up: see `payments`, `deliveries`, `holdings` and `losses`.
        """
        return self.read("flows")

    @property
    def payments(self) -> pd.DataFrame:
        """The flows that are cash, $ bn: who paid whom for what."""
        return self._measured("payment")

    @property
    def deliveries(self) -> pd.DataFrame:
        """The flows that were supplied: capacity, answers to customers, chips, knowledge."""
        return self._measured("delivery")

    @property
    def holdings(self) -> pd.DataFrame:
        """What is held at each year's end, $ bn at the last mark: the source owns it, of the target."""
        return self._measured("holding")

    @property
    def losses(self) -> pd.DataFrame:
        """What was owed and is not paid, $ bn: leases, and debt written off."""
        return self._measured("loss")

    def _measured(self, measure: str) -> pd.DataFrame:
        return self.read("flows", where=[("measure", "==", measure)])

    @functools.cached_property
    def decisions(self) -> pd.DataFrame:
        """One row per limit of a decision: world, year, firm, decision, limit, amount, unit, bound."""
        return self.read(DECISIONS)

    @functools.cached_property
    def deals(self) -> pd.DataFrame:
        """One row per world, year and deal under which something was ever due: its parties and numbers.

        Numbers are those of the end of the year; in each row `left + paid + cut = signed`, $ bn.
        """
        return self.read(DEALS)

    @property
    def kinds(self) -> pd.DataFrame:
        """A glossary of what flowed here: one row per kind, with its measure, unit and meaning."""
        return long.kinds(self.parts)

    # --- quantiles over worlds ---

    def shares(
        self,
        customer: str | None = None,
        quantiles: Sequence[float] = QUANTILES,
        basis: Basis = "use",
        errors: bool = False,
    ) -> pd.DataFrame:
        """Shares of compute: one row per supplier and year, one column per quantile.

        By use: of the GW the customer used in the year, the part that came through each supplier.
        By ownership: of all GW of AI capacity at the year's end, the part each firm owns (what it
        offers through Stargate is Stargate's); the customer does not matter. Without one it is the
        lab that outcomes mean by OpenAI. With `errors` each quantile has its Monte Carlo error, half its
        95% interval, in a column `error_p50` and so on.
        """
        return shares(self, customer, quantiles, basis, errors)

    def investments(self, quantiles: Sequence[float] = QUANTILES, errors: bool = False) -> pd.DataFrame:
        """Equity paid, $ bn: one row per investor, target and year, one column per quantile.

        With `errors` each quantile has its Monte Carlo error.
        """
        return investments(self, quantiles, errors)

    def firm(
        self,
        agent: str,
        variables: Sequence[str],
        quantiles: Sequence[float] = QUANTILES,
        errors: bool = False,
    ) -> pd.DataFrame:
        """Variables of one firm: one row per variable and year, one column per quantile.

        With `errors` each quantile has its Monte Carlo error. UserError if there is no such firm, or it has
        no such variable.
        """
        names = several(variables, "variables", '["cash", "debt"]')
        for name in names:
            self.must_have(agent, name)
        tables = self.variables_of(agent, names)
        for name, table in tables.items():
            if table.empty:
                self.variable(agent, name)  # says what is wrong
        named = (((name,), table) for name, table in tables.items())
        return yearly(named, ["variable"], quantiles, errors)

    def precision(self, outcomes: Sequence[str], quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
        """How precisely its worlds measure outcomes: one row per outcome and year.

        Each quantile has its Monte Carlo error, half its 95% interval (`error_p50`, ...), in the outcome's
        unit; `part` is that of the median over the band from P10 to P90. Four times the worlds halve it.
        UserError for what is no outcome here.
        """
        names = several(outcomes, "outcomes", '["stargate_share"]')
        tables = {name: errors_of(self.outcome(name), quantiles) for name in names}
        return pd.concat(tables, names=["outcome", "year"]).reset_index()

    def claims(self) -> pd.DataFrame:
        """How often each claim holds, with its 95% interval; empty where it can't be decided."""
        return evaluate(self)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Quantiles over worlds of `shares`, `investments`, `lab`, `deals` and `outcomes`; and `claims`.

        `lab` has the variables of the lab that outcomes are about. A summary has no `deals`.
        """
        return overview.tables_of(self)

    def about(self) -> Glossary:
        """Unit and meaning of the columns of these tables."""
        return overview.ABOUT

    # --- networks ---

    def network(self, year: int, world: World = 0) -> nx.MultiDiGraph[str]:
        """What flowed in a year: one edge per kind of flow, with `amount` (also `weight`) and `unit`.

        `world` is a world's number (anything with `__index__`), what it is, such as `"typical"` or
        `"highest stargate_share"` (the graph's `picked` says why it is the one), or a quantile, `"median"`,
        `"p90"` or 0.9: then each edge carries that quantile over all worlds. Nodes carry `label` and
        `kind`. An edge that deals bind has their names in `deals`, and in `left` and `due` what they still
        owe and what fell due in the year, $ bn; a deal under which nothing flows yet has an edge without
        amount. UserError for a year or world that is not there.
        """
        return networks.network(self, year, world)

    def flow_matrix(self, year: int, world: World = 0) -> pd.DataFrame:
        """Payments of a year, $ bn: payers by receivers."""
        return networks.flow_matrix(self, year, world)

    def write_graphml(self, path: str | Path, year: int, world: World = 0, force: bool = False) -> Path:
        """Write a year's network as FILE.graphml, for Gephi and others: each edge has its own id.

        Each kind of flow has an attribute of its own, such as `capacity, GW`, beside `amount` and `weight`.
        UserError if it can't be written, or if another file than such a network stands there; `force`
        writes over it.
        """
        return networks.write_graphml(self, path, year, world, force)

    # --- the run ---

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Blocks that failed: first world, number of worlds, what was raised and where."""
        return [block.model_dump() for block in self.manifest.failed]

    def with_name(self, name: str) -> Results:
        """The same results under another name, with a memory of their own."""
        other = copy.copy(self)
        other.manifest = self.manifest.model_copy(update={"name": name})
        other.label = name
        other._memory = {}
        return other

    def __repr__(self) -> str:
        about = self.manifest
        run = f"{about.name}: {self.worlds} worlds, seed {about.seed}, {about.status}"
        return f"<Results of {run}, in {short(self.folder)}>"

    def _repr_html_(self) -> str:
        page_part: str = view("summary").page_part(self)
        return page_part
