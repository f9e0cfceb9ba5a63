"""The role `cloud`: it builds capacity from its cash flow and its credit, and leases it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeshift.agents.dials import Dial
from computeshift.agents.funding import raise_money
from computeshift.agents.issuer import Issuer
from computeshift.agents.kinds import kind
from computeshift.agents.maturity import owe_on, roll_over
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.capital import turns
from computeshift.environment.commitments import SIGNED_AHEAD
from computeshift.environment.decisions import least
from computeshift.environment.fleet import Fleet
from computeshift.environment.log import logged
from computeshift.environment.ratings import CARRIED
from computeshift.environment.setup import Array, beyond, per
from computeshift.environment.supply import ORDERED_AHEAD, respond

LEAST_CASH = 0.5  # of its usual cash: below it a cloud raises money, or a bad quarter would leave it without

NEARED_OVER = 2  # years over which it spreads the debt that its limit leaves room for


@dataclass(frozen=True, kw_only=True)
class CloudParameters:
    """What a cloud starts with and how it decides."""

    initial_cash: Array = bounded(0, 10_000, "cash at the start")
    initial_gw: Array = bounded(0, 1000, "AI capacity on line at the start")
    due_in_first_year: Array = bounded(
        0, 1000, "halls under way at the start that are ready in the first year"
    )
    due_in_second_year: Array = bounded(
        0, 1000, "halls under way at the start that are ready in the second year"
    )
    initial_cash_flow: Array = bounded(0, 10_000, "operating cash flow of all its business in the start year")
    cash_flow_growth: Array = bounded(-0.5, 3, "growth of the cash flow of its other business")
    cash_flow_noise: Array = bounded(
        0, 2, "standard deviation of random moves in the cash flow of its other business"
    )
    cash_flow_cycle: Array = bounded(
        0, 1, "part of random moves in other business that all clouds have in common"
    )
    ai_capex_share: Array = bounded(0, 1, "spending on AI capacity out of its own cash flow, at the start")
    initial_other_capex: Array = bounded(0, 10_000, "spending on building outside AI in the start year")
    other_capex_noise: Array = bounded(
        0, 2, "standard deviation of random moves in spending on building outside AI"
    )
    initial_debt: Array = bounded(0, 10_000, "debt at the start")
    initial_coupon: Array = bounded(0, 1, "mean interest rate on the debt of the start")
    debt_limit: Array = bounded(0, 50, "most debt that it takes on, over a year's earnings")
    debt_speed: Array = bounded(0, 1, "part of the gap between its debt and its target that closes")
    debt_noise: Array = bounded(
        0, 2, "standard deviation of what its debt moves by for reasons outside this market"
    )
    prefunding: Array = bounded(0, 1, "part of the cash it will lack next year that it borrows ahead")
    payout: Array = bounded(0, 1, "part of spare cash that its owners get")
    initial_tenant_gw: Array = bounded(
        0, 1000, "tenants' use at the start, as its weight against other clouds"
    )
    initial_own_products: Array = bounded(
        0, 1, "part of its tenants' use at the start that is its own products, such as feeds"
    )
    own_growth: Array = bounded(0, 3, "growth of its own products' demand over that of other tenants")
    lab_share: Array = bounded(0, 1, "part of its capacity that labs may have even where tenants want it")
    own_lab_first: Array = bounded(
        0, 1, "orders of its own lab that its sites take before other suppliers may"
    )
    unit_cost: Array = bounded(0.1, 10, "cost of its chips, power and money against the market's")
    initial_price: Array = bounded(0.1, 10, "price of its contracts at the start against the market's rent")
    initial_crews: Array = bounded(0, 1000, "sites that its construction crews can begin in the first year")
    crew_growth: Array = bounded(
        -0.5, 3, "growth of its construction crews while sites asked of them equal what they begin"
    )
    home_rating: Array = bounded(1, 21, "credit rating at the start: 1 is AAA, 9 is BBB, 21 is C")
    debt_term: Array = bounded(1, 100, "mean life of its debt that has no fixed date")
    equity_multiple: Array = bounded(0, 200, "value of its shares in a usual mood, over a year's earnings")
    issue_limit: Array = bounded(0, 1, "most new shares that it sells in a year")
    rating_defence: Array = bounded(
        0, 1, "part of what it raises beyond the debt that keeps its grade that is new shares"
    )


class CloudDials:
    """What differs between strategies of a cloud."""

    eagerness: Dial = 1.0
    """Factor on the capacity it aims at beyond what is ordered."""
    anticipation: Dial = 1.0
    """Part of the growth that it expects of tenants for which it builds before it comes."""
    debt_appetite: Dial = 1.0
    """Factor on the debt limit that it sets itself."""


class CloudStrategy(CloudDials, Strategy):
    """How a cloud plays."""


CLOUD_AND_LAB = (
    "capacity",
    "services",
    "revenue_share",
    "running",
    "building",
    "fleet",
    "business",
    "credit",
    "stakes",
    "paid",
)
"""The parts of the payoff of a cloud whose lab raises nothing."""


@strategy("cloud", "default")
class Follow(CloudStrategy):
    """Build what is ordered and what tenants are expected to need."""


@strategy("cloud", "build")
class Build(CloudStrategy):
    """Build ahead of demand: a fifth more than is needed, with a debt limit half as high again."""

    eagerness = 1.2
    debt_appetite = 1.5


@strategy("cloud", "disciplined")
class Disciplined(CloudStrategy):
    """Build behind demand: for orders and today's tenants, with two thirds of the usual debt limit."""

    anticipation = 0.0
    debt_appetite = 0.67


