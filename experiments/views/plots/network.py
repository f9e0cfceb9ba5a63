"""The network of a year: who gives compute or money to whom, in columns from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from computeshift.experiments.config.arguments import chosen_world, chosen_year
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    Tie,
    amounts,
    bands,
    measured,
    worlds_of,
)
from computeshift.experiments.views.plots.layout import column_of, places
from computeshift.experiments.views.plots.network_option import MONEY, Web, drawn
from computeshift.experiments.views.plots.picture import Picture

COMPUTE = ("capacity", "chips", "services")
World = int | Literal["median"]


def network(results: Record, year: int, world: World = "median", against: Record | None = None) -> Picture:
    """The network of a year: see `network_years`. UserError if there is no such year or world."""
    at = results.years.index(chosen_year(year, results.years))
    return drawn(_web(results, world, against), at)


def network_years(
    results: Record,
    world: World = "median",
    against: Record | None = None,
    beside: Sequence[Record] = (),
) -> dict[int, Picture]:
    """The network of every year; nodes stand at the same places in all of them.

    `world` is a world's number, or `"median"`: then an edge is the median of its amounts, and medians
    need not add up. With `against` an edge is what it has more than in the paired world of `against`.
    `beside` are results whose network stands beside it: places and scales are then the same in both.
    UserError if there is no such world.
    """
    web = _web(results, world, against, beside)
    return {year: drawn(web, at) for at, year in enumerate(results.years)}


def _web(results: Record, world: World, against: Record | None, beside: Sequence[Record] = ()) -> Web:
    records = [results] if against is None else [results, against]
    ties = _ties(records)
    if not ties:
        raise UserError("nothing flowed in these results: there is no network to draw")
    firms = {name: kind for one in (*records, *beside) for name, kind in one.firms.items()}
    own_nodes = {node for source, target, _ in ties for node in (source, target)}
    everybody = places(_ties([*records, *beside]), firms)
    spots = {node: place for node, place in everybody.items() if node in own_nodes}

    def edges(own: Amounts) -> Array:
        return np.stack([own.amount(kind, source, target) for source, target, kind in ties], axis=1)

    def nodes(own: Amounts) -> Array:
        return np.stack([_size(own, node, column_of(node, firms), ties) for node in spots], axis=1)

    def to_itself(own: Amounts) -> Array:
        return np.stack([own.amount("capacity", node, node) for node in spots], axis=1)

    worlds = worlds_of(results, against)
    own_use = _seen(measured(to_itself, results), worlds_of(results), world)
    level = _seen(measured(nodes, results), worlds_of(results), world)
    return Web(
        results=results,
        against=against,
        world=world,
        ties=ties,
        spots=spots,
        units={node: _unit(node, column_of(node, firms), ties) for node in spots},
        edges=_seen(measured(edges, results, against), worlds, world),
        before=None if against is None else _seen(measured(edges, against), worlds_of(against), world),
        nodes=level if against is None else _seen(measured(nodes, results, against), worlds, world),
        sizes=level[1],
        own_use=own_use[1],
        beside=tuple(_web(one, world, None) for one in beside),
    )


def _ties(records: Sequence[Record]) -> list[Tie]:
    """What flows between whom in any of these records, as far as it is in the network."""
    return list(dict.fromkeys(tie for one in records for tie in amounts(one).between((*COMPUTE, *MONEY))))


def _unit(node: str, column: int, ties: list[Tie]) -> str:
    """What a node is measured in: who gives money in that, others in compute."""
    chips = any(source == node and kind == "chips" for source, _, kind in ties)
    return "GW" if column > 0 or chips else "$ bn"


def _size(own: Amounts, node: str, column: int, ties: list[Tie]) -> Array:
    """How large a node is, worlds x years: $ bn it pays in, else GW that it makes, supplies, uses or buys."""
    if column == 0 and _unit(node, column, ties) == "GW":
        return own.amount("chips", node)
    if column == 0:
        return sum((own.amount(kind, node) for kind in MONEY), own.zero())
    if column == 1:
        return own.amount("capacity", node)
    return own.amount("capacity", target=node) if column == 2 else own.amount("services", target=node)


def _seen(values: Array, worlds: pd.Index[int], world: World) -> Array:
    """P10, median and P90 of what is worlds first; of one world three times the same. `(3, ...)`."""
    chosen = chosen_world(world, worlds, quantiles=False)
    if isinstance(chosen, float):
        return bands(values)
    return np.repeat(values[worlds == chosen], 3, axis=0)
