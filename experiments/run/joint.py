"""How uncertain parameters are drawn together: from independent inputs, by a Gaussian copula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from computeshift.environment.setup import Array
from computeshift.environment.special import ndtr, ndtri
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import (
    STANDARD_NORMAL,
    Loadings,
    column_of_factor,
    column_of_residual,
    own_part,
    parameter_of_column,
)
from computeshift.experiments.config.parameter import Parameter

Quantiles = Callable[[str], Array]
"""Numbers in (0, 1) of an independent input by its name, `(W,)`."""
_NONE: Mapping[str, Array] = MappingProxyType({})
_TINY, _LARGEST = np.finfo(np.float64).tiny, 1 - np.finfo(np.float64).epsneg


@dataclass(frozen=True)
class Joint:
    """The uncertain parameters by dotted name, and the loadings of those that hang on factors.

    The inputs are independent: each factor, the residual of each parameter with loadings, and each other
    parameter itself. A parameter with loadings has the normal score `sum(loading x factor) + own part x
    residual`, whose variance is 1. Its quantile is the normal distribution function of that score, so its
    distribution stays exactly the one it was given (Nelsen, An Introduction to Copulas, 2006).
    """

    parameters: Mapping[str, Parameter]
    loadings: Loadings

    @classmethod
    def of(cls, config: Config) -> Joint:
        """That of a config."""
        uncertain = {name: number for name, number in config.parameters().items() if number.uncertain}
        return cls(uncertain, config.loadings())

    @property
    def factors(self) -> list[str]:
        """The factors that some parameter loads on."""
        return list(dict.fromkeys(factor for own in self.loadings.values() for factor in own))

    @property
    def inputs(self) -> list[str]:
        """The independent inputs, as columns of a design: parameters or their residuals, then factors."""
        own = [column_of_residual(name) if name in self.loadings else name for name in self.parameters]
        return [*own, *map(column_of_factor, self.factors)]

    def unit(self, column: str) -> str:
        """The unit of an input's values, as `at` gives them."""
        name = parameter_of_column(column) or column
        return self.parameters[name].unit if name in self.parameters else STANDARD_NORMAL

    def columns(self, quantiles: Quantiles, given: Mapping[str, Array] = _NONE) -> dict[str, Array]:
        """The columns of a design, `(W,)` each: parameters in their units, then factors and residuals.

        A column that is `given` stays; parameters that are not given follow the factors that are.
        """
        normals = {column: _normal(column, quantiles, given) for column in self._normals(given)}
        values = {
            name: given[name] if name in given else self._value(name, quantiles, normals)
            for name in self.parameters
        }
        return {**values, **normals}

    def at(self, column: str, quantiles: Array) -> Array:
        """An input's values at these quantiles; for a residual its parameter's, factors at their medians."""
        name = parameter_of_column(column)
        if name is None:
            own = self.parameters.get(column)
            return np.asarray(ndtri(quantiles)) if own is None else own.sample(quantiles)
        return self.parameters[name].sample(ndtr(own_part(self.loadings[name]) * ndtri(quantiles)))

    def _normals(self, given: Mapping[str, Array]) -> list[str]:
        """The factors and residuals; a parameter that is given alone has no known residual."""
        known = [name for name in self.loadings if name not in given or column_of_residual(name) in given]
        return [*map(column_of_factor, self.factors), *map(column_of_residual, known)]

    def _value(self, name: str, quantiles: Quantiles, normals: Mapping[str, Array]) -> Array:
        number = self.parameters[name]
        if name not in self.loadings:
            return number.sample(quantiles(name))
        own = self.loadings[name]
        score = own_part(own) * normals[column_of_residual(name)]
        for factor, loading in own.items():
            score = score + loading * normals[column_of_factor(factor)]
        return number.sample(np.clip(ndtr(score), _TINY, _LARGEST))


def _normal(column: str, quantiles: Quantiles, given: Mapping[str, Array]) -> Array:
    return given[column] if column in given else np.asarray(ndtri(quantiles(column)))
