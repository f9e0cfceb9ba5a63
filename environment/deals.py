"""Deals: commitments with dates between two firms. Their kinds, and the numbers that each is given by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from computeshift.environment.bounds import Bounds
from computeshift.environment.setup import Array
from computeshift.environment.state import sealed


@dataclass(frozen=True)
class Number:
    """A number of a deal: its unit, the values it can have, what it means, and its value where none is given.

    A deal must give it where it has no `usual` value, unless it is `optional`, or belongs to a `condition`
    that the deal does not name.
    """

    unit: str
    bounds: Bounds
    doc: str
    usual: float | None = None
    condition: str = ""
    """The condition that it belongs to: a deal without that has no such number."""
    optional: bool = False
    """Whether a deal may do without it, and then has no value of it at all."""

    @property
    def needed(self) -> bool:
        """Whether every deal of its kind must give it."""
        return self.usual is None and not self.condition and not self.optional


LISTED = "listed"
"""A condition, and what a config calls the year in which a firm is listed."""
LISTING = Number("year", Bounds(2000, 2100), "the year in which its shares are listed on an exchange")
DELIVERED = "gw delivered"
CONDITIONS: dict[str, str] = {
    "converted": "its target has become a for-profit",
    DELIVERED: "it falls due as GW come on line for its target, in proportion",
    LISTED: "its target's shares are listed on an exchange",
}
"""What parts of deals can wait for, with its meaning."""


@dataclass(frozen=True)
class DealKind:
    """What a deal of a kind commits its parties to, by which tie, and the numbers it is given by."""

    doc: str
    tie: str
    """The kind of tie between source, or site, and target that it needs; it lays one if there is none.

    Empty if it needs none."""
    numbers: Mapping[str, Number]
    conditions: tuple[str, ...] = ()
    """The conditions that can hang on it."""
    has_site: bool = False
    """Whether a `site`, which owns what is let, may be another than the source."""
    backs: tuple[str, ...] = ()
    """The kinds of deals that it may back; `of` names one of them."""
    gives: str = ""
    """What its source must be able to give, in the words of ties, where it needs none."""
    takes: str = ""
    """What its target must be able to take, likewise."""
    parties: tuple[str, str] | None = None
    """The kinds of firms that source and target must be, where not any will do."""
    owners: bool = False
    """Whether its target may be an owner of capacity: a cloud, a lab's own sites, or Stargate."""
    sources: tuple[str, ...] = ()
    """The institutions that may be its source, where it needs no tie."""
    from_role: str = ""
    """The role that a firm must have to be its source; without one, any firm may."""
    schedule: tuple[str, ...] = ()
    """The numbers in whose place it may have a schedule: the first of them, by calendar year."""
    by_year: str = ""
    """What a number of its schedule means."""
    of_the_start: bool = False
    """Whether it must be in force at the start, as it is about what there is then."""

    def meaning(self, number: str) -> str:
        """What one of a deal's numbers means, by its name in the deal, such as `gw` or `schedule.2027`."""
        return self.numbers[number].doc if number in self.numbers else self.by_year


_COMMON: dict[str, Number] = {
    "chance": Number("probability", Bounds(0, 1), "the probability that it is signed in its year", 1.0),
    "cut.share": Number(
        "share", Bounds(0, 1), "the share of it that is given up in the year of its cut", 0.0
    ),
}
LONGEST_DELAY = 5  # years
_DELAY = {
    "delay.years": Number(
        "years", Bounds(0, LONGEST_DELAY), "by how many years what is still due is postponed", 0.0
    )
}

