"""What every firm has: roles that act in their order, one purse, a partner, and errors that say why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from computeshift.agents.firm import Firm
from computeshift.agents.lab import Lab
from computeshift.agents.role import Role
from computeshift.agents.strategy import Strategy
from computeshift.environment.log import logged
from computeshift.environment.rounds import Ask
from computeshift.environment.setup import Array, FirmSetup
from tests.agents.stub import Market, check, worlds


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """No parameters."""


class Noted(Role):
    """A role that notes in which phase it acts, and has these numbers."""

    Parameters = Nothing
    number = 0.0
    mood: Array = logged("", "set when it plans")

    def plan(self) -> None:
        self.note("plan")
        self.mood = worlds(1, 2, 3)

    def reckon(self) -> None:
        self.note("reckon")
        self.firm.default_degree = worlds(0, 0.01, 0.02)

    def pay(self) -> None:
        self.note("pay")

    def note(self, phase: str) -> None:
        NOTES.append(f"{self.label} {phase}")

    @property
    def initial_cash(self) -> Array:
        return worlds(self.number)

    initial_debt = sponsor_share = initial_cash

    @property
    def initial_stakes(self) -> Mapping[str, Array]:
        return {self.label: worlds(self.number)}

    def offers(self, asks: dict[str, Ask]) -> dict[str, Array]:
        return {"target": worlds(self.number), self.label: worlds(1)}

    def purchases(self, lab: str) -> Array:
        return worlds(self.number)

    def market_value(self) -> Array | None:
        return worlds(self.number) if self.number else None


class First(Noted):
    label = "first"


class Second(Noted):
    label = "second"
    number = 4.0


class Third(Noted):
    label = "third"
    number = 3.0


NOTES: list[str] = []


class Plain(Firm):
    """A firm without strategies."""

    partner_kind = "lab"

    def _played_by(self, role: Role) -> Strategy:
        return Strategy()


def a_firm(market: Market, partner: str | None = "") -> Plain:
    firm = Plain(market, FirmSetup("acme", "plain", "", "acme", partner), (First, Second, Third))
    market.ledger.open_account("acme", worlds(7, 0, -1))
    NOTES.clear()
    return firm


def test_roles_act_in_their_order_and_pay_in_the_reverse_one() -> None:
    firm = a_firm(Market())
    firm.plan()
    firm.reckon()
    firm.pay()
    assert NOTES[:3] == ["first plan", "second plan", "third plan"]
    assert NOTES[3:6] == ["first reckon", "second reckon", "third reckon"]
    assert NOTES[6:] == ["third pay", "second pay", "first pay"]


def test_what_it_has_at_the_start_is_its_roles_largest_and_what_it_stands_for_is_their_sum() -> None:
    firm = a_firm(Market())
    check(firm.initial_cash, 4)
    check(firm.initial_debt, 4)
    check(firm.sponsor_share, 7)
    assert firm.initial_stakes.keys() == {"first", "second", "third"}
    check(firm.weight, 0)


def test_what_its_roles_offer_and_buy_adds_up_and_the_first_that_is_valued_says_its_value() -> None:
    firm = a_firm(Market())
    offers = firm.offers({})
    check(offers["target"], 7)
    check(offers["second"], 1)
    check(firm.purchases("lab"), 7)
    value = firm.market_value()
    assert value is not None
    check(value, 4)
    assert firm.ask() is None


def test_one_purse_serves_all_roles_and_has_no_more_to_give() -> None:
    firm = a_firm(Market())
    for role in firm.roles.values():
        check(role.cash, 7, 0, -1)
        check(firm.help_with(worlds(5), role), 0)


def test_a_default_is_of_one_year() -> None:
    firm = a_firm(Market())
    firm.reckon()
    check(firm.default_degree, 0, 0.01, 0.02)
    check(firm.defaulted, 0, 0, 1)  # what is above one part in a hundred
    check(firm.strained, 0, 0.01, 0.02)
    firm.roles = {}
    firm.reckon()
    check(firm.default_degree, 0)
    check(firm.defaulted, 0)


def test_it_logs_what_it_and_its_roles_declare_added_up_and_nothing_that_is_not_set() -> None:
    firm = a_firm(Market())
    check(firm.logged("cash"), 7, 0, -1)
    assert firm.logged("trust") is None
    with pytest.raises(AttributeError, match=r"First\.mood is declared as logged, and was never set"):
        firm.logged("mood")
    firm.plan()
    check(firm.logged("mood"), 3, 6, 9)  # three roles log it: it is added up


def test_its_partner_is_the_first_firm_of_the_usual_kind_unless_its_config_says_otherwise() -> None:
    market = Market()
    others = (
        FirmSetup("b", "cloud", "", "b"),
        FirmSetup("c", "lab", "", "c"),
        FirmSetup("d", "lab", "", "d"),
    )
    market.setup = replace(market.setup, firms=others)
    assert a_firm(market, None).partner == "c"
    assert a_firm(market, "d").partner == "d"
    assert a_firm(market, "").partner == ""


def test_a_strategy_or_a_role_that_it_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"lab \(lab\) has no strategy 'win': default"):
        Market().add("lab", strategy="win")
    with pytest.raises(LookupError, match="acme has no role Lab"):
        a_firm(Market()).role(Lab)


def test_new_numbers_reach_its_roles() -> None:
    market = Market()
    firm: Any = market.add("lab", initial_cash=1)
    market.setup.parameters["lab.fixed_cost"] = worlds(3)  # type: ignore[index]
    firm.adopt(FirmSetup("lab", "lab", "default", "lab"))
    check(firm.lab.running_cost(worlds(0)), 3)
    firm.dissolve()
    assert vars(firm) == {}
