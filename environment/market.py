"""The market: who is there, and the order of the year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import numpy as np

from computeshift.environment.acquisitions import Acquisitions
from computeshift.environment.agreements import Agreements
from computeshift.environment.capital import Capital
from computeshift.environment.compute import Compute
from computeshift.environment.credit import Credit
from computeshift.environment.deals import DealLog
from computeshift.environment.decisions import Decisions
from computeshift.environment.draws import Draws
from computeshift.environment.firms import FirmKind, Lab, Participant, Venture
from computeshift.environment.fortunes import Fortunes
from computeshift.environment.frontier import Frontier
from computeshift.environment.guarantees import Guarantees
from computeshift.environment.ledger import Ledger
from computeshift.environment.loans import Loans
from computeshift.environment.log import declared, logs
from computeshift.environment.mesa_base import DataCollector, Model
from computeshift.environment.network import INSTITUTIONS, VENTURE, Network, with_ties_of
from computeshift.environment.notes import Notes
from computeshift.environment.parties import Supplier
from computeshift.environment.partnership import Partnerships
from computeshift.environment.ratings import Ratings
from computeshift.environment.renegotiation import Renegotiation
from computeshift.environment.sense import Sense, Span, span_of
from computeshift.environment.services import Services
from computeshift.environment.setup import Array, Deal, FirmSetup, Setup, total
from computeshift.environment.shell_leases import ShellLeases
from computeshift.environment.shocks import SHOCKS, News
from computeshift.environment.state import refuse_if_read_only, sealed
from computeshift.environment.supply import Supply
from computeshift.environment.tenants import Tenants
from computeshift.environment.vendor_finance import ChipDeals

_VENTURE = FirmSetup(VENTURE, VENTURE, "", VENTURE)


class ComputeMarket(Model):
    """The market for AI compute in `setup.worlds` worlds at once; with one world, a plain Mesa model.

    Every number is an array `(W,)`. `step()` is a calendar year; `running` turns False after the
    last one. `kinds` are the kinds of firms by name, the venture's among them. ValueError if the setup
    names a kind, a strategy or a node that does not exist.

    `only` names the market's variables to collect, and no agent's, where nobody will read the others.
    """

    def __init__(
        self, setup: Setup, kinds: Mapping[str, FirmKind], only: Sequence[str] | None = None
    ) -> None:
        super().__init__(setup.seed)
        self.setup = setup
        self.worlds = setup.worlds
        self.year = setup.start
        self.draws = Draws(setup.seed, setup.first_world, setup.worlds)
        names = [*(firm.name for firm in setup.firms), *INSTITUTIONS]
        self.network = Network(names, with_ties_of(setup.deals, setup.edges), setup.start)
        self.ledger = Ledger(setup.worlds)
        self.decisions = Decisions()
        self.deals = DealLog()
        self.news = News(self)
        self.capital = Capital(self)
        self.fortunes = Fortunes(self)
        self.ratings = Ratings(self)
        self.credit = Credit(self)
        self.renegotiation = Renegotiation(self)
        self.acquisitions = Acquisitions(self)
        self.guarantees = Guarantees(self)
        self.chip_deals = ChipDeals(self)
        self.partnerships = Partnerships(self)
        self.loans = Loans(self)
        self.notes = Notes(self)
        self.shell_leases = ShellLeases(self)
        for firm in setup.firms:
            if firm.kind not in kinds:
                raise ValueError(f"{firm.name}: no kind of firm {firm.kind!r}; known: {', '.join(kinds)}")
        self.firms: dict[str, Participant] = {f.name: kinds[f.kind](self, f) for f in setup.firms}
        self.firms[VENTURE] = kinds[VENTURE](self, _VENTURE)
        self.stargate = cast(Venture, self.firms[VENTURE].supplier)
        self._open()
        if only is None:
            self.datacollector = DataCollector(_OF_MARKET, _of_firms(kinds))
        else:
            self.datacollector = DataCollector({name: _OF_MARKET[name] for name in only})
        self.sense = Sense(self)

    def __setattr__(self, name: str, value: Any) -> None:
        refuse_if_read_only(name)
        super().__setattr__(name, value)

    def step(self) -> None:
        """One calendar year, from the news to the closing of the books; ValueError after the last."""
        if not self.running:
            raise ValueError(f"the market's last year is {self.setup.until}: set a later `until`")
        self.year += 1
        self.network.year = self.year
        self.ledger.open_year(self.year)
        self.decisions.open_year(self.year)
        self.supply.open_year()
        self.stargate.open_year()
        self.compute.open_year()
        for agreements in self.agreements:
            agreements.open_year()
        self.news.strike()
        self.compute.weigh_suppliers()
        self.capital.weather()
        self.fortunes.turn()
        self.frontier.advance()
        self.tenants.plan()
        self.agents.do("plan")
        self.partnerships.bargain()
        self.compute.sign()
        self.credit.clear()
        self.agents.do("hear_lenders")
        self.capital.clear()
        self.compute.hasten()
        self.agents.do("build")
        self.supply.build()
        self.compute.clear()
        self.services.clear()
        self.chip_deals.deliver()
        self.capital.unpaid.deliver()
        self.agents.do("reckon")
        self.renegotiation.settle()
        self.agents.do("pay")
        self.agents.do("learn")
        self.services.look()
        self.capital.mark()
        self.agents.do("close")
        self.agents.do("close_let")
        self.compute.close_year()
        for agreements in self.agreements:
            agreements.close()
        self.ratings.review()
        self.credit.close()
        self.datacollector.collect(self)
        self.sense.look()
        self.supply.drift()
        self.running = self.year < self.setup.until

    def is_signed(self, deal: Deal) -> Array:
        """1 where a deal's own draw, for the year that it is signed, is below its chance; else 0, `(W,)`."""
        draw = self.draws.uniform(f"deal {deal.name}", deal.signed)
        return (draw < self.setup.of_deal(deal, "chance")).astype(float)

    def adopt(self, setup: Setup) -> None:
        """Go on under other numbers, strategies and news. Firms, ties and all that happened stay."""
        self.setup = setup
        parts: list[tuple[str, Any]] = [
            ("frontier", self.frontier),
            ("services", self.services),
            ("compute", self.supply),
            ("compute", self.compute),
            ("tenants", self.tenants),
            ("capital", self.capital),
            ("ratings", self.ratings),
        ]
        for section, part in parts:
            part.given = setup.given(type(part.given), section)
        for firm in (*setup.firms, _VENTURE):
            self.firms[firm.name].adopt(firm)
        self.compute.commitments.adopt(self.compute)
        for agreements in self.agreements:
            agreements.adopt()
        self.news.adopt()
        self.running = self.year < setup.until

    def _open(self) -> None:
        """Lay down the state at the end of the start year."""
        for name in [*self.firms, *INSTITUTIONS]:
            firm = self.firms.get(name)
            cash, debt = (None, None) if firm is None else (firm.initial_cash, firm.initial_debt)
            self.ledger.open_account(name, cash, debt)
        suppliers = [firm.supplier for firm in self.firms.values() if firm.supplier is not None]
        labs = self.labs()
        self.supply = Supply(self, suppliers)
        self.compute = Compute(self, suppliers, labs)
        self.frontier = Frontier(self)
        self.tenants = Tenants(self, [supplier for supplier in suppliers if supplier.has_tenants])
        for firm in self.firms.values():
            firm.found()
        self.compute.open_contracts()
        for supplier in suppliers:
            supplier.open_leases()
        self.frontier.weigh_efforts()
        self.services = Services(self, labs)
        self.capital.look()
        for firm in self.firms.values():
            self.capital.found(firm)
            self.credit.found(firm)
            self.ratings.found(firm)
        self.capital.unpaid.open()
        for agreements in self.agreements:
            agreements.open()
        self.ratings.open()

    # --- what several agents need to know ---

    @property
    def agreements(self) -> tuple[Agreements[Any], ...]:
        """Its deals that bind firms without capacity, by kind."""
        return (
            *(self.guarantees, self.chip_deals, self.partnerships),
            *(self.loans, self.notes, self.shell_leases),
        )

    def labs(self) -> list[Lab]:
        """Every lab, in the order of the config."""
        return [firm.lab for firm in self.firms.values() if firm.lab is not None]

    def lab(self, firm: str) -> Lab:
        """A firm's lab; LookupError if it has none."""
        lab = self.firms[firm].lab
        if lab is None:
            raise LookupError(f"{firm} is no lab")
        return lab

    def tenants_of(self, supplier: str) -> list[Lab]:
        """Labs tied to a supplier."""
        return [lab for lab in self.labs() if self.network.tied(supplier, lab.name, "capacity")]

    def sponsor_share(self, sponsor: str) -> Array:
        """A sponsor's part of Stargate's equity calls this year, `(W,)`."""
        return self.stargate.sponsor_shares[sponsor]

    def leases_paid_to(self, supplier: str) -> Array:
        """What labs pay a supplier for the year, $ bn, `(W,)`; own use counts at arm's length only."""
        paid = (
            lab.leases[supplier] * lab.honoured_share
            for lab in self.tenants_of(supplier)
            if lab.name != supplier or self.firms[supplier].arms_length
        )
        return sum(paid, self.guarantees.paid_to(supplier))

    def pay_for_chips(self, builder: Supplier) -> Array:
        """A builder pays the chipmakers it is tied to for their part; returns that part, $ bn."""
        paid = self.ledger.zero
        for maker in self.network.sources(builder.name, "chips"):
            bill = self._chip_share(maker, builder.name) * builder.chip_bill()
            self.ledger.pay(builder.name, maker, "chips_payment", bill)
            gw = bill / self.supply.chip_cost
            self.ledger.record(maker, builder.name, "chips", gw, "GW")
            paid = paid + bill
        return paid

    def chip_sales(self, maker: str) -> Array:
        """What a chipmaker sells this year, $ bn, `(W,)`."""
        buyers = self.network.targets(maker, "chips")
        bills = (self._chip_share(maker, b) * self.firms[b].chip_bill() for b in buyers)
        return sum(bills, self.ledger.zero)

    def _chip_share(self, maker: str, builder: str) -> Array:
        """A chipmaker's part of a builder's chips; all tied makers together at most the whole."""
        makers = self.network.sources(builder, "chips")
        together = sum((self.firms[m].chip_market_share for m in makers), self.ledger.zero)
        usual = self.firms[maker].chip_market_share / np.maximum(together, 1.0)
        return self.chip_deals.share(maker, builder, usual)

    # --- what is logged ---

    @property
    def suppliers(self) -> list[Supplier]:
        """Everybody who owns capacity."""
        return list(self.compute.suppliers)

    @property
    @logs("$ bn", "spent on AI capacity by all suppliers")
    def ai_capex(self) -> Array:
        """$ bn."""
        return sum((s.ai_capex for s in self.suppliers), self.ledger.zero)

    @property
    @logs("$ bn", "paid by labs and tenants for AI capacity, own use at its price")
    def ai_lease_spending(self) -> Array:
        """$ bn."""
        bills = (bill for lab in self.labs() for bill in lab.leases.values())
        leased = sum(bills, self.ledger.zero)
        tenants = (s.tenant_income for s in self.suppliers if s.has_tenants)
        return sum(tenants, leased)

    @property
    @logs("GW", "AI capacity on line at the end of the year")
    def capacity_gw(self) -> Array:
        """GW."""
        return sum((s.fleet.gw for s in self.suppliers), self.ledger.zero)

    @property
    @logs("GW", "capacity all labs wanted under contract at the end of the year")
    def demand_gw(self) -> Array:
        """GW."""
        return total(self.compute.wanted)

    @property
    @logs("GW", "capacity that tenants, all renters besides labs, wanted")
    def tenant_demand_gw(self) -> Array:
        """GW."""
        return self.tenants.demand

    @property
    @logs("GW", "capacity all labs used, mean of the year")
    def served_gw(self) -> Array:
        """GW."""
        return total(self.compute.used)

    @property
    @logs("share", "capacity in use over capacity on line")
    def utilisation(self) -> Array:
        """Share."""
        in_use = sum((s.in_use for s in self.suppliers), self.ledger.zero)
        return in_use / sum((s.fleet.mean_gw for s in self.suppliers), self.ledger.zero)

    @property
    @logs("GW", "capacity needed, and not on line for want of money")
    def lacking_money(self) -> Array:
        """GW."""
        return self.supply.lacking["money"]

    @property
    @logs("GW", "capacity needed and paid, and not on line for want of halls with power")
    def lacking_halls(self) -> Array:
        """GW."""
        return self.supply.lacking["halls"]

    @property
    @logs("GW", "capacity needed and paid, with halls that wait, and not on line for want of chips")
    def lacking_chips(self) -> Array:
        """GW."""
        return self.supply.lacking["chips"]

    @property
    @logs("ratio", "what labs and tenants wanted over what was on line")
    def tightness(self) -> Array:
        """Ratio."""
        return self.compute.prices.tightness

    @property
    @logs("$ bn per GW-year", "the price of a new contract with no supplier's cost in it")
    def spot(self) -> Array:
        """$ bn per GW-year."""
        return self.compute.prices.spot

    @property
    @logs("$ bn per GW-year", "what labs and tenants pay, mean of all contracts")
    def rent(self) -> Array:
        """$ bn per GW-year."""
        return self.compute.prices.rent

    @property
    @logs("$ bn per GW", "building cost of a GW of facility power, all in")
    def capex_per_gw(self) -> Array:
        """$ bn per GW."""
        return self.supply.capex_per_gw

    @property
    @logs("$ bn", "what customers wanted to spend on AI services")
    def services_spending(self) -> Array:
        """$ bn."""
        return self.services.spending

    @property
    @logs("index", "price of a token of given quality (end of 2024 = 1)")
    def price_index(self) -> Array:
        """Index."""
        return self.services.price_index

    @property
    @logs("factor", "the mood of the capital market (1 = end of 2024)")
    def sentiment(self) -> Array:
        """Factor."""
        return self.capital.sentiment

    @property
    @logs("share a year", "credit spread of the market")
    def spread(self) -> Array:
        """Share a year."""
        return self.capital.spread

    @property
    @logs("$ bn", "what outside investors have for shares this year, in this mood")
    def outside_depth(self) -> Array:
        """$ bn."""
        return self.capital.depth * self.capital.sentiment

    @property
    @logs("$ bn", "what firms asked of outside investors this year, in rounds and under deals")
    def outside_asked(self) -> Array:
        """$ bn."""
        return self.capital.asked

    @property
    @logs("$ bn", "all payments of the year")
    def turnover(self) -> Array:
        """$ bn."""
        paid = (flow.amount for flow in self.ledger.this_year() if flow.unit == "$ bn")
        return sum(paid, self.ledger.zero)