DEAL_KINDS: dict[str, DealKind] = {
    "capacity": DealKind(
        "the source leases capacity to the target for years, used or not",
        "capacity",
        {
            "gw": Number("GW", Bounds(0, 1000), "capacity at full size"),
            "ramp": Number("years", Bounds(0, 20), "years from its first to its full size", 1.0),
            "price": Number("$ bn per GW-year", Bounds(0.01, 500), "price when it is signed"),
            "indexation": Number(
                "share", Bounds(0, 1), "the share of a change in the spot price that its price follows", 0.0
            ),
            "take_or_pay": Number(
                "share", Bounds(0, 1), "the share of the capacity that is paid for even if unused", 1.0
            ),
            "prepayment": Number(
                "years", Bounds(0, 10), "payment at signing, in years of the full price", 0.0
            ),
            "exit_fee": Number(
                "years",
                Bounds(0, 10),
                "fee of the party that leaves it, in years of payments; without a fee the target is bound",
                optional=True,
            ),
            "long_stop": Number("years", Bounds(0, 10), "delay after which the target may cancel it", 2.0),
            **_COMMON,
            **_DELAY,
        },
        has_site=True,
        schedule=("gw", "ramp"),
        by_year="capacity from that year on",
    ),
    "equity": DealKind(
        "the source pays equity into the target, in tranches",
        "equity",
        {
            "amount": Number("$ bn", Bounds(0, 10_000), "equity committed"),
            "pre_money": Number("$ bn", Bounds(0.001, 1e6), "value of the target before the money"),
            "upfront": Number("share", Bounds(0, 1), "the part that is paid when it is signed", 1.0),
            "conditional": Number(
                "share", Bounds(0, 1), "the share that is paid only once its conditions are met", 0.0
            ),
            "syndicated": Number(
                "share", Bounds(0, 1), "the part that the source offers to other investors", 0.0
            ),
            "gw": Number(
                "GW",
                Bounds(0.001, 1000),
                "GW delivered at which all of its conditional share is paid",
                None,
                DELIVERED,
            ),
            **_COMMON,
            **_DELAY,
        },
        conditions=tuple(CONDITIONS),
    ),
    "guarantee": DealKind(
        "the source pays a part of what the target does not pay under another deal, or under all its leases",
        "",
        {
            "share": Number("share", Bounds(0, 1), "the part of what is unpaid that it pays", 1.0),
            "most": Number("$ bn", Bounds(0, 10_000), "upper limit of all its payments together"),
            **_COMMON,
        },
        backs=("capacity",),
        takes="capacity",
    ),
    "chips": DealKind(
        "the target's suppliers bring capacity with the source's chips on line for it",
        "",
        {
            "gw": Number("GW", Bounds(0, 1000), "capacity with the source's chips, evenly over its years"),
            "equity": Number("$ bn per GW", Bounds(0, 100), "equity that the source pays in per GW", 0.0),
            "warrants": Number(
                "share per GW",
                Bounds(0, 1),
                "shares of the source that the target gets per GW, as a part of all",
                0.0,
            ),
            **_COMMON,
            **_DELAY,
        },
        gives="chips",
        takes="equity",
    ),
    "loan": DealKind(
        "the source lends the target, a lab or an owner of capacity, money for years",
        "",
        {
            "amount": Number("$ bn", Bounds(0, 10_000), "what is lent when it is signed"),
            "rate": Number("share per year", Bounds(0, 1), "interest"),
            "bullet": Number("share", Bounds(0, 1), "the part that is paid back in its last year", 0.0),
            **_COMMON,
        },
        takes="capacity",
        owners=True,
        sources=("lenders",),
    ),
    "notes": DealKind(
        "which part of the target's debt at the start falls due in which year",
        "",
        {"amount": Number("$ bn", Bounds(0, 10_000), "what falls due in all, evenly over its years")},
        gives="debt",
        takes="debt",
        sources=("lenders",),
        schedule=("amount",),
        by_year="what falls due in that year",
        of_the_start=True,
    ),
    "lease": DealKind(
        "the source leases halls with power to the target, an owner of capacity, which puts its own chips in",
        "",
        {
            "gw": Number("GW", Bounds(0, 1000), "halls at full size"),
            "ramp": Number("years", Bounds(0, 20), "years from the first to the last halls", 1.0),
            "price": Number("$ bn per GW-year", Bounds(0.01, 500), "rent of halls, filled or not"),
            "exit_fee": Number(
                "years",
                Bounds(0, 10),
                "fee of the party that breaks it, in years of full rent; without one nothing is due",
                optional=True,
            ),
            **_COMMON,
            **_DELAY,
        },
        owners=True,
        sources=("landlords",),
        from_role="landlord",
        schedule=("gw", "ramp"),
        by_year="halls from that year on",
    ),
    "partnership": DealKind(
        "the source has a right of first refusal on the target's new demand and a share of its revenue; "
        "both agree on new terms when both gain",
        "",
        {
            "pace": Number(
                "probability per year",
                Bounds(0, 20),
                "probability per year of new terms, per unit of what both gain by them",
            ),
            "refusal": Number(
                "share of new demand", Bounds(0, 1), "share under first refusal, in the new terms"
            ),
            "revenue_share": Number(
                "share of revenue", Bounds(0, 1), "share that the source gets, in the new terms"
            ),
            "cap": Number("$ bn", Bounds(0, 10_000), "upper limit of all that is shared after the new terms"),
            "commitment": Number(
                "GW", Bounds(0, 1000), "capacity that the target signs for with the new terms", 0.0
            ),
            "stake": Number("share", Bounds(0, 0.9), "equity that the source gets with the new terms", 0.0),
            "uplift": Number(
                "share",
                Bounds(0, 2),
                "by what share a conversion to a for-profit raises the target's equity",
                0.0,
            ),
            "longer": Number("years", Bounds(0, 30), "by how much new terms outlast the old", 0.0),
            **_COMMON,
        },
        takes="capacity",
        parties=("microsoft", "openai"),
    ),
}
"""The kinds of deals by name."""


STATES: dict[str, tuple[str, str]] = {
    "signed": (
        "$ bn",
        "all that was ever due: what was signed, what prices moved since, interest on deferrals",
    ),
    "left": ("$ bn", "what remains due at the end of the year"),
    "paid": ("$ bn", "what was paid so far"),
    "cut": ("$ bn", "what nobody owes any more: given up, not delivered in time, or not paid"),
    "deferred": ("$ bn", "what of the rest was put off to the next year"),
    "due": ("$ bn", "what fell due in the year"),
    "gw": ("GW", "capacity that it commits both sides to, the most in any year to come"),
    "delivered": ("GW", "capacity that there is of it at the end of the year"),
    "price": ("$ bn per GW-year", "what it costs"),
}
"""What is logged of a deal at the end of a year, with unit and meaning. `left + paid + cut = signed`."""


@dataclass(frozen=True)
class DealState:
    """A deal at the end of a year: who is bound to whom, and its STATES, `(W,)` each.

    `source` is who is owed the money, or pays equity in; `site` owns what is let. `given` says whether a
    config gave it; if not, it is all that its parties signed by themselves.
    """

    year: int
    name: str
    kind: str
    source: str
    target: str
    site: str
    given: bool
    numbers: Mapping[str, Array]


class DealLog:
    """The deals of a market at the end of each year: only those under which something was ever due."""

    def __init__(self) -> None:
        self.log: list[DealState] = []

    def record(self, state: DealState) -> None:
        """Write down a deal, unless nothing was ever due under it in any world; what it lacks is zero."""
        signed = state.numbers["signed"]
        if signed.any():
            none = np.zeros_like(signed)
            numbers = sealed({name: state.numbers.get(name, none) for name in STATES})
            self.log.append(replace(state, numbers=numbers))

    def forget(self) -> None:
        """Drop what was written, for who will not read it."""
        self.log = []
