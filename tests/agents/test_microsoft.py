"""Microsoft's own rules: how it splits its fleet, its right of first refusal, its stake, and trust."""

from __future__ import annotations

from typing import Any

import pytest

from computeshift.agents.microsoft import Azure, MicrosoftLab
from computeshift.environment.rounds import Ask
from tests.agents.stub import Market, check, worlds

TIES = (("microsoft", "openai", "capacity"), ("microsoft", "microsoft", "capacity"))


def a_microsoft(market: Market, strategy: str = "partner", **own: Any) -> Any:
    own = {"initial_gw": 10, "openai_share": 0.5, "initial_trust": 0.8, "inhouse_share": 0.2} | own
    return market.add("microsoft", strategy=strategy, partner="openai", **own)


def azure(market: Market, strategy: str = "partner", **own: Any) -> Azure:
    role: Azure = a_microsoft(market, strategy, **own).role(Azure)
    return role


# --- who gets its fleet ---


def test_room_for_openai_warms_with_trust() -> None:
    market = Market(*TIES)
    firm = a_microsoft(market)
    firm.trust = worlds(0.8, 0.4, 0)  # as at the start, half of it, none
    cloud = firm.role(Azure)
    check(cloud.room_for("openai"), 5, 3.75, 2.5)
    check(cloud.room_for("microsoft"), 2)
    check(cloud.room_for("other"), 7, 5.75, 4.5)  # as all labs together
    market.strike("capacity_offer", 0, 1, 3)
    check(cloud.room_for("openai"), 5, 7.5, 10)  # times 1, 2 and 4: never more than there is


def test_labs_get_together_at_least_their_part_and_at_most_the_fleet() -> None:
    check(azure(Market(), lab_share=0.9).room_in_all(), 9)
    check(azure(Market(), openai_share=0.9, inhouse_share=0.5).room_in_all(), 10)
    check(azure(Market(), "inhouse").room_for("openai"), 3)  # six tenths of the usual half


@pytest.mark.parametrize(("strategy", "refused"), [("partner", 0.4), ("gatekeeper", 0.9), ("open", 0)])
def test_its_right_of_first_refusal_is_to_openais_demand_alone(strategy: str, refused: float) -> None:
    cloud = azure(Market(), strategy, refusal=0.4)
    check(cloud.first_refusal("openai"), refused)  # four times 0.4 is cut to 0.9
    check(cloud.first_refusal("other"), 0)


def test_where_it_offers_openai_more_it_builds_for_it() -> None:
    market = Market(*TIES)
    market.assume("compute", target_utilisation=0.5)
    market.compute.contract["microsoft", "openai"] = worlds(3)
    market.compute.backlog["microsoft", "openai"] = worlds(1)
    market.strike("capacity_offer", 0, 1, 0.5)
    check(
        azure(market).needed_gw(ahead=True), 8, 8 + 8, 8 + 4
    )  # 3 + 1 GW half idle; and as much again, and half


def test_its_inhouse_effort_moves_half_way_to_a_goal_that_rises_as_trust_falls() -> None:
    firm = a_microsoft(Market(), inhouse_response=0.5)
    firm.trust = worlds(1, 0.6, 0)
    firm.plan()
    # goals 0.2, 0.2 + 0.5 * 0.4, and 0.6 at most
    check(firm.inhouse_effort, 0.2, 0.3, 0.4)
    eager = a_microsoft(Market(), "inhouse", inhouse_response=0)
    eager.plan()
    check(eager.inhouse_effort, 0.35)  # half way from 0.2 to 2.5 times 0.2


# --- trust ---


def test_trust_falls_with_inhouse_effort_refusals_and_openais_independence() -> None:
    market = Market(*TIES)
    market.add("openai", initial_capacity=1)
    market.compute.contract["microsoft", "openai"] = worlds(4, 1, 0)
    market.compute.contract["stargate", "openai"] = worlds(0, 3, 0)
    firm = a_microsoft(
        market,
        refusal=0.1,
        rivalry_weight=1,
        refusal_weight=1,
        independence_weight=(1, 0.5, 1),
        trust_speed=0.5,
    )
    firm.role(MicrosoftLab).last_revenue = worlds(0)
    firm.learn()
    # Goal 1 - 0.2 for its own models - 0.1 for refusals = 0.7; three quarters elsewhere cost 0.375 more;
    # where OpenAI has nothing it is not independent. Trust goes half way there from 0.8.
    check(firm.trust, 0.75, (0.8 + 0.325) / 2, 0.75)
    check(firm.trust_in("openai"), 0.75, 0.5625, 0.75)
    check(firm.trust_in("other"), 0)


def test_the_goal_of_trust_is_never_below_nothing_and_without_openai_trust_stays() -> None:
    market = Market(*TIES)
    firm = a_microsoft(market, rivalry_weight=10, trust_speed=1)
    firm.role(MicrosoftLab).last_revenue = worlds(0)
    firm.learn()
    check(firm.trust, 0.8)
    market.add("openai")
    firm.learn()
    check(firm.trust, 0)


# --- its stake, and its own models ---


def test_it_follows_on_as_far_as_it_trusts_within_its_budget_and_pays_from_its_own_cash() -> None:
    market = Market(("microsoft", "openai", "equity"))
    firm = a_microsoft(market, pledge=0.1, initial_budget=(100, 100, 5), stake_in_openai=0.3)
    firm.trust = worlds(0.8, 0.4, 0.8)
    offers = firm.offers({"openai": Ask(worlds(100), worlds(1), worlds(1))})
    check(offers["openai"], 8, 4, 5)
    check(firm.initial_stakes["openai"], 0.3)
    market.ledger.open_account("openai")
    market.ledger.pay("microsoft", "openai", "equity", offers["openai"])
    firm.reckon()
    firm.pay()
    check(firm.cash, -8, -4, -5)  # no owner pays it in
    none = a_microsoft(Market(), "inhouse", pledge=0.1, initial_budget=100)
    check(none.offers({"openai": Ask(worlds(100), worlds(1), worlds(1))})["openai"], 0)


def test_its_own_models_raise_nothing_and_break_no_contract() -> None:
    market = Market(*TIES)
    firm = a_microsoft(market, fixed_cost=50)
    lab = firm.role(MicrosoftLab)
    lab.wanted_gw = worlds(9)
    lab.build()
    check(lab.wanted_gw, 9)
    assert firm.ask() is None
    assert firm.market_value() is None
    market.compute.contract["microsoft", "microsoft"] = worlds(2)
    firm.reckon()
    check(lab.lease_due, 0)
    lab.close()
    assert market.compute.kept == {}
