"""The base of roles that own capacity: what a fleet costs, earns and shows in the log."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from computeshift.agents.debtor import Debtor
from computeshift.agents.dials import Dial
from computeshift.environment.capital import turns
from computeshift.environment.commitments import SIGNED_AHEAD
from computeshift.environment.fleet import Fleet
from computeshift.environment.log import logged, logs
from computeshift.environment.setup import Array, beyond, per
from computeshift.environment.supply import ORDERED_AHEAD, Works

if TYPE_CHECKING:
    from computeshift.environment.parties import Supplier


HIGHEST = 100  # turns of debt that are told apart in the log


class Owner(Debtor):
    """A role with a fleet: a cloud, own sites of a lab, or the venture."""

    gives: ClassVar[frozenset[str]] = frozenset({"capacity"})
    takes: ClassVar[frozenset[str]] = frozenset({"debt", "chips"})
    earns = frozenset({"lease", "prepayment", "guarantee", "debt", "break_fee", "share_issue"})
    spends = frozenset({"exit_fee", "break_fee"})
    export_controlled: ClassVar[bool] = False
    """Whether it gets chips only as far as export controls let them through."""
    has_tenants: ClassVar[bool] = False
    """Whether others than labs rent its capacity."""
    wants: ClassVar[str] = "demand"
    """The limit that what it needs is called by, in the log of decisions."""
    fleet: Fleet
    works: Works
    sites_asked: Array
    earnings: Array
    tenants_served: Array
    in_use: Array

    lease_income: Array = logged("$ bn", "what labs and tenants paid it this year")
    capex: Array = logged("$ bn", "what it spent on building, all its business (Stargate: with its operator)")
    ai_capex: Array = logged("$ bn", "what it spent on AI capacity")

    def as_supplier(self) -> Supplier:
        """Itself."""
        return self

    def found_fleet(self, fleet: Fleet) -> None:
        """Begin with a fleet, and no works under way this year."""
        supply = self.market.supply
        self.fleet = fleet
        self.fleet.open_books(supply.chip_cost, supply.given.ageing)
        self.works = Works(*[self.nothing] * 5)
        self.sites_asked = self.nothing
        self.tenants_served = self.nothing
        self.lease_income = self.interest = self.running_costs = self.shell_rent = self.nothing
        self.ai_capex = self.capex = self.nothing

    def open_leases(self) -> None:
        """Who is in its capacity at the end of the start year."""
        self.leased_before = self.leased_gw
        self.tenants_before = self.market.tenants.hosted_by(self.name)

    def open_rented(self, gw: Array, rent: Array) -> None:
        """Of its halls of the start it rents so many GW, `(W,)`, for so much a year, $ bn, `(W,)`."""
        self.fleet.open_rented(gw)
        self.shell_rent = rent
        self.running_costs = self.running_costs + rent

    def room_for(self, lab: str) -> Array:
        """GW it will lease to one lab at most, `(W,)`."""
        return self.room_in_all()

    @abstractmethod
    def room_in_all(self) -> Array:
        """GW it will lease to labs together, `(W,)`."""

    @property
    def tenant_part(self) -> Array:
        """The part of its capacity that it keeps for tenants, `(W,)`: none of a fleet for labs."""
        return self.nothing

    @property
    def initial_tenant_gw(self) -> Array:
        """What it hosts at the start, as a weight against the other hosts, `(W,)`."""
        return self.nothing

    @property
    def initial_own_products(self) -> Array:
        """The part of that which its own products use, `(W,)`."""
        return self.nothing

    @property
    def own_growth(self) -> Array:
        """Growth of its own products' demand over that of the other tenants, in logs, `(W,)`."""
        return np.ones_like(self.nothing)

    def first_refusal(self, lab: str) -> Array:
        """The part of a lab's new demand it may take before anybody else, `(W,)`."""
        return self.own_lab_first if lab == self.name else self.nothing

    @property
    def own_lab_first(self) -> Array:
        """The same of its own firm's lab."""
        return self.nothing

    def signable(self) -> Array:
        """GW for labs that it could pay for over the years for which they sign, `(W,)`: at today's means."""
        return self.paid_over(SIGNED_AHEAD, self.yearly_means())

    def payable_in(self, years: int) -> Array:
        """GW for labs that its own means of today could pay for in so many years, `(W,)`."""
        return self.paid_over(years, self.yearly_means())

    def paid_over(self, years: int, money: Array) -> Array:
        """GW that so much money, $ bn a year, pays for over some years, `(W,)`.

        In halls that it rents it pays for chips alone.
        """
        supply, money = self.market.supply, years * money
        rented = self.fleet.rented_empty + np.maximum(self.halls_coming(years), 0.0)
        in_both = (money + rented * supply.shell_cost) / supply.capex_per_gw
        return np.minimum(money / supply.chip_cost, in_both)

    def halls_coming(self, years: int) -> Array:
        """GW of rented halls that it will get in so many years, less those that go back, `(W,)`."""
        return self.market.shell_leases.coming_to(self.name, years)

    def book(self) -> Array:
        """GW that it could pay for over those years for whomever, `(W,)`: no more than for labs."""
        return self.signable()

    @abstractmethod
    def yearly_means(self) -> Array:
        """$ bn a year that it can put into capacity for labs, its partners' parts included, `(W,)`."""

    def from_lab(self) -> Array:
        """$ bn that its firm's lab puts into its sites this year, `(W,)`."""
        return self.nothing

    def could_let(self, lab: str) -> Array:
        """GW that it could let to a lab by the time that orders fall due, `(W,)`.

        What is on line, under way, rented by then, and can be started meanwhile, times the part that it
        offers the lab.
        """
        begun = self.fleet.gw + self.fleet.pipeline + self.halls_coming(ORDERED_AHEAD)
        return self.part_for(lab) * np.maximum(begun + ORDERED_AHEAD * self.startable(), 0.0)

    @abstractmethod
    def part_for(self, lab: str) -> Array:
        """The part of its capacity that it offers to a lab, `(W,)`."""

    @abstractmethod
    def startable(self) -> Array:
        """GW of sites that it could start in a year, `(W,)`."""

    def unit_cost(self) -> Dial:
        """Factor on what a GW-year usually costs."""
        return 1.0

    @property
    def initial_price(self) -> Dial:
        """Factor on the market's rent at which its contracts of the start were signed."""
        return 1.0

    @property
    def tenant_income(self) -> Array:
        """What tenants pay it this year, $ bn, `(W,)`: what it asks, as their contracts are short."""
        return self.tenants_served * self.offer

    def markup(self) -> Dial:
        """Factor on what it would ask by cost and the spot market: what its owner asks for."""
        return 1.0

    @abstractmethod
    def needed_gw(self, ahead: bool = False) -> Array:
        """GW it should have at the end of the year, or when what is begun now is ready, `(W,)`."""

    def works_for(self, crews: Array, money: Array) -> Works:
        """What it wants built: chips for what it needs now, halls for what it needs later.

        `crews` are GW it can begin, `money` is $ bn for the whole works; both `(W,)`. Rented halls come, and
        are ready anew where chips retire.
        """
        staying, fleet = self.market.supply.staying, self.fleet
        chips = np.maximum(self.needed_gw() - fleet.gw * staying[1], self.sunk_chips())
        later = fleet.gw * staying[ORDERED_AHEAD]
        rented = self.halls_coming(ORDERED_AHEAD) + fleet.rented_filled * (1 - staying[ORDERED_AHEAD])
        sites = self.needed_gw(ahead=True) - later - fleet.pipeline - rented
        return Works(chips, fleet.ready, np.maximum(sites, 0.0), crews, money)

    def sunk_chips(self) -> Array:
        """GW of chips that it takes whether it needs them or not, `(W,)`: a part of those for new halls.

        Chips are ordered about a year before they are delivered, and makers hold the buyer to a part of
        that: what cannot be undone decides who fails when demand falls (Dixit & Pindyck 1994). Halls that it
        was to rent from this year on are new, too.
        """
        new = beyond(self.fleet.due[0], self.fleet.late) + self.market.shell_leases.new_to(self.name)
        return self.market.supply.given.sunk_orders * new

    def sunk_cost(self) -> Array:
        """What these chips cost, $ bn."""
        return self.sunk_chips() * self.market.supply.chip_cost

    def answer(self) -> None:
        """Nothing that it has answers to orders, but for clouds' crews."""

    def building_cost(self) -> Array:
        """Halls that were begun or converted, and chips, $ bn: rented halls cost it rent alone."""
        supply, fleet = self.market.supply, self.fleet
        halls = (fleet.started + fleet.converted) * supply.shell_cost
        return halls + fleet.completed * supply.chip_cost

    def chip_bill(self) -> Array:
        """What it owes for the chips of sites that came on line this year, $ bn."""
        return self.fleet.completed * self.market.supply.chip_cost

    def reckon_capacity(self) -> None:
        """What labs and tenants used, what it spent on building, what it owes lenders."""
        leased, tenants = self.leased_gw, self.market.tenants.hosted_by(self.name)
        self.tenants_served = (self.tenants_before + tenants) / 2
        self.in_use = (leased + self.leased_before) / 2 + self.tenants_served
        self.leased_before, self.tenants_before = leased, tenants
        self.shell_rent = self.market.shell_leases.due_from(self.name)
        self.running_costs = self.market.supply.given.running_cost * self.fleet.mean_gw + self.shell_rent
        self.capex = self.ai_capex = self.building_cost()
        self.interest = self.bank_debt() * self.interest_rate + self.interest_on_loans()

    def bank_debt(self) -> Array:
        """$ bn that it owes lenders besides loans under deals, `(W,)`."""
        return self.debt - self.market.loans.booked_to(self.name)

    def run_sites(self, more: Array | float = 0.0, paid: Array | float = 1.0) -> None:
        """Pay for power and staff, and for more running costs, $ bn; and landlords their rent.

        Of power, staff and rent only a part is `paid` by an owner that can't borrow what its cash lacks.
        """
        costs = (self.running_costs - self.shell_rent) * paid + more
        self.market.ledger.pay(self.name, "outside", "opex", costs)
        self.market.shell_leases.pay(self.name, paid)

    def pay_lenders(self) -> None:
        """Pay interest, and what is due of loans: it borrows at the year's end what its cash lacks."""
        self.market.credit.pay_interest(self.name, self.interest - self.interest_on_loans())
        self.market.loans.serve(self.name, self.loans_due())

    def write_off(self, lost: Array, share: Array) -> None:
        """Lenders write off $ bn of its debt, `(W,)`: the same share of its loans as of the rest.

        It rejects a share of its leases of halls, too, as bankruptcy law lets it (11 U.S.C. 365): what
        lenders lose of all that it owes, the rent to come included.
        """
        owed = self.debt + self.market.shell_leases.left_of(self.name)
        given_up = self.market.loans.give_up(self.name, share)
        self.market.credit.write_off(self.name, lost - given_up)
        self.market.shell_leases.reject(self.name, np.minimum(per(lost, owed, 0.0), 1.0))

    # --- what is logged besides its state ---

    @property
    @logs("GW", "capacity it owns, on line at the end of the year")
    def gw(self) -> Array:
        """GW on line at the end of the year."""
        return self.fleet.gw

    @property
    @logs("GW", "halls begun or ready, and still without chips")
    def pipeline_gw(self) -> Array:
        """GW started, not on line."""
        return self.fleet.pipeline

    @property
    @logs("share", "what a GW of its fleet can earn, as a part of what one with the newest chips can")
    def newness(self) -> Array:
        """Share."""
        return self.fleet.newness

    @property
    @logs("$ bn", "what it wrote off its chips this year, straight-line")
    def depreciation(self) -> Array:
        """$ bn."""
        return self.fleet.depreciation(self.market.supply.books)

    @property
    @logs("$ bn", "what its chips are worth in its books, at cost less what was written off")
    def chips_book(self) -> Array:
        """$ bn."""
        return self.fleet.book_value(self.market.supply.books)

    @property
    @logs("GW", "green fields begun this year")
    def started_gw(self) -> Array:
        """GW begun this year."""
        return self.fleet.started

    @property
    @logs("GW", "halls of usual sites converted this year")
    def converted_gw(self) -> Array:
        """GW converted this year."""
        return self.fleet.converted

    @property
    @logs("GW", "capacity under contract to labs at the end of the year")
    def leased_gw(self) -> Array:
        """GW under contract to labs."""
        return self.market.compute.leased_by(self.name)

    @property
    @logs("$ bn", "what labs still owe it on what they have signed for (its backlog)")
    def backlog(self) -> Array:
        """$ bn, `(W,)`."""
        return self.market.compute.left_of_supplier(self.name)

    @property
    @logs("share", "part of its capacity in use, mean of the year")
    def utilisation(self) -> Array:
        """Share of its mean capacity in use; 0 where it has none."""
        return per(self.in_use, self.fleet.mean_gw, 0.0)

    @property
    @logs("$ bn per GW-year", "what labs and tenants pay it, mean of all contracts")
    def rent(self) -> Array:
        """$ bn per GW-year."""
        return self.market.compute.prices.rent_of(self.name)

    @property
    @logs("$ bn per GW-year", "what it asks for a new contract")
    def offer(self) -> Array:
        """$ bn per GW-year."""
        compute = self.market.compute
        return np.asarray(compute.prices.offer[compute.supplier_index[self.name]])

    @property
    @logs("ratio", "debt over a year's earnings, a hundred at most")
    def leverage(self) -> Array:
        """Debt over a year's earnings."""
        return turns(self.debt, self.earnings, HIGHEST)
