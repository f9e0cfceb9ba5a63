"""The market for compute: contracts, rationing."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.bounds import bounded
from computeshift.environment.commitments import SIGNED_AHEAD, Commitments
from computeshift.environment.decisions import least
from computeshift.environment.prices import PriceParameters, Prices, rows
from computeshift.environment.setup import Array, beyond, per, total
from computeshift.environment.state import State, with_rows
from computeshift.environment.supply import ORDERED_AHEAD, SupplyParameters, ration

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket
    from computeshift.environment.parties import Buyer, Supplier

ROUNDS = 3  # of asking and granting: what one supplier lacks is asked of the others


@dataclass(frozen=True, kw_only=True)
class ComputeParameters(SupplyParameters, PriceParameters):
    """How capacity is built, leased and priced."""

    term: Array = bounded(1, 50, "usual length of a contract between a lab and a supplier")
    take_or_pay: Array = bounded(0, 1, "part of firm contracts and orders that a lab cannot give up")
    long_stop: Array = bounded(0, 10, "delay after which a lab is free of capacity that has not come")
    customer_cap: Array = bounded(0, 1, "most of what a cloud can sign for that one customer may have")
    deferrable: Array = bounded(
        0, 1, "most of a year's dues that a lab short of money may put off to the next"
    )


class Compute(State):
    """Who leases how much from whom.

    A tie joins a supplier and a lab that may deal. `contract`, `before` (what that was before this year's
    GW came), `used`, `backlog` and `early`, what of the backlog is brought forward to this year, are
    `(ties, W)`, GW; ties stand lab by lab. Sums over a supplier's ties are `(suppliers, W)`. Of a contract
    a part is firm, by `commitments`; the rest rolls: a part of it ends every year. The backlog holds orders
    besides what is firm.
    """

    contract: Array
    billed: Array
    rolling_bill: Array

    def __init__(self, market: ComputeMarket, suppliers: Sequence[Supplier], labs: Sequence[Buyer]) -> None:
        self.market = market
        self.given = market.setup.given(ComputeParameters, "compute")
        self.suppliers = suppliers
        self.labs = labs
        self.supplier_index = {supplier.name: i for i, supplier in enumerate(suppliers)}
        self.lab_index = {lab.name: i for i, lab in enumerate(labs)}
        self._lay_ties()
        shape = (len(self.ties), market.worlds)
        self.contract = self.before = np.zeros(shape)
        self.used = np.zeros(shape)
        self.backlog = np.zeros(shape)
        self.early = self.deferred = np.zeros(shape)
        self.commitments: Commitments = Commitments(self)
        self.prices = Prices(self)
        self.size = np.zeros(shape)
        self.wanted = np.zeros((len(labs), market.worlds))

    def _lay_ties(self) -> None:
        """Number the ties, lab by lab, and note which belong to whom."""
        tied = self.market.network.ever_tied
        self.ties = [
            (supplier, lab)
            for lab in self.labs
            for supplier in self.suppliers
            if tied(supplier.name, lab.name, "capacity")
        ]
        self.tie_index = {(s.name, b.name): tie for tie, (s, b) in enumerate(self.ties)}
        self.supplier_of = np.array([self.supplier_index[s.name] for s, _ in self.ties], dtype=int)
        self.lab_of = np.array([self.lab_index[b.name] for _, b in self.ties], dtype=int)
        self._ties_of_supplier = [
            [int(tie) for tie in np.flatnonzero(self.supplier_of == s)] for s in range(len(self.suppliers))
        ]
        customers: dict[tuple[str, str], list[int]] = {}
        for tie, (supplier, lab) in enumerate(self.ties):
            customers.setdefault((supplier.name, lab.family), []).append(tie)
        self.customers = list(customers.values())
        of = {tie: number for number, ties in enumerate(self.customers) for tie in ties}
        self.customer_of = np.array([of[tie] for tie in range(len(self.ties))], dtype=int)
        # For its own firm's capacity a lab owes nothing, unless roles of the firm deal at arm's length.
        own = [s.name == b.name and not self.market.firms[b.name].arms_length for s, b in self.ties]
        self.unbilled = np.array(own, dtype=bool).reshape(-1, 1)
        self._ties_of_lab = [slice(*np.searchsorted(self.lab_of, [b, b + 1])) for b in range(len(self.labs))]

    # --- what agents may ask ---

    def leased_by(self, supplier: str) -> Array:
        """GW of a supplier under contract to all labs, `(W,)`."""
        return self._of_supplier(self.contract, self.supplier_index[supplier])

    def ordered_from(self, supplier: str) -> Array:
        """GW that a supplier should deliver over the years that orders take: orders, and firm GW, `(W,)`."""
        s = self.supplier_index[supplier]
        return self._of_supplier(self.backlog, s) + self._of_supplier(self.firm_due[ORDERED_AHEAD], s)

    def due_from(self, supplier: str) -> Array:
        """GW that a supplier should deliver this year: firm, its part of orders, what is brought forward."""
        s = self.supplier_index[supplier]
        early = self._of_supplier(self.early, s)
        orders = (self._of_supplier(self.backlog, s) - early) / ORDERED_AHEAD + early
        return orders + self._of_supplier(self.firm_due[1], s)

    def close_year(self) -> None:
        """Prepayments for which nothing is due any more return; write commitments down."""
        self.commitments.give_back()
        self.commitments.record()

    def _end_ties(self) -> None:
        """Over a tie that is not open any more nothing is let, and nothing is due."""
        none, firm = np.zeros_like(self.market.ledger.zero), self.commitments
        for tie, ends in enumerate(self.ties):
            if self._is_open(*ends):
                continue
            rows = [row for row, own in enumerate(firm.tie_of) if own == tie]
            if self.contract[tie].any() or firm.left[rows].any():
                firm.give_up(rows, none)
                self.contract = with_rows(self.contract, tie, none)
                self.deferred = with_rows(self.deferred, tie, none)

    def look_ahead(self) -> None:
        """See which firm GW are to come, and what they will earn.

        `firm_due` are by years ahead the GW, `(ties, W)`, that are to come in so many years, this one
        among them, less what ends in them. `contracted` is what firm contracts add to each supplier's
        yearly margin once new sites are ready, $ bn, `(suppliers, W)`: a tenant's are worth less by the
        part of its dues that it left unpaid. `coming` is the same by tie.
        """
        firm, year = self.commitments, self.market.year
        held = firm.held
        levels = {years: firm.by_tie(firm.level(year - 1 + years)) for years in (1, ORDERED_AHEAD)}
        self.firm_due = {years: level - held for years, level in levels.items()}
        more = firm.by_tie(beyond(firm.level(year + ORDERED_AHEAD), firm.level(year)) * firm.price)
        cost = beyond(firm.by_tie(firm.level(year + ORDERED_AHEAD)), levels[1])
        margin = beyond(more, cost * self.given.running_cost)
        worth = np.array([1 - self.market.firms[lab.name].default_degree for lab in self.labs])
        self.coming = margin * worth[self.lab_of]
        self.contracted = self._by_supplier(self.coming)

    def contracted_by(self, lab: str) -> Array:
        """GW a lab has under contract at the end of the year, `(W,)`."""
        return self._of_lab(self.contract, self.lab_index[lab])

    def ordered_by(self, lab: str) -> Array:
        """GW a lab has ordered and not yet got, `(W,)`, besides what is firm."""
        return self._of_lab(self.backlog, self.lab_index[lab])

    def firm_due_to(self, lab: str, years: int) -> Array:
        """Firm GW that a lab is to get in so many years, less what ends in them, `(W,)`."""
        return self._of_lab(self.firm_due[years], self.lab_index[lab])

    def contracted_margin(self, supplier: str) -> Array:
        """What firm contracts will add to a supplier's yearly margin, $ bn, `(W,)`."""
        return np.asarray(self.contracted[self.supplier_index[supplier]])

    def committed_by(self, lab: str) -> Array:
        """GW that a lab is bound to, the most in any year to come, `(W,)`."""
        mine = self._ties_of_lab[self.lab_index[lab]]
        firm, ahead = self.commitments, range(SIGNED_AHEAD + 1)
        levels = (self._sum(firm.by_tie(firm.level(self.market.year + years), mine)) for years in ahead)
        return functools.reduce(np.maximum, levels)

    def left_of_lab(self, lab: str) -> Array:
        """What remains due of what a lab signed, $ bn, `(W,)`."""
        mine = self._ties_of_lab[self.lab_index[lab]]
        return self._sum(self.commitments.by_tie(self.commitments.left, mine))

    def left_of_supplier(self, supplier: str) -> Array:
        """The same of a supplier, $ bn, `(W,)`."""
        return self._of_supplier(
            self.commitments.by_tie(self.commitments.left), self.supplier_index[supplier]
        )

    def left_to_others(self, lab: str) -> Array:
        """What remains due of what a lab signed with others than its own firm, $ bn, `(W,)`."""
        mine = self._ties_of_lab[self.lab_index[lab]]
        return self._sum(self.commitments.by_tie(self.commitments.left, mine) * ~self.unbilled[mine])

    def dues_ahead(self, lab: str, years: int) -> Array:
        """What falls due a year of what a lab signed with others, mean of the next years, $ bn, `(W,)`."""
        mine = self._ties_of_lab[self.lab_index[lab]]
        firm, ahead = self.commitments, range(1, years + 1)
        dues = sum((firm.dues(self.market.year + each) for each in ahead), np.zeros_like(firm.left))
        return self._sum(firm.by_tie(dues, mine) * ~self.unbilled[mine]) / years

    def hangs_on(self, supplier: str) -> dict[str, Array]:
        """What each other firm's lab pays a supplier in a year, once new sites are ready, $ bn, `(W,)`."""
        rent = self.prices.rent_of(supplier)
        ties = ((self.ties[tie][1].name, tie) for tie in self.ties_of(self.supplier_index[supplier]))
        return {lab: self.contract[tie] * rent + self.coming[tie] for lab, tie in ties if lab != supplier}

    def used_by(self, lab: str) -> Array:
        """GW a lab had on average over the year, `(W,)`."""
        return self._of_lab(self.used, self.lab_index[lab])

    def bond(self, supplier: str, lab: str) -> Array:
        """GW under contract and on order between one supplier and one lab, `(W,)`."""
        tie = self.tie_index.get((supplier, lab))
        if tie is None:
            return self.market.ledger.zero
        return np.asarray(self.contract[tie] + self.backlog[tie])

    def of_supplier(self, supplier: str, over_ties: Array) -> Array:
        """The sum over a supplier's ties, `(W,)`."""
        return self._of_supplier(over_ties, self.supplier_index[supplier])

    def ties_of(self, supplier: int) -> list[int]:
        """The numbers of a supplier's ties."""
        return self._ties_of_supplier[supplier]

    def came(self) -> Array:
        """GW by which contracts grew this year and that were put on line in it, `(ties, W)`."""
        grown = beyond(self.contract, self.before)
        new = np.array([supplier.fleet.completed for supplier in self.suppliers])
        part = np.minimum(per(new, self._by_supplier(grown), 0.0), 1.0)
        return np.asarray(grown * part[self.supplier_of])

    def came_to(self, firm: str) -> Array:
        """GW that came on line for a lab this year, or at a supplier that is no lab, `(W,)`."""
        if firm in self.lab_index:
            return self._of_lab(self.came(), self.lab_index[firm])
        return self.suppliers[self.supplier_index[firm]].fleet.completed

    def bids(self) -> Array:
        """GW that labs want or have, `(W,)`; a lab bids for no more of its own firm's capacity."""
        held = self.by_lab(self.contract)
        captive = np.array([self._is_captive(lab) for lab in self.labs], dtype=bool).reshape(-1, 1)
        return total(np.where(captive, held, np.maximum(self.wanted, held)))

    def _is_captive(self, lab: Buyer) -> bool:
        """Whether a lab can have its own firm's capacity alone this year."""
        others = (tie for tie in self.ties if tie[1] is lab and tie[0].name != lab.name)
        return not self.market.firms[lab.name].arms_length and not any(self._is_open(*tie) for tie in others)

    def own_use(self, firm: str) -> Array:
        """GW of its own capacity that a firm uses as a lab, `(W,)`."""
        tie = self.tie_index.get((firm, firm))
        return self.market.ledger.zero if tie is None else self.contract[tie]

    def bills(self, lab: str) -> dict[str, Array]:
        """What a lab owes each of its suppliers for what it had this year, $ bn, `(W,)` each."""
        return self.by_supplier_of(lab, self.billed)

    def by_supplier_of(self, lab: str, over_ties: Array) -> dict[str, Array]:
        """Numbers of ties, `(ties, W)`, as those of a lab's suppliers with which it may deal, by name."""
        mine = range(*self._ties_of_lab[self.lab_index[lab]].indices(len(self.ties)))
        return {self.ties[t][0].name: over_ties[t] for t in mine if self._is_open(*self.ties[t])}

    def price_for(self, lab: str) -> Array:
        """What a lab pays per GW-year over its contracts, $ bn, `(W,)`; the market's if none."""
        mine = self._ties_of_lab[self.lab_index[lab]]
        held = self.contract[mine]
        gw = total(held)
        paid = total(held * self.prices.by_tie[mine])
        return per(paid, gw, self.prices.rent)

    # --- the year ---

    def open_year(self) -> None:
        """Deals of the config are signed, changed and broken, ties end; then see what is to come."""
        self._end_ties()
        self.commitments.open_year()
        self.before = self.contract
        self.look_ahead()

    def weigh_suppliers(self) -> None:
        """Note how much each supplier could let to each lab, `(ties, W)`: it counts for the whole year."""
        self.size = self._over_ties(lambda supplier, lab: supplier.could_let(lab.name))

    def open_contracts(self) -> None:
        """Lay the contracts of the start year: each lab's GW, at its suppliers as they can."""
        self.wanted = np.array([lab.wanted_gw for lab in self.labs])
        self.weigh_suppliers()
        weights = self.size * self._over_ties(lambda supplier, lab: np.exp(lab.first_home(supplier.name)))
        none = np.zeros_like(self.contract)
        self.contract, _, _ = self._contracts(none, none, weights)
        self.used = self.contract
        self.commitments.open()
        self.look_ahead()
        self.market.tenants.settle()
        self.prices.open()

    def order(self, lab: str, gw: Array) -> None:
        """A lab orders GW to be built, from the suppliers it is tied to, by taste and price.

        Who holds a right of first refusal may take its part before anybody else.
        """
        mine = self._ties_of_lab[self.lab_index[lab]]
        self._rebind_backlog(mine, self.backlog[mine] + gw * self._parts(mine))

    def _parts(self, mine: slice) -> Array:
        """The part of a lab's new demand that each of its suppliers gets, `(ties of the lab, W)`."""
        weight = self._weights(mine)
        refusals = self._over_ties(_refusal, mine)
        first = _at_most_all(refusals, total(refusals))
        return first + (1 - total(first)) * weight / np.maximum(total(weight), 1e-12)

    def sign(self) -> None:
        """Labs commit to a part of what they plan for years ahead, as far as suppliers can pay for it."""
        firm, year = self.commitments, self.market.year
        held = self.by_lab(firm.by_tie(firm.level(year + SIGNED_AHEAD)))
        goals = {lab.name: lab.firm_goal() for lab in self.labs}
        limits = {
            lab: {limit: beyond(gw, held[self.lab_index[lab]]) for limit, gw in goal.items()}
            for lab, goal in goals.items()
            if goal
        }
        zero = self.market.ledger.zero
        signed = self._signed(
            np.array([least(limits[lab.name]) if goals[lab.name] else zero for lab in self.labs])
        )
        length = self.given.term * rows([lab.contract_length() for lab in self.labs])
        price = self.prices.offer[self.supplier_of]
        for lab, limit in limits.items():
            number = self.lab_index[lab]
            mine, books = self._ties_of_lab[number], self._of_lab(signed, number)
            self.market.decisions.record(lab, "signing", "GW", {**limit, "books": books})
            firm.sign(
                mine, signed[mine], price[mine], length[number], year + ORDERED_AHEAD, year + SIGNED_AHEAD
            )
        self.look_ahead()

    def _signed(self, goals: Array) -> Array:
        """GW that ties sign, `(ties, W)`, of what labs would, `(labs, W)`; nobody signs with itself.

        What one supplier cannot pay for is asked of the others.
        """
        parts = np.concatenate([self._parts(mine) for mine in self._ties_of_lab if mine.start < mine.stop])
        firm, year = self.commitments, self.market.year
        owed = beyond(firm.by_tie(firm.level(year + SIGNED_AHEAD)), firm.held) + self.backlog
        left, room = self._signable(owed), self._room_for_customers(owed)
        signed = np.zeros_like(parts)
        for _ in range(ROUNDS):
            full = (left <= 1e-12)[self.supplier_of] | (room <= 1e-12)[self.customer_of]
            weight = np.where(self.unbilled | full, 0.0, parts)
            short = beyond(goals, self.by_lab(signed)) / np.maximum(self.by_lab(weight), 1e-100)
            got = self._grant(weight * short[self.lab_of], left)
            got *= ration(self._by_customer(got), room)[self.customer_of]
            signed = signed + got
            left = beyond(left, self._by_supplier(got))
            room = beyond(room, self._by_customer(got))
        return signed

    def _signable(self, owed: Array) -> Array:
        """GW that suppliers can pay for besides what they owe labs already, `(suppliers, W)`."""
        return beyond(np.array([s.signable() for s in self.suppliers]), self._by_supplier(owed))

    def _room_for_customers(self, owed: Array) -> Array:
        """GW that suppliers sign with each customer besides what they owe it already, `(customers, W)`.

        A supplier that lets to tenants too has no more than a part of its book with one customer. To the
        part to which a lab stands for others it is many.
        """
        cap, most = self.given.customer_cap, np.full((len(self.customers), self.market.worlds), np.inf)
        books = {supplier.name: supplier.book() for supplier in self.suppliers if supplier.has_tenants}
        for customer, ties in enumerate(self.customers):
            supplier = self.ties[ties[0]][0]
            if supplier.has_tenants:
                others = np.minimum(total([self.ties[tie][1].rest_share for tie in ties]), 1.0)
                most[customer] = (cap + (1 - cap) * others) * books[supplier.name]
        return beyond(most, self._by_customer(owed))

    def _by_customer(self, over_ties: Array) -> Array:
        """Sums over the ties of each customer of a supplier, a family of labs, `(customers, W)`."""
        return np.array([total([over_ties[tie] for tie in ties]) for ties in self.customers])

    def hasten(self) -> None:
        """Labs with money to spare have a part of their orders this year, from all suppliers alike."""
        early = np.array([lab.brought_forward() for lab in self.labs])
        part = per(early, self.by_lab(self.backlog), 0.0)
        self.early = self.backlog * part[self.lab_of]

    def cancel(self, lab: str, share: Array) -> None:
        """A lab cancels a share of its orders, `(W,)` in [0, 1], as far as they do not bind it."""
        mine = self._ties_of_lab[self.lab_index[lab]]
        self._rebind_backlog(mine, self.backlog[mine] * (1 - share * (1 - self.given.take_or_pay)))

    def rows_of(self, lab: str) -> tuple[slice, list[int]]:
        """A lab's ties, and the rows of its commitments."""
        mine = self._ties_of_lab[self.lab_index[lab]]
        firm = self.commitments
        return mine, [row for row, tie in enumerate(firm.tie_of) if mine.start <= tie < mine.stop]

    def break_contracts(self, lab: str, kept: Array) -> None:
        """A lab that cannot pay keeps only a share of its contracts and orders, `(W,)`."""
        if (kept == 1).all():
            return
        firm = self.commitments
        mine, rows = self.rows_of(lab)
        kept, firmly = self.market.guarantees.kept(mine, rows, kept)
        rolling = beyond(self.contract[mine], firm.held[mine])
        firm.give_up(rows, firmly)
        self.contract = with_rows(self.contract, mine, self.contract[mine] - rolling * (1 - kept))
        self._rebind_backlog(mine, self.backlog[mine] * kept)

    def _rebind_backlog(self, mine: slice, gw: Array) -> None:
        self.backlog = with_rows(self.backlog, mine, gw)

    def clear(self) -> None:
        """Contracts meet what is on line: what binds comes first, then preference; the rest is rationed."""
        before, firm = self.contract, self.commitments
        rolled = beyond(before, firm.held)
        length = self.given.term * rows([lab.contract_length() for lab in self.labs])
        kept = rolled * (1 - 1 / np.maximum(length, 1.0))[self.lab_of]
        self.wanted = np.array([lab.wanted_gw for lab in self.labs])
        wanted = firm.wanted(self.market.year, self._pull(kept))
        self.contract, kept, got = self._contracts(kept, firm.by_tie(wanted), self._weights())
        firm.deliver(wanted, got)
        rolling = beyond(self.contract, firm.held)
        self.backlog = beyond(self.backlog, beyond(rolling, kept))
        self.used = (before + self.contract) / 2
        for used, (supplier, lab) in zip(self.used, self.ties, strict=True):
            if not self._is_open(supplier, lab):
                continue
            self.market.ledger.record(supplier.name, lab.name, "capacity", used, "GW")
        self.market.tenants.settle()
        self.prices.reprice(kept, rolling)
        self.rolling_bill = (rolled + rolling) / 2 * self.prices.rolling + self.deferred
        self.billed = self.rolling_bill + firm.by_tie(firm.bill())

    def settle(self, put_off: Array, cheaper: Array, honoured: Array) -> None:
        """Note which parts of the year's bills were put off, cut and then paid, `(ties, W)` each."""
        rate = self.market.capital.given.base_rate + self.market.capital.spread
        self.deferred = np.where(self.unbilled, 0.0, self.rolling_bill * put_off * (1 + rate))
        paid = (1 - put_off) * (1 - cheaper) * honoured
        self.commitments.settle(paid, put_off, rate, cheaper)
        self.prices.cut(cheaper)

    def _pull(self, kept: Array) -> Array:
        """The part of the year's firm GW that each tie's lab wants besides what rolls on, `(ties, W)`."""
        firm = self.commitments
        due = self.by_lab(firm.by_tie(firm.level(self.market.year)))
        part: Array = np.minimum(per(beyond(self.wanted, self.by_lab(kept)), due, 1.0), 1.0)
        pull: Array = part[self.lab_of]
        return pull

    def _contracts(self, kept: Array, firm: Array, weights: Array) -> tuple[Array, Array, Array]:
        """Contracts of the year, what is kept of those that roll, and firm GW, `(ties, W)` each.

        What is kept, what is firm and what falls due of orders binds both sides; then first refusals; then
        what a lab still lacks is asked of the suppliers with room, by weight, and granted pro rata.
        """
        on_line = np.array([s.fleet.gw for s in self.suppliers])
        there = np.minimum(firm, self.commitments.held)
        part = ration(self._by_supplier(kept + there), on_line)[self.supplier_of]
        kept, there = kept * part, there * part
        firm = there + self._grant(firm - there, beyond(on_line, self._by_supplier(kept + there)))
        bound = kept + firm
        all_cap = np.array([s.room_in_all() for s in self.suppliers])
        cap = self._over_ties(lambda supplier, lab: supplier.room_for(lab.name))
        # A lab that may have all of a supplier's room is held by that alone, as two halves of it are.
        cap = np.where(cap < all_cap[self.supplier_of], cap, np.inf)
        free = beyond(all_cap, self._by_supplier(bound))
        falls_due = (self.backlog - self.early) * self.given.take_or_pay / ORDERED_AHEAD + self.early
        got = bound + self._grant(np.minimum(falls_due, beyond(cap, bound)), free)
        refusals = self._over_ties(_refusal)
        refusals = _at_most_all(refusals, self.by_lab(refusals)[self.lab_of])
        for asked_first in (True, *[False] * ROUNDS):
            room = beyond(cap, got)
            left = beyond(free, self._by_supplier(got - bound))
            short = beyond(self.wanted, self.by_lab(got))
            if asked_first:
                asked = refusals * short[self.lab_of]
            else:
                open_to = (room > 1e-12) & (left > 1e-12)[self.supplier_of]
                weight = np.where(open_to, weights, 0.0)
                per_weight = short / np.maximum(self.by_lab(weight), 1e-100)
                asked = weight * per_weight[self.lab_of]
            got = got + self._grant(np.minimum(asked, room), left)
        return got, kept, firm

    def _grant(self, asked: Array, left: Array) -> Array:
        """What each tie gets of what it asks, `(ties, W)`: pro rata where a supplier lacks GW."""
        granted: Array = ration(self._by_supplier(asked), left)[self.supplier_of]
        granted *= asked
        return granted

    def _weights(self, ties: slice = slice(None)) -> Array:
        """How much of what a lab wants it asks of each supplier, `(ties, W)`, not normalised.

        Each GW that a supplier could let is one alternative of a logit, so a supplier counts by its size.
        """
        taste = self._over_ties(lambda supplier, lab: lab.taste(supplier.name), ties)
        dear = self.given.price_sensitivity * self.prices.dearness
        weights: Array = taste - dear[self.supplier_of[ties]]
        np.exp(weights, out=weights)
        weights *= self.size[ties]
        return weights

    def _is_open(self, supplier: Supplier, lab: Buyer) -> bool:
        """Whether they may deal this year."""
        return self.market.network.tied(supplier.name, lab.name, "capacity")

    def _over_ties(self, value: Callable[[Supplier, Buyer], Array], ties: slice = slice(None)) -> Array:
        """A value for each of these ties, `(ties, W)`; zero where they may not deal yet."""
        zero = self.market.ledger.zero
        return np.array([value(*tie) if self._is_open(*tie) else zero for tie in self.ties[ties]])

    def _of_supplier(self, over_ties: Array, supplier: int) -> Array:
        mine = self._ties_of_supplier[supplier]
        return total([over_ties[tie] for tie in mine]) if mine else self.market.ledger.zero

    def _of_lab(self, over_ties: Array, lab: int) -> Array:
        return self._sum(over_ties[self._ties_of_lab[lab]])

    def _sum(self, over_ties: Array) -> Array:
        return total(over_ties) if len(over_ties) else self.market.ledger.zero

    def _by_supplier(self, over_ties: Array) -> Array:
        """Sums over each supplier's ties, `(suppliers, W)`."""
        return np.array([self._of_supplier(over_ties, s) for s in range(len(self.suppliers))])

    def by_lab(self, over_ties: Array) -> Array:
        """Sums over each lab's ties, `(labs, W)`."""
        return np.array([self._of_lab(over_ties, b) for b in range(len(self.labs))])


def _refusal(supplier: Supplier, lab: Buyer) -> Array:
    """The part of a lab's new demand that a supplier may take before anybody else, `(W,)`."""
    return supplier.first_refusal(lab.name)


def _at_most_all(refusals: Array, together: Array) -> Array:
    """Parts of a lab's demand, cut in proportion where together they are more than all of it."""
    scaled: Array = refusals / np.maximum(together, 1.0)
    return scaled
