"""One uncertain number: its unit, its distribution and what it rests on."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator

import numpy as np
from pydantic import BaseModel, ConfigDict

from computeshift.environment.bounds import Bounds, apart
from computeshift.environment.setup import Array
from computeshift.experiments.config.overlay import BARE
from computeshift.experiments.config.schema import Ground, Shape, Spec

_P95 = 1.6448536269514722  # standard normal quantile
_TAIL = 0.05  # of a lognormal, below low and above high


class Parameter(BaseModel):
    """A number of the model with its unit; `low` and `high` are its range (lognormal: P5, median and P95).

    It rests on one of: `facts` (ENTITY/VARIABLE/PERIOD rows of facts.csv), a published `source`,
    or `assumed`, a reason. `bounds` are the values that the rules can take, `elicited` is the range
    that was given for it before a bare number was set.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: str
    low: float
    central: float
    high: float
    shape: Shape
    source: str | None = None
    published: datetime.date | None = None
    facts: tuple[str, ...] = ()
    assumed: str | None = None
    bounds: Bounds | None = None
    elicited: Bounds | None = None

    @property
    def uncertain(self) -> bool:
        """Whether it differs between worlds."""
        return self.shape != "fixed" and self.low < self.high

    @property
    def ground(self) -> str:
        """What it rests on, in words."""
        return rests_on(self.assumed, self.facts, self.source, self.published)

    @property
    def note(self) -> str:
        """That it is set outside the range that was given for it, in words; empty if it is not."""
        return "" if self.elicited is None else outside(self.central, self.elicited)

    @property
    def drawn(self) -> tuple[float, float, float, Shape]:
        """How it is drawn: low, central, high and shape."""
        return self.low, self.central, self.high, self.shape

    def sample(self, uniform: Array) -> Array:
        """Values at these quantiles in (0, 1), by the inverse distribution function; same shape.

        A lognormal has two halves (two-piece, as banks of issue draw inflation; Wallis 2014), so that it goes
        through all of low (P5), central (median) and high (P95). Each tail beyond is cut off at the bound.

        >>> known = Parameter(unit="share", low=0, central=0.5, high=1, shape="triangular")
        >>> known.sample(np.array([0.125, 0.5, 0.875]))
        array([0.25, 0.5 , 0.75])
        """
        if not self.uncertain:
            return np.full_like(uniform, self.central)
        if self.shape == "uniform":
            return self.low + uniform * (self.high - self.low)
        if self.shape == "lognormal":
            return self._lognormal(uniform)
        width, rise, fall = self.high - self.low, self.central - self.low, self.high - self.central
        rising = uniform < rise / width
        up = self.low + np.sqrt(uniform * width * rise)
        down = self.high - np.sqrt((1 - uniform) * width * fall)
        return np.where(rising, up, down)

    def _lognormal(self, uniform: Array) -> Array:
        """Values at these quantiles: each half with a spread of its own, each tail cut off at its bound."""
        from computeshift.environment.special import ndtri

        falls, rises = (
            math.log(ratio) / _P95 for ratio in (self.central / self.low, self.high / self.central)
        )
        bounds = self.bounds or Bounds(0, math.inf)
        lower = self.central / bounds.low if bounds.low > 0 else math.inf
        lowest, highest = _beyond(lower, falls), _beyond(bounds.high / self.central, rises)
        score = np.where(uniform < 0.5, ndtri(_from(lowest, uniform)), -ndtri(_from(highest, 1 - uniform)))
        return bounds.clip(self.central * np.exp(np.where(score < 0, falls, rises) * score))


def _beyond(ratio: float, spread: float) -> float:
    """The part of a lognormal further from its median than by this ratio."""
    from computeshift.environment.special import ndtr

    return float(ndtr(-math.log(ratio) / spread)) if spread > 0 and math.isfinite(ratio) else 0.0


def _from(part: float, quantiles: Array) -> Array:
    """Quantiles whose tail below P5 begins at `part` instead of 0; those above P5 stay.

    >>> _from(0.02, np.array([0.0, 0.025, 0.05, 0.5]))
    array([0.02 , 0.035, 0.05 , 0.5  ])
    """
    begin = min(part, _TAIL)
    return np.where(quantiles < _TAIL, begin + quantiles * (1 - begin / _TAIL), quantiles)


def rests_on(
    assumed: str | None, facts: tuple[str, ...], source: str | None, published: datetime.date | None
) -> str:
    """What a number rests on, in words."""
    return assumed or ", ".join(facts) or f"{source}{f' ({published})' if published else ''}"