VARIABLES: dict[str, tuple[str, str]] = {
    **declared(ComputeMarket),
    **{f"news_{kind}": (shock.unit, f"news: {shock.doc}") for kind, shock in SHOCKS.items()},
}
"""What the market logs, with unit and meaning: the columns of the market table."""


def _label(name: str, owner: Any) -> Any:
    """What says what the row is about."""
    return getattr(owner, name)


def _of_market(name: str, span: Span, market: ComputeMarket) -> Any:
    """A variable of the market, checked: a number at one world, else the array."""
    return _plain(market.sense.checked("market", name, getattr(market, name), span))


def _of_firm(name: str, span: Span, firm: Any) -> Any:
    """The same of a firm; None where it has no such variable."""
    value = firm.logged(name)
    return None if value is None else _plain(firm.market.sense.checked(firm.name, name, value, span))


def _news(kind: str, market: ComputeMarket) -> Any:
    """The size of news that acts."""
    return _plain(market.news.acting[kind])


def _plain(value: Any) -> Any:
    """A number for one world; one that is not finite stays an array, or frames would take it for none."""
    if isinstance(value, np.ndarray) and value.size == 1 and np.isfinite(value).all():
        return value.item()
    return sealed(value)


# What Mesa calls to collect each variable: no lambdas, so that a market can be pickled.
_OF_MARKET: dict[str, Callable[[Any], Any]] = {"year": partial(_label, "year")}
_OF_MARKET |= {
    name: partial(_of_market, name, span_of(name, unit))
    for name, (unit, _) in VARIABLES.items()
    if not name.startswith("news_")
}
_OF_MARKET |= {f"news_{kind}": partial(_news, kind) for kind in SHOCKS}


def _of_firms(kinds: Mapping[str, FirmKind]) -> dict[str, Callable[[Any], Any]]:
    """The same for what firms of these kinds log."""
    variables = {name: unit for kind in kinds.values() for name, (unit, _) in kind.variables.items()}
    logged = {name: partial(_of_firm, name, span_of(name, unit)) for name, unit in variables.items()}
    return {"agent": partial(_label, "name"), **logged}
