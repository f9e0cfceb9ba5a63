"""Laying one config over another: what is extended, then each overlay, then settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from computeshift.agents import KINDS
from computeshift.agents.strategy import JOINED
from computeshift.environment.bounds import Bounds
from computeshift.environment.deals import DEAL_KINDS, LISTED
from computeshift.environment.network import LENDERS
from computeshift.experiments.config.arguments import plain
from computeshift.experiments.config.source import KeyPath, Layer, dotted, place, scalar
from computeshift.experiments.config.years import count_from_start
from computeshift.experiments.errors import Problem, instead

SECTIONS = ("frontier", "services", "compute", "tenants", "capital", "ratings", "stargate")
OWN = ("outcomes", "claims", "observe")
"""The sections whose entries replace those of the same name as a whole."""
_NAMED = ("firms", "shocks", "deals", "factors", *OWN)
"""The sections of which null takes an entry out."""
_WORDS = {
    "kind",
    "strategy",
    "stream",
    "partner",
    "year",
    "until",
}  # keys of firms and shocks that are no parameters
EVENTS = ("cut", "delay")
"""What happens to a deal in a year, and by how much: mappings of that year and of numbers."""
DEAL_WORDS = (
    *("kind", "from", "to", "site", "of", "signed", "first", "last", "schedule", "conditions", "breaks"),
    *EVENTS,
)
"""The keys of a deal that are no numbers."""
_TOP = ("until", "worlds", "seed", "focus")
_GROUND = ("source", "published", "facts", "assumed")
BARE = "set by "
"""How the source of a bare number begins, which has no range and no ground of its own."""
SETTING = "`set`"
"""How the place of a setting begins that is no parameter of its own."""
_PARAMETERS = ("until", "worlds", "seed")  # settings that are parameters of their own


def is_number(value: object) -> bool:
    """Whether a value is a number (true and false are none)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def over(below: object, above: object, name: str) -> Any:
    """A parameter's value laid over another: a bare number is fixed, the unit is inherited.

    >>> over({"unit": "share", "low": 0, "high": 1}, 0.3, "mine")
    {'unit': 'share', 'central': 0.3, 'shape': 'fixed', 'source': 'set by mine'}
    """
    if is_number(above):
        above = {"central": above, "shape": "fixed", "source": f"{BARE}{name}"}
    if not isinstance(above, dict) or not isinstance(below, dict) or "unit" not in below:
        return above
    return {"unit": below["unit"], **above}


def parameter(key: str) -> str:
    """The parameter that sets a dotted key, as messages name it.

    >>> parameter("worlds"), parameter("softbank.cash")
    ('`worlds`', '`set` softbank.cash')
    """
    return f"`{key}`" if key in _PARAMETERS else f"{SETTING} {key}"


