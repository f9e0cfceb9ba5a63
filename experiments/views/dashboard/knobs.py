"""What can be turned: strategies, shocks, the parameters that matter most, and all the others."""

from __future__ import annotations

from dataclasses import dataclass

from computeshift.agents.strategy import strategies_of
from computeshift.environment.bounds import Bounds
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.config import Config, ShockConfig
from computeshift.experiments.config.names import capitalised, in_words
from computeshift.experiments.config.parameter import outside
from computeshift.experiments.views import catalogue
from computeshift.experiments.views.catalogue import line

MATTER = (
    "services.elasticity",
    "openai.independence",
    "services.growth_fade",
    "services.initial_growth",
    "openai.funding_confidence",
    "openai.growth_fade_expected",
    "openai.dilution_limit",
    "oracle.venture_crews",
    "microsoft.refusal",
    "capital.outside_growth",
    "capital.outside_depth",
    "compute.capex_per_gw",
)
"""The parameters on which Stargate's share in 2030 hangs most, by total Sobol index (guide, sensitivity)."""


def matter(config: Config) -> list[str]:
    """Those parameters as this config has them: the firms that they name may have other names here."""
    owned = [key.partition(".") for key in MATTER]
    return [f"{config.cast.of_kind(owner)}.{name}" for owner, _, name in owned]


@dataclass(frozen=True)
class Knob:
    """A number that can be fixed: its key for `--set`, its name in words, its range and its ground."""

    key: str
    words: str
    unit: str
    low: float
    central: float
    high: float
    told: str
    ground: str
    bounds: Bounds | None = None

    def note(self, text: str) -> str:
        """That what is set is outside the range and allowed, in words; empty if it is not."""
        try:
            value = float(text)
        except ValueError:
            return ""
        refused = self.bounds is not None and self.bounds.broken_by(value)
        return "" if refused or self.low == self.high else outside(value, Bounds(self.low, self.high))


@dataclass(frozen=True)
class Choice:
    """A firm's strategies, each with a line on it, and the one it plays."""

    firm: str
    played: str
    strategies: dict[str, str]


@dataclass(frozen=True)
class Switch:
    """A shock: what it does, in which unit its size is, and how the scenario has it."""

    name: str
    doc: str
    unit: str
    on: bool
    year: str
    until: str
    size: str
    probability: str

    def key(self, part: str) -> str:
        """The key of `--set` for its year, until, size or probability."""
        return f"shocks.{self.name}.{part}"


def knobs(config: Config) -> dict[str, Knob]:
    """Every number of a config but the shocks' by key, in the config's order."""
    return {
        row.name: Knob(
            row.name,
            capitalised(in_words(row.name)),
            row.unit,
            row.low,
            row.central,
            row.high,
            row.bounded,
            row.ground,
            row.bounds,
        )
        for row in catalogue.rows(config)
        if not row.name.startswith("shocks.")
    }


def found(config: Config, words: str) -> list[Knob]:
    """The numbers whose key, name, unit or ground has all of these words, in the config's order."""
    wanted = words.lower().split()
    return [
        knob
        for knob in knobs(config).values()
        if all(word in f"{knob.key} {knob.words} {knob.unit} {knob.ground}".lower() for word in wanted)
    ]


def choices(config: Config) -> list[Choice]:
    """The firms that have more than one strategy."""
    lines = {
        kind: {name: line(played) for name, played in strategies_of(kind).items()}
        for kind in {firm.kind for firm in config.firms.values()}
    }
    return [
        Choice(name, firm.strategy, lines[firm.kind])
        for name, firm in config.firms.items()
        if len(lines[firm.kind]) > 1
    ]


def switches(config: Config) -> list[Switch]:
    """The shocks of a config."""
    return [_switch(name, shock) for name, shock in config.shocks.items()]


def _switch(name: str, shock: ShockConfig) -> Switch:
    kind = SHOCKS[shock.kind]
    return Switch(
        name,
        capitalised(kind.doc),
        kind.unit,
        on=shock.size.high > 0,
        year="" if shock.year is None else str(shock.year),
        until="" if shock.until is None else str(shock.until),
        size=f"{shock.size.central:g}" if shock.size.high > 0 else f"{kind.usual:g}",
        probability=f"{shock.probability.central:g}",
    )
