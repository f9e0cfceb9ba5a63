"""Factors: common causes that parameters load on, so that these are drawn together (a Gaussian copula)."""

from __future__ import annotations

import datetime
import math
from collections.abc import Container, Iterator, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from computeshift.experiments.config import facts as sources
from computeshift.experiments.config.parameter import Parameter, grounds, rests_on
from computeshift.experiments.config.schema import FactorSpec
from computeshift.experiments.errors import instead

Loadings = Mapping[str, Mapping[str, float]]
"""By parameter, its loading on each factor that it has one on."""
STANDARD_NORMAL = "standard normal"
"""The unit of factors and residuals: mean 0, standard deviation 1."""
_FACTOR, _RESIDUAL = "factor.", "residual."
_ROUNDING = 1e-9


class Factor(BaseModel):
    """A common cause: a standard normal number per world that parameters load on, by dotted name.

    A loading, -1 to 1, is the correlation of the parameter's normal score with the factor. The factor rests
    on one of `facts`, `source` or `assumed`, as a parameter does, and its loadings with it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    meaning: str
    source: str | None = None
    published: datetime.date | None = None
    facts: tuple[str, ...] = ()
    assumed: str | None = None
    loadings: dict[str, float] = {}

    @property
    def ground(self) -> str:
        """What it rests on, in words."""
        return rests_on(self.assumed, self.facts, self.source, self.published)


def column_of_factor(factor: str) -> str:
    """The column of a design with a factor's numbers.

    >>> column_of_factor("enthusiasm"), factor_of_column("factor.enthusiasm")
    ('factor.enthusiasm', 'enthusiasm')
    """
    return f"{_FACTOR}{factor}"


def column_of_residual(parameter: str) -> str:
    """The column with what a parameter has of its own, apart from its factors: standard normal numbers.

    >>> column_of_residual("services.elasticity"), parameter_of_column("residual.services.elasticity")
    ('residual.services.elasticity', 'services.elasticity')
    """
    return f"{_RESIDUAL}{parameter}"


def factor_of_column(column: str) -> str | None:
    """The factor whose numbers a column of a design has; None if it is not a factor's."""
    return column.removeprefix(_FACTOR) if column.startswith(_FACTOR) else None


def parameter_of_column(column: str) -> str | None:
    """The parameter whose residual a column of a design has; None if it is not a residual's."""
    return column.removeprefix(_RESIDUAL) if column.startswith(_RESIDUAL) else None


def independent(columns: list[str]) -> list[str]:
    """The columns of a design that are drawn independently: a residual stands in for its parameter.

    >>> independent(["world", "a.x", "a.y", "factor.f", "residual.a.x"])
    ['world', 'a.y', 'factor.f', 'residual.a.x']
    """
    return [name for name in columns if column_of_residual(name) not in columns]


def own_part(loadings: Mapping[str, float]) -> float:
    """The weight of a parameter's residual beside these loadings: together the variance is 1.

    >>> round(own_part({"enthusiasm": 0.6}), 3)
    0.8
    """
    return math.sqrt(max(1 - sum(loading**2 for loading in loadings.values()), 0.0))


def heaviest(loadings: Mapping[str, float]) -> list[tuple[str, float]]:
    """Loadings by name, the largest in size first.

    >>> heaviest({"a.x": 0.3, "a.y": -0.6})
    [('a.y', -0.6), ('a.x', 0.3)]
    """
    return sorted(loadings.items(), key=lambda loading: -abs(loading[1]))


def loadings_in_words(loadings: Mapping[str, float]) -> str:
    """Loadings by factor, or by parameter, in one line.

    >>> loadings_in_words({"enthusiasm": 0.6, "supply": -0.3})
    'enthusiasm 0.6, supply -0.3'
    """
    return ", ".join(f"{name} {loading:g}" for name, loading in loadings.items())


def of_parameters(
    factors: Mapping[str, Factor], numbers: Mapping[str, Parameter], streams: Mapping[str, str]
) -> Loadings:
    """The loadings that move something: those of uncertain parameters that are not 0, by parameter.

    A loading names a parameter, or the stream of its draws: a firm under another name has those of its
    stream.
    """
    named: dict[str, list[str]] = {}
    for name, number in numbers.items():
        for key in dict.fromkeys((name, streams[name])) if number.uncertain else ():
            named.setdefault(key, []).append(name)
    found: dict[str, dict[str, float]] = {}
    for factor, known in factors.items():
        for stream, loading in known.loadings.items():
            for name in named.get(stream, ()) if loading else ():
                found.setdefault(name, {})[factor] = loading
    return found


def notes(
    factors: Mapping[str, Factor], numbers: Mapping[str, Parameter], streams: Mapping[str, str]
) -> Iterator[str]:
    """Loadings that have no effect, one sentence per parameter or factor."""
    for name, number in numbers.items():
        for factor, known in factors.items():
            loading = known.loadings.get(name, known.loadings.get(streams[name], 0.0))
            if loading and not number.uncertain:
                why = "it has one value, so its loading on the factor"
                yield f"{name}: {why} {factor} ({loading:g}) does nothing"
    moving = {factor for own in of_parameters(factors, numbers, streams).values() for factor in own}
    for factor in factors:
        if factor not in moving:
            yield f"factors.{factor}: no uncertain parameter loads on it, so it does nothing"


Fault = tuple[tuple[str, ...], str, str]
"""What is wrong: under which keys of `factors`, what, and what would be right."""


def faults(
    factors: Mapping[str, FactorSpec], known: Sequence[str], unsure: Container[str]
) -> Iterator[Fault]:
    """What is wrong with factors as written; `known` are the parameters that they may name.

    Nothing is said of the parameters of owners that are `unsure`: they have problems of their own.
    """
    for factor, spec in factors.items():
        for keys, wrong, right in _of_one(spec, known, unsure):
            yield (factor, *keys), wrong, right
    for name in dict.fromkeys(name for spec in factors.values() for name in spec.loadings):
        own = {factor: spec.loadings[name] for factor, spec in factors.items() if name in spec.loadings}
        squares = sum(loading**2 for loading in own.values())
        if max(map(abs, own.values())) <= 1 and squares > 1 + _ROUNDING:
            wrong = f"the squares of its loadings add up to {squares:.3g} ({loadings_in_words(own)})"
            yield (list(own)[-1], "loadings", name), wrong, "they may add up to 1: make some smaller"


def _of_one(spec: FactorSpec, known: Sequence[str], unsure: Container[str]) -> Iterator[Fault]:
    if not spec.meaning:
        yield (), "it has no meaning", "add meaning: what it is that moves these parameters together"
    for key, wrong, right in (*grounds(spec), *sources.unknown(spec.facts)):
        yield (key,) if key else (), wrong, right
    for name, loading in spec.loadings.items():
        if name not in known and name.partition(".")[0] not in unsure:
            yield ("loadings", name), f"there is no parameter {name!r}", instead(name, known)
        if abs(loading) > 1:
            wrong = f"{loading:g} is {'above 1' if loading > 1 else 'below -1'}"
            yield ("loadings", name), wrong, "a loading is a correlation: use -1 to 1"
