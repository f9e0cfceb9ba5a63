"""Groups of inputs: by the section of a config that they stand in, or by firm."""

from __future__ import annotations

from typing import Any

from computeshift.experiments.config.arguments import known, plain
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import factor_of_column, parameter_of_column
from computeshift.experiments.errors import UserError

GROUPINGS = ("section", "firm")
FACTORS = "factors"
FIRMS = "firms"


def grouping(by: Any) -> str:
    """What inputs are grouped by; UserError if it is none of these, such as a year."""
    year = plain(by)
    if isinstance(year, int) or (isinstance(year, str) and year.isdecimal()):
        right = f"use {' or '.join(GROUPINGS)}; for a year use `years={year}`"
        raise UserError(f"`by`: {year} is a year, not what inputs are grouped by; {right}")
    return known(by, GROUPINGS, "grouping", "by")


def groups_of(inputs: list[str], config: Config, by: str) -> dict[str, list[str]]:
    """The inputs by group: sections, shocks, factors, and firms, one by one or all together."""
    groups: dict[str, list[str]] = {}
    for name in inputs:
        groups.setdefault(_group(name, config, by), []).append(name)
    return groups


def _group(name: str, config: Config, by: str) -> str:
    if factor_of_column(name) is not None:
        return FACTORS
    owner = (parameter_of_column(name) or name).partition(".")[0]
    return FIRMS if by == "section" and owner in config.firms else owner
