"""What a right model does: one thing changed, the same luck, the direction asserted, the size printed.

A mean effect counts when it is further from zero than its 95% interval reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from computeshift.environment.setup import Array
from computeshift.environment.shocks import SHOCKS
from tests.behaviour.worlds import MEASURED, STORM, WORLDS, YEARS, Run, play

Outcome = Callable[[Run], Array]


def effect(label: str, outcome: Outcome, changed: Run, base: Run) -> tuple[float, float]:
    """The mean paired effect and half its 95% interval, noted for the end of the test run."""
    difference = outcome(changed) - outcome(base)
    mean, reach = difference.mean(), 1.96 * difference.std() / np.sqrt(difference.size)
    MEASURED.append(f"{label:66s} {mean:+10.4f} ± {reach:.4f}")
    return float(mean), float(reach)


def falls(label: str, outcome: Outcome, changed: Run, base: Run) -> float:
    """Assert that an outcome falls; returns the mean effect."""
    mean, reach = effect(label, outcome, changed, base)
    assert mean < -reach, f"{label} should fall: {mean:+.4f} ± {reach:.4f}"
    return mean


def rises(label: str, outcome: Outcome, changed: Run, base: Run) -> float:
    """Assert that an outcome rises; returns the mean effect."""
    mean, reach = effect(label, outcome, changed, base)
    assert mean > reach, f"{label} should rise: {mean:+.4f} ± {reach:.4f}"
    return mean


def share(supplier: str, year: int) -> Outcome:
    return lambda run: run.share(supplier, year)


def elsewhere(year: int) -> Outcome:
    """Part of OpenAI's GW that came through Azure, Oracle and the other cloud."""
    suppliers = ("microsoft", "oracle", "other_cloud")
    return lambda run: np.asarray(sum(run.share(supplier, year) for supplier in suppliers))


def agent(name: str, variable: str, year: int) -> Outcome:
    return lambda run: run.agent(name, variable, year)


def market(variable: str, year: int) -> Outcome:
    return lambda run: run.model(variable, year)


def unmet(year: int) -> Outcome:
    """GW OpenAI wanted under contract and did not get."""
    return lambda run: np.maximum(
        run.agent("openai", "wanted_gw", year) - run.agent("openai", "capacity_gw", year), 0.0
    )


def test_half_of_softbanks_value_gone_slows_stargate() -> None:
    base, hit = play(), play(shocks__nav_fall__size=0.5)
    falls("NAV halves in 2026: Stargate's GW 2030", agent("stargate", "gw", 2030), hit, base)
    falls("NAV halves in 2026: Stargate's share 2030", share("stargate", 2030), hit, base)
    rises("NAV halves in 2026: other suppliers' share 2030", elsewhere(2030), hit, base)


def test_mgx_leaving_does_the_same_but_less() -> None:
    base, hit, gone = play(), play(shocks__nav_fall__size=0.5), play("no_mgx")
    less = falls("MGX leaves: Stargate's GW 2030", agent("stargate", "gw", 2030), gone, base)
    falls("MGX leaves: Stargate's share 2030", share("stargate", 2030), gone, base)
    rises("MGX leaves: other suppliers' share 2030", elsewhere(2030), gone, base)
    more, _ = effect("  against NAV halved", agent("stargate", "gw", 2030), hit, base)
    assert less > more


def test_microsoft_offering_twice_as_much_keeps_openai() -> None:
    base, more = play(), play(shocks__capacity_offer__size=1)
    falls("Microsoft offers twice: Stargate's share 2030", share("stargate", 2030), more, base)
    served: Outcome = lambda run: run.total("openai", "used_gw")  # noqa: E731
    rises("Microsoft offers twice: OpenAI's served GW-years", served, more, base)


def test_microsoft_turning_inhouse_costs_trust_and_capacity() -> None:
    base, turned = play(), play(microsoft__strategy="inhouse")
    falls("in-house: trust 2027", agent("microsoft", "trust", 2027), turned, base)
    falls("in-house: Azure's share 2027", share("microsoft", 2027), turned, base)
    early = rises("in-house: OpenAI's unmet demand 2026, GW", unmet(2026), turned, base)
    late, _ = effect("in-house: OpenAI's unmet demand 2030, GW", unmet(2030), turned, base)
    assert late < early


