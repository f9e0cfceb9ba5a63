"""The role `cloud`: it builds capacity from its cash flow and its credit, and leases it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeshift.agents.dials import Dial
from computeshift.agents.kinds import kind
from computeshift.agents.maturity import owe_on, roll_over
from computeshift.agents.owner import Owner
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.capital import turns
from computeshift.environment.commitments import SIGNED_AHEAD
from computeshift.environment.fleet import Fleet
from computeshift.environment.log import logged
from computeshift.environment.ratings import CARRIED, Standing, doublings
from computeshift.environment.setup import Array, beyond, per
from computeshift.environment.supply import ORDERED_AHEAD, respond

LEAST_CASH = 0.5  # of its usual cash: below it a cloud borrows, or a bad quarter would leave it without


@dataclass(frozen=True, kw_only=True)
class CloudParameters:
    """What a cloud starts with and how it decides."""

    initial_cash: Array = bounded(0, 10_000)
    initial_gw: Array = bounded(0, 1000)
    due_in_first_year: Array = bounded(0, 1000)
    due_in_second_year: Array = bounded(0, 1000)
    initial_cash_flow: Array = bounded(0, 10_000)
    cash_flow_growth: Array = bounded(-0.5, 3)
    cash_flow_noise: Array = bounded(0, 2)
    cash_flow_cycle: Array = bounded(0, 1)
    ai_capex_share: Array = bounded(0, 1)
    initial_other_capex: Array = bounded(0, 10_000)
    other_capex_growth: Array = bounded(-0.5, 3)
    initial_debt: Array = bounded(0, 10_000)
    initial_coupon: Array = bounded(0, 1)
    debt_limit: Array = bounded(0, 50)
    debt_speed: Array = bounded(0, 1)
    prefunding: Array = bounded(0, 1)
    payout: Array = bounded(0, 1)
    initial_tenant_gw: Array = bounded(0, 1000)
    initial_own_products: Array = bounded(0, 1)
    own_growth: Array = bounded(0, 3)
    lab_share: Array = bounded(0, 1)
    own_lab_first: Array = bounded(0, 1)
    unit_cost: Array = bounded(0.1, 10)
    initial_price: Array = bounded(0.1, 10)
    initial_crews: Array = bounded(0, 1000)
    crew_growth: Array = bounded(-0.5, 3)
    home_rating: Array = bounded(1, 21)
    debt_term: Array = bounded(1, 100)
    equity_multiple: Array = bounded(0, 200)
    issue_limit: Array = bounded(0, 1)


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
class Cloud(Owner):
    """A cloud: its own cash flow first, then debt; sites take two to four years; labs and tenants pay."""

    defaults = ("cloud",)
    payoff = ("capacity", "running", "building", "fleet", "credit", "stakes", "paid")
    payoff_in_group = ("capacity", "building", "fleet", "credit", "stakes", "paid")
    Parameters = CloudParameters
    has_tenants = True
    strategy: CloudDials
    given: CloudParameters

    debt_extended: Array = logged("$ bn", "what its lenders extended so that it could pay what it owed")
    issued: Array = logged("$ bn", "new shares that it sold so that it could pay what it owed")

    @property
    def initial_cash(self) -> Array:
        """What its firm has at the start, $ bn."""
        return self.given.initial_cash

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
        self.debt_ceiling = self.strategy.debt_appetite * given.debt_limit

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
        """Other business grows with luck, and debt falls due: by its notes, the rest by an even part."""
        self.maturing = self.market.credit.fall_due(self.name, 1 / self.given.debt_term)
        luck = self.market.fortunes.of(self.firm.stream, self.given.cash_flow_cycle)
        grown = (1 + self.given.cash_flow_growth) * np.exp(self.given.cash_flow_noise * luck)
        self.business = self.business * grown
        self.other_capex = self.other_capex * (1 + self.given.other_capex_growth)
        if self.may_borrow():
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
        """$ bn it can put into AI capacity this year: its own and its lab's, loans, and debt, old and new.

        Old debt is what it borrowed ahead last year.
        """
        own = self.own_money() + self.prefunded + self.from_lab()
        return own + self.credit() + self.market.loans.lent_to(self.name)

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
        return np.maximum(self.cash - self.firm.own_dues() - LEAST_CASH * self.cash_target, 0.0)

    def cash_flow(self) -> Array:
        """Operating cash flow, $ bn: other business, and last year's margin on AI capacity."""
        return self.other_business() + self.lease_income - self.running_costs - self.interest

    def ceiling_on_debt(self) -> Array:
        """Debt limit that it sets itself, over a year's earnings: less where rates are high.

        A rule of thumb of lenders and treasurers.
        """
        policy = self._policy()
        usual_rate = self.market.ratings.usual_rate(self.given.home_rating)
        dear = policy * (usual_rate / self.borrowing_rate)
        return self.least("debt_ceiling", "ratio", debt_limit=policy, credit_cost=dear)

    def _policy(self) -> Array:
        """The same at usual rates."""
        return self.strategy.debt_appetite * self.given.debt_limit

    def credit(self) -> Array:
        """$ bn that it may borrow beyond what matures, as far as lenders grant it, or did last year."""
        granted = self.credit_limit() * self.market.credit.part_granted(self.name)
        return np.maximum(granted - self.maturing, 0.0) * float(self.may_borrow())

    def credit_limit(self) -> Array:
        """The most that it would borrow this year, $ bn: what matures, and what it would owe besides."""
        return self.maturing + self.more_debt()

    def more_debt(self) -> Array:
        """$ bn by which it is ready to owe more: up to its limit over earnings, spread over two years."""
        if not self.may_borrow():
            return self.nothing
        return np.maximum(self.debt_ceiling * self.backed_earnings() - self.debt, 0.0) / 2

    def credit_asked(self) -> Array:
        """$ bn that it asks of lenders: what matures, and what its works or its target lack, if it may."""
        own = self.own_money() + self.cash - LEAST_CASH * self.cash_target
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
        """Add up what labs and tenants used, what building and debt cost, and what it will build next."""
        self.reckon_capacity()
        self.next_works = self.works_ahead()
        self.capex = self.capex + self.other_capex

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

        What it can neither borrow nor pay lenders extend for a part, and new shares raise the rest as far as
        there are buyers. Owners get a part of the cash beyond what is usual.
        """
        ledger, credit = self.market.ledger, self.market.credit
        self.lease_income = self.earned()
        self.earnings = self.cash_flow() + self.interest
        had = self.cash
        matured = roll_over(self, self.maturing, had, kept=had)
        cash = had - matured.paid
        usual, ahead = self._new_debt(cash), self.burn_ahead()
        self.prefunded = self._borrowed_ahead(cash, usual, ahead)
        borrowed = usual + self.prefunded
        owed = self.running_costs + self.interest + self.capex + self.maturing
        owe_on(self, np.maximum(-(cash + borrowed), 0.0), matured.left, owed)
        kept = np.maximum(ahead, 0.0) * float(self.may_borrow())  # for next year's building
        repaid = self._repayment(cash + borrowed, kept)
        spare = np.maximum(cash + borrowed - repaid - self.cash_target - kept, 0.0)
        credit.lend(self.name, borrowed)
        credit.repay(self.name, repaid)
        ledger.pay(self.name, "outside", "dividend", self.given.payout * spare)
        self._restructure()
        self.burned = (self.burned[1], self.capex + self.interest - self.earnings)

    def debt_gap(self) -> Array:
        """$ bn by which debt is to grow this year: a part of the distance to its target, `(W,)`.

        The target is its debt over earnings at the start, within its limit (partial adjustment to a target:
        Flannery & Rangan 2006). Dearer credit stops new debt, but does not make it repay cheaper
        old debt early.
        """
        target = np.minimum(self.usual_leverage, self._policy()) if self.may_borrow() else self.nothing
        return self.given.debt_speed * (target * self.backed_earnings() - self.debt)

    def _new_debt(self, cash: Array) -> Array:
        """$ bn: towards the target, as far as it builds AI capacity, within its limit; or what cash lacks."""
        missing = np.maximum(LEAST_CASH * self.cash_target - cash, 0.0)
        growth = np.minimum(np.clip(self.debt_gap(), 0.0, self.ai_capex), self.more_debt())
        wanted = np.maximum(growth, missing)
        return np.minimum(wanted, self.market.credit.line(self.name))

    def _borrowed_ahead(self, cash: Array, borrowed: Array, ahead: Array) -> Array:
        """$ bn beyond what it borrows anyway: a part of what it will lack of its usual cash a year on.

        Firms hold cash against investment that cash flow will not pay, and raise it while lenders lend
        (Bates, Kahle & Stulz 2009): within its limit, and from what lenders have left.
        """
        lacking = np.maximum(self.cash_target + ahead - cash, 0.0)
        wanted = np.minimum(self.given.prefunding * lacking, self.more_debt())
        return beyond(np.minimum(wanted, self.market.credit.line(self.name)), borrowed)

    def burn_ahead(self) -> Array:
        """$ bn by which next year's building will exceed its cash flow, `(W,)`; less than none where not.

        Chips for the halls that will be ready, as far as it will need them, as many new halls as this year,
        and its other building; all as it expects at the year's end, before leases grow.
        """
        given = self.given
        more = given.cash_flow_growth * self.business
        other = (1 + given.other_capex_growth) * self.other_capex
        return self.next_works + other - self.cash_flow() - more

    def works_ahead(self) -> Array:
        """What next year's AI capacity will cost at this year's prices, $ bn, `(W,)`."""
        supply, fleet = self.market.supply, self.fleet
        lacking = beyond(self.needed_gw(ahead=True), fleet.gw * supply.staying[1])
        return np.minimum(fleet.ready, lacking) * supply.chip_cost + fleet.started * supply.shell_cost

    def _repayment(self, cash: Array, kept: Array) -> Array:
        """$ bn: towards the target, as far as cash is beyond the least it keeps, and next year's building."""
        spare = np.maximum(cash - LEAST_CASH * self.cash_target - kept, 0.0)
        return np.minimum(np.clip(-self.debt_gap(), 0.0, self.bank_debt()), spare)

    def extended(self, lacking: Array) -> Array:
        """What its lenders extend of what matures, so that it need not default, $ bn, `(W,)`.

        Lenders amend and extend loans to a firm that they take to be sound, at the rate of the day (Gilson,
        John & Lang 1990; Roberts & Sufi 2009): as far as its earnings carry all that it then owes.
        """
        carried = beyond(CARRIED * np.maximum(self.earnings, 0.0), self.debt)
        ready = np.minimum(self.market.credit.extendable(self.name, self.maturing), carried)
        self.debt_extended = np.minimum(lacking, ready)
        return self.debt_extended

    def sell_shares(self, lacking: Array) -> Array:
        """Sell new shares for what it can neither pay nor borrow again, $ bn.

        A firm whose debt nobody renews sells equity before it defaults, though dearly (Myers & Majluf 1984,
        the pecking order): at most a part of what all its shares are worth, a multiple of the year's
        earnings after interest, which moves with the mood. Buyers of listed shares have no limit of depth.
        """
        given = self.given
        earned = np.maximum(self.earnings - self.interest, 0.0)
        worth = given.equity_multiple * self.market.capital.sentiment * earned
        self.issued = np.minimum(lacking, given.issue_limit * worth)
        self.market.ledger.pay("investors", self.name, "share_issue", self.issued)
        return self.issued

    def _restructure(self) -> None:
        """Lenders write off the debt that earnings can't carry: that part of its debt is in default."""
        lost = np.maximum(self.debt - CARRIED * np.maximum(self.earnings, 0.0), 0.0)
        degree = lost / np.maximum(self.debt, 1e-12)
        self.firm.default_degree = np.maximum(self.firm.default_degree, degree)
        self.write_off(lost, degree)

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
        owed = beyond(self.debt, self.prefunded) + self.firm.promised()
        home = self.given.home_rating
        interest = self.debt * self.interest_rate
        left = self.earnings + self.shell_rent - interest
        now = doublings(owed, left)
        ahead = doublings(owed + np.maximum(sum(self.burned, self.nothing), 0.0), left)
        hanging = self.hangs_on()
        comes_in = (
            np.maximum(self.other_business(), 0.0) + self.tenant_income + sum(hanging.values(), self.nothing)
        )
        return Standing(
            home,
            {
                "leverage": given.leverage_notches * now,
                "burn": given.leverage_notches * (ahead - now),
                "tenants": given.tenant_weight * ratings.of_tenants(home, hanging, comes_in),
                "unpaid": given.unpaid_notches * self.default_degree,
            },
        )

    def hangs_on(self) -> dict[str, Array]:
        """What others will pay it in a year under contracts, $ bn, by the firm whose rating it hangs on."""
        return self.market.compute.hangs_on(self.name)

    def earned(self) -> Array:
        """What labs and tenants paid for capacity this year, $ bn."""
        return self.market.leases_paid_to(self.name) + self.tenant_income
