"""Oracle's own rules: its stake in Stargate, and how strategies scale debt and sites."""

from __future__ import annotations

import pytest

from computeshift.agents.builder import Builder
from computeshift.environment.rounds import Ask
from tests.agents.stub import Market, check, worlds

TIES = (("oracle", "stargate", "build"), ("lenders", "oracle", "debt"))


def test_its_stake_comes_out_of_half_the_means_that_sites_leave() -> None:
    market = Market(*TIES)
    oracle = market.add("oracle", ai_capex_share=1, venture_money_share=0.6, sponsor_share=0.1)
    oracle.role(Builder).business = worlds(100, 10, 0)
    oracle.plan()
    market.stargate.sponsor_shares = {"oracle": worlds(0.1)}
    offers = oracle.offers({"stargate": Ask(worlds(50), worlds(1), worlds(1))})
    # Its part is 5. Of its means 40, 4 and nothing are left by sites, and half of that is for the stake.
    check(offers["stargate"], 5, 2, 0)
    check(oracle.sponsor_share, 0.1)


@pytest.mark.parametrize(
    ("strategy", "debt", "sites", "needed"),
    [("build", 6, 10, 8), ("disciplined", 0.67 * 6, 7, 8), ("landgrab", 9, 15, 1.2 * 8)],
)
def test_strategies_scale_debt_sites_and_what_it_aims_at(
    strategy: str, debt: float, sites: float, needed: float
) -> None:
    market = Market(*TIES)
    market.assume("stargate", operator_share=0.4)
    oracle = market.add(
        "oracle",
        strategy=strategy,
        debt_limit=6,
        ai_capex_share=1,
        venture_money_share=0.5,
        venture_crews=10,
    )
    role = oracle.role(Builder)
    role.business = worlds(1000)
    market.compute.contract["oracle", "lab"] = worlds(8)
    oracle.plan()
    check(role.debt_ceiling, debt)
    check(role.venture_sites(), sites)
    check(role.needed_gw(), needed)