def test_late_permits_delay_the_shift_more_than_they_prevent_it() -> None:
    base, late = play(), play(shocks__permit_delay__size=1)
    soon = falls("permits two years late: Stargate's share 2027", share("stargate", 2027), late, base)
    then, _ = effect("permits two years late: Stargate's share 2030", share("stargate", 2030), late, base)
    assert soon < then


def test_a_leap_saves_compute_when_demand_is_inelastic() -> None:
    elasticity: dict[str, Any] = {"services__elasticity": 0.5}
    base, leap = play(**elasticity), play(**elasticity, shocks__efficiency_leap__size=9)
    falls("leap, elasticity 0.5: compute demand 2028", market("demand_gw", 2028), leap, base)
    falls("leap, elasticity 0.5: capex 2028", market("ai_capex", 2028), leap, base)
    falls("leap, elasticity 0.5: utilisation 2028", market("utilisation", 2028), leap, base)


def test_a_leap_needs_more_compute_when_demand_is_elastic() -> None:
    elasticity: dict[str, Any] = {"services__elasticity": 1.5}
    base, leap = play(**elasticity), play(**elasticity, shocks__efficiency_leap__size=9)
    rises("leap, elasticity 1.5: compute demand 2028", market("demand_gw", 2028), leap, base)


def test_dear_credit_slows_oracle_and_stargate() -> None:
    base, dear = play(), play(shocks__credit_crunch__size=300)
    falls("spreads +300 bp: Oracle's starts 2027", agent("oracle", "started_gw", 2027), dear, base)
    spent: Outcome = lambda run: sum(  # noqa: E731
        (run.agent("stargate", "capex", year) for year in range(2025, 2029)),
        run.market.ledger.zero,
    )
    falls("spreads +300 bp: spent on Stargate 2025-28, $ bn", spent, dear, base)
    # $ 500 bn is out of reach in nearly all worlds of either: rarer is shown where there is mass.
    high = float(np.quantile(spent(base), 0.9))
    assert (spent(dear) > high).mean() < (spent(base) > high).mean()
    assert (spent(dear) >= 500).mean() <= (spent(base) >= 500).mean()
    peak: Outcome = lambda run: np.maximum(  # noqa: E731
        run.agent("oracle", "leverage", 2027), run.agent("oracle", "leverage", 2028)
    )
    falls("spreads +300 bp: Oracle's peak leverage 2027-28", peak, dear, base)


def test_in_a_crunch_lenders_ration_besides_asking_for_more() -> None:
    crunch: dict[str, Any] = {"shocks__credit_crunch__size": 300}
    prices_only: dict[str, Any] = {
        f"{lender}__crunch_response": 0 for lender in ("banks", "bond_buyers", "private_credit")
    }
    base, dear, both = play(), play(**crunch, **prices_only), play(**crunch)
    for lender in ("banks", "bond_buyers", "private_credit"):
        falls(f"spreads +300 bp: {lender} could lend 2026", agent(lender, "could_lend", 2026), both, base)
    falls("rationing in a crunch: Stargate's capacity 2030", agent("stargate", "gw", 2030), both, dear)


def test_a_leap_scares_the_owners_of_softbanks_holdings_for_a_year() -> None:
    base, leap = play(), play(shocks__efficiency_leap__size=9)
    falls("leap: SoftBank's holdings 2026", agent("softbank", "holdings", 2026), leap, base)
    rises("leap: SoftBank's loan to value 2026", agent("softbank", "ltv", 2026), leap, base)


def test_dear_credit_bites_through_what_falls_due() -> None:
    longer: dict[str, Any] = {"shocks__credit_crunch__size": 600, "shocks__credit_crunch__until": 2030}
    base, dear = play(), play(**longer)
    new, all_debt = (
        [
            (dear.agent("oracle", rate, year) - base.agent("oracle", rate, year)).mean()
            for year in (2026, 2030)
        ]
        for rate in ("borrowing_rate", "interest_rate")
    )
    MEASURED.append(
        "spreads +600 bp: Oracle pays on new debt, on all debt, in 2026, 2030: "
        f"{new[0]:.4f} {all_debt[0]:.4f} {new[1]:.4f} {all_debt[1]:.4f}"
    )
    assert 0.05 < new[0] < 0.07
    assert 0.05 < new[1] < 0.07
    assert 0 < all_debt[0] < 0.25 * new[0] < all_debt[1] < 0.8 * new[1]


