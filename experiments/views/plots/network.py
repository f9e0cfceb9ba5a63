"""The network of a year: flows of compute and money between firms, in columns from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from computeshift.experiments.config.arguments import chosen_year
from computeshift.experiments.results.picks import in_words, number_of
from computeshift.experiments.results.quantiles import array_bands
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    Tie,
    amounts,
    lacks,
    values_of,
    worlds_of,
)
from computeshift.experiments.views.plots.layout import column_of, places
from computeshift.experiments.views.plots.network_option import MONEY, Web, picture
from computeshift.experiments.views.plots.picture import Picture, nothing, source_of, sourced

COMPUTE = ("capacity", "chips", "services")
World = int | str
"""A world's number, what it is (`results/picks.py`), or "median"."""


@sourced
def network(results: Record, year: int, world: World = "median", against: Record | None = None) -> Picture:
    """The network of a year: see `network_years`. UserError if there is no such year or world."""
    year = chosen_year(year, results.years)
    if reason := _missing(results, against):
        return nothing(reason)
    return picture(_web(results, world, against), results.years.index(year))


def network_years(
    results: Record,
    world: World = "median",
    against: Record | None = None,
    beside: Sequence[Record] = (),
) -> dict[int, Picture]:
    """The network of every year; nodes stand at the same places in all of them.

    `world` is a world's number, what it is, such as `"typical"`, or `"median"`: then an edge is the median
    of its amounts, and medians need not add up. With `against` an edge is the difference to its paired
    worlds. `beside` are results whose network stands beside it: places and scales are then the same in
    both. UserError if there is no such world. Nothing to show if nothing flows, or flows were not kept.
    """
    if reason := _missing(results, against):
        return dict.fromkeys(results.years, nothing(reason))
    web = _web(results, world, against, [one for one in beside if not _missing(one, None)])
    source = source_of(results, against)
    return {year: replace(picture(web, at), source=source) for at, year in enumerate(results.years)}


def _missing(results: Record, against: Record | None) -> str:
    """Why there is no network, in words; empty if there is one."""
    records = [results] if against is None else [results, against]
    return lacks("flows", *records) or ("" if _ties(records) else "nothing flows in these worlds")


def _web(results: Record, world: World, against: Record | None, beside: Sequence[Record] = ()) -> Web:
    told = "" if world == "median" else in_words(results, world)
    chosen = number_of(results, world, worlds_of(results, against), quantiles=False)
    world = chosen if isinstance(chosen, int) else "median"
    records = [results] if against is None else [results, against]
    ties = _ties(records)
    firms = {name: kind for one in (*records, *beside) for name, kind in one.firms.items()}
    own_nodes = {node for source, target, _ in ties for node in (source, target)}
    all_places = places(_ties([*records, *beside]), firms)
    spots = {node: place for node, place in all_places.items() if node in own_nodes}

    def edges(own: Amounts) -> Array:
        return np.stack([own.amount(kind, source, target) for source, target, kind in ties], axis=1)

    def nodes(own: Amounts) -> Array:
        return np.stack([_size(own, node, column_of(node, firms), ties) for node in spots], axis=1)

    def to_itself(own: Amounts) -> Array:
        return np.stack([own.amount("capacity", node, node) for node in spots], axis=1)

    worlds = worlds_of(results, against)
    own_use = _spread(values_of(to_itself, results), worlds_of(results), world)
    level = _spread(values_of(nodes, results), worlds_of(results), world)
    return Web(
        results=results,
        against=against,
        world=world,
        told=told,
        ties=ties,
        spots=spots,
        units={node: _unit(node, column_of(node, firms), ties) for node in spots},
        edges=_spread(values_of(edges, results, against), worlds, world),
        before=None if against is None else _spread(values_of(edges, against), worlds_of(against), world),
        nodes=level if against is None else _spread(values_of(nodes, results, against), worlds, world),
        sizes=level[1],
        own_use=own_use[1],
        deals=_deals(results, world),
        beside=tuple(_web(one, world, None) for one in beside),
    )


def _deals(results: Record, world: World) -> dict[Tie, dict[str, Array]]:
    """By tie the deals that bind it: what each still owes at the end of each year, $ bn, `(years,)`."""
    own, left = amounts(results), dict[Tie, dict[str, Array]]()
    for deal in own.deals_or_none():
        values = own.deal_or_zero(deal.deal, "left").to_numpy()[:, None, :]
        left.setdefault(deal.tie, {})[deal.deal] = _spread(values, worlds_of(results), world)[1, 0]
    return left


def _ties(records: Sequence[Record]) -> list[Tie]:
    """The ties in any of these records that belong to the network."""
    return list(dict.fromkeys(tie for one in records for tie in amounts(one).between((*COMPUTE, *MONEY))))


def _unit(node: str, column: int, ties: list[Tie]) -> str:
    """A node's unit: money for nodes that give money, compute for others."""
    chips = any(source == node and kind == "chips" for source, _, kind in ties)
    return "GW" if column > 0 or chips else "$ bn"


def _size(own: Amounts, node: str, column: int, ties: list[Tie]) -> Array:
    """The size of a node, worlds x years: $ bn it pays in, or GW that it makes, supplies, uses or buys."""
    if column == 0 and _unit(node, column, ties) == "GW":
        return own.amount("chips", node)
    if column == 0:
        return sum((own.amount(kind, node) for kind in MONEY), own.zero())
    if column == 1:
        return own.amount("capacity", node)
    return own.amount("capacity", target=node) if column == 2 else own.amount("services", target=node)


def _spread(values: Array, worlds: pd.Index[int], world: World) -> Array:
    """P10, median and P90 over worlds, the first axis; three times the same for one world. `(3, ...)`."""
    if world == "median":
        return array_bands(values)
    return np.repeat(values[worlds == world], 3, axis=0)
