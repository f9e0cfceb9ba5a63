"""The settings of a report's runs, and how to reproduce them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from computeshift.agents.strategy import JOINED
from computeshift.experiments.config.config import ShockConfig
from computeshift.experiments.config.names import DEFAULT, capitalised, named
from computeshift.experiments.results.manifest import ForkTerms
from computeshift.experiments.views.format import percent, with_unit, worlds
from computeshift.experiments.views.report.sides import Side
from computeshift.experiments.views.report.tables import Table

_VERSIONS = ("computeshift", "python", "numpy", "mesa")


def title(sides: Sequence[Side]) -> str:
    """The title of a report."""
    *names, last = [side.name for side in sides]
    if not names:
        return f"Results of {last}"
    return f"{'; '.join(names)} and {last}, side by side"


def settings(sides: Sequence[Side]) -> Table:
    """Every side's question, changes, worlds and years, fork, strategies, shocks and deals."""
    rows = [["", *(side.name for side in sides)]]
    for head, of in _SETTINGS.items():
        cells = [of(side) for side in sides]
        if any(cells):
            rows.append([head, *cells])
    return rows


def _question(side: Side) -> str:
    return side.results.config.asks


def _changes(side: Side) -> str:
    return "; ".join(map(str, side.results.changes))


def _cast(side: Side) -> str:
    return side.results.cast.in_words()


def _worlds(side: Side) -> str:
    years = side.results.years
    span = f"{years[0]} to {years[-1]}"
    return f"{worlds(side.results.worlds)}, {span}, seed {side.results.manifest.seed}"


def _fork(side: Side) -> str:
    """From which year these worlds have these settings, if they are a fork."""
    fork = side.results.manifest.fork
    return capitalised(_since(fork)) + "." if fork else ""


def _since(fork: ForkTerms) -> str:
    text = f"from the end of {fork.at} on; until then the worlds of {Path(fork.base).name}"
    return f"{text} ({_since(fork.fork)})" if fork.fork else text


def _strategies(side: Side) -> str:
    firms = side.results.config.firms
    own = {
        name: firm.strategy for name, firm in firms.items() if set(firm.strategy.split(JOINED)) != {DEFAULT}
    }
    told = [f"{named(name)}: {strategy}" for name, strategy in own.items()]
    return ", ".join([*told, *(["all others: default"] if len(own) < len(firms) else [])])


def _shocks(side: Side) -> str:
    shocks = {name: shock for name, shock in side.results.config.shocks.items() if shock.size.high > 0}
    return "; ".join(f"{named(name)}, {_shock(shock)}" for name, shock in shocks.items()) or "none"


def _shock(shock: ShockConfig) -> str:
    """The years of a shock, its size, and its probability unless it is certain."""
    years = str(shock.year or "any year") + (f" to {shock.until}" if shock.until else "")
    chance = shock.probability.central
    text = f"{years}: {with_unit(shock.size.central, shock.size.unit)}"
    return text if chance == 1 else f"{text}, chance {percent(chance)}"


def _deals(side: Side) -> str:
    return "; ".join(f"{named(name)}: {deal}" for name, deal in side.results.config.deals.items())


_SETTINGS = {
    "Question": _question,
    "Changes": _changes,
    "In outcomes and claims": _cast,
    "Worlds": _worlds,
    "These settings hold": _fork,
    "Strategies": _strategies,
    "Shocks": _shocks,
    "Deals": _deals,
}


def reproduction(sides: Sequence[Side]) -> Table:
    """Command, seed, versions and hash of every side."""
    manifests = [side.results.manifest for side in sides]
    return [
        ["", *(side.name for side in sides)],
        ["Command", *(manifest.command for manifest in manifests)],
        ["Config", *(side.results.config.name for side in sides)],
        ["Config's hash", *(manifest.hash for manifest in manifests)],
        ["Seed", *(str(manifest.seed) for manifest in manifests)],
        ["Worlds", *(f"{side.results.worlds:,}" for side in sides)],
        ["Versions", *(_versions(side) for side in sides)],
    ]


def _versions(side: Side) -> str:
    versions = side.results.manifest.versions
    return ", ".join(f"{name} {versions[name]}" for name in _VERSIONS if name in versions)
