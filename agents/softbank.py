"""SoftBank: it bets with what it owns and what that lets it borrow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeshift.agents.dials import Dial, Flag
from computeshift.agents.firm import Firm
from computeshift.agents.investor import Backer, BackerParameters, InvestorDials
from computeshift.agents.kinds import kind
from computeshift.agents.maturity import owe_on, roll_over
from computeshift.agents.strategy import Strategy, strategy
from computeshift.environment.bounds import bounded
from computeshift.environment.decisions import HAIR
from computeshift.environment.ledger import MONEY
from computeshift.environment.log import logged, logs
from computeshift.environment.ratings import Standing, doublings
from computeshift.environment.rounds import Ask, Terms
from computeshift.environment.setup import Array, beyond, per

YIELD = 0.15  # of its holdings' value: what they bring in a year counts as its earnings


@dataclass(frozen=True, kw_only=True)
class SoftBankParameters(BackerParameters):
    """Holdings, debt and the policy that ties them."""

    initial_cash: Array = bounded(0, 10_000, "cash at the start, which it keeps")
    initial_holdings: Array = bounded(
        0.1, 10_000, "market value at the start of its holdings besides AI stakes"
    )
    holdings_return: Array = bounded(-1, 2, "expected return on its holdings besides AI stakes")
    holdings_volatility: Array = bounded(
        0, 2, "standard deviation of random moves in its holdings besides AI stakes"
    )
    mood_exposure: Array = bounded(0, 5, "response of its holdings besides AI stakes to investors' mood")
    leap_response: Array = bounded(
        0, 3, "fall of its holdings besides AI stakes, for a year, as the frontier leaps in efficiency"
    )
    initial_debt: Array = bounded(0, 10_000, "debt at the start")
    initial_coupon: Array = bounded(0, 1, "mean interest rate on the debt of the start")
    ltv_limit: Array = bounded(0, 1, "loan to value that its policy allows in normal times")
    ltv_ceiling: Array = bounded(0, 1, "loan to value that its policy allows in an emergency")
    cushion: Array = bounded(0, 1, "distance to its limit on loan to value that it keeps for a bad year")
    # Sold for need and to deleverage in one year, each up to this share: together at most all.
    saleable_share: Array = bounded(0, 0.5, "most of its holdings that it sells at the market's price")
    private_haircut: Array = bounded(0, 1, "part of its AI stakes' value that lenders do not lend on")
    fire_sale_discount: Array = bounded(0, 0.5, "discount on holdings that it sells in haste")
    conditional_share: Array = bounded(0, 1, "payment that waits until OpenAI has converted")
    stake_in_openai: Array = bounded(0, 1, "part of OpenAI's equity that it holds at the start")
    paid_into_openai: Array = bounded(0, 10_000, "money paid into OpenAI before the start")
    conviction: Array = bounded(0, 1, "least that it offers when OpenAI raises money")
    japan_commitment: Array = bounded(0, 1000, "services that it has agreed to buy from OpenAI for Japan")
    japan_rollout: Array = bounded(
        0, 1, "part of the services for Japan that is added until they are at full size"
    )
    home_rating: Array = bounded(1, 21, "credit rating at the start: 1 is AAA, 9 is BBB, 21 is C")
    debt_term: Array = bounded(1, 100, "mean life of its debt that has no fixed date")


class SoftBankStrategy(InvestorDials, Strategy):
    """How SoftBank plays."""

    boldness: Dial = 1.0
    """Factor on what policy and sales would let it pay."""
    deleverages: Flag = False
    """Whether it sells what is saleable to repay debt."""
    lead: Dial = 1.0
    """Factor on the part of rounds it takes, and on what it would put into its partner anyway."""

    def limit(self, softbank: Holding) -> Array:
        """The loan to value it borrows up to, `(W,)`."""
        return softbank.given.ltv_limit


@strategy("softbank", "vision")
class Vision(SoftBankStrategy):
    """All in on AI, with leverage up to the limit of its policy."""


@strategy("softbank", "allin")
class AllIn(SoftBankStrategy):
    """Past the policy's limit, up to its emergency ceiling, and a larger part of each round."""

    lead = 1.3

    def limit(self, softbank: Holding) -> Array:
        """The emergency ceiling."""
        return softbank.given.ltv_ceiling


@strategy("softbank", "prudent")
class Prudent(SoftBankStrategy):
    """Half of what the policy allows, and a smaller part of each round."""

    lead = 0.6

    def limit(self, softbank: Holding) -> Array:
        """Half of the policy's limit."""
        return softbank.given.ltv_limit / 2


