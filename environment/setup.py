"""What a market is handed: who is there, who is tied to whom, and every number, a value a world."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from computeshift.environment.state import Sealed, sealed

Array = npt.NDArray[np.float64]
"""A number a world: shape `(W,)`, or `(k, W)` for k things: worlds are always the last axis."""

P = TypeVar("P")


def total(parts: Iterable[Array]) -> Array:
    """The sum over the first axis, one part after the other; TypeError if there is none.

    numpy's own sum pairs terms where they lie next to each other in memory, as they do with one
    world: its last bit would depend on the company a world is in. With more worlds it adds row by row.

    >>> total(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    if isinstance(parts, np.ndarray) and len(parts) and parts.shape[-1] > 1:
        summed: Array = np.add.reduce(parts)
        return summed
    return functools.reduce(np.add, parts)


def per(amount: Array, size: Array, otherwise: Array | float) -> Array:
    """An amount per unit of a size, `(W,)` or `(k, W)`; `otherwise` where the size is none.

    >>> per(np.array([6.0, 1.0]), np.array([3.0, 0.0]), 9.0)
    array([2., 9.])
    """
    if np.minimum.reduce(size, axis=None) > 0:  # as in most calls: no mask is needed
        return amount / size
    some = size > 0
    return np.where(some, amount / np.where(some, size, 1.0), otherwise)


def beyond(amount: Array, other: Array) -> Array:
    """By how much an amount is more than another, `(W,)` or `(k, W)`; nothing where it is less.

    The other is finite.

    >>> beyond(np.array([6.0, 1.0]), np.array([3.0, 2.0]))
    array([3., 0.])
    """
    more = np.maximum(amount, other)  # two arrays: half the time of np.maximum(amount - other, 0.0)
    more -= other
    return more


@dataclass(frozen=True)
class Edge:
    """A tie between two nodes of the network: who may deal with whom, in what, in which years."""

    source: str
    target: str
    kind: str
    since: int | None = None
    until: int | None = None

    @property
    def years(self) -> str:
        """In which years there is one, in words; empty for all years.

        >>> Edge("softbank", "openai", "equity", until=2027).years
        'to 2027'
        """
        ends = (("from", self.since), ("to", self.until))
        return " ".join(f"{word} {year}" for word, year in ends if year is not None)


@dataclass(frozen=True)
class FirmSetup:
    """A firm as a config has it: its name, its kind and the strategy it plays.

    Its own random draws belong to its `stream`, so that a firm can have the draws of another name.
    `partner` is the firm that rules of its kind speak of; without, the first firm of the usual kind.
    Labs of one `family` share models: their training adds up, and they release together.
    """

    name: str
    kind: str
    strategy: str
    stream: str
    partner: str | None = None
    family: str = ""


@dataclass(frozen=True)
class Shock:
    """News that may strike: its kind and when; with `year` None it is drawn every year.

    Its size and probability are parameters, `shocks.NAME.size` and `shocks.NAME.probability`.
    """

    name: str
    kind: str
    year: int | None
    until: int | None


@dataclass(frozen=True)
class Deal:
    """A commitment of one firm to another, as a config gives it; its numbers are `deals.NAME.NUMBER`.

    It is signed in the year `signed`, or in force at the start if that is no later, and runs from the year
    `first` to the year `last`. `site` owns what is let, where that is not the source; `of` is the deal
    that it backs. `break_by` is the firm that breaks it in `break_year`.
    """

    name: str
    kind: str
    source: str
    target: str
    signed: int
    first: int
    last: int
    site: str | None = None
    of: str | None = None
    conditions: tuple[str, ...] = ()
    break_year: int | None = None
    break_by: str | None = None
    cut_year: int | None = None
    delay_year: int | None = None


@dataclass(frozen=True)
class Setup:
    """Everything a `ComputeMarket` needs for the worlds `first_world … first_world + worlds - 1`.

    `parameters` maps a dotted name such as `softbank.ltv_limit` to its values, `(W,)`, read-only.
    `focus` is the lab that outcomes are about, where that is another than usual; no rule reads it.
    """

    seed: int
    first_world: int
    worlds: int
    start: int
    until: int
    firms: tuple[FirmSetup, ...]
    edges: tuple[Edge, ...]
    shocks: tuple[Shock, ...]
    parameters: Mapping[str, Array]
    focus: str | None = None
    deals: tuple[Deal, ...] = ()

    def __post_init__(self) -> None:
        own = Sealed({name: sealed(values.view()) for name, values in self.parameters.items()})
        object.__setattr__(self, "parameters", own)

    def of_deal(self, deal: Deal, number: str) -> Array:
        """A number of a deal, such as `price`, `(W,)`; KeyError if its kind has no such number."""
        return self.parameters[f"deals.{deal.name}.{number}"]

    def states(self, deal: Deal, number: str) -> bool:
        """Whether a deal has a number that it may do without."""
        return f"deals.{deal.name}.{number}" in self.parameters

    def schedule_of(self, deal: Deal) -> dict[int, Array]:
        """The schedule of a deal by calendar year, `(W,)` each; empty if it is given in another way."""
        prefix = f"deals.{deal.name}.schedule."
        own = sorted(key for key in self.parameters if key.startswith(prefix))
        return {int(key.removeprefix(prefix)): self.parameters[key] for key in own}

    def given(self, kind: type[P], owner: str, names: Mapping[str, str] | None = None) -> P:
        """The parameters of one owner (a firm, or a section) as the typed object of its kind.

        `names` says by which name the owner has a field, where that is another.
        """
        called = names or {}
        named: dict[str, Any] = {
            field.name: self.parameters[f"{owner}.{called.get(field.name, field.name)}"]
            for field in fields(kind)  # type: ignore[arg-type]
        }
        return kind(**named)
