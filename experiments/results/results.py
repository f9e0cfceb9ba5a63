"""A results folder, opened: frames, shares, investments, claims, and the network of what flowed."""

from __future__ import annotations

import copy
import functools
import operator
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from computeshift.agents.kinds import variables
from computeshift.experiments.config.arguments import chosen_world, chosen_year, known, several
from computeshift.experiments.config.cast import LAB, Cast
from computeshift.experiments.config.changes import Change
from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.excluded import Reasons, none_left, reason_of, worlds_of
from computeshift.experiments.results.files import NETWORK, short, writable
from computeshift.experiments.results.late import view
from computeshift.experiments.results.levels import (
    DECISIONS,
    FLOWS,
    OUTCOMES_TABLE,
    flow_column,
    variable_column,
)
from computeshift.experiments.results.lookup import Lookup
from computeshift.experiments.results.manifest import MANIFEST, Manifest, read_manifest
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.quantiles import QUANTILES, percentile, yearly
from computeshift.experiments.results.reader import Parts, Slab, Where

World = int | float | str
"""A world's number (anything with `__index__`), or a quantile: "median", "p10", or a float such as 0.1."""


def open(folder: str | Path) -> Results:
    """Open the results that a run left in a folder. UserError if there are none."""
    return Results(Path(folder).expanduser())


