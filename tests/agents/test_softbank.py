"""SoftBank's own rules: means under loan to value, forced sales, breach, default; and Japan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from computeshift.agents.softbank import Holding
from computeshift.environment.rounds import Ask, Terms
from computeshift.environment.state import Sealed
from tests.agents.stub import Market, check, worlds

TIES = (("lenders", "softbank", "debt"), ("openai", "softbank", "services"))


def a_softbank(market: Market, strategy: str = "vision", **own: Any) -> Any:
    """One with holdings of 200 and a limit of a quarter, which it plans to without a cushion."""
    own = {"initial_holdings": 200, "ltv_limit": 0.25, "ltv_ceiling": 0.35} | own
    return market.add("softbank", strategy=strategy, partner="openai", **own)


def bets(market: Market, *worth: float) -> None:
    """It holds a tenth of OpenAI, which is worth ten times as much."""
    market.capital.stakes["openai"] = {"softbank": worlds(0.1)}
    market.capital.value["openai"] = 10 * worlds(*worth)


# --- what it can pay ---


def test_its_means_are_what_its_limit_lets_it_borrow_and_what_it_will_sell() -> None:
    market = Market(*TIES)
    firm = a_softbank(
        market, initial_debt=(24, 100, 24), cushion=0.2, private_haircut=0.5, saleable_share=0.05
    )
    bets(market, 40, 40, 0)
    # It plans to a loan to value of 0.2. Lenders count 200 and half of its bets of 40: it may owe 44, and
    # 40 without bets. Of a stake bought with a borrowed dollar they lend on half: 20 / 0.9. Sells 10.
    means = firm.role(Holding).means()
    check(means, 20 / 0.9 + 10, 0, 16 / 0.9 + 10)
    borrowed = means - 10
    loan_to_value = (worlds(24) + borrowed) / (worlds(220, 220, 200) + 0.5 * borrowed)
    check(loan_to_value[[0, 2, 2]], 0.2)  # when all is borrowed and bought it is where it planned


def test_cash_above_its_usual_counts_against_debt_and_without_lenders_it_can_only_sell() -> None:
    rich = Market(*TIES)
    firm = a_softbank(rich, initial_debt=60, initial_cash=10)
    rich.has("softbank", 40, 10, 0)
    check(firm.role(Holding).means(), (50 - 30) / 0.75, 0, 0)  # net debt 30, 60 and 70, of 50 allowed
    alone = a_softbank(Market(), saleable_share=0.05)
    check(alone.role(Holding).means(), 10)


@pytest.mark.parametrize(
    ("strategy", "limit"), [("vision", 0.25), ("allin", 0.35), ("prudent", 0.125), ("exit", 0)]
)
def test_strategies_differ_in_the_limit_they_play_to(strategy: str, limit: float) -> None:
    firm = a_softbank(Market(*TIES), strategy, private_haircut=1)
    check(firm.role(Holding).means(), 200 * limit)


def test_it_signs_for_its_part_of_a_round_or_what_it_believes_in_within_its_means() -> None:
    market = Market(*TIES)
    firm = a_softbank(market, pledge=0.3, conviction=(0, 0.4, 1), private_haircut=1)
    asks = {name: Ask(worlds(100), worlds(1000), worlds(1), worlds(120)) for name in ("openai", "rival")}
    check(firm.offers({"rival": asks["rival"]})["rival"], 30)
    check(firm.offers({"openai": asks["openai"]})["openai"], 30, 30, 50)  # of means of 50
    eager = a_softbank(Market(*TIES), "allin", pledge=(0.3, 0.9, 0.9), conviction=0.5, initial_holdings=1000)
    check(eager.offers({"openai": asks["openai"]})["openai"], 120)  # 1.3 times half of 350, but no more
    assert [*market.decisions.log[-1].limits] == ["pledge", "loan_to_value"]


def test_until_openai_has_converted_a_part_of_what_it_owes_waits() -> None:
    firm = a_softbank(Market(*TIES), upfront=0.2, conditional_share=0.4)
    terms = firm.terms(Ask(worlds(100), worlds(1000), worlds(1, 0, 0.5)))
    check(terms.upfront, 0.2)
    check(terms.conditional, 0, 0.4, 0.2)


@pytest.mark.parametrize(("strategy", "part"), [("vision", 1), ("allin", 1), ("prudent", 0.6), ("exit", 0)])
def test_its_strategy_says_how_much_of_a_deal_in_talks_it_signs(strategy: str, part: float) -> None:
    assert a_softbank(Market(*TIES), strategy).signs() == part


def test_what_it_signed_for_and_has_not_paid_counts_as_debt() -> None:
    market = Market(*TIES, ("softbank", "openai", "equity"))
    firm = a_softbank(market, initial_debt=20, private_haircut=1, saleable_share=0.05)
    role = firm.role(Holding)
    bets(market, 10)
    before = role.means()
    market.capital.unpaid.sign("softbank", "openai", worlds(30), Terms(worlds(0.2), worlds(0)))
    check(firm.unpaid, 24)
    check(role.means(), *(before - 24))
    role.close()
    check(role.ltv, (20 + 24) / 210)
    check(role.nav, 210 - 20 - 24)
    check(role.payable(), 0.05 * 200 + 0.35 * 200 - 20)  # to pay it sells, and borrows up to its ceiling


# --- the market for its holdings ---


def test_its_holdings_move_with_luck_the_mood_and_news() -> None:
    market = Market(*TIES)
    firm = a_softbank(market, holdings_return=0.08, holdings_volatility=0.4, mood_exposure=0.5)
    market.draws["softbank holdings"] = worlds(0, 1, 0)
    market.capital.sentiment = worlds(1, 1, 4)
    market.strike("nav_fall", 0, 0, 0.25)
    firm.plan()
    # The return of 0.08 is what half of the squared volatility takes. A mood of 4 doubles at half exposure.
    check(firm.role(Holding).holdings, 200, 200 * np.exp(0.4), 200 * 2 * 0.75)
    market.strike("nav_fall", 0)
    firm.plan()  # the mood stays where it is
    check(firm.role(Holding).holdings, 200, 200 * np.exp(0.8), 300)


def test_a_leap_in_efficiency_costs_its_holdings_a_part_of_their_value_for_a_year() -> None:
    market = Market(*TIES)
    firm = a_softbank(market, leap_response=0.5)
    market.draws["softbank holdings"] = worlds(0)
    market.frontier.leap = np.log(worlds(1, 4, 9))
    firm.plan()
    check(firm.role(Holding).holdings, 200, 100, 200 / 3)
    market.frontier.leap = worlds(0, 0, np.log(9))
    firm.plan()  # doubts are gone, or another leap keeps them
    check(firm.role(Holding).holdings, 200, 200, 200 / 3)


# --- the year's end ---


def closed(market: Market, cash: tuple[float, ...] = (0,), strategy: str = "vision", **own: Any) -> Holding:
    role: Holding = a_softbank(market, strategy, **own).role(Holding)
    market.has("softbank", *cash)
    role.close()
    return role


def test_above_its_limit_it_sells_what_brings_it_back_or_all_it_can() -> None:
    market = Market(*TIES)
    role = closed(market, initial_debt=(40, 80, 180), fire_sale_discount=0.1)
    check(role.ltv, 0.2, 0.4, 0.9)  # before it sells
    check(role.breached, 0, 1, 1)
    check(role.firm.strained, 0, 1, 1)
    # A dollar raised repays one, but takes 1 / 0.9 off what it owns, which carried a quarter of that:
    # the second sells 30 / (1 - 0.25 / 0.9), the third at most half of its holdings.
    sold = 30 / (1 - 0.25 / 0.9)
    check(role.sold, 0, sold, 100)
    check(role.holdings, 200, 200 - sold / 0.9, 200 - 100 / 0.9)
    check(role.debt, 40, 80 - sold, 80)
    assert (role.debt / role.holdings)[1] == pytest.approx(0.25)


def test_beyond_its_policy_but_within_its_strategys_limit_it_has_breached_and_need_not_sell() -> None:
    role = closed(Market(*TIES), strategy="allin", initial_debt=(40, 60, 80), fire_sale_discount=0.1)
    check(role.breached, 0, 1, 1)  # 0.2, 0.3 and 0.4 of a policy of 0.25
    check(role.firm.strained, 0, 0.5, 1)  # 0.3 is half of the way to 0.35
    # it plays up to 0.35: the third sells until it is there
    assert (role.sold > 0).tolist() == [False, False, True]
    assert (role.debt / role.holdings)[2] == pytest.approx(0.35)


def test_it_finds_the_years_money_by_selling_down_to_its_target_and_borrows_the_rest() -> None:
    market = Market(*TIES)
    bets(market, 0, 0, 100)
    role = closed(market, (-20,), initial_debt=30, cushion=0.2, saleable_share=(0.05, 0.2, 0.2))
    # It would owe 50 on 200, 10 beyond a fifth: it sells 10 / 0.8 to be back, the first only its saleable
    # 10. On 300, with its bets, there is room for 60.
    check(role.cash, 0)
    check(role.debt, 30 + 10, 30 + 7.5, 30 + 20)
    check(role.holdings, 190, 187.5, 200)
    assert (role.debt / role.holdings)[1] == pytest.approx(0.2)


def test_spare_cash_repays_debt_and_without_lenders_it_sells_all_that_it_lacks() -> None:
    role = closed(Market(*TIES), (30, 30, 30), initial_debt=(40, 20, 0), initial_cash=5)
    check(role.debt, 15, 0, 0)
    check(role.cash, 5, 10, 30)
    alone = closed(Market(), (-20, 0, 0), saleable_share=0.01, fire_sale_discount=0.1)
    check(alone.holdings, 200 - 2 - 18 / 0.9, 200, 200)  # what is not saleable it sells in haste


def test_exit_sells_what_is_saleable_to_repay() -> None:
    role = closed(Market(*TIES), strategy="exit", initial_debt=(40, 5, 0), saleable_share=0.05)
    check(role.debt, 30, 0, 0)
    check(role.holdings, 190, 195, 200)
    check(role.means(), 0)


def test_debt_above_all_it_owns_is_a_default_and_the_excess_is_lost() -> None:
    role = closed(Market(*TIES), initial_debt=(40, 180, 400))
    check(role.default_degree, 0, 0, 200 / 300)
    # The third sells half, 100, repays as much, and owes 300 on 100.
    check(role.debt, 40, 80, 100)
    check(role.market.ledger.written_off["softbank"], 0, 0, 200)
    check(role.nav, 160, 20, 0)


def test_it_pays_interest_and_counts_its_bets() -> None:
    market = Market(("softbank", "openai", "equity"))
    firm = a_softbank(
        market, initial_debt=40, initial_coupon=0.1, paid_into_openai=0.5, stake_in_openai=0.003
    )
    check(firm.initial_stakes["openai"], 0.003)
    market.ledger.pay("softbank", "openai", "equity", worlds(5, 0, 0))
    firm.pay()
    check(market.flow("softbank", "lenders", "interest"), 4)
    check(firm.role(Holding).bet_paid, 5.5, 0.5, 0.5)


# --- Japan ---


def test_japan_buys_more_each_year_and_less_after_a_breach() -> None:
    market = Market(*TIES)
    firm = a_softbank(market, japan_commitment=3, japan_rollout=0.4)
    market.draws["softbank holdings"] = worlds(0)
    role = firm.role(Holding)
    role.ltv = role.ltv_limit + worlds(0, 0.2, 0.05)  # its ceiling is a tenth above its limit
    for bought in (1.2, 2.4, 3, 3):  # four tenths more a year, up to the whole
        firm.plan()
        check(firm.purchases("openai"), bought, bought / 2, bought * 0.75)
    check(firm.purchases("rival"), 0)
    untied = a_softbank(Market(), japan_commitment=3, japan_rollout=0.4)
    untied.market.draws["softbank holdings"] = worlds(0)
    untied.plan()
    check(untied.purchases("openai"), 0)


def test_what_matures_is_borrowed_again_or_paid_from_holdings_sold_in_haste() -> None:
    market = Market(("bank", "softbank", "debt"))
    market.add("lender", "bank", initial_depth=100, initial_capital=10)
    role: Holding = a_softbank(market, initial_debt=40, debt_term=4, fire_sale_discount=0.2).role(Holding)
    market.draws["softbank holdings"] = worlds(0)
    role.plan()
    holdings = role.holdings
    check(role.maturing, 10)
    market.credit.lines["softbank"] = Sealed({"bank": worlds(30, 4, 0)})
    role.close()
    check(market.flow("softbank", "bank", "repayment"), 10)
    check(market.flow("bank", "softbank", "debt"), 10, 4, 0)
    check(role.debt, 40, 34, 30)
    check(holdings - role.holdings, 0, 6 / 0.8, 10 / 0.8)
