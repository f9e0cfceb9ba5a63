"""A network as an ECharts option: nodes in columns, widths by amount, labels on the larger edges."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.names import named
from computeshift.experiments.results.record import Record
from computeshift.experiments.views.colours import lighter
from computeshift.experiments.views.format import span, with_unit
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import Array, Tie, count_of_worlds, medians_of_differences
from computeshift.experiments.views.plots.layout import COLUMNS, TOP, Place, below, legible, middle
from computeshift.experiments.views.plots.picture import Picture

MONEY = ("equity", "debt", "capital_call")
_BEND = {"equity": 0.2, "debt": 0.13, "capital_call": 0.13}
"""Curvature by kind, of one sign and different sizes: no edge lies on its twin or its opposite."""
_OTHER_BEND, _WITHIN = 0.05, 0.16
_NAMES = {"outside": "Owners"}
_LEAST = 0.003  # share of the largest edge of any year: smaller edges are left out
_LABELLED = 0.1  # share of the largest edge of the year: smaller edges have no label
_LABELS = 24
_WIDEST = 14.0
_HEIGHT = 520.0  # px, of the picture that nodes must fit in
_CROWDED = 7  # nodes in a column: with more, labels shrink


@dataclass(frozen=True)
class Web:
    """Edges in GW or $ bn and nodes: P10, median and P90 each, `(3, ties or nodes, years)`.

    In a difference these are differences; `before` are the edges of `against`, `sizes` and `own_use` are
    those of `results`, `(nodes, years)`.
    """

    results: Record
    against: Record | None
    world: int | str
    """A world's number, or "median"."""
    told: str
    """The world in words."""
    ties: list[Tie]
    spots: dict[str, Place]
    units: dict[str, str]
    edges: Array
    before: Array | None
    nodes: Array
    sizes: Array
    own_use: Array
    deals: Mapping[Tie, Mapping[str, Array]]
    """By tie the deals that bind it, with what each still owes at the end of each year, $ bn."""
    beside: tuple[Web, ...] = ()
    """The networks beside it, which share its scale."""

    @property
    def differs(self) -> bool:
        """Whether it is a difference."""
        return self.before is not None


def picture(web: Web, at: int) -> Picture:
    """The picture of the year of that position."""
    year = web.results.years[at]
    links = list(_links(web, at))
    option = style.base(
        grid={"left": 62, "right": 62, "top": 56, "bottom": 34},
        xAxis={"type": "value", "min": 0, "max": 1, "show": False},
        yAxis={"type": "value", "min": 0, "max": 1, "show": False},
        legend=style.legend(selectedMode=False, icon="inherit", itemStyle={"opacity": 0}),
        series=[_heads(web), *_keys(web), _graph(web, at, links)],
    )
    name = f"network_{year}" + ("_against" if web.differs else "")
    return Picture(name, _title(web, year), _note(web), option, _table(web, at), height=560)


def _title(web: Web, year: int) -> str:
    return style.title_of(f"Who gives compute and money to whom in {year}", web.against)


def _note(web: Web) -> str:
    what = "Compute in GW, mean of the year; money in $ bn: equity, loans, owners' capital. "
    if web.against is not None:
        how = medians_of_differences(web.results, web.against) if web.world == "median" else f"in {web.told}"
        return f"{what}Edges are as wide as they differ, {how}."
    scale = "Edges are as wide, and nodes as large, as their amounts"
    if web.world != "median":
        return f"{what}{scale}: {web.told}."
    over = count_of_worlds(web.results)
    return f"{what}{scale}: medians over {over}, each by itself, so they need not add up."


def _heads(web: Web) -> dict[str, Any]:
    """The names of the columns."""
    used = {x for x, _ in web.spots.values()}
    return {
        "type": "scatter",
        "silent": True,
        "symbolSize": 0.1,
        "data": [{"value": [x, 1.0], "name": name} for x, name in COLUMNS.items() if x in used],
        "label": {"show": True, "formatter": "{b}", "color": style.FAINT, "fontSize": 12}
        | {"width": 76, "overflow": "break", "lineHeight": 14, "verticalAlign": "bottom"},
        "blur": {"label": {"opacity": 1}},  # they stay while a firm is looked at
    }


