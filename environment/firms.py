"""What the market needs of firms, as Protocols: it is handed kinds of firms, and knows no more of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from computeshift.environment.parties import Buyer, Supplier
from computeshift.environment.rounds import Ask, Terms
from computeshift.environment.services import Seller
from computeshift.environment.setup import Array, FirmSetup

if TYPE_CHECKING:
    from computeshift.environment.credit import Lender
    from computeshift.environment.partnership import Partnership
    from computeshift.environment.ratings import Standing
    from computeshift.environment.shell_leases import Landlord

R = TypeVar("R")


class Lab(Buyer, Seller, Protocol):
    """A role that leases capacity, trains on it and sells answers."""

    leases: dict[str, Array]
    lease_due: Array
    running: Array
    deferred: Array
    honoured_share: Array
    unpaid_share: Array
    surprise: Array
    knowledge: Array
    training_end: Array

    revenue: Array

    def plan_for(self, years: int) -> dict[str, Array]:
        """GW that it will want in some years, and that it can hope to pay then, `(W,)`."""
        ...

    def for_sites(self) -> Array:
        """The part of its cash that its firm's own sites may have, $ bn, `(W,)`."""
        ...

    def standing(self) -> Standing | None:
        """What a rating agency reads in its books; None if nobody judges it apart from its firm."""
        ...

    @property
    def investable(self) -> Array:
        """The part of it that investors may buy shares of, `(W,)`."""
        ...

    @property
    def prospects(self) -> Array:
        """What its sales would be worth if labs were small, $ bn, `(W,)`."""
        ...

    @property
    def default_degree(self) -> Array:
        """Share of what its firm owed this year that it did not pay, `(W,)`."""
        ...

    @property
    def market_share(self) -> Array | None:
        """Its part of customers' spending, `(W,)`; None where it sells to nobody."""
        ...


class Venture(Supplier, Protocol):
    """An institution that pools sponsors' equity and owns what is built with it."""

    sponsor_shares: dict[str, Array]

    def open_year(self) -> None:
        """Set each sponsor's part of this year's calls."""
        ...

    def equity_needed(self) -> Array:
        """Equity for the year's works beyond its cash and what lenders pay, $ bn, `(W,)`."""
        ...

    def wanted_cost(self) -> Array:
        """What all its works would cost this year if money were no limit, $ bn, `(W,)`."""
        ...

    def operator_part(self, operator: str) -> Array:
        """The part of the year's works that an operator bears, `(W,)`."""
        ...

    def building_cost(self) -> Array:
        """What the year's works cost, $ bn, `(W,)`."""
        ...

    def operator_income(self, operator: str) -> Array:
        """What an operator gets of the year's leases, $ bn, `(W,)`."""
        ...


class Participant(Protocol):
    """A firm, as the market sees it. Arrays are `(W,)`, money is $ bn."""

    name: str
    stream: str
    weight: Array
    default_degree: Array
    supplier: Supplier | None
    lab: Lab | None
    lender: Lender | None
    landlord: Landlord | None
    has_debt: bool

    @property
    def arms_length(self) -> bool:
        """Whether its roles deal with each other as separate firms do."""
        ...

    @property
    def surprise(self) -> Array:
        """How much faster its revenue grew than it expected, log points."""
        ...

    @property
    def strained(self) -> Array:
        """Share by which its guarantees are worth less this year."""
        ...

    def trust_in(self, lab: str) -> Array:
        """Trust between it and a lab that is its partner, in [0, 1]; nothing if it is none."""
        ...

    def dissolve(self) -> None:
        """Let go of its roles and of its market, so that their memory is free at once."""
        ...

    @property
    def initial_cash(self) -> Array:
        """Cash at the start."""
        ...

    @property
    def initial_debt(self) -> Array:
        """Debt at the start."""
        ...

    @property
    def initial_coupon(self) -> Array:
        """The mean rate on that debt."""
        ...

    @property
    def initial_stakes(self) -> Mapping[str, Array]:
        """The shares of other firms that it holds at the start, by name."""
        ...

    @property
    def sponsor_share(self) -> Array:
        """The part of a venture's equity that it stands for."""
        ...

    @property
    def chip_market_share(self) -> Array:
        """The part of the market for chips that it supplies."""
        ...

    def adopt(self, setup: FirmSetup) -> None:
        """Play by the strategy and the numbers that its market's setup now has for it."""
        ...

    def found(self) -> None:
        """Lay down its state at the end of the start year."""
        ...

    def credit_asked(self) -> Array:
        """What it means to borrow this year."""
        ...

    def credit_limit(self) -> Array:
        """The most that it would borrow this year."""
        ...

    def ask(self) -> Ask | None:
        """The equity it wants to raise this year, if it raises any."""
        ...

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """What it offers to firms that ask and to which it is tied."""
        ...

    def terms(self, ask: Ask) -> Terms | None:
        """How it pays for its part of a round; None if it pays all at once."""
        ...

    def signs(self) -> Array | float:
        """The part of an equity deal given in a config that its strategy lets it sign."""
        ...

    def payable(self) -> Array:
        """What it can pay this year of what falls due on its shares in others."""
        ...

    def gain_by(self, partnership: Partnership) -> Array:
        """What it would gain by new terms of a partnership, as a share of the lab's yearly dues."""
        ...

    def accept(self, struck: Array) -> None:
        """New terms of its partnership were struck, 1 or 0, `(W,)`."""
        ...

    def own_dues(self) -> Array:
        """What it owes this year as a lab, once that is reckoned; nothing if it is none."""
        ...

    def means_to_lend(self) -> Array:
        """What it can lend under a deal this year."""
        ...

    def means_for_others(self, kept: Array | float = 0.0) -> Array:
        """What it can pay for others this year."""
        ...

    def left_to_invest(self) -> Array:
        """What it can still put into shares of others this year."""
        ...

    def means_to_buy(self) -> Array:
        """What it can pay for shares of a lab that leaves dues unpaid."""
        ...

    def meets(self, condition: str) -> Array:
        """How far it meets a condition of deals, in [0, 1]: 1 if it has met it, or needs not."""
        ...

    def standing(self) -> Standing | None:
        """What a rating agency reads in its books; None if nobody judges it."""
        ...

    def bear(self, lost: Array) -> None:
        """Bear what it wrote off of what it lent, `(W,)`, and settle with those who fund it."""
        ...

    def purchases(self, lab: str) -> Array:
        """What it buys of a lab's services under an agreement this year."""
        ...

    def chip_bill(self) -> Array:
        """What it owes for the chips of sites that came on line this year."""
        ...

    def market_value(self) -> Array | None:
        """What the market thinks its equity is worth; None if it is not valued here."""
        ...

    def role(self, kind: type[R]) -> R:
        """Its role of a class; LookupError if it has none."""
        ...

    def logged(self, name: str) -> Any:
        """A variable that it logs, `(W,)`; None if it has no such variable."""
        ...


class FirmKind(Protocol):
    """A kind of firm: it makes one, in a market, from what a setup says of it."""

    @property
    def variables(self) -> Mapping[str, tuple[str, str]]:
        """What firms of the kind log: unit and meaning by name."""
        ...

    def __call__(self, market: Any, setup: FirmSetup) -> Participant:
        """A firm of the kind; ValueError for a strategy that it does not have."""
        ...
