"""Vendor finance: what a maker gives for each GW, whose chips they are, and when it lends more."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from computeshift.agents.chipmaker import Chipmaker
from computeshift.agents.investor import Investor
from computeshift.environment.market import ComputeMarket
from tests.environment.two_firms import balanced, begin, check, flow, two_firms, worlds

DEAL = "kind: chips, from: maker, to: lab, signed: 2025, first: 2026, last: 2029, gw: 8"


def come(market: ComputeMarket, year: int, *gw: float) -> None:
    """A year in which GW come on line at the cloud, all of them for the lab."""
    begin(market, year)
    fleet = market.firms["cloud"].supplier.fleet  # type: ignore[union-attr]
    fleet.completed = worlds(*gw)
    market.compute.contract = market.compute.contract + worlds(*gw)
    market.chip_deals.deliver()


def test_equity_is_paid_as_gw_are_delivered(tmp_path: Path) -> None:
    market = two_firms(tmp_path, letter=f"{DEAL}, equity: 10", never=f"{DEAL}, equity: 10, chance: 0")
    begin(market, 2025)
    letter, never = market.chip_deals
    check(letter.signed, 80)
    check(never.signed, 0)
    market.capital.value["lab"] = worlds(80)
    come(market, 2026, 1, 2, 3)  # no more than two a year
    check(letter.delivered, 1, 2, 2)
    check(flow(market, "maker", "lab", "equity"), 10, 20, 20)
    check(market.capital.stake("maker", "lab"), 1 / 9, 1 / 5, 1 / 5)
    check(letter.left, 70, 60, 60)
    # All that the deals count are the maker's chips; of the rest it sells its usual half.
    cost, cloud = market.supply.chip_cost, market.firms["cloud"]
    check(market.chip_sales("maker") / cost, 1, 2, 2.5)
    check(market.pay_for_chips(cloud.supplier) / cost, 1, 2, 2.5)  # type: ignore[arg-type]
    come(market, 2027, 3)  # the first world makes up for what was late
    check(letter.delivered, 4, 4, 4)
    for year in (2028, 2029):
        come(market, year, 1)
        market.chip_deals.close()
        balanced(letter)
    check(letter.cut, 20)  # what did not come by its last year lapses
    check(letter.paid, 60)
    come(market, 2030, 5)
    check(letter.delivered, 6)


def test_whoever_pays_per_gw_counts_the_same_gw(tmp_path: Path) -> None:
    backing = DEAL.replace("chips, from: maker", "equity, from: backer")
    backing += ", amount: 80, pre_money: 100, upfront: 0, conditional: 1, conditions: gw delivered"
    market = two_firms(tmp_path, letter=f"{DEAL}, equity: 10", backing=backing)
    market.firms["backer"].role(Investor).budget = worlds(1000)
    begin(market, 2025)
    market.capital.unpaid.settle()
    (letter,), account = market.chip_deals, market.capital.unpaid.accounts["backing"]
    for year, gw, part in ((2026, 1, 1), (2027, 2, 0.5), (2028, 1, 0)):
        come(market, year, gw * part, gw, gw)
        market.capital.unpaid.deliver()
        check(account.paid, *letter.paid)


def test_it_is_delayed_cut_and_broken(tmp_path: Path) -> None:
    events = "delay: {year: 2027, years: 1}, cut: {year: 2028, share: 0.5}"
    market = two_firms(
        tmp_path,
        late=f"{DEAL}, equity: 1, {events}",
        broken=f"{DEAL}, equity: 1, breaks: {{year: 2027, by: lab}}",
    )
    begin(market, 2025)
    late, broken = market.chip_deals
    come(market, 2026, 2)  # two deals for the same GW: each counts half of them
    check(late.delivered, 1)
    check(broken.delivered, 1)
    come(market, 2027, 4)
    check(broken.left, 0)
    check(broken.gw, 1)
    check(late.delivered, 2)  # a quarter of eight, a year late
    come(market, 2028, 4)
    check(late.gw, 5)  # of six GW to come it lost three
    check(late.delivered, 2.5)
    come(market, 2029, 4)
    check(late.delivered, 3.75)
    market.chip_deals.close()
    check(late.left, 1.25)
    come(market, 2030, 4)
    check(late.delivered, 5)
    balanced(late, broken)


def test_warrants_vest_by_gw_at_the_makers_value(tmp_path: Path) -> None:
    market = two_firms(tmp_path, shares=f"{DEAL}, warrants: 0.02")
    market.capital.value["maker"] = worlds(100)
    begin(market, 2025)
    (deal,) = market.chip_deals
    check(deal.signed, 16)
    market.capital.value["maker"] = worlds(100, 200, 50)
    come(market, 2026, 1)
    check(flow(market, "outside", "lab", "proceeds"), 2, 4, 1)
    check(flow(market, "maker", "lab", "equity"), 0)
    check(deal.left, 14, 28, 7)
    balanced(deal)


def test_a_deal_in_force_at_the_start_owes_only_what_is_to_come(tmp_path: Path) -> None:
    old = DEAL.replace("2025", "2022").replace("2026", "2023").replace("2029", "2026")
    market = two_firms(tmp_path, old=f"{old}, equity: 1")
    (deal,) = market.chip_deals
    check(deal.delivered, 4)
    check(deal.left, 4)


def test_makers_lend_more_the_more_of_their_chips_nobody_ordered(tmp_path: Path) -> None:
    market = two_firms(tmp_path)
    maker = market.firms["maker"].role(Chipmaker)
    maker.profit = worlds(10)
    usual = maker.means()
    market.supply.idle_makers = worlds(0, 0.1, 0.5)
    np.testing.assert_allclose(maker.means() - usual, maker.given.vendor_finance * worlds(0, 1, 5))
    chips, orders = market.supply.chips, []
    market.supply._finish = lambda works: orders.append(works.chips)  # type: ignore[method-assign]
    market.supply.build()
    assert len(orders) == 1
    np.testing.assert_allclose(market.supply.idle_makers, 1)  # nobody has works in hand yet
    assert (market.supply.chips < chips).all()