@kind("cloud")
class Cloud(Issuer):
    """A cloud: its own cash flow first, then debt; sites take two to four years; labs and tenants pay."""

    defaults = ("cloud",)
    payoff = ("capacity", "running", "building", "fleet", "credit", "stakes", "paid")
    payoff_in_group = ("capacity", "building", "fleet", "credit", "stakes", "paid")
    Parameters = CloudParameters
    has_tenants = True
    strategy: CloudDials
    given: CloudParameters

    debt_extended: Array = logged("$ bn", "what its lenders extended so that it could pay what it owed")

    @property
    def initial_cash(self) -> Array:
        """What its firm has at the start, $ bn."""
        return self.given.initial_cash

    @property
    def least_cash(self) -> Array:
        """$ bn below which its cash must not fall."""
        return LEAST_CASH * self.cash_target

    def found(self) -> None:
        """The state at the end of the start year."""
        given = self.given
        self.found_fleet(Fleet(given.initial_gw, *self._halls_begun()))
        self.business = given.initial_cash_flow
        self.paid_rent = self.nothing
        self.other_capex = given.initial_other_capex
        self.crews = given.initial_crews
        self.ai_share = given.ai_capex_share
        self.earnings = given.initial_cash_flow
        self.maturing = self.debt_extended = self.issued = self.nothing
        self.prefunded = self.next_works = self.nothing
        self.burned = (self.nothing, self.nothing)  # beyond earnings, last year's before this year's, $ bn
        self.cash_target = self.cash
        self.usual_leverage = turns(self.debt, given.initial_cash_flow, CARRIED)
        self.debt_ceiling = self._policy()
        self.grade_room, self.on_sale = np.full_like(self.nothing, np.inf), self.nothing
        self.shares_ahead = self.for_building = self.nothing

    def _halls_begun(self) -> list[Array]:
        """GW that fall due in the years after the start: of the second year's sites, others come later."""
        given, profile = self.given, self.market.supply.profile
        begun = given.due_in_second_year / profile[2]
        return [given.due_in_first_year, given.due_in_second_year, begun * profile[3], begun * profile[4]]

    def open_leases(self) -> None:
        """Its cash flow of the start year holds what its AI capacity earned: other business is the rest."""
        super().open_leases()
        compute = self.market.compute
        own = self.nothing if self.firm.arms_length else compute.own_use(self.name)
        rented = compute.leased_by(self.name) - own + self.tenants_before
        self.lease_income = rented * self.rent
        self.running_costs = compute.given.running_cost * self.fleet.gw
        self.business = self.business - self.lease_income + self.running_costs

    def open_rented(self, gw: Array, rent: Array) -> None:
        """Its cash flow of the start year is what rent left of it: what paid that rent does not grow."""
        super().open_rented(gw, rent)
        self.paid_rent = rent

    def other_business(self) -> Array:
        """What other business brings in a year, and what paid the rent of the start, $ bn, `(W,)`."""
        return self.business + self.paid_rent

    # --- what it offers ---

    def room_in_all(self) -> Array:
        """GW it will lease to labs: its part for them, and what tenants leave, `(W,)`."""
        return self.part_in_all() * self.fleet.gw

    def part_in_all(self) -> Array:
        """The part of its capacity that labs may have, `(W,)`: their part, or more where tenants leave it."""
        tenants = per(self.market.tenants.asking(self.name), self.fleet.gw, 1.0)
        return np.maximum(self.given.lab_share, 1 - tenants)

    def part_for(self, lab: str) -> Array:
        """The part that it offers to a lab."""
        return self.part_in_all()

    @property
    def own_lab_first(self) -> Array:
        """The part of its own lab's new demand that it takes before anybody else may."""
        return self.given.own_lab_first

    def startable(self) -> Array:
        """GW of sites that its crews can start in a year."""
        return self.crews

    def unit_cost(self) -> Dial:
        """Factor on what a GW-year usually costs."""
        return self.given.unit_cost

    @property
    def initial_price(self) -> Array:
        """Factor on the market's rent at which its contracts of the start were signed."""
        return self.given.initial_price

    @property
    def tenant_part(self) -> Array:
        """The part of its capacity that labs have no claim to."""
        return 1 - self.given.lab_share

    @property
    def initial_tenant_gw(self) -> Array:
        """What it hosts at the start, as a weight against the other hosts."""
        return self.given.initial_tenant_gw

    @property
    def initial_own_products(self) -> Array:
        """The part of that which its own products (feeds, advertising) use: they rent nowhere else."""
        return self.given.initial_own_products

    @property
    def own_growth(self) -> Array:
        """Growth of its own products' demand over that of the other tenants, in logs."""
        return self.given.own_growth

    def yearly_means(self) -> Array:
        """Labs' part of what it can put into capacity, $ bn a year, `(W,)`."""
        return self.part_in_all() * self.means()

    def payable_in(self, years: int) -> Array:
        """GW for labs that its own money and credit could pay for in so many years, `(W,)`."""
        return self.paid_over(years, self.part_in_all() * (self.means() - self.from_lab()))

    def book(self) -> Array:
        """GW that it could pay for over the years for which labs sign, for labs and tenants, `(W,)`."""
        return self.paid_over(SIGNED_AHEAD, self.means())

    # --- build ---

    def plan(self) -> None:
        """Other business grows with luck, and debt falls due: by its notes, the rest by an even part.

        Its other capex grows as its business is expected to, with luck of its own.
        """
        given, fortunes, stream = self.given, self.market.fortunes, self.firm.stream
        self.maturing = self.market.credit.fall_due(self.name, 1 / given.debt_term)
        self.issued = self.nothing
        self.on_sale = self.saleable_in_time()
        luck = fortunes.of_business(stream, given.cash_flow_cycle)
        self.business = self.business * (1 + given.cash_flow_growth) * np.exp(given.cash_flow_noise * luck)
        building = np.exp(given.other_capex_noise * fortunes.of(stream, "other capex"))
        self.other_capex = self.other_capex * (1 + given.cash_flow_growth) * building
        if self.may_borrow():
            self.grade_room = self.room_in_grade()
            self.debt_ceiling = self.ceiling_on_debt()

    def needed_gw(self, ahead: bool = False) -> Array:
        """GW it should have: contracts, orders and tenants by then, at the usual utilisation."""
        compute, tenants = self.market.compute, self.market.tenants
        wanted = tenants.expected_at(self.name, 0)
        if ahead:
            grown = tenants.expected_at(self.name, ORDERED_AHEAD) - wanted
            wanted = wanted + self.strategy.anticipation * grown
        ordered = compute.ordered_from(self.name) if ahead else compute.due_from(self.name)
        needed = compute.leased_by(self.name) + ordered + wanted
        return self.strategy.eagerness * needed / compute.given.target_utilisation

    def build(self) -> None:
        """Chips for what is needed now, halls for what is needed later, within crews and money.

        Chips that can't be sent back are paid, whether there is money for them or not.
        """
        self.works = self.works_for(self.crews, np.maximum(self.means(), self.sunk_cost()))
        self.for_building = self.funds()

    def answer(self) -> None:
        """Crews follow the sites asked for, and AI's part of cash flow what its works would cost."""
        self.crews = self.grown(self.crews, self.sites_asked)
        given = self.market.supply.given
        short = self.works_cost() / np.maximum(self.works_money(), 1e-9)
        share = self.ai_share
        asked = respond(share, share * short, 0.0, given.ai_share_response, given.ai_share_growth_most)
        self.ai_share = np.minimum(asked, np.maximum(given.ai_share_most, self.given.ai_capex_share))

    def works_cost(self) -> Array:
        """What all the works that it is asked to pay for would cost this year, $ bn, money aside."""
        return self.market.supply.cost(self.works)

    def works_money(self) -> Array:
        """What it has for them, $ bn."""
        return self.works.money

    def grown(self, crews: Array, asked: Array) -> Array:
        """Next year's crews, GW a year, by the sites that were asked of them."""
        given = self.market.supply.given
        growth = self.given.crew_growth
        return respond(crews, asked, growth, given.crew_response, given.crew_growth_most)

    def means(self) -> Array:
        """$ bn it can put into AI capacity this year, `(W,)`."""
        return self.whole_means()

    def whole_means(self) -> Array:
        """The same for all that it builds and sponsors: its own money, what it raised ahead, and others'."""
        return self.own_money() + self.prefunded + self.others_money()

    def others_money(self) -> Array:
        """$ bn that its lab, lenders and buyers of new shares can give it this year for AI capacity."""
        lent = self.credit() + self.market.loans.lent_to(self.name)
        return self.from_lab() + lent + self.new_shares()

    def funds(self) -> Array:
        """$ bn it has this year for all that it builds, other capex included: cash flow, cash and others'."""
        return self.cash_flow() + self.cash - self.least_cash + self.others_money()

    def new_shares(self) -> Array:
        """$ bn of shares that it may sell this year for what it builds, `(W,)`.

        Beside debt that would cost it its grade; without a grade to lose, for all that lenders leave.
        """
        beside_debt = self.shares_beside(self.debt_in_need(), self.on_sale)
        return beside_debt + self.sells_for_growth() * self.on_sale

    def own_money(self) -> Array:
        """AI's part of its cash flow, $ bn."""
        return self.ai_share * np.maximum(self.cash_flow(), 0.0)

    def from_lab(self) -> Array:
        """$ bn that its firm's lab puts into its sites this year, `(W,)`: what they lack, as far as it can.

        A firm moves money between its businesses (Stein 1997, Internal capital markets and the
        competition for corporate resources). Lenders come first: they lend on what can be let to others,
        while research is paid from equity (Williamson 1988, Corporate finance and corporate governance).
        """
        money = self.nothing if self.firm.lab is None else self.firm.lab.for_sites()
        if not money.any():  # as of nearly all firms
            return money
        others = self.own_money() + self.prefunded + self.credit()
        return np.minimum(money, beyond(self.wanted_cost(), others))

    def means_to_buy(self) -> Array:
        """$ bn it can pay for shares of a lab that leaves dues unpaid: cash beyond its dues and its least."""
        return np.maximum(self.cash - self.firm.own_dues() - self.least_cash, 0.0)

    def cash_flow(self) -> Array:
        """Operating cash flow, $ bn: other business, and last year's margin on AI capacity."""
        return self.other_business() + self.lease_income - self.running_costs - self.interest

    def ceiling_on_debt(self) -> Array:
        """Debt limit that it sets itself, over a year's earnings: less where rates are high.

        A rule of thumb of lenders and treasurers. The log has a third limit, `rating`: the debt and shares
        that it can raise without losing its grade. It holds for what it builds, not for bills.
        """
        policy = self._policy()
        usual_rate = self.market.ratings.usual_rate(self.given.home_rating)
        limits = {"debt_limit": policy, "credit_cost": policy * (usual_rate / self.borrowing_rate)}
        ceiling = least(limits)
        more = self._more_debt_under(ceiling)
        raised = self.debt_beside(more, self.on_sale) + self.shares_beside(more, self.on_sale)
        graded = per(self.debt + NEARED_OVER * raised, self.backed_earnings(), ceiling)
        self.market.decisions.record(self.name, "debt_ceiling", "ratio", limits | {"rating": graded})
        return ceiling

    def _policy(self) -> Array:
        """The same at usual rates."""
        return self.strategy.debt_appetite * self.given.debt_limit

    def credit(self) -> Array:
        """$ bn that it may borrow beyond what matures, as far as lenders grant it, or did last year."""
        wanted = self.maturing + self.more_debt()
        granted = wanted * self.market.credit.part_granted(self.name)
        return np.maximum(granted - self.maturing, 0.0) * float(self.may_borrow())

    def credit_limit(self) -> Array:
        """The most that it would borrow this year, $ bn: what matures, and in need, whatever its rating."""
        return self.maturing + self.debt_in_need()

    def more_debt(self) -> Array:
        """$ bn by which it is ready to owe more for what it builds: where its grade is safe."""
        return self.debt_beside(self.debt_in_need(), self.on_sale)

    def debt_in_need(self) -> Array:
        """$ bn by which it is ready to owe more in need."""
        return self._more_debt_under(self.debt_ceiling)

    def _more_debt_under(self, ceiling: Array) -> Array:
        """$ bn by which it may owe more: up to a limit over earnings, spread over two years."""
        if not self.may_borrow():
            return self.nothing
        return np.maximum(ceiling * self.backed_earnings() - self.debt, 0.0) / NEARED_OVER

    def credit_asked(self) -> Array:
        """$ bn that it asks of lenders: what matures, and what its works or its target lack, if it may."""
        own = self.own_money() + self.cash - self.least_cash
        wanted = np.maximum(self.wanted_cost() - own, self.debt_gap())
        return self.maturing + np.minimum(self.more_debt(), np.maximum(wanted, 0.0))

    def wanted_cost(self) -> Array:
        """What all the works that it is asked to pay for would cost, if money were no limit, $ bn."""
        return self.market.supply.cost(self.works_for(self.crews, self.nothing))

    def backed_earnings(self) -> Array:
        """A year's earnings that lenders count on, $ bn, `(W,)`: last year's, and those that contracts bring.

        What labs and tenants have signed for will be due once new sites are ready, less what it costs to run
        them; a lab's contract is worth less by the part of its dues that it left unpaid. Halls that it has
        rented for them will cost rent.
        """
        compute, tenants = self.market.compute, self.market.tenants
        each = beyond(compute.prices.spot, compute.given.running_cost)
        margin = compute.contracted_margin(self.name) + tenants.signed_with(self.name) * each
        return np.maximum(self.earnings + margin - self.added_rent(), 0.0)

    def added_rent(self) -> Array:
        """$ bn by which its yearly rent of halls will grow until new sites are ready, `(W,)`."""
        return self.market.shell_leases.added_rent(self.name)

    # --- settle ---

    def reckon(self) -> None:
        """Add up what labs and tenants used, what building and debt cost, and what it will build next.

        Other building is what gives way where money is short.
        """
        self.reckon_capacity()
        self.next_works = self.works_ahead()
        self.capex = self.capex + np.minimum(self.other_capex, beyond(self.for_building, self.built()))

    def built(self) -> Array:
        """$ bn that it spent on AI capacity this year, wherever it stands, `(W,)`."""
        return self.ai_capex

    def pay(self) -> None:
        """Chipmakers for chips, landlords for halls, everybody else for shells, power and staff; lenders.

        Tenants and other business pay it.
        """
        ledger = self.market.ledger
        other = self.other_business()
        earned, lost = np.maximum(other, 0.0), np.maximum(-other, 0.0)
        ledger.pay("outside", self.name, "revenue", earned + self.tenant_income)
        chips = self.market.pay_for_chips(self)
        ledger.pay(self.name, "outside", "capex", self.capex - chips)
        self.run_sites(lost)
        self.pay_lenders()

    def close(self) -> None:
        """What matures is borrowed again as far as lenders let it, or paid; then debt moves to its target.

        New shares pay for works beyond its limit, and for debt that would cost it its grade. What it can
        then neither borrow nor pay lenders extend for a part, and shares in need raise the rest as far as
        there are buyers. Owners get a part of the cash beyond what is usual.
        """
        ledger, credit = self.market.ledger, self.market.credit
        self.lease_income = self.earned()
        self.earnings = self.cash_flow() + self.interest
        burn = self.capex + self.interest - self.earnings - self.shares_ahead
        had = self.cash
        matured = roll_over(self, self.maturing, had, kept=had)
        self.burned = (self.burned[1], burn)
        self.grade_room = self.room_in_grade()
        ahead = self.burn_ahead()
        kept = np.maximum(ahead, 0.0) * float(self.may_borrow())  # for next year's building
        raised = raise_money(self, had - matured.paid, ahead, kept)
        cash = had - matured.paid + raised.for_building
        self.prefunded, borrowed = raised.ahead, raised.debt
        self.shares_ahead = np.minimum(raised.for_building, raised.ahead)
        self.burned = (self.burned[0], burn - beyond(raised.for_building, raised.ahead))
        owed = self.running_costs + self.interest + self.capex + self.maturing
        owe_on(self, np.maximum(-(cash + borrowed), 0.0), beyond(matured.left, raised.for_debt), owed)
        renewed = self.maturing - matured.paid - matured.left
        repaid = self._repayment(cash + borrowed, kept, raised.for_debt, renewed)
        spare = np.maximum(cash + borrowed - repaid - self.cash_target - kept, 0.0)
        credit.lend(self.name, borrowed)
        credit.repay(self.name, repaid + raised.for_debt)
        ledger.pay(self.name, "outside", "dividend", self.given.payout * spare)
        self._restructure()

    def debt_gap(self) -> Array:
        """$ bn by which debt is to grow this year: a part of the distance to its target, `(W,)`.

        The target is its debt over earnings at the start, within its limit (partial adjustment to a target:
        Flannery & Rangan 2006). Dearer credit stops new debt, but does not make it repay cheaper
        old debt early.
        """
        target = np.minimum(self.usual_leverage, self._policy()) if self.may_borrow() else self.nothing
        return self.given.debt_speed * (target * self.backed_earnings() - self.debt)

    def debt_swing(self) -> Array:
        """$ bn by which debt moves this year for reasons that are no part of this market, `(W,)`.

        Firms sell notes while these are cheap, or to pay owners or for other firms, and let them go when they
        fall due (Baker & Wurgler 2002; Farre-Mensa, Michaely & Schmalz 2025). They sell fewer as their rating
        falls below its home, and none a notch below it (Kisgen 2006).
        """
        swing = self.given.debt_noise * self.market.fortunes.of(self.firm.stream, "debt")
        below = self.market.ratings.below(self.name, self.given.home_rating)
        wanted = np.where(swing > 0, np.maximum(1 - below, 0.0), 1.0) * swing
        return wanted * np.maximum(self.earnings, 0.0) * float(self.may_borrow())

    def wanted_ahead(self, cash: Array, burn: Array) -> Array:
        """$ bn that it means to raise this year of what it will lack of its usual cash a year on."""
        return self.given.prefunding * np.maximum(self.cash_target + burn - cash, 0.0)

    def burn_ahead(self) -> Array:
        """$ bn by which next year's building will exceed its cash flow, `(W,)`; less than none where not.

        Chips for the halls that will be ready, as far as it will need them, as many new halls as this year,
        and its other building; all as it expects at the year's end, before leases grow.
        """
        given = self.given
        more = given.cash_flow_growth * self.business
        other = (1 + given.cash_flow_growth) * self.other_capex
        return self.next_works + other - self.cash_flow() - more

    def works_ahead(self) -> Array:
        """What next year's AI capacity will cost at this year's prices, $ bn, `(W,)`."""
        supply, fleet = self.market.supply, self.fleet
        lacking = beyond(self.needed_gw(ahead=True), fleet.gw * supply.staying[1])
        return np.minimum(fleet.ready, lacking) * supply.chip_cost + fleet.started * supply.shell_cost

    def _repayment(self, cash: Array, kept: Array, repaid: Array, renewed: Array) -> Array:
        """$ bn: towards the target, as far as cash is beyond the least it keeps, and next year's building.

        Or what of its debt costs it its grade, if that is more and it defends that; new shares have `repaid`
        some. And notes that it lets go, of those that it `renewed`.
        """
        spare = np.maximum(cash - self.least_cash - kept, 0.0)
        too_much = np.where(self.defence() > 0, -self.grade_room, 0.0)
        wanted = np.maximum(-self.debt_gap(), too_much) + np.clip(-self.debt_swing(), 0.0, renewed)
        return np.minimum(np.clip(wanted - repaid, 0.0, self.bank_debt() - repaid), spare)

    def extended(self, lacking: Array) -> Array:
        """What its lenders extend of what matures, so that it need not default, $ bn, `(W,)`.

        Lenders amend and extend loans to a firm that they take to be sound, at the rate of the day (Gilson,
        John & Lang 1990; Roberts & Sufi 2009): as far as its earnings carry all that it then owes.
        """
        carried = beyond(CARRIED * np.maximum(self.earnings, 0.0), self.debt)
        ready = np.minimum(self.market.credit.extendable(self.name, self.maturing), carried)
        self.debt_extended = np.minimum(lacking, ready)
        return self.debt_extended

    def _restructure(self) -> None:
        """Lenders write off the debt that earnings can't carry: that part of its debt is in default."""
        lost = np.maximum(self.debt - CARRIED * np.maximum(self.earnings, 0.0), 0.0)
        degree = lost / np.maximum(self.debt, 1e-12)
        self.firm.default_degree = np.maximum(self.firm.default_degree, degree)
        self.write_off(lost, degree)

    def hangs_on(self) -> dict[str, Array]:
        """What others will pay it in a year under contracts, $ bn, by the firm whose rating it hangs on."""
        return self.market.compute.hangs_on(self.name)

    def earned(self) -> Array:
        """What labs and tenants paid for capacity this year, $ bn."""
        return self.market.leases_paid_to(self.name) + self.tenant_income
