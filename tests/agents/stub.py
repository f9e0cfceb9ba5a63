"""A market made by hand for tests of rules: three worlds, and only as much market as a rule reads.

Books, decisions, ties, capital and news are the real ones. The markets for compute and services and
the random draws are what a test writes. Unless a test says otherwise a GW-year costs 10, a GW costs 4
for its shell and 6 for its chips, money costs 5% + 5%, and a lab is worth 10 times its forward revenue,
plus 20 times for each unit of growth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from computeshift.agents import KINDS
from computeshift.agents.strategy import strategies_of
from computeshift.environment.bounds import Bounds, bounds_of
from computeshift.environment.capital import Capital, CapitalParameters
from computeshift.environment.compute import ComputeParameters
from computeshift.environment.credit import Credit
from computeshift.environment.deals import DealLog
from computeshift.environment.decisions import Decisions
from computeshift.environment.fortunes import Fortunes
from computeshift.environment.frontier import Frontier, FrontierParameters
from computeshift.environment.guarantees import Guarantees
from computeshift.environment.ledger import Ledger
from computeshift.environment.loans import Loans
from computeshift.environment.market import ComputeMarket
from computeshift.environment.mesa_base import Model
from computeshift.environment.network import INSTITUTIONS, Network
from computeshift.environment.notes import Notes
from computeshift.environment.partnership import Partnerships
from computeshift.environment.ratings import RatingParameters, Ratings
from computeshift.environment.services import ServicesParameters
from computeshift.environment.setup import Array, Edge, FirmSetup, Setup, per
from computeshift.environment.shell_leases import ShellLeases
from computeshift.environment.shocks import News
from computeshift.environment.supply import ORDERED_AHEAD
from computeshift.environment.supply import Supply as TheSupply
from computeshift.environment.vendor_finance import ChipDeals

WORLDS = 3  # each world is one case; three cannot broadcast by accident
Number = float | tuple[float, ...]
"""One number for all worlds, or one per world."""


def worlds(*numbers: float) -> Array:
    """One number per world, `(3,)`; a single number stands for all three."""
    return np.array(np.broadcast_to(np.array(numbers, dtype=float), WORLDS))


def check(actual: Any, *expected: float) -> None:
    """The numbers of the three worlds, or the one that all have, are these but for rounding."""
    np.testing.assert_allclose(actual, worlds(*expected), rtol=1e-9, atol=1e-12, strict=True)


class Market(ComputeMarket):
    """A market of three worlds in 2025 with these ties, and no firm yet but an empty Stargate."""

    compute: Any
    supply: Any
    services: Any
    tenants: Any
    draws: Any
    stargate: Any

    def __init__(self, *ties: tuple[Any, ...]) -> None:
        Model.__init__(self, 1)
        self.worlds, self.year = WORLDS, 2025
        self.setup = Setup(1, 0, WORLDS, 2024, 2030, (), (), (), {})
        self._write("capital", bounds_of(CapitalParameters), {})
        self._write("ratings", bounds_of(RatingParameters), {})
        self._write("frontier", bounds_of(FrontierParameters), {"price_trend": 1})
        edges = [Edge(*tie) for tie in ties]
        nodes = dict.fromkeys([*INSTITUTIONS, *(end for edge in edges for end in (edge.source, edge.target))])
        self.network = Network(nodes, edges, self.year)
        self.ledger = Ledger(WORLDS)
        for node in nodes:
            self.ledger.open_account(node)
        self.ledger.open_year(self.year)
        self.decisions = Decisions()
        self.deals = DealLog()
        self.news = News(self)
        self.capital = Capital(self)
        self.fortunes = Fortunes(self)
        self.ratings = Ratings(self)
        self.credit = Credit(self)
        self.guarantees = Guarantees(self)
        self.chip_deals = ChipDeals(self)
        self.partnerships = Partnerships(self)
        self.loans = Loans(self)
        self.notes = Notes(self)
        self.shell_leases = ShellLeases(self)
        self.compute = Leases()
        self.frontier = Frontier(self)
        self.supply = Supply(self.compute)
        self.tenants = Renters()
        self.services = Services(self)
        self.draws = Luck()
        self.assume("capital", base_rate=0.05, base_spread=0.05, mature_multiple=10, growth_multiple=20)
        self.capital.spread = worlds(0.05)
        self.firms = {}
        self.stargate = self.add("stargate").supplier

    def add(
        self,
        kind: str,
        name: str = "",
        strategy: str = "",
        partner: str = "",
        stream: str = "",
        **own: Any,
    ) -> Any:
        """A firm at the end of the start year. A parameter that is not given is 0, or the nearest allowed."""
        known, name = KINDS[kind], name or kind
        self._write(name, known.bounds, own)
        played = strategy or next(iter(strategies_of(known.name)), "")
        firm: Any = known(self, FirmSetup(name, known.name, played, stream or name, partner))
        self.firms[name] = firm
        self.ledger.open_account(name, firm.initial_cash, firm.initial_debt)
        self.compute.know(name)
        firm.found()
        self.credit.found(firm)
        if firm.lab is not None:
            self.frontier.weigh_efforts()
            firm.lab.open_sales(firm.lab.revenue)
        if firm.supplier is not None:
            firm.supplier.open_leases()
        self.ratings.found(firm)
        return firm

    def assume(self, part: str, **numbers: Number) -> None:
        """Set parameters of a part of the market, such as `compute` or `stargate`."""
        owner = getattr(self, part)
        owner.given = replace(owner.given, **{name: worlds(*_each(n)) for name, n in numbers.items()})

    def strike(self, kind: str, *size: float) -> None:
        """News of a kind acts this year."""
        self.news.acting = {**self.news.acting, kind: worlds(*size)}

    def has(self, holder: str, *cash: float) -> None:
        """Set what a holder has in cash."""
        self.ledger.cash[holder] = worlds(*cash)

    def flow(self, source: str, target: str, kind: str) -> Array:
        """What one holder paid another this year."""
        flows = (f for f in self.ledger.this_year() if (f.source, f.target, f.kind) == (source, target, kind))
        return sum((flow.amount for flow in flows), self.ledger.zero)

    def _write(self, owner: str, bounds: Mapping[str, Bounds], own: dict[str, Any]) -> None:
        assert own.keys() <= bounds.keys(), own.keys() - bounds.keys()
        for name, allowed in bounds.items():
            values = worlds(*_each(own[name])) if name in own else allowed.clip(worlds(0))
            assert allowed.holds(values), name
            self.setup.parameters[f"{owner}.{name}"] = values  # type: ignore[index]


class Renters:
    """GW that a test says tenants ask of a host, have at it, will ask in two years, and have signed for."""

    def __init__(self) -> None:
        self.asked: dict[str, Array] = {}
        self.hosted: dict[str, Array] = {}
        self.expected: dict[str, Array] = {}
        self.signed: dict[str, Array] = {}

    def asking(self, host: str) -> Array:
        return self.asked.get(host, worlds(0))

    def hosted_by(self, host: str) -> Array:
        return self.hosted.get(host, worlds(0))

    def expected_at(self, host: str, years: int) -> Array:
        return self.expected.get(host, worlds(0))

    def signed_with(self, host: str) -> Array:
        return self.signed.get(host, worlds(0))


class Leases:
    """The market for compute: GW that a test writes by supplier and lab, and what labs asked of it."""

    def __init__(self) -> None:
        self.given: Any = parameters(
            ComputeParameters,
            initial_rent=10,
            capex_per_gw=10,
            chip_share=0.6,
            target_utilisation=1,
            ready_after_two=1,
        )
        self.rent = worlds(10)
        self.prices = SimpleNamespace(
            rent=self.rent, spot=self.rent, offer=[self.rent], rent_of=lambda supplier: self.rent
        )
        self.supplier_index: dict[str, int] = {}
        self.lab_index: dict[str, int] = {}
        self.contract: dict[tuple[str, str], Array] = {}
        self.backlog: dict[tuple[str, str], Array] = {}
        self.used: dict[str, Array] = {}
        self.margins: dict[str, Array] = {}
        self.left: dict[str, Array] = {}
        self.dues: dict[str, Array] = {}
        self.ordered: dict[str, Array] = {}
        self.cancelled: dict[str, Array] = {}
        self.kept: dict[str, Array] = {}

    def know(self, firm: str) -> None:
        """A firm that may lease and let."""
        self.supplier_index[firm] = self.lab_index[firm] = 0

    def leased_by(self, supplier: str) -> Array:
        return sum((gw for tie, gw in self.contract.items() if tie[0] == supplier), worlds(0))

    def ordered_from(self, supplier: str) -> Array:
        return sum((gw for tie, gw in self.backlog.items() if tie[0] == supplier), worlds(0))

    def due_from(self, supplier: str) -> Array:
        return self.ordered_from(supplier) / 3

    def contracted_by(self, lab: str) -> Array:
        return sum((gw for tie, gw in self.contract.items() if tie[1] == lab), worlds(0))

    def ordered_by(self, lab: str) -> Array:
        return sum((gw for tie, gw in self.backlog.items() if tie[1] == lab), worlds(0))

    def firm_due_to(self, lab: str, years: int) -> Array:
        return worlds(0)

    def contracted_margin(self, supplier: str) -> Array:
        return self.margins.get(supplier, worlds(0))

    def left_to_others(self, lab: str) -> Array:
        return self.left.get(lab, worlds(0))

    def dues_ahead(self, lab: str, years: int) -> Array:
        return self.dues.get(lab, worlds(0))

    def hangs_on(self, supplier: str) -> dict[str, Array]:
        mine = {tie[1]: gw * self.rent for tie, gw in self.contract.items() if tie[0] == supplier}
        return {lab: bill for lab, bill in mine.items() if lab != supplier}

    def used_by(self, lab: str) -> Array:
        return self.used.get(lab, self.contracted_by(lab))

    def bond(self, supplier: str, lab: str) -> Array:
        tie = supplier, lab
        return self.contract.get(tie, worlds(0)) + self.backlog.get(tie, worlds(0))

    def own_use(self, firm: str) -> Array:
        return self.contract.get((firm, firm), worlds(0))

    def bills(self, lab: str) -> dict[str, Array]:
        return {tie[0]: gw * self.rent for tie, gw in self.contract.items() if tie[1] == lab}

    def price_for(self, lab: str) -> Array:
        return self.rent

    def order(self, lab: str, gw: Array) -> None:
        self.ordered[lab] = gw

    def cancel(self, lab: str, share: Array) -> None:
        self.cancelled[lab] = share

    def break_contracts(self, lab: str, kept: Array) -> None:
        self.kept[lab] = kept


def settle(lab: Any) -> None:
    """A lab's bills without talks: it pays its suppliers as far as its money goes, all alike."""
    honoured = np.minimum(per(lab.for_leases, lab.lease_due, 1.0), 1.0)
    lab.settle(lab.leases, honoured, worlds(0), worlds(0), lacking=1 - honoured)


