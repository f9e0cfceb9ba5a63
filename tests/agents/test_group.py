"""A firm of several roles from a config: its purses, its help, its names, and its books as separate firms."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from computeshift.agents import KINDS, kinds
from computeshift.agents.chipmaker import Chipmaker
from computeshift.agents.cloud import Cloud
from computeshift.agents.firm import Firm
from computeshift.agents.group import names_of
from computeshift.agents.investor import Investor
from computeshift.agents.lab import Lab
from computeshift.agents.openai import OpenAI, OpenAILab, OpenAISponsor, OwnSites
from computeshift.agents.role import Role
from computeshift.agents.strategy import strategies_of
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array
from computeshift.experiments.cli.main import main
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.run.design import design, setup
from tests.agents.stub import Market, check, settle, worlds

# --- by hand: whose money it is ---


def a_group(market: Market, kind: str = "cloud+lab", **own: Any) -> Any:
    return market.add(kind, "acme", **own)


def purses(group: Any, **cash: tuple[float, ...]) -> None:
    """Set what each role has."""
    for role, amount in cash.items():
        group.purses[role] = worlds(*amount)
    group.market.has("acme", *sum(group.purses.values(), worlds(0)))


def test_what_it_has_at_the_start_is_its_labs_or_its_first_roles() -> None:
    check(a_group(Market(), initial_cash=7).purses["lab"], 7)
    check(a_group(Market(), "cloud+investor", initial_cash=7).purses["cloud"], 7)
    owing = a_group(Market(), initial_cash=7, initial_debt=5)
    check(owing.role(Cloud).cash, 0)
    check(owing.role(Cloud).debt, 5)


def test_money_is_the_acting_roles_or_of_the_role_whose_business_it_is() -> None:
    market = Market(("customers", "acme", "services"))
    group = a_group(market, "cloud+lab+investor")
    group._booked = [0, 0, 0]
    for payer, payee, kind, amount in (
        ("customers", "acme", "revenue", 5),
        ("lab", "acme", "lease", 3),
        ("investors", "acme", "equity", 10),
        ("acme", "rival", "equity", 4),
    ):
        market.ledger.cash.setdefault(payer, worlds(0))
        market.ledger.cash.setdefault(payee, worlds(0))
        market.ledger.pay(payer, payee, kind, worlds(amount))
    group.each(lambda role: market.ledger.pay("acme", "outside", "opex", worlds(1)))
    check(group.purses["lab"], 5 + 10 - 1)
    check(group.purses["cloud"], 3 - 1)
    check(group.purses["investor"], -4 - 1)
    check(group.cash, 5 + 3 + 10 - 4 - 3)


def test_the_others_help_in_proportion_to_their_purses() -> None:
    group = a_group(Market(), "cloud+lab+investor")
    purses(group, cloud=(6, 6, -5), investor=(12, 12, 0), lab=(0, 0, 1))
    # It lacks 9: they give 3 and 6. It lacks 30: they give all 18. They have nothing.
    check(group.help_with(worlds(9, 30, 9), group.role(Lab)), 9, 18, 0)
    check(group.purses["cloud"], 3, 0, -5)
    check(group.purses["investor"], 6, 0, 0)
    check(group.purses["lab"], 9, 18, 1)


def test_a_lab_that_is_short_pays_people_then_leases_with_its_groups_help() -> None:
    market = Market(("other", "acme", "capacity"))
    market.compute.contract["other", "acme"] = worlds(1)
    group = a_group(market, fixed_cost=2)
    purses(group, lab=(1, 1, 1), cloud=(20, 5, 0))
    group.reckon()
    settle(group.lab)
    group.pay()
    # Owes 10 and 2 for people, has 1. Its cloud gives 11; 5, so that 4 of 10 are paid; nothing.
    check(market.flow("acme", "other", "lease"), 10, 4, 0)
    check(market.flow("acme", "outside", "opex"), 2, 2, 1)
    check(group.purses["lab"], 0)
    check(group.purses["cloud"], 9, 0, 0)
    check(group.default_degree, 0, 0.5, 11 / 12)
    check(group.defaulted, 0, 0, 1)  # what it does not pay for goes back, but its people go unpaid


def test_its_lab_pays_its_cloud_at_arms_length() -> None:
    market = Market(("acme", "acme", "capacity"))
    market.compute.contract["acme", "acme"] = worlds(1)
    group = a_group(market, initial_gw=1, initial_cash=(30, 4, 0), initial_cash_flow=10)
    group.plan()
    group.reckon()
    settle(group.lab)
    group.pay()
    check(group.lab.lease_due, 10)
    check(group.purses["lab"], 20, 0, 0)
    check(group.purses["cloud"], 10, 4, 0)
    check(group.cash, 30, 4, 0)  # no money leaves the group
    group.role(Cloud).close()
    check(group.role(Cloud).lease_income, 10, 4, 0)


def test_its_lab_pays_for_what_its_sites_lack_as_far_as_a_part_of_its_cash_goes() -> None:
    market = Market(("acme", "acme", "capacity"))
    market.compute.backlog["acme", "acme"] = worlds(6)
    own: dict[str, Any] = {"own_build_share": 0.5, "initial_crews": 9, "ai_capex_share": 1, "lab_share": 1}
    group = a_group(market, initial_cash=(40, 6, 40), initial_cash_flow=(10, 10, 50), **own)
    sites, lab = group.role(Cloud), group.lab
    # Two of 6 GW on order are converted, at 10; 4 are begun, at 4. Its own 10 pay a part: half of the
    # lab's cash is 20, 3, 20, and nothing is lacking where it earns 50.
    check(sites.wanted_cost(), 36)
    check(sites.from_lab(), 20, 3, 0)
    check(sites.means(), 30, 13, 50)
    alone = sites.part_in_all() * worlds(10, 10, 50)  # what the lab pays is in its own hopes already
    np.testing.assert_allclose(sites.payable_in(3), sites.paid_over(3, alone))
    check(lab.set_aside(), 20, 3, 0)
    check(lab.projects(), 20, 3, 0)
    sites.prefunded, sites.credit = worlds(0, 0, 16), lambda: worlds(0, 9, 0)
    sites.business = worlds(10)
    purses(group, lab=(40,))
    check(sites.from_lab(), 20, 17, 10)  # of 26 that it lacks, lenders pay first
    apart = a_group(Market(("acme", "acme", "capacity")), initial_cash=40, initial_cash_flow=10)
    check(apart.role(Cloud).from_lab(), 0)


def test_its_lab_orders_what_its_own_sites_can_build_with_their_own_money() -> None:
    market = Market(("acme", "acme", "capacity"))
    own: dict[str, Any] = {"own_lab_first": 0.5, "lab_share": 1, "ai_capex_share": 1, "initial_cash_flow": 20}
    group = a_group(market, investable=(1, 1, 0), initial_revenue=(0, 40, 0), **own)
    group.lab.demanded_gw = worlds(100)
    group.plan()
    made = next(made for made in market.decisions.log if made.name == "orders")
    # In three years 20 a year build 6 GW at 10, of which it may take a half; 40 of revenue rent 4 GW more.
    # Where nobody may buy it, as its firm's other business pays for it, it has its budget alone.
    check(made.limits["expected_funds"], 3, 7, 0)


def test_what_its_lab_lacks_for_its_own_cloud_is_no_default() -> None:
    market = Market(("acme", "acme", "capacity"), ("other", "acme", "capacity"))
    market.compute.contract["acme", "acme"] = worlds(3)
    market.compute.contract["other", "acme"] = worlds(1)
    group = a_group(market, initial_gw=3, initial_cash=(50, 20, 0), initial_cash_flow=10)
    group.plan()
    group.reckon()
    settle(group.lab)
    # Of 30 to its own cloud and 10 to the other it pays all, half and nothing: only the other is left unpaid.
    check(group.lab.lease_due, 40)
    check(group.default_degree, 0, 5 / 40, 10 / 40)
    check(group.handed_back, 0, 5 / 40, 10 / 40 * 0.9)


def test_at_the_years_end_the_others_make_up_for_a_role_that_has_spent_more_than_it_had() -> None:
    group = a_group(Market(), "lab+investor")
    purses(group, lab=(-3, -3, 2), investor=(10, 1, 0))
    group.lab.lease_due = worlds(0)
    group.close()
    check(group.purses["lab"], 0, -2, 2)
    check(group.purses["investor"], 7, 0, 0)


def test_names_that_collide_have_the_role_before_them_and_each_role_reads_its_own() -> None:
    names = names_of((Investor, Chipmaker))
    assert names[Investor]["pledge"] == "investor_pledge"
    assert names[Chipmaker]["pledge"] == "chipmaker_pledge"
    assert names[Chipmaker]["initial_cash"] == "initial_cash"
    assert names[Chipmaker]["unit_cost_share"] == "unit_cost_share"
    group = a_group(Market(), "cloud+investor", initial_gw=3, initial_budget=5)
    check(group.role(Cloud).gw, 3)
    check(group.role(Investor).budget, 5)
    assert KINDS["lab+cloud"] is KINDS["cloud+lab"]  # who owns capacity acts first
    assert "cloud+cloud" not in KINDS
    assert "openai+lab" not in KINDS
    assert "investor+chipmaker" not in KINDS  # both pay into rounds


@pytest.mark.parametrize(
    ("firm", "partner", "message"),
    [
        ("microsoft", "openay", "there is no firm 'openay'; did you mean 'openai'?"),
        ("microsoft", "oracle", "oracle is no lab; name a lab"),
        ("microsoft", "microsoft", "microsoft can't be its own partner"),
        ("rival_lab", "oracle", "no rule of the kind 'lab' speaks of a partner"),
    ],
)
def test_a_partner_must_be_what_rules_take_it_for(firm: str, partner: str, message: str) -> None:
    assert load("six", {"microsoft.partner": "rival_lab"}).firms["microsoft"].partner == "rival_lab"
    with pytest.raises(UserError, match=re.escape(message)):
        load("six", {f"{firm}.partner": partner})


def test_what_can_be_no_kind_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValueError, match="has no Parameters"):
        kinds.kind("bare")(type("Bare", (Role,), {}))
    with pytest.raises(ValueError, match="two of them are labs"):
        kinds.kind("twins", Lab, type("Other", (Lab,), {"label": "other"}))(type("Twins", (Firm,), {}))
    with pytest.raises(ValueError, match="comes with the package"):
        kinds.kind("lab")(type("Mine", (Lab,), {}))
    assert "bare" not in KINDS
    assert "twins" not in KINDS


def test_a_kind_that_derives_from_another_plays_as_that_one_does() -> None:
    try:
        kinds.kind("my_ai", OwnSites, OpenAILab, OpenAISponsor)(type("MyAI", (OpenAI,), {}))
        assert list(strategies_of("my_ai")) == list(strategies_of("openai"))
    finally:
        del KINDS["my_ai"]


# --- in a full market ---

EDGES = {
    "customers": ("LAB", "customers", "services"),
    "leases": ("other_cloud", "LAB", "capacity"),
    "lets": ("CLOUD", "rival_lab", "capacity"),
    "raises": ("investors", "LAB", "equity"),
    "borrows": ("lenders", "CLOUD", "debt"),
    "own": ("CLOUD", "LAB", "capacity"),
}


def config(path: Path, firms: str, cloud: str, lab: str, *ties: str) -> Path:
    """A config of `six` with these firms, tied as a lab and a cloud."""
    edges = ([{"LAB": lab, "CLOUD": cloud}.get(end, end) for end in EDGES[tie]] for tie in ties)
    lines = [f"  - [{', '.join(edge)}]" for edge in edges]
    path.write_text(f"extends: six\nasks: x\nfirms:\n{firms}\nedges:\n" + "\n".join(lines), "utf-8")
    return path


def market_of(path: Path, worlds: int, copied: ComputeMarket | None = None) -> ComputeMarket:
    """A market of a config; `copied` has the numbers for its firms acme_c and acme_l under `acme`.

    Ratings stay what they are: a group has one for all its books.
    """
    read = load(path, {"ratings.speed": "0"})
    given = setup(read, design(read, worlds=worlds, seed=3))
    if copied is not None:
        numbers = dict(given.parameters)
        for name in numbers:
            firm, _, field = name.partition(".")
            if firm in ("acme_c", "acme_l") and field not in ("initial_cash", "initial_debt"):
                numbers[name] = copied.setup.parameters[f"acme.{field}"]
        given = replace(given, parameters=numbers)
    return ComputeMarket(given, KINDS)


TIES = ("customers", "leases", "lets", "raises", "borrows")


@pytest.mark.parametrize("ties", [TIES, (*TIES, "own")], ids=["apart", "from_its_own_cloud"])
def test_where_money_is_not_short_its_books_are_those_of_its_roles_as_separate_firms(
    ties: tuple[str, ...], tmp_path: Path
) -> None:
    both = "issue_limit: 0, own_lab_first: 0"  # a group raises its equity in its lab's rounds
    group = f"  acme: {{kind: [lab, cloud], initial_cash: 10, initial_debt: 5, {both}}}"
    firms = f"  acme_c: {{kind: cloud, initial_cash: 0, initial_debt: 5, {both}, stream: acme}}\n"
    firms += "  acme_l: {kind: lab, initial_cash: 10, stream: acme}"
    one = market_of(config(tmp_path / "one.yaml", group, "acme", "acme", *ties), 200)
    two = market_of(config(tmp_path / "two.yaml", firms, "acme_c", "acme_l", *ties), 200, copied=one)
    acme: Any = one.firms["acme"]
    paid_all = np.ones(200, dtype=bool)
    while one.running:
        one.step()
        two.step()
        paid_all &= (two.lab("acme_l").honoured_share == 1) & (two.firms["acme_c"].default_degree == 0)
        cloud = two.firms["acme_c"].role(Cloud)
        paid_all &= (two.lab("acme_l").deferred == 0) & (cloud.issued == 0) & (cloud.debt_extended == 0)
        for flow in two.ledger.paid("acme_c"):  # it bought into a lab: a group's lab does not
            paid_all &= (flow.kind != "acquisition") | (flow.amount == 0)
        assert paid_all.sum() > 10
        for of_group, of_firm in ((acme.purses["lab"], "acme_l"), (acme.purses["cloud"], "acme_c")):
            close(of_group, two.ledger.cash[of_firm], paid_all)
        close(one.ledger.cash["acme"], acme.purses["lab"] + acme.purses["cloud"], paid_all)
        close(one.ledger.debt["acme"], two.ledger.debt["acme_c"], paid_all)
        for name in ("openai", "rival_lab", "other_cloud", "stargate"):
            close(one.ledger.cash[name], two.ledger.cash[name], paid_all)
        sold: tuple[Any, Any] = one.lab("acme"), two.lab("acme_l")
        close(sold[0].revenue, sold[1].revenue, paid_all)
        own = acme.role(Cloud).gw, two.firms["acme_c"].role(Cloud).gw
        close(*own, paid_all)
    assert one.lab("acme").leases["other_cloud"].min() > 0
    if "own" in ties:
        assert one.lab("acme").leases["acme"].min() > 0


def close(one: Array, other: Array, where: Any) -> None:
    """Equal to a billionth, in these worlds."""
    np.testing.assert_allclose(one[where], other[where], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("roles", "ties"),
    [
        ("lab, cloud", (*TIES, "own")),
        ("cloud, lab, investor", (*TIES, "own")),
        ("cloud, chipmaker", ("lets", "borrows")),
        ("cloud, lender", ("lets", "borrows")),
    ],
)
def test_purses_are_all_its_cash_in_every_year(roles: str, ties: tuple[str, ...], tmp_path: Path) -> None:
    firm = f"  acme: {{kind: [{roles}], initial_cash: 10}}"
    path = config(tmp_path / "acme.yaml", firm, "acme", "acme", *ties)
    if "chipmaker" in roles:
        more = "\n  - [acme, other_cloud, chips]\n  - [acme, rival_lab, equity]\n"
        path.write_text(path.read_text("utf-8") + more, "utf-8")
    if "lender" in roles:
        path.write_text(path.read_text("utf-8") + "\n  - [acme, oracle, debt]\n", "utf-8")
    market = market_of(path, 60)
    acme: Any = market.firms["acme"]
    while market.running:
        market.step()
        cash = market.ledger.cash["acme"]
        assert np.isfinite(cash).all()
        np.testing.assert_allclose(sum(acme.purses.values()), cash, rtol=1e-9, atol=1e-6)
    assert acme.purses.keys() == set(roles.split(", "))
    assert market.ledger.paid("acme")


def test_a_config_gives_each_role_its_strategy(tmp_path: Path) -> None:
    firm = "  acme: {kind: [lab, cloud], strategy: {lab: default}, initial_cash: 10}"
    market = market_of(config(tmp_path / "acme.yaml", firm, "acme", "acme", *TIES), 3)
    acme: Any = market.firms["acme"]
    assert (acme.kind, acme.strategy_name) == ("cloud+lab", "default+default")
    strategies = {type(role): type(role.strategy).__name__ for role in acme.roles.values()}
    assert strategies == {Lab: "Grow", Cloud: "Follow"}


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("kind: [cloud, cloud]", "firms.acme.kind: 'cloud' is there twice; name each role once"),
        ("kind: [openai, lab]", "firms.acme.kind: 'openai' has rules of its own, and can't be one role of"),
        ("kind: [labb, cloud]", "firms.acme.kind: unknown kind of firm 'labb'; did you mean 'lab'?"),
        (
            "kind: [investor, chipmaker]",
            "firms.acme.kind: investor, chipmaker can't be one firm's",
        ),
        (
            "kind: [lab, cloud], strategy: {labb: x}",
            "firms.acme.strategy.labb: acme has no role 'labb'",
        ),
        ("kind: [lab, cloud], strategy: {lab: x}", "firms.acme.strategy.lab: unknown strategy 'x'; use one"),
    ],
)
def test_a_mistake_in_roles_is_told_and_exits_with_2(
    written: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = config(tmp_path / "acme.yaml", f"  acme: {{{written}}}", "acme", "acme", "customers", "leases")
    with pytest.raises(SystemExit) as left:
        main(["check", str(path)])
    errors = capsys.readouterr().err
    assert left.value.code == 2
    assert f"acme.yaml:4: {message}" in errors
    assert "Traceback" not in errors