class Results(Lookup):
    """What a run left behind. Frames are read when they are first asked for.

    Worlds that break a check of sense are in the frames, and left out of every quantile and claim.
    """

    def __init__(self, folder: Path) -> None:
        manifest = read_manifest(folder)
        if manifest is None:
            raise UserError(f"{folder} is no results folder: it has no {MANIFEST}")
        self.folder = folder.resolve()  # the same after os.chdir, or where a link is led elsewhere
        self.manifest: Manifest = manifest
        self.parts = Parts(self.folder, manifest)
        if not self.parts.blocks:
            raise UserError(f"{folder} has no worlds (the run's status: {manifest.status})")

    # --- frames ---

    @functools.cached_property
    def design(self) -> pd.DataFrame:
        """A row a world: its uncertain parameters."""
        return self.read("design")

    @functools.cached_property
    def agents(self) -> pd.DataFrame:
        """A row a world, year and firm, a column a variable, empty where a firm has none."""
        return self.read("agents")

    @functools.cached_property
    def market(self) -> pd.DataFrame:
        """A row a world and year."""
        return self.read("market")

    @functools.cached_property
    def flows(self) -> pd.DataFrame:
        """A row a flow: world, year, source, target, kind, amount, unit."""
        return self.read("flows")

    @functools.cached_property
    def decisions(self) -> pd.DataFrame:
        """A row a limit of a decision: world, year, firm, decision, limit, amount, unit, bound."""
        return self.read(DECISIONS)

    def read(self, table: str, columns: Sequence[str] | None = None, where: Where = ()) -> pd.DataFrame:
        """Columns of a table where conditions hold, such as `("year", "==", 2030)`, in worlds' order.

        UserError if the run did not keep the table, or its files are gone or broken.
        """
        return self.parts.read(table, columns, where)

    def columns(self, table: str) -> pd.DataFrame:
        """The columns of a table with their units and meanings."""
        about = [(f.name, *(_about(f, key) for key in ("unit", "doc"))) for f in self.parts.schema(table)]
        return pd.DataFrame(about, columns=["column", "unit", "meaning"]).set_index("column")

    @property
    def worlds(self) -> int:
        """How many worlds are in the folder."""
        return len(self.parts.worlds)

    @functools.cached_property
    def reasons(self) -> Reasons:
        """Why worlds are left out: those that break a check of sense, by the first that they break."""
        return self.manifest.left_out

    @property
    def left_out(self) -> list[int]:
        """Worlds that break a check of sense: no quantile and no claim counts them."""
        return worlds_of(self.reasons)

    @property
    def sound(self) -> int:
        """How many worlds count: those in the folder that are not left out."""
        return self.worlds - len(self.left_out)

    def must_have_worlds(self) -> None:
        """UserError if every world is left out: then there is nothing to ask."""
        if not self.sound:
            raise UserError(f"{self.manifest.name}: {none_left(self.worlds, self.reasons)} ({self.folder})")

    def must_count(self, world: int) -> None:
        """UserError if there is no such world, or if it is left out: then with the reason."""
        numbers = self.parts.worlds
        if world not in numbers:
            raise UserError(f"there is no world {world}: use {numbers[0]} to {numbers[-1]}")
        if reason := reason_of(world, self.reasons):
            raise UserError(f"world {world} is left out: {reason}")

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Blocks that failed: first world, number of worlds, what was raised and where."""
        return [block.model_dump() for block in self.manifest.failed]

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
        """Which firm is meant where outcomes, claims and facts name one."""
        return self.config.cast

    @property
    def config(self) -> Config:
        """The config that was run."""
        return self.manifest.config

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is changed on the scenario that the config is named after."""
        return self.config.changes

    def ties(self) -> list[tuple[str, str, str]]:
        """Source, target and kind of everything that ever flowed, in order of first flow."""
        rows = self._first_flows[["source", "target", "kind"]].drop_duplicates()
        return list(rows.itertuples(index=False, name=None))

    def units(self) -> dict[str, str]:
        """The unit of every kind of flow that there was."""
        rows = self._first_flows[["kind", "unit"]].drop_duplicates()
        return dict(rows.itertuples(index=False, name=None))

    def logged(self) -> dict[str, tuple[str, str]]:
        """What firms log: unit and meaning by name, of kinds that are not known here too."""
        return variables() | self._logged

    def with_name(self, name: str) -> Results:
        """The same results under another name, with a memory of their own."""
        other = copy.copy(self)
        other.manifest = self.manifest.model_copy(update={"name": name})
        other._memory = {}
        return other

    # --- one variable, a row a world and a column a year ---

    def flow_or_zero(self, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
        """What flowed, worlds x years; zero too where this market has no such holder."""
        along = [
            slab for (s, t), slab in self._along(kind).items() if source in (None, s) and target in (None, t)
        ]
        return self._table(sum(along, np.zeros((self.worlds, len(self.years)))))

    def variable_or_empty(self, agent: str, name: str) -> pd.DataFrame:
        """A firm's variable, worlds x years; no rows where this market or this firm has none."""
        return self._variables(agent, [name])[name]

    def _variables(self, agent: str, names: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Several of a firm's variables, read at once."""
        if "agents" in self.parts.tables:
            return self._placed("agents", {name: name for name in names}, ("agent", agent))
        for name in names:
            known = name in self.logged() and agent in (*self.firms, "stargate")
            if known and not self.keeps(agent, name):
                raise UserError(f'{self.folder} has no {agent}.{name}: run it with `keep="agents"`')
        columns = {variable_column(self.cast, agent, name): name for name in names}
        return self._placed(OUTCOMES_TABLE, columns)

    def keeps(self, agent: str, name: str) -> bool:
        """Whether a firm's variable was stored: a summary has few of them."""
        if "agents" in self.parts.tables:
            return True
        return variable_column(self.cast, agent, name) in self.parts.numbers[OUTCOMES_TABLE]

    def market_variable_or_empty(self, name: str) -> pd.DataFrame:
        """A variable of the market, worlds x years; no rows where there is none of that name."""
        return self._placed("market", {name: name})[name]

    def outcome_or_empty(self, name: str) -> pd.DataFrame:
        """A named outcome, worlds x years; no rows, or no numbers, where this market has none."""
        if OUTCOMES_TABLE in self.parts.tables:
            return self._placed(OUTCOMES_TABLE, {name: name})[name]
        return OUTCOMES[name].of(self)

    # --- answers ---

    def shares(
        self,
        customer: str | None = None,
        quantiles: Sequence[float] = QUANTILES,
        basis: Literal["use", "ownership"] = "use",
    ) -> pd.DataFrame:
        """Shares of compute: a row a supplier and year, a column a quantile.

        By use: of the GW the customer used in the year, the part that came through each supplier.
        By ownership: of all GW of AI capacity at the year's end, the part each firm owns (what it
        offers through Stargate is Stargate's); the customer does not matter. Without one it is the
        lab that outcomes mean by OpenAI.
        """
        known(basis, ("use", "ownership"), "basis of shares")
        customer = known(self.cast.firm(LAB) if customer is None else customer, self.firms, "firm")
        if basis == "ownership":
            owners = [*self.firms, "stargate"]
            owned = {owner: self.variable_or_empty(owner, "gw") for owner in owners}
            gw = {owner: table for owner, table in owned.items() if not table.empty}
        else:
            gw = {s: self._table(slab) for (s, t), slab in self._along("capacity").items() if t == customer}
        if not gw:
            raise UserError(f"nobody supplied {customer} with capacity in {self.folder}")
        whole: pd.DataFrame = functools.reduce(operator.add, gw.values())
        shares: dict[tuple[str, ...], pd.DataFrame] = {
            (firm,): table / whole.where(whole > 0) for firm, table in gw.items()
        }
        return yearly(shares, ["supplier"], quantiles)

    def investments(self, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
        """Equity paid, $ bn: a row an investor, target and year, a column a quantile."""
        paid: dict[tuple[str, ...], pd.DataFrame] = {
            tie: self._table(slab) for tie, slab in self._along("equity").items()
        }
        table = yearly(paid, ["investor", "target"], quantiles)
        names = [percentile(q) for q in quantiles]
        ever = table.groupby(["investor", "target"])[names].transform("max")
        return table[ever.max(axis=1) > 0].reset_index(drop=True)

    def firm(
        self, agent: str, variables: Sequence[str], quantiles: Sequence[float] = QUANTILES
    ) -> pd.DataFrame:
        """Variables of one firm: one row per variable and year, one column per quantile.

        UserError if there is no such firm, or it has no such variable.
        """
        named = several(variables, "variables", '["cash", "debt"]')
        for name in named:
            self.must_have(agent, name)
        tables = self._variables(agent, named)
        for name, table in tables.items():
            if table.empty:
                self.variable(agent, name)  # says what is wrong
        return yearly({(name,): table for name, table in tables.items()}, ["variable"], quantiles)

    def claims(self) -> pd.DataFrame:
        """How often each claim holds, with its 95% interval; empty where it can't be decided."""
        from computeshift.experiments.results.claims import evaluate

        return evaluate(self)

    # --- networks ---

    def network(self, year: int, world: World = 0) -> nx.MultiDiGraph[str]:
        """What flowed in a year: an edge a kind of flow, with `amount` (also `weight`) and `unit`.

        `world` is a world's number (anything with `__index__`), or a quantile, `"median"`, `"p90"` or 0.9:
        then each edge carries that quantile over all worlds. Nodes carry `label` and `kind`. UserError for
        a year or world that is not there.
        """
        year = chosen_year(year, self.years)
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(year=year, world=str(world), config=self.manifest.name)
        rows = self._edges(year, world)
        for name in dict.fromkeys([*self.firms, *rows["source"], *rows["target"]]):
            graph.add_node(name, label=name, kind=self.firms.get(name, "institution"))
        for source, target, kind, unit, amount in rows.itertuples(index=False):
            told = {"kind": kind, "label": f"{kind}, {unit}", "unit": unit}
            graph.add_edge(source, target, key=kind, amount=amount, weight=amount, **told)
        return graph

    def flow_matrix(self, year: int, world: World = 0) -> pd.DataFrame:
        """Who paid whom in a year, $ bn: payers by receivers."""
        rows = self._edges(year, world)
        money = rows[rows["unit"] == "$ bn"]
        holders = sorted({*money["source"], *money["target"]})
        paid = money.pivot_table(index="source", columns="target", values="amount", aggfunc="sum")
        paid = paid.reindex(index=holders, columns=holders, fill_value=0.0).fillna(0.0)
        return paid.rename_axis(index="payer", columns="receiver")

    def write_graphml(self, path: str | Path, year: int, world: World = 0, force: bool = False) -> Path:
        """Write a year's network as FILE.graphml, for Gephi and others: each edge has its own id.

        UserError if it can't be written, or if another file than such a network stands there; `force`
        writes over it.
        """
        to = writable(path, NETWORK, force)
        graph = self.network(year, world)
        graph.graph["generator"] = to.mark.strip("<>")
        for source, target, kind, edge in graph.edges(keys=True, data=True):
            edge["id"] = f"{source}-{kind}-{target}"
        return to.write(lambda file: nx.write_graphml(graph, file, edge_id_from_attribute="id"))

    def _edges(self, year: int, world: World) -> pd.DataFrame:
        """Source, target, kind, unit and amount of every flow but zeros."""
        year = chosen_year(year, self.years)
        chosen = chosen_world(world, self.parts.worlds)
        one = isinstance(chosen, int)
        table = self._edges_of_one(year, int(chosen)) if one else self._edges_of_all(year, chosen)
        return table[table["amount"] != 0].reset_index(drop=True)

    def _edges_of_one(self, year: int, world: int) -> pd.DataFrame:
        by = ["source", "target", "kind", "unit"]
        rows = self.read("flows", where=[("world", "==", world), ("year", "==", year)])
        summed = rows.groupby(by, observed=True, sort=False)["amount"].sum()
        return summed.reset_index().astype(dict.fromkeys(by, "str"))

    def _edges_of_all(self, year: int, quantile: float) -> pd.DataFrame:
        at = self.years.index(year)
        rows = [
            (*tie, kind, unit, np.quantile(slab[self._sound, at], quantile))
            for kind, unit in self.units().items()
            for tie, slab in self._along(kind).items()
        ]
        return pd.DataFrame(rows, columns=["source", "target", "kind", "unit", "amount"])

    # --- what is read once ---

    @functools.cached_property
    def _logged(self) -> dict[str, tuple[str, str]]:
        """What the firms of this folder logged, unit and meaning by name; nothing where it was not kept."""
        if "agents" not in self.parts.tables:
            return {}
        own = self.columns("agents").drop(["world", "year", "agent"])
        return {str(name): (about["unit"], about["meaning"]) for name, about in own.iterrows()}

    @functools.cached_property
    def _first_flows(self) -> pd.DataFrame:
        """What flowed in the first world, without amounts; of a summary, what it keeps."""
        if "flows" in self.parts.tables:
            where = [("world", "==", int(self.parts.worlds[0]))]
            return self.read("flows", ["source", "target", "kind", "unit"], where).astype("str")
        names = [name.split(" ") for name in self.parts.numbers[OUTCOMES_TABLE] if " " in name]
        rows = [(s, t, kind, "$ bn" if kind == "equity" else "GW") for kind, s, t in names]
        return pd.DataFrame(rows, columns=["source", "target", "kind", "unit"])

    @functools.cached_property
    def _sound(self) -> npt.NDArray[np.bool_]:
        return ~np.isin(self.parts.worlds, self.left_out)

    def _along(self, kind: str) -> dict[tuple[str, str], Slab]:
        """What flowed of a kind along each tie, every world."""
        if "flows" in self.parts.tables or kind not in FLOWS:
            return self.parts.flows(kind)
        ties = [(s, t) for s, t, of in self.ties() if of == kind]
        columns = [flow_column(kind, *tie) for tie in ties]
        return dict(zip(ties, self.parts.placed(OUTCOMES_TABLE, columns), strict=True))

    def _placed(
        self, table: str, names: Mapping[str, str], where: tuple[str, str] | None = None
    ) -> dict[str, pd.DataFrame]:
        """Columns of a table under names of their own; no rows where there are none of that name."""
        known = [column for column in names if column in self.parts.numbers[table]]
        slabs = self.parts.placed(table, known, where) if known else []
        nothing = pd.DataFrame(columns=self.years, dtype=float)
        found = dict.fromkeys(names.values(), nothing)
        for column, slab in zip(known, slabs, strict=True):
            found[names[column]] = nothing if np.isnan(slab).all() else self._table(slab)
        return found

    def _table(self, slab: Slab) -> pd.DataFrame:
        """Worlds x years, those that are not left out."""
        index = pd.Index(self.parts.worlds[self._sound], name="world")
        return pd.DataFrame(slab[self._sound], index=index, columns=pd.Index(self.years, name="year"))

    # --- how it looks ---

    def __repr__(self) -> str:
        about = self.manifest
        run = f"{about.name}: {self.worlds} worlds, seed {about.seed}, {about.status}"
        return f"<Results of {run}, in {short(self.folder)}>"

    def _repr_html_(self) -> str:
        page_part: str = view("summary").page_part(self)
        return page_part


def _about(column: pa.Field, key: str) -> str:
    about: dict[bytes, bytes] = column.metadata or {}
    return about.get(key.encode(), b"").decode()
