"""Mesa's model and agent as this package uses them: all that differs between Mesa 3.3 and 3.5 is here.

Mesa 3.3 and 3.4.0 number agents with a counter per model in `Agent._ids`, a dictionary that keeps
every model alive. Later releases count in the model itself and do not read `_ids`. Mesa 3.5 warns
of `Model(seed=...)`; `rng=` means the same in every release when it is a whole number.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from computeshift.environment.late import late, late_init

late_init("mesa", "mesa.experimental")  # they import spaces and progress bars, and no market has them
with late("pandas"):
    import mesa
    from mesa.agent import Agent as _Agent

    mesa.Agent = _Agent  # type: ignore[misc]  # that Mesa's collector looks for here
    from mesa.datacollection import DataCollector as _DataCollector
    from mesa.model import Model as _Model


class AgentCounters(WeakKeyDictionary[_Model, Iterator[int]]):
    """A counter of agents per model, from 1 on, that does not keep the model alive."""

    def __getitem__(self, model: _Model) -> Iterator[int]:
        return self.setdefault(model, itertools.count(1))


class Agent(_Agent):
    """A Mesa agent whose finished model is freed in every release of Mesa."""

    _ids = AgentCounters()  # type: ignore[assignment, unused-ignore]  # declared up to Mesa 3.4.0


class Model(_Model):
    """A Mesa model with a random seed, a whole number."""

    def __init__(self, seed: int) -> None:
        super().__init__(rng=seed)


class DataCollector(_DataCollector):
    """Mesa's data collector for reporters that are functions of the model, or of a firm.

    It logs what they return where Mesa logs deep copies: arrays of a market are never written into.
    """

    def collect(self, model: _Model) -> None:
        """Log the year."""
        now = getattr(model, "time", model.steps)  # as Mesa 3.5 counts, or earlier releases
        if hasattr(self, "_collection_steps"):
            self._collection_steps.append(now)
        for name, reporter in self.model_reporters.items():
            self.model_vars[name].append(reporter(model))
        if self.agent_reporters:
            reporters = self.agent_reporters.values()
            self._agent_records[now] = [
                (now, agent.unique_id, *[reporter(agent) for reporter in reporters]) for agent in model.agents
            ]

    def agent_vars(self) -> dict[str, list[Any]]:
        """What agents logged, by variable one cell per step and agent: as Mesa's frame, without its cost."""
        rows = [row for rows in self._agent_records.values() for row in rows]
        return {name: [row[at] for row in rows] for at, name in enumerate(self.agent_reporters, 2)}
