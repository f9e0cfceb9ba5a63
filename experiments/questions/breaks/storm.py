"""A storm: the news in which a broken deal is judged besides the config as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from computeshift.environment.bounds import Bounds
from computeshift.environment.shocks import PROBABILITY, SHOCKS
from computeshift.experiments.config.config import Config, ShockConfig
from computeshift.experiments.config.parameter import Parameter

STORM: Final[Mapping[str, float]] = {"demand_fall": 1.0, "sentiment_fall": 0.6, "credit_crunch": 600.0}
"""The sizes of its news by kind, each in the unit of the kind. Assumed, because each should be larger than
in any shipped scenario and smaller than the worst of its kind: demand stops growing, the mood falls by 60%
(US technology shares fell by more than 70% from 2000 to 2002), and spreads rise by 600 basis points (those
of junk bonds rose by more than 1,000 in 2008)."""


def stormy(config: Config, year: int, strength: float = 1) -> Config:
    """The config with a storm from a year to its last one, besides the news that it has.

    `strength` is a factor on the sizes of its news: with 0 nothing happens.
    """
    prefix = "storm_"
    while any(f"{prefix}{kind}" in config.shocks for kind in STORM):  # a name of the config's own
        prefix += "_"
    sizes = {kind: strength * size for kind, size in STORM.items()}
    storm = {f"{prefix}{kind}": _shock(kind, size, year, config.until) for kind, size in sizes.items()}
    return config.model_copy(update={"shocks": {**config.shocks, **storm}})


def _shock(kind: str, size: float, year: int, until: int) -> ShockConfig:
    known = SHOCKS[kind]
    return ShockConfig(
        kind=kind,
        year=year,
        until=until if known.lasts else None,
        size=_fixed(size, known.unit, known.bounds),
        probability=_fixed(1.0, "share", PROBABILITY),
    )


def _fixed(value: float, unit: str, bounds: Bounds) -> Parameter:
    why = "because a storm is to strike in every world alike"
    return Parameter(
        unit=unit, low=value, central=value, high=value, shape="fixed", assumed=why, bounds=bounds
    )
