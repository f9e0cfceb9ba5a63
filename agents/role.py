"""What every role has: its firm, the firm's books, its parameters and its strategy, and a year of phases."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from computeshift.environment.setup import Array
from computeshift.environment.state import State

if TYPE_CHECKING:
    from computeshift.agents.dials import Dial
    from computeshift.agents.firm import Firm
    from computeshift.environment.credit import Lender
    from computeshift.environment.firms import Lab
    from computeshift.environment.parties import Supplier
    from computeshift.environment.ratings import Standing
    from computeshift.environment.rounds import Ask, Terms
    from computeshift.environment.shell_leases import Landlord


class Role(State, ABC):
    """A part that a firm plays in the market, over W worlds: its state is arrays `(W,)`.

    Within a phase all firms decide on what was known at its start; none sees another's move. The roles
    of one firm act in their order, and each sees what those before it did.
    """

    label: ClassVar[str]
    """Its name among the roles of a firm."""
    defaults: ClassVar[tuple[str, ...]] = ()
    """The roles of a config whose defaults its parameters take, the first of them first."""
    Parameters: ClassVar[type]
    gives: ClassVar[frozenset[str]] = frozenset()
    """Kinds of edges that may start at it."""
    takes: ClassVar[frozenset[str]] = frozenset()
    """Kinds of edges that may end at it."""
    has_debt: ClassVar[bool] = False
    """Whether it may owe lenders money at the start."""
    payoff: ClassVar[tuple[str, ...]] = ()
    """What owners get out of a firm of this role alone: parts by name (`questions/games/payoffs.py`)."""
    payoff_in_group: ClassVar[tuple[str, ...]] = ()
    """The same as one role of several: the firm's running costs are counted once, for all."""
    earns: ClassVar[frozenset[str]] = frozenset()
    """Kinds of flows of money to its firm that are its business."""
    spends: ClassVar[frozenset[str]] = frozenset()
    """The same of money that its firm pays by what others do, as when a round closes."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.market = firm.market
        self.name = firm.name
        self.nothing = firm.nothing

    def adopt(self, given: Any, strategy: Any) -> None:
        """Go on with these parameters, and by this strategy."""
        self.given = given
        self.strategy = strategy

    def found(self) -> None:
        """Lay down the state at the end of the start year."""

    # --- its firm's books ---

    @property
    def cash(self) -> Array:
        """$ bn: what it may count on of its firm's cash."""
        return self.firm.purse_of(self)

    @property
    def debt(self) -> Array:
        """$ bn."""
        return self.firm.debt

    @property
    def invested(self) -> Array:
        """Equity that its firm paid into others this year, $ bn."""
        return self.firm.invested

    @property
    def default_degree(self) -> Array:
        """Share of what its firm owed this year that it did not pay."""
        return self.firm.default_degree

    @property
    def initial_cash(self) -> Array:
        """What its firm has at the start, $ bn; nothing if the role has no say in it."""
        return self.nothing

    @property
    def initial_debt(self) -> Array:
        """What its firm owes at the start, $ bn."""
        return self.nothing

    @property
    def initial_coupon(self) -> Array:
        """The mean rate that its firm pays on what it owes at the start, a share a year."""
        return self.nothing

    @property
    def initial_stakes(self) -> Mapping[str, Array]:
        """The shares of other firms that its firm holds at the start, by name, `(W,)` each."""
        return {}

    @property
    def sponsor_share(self) -> Array:
        """The part of a venture's equity that it stands for."""
        return self.nothing

    @property
    def chip_market_share(self) -> Array:
        """The part of the market for chips that it supplies."""
        return self.nothing

    def as_supplier(self) -> Supplier | None:
        """Itself, if it owns capacity and leases it."""

    def as_lab(self) -> Lab | None:
        """Itself, if it trains and answers."""

    def as_lender(self) -> Lender | None:
        """Itself, if it lends."""

    def as_landlord(self) -> Landlord | None:
        """Itself, if it lets halls."""

    def least(self, decision: str, unit: str, **limits: Array) -> Array:
        """Decide: the smallest of the limits, what it wants first; logged with what bound it."""
        return self.market.decisions.least(self.name, decision, unit, limits)

    def may_borrow(self) -> bool:
        """Whether a lender is tied to its firm."""
        return bool(self.market.credit.lenders_of(self.name))

    def borrows(self) -> bool:
        """Whether it is the role that owes what its firm is lent under deals."""
        return self.firm.debtor is self

    def loans_due(self) -> Array:
        """What falls due this year under deals by which its firm was lent money, $ bn, `(W,)`."""
        return self.market.loans.due_from(self.name) if self.borrows() else self.nothing

    def interest_on_loans(self) -> Array:
        """What of that is interest, $ bn, `(W,)`."""
        return self.market.loans.interest_of(self.name) if self.borrows() else self.nothing

    def extended(self, lacking: Array) -> Array:
        """What its lenders extend because it lacks so much for its dues, $ bn, `(W,)`."""
        return self.nothing

    def sell_shares(self, lacking: Array) -> Array:
        """Sell new shares of its firm, because it lacks so much for its dues; $ bn that they brought."""
        return self.nothing

    # --- the year, a verb a phase; a role has what it takes part in ---

    def plan(self) -> None:
        """Look ahead and write down what it wants."""

    def credit_asked(self) -> Array:
        """What it means to borrow this year, $ bn."""
        return self.nothing

    def credit_limit(self) -> Array:
        """The most that it would borrow this year, $ bn: what it means to, if it has no other limit."""
        return self.nothing

    def hear_lenders(self) -> None:
        """Count what it can spend, now that lenders have said what they lend."""

    def ask(self) -> Ask | None:
        """The equity it wants to raise this year, if it raises any."""

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        """What it offers to firms that ask and to which its firm is tied, $ bn."""
        return {}

    def terms(self, ask: Ask) -> Terms | None:
        """How it pays for its part of a round; None if it pays all at once."""

    def signs(self) -> Dial:
        """The part of an equity deal given in a config that its strategy lets it sign."""
        return 1.0

    def payable(self) -> Array | None:
        """$ bn it can pay this year of what falls due on shares in others; None if it backs nobody."""

    def left_to_invest(self) -> Array:
        """$ bn it can still put into shares of others this year: nothing if it backs nobody."""
        return self.nothing

    def means_to_buy(self) -> Array:
        """$ bn it can pay for shares of a lab that leaves dues unpaid: nothing, if it does not invest."""
        return self.nothing

    def purchases(self, lab: str) -> Array:
        """What it buys of a lab's services under an agreement this year, $ bn."""
        return self.nothing

    def build(self) -> None:
        """Decide what to build, with the money it now has."""

    def reckon(self) -> None:
        """Add up what it owes, and which part of it it can pay."""

    def pay(self) -> None:
        """Pay what it owes."""

    def learn(self) -> None:
        """Learn from the year: what to expect, whom to trust."""

    def market_value(self) -> Array | None:
        """What the market thinks its business is worth, $ bn; None if it is not valued here."""

    def close(self) -> None:
        """Close the books: borrow, repay, restructure."""

    def close_let(self) -> None:
        """Close the books of halls that it lets, once all lessees have closed theirs."""

    def standing(self) -> Standing | None:
        """What a rating agency reads in its books; None if nobody judges it."""

    def bear(self, lost: Array) -> None:
        """Bear what its firm wrote off of what it lent, $ bn, once all borrowers have closed their books."""
