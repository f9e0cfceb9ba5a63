"""The full cast beside the small one: what they share agrees, and firms of their own behave as such."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import computeshift as cs
from computeshift.environment.setup import Array
from computeshift.experiments.results.results import Results
from tests.behaviour.worlds import YEARS, play

FEW = 400


@cache
def results(config: str) -> Results:
    return cs.run(config, worlds=FEW)


@pytest.mark.parametrize(
    "variable",
    [
        *("revenue", "burn", "capacity_gw", "used_gw", "training_gw", "inference_gw"),
        *("training_spend", "inference_spend", "lease_due", "valuation", "subscribed"),
    ],
)
def test_the_small_casts_medians_of_openai_lie_in_the_full_casts_middle_half(variable: str) -> None:
    small = results("six").variable("openai", variable).median()
    full = results("baseline").variable("openai", variable).quantile([0.25, 0.75])
    assert (full.loc[0.25] <= small).all()
    assert (small <= full.loc[0.75]).all()


def test_no_world_of_the_full_cast_is_left_out_to_2035() -> None:
    late = cs.run("baseline", worlds=200, until=2035)
    assert late.reasons == {}


def fallen(firm: str) -> Array:
    """The part of its GW of 2027 that a firm lacks after two years with half as many chips for China."""
    usual, limited = (
        play("baseline", FEW, shocks__chip_limit__size=size).agent(firm, "gw", 2027) for size in (0, 0.5)
    )
    return np.asarray(1 - limited / usual)


def test_export_controls_hit_chinas_cloud_and_hardly_others() -> None:
    hit = fallen("china_cloud")
    assert np.median(hit) > 0.05
    for other in ("microsoft", "amazon", "google", "meta"):
        assert np.median(fallen(other)) < np.median(hit) / 3


def test_a_leap_costs_nvidias_owners_at_once() -> None:
    usual, leapt = (play("baseline", FEW, shocks__efficiency_leap__size=size) for size in (1, 3))
    value = [run.agent("nvidia", "valuation", 2026) for run in (usual, leapt)]
    sales = [run.agent("nvidia", "revenue", 2026) for run in (usual, leapt)]
    assert np.median(value[1] / value[0]) < 0.97 * np.median(sales[1] / sales[0])


def test_a_lab_that_pays_for_its_own_sites_builds_more_and_keeps_less() -> None:
    runs = [play("baseline", FEW, until=2025, xai__own_build_share=part) for part in (0, 0.5)]
    leasing, building = (run.agent("xai", "capex", 2025) for run in runs)
    assert (building >= leasing - 1e-4).all()  # what a firm borrows ahead moves the sixth digit
    assert np.median(building - leasing) > 0.5
    kept = [run.agent("xai", "cash", 2025) for run in runs]
    assert np.mean(kept[1] - kept[0]) < -0.2
    openai = [run.agent("openai", "capacity_gw", 2025) for run in runs]
    assert abs(np.median(openai[1] / openai[0]) - 1) < 0.01


def test_every_lender_loses_what_its_borrowers_write_off() -> None:
    storm = play("baseline", FEW, shocks__demand_fall__size=0.8, shocks__credit_crunch__size=600)
    lost = sum(storm.total(lender, "losses") for lender in ("banks", "bond_buyers", "private_credit"))
    written_off = sum(storm.market.ledger.written_off.values())
    assert np.any(written_off > 0)
    np.testing.assert_allclose(lost, written_off, rtol=1e-9, atol=1e-9)


def test_money_returns_to_those_who_invest_it() -> None:
    """What Amazon and Google put into Anthropic is a part of what it pays them for compute."""
    run = play("baseline", FEW)
    for cloud in ("amazon", "google"):
        invested = sum(run.flow(cloud, "anthropic", "equity", year) for year in YEARS)
        returned = sum(run.flow("anthropic", cloud, "lease", year) for year in YEARS)
        assert np.median(invested) > 1
        assert np.median(returned) > np.median(invested)
