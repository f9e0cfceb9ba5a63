"""A year's money, from its sources to its uses: a Sankey diagram that balances."""

from __future__ import annotations

import functools
import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.arguments import chosen_year
from computeshift.experiments.config.names import named
from computeshift.experiments.results.picks import in_words, number_of
from computeshift.experiments.results.quantiles import array_bands
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.format import spans, with_unit
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import (
    Amounts,
    Array,
    Tie,
    amounts,
    count_of_worlds,
    lacks,
    medians_of_differences,
    values_of,
)
from computeshift.experiments.views.plots.network import World
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced
from computeshift.experiments.views.plots.ranges import Ranges, height, ranges

SAVED, SPENT, BACK = "Cash kept", "From cash", "← "
_SOURCES = {
    "customers": "Customers",
    "lenders": "Lenders",
    "investors": style.label("investors"),
    "landlords": "Landlords",
    "revenue": "Other business",
    "capital_call": "Owners",
    "proceeds": "Holdings sold",
}
"""Sources of money: institutions, and the kinds of payment of the rest of the world."""
_TO = "To "
_USES = {
    "lenders": f"{_TO}lenders",
    "landlords": f"{_TO}landlords",
    "capex": "Building and chips",
    "opex": "Running costs",
    "dividend": "To owners",
    "revenue": "Bought elsewhere",
}
"""Uses of money: lenders, landlords, and the kinds of payment to the rest of the world."""
_INSTITUTIONS = {_SOURCES[name]: name for name in ("customers", "lenders", "investors", "landlords")} | {
    _USES[name]: name for name in ("lenders", "landlords")
}
_DEPTH = {"lender": 0, "investor": 1, "lab": 2, "cloud": 4, "chipmaker": 5, "landlord": 5}
_VENTURE, _LAST = 3, 6
_LEAST = 5e-4  # $ bn: less rounds to nothing
_NAMED = 0.01  # of the largest node: the label of a smaller one, which is a hair thin, would cover others
_MOST = 15  # flows of a difference


@dataclass(frozen=True)
class Stream:
    """Money on its way through the picture: from one node to another, $ bn."""

    source: str
    target: str
    kind: str
    amount: float


@sourced
def money_flows(
    results: Record, year: int, world: World = "median", against: Record | None = None
) -> Picture:
    """The payments of a year, $ bn, and changes of cash: for every firm, inflows equal outflows.

    `world` is a world's number, or what it is, such as `"typical"`. Medians would not balance, so
    `"median"` takes means over worlds, which do. With `against`: the payments that differ most from its
    paired worlds. UserError if there is no such year or world. Nothing to show if nothing is paid, or flows
    were not kept.
    """
    year = chosen_year(year, results.years)
    at = results.years.index(year)
    if reason := lacks("flows", results, against):
        return nothing(reason)
    if against is not None:
        return _differences(results, against, at)
    own = amounts(results)
    ties = own.between(_payment_kinds(own))
    if not ties:
        return nothing("nothing is paid in these worlds")
    paid = np.stack([own.amount(kind, s, t)[:, at] for s, t, kind in ties], axis=1)
    means = _means(paid, own, world)
    layout = streams(dict(zip(ties, map(float, means), strict=True)), own.firms)
    over = f"means over {count_of_worlds(results)}" if world == "median" else in_words(results, world)
    note = (
        f"$ bn, {over}. Left: where money comes from; right: what it goes to; what a firm gets and does "
        "not spend is cash kept. Money that goes back (←) leaves on the right and enters again on the left. "
        "Other business is net of what its owners got; building and chips are for all business, AI or not. "
        "Tooltips name the smallest."
    )
    table = pd.DataFrame(
        [(*tie, amount) for tie, amount in zip(ties, means, strict=True) if amount],
        columns=["payer", "payee", "kind", "amount"],
    )
    title = f"Whose money went where in {year}"
    option = _option(layout, own.firms, style.paint(results))
    return Picture(f"money_{year}", title, note, option, table, height=560)


def _payment_kinds(own: Amounts) -> list[str]:
    return [kind for kind, unit in own.units().items() if unit == "$ bn"]


def _means(paid: Array, own: Amounts, world: World) -> Array:
    chosen = number_of(own.record, world, own.worlds, quantiles=False)
    return paid.mean(axis=0) if isinstance(chosen, float) else paid[own.worlds.get_loc(chosen)]


