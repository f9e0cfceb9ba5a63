"""The outcomes of a firm's own: a firm too small to move the headlines may still change itself."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from computeshift.agents import KINDS
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.nodes import shipped_data
from computeshift.experiments.config.own import OwnOutcome
from computeshift.experiments.questions.levers.headline import Headline
from computeshift.experiments.questions.levers.lever import Lever
from computeshift.experiments.run.measure import known_outcome

FILE = Path(__file__).with_name("own.yaml")


@functools.cache
def _entries() -> dict[str, dict[str, str]]:
    """Variable and short name by what a role gives, in the order of the file."""
    return dict(shipped_data(FILE))


def own_names(lever: Lever) -> dict[str, str]:
    """The outcomes of the firm whose strategy a lever changes: their short names by name."""
    if lever.kind != "strategy":
        return {}
    given = [entry for tie, entry in _entries().items() if tie in KINDS[lever.role].gives]
    return {f"{lever.owner}.{entry['variable']}": entry["short"] for entry in given}


def own_headlines(config: Config, levers: Sequence[Lever]) -> dict[str, Headline]:
    """All of them, to be measured besides the headlines."""
    names = {name: short for lever in levers for name, short in own_names(lever).items()}
    return {name: _headline(name, short, config) for name, short in names.items()}


def _headline(name: str, short: str, config: Config) -> Headline:
    outcome = known_outcome(name, config)
    written = OwnOutcome(of=outcome.key, unit=outcome.unit, meaning=outcome.doc)
    return Headline(
        name=name, about="its own firm", outcome=outcome.key, when="last", short=short, written=written
    )
