"""The role `landlord`: a project company that builds powered halls on a lessee's word, and owes for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeshift.agents.kinds import kind
from computeshift.agents.maturity import owe_on, roll_over
from computeshift.agents.role import Role
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.log import logged, logs
from computeshift.environment.ratings import Standing
from computeshift.environment.setup import Array, beyond, per
from computeshift.environment.shell_leases import Landlord as LandlordRole

COVER = 1.25  # rent to come over debt, that lenders to let sites ask for when they lend
LOST = 0.5  # of debt, at most: halls with power stand, and are let again or sold


@dataclass(frozen=True, kw_only=True)
class LandlordParameters:
    """How a project company's halls are paid for."""

    initial_debt: Array = bounded(0, 10_000)
    initial_coupon: Array = bounded(0, 1)
    debt_term: Array = bounded(1, 100)
    loan_to_cost: Array = bounded(0, 1)
    home_rating: Array = bounded(1, 21)


@strategy("landlord", "default")
class Usual(Strategy):
    """Build what is let."""


@kind("landlord")
class Landlord(Role):
    """A project company (SPV): it builds the halls of its leases, owes for them, and has only their rent.

    Lenders pay `loan_to_cost` of what building costs, as far as the rent to come covers it and they have the
    money; its owners pay the rest, as they have promised completion. What rent leaves after debt service is
    the owners', and they stand for no debt. So a lessee that gives halls back costs its lenders (project
    finance: Esty 2004, Why study large projects?).
    """

    defaults = ("landlord",)
    payoff = payoff_in_group = ("distributions", "paid_in", "halls")
    Parameters = LandlordParameters
    takes = frozenset({"debt"})
    has_debt = True
    earns = frozenset({"shell_rent", "break_fee", "debt", "capital_call"})
    given: LandlordParameters

    maturing: Array = logged("$ bn", "what of its debt fell due this year, to be paid or borrowed again")
    capex: Array = logged("$ bn", "what it spent on building halls")
    built_gw: Array = logged("GW", "halls that it has built, let or not")
    rent_income: Array = logged("$ bn", "rent of halls that it was paid this year")

    def as_landlord(self) -> LandlordRole:
        """Itself."""
        return self

    @property
    def initial_debt(self) -> Array:
        """What it owes at the start, $ bn."""
        return self.given.initial_debt

    @property
    def initial_coupon(self) -> Array:
        """The mean rate on that debt, a share a year."""
        return self.given.initial_coupon

    def found(self) -> None:
        """It has what it owes: what that built is known once its leases are."""
        self.maturing = self.capex = self.interest = self.built_gw = self.rent_income = self.nothing
        self.to_build = self.cost = self.loan = self.nothing

    def open_let(self, gw: Array) -> None:
        """At the start it has built so many GW of halls, `(W,)`."""
        self.built_gw = gw

    def plan(self) -> None:
        """Build as leases need it, with what lenders would lend on them; a part of its debt falls due."""
        self.maturing = self.market.credit.fall_due(self.name, 1 / self.given.debt_term)
        self.to_build = beyond(self.market.shell_leases.needed_from(self.name), self.built_gw)
        self.cost = self.to_build * self.market.supply.shell_cost
        room = beyond(self.lease_value / COVER, self.debt)
        self.loan = np.minimum(self.given.loan_to_cost * self.cost, room)

    def to_renew(self) -> Array:
        """What of its debt that falls due last year's rent would not repay, $ bn."""
        return beyond(self.maturing, self.rent_income - self.interest)

    def credit_asked(self) -> Array:
        """Lenders' part of what building costs, and what is to be borrowed again, $ bn."""
        return self.loan + self.to_renew()

    def credit_limit(self) -> Array:
        """The same, and all that matures, $ bn."""
        return self.loan + self.maturing

    def reckon(self) -> None:
        """What building and debt cost this year, and what of its lines it keeps for what matures."""
        self.renewed = self.to_renew()
        self.capex, self.built_gw = self.cost, self.built_gw + self.to_build
        self.interest = self.debt * self.interest_rate

    def pay(self) -> None:
        """Borrow for the year's halls what lenders grant besides what matures; owners pay the rest."""
        ledger, credit = self.market.ledger, self.market.credit
        lent = np.minimum(self.loan, beyond(credit.line(self.name), self.renewed))
        credit.lend(self.name, lent)
        ledger.pay("outside", self.name, "capital_call", self.capex - lent)
        ledger.pay(self.name, "outside", "capex", self.capex)
        credit.pay_interest(self.name, self.interest)

    def close_let(self) -> None:
        """Pay or roll over what matures; what is left is its owners', or lenders' loss.

        Interest that rent does not pay is lent on, as it is while halls are built.
        """
        self.rent_income = self.market.shell_leases.paid_to(self.name)
        self.market.credit.lend_on(self.name, np.maximum(-self.cash, 0.0))
        matured = roll_over(self, self.maturing, self.cash, kept=self.nothing)
        owe_on(self, self.nothing, matured.left, self.interest + self.capex + self.maturing)
        self.market.ledger.pay(self.name, "outside", "dividend", np.maximum(self.cash, 0.0))
        self._default()

    def _default(self) -> None:
        """Lenders write off what its leases don't carry, half of its debt at most."""
        lost = np.minimum(beyond(self.debt, self.lease_value), LOST * self.debt)
        self.firm.default_degree = np.maximum(self.firm.default_degree, per(lost, self.debt, 0.0))
        self.market.credit.write_off(self.name, lost)

    def standing(self) -> Standing:
        """It is as good as its lessees, each by its part of the rent to come; what it left unpaid counts."""
        ratings, home = self.market.ratings, self.given.home_rating
        rents = self.market.shell_leases.owed_to(self.name)
        pulls = {
            "tenants": ratings.of_tenants(home, rents, sum(rents.values(), self.nothing)),
            "unpaid": ratings.given.unpaid_notches * self.default_degree,
        }
        return Standing(home, pulls)

    @property
    @logs(
        "$ bn", "what rent to come is worth, at the rate that its debt costs: the most debt that it carries"
    )
    def lease_value(self) -> Array:
        """$ bn."""
        return self.market.shell_leases.worth_to(self.name, self.interest_rate)

    @property
    @logs("share a year", "what it pays on its debt to lenders: the mean of all, old and new")
    def interest_rate(self) -> Array:
        """Share a year."""
        return self.market.credit.coupon(self.name)

    @property
    @logs("share a year", "what new debt costs it, by its rating of the end of last year")
    def borrowing_rate(self) -> Array:
        """Share a year."""
        return self.market.ratings.rate_of(self.name)
