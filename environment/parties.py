"""The two sides of a contract for compute: what the market asks of a supplier, and of a buyer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from computeshift.environment.setup import Array

if TYPE_CHECKING:
    from computeshift.environment.fleet import Fleet
    from computeshift.environment.supply import Works


class Supplier(Protocol):
    """Whoever has capacity to lease."""

    name: str
    fleet: Fleet
    works: Works
    sites_asked: Array
    wants: ClassVar[str]
    ai_capex: Array
    in_use: Array
    has_tenants: ClassVar[bool]
    export_controlled: ClassVar[bool]

    @property
    def leased_gw(self) -> Array:
        """GW under contract to labs, `(W,)`."""
        ...

    def unit_cost(self) -> Array | float:
        """Factor on what a GW-year usually costs: its chips, its power, its cost of capital."""
        ...

    @property
    def initial_price(self) -> Array | float:
        """Factor on the market's rent at which its contracts of the start were signed."""
        ...

    @property
    def tenant_income(self) -> Array:
        """What tenants pay it this year, $ bn, `(W,)`."""
        ...

    def open_leases(self) -> None:
        """Note who is in its capacity at the end of the start year."""
        ...

    def open_rented(self, gw: Array, rent: Array) -> None:
        """Note how many GW of its halls of the start it rents, and for how much a year, $ bn, `(W,)`."""
        ...

    def answer(self) -> None:
        """Grow its crews, and the part of its cash flow that goes to AI, by what was ordered this year."""
        ...

    def chip_bill(self) -> Array:
        """What its firm owes for the chips of sites that came on line this year, $ bn, `(W,)`."""
        ...

    def room_for(self, lab: str) -> Array:
        """GW it will lease to one lab at most, `(W,)`."""
        ...

    def room_in_all(self) -> Array:
        """GW it will lease to all labs together, `(W,)`."""
        ...

    @property
    def tenant_part(self) -> Array:
        """The part of its capacity that it keeps for tenants, `(W,)`."""
        ...

    @property
    def initial_own_products(self) -> Array:
        """The part of its tenants' demand of the start that its own products are, `(W,)`."""
        ...

    @property
    def own_growth(self) -> Array:
        """Growth of its own products' demand over that of the other tenants, in logs, `(W,)`."""
        ...

    @property
    def initial_tenant_gw(self) -> Array:
        """What it hosts at the start, as a weight against the other hosts, `(W,)`."""
        ...

    def signable(self) -> Array:
        """GW for labs that it could pay for over the years for which they sign, `(W,)`."""
        ...

    def book(self) -> Array:
        """GW that it could pay for over those years for whomever, `(W,)`."""
        ...

    def payable_in(self, years: int) -> Array:
        """GW for labs that its own means could pay for in so many years, its firm's lab apart, `(W,)`."""
        ...

    def from_lab(self) -> Array:
        """$ bn that its firm's lab puts into its sites this year, `(W,)`."""
        ...

    def could_let(self, lab: str) -> Array:
        """GW that it could let to a lab by the time that orders fall due, `(W,)`."""
        ...

    def markup(self) -> Array | float:
        """Factor on what it would ask by cost and the spot market."""
        ...

    def first_refusal(self, lab: str) -> Array:
        """The part of a lab's new demand it may take before anybody else, `(W,)`."""
        ...


class Buyer(Protocol):
    """Whoever leases capacity."""

    name: str
    wanted_gw: Array
    rest_share: Array

    @property
    def family(self) -> str:
        """The labs that share its models, by the name of their random draws: one customer."""
        ...

    def taste(self, supplier: str) -> Array:
        """How much it likes a supplier besides the price, in log points, `(W,)`."""
        ...

    for_leases: Array
    """What it has to pay its suppliers with this year, $ bn, `(W,)`."""

    def settle(
        self, bills: dict[str, Array], honoured: Array, deferred: Array, cut: Array, lacking: Array
    ) -> None:
        """Take note of its bills after renegotiation, $ bn, and of the part of them that it pays, `(W,)`.

        And of what of the bills before was deferred and cut, $ bn, and of the part `lacking`, `(W,)`, that
        was left when it, its owners and its guarantors had paid: the capacity that it was owed for goes back.
        """
        ...

    def contract_length(self) -> Array | float:
        """Factor on the usual length of contracts."""
        ...

    def firm_goal(self) -> dict[str, Array]:
        """GW that it wants to be sure of in SIGNED_AHEAD years, as its plan and its hopes of money have it.

        `(W,)` by the name of the limit; empty if it signs for nothing.
        """
        ...

    def brought_forward(self) -> Array:
        """GW on order that it will have this year, as it has money to spare for them, `(W,)`."""
        ...

    def first_home(self, supplier: str) -> Array:
        """How much it liked a supplier when the contracts of the start were signed, log points, `(W,)`."""
        ...