def streams(paid: Mapping[Tie, float], firms: Mapping[str, str]) -> list[Stream]:
    """Payments from left to right, those that go back split in two, and each firm's change of cash."""
    layout, change = list[Stream](), dict[str, float]()
    for (source, target, kind), amount in _net_of_owners(paid).items():
        if not _deals(source, firms) and not _deals(target, firms):
            continue  # who funds a lender
        change[source] = change.get(source, 0.0) - amount
        change[target] = change.get(target, 0.0) + amount
        start = source if source in (*firms, "stargate") else _SOURCES.get(source) or _SOURCES.get(kind, kind)
        end = target if _deals(target, firms) else _end(target, kind, firms)
        if depth(start, firms) < depth(end, firms):
            layout.append(Stream(start, end, kind, amount))
        else:
            back = BACK + start
            layout += [Stream(start, f"{back} ", kind, amount), Stream(back, end, kind, amount)]
    for firm, more in change.items():
        if _deals(firm, firms):
            saved = Stream(firm, SAVED, "cash", more) if more > 0 else Stream(SPENT, firm, "cash", -more)
            layout.append(saved)
    return [stream for stream in layout if stream.amount >= _LEAST]


def _net_of_owners(paid: Mapping[Tie, float]) -> dict[Tie, float]:
    """The same payments, with dividends netted against revenue from other business."""
    net = dict(paid)
    for source, target, kind in paid:
        if (kind, target) == ("dividend", "outside"):
            earned = ("outside", source, "revenue")
            both = min(net.get(earned, 0.0), net[source, target, kind])
            net[source, target, kind] -= both
            net[earned] = net.get(earned, 0.0) - both
    return net


def _deals(holder: str, firms: Mapping[str, str]) -> bool:
    """Whether a holder spends or keeps the money it gets; a lender stands at both ends, as others fund it."""
    return holder == "stargate" or (holder in firms and not _lends(holder, firms))


def _lends(holder: str, firms: Mapping[str, str]) -> bool:
    """Whether a holder is a lender before anything else."""
    from computeshift.experiments.config.registry import roles_of

    return holder in firms and roles_of(firms[holder])[0] == "lender"


def _end(target: str, kind: str, firms: Mapping[str, str]) -> str:
    """Where money goes that leaves the firms: to a lender, or to a use."""
    if target in firms:
        return _TO + named(target)
    return _USES.get(target) or _USES.get(kind, kind)


def depth(node: str, firms: Mapping[str, str]) -> int:
    """The column of a node, 0 to 6, from the left."""
    from computeshift.experiments.config.registry import roles_of

    if node == "stargate":
        return _VENTURE
    if node in firms:
        return _DEPTH.get(roles_of(firms[node])[0], 1)
    return _LAST if node in (SAVED, *_USES.values()) or node.endswith(" ") or node.startswith(_TO) else 0


def _option(layout: list[Stream], firms: Mapping[str, str], paint: Mapping[str, str]) -> dict[str, Any]:
    links: dict[tuple[str, str], list[Stream]] = {}
    for stream in layout:
        links.setdefault((stream.source, stream.target), []).append(stream)
    sizes = {node: _size(node, layout) for node in dict.fromkeys(node for pair in links for node in pair)}
    nodes = sorted(sizes, key=lambda node: -sizes[node])
    column = {at: i for i, at in enumerate(sorted({depth(node, firms) for node in nodes}))}
    columns = [[node for node in nodes if column[depth(node, firms)] == at] for at in column.values()]
    before, last = ([[], *columns])[-2:]
    place = functools.partial(_label_place, before=before, last=last)
    least = _NAMED * max(sizes.values(), default=0.0)
    series = {
        "type": "sankey",
        "left": 8,
        "right": 8,
        "top": 16,
        "bottom": 20,  # labels of the last nodes
        "nodeGap": 12,
        "nodeWidth": 14,
        "draggable": False,
        "emphasis": {"focus": "adjacency"},
        "lineStyle": {"opacity": 0.35, "curveness": 0.5},
        "labelLayout": {"hideOverlap": True},
        "data": [
            _node(node, sizes[node], sizes[node] >= least, column[depth(node, firms)], place(node), paint)
            for node in nodes
        ],
        "links": [_link(pair, parts, paint) for pair, parts in links.items()],
    }
    return style.base(series=[series])