def _keys(web: Web) -> Iterator[dict[str, Any]]:
    """Series without data, for the legend's colours."""
    if web.differs:
        keys = [("gained", style.MORE, "dashed"), ("grown", style.MORE, "solid")]
        keys += [("shrunk", style.LESS, "solid"), ("lost", style.LESS, "dotted")]
    else:
        keys = [("compute, GW", style.CAPACITY, "solid"), ("money, $ bn", style.FUNDING, "solid")]
    for name, colour, dash in keys:
        line = {"color": colour, "width": 3, "type": dash}
        yield {"type": "line", "name": name, "data": [], "color": colour, "symbol": "none", "lineStyle": line}


def _graph(web: Web, at: int, links: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "graph",
        "coordinateSystem": "cartesian2d",
        "z": 3,
        "data": list(_nodes(web, at)),
        "links": links,
        "edgeSymbol": ["none", "arrow"],
        "edgeSymbolSize": 9,
        "lineStyle": {"opacity": 0.6},
        "emphasis": {"focus": "adjacency", "lineStyle": {"opacity": 0.95}},
        "cursor": "default",
    }


def _rows(web: Web) -> int:
    """The number of nodes in the fullest column."""
    return max(sum(x == spot[0] for spot in web.spots.values()) for x, _ in web.spots.values())


def _symbols(web: Web, at: int) -> list[float]:
    """The sizes of nodes, px."""
    largest, sizes = min(54.0, 0.62 * _HEIGHT / _rows(web)), list[float]()
    for i, node in enumerate(web.spots):
        part = web.sizes[i, at] / max(_largest_node(web, web.units[node]), 1e-9)
        sizes.append(round(max(10.0, largest * float(np.sqrt(max(part, 0.0)))), 1))
    return sizes


def _nodes(web: Web, at: int) -> Iterator[dict[str, Any]]:
    rows, symbols, paint = _rows(web), _symbols(web, at), style.paint(web.results, web.against)
    for i, (node, (x, y)) in enumerate(web.spots.items()):
        unit = web.units[node]
        change = abs(web.nodes[1, i, at]) >= _LEAST * _largest_node(web, unit)
        amount = with_unit(web.nodes[1, i, at], unit, sign=web.differs) if change else ""
        yield {
            "id": node,
            "name": _label(node),
            "value": [round(x, 4), round(y, 4)],
            "symbolSize": symbols[i],
            "itemStyle": {"color": lighter(paint[node], 0.45), "borderColor": paint[node]}
            | {"borderWidth": 1.5},
            "label": {
                "show": True,
                "position": "bottom",
                "distance": 2,
                "formatter": f"{{b}}{chr(10) if rows <= _CROWDED else ' '}{amount}",
                "fontSize": 12 if rows <= _CROWDED else 10,
                "lineHeight": 14,
                "color": style.INK,
                "textBorderColor": "#fff",
                "textBorderWidth": 3,
            },
            "tooltip": {"formatter": _node_tooltip(web, at, i, node)},
        }


def _node_tooltip(web: Web, at: int, i: int, node: str) -> str:
    """A node's tooltip, as HTML."""
    does = dict(zip(COLUMNS, ("pays in or lends", "supplies", "uses", "are answered on"), strict=True))
    unit = web.units[node]
    verb = "differs by" if web.differs else does[web.spots[node][0]]
    lines = [f"<b>{_safe(node)}</b>", f"{verb} {_spread(web, web.nodes[:, i, at], unit)}"]
    if (own := web.own_use[i, at]) > 0:
        lines.append(f"of its own it uses {with_unit(own, 'GW')}")
    return "<br>".join(lines)


def _links(web: Web, at: int) -> Iterator[dict[str, Any]]:
    """The edges that are large enough to see, the largest last, on top."""
    largest = {unit: max(_largest_edge(web, unit), 1e-9) for unit in ("GW", "$ bn")}
    order = np.argsort(np.abs(web.edges[1, :, at]), kind="stable")
    labelled = _labelled(web, at, order[::-1])
    for i in order:
        source, target, kind = web.ties[i]
        unit, amount = _unit(kind), float(web.edges[1, i, at])
        if abs(amount) < _LEAST * largest[unit]:
            continue
        colour, dash = _stroke(web, i, at)
        yield {
            "source": source,
            "target": target,
            "value": float(f"{amount:.5g}"),
            "lineStyle": {
                "color": colour,
                "type": dash,
                "width": round(0.8 + _WIDEST * abs(amount) / largest[unit], 2),
                "curveness": _bend(web, web.ties[i]),
            },
            "label": {
                "show": i in labelled,
                "formatter": with_unit(amount, unit, sign=web.differs),
                "fontSize": 11,
                "opacity": 1,
                "color": colour if colour != style.FUNDING else "#8a5a00",
                "textBorderColor": "#fff",
                "textBorderWidth": 3,
            },
            "tooltip": {"formatter": _edge_tooltip(web, at, i)},
        }


