"""The base of a cloud as those who buy its shares and rate its debt see it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from computeshift.agents.debtor import OpeningDebt
from computeshift.agents.owner import Owner
from computeshift.environment.log import logged
from computeshift.environment.ratings import FIRST_JUNK, LAST_GRADE, Standing, carried_by, doublings
from computeshift.environment.setup import Array, beyond, per

OUT_OF_REACH = 50.0  # doublings: so much debt room has a firm whose rating does not look at debt


class Shares(OpeningDebt, Protocol):
    """Parameters of a firm that sells shares and is rated, `(W,)` each."""

    @property
    def home_rating(self) -> Array:
        """Its rating at the start, in notches."""
        ...

    @property
    def equity_multiple(self) -> Array:
        """What its shares are worth in a usual mood, over a year's earnings after interest."""
        ...

    @property
    def issue_limit(self) -> Array:
        """The part of its equity that it can sell in a year."""
        ...

    @property
    def rating_defence(self) -> Array:
        """The part of what it raises beyond the debt that keeps its grade that is shares."""
        ...


class Issuer(Owner):
    """An owner of capacity that agencies rate, and that sells new shares.

    State, $ bn, `(W,)`: `prefunded` is what it raised ahead of need last year, `shares_ahead` the shares in
    that, `grade_room` the debt that it can add within its grade (`room_in_grade`), `on_sale` the shares that
    it can sell this year ahead of need, `burned` what building and interest cost beyond its earnings, last
    year and this, less what shares paid of it.
    """

    given: Shares
    prefunded: Array
    shares_ahead: Array
    grade_room: Array
    on_sale: Array
    burned: tuple[Array, Array]

    issued: Array = logged("$ bn", "new shares that it sold")

    # --- how it is rated ---

    def standing(self) -> Standing:
        """Debt and all it has promised, over a year's cash flow; the burn of two years; and its tenants.

        What it has borrowed ahead it still holds: agencies subtract such cash from debt (S&P, Corporate
        methodology: ratios and adjustments, 2019).
        Cash flow is what is left of earnings after interest, before rent: rent to come counts as debt. A
        crunch, which may pass, is news about the firm only as far as it has borrowed at its rates. Two years'
        burn counts as the debt that two more such years would add. A tenant that is rated worse than
        its home counts by the part of what it earns, and has under contract, that hangs on it.
        """
        given, ratings = self.market.ratings.given, self.market.ratings
        home, hanging = self.given.home_rating, self.hangs_on()
        comes_in = (
            np.maximum(self.other_business(), 0.0) + self.tenant_income + sum(hanging.values(), self.nothing)
        )
        others = {
            "tenants": given.tenant_weight * ratings.of_tenants(home, hanging, comes_in),
            "unpaid": given.unpaid_notches * self.default_degree,
        }
        return Standing(home, self._pulls_of_debt() | others)

    def _pulls_of_debt(self) -> dict[str, Array]:
        """By how many notches its debt and its burn move it."""
        notches, left = self.market.ratings.given.leverage_notches, self._left_for_debt()
        owed = beyond(self.debt, self.prefunded) + self.firm.promised()
        now, ahead = doublings(owed, left), doublings(owed + self._burn(), left)
        return {"leverage": notches * now, "burn": notches * (ahead - now)}

    def _left_for_debt(self) -> Array:
        """A year's cash flow after interest, and before the rent of halls, $ bn."""
        return self.earnings + self.shell_rent - self.debt * self.interest_rate

    def _burn(self) -> Array:
        """$ bn by which two years' building and interest exceeded what it earned."""
        before, this_year = self.burned
        return beyond(before + this_year, self.nothing)

    @abstractmethod
    def other_business(self) -> Array:
        """What other business than AI capacity brings in a year, $ bn, `(W,)`."""

    @abstractmethod
    def hangs_on(self) -> dict[str, Array]:
        """What others will pay it in a year under contracts, $ bn, by the firm whose rating it hangs on."""

    def has_grade(self) -> NDArray[np.bool_]:
        """Whether it began with an investment grade, `(W,)`."""
        graded: NDArray[np.bool_] = self.given.home_rating < FIRST_JUNK
        return graded

    def sells_for_growth(self) -> NDArray[np.bool_]:
        """Whether it sells shares for all that lenders leave of what it builds, `(W,)`.

        Without a grade to lose; a firm that raises rounds raises its equity there.
        """
        return ~self.has_grade() & (not self.market.network.sources(self.name, "equity"))

    def defence(self) -> Array:
        """The part of what it raises beyond `grade_room` that is shares, not debt, `(W,)`.

        Firms near a change of their rating borrow less and sell more shares (Kisgen 2006), and it is a
        minimum rating, not a level of debt, that they aim at (Kisgen 2009).
        """
        return np.where(self.has_grade(), self.given.rating_defence, 0.0)

    def shares_beside(self, more: Array, on_sale: Array) -> Array:
        """Of $ bn that it would raise, what it raises by shares to keep its grade, `(W,)`."""
        return np.minimum(self.defence() * self._beyond_grade(more), on_sale)

    def debt_beside(self, more: Array, on_sale: Array) -> Array:
        """Of $ bn that it would raise, what it borrows, `(W,)`: beyond its grade only beside shares."""
        beyond_grade, own = self._beyond_grade(more), self.defence()
        beside = per((1 - own) * on_sale, own, np.inf)
        return more - beyond_grade + np.minimum((1 - own) * beyond_grade, beside)

    def _beyond_grade(self, more: Array) -> Array:
        """Of $ bn more debt, what would cost it its grade."""
        return np.maximum(more - np.maximum(self.grade_room, 0.0), 0.0)

    def room_in_grade(self) -> Array:
        """$ bn by which its debt can grow before its rating tends to below investment grade, `(W,)`.

        Less than none where it does already. An agency that read its debt and its cash flow now, and found
        all else as at its last review, would count so many more doublings of debt over cash flow, which new
        debt's interest lowers.
        """
        ratings, left = self.market.ratings, np.maximum(self._left_for_debt(), 0.0)
        promised = self.firm.promised() + self._burn()
        now = doublings(beyond(self.debt, self.prefunded) + promised, left)
        home = self.given.home_rating
        notches = np.maximum(LAST_GRADE, home) - ratings.tends_to(self.name, home, self._pulls_of_debt())
        most = np.clip(now + per(notches, ratings.given.leverage_notches, OUT_OF_REACH), 0.0, OUT_OF_REACH)
        turns = carried_by(most)
        return (turns * left - self.debt - promised) / (1 + turns * self.borrowing_rate)

    # --- its shares ---

    def saleable(self) -> Array:
        """$ bn of new shares that it can still sell this year, `(W,)`.

        At most a part of what all its shares are worth, a multiple of the year's earnings after interest,
        which moves with the mood. Buyers of listed shares have no limit of depth.
        """
        given = self.given
        earned = np.maximum(self.earnings - self.interest, 0.0)
        worth = given.equity_multiple * self.market.capital.sentiment * earned
        return beyond(given.issue_limit * worth, self.issued)

    def saleable_in_time(self) -> Array:
        """The same before it is in need, $ bn: less as the mood is worse, and none in a bad one."""
        return self.market.capital.window() * self.saleable()

    def sell_shares(self, lacking: Array) -> Array:
        """Sell new shares for what it can neither pay nor borrow again, $ bn.

        A firm whose debt nobody renews sells equity before it defaults, though dearly (Myers & Majluf 1984,
        the pecking order).
        """
        return self.issue(np.minimum(lacking, self.saleable()))

    def issue(self, amount: Array) -> Array:
        """Sell new shares for $ bn, `(W,)`."""
        self.issued = self.issued + amount
        self.market.ledger.pay("investors", self.name, "share_issue", amount)
        return amount
