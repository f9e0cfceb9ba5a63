"""The role `lab`: it trains, it answers, it sells, and it leases the compute for both."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from computeshift.agents.dials import Dial
from computeshift.agents.kinds import kind
from computeshift.agents.role import Role
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.acquisitions import LOST
from computeshift.environment.bounds import bounded
from computeshift.environment.commitments import SIGNED_AHEAD
from computeshift.environment.decisions import least
from computeshift.environment.ledger import MONEY, WORTH
from computeshift.environment.log import logged, logs
from computeshift.environment.ratings import Standing
from computeshift.environment.rounds import Ask
from computeshift.environment.setup import Array, beyond, per, total
from computeshift.environment.supply import ORDERED_AHEAD

if TYPE_CHECKING:
    from computeshift.environment.firms import Lab as LabRole

LEAST_HELD = 0.1  # of contracts and orders: suppliers leave a lab in default what keeps it running
AHEAD = (ORDERED_AHEAD, SIGNED_AHEAD)  # years for which it orders, and for which it signs firmly
# Years over which it foresees revenue.
HORIZONS = (1.5, *range(1, ORDERED_AHEAD + 1), *(years + more for years in AHEAD for more in (1, 1.5)))
LATER = 1 - 1 / ORDERED_AHEAD  # the part of orders that is not due this year anyway
MIDYEAR = 0.5  # years from a mark to the next round, in the mean
LEAST_SERVED = 0.05  # a lab that is overrun raises its price by what twenty times its demand would bear


@dataclass(frozen=True, kw_only=True)
class LabParameters:
    """What a lab starts with and how it decides."""

    initial_cash: Array = bounded(0, 10_000, "cash at the start")
    initial_revenue: Array = bounded(0, 1000, "sales to customers in the start year")
    initial_run_rate: Array = bounded(
        0.1, 20, "pace of sales at the end of the start year, over the year's sales"
    )
    initial_consumer_share: Array = bounded(0, 1, "sales to consumers in the start year")
    initial_china_share: Array = bounded(0, 1, "sales to customers in China in the start year")
    rest_share: Array = bounded(0, 1, "part that it stands for of all labs without a name of their own")
    initial_capacity: Array = bounded(0, 1000, "capacity under contract at the start")
    initial_training_share: Array = bounded(0, 1, "part of its capacity that trains at the start")
    initial_expected_growth: Array = bounded(-1, 5, "growth of its revenue that it expects at the start")
    growth_fade_expected: Array = bounded(
        0, 1.2, "part of its growth that it expects to be left a year later"
    )
    learning: Array = bounded(0, 1, "part of a surprise in growth by which it changes what it expects")
    target_margin: Array = bounded(0, 0.95, "part of its price that is margin over the cost of compute")
    shortage_pricing: Array = bounded(0, 3, "rise of its price with the demand that it could not serve")
    initial_efficiency: Array = bounded(0.001, 1000, "efficiency at the start against that of a usual lab")
    diffusion: Array = bounded(0.05, 1, "part of its distance to the frontier that others' methods close")
    own_work: Array = bounded(
        0, 1, "part of the distance left by others' methods that its own work closes, at most"
    )
    race: Array = bounded(-1, 5, "growth of its training that it wants in the first year")
    race_fade: Array = bounded(0, 1.2, "part of the growth of training it wants that is left a year later")
    race_response: Array = bounded(
        0, 5, "rise in the growth of its training with its distance to the best model"
    )
    headroom: Array = bounded(0, 3, "spare capacity for answers beyond what it expects to need")
    firm_share: Array = bounded(0, 1, "part of its plan for eight years on that it signs contracts for")
    training_floor: Array = bounded(0, 1, "part of its capacity that trains even where customers wait")
    fixed_cost: Array = bounded(0, 1000, "costs other than compute that do not depend on its sales")
    variable_cost: Array = bounded(0, 2, "costs other than compute that grow with its sales")
    runway: Array = bounded(0, 20, "period whose costs a round is to pay")
    reserve: Array = bounded(0, 1, "money that its plans for compute leave untouched")
    dilution_limit: Array = bounded(0, 0.9, "most that rounds may dilute its owners")
    investable: Array = bounded(0, 1, "part of it that investors may buy")
    usual_dilution: Array = bounded(0, 0.9, "dilution of its owners by a round that it raises ahead of need")
    funding_confidence: Array = bounded(0, 1, "investors' money that it counts on when it orders")
    own_build_share: Array = bounded(0, 1, "most that it pays for its firm's own sites")
    patron_budget: Array = bounded(
        0, 1000, "most that a parent or its firm's other business pays in during the first year"
    )
    patron_growth: Array = bounded(
        -0.5, 3, "growth of what a parent or its firm's other business pays in at most"
    )
    home_rating: Array = bounded(1, 21, "credit rating at the start: 1 is AAA, 9 is BBB, 21 is C")


class LabDials:
    """What differs between strategies of a lab."""

    ambition: Dial = 1.0
    """Factor on the growth of its training, catching up included."""
    optimism: Dial = 1.0
    """Part of the growth it expects that it plans and spends on."""
    term: Dial = 1.0
    """Factor on the usual length of its contracts."""
    discount: Dial = 1.0
    """Factor on the margin it asks for."""
    raising: Dial = 1.0
    """Factor on what it asks of investors."""

    def taste(self, lab: Lab, supplier: str) -> Array:
        """How much it likes a supplier besides its price, log points, `(W,)`."""
        return lab.nothing


class LabStrategy(LabDials, Strategy):
    """How a lab plays."""


@strategy("lab", "default")
class Grow(LabStrategy):
    """Grow with its market: train and raise as much as usual, lease wherever there is room."""


@strategy("lab", "race")
class Race(LabStrategy):
    """Race for the frontier: training grows half as fast again; raise more, and plan on more growth."""

    ambition = 1.5
    raising = 1.3
    optimism = 1.3


@strategy("lab", "follow")
class FollowFrontier(LabStrategy):
    """Follow the frontier: training grows a quarter as fast; live on what others learn, and raise less."""

    ambition = 0.25
    raising = 0.7


@strategy("lab", "live_within_revenue")
class LiveWithinRevenue(LabStrategy):
    """Live within revenue: train and raise less, sign short contracts, plan on a part of expected growth."""

    ambition = 0.4
    raising = 0.5
    optimism = 0.6
    term = 0.7


@kind("lab")
class Lab(Role):
    """A lab: it forecasts adaptively, wants compute to train and to answer, and raises what that costs."""

    defaults = ("lab",)
    payoff = ("valuation", "dilution", "cash", "ventures", "paid_in")
    payoff_in_group = ("services", "revenue_share", "business", "raised", "dilution")
    Parameters = LabParameters
    gives: ClassVar[frozenset[str]] = frozenset({"services", "model"})
    takes: ClassVar[frozenset[str]] = frozenset({"capacity", "equity"})
    earns = frozenset(
        {"revenue", "equity", "rescue", "acquisition", "revenue_share", "exit_fee", "proceeds", "debt"}
    )
    spends = frozenset({"prepayment"})
    raises: ClassVar[bool] = True
    """Whether investors pay for it, and value it; if not, its firm's other business or a parent pays."""
    strategy: LabDials
    given: LabParameters

    revenue: Array = logged("$ bn", "what customers paid it this year")
    expected_growth: Array = logged("log", "growth of revenue it expects for the next year")
    burn: Array = logged("$ bn", "what operations and own capacity cost beyond revenue (negative: they earn)")
    training_spend: Array = logged("$ bn", "cost of the compute it trained on")
    inference_spend: Array = logged("$ bn", "cost of the compute it answered on")
    lease_due: Array = logged("$ bn", "what it owed its suppliers for the year")
    honoured_share: Array = logged("share", "the part of what it owed its suppliers that it could pay")
    deferred: Array = logged("$ bn", "what of its dues it put off to the next year, as it was short of money")
    price_cuts: Array = logged("$ bn", "what suppliers took off its dues, as it was short of money")
    given_back: Array = logged("GW", "capacity under contract that it gave back, as it could not pay")
    unpaid_share: Array = logged(
        "share", "part of the year's dues to suppliers that stayed unpaid in the end"
    )
    used_gw: Array = logged("GW", "capacity in use, mean of the year")
    training_gw: Array = logged("GW", "capacity it trained on, mean of the year")
    inference_gw: Array = logged("GW", "capacity it answered on, mean of the year")
    wanted_gw: Array = logged("GW", "capacity it wanted under contract at the end of the year")
    unserved_share: Array = logged("share", "part of its customers' demand that it could not serve")
    service_price: Array = logged(
        "index", "price of a token of given quality (the frontier's cost at the start = 1)"
    )
    log_efficiency: Array = logged(
        "log", "tokens of given quality per GW-year, log (the frontier at the start = its rent)"
    )

    @property
    def family(self) -> str:
        """The labs that share its models, by the name of their random draws."""
        return self.firm.family

    def adopt(self, given: Any, strategy: Any) -> None:
        """Its numbers, and what they say of how growth, and the race, fade over each horizon."""
        super().adopt(given, strategy)
        fade = self.given.growth_fade_expected
        self.growth_years = {years: _fading(fade, years) for years in HORIZONS}
        self.race_years = {years: _fading(self.given.race_fade, years) for years in AHEAD}

    def found(self) -> None:
        """The state at the end of the start year."""
        given = self.given
        self.revenue = given.initial_revenue
        self.rest_share = given.rest_share
        self.expected_growth = given.initial_expected_growth
        self.service_price = self.nothing
        self.training_end = given.initial_capacity * given.initial_training_share
        self.knowledge = self.training_end
        self.wanted_gw = self.planned_gw = given.initial_capacity
        self.used_gw = given.initial_capacity
        self.unserved_share = self.nothing
        self.lease_due = self.nothing
        self.honoured_share = np.ones_like(self.nothing)
        self.patron = given.patron_budget
        self.race = given.race
        self.burn = self.training_spend = self.inference_spend = self.nothing
        self.unpaid_share = self.lacking = self.running = self.for_leases = self.nothing
        self.drawn = self.deferred = self.price_cuts = self.given_back = self.nothing
        self.surprise = self.early = self.paid_for_sites = self.nothing

    def initial_sales(self) -> Array:
        """What each segment of customers paid it in the start year, $ bn, `(segments, W)`."""
        consumers = self.given.initial_consumer_share
        china = np.minimum(self.given.initial_china_share, 1 - consumers)
        return np.array([consumers, 1 - consumers - china, china]) * self.given.initial_revenue

    @property
    def initial_run_rate(self) -> Array:
        """Its sales at the end of the start year, at a yearly rate, over those of the year, `(W,)`."""
        return self.given.initial_run_rate

    @property
    def investable(self) -> Array:
        """The part of it that investors may buy, `(W,)`: an aggregate may hold labs of large firms."""
        return self.given.investable

    def open_sales(self, revenue: Array) -> None:
        """Begin with the revenue of the start year, $ bn, and the compute that answers took.

        It stands as far behind the frontier as labs like it do in the mean, or by its factor of that.
        """
        frontier = self.market.frontier
        behind = frontier.usual_distance(self.closing()) - np.log(self.given.initial_efficiency)
        self.log_efficiency = frontier.level - np.maximum(behind, 0.0)
        self.revenue = revenue
        price = self.market.compute.price_for(self.name)
        margin = self.given.target_margin * self.strategy.discount
        self.demanded_gw = revenue * (1 - margin) / price
        self.inference_gw = np.minimum(self.demanded_gw, self.used_gw)
        self.training_gw = self.used_gw - self.inference_gw

    def as_lab(self) -> LabRole:
        """Itself."""
        return self

    @property
    def initial_cash(self) -> Array:
        """What its firm has at the start, $ bn."""
        return self.given.initial_cash

    # --- what it sells ---

    @property
    @logs("log", "what its models know: log of its family's decayed training compute")
    def quality(self) -> Array:
        """What customers see of its family's knowledge: log of its decayed training compute, `(W,)`."""
        siblings = [lab for lab in self.market.labs() if lab.family == self.family]
        return np.log(np.maximum(total([lab.knowledge for lab in siblings]), 1e-4))

    def unit_cost(self) -> Array:
        """$ of compute in one token, on the scale of the frontier's cost at the start, `(W,)`."""
        return self.market.compute.price_for(self.name) / np.exp(self.log_efficiency)

    def asking_price(self, cost: Array) -> Array:
        """Cost plus the margin it aims at; where it could not serve all last year, price rations, `(W,)`."""
        margin = self.given.target_margin * self.strategy.discount
        served = np.maximum(1 - self.unserved_share, LEAST_SERVED)
        return cost / (1 - margin) * served**-self.given.shortage_pricing

    def serve(self, demanded_gw: Array, price: Array, spending: Array) -> None:
        """Answer what customers ask as far as capacity goes; what is left of it trains.

        Training is rationed before inference, down to a floor: answers earn, training does not yet.
        """
        compute = self.market.compute
        self.used_gw = compute.used_by(self.name)
        got = {"wanted": self.wanted_gw, "suppliers": compute.contracted_by(self.name)}
        self.market.decisions.record(self.name, "contracts", "GW", got)
        self.demanded_gw = demanded_gw
        most = self.used_gw * (1 - self.given.training_floor)
        self.inference_gw = self.least("answers", "GW", customers=demanded_gw, compute=most)
        self.training_gw = self.used_gw - self.inference_gw
        served = self.inference_gw / np.maximum(demanded_gw, 1e-12)
        self.unserved_share = np.where(demanded_gw > 0, 1 - served, 0.0)
        self.service_price = price
        self.last_revenue = self.revenue
        self.revenue = spending * (1 - self.unserved_share)

    # --- plan ---

    def plan(self) -> None:
        """Forecast, want compute for this year and for the years ahead, order what is missing."""
        self.progress()
        self.inference_goal = self.demanded_gw * np.exp(self._growth_ahead(1.5))
        self.inference_goal = self.inference_goal * (1 + self.given.headroom)
        gap = np.clip(self.market.services.best_quality - self.quality, -1.0, 1.0)
        wished = self.race + self.given.race_response * gap
        self.race_step = np.maximum(self.strategy.ambition * wished, 0.0)
        self.training_goal = self.training_end * np.exp(self.race_step)
        self.race = self.race * self.given.race_fade
        self.wanted_gw = self.inference_goal + self.training_goal
        self._order_ahead()

    def progress(self) -> None:
        """Tokens cost less each year: the frontier's drift, and a part of its distance to last year's."""
        frontier = self.market.frontier
        learnt = self.closing() * (frontier.level_before - self.log_efficiency)
        self.log_efficiency = self.log_efficiency + frontier.drift + learnt

    def closing(self) -> Array:
        """The share of its distance to the frontier that it closes in a year, `(W,)`.

        What others publish closes a part. Of the rest it finds a part by itself: the more, the more its
        family trains against the one that trains most, as methods are found by experiments.
        """
        effort = self.market.frontier.effort.get(self.family, self.nothing)
        return 1 - (1 - self.given.diffusion) * (1 - self.given.own_work * effort)

    def _growth_ahead(self, years: float) -> Array:
        """Growth of revenue it expects over the next years (one of HORIZONS), log."""
        return self.strategy.optimism * self.expected_growth * self.growth_years[years]

    def _order_ahead(self) -> None:
        """Order what it will lack when new sites are ready, if it can hope to pay."""
        compute = self.market.compute
        ordered = compute.ordered_by(self.name)
        self.planned_gw = self.least("orders", "GW", **self.plan_for(ORDERED_AHEAD))
        firm = compute.firm_due_to(self.name, ORDERED_AHEAD)
        missing = self.planned_gw - compute.contracted_by(self.name) - firm - ordered
        compute.cancel(self.name, np.clip(-missing / np.maximum(ordered, 1e-12), 0.0, 1.0))
        compute.order(self.name, np.maximum(missing, 0.0))

    def plan_for(self, years: int) -> dict[str, Array]:
        """GW that it will want in some years (one of AHEAD), and that it can hope to pay then, `(W,)`.

        It knows its patron's plans: it counts on the budget of that year, as on the revenue of that year.
        """
        inference = self.demanded_gw * np.exp(self._growth_ahead(years + 1.5))
        training = self.training_goal * np.exp(self.race_step * self.given.race_fade * self.race_years[years])
        revenue = self.revenue * np.exp(self._growth_ahead(years + 1))
        more_from_patron = self.patron * ((1 + self.given.patron_growth) ** years - 1)
        hoped = revenue - self.running_cost(revenue) + self._hoped_funding() + self._own_money()
        payable = np.maximum(hoped + more_from_patron, 0.0) / self.market.compute.prices.rent
        payable = payable + self._built_by_its_firm(years)
        return {"wanted": inference * (1 + self.given.headroom) + training, "expected_funds": payable}

    def _built_by_its_firm(self, years: int) -> Array:
        """GW that its firm's own sites can add for it in some years, with their own money and credit, `(W,)`.

        Its rent stays in the firm, so what that money builds is not paid from its hopes again. Only as far as
        investors may buy it: a lab whose firm's other business pays lives on a budget.
        """
        sites = self.firm.supplier
        if sites is None or not self.raises:
            return self.nothing
        return self.investable * sites.first_refusal(self.name) * sites.payable_in(years)

    def firm_goal(self) -> dict[str, Array]:
        """GW that it wants to be sure of when its longest contracts are delivered: a part of its plan.

        Empty where its firm's other business, or a parent, pays: that needs no contract.
        """
        if not self.raises:
            return {}
        return {limit: self.given.firm_share * gw for limit, gw in self.plan_for(SIGNED_AHEAD).items()}

    def _hoped_funding(self) -> Array:
        """Outside money a year it counts on when it orders, $ bn."""
        value = self.market.capital.value.get(self.name, self.nothing)
        return self.given.funding_confidence * value + self.patron

    def _own_money(self) -> Array:
        """$ bn of its own a year that it orders on: cash, and what investors owe it, over its runway."""
        coming = self.market.capital.unpaid.owed_to(self.name) * (1 - self.given.reserve)
        return (self._spendable() + coming) / np.maximum(self.given.runway, 1.0)

    def _spendable(self) -> Array:
        """Cash beyond what it keeps for other things and its reserve, $ bn."""
        return np.maximum(self.cash - self.set_aside(), 0.0) * (1 - self.given.reserve)

    # --- fund ---

    def running_cost(self, revenue: Array) -> Array:
        """What it pays besides leases for a revenue, $ bn: people, sales, own sites, interest, other dues."""
        cost = self.given.fixed_cost + self.given.variable_cost * revenue
        return cost + self.interest_on_loans() + self.site_costs()

    def site_costs(self) -> Array:
        """What running its firm's own sites costs this year out of its purse, rent included, $ bn."""
        return self.nothing

    def works_cost(self) -> Array:
        """What was built at them this year out of its purse, $ bn."""
        return self.nothing

    def repayments(self) -> Array:
        """What it repays of loans this year, $ bn."""
        return self.loans_due() - self.interest_on_loans()

    def expected_revenue(self) -> Array:
        """$ bn it expects this year."""
        return self.revenue * np.exp(self._growth_ahead(1))

    def operating_burn(self) -> Array:
        """What a year would cost beyond revenue with all it wants, mean of this and the next, $ bn."""
        revenue = self.revenue * np.exp(self._growth_ahead(1.5))
        return self._planned_leases() + self.running_cost(revenue) - revenue

    def _planned_leases(self) -> Array:
        """What all the compute that it wants costs, mean of this year and the next, $ bn."""
        held = self.market.compute.contracted_by(self.name)
        end = np.maximum(self.wanted_gw, held)
        leases: Array = (held + 3 * end) / 4 * self.market.compute.price_for(self.name)
        return leases

    def projects(self) -> Array:
        """What it means to build and to put into others in a year, $ bn."""
        return self.set_aside()

    def funding_need(self) -> Array:
        """$ bn that its plan costs beyond revenue and patron until its runway ends, `(W,)`.

        At the plan's deepest point, as later years may earn: project finance calls it the peak funding
        requirement. From the last year for which it orders on, years cost the same.
        """
        price, given, projects = self.market.compute.price_for(self.name), self.given, self.projects()
        spent = deepest = self.nothing
        for year, gw in enumerate(self._planned_use(), start=1):
            last = np.inf if year == ORDERED_AHEAD else 1.0
            revenue = self.revenue * np.exp(self._growth_ahead(year))
            income = revenue + self.patron * (1 + given.patron_growth) ** (year - 1)
            burn = gw * price + self.running_cost(revenue) + projects - income
            spent = spent + np.clip(given.runway - (year - 1), 0.0, last) * burn
            deepest = np.maximum(deepest, spent)
        return deepest

    def _planned_use(self) -> list[Array]:
        """GW that it means to use in each year for which it orders, mean of the year, `(W,)` each.

        From what it holds to what it wants this year, then evenly to what it plans to have in the last.
        """
        held = self.market.compute.contracted_by(self.name)
        first = np.maximum(self.wanted_gw, held)
        more = beyond(self.planned_gw, first) / (ORDERED_AHEAD - 1)
        ends = [held, *(first + more * years for years in range(ORDERED_AHEAD))]
        return [(before + after) / 2 for before, after in pairwise(ends)]

    def ask(self) -> Ask | None:
        """Raise what the plan of the next years costs beyond what it has, or a usual round if that is more.

        What investors have signed for and not paid counts as raised. Where they offer more than it asks
        for, it takes up to the most that its owners would be diluted.
        """
        if not self.raises:
            return None
        capital, raising = self.market.capital, self.strategy.raising
        pre_money = self.round_price()
        coming = capital.unpaid.owed_to(self.name)
        need = np.maximum(self.funding_need() - self.cash - coming + self.repayments(), 0.0)
        signed = capital.subscribed.get(self.name, self.nothing)
        before = capital.unpaid.owed_to(self.name, before=self.market.year)
        usual = capital.window() * _sold(self.given.usual_dilution) * pre_money - signed - before
        limit = np.maximum(_sold(self.given.dilution_limit) * pre_money - signed, 0.0)
        wish, limit = np.maximum(need, usual) * raising, limit * raising
        amount = self.least("equity_ask", MONEY, need=wish, dilution=limit)
        return Ask(amount, pre_money, np.ones_like(amount), limit, np.minimum(need * raising, limit))

    def round_price(self) -> Array:
        """What it is worth before the money in a round of this year, $ bn: of a round in the middle of it.

        Its last mark, grown as it expects, and a premium that a lead pays while the window is open. What was
        signed for this year, at whatever price, is part of it.
        """
        capital = self.market.capital
        growth = np.exp(MIDYEAR * self._growth_of_value())
        premium = 1 + capital.given.lead_premium * capital.window()
        signed = capital.subscribed.get(self.name, self.nothing)
        return capital.marked.get(self.name, self.nothing) * growth * premium + signed

    def _growth_of_value(self) -> Array:
        """Growth of its value that it expects for a year, log: of revenue, at a multiple that fades."""
        capital, now = self.market.capital, self.expected_growth
        later = now * self.given.growth_fade_expected
        multiples = capital.multiple(np.expm1(later)) / np.maximum(capital.multiple(np.expm1(now)), 1e-9)
        return (later + np.log(np.maximum(multiples, 1e-9))) * capital.size

    def brought_forward(self) -> Array:
        """GW on order that it will have this year, as far as it has money to spare.

        Money to spare is beyond what its runway needs, and what its contracts and orders cost beyond
        revenue over their term. Orders fall due over the next years, a year from now in the mean: so much
        rent does each cost that comes this year, at the price of capacity that is there at once.
        """
        if self.raises:
            compute = self.market.compute
            term = self.contract_length() * compute.given.term
            needed = np.maximum(self.funding_need(), term * self._burn_once_delivered())
            spare = beyond(self.cash - self.set_aside(), needed) * (1 - self.given.reserve)
            limits = {"ordered": compute.ordered_by(self.name), "spare": spare / compute.prices.spot}
            unused = least(self._affordable()) - self.wanted_gw
            limits["money"] = np.maximum(unused, 0.0) / LATER
            self.early = self.least("brought_forward", "GW", **limits)
        return self.early

    def _burn_once_delivered(self) -> Array:
        """What a year would cost beyond revenue once all that it has ordered is there, $ bn."""
        compute = self.market.compute
        gw = compute.contracted_by(self.name) + compute.ordered_by(self.name)
        revenue = self.revenue * np.exp(self._growth_ahead(ORDERED_AHEAD + 1))
        return gw * compute.prices.spot + self.running_cost(revenue) - revenue - self.patron

    # --- build: with the money it got, cut training first ---

    def build(self) -> None:
        """Want no more compute than money can pay this year, and the next: training is cut first.

        Contracts bind for years, so what it holds at the year's end must be carried by the revenue and
        the funding that it expects for the next year, and by the cash that this year leaves.
        """
        wanted = self.wanted_gw + self.early * LATER
        self.wanted_gw = self.least("compute_budget", "GW", wanted=wanted, **self._affordable())

    def _affordable(self) -> dict[str, Array]:
        """GW at the end of the year that the money of this year, and what it leaves to the next, can pay."""
        compute = self.market.compute
        held, price = compute.contracted_by(self.name), compute.price_for(self.name)
        revenue = self.expected_revenue()
        money = self._spendable() + self.patron + revenue - self.running_cost(revenue) - self.repayments()
        payable = np.maximum(2 * np.maximum(money, 0.0) / price - held, 0.0)
        later = self.revenue * np.exp(self._growth_ahead(2))
        income = later - self.running_cost(later) + self._hoped_funding()
        # This year costs price * (held + end) / 2; what that leaves of `money` helps to pay price * end.
        carried = (income + money - price * held / 2) / (1.5 * price)
        return {"money": payable, "next_year": np.maximum(carried, 0.0)}

    def set_aside(self) -> Array:
        """Cash it keeps for its firm's own sites, $ bn."""
        sites = self.firm.supplier
        return self.nothing if sites is None else sites.from_lab()

    def for_sites(self) -> Array:
        """The part of its cash that its firm's own sites may have, $ bn."""
        return self.given.own_build_share * np.maximum(self.cash, 0.0)

    def taste(self, supplier: str) -> Array:
        """How much it likes a supplier besides its price, log points, `(W,)`."""
        return self.strategy.taste(self, supplier)

    def contract_length(self) -> Dial:
        """For how long it contracts, as a factor on the usual term."""
        return self.strategy.term

    def first_home(self, supplier: str) -> Array:
        """How much it liked a supplier when the contracts of the start were signed, log points, `(W,)`."""
        return self.nothing

    # --- settle ---

    def reckon(self) -> None:
        """What it owes for the year's compute, and what it has for it once it has paid its people.

        Take-or-pay: it owes for what it has under contract, used or not; not for its firm's own
        sites, unless roles of the firm deal at arm's length.
        """
        self.leases = self.market.compute.bills(self.name)
        self.lease_due = self._owed()
        self.running = self.running_cost(self.revenue) + self.repayments() + self.works_cost()
        self.drawn = np.clip(self.lease_due + self.running - self.cash, 0.0, self.patron)
        purse = np.maximum(self.cash + self.drawn, 0.0)
        purse = purse + self.firm.help_with(np.maximum(self.lease_due + self.running - purse, 0.0), self)
        self.running_paid = np.minimum(self.running, purse)
        self.for_leases = purse - self.running_paid

    def _owed(self) -> Array:
        """What it owes suppliers other than its own firm, $ bn, `(W,)`."""
        own = () if self.firm.arms_length else (self.name,)
        return sum((bill for supplier, bill in self.leases.items() if supplier not in own), self.nothing)

    def settle(
        self, bills: dict[str, Array], honoured: Array, deferred: Array, cut: Array, lacking: Array
    ) -> None:
        """Owe what is left after talks with suppliers and owners, $ bn, and pay a share of it, `(W,)`.

        What it lacks for its own firm's cloud is nothing that the firm leaves unpaid: no default.
        """
        self.deferred, self.price_cuts, self.lacking = deferred, cut, lacking
        self.leases, first = bills, self.lease_due
        self.lease_due, self.honoured_share = self._owed(), honoured
        limits = {"owed": self.lease_due, "cash": self.lease_due * honoured}
        self.market.decisions.record(self.name, "lease_payment", MONEY, limits)
        unpaid = self.lease_due * (1 - honoured)
        self.unpaid_share = per(unpaid, first, 0.0)
        owed = self.running + first
        own = bills.get(self.name, self.nothing) if self.firm.arms_length else self.nothing
        to_others = 1 - per(own, self.lease_due, 0.0)
        handed_back = np.minimum(unpaid, (1 - LEAST_HELD) * first)
        self.firm.default_degree = per(self.running - self.running_paid + unpaid * to_others, owed, 0.0)
        self.firm.handed_back = per(handed_back * to_others, owed, 0.0)

    def pay(self) -> None:
        """The patron pays in, then leases, a share of revenue where it is owed, own sites, and the rest."""
        ledger = self.market.ledger
        ledger.pay("outside", self.name, "capital_call", self.drawn)
        for supplier, bill in self.leases.items():
            own = supplier == self.name and not self.firm.arms_length
            honoured = 1.0 if own else self.honoured_share
            ledger.pay(self.name, supplier, "lease", bill * honoured)
            if not own:
                ledger.record(self.name, supplier, "unpaid", bill * (1 - honoured), WORTH)
        people = self.running_paid - self.works_cost() - self.share_revenue()
        self.paid_for_sites = np.minimum(self.site_costs(), people)
        people = people - self.paid_for_sites
        served = self.market.loans.serve(self.name, people) if self.borrows() else self.nothing
        ledger.pay(self.name, "outside", "opex", people - served)
        unpaid = self.lease_due * (1 - self.honoured_share)
        cost = sum(self.leases.values(), self.nothing) - unpaid
        self.training_spend = cost * self.training_part()
        self.inference_spend = cost - self.training_spend
        self.burn = self.lease_due - unpaid + self.running_paid - self.revenue

    def training_part(self) -> Array:
        """The part of its compute that it trained on this year, `(W,)`."""
        return self.training_gw / np.maximum(self.used_gw, 1e-12)

    def share_revenue(self) -> Array:
        """Pay the share of revenue it owes; returns what it paid, $ bn."""
        return self.nothing

    def market_value(self) -> Array | None:
        """A lab is worth what its services are."""
        return self.services_value if self.raises else None

    @property
    @logs("$ bn", "what its services are worth at labs' multiple of forward revenue")
    def services_value(self) -> Array:
        """Forward revenue times a multiple that grows with expected growth and falls as labs become large.

        Of a lab with investors a part counts by what it trains instead. Owners lose the part of it that it
        left unpaid of its dues, half at most.
        """
        capital = self.market.capital
        left: Array = 1 - np.minimum(self.default_degree, LOST)
        return capital.prospects[self.name] * capital.size * left

    def standing(self) -> Standing | None:
        """How much of its runway its cash, and what investors may bring, does not pay; and dues left unpaid.

        What it has signed for counts, wanted or not: of leases the larger of those that it plans with and of
        the dues of the next years. Nobody judges a lab whose firm pays for it apart from that firm.
        """
        if not self.raises:
            return None
        given = self.market.ratings.given
        signed = self.market.compute.dues_ahead(self.name, ORDERED_AHEAD)
        burn = np.maximum(self.operating_burn() + beyond(signed, self._planned_leases()), 0.0)
        lacking = per(burn, burn + np.maximum(self._own_money() + self._hoped_funding(), 0.0), 0.0)
        pulls = {
            "burn": given.runway_notches * lacking,
            "unpaid": given.unpaid_notches * self.unpaid_share,
        }
        return Standing(self.given.home_rating, pulls)

    @property
    def prospects(self) -> Array:
        """What its sales would be worth if labs were small, $ bn: a multiple of forward revenue."""
        growth = np.expm1(self.expected_growth)
        forward = self.revenue * np.exp(self.expected_growth)
        return self.market.capital.multiple(growth) * forward

    def learn(self) -> None:
        """Update what it expects and what it knows."""
        given, services = self.given, self.market.services
        grown = np.log(np.maximum(self.revenue, 1e-6) / np.maximum(self.last_revenue, 1e-6))
        expected = self.expected_growth
        # In the first year that it may sell in there is no growth to learn from.
        first_year = self.market.network.first_year(self.name, "customers", "services")
        self.surprise = (grown - expected) * float(self.market.year > first_year)
        fade = given.growth_fade_expected
        self.expected_growth = np.maximum(fade * (expected + given.learning * self.surprise), 0.0)
        self.patron = self.patron * (1 + given.patron_growth)
        if self.market.network.sources(self.name, "capacity"):  # who waits for a supplier wants on
            # What was brought forward is next year's growth, not its base.
            held = np.maximum(self.market.compute.contracted_by(self.name) - self.early * LATER, 0.0)
            self.training_end = self.training_part() * held
        relative = self.log_efficiency - self.market.frontier.level
        effective = self.training_gw * np.exp(0.5 * relative)
        self.knowledge = self.knowledge * (1 - services.given.knowledge_decay) + effective

    def close(self) -> None:
        """Give back the part of contracts and orders that it lacked money for; it keeps at least a tenth."""
        kept = np.maximum(1 - self.lacking, LEAST_HELD)
        self.given_back = self.market.guarantees.given_back(self.name, kept)
        self.market.compute.break_contracts(self.name, kept)

    # --- what is logged besides its state ---

    @property
    @logs("GW", "capacity in use at the end of the year")
    def capacity_gw(self) -> Array:
        """GW in use at the end of the year."""
        return self.market.compute.contracted_by(self.name)

    @property
    @logs("GW", "capacity on order and not delivered")
    def ordered_gw(self) -> Array:
        """GW on order."""
        return self.market.compute.ordered_by(self.name)

    @property
    @logs("GW", "capacity that it is bound to for years ahead, the most in any year to come")
    def committed_gw(self) -> Array:
        """GW it has signed for, `(W,)`."""
        return self.market.compute.committed_by(self.name)

    @property
    @logs("$ bn", "what remains due on what it has signed for")
    def commitments(self) -> Array:
        """$ bn, `(W,)`."""
        return self.market.compute.left_of_lab(self.name)

    @property
    @logs("share", "part of its equity that firms bought as it could not pay its dues, creditors paid first")
    def acquired(self) -> Array:
        """Share, `(W,)`."""
        return self.market.acquisitions.sold.get(self.name, self.nothing)

    @property
    @logs("share", "its part of what customers spend")
    def market_share(self) -> Array | None:
        """Its part of customers' spending; None where it sells to nobody."""
        return self.market.services.share_of(self.name)


def _sold(part: Array) -> Array:
    """What a part of a firm costs whoever buys it new, over what the firm was worth before, `(W,)`.

    >>> _sold(np.array([0.2]))
    array([0.25])
    """
    return part / (1 - part)


def _fading(fade: Array, years: float) -> Array:
    """The growth of the next years in years of today's growth, each year's fading by a factor, `(W,)`.

    >>> _fading(np.array([0.5]), 2.5)
    array([1.625])
    """
    whole = int(years)
    growth = sum((fade**i for i in range(whole)), np.zeros_like(fade))
    return growth + (years - whole) * fade**whole
