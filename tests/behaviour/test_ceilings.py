"""Ceilings: of labs' value, in every world to 2035; and of demand, where twice as much is more compute."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from computeshift.environment.services import SEGMENTS
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup
from tests.behaviour.worlds import MEASURED, Run, play, played


def test_all_labs_are_worth_less_than_their_part_of_the_worlds_product() -> None:
    run = play(worlds=200, until=2035)
    given = run.market.setup.parameters
    for year in (2030, 2035):
        years = year - run.market.setup.start
        product = given["capital.world_product"] * (1 + given["capital.product_growth"]) ** years
        labs = ("openai", "rival_lab", "microsoft", "deepseek")
        together = sum(run.agent(lab, "services_value", year) for lab in labs)
        worth = run.agent("openai", "valuation", year)
        MEASURED.append(f"OpenAI's value {year}, P99, $ bn {np.quantile(worth, 0.99):51.0f}")
        part = (together / (given["capital.value_ceiling"] * product)).max()
        assert part < 1, f"labs reach {part:.2f} of their ceiling in {year}"


def test_twice_the_ceilings_of_demand_are_more_compute_years_later() -> None:
    """Capacity is ordered three years ahead, on what customers spend then, and labs train no more for it."""
    config = load("six", set={"until": 2035})
    base = setup(config, design(config, worlds=500, seed=1))
    ceilings = [f"services.{segment}_ceiling" for segment in SEGMENTS]
    twice = {name: 2 * base.parameters[name] for name in ceilings}
    usual, more = (Run(played(g)) for g in (base, replace(base, parameters={**base.parameters, **twice})))

    def rise(name: str, year: int) -> float:
        return float(more.model(name, year).mean() / usual.model(name, year).mean() - 1)

    names = ("services_spending", "demand_gw", "served_gw", "capacity_gw")
    up = {name: [rise(name, year) for year in range(2026, 2036)] for name in names}
    for name, rises in up.items():
        text = " ".join(f"{rise:+6.1%}" for rise in rises)
        MEASURED.append(f"twice the ceilings of demand, {name} 2026 to 2035: {text}")
        assert (np.diff(rises) > 0).all(), f"{name}: {text}"
    then, last = 2032 - 2026, 2035 - 2026
    assert up["services_spending"][then] > 0.25
    assert up["capacity_gw"][last] > 0.2 * up["services_spending"][then]
    assert up["served_gw"][last] > 0.33 * up["services_spending"][then]
    asked, depth = rise("outside_asked", 2032), rise("outside_depth", 2032)
    MEASURED.append(
        f"twice the ceilings of demand, asked of outside investors 2032 {asked:+.1%}, depth {depth:+.1%}"
    )
    assert depth > 0.8 * asked > 0.1  # labs are worth more, and ask for more
