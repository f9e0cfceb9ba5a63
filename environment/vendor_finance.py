"""Vendor finance: a chipmaker pays a lab equity, or lets shares vest to it, for GW of its chips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.agreements import Agreement, Agreements
from computeshift.environment.setup import Array, beyond, per, total

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket
    from computeshift.environment.setup import Deal


class ChipDeal(Agreement):
    """GW of a maker's chips for a lab, evenly over its years, and what the lab gets for each, $ bn per GW.

    `gw` is the size, `delivered` what the lab's suppliers took on line of it, GW, `(W,)`. Books are in what
    the maker gives: equity, and shares at the maker's last mark. Late GW come later, up to its last year.
    """

    def __init__(self, market: ComputeMarket, deal: Deal) -> None:
        super().__init__(market, deal)
        self.slip = self.worth = self.market.ledger.zero

    @property
    def runs(self) -> bool:
        """Whether GW may come under it this year: those that are late may after its last one."""
        open_to = bool((self.gw > self.delivered).any())
        return open_to and max(self.deal.first, self.deal.signed) <= self.market.year

    def conclude(self) -> None:
        """Nothing is paid yet. What came before the start is in the books of the start."""
        self.gw = self.given("gw") * self.is_signed()
        if self.deal.signed <= self.market.setup.start:
            self.delivered = self.gw * self._passed()
        self.worth = self._worth()
        self.sign(self.worth * (self.gw - self.delivered))

    def delay(self, years: Array) -> None:
        """Its schedule slips, with its end."""
        self.slip = self.slip + years

    def reduce(self, share: Array) -> None:
        """GW that are not delivered are given up."""
        super().reduce(share)
        self.gw = self.gw - (self.gw - self.delivered) * share

    def open_to(self) -> Array:
        """GW that may still be delivered by the end of this year, `(W,)`."""
        return beyond(self.gw * self._passed(), self.delivered)

    def reprice(self) -> None:
        """The maker's shares have moved, and with them what is still to be given."""
        worth = self._worth()
        self.sign((worth - self.worth) * (self.gw - self.delivered))
        self.worth = worth

    def deliver(self, gw: Array) -> None:
        """GW came on line, `(W,)`: the maker pays equity; what vests of its shares the lab sells at the mark.

        A lab that raises money year after year has no reason to hold shares that others would buy.
        """
        capital, deal = self.market.capital, self.deal
        self.delivered = self.delivered + gw
        self.due = gw * self.worth
        self.pay(self.due)
        equity = gw * self.given("equity")
        capital.issue(deal.target, {deal.source: equity}, capital.value[deal.target])
        self.market.ledger.pay("outside", deal.target, "proceeds", self.due - equity)

    def close(self) -> None:
        """After its last year what did not come lapses."""
        self.reduce((self._passed() >= 1).astype(float))

    def _worth(self) -> Array:
        """What the maker gives for a GW, $ bn."""
        value = self.market.capital.value.get(self.deal.source, self.market.ledger.zero)
        return self.given("equity") + self.given("warrants") * value

    def _passed(self) -> Array:
        """The part of its years that has passed at the end of this one, `(W,)`."""
        years = self.market.year - self.deal.first + 1 - self.slip
        return np.clip(years / (self.deal.last - self.deal.first + 1), 0.0, 1.0)


class ChipDeals(Agreements[ChipDeal]):
    """All deals on chips: which GW that came on line this year count, and so whose chips they were."""

    kind = "chips"
    form = ChipDeal

    def __init__(self, market: ComputeMarket) -> None:
        super().__init__(market)
        self.routed: dict[tuple[str, str], Array] = {}

    def open_year(self) -> None:
        """Nobody's chips have come yet this year."""
        super().open_year()
        self.routed = {}

    def deliver(self) -> None:
        """Of the GW that suppliers took on line for a lab, its deals with makers get their parts."""
        running = [own for own in self.all if own.runs]
        if not running:
            return
        came = self.market.compute.came()
        asked = {own.deal.name: own.open_to() for own in running}
        for own in running:
            own.reprice()
            mine = self._ties(own)
            if not mine:
                continue
            others = [other for other in running if other.deal.target == own.deal.target]
            wanted = [
                sum((asked[o.deal.name] for o in others if tie in self._ties(o)), 0 * came[0]) for tie in mine
            ]
            parts = came[mine] * per(np.array([asked[own.deal.name]] * len(mine)), np.array(wanted), 0.0)
            got = np.minimum(total(parts), asked[own.deal.name])
            own.deliver(got)
            self._route(own, mine, parts * per(got, total(parts), 0.0))

    def _ties(self, own: ChipDeal) -> list[int]:
        """The ties of a deal's lab to suppliers that buy chips of its maker."""
        ties, tied = self.market.compute.ties, self.market.network.tied
        deal = own.deal
        return [
            tie
            for tie, (supplier, lab) in enumerate(ties)
            if lab.name == deal.target and tied(deal.source, supplier.name, "chips")
        ]

    def _route(self, own: ChipDeal, ties: Sequence[int], gw: Array) -> None:
        """Suppliers buy these GW of the deal's maker, `(ties, W)`."""
        for tie, amount in zip(ties, gw, strict=True):
            key = own.deal.source, self.market.compute.ties[tie][0].name
            self.routed[key] = self.routed.get(key, self.market.ledger.zero) + amount

    # --- who sells ---

    def share(self, maker: str, builder: str, usual: Array) -> Array:
        """A maker's part of a builder's chip bill, `(W,)`: what deals say, and its usual part of the rest."""
        if not self.routed:
            return usual
        makers = {name for name, _ in self.routed}
        all_routed = sum((self._part(name, builder) for name in sorted(makers)), self.market.ledger.zero)
        return self._part(maker, builder) + (1 - all_routed) * usual

    def _part(self, maker: str, builder: str) -> Array:
        """The part of a builder's chip bill that deals give to a maker: its own sites and Stargate's."""
        market = self.market
        bill, venture = market.firms[builder].chip_bill(), market.stargate
        chips = venture.fleet.completed * market.supply.chip_cost
        operated = venture.operator_part(builder) * chips
        own = self._of_fleet(maker, builder) * (bill - operated)
        return per(own + self._of_fleet(maker, venture.name) * operated, bill, 0.0)

    def _of_fleet(self, maker: str, owner: str) -> Array:
        """The part of the GW that an owner put on line this year that deals give to a maker."""
        supplier = self.market.firms[owner].supplier
        gw = self.routed.get((maker, owner))
        return (
            self.market.ledger.zero
            if gw is None or supplier is None
            else per(gw, supplier.fleet.completed, 0.0)
        )
