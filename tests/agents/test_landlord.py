"""A project company: what it builds, borrows and pays, and what a lessee that pays less costs its lenders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import computeshift as cs
from computeshift.agents import KINDS
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array
from computeshift.environment.state import Sealed
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.run.design import design, setup
from tests.behaviour.worlds import STORM
from tests.environment.two_firms import OTHERS, begin, check, flow, worlds

LEASE = "kind: lease, from: site, to: cloud, signed: 2024, first: 2025, last: 2034, gw: 1, ramp: 0, price: 2"
SITE = (
    "initial_debt: 4, initial_coupon: 0.05, debt_term: 10, loan_to_cost: 0.8, "
    "rent_cover: 1.25, recovery: 0.1, home_rating: 9"
)
CONFIG = (
    f"""\
asks: Who bears what a tenant does not pay?
extends: six
firms:
  {{GONE}}
  lab: {{kind: lab}}
  cloud: {{kind: cloud, initial_debt: 6, initial_coupon: 0.05, debt_term: 10}}
  site: {{kind: landlord, {SITE}}}
edges:
  - [cloud, lab, capacity]
  - [lab, customers, services]
  - [banks, cloud, debt]
  - [banks, site, debt]
deals:
  halls: {{{LEASE}}}
""".replace("{GONE}", "\n  ".join(f"{firm}: null" for firm in OTHERS))
    .replace("{{", "{")
    .replace("}}", "}")
)
KEPT = worlds(1, 0.5, 0)


def a_site(folder: Path, *line: float, debt: float = 4) -> tuple[ComputeMarket, Any]:
    """A market of three worlds in 2025, and its project company, which has a line with its bank."""
    path = folder / "site.yaml"
    path.write_text(CONFIG.replace("initial_debt: 4", f"initial_debt: {debt}"), "utf-8")
    market = cs.market(path, worlds=3)
    begin(market, 2025)
    firm: Any = market.firms["site"]
    firm.plan()
    market.credit.lines = {"site": Sealed({"banks": worlds(*line)}), "cloud": Sealed({"banks": worlds(0)})}
    return market, firm.landlord


def worth(*kept: float) -> Array:
    """What nine years' rent of 2 and the last half year's of 1 are worth at 5%.

    A part of the halls is kept, the rest goes back in the middle of the first year.
    """
    whole = sum(2 / 1.05**year for year in range(1, 10)) + 1 / 1.05**10
    return whole * worlds(*kept) + (1 - worlds(*kept)) / 1.05


def sale(market: ComputeMarket, *kept: float) -> Array:
    """What its halls, 1 GW, bring for a tenth of their cost: in 2026 those that went back, else in 2035."""
    gone = (1 - worlds(*kept)) / 1.05
    return np.asarray(0.1 * market.supply.shell_cost * (gone + worlds(*kept) / 1.05**10))


def play(market: ComputeMarket) -> Array:
    """The rest of the year, with the part of its rent that the lessee pays; returns what the site cost."""
    site: Any = market.firms["site"]
    site.reckon()
    site.pay()
    return np.asarray(site.landlord.capex)


def test_it_builds_for_its_lease_and_lenders_pay_their_part_as_far_as_rent_covers_it(tmp_path: Path) -> None:
    market, site = a_site(tmp_path, 100, 1, 0, debt=2)
    shell = market.supply.shell_cost
    check(site.built_gw, 0.5)  # half of the halls that are handed over in the middle of 2025
    check(site.loan, *(0.8 * 0.5 * shell))
    check(site.credit_asked(), *(site.loan + 0.2))  # a tenth of 2 falls due, and no rent was paid yet
    cost = play(market)
    check(cost, *(0.5 * shell))
    check(site.built_gw, 1)
    lent = np.minimum(site.loan, [100 - 0.2, 1 - 0.2, 0])
    check(flow(market, "banks", "site", "debt"), *lent)
    check(flow(market, "outside", "site", "capital_call"), *(cost - lent))
    check(flow(market, "site", "banks", "interest"), 0.1)
    _, deep = a_site(tmp_path, 100, debt=11)
    check(deep.loan, *(worth(1) / 1.25 - 11))  # no more than the rent to come covers, 1.25 times


def test_rent_pays_lenders_first_and_a_lessee_that_gives_halls_back_costs_them(tmp_path: Path) -> None:
    market, site = a_site(tmp_path, 100)
    play(market)
    owed = market.ledger.debt["site"]
    market.shell_leases.pay("cloud", KEPT)  # of a rent of 1, and so much of the halls it keeps
    site.firm.close_let()
    check(site.rent_income, 1, 0.5, 0)
    # 0.2 is interest, 0.4 falls due: it pays 0.4 and owners 0.4; 0.3, and borrows 0.1; nothing, and owes on.
    check(flow(market, "site", "outside", "dividend"), 0.4, 0, 0)
    owed = owed + worlds(-0.4, -0.3, 0.2)
    carried = worth(*KEPT) + sale(market, *KEPT)
    lost = np.maximum(owed - carried, 0)
    assert lost[0] == 0
    assert lost[2] > 2
    check(flow(market, "site", "banks", "write_off"), *lost)
    check(market.ledger.debt["site"], *(owed - lost))
    check(site.default_degree, *(lost / owed))
    check(site.cash, 0)


def test_what_a_tenant_leaves_unpaid_passes_through_lessee_and_project_company_to_lenders(
    tmp_path: Path,
) -> None:
    market, site = a_site(tmp_path, 100, debt=15)
    check(site.loan, 0)
    play(market)
    cloud, lab = market.firms["cloud"], market.lab("lab")
    role: Any = cloud.supplier
    role.business = role.paid_rent = role.tenants_served = role.maturing = worlds(0)
    role.interest, role.running_costs, role.capex = worlds(0.3), worlds(1), worlds(0)
    market.shell_leases.pay("cloud", 1.0)
    lab.leases, lab.honoured_share = {"cloud": worlds(4)}, KEPT
    market.ledger.cash["cloud"] = worlds(0)
    role.close()
    # Its tenant's 4, 2 or 0 less running costs of 1 carry twelve times as much of its debt of 6.
    check(role.earnings, 3, 1, -1)
    check(flow(market, "cloud", "banks", "write_off"), 0, 0, 6)
    # Bankrupt, it rejects of its halls the part that its lenders lose of its debt and 19 of rent to come.
    (halls,) = market.shell_leases
    check(halls.level(2026), 1, 1, 1 - 6 / 25)
    site.firm.close_let()
    # Of a rent of 1 it has paid 0.75 of interest; 0.25 pays back debt, and the rest is borrowed again.
    lost = (14.75 - worth(1 - 6 / 25) - sale(market, 1 - 6 / 25))[2]
    assert 1 < lost < 2
    check(flow(market, "site", "banks", "write_off"), 0, 0, lost)
    check(site.debt, 14.75, 14.75, 14.75 - lost)
    market.credit.close()
    bank: Any = market.firms["banks"].lender
    check(bank.losses, 0, 0, 6 + lost)


def years(market: ComputeMarket, last: int, **paid: float) -> dict[int, tuple[Array, Array]]:
    """All of a site's years: the part of rent paid in some; returns its debt and what was written off."""
    site: Any = market.firms["site"]
    found = {}
    for year in range(2025, last + 1):
        begin(market, year)
        site.default_degree = worlds(0)
        site.plan()
        market.credit.lines = {"site": Sealed({"banks": worlds(1000)})}
        play(market)
        market.shell_leases.pay("cloud", paid.get(f"in_{year}", 1.0))
        site.close_let()
        market.credit.close()
        market.shell_leases.close()
        found[year] = np.array(site.debt), np.array(market.ledger.written_off["site"])
    return found