@strategy("softbank", "exit")
class Exit(SoftBankStrategy):
    """Invest no more: sell what it can each year to repay its debts."""

    boldness = 0.0
    deleverages = True


class Holding(Backer):
    """SoftBank's holdings, what they let it borrow, and what it bets; and a customer in Japan."""

    label = "holding"
    payoff = ("holdings", "stakes", "net_debt", "at_start")
    purse = "loan_to_value"
    takes = frozenset({"debt", "services"})
    has_debt = True
    strategy: SoftBankStrategy
    given: SoftBankParameters

    nav: Array = logged("$ bn", "net asset value")
    initial_nav: Array = logged("$ bn", "net asset value at the end of the start year")
    ltv: Array = logged("share", "loan to value, what it owes on shares included, before forced sales")
    ltv_limit: Array = logged("share", "loan to value its policy allows in normal times")
    breached: Array = logged("0/1", "loan to value above the policy's limit for normal times")
    bet_paid: Array = logged("$ bn", "paid into OpenAI and Stargate, cumulative")
    sold: Array = logged("$ bn", "holdings sold this year")
    maturing: Array = logged("$ bn", "what of its debt fell due this year, to be paid or borrowed again")
    holdings: Array = logged("$ bn", "other holdings at market value")

    @property
    def initial_cash(self) -> Array:
        """What its firm has at the start, $ bn."""
        return self.given.initial_cash

    @property
    def initial_debt(self) -> Array:
        """What its firm owes at the start, $ bn."""
        return self.given.initial_debt

    @property
    def initial_coupon(self) -> Array:
        """The mean rate that its firm pays on what it owes at the start, a share a year."""
        return self.given.initial_coupon

    def found(self) -> None:
        """The state at the end of the start year."""
        given = self.given
        self.holdings = given.initial_holdings
        self.bet_paid = given.paid_into_openai
        self.ltv_limit = given.ltv_limit
        self.ltv = given.initial_debt / given.initial_holdings
        self.nav = self.initial_nav = given.initial_holdings - given.initial_debt
        self.breached = self.sold = self.maturing = self.interest = self.nothing
        self.years = 0
        self.last_mood = self.last_doubt = self.nothing

    def plan(self) -> None:
        """Its other holdings move with the market, with luck and with news; a part of its debt falls due.

        Half of them is Arm, which designs chips: a leap in efficiency makes owners doubt that so many will be
        needed, until the next year.
        """
        market, given = self.market, self.given
        self.maturing = market.credit.fall_due(self.name, 1 / given.debt_term)
        luck = market.draws.normal(f"{self.firm.stream} holdings", market.year)
        drift = given.holdings_return + given.holdings_volatility * luck
        mood = np.log(market.capital.sentiment)
        drift = drift + given.mood_exposure * (mood - self.last_mood)
        doubt = given.leap_response * market.frontier.leap
        drift = drift - (doubt - self.last_doubt)
        self.last_mood, self.last_doubt = mood, doubt
        self.holdings = self.holdings * np.exp(drift - given.holdings_volatility**2 / 2)
        self.holdings = self.holdings * (1 - market.news.nav_fall())
        self.years = self.years + int(market.network.tied(self.firm.partner, self.name, "services"))

    # --- what it can still pay ---

    def means(self) -> Array:
        """Equity it can sign for, $ bn: what its policy lets it owe, and what it will sell.

        What it has signed for and not paid counts as debt. What its strategy leaves of these means is for
        the whole year: what it has put in is no more there.
        """
        # A dollar borrowed to buy a stake adds a dollar to debt, and the lenders' part to assets.
        limit = self._target()
        taken = limit * (1 - self.given.private_haircut)
        headroom = self._headroom(limit) - self.unpaid * float(self.may_borrow())
        headroom = headroom / np.maximum(1 - taken, HAIR)
        saleable = self.given.saleable_share * self.holdings
        placed = self.market.capital.placed.get(self.name, self.nothing)
        return np.maximum(self.strategy.boldness * (headroom + saleable + placed) - placed, 0.0)

    def _headroom(self, limit: Dial) -> Array:
        """What lenders still lend up to a loan to value, beyond what matures, $ bn, `(W,)`.

        Negative where it owes more, or can't borrow again what matures.
        """
        granted = self.market.credit.granted_of(self.name, self.maturing + self._below(limit))
        return granted * float(self.may_borrow()) - self.maturing

    def _below(self, limit: Dial) -> Array:
        """By how much it owes less than a loan to value allows, $ bn, `(W,)`."""
        # Lenders take listed shares at their price, private stakes at a part of their last mark.
        assets = self.holdings + (1 - self.given.private_haircut) * self.bets()
        return limit * assets - self.net_debt()

    def credit_asked(self) -> Array:
        """What it may have to borrow, $ bn: what matures, what its limit leaves, what it has signed for."""
        wanted = self.maturing + np.maximum(self._below(self.strategy.limit(self)), 0.0) + self.unpaid
        return np.minimum(wanted, self.credit_limit())

    def credit_limit(self) -> Array:
        """$ bn up to its ceiling, and what matures."""
        return self.maturing + np.maximum(self._below(self.given.ltv_ceiling), 0.0)

    def payable(self) -> Array:
        """What it can pay of what falls due, $ bn: it sells what is saleable, then borrows to its ceiling."""
        saleable = self.given.saleable_share * self.holdings
        return saleable + np.maximum(self._headroom(self.given.ltv_ceiling), 0.0)

    def signs(self) -> Dial:
        """The part of an equity deal given in a config that it signs: all of it, if it is bold enough."""
        return np.minimum(self.strategy.lead, 1.0) * np.minimum(self.strategy.boldness, 1.0)

    def terms(self, ask: Ask) -> Terms:
        """It pays a part at once; a part of the rest waits until a condition is met."""
        return Terms(self.given.upfront, self.given.conditional_share * (1 - ask.unconditional))

    @property
    def initial_stakes(self) -> dict[str, Array]:
        """Its stake in its partner, OpenAI."""
        return {self.firm.partner: self.given.stake_in_openai} if self.firm.partner else {}

    def wishes(self, target: str, ask: Ask) -> dict[str, Array]:
        """Its part of a round; in its partner's it puts in what conviction tells it, if that is more."""
        part = np.minimum(self.strategy.lead * self.strategy.pledge(self, target), 1.0)
        wish = part * ask.amount
        if target == self.firm.partner:
            wish = np.maximum(wish, self.strategy.lead * self.given.conviction * self.means())
        return {"pledge": np.minimum(wish, ask.limit)}

    def _target(self) -> Array:
        """The loan to value it plans to, below the limit by a cushion for a bad year."""
        return self.strategy.limit(self) * (1 - self.given.cushion)

    def bets(self) -> Array:
        """What its stakes in AI are worth at the last mark, $ bn."""
        return self.firm.stake_value

    @property
    def unpaid(self) -> Array:
        """What it has signed to pay into others and not paid yet, $ bn."""
        return self.market.capital.unpaid.owed_by(self.name)

    def net_debt(self) -> Array:
        """Debt less the cash beyond what it keeps, $ bn."""
        return self.debt - (self.cash - self.given.initial_cash)

    # --- Japan ---

    def purchases(self, lab: str) -> Array:
        """What its group buys of OpenAI's services (SB OpenAI Japan), $ bn.

        Rolled out over some years, and cut by up to half in a year after it was strained.
        """
        rollout = np.minimum(self.given.japan_rollout * self.years, 1.0)
        if lab != self.firm.partner:
            return self.nothing
        return self.given.japan_commitment * rollout * (1 - 0.5 * self.strain())

    # --- settle ---

    def pay(self) -> None:
        """Interest."""
        self.interest = self.interest_rate * self.debt
        self.market.credit.pay_interest(self.name, self.interest)
        self.bet_paid = self.bet_paid + self.invested

    def close(self) -> None:
        """Find the year's money: for debt that matures, then for its usual cash.

        It sells down to its target, borrows as far as lenders grant it, and sells more for what they don't:
        what is saleable at the market's price, the rest in haste. Above its limit, it sells more still.
        """
        credit, usual = self.market.credit, self.given.initial_cash
        left = roll_over(self, self.maturing, self.cash, kept=usual).left
        lacking, spare = left + beyond(usual, self.cash), beyond(self.cash, usual)
        saleable = self.given.saleable_share * self.holdings
        planned = self._planned_sale(lacking)
        lent = np.minimum(lacking - planned, credit.line(self.name))
        credit.lend(self.name, lent)
        ordinary = planned + np.minimum(lacking - planned - lent, saleable - planned)
        credit.repay(self.name, np.minimum(spare, self.debt))
        deleverages = self.strategy.deleverages
        if np.ndim(deleverages) or deleverages:  # a plain no posts nothing
            repaid = np.where(deleverages, np.minimum(saleable, self.debt), 0.0)
            credit.repay(self.name, repaid)
            ordinary = ordinary + repaid
            lacking = lacking + repaid
        hurried = np.minimum(lacking - lent - ordinary, self.holdings / 2)
        self._sell(ordinary, self.nothing)
        hurried = self._sell(hurried, self.given.fire_sale_discount)
        met = np.minimum(left, ordinary + hurried)
        credit.repay(self.name, met)
        due = self.interest + self.invested + self.maturing
        owe_on(self, np.maximum(-self.cash, 0.0), left - met, due)
        forced = hurried + self._meet_limit()
        self.sold = ordinary + forced
        self._default()
        self.nav = self.holdings + self.bets() - self.net_debt() - self.unpaid

    def standing(self) -> Standing:
        """Debt and what it has signed for, over what its holdings would bring in a year."""
        given, owed = self.market.ratings.given, self.net_debt() + self.unpaid
        leverage = doublings(np.maximum(owed, 0.0), YIELD * self.holdings)
        pulls = {
            "leverage": given.leverage_notches * leverage,
            "unpaid": given.unpaid_notches * self.firm.default_degree,
        }
        return Standing(self.given.home_rating, pulls)

    def _planned_sale(self, need: Array) -> Array:
        """What it sells at the market's price before it borrows, $ bn: what takes it down to its target."""
        limit = self._target()
        excess = self.net_debt() + self.unpaid - limit * (self.holdings + self.bets())
        saleable = self.given.saleable_share * self.holdings
        sale = np.maximum(excess / np.maximum(1 - limit, HAIR), 0.0)
        return self.least("holdings_sale", MONEY, need=need, excess_debt=sale, saleable=saleable)

    def _meet_limit(self) -> Array:
        """Mark to market; above the limit, sell until below it, if it can; returns what it sold."""
        assets, owed = self.holdings + self.bets(), self.net_debt() + self.unpaid
        self.ltv = owed / np.maximum(assets, 1e-6)
        # Breach of its own policy's limit, whatever limit the strategy plays to; a hair for rounding.
        self.breached = (self.ltv > self.ltv_limit + 1e-3).astype(float)
        limit = self.strategy.limit(self)
        # Where a sale gives up more than it repays, none brings it below: it sells all it can.
        lost = limit / (1 - self.given.fire_sale_discount)
        excess = np.maximum(owed - limit * assets, 0.0) / np.maximum(1 - lost, HAIR)
        forced = self.least("forced_sale", MONEY, need=excess, saleable=0.5 * self.holdings)
        self._sell(forced, self.given.fire_sale_discount)
        self.market.credit.repay(self.name, np.minimum(forced, self.debt))
        return forced

    def strain(self) -> Array:
        """How far its loan to value is above its limit for normal times: 1 at its ceiling, `(W,)`."""
        width = np.maximum(self.given.ltv_ceiling - self.ltv_limit, HAIR)
        return np.clip((self.ltv - self.ltv_limit) / width, 0.0, 1.0)

    def _default(self) -> None:
        """Lenders write off what it owes above all it owns: that part of its debt is in default."""
        lost = np.maximum(self.net_debt() - (self.holdings + self.bets()), 0.0)
        lost = np.minimum(lost, np.maximum(self.debt, 0.0))  # all repaid, rounding may leave a hair
        degree = per(lost, self.debt, 0.0)
        self.firm.default_degree = np.maximum(self.firm.default_degree, degree)
        self.market.credit.write_off(self.name, lost)

    def _sell(self, proceeds: Array, discount: Array) -> Array:
        """Sell holdings for `proceeds`, $ bn, giving up a discount: no more than there are. Returns them."""
        proceeds = np.minimum(proceeds, self.holdings * (1 - discount))
        self.holdings = np.maximum(self.holdings - proceeds / (1 - discount), 0.0)
        self.market.ledger.pay("outside", self.name, "proceeds", proceeds)
        return proceeds

    @property
    @logs("$ bn", "what those stakes are worth")
    def bet_value(self) -> Array:
        """What its stakes in OpenAI and Stargate are worth, $ bn."""
        return self.bets()

    @property
    @logs("share a year", "what it pays on its debt to lenders: the mean of all, old and new")
    def interest_rate(self) -> Array:
        """Share a year."""
        return self.market.credit.coupon(self.name)

    @property
    @logs("share a year", "what new debt costs it, by its rating of the end of last year")
    def borrowing_rate(self) -> Array:
        """Share a year."""
        return self.market.ratings.rate_of(self.name)


@kind("softbank", Holding, label="SoftBank", colour="#CC79A7")
class SoftBank(Firm):
    """SoftBank: net asset value, loan to value, margin debt, forced sales; and a customer in Japan."""

    Parameters = SoftBankParameters
    partner_kind = "openai"

    @property
    def strained(self) -> Array:
        """Share by which its guarantees are worth less: it is above its limit on loan to value."""
        return self.role(Holding).strain()