def _labelled(web: Web, at: int, order: npt.NDArray[np.intp]) -> set[int]:
    """The larger edges whose labels cover no other label and no name; `order` has the largest first."""
    now = {unit: max(_largest_edge(web, unit, at), 1e-9) for unit in ("GW", "$ bn")}
    parts = {int(i): abs(web.edges[1, i, at]) / now[_unit(web.ties[i][2])] for i in order}
    large = sorted((i for i in parts if parts[i] >= _LABELLED), key=lambda i: -parts[i])[:_LABELS]
    ends = ((web.spots[source], web.spots[target]) for source, target, _ in (web.ties[i] for i in large))
    middles = [middle(*pair, _bend(web, web.ties[i])) for i, pair in zip(large, ends, strict=True)]
    names = [below(spot, size) for spot, size in zip(web.spots.values(), _symbols(web, at), strict=True)]
    return {i for i, free in zip(large, legible(middles, names), strict=True) if free}


def _stroke(web: Web, i: int, at: int) -> tuple[str, str]:
    """An edge's colour and line type."""
    if web.before is None:
        return (style.FUNDING if web.ties[i][2] in MONEY else style.CAPACITY), "solid"
    change, before = web.edges[1, i, at], web.before[1, i, at]
    if change > 0:
        return style.MORE, "dashed" if before == 0 else "solid"
    return style.LESS, "dotted" if before + change <= 1e-9 else "solid"


def _bend(web: Web, tie: Tie) -> float:
    """An edge's curvature: it stays inside the picture; within a column it passes others on the left."""
    source, target, kind = tie
    (x, y), (to_x, to_y) = web.spots[source], web.spots[target]
    if x == to_x:
        return _WITHIN / (to_y - y)
    bend = _BEND.get(kind, _OTHER_BEND)
    return -bend if middle((x, y), (to_x, to_y), bend)[1] < TOP else bend


def _largest_edge(web: Web, unit: str, at: int | None = None) -> float:
    """The largest edge in a unit: of one year, or of all years, here and in the networks beside it."""
    rows = [i for i, (_, _, kind) in enumerate(web.ties) if _unit(kind) == unit]
    if at is not None:
        return float(np.abs(web.edges[1, rows, at]).max(initial=0.0))
    others = (_largest_edge(other, unit) for other in web.beside)
    return max(float(np.abs(web.edges[1, rows]).max(initial=0.0)), *others, 0.0)


def _largest_node(web: Web, unit: str) -> float:
    """The largest node in a unit, of all years, here and in the networks beside it."""
    rows = [i for i, node in enumerate(web.spots) if web.units[node] == unit]
    return max(
        float(web.sizes[rows].max(initial=0.0)), *(_largest_node(one, unit) for one in web.beside), 0.0
    )


def _edge_tooltip(web: Web, at: int, i: int) -> str:
    """An edge's tooltip, as HTML."""
    source, target, kind = web.ties[i]
    title = f"<b>{_safe(source)} to {style.in_sentence(_safe(target))}</b>"
    lines = [title, f"{named(kind)}: {_spread(web, web.edges[:, i, at], _unit(kind))}"]
    for deal, left in web.deals.get(web.ties[i], {}).items():
        if left[at] > 0:
            lines.append(f"deal {html.escape(named(deal))}: {with_unit(left[at], '$ bn')} left")
    return "<br>".join(lines)


def _spread(web: Web, values: Array, unit: str) -> str:
    if web.world != "median":
        return with_unit(float(values[1]), unit, sign=web.differs)
    return span(values, unit, sign=web.differs)


def _unit(kind: str) -> str:
    return "$ bn" if kind in MONEY else "GW"


def _label(node: str) -> str:
    """A node's name; the rest of the world takes part here only as owners."""
    return _NAMES.get(node) or style.label(node)


def _safe(name: str) -> str:
    return html.escape(_label(name))


def _table(web: Web, at: int) -> pd.DataFrame:
    rows = [(*tie, _unit(tie[2]), *web.edges[:, i, at]) for i, tie in enumerate(web.ties)]
    table = pd.DataFrame(rows, columns=["source", "target", "kind", "unit", "p10", "p50", "p90"])
    return table[(table[["p10", "p50", "p90"]] != 0).any(axis=1)].reset_index(drop=True)