class Supply(TheSupply):
    """What building costs: by the parameters of the market for compute, which a test writes."""

    def __init__(self, compute: Leases) -> None:
        self.compute = compute
        self.idle_makers = worlds(0)

    @property
    def given(self) -> Any:  # type: ignore[override]
        return self.compute.given

    @property
    def capex_per_gw(self) -> Array:  # type: ignore[override]
        return np.asarray(self.given.capex_per_gw)

    @property
    def shell_cost(self) -> Array:  # type: ignore[override]
        return np.asarray(self.capex_per_gw * (1 - self.given.chip_share))

    @property
    def chip_cost(self) -> Array:  # type: ignore[override]
        return np.asarray(self.capex_per_gw * self.given.chip_share)

    @property
    def staying(self) -> dict[int, Array]:  # type: ignore[override]
        return {years: (1 - self.given.retirement) ** years for years in (1, ORDERED_AHEAD)}


class Services:
    """The market for services: nobody is ahead, unless a test says so."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.given: Any = parameters(ServicesParameters)
        self.best_quality = worlds(0)

    @property
    def seen_quality(self) -> dict[str, Array]:
        return {lab.name: lab.quality for lab in self.market.labs()}

    def share_of(self, lab: str) -> None:
        return None


class Luck(dict[str, Array]):
    """The draws of a year by name; KeyError for one that the test did not write."""

    def uniform(self, name: str, year: int) -> Array:
        return self[name]

    normal = uniform


def parameters(kind: type, **own: Any) -> Any:
    """The parameters of a kind: 0, or the nearest that is allowed, but for those given."""
    allowed = bounds_of(kind)
    return kind(**{n: worlds(*_each(own[n])) if n in own else b.clip(worlds(0)) for n, b in allowed.items()})


def _each(number: Number) -> tuple[float, ...]:
    return number if isinstance(number, tuple) else (number,)
