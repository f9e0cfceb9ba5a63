"""What right prices do: suppliers differ, choice answers, rents fall in a storm, and firms add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from computeshift.environment.setup import Edge
from tests.behaviour.copies import copies, same, small, totals
from tests.behaviour.worlds import MEASURED, YEARS, Run, play, played

WORLDS = 200
SUPPLIERS = ("microsoft", "oracle", "stargate", "other_cloud")
NO_GROWTH: Mapping[str, Any] = {"shocks__demand_fall__size": 1, "shocks__demand_fall__until": 2030}
DEAR: Mapping[str, Any] = {"shocks__credit_crunch__size": 600, "shocks__credit_crunch__until": 2030}


def priced(**settings: Any) -> Run:
    return play(worlds=WORLDS, **settings)


def test_suppliers_rents_for_like_work_differ_by_a_fifth_and_more() -> None:
    base = priced()
    for year in (2027, 2030):
        rents = np.array([base.agent(name, "rent", year) for name in SUPPLIERS])
        # Old chips do less work and are cheaper by that, so the dearest supplier's age hides its price.
        for_work = rents / np.array([base.agent(name, "newness", year) for name in SUPPLIERS])
        plain, apart = (float(np.median(r.max(axis=0) / r.min(axis=0) - 1)) for r in (rents, for_work))
        told = (
            f"rents of four suppliers {year}: dearest above cheapest {plain:+.3f}, for like work {apart:+.3f}"
        )
        MEASURED.append(told)
        assert apart > 1 / 5, told


def test_choice_answers_to_price() -> None:
    blind, keen = priced(compute__price_sensitivity=0), priced(compute__price_sensitivity=20)
    cheap = [run.share("other_cloud", 2028).mean() for run in (blind, keen)]
    dear = [run.share("microsoft", 2028).mean() for run in (blind, keen)]
    MEASURED.append(f"price sensitivity 0, 20: the cheapest supplies {cheap[0]:.3f}, {cheap[1]:.3f}")
    assert cheap[1] - cheap[0] > 0.05, f"share of the cheapest supplier: {cheap}"
    assert dear[0] - dear[1] > 0.03, f"share of the dearest supplier: {dear}"


def test_rents_fall_in_a_storm() -> None:
    base, storm = priced(), priced(shocks__sentiment_fall__size=0.6, **NO_GROWTH, **DEAR)
    for name, most in (("spot", 0.7), ("rent", 0.85)):
        factor = float(np.median(storm.model(name, 2028) / base.model(name, 2028)))
        MEASURED.append(f"storm: {name} of 2028 times {factor:.3f}")
        assert factor < most, f"{name} of 2028: {factor:.3f} times the six's"


def test_dear_credit_in_a_winter_moves_spot_only_by_what_is_not_built() -> None:
    winter, dear = priced(**NO_GROWTH), priced(**NO_GROWTH, **DEAR)
    first = float(np.median(dear.model("spot", 2027) / winter.model("spot", 2027)))
    then = float(np.median(dear.model("spot", 2030) / winter.model("spot", 2030)))
    MEASURED.append(f"winter, +600 bp: spot of 2027 times {first:.3f}, of 2030 {then:.3f}")
    assert abs(first - 1) < 0.02, f"spot of 2027: {first:.4f} times"
    assert abs(then - 1) < 0.04, f"spot of 2030: {then:.4f} times"


def test_spot_does_not_swing_from_year_to_year() -> None:
    base = priced()
    moves = np.diff(np.log([base.model("spot", year) for year in YEARS]), axis=0)
    swings = float((moves[:-1] * moves[1:] < 0).all(axis=0).mean())
    MEASURED.append(f"worlds whose spot price turns every year: {swings:.3f}")
    assert swings < 0.02, f"spot turns every year in {swings:.3f} of worlds"


# --- firms add up ---


def test_a_cloud_that_brings_nothing_changes_nothing() -> None:
    same(played(small()), played(copies(small(), "other_cloud", {"nothing": 0})), rtol=0)


def test_twenty_more_clouds_bring_no_tenants() -> None:
    base = small(tenants__rent_elasticity=0)
    many = copies(base, "other_cloud", {f"cloud_{i}": 1 for i in range(20)})
    before, after = totals(played(base)), totals(played(many))
    np.testing.assert_array_equal(after["tenant_demand_gw"], before["tenant_demand_gw"])


def test_the_order_of_firms_moves_nothing() -> None:
    base = small()
    edges: tuple[Edge, ...] = base.edges[::-1]
    same(played(base), played(replace(base, firms=base.firms[::-1], edges=edges)), rtol=1e-12)


def test_a_bill_is_what_was_contracted_times_the_price_of_its_tie() -> None:
    market = played(small(openai__initial_cash=2000, rival_lab__initial_cash=2000))
    compute, firm = market.compute, market.compute.commitments
    for lab in ("openai", "rival_lab"):
        assert (market.lab(lab).deferred == 0).all()
        bills = compute.bills(lab)
        for tie, (supplier, buyer) in enumerate(compute.ties):
            if buyer.name == lab:
                rolling = compute.used[tie] - firm.by_tie(firm.used)[tie]
                expected = rolling * compute.prices.rolling[tie] + firm.by_tie(firm.due)[tie]
                np.testing.assert_allclose(bills[supplier.name], expected, atol=1e-9)
    ties = [tie for tie, (_, lab) in enumerate(compute.ties) if lab.name == "openai"]
    spread = np.ptp(compute.prices.by_tie[ties], axis=0)
    assert float(np.median(spread)) > 0.5
