"""Ceilings: what labs are worth stays below a part of the world's product, in every world to 2035."""

from __future__ import annotations

import numpy as np

from tests.behaviour.worlds import MEASURED, play


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
