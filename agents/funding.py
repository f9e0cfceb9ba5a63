"""What a cloud raises at a year's end: new debt within its limit and its grade, and new shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from computeshift.environment.setup import Array, beyond

if TYPE_CHECKING:
    from computeshift.agents.cloud import Cloud


class Raised(NamedTuple):
    """What a cloud raised at the end of a year, $ bn, `(W,)` each."""

    debt: Array
    """New debt."""
    for_building: Array
    """New shares, except those sold to pay debt."""
    for_debt: Array
    """New shares sold to pay debt."""
    ahead: Array
    """What of debt and of shares for building is for the next year."""


def raise_money(cloud: Cloud, cash: Array, burn: Array, kept: Array) -> Raised:
    """A cloud borrows and sells shares, as far as both markets let it; all are $ bn, `(W,)`.

    It has `cash`; next year's building will exceed its cash flow by `burn`, for which it keeps `kept`.

    It borrows towards its target, as far as it builds AI capacity, and for reasons outside this market; or
    what cash lacks now, or a part of what cash will lack a year on, if that is more. Firms hold cash against
    investment that cash flow will not pay, and raise it while lenders lend (Bates, Kahle & Stulz 2009).

    Of investment grade it sells shares for a part of the debt that would cost it its grade, and for debt of
    old that does, once spare cash has paid some. Below, it borrows what it can carry and sells shares for
    growth beyond (Lemmon & Zender 2010), as most issuers would else run out of cash within a year or two
    (DeAngelo, DeAngelo & Stulz 2010). Both while the market for shares is open (Baker & Wurgler 2002).
    """
    line, more = cloud.market.credit.line(cloud.name), cloud.debt_in_need()
    missing, ahead = beyond(cloud.least_cash, cash), cloud.wanted_ahead(cash, burn)
    by_debt = np.minimum(np.maximum(missing, np.minimum(ahead, more)), line)
    building = np.clip(cloud.debt_gap(), 0.0, cloud.ai_capex)
    growth = np.minimum(building + np.maximum(cloud.debt_swing(), 0.0), more)
    growth = cloud.debt_beside(growth, cloud.nothing)  # nobody sells shares to be at a target of debt

    over = np.maximum(by_debt - cloud.grade_room - beyond(cash, cloud.least_cash + kept), 0.0)
    instead = np.minimum(cloud.defence() * over, by_debt + cloud.bank_debt())
    besides = cloud.sells_for_growth() * (np.maximum(missing, ahead) - by_debt)
    limits = {"need": instead + besides, "share_market": cloud.saleable_in_time()}
    shares = cloud.issue(cloud.least("share_issue", "$ bn", **limits))

    instead = np.minimum(shares, instead)
    for_debt = beyond(instead, np.maximum(by_debt, missing))  # bills come first
    saved = instead - for_debt
    usual = np.minimum(np.maximum(beyond(missing, saved), growth), line)
    debt = np.maximum(usual, np.minimum(by_debt - saved, cloud.debt_beside(by_debt, shares)))
    this_year = np.maximum(missing, np.minimum(growth, line))
    return Raised(debt, shares - for_debt, for_debt, beyond(debt + shares - for_debt, this_year))
