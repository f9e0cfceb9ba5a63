"""What our model computes for one world: array operations, operations on numbers, bytes moved.

Counted by an array type that looks at every numpy function on its way. The parameters of a market
enter as such arrays, and whatever is computed from them is one again. A few operations among plain
arrays (sums of zeros, draws not yet joined to a parameter) escape: about one in a hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from computeshift.experiments.config.load import load
from computeshift.experiments.run.block import simulate
from computeshift.experiments.run.design import design, setup

COPIES = ("concatenate", "where")
"""Functions besides the arithmetic that write an array; others are composed of these, or only read."""


@dataclass(frozen=True)
class Operations:
    """What a market of one world costs, from its first year to its last, its opening included."""

    calls: int  # of numpy
    numbers: int  # operations a scalar program would have done: a call on 3 labs counts 3
    moved: int  # bytes read and written
    draws: int  # random numbers, the design's included
    values: int  # collected: agents' and the market's
    flows: int  # payments and deliveries logged
    limits: int  # of decisions, logged


class Counted(np.ndarray[Any, Any]):
    """An array whose operations are counted."""

    calls: ClassVar[int]
    numbers: ClassVar[int]
    moved: ClassVar[int]

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Do it on plain arrays, count it, and hand back a counted array."""
        plain = [_plain(part) for part in inputs]
        if "out" in options:
            options["out"] = tuple(_plain(part) for part in options["out"])
        result = getattr(ufunc, method)(*plain, **options)
        Counted.calls += 1
        Counted.numbers += max(np.size(part) for part in (*plain, result))
        Counted.moved += _bytes((*plain, result))
        return result.view(Counted) if isinstance(result, np.ndarray) else result

    def __array_function__(
        self, func: Any, types: Iterable[type], args: Iterable[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Do it as numpy would; count what copies."""
        result = super().__array_function__(func, types, args, kwargs)
        if func.__name__ in COPIES:
            Counted.calls += 1
            Counted.numbers += np.size(result) if func.__name__ == "where" else 0
            Counted.moved += 2 * _bytes([result])
        return result


def _plain(part: Any) -> Any:
    return part.view(np.ndarray) if isinstance(part, Counted) else part


def _bytes(parts: Iterable[Any]) -> int:
    return sum(part.nbytes for part in parts if isinstance(part, np.ndarray))


def operations(config: str = "six") -> Operations:
    """Count a config's market at one world."""
    chosen = load(config)
    table = design(chosen, worlds=1)
    laid = setup(chosen, table)
    Counted.calls = Counted.numbers = Counted.moved = 0
    parameters = {name: value.view(Counted) for name, value in laid.parameters.items()}
    with simulate(replace(laid, parameters=parameters)) as market:
        agents = market.datacollector.get_agent_vars_dataframe()
        values = int(agents.notna().to_numpy().sum()) + market.datacollector.get_model_vars_dataframe().size
        return Operations(
            calls=Counted.calls,
            numbers=Counted.numbers,
            moved=Counted.moved,
            draws=len(table.columns) - 1 + len(market.draws._made),
            values=values,
            flows=len(market.ledger.flows),
            limits=sum(len(decision.limits) for decision in market.decisions.log),
        )
