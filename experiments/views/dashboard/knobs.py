"""The settings on a page: strategies, shocks, deals, the parameters that matter most, and all others."""

from __future__ import annotations

from dataclasses import dataclass

from computeshift.agents.strategy import strategies_of
from computeshift.environment.bounds import Bounds
from computeshift.environment.deals import DEAL_KINDS
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.config import Config, ShockConfig
from computeshift.experiments.config.deals import DealConfig
from computeshift.experiments.config.names import capitalised, in_words
from computeshift.experiments.config.parameter import outside
from computeshift.experiments.views import catalogue
from computeshift.experiments.views.catalogue import line

MAIN = (
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
"""The parameters that Stargate's share in 2030 depends on most, by total Sobol index (guide, sensitivity)."""


def main_numbers(config: Config) -> list[str]:
    """Those parameters in this config, where firms may have other names."""
    owned = [key.partition(".") for key in MAIN]
    return [f"{config.cast.of_kind(owner)}.{name}" for owner, _, name in owned]


@dataclass(frozen=True)
class Knob:
    """A number that can be fixed: its key for `set`, its name in words, its range, source and meaning."""

    key: str
    words: str
    unit: str
    low: float
    central: float
    high: float
    text: str
    ground: str
    bounds: Bounds | None = None
    meaning: str = ""

    @property
    def about(self) -> str:
        """All that is said of it, in lower case: what a search looks in."""
        return " ".join([self.key, self.words, self.meaning, self.unit, self.ground]).lower()

    def note(self, setting: str) -> str:
        """That a setting is outside the range and allowed, in words; empty if it is not."""
        try:
            value = float(setting)
        except ValueError:
            return ""
        refused = self.bounds is not None and self.bounds.broken_by(value)
        return "" if refused or self.low == self.high else outside(value, Bounds(self.low, self.high))


@dataclass(frozen=True)
class Choice:
    """A firm's strategies, each with a line on it, and its current one."""

    firm: str
    current: str
    strategies: dict[str, str]


@dataclass(frozen=True)
class Switch:
    """A shock: its meaning, the unit of its size, and its values in the scenario."""

    name: str
    doc: str
    unit: str
    on: bool
    year: str
    until: str
    size: str
    probability: str

    def key(self, part: str) -> str:
        """The key of `set` for its year, until, size or probability."""
        return f"shocks.{self.name}.{part}"


@dataclass(frozen=True)
class Commitment:
    """A deal: what it is, the keys of numbers that it must have, and the fields of its break by key."""

    name: str
    what: str
    numbers: tuple[str, ...]
    breaks: dict[str, tuple[str, str]]


def knobs(config: Config) -> dict[str, Knob]:
    """Every number of a config except those of shocks, by key, in the config's order."""
    return {
        row.name: Knob(
            row.name,
            capitalised(in_words(row.name)),
            row.unit,
            row.low,
            row.central,
            row.high,
            row.text_with_bounds,
            row.ground,
            row.bounds,
            row.meaning,
        )
        for row in catalogue.rows(config)
        if not row.name.startswith("shocks.")
    }


def search(config: Config, words: str) -> list[Knob]:
    """The numbers with all of these words in key, name, meaning, unit or source, in the config's order."""
    wanted = words.lower().split()
    return [knob for knob in knobs(config).values() if all(word in knob.about for word in wanted)]


def choices(config: Config) -> list[Choice]:
    """The firms that have more than one strategy."""
    lines = {
        kind: {name: line(strategy) for name, strategy in strategies_of(kind).items()}
        for kind in {firm.kind for firm in config.firms.values()}
    }
    return [
        Choice(name, firm.strategy, lines[firm.kind])
        for name, firm in config.firms.items()
        if len(lines[firm.kind]) > 1
    ]


def commitments(config: Config) -> list[Commitment]:
    """The deals of a config."""
    return [_commitment(name, deal) for name, deal in config.deals.items()]


def _commitment(name: str, deal: DealConfig) -> Commitment:
    known = DEAL_KINDS[deal.kind].numbers
    needed = [key for key in deal.parameters if key not in known or known[key].usual is None]
    labels = {"breaks.year": "Broken in", "breaks.by": "by"}
    words = {f"deals.{name}.{key}": (label, str(deal.settings()[key] or "")) for key, label in labels.items()}
    return Commitment(name, str(deal), tuple(f"deals.{name}.{key}" for key in needed), words)


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