def test_a_wall_that_nobody_renews_breaks_a_firm_in_its_year(tmp_path: Path) -> None:
    path = tmp_path / "wall.yaml"
    steps = "".join(f"{year}: null, " for year in (2025, 2027, 2028, 2029))
    wall = f"{{schedule: {{{steps}2026: {{unit: $ bn, central: 60, shape: fixed, assumed: because x}}}}}}"
    path.write_text(
        f"asks: And if two thirds fall due at once?\nextends: six\ndeals: {{oracle_notes: {wall}}}\n"
    )
    even, walled = play("six", WORLDS, **STORM), play(str(path), WORLDS, **STORM)
    assert (walled.agent("oracle", "maturing", 2025) < 1e-9).all()
    assert (walled.agent("oracle", "maturing", 2026) > 59.9).all()
    unpaid = agent("oracle", "default_degree", 2026)
    assert (unpaid(even) > 0.01).mean() < 0.02
    assert (unpaid(walled) > 0.01).mean() > 0.1
    rises("storm, a wall of 60 in 2026: Oracle leaves unpaid", unpaid, walled, even)
    rises("storm, a wall of 60 in 2026: shares it sells", agent("oracle", "issued", 2026), walled, even)


def test_half_the_growth_hurts_openai_then_its_backers() -> None:
    slow: dict[str, Any] = {"shocks__demand_fall__size": 0.5, "shocks__demand_fall__until": 2030}
    base, hit = play(), play(**slow)
    rises("growth halves: OpenAI's burn 2026, $ bn", agent("openai", "burn", 2026), hit, base)
    # What it has signed for binds: compute that answers no longer take trains.
    falls("growth halves: OpenAI's inference GW 2030", agent("openai", "inference_gw", 2030), hit, base)
    falls("growth halves: OpenAI's GW at the end of 2030", agent("openai", "capacity_gw", 2030), hit, base)
    falls("growth halves: OpenAI's valuation 2027", agent("openai", "valuation", 2027), hit, base)
    rises("growth halves: SoftBank's LTV 2027", agent("softbank", "ltv", 2027), hit, base)


def test_staying_with_azure_keeps_trust() -> None:
    base, stay = play(), play(openai__strategy="stay")
    rises("stay: Azure's share 2030", share("microsoft", 2030), stay, base)
    rises("stay: trust 2030", agent("microsoft", "trust", 2030), stay, base)


@pytest.mark.parametrize("kind", SHOCKS)
def test_a_shock_of_size_zero_is_no_shock_to_the_last_bit(kind: str, tmp_path: Path) -> None:
    config = tmp_path / "calm.yaml"
    config.write_text(f"asks: And without it?\nextends: six\nshocks: {{{kind}: null}}\n")
    zero, without = play(worlds=50), play(str(config), worlds=50)
    assert kind not in {shock.name for shock in without.market.setup.shocks}
    for mine, theirs in zip(zero.market.ledger.flows, without.market.ledger.flows, strict=True):
        assert np.array_equal(mine.amount, theirs.amount), mine.kind
    for year in YEARS:
        assert np.array_equal(zero.model("rent", year), without.model("rent", year))


def test_sunk_orders_fill_idle_halls_in_a_storm_and_move_little_in_fair_weather() -> None:
    fair = [play(compute__sunk_orders=part) for part in (0.8, 0.2)]
    storm = [play("six", WORLDS, **STORM, compute__sunk_orders=part) for part in (0.8, 0.2)]
    rises("storm, orders sunk: GW of all owners in 2030", market("capacity_gw", 2030), *storm)
    falls("storm, orders sunk: rent in 2028", market("rent", 2028), *storm)
    rises("storm, orders sunk: Oracle's leverage in 2030", agent("oracle", "leverage", 2030), *storm)
    rises("storm, orders sunk: Stargate's default", agent("stargate", "default_degree", 2029), *storm)
    mean, _ = effect("fair, orders sunk: GW of all owners in 2030", market("capacity_gw", 2030), *fair)
    assert abs(mean) < 0.05 * market("capacity_gw", 2030)(fair[0]).mean()