def test_who_pays_all_rent_of_a_lease_that_ends_before_the_loans_costs_lenders_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "short.yaml"
    short = "kind: lease, from: site, to: cloud, signed: 2024, first: 2026, last: 2032, gw: 0.5, price: 2.5"
    path.write_text(CONFIG.replace(LEASE, short).replace(f", {SITE}", ""), "utf-8")
    market = cs.market(path, worlds=3)
    found = years(market, 2034)
    assert (found[2027][0] > 2).all()
    for year, (debt, lost) in found.items():
        check(lost, 0)
        if year >= 2033:  # the halls of the last year are handed back in the middle of 2033
            check(debt, 0)
    site: Any = market.firms["site"]
    assert (site.cash >= 0).all()


def test_lenders_lose_once_what_rent_and_the_sale_of_halls_do_not_pay(tmp_path: Path) -> None:
    market, site = a_site(tmp_path, 100, debt=15)
    found = years(market, 2030, in_2026=0.0)
    # In 2027 halls go back and are sold; what they do not pay of debt is lost, and nothing is owed any more.
    (_, before), (_, after) = found[2026], found[2030]
    assert (before > 1).all()
    check(found[2027][0], 0)
    check(after, *found[2027][1])
    assert (after < 15).all()
    check(site.built_gw, 0)
    check(site.firm.default_degree, 0)


