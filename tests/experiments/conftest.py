"""A config small enough to read, in words of its own: these tests stand whatever the model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from computeshift.experiments.config import facts as sources
from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config.overlay import SECTIONS
from computeshift.experiments.questions.evidence.scorecard import Scorecard, scorecard

TOY = """\
name: toy
asks: Does it hold?
start: 2024
until: 2030
worlds: 5
seed: 3
services:
  elasticity: {unit: "1", low: 0.5, central: 1.1, high: 1.5, assumed: because nobody knows}
roles:
  investor:
    budget: {unit: $ bn, low: 1, central: 2, high: 4, shape: lognormal, assumed: because it varies}
firms:
  softbank:
    strategy: vision
    ltv_limit:
      {unit: share, low: 0.2, high: 0.3, shape: uniform, source: policy, published: 2024-11-12}
  openai:
    cash: {unit: $ bn, central: 10, shape: fixed, facts: [OpenAI/cash/2024]}
edges:
  - [softbank, openai, equity]
  - [openai, openai, capacity]
  - [openai, customers, services]
shocks:
  credit_crunch: {year: 2026, until: 2027, size: 0}
"""

Write = Callable[..., Path]

_KINDS = {
    "softbank": (("ltv_limit", "budget"), ("investor",), ("vision", "prudent")),
    "openai": (("cash",), ("lab",), ("shift", "stay")),
    "investor": (("budget",), ("investor",), ("default",)),
}


SCORED_WORLDS = 1_000


@pytest.fixture(scope="session")
def card() -> Scorecard:
    """A small scorecard; nothing may change it."""
    return scorecard(worlds=SCORED_WORLDS)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a config beside `toy.yaml`; configs use the toy's words instead of the model's."""
    sections = {name: ("elasticity",) if name == "services" else () for name in SECTIONS}
    monkeypatch.setattr(vocabulary, "sections", lambda: sections)
    monkeypatch.setattr(vocabulary, "kinds", lambda: tuple(_KINDS))
    monkeypatch.setattr(vocabulary, "parameters_of", lambda kind: _KINDS[kind][0])
    monkeypatch.setattr(vocabulary, "roles_of", lambda kind: _KINDS[kind][1])
    monkeypatch.setattr(vocabulary, "strategies", lambda kind: _KINDS[kind][2])
    monkeypatch.setattr(sources, "known", lambda: frozenset({"OpenAI/cash/2024"}))
    monkeypatch.chdir(tmp_path)
    Path("toy.yaml").write_text(TOY, encoding="utf-8")

    def writes(text: str, name: str = "mine.yaml") -> Path:
        Path(name).write_text(text, encoding="utf-8")
        return Path(name)

    return writes
