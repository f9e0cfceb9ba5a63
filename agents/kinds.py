"""Kinds of firms by name, each registered where it is written: what a firm of the kind is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar

from computeshift.agents.firm import Firm
from computeshift.agents.group import Group, names_of
from computeshift.agents.owner import Owner
from computeshift.agents.role import Role
from computeshift.agents.strategy import JOINED, add_kind, shipped
from computeshift.environment.bounds import Bounds, bounds_of, meanings_of
from computeshift.environment.ledger import MONEY
from computeshift.environment.log import declared
from computeshift.environment.setup import FirmSetup

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

K = TypeVar("K", bound=type[Firm] | type[Role])
S = TypeVar("S")


@dataclass(frozen=True)
class Kind:
    """The card of a kind of firm: its class, and its roles in the order in which they act in each phase."""

    name: str
    firm: type[Firm]
    roles: tuple[type[Role], ...]
    institution: bool = False
    """Whether every market has one, and no config names it."""
    label: str = ""
    """How people write its name, as `OpenAI`."""
    colour: str = ""
    """Its colour in pictures, as `#009E73`."""
    own_payoff: tuple[str, ...] = ()
    """The parts of its payoff, where they are not those of its roles."""

    def __call__(self, market: ComputeMarket, setup: FirmSetup) -> Firm:
        """A firm of the kind; ValueError for a strategy that it does not have."""
        return self.firm(market, setup, self.roles)

    @property
    def named(self) -> bool:
        """Whether it is one firm with rules of its own, and not a role that any firm may play."""
        return self.firm is not Firm

    @property
    def written(self) -> type:
        """The class that says what it is, in its docstring."""
        return self.firm if self.named else self.roles[0]

    @cached_property
    def bounds(self) -> Mapping[str, Bounds]:
        """The bounds of its parameters by name."""
        return self._stated(bounds_of)

    @cached_property
    def meanings(self) -> Mapping[str, str]:
        """What each of its parameters is, in one line, by name; empty where a user's own does not say."""
        return self._stated(meanings_of)

    def _stated(self, of: Callable[[type], Mapping[str, S]]) -> Mapping[str, S]:
        """What a class of parameters states of each, by the parameter's name in a firm of the kind."""
        if self.firm.Parameters is not None:
            return of(self.firm.Parameters)
        return {
            names[field]: stated
            for role, names in names_of(self.roles).items()
            for field, stated in of(role.Parameters).items()
        }

    @property
    def defaults(self) -> tuple[str, ...]:
        """The roles whose defaults in a config are its own, the one that it is known for first."""
        roles = sorted(self.roles, key=lambda role: role.label != self.firm.known_as)
        return tuple(dict.fromkeys(name for role in roles for name in role.defaults))

    @property
    def payoff(self) -> tuple[str, ...]:
        """The parts whose sum is its payoff, by name."""
        if self.own_payoff or len(self.roles) == 1:
            return self.own_payoff or self.roles[0].payoff
        together = (part for role in self.roles for part in role.payoff_in_group)
        return tuple(dict.fromkeys((*together, "running")))

    def default_for(self, role: str, field: str) -> str:
        """Which of its parameters a default of a role is for."""
        if self.firm.Parameters is not None:
            return field
        names = (own for known, own in names_of(self.roles).items() if role in known.defaults)
        return next((own[field] for own in names if field in own), field)

    @property
    def gives(self) -> frozenset[str]:
        """Kinds of edges that may start at it."""
        return frozenset().union(*(role.gives for role in self.roles))

    @property
    def takes(self) -> frozenset[str]:
        """Kinds of edges that may end at it."""
        return frozenset().union(*(role.takes for role in self.roles))

    @property
    def lends(self) -> bool:
        """Whether it is a lender, perhaps among other things."""
        return "debt" in self.gives

    @cached_property
    def variables(self) -> Mapping[str, tuple[str, str]]:
        """What it logs: unit and meaning by name."""
        return {name: entry for owner in (self.firm, *self.roles) for name, entry in declared(owner).items()}


