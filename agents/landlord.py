"""The role `landlord`: a project company that builds powered halls on a lessee's word, and owes for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeshift.agents.debtor import Debtor
from computeshift.agents.kinds import kind
from computeshift.agents.maturity import owe_on, roll_over
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.log import logged, logs
from computeshift.environment.ratings import Standing
from computeshift.environment.setup import Array, beyond, per
from computeshift.environment.shell_leases import Landlord as LandlordRole


@dataclass(frozen=True, kw_only=True)
class LandlordParameters:
    """How a project company's halls are paid for."""

    initial_debt: Array = bounded(0, 10_000, "debt at the start")
    initial_coupon: Array = bounded(0, 1, "mean interest rate on the debt of the start")
    debt_term: Array = bounded(1, 100, "mean life of its debt")
    loan_to_cost: Array = bounded(0, 1, "most of the cost of new halls that lenders pay")
    rent_cover: Array = bounded(1, 10, "cover of its debt by rent to come that lenders ask for")
    recovery: Array = bounded(0, 1, "price of halls that nobody leases any more")
    home_rating: Array = bounded(1, 21, "credit rating at the start: 1 is AAA, 9 is BBB, 21 is C")


@strategy("landlord", "default")
class Usual(Strategy):
    """Build the halls that its leases call for."""


@kind("landlord")
class Landlord(Debtor):
    """A project company (SPV): it builds the halls of its leases, owes for them, and has only their rent.

    Lenders pay `loan_to_cost` of what building costs, as far as the rent to come covers it `rent_cover` times
    and they have the money; its owners pay the rest, as they have promised completion. What rent leaves after
    debt service is the owners', as long as next year's lease still carries the debt, and they stand for no
    debt. Halls that nobody leases any more are sold for `recovery` of what building them costs. So a lessee
    that gives halls back costs its lenders (project finance: Esty 2004, Why study large projects?).
    """

    defaults = ("landlord",)
    payoff = payoff_in_group = ("distributions", "paid_in", "halls")
    Parameters = LandlordParameters
    takes = frozenset({"debt"})
    earns = frozenset({"shell_rent", "break_fee", "debt", "capital_call", "hall_sale"})
    given: LandlordParameters

    capex: Array = logged("$ bn", "what it spent on building halls")
    built_gw: Array = logged("GW", "halls that it has built and not sold")
    rent_income: Array = logged("$ bn", "rent of halls that it was paid this year")

    def as_landlord(self) -> LandlordRole:
        """Itself."""
        return self

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
        room = beyond(self.lease_value / self.given.rent_cover, self.debt)
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
        """Pay or roll over what matures, and what leases will not carry; the rest is its owners'.

        Interest that rent does not pay is lent on, as it is while halls are built.
        """
        credit, ledger = self.market.credit, self.market.ledger
        self.rent_income = self.market.shell_leases.paid_to(self.name)
        had = self.cash + self._sell_halls()
        credit.lend_on(self.name, np.maximum(-had, 0.0))
        cash = np.maximum(had, 0.0)
        matured = roll_over(self, self.maturing, cash, kept=self.nothing)
        owe_on(self, self.nothing, matured.left, self.interest + self.capex + self.maturing)
        cash = cash - matured.paid
        swept = np.minimum(beyond(self.debt, self._carried_on()), cash)
        credit.repay(self.name, swept)
        ledger.pay(self.name, "outside", "dividend", cash - swept)
        self._default()

    def _sell_halls(self) -> Array:
        """Sell the halls that no lease will need any more; returns what they bring, $ bn."""
        let = self.market.shell_leases.most_let(self.name, self.market.year)
        idle = beyond(self.built_gw, let)
        price = self.given.recovery * self.market.supply.shell_cost * idle
        self.market.ledger.pay("outside", self.name, "hall_sale", price)
        self.built_gw = self.built_gw - idle
        return price

    def _carried_on(self) -> Array:
        """The debt that its leases carry now and still carry a year on, $ bn, `(W,)`.

        What it owes beyond that is paid before its owners get anything (a cash sweep): at the end of the
        lease nothing is left of debt.
        """
        later = self.market.shell_leases.worth_to(self.name, self.interest_rate, 1)
        return np.minimum(self.lease_value, later)

    def _default(self) -> None:
        """Lenders write off what neither rent to come nor the sale of its halls after the leases will pay."""
        freed = self.market.shell_leases.freed_worth(self.name, self.built_gw, self.interest_rate)
        halls = self.given.recovery * self.market.supply.shell_cost * freed
        lost = beyond(self.debt, self.lease_value + halls)
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
