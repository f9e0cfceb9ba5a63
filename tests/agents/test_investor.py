"""Roles that pay equity in: tickets within means, a budget from owners, a sponsor's part of a call."""

from __future__ import annotations

from typing import Any

from computeshift.agents.investor import Follow, Investor, Sponsor
from computeshift.environment.rounds import Ask
from computeshift.environment.setup import Array
from tests.agents.stub import Market, check, worlds


def asks(**amounts: float) -> dict[str, Ask]:
    """Rounds of firms that are worth 100 each."""
    return {name: Ask(worlds(amount), worlds(100), worlds(1)) for name, amount in amounts.items()}


def test_tickets_are_scaled_to_means_all_by_the_same_factor() -> None:
    market = Market()
    fund = market.add("investor", pledge=0.5, initial_budget=(30, 10, 0))
    offers = fund.offers(asks(lab=10, rival=20))
    # It would pay 5 and 10: it can, it can pay two thirds, it has nothing.
    check(offers["lab"], 5, 10 / 3, 0)
    check(offers["rival"], 10, 20 / 3, 0)
    logged = {made.name: made.limits for made in market.decisions.log}
    market.ledger.open_account("lab")
    market.capital.issue("lab", {"investor": offers["lab"]}, worlds(100))
    check(fund.left_to_invest(), 25, 20 / 3, 0)
    assert [*logged["ticket_lab"]] == ["pledge", "budget"]
    check(logged["ticket_lab"]["pledge"], 5)
    check(logged["ticket_lab"]["budget"], 10, 10 / 3, 0)


def test_a_backer_pays_what_second_thoughts_leave() -> None:
    class Doubtful(Investor):
        def wishes(self, target: str, ask: Ask) -> dict[str, Array]:
            return {"pledge": ask.amount, "confidence": worlds(0.5, 1, 0) * ask.amount}

    fund = Market().add("investor", initial_budget=6)
    doubtful = Doubtful(fund)
    doubtful.adopt(fund.role(Investor).given, Follow())
    doubtful.found()
    check(doubtful.offers(asks(lab=10))["lab"], 5, 6, 0)


def test_a_sponsor_among_investors_pays_its_part_of_the_ventures_call() -> None:
    market = Market()
    fund = market.add("investor", pledge=0.9, initial_budget=100, sponsor_share=0.1)
    market.stargate.sponsor_shares = {"investor": worlds(0.1, 0.2, 0)}  # with what it covers of others
    check(fund.offers(asks(stargate=50))["stargate"], 5, 10, 0)
    check(fund.sponsor_share, 0.1)


def test_owners_pay_in_what_it_invested_and_its_budget_grows() -> None:
    market = Market(("investor", "lab", "equity"))
    fund = market.add("investor", initial_budget=10, budget_growth=0.1)
    market.ledger.pay("investor", "lab", "equity", worlds(4, 1, 0))
    fund.pay()
    check(market.flow("outside", "investor", "capital_call"), 4, 1, 0)
    check(fund.cash, 0)
    fund.close()

    class Keen(Follow):
        appetite = 2.0

    role: Any = fund.role(Investor)
    role.adopt(role.given, Keen())
    check(role.means(), 22)


class Donor(Sponsor):
    """A sponsor that pays out of its cash."""

    def purse(self) -> dict[str, Array]:
        return {"cash": self.cash}


def test_a_sponsor_pays_its_part_of_a_call_within_its_purse() -> None:
    market = Market()
    donor = Donor(market.add("investor"))
    market.has("investor", 10, 10, 0)
    market.stargate.sponsor_shares = {"investor": worlds(0.4)}
    called = {"stargate": Ask(worlds(10, 100, 10), worlds(100), worlds(1))}
    check(donor.offers(called)["stargate"], 4, 10, 0)  # owes 4, 40 and 4
    assert donor.offers(asks(lab=10)) == {}
    (ticket,) = market.decisions.log
    assert (ticket.name, [*ticket.limits]) == ("ticket_stargate", ["pledge", "cash"])
