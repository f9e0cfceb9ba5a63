"""Places of a network's nodes: in columns, from sources of money and chips to users of compute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from computeshift.experiments.views.plots.amounts import Tie

COLUMNS = {0.0: "chips and money", 0.45: "builders", 0.7: "labs", 1.0: "customers"}
"""Columns by their place: unevenly, so that the middle of an edge over two columns, where its label is,
is free."""
_COLUMN_OF_ROLE = {"cloud": 1, "lab": 2}
_INSTITUTIONS = {"lenders": 0, "investors": 0, "outside": 0, "landlords": 0, "stargate": 1, "customers": 3}
_SWEEPS = 8
_SIZE = (900.0, 470.0)  # px, of a usual picture between its margins
TOP = -_SIZE[1] - 30.0
"""The upper edge of the picture, px as in `middle`."""
_LABEL = (58.0, 24.0)  # px, size of an edge's label
_NAME = (66.0, 24.0)  # px, least distance of an edge's label from the middle of a node's name
Place = tuple[float, float]


def column_of(node: str, firms: Mapping[str, str]) -> int:
    """A node's column, 0 to 3: a firm's by its first role, an institution's by its name."""
    from computeshift.experiments.config.registry import roles_of

    if node not in firms:
        return _INSTITUTIONS.get(node, 0)
    return _COLUMN_OF_ROLE.get(roles_of(firms[node])[0], 0)


def places(ties: Iterable[Tie], firms: Mapping[str, str]) -> dict[str, Place]:
    """The place of every node of these ties: x and y from 0 to 1, the first column left, y upwards.

    Within a column, a node stands near the height of its neighbours (barycentre heuristic of Sugiyama et
    al. 1981). Ties alone decide: places are the same in every year and world.
    """
    edges = [(source, target) for source, target, _ in ties]
    nodes = list(dict.fromkeys(name for edge in edges for name in edge))
    columns = [[n for n in nodes if column_of(n, firms) == i] for i in range(len(COLUMNS))]
    height = _heights(columns)
    for _ in range(_SWEEPS):
        for column in columns:
            column.sort(key=lambda node: _barycentre(node, edges, height))
            height |= _heights([column])
    return {node: (x, height[node]) for x, column in zip(COLUMNS, columns, strict=True) for node in column}


def _heights(columns: list[list[str]]) -> dict[str, float]:
    """Evenly spread, the first of a column on top."""
    return {node: 1 - (i + 0.5) / len(column) for column in columns for i, node in enumerate(column)}


def _barycentre(node: str, edges: list[tuple[str, str]], height: Mapping[str, float]) -> float:
    """How far down the neighbours of a node are on average."""
    others = [height[b if a == node else a] for a, b in edges if a != b and node in (a, b)]
    return -float(np.mean(others)) if others else -height[node]


def middle(start: Place, end: Place, bend: float) -> Place:
    """The middle of an edge of that curvature, px in a picture of usual size."""
    (x, y), (to_x, to_y) = ((at[0] * _SIZE[0], -at[1] * _SIZE[1]) for at in (start, end))
    return (x + to_x + bend * (to_y - y)) / 2, (y + to_y - bend * (to_x - x)) / 2


def legible(middles: Iterable[Place], names: Iterable[Place] = ()) -> list[bool]:
    """Which labels cover no legible label before them, and no node's name.

    `names` are the middles of names, px as in `middle`.
    """
    taken, flags = [(*at, _NAME) for at in names], list[bool]()
    for x, y in middles:
        free = all(abs(x - a) > wide or abs(y - b) > high for a, b, (wide, high) in taken)
        taken += [(x, y, _LABEL)] if free else []
        flags.append(free)
    return flags


def below(spot: Place, size: float) -> Place:
    """The middle of a node's name, below its symbol of that size."""
    return spot[0] * _SIZE[0], -spot[1] * _SIZE[1] + size / 2 + 16
