"""What every firm has: a name, books, a strategy and roles, which act in the phases of a year."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np

from computeshift.agents.role import Role
from computeshift.agents.strategy import Strategy, strategies_of
from computeshift.environment.deals import LISTED
from computeshift.environment.log import declared, logged, logs
from computeshift.environment.mesa_base import Agent
from computeshift.environment.setup import Array, FirmSetup
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.agents.dials import Dial
    from computeshift.environment.credit import Lender
    from computeshift.environment.firms import Lab
    from computeshift.environment.market import ComputeMarket
    from computeshift.environment.parties import Supplier
    from computeshift.environment.partnership import Partnership
    from computeshift.environment.ratings import Standing
    from computeshift.environment.rounds import Ask, Terms
    from computeshift.environment.shell_leases import Landlord

R = TypeVar("R")
T = TypeVar("T")

IN_DEFAULT = 0.01  # share of a year's dues: a firm that leaves more than this unpaid is logged as in default


class Firm(State, Agent):
    """A firm over W worlds: every number it has is an array `(W,)`, every rule an array expression.

    It has books and roles. In each phase its roles act in their order, which is stated once, where its
    kind is written. A named firm adds the rules that are its own.
    """

    Parameters: ClassVar[type | None] = None
    """All parameters of a named firm, its roles' too; without, each role has its own."""
    known_as: ClassVar[str] = ""
    """The role that it is known for; the first, where it is known for none."""
    partner_kind: ClassVar[str] = ""
    """The kind of firm that its partner is, where its config names none."""
    arms_length: ClassVar[bool] = False
    """Whether its roles deal with each other as separate firms do, so that own capacity is paid for."""

    def __init__(self, market: ComputeMarket, setup: FirmSetup, roles: Sequence[type[Role]]) -> None:
        super().__init__(market)
        self.market = market
        self.name = setup.name
        self.kind = setup.kind
        self.stream = setup.stream
        self.family = setup.family or setup.stream
        self.nothing: Array = np.zeros(market.worlds)
        self.default_degree = self.handed_back = self.nothing
        self.roles: Mapping[str, Role] = {role.label: role(self) for role in roles}
        self.supplier: Supplier | None = _first(role.as_supplier() for role in self.roles.values())
        self.lab: Lab | None = _first(role.as_lab() for role in self.roles.values())
        self.lender: Lender | None = _first(role.as_lender() for role in self.roles.values())
        self.landlord: Landlord | None = _first(role.as_landlord() for role in self.roles.values())
        self.has_debt = any(role.has_debt for role in roles)
        self.debtor = _first(role for role in self.roles.values() if "debt" in role.takes) or self.lab
        self.weight = self.nothing  # how much of the mood hangs on it: a lab's part of customers' spending
        self._logs: dict[str, list[State]] = {}
        for owner in (self, *self.roles.values()):
            for name in declared(type(owner)):
                self._logs.setdefault(name, []).append(owner)
        self.adopt(setup)

    def adopt(self, setup: FirmSetup) -> None:
        """Play by the strategy and the numbers that its market's setup now has for it.

        ValueError if its kind has no such strategy.
        """
        self._strategy_name = setup.strategy
        firms = self.market.setup.firms
        usual = next((firm.name for firm in firms if firm.kind == self.partner_kind), "")
        self.partner = usual if setup.partner is None else setup.partner
        if self.Parameters is not None:
            self.given: Any = self.market.setup.given(self.Parameters, self.name)
        for role in self.roles.values():
            played = self._played_by(role)
            played._role = role
            role.adopt(self._given_to(role), played)

    def _given_to(self, role: Role) -> Any:
        """The parameters of a role: its firm's, where the firm has its own."""
        return self.given if self.Parameters else self.market.setup.given(role.Parameters, self.name)

    def _played_by(self, role: Role) -> Strategy:
        """Its strategy, as one of its roles plays it."""
        known = strategies_of(self.kind)
        if self._strategy_name not in known:
            wrong = f"{self.name} ({self.kind}) has no strategy {self._strategy_name!r}"
            raise ValueError(f"{wrong}: {', '.join(known)}")
        return known[self._strategy_name]()

    def role(self, kind: type[R]) -> R:
        """Its role of a class; LookupError if it has none."""
        for role in self.roles.values():
            if isinstance(role, kind):
                return role
        raise LookupError(f"{self.name} has no role {kind.__name__}")

    # --- books ---

    @property
    @logs("$ bn", "cash at the end of the year")
    def cash(self) -> Array:
        """$ bn."""
        return self.market.ledger.cash[self.name]

    @property
    @logs("$ bn", "debt at the end of the year")
    def debt(self) -> Array:
        """$ bn."""
        return self.market.ledger.debt[self.name]

    @property
    @logs("$ bn", "equity it paid into others this year")
    def invested(self) -> Array:
        """$ bn."""
        return self.market.ledger.invested(self.name)

    @property
    @logs("$ bn", "part of what it invested that was spent on it in the year, in two steps at most")
    def returned(self) -> Array:
        """Part of the equity it paid in this year that came back as its revenue, $ bn (circular money)."""
        return self.market.ledger.returned(self.name)

    @property
    @logs("$ bn", "equity paid into it this year")
    def raised(self) -> Array | None:
        """$ bn; None for a firm that does not ask."""
        return self.market.capital.raised.get(self.name)

    @property
    @logs("$ bn", "equity that investors signed for this year, paid at once or later")
    def subscribed(self) -> Array | None:
        """$ bn; None for a firm that does not ask."""
        return self.market.capital.subscribed.get(self.name)

    @property
    @logs("$ bn", "equity that investors have signed for and not paid yet")
    def committed(self) -> Array | None:
        """$ bn; None for a firm that never raised."""
        capital = self.market.capital
        return capital.unpaid.owed_to(self.name) if self.name in capital.subscribed else None

    @property
    @logs("$ bn", "what it has signed to pay into others and not paid yet")
    def unpaid(self) -> Array:
        """$ bn."""
        return self.market.capital.unpaid.owed_by(self.name)

    @property
    @logs("$ bn", "equity it wanted to raise this year")
    def asked(self) -> Array | None:
        """$ bn; None for a firm that does not ask."""
        return self.market.capital.rounds.asked.get(self.name)

    @property
    @logs("$ bn", "what its equity was worth in this year's last round, with what was signed for")
    def post_money(self) -> Array | None:
        """$ bn; None for a firm that does not ask."""
        return self.market.capital.rounds.post_money.get(self.name)

    @property
    @logs("$ bn", "what its equity is worth at the last mark")
    def valuation(self) -> Array | None:
        """$ bn; None for a firm that is not valued."""
        return self.market.capital.value.get(self.name)

    @property
    @logs("share", "part of its equity that its owners of the start still hold")
    def retained(self) -> Array | None:
        """Share; None for a firm that never raised."""
        return self.market.capital.retained.get(self.name)

    @property
    @logs("$ bn", "what its stakes in others are worth at the last mark")
    def stake_value(self) -> Array:
        """$ bn."""
        capital = self.market.capital
        held = [target for target, holders in capital.stakes.items() if self.name in holders]
        return sum((capital.stake_value(self.name, target) for target in held), self.nothing)

    default_degree: Array = logged(
        "share", "part of what it owed this year that it did not pay, its capacity given back or not"
    )

    @property
    @logs("notch", "its rating, in notches: 1 is AAA, 9 is BBB, from 10.5 on it is junk")
    def rating(self) -> Array | None:
        """Notches; None for a firm that nobody judges."""
        return self.market.ratings.notch.get(self.name)

    @property
    @logs("notch", "the rating that it would come to if nothing changed any more")
    def rating_goal(self) -> Array | None:
        """Notches, likewise."""
        return self.market.ratings.goal.get(self.name)

    @property
    @logs("notches", "part of its rating's goal that debt over earnings moved since the start")
    def rating_leverage(self) -> Array | None:
        """Notches, likewise."""
        return self._pull("leverage")

    @property
    @logs("notches", "part of it that two years' burn moved")
    def rating_burn(self) -> Array | None:
        """Notches, likewise."""
        return self._pull("burn")

    @property
    @logs("notches", "part of it that tenants' ratings moved, by what hangs on them")
    def rating_tenants(self) -> Array | None:
        """Notches, likewise."""
        return self._pull("tenants")

    @property
    @logs("notches", "part of it that dues moved which it left unpaid")
    def rating_unpaid(self) -> Array | None:
        """Notches, likewise."""
        return self._pull("unpaid")

    def _pull(self, cause: str) -> Array | None:
        ratings = self.market.ratings
        return ratings.pull(self.name, cause) if self.name in ratings.notch else None

    @property
    @logs("0/1", "more than 1% of what it owed stayed unpaid, besides dues for capacity that went back")
    def defaulted(self) -> Array:
        """1 where it is in default, else 0: for the log. Rules read `default_degree`.

        Dues for capacity that a lab hands back end with it: `handed_back` is their part of what it owed.
        """
        return (self.default_degree - self.handed_back > IN_DEFAULT).astype(float)

    @property
    @logs("", "the strategy it plays")
    def strategy_name(self) -> str:
        """The strategy's name."""
        return self._strategy_name

    @property
    def surprise(self) -> Array:
        """How much faster its revenue grew than it expected, log points; nothing if it is no lab."""
        return self.nothing if self.lab is None else self.lab.surprise

    @property
    def strained(self) -> Array:
        """Share by which its guarantees are worth less this year: what it does not pay itself."""
        return self.default_degree

    def trust_in(self, lab: str) -> Array:
        """Trust between it and a lab that is its partner, in [0, 1]; nothing if it is none."""
        return self.nothing

    # --- what it has at the start ---

    @property
    def initial_cash(self) -> Array:
        """$ bn. Roles that have a say in it read the same number."""
        return _largest(role.initial_cash for role in self.roles.values())

    @property
    def initial_debt(self) -> Array:
        """$ bn, likewise."""
        return _largest(role.initial_debt for role in self.roles.values())

    @property
    def initial_coupon(self) -> Array:
        """The mean rate on that debt, a share a year, likewise."""
        return _largest(role.initial_coupon for role in self.roles.values())

    @property
    def initial_stakes(self) -> Mapping[str, Array]:
        """The shares of other firms that it holds at the start, by name, `(W,)` each."""
        return {of: share for role in self.roles.values() for of, share in role.initial_stakes.items()}

    @property
    def sponsor_share(self) -> Array:
        """The part of a venture's equity that it stands for."""
        return sum((role.sponsor_share for role in self.roles.values()), self.nothing)

    @property
    def chip_market_share(self) -> Array:
        """The part of the market for chips that it supplies."""
        return sum((role.chip_market_share for role in self.roles.values()), self.nothing)

    # --- whose money it is ---

    def purse_of(self, role: Role) -> Array:
        """What a role may count on as its own, $ bn: all the cash, as one purse serves all roles."""
        return self.cash

    def help_with(self, short: Array, role: Role) -> Array:
        """What the other roles pay for one that is short of money, $ bn: one purse has no more to give."""
        return self.nothing

    # --- the year, a verb a phase: its roles act in their order ---

    def each(self, act: Callable[[Role], None], backwards: bool = False) -> None:
        """Let its roles act in their order, or in the reverse one."""
        for role in in_order(self.roles, backwards):
            act(role)

    def found(self) -> None:
        """Lay down the state at the end of the start year."""
        self.each(lambda role: role.found())

    def plan(self) -> None:
        """Look ahead and write down what it wants."""
        self.each(lambda role: role.plan())

    def credit_asked(self) -> Array:
        """What it means to borrow this year, $ bn."""
        return sum((role.credit_asked() for role in self.roles.values()), self.nothing)

    def credit_limit(self) -> Array:
        """The most that it would borrow this year, $ bn."""
        return sum((role.credit_limit() for role in self.roles.values()), self.nothing)

    def hear_lenders(self) -> None:
        """Count what it can spend, now that lenders have said what they lend."""
        self.each(lambda role: role.hear_lenders())

    def ask(self) -> Ask | None:
        """The equity it wants to raise this year, if it raises any."""
        return _first(role.ask() for role in self.roles.values())

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """What it offers to firms that ask and to which it is tied, $ bn."""
        offered: dict[str, Array] = {}
        for role in self.roles.values():
            for target, amount in role.offers(asks).items():
                offered[target] = offered.get(target, self.nothing) + amount
        return offered

    def terms(self, ask: Ask) -> Terms | None:
        """How it pays for its part of a round; None if it pays all at once."""
        return _first(role.terms(ask) for role in self.roles.values())

    def signs(self) -> Dial:
        """The part of an equity deal given in a config that its strategy lets it sign."""
        return functools.reduce(operator.mul, (role.signs() for role in self.roles.values()))

    def payable(self) -> Array:
        """$ bn it can pay this year of what falls due on shares in others: its cash, if it backs nobody."""
        own = _first(role.payable() for role in self.roles.values())
        return np.maximum(self.cash, 0.0) if own is None else own

    def meets(self, condition: str) -> Array:
        """How far it meets a condition of deals, in [0, 1]: one that says nothing to it is met.

        The year of its listing may be one of its numbers; what lies between two years is met by its part.
        """
        if condition != LISTED:
            return np.ones_like(self.nothing)
        date = self.market.setup.parameters.get(f"{self.name}.{LISTED}")
        return self.nothing if date is None else np.clip(self.market.year + 1 - date, 0.0, 1.0)

    def left_to_invest(self) -> Array:
        """$ bn it can still put into shares of others this year."""
        return sum((role.left_to_invest() for role in self.roles.values()), self.nothing)

    def gain_by(self, partnership: Partnership) -> Array:
        """What it would gain by new terms of a partnership, as a share of the lab's yearly dues."""
        return self.nothing

    def accept(self, struck: Array) -> None:
        """New terms of its partnership were struck, 1 or 0, `(W,)`."""

    def own_dues(self) -> Array:
        """$ bn it owes this year as a lab, once that is reckoned; nothing if it is none."""
        return self.nothing if self.lab is None else self.lab.lease_due + self.lab.running

    def means_for_others(self, kept: Array | float = 0.0) -> Array:
        """$ bn it can pay for others: cash beyond what it keeps, or what it may still invest."""
        return np.maximum(np.maximum(self.cash - kept, self.left_to_invest()), 0.0)

    def means_to_lend(self) -> Array:
        """$ bn it can lend under a deal: what it can lend as a lender, or else what it can pay for others."""
        return self.means_for_others() if self.lender is None else self.lender.depth()

    def means_to_buy(self) -> Array:
        """$ bn it can pay for shares of a lab that leaves dues unpaid: of its largest purse."""
        return _largest(role.means_to_buy() for role in self.roles.values())

    def purchases(self, lab: str) -> Array:
        """What it buys of a lab's services under an agreement this year, $ bn."""
        return sum((role.purchases(lab) for role in self.roles.values()), self.nothing)

    def build(self) -> None:
        """Decide what to build, with the money it now has."""
        self.each(lambda role: role.build())

    def chip_bill(self) -> Array:
        """What it owes for the chips of sites that came on line this year, $ bn."""
        return self.nothing if self.supplier is None else self.supplier.chip_bill()

    def reckon(self) -> None:
        """Add up what it owes, and which part of it it can pay."""
        self.default_degree = self.handed_back = self.nothing
        self.each(lambda role: role.reckon())

    def pay(self) -> None:
        """Pay what it owes, leases and people before building: its roles pay in the reverse order."""
        self.each(lambda role: role.pay(), backwards=True)

    def learn(self) -> None:
        """Learn from the year: what to expect, whom to trust."""
        self.each(lambda role: role.learn())

    def market_value(self) -> Array | None:
        """What the market thinks its equity is worth, $ bn; None if it is not valued here."""
        return _first(role.market_value() for role in self.roles.values())

    def close(self) -> None:
        """Close the books: borrow, repay, restructure."""
        self.each(lambda role: role.close())

    def close_let(self) -> None:
        """Close the books of halls that it lets, once all lessees have closed theirs."""
        self.each(lambda role: role.close_let())

    def standing(self) -> Standing | None:
        """What a rating agency reads in its books, as the role has them that owes what it is lent."""
        return None if self.debtor is None else self.debtor.standing()

    def promised(self) -> Array:
        """$ bn that it must pay besides its debt, as agencies count it: leases, guarantees, unpaid shares."""
        market, leases = self.market, self.nothing
        if self.lab is not None:
            leases = market.compute.left_to_others(self.name)
        halls = market.shell_leases.left_of(self.name)
        return leases + halls + self.unpaid + market.guarantees.open_of(self.name)

    def bear(self, lost: Array) -> None:
        """Bear what it wrote off of what it lent, $ bn, once all borrowers have closed their books."""
        self.each(lambda role: role.bear(lost))

    # --- what is logged ---

    def logged(self, name: str) -> Any:
        """A variable that it or its roles log; None if none of them does. What several log is added up."""
        owners = self._logs.get(name, ())
        if len(owners) == 1:  # as nearly always
            return getattr(owners[0], name)
        return functools.reduce(operator.add, (getattr(owner, name) for owner in owners)) if owners else None

    def dissolve(self) -> None:
        """Let go of its roles and of its market, so that their memory is free at once."""
        for role in self.roles.values():
            vars(role).clear()
        vars(self).clear()


def in_order(roles: Mapping[str, Role], backwards: bool) -> list[Role]:
    """Roles in the order in which they act, or in the reverse one."""
    return [*roles.values()][:: -1 if backwards else 1]


def _first(found: Iterable[T | None]) -> T | None:
    return next((one for one in found if one is not None), None)


def _largest(amounts: Iterable[Array]) -> Array:
    return functools.reduce(np.maximum, amounts)
