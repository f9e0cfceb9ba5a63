"""A config as resolved: which firms, tied how, with which numbers and shocks; frozen."""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict

from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.changes import Change, name_of
from computeshift.experiments.config.deals import DealConfig, Tie, tied
from computeshift.experiments.config.factor import Factor, Loadings, notes, of_parameters
from computeshift.experiments.config.facts import known_by
from computeshift.experiments.config.overlay import OWN, SECTIONS
from computeshift.experiments.config.own import OwnClaim, OwnObservable, OwnOutcome
from computeshift.experiments.config.parameter import Parameter
from computeshift.experiments.config.source import KeyPath, Layer


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


LABELS = ("name", "asks", "known_until", "worlds", "changes")
"""Parts of a config that move no number of any world."""


class FirmConfig(_Frozen):
    """A firm: its kind, the strategy it plays, and its numbers by name."""

    kind: str
    strategy: str
    stream: str | None = None
    partner: str | None = None
    family: str | None = None
    parameters: dict[str, Parameter]


class ShockConfig(_Frozen):
    """News: with `year` None it is drawn every year with its probability, else in that year."""

    kind: str
    year: int | None
    until: int | None
    size: Parameter
    probability: Parameter

    def on(self, year: int, lasts: bool) -> bool:
        """Whether it may act in a year, being of a kind that lasts, or acts in its first year only."""
        if self.year is None:
            return True
        return self.year <= year <= ((self.until if lasts else None) or self.year)


class Config(_Frozen):
    """A config as resolved: every overlay applied, every number known, nothing left to look up.

    `focus` is the lab that outcomes, claims and facts mean by OpenAI, where a config names one.
    `known_until` is the day until which its author could know what its numbers rest on.
    `changes` are the settings that make it another than the scenario of its name. `outcomes`, `claims` and
    `observe` are its own, besides those that come with the package.
    """

    name: str
    asks: str
    start: int
    known_until: datetime.date
    until: int
    worlds: int
    seed: int
    frontier: dict[str, Parameter]
    services: dict[str, Parameter]
    compute: dict[str, Parameter]
    tenants: dict[str, Parameter]
    capital: dict[str, Parameter]
    ratings: dict[str, Parameter]
    stargate: dict[str, Parameter]
    firms: dict[str, FirmConfig]
    edges: tuple[Tie, ...]
    shocks: dict[str, ShockConfig]
    deals: dict[str, DealConfig] = {}
    factors: dict[str, Factor] = {}
    changes: tuple[Change, ...] = ()
    focus: str | None = None
    outcomes: dict[str, OwnOutcome] = {}
    claims: dict[str, OwnClaim] = {}
    observe: dict[str, OwnObservable] = {}

    @property
    def label(self) -> str:
        """Its name as people see it, such as `baseline, 2 changes`."""
        return name_of(self.name, self.changes)

    @property
    def cast(self) -> Cast:
        """Which firm stands for one that outcomes, claims and facts name."""
        partners = {name: firm.partner for name, firm in self.firms.items() if firm.partner}
        return Cast(
            {name: firm.kind for name, firm in self.firms.items()}, self.focus, partners, tuple(self.deals)
        )

    def parameters(self) -> dict[str, Parameter]:
        """Every number by its dotted name, such as `softbank.ltv_limit`."""
        owners: dict[str, dict[str, Parameter]] = {name: getattr(self, name) for name in SECTIONS}
        owners |= {name: firm.parameters for name, firm in self.firms.items()}
        for name, shock in self.shocks.items():
            owners[f"shocks.{name}"] = {"size": shock.size, "probability": shock.probability}
        owners |= {f"deals.{name}": deal.parameters for name, deal in self.deals.items()}
        return {f"{owner}.{key}": number for owner, own in owners.items() for key, number in own.items()}

    def ties(self) -> tuple[Tie, ...]:
        """Its edges, and the ties that its deals lay where there is none, from their year of signing on."""
        return tied(self.edges, self.deals)

    def sharing(self, other: Config) -> Config:
        """The same, with the numbers that another config has too as the very same objects: less memory."""
        known = other.parameters()

        def shared(owner: str, own: dict[str, Parameter]) -> dict[str, Parameter]:
            there = {key: known.get(f"{owner}.{key}") for key in own}
            return {key: found if (found := there[key]) == number else number for key, number in own.items()}

        firms = {
            name: firm.model_copy(update={"parameters": shared(name, firm.parameters)})
            for name, firm in self.firms.items()
        }
        sections = {name: shared(name, getattr(self, name)) for name in SECTIONS}
        return self.model_copy(update={**sections, "firms": firms})

    def loadings(self) -> Loadings:
        """By uncertain parameter its loadings on factors; parameters without one are drawn independently."""
        return of_parameters(self.factors, self.parameters(), self.streams())

    def stream(self, firm: str) -> str:
        """Whose random draws a firm has: its own, unless its config says otherwise."""
        return self.firms[firm].stream or firm

    def family(self, firm: str) -> str:
        """The lab whose models a lab shares, by the name of its random draws: its own, unless it says."""
        return self.stream(self.firms[firm].family or firm)

    def streams(self) -> dict[str, str]:
        """By the name of each number the name that its random draws have."""
        return {
            name: f"{self.stream(owner)}.{key}" if owner in self.firms else name
            for name in self.parameters()
            for owner, _, key in [name.partition(".")]
        }

    def notes(self) -> list[str]:
        """Numbers that are set outside the range their author gave, one sentence per number."""
        return [f"{name}: {number.note}" for name, number in self.parameters().items() if number.note]

    def idle_loadings(self) -> list[str]:
        """Loadings on factors that have no effect, one sentence per parameter or factor."""
        return list(notes(self.factors, self.parameters(), self.streams()))

    def known_by(self, year: int) -> datetime.date:
        """The day by which what a year brought was known: `known_until`, as many years after the start."""
        return in_year(self.known_until, self.known_until.year + year - self.start)

    def grounded_after(self, year: int | None = None) -> list[str]:
        """The numbers, and factors, that rest on what nobody knew about a year: by default the start.

        An actual about the year or before counts as known; anything else if it was published by
        `known_by(year)`. An assumption has no date: it is never among them.
        """
        year = self.start if year is None else year
        day = self.known_by(year)
        return [
            name
            for name, number in self._grounded().items()
            if (number.published is not None and number.published > day)
            or any(not known_by(fact, year, day) for fact in number.facts)
        ]

    def _grounded(self) -> dict[str, Parameter | Factor]:
        """Everything that rests on something, by dotted name."""
        return {**self.parameters(), **{f"factors.{name}": factor for name, factor in self.factors.items()}}

    @property
    def hash(self) -> str:
        """SHA-256 of all that moves a world's numbers, and of what is asked of them in the config itself.

        No name, no label, not how many worlds.
        """
        numbers = {"low", "central", "high", "shape"}
        content = self.model_dump(mode="json", include={"start", "until", "seed", "edges"})
        if self.focus is not None:
            content["focus"] = self.focus
        content["firms"] = [
            (name, firm.kind, firm.strategy, firm.stream, firm.partner, firm.family)
            for name, firm in self.firms.items()
        ]
        content["shocks"] = [(n, s.kind, s.year, s.until) for n, s in self.shocks.items()]
        if self.deals:
            content["deals"] = [(name, deal.words()) for name, deal in self.deals.items()]
        content["parameters"] = {
            name: number.model_dump(include=numbers) for name, number in self.parameters().items()
        }
        if loadings := self.loadings():
            content["loadings"] = loadings
        content |= {section: own for section in OWN if (own := self.model_dump(include={section})[section])}
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def structure(self) -> str:
        """What its market is made of, all but the values of parameters, as JSON."""
        firms = [
            (
                name,
                firm.kind,
                firm.strategy,
                self.stream(name),
                firm.partner,
                self.stream(firm.family or name),
            )
            for name, firm in self.firms.items()
        ]
        shocks = [(name, shock.kind, shock.year, shock.until) for name, shock in self.shocks.items()]
        deals = [(name, deal.words()) for name, deal in self.deals.items()]
        when = (self.seed, self.start, self.until)
        return json.dumps([when, self.focus, firms, self.edges, shocks, deals, list(self.parameters())])

    def to_json(self) -> dict[str, Any]:
        """The whole config as JSON-ready values."""
        return self.model_dump(mode="json")

    def layer(self) -> Layer:
        """The config as one written out in full, to apply more overlays to."""
        apart = {"changes", "firms", "edges", "shocks", "deals", "factors", *OWN, *SECTIONS}
        tree = self.model_dump(exclude=apart, exclude_none=True)
        tree["edges"] = [list(edge) for edge in self.edges]
        tree |= {section: _written(getattr(self, section)) for section in SECTIONS}
        tree["firms"] = {
            name: firm.model_dump(exclude={"parameters"}, exclude_none=True) | _written(firm.parameters)
            for name, firm in self.firms.items()
        }
        tree["shocks"] = {
            name: shock.model_dump(include={"kind", "year", "until"}, exclude_none=True)
            | _written({"size": shock.size, "probability": shock.probability})
            for name, shock in self.shocks.items()
        }
        if self.deals:
            tree["deals"] = {name: d.written(_written(d.parameters)) for name, d in self.deals.items()}
        if self.factors:
            tree["factors"] = {name: f.model_dump(exclude_none=True) for name, f in self.factors.items()}
        tree |= {s: own for s in OWN if (own := self.model_dump(include={s}, exclude_none=True)[s])}
        ranges = {
            _path(name): number.elicited for name, number in self.parameters().items() if number.elicited
        }
        return Layer(self.name, _listed(tree), {(): self.name}, ranges=ranges)


