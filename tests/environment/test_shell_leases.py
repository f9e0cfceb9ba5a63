"""Leases of halls: what a lessee gets and owes when, what it gives back, and what that moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import computeshift as cs
from computeshift.agents.cloud import Cloud
from computeshift.agents.owner import Owner
from computeshift.agents.stargate import Venture
from computeshift.environment.fleet import Fleet, straight_line
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array
from computeshift.environment.shell_leases import ShellLease
from computeshift.environment.supply import ORDERED_AHEAD
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from tests.behaviour.worlds import STORM
from tests.environment.two_firms import balanced, begin, check, flow, two_firms, worlds

YEARS = "signed: 2025, first: 2026"
HALLS = f"kind: lease, from: landlords, to: cloud, {YEARS}, last: 2028, gw: 2, price: 3"
ORACLE = f"kind: lease, from: landlords, to: oracle, {YEARS}, last: 2040, gw: 2, ramp: 2, price: 2"


def two_with(folder: Path, **deals: str) -> tuple[ComputeMarket, Owner]:
    """Two firms: the cloud has 6 GW on line, and halls for 2 GW that are ready for chips."""
    market = two_firms(folder, **deals)
    cloud = market.firms["cloud"].role(Cloud)
    cloud.fleet = Fleet(worlds(6), worlds(2))
    cloud.fleet.at_start = worlds(60)
    return market, cloud


def year(market: ComputeMarket, number: int, chips: float = 0, retirement: float = 0) -> ShellLease:
    """A year of the only lease: its halls come or go, chips come on line, and the rent is paid."""
    begin(market, number)
    cloud = market.firms["cloud"].role(Cloud)
    cloud.fleet.finish(worlds(chips), worlds(retirement))
    cloud.fleet.completed = worlds(0)
    cloud.reckon_capacity()
    cloud.run_sites()
    market.shell_leases.close()
    (lease,) = market.shell_leases
    balanced(lease)
    check(cloud.fleet.rented - lease.delivered, 0)
    check(cloud.shell_rent - lease.due, 0)
    check(flow(market, "cloud", "landlords", "shell_rent") - lease.due, 0)
    running = market.supply.given.running_cost * cloud.fleet.mean_gw
    check(flow(market, "cloud", "outside", "opex") - running, 0)
    check(cloud.running_costs - running - lease.due, 0)
    return lease


def test_halls_come_are_filled_and_go_back_and_rent_is_due_meanwhile(tmp_path: Path) -> None:
    market, cloud = two_with(tmp_path, halls=HALLS, never=f"{HALLS}, chance: 0")
    begin(market, 2025)
    halls, never = market.shell_leases
    check(halls.signed, 18)  # three years of 2 GW at 3
    check(never.signed, 0)
    market, cloud = two_with(tmp_path, halls=HALLS)
    lease, fleet, cash = year(market, 2025), cloud.fleet, market.ledger.cash["landlords"]
    check(lease.gw, 2)
    check(lease.due, 0)
    check(market.shell_leases.coming_to("cloud", 3), 2)
    lease = year(market, 2026, chips=2)  # two of four ready halls get chips, half of them rented ones
    check(lease.due, 3)  # half a year
    check(fleet.gw, 8)
    check(fleet.rented_filled, 1)
    check(fleet.ready, 2)
    check(fleet.due[0], 1)
    check(fleet.pipeline, 2)
    lease = year(market, 2027, retirement=0.25)  # a rented hall outlasts its chips
    check(lease.due, 6)
    check(fleet.rented_filled, 0.75)
    check(fleet.rented_empty, 1.25)
    check(fleet.gw, 6)
    lease = year(market, 2028, chips=1)  # the last full year: rented halls get no chips any more
    check(lease.due, 6)
    check(lease.left, 3)
    check(fleet.rented_filled, 0.75)
    check(fleet.gw, 7)
    check(fleet.due[0], 0)
    check(cloud.building_cost(), 0)
    worth = fleet.book_value(market.supply.books)
    lease = year(market, 2029)  # they go back in the middle of the year after the last
    check(lease.due, 3)
    check(lease.paid, 18)
    check(lease.left, 0)
    check(lease.cut, 0)
    check(fleet.gw, 6.25)
    check(fleet.mean_gw, (7 + 6.25) / 2)
    check(fleet.pipeline, 0)
    check(fleet.scrapped - worth * 0.75 / 7, 0)
    check(fleet.book_value(market.supply.books) - worth * 6.25 / 7, 0)
    check(market.ledger.cash["landlords"] - cash, 18)
    check(year(market, 2030).due, 0)
    check(fleet.returned, 0)


def test_a_part_of_the_chips_for_new_halls_is_sunk_where_the_lease_was_signed_the_year_before(
    tmp_path: Path,
) -> None:
    grown = HALLS.replace("gw: 2", "schedule: {2026: 1, 2027: 4}").replace("first: 2026, ", "")
    late = HALLS.replace("signed: 2025, first: 2026", "signed: 2027, first: 2027")
    market, cloud = two_with(tmp_path, grown=grown, late=late)
    market.supply.given = replace(market.supply.given, sunk_orders=worlds(0, 0.5, 1))
    part, own = worlds(0, 0.5, 1), cloud.fleet.due[0]
    for number, new in ((2025, 0), (2026, 1), (2027, 3), (2028, 0), (2029, 0)):
        begin(market, number)
        check(market.shell_leases.new_to("cloud"), new)
        check(cloud.sunk_chips() - part * (own + new), 0)
    check(cloud.sunk_cost() - part * own * market.supply.chip_cost, 0)


def test_halls_that_go_back_next_year_get_no_chips_and_take_none_of_last_years_along() -> None:
    fleet = Fleet(worlds(6), worlds(1))
    books = straight_line(worlds(5), worlds(0))
    fleet.rent(worlds(4), books, worlds(4))
    fleet.finish(worlds(2), worlds(0))  # two of five halls, 1.6 of them rented
    check(fleet.rented_filled, 1.6)
    fleet.rent(worlds(4), books, worlds(1, 4, 0))
    check(fleet.ready, 0.6 + 0.25 * 2.4, 0.6 + 2.4, 0.6)
    fleet.finish(worlds(0.6), worlds(0))
    new = worlds(0.3, 0.48, 0)  # what rented halls that stay got of 0.6
    check(fleet.rented_filled, *(1.6 + new))
    fleet.rent(worlds(1), books, worlds(1))
    # A quarter stays: of older chips three quarters go, of new ones none, unless it was not known.
    check(fleet.returned, 1.2, 1.2 + 0.36, 1.2)
    check(fleet.rented, 1)
    check(fleet.gw, *(8.6 - fleet.returned))


def test_a_lessee_plans_with_halls_to_come_and_pays_for_their_chips_alone(tmp_path: Path) -> None:
    longer = HALLS.replace("2028", "2040")
    plain, leased = two_with(tmp_path)[0], two_with(tmp_path, halls=longer)[0]
    for market in (plain, leased):
        begin(market, 2025)
        begin(market, 2026)
    without, own = (market.firms["cloud"].role(Cloud) for market in (plain, leased))
    for cloud in (without, own):
        cloud.needed_gw = lambda ahead=False: worlds(20)  # type: ignore[method-assign]
    planned = [cloud.works_for(worlds(5), worlds(100)) for cloud in (without, own)]
    check(planned[1].ready - planned[0].ready, 2)
    check(planned[0].sites - planned[1].sites, 2)
    money, supply = worlds(0, 0.1, 10), leased.supply
    cost = own.paid_over(8, money) * supply.capex_per_gw - 8 * money
    chips_alone = 8 * 0.1 * (supply.capex_per_gw / supply.chip_cost - 1)
    np.testing.assert_allclose(cost, np.minimum([0, chips_alone[1], np.inf], 2 * supply.shell_cost))
    own.fleet.rented_empty, own.fleet.rented_filled = worlds(0), worlds(2)  # as chips retire, there is room
    stays = leased.supply.staying[ORDERED_AHEAD]
    sites = own.works_for(worlds(5), worlds(100)).sites
    check(planned[0].sites - sites - 2 * (1 - stays), 0)


@pytest.mark.parametrize(("by", "other"), [("cloud", "landlords"), ("landlords", "cloud")])
def test_who_breaks_it_pays_the_fee_and_halls_go_back(tmp_path: Path, by: str, other: str) -> None:
    broken = f"{HALLS}, breaks: {{year: 2027, by: {by}}}"
    for fee, terms in ((0, broken), (9, f"{broken}, exit_fee: 1.5")):
        market, cloud = two_with(tmp_path, halls=terms)
        year(market, 2025)
        year(market, 2026, chips=4)
        check(cloud.fleet.gw, 10)
        lease = year(market, 2027)
        check(flow(market, by, other, "break_fee"), fee)
        check(flow(market, other, by, "break_fee"), 0)
        check(lease.due, 3)  # the half of the year until they go back
        check(lease.paid, 6)
        check(lease.cut, 12)
        check(lease.left, 0)
        check(cloud.fleet.gw, 8)
        check(year(market, 2028).due, 0)


def test_a_part_is_cut_or_late(tmp_path: Path) -> None:
    market, _ = two_with(tmp_path, halls=f"{HALLS}, cut: {{year: 2027, share: 0.25}}")
    for number, due in ((2025, 0), (2026, 3), (2027, 5.25), (2028, 4.5), (2029, 2.25)):
        lease = year(market, number)
        check(lease.due, due)
    check(lease.cut, 3)
    market, _ = two_with(tmp_path, halls=f"{HALLS}, delay: {{year: 2026, years: 0.5}}")
    for number, due, let in ((2025, 0, 0), (2026, 1.5, 1), (2027, 4.5, 2), (2028, 6, 2), (2029, 4.5, 1)):
        lease = year(market, number)
        check(lease.due, due)
        check(lease.delivered, let)
    check(year(market, 2030).paid, 18)
    steps = HALLS.replace("first: 2026, last: 2028, gw: 2", "last: 2028, schedule: {2026: 1, 2028: 4}")
    market, _ = two_with(tmp_path, halls=steps)
    dues = [float(year(market, number).due[0]) for number in range(2025, 2031)]
    assert dues == pytest.approx([0, 1.5, 3, 7.5, 6, 0])


def test_in_default_a_share_is_rejected_and_goes_back_next_year(tmp_path: Path) -> None:
    market, cloud = two_with(tmp_path, halls=HALLS)
    year(market, 2025)
    lease = year(market, 2026, chips=4)
    market.credit._lend("lenders", "cloud", worlds(15))
    check(cloud.debt, 15)
    check(lease.left, 15)
    cloud.write_off(worlds(0, 7.5, 15), worlds(0, 0.5, 1))  # of all that it owes, rent included, up to half
    check(lease.delivered, 2)
    check(lease.cut, 0, 3, 6)  # of the 15 left, 3 are due for the halls until they go back
    lease = year(market, 2027)
    check(lease.due, 6, 5.25, 4.5)
    check(lease.delivered, 2, 1.5, 1)
    check(cloud.fleet.gw, 10, 9.5, 9)


def test_who_pays_a_part_of_its_rent_keeps_that_part_of_its_halls(tmp_path: Path) -> None:
    market, cloud = two_with(tmp_path, halls=HALLS)
    year(market, 2025)
    lease = year(market, 2026, chips=4)
    begin(market, 2027)
    market.shell_leases.pay("cloud", worlds(1, 0.5, 0))
    check(flow(market, "cloud", "landlords", "shell_rent"), 6, 3, 0)
    check(lease.left, 9, 6, 3)  # half of a year's rent is due for halls that go back in 2028
    balanced(lease)
    lease = year(market, 2028)
    check(lease.delivered, 2, 1, 0)
    check(cloud.fleet.gw, 10, 9, 8)


def test_a_lab_that_rents_halls_in_a_storm_never_owes_more_cash_than_it_has(tmp_path: Path) -> None:
    lease = ORACLE.replace("oracle", "openai").replace("gw: 2", "gw: 6")
    market = oracle(tmp_path, {**STORM, "openai.strategy": "own"}, lease, 40)
    unpaid = back = False
    while market.running:
        market.step()
        (halls,) = market.shell_leases
        balanced(halls)
        assert market.ledger.cash["openai"].min() > -1e-9
        unpaid |= bool(market.firms["openai"].defaulted.any())  # type: ignore[attr-defined]
        back |= bool((halls.cut > 1).any())
    assert unpaid
    assert back


def test_halls_of_a_lease_in_force_are_those_that_its_lessee_has(tmp_path: Path) -> None:
    in_force = HALLS.replace(YEARS, "signed: 2022, first: 2023").replace("gw: 2", "gw: 0.02")
    plain, leased = two_firms(tmp_path), two_firms(tmp_path, halls=in_force)
    own, other = (each.firms["cloud"].role(Cloud) for each in (plain, leased))
    check(other.cash_flow() - own.cash_flow(), 0)  # the cash flow of the start is what rent left of it
    check(other.running_costs - own.running_costs, 0.06)
    check(other.fleet.rented, 0.02)
    check(other.fleet.pipeline + other.fleet.gw - own.fleet.pipeline - own.fleet.gw, 0)
    (lease,) = leased.shell_leases
    check(lease.signed, 0.06 * 4 + 0.03)
    for cloud in (own, other):
        cloud.given = replace(cloud.given, cash_flow_growth=worlds(0, 0.5, -0.5))
        cloud.plan()
    check(other.cash_flow() - own.cash_flow(), 0)  # and what paid the rent is no business that grows
    leased.step()
    check(lease.due, 0.06)
    fleet = Fleet(worlds(6), worlds(2))
    fleet.open_rented(worlds(2, 8, 10))
    check(fleet.rented_filled, 1.5, 6, 6)  # alike of those with chips and of those that are ready
    check(fleet.rented_empty, 0.5, 2, 4)
    check(fleet.due[0], 1.5, 0, 0)


def test_leases_larger_than_what_the_lessee_has_at_the_start_are_refused(tmp_path: Path) -> None:
    lease = "kind: lease, from: landlords, to: oracle, signed: 2023, last: 2030, price: 2"
    fits = f"{lease}, first: 2024, gw: 0.8, ramp: 2"  # 0.4 of its 0.6 GW are there at the end of 2024
    steps = f"{lease}, schedule: {{2023: 0.1, 2024: 0.3, 2026: 9}}"
    later = ORACLE.replace("gw: 2", "gw: 99")
    path = tmp_path / "let.yaml"
    written = f"extends: six\ndeals:\n  one: {{{fits}}}\n"
    path.write_text(f"{written}  later: {{{later}}}\n")
    load(path)
    path.write_text(f"{written}  two: {{{steps}}}\n  site: {{{fits.replace('oracle', 'stargate')}}}\n")
    with pytest.raises(UserError) as refused:
        load(path)
    two, site = map(str, refused.value.problems)
    assert two.startswith(
        f"{path}:4: deals.two.schedule.2024: 0.7 GW of halls are let to it at the start, and oracle has "
        "0.6 GW then (initial_gw and due_in_first_year); "
    )
    assert site.startswith(f"{path}:5: deals.site.gw: 0.4 GW of halls are let to it at the start, and ")


@pytest.mark.parametrize("owner", ["other_cloud", "stargate", "openai", "microsoft"])
def test_every_owner_of_capacity_pays_rent_and_fills_its_halls(tmp_path: Path, owner: str) -> None:
    lease = ORACLE.replace("oracle", owner).replace("ramp: 2", "ramp: 1").replace("2040", "2029")
    builds = {"openai.strategy": "own"} if owner == "openai" else {}
    plain, leased = (oracle(tmp_path, builds, own, 3) for own in ("", lease))
    before = leased.firms[owner].supplier.fleet.gw  # type: ignore[union-attr]
    filled = leased.ledger.zero
    while leased.running:
        plain.step()
        leased.step()
        fleet = leased.firms[owner].supplier.fleet  # type: ignore[union-attr]
        (halls,) = leased.shell_leases
        balanced(halls)
        check(flow(leased, owner, "landlords", "shell_rent") - halls.due, 0)
        check(fleet.rented - halls.delivered, 0)
        assert min(fleet.rented_filled.min(), fleet.rented_empty.min(), fleet.gw.min()) > -1e-12
        filled = np.maximum(filled, fleet.rented_filled)
    assert (halls.left < 1e-9).all()  # in 2030 they went back
    assert (filled > 0.5).all()
    assert (fleet.gw > before).any()
    assert abs(total_cash(leased) - total_cash(plain)).max() < 1e-9


def test_halls_that_stargate_rents_are_not_its_own(tmp_path: Path) -> None:
    market = two_firms(tmp_path)
    stargate = market.firms["stargate"].role(Venture)
    stargate.fleet = Fleet(worlds(6), worlds(2))
    before = stargate.book_value()
    stargate.fleet.open_rented(worlds(0, 4, 8))
    own = (1 - stargate.given.operator_share) * market.supply.shell_cost
    check((before - stargate.book_value()) / own, 0, 4, 8)


def total_cash(market: ComputeMarket) -> Array:
    return sum(market.ledger.cash.values(), market.ledger.zero)


def oracle(folder: Path, news: Mapping[str, str], lease: str = "", count: int = 100) -> ComputeMarket:
    """The six with this news, and with a lease of halls to Oracle or without."""
    path = folder / "oracle.yaml"
    path.write_text("extends: six\n" + (f"deals: {{halls: {{{lease}}}}}\n" if lease else ""))
    return cs.market(path, set=dict(news), worlds=count)


def test_halls_bring_capacity_sooner_for_less_capex_and_cost_rent_in_a_storm(tmp_path: Path) -> None:
    for news in ({}, {**STORM, "compute.sunk_orders": "0"}):
        plain, leased = oracle(tmp_path, news), oracle(tmp_path, news, ORACLE)
        halls, earnings = list[float](), list[float]()
        while leased.running:
            for each in (plain, leased):
                each.step()
            without, own = (each.firms["oracle"].role(Cloud) for each in (plain, leased))
            (lease,) = leased.shell_leases
            balanced(lease)
            begun = [role.fleet.started + role.fleet.converted for role in (without, own)]
            halls.append(float((begun[1] - begun[0]).mean()))
            earnings.append(float((own.earnings - without.earnings).mean()))
            if leased.year == 2028 and not news:
                assert np.median(own.fleet.gw - without.fleet.gw) > 0.2
                assert (leased.capacity_gw - plain.capacity_gw).mean() > 0.05
        assert sum(halls) < -0.4  # GW that it builds no halls for
        rent = lease.paid.mean()
        if news:  # halls that stand empty cost all the same
            assert max(earnings[1:]) < -0.5
            assert -1.2 * rent < sum(earnings) < -rent / 3
        else:
            assert min(earnings[:2]) < 0 < earnings[4]


def test_chips_on_order_for_rented_halls_are_paid_in_a_storm(tmp_path: Path) -> None:
    owed = list[float]()
    for sunk in ("0", "0.8"):
        leased = oracle(tmp_path, {**STORM, "compute.sunk_orders": sunk}, ORACLE)
        while leased.year < 2027:
            leased.step()
            own = leased.firms["oracle"].role(Cloud)
            if sunk == "0.8":  # one GW of halls comes in each of 2026 and 2027
                assert own.fleet.rented_filled.mean() >= 0.7 * (leased.year - 2025)
        owed.append(float((own.debt - own.cash).mean()))
    assert owed[1] > owed[0] + 5  # $ bn


def test_a_lease_of_nothing_changes_nothing(tmp_path: Path) -> None:
    nothing = ORACLE.replace("gw: 2", "gw: 0")
    plain, leased = (oracle(tmp_path, {}, own, 3) for own in ("", nothing))
    while plain.running:
        plain.step()
        leased.step()
    assert same(plain, leased, 2031)


def test_a_lease_that_is_signed_or_broken_later_leaves_the_years_before_to_the_last_bit(
    tmp_path: Path,
) -> None:
    later = ORACLE.replace(YEARS, "signed: 2028, first: 2028")
    cases = (("", later, 2028), (ORACLE, f"{ORACLE}, breaks: {{year: 2028, by: oracle}}", 2028))
    for before, after, changed in cases:
        plain, other, forked = (oracle(tmp_path, {}, own, 3) for own in (before, after, before))
        while plain.running:
            if forked.year == changed - 1:
                forked.adopt(other.setup)
            for each in (plain, other, forked):
                each.step()
        assert same(plain, other, changed)
        assert same(plain, forked, changed)
        assert same(other, forked, 2031)
        assert not same(plain, forked, 2031)


def same(one: ComputeMarket, other: ComputeMarket, until: int) -> bool:
    """Whether the flows of the years before are the same to the last bit, but for rent of nothing."""
    own, others = (
        {
            (f.year, f.source, f.target, f.kind, f.unit, f.amount.tobytes())
            for f in each.ledger.flows
            if f.year < until and (f.kind != "shell_rent" or f.amount.any())
        }
        for each in (one, other)
    )
    return own == others
