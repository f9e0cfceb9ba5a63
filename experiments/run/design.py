"""A design: a table with one row per world and one column per uncertain number; and its setup."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.environment.draws import Draws
from computeshift.environment.setup import Array, Edge, FirmSetup, Setup, Shock
from computeshift.experiments.config.arguments import whole
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import (
    STANDARD_NORMAL,
    column_of_factor,
    column_of_residual,
    factor_of_column,
    parameter_of_column,
)
from computeshift.experiments.errors import UserError
from computeshift.experiments.run.joint import Joint

if TYPE_CHECKING:
    from computeshift.experiments.run.posterior import Posterior


def design(
    config: Config,
    worlds: int | None = None,
    seed: int | None = None,
    first_world: int = 0,
    posterior: Posterior | None = None,
) -> pd.DataFrame:
    """One row for each of the worlds `first_world … first_world + worlds - 1`.

    Columns: `world`, then every uncertain parameter by its dotted name, in its own unit, then `factor.NAME`
    for every factor and `residual.NAME` for every parameter with loadings (both standard normal). A world's
    row depends on the seed and its number alone. What a `posterior` has is drawn from it, the rest from
    the config.
    """
    return pd.DataFrame(drawn(config, worlds, seed, first_world, posterior))


Drawn = dict[str, npt.NDArray[Any]]
"""A design by column, `(W,)` each, without the cost of a frame."""


def drawn(
    config: Config,
    worlds: int | None = None,
    seed: int | None = None,
    first_world: int = 0,
    posterior: Posterior | None = None,
    given: Mapping[str, Array] | None = None,
) -> Drawn:
    """The columns of that design; those `given` stay, and parameters follow the factors among them."""
    if not isinstance(config, Config):
        raise UserError(f"`config`: {config!r} is no config; load one first, such as load('baseline')")
    count = config.worlds if worlds is None else whole(worlds, "worlds", 1)
    first_world = whole(first_world, "first_world", 0)
    draws = Draws(config.seed if seed is None else whole(seed, "seed", 0), first_world, count)
    fitted = {} if posterior is None else posterior.draw(draws)
    streams = config.streams()

    @functools.cache
    def uniform(stream: str) -> Array:  # once for all firms that share a stream
        return draws.uniform(stream, 0)

    def quantiles(column: str) -> Array:
        if (factor := factor_of_column(column)) is not None:
            return uniform(f"factor {factor}")
        return uniform(f"parameter {streams[parameter_of_column(column) or column]}")

    columns = Joint.of(config).columns(quantiles, {**fitted, **(given or {})})
    return {"world": np.arange(first_world, first_world + count), **columns}


def units(config: Config) -> dict[str, str]:
    """The unit of every column that a design of the config can have, by name."""
    own = {name: number.unit for name, number in config.parameters().items()}
    normals = [*map(column_of_factor, config.factors), *map(column_of_residual, own)]
    return own | dict.fromkeys(normals, STANDARD_NORMAL)


def setup(
    config: Config, table: pd.DataFrame | Mapping[str, npt.NDArray[Any]], seed: int | None = None
) -> Setup:
    """What the market is handed for these rows of a design; a column overrides the config.

    The rows must be consecutive worlds; ValueError if not, for a column that no design has, or for a
    value outside the parameter's bounds.
    """
    numbers = config.parameters()
    worlds = np.asarray(table["world"])
    first, count = int(worlds[0]), len(worlds)
    if not np.array_equal(worlds, np.arange(first, first + count)):
        raise ValueError("the rows of a design must be consecutive worlds")
    known = units(config)
    if strangers := [str(name) for name in table if name not in known and name != "world"]:
        raise ValueError(f"no such parameters: {', '.join(strangers)}")
    columns = {name: np.asarray(table[name], dtype=np.float64) for name in numbers if name in table}
    for name, values in columns.items():
        bounds = numbers[name].bounds
        if bounds is not None and not bounds.holds(values):
            raise ValueError(f"{name}: {values.min():g} to {values.max():g} is not within {bounds}")
    return replace(
        structure(config),
        seed=config.seed if seed is None else seed,
        first_world=first,
        worlds=count,
        parameters={
            name: columns[name] if name in columns else np.full(count, number.central)
            for name, number in numbers.items()
        },
    )


def structure(config: Config) -> Setup:
    """What the market is handed apart from worlds and numbers: firms, ties, shocks and deals."""
    return Setup(
        seed=config.seed,
        first_world=0,
        worlds=0,
        start=config.start,
        until=config.until,
        firms=tuple(
            FirmSetup(
                name, f.kind, f.strategy, config.stream(name), f.partner, config.stream(f.family or name)
            )
            for name, f in config.firms.items()
        ),
        edges=tuple(Edge(*edge) for edge in config.edges),
        shocks=tuple(Shock(n, s.kind, s.year, s.until) for n, s in config.shocks.items()),
        parameters={},
        focus=config.focus,
        deals=tuple(deal.named(name) for name, deal in config.deals.items()),
    )