def setting(key: str, value: object, tree: Mapping[str, Any]) -> tuple[KeyPath, Any] | Problem:
    """Where in a config's tree a dotted key of `set` points, and its value; or what is wrong.

    >>> tree = {"firms": {"softbank": {}}, "services": {"elasticity": 1}}
    >>> setting("softbank.ltv_limit", "0.3", tree)
    (('firms', 'softbank', 'ltv_limit'), 0.3)
    """
    key, value = str(key), plain(value)
    where, parts = parameter(key), tuple(key.split("."))
    if isinstance(value, str):
        value = scalar(value)
    firms, shocks, factors, deals = (
        known if isinstance(known := tree.get(group), dict) else {}
        for group in ("firms", "shocks", "factors", "deals")
    )
    match parts:
        case (top,) if top in _TOP:
            return parts, value
        case ("start",):
            wrong = "a start cannot be set: a config's numbers belong to its start"
            return Problem(where, key, wrong, "name a config that starts then, such as end_of_2022")
        case ("known_until",):
            wrong = "it cannot be set: a config's numbers rest on what was known by then"
            return Problem(where, key, wrong, "write it in a config file")
        case (section, _) if section in SECTIONS:
            return parts, value
        case (firm, _) if firm in firms:
            return ("firms", *parts), value
        case ("shocks", shock, _) if shock in shocks:
            return parts, value
        case ("shocks", shock, _):
            return Problem(where, key, f"there is no shock {shock!r}", instead(shock, shocks))
        case ("factors" | "deals",) | ("factors" | "deals", _) if value is None:
            return parts, value
        case ("deals", deal) if deal in deals:
            wrong = "a deal is written in a file; a setting takes it out, or sets one of its numbers or dates"
            return Problem(where, key, wrong, f"set {key}=null, or {key}.last")
        case ("deals", deal, _) | ("deals", deal, "schedule" | "breaks" | "cut" | "delay", _) if (
            deal in deals
        ):
            return parts, value
        case ("deals", deal, *_) if deal not in deals:
            return Problem(where, key, f"there is no deal {deal!r}", instead(deal, deals))
        case ("factors", factor) if factor in factors:
            wrong = "a factor is written in a file; a setting takes it out, or sets one of its loadings"
            return Problem(where, key, wrong, f"set {key}=null, or {key}.PARAMETER")
        case ("factors", factor, _, *_) if factor in factors:
            return ("factors", factor, "loadings", ".".join(parts[2:])), value
        case ("factors", factor, *_):
            return Problem(where, key, f"there is no factor {factor!r}", instead(factor, factors))
        case (section, *_) if section in OWN:
            wrong = f"{section} can't be set: a config's file has them"
            return Problem(where, key, wrong, "write them there, or ask for an expression by itself")
        case (owner, _):
            wrong = f"there is no firm or section {owner!r}"
            return Problem(where, key, wrong, instead(owner, [*SECTIONS, *firms, "shocks", "deals"]))
    examples = "softbank.strategy, services.elasticity, shocks.permit_delay.size"
    right = instead(key, _TOP) if len(parts) == 1 else f"write it like {examples}"
    return Problem(where, key, f"there is no key {key!r}", right)


