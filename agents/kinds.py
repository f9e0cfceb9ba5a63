"""Kinds of firms by name, each registered where it is written: what a firm of the kind is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from computeshift.agents.firm import Firm
from computeshift.agents.role import Role
from computeshift.environment.log import declared
from computeshift.environment.setup import FirmSetup

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

K = TypeVar("K", bound=type[Firm] | type[Role])


@dataclass(frozen=True)
class Kind:
    """A kind of firm: its class, and its roles in the order in which they act in each phase."""

    name: str
    firm: type[Firm]
    roles: tuple[type[Role], ...]
    institution: bool = False
    """Whether every market has one, and no config names it."""

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

    @property
    def parameters(self) -> tuple[type, ...]:
        """The classes of its parameters."""
        own = self.firm.Parameters
        return tuple(role.Parameters for role in self.roles) if own is None else (own,)

    @property
    def defaults(self) -> tuple[str, ...]:
        """The roles whose defaults in a config are its own, the first of them first."""
        return tuple(dict.fromkeys(name for role in self.roles for name in role.defaults))

    @property
    def gives(self) -> frozenset[str]:
        """Kinds of edges that may start at it."""
        return frozenset().union(*(role.gives for role in self.roles))

    @property
    def takes(self) -> frozenset[str]:
        """Kinds of edges that may end at it."""
        return frozenset().union(*(role.takes for role in self.roles))

    @cached_property
    def variables(self) -> Mapping[str, tuple[str, str]]:
        """What it logs: unit and meaning by name."""
        return {name: entry for owner in (self.firm, *self.roles) for name, entry in declared(owner).items()}


KINDS: dict[str, Kind] = {}
"""Every kind by name."""


def kind(name: str, *roles: type[Role], institution: bool = False) -> Callable[[K], K]:
    """Register a class under `name`: a named firm with its roles, or a role that any firm may play."""

    def register(written: K) -> K:
        if issubclass(written, Role):
            KINDS[name] = Kind(name, Firm, (written,))
        else:
            KINDS[name] = Kind(name, written, roles, institution)
        return written

    return register


def variables() -> dict[str, tuple[str, str]]:
    """What firms log, unit and meaning by name: the columns of the agents table."""
    return {name: entry for known in KINDS.values() for name, entry in known.variables.items()}
