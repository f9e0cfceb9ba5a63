"""The catalogue (configs, firms, shocks, deals, outcomes, claims), and every number of a config."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from computeshift.agents import KINDS
from computeshift.agents.strategy import strategies_of
from computeshift.environment.bounds import Bounds
from computeshift.environment.deals import DEAL_KINDS, DealKind
from computeshift.environment.setup import Edge
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config import source as reading
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.docstrings import docstring
from computeshift.experiments.config.factor import heaviest, loadings_in_words
from computeshift.experiments.config.meanings import meanings
from computeshift.experiments.config.names import capitalised, in_numbers
from computeshift.experiments.config.nodes import shipped_data
from computeshift.experiments.config.own import OwnClaim, OwnOutcome
from computeshift.experiments.results.outcomes import OUTCOMES

CLAIMS = Path(__file__).parents[1] / "results" / "claims.yaml"


@dataclass(frozen=True)
class Entry:
    """A name to choose, with a line on it."""

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
    """An outcome that a question can ask for: its unit and its meaning."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Catalogue:
    """Every name that a user can choose."""

    configs: tuple[Entry, ...]
    firms: tuple[Kind, ...]
    shocks: tuple[Entry, ...]
    deals: tuple[Entry, ...]
    outcomes: tuple[Quantity, ...]
    claims: tuple[Entry, ...]


@dataclass(frozen=True)
class Row:
    """One number of a config, with its source and its meaning, which may be empty for a user's own."""

    name: str
    low: float
    central: float
    high: float
    shape: str
    unit: str
    ground: str
    bounds: Bounds | None = None
    loads: str = ""
    meaning: str = ""

    @property
    def text(self) -> str:
        """Its numbers and unit; the shape only if it is not the usual one."""
        return in_numbers(self.low, self.central, self.high, self.shape, self.unit)

    @property
    def text_with_bounds(self) -> str:
        """Its numbers and unit, the values that it can have, and the factors that it loads on."""
        text = self.text if self.bounds is None else f"{self.text} [{self.bounds}]"
        return f"{text}; loads on {self.loads}" if self.loads else text


@dataclass(frozen=True)
class FactorRow:
    """A factor of a config, with its source and its loadings by parameter."""

    name: str
    meaning: str
    ground: str
    loadings: dict[str, float]


def catalogue() -> Catalogue:
    """The catalogue."""
    return Catalogue(configs(), firms(), shocks(), deals(), outcomes(), claims())


def configs() -> tuple[Entry, ...]:
    """The configs of the package, each with its question; the baseline first."""
    return tuple(Entry(name, _question(name)) for name in reading.names())


def firms() -> tuple[Kind, ...]:
    """The kinds of firm with their strategies."""
    return tuple(
        Kind(
            kind,
            line(KINDS[kind].written),
            tuple(Entry(name, line(strategy)) for name, strategy in strategies_of(kind).items()),
        )
        for kind in vocabulary.kinds()
    )


def shocks() -> tuple[Entry, ...]:
    """The kinds of shock, with the unit of their size."""
    return tuple(Entry(name, f"{kind.doc} [{kind.unit}]") for name, kind in SHOCKS.items())


def deals() -> tuple[Entry, ...]:
    """The kinds of deal, with the numbers that each must and may be given, and their units."""
    return tuple(Entry(name, _numbers(kind)) for name, kind in DEAL_KINDS.items())


def _numbers(kind: DealKind) -> str:
    """What a kind of deal is, and its numbers, those that must be given first."""
    needed, others = (
        ", ".join(f"{name} [{n.unit}]" for name, n in kind.numbers.items() if n.needed == must)
        for must in (True, False)
    )
    wanted = f"; and if wanted {others}" if others else ""
    by_year = f"; {kind.schedule[0]} may be a schedule by year" if kind.schedule else ""
    return f"{kind.doc}: {needed}{wanted}{by_year}"


def outcomes() -> tuple[Quantity, ...]:
    """The outcomes that a question can ask for."""
    return tuple(Quantity(outcome.name, outcome.unit, outcome.doc) for outcome in OUTCOMES.values())


def claims() -> tuple[Entry, ...]:
    """The claims that every run is checked against."""
    if not CLAIMS.exists():
        return ()
    tree = shipped_data(CLAIMS)
    if isinstance(tree, dict):
        tree = [{"name": name, **claim} for name, claim in tree.items()]
    return tuple(Entry(claim["name"], claim["sentence"]) for claim in tree)


def rows(config: Config) -> tuple[Row, ...]:
    """Every number of a config, with its source, its loadings on factors and its meaning."""
    loads = {name: loadings_in_words(own) for name, own in config.loadings().items()}
    known = meanings(config)
    return tuple(
        Row(
            name,
            p.low,
            p.central,
            p.high,
            p.shape,
            p.unit,
            p.ground,
            p.bounds,
            loads.get(name, ""),
            capitalised(known[name]),
        )
        for name, p in config.parameters().items()
    )


def ties(config: Config) -> tuple[Entry, ...]:
    """The ties of a config with their years, those that its deals lay among them."""
    edges = [Edge(*tie) for tie in config.ties()]
    return tuple(Entry(f"{e.source} -> {e.target}", f"{e.kind} {e.years}".strip()) for e in edges)


def factors(config: Config) -> tuple[FactorRow, ...]:
    """The factors of a config, each with the parameters that load on it, the heaviest first."""
    return tuple(
        FactorRow(name, factor.meaning, factor.ground, dict(heaviest(factor.loadings)))
        for name, factor in config.factors.items()
    )


def definitions(config: Config) -> dict[str, tuple[Entry, ...]]:
    """What a config defines itself, by title: outcomes, claims and observables; nothing where it has none."""
    outcomes = [(name, _outcome(own)) for name, own in config.outcomes.items()]
    claims = [
        (name, f"{c.sentence} ({' '.join([c.outcome, *_test(c)])}, {c.when}; {c.source})")
        for name, c in config.claims.items()
    ]
    observe = [(name, f"{o.of}: a {o.kind} in {o.unit}") for name, o in config.observe.items()]
    every = {"Own outcomes": outcomes, "Own claims": claims, "Facts face": observe}
    return {title: tuple(Entry(*entry) for entry in entries) for title, entries in every.items() if entries}


def _outcome(own: OwnOutcome) -> str:
    """What an outcome is, what it means and its unit."""
    meaning = "" if own.meaning == own.of else f": {own.meaning.rstrip('.')}"
    return f"{own.of}{meaning}" + (f" [{own.unit}]" if own.unit else "")


def _test(claim: OwnClaim) -> list[str]:
    """How a claim tests its outcome, in words: `at least 200`."""
    figure = [] if claim.figure is None else [f"{claim.figure:g}"]
    return [claim.test.replace("_", " "), *figure]


def line(thing: object) -> str:
    """The first line of a docstring, as one sentence."""
    return docstring(thing).partition("\n")[0]


def _question(name: str) -> str:
    """The question of a config of the package: its own line, not that of the config that it extends."""
    return str(reading.own_layer(reading.find(name)).tree.get("asks", ""))
