"""What a limit on a factor or a residual means for the parameters behind it, in their own units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from computeshift.experiments.config.factor import (
    Loadings,
    factor_of_column,
    heaviest,
    parameter_of_column,
)
from computeshift.experiments.questions.discover.regions import Column, Limit, Region

MOST = 3  # parameters of a factor


@dataclass(frozen=True)
class Meaning:
    """A parameter behind a limit of a region: its median in the worlds within that limit, and in all."""

    region: int
    limit: str
    parameter: str
    unit: str
    within: float
    everywhere: float


def meanings(
    regions: Sequence[Region], design: pd.DataFrame, loadings: Loadings, columns: Mapping[str, Column]
) -> tuple[Meaning, ...]:
    """Of each limit on a factor its heaviest parameters, of one on a residual the parameter itself."""
    return tuple(
        Meaning(
            number,
            limit.column.name,
            name,
            columns[name].unit,
            float(design.loc[_within(limit, design), name].median()),
            float(design[name].median()),
        )
        for number, region in enumerate(regions, 1)
        for limit in region.limits
        for name in _behind(limit.column.name, loadings)
    )


def _behind(column: str, loadings: Loadings) -> Iterator[str]:
    if (parameter := parameter_of_column(column)) is not None:
        yield parameter
    if (factor := factor_of_column(column)) is not None:
        own = {name: loads[factor] for name, loads in loadings.items() if factor in loads}
        yield from (name for name, _ in heaviest(own)[:MOST])


def _within(limit: Limit, design: pd.DataFrame) -> pd.Series[bool]:
    low = -np.inf if limit.low is None else limit.low
    high = np.inf if limit.high is None else limit.high
    return design[limit.column.name].between(low, high)
