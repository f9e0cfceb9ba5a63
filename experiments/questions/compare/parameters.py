"""The parameters of two sides that were not drawn alike, and the posterior rows that worlds come from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import parameter_of_column
from computeshift.experiments.questions.compare.clusters import effective
from computeshift.experiments.questions.compare.sides import Side
from computeshift.experiments.results.quantiles import bands
from computeshift.experiments.run import design as designs

COLUMNS = (
    "config", "parameter", "unit", "distance", "threshold",
    "first_p10", "first_p50", "first_p90", "p10", "p50", "p90",
)  # fmt: skip
_CHANCE = 0.05  # that any parameter at all seems to move, where none does


Drawn = Mapping[str, "pd.Series[int]"]
"""The posterior rows of worlds, by the names of the sides that have a posterior."""


def posterior_rows(side: Side, worlds: pd.Index[int]) -> pd.Series[int]:
    """A number per world that is the same for worlds of one posterior row, by what the side has of it."""
    design, laid = _design(side, worlds), side.posterior.laid if side.posterior else ()
    same = design[[name for name in laid if name in design]]
    return pd.Series(pd.util.hash_pandas_object(same, index=False).to_numpy(), index=worlds)


def parameters_of_sides(compared: Sequence[Side], worlds: pd.Index[int], drawn: Drawn) -> pd.DataFrame:
    """The rows of `Comparison.parameters`: of every side that is not drawn as the first is."""
    first, *others = compared
    moved = [_parameters(first, side, worlds, drawn) for side in others if not side.is_drawn_as(first)]
    return pd.concat(moved, ignore_index=True) if moved else pd.DataFrame(columns=list(COLUMNS))


def _parameters(first: Side, other: Side, worlds: pd.Index[int], drawn: Drawn) -> pd.DataFrame:
    """One row per parameter or factor that is uncertain on both sides, the one that moved most first.

    `distance` is Kolmogorov and Smirnov's, between the worlds of both sides. `threshold` is the distance
    beyond which a parameter moved: chance alone takes any of them there in 1 of 20 comparisons.
    """
    before, after = (_design(side, worlds) for side in (first, other))
    names = [name for name in before if name in after and parameter_of_column(str(name)) is None]
    units = designs.units(other.config)
    worth = [effective(drawn[side.name]) if side.name in drawn else len(worlds) for side in (first, other)]
    table = pd.DataFrame(
        {
            "config": other.name,
            "parameter": names,
            "unit": [units[str(name)] for name in names],
            "distance": [distance(before[name].to_numpy(), after[name].to_numpy()) for name in names],
            "threshold": _threshold(len(names), worth),
        },
        index=names,
    )
    table = pd.concat([table, bands(before[names]).add_prefix("first_"), bands(after[names])], axis=1)
    return table.sort_values("distance", ascending=False, kind="stable")


def distance(first: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    """Kolmogorov and Smirnov's: the most by which shares of two samples up to a value differ.

    >>> distance(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 4.0, 5.0, 6.0]))
    0.5
    """
    both = np.concatenate([first, other])
    shares = [np.searchsorted(np.sort(one), both, side="right") / len(one) for one in (first, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def _threshold(count: int, worth: Sequence[float]) -> float:
    """The distance that the largest of so many exceeds by chance in 1 of 20 comparisons."""
    return math.sqrt(math.log(2 * count / _CHANCE) / 2 * sum(1 / one for one in worth))


def _design(side: Side, worlds: pd.Index[int]) -> pd.DataFrame:
    """The uncertain parameters of the worlds, one row per world."""
    source = side.source
    design = designs.design(source) if isinstance(source, Config) else source.design
    return design.set_index("world").loc[worlds]
