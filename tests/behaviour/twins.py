"""One world of `six` many times over: what differs between the copies is what a test changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from computeshift.agents import KINDS
from computeshift.environment.draws import Draws
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array
from computeshift.experiments.config.load import load
from computeshift.experiments.run.design import design, setup


class OneDraw(Draws):
    """The random draws of one world, for all worlds."""

    def uniform(self, name: str, year: int) -> Array:
        """The same number in each world, `(W,)`."""
        return np.full(self.worlds, super().uniform(name, year)[0])


def twins(world: int, copies: int, settings: Mapping[str, Any] | None = None) -> ComputeMarket:
    """The six, with settings, in copies of one world."""
    config = load("six", set=settings)
    one = setup(config, design(config, worlds=1, seed=1, first_world=world))
    same = {name: np.repeat(values, copies) for name, values in one.parameters.items()}
    market = ComputeMarket(replace(one, worlds=copies, parameters=same), KINDS)
    market.draws = OneDraw(1, world, copies)
    return market
