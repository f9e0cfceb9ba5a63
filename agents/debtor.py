"""The base of roles that owe lenders: what they owe at the start, what of it matures, and what it costs."""

from __future__ import annotations

from typing import Protocol

from computeshift.agents.role import Role
from computeshift.environment.log import logged, logs
from computeshift.environment.setup import Array


class OpeningDebt(Protocol):
    """Parameters that have a debt at the start."""

    @property
    def initial_debt(self) -> Array:
        """$ bn, `(W,)`."""
        ...

    @property
    def initial_coupon(self) -> Array:
        """The mean rate on it, a share a year."""
        ...


class Debtor(Role):
    """A role that owes lenders: an owner of capacity, or a project company."""

    has_debt = True
    given: OpeningDebt

    maturing: Array = logged("$ bn", "what of its debt fell due this year, to be paid or borrowed again")

    @property
    def initial_debt(self) -> Array:
        """What its firm owes at the start, $ bn."""
        return self.given.initial_debt

    @property
    def initial_coupon(self) -> Array:
        """The mean rate that its firm pays on what it owes at the start, a share a year."""
        return self.given.initial_coupon

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
