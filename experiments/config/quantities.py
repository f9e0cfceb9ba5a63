"""What expressions mean in a market: whether what they name is there, and in which unit it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from computeshift.agents import KINDS
from computeshift.environment.deals import STATES
from computeshift.environment.ledger import FLOWS
from computeshift.environment.market import VARIABLES as OF_MARKET
from computeshift.environment.network import INSTITUTIONS, VENTURE
from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.expression import (
    MARKET,
    At,
    Binary,
    ExpressionError,
    Flow,
    Name,
    Negative,
    Number,
    OfDeals,
    Running,
    Total,
    Tree,
    Variable,
    counted,
    is_counted,
    leaves,
    parse,
    parts,
    replaced,
)
from computeshift.experiments.config.schema import LAST_YEAR
from computeshift.experiments.errors import instead

Fault = tuple[str, str]
"""What is wrong, and what would be right."""
FLAG = "0/1"
NUMBER = "number"
"""The unit of what is made of flags and is more than yes or no, such as a count of them."""
_PURE = (FLAG, "share", "ratio", NUMBER)
"""Units of which a multiple has the unit of the other factor; of two of them the later one."""
_ADDABLE = ("$ bn", "GW")
"""Units that are never added to each other."""


def shipped() -> Mapping[str, Any]:
    """The outcomes that come with the package, by name: a room above has them, so they are found late."""
    known: Mapping[str, Any] = import_module("computeshift.experiments.results.outcomes").OUTCOMES
    return known


def read(text: str, cast: Cast, own: Mapping[str, str], start: int | None = None) -> Tree:
    """An expression as a tree of what a market has: outcomes in `own` are written out in it.

    ExpressionError if it is none, if it names what is not in a market of this cast, or if a year in it is not
    after `start`. Years such as +3 are counted from `start`.
    """
    tree = replaced(parse(text), lambda name: parse(own[name]) if name in own else Name(name))
    if start is not None:
        tree = counted(tree, start)
    elif is_counted(tree):
        raise ExpressionError("+ counts years from a start, and there is none here", "write the year")
    tree = parse(str(tree))  # as long as an expression may be
    for wrong, right in (*faults(tree, cast, own), *_years(tree, start)):
        raise ExpressionError(wrong, right)
    unit_of(tree, cast)
    return tree


def faults(tree: Tree, cast: Cast, own: Mapping[str, str] | None = None) -> Iterator[Fault]:
    """What a tree names that a market of this cast does not have."""
    for leaf in leaves(tree):
        match leaf:
            case Name(name) if name not in shipped():
                yield f"there is no outcome {name!r}", instead(name, [*shipped(), *(own or ())])
            case Variable(owner, name):
                yield from _of_market(name) if owner == MARKET else _of_firm(owner, name, cast)
            case Flow(kind, source, target):
                yield from _flow(kind, (source, target), cast)
            case OfDeals():
                yield from _of_deals(leaf, cast)
            case Total(name, of):
                yield from _total(name, of, cast)


def holder(name: str, cast: Cast) -> str:
    """The firm or institution of a name here: the firm of that name, or the first of that kind."""
    return name if name in INSTITUTIONS else cast.of_kind(name)


def members(total: Total, cast: Cast) -> list[str]:
    """The firms that a sum is over: those it names, all of a kind it names, or all that log the variable."""
    if not total.of:
        return [firm for firm in cast.firms if total.name in _logged(firm, cast)]
    named = [name if name in cast.firms or name == VENTURE else "" for name in total.of]
    found = [[firm] if firm else _of_kind(kind, cast) for firm, kind in zip(named, total.of, strict=True)]
    return list(dict.fromkeys(firm for firms in found for firm in firms))


def unit_of(tree: Tree, cast: Cast) -> str:
    """The unit of a tree of known names, empty if it can't be told. ExpressionError for $ bn plus GW."""
    return _unit(tree, cast) or ""


# --- names ---


def _of_market(name: str) -> Iterator[Fault]:
    if name not in OF_MARKET:
        yield f"the market has no variable {name!r}", instead(name, OF_MARKET)


def _of_firm(owner: str, name: str, cast: Cast) -> Iterator[Fault]:
    firm = holder(owner, cast)
    if firm not in (*cast.firms, VENTURE):
        right = instead(owner, [*cast.firms, VENTURE, MARKET])
        right = "write spaces around a minus" if "-" in owner else right
        yield f"there is no firm {owner!r}", right
    elif _known(firm, cast) and name not in (logged := _logged(firm, cast)):
        yield f"{owner} has no variable {name!r}", instead(name, logged)


def _flow(kind: str, ends: tuple[str | None, str | None], cast: Cast) -> Iterator[Fault]:
    if kind not in FLOWS:
        yield f"there is no kind of flow {kind!r}", instead(kind, FLOWS)
    holders = [*cast.firms, *INSTITUTIONS]
    for end in ends:
        if end is not None and holder(end, cast) not in holders:
            yield f"there is no firm or institution {end!r}", instead(end, holders)


