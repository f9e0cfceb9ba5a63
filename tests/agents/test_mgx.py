"""MGX follows: as far as others filled the last round, and less in a bad mood; or it leads."""

from __future__ import annotations

import pytest

from computeshift.environment.rounds import Ask
from tests.agents.stub import Market, check, worlds

ASK = Ask(worlds(100), worlds(1000), worlds(1))


def test_a_follower_looks_at_the_last_round_and_at_the_mood() -> None:
    market = Market()
    mgx = market.add("mgx", pledge=0.1, initial_budget=100, partner="openai")
    market.capital.sentiment = worlds(1.3, 0.5, 1)
    check(mgx.offers({"openai": ASK})["openai"], 10, 5, 10)  # no round yet: only a bad mood counts
    market.capital.rounds.filled["openai"] = worlds(1, 1, 0.2)
    offers = mgx.offers({"openai": ASK})
    check(offers["openai"], 10, 5, 2)  # a good mood does not make it bolder
    assert [*market.decisions.log[-1].limits] == ["pledge", "confidence", "budget"]


@pytest.mark.parametrize(
    ("strategy", "home", "abroad", "budget"),
    [("coinvest", 10, 10, 20), ("anchor", 20, 10, 30), ("diversify", 5, 30, 20)],
)
def test_strategies_weigh_its_partner_and_the_venture_against_other_labs(
    strategy: str, home: float, abroad: float, budget: float
) -> None:
    market = Market()
    mgx = market.add("mgx", pledge=0.1, initial_budget=1000, strategy=strategy, partner="oai")
    market.stargate.sponsor_shares = {"mgx": worlds(0.1)}
    offers = mgx.offers({"oai": ASK, "stargate": ASK, "rival": ASK})
    check(offers["oai"], home)
    check(offers["stargate"], home)
    check(offers["rival"], abroad)
    poor = Market().add("mgx", pledge=1, initial_budget=20, strategy=strategy)
    check(poor.offers({"rival": ASK})["rival"], budget)  # all it has: only who leads goes beyond its budget


def test_a_leader_looks_at_neither() -> None:
    market = Market()
    mgx = market.add("mgx", pledge=0.1, initial_budget=100, strategy="anchor")
    market.capital.sentiment, market.capital.rounds.filled["openai"] = worlds(0.1), worlds(0)
    check(mgx.offers({"openai": ASK})["openai"], 10)