class Kinds(dict[str, Kind]):
    """Kinds by name; of several roles together too, as `KINDS["lab+cloud"]`.

    Such a kind is named by its roles in the order in which they act: those that own capacity first, so
    that a lab knows what its firm's own sites cost. KeyError if a part is no role, if one is there twice,
    or if two of them clash, as an investor and a chipmaker do.
    """

    def __missing__(self, name: str) -> Kind:
        own = [super(Kinds, self).get(part) for part in name.split(JOINED)]
        roles = {part.name: part for part in own if part is not None and not part.named}
        if JOINED not in name or len(roles) < len(own):
            raise KeyError(name)
        if clash(tuple(kind.roles[0] for kind in roles.values())):
            raise KeyError(name)
        return _joined(tuple(sorted(roles.values(), key=lambda kind: not issubclass(kind.roles[0], Owner))))

    def __contains__(self, name: object) -> bool:
        try:
            return bool(self[str(name)])
        except KeyError:
            return False


@cache
def clash(roles: tuple[type[Role], ...]) -> str:
    """Why these can't be roles of one firm; empty if they can."""
    if len({role.label for role in roles}) < len(roles):
        return "two of them have the same label"
    if sum(role.as_lab is not Role.as_lab for role in roles) > 1:
        return "two of them are labs"
    if sum(role.as_supplier is not Role.as_supplier for role in roles) > 1:
        return "two of them own capacity"
    flows = [flow for role in roles for flow in role.spends]
    if len(set(flows)) < len(flows):
        return "two of them pay into rounds"
    logged = [(name, unit) for role in roles for name, (unit, _) in declared(role).items()]
    for name, unit in logged:
        if logged.count((name, unit)) > 1 and unit not in (MONEY, "GW"):
            return f"two of them log {name}, which can't be added up"
    return ""


@cache
def _joined(own: tuple[Kind, ...]) -> Kind:
    """A kind of firm with these roles."""
    return Kind(JOINED.join(kind.name for kind in own), Group, tuple(kind.roles[0] for kind in own))


KINDS = Kinds()
"""Every kind by name."""


def kind(
    name: str,
    *roles: type[Role],
    institution: bool = False,
    label: str = "",
    colour: str = "",
    payoff: tuple[str, ...] = (),
) -> Callable[[K], K]:
    """Register a class under `name`: a named firm with its roles, or a role that any firm may play.

    What derives from another kind has the strategies of that one to begin with; a role has the kind's name
    for its label. ValueError for a name or a colour that can't be one, for a name of a kind of the package,
    for a firm without a role, for a role without parameters, and for roles that clash.
    """

    def register(written: K) -> K:
        if issubclass(written, Role):
            written.label = name
        _check(name, written, roles or (written,), colour)
        of = {card.written: card.name for card in KINDS.values()}
        add_kind(name, next((of[base] for base in written.__mro__[1:] if base in of), None))
        firm, own = (Firm, (written,)) if issubclass(written, Role) else (written, roles)
        KINDS[name] = Kind(name, firm, own, institution, label, colour, payoff)
        return written

    return register


def _check(name: str, written: type, roles: Sequence[type], colour: str) -> None:
    if not re.fullmatch(r"\w+", name):
        raise ValueError(f"{name!r} can't be the name of a kind: use letters, digits and _")
    if name in KINDS and shipped(KINDS[name].written):
        raise ValueError(f"the kind {name!r} comes with the package: choose another name")
    if colour and not re.fullmatch("#[0-9A-Fa-f]{6}", colour):
        raise ValueError(f"the colour {colour!r} of {name!r} is none: write it like '#009E73'")
    own = tuple(role for role in roles if issubclass(role, Role))
    if not own:
        raise ValueError(f"the firm {name!r} has no role: name its roles, @kind({name!r}, ROLE, ...)")
    for role in own:
        if not hasattr(role, "label"):
            raise ValueError(f"the role {role.__name__} of {name!r} has no label: write label = 'NAME' in it")
        if not hasattr(role, "Parameters") and not getattr(written, "Parameters", None):
            raise ValueError(f"{role.__name__} of {name!r} has no Parameters: write Parameters = CLASS in it")
    if wrong := clash(own):
        raise ValueError(f"the roles of {name!r} can't be one firm's: {wrong}")


def variables() -> dict[str, tuple[str, str]]:
    """What firms log, unit and meaning by name: the columns of the agents table."""
    return {name: entry for known in KINDS.values() for name, entry in known.variables.items()}