def in_year(day: datetime.date, year: int) -> datetime.date:
    """The same day of another year; 28 February for a 29 February that it lacks.

    >>> in_year(datetime.date(2024, 2, 29), 2025)
    datetime.date(2025, 2, 28)
    """
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _written(numbers: dict[str, Parameter]) -> dict[str, Any]:
    """Parameters as a config file has them, by name."""
    derived = {"bounds", "elicited"}
    return {name: number.model_dump(exclude=derived, exclude_none=True) for name, number in numbers.items()}


def _path(name: str) -> KeyPath:
    """Where in a config's tree a number stands, by its dotted name."""
    owner, *rest = name.split(".")
    return (owner, *rest) if owner in (*SECTIONS, "shocks", "deals") else ("firms", owner, *rest)


def _listed(value: Any) -> Any:
    """The same with lists for tuples, as YAML has it."""
    if isinstance(value, dict):
        return {key: _listed(inner) for key, inner in value.items()}
    return [_listed(inner) for inner in value] if isinstance(value, tuple | list) else value


def first_difference(mine: Any, theirs: Any, path: str = "") -> str | None:
    """The dotted name of the first place where two configs differ; None if they do not."""
    if not (isinstance(mine, dict) and isinstance(theirs, dict)):
        return None if mine == theirs else path
    for key in [*mine, *(key for key in theirs if key not in mine)]:
        inner = f"{path}.{key}".lstrip(".")
        if key not in mine or key not in theirs:
            return inner
        if (difference := first_difference(mine[key], theirs[key], inner)) is not None:
            return difference
    return None