def _mapping(value: Any) -> dict[str, Any]:
    """A mapping as written; an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def _tie_of(deal: dict[str, Any]) -> list[Any]:
    """The tie that a deal needs, as `edges` has it."""
    kind = DEAL_KINDS.get(str(deal.get("kind")))
    return [deal.get("site") or deal.get("from"), deal.get("to"), kind.tie if kind else None]


def _ends(edge: Any) -> Any:
    """A tie without its years: its two ends and its kind."""
    return edge[:3] if isinstance(edge, list) else edge


class Stack:
    """Layers laid over each other: one tree, and for each key the place that set it last.

    `ranges` are those that parameters had before they were overridden; `gone` are firms, and shocks and
    deals as `shocks.NAME`, that a layer took out: loadings of their numbers go with them.
    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        self.tree: dict[str, Any] = {}
        self.places: dict[KeyPath, str] = {}
        self.ranges: dict[KeyPath, Bounds] = {}
        self.problems: list[Problem] = []
        self.gone: set[str] = set()
        self.layer = Layer("", {}, {})
        for layer in layers:
            self.lay(layer)
        count_from_start(self.tree)

    def lay(self, layer: Layer) -> None:
        """Lay one more config on top."""
        self.layer = layer
        self.problems += layer.problems
        self.ranges |= layer.ranges
        self.places[()] = layer.places.get((), layer.name)
        for key, value in layer.tree.items():
            if key not in ("edges", "cut"):
                self._lay((key,), value)
        self._cut(self._list("cut"))
        self._add_edges(self._list("edges"))

    def set(self, values: Mapping[str, object]) -> None:
        """Lay settings on top, each under its own place."""
        for key, value in values.items():
            found = setting(key, value, self.tree)
            if isinstance(found, Problem):
                self.problems.append(found)
                continue
            path, value = found
            self.layer = Layer("a setting", {}, {(): parameter(key)})
            self._lay(path, value)
        count_from_start(self.tree)

    def prune(self, path: KeyPath) -> None:
        """Take out a malformed key (of a list, the whole), so that the rest can be read on."""
        if path[0] == "edges":
            self.tree["edges"][path[1]] = None
            return
        owner: Any = self.tree
        for step in path[:-1]:
            if not isinstance(owner.get(step), dict):
                owner.pop(step, None)
                return
            owner = owner[step]
        owner.pop(path[-1], None)

    def _lay(self, path: KeyPath, value: Any) -> None:
        """Lay one key on top: mappings join down to the parameters, all else replaces."""
        owner: Any = self.tree
        last = path[-1]
        for step in path[:-1]:
            owner[step] = {} if owner.get(step) is None else owner[step]
            owner = owner[step]
            if not isinstance(owner, dict):
                return  # the schema tells of it: there is no mapping to lay anything on
        below = owner.get(last)
        if value is None and len(path) == 2 and path[0] in _NAMED:
            self._remove(path)
        elif value is None and path in (("factors",), ("deals",)):
            if path == ("deals",):
                self._remove_deals(lambda _: True)
            owner[last] = {}
            self._place(path, None, None)
        elif value is None and (path[0] == "deals" or last == LISTED) and self._is_parameter(path):
            owner.pop(last, None)
            self._place(path, below, None)
        elif self._is_parameter(path):
            self._note_range(path, below)
            owner[last] = over(below, value, self.layer.name)
            self._place(path, below, value)
        elif isinstance(value, dict) and not (len(path) == 2 and path[0] in OWN):
            self.places[path] = place(self.layer.places, path)
            if not isinstance(below, dict):
                owner[last] = {}
            elif path[0] == "factors" and any(key in value for key in _GROUND):
                owner[last] = {key: known for key, known in below.items() if key not in _GROUND}
            for key, inner in value.items():
                self._lay((*path, key), inner)
        else:
            owner[last] = value
            self._place(path, below, value)

    def _note_range(self, path: KeyPath, below: object) -> None:
        """Keep the range of a parameter that is overridden; a bare number has none of its own."""
        if isinstance(below, dict) and not str(below.get("source", "")).startswith(BARE):
            central = below.get("central")
            low: Any = below.get("low", central)
            high: Any = below.get("high", central)
            if is_number(low) and is_number(high):
                self.ranges[path] = Bounds(low, high)

    @staticmethod
    def _is_parameter(path: KeyPath) -> bool:
        if path[0] in SECTIONS:
            return len(path) == 2
        if path[0] == "deals" and len(path) == 4:
            return path[2] == "schedule" or (path[2] in EVENTS and path[3] != "year")
        words = DEAL_WORDS if path[0] == "deals" else _WORDS
        return path[0] in ("roles", "firms", "shocks", "deals") and len(path) == 3 and path[2] not in words

    def _place(self, path: KeyPath, below: object, value: object) -> None:
        """Note where a key and those in it stand, now that `value` took the place of `below`."""
        for key in below if isinstance(below, dict) else ():
            self.places.pop((*path, key), None)
        self.places[path] = place(self.layer.places, path)
        for key in value if isinstance(value, dict) else ():
            self.places[*path, key] = place(self.layer.places, (*path, key))

    def _remove(self, path: KeyPath) -> None:
        group, name = path
        if name not in self.tree.get(str(group), {}):
            known = self.tree.get(str(group), {})
            wrong = f"there is no {name!r} to take out"
            self._problem(path, wrong, instead(str(name), known))
            return
        del self.tree[str(group)][name]
        self.gone.add(str(name) if group == "firms" else f"{group}.{name}")
        if group == "firms":
            self._keep([not (isinstance(e, list) and name in e[:2]) for e in self._edges])
            self._remove_deals(lambda deal: name in (deal.get(key) for key in ("from", "to", "site")))
        if group == "deals":
            self._remove_deals(lambda deal: deal.get("of") == name)

    def _remove_deals(self, goes: Callable[[dict[str, Any]], bool]) -> None:
        """Take out some deals: those of a firm that is gone, or what backs a deal that is gone."""
        deals = _mapping(self.tree.get("deals"))
        for name in list(deals):
            if name in deals and goes(_mapping(deals[name])):  # it may have gone with another
                self._remove(("deals", name))

    def _list(self, key: str) -> list[Any]:
        """A list of edges in the layer on top."""
        value = self.layer.tree.get(key, [])
        if isinstance(value, list):
            return value
        self._problem((key,), f"{value!r} is no list", "write [[source, target, kind], ...]")
        return []

    @property
    def _edges(self) -> list[Any]:
        edges: list[Any] = self.tree.setdefault("edges", [])
        return edges

    def _keep(self, flags: list[bool]) -> None:
        """Keep these edges, with their places."""
        chosen = [(self._edges[i], self.places["edges", i]) for i, keep in enumerate(flags) if keep]
        self.tree["edges"] = [edge for edge, _ in chosen]
        self.places |= {("edges", i): where for i, (_, where) in enumerate(chosen)}

    def _add_edges(self, edges: list[Any]) -> None:
        """Add ties; one that is there already takes the first year of the new one, or loses its own."""
        for i, edge in enumerate(edges):
            if edge is None:
                self._problem(("edges", i), "there is no tie", "write [source, target, kind]")
            if edge is None or edge in self._edges:
                continue
            ties = [_ends(known) for known in self._edges]
            at = ties.index(_ends(edge)) if _ends(edge) in ties else len(ties)
            self._edges[at : at + 1] = [edge]
            self.places["edges", at] = place(self.layer.places, ("edges", i))

    def name_lenders(self) -> None:
        """Where a tie names `lenders`, have one to every lender among the firms instead, if there is one."""
        named, ties = list[tuple[Any, str]](), [_ends(edge) for edge in self._edges]
        lenders = self._lenders()
        for i, edge in enumerate(self._edges):
            new = [tie for tie in every_lender(edge, lenders) if tie is edge or _ends(tie) not in ties]
            named += [(tie, self.places["edges", i]) for tie in new]
        self.tree["edges"] = [tie for tie, _ in named]
        self.places |= {("edges", i): where for i, (_, where) in enumerate(named)}

    def _lenders(self) -> list[str]:
        """The firms that lend, perhaps among other things, as far as is written so far."""
        firms = _mapping(self.tree.get("firms"))
        return [name for name, spec in firms.items() if _lends(name, spec)]

    def _cut(self, cuts: list[Any]) -> None:
        """Take out ties, with the deals over them."""
        lenders = self._lenders() if cuts else []
        for i, edge in enumerate(cuts):
            every = [edge, *every_lender(edge, lenders)]
            flags = [_ends(known) not in every for known in self._edges]
            if not all(flags):
                self._keep(flags)
                self._remove_deals(lambda deal, cut=every: _tie_of(deal) in cut)  # type: ignore[misc]
                continue
            known = [" ".join(map(str, _ends(e))) for e in self._edges if isinstance(e, list)]
            text = " ".join(map(str, edge)) if isinstance(edge, list) else repr(edge)
            self._problem(("cut", i), f"there is no edge {text!r} to cut", instead(text, known))

    def _problem(self, path: KeyPath, wrong: str, right: str) -> None:
        places = self.layer.places
        self.problems.append(Problem(place(places, path), dotted(places, path), wrong, right))


def every_lender(edge: Any, lenders: Iterable[str]) -> list[Any]:
    """A tie; or, where it names `lenders` and there are some, one to each but the firm itself.

    >>> every_lender(["lenders", "oracle", "debt"], ["banks", "fund"])
    [['banks', 'oracle', 'debt'], ['fund', 'oracle', 'debt']]
    >>> every_lender(["lenders", "oracle", "debt"], []), every_lender(["banks", "oracle", "debt"], ["fund"])
    ([['lenders', 'oracle', 'debt']], [['banks', 'oracle', 'debt']])
    """
    if not isinstance(edge, list) or edge[:1] != [LENDERS]:
        return [edge]
    return [[name, *edge[1:]] for name in lenders if name not in edge[1:2]] or [edge]


def _lends(name: str, spec: object) -> bool:
    """Whether a firm, as a config writes it, is a lender."""
    kind = _mapping(spec).get("kind") or name
    joined = JOINED.join(map(str, kind)) if isinstance(kind, list) else str(kind)
    return joined in KINDS and KINDS[joined].lends
