"""What there is to choose from (configs, firms, shocks, outcomes, claims), and a config in full."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from computeshift.agents import KINDS
from computeshift.agents.strategy import strategies_of
from computeshift.environment.bounds import Bounds
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config import source as reading
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.docstrings import docstring
from computeshift.experiments.config.names import in_numbers
from computeshift.experiments.results.outcomes import OUTCOMES

CLAIMS = Path(__file__).parents[1] / "results" / "claims.yaml"


@dataclass(frozen=True)
class Entry:
    """One thing to choose, with a line on it."""

    name: str
    line: str


@dataclass(frozen=True)
class Kind:
    """A kind of firm, with its strategies; the first is its baseline."""

    name: str
    line: str
    strategies: tuple[Entry, ...]


@dataclass(frozen=True)
class Quantity:
    """An outcome that a question can ask for: its unit, and what it means."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Catalogue:
    """Everything that a user can name."""

    configs: tuple[Entry, ...]
    firms: tuple[Kind, ...]
    shocks: tuple[Entry, ...]
    outcomes: tuple[Quantity, ...]
    claims: tuple[Entry, ...]


@dataclass(frozen=True)
class Row:
    """One number of a config, for people."""

    name: str
    low: float
    central: float
    high: float
    shape: str
    unit: str
    ground: str
    bounds: Bounds | None = None

    @property
    def told(self) -> str:
        """Its numbers and unit; the shape only if it is not the usual one."""
        return in_numbers(self.low, self.central, self.high, self.shape, self.unit)

    @property
    def bounded(self) -> str:
        """Its numbers and unit, and the values that it can have."""
        return self.told if self.bounds is None else f"{self.told} [{self.bounds}]"


def catalogue() -> Catalogue:
    """What there is to choose from."""
    return Catalogue(configs(), firms(), shocks(), outcomes(), claims())


def configs() -> tuple[Entry, ...]:
    """The configs that come with the package, each with what it asks; the baseline first."""
    return tuple(Entry(name, _asks(name)) for name in reading.names())


def firms() -> tuple[Kind, ...]:
    """The kinds of firm with their strategies."""
    return tuple(
        Kind(
            name,
            line(KINDS[name].written),
            tuple(Entry(played, line(how)) for played, how in strategies_of(name).items()),
        )
        for name in vocabulary.kinds()
    )


def shocks() -> tuple[Entry, ...]:
    """The kinds of shock, with the unit of their size."""
    return tuple(Entry(name, f"{kind.doc} [{kind.unit}]") for name, kind in SHOCKS.items())


def outcomes() -> tuple[Quantity, ...]:
    """The outcomes that a question can ask for."""
    return tuple(Quantity(known.name, known.unit, known.doc) for known in OUTCOMES.values())


def claims() -> tuple[Entry, ...]:
    """The claims that every run is held against."""
    if not CLAIMS.exists():
        return ()
    written = YAML(typ="safe", pure=True).load(CLAIMS.read_text(encoding="utf-8"))
    if isinstance(written, dict):
        written = [{"name": name, **claim} for name, claim in written.items()]
    return tuple(Entry(claim["name"], claim["sentence"]) for claim in written)


def rows(config: Config) -> tuple[Row, ...]:
    """Every number of a config, with what it rests on."""
    return tuple(
        Row(name, p.low, p.central, p.high, p.shape, p.unit, p.ground, p.bounds)
        for name, p in config.parameters().items()
    )


def line(thing: object) -> str:
    """The first line of a docstring, as one sentence."""
    return docstring(thing).partition("\n")[0]


def _asks(name: str) -> str:
    """What a config of the package asks, by its own line (not by what it extends)."""
    return str(reading.own_layer(reading.find(name)).tree.get("asks", ""))
