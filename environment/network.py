"""Who is tied to whom: capacity and funding."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace

from computeshift.environment.deals import DEAL_KINDS
from computeshift.environment.setup import Deal, Edge

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

VENTURE, LENDERS, LANDLORDS = "stargate", "lenders", "landlords"

INSTITUTIONS = (VENTURE, "customers", LENDERS, "investors", "outside", LANDLORDS)
"""Nodes that decide nothing: the venture, customers, lenders without a name, outside investors, the rest, and
the developers that let powered halls."""

ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "stargate": (frozenset({"capacity"}), frozenset({"equity", "debt", "chips", "build"})),
    "customers": (frozenset(), frozenset({"services"})),
    LENDERS: (frozenset({"debt"}), frozenset()),
    "investors": (frozenset({"equity"}), frozenset()),
    "outside": (frozenset(), frozenset()),
    LANDLORDS: (frozenset(), frozenset()),
}
"""For each institution the kinds of edges that may start and end at it."""

Span = tuple[int, int]
"""The first and the last year of a tie."""
NEVER: Span = (sys.maxsize, 0)
"""The years of a tie that is not there."""
_NO_TIES: Mapping[str, Span] = {}
_NONE: Mapping[str, Mapping[str, Span]] = {}


def with_ties_of(deals: Iterable[Deal], edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Ties, and those that deals need: where there is none yet, one from the deal's year of signing on.

    >>> deal = Deal("build_out", "capacity", "oracle", "openai", signed=2026, first=2027, last=2030)
    >>> with_ties_of([deal], [])
    (Edge(source='oracle', target='openai', kind='capacity', since=2026, until=None),)
    """
    ties = {(edge.source, edge.target, edge.kind): edge for edge in edges}
    for deal in deals:
        kind = DEAL_KINDS[deal.kind].tie
        if not kind:
            continue
        new = Edge(deal.site or deal.source, deal.target, kind, deal.signed)
        known = ties.setdefault((new.source, new.target, kind), new)
        if known.since is not None and known.since > deal.signed:
            ties[new.source, new.target, kind] = replace(known, since=deal.signed)
    return tuple(ties.values())


class Network:
    """The ties of a market, as of its `year`. An agent may deal only with those it is tied to.

    A tie may have a first and a last year; before the one and after the other, nobody can deal over it.
    Neighbours stand in the order in which the first tie to them was laid, of whatever kind.
    """

    def __init__(self, nodes: Iterable[str], edges: Iterable[Edge], year: int) -> None:
        self.year = year
        self._neighbours: dict[tuple[int, str, str, bool], tuple[str, ...]] = {}
        self._targets: dict[str, dict[str, dict[str, Span]]] = {node: {} for node in nodes}
        self._sources: dict[str, dict[str, dict[str, Span]]] = {node: {} for node in self._targets}
        for edge in edges:
            for end in (edge.source, edge.target):
                if end not in self._targets:
                    raise ValueError(f"edge {edge}: there is no {end!r} in this market")
            ties = self._targets[edge.source].setdefault(edge.target, {})
            ties[edge.kind] = (edge.since or 0, sys.maxsize if edge.until is None else edge.until)
            self._sources[edge.target][edge.source] = ties

    def tied(self, source: str, target: str, kind: str) -> bool:
        """Whether `source` may supply `target` with this kind of thing this year."""
        first, last = self._ties(source, target).get(kind, NEVER)
        return first <= self.year <= last

    def ever_tied(self, source: str, target: str, kind: str) -> bool:
        """Whether it may do so in any year."""
        return kind in self._ties(source, target)

    def first_year(self, source: str, target: str, kind: str) -> int:
        """The first year in which it may; 0 where no year is set, or where they are not tied."""
        return self._ties(source, target).get(kind, (0, 0))[0]

    def targets(self, source: str, kind: str) -> tuple[str, ...]:
        """Whom `source` may supply this year."""
        return self._with(source, kind, supplied=True)

    def sources(self, target: str, kind: str) -> tuple[str, ...]:
        """Who may supply `target` this year."""
        return self._with(target, kind, supplied=False)

    def _ties(self, source: str, target: str) -> Mapping[str, Span]:
        """The years of each kind of tie between two; none where one of them is unknown."""
        return self._targets.get(source, _NONE).get(target, _NO_TIES)

    def _with(self, node: str, kind: str, supplied: bool) -> tuple[str, ...]:
        """The neighbours of a node that it may supply this year, or that may supply it; found once a year."""
        key = (self.year, node, kind, supplied)
        if key not in self._neighbours:
            neighbours = (self._targets if supplied else self._sources).get(node, _NONE)
            spans = ((name, ties.get(kind, NEVER)) for name, ties in neighbours.items())
            self._neighbours[key] = tuple(n for n, (first, last) in spans if first <= self.year <= last)
        return self._neighbours[key]
