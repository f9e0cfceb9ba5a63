"""Draw the network of a year from a results folder: the picture in the README.

python docs/draw_network.py RESULTS YEAR docs/network.png      (needs matplotlib)
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt
import networkx as nx
from matplotlib.patches import FancyArrowPatch

import computeshift as cs

COLUMNS = {
    0.0: ("lenders", "investors", "softbank", "mgx"),
    3.4: ("oracle", "stargate", "microsoft", "other_cloud"),
    6.8: ("deepseek", "openai", "rival_lab"),
    9.4: ("customers",),
}
PLACES = {
    name: (column, 5.2 * (len(names) - row - (0.7 if column == 0 else 0.5)) / len(names) + 0.1)
    for column, names in COLUMNS.items()
    for row, name in enumerate(names)
}
SHOWN = {"capacity": ("#2563eb", 0.04), "equity": ("#d97706", 0.12), "debt": ("#b45309", -0.12)}
SHOWN["revenue"] = ("#059669", 0.0)
LEAST = {"capacity": 0.1, "equity": 0.5, "debt": 1.0, "revenue": 0.2}


def draw(graph: nx.MultiDiGraph[str], year: int, path: str) -> None:
    """Capacity in blue, funding in orange, customers in green; width and number by amount."""
    figure, axes = plt.subplots(figsize=(11, 6))
    axes.set_aspect("equal")
    for source, target, kind, data in graph.edges(keys=True, data=True):
        drawn = kind in SHOWN and source != target and {source, target} <= set(PLACES)
        if not drawn or data["amount"] < LEAST[kind]:
            continue
        colour, bend = SHOWN[kind]
        amount = data["amount"]
        (x0, y0), (x1, y1) = PLACES[source], PLACES[target]
        width = 0.7 + (1.1 * amount if kind == "capacity" else 0.1 * amount)
        axes.add_patch(
            FancyArrowPatch(
                (x0, y0),
                (x1, y1),
                connectionstyle=f"arc3,rad={bend}",
                arrowstyle="-|>",
                mutation_scale=13,
                shrinkA=30,
                shrinkB=30,
                linewidth=width,
                color=colour,
                alpha=0.6,
            )
        )
        along = 0.3 if x0 == 0 else 0.42  # before the middle, where fewer lines cross
        x = x0 + along * (x1 - x0) + bend / 2 * (y1 - y0)
        y = y0 + along * (y1 - y0) - bend / 2 * (x1 - x0)
        text = f"{amount:.1f} GW" if kind == "capacity" else f"${amount:.1f} bn"
        paper = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
        axes.text(x, y, text, fontsize=8, color=colour, ha="center", va="center", bbox=paper)
    for name, place in PLACES.items():
        box = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": "#374151"}
        axes.text(*place, name.replace("_", " "), ha="center", va="center", fontsize=10, bbox=box)
    axes.set_xlim(-0.8, 10.2)
    axes.set_ylim(0, 5.4)
    axes.set_axis_off()
    axes.set_title(
        f"{year}, medians: capacity in use (blue), equity and debt (orange), sales (green)", fontsize=11
    )
    figure.savefig(path, dpi=110, bbox_inches="tight")


if __name__ == "__main__":
    folder, chosen, picture = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    draw(cs.open(folder).network(chosen, world="median"), chosen, picture)
