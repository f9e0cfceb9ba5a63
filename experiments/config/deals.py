"""Deals of a config, as resolved: who is bound to whom, when, with which numbers; and the ties they lay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from computeshift.environment.network import with_ties_of
from computeshift.environment.setup import Deal, Edge
from computeshift.experiments.config.names import named
from computeshift.experiments.config.overlay import EVENTS
from computeshift.experiments.config.parameter import Parameter

SETTINGS = {
    "source": "from",
    "target": "to",
    "break_year": "breaks.year",
    "break_by": "breaks.by",
    "cut_year": "cut.year",
    "delay_year": "delay.year",
}
"""What `set` calls a field of a deal, where that is another name."""
Tie = tuple[str, str, str] | tuple[str, str, str, int] | tuple[str, str, str, int | None, int]
"""Source, target, kind, and the first and the last year in which they may deal where there is one."""


class DealConfig(BaseModel):
    """A deal: its parties, its years, and its numbers by name, such as `gw` and `cut.share`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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
    parameters: dict[str, Parameter]

    def __str__(self) -> str:
        """Who is bound to whom and when, in words; its numbers left out."""
        site = f" at {named(self.site)}" if self.site else ""
        parties = f"{self.kind} from {named(self.source)} to {named(self.target)}{site}"
        parts = [parties, f"signed in {self.signed}", f"{self.first} to {self.last}"]
        parts += [f"backs {self.of}"] if self.of else []
        parts += [f"on condition: {' and '.join(self.conditions)}"] if self.conditions else []
        events = {"cut": self.cut_year, "late": self.delay_year, "broken": self.break_year}
        parts += [f"{what} in {year}" for what, year in events.items() if year is not None]
        return ", ".join(parts) + (f" by {named(self.break_by)}" if self.break_by else "")

    def named(self, name: str) -> Deal:
        """The deal as a market is handed it."""
        return Deal(name, **self.words())

    def words(self) -> dict[str, Any]:
        """All of it but its numbers, by field."""
        return self.model_dump(exclude={"parameters"})

    def settings(self) -> dict[str, Any]:
        """All of it but its numbers, by the key that sets it."""
        words = self.words() | {"conditions": ", ".join(self.conditions) or None}
        return {SETTINGS.get(field, field): value for field, value in words.items()}

    def let_in(self, year: int) -> tuple[str, float] | None:
        """The number that says what it lets at the end of a year, and how much, GW; None if broken."""
        steps = [key for key in self.parameters if key.startswith("schedule.")]
        past = [key for key in steps if int(key.partition(".")[2]) <= year]
        if past:
            return max(past), self.parameters[max(past)].central
        if steps or not {"gw", "ramp"} <= self.parameters.keys():
            return None
        ramp = max(self.parameters["ramp"].central, 1e-9)
        return "gw", self.parameters["gw"].central * min((year - self.first + 1) / ramp, 1.0)

    def written(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        """The deal as a config file has it, with these numbers by name."""
        tree: dict[str, Any] = {}
        idle = {event for event in EVENTS if getattr(self, f"{event}_year") is None}
        given = {key: value for key, value in self.settings().items() if value is not None}
        for key, value in {**given, **numbers}.items():
            group, _, inner = key.partition(".")
            if not inner:
                tree[key] = value
            elif group not in idle:
                tree[group] = {**tree.get(group, {}), inner: value}
        return tree


def tied(edges: tuple[Tie, ...], deals: Mapping[str, DealConfig]) -> tuple[Tie, ...]:
    """Ties, and those that deals lay where there is none."""
    known = with_ties_of((deal.named(name) for name, deal in deals.items()), (Edge(*edge) for edge in edges))
    return tuple(_tie(edge) for edge in known)


def _tie(edge: Edge) -> Tie:
    ends = (edge.source, edge.target, edge.kind)
    if edge.until is not None:
        return (*ends, edge.since, edge.until)
    return ends if edge.since is None else (*ends, edge.since)
