"""A firm of several roles without rules of its own, as a config composes it: a purse for each role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np

from computeshift.agents.firm import Firm, in_order
from computeshift.agents.role import Role
from computeshift.agents.strategy import Strategy, parts, strategies_of
from computeshift.environment.ledger import Flow
from computeshift.environment.setup import Array
from computeshift.environment.state import Sealed

SHARED = ("initial_cash", "initial_debt", "home_rating")
"""Parameters that roles of a group have in common, because they are the firm's."""


class Group(Firm):
    """A group: its roles deal at arm's length, so that its books are those of its roles as separate firms.

    Each role has a purse: what it earns and raises is its own, and it plans on that alone. Where a role
    owes more than its purse holds, the others pay for it, in proportion to what they have at hand. What
    the group has at the start is its lab's, or its first role's where it has no lab.
    """

    arms_length = True

    def found(self) -> None:
        """Lay down the state at the end of the start year."""
        first, *others = self.roles.values()
        holder = next((role for role in others if role.as_lab() is not None), first)
        self.purses = Sealed(dict.fromkeys(self.roles, self.nothing) | {holder.label: self.cash})
        self._booked, self._year = [0, 0, 0], 0
        self._acts = False
        super().found()

    def close(self) -> None:
        """Close the books; the others make up for a role that has spent more than it had and can't borrow."""
        super().close()
        for role in self.roles.values():
            self.help_with(np.maximum(-self.purse_of(role), 0.0), role)

    # --- whose money it is ---

    def purse_of(self, role: Role) -> Array:
        """What a role has of the firm's cash, $ bn; while one acts, as it was when it began."""
        if not self._acts:
            self._book()
        return self.purses[role.label]

    def help_with(self, short: Array, role: Role) -> Array:
        """What the other roles pay for one that is short of money, $ bn, in proportion to their purses.

        What it lends as a lender others fund: that purse helps none and needs no help.
        """
        if role.as_lender() is not None:
            return self.nothing
        others = (own for own in self.roles.values() if own is not role and own.as_lender() is None)
        spare = {own.label: np.maximum(self.purse_of(own), 0.0) for own in others}
        together = sum(spare.values(), self.nothing)
        given = np.minimum(short, together)
        for label, purse in spare.items():
            self._add(label, -given * purse / np.maximum(together, 1e-12))
        self._add(role.label, given)
        return given

    def means_to_buy(self) -> Array:
        """$ bn that the role which pays for an acquisition has for it."""
        return self._spends("acquisition").means_to_buy()

    def each(self, act: Callable[[Role], None], backwards: bool = False) -> None:
        """Let its roles act in their order; money that moves meanwhile is the acting role's."""
        for role in in_order(self.roles, backwards):
            self._book()
            self._acts = True
            act(role)
            self._acts = False
            self._book(role)

    def _book(self, acting: Role | None = None) -> None:
        """Book this year's new flows: with the role that acted, else with the one whose business they are."""
        ledger = self.market.ledger
        seen = self._booked if ledger.year == self._year else [0, 0, 0]
        paid, received, within = (flows(self.name) for flows in (ledger.paid, ledger.received, ledger.within))
        for flow in paid[seen[0] :]:
            self._add((acting or self._spends(flow.kind)).label, -flow.amount)
        for flow in received[seen[1] :]:
            self._add((acting or self._earner(flow)).label, flow.amount)
        for flow in within[seen[2] :]:  # as its lab pays its cloud
            if acting is not None:
                self._add(acting.label, -flow.amount)
                self._add(self._earner(flow).label, flow.amount)
        self._booked, self._year = [len(paid), len(received), len(within)], ledger.year

    def _earner(self, flow: Flow) -> Role:
        """The first role whose business it is to be paid money of that kind; the first of all if none's."""
        first, *_ = roles = list(self.roles.values())
        return next((role for role in roles if flow.kind in role.earns), first)

    def _spends(self, kind: str) -> Role:
        """The same of who pays it."""
        first, *_ = roles = list(self.roles.values())
        return next((role for role in roles if kind in role.spends), first)

    def _add(self, role: str, amount: Array) -> None:
        self.purses[role] = self.purses[role] + amount

    # --- what it is made of ---

    def _given_to(self, role: Role) -> Any:
        """The parameters of a role, by the names that they have in a group."""
        names = names_of(tuple(type(own) for own in self.roles.values()))[type(role)]
        return self.market.setup.given(role.Parameters, self.name, names)

    def _played_by(self, role: Role) -> Strategy:
        """The strategy of the role's own kind."""
        kind, name = parts(self.kind, self._strategy_name)[list(self.roles).index(role.label)]
        return strategies_of(kind)[name]()


@cache
def names_of(roles: tuple[type[Role], ...]) -> Mapping[type[Role], Mapping[str, str]]:
    """What a config calls each parameter of these roles: with the role's name before it where two collide."""
    own = {role: [field.name for field in fields(role.Parameters)] for role in roles}
    every = [name for names in own.values() for name in names]
    return {
        role: {
            name: name if name in SHARED or every.count(name) == 1 else f"{role.label}_{name}"
            for name in names
        }
        for role, names in own.items()
    }
