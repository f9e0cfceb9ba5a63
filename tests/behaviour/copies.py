"""Markets with copies of a firm, each of a size: to split it, or to add firms like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np

from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array, Setup
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup

EXTENSIVE = (
    *("initial_cash", "initial_gw", "due_in_first_year", "due_in_second_year", "initial_cash_flow"),
    *("initial_other_capex", "initial_debt", "initial_tenant_gw", "initial_crews"),
    *("initial_revenue", "rest_share", "initial_capacity", "fixed_cost", "patron_budget"),
)
"""Parameters that say how large a cloud or a lab is."""


@cache
def small(**settings: float) -> Setup:
    config = load("six", set={name.replace("__", "."): v for name, v in settings.items()} or None)
    return setup(config, design(config, worlds=60, seed=1))


def copies(base: Setup, of: str, sizes: Mapping[str, float], instead: bool = False) -> Setup:
    """A market with firms like one of it, of one family, each of a size; in its place or beside it."""
    (original,) = (firm for firm in base.firms if firm.name == of)
    firms = tuple(replace(original, name=name) for name in sizes)
    ties = tuple(
        replace(edge, source=edge.source.replace(of, name), target=edge.target.replace(of, name))
        for name in sizes
        for edge in base.edges
        if of in (edge.source, edge.target)
    )
    numbers: dict[str, Array] = {}
    for name, size in sizes.items():
        for parameter, values in base.parameters.items():
            owner, _, key = parameter.partition(".")
            if owner == of:
                numbers[f"{name}.{key}"] = values * size if key in EXTENSIVE else values
    kept = tuple(firm for firm in base.firms if not (instead and firm.name == of))
    edges = tuple(edge for edge in base.edges if not (instead and of in (edge.source, edge.target)))
    return replace(base, firms=kept + firms, edges=edges + ties, parameters={**base.parameters, **numbers})


def totals(market: ComputeMarket) -> dict[str, Array]:
    names = ("capacity_gw", "demand_gw", "utilisation", "rent", "spot", "ai_capex", "tenant_demand_gw")
    frame = market.datacollector.get_model_vars_dataframe()
    more = ("services_spending", "price_index", "outside_asked", "outside_depth")
    return {name: np.array(list(frame[name])) for name in (*names, *more)}


def same(one: ComputeMarket, other: ComputeMarket, rtol: float) -> None:
    """Every total of every year and world is the same, but for rounding."""
    before, after = totals(one), totals(other)
    for name, values in before.items():
        np.testing.assert_allclose(after[name], values, rtol=rtol, err_msg=name)
