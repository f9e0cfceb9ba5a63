"""A name's colour: a firm has the same one on every picture, in a report, on the dashboard, in a PNG."""

from __future__ import annotations

from collections.abc import Iterable

from computeshift.experiments.answer import COLOURS

PALETTE = (*COLOURS, "#332288", "#6B4C1E", "#80BA5A", "#AA3377", "#EEDD88", "#99DDFF", "#7F3C8D")
"""Okabe and Ito's eight, then seven that stand out from them and from each other to colour-blind eyes too."""
_ORDER = (
    "microsoft",
    "oracle",
    "openai",
    "stargate",
    "softbank",
    "other_cloud",
    "mgx",
    "deepseek",
    "rival_lab",
)
_KNOWN = dict(zip(_ORDER, PALETTE, strict=False))
_INSTITUTIONS = {"investors": "#8C8C8C", "lenders": "#B5B5B5", "outside": "#6E6E6E", "customers": "#C8C8C8"}


def ordered(names: Iterable[str]) -> list[str]:
    """Names in the order that every picture has them in: the baseline's firms, others by name, institutions.

    >>> ordered(["lenders", "zeta", "openai", "alpha", "microsoft"])
    ['microsoft', 'openai', 'alpha', 'zeta', 'lenders']
    """
    places = {name: i for i, name in enumerate(_ORDER)} | dict.fromkeys(_INSTITUTIONS, 99)
    return sorted(dict.fromkeys(names), key=lambda name: (places.get(name, len(_ORDER)), name))


def colours(firms: Iterable[str]) -> dict[str, str]:
    """A colour for each of these names, for the baseline's firms and for institutions, which are grey.

    Firms that a config adds get what is left, by name. So that a firm keeps its colour from picture to
    picture, name all firms of the runs that are shown, not only those on one picture.

    >>> colours(["zeta", "openai", "alpha"])["alpha"] == colours(["zeta", "alpha"])["alpha"]
    True
    """
    added = [name for name in ordered(firms) if name not in _KNOWN and name not in _INSTITUTIONS]
    shades = [*PALETTE[len(_KNOWN) :], *(lighter(shade, by) for by in (0.4, 0.7) for shade in PALETTE)]
    return _KNOWN | _INSTITUTIONS | {name: shades[i % len(shades)] for i, name in enumerate(added)}


def lighter(colour: str, by: float) -> str:
    """A colour mixed with white: `by` 0 leaves it, 1 gives white."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * by):02X}" for part in parts)
