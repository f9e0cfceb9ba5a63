"""The picture of circular deals: firms on a circle, payments between them, those of a ring in colour."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from computeshift.experiments.config.names import named
from computeshift.experiments.questions.deals.deals import Deals
from computeshift.experiments.questions.deals.rings import around
from computeshift.experiments.results.deals import GIVEN
from computeshift.experiments.views.format import money, span, with_unit
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.layout import Place, legible, middle
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced
from computeshift.experiments.views.text.deals import in_words, labels
from computeshift.experiments.views.text.records import records

_WIDEST, _THINNEST = 12.0, 1.2  # px, of an edge
_LEAST = 0.002  # of the largest payment: a smaller one is drawn only if it is part of a ring
_BEND = 0.18
_SIZE = 34  # px, of a firm
_POLE = 0.05  # of the width: nearer to the middle, a name stands above or below its firm, not beside it
_LABELLED = 8  # payments at most: with more labels none can be read


@sourced
def circle(answer: Deals, year: int, paint: Mapping[str, str], over: str) -> Picture:
    """The payments of a year between firms; `over` says over how many worlds. Nothing to show without any."""
    rings = answer.rings[answer.rings["year"] == year]
    ringed = {pair for ring in rings["ring"] for pair in around(ring)}
    payments = _drawn(answer, year, ringed)
    if payments.empty:
        return nothing(f"firms paid each other nothing in {year}")
    spots = _spots(payments, list(rings["ring"]))
    option = style.base(
        grid={"left": 130, "right": 130, "top": 40, "bottom": 40},  # room for names
        xAxis={"type": "value", "min": 0, "max": 1, "show": False},
        yAxis={"type": "value", "min": 0, "max": 1, "show": False},
        series=[
            {
                "type": "graph",
                "coordinateSystem": "cartesian2d",
                "data": list(_firms(payments, spots, paint)),
                "links": list(_links(answer, payments, spots)),
                "edgeSymbol": ["none", "arrow"],
                "edgeSymbolSize": 9,
                "emphasis": {"focus": "adjacency"},
                "cursor": "default",
            }
        ],
    )
    note = (
        f"Arrows are payments in {year} and what is committed for later at its end, $ bn: medians over "
        f"{over}. Their width grows with the root of the amount. In colour: payments on a ring. "
        f"{_largest(answer, rings)}"
    )
    title = f"In which rings money returns in {year}"
    return Picture(f"rings_{year}", title, note, option, _table(payments), height=560)


def _largest(answer: Deals, rings: pd.DataFrame) -> str:
    """The largest ring in words."""
    called = labels(answer)
    for row in records(rings.head(1)):
        on_it = in_words(called, row["deals"])
        deals = f", with the deals {on_it}" if on_it else ""
        around = f"{money(row['p50'])}, of which {money(row['paid'])} paid in the year"
        return f"The largest ring of payments and commitments is {named(row['ring'])}: {around}{deals}."
    return "No ring is closed in the median world."


def _drawn(answer: Deals, year: int, ringed: set[tuple[str, str]]) -> pd.DataFrame:
    """The payments that are large enough to see, or part of a ring: these last, on top."""
    own = answer.payments[answer.payments["year"] == year]
    on_ring = [pair in ringed for pair in zip(own["payer"], own["payee"], strict=True)]
    own = own.assign(on_ring=np.array(on_ring, dtype=bool))
    large = own["p50"] >= _LEAST * own["p50"].max()
    seen = own[(own["p50"] > 0) & (large | own["on_ring"])]
    ordered: pd.DataFrame = seen.sort_values(["on_ring", "p50"], kind="stable")
    return ordered


def _spots(payments: pd.DataFrame, rings: list[str]) -> dict[str, Place]:
    """Places of firms on a circle: those of the largest rings first, in the order of the ring."""
    ringed = [payer for ring in rings for payer, _ in around(ring)]
    firms = list(dict.fromkeys([*ringed, *payments["payer"], *payments["payee"]]))
    places = nx.circular_layout(nx.path_graph(len(firms)))
    turned = {firm: map(float, places[at]) for at, firm in enumerate(firms)}
    return {firm: (round(0.5 + y / 2, 4), round(0.5 + x / 2, 4)) for firm, (x, y) in turned.items()}


def _firms(
    payments: pd.DataFrame, spots: Mapping[str, Place], paint: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    for firm, (x, y) in spots.items():
        colour = paint.get(firm, style.FAINT)
        pays, gets = (payments.loc[payments[end] == firm, "p50"].sum() for end in ("payer", "payee"))
        told = f"<b>{html.escape(style.label(firm))}</b><br>pays or owes {with_unit(pays, '$ bn')}"
        told += f"<br>is paid or owed {with_unit(gets, '$ bn')}"
        yield {
            "id": firm,
            "name": style.label(firm),
            "value": [x, y],
            "symbolSize": _SIZE,
            "itemStyle": {"color": colour, "borderColor": colour},
            "label": {"show": True, "position": _side(x, y), "distance": 6, "formatter": "{b}"}
            | {"color": style.INK, "fontSize": 13, "textBorderColor": "#fff", "textBorderWidth": 3},
            "tooltip": {"formatter": told},
        }


def _side(x: float, y: float) -> str:
    """On which side of a firm its name stands: outside the circle."""
    if abs(x - 0.5) < _POLE:
        return "top" if y > 0.5 else "bottom"
    return "right" if x > 0.5 else "left"


def _labelled(rows: list[dict[str, Any]], spots: Mapping[str, Place]) -> list[dict[str, Any]]:
    """The largest payments on rings, as far as their labels do not cover each other."""
    ringed = [row for row in reversed(rows) if row["on_ring"]]
    middles = [middle(spots[row["payer"]], spots[row["payee"]], _BEND) for row in ringed]
    free = legible(middles, map(_on_screen, spots.values()))
    return [row for row, alone in zip(ringed, free, strict=True) if alone][:_LABELLED]


def _on_screen(spot: Place) -> Place:
    """The middle of a firm, px as in `middle`."""
    return middle(spot, spot, 0.0)


def _links(answer: Deals, payments: pd.DataFrame, spots: Mapping[str, Place]) -> Iterator[dict[str, Any]]:
    most, rows = payments["p50"].max(), records(payments)
    shown, called = _labelled(rows, spots), labels(answer)
    given = set(answer.deals.loc[answer.deals["origin"] == GIVEN, "deal"])
    for row in rows:
        amount, deals = with_unit(row["p50"], "$ bn"), in_words(called, row["deals"])
        # A label names the deals that the config gives.
        named_deals = "\n".join(
            [amount, *(named(name) for name in row["deals"].split("; ") if name in given)]
        )
        colour = style.FUNDING if row["on_ring"] else style.RULE
        yield {
            "source": row["payer"],
            "target": row["payee"],
            "value": float(f"{row['p50']:.5g}"),
            "lineStyle": {
                "color": colour,
                "width": round(max(_THINNEST, _WIDEST * float(np.sqrt(row["p50"] / most))), 2),
                "curveness": _BEND,
                "opacity": 0.75,
            },
            "label": {"show": row in shown, "formatter": named_deals, "fontSize": 11, "opacity": 1}
            | {"color": "#8a5a00", "textBorderColor": "#fff", "textBorderWidth": 3},
            "tooltip": {"formatter": _told(row, deals)},
        }


def _told(row: dict[str, Any], deals: str) -> str:
    """A payment's tooltip, as HTML."""
    payer, payee = (html.escape(style.label(row[end])) for end in ("payer", "payee"))
    lines = [
        f"<b>{payer} to {style.in_sentence(payee)}</b>",
        span([row["p10"], row["p50"], row["p90"]], "$ bn"),
        f"paid in the year: {with_unit(row['paid'], '$ bn')}",
        f"committed for later: {with_unit(row['committed'], '$ bn')}",
    ]
    return "<br>".join([*lines, *([f"deals: {html.escape(deals)}"] if deals else [])])


def _table(payments: pd.DataFrame) -> pd.DataFrame:
    """The payments that are drawn, the largest first."""
    return payments.drop(columns="year").iloc[::-1].reset_index(drop=True)
