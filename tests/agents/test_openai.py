"""OpenAI's own rules: conversion, Microsoft's share of its revenue, own sites, and whom it prefers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from computeshift.agents.builder import Builder
from computeshift.agents.lab import Lab
from computeshift.agents.openai import OpenAISponsor, OwnSites
from computeshift.environment.rounds import Ask
from computeshift.environment.supply import Works
from tests.agents.stub import Market, check, settle, worlds

TIES = (
    ("openai", "openai", "capacity"),
    ("openai", "microsoft", "revenue_share"),
    ("openai", "stargate", "equity"),
)


def an_openai(market: Market, strategy: str = "shift", **own: Any) -> Any:
    return market.add("openai", strategy=strategy, partner="microsoft", **own)


def test_it_converts_by_a_draw_once_and_for_good() -> None:
    market = Market()
    firm = an_openai(market, name="oai", stream="openai", conversion_chance=0.3)
    market.capital.marked["oai"] = worlds(100)
    for draws, converted in (((0.1, 0.5, 0.3), (1, 0, 0)), ((0.9, 0.2, 0.9), (1, 1, 0))):
        market.draws["openai converts"] = worlds(*draws)  # by its stream, not by its name
        firm.plan()
        check(firm.converted, *converted)
        check(firm.ask().unconditional, *converted)  # second tranches wait for it


def test_it_owes_microsoft_a_share_of_revenue_while_they_are_tied() -> None:
    market = Market(*TIES)
    lab = an_openai(market, initial_revenue=50, revenue_share=0.2, fixed_cost=5).lab
    market.add("microsoft")
    check(lab.running_cost(worlds(50)), 15)
    lab.running_paid = worlds(15, 6, 0)
    check(lab.share_revenue(), 10, 6, 0)  # a fifth of 50, out of what it pays for running
    check(market.flow("openai", "microsoft", "revenue_share"), 10, 6, 0)
    alone = an_openai(Market(), initial_revenue=50, revenue_share=0.2, fixed_cost=5).lab
    alone.running_paid = worlds(15)
    check(alone.running_cost(worlds(50)), 5)
    check(alone.share_revenue(), 0)


# --- its own sites ---


def test_it_builds_own_sites_with_a_part_of_its_cash_if_it_builds() -> None:
    for strategy, means in (("own", (3, 0, 0)), ("shift", (0, 0, 0))):
        firm = an_openai(Market(), strategy, own_build_share=0.3)
        firm.market.has("openai", 10, 0, -5)
        check(firm.role(OwnSites).means(), *means)


def test_what_it_ordered_from_itself_is_part_of_what_it_raises_for() -> None:
    market = Market(*TIES)
    market.compute.backlog["openai", "openai"] = worlds(8, 2, 0)
    firm = an_openai(market, "own", initial_crews=3)
    market.stargate.sponsor_shares = {"openai": worlds(0)}
    market.stargate.loan = worlds(0)
    # A third of its orders is converted at 10 a GW, the rest begun at 4, at most 3 GW by its crews.
    check(firm.lab.projects(), 80 / 3 + 12, 20 / 3 + 16 / 3, 0)


def test_works_that_it_planned_are_set_aside_before_it_leases() -> None:
    market = Market(*TIES)
    firm = an_openai(market, "own", own_build_share=0.5, initial_crews=1)
    market.has("openai", 40, 20, 10)
    sites, lab = firm.role(OwnSites), firm.role(Lab)
    sites.works = Works(worlds(9), worlds(9), worlds(9), worlds(9), worlds(99))  # last year's: of no account
    market.compute.backlog["openai", "openai"] = worlds(6, 6, 0)
    sites.fleet.due = worlds(2) * [[1], [0], [0], [0], [0]]
    check(lab.set_aside(), 16, 10, 0)  # two GW of chips and a shell, as far as half of its cash goes
    lab.wanted_gw = worlds(9)
    lab.build()
    # 24, 10 and 10 are left. A GW costs 5 this year, as it is had from mid-year on, and 10 in the next.
    check(lab.wanted_gw, 24 / 15, 10 / 15, 10 / 15)


def test_building_burns_money_as_a_lab_does_but_its_own_sites_cost_no_lease() -> None:
    market = Market(*TIES)
    market.assume("compute", running_cost=1)
    market.compute.contract["openai", "openai"] = worlds(2)
    firm = an_openai(market, "own", initial_gw=2, fixed_cost=3, initial_cash=50)
    sites = firm.role(OwnSites)
    sites.fleet.started, sites.fleet.completed = worlds(1), worlds(1)
    firm.reckon()
    firm.pay()
    check(firm.lab.lease_due, 0)
    check(market.flow("openai", "outside", "capex"), 10)
    check(market.flow("openai", "outside", "opex"), 3 + 2)  # people, and running 2 GW
    check(firm.lab.burn, 15)
    check(firm.cash, 35)


def test_own_sites_come_out_of_its_purse_before_people_and_leases_and_what_is_lacking_is_unpaid() -> None:
    market = Market(*TIES, ("cloud", "openai", "capacity"))
    market.assume("compute", running_cost=1)
    market.compute.contract["cloud", "openai"] = worlds(1)
    firm = an_openai(market, "own", initial_gw=2, fixed_cost=3)
    market.has("openai", 30, 16, 7)
    firm.role(OwnSites).fleet.started = worlds(1)
    leases: Any = market.shell_leases
    leases.due_from = lambda lessee: worlds(5)
    leases.pay = lambda lessee, part: market.ledger.pay(lessee, "landlords", "shell_rent", 5 * part)
    check(firm.lab.running_cost(worlds(0)), 3 + 2 + 5)  # it plans with power and the year's rent
    firm.reckon()
    settle(firm.lab)
    firm.pay()
    # Building costs 4, power and rent 7, people 3, and its lease 10.
    check(market.flow("openai", "outside", "capex"), 4)
    check(market.flow("openai", "landlords", "shell_rent"), 5, 5, 5 * 3 / 7)
    check(market.flow("openai", "outside", "opex"), 2 + 3, 2 + 3, 2 * 3 / 7)
    check(market.flow("openai", "cloud", "lease"), 10, 2, 0)
    check(firm.default_degree, 0, 8 / 24, 17 / 24)
    check(firm.lab.burn, 24, 16, 7)
    check(firm.cash, 6, 0, 0)


# --- Stargate ---


def test_its_part_of_stargate_comes_from_its_cash_and_is_raised_for() -> None:
    market = Market(*TIES, ("oracle", "stargate", "build"))
    firm = an_openai(market, stargate_cash_share=0.5)
    market.stargate.sponsor_shares = {"openai": worlds(0.2)}
    market.stargate.loan = worlds(0.5)
    market.stargate.fleet.due = worlds(10) * [[1], [0], [0], [0], [0]]
    market.compute.contract["stargate", "lab"] = worlds(10)
    market.add("oracle").role(Builder).venture_money = worlds(99)
    market.has("openai", 100, 4, -5)
    # Chips for 10 GW cost 60; lenders pay half; its part of 30 is 6.
    check(firm.role(OpenAISponsor).call(), 6)
    check(firm.lab.projects(), 6)
    called = {"stargate": Ask(worlds(30), worlds(1), worlds(1))}
    check(firm.offers(called)["stargate"], 6, 2, 0)  # within half of its cash
    check(an_openai(Market()).role(OpenAISponsor).call(), 0)


# --- whom it likes ---


@pytest.mark.parametrize(
    ("strategy", "microsoft", "stargate", "own"),
    [
        # With independence 2 and loyalty 1, at full trust, half of it, and nearly none:
        ("shift", (1, 0.5, 0.05), (2, 3, 3.9), -20),
        ("stay", (3, 2.5, 2.05), 0, -20),
        ("spread", (0, 0, 0), 0, -20),
        ("own", (1, 0.5, 0.05), 0, (2, 3, 3.9)),
        ("retrench", (1, 0.5, 0.05), (2, 3, 3.9), -20),
    ],
)
def test_tastes(strategy: str, microsoft: Any, stargate: Any, own: Any) -> None:
    market = Market()
    lab = an_openai(market, strategy, independence=2, loyalty=1).lab
    market.add("microsoft", initial_trust=(1, 0.5, 0.05), partner="openai")
    for supplier, points in (("microsoft", microsoft), ("stargate", stargate), ("openai", own), ("b", 0)):
        check(lab.taste(supplier), *np.atleast_1d(points))


def test_azure_was_its_first_home() -> None:
    lab = an_openai(Market()).lab
    check(lab.first_home("microsoft"), 0)
    check(lab.first_home("oracle"), -20)


def test_without_microsoft_there_is_no_trust() -> None:
    check(an_openai(Market()).lab.partners_trust(), 0)


def test_retrench_expects_trains_and_raises_less() -> None:
    market = Market()
    own = {
        "initial_expected_growth": 1.0,
        "growth_fade_expected": 1.0,
        "race": 1.0,
        "funding_confidence": 0.1,
    }
    lab = an_openai(market, "retrench", initial_revenue=10, runway=1, dilution_limit=0.5, **own).lab
    market.capital.value["openai"] = market.capital.marked["openai"] = worlds(100)
    lab.training_end = worlds(2)
    lab.plan()
    check(lab.expected_revenue(), 10 * np.exp(0.6))
    check(lab.training_goal, 2 * np.exp(0.4))
    hoped = market.decisions.log[0].limits["expected_funds"]
    check(hoped, (10 * np.exp(0.6 * 4) + 0.7 * 10) / 10)
    lab.revenue, lab.wanted_gw = worlds(0), worlds(4)
    check(lab.ask().amount, 0.7 * 20)  # from 0 to 4 GW: 2 in the mean of the year, at 10
    assert lab.contract_length() == 0.7
