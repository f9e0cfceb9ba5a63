"""Colours of firms and institutions: the same in every picture, report and page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from computeshift.agents import KINDS

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#333333")
"""Okabe and Ito's palette (2008), which colour-blind people can tell apart, the darkest first."""
PALETTE = (*COLOURS, "#332288", "#6B4C1E", "#80BA5A", "#AA3377", "#EEDD88", "#99DDFF", "#7F3C8D")
"""Okabe and Ito's eight, then seven that stand out from them and from each other to colour-blind eyes too."""
_OTHERS = {"other_cloud": "#56B4E9", "rival_lab": "#332288"} | {
    "banks": "#7B8794",
    "bond_buyers": "#9AA5B1",
    "private_credit": "#616E7C",
}
"""Lenders are grey, as institutions are, with a trace of blue."""
_INSTITUTIONS = {
    "investors": "#8C8C8C",
    "lenders": "#B5B5B5",
    "outside": "#6E6E6E",
    "customers": "#C8C8C8",
    "landlords": "#9E9E9E",
}


def ordered(names: Iterable[str]) -> list[str]:
    """Names in the order of every picture: the baseline's firms, others by name, institutions.

    >>> ordered(["lenders", "zeta", "openai", "alpha", "microsoft"])
    ['microsoft', 'openai', 'alpha', 'zeta', 'lenders']
    """
    places = {name: PALETTE.index(colour) for name, colour in _known().items() if colour in PALETTE}
    places |= dict.fromkeys(_INSTITUTIONS, len(PALETTE) + 1)
    return sorted(dict.fromkeys(names), key=lambda name: (places.get(name, len(PALETTE)), name))


def colours(firms: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    """A colour for each of these names, for the baseline's firms and for institutions, which are grey.

    Other firms have the colour of their kind's card, if `firms` has their kinds and no other firm has that
    colour; else a spare colour, by name. Name all firms of the runs on a page, not only those of one
    picture: then a firm keeps its colour from picture to picture.

    >>> colours(["zeta", "openai", "alpha"])["alpha"] == colours(["zeta", "alpha"])["alpha"]
    True
    >>> colours({"oai": "openai"})["oai"] == colours([])["openai"]
    True
    """
    cards, kinds = _known(), firms if isinstance(firms, Mapping) else {}
    fixed_colours = cards | _INSTITUTIONS
    added = [name for name in ordered(firms) if name not in fixed_colours]
    of_kinds: dict[str, str] = {}
    for name in added:
        kind = kinds.get(name, "")
        if kind in cards and kind not in firms and cards[kind] not in of_kinds.values():
            of_kinds[name] = cards[kind]
    spare = [shade for shade in PALETTE if shade not in cards.values()]
    shades = [*spare, *(lighter(shade, by) for by in (0.4, 0.7) for shade in PALETTE)]
    others = (name for name in added if name not in of_kinds)
    return fixed_colours | of_kinds | {name: shades[i % len(shades)] for i, name in enumerate(others)}


def _known() -> dict[str, str]:
    """The fixed colours: those of kinds' cards, and of the baseline's other firms."""
    return {name: card.colour for name, card in KINDS.items() if card.colour} | _OTHERS


def lighter(colour: str, by: float) -> str:
    """A colour mixed with white: `by` 0 leaves it, 1 gives white."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * by):02X}" for part in parts)
