"""The network of a year, with its deals: as a graph, as a matrix of payments, as a GraphML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from computeshift.environment.ledger import FLOWS
from computeshift.experiments.config.arguments import chosen_year
from computeshift.experiments.results.deals import DEALS
from computeshift.experiments.results.files import NETWORK, writable
from computeshift.experiments.results.picks import is_pick, number_of, pick
from computeshift.experiments.results.stored import StoredRecord

if TYPE_CHECKING:
    import networkx as nx

World = int | float | str
"""A world's number (anything with `__index__`), what it is ("typical", see `picks`), or a quantile: "median",
"p10", or a float such as 0.1."""

_NUMBERS = ("left", "due")
_TIE = ["source", "target", "kind", "unit"]


def network(record: StoredRecord, year: int, world: World) -> nx.MultiDiGraph[str]:
    """What flowed in a year as a graph, as `Results.network` has it."""
    import networkx as nx

    year = chosen_year(year, record.years)
    about: dict[str, Any] = {"year": year, "world": str(world), "config": record.manifest.name}
    if is_pick(world):
        found = pick(record, str(world))
        about |= {"world": str(found.world), "picked": found.words}
        world = found.world
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(**about)
    rows = _edges(record, year, world)
    for name in dict.fromkeys([*record.firms, *rows["source"], *rows["target"]]):
        graph.add_node(name, label=name, kind=record.firms.get(name, "institution"))
    for source, target, kind, unit, amount in rows.itertuples(index=False):
        words = {"kind": kind, "label": f"{kind}, {unit}", "unit": unit}
        graph.add_edge(source, target, key=kind, amount=amount, weight=amount, **words)
    for tie, deals in _deals(record, year, world).items():
        _lay(graph, tie, deals)
    return graph


def _lay(graph: nx.MultiDiGraph[str], tie: tuple[str, str, str], deals: pd.DataFrame) -> None:
    """Write deals on their edge; one without a flow in the year is laid, with no amount."""
    source, target, kind = tie
    if not graph.has_edge(source, target, kind):
        unit = FLOWS[kind][0] if kind in FLOWS else ""
        words = {"kind": kind, "label": f"{kind}, {unit}", "unit": unit}
        graph.add_edge(source, target, key=kind, amount=0.0, weight=0.0, **words)
    sums = {number: float(deals[number].sum()) for number in _NUMBERS}
    graph.edges[source, target, kind].update(deals="; ".join(deals["deal"]), **sums)


def flow_matrix(record: StoredRecord, year: int, world: World) -> pd.DataFrame:
    """Payments of a year, $ bn: payers by receivers."""
    rows = _edges(record, year, world)
    money = rows[rows["unit"] == "$ bn"]
    holders = sorted({*money["source"], *money["target"]})
    paid = money.pivot_table(index="source", columns="target", values="amount", aggfunc="sum")
    paid = paid.reindex(index=holders, columns=holders, fill_value=0.0).fillna(0.0)
    return paid.rename_axis(index="payer", columns="receiver")


def write_graphml(record: StoredRecord, path: str | Path, year: int, world: World, force: bool) -> Path:
    """Write a year's network as GraphML, as `Results.write_graphml` does.

    Beside `amount`, each kind has an attribute of its own, such as `lease, $ bn`: one kind can be drawn by
    its size, and amounts of different units never share a scale.
    """
    import networkx as nx

    target = writable(path, NETWORK, force)
    graph = network(record, year, world)
    graph.graph["generator"] = target.mark.strip("<>")
    for source, receiver, kind, edge in graph.edges(keys=True, data=True):
        edge["id"] = f"{source}-{kind}-{receiver}"
        edge[edge["label"]] = edge["amount"]
    return target.write(lambda file: nx.write_graphml(graph, file, edge_id_from_attribute="id"))


def _deals(record: StoredRecord, year: int, world: World) -> dict[tuple[str, str, str], pd.DataFrame]:
    """Deals under which something fell due or remains due, by the tie that they bind."""
    deals = {deal.deal: deal for deal in record.deals_or_none()}
    year = chosen_year(year, record.years)
    chosen = number_of(record, world, record.parts.worlds)
    if isinstance(chosen, int) and deals:
        where = [("world", "==", chosen), ("year", "==", year)]
        rows = record.read(DEALS, ["deal", *_NUMBERS], where).astype({"deal": "str"})
    else:
        values = [[record.deal(name, of)[year].quantile(chosen) for of in _NUMBERS] for name in deals]
        rows = pd.DataFrame(values, columns=list(_NUMBERS)).assign(deal=list(deals))
    rows = rows[(rows[list(_NUMBERS)] > 0).any(axis="columns")]
    ties = [deals[name].tie for name in rows["deal"]]
    return {tie: rows[[own == tie for own in ties]] for tie in dict.fromkeys(ties)}


def _edges(record: StoredRecord, year: int, world: World) -> pd.DataFrame:
    """Source, target, kind, unit and amount of every flow but zeros."""
    year = chosen_year(year, record.years)
    chosen = number_of(record, world, record.parts.worlds)
    one = isinstance(chosen, int)
    table = _edges_of_one(record, year, int(chosen)) if one else _edges_of_all(record, year, chosen)
    return table[table["amount"] != 0].reset_index(drop=True)


def _edges_of_one(record: StoredRecord, year: int, world: int) -> pd.DataFrame:
    rows = record.read("flows", where=[("world", "==", world), ("year", "==", year)])
    amounts = rows.groupby(_TIE, observed=True, sort=False)["amount"].sum()
    return amounts.reset_index().astype(dict.fromkeys(_TIE, "str"))


def _edges_of_all(record: StoredRecord, year: int, quantile: float) -> pd.DataFrame:
    at = record.years.index(year)
    rows = [
        (*tie, kind, unit, np.quantile(slab[record.excluded.counts, at], quantile))
        for kind, unit in record.units().items()
        for tie, slab in record.ties_of(kind).items()
    ]
    return pd.DataFrame(rows, columns=[*_TIE, "amount"])
