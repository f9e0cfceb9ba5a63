"""Labs compete for customers of the market: what entry, exit, leaps and prices do, with sizes printed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeshift.agents import KINDS
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup
from tests.behaviour.copies import copies, same, small
from tests.behaviour.worlds import MEASURED, Run, play, played

WORLDS = 300


def changed(text: str, folder: Path, until: int = 2030) -> Run:
    """A run of `six` with this overlay."""
    file = folder / "other.yaml"
    file.write_text(f"extends: six\nuntil: {until}\n{text}", encoding="utf-8")
    return play(str(file), worlds=WORLDS)


def ratio(label: str, changed: Array, base: Array) -> float:
    """The mean of one outcome over that of another run, noted for the end of the test run."""
    found = float(changed.mean() / base.mean())
    MEASURED.append(f"{label:66s} x {found:.4f}")
    return found


def test_a_small_lab_that_leaves_hardly_moves_others_though_leaps_go_on(tmp_path: Path) -> None:
    base, without = play(worlds=WORLDS), changed("firms: {deepseek: null}", tmp_path)
    for year in (2026, 2030):
        own = [run.agent("openai", "revenue", year) for run in (without, base)]
        assert ratio(f"DeepSeek out: OpenAI's revenue {year}", *own) == pytest.approx(1, abs=0.02)


def test_a_large_lab_that_leaves_gives_its_customers_to_others_and_few_to_none(tmp_path: Path) -> None:
    base, without = play(worlds=WORLDS), changed("firms: {rival_lab: null}", tmp_path)
    for year, least in ((2025, 0.88), (2026, 0.9), (2030, 0.9)):  # in the year of the exit most of all
        spent = [run.model("services_spending", year) for run in (without, base)]
        # Capacity that it would have signed for serves the customers of others by 2030.
        assert least < ratio(f"rival lab out: customers' spending {year}", *spent) < 1.01
        own = [run.agent("openai", "revenue", year) for run in (without, base)]
        assert ratio(f"rival lab out: OpenAI's revenue {year}", *own) > 1.15


def test_newcomers_of_usual_size_take_little_from_others_and_add_less(tmp_path: Path) -> None:
    ties = "".join(
        f"\n  - [oracle, n{i}, capacity]\n  - [n{i}, customers, services]\n  - [investors, n{i}, equity]"
        for i in range(3)
    )
    three = "".join(f"\n  n{i}: {{kind: lab, strategy: default}}" for i in range(3))
    base, more = play(worlds=WORLDS), changed(f"firms:{three}\nedges:{ties}\n", tmp_path)
    for year in (2025, 2030):
        spent = [run.model("services_spending", year) for run in (more, base)]
        assert ratio(f"three newcomers: customers' spending {year}", *spent) == pytest.approx(1, abs=0.02)
        own = [run.agent("openai", "revenue", year) for run in (more, base)]
        # They were part of what the rival lab stands for: it sells less, OpenAI hardly another amount.
        assert ratio(f"three newcomers: OpenAI's revenue {year}", *own) == pytest.approx(1, abs=0.06)


@settings(max_examples=4, deadline=None, derandomize=True)
@given(part=st.floats(0.02, 0.98), firm=st.sampled_from(["rival_lab", "other_cloud", "deepseek"]))
def test_a_firm_split_in_two_of_one_family_leaves_all_totals_as_they_were(part: float, firm: str) -> None:
    base = small()
    split = copies(base, firm, {"one": part, "other": 1 - part}, instead=True)
    same(played(base), played(split), rtol=1e-8)  # capacity is shared out in rounds, to 1e-12 GW of room


def test_a_lab_that_brings_nothing_changes_nothing(tmp_path: Path) -> None:
    none = ", ".join(f"initial_{name}: 0" for name in ("cash", "revenue", "capacity"))
    nobody = f"nobody: {{kind: lab, strategy: default, {none}, fixed_cost: 0}}"
    extra = f"firms:\n  {nobody}\nedges:\n  - [oracle, nobody, capacity]\n  - [nobody, customers, services]\n"
    base, more = play(worlds=WORLDS), changed(extra, tmp_path)
    for variable in ("services_spending", "capacity_gw", "rent", "price_index", "utilisation"):
        assert np.array_equal(base.model(variable, 2030), more.model(variable, 2030)), variable


def test_the_frontier_follows_the_trend_in_the_mean_with_leaps_on() -> None:
    config = load("six")
    market = ComputeMarket(setup(config, design(config, worlds=20_000, seed=1)), KINDS, only=["year"])
    start = market.frontier.level
    for year in range(2025, 2031):
        market.year = year
        market.frontier.advance()
    trend = 6 * np.log(market.frontier.given.price_trend)
    off = market.frontier.level - start - trend
    # Two standard errors of twenty thousand worlds are 0.018.
    MEASURED.append(f"{'frontier against its trend, 2030, log points':66s} {off.mean():+.4f}")
    assert abs(off.mean()) < 0.02


@pytest.mark.parametrize(("elasticity", "side"), [(0.7, -1), (1.0, 0), (1.3, 1)])
def test_the_price_trend_moves_spending_by_the_elasticitys_side(elasticity: float, side: int) -> None:
    slow, fast = (
        play(worlds=100, frontier__price_trend=trend, services__elasticity=elasticity) for trend in (3, 30)
    )
    for year in (2025, 2030):
        moved = np.log(fast.model("services_spending", year) / slow.model("services_spending", year))
        MEASURED.append(
            f"trend 30 for 3, elasticity {elasticity}: spending {year}, log {moved.mean():+33.4f}"
        )
        assert np.all(np.sign(np.round(moved, 9)) == side)


def test_no_world_spends_more_than_the_ceilings(tmp_path: Path) -> None:
    run = changed("", tmp_path, until=2035)
    given = run.market.services.given
    ceiling = given.consumers_ceiling + given.enterprise_ceiling + given.china_ceiling
    part = run.model("services_spending", 2035) / ceiling
    label = "spending of 2035 over its ceilings, median and largest"
    MEASURED.append(f"{label:66s} {np.median(part):.2f}, {part.max():.2f}")
    assert part.max() < 1
    assert not run.market.sense.reasons()
