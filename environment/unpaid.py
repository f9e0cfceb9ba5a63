"""Partly paid shares: equity that was signed for, what of it falls due when, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from computeshift.environment.deals import DELIVERED, DealState
from computeshift.environment.ledger import WORTH
from computeshift.environment.rounds import PAID_OVER, Terms
from computeshift.environment.setup import Array, Deal, beyond, per
from computeshift.environment.state import Sealed, State

if TYPE_CHECKING:
    from computeshift.environment.capital import Capital

CONVERTED = ("converted",)  # what conditional tranches of rounds wait for


class Tranches(State):
    """What one investor owes on shares that it signed for in a year; numbers are `(W,)`.

    `now` has fallen due. `dated` falls due evenly over the years `first` to `last`; `conditional` likewise
    where its conditions are met, and `by_gw` as `size` GW come on line for the target. What of these two did
    not fall due lapses after the last year. All four are $ bn. `each` is the part of the target's equity that
    a $ bn is owed for. `deal` is the deal of a config by which it was signed; empty for a round.
    """

    def __init__(
        self,
        name: str,
        parties: tuple[str, str],
        years: tuple[int, int, int],
        owed: tuple[Array, Array, Array, Array],
        each: Array,
        conditions: tuple[str, ...],
        deal: str = "",
    ) -> None:
        self.name, self.deal = name, deal
        self.investor, self.target = parties
        self.signed, self.first, self.last = years
        self.now, self.dated, self.conditional, self.by_gw = owed
        self.each = each
        self.conditions = conditions
        self.late = self.over = self.size = self.came = self.released = np.zeros_like(each)

    def pay_per_gw(self, size: Array, part: Array) -> None:
        """`by_gw` is paid for so many GW, `(W,)`, of which a part came before the start."""
        self.size, self.came, self.released = size, size * part, part

    @property
    def unpaid(self) -> Array:
        """All that is owed, $ bn, `(W,)`."""
        return self.now + self.dated + self.conditional + self.by_gw

    def come_due(self, year: int, met: Array) -> Array:
        """Let fall due what does in a year, where conditions are met, `(W,)`; returns what lapses, $ bn."""
        before, term = self._over(year - 1), self.last - self.first + 1
        part = per(self._over(year) - before, term - before, 1.0)
        free = self.conditional * met
        lapsed = (self.conditional - free) * np.clip(year - self.last - self.late + 1, 0.0, 1.0)
        self.now = self.now + part * (self.dated + free)
        self.dated = self.dated * (1 - part)
        self.conditional = self.conditional - part * free - lapsed
        return lapsed

    def deliver(self, year: int, met: Array, gw: Array) -> Array:
        """GW came on line for the target in a year: their part falls due, where other conditions are met.

        All are `(W,)`; returns what lapses, $ bn.
        """
        self.came = self.came + gw * np.clip(year + 1 - self.first - self.late, 0.0, 1.0)
        share = met * np.minimum(per(self.came, self.size, 0.0), 1.0)
        due = self.by_gw * per(beyond(share, self.released), 1 - self.released, 0.0)
        lapsed = (self.by_gw - due) * np.clip(year - self.last - self.late + 1, 0.0, 1.0)
        self.released = np.maximum(self.released, share)
        self.now, self.by_gw = self.now + due, self.by_gw - due - lapsed
        return lapsed

    def _over(self, year: int) -> Array:
        """Years of its term that are over at the end of a year, `(W,)`: none while it is put off."""
        slipped = np.maximum(year + 1 - self.first - self.late, self.over)
        return np.clip(slipped, 0.0, self.last - self.first + 1)

    def put_off(self, year: int, years: Array) -> None:
        """What is to fall due from a year on does so some years later, `(W,)`."""
        self.over = self._over(year - 1)
        self.late = self.late + years

    def give_up(self, part: Array) -> None:
        """A part of all that is owed is owed no more, `(W,)`."""
        for name in ("now", "dated", "conditional", "by_gw"):
            setattr(self, name, getattr(self, name) * (1 - part))


class Account(State):
    """What became of all that an investor signed for, in one deal or in all rounds, $ bn, `(W,)` each.

    Of what was `signed` a part is left, a part was `paid`, and a part `cut`: given up, lapsed, or taken over
    by others. `due` is what fell due this year, `lapsed` what was given up or lapsed this year.
    """

    def __init__(self, investor: str, target: str, given: bool, zero: Array) -> None:
        self.investor, self.target, self.given = investor, target, given
        self.signed = self.paid = self.cut = self.due = self.lapsed = zero

    def add(self, **amounts: Array) -> None:
        """Add $ bn to these sums, `(W,)` each."""
        for name, amount in amounts.items():
            setattr(self, name, getattr(self, name) + amount)


class Unpaid(State):
    """All partly paid shares of a market.

    An investor owes what is unpaid. Where it can't pay what falls due, others that are tied to the target
    take the rest over, within their means and as far as the shares are worth it. What nobody takes lapses,
    and exactly its shares with it. So what a firm loses is continuous in what its investor lacks.
    """

    def __init__(self, capital: Capital) -> None:
        self.market = capital.market  # not `capital`: the two would hold each other
        self.zero = self.market.ledger.zero
        self.tranches: list[Tranches] = []
        self.accounts: dict[str, Account] = {}
        self.earlier = Sealed[Array]()

    @property
    def capital(self) -> Capital:
        """The market for capital that it is a part of."""
        return self.market.capital

    # --- what agents may ask ---

    def owed_by(self, investor: str) -> Array:
        """$ bn that an investor owes on shares, `(W,)`."""
        return self._sum(own.unpaid for own in self.tranches if own.investor == investor)

    def owed_to(self, target: str, before: int | None = None) -> Array:
        """$ bn that a firm will be paid on its shares if all is paid, `(W,)`; those signed before a year."""
        mine = (own for own in self.tranches if own.target == target)
        return self._sum(own.unpaid for own in mine if before is None or own.signed < before)

    def paid_by(self, investor: str) -> Array:
        """$ bn that an investor has paid this year on shares of earlier years, `(W,)`."""
        return self.earlier.get(investor, self.zero)

    def _sum(self, amounts: Iterable[Array]) -> Array:
        return sum(amounts, self.zero)

    def scale(self, target: str, factor: Array) -> None:
        """The part of a firm's equity that a share is changes by a factor, `(W,)`."""
        for own in self.tranches:
            if own.target == target:
                own.each = own.each * factor

    # --- signing ---

    def sign(self, investor: str, target: str, amount: Array, terms: Terms) -> None:
        """An investor signs for shares in a round, $ bn, `(W,)`: what it does not pay at once it owes."""
        year, paid = self.market.year, terms.upfront * amount
        conditional = np.minimum(terms.conditional * amount, amount - paid)
        owed = self.zero, amount - paid - conditional, conditional, self.zero
        name, years = f"{investor} {target}", (year, year + 1, year + PAID_OVER)
        self._owe(Tranches(name, (investor, target), years, owed, self._each(target), CONVERTED))
        self.accounts[name].add(signed=amount, paid=paid, due=paid)

    def _each(self, target: str) -> Array:
        """The part of a firm's equity that a $ bn buys in a round that has just been closed, `(W,)`."""
        return per(np.ones_like(self.zero), self.capital.value[target], 0.0)

    def _owe(self, own: Tranches) -> None:
        self.tranches = [*self.tranches, own]
        self.accounts.setdefault(own.name, Account(own.investor, own.target, own.deal != "", self.zero))

    def open(self) -> None:
        """Deals in force at the start: a stake of the start holds what was paid, the rest is issued.

        A firm whose config states no such stake has what the deal's price makes of the money.
        """
        for deal in self._deals():
            if deal.signed <= self.market.setup.start:
                self._sign_deal(deal)

    def _deals(self) -> list[Deal]:
        return [deal for deal in self.market.setup.deals if deal.kind == "equity"]

    def _tied(self, investor: str, target: str) -> bool:
        return self.market.network.tied(investor, target, "equity")

    def _given(self, deal: Deal, number: str) -> Array:
        return self.market.setup.of_deal(deal, number)

    def _sign_deal(self, deal: Deal) -> None:
        """A deal of the config is signed, with its chance, and as far as the investor's strategy goes.

        Nobody signs without a tie.
        """
        if not self._tied(deal.source, deal.target):
            return
        amount = self._given(deal, "amount") * self.market.is_signed(deal)
        firm, target = self.market.firms.get(deal.source), deal.target
        if deal.signed > self.market.setup.start and firm is not None:
            amount = amount * firm.signs()
        offered = {target: self._given(deal, "syndicated") * amount}
        taken = self._takers(offered, {}, but=deal.source)[target]
        self._issue_deal(deal, {deal.source: amount - self._sum(taken.values()), **taken})

    def _issue_deal(self, deal: Deal, parts: Mapping[str, Array]) -> None:
        """Investors get shares and owe for them: of a deal from before the start for what is unpaid."""
        start, target = self.market.setup.start, deal.target
        upfront, tied = self._given(deal, "upfront"), self._given(deal, "conditional")
        later, now, left = 1 - upfront, upfront, 1.0
        if deal.signed <= start:
            now, left = self.zero, min(max((deal.last - start) / (deal.last - deal.first + 1), 0.0), 1.0)
        owed = now + left * later
        paid = (1 - owed) * self._sum(parts.values())
        bought = {investor: owed * part for investor, part in parts.items()}
        pre_money = self._given(deal, "pre_money") + paid
        for investor, part in parts.items():
            firm = self.market.firms.get(investor)
            if deal.signed <= start and firm is not None and target not in firm.initial_stakes:
                self.capital.hold(investor, target, (1 - owed) * part / np.maximum(pre_money, 1e-6))
        self.capital.issue(target, bought, pre_money, upfront=dict.fromkeys(parts, self.zero))
        tied = left * np.minimum(tied, later)
        by_gw = DELIVERED in deal.conditions
        for investor, part in parts.items():
            name = deal.name if investor == deal.source else f"{deal.name} {investor}"
            waits = (self.zero, tied * part) if by_gw else (tied * part, self.zero)
            sums = now * part, (left * later - tied) * part, *waits
            years = deal.signed, deal.first, deal.last
            each, conditions = self._each(target), deal.conditions
            own = Tranches(name, (investor, target), years, sums, each, conditions, deal.name)
            if by_gw:
                own.pay_per_gw(self._given(deal, "gw"), (1 - left) + self.zero)
            self._owe(own)
            self.accounts[name].add(signed=part, paid=part - bought[investor])

    # --- the year ---

    def settle(self) -> None:
        """What configs say of this year; then what falls due is paid, taken over, or lapses."""
        self.earlier = Sealed()
        for account in self.accounts.values():
            account.due = account.lapsed = self.zero
        for deal in self._deals():
            self._change(deal)
        for own in self.tranches:
            self._fall_due(own)
        self._collect()

    def deliver(self) -> None:
        """What is paid per GW falls due as they come on line, and is paid, taken over, or lapses."""
        if not any(DELIVERED in deal.conditions for deal in self._deals()):
            return
        for own in (own for own in self.tranches if DELIVERED in own.conditions):
            came = self.market.compute.came_to(own.target)
            self._lapse(own, own.deliver(self.market.year, self._met(own), came))
            self.accounts[own.name].add(due=own.now)
        self._collect()

    def _collect(self) -> None:
        """What is due now is paid, taken over, or lapses."""
        self.paying = Sealed[Array]()
        self._pass_on(self._pay())
        self._post()
        for own in self.tranches:
            self._lapse(own, own.now)
            own.now = self.zero
        self.tranches = [own for own in self.tranches if own.unpaid.any()]

    def _change(self, deal: Deal) -> None:
        """A deal is signed, put off, cut or broken this year, if it is."""
        year = self.market.year
        if deal.signed == year:
            self._sign_deal(deal)
        mine = [own for own in self.tranches if own.deal == deal.name]
        if deal.delay_year == year:
            for own in mine:
                own.put_off(year, self._given(deal, "delay.years"))
        if deal.cut_year == year:
            self._give_up(mine, self._given(deal, "cut.share"))
        if deal.break_year == year:
            leaving = [own for own in mine if deal.break_by in (own.target, own.investor)]
            self._give_up(leaving, np.ones_like(self.zero))

    def _give_up(self, tranches: Iterable[Tranches], part: Array) -> None:
        for own in tranches:
            self._lapse(own, own.unpaid * part)
            own.give_up(part)

    def _lapse(self, own: Tranches, amount: Array) -> None:
        """Of what is owed, $ bn are owed no more, `(W,)`: their shares are cancelled."""
        if amount.any():  # as it hardly ever is
            self.capital.cancel(own.investor, own.target, own.each * amount)
            self.accounts[own.name].add(cut=amount, lapsed=amount)

    def _fall_due(self, own: Tranches) -> None:
        """What falls due this year is due now; what hangs on conditions that stay unmet lapses.

        So does all where the two are tied no more.
        """
        if not self._tied(own.investor, own.target):
            self._give_up([own], np.ones_like(self.zero))
        self._lapse(own, own.come_due(self.market.year, self._met(own)))
        self.accounts[own.name].add(due=own.now)

    def _met(self, own: Tranches) -> Array:
        """How far the conditions are met that are not counted in GW, in [0, 1], `(W,)`."""
        met, target = np.ones_like(self.zero), self.market.firms[own.target]
        for condition in own.conditions:
            met = met if condition == DELIVERED else met * target.meets(condition)
        return met

    def _pay(self) -> dict[str, Array]:
        """Each investor pays what it can of what is due; returns what it lacks, $ bn, by investor."""
        due: dict[str, Array] = {}
        for own in self.tranches:
            due[own.investor] = due.get(own.investor, self.zero) + own.now
        part, short = {}, {}
        for investor, amount in due.items():
            firm = self.market.firms.get(investor)
            means = self.capital.outside_payable() if firm is None else firm.payable()
            part[investor] = np.minimum(per(means, amount, 1.0), 1.0)
            short[investor] = amount * (1 - part[investor])
        for own in self.tranches:
            paid = own.now * part[own.investor]
            own.now = own.now - paid
            self._add(own.investor, own.target, paid)
            self.accounts[own.name].add(paid=paid)
            if own.signed < self.market.year:
                self.earlier[own.investor] = self.paid_by(own.investor) + paid
        return short

    def _pass_on(self, short: Mapping[str, Array]) -> None:
        """Others take over what investors can't pay, as far as the shares are worth it: they pay at once."""
        left = [own for own in self.tranches if short[own.investor].any()]
        worth = [np.minimum(own.each * self.capital.value[own.target], 1.0) * own.now for own in left]
        wanted: dict[str, Array] = {}
        for own, offered in zip(left, worth, strict=True):
            wanted[own.target] = wanted.get(own.target, self.zero) + offered
        takers = self._takers(wanted, short)
        for own, offered in zip(left, worth, strict=True):
            for taker, amount in takers[own.target].items():
                taken = offered * per(amount, wanted[own.target], 0.0)
                self.capital.take_over(own.investor, taker, own.target, own.each * taken, taken)
                self._add(taker, own.target, taken)
                own.now = own.now - taken
                self.accounts[own.name].add(cut=taken)

    def _add(self, investor: str, target: str, amount: Array) -> None:
        """An investor pays for shares, $ bn, besides what it pays already."""
        pair = f"{investor} {target}"
        self.paying[pair] = self.paying.get(pair, self.zero) + amount

    def _post(self) -> None:
        """Post what everybody pays, of the same pairs in whatever worlds."""
        for target in dict.fromkeys(account.target for account in self.accounts.values()):
            for investor in (*self.market.firms, "investors"):
                if self._tied(investor, target):
                    paid = self.paying.get(f"{investor} {target}", self.zero)
                    self.capital.pay_in(investor, target, paid)

    def _takers(
        self, wanted: Mapping[str, Array], short: Mapping[str, Array], but: str = ""
    ) -> dict[str, dict[str, Array]]:
        """What investors take of the $ bn on offer by target, within their means, less what they lack."""
        offers: dict[str, dict[str, Array]] = {target: {} for target in wanted}
        for taker in (*self.market.firms, "investors"):
            tied = [target for target in wanted if self._tied(taker, target)]
            if tied and taker != but:
                means = self.capital.left_to_invest(taker) - short.get(taker, self.zero)
                part = per(np.maximum(means, 0.0), self._sum(wanted[target] for target in tied), 0.0)
                for target in tied:
                    offers[target][taker] = wanted[target] * np.minimum(part, 1.0)
        for target, own in offers.items():
            part = np.minimum(per(wanted[target], self._sum(own.values()), 0.0), 1.0)
            offers[target] = {taker: offered * part for taker, offered in own.items()}
        return offers

    # --- what is logged ---

    def record(self) -> None:
        """Write down what is owed at the end of the year, by deal, and by who owes it to whom."""
        left: dict[str, Array] = {}
        for own in self.tranches:
            left[own.name] = left.get(own.name, self.zero) + own.unpaid
        for name, account in self.accounts.items():
            numbers = {key: getattr(account, key) for key in ("signed", "paid", "cut", "due")}
            numbers["left"] = left.get(name, self.zero)
            investor, target = account.investor, account.target
            state = DealState(
                self.market.year, name, "equity", investor, target, investor, account.given, numbers
            )
            self.market.deals.record(state)
            self.market.ledger.record(investor, target, "commitment", numbers["left"], WORTH)
            self.market.ledger.record(investor, target, "lapse", account.lapsed, WORTH)