@pytest.mark.parametrize("other", ["investor", "lab"])
def test_in_a_group_it_has_never_less_than_nothing(other: str, tmp_path: Path) -> None:
    path = tmp_path / "group.yaml"
    lease = "{kind: lease, from: group, to: oracle, signed: 2025, first: 2026, last: 2033, gw: 1, price: 3}"
    firm = f"{{kind: [{other}, landlord], initial_debt: 20}}"
    ties = "[lenders, group, debt]"
    if other == "lab":
        ties += ", [oracle, group, capacity], [group, customers, services]"
    config = f"asks: x\nextends: six\nfirms: {{group: {firm}}}\nedges: [{ties}]\ndeals: {{halls: {lease}}}\n"
    path.write_text(config, "utf-8")
    market = cs.market(path, worlds=5)
    group: Any = market.firms["group"]
    while market.running:
        market.step()
        assert (group.cash > -1e-9).all()


def test_in_a_storm_books_agree_pair_by_pair_in_whatever_order_firms_are_listed() -> None:
    config = load("today", dict(STORM) | {"stargate_sites.initial_debt": "90"})
    given = setup(config, design(config, worlds=40))
    turned = replace(given, firms=given.firms[::-1], edges=given.edges[::-1])
    markets = [ComputeMarket(own, KINDS) for own in (given, turned)]
    site_lost = 0.0
    while markets[0].running:
        for market in markets:
            market.step()
        first, second = markets
        for holder, debt in first.ledger.debt.items():
            np.testing.assert_allclose(debt, second.ledger.debt[holder], rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(
                first.ledger.cash[holder], second.ledger.cash[holder], rtol=1e-9, atol=1e-9
            )
        lenders: dict[str, Any] = dict(first.credit.lenders)
        for name, lender in lenders.items():
            lost = [
                flow.amount
                for flow in first.ledger.this_year()
                if flow.kind == "write_off" and flow.target == name
            ]
            np.testing.assert_allclose(lender.losses, sum(lost, first.ledger.zero), atol=1e-9)
        site_lost += float(first.ledger.written_off["stargate_sites"].sum())
    assert site_lost > 0


def test_it_is_rated_by_its_lessee(tmp_path: Path) -> None:
    market, site = a_site(tmp_path, 100)
    market.ratings.notch["cloud"] = worlds(8, 11, 15)
    check(site.standing().pulls["tenants"], 0, 2, 6)


@pytest.mark.parametrize(
    ("lease", "wrong"),
    [
        (LEASE.replace("site", "lab"), "lab is no landlord; use landlords, or a firm of the kind landlord"),
        (LEASE.replace("to: cloud", "to: banks"), "banks owns no capacity"),
    ],
)
def test_who_lets_halls_is_a_landlord(lease: str, wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(CONFIG.replace(LEASE, lease), "utf-8")
    with pytest.raises(UserError, match=wrong):
        load(path)
