"""Mesa's model and agent as this package uses them: all that differs between Mesa 3.3 and 3.5 is here.

Mesa 3.3 and 3.4.0 number agents with a counter per model in `Agent._ids`, a dictionary that keeps
every model alive. Later releases count in the model itself and do not read `_ids`. Mesa 3.5 warns
of `Model(seed=...)`; `rng=` means the same in every release when it is a whole number. Mesa 3.4.1
and 3.4.2 refuse reporters made with `functools.partial`, which they then would call correctly.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from computeshift.environment.late import late
from computeshift.environment.state import sealed

with late("pandas", "mesa.discrete_space", "mesa.space", "mesa.experimental.continuous_space"):
    import mesa  # its spaces and frames take half a second of imports, and no market has them


class AgentCounters(WeakKeyDictionary[mesa.Model, Iterator[int]]):
    """A counter of agents per model, from 1 on, that does not keep the model alive."""

    def __getitem__(self, model: mesa.Model) -> Iterator[int]:
        return self.setdefault(model, itertools.count(1))


class Agent(mesa.Agent):
    """A Mesa agent whose finished model is freed in every release of Mesa."""

    _ids = AgentCounters()  # type: ignore[assignment, unused-ignore]  # declared up to Mesa 3.4.0


class Model(mesa.Model):
    """A Mesa model with a random seed, a whole number."""

    def __init__(self, seed: int) -> None:
        super().__init__(rng=seed)


class DataCollector(mesa.DataCollector):
    """Mesa's data collector, without its trial call of each model reporter before the first use."""

    def _validate_model_reporter(self, name: str, reporter: Any, model: mesa.Model) -> None:
        """Accept the reporter: one that fails does so when it is first called."""

    def collect(self, model: mesa.Model) -> None:
        """Log the year, read-only. Mesa logs copies of the market's arrays, and from 3.5 on of the firms'."""
        super().collect(model)  # type: ignore[no-untyped-call, unused-ignore]
        for logged in self.model_vars.values():
            sealed(logged[-1])
        for firm in next(reversed(self._agent_records.values()), ()):
            for value in firm:
                sealed(value)