def _of_deals(leaf: OfDeals, cast: Cast) -> Iterator[Fault]:
    if leaf.number not in STATES:
        yield f"deals have no number {leaf.number!r}", instead(leaf.number, STATES)
    elif leaf.name is not None and leaf.name not in cast.deals:
        right = "for what firms sign in the run write deal(left, oracle, openai)"
        right = instead(leaf.name, cast.deals) if cast.deals else right
        yield f"the config has no deal {leaf.name!r}", right
    elif leaf.name is None and leaf.number == "price":
        yield "prices of several deals have no sum", "name one deal: deal(price, NAME)"
    for end in (leaf.source, leaf.target):
        if end is not None and (firm := holder(end, cast)) not in (*cast.firms, VENTURE):
            yield f"there is no firm {firm!r}", instead(firm, [*cast.firms, VENTURE])


def _total(name: str, of: tuple[str, ...], cast: Cast) -> Iterator[Fault]:
    groups = [*cast.firms, VENTURE, *vocabulary.role_kinds()]
    for one in of:
        if one not in (*cast.firms, VENTURE) and not _of_kind(one, cast):
            yield f"there is no firm, and no firm of a kind, {one!r}", instead(one, groups)
            return
    firms = members(Total(name, of), cast)
    lacking = [firm for firm in firms if _known(firm, cast) and name not in _logged(firm, cast)]
    if not firms or lacking:
        every = {known for firm in firms or cast.firms for known in _logged(firm, cast)}
        whose = lacking[0] if lacking else "no firm here"
        yield f"{whose} has{' no' if lacking else ' a'} variable {name!r}", instead(name, every)


def _of_kind(kind: str, cast: Cast) -> list[str]:
    """The firms that are of a kind or have it as a role."""
    return [firm for firm, own in cast.firms.items() if kind in vocabulary.roles_of(own)]


def _known(firm: str, cast: Cast) -> bool:
    """Whether what the firm logs is known here: its kind may be a user's that is not loaded."""
    return firm == VENTURE or cast.firms[firm] in KINDS


def _logged(firm: str, cast: Cast) -> list[str]:
    """The numbers that a firm logs; words have no unit."""
    kind = cast.firms.get(firm, firm)
    return [name for name, (unit, _) in KINDS[kind].variables.items() if unit] if kind in KINDS else []


def _years(tree: Tree, start: int | None) -> Iterator[Fault]:
    if isinstance(tree, At) and tree.year is not None:
        first = 0 if start is None else start + 1
        if tree.year < first:
            yield f"{tree.year} is not after the start, {start}", f"use {first} or later"
        if tree.year > LAST_YEAR:
            yield f"{tree.year} is too late", f"use {LAST_YEAR} at the latest"
    for part in parts(tree):
        yield from _years(part, start)


# --- units ---


def _unit(tree: Tree, cast: Cast) -> str | None:
    """The unit of a tree; None of a bare number, which takes that of what it is added to."""
    match tree:
        case Number():
            return None
        case Name(name):
            return str(shipped()[name].unit)
        case Flow(kind):
            return FLOWS[kind][0]
        case OfDeals(number):
            return STATES[number][0]
        case Total(name):
            firms = members(tree, cast)
            return _counted(_unit(Variable(firms[0], name), cast))
        case Variable(owner, name):
            return _of_variable(holder(owner, cast), name, cast)
        case Binary("-", Number(1), right) if _unit(right, cast) == FLAG:
            return FLAG
        case Binary(sign, left, right):
            both = _unit(left, cast), _unit(right, cast)
            return _sum(tree, *both) if sign in "+-" else _product(*both) if sign == "*" else _ratio(*both)
        case Running("cumulative", inner) | Negative(inner):
            return _counted(_unit(inner, cast))
    return _unit(parts(tree)[0], cast)


def _counted(unit: str | None) -> str | None:
    """The unit of a multiple or a sum: of flags it is a number."""
    return NUMBER if unit == FLAG else unit


def _of_variable(owner: str, name: str, cast: Cast) -> str:
    if owner == MARKET:
        return OF_MARKET[name][0]
    kind = cast.firms.get(owner, owner)
    return KINDS[kind].variables[name][0] if kind in KINDS and name in KINDS[kind].variables else ""


def _sum(tree: Binary, left: str | None, right: str | None) -> str | None:
    left, right = _counted(left), _counted(right)
    if left != right and left in _ADDABLE and right in _ADDABLE:
        done = "added to" if tree.sign == "+" else "subtracted from"
        wrong = f"{right} can't be {done} {left}"
        raise ExpressionError(wrong, "divide one by the other, or name them as two outcomes")
    if left is None or right is None:
        return right if left is None else left
    return left if left == right else ""


def _product(left: str | None, right: str | None) -> str | None:
    if left is None or right is None:
        return _counted(right if left is None else left)
    if left in _PURE and right in _PURE:
        return max(left, right, key=_PURE.index)
    if left in _PURE:
        return right
    return left if right in _PURE else ""


def _ratio(left: str | None, right: str | None) -> str | None:
    left = _counted(left)
    if right is None or right in _PURE:
        return left if left != right or left is None else "ratio"
    if left == right:
        return "ratio"
    return f"{left} per {right}" if left and right else ""