def _size(node: str, layout: list[Stream]) -> float:
    inflow = sum(stream.amount for stream in layout if stream.target == node)
    outflow = sum(stream.amount for stream in layout if stream.source == node)
    return max(inflow, outflow)


def _label_place(node: str, before: list[str], last: list[str]) -> dict[str, Any]:
    """The place of a node's label: on the right, in the last column on the left.

    On a narrow screen labels of builders, in the column before, reach into the last: the label of the
    largest of them is on the left too, and that of the last column's largest node at its top.
    """
    if node == last[0]:
        return {"position": [-5, 0], "align": "right", "verticalAlign": "top"}
    return {"position": "left" if node in (*before[:1], *last) else "right"}


def _node(
    node: str, size: float, named_here: bool, at: int, beside: dict[str, Any], paint: Mapping[str, str]
) -> dict[str, Any]:
    text = f"{_name(node)}\n{with_unit(size, '$ bn')}" if named_here else ""
    return {
        "name": node,
        "depth": at,
        "itemStyle": {"color": _colour(node, paint)},
        "label": {"formatter": text, **beside, "fontSize": 11, "lineHeight": 13, "color": style.INK}
        | {"textBorderColor": "#fff", "textBorderWidth": 2},
        "tooltip": {"formatter": f"<b>{html.escape(_name(node))}</b><br>{with_unit(size, '$ bn')}"},
    }


def _link(pair: tuple[str, str], parts: list[Stream], paint: Mapping[str, str]) -> dict[str, Any]:
    source, target = pair
    amounts = "<br>".join(f"{named(part.kind)}: {with_unit(part.amount, '$ bn')}" for part in parts)
    title = html.escape(f"{_name(source)} to {style.in_sentence(_name(target))}")
    return {
        "source": source,
        "target": target,
        "value": float(f"{sum(part.amount for part in parts):.6g}"),
        "lineStyle": {"color": _colour(source, paint)},
        "tooltip": {"formatter": f"<b>{title}</b><br>{amounts}"},
    }


def _name(node: str) -> str:
    """A node's label; sources and uses have theirs already."""
    if node.startswith(BACK):
        return BACK + _name(node.removeprefix(BACK).strip())
    return node if node[:1].isupper() else style.label(node)


def _colour(node: str, paint: Mapping[str, str]) -> str:
    """Firms and institutions have their own colours, other sources and uses that of the rest of the world."""
    own = node.removeprefix(BACK).strip()
    payees = {_TO + named(name): name for name in paint}
    own = _INSTITUTIONS.get(own) or payees.get(own, own)
    return paint[own if own in paint else "outside"]


def _differences(results: Record, against: Record, at: int) -> Picture:
    """The payments that differ most, as ranges."""
    year = results.years[at]
    both = [tie for one in (results, against) for tie in amounts(one).between(_payment_kinds(amounts(one)))]
    ties = list(dict.fromkeys(both))

    def paid(own: Amounts) -> Array:
        return np.stack([own.amount(kind, s, t)[:, at] for s, t, kind in ties], axis=1)

    spread = array_bands(values_of(paid, results, against))
    order = np.argsort(-np.abs(spread[1]), kind="stable")[:_MOST]
    chosen = [i for i in order if spread[:, i].any()]
    names = [
        f"{_name(s)} to {style.in_sentence(_name(t))}, {named(kind)}"
        for s, t, kind in (ties[i] for i in chosen)
    ]
    table = pd.DataFrame([ties[i] for i in chosen], columns=["payer", "payee", "kind"])
    table[["p10", "p50", "p90"]] = spread[:, chosen].T
    note = f"$ bn {medians_of_differences(results, against)}, with P10 to P90; "
    note += f"the {len(chosen)} payments that differ most."
    title = style.title_of(f"Whose money went where in {year}", against)
    texts = spans(spread[:, chosen], "$ bn", sign=True)
    option = ranges(names, "$ bn", Ranges("", style.CAPACITY, spread[:, chosen], texts), at=0)
    return Picture(f"money_{year}_against", title, note, option, table, height(names))
