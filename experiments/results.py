"""A results folder, opened: frames, shares, investments, claims, and the network of what flowed."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from computeshift.experiments.problems import UserError
from computeshift.experiments.store import LOG, MANIFEST, TABLES, is_ours

QUANTILES = (0.1, 0.5, 0.9)
World = int | float | Literal["median"]


def open(folder: str | Path) -> Results:
    """Open the results that a run left in a folder. UserError if there are none."""
    return Results(Path(folder).expanduser())


def percentile(quantile: float) -> str:
    """The column name of a quantile.

    >>> percentile(0.1), percentile(0.025)
    ('p10', 'p2.5')
    """
    return f"p{quantile * 100:g}"


class Results:
    """What a run left behind. Frames are read when they are first asked for.

    Worlds whose numbers are not finite are in the frames, and left out of every quantile and claim.
    """

    def __init__(self, folder: Path) -> None:
        if not is_ours(folder):
            raise UserError(f"{folder} is no results folder: it has no {MANIFEST} of ours")
        self.folder = folder
        self.manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        missing = [name for name in TABLES if not (folder / f"{name}.parquet").is_file()]
        if missing:
            status = self.manifest["status"]
            raise UserError(f"{folder} has no {', '.join(missing)} (the run's status: {status})")

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
        """A row a limit of a decision: world, year, firm, decision, limit, amount, unit, bound.

        UserError if the run is older than this table.
        """
        if not (self.folder / f"{LOG}.parquet").is_file():
            raise UserError(
                f"{self.folder} has no {LOG}: it was written before they were logged; run it again"
            )
        return self.read(LOG)

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        where: Sequence[tuple[Any, ...]] = (),
    ) -> pd.DataFrame:
        """Columns of a table where conditions hold, such as `("year", "==", 2030)`."""
        path = self.folder / f"{table}.parquet"
        chosen = None if columns is None else list(columns)
        with _broken(path):
            read = pq.read_table(path, columns=chosen, filters=list(where) or None)
        frame: pd.DataFrame = read.to_pandas()
        return frame

    def columns(self, table: str) -> pd.DataFrame:
        """The columns of a table with their units and meanings."""
        schema = self._schema(f"{table}.parquet")
        about = [(f.name, *(_about(f, key) for key in ("unit", "doc"))) for f in schema]
        return pd.DataFrame(about, columns=["column", "unit", "meaning"]).set_index("column")

    @property
    def worlds(self) -> int:
        """How many worlds are in the folder."""
        return int(self.manifest["worlds_done"])

    @property
    def firms(self) -> dict[str, str]:
        """The firms by name, each with its kind."""
        firms = self.manifest["config"]["firms"]
        return {name: str(firm["kind"]) for name, firm in firms.items()}

    def ties(self) -> list[tuple[str, str, str]]:
        """Source, target and kind of everything that ever flowed, in order of first flow."""
        first = self.read(
            "flows", ["world", "source", "target", "kind"], [("world", "==", self._first_world)]
        )
        rows = first[["source", "target", "kind"]].drop_duplicates().astype("str")
        return list(rows.itertuples(index=False, name=None))

    def units(self) -> dict[str, str]:
        """The unit of every kind of flow that there was."""
        first = self.read("flows", ["world", "kind", "unit"], [("world", "==", self._first_world)])
        rows = first[["kind", "unit"]].drop_duplicates().astype("str")
        return dict(rows.itertuples(index=False, name=None))

    @property
    def years(self) -> list[int]:
        """The years that were simulated."""
        return [int(year) for year in self._finite_market["year"].unique()]

    # --- one variable, a row a world and a column a year ---

    def flow(self, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
        """What flowed, worlds x years; who is not named is summed over. Zero if nothing flowed.

        Summed in the order of posting, as the market itself would: to the last bit.
        """
        flows = self._flows_of(kind)
        for column, name in (("source", source), ("target", target)):
            if name is not None:
                flows = flows[flows[column] == name]
        worlds = pd.Index(self._finite_market["world"].unique(), name="world")
        years = pd.Index(self.years, name="year")
        rows = worlds.get_indexer(pd.Index(flows["world"]))
        cells = rows * len(years) + years.get_indexer(pd.Index(flows["year"]))
        summed = np.bincount(cells, weights=flows["amount"], minlength=len(worlds) * len(years))
        return pd.DataFrame(summed.reshape(len(worlds), len(years)), index=worlds, columns=years)

    def variable(self, agent: str, name: str) -> pd.DataFrame:
        """A firm's variable, worlds x years; empty if there is no such firm or variable."""
        if name not in self._schema_names:
            return pd.DataFrame(columns=self.years, dtype=float)
        where = [("agent", "==", agent)]
        rows = self._without_broken(self.read("agents", ["world", "year", name], where))
        return rows.pivot(index="world", columns="year", values=name).reindex(columns=self.years)

    def market_variable(self, name: str) -> pd.DataFrame:
        """A variable of the market, worlds x years; no rows if there is none of that name."""
        if name not in self.market.columns:
            return pd.DataFrame(columns=self.years, dtype=float)
        return self._finite_market.pivot(index="world", columns="year", values=name)

    def has(self, agent: str, name: str) -> bool:
        """Whether a firm has a variable."""
        return bool(self.variable(agent, name).notna().any(axis=None))

    # --- answers ---

    def shares(
        self,
        customer: str = "openai",
        quantiles: Sequence[float] = QUANTILES,
        basis: Literal["use", "ownership"] = "use",
    ) -> pd.DataFrame:
        """Shares of compute: a row a supplier and year, a column a quantile.

        By use: of the GW the customer used in the year, the part that came through each supplier.
        By ownership: of all GW of AI capacity at the year's end, the part each firm owns (what it
        offers through Stargate is Stargate's); the customer does not matter.
        """
        if basis == "ownership":
            gw = self._without_broken(self.read("agents", ["world", "year", "agent", "gw"]))
            gw = gw.dropna(subset="gw").rename(columns={"agent": "supplier", "gw": "amount"})
        else:
            flows = self._flows_of("capacity")
            gw = flows[flows["target"] == customer].rename(columns={"source": "supplier"})
        if gw.empty:
            raise UserError(f"nobody supplied {customer!r} with capacity in {self.folder}")
        total = gw.groupby(["world", "year"])["amount"].transform("sum")
        gw = gw.assign(share=gw["amount"] / total.where(total > 0))
        return spread(gw, ["supplier", "year"], "share", quantiles)

    def investments(self, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
        """Equity paid, $ bn: a row an investor, target and year, a column a quantile."""
        equity = self._flows_of("equity").rename(columns={"source": "investor"})
        by = ["investor", "target", "year"]
        paid = equity.groupby(["world", *by], observed=True, sort=False)["amount"].sum()
        table = spread(paid.reset_index(), by, "amount", quantiles)
        names = [percentile(q) for q in quantiles]
        ever = table.groupby(["investor", "target"], observed=True)[names].transform("max")
        return table[ever.max(axis=1) > 0].reset_index(drop=True)

    def firm(
        self, agent: str, variables: Sequence[str], quantiles: Sequence[float] = QUANTILES
    ) -> pd.DataFrame:
        """Variables of one firm: a row a variable and year, a column a quantile."""
        rows = self.read("agents", ["world", "year", *variables], [("agent", "==", agent)])
        long = self._without_broken(rows).melt(["world", "year"], list(variables))
        return spread(long, ["variable", "year"], "value", quantiles)

    def claims(self) -> pd.DataFrame:
        """How often each claim holds, with its 95% interval; empty where it can't be decided."""
        from computeshift.experiments.claims import evaluate

        return evaluate(self)

    # --- networks ---

    def network(self, year: int, world: World = 0) -> nx.MultiDiGraph[str]:
        """What flowed in a year: an edge a kind of flow, with `amount` (also `weight`) and `unit`.

        `world` is a world's number, `"median"`, or a quantile such as 0.9: then each edge carries
        that quantile over all worlds. Nodes carry `label` and `kind`.
        """
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
            year=year, world=str(world), config=str(self.manifest["name"])
        )
        firms = self.manifest["config"]["firms"]
        rows = self._edges(year, world)
        for name in dict.fromkeys([*firms, *rows["source"], *rows["target"]]):
            kind = firms[name]["kind"] if name in firms else "institution"
            graph.add_node(name, label=name, kind=kind)
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

    def write_graphml(self, path: str | Path, year: int, world: World = 0) -> Path:
        """Write a year's network as GraphML, for Gephi and others: each edge has its own id."""
        graph = self.network(year, world)
        for source, target, kind, edge in graph.edges(keys=True, data=True):
            edge["id"] = f"{source}-{kind}-{target}"
        nx.write_graphml(graph, path, edge_id_from_attribute="id")
        return Path(path)

    def _edges(self, year: int, world: World) -> pd.DataFrame:
        """Source, target, kind, unit and amount of every flow but zeros."""
        if year not in self.years:
            raise UserError(f"there is no year {year}: use {self.years[0]} to {self.years[-1]}")
        one = isinstance(world, int)
        quantile = 0.5 if world == "median" else -1.0 if isinstance(world, str) else float(world)
        if not (0 <= world < self.worlds if isinstance(world, int) else 0 <= quantile <= 1):
            known = f"a number from 0 to {self.worlds - 1}, 'median' or a quantile such as 0.9"
            raise UserError(f"there is no world {world!r}: use {known}")
        where = [("year", "==", year), *([("world", "==", world)] if one else [])]
        rows = self.read("flows", where=where)
        by = ["source", "target", "kind", "unit"]
        words = dict.fromkeys(by, "str")
        if not one:
            rows = self._without_broken(rows)
            rows = rows.groupby(["world", *by], observed=True, sort=False)["amount"].sum().reset_index()
        grouped = rows.groupby(by, observed=True, sort=False)["amount"]
        amounts = grouped.sum() if one else grouped.quantile(quantile)
        table = amounts.reset_index().astype(words)
        return table[table["amount"] != 0].reset_index(drop=True)

    # --- what is read once ---

    @functools.cached_property
    def _finite_market(self) -> pd.DataFrame:
        return self._without_broken(self.market)

    @property
    def _first_world(self) -> int:
        return int(self.market["world"].iloc[0])

    def _schema(self, file: str) -> pa.Schema:
        with _broken(self.folder / file):
            return pq.read_schema(self.folder / file)

    @functools.cached_property
    def _schema_names(self) -> list[str]:
        return list(self._schema("agents.parquet").names)

    @functools.cached_property
    def _by_kind(self) -> dict[str, pd.DataFrame]:
        return {}

    def _flows_of(self, kind: str) -> pd.DataFrame:
        if kind not in self._by_kind:
            columns = ["world", "year", "source", "target", "amount"]
            rows = self.read("flows", columns, [("kind", "==", kind)])
            self._by_kind[kind] = self._without_broken(rows)
        return self._by_kind[kind]

    def _without_broken(self, rows: pd.DataFrame) -> pd.DataFrame:
        broken = self.manifest["not_finite"]
        return rows[~rows["world"].isin(broken)] if broken else rows

    # --- how it looks ---

    def __repr__(self) -> str:
        done, name, seed = self.worlds, self.manifest["name"], self.manifest["seed"]
        status = self.manifest["status"]
        return f"<Results of {name}: {done} worlds, seed {seed}, {status}, in {self.folder}>"

    def _repr_html_(self) -> str:
        told = f"<p>{repr(self).strip('<>')}</p>"
        if not self.has("openai", "used_gw"):
            return told
        medians = self.shares().pivot(index="supplier", columns="year", values="p50")
        shares = medians.to_html(float_format="{:.0%}".format)
        return f"{told}<p>Median share of OpenAI's compute</p>{shares}"


def spread(
    rows: pd.DataFrame, by: Sequence[str], value: str, quantiles: Sequence[float] = QUANTILES
) -> pd.DataFrame:
    """Quantiles of a value over worlds: a row a group, as they come, a column a quantile."""
    grouped = rows.groupby(list(by), observed=True, sort=False)[value]
    table = grouped.quantile(np.array(quantiles)).unstack(level=-1)
    table.columns = pd.Index([percentile(quantile) for quantile in quantiles])
    table = table.reindex(pd.MultiIndex.from_frame(rows[list(by)].drop_duplicates()))
    return table.reset_index().astype({name: "str" for name in by if name != "year"})


@contextmanager
def _broken(path: Path) -> Iterator[None]:
    """UserError for a file that is cut off or was written over."""
    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        raise UserError(f"{path} can't be read, it is broken: run it again") from error


def _about(column: pa.Field, key: str) -> str:
    about: dict[bytes, bytes] = column.metadata or {}
    return about.get(key.encode(), b"").decode()
