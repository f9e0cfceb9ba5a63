"""Stargate: the venture. It pools its sponsors' equity, borrows against orders, owns what is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.agents.builder import Builder
from computeshift.agents.firm import Firm
from computeshift.agents.kinds import kind
from computeshift.agents.maturity import owe_on, roll_over
from computeshift.agents.owner import Owner
from computeshift.agents.role import Role
from computeshift.agents.strategy import Strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.fleet import Fleet
from computeshift.environment.ledger import MONEY
from computeshift.environment.ratings import Standing
from computeshift.environment.rounds import Ask
from computeshift.environment.setup import Array, beyond, per

if TYPE_CHECKING:
    from computeshift.agents.dials import Dial
    from computeshift.environment.firms import Participant

COVERED = 0.9  # of interest: what lenders insist on, as covenants trip near a cover of one
LOST = 0.5  # of debt, or of trust in a tenant, at most: recoveries on unsecured claims are about half


@dataclass(frozen=True, kw_only=True)
class StargateParameters:
    """How the venture is paid for."""

    operator_share: Array = bounded(
        0, 0.95, "part of building costs, and of income from leases, that falls to its builders"
    )
    loan_to_cost: Array = bounded(0, 0.99, "part of its building costs that lenders pay in usual times")
    spread_response: Array = bounded(0, 100, "fall of the part that lenders pay as the market's spread rises")
    guarantee_weight: Array = bounded(
        0, 1, "part of its loans that hangs on sponsors' guarantees of completion"
    )
    amortisation: Array = bounded(0, 1, "part of its debt that falls due")
    cover: Array = bounded(0, 1, "part of a missing sponsor's equity that the others pay")
    initial_gw: Array = bounded(0, 1000, "capacity on line at the start")
    initial_debt: Array = bounded(0, 10_000, "debt at the start")
    initial_coupon: Array = bounded(0, 1, "mean interest rate on the debt of the start")
    due_in_first_year: Array = bounded(
        0, 1000, "halls under way at the start that are ready in the first year"
    )
    due_in_second_year: Array = bounded(
        0, 1000, "halls under way at the start that are ready in the second year"
    )
    home_rating: Array = bounded(1, 21, "credit rating at the start: 1 is AAA, 9 is BBB, 21 is C")


class Venture(Owner):
    """The venture decides nothing: labs order, its operator starts sites, sponsors and lenders pay."""

    label = "venture"
    wants = "orders"
    Parameters = StargateParameters
    given: StargateParameters

    def found(self) -> None:
        """At the start there are a plan, what is on line, and halls that its builder has begun."""
        given = self.given
        self.found_fleet(Fleet(given.initial_gw, given.due_in_first_year, given.due_in_second_year))
        self.earnings = self.maturing = self.nothing
        self.sponsor_shares: dict[str, Array] = {}
        self.paid_by: dict[str, Array] = {}
        self.market.capital.value[self.name] = self.nothing

    def markup(self) -> Dial:
        """Its operators set the price, each by its part of the works."""
        return self._by_part(Builder.markup)

    def room_in_all(self) -> Array:
        """GW it will lease to labs together, `(W,)`: all it has."""
        return self.fleet.gw

    def part_for(self, lab: str) -> Array:
        """The part of its capacity that it offers to a lab: all of it."""
        return np.ones_like(self.nothing)

    def startable(self) -> Array:
        """GW of sites that its builders' crews can start in a year."""
        return self.sites_possible()

    def unit_cost(self) -> Dial:
        """Its operators': chips, power and money come through them; the usual one without an operator."""
        return self._by_part(Builder.unit_cost)

    def _by_part(self, dial: Callable[[Builder], Dial]) -> Dial:
        """The mean of a number of its builders, by their parts of its works; 1 without a builder."""
        builders = self.builders()
        parts = self.parts()
        return sum((parts[b.name] * dial(b) for b in builders), self.nothing) if builders else 1.0

    def yearly_means(self) -> Array:
        """What its builders could pay a part of, $ bn a year, `(W,)`."""
        return self.builders_money()

    # --- who pays ---

    def open_year(self) -> None:
        """Each sponsor's part of this year's calls; those that remain cover part of what is missing."""
        shares = {firm.name: firm.sponsor_share for firm in self.sponsors()}
        together = sum(shares.values(), self.nothing)
        missing = np.maximum(1 - together, 0.0)
        covered = self.given.cover * missing / np.maximum(together, 1e-12)
        self.sponsor_shares = {name: share * (1 + covered) for name, share in shares.items()}

    def plan(self) -> None:
        """Ask what lenders would pay of the year's works; a part of its debt falls due."""
        self.maturing = self.market.credit.fall_due(self.name, self.given.amortisation)
        self.loan = self.loan_to_cost()

    def credit_asked(self) -> Array:
        """Lenders' part of what the year's works cost it, and what last year's income won't repay, $ bn."""
        return self.loan * self.own_cost() + beyond(self.maturing, self.earnings - self.interest)

    def credit_limit(self) -> Array:
        """The same, and all that matures, $ bn."""
        return self.loan * self.own_cost() + self.maturing

    def hear_lenders(self) -> None:
        """Hear what they will pay."""
        self.loan = self.loan * self.market.credit.part_granted(self.name)

    # --- what it needs ---

    def needed_gw(self, ahead: bool = False) -> Array:
        """GW it should have: what labs have under contract, and on order by then."""
        compute = self.market.compute
        ordered = compute.ordered_from(self.name) if ahead else compute.due_from(self.name)
        return compute.leased_by(self.name) + ordered

    def sites_possible(self) -> Array:
        """GW of green fields its builders can begin this year, `(W,)`; none without a builder."""
        return sum((builder.venture_sites() for builder in self.builders()), self.nothing)

    def builders_money(self) -> Array:
        """What its works may cost in all, so that its builders can pay their part, $ bn."""
        paid = sum((builder.venture_money for builder in self.builders()), self.nothing)
        return paid / np.maximum(self.given.operator_share, 1e-9)

    def parts(self) -> dict[str, Array]:
        """Each builder's part of the year's works, `(W,)`: by money, or by crews where none has money."""
        money = {builder.name: builder.venture_money for builder in self.builders()}
        sites = {builder.name: builder.venture_sites() for builder in self.builders()}
        all_sites, all_money = self.sites_possible(), sum(money.values(), self.nothing)
        alike = {name: per(own, all_sites, 1 / len(sites)) for name, own in sites.items()}
        return {name: per(own, all_money, alike[name]) for name, own in money.items()}

    def builders(self) -> list[Builder]:
        """The firms that build for it and operate what was built."""
        firms = self.market.firms
        return [firms[name].role(Builder) for name in self.market.network.sources(self.name, "build")]

    def wanted_cost(self) -> Array:
        """What all its works would cost this year if money were no limit, $ bn."""
        return self.market.supply.cost(self.works_for(self.sites_possible(), self.nothing))

    def own_cost(self) -> Array:
        """What the year's planned works cost it, without its operator's part, $ bn."""
        works = self.works_for(self.sites_possible(), self.builders_money())
        cost = np.minimum(self.market.supply.cost(works), np.maximum(works.money, self.sunk_cost()))
        return cost * (1 - self.given.operator_share)

    def loan_to_cost(self) -> Array:
        """The part of cost that lenders pay, `(W,)`.

        Less when credit is dear, less as sponsors that guarantee completion are themselves over
        their limits, and less by the part that its tenants left unpaid, up to half.
        """
        if not self.may_borrow():
            return self.nothing
        dear = self.market.capital.spread - self.market.capital.given.base_spread
        trusted = np.maximum(1 - self.given.spread_response * np.maximum(dear, 0.0), 0.0)
        weakness = [self.market.sponsor_share(firm.name) * firm.strained for firm in self.sponsors()]
        trusted = trusted * (1 - self.given.guarantee_weight * sum(weakness, self.nothing))
        return self.given.loan_to_cost * trusted * self.tenants_worth()

    def sunk_chips(self) -> Array:
        """What its builders ordered for it: none without a builder."""
        builders = self.market.network.sources(self.name, "build")
        return super().sunk_chips() if builders else self.nothing

    def tenants_worth(self) -> Array:
        """What a claim on its tenants' leases is worth, as a share: less by what they left unpaid.

        Tenants count by what they have under contract and on order.
        """
        bonds = self._bonds()
        gw = sum(bonds.values(), self.nothing)
        unpaid = sum(
            (bond * self.market.lab(name).unpaid_share for name, bond in bonds.items()), self.nothing
        )
        return 1 - np.minimum(unpaid / np.maximum(gw, 1e-12), LOST)

    def sponsors(self) -> list[Participant]:
        """The firms that hold its equity; outside investors are none."""
        firms, network = self.market.firms, self.market.network
        return [firms[name] for name in network.sources(self.name, "equity") if name in firms]

    def equity_needed(self) -> Array:
        """Equity for the year's works beyond its cash and what lenders pay, $ bn."""
        return np.maximum(self.own_cost() * (1 - self.loan) - self.cash, 0.0)

    def ask(self) -> Ask:
        """Call equity from sponsors at cost."""
        book = np.maximum(self.market.capital.value[self.name], 1e-6)
        return Ask(self.equity_needed(), book, np.ones_like(book), at_once=True)

    def build(self) -> None:
        """Build as far as orders, builders and money go: chips first, then halls; sunk chips come anyway."""
        works = self.works_for(self.sites_possible(), self.nothing)
        own = np.maximum(self.cash, 0.0) / np.maximum(1 - self.loan, 1e-6)
        money = self.least(
            "works_budget",
            MONEY,
            need=self.market.supply.cost(works),
            own_funds=own / (1 - self.given.operator_share),
            builder=self.builders_money(),
        )
        self.works = works._replace(money=np.maximum(money, self.sunk_cost()))

    # --- settle ---

    def chip_bill(self) -> Array:
        """Its own part of the chips of finished sites, $ bn."""
        return (1 - self.given.operator_share) * super().chip_bill()

    def operator_part(self, operator: str) -> Array:
        """The part of the year's works that an operator bears, `(W,)`: none of a firm that does not build."""
        return self.given.operator_share * self.parts().get(operator, self.nothing)

    def operator_income(self, operator: str) -> Array:
        """What an operator gets of the year's leases net of running, $ bn.

        Operators together get their share, each its part of what they have paid for so far.
        """
        if not self.market.network.tied(operator, self.name, "build"):
            return self.nothing
        net = np.maximum(self.market.leases_paid_to(self.name) - self.running_costs, 0.0)
        own, all_paid = self.paid_by.get(operator, self.nothing), sum(self.paid_by.values(), self.nothing)
        return self.given.operator_share * per(own, all_paid, self.parts()[operator]) * net

    def reckon(self) -> None:
        """What building, running and debt cost this year, and what each operator has paid for."""
        self.reckon_capacity()
        left, cost = 1 - self.market.supply.given.retirement, self.building_cost()
        earlier = {name: left * paid for name, paid in self.paid_by.items()}
        self.paid_by = {
            name: earlier.get(name, self.nothing) + part * cost for name, part in self.parts().items()
        }

    def pay(self) -> None:
        """Borrow for the year's works, pay builders, the operator, staff and lenders."""
        ledger, market = self.market.ledger, self.market
        own = (1 - self.given.operator_share) * self.capex
        market.credit.lend(self.name, np.minimum(self.loan * own, market.credit.line(self.name)))
        for operator in market.network.sources(self.name, "build"):
            ledger.pay(self.name, operator, "lease", self.operator_income(operator))
        chips = market.pay_for_chips(self)
        ledger.pay(self.name, "outside", "capex", own - chips)
        self.run_sites()
        self.pay_lenders()

    def close(self) -> None:
        """Borrow for interest it cannot pay; pay or roll over what matures; restructure if hopeless."""
        self.lease_income = self.market.leases_paid_to(self.name)
        self.market.credit.lend_on(self.name, np.maximum(-self.cash, 0.0))
        matured = roll_over(self, self.maturing, self.cash, kept=self.nothing)
        own = 1 - self.given.operator_share
        owed = own * (self.running_costs + self.capex) + self.interest + self.maturing
        owe_on(self, self.nothing, matured.left, owed)
        self.earnings = own * (self.lease_income - self.running_costs)
        self._default()

    def standing(self) -> Standing:
        """Project loans stand on the leases behind them: how weak its tenants are, and interest not earned.

        Its lenders can turn to nothing else, so tenants' ratings count in full: each by its GW
        under contract and on order, all alike as long as there are none.
        """
        ratings, home = self.market.ratings, self.given.home_rating
        bonds = self._bonds()
        together = sum(bonds.values(), self.nothing)
        parts = {name: per(bond, together, 1 / len(bonds)) for name, bond in bonds.items()}
        pulls = {
            "tenants": ratings.of_tenants(home, parts, np.ones_like(self.nothing)),
            "unpaid": ratings.given.unpaid_notches * self.default_degree,
        }
        return Standing(home, pulls)

    def _bonds(self) -> dict[str, Array]:
        """GW that each tenant has under contract and on order, `(W,)`."""
        compute = self.market.compute
        return {lab.name: compute.bond(self.name, lab.name) for lab in self.market.tenants_of(self.name)}

    def _default(self) -> None:
        """Lenders write off the part of debt whose interest is not earned by what is built, half at most.

        Interest on what is still being built is lent on, as project lenders do.
        """
        supply = self.market.supply
        built = self.fleet.gw * supply.capex_per_gw - self.fleet.rented_filled * supply.shell_cost
        begun = (self.fleet.pipeline - self.fleet.rented_empty) * supply.shell_cost
        borne = self.interest * built / np.maximum(built + begun, 1e-9)
        due = COVERED * borne
        short = per(np.maximum(due - self.earnings, 0.0), due, 0.0)
        self.firm.default_degree = np.maximum(self.firm.default_degree, np.minimum(short, 1.0))
        lost = np.minimum(short, LOST)
        self.write_off(lost * self.debt, lost)

    def book_value(self) -> Array:
        """What its part of the capacity would cost to build today, $ bn: rented halls are not its own."""
        built = self.fleet.gw * self.market.supply.capex_per_gw
        begun = (self.fleet.pipeline - self.fleet.rented) * self.market.supply.shell_cost
        return (built + begun) * (1 - self.given.operator_share)

    def market_value(self) -> Array:
        """Equity at book, marked by its tenants' health and by sentiment, $ bn."""
        mood = np.minimum(self.market.capital.sentiment, 1.0)
        worth = self.book_value() * mood * self.tenants_worth()
        return np.maximum(worth + self.cash - self.debt, 0.0)


@kind("stargate", Venture, institution=True, label="Stargate", colour="#D55E00")
class Stargate(Firm):
    """Stargate: an institution, which plays no strategy."""

    Parameters = StargateParameters

    def _played_by(self, role: Role) -> Strategy:
        """None."""
        return Strategy()
