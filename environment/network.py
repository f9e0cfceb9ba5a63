"""Who is tied to whom: capacity and funding, as a networkx multigraph."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from computeshift.environment.setup import Edge

EDGE_KINDS = {
    "capacity": "a supplier's GW to a lab, for a lease",
    "equity": "an investor's money in a firm or a venture",
    "debt": "a lender's money in a firm or a venture",
    "services": "a lab's answers to its customers, for revenue",
    "revenue_share": "a part of one firm's revenue, owed to another",
    "build": "a builder and operator to the venture it builds for",
    "chips": "a chipmaker's chips to whoever builds capacity",
    "model": "a model that another lab can learn from (distillation)",
}
"""The ties that exist, with a line each. Leases, interest and revenue flow back along them."""

VENTURE = "stargate"

INSTITUTIONS = (VENTURE, "customers", "lenders", "investors", "outside")
"""Nodes that decide nothing: the venture, the services market, credit, outside investors, the rest."""

ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "stargate": (frozenset({"capacity"}), frozenset({"equity", "debt", "chips", "build"})),
    "customers": (frozenset(), frozenset({"services"})),
    "lenders": (frozenset({"debt"}), frozenset()),
    "investors": (frozenset({"equity"}), frozenset()),
    "outside": (frozenset(), frozenset()),
}
"""For each institution the kinds of edges that may start and end at it."""


class Network:
    """The ties of a market, as of its `year`. An agent may deal only with those it is tied to.

    A tie may have a first year; before it, nobody can deal over it.
    """

    def __init__(self, nodes: Iterable[str], edges: Iterable[Edge], year: int) -> None:
        self.year = year
        self.graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self.graph.add_nodes_from(nodes)
        for edge in edges:
            for end in (edge.source, edge.target):
                if end not in self.graph:
                    raise ValueError(f"edge {edge}: there is no {end!r} in this market")
            self.graph.add_edge(edge.source, edge.target, key=edge.kind, since=edge.since or 0)

    def tied(self, source: str, target: str, kind: str) -> bool:
        """Whether `source` may supply `target` with this kind of thing this year."""
        tie = self.graph.get_edge_data(source, target, key=kind)
        return tie is not None and bool(tie["since"] <= self.year)

    def ever_tied(self, source: str, target: str, kind: str) -> bool:
        """Whether it may do so in any year."""
        return bool(self.graph.has_edge(source, target, key=kind))

    def first_year(self, source: str, target: str, kind: str) -> int:
        """The first year in which it may; 0 where no year is set, or where they are not tied."""
        tie = self.graph.get_edge_data(source, target, key=kind)
        return 0 if tie is None else int(tie["since"])

    def targets(self, source: str, kind: str) -> list[str]:
        """Whom `source` may supply this year, in the order of the edges."""
        edges: Iterable[tuple[str, str, str, int]] = self.graph.out_edges(source, keys=True, data="since")
        return [t for _, t, k, since in edges if k == kind and since <= self.year]

    def sources(self, target: str, kind: str) -> list[str]:
        """Who may supply `target` this year, in the order of the edges."""
        edges: Iterable[tuple[str, str, str, int]] = self.graph.in_edges(target, keys=True, data="since")
        return [s for s, _, k, since in edges if k == kind and since <= self.year]