def outside(value: float, usual: Bounds) -> str:
    """That a value is outside the range that was given for it, in words; empty if it is not.

    >>> outside(0.3, Bounds(0.6, 0.85))
    '0.3 is outside 0.6 to 0.85, the range its author gave; it is used all the same'
    """
    if not usual.broken_by(value):
        return ""
    end = usual.low if value < usual.low else usual.high
    return f"{apart(value, end)} is outside {usual}, the range its author gave; it is used all the same"


def parameter(
    spec: Spec,
    default_unit: str | None = None,
    bounds: Bounds | None = None,
    usual: Bounds | None = None,
) -> Parameter:
    """The parameter that a sound spec (no `faults`) means; `usual` is the range that it was laid over."""
    if spec.low is None or spec.high is None:
        low = high = central = float(spec.central or 0.0)
    else:
        low, high = spec.low, spec.high
        central = (low + high) / 2 if spec.central is None else spec.central
    return Parameter(
        unit=spec.unit or default_unit or "",
        low=low,
        central=central,
        high=high,
        shape=spec.shape,
        source=spec.source,
        published=spec.published,
        facts=tuple(spec.facts),
        assumed=spec.assumed,
        bounds=bounds,
        elicited=usual if _is_bare(spec) and usual and usual.low < usual.high else None,
    )


def faults(
    spec: Spec, unit: str | None, bounds: Bounds | None = None, usual: Bounds | None = None
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a spec: under which of its keys, what, and what would be right.

    `bounds` are those of the parameter, `usual` is the range that the spec was laid over.
    """
    numbers = [n for n in (spec.low, spec.central, spec.high) if n is not None]
    if not unit:
        yield (
            "",
            "it has no unit, and nothing to inherit one from",
            "add unit: share, $ bn, GW, ...",
        )
    if spec.shape == "fixed":
        if spec.central is None:
            yield "", "a fixed value needs its central", "add central: NUMBER"
    elif spec.low is None or spec.high is None or (spec.central is None and spec.shape != "uniform"):
        right = "give all three, or shape: fixed and central alone"
        yield "", "low, central and high belong together", right
    if numbers != sorted(numbers):
        order = " <= ".join(f"{number:.15g}" for number in numbers)
        yield "", f"{order} does not hold", "write low <= central <= high"
    elif spec.shape == "lognormal" and numbers and numbers[0] <= 0:
        yield "", f"a lognormal is positive, {numbers[0]:g} is not", "use another shape"
    if bounds is not None:
        yield from _out_of_bounds(spec, unit or "", bounds, usual)
    elif unit and unit.startswith(("$", "GW")) and numbers and min(numbers) < 0:
        key = "central" if spec.low is None else "low"
        yield key, f"{min(numbers):g} {unit} is negative", "use 0 or more"
    yield from grounds(spec)


def _out_of_bounds(
    spec: Spec, unit: str, bounds: Bounds, usual: Bounds | None
) -> Iterator[tuple[str, str, str]]:
    """The first number that is outside, with a hint where a share was written as a percentage."""
    for key in ("low", "central", "high"):
        value: float | None = getattr(spec, key)
        if value is not None and (wrong := bounds.broken_by(value)):
            share = value / 100
            near = usual is None or usual.low / 3 <= share <= usual.high * 3
            asks = _may_be_percent(unit) if near and not bounds.broken_by(share) else ""
            yield key, wrong, f"{asks} did you mean {share:g}?" if asks else f"use {bounds}"
            return


def _may_be_percent(unit: str) -> str:
    """What to ask about a number that may be a percentage; empty if its unit rules that out."""
    if unit.startswith(("share", "probability")):
        return "it is a share:"
    return "is it a percentage?" if unit in ("log", "log per year") else ""


def _is_bare(spec: Ground) -> bool:
    return spec.source is not None and spec.source.startswith(BARE)


def grounds(spec: Ground) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the ground that a spec gives: under which of its keys, what, what would be right."""
    given = [bool(spec.facts), spec.source is not None, spec.assumed is not None]
    if sum(given) != 1:
        wrong = "it rests on nothing" if not any(given) else "it rests on more than one thing"
        yield "", wrong, "give facts, or source and published, or assumed: because ..."
    if spec.assumed is not None and not spec.assumed.startswith("because"):
        yield "assumed", "this is no reason", "begin it with 'because'"
    if spec.source is not None and not _is_bare(spec) and spec.published is None:
        yield "source", "a source has a date", "add published: YEAR-MONTH-DAY"
