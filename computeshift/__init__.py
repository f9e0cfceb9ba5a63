"""computeshift: who supplies AI compute to whom, who pays, and what breaks, over many worlds.

>>> import computeshift as cs
>>> results = cs.run("baseline", worlds=100, seed=1)   # doctest: +SKIP
>>> results.shares()                                   # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from computeshift.agents.strategy import Strategy as Strategy
    from computeshift.agents.strategy import strategy as strategy
    from computeshift.environment.market import ComputeMarket as ComputeMarket
    from computeshift.experiments import plots as plots
    from computeshift.experiments.comparison.compare import compare as compare
    from computeshift.experiments.config import load as load
    from computeshift.experiments.contagion.risk import risk as risk
    from computeshift.experiments.design import design as design
    from computeshift.experiments.drivers.discovery import discover as discover
    from computeshift.experiments.drivers.sensitivity import sensitivity as sensitivity
    from computeshift.experiments.evidence.backtest import backtest as backtest
    from computeshift.experiments.evidence.calibrate import calibrate as calibrate
    from computeshift.experiments.explanation.explain import explain as explain
    from computeshift.experiments.games.game import game as game
    from computeshift.experiments.games.strategies import strategies as strategies
    from computeshift.experiments.problems import FailedBlocksError as FailedBlocksError
    from computeshift.experiments.problems import UserError as UserError
    from computeshift.experiments.report.report import report as report
    from computeshift.experiments.resolved import Config
    from computeshift.experiments.results import Results as Results
    from computeshift.experiments.results import open as open
    from computeshift.experiments.runner import run as run

_HOME = {
    "ComputeMarket": "environment.market",
    "FailedBlocksError": "experiments.problems",
    "Results": "experiments.results",
    "Strategy": "agents.strategy",
    "UserError": "experiments.problems",
    "backtest": "experiments.evidence.backtest",
    "calibrate": "experiments.evidence.calibrate",
    "compare": "experiments.comparison.compare",
    "design": "experiments.design",
    "discover": "experiments.drivers.discovery",
    "explain": "experiments.explanation.explain",
    "game": "experiments.games.game",
    "load": "experiments.config",
    "open": "experiments.results",
    "report": "experiments.report.report",
    "risk": "experiments.contagion.risk",
    "run": "experiments.runner",
    "sensitivity": "experiments.drivers.sensitivity",
    "strategies": "experiments.games.strategies",
    "strategy": "agents.strategy",
}
"""Where each public name lives: imported when first used, so `import computeshift` is quick."""


def market(
    config: str | Path | Config = "baseline",
    worlds: int = 1,
    seed: int = 1,
    set: Mapping[str, Any] | None = None,
) -> ComputeMarket:
    """A market to step by hand, a plain Mesa model: `market().step()` is the first year.

    UserError if the config or a setting is wrong.
    """
    from computeshift.agents import KINDS
    from computeshift.environment.market import ComputeMarket
    from computeshift.experiments.arguments import settings
    from computeshift.experiments.config import load
    from computeshift.experiments.design import design, setup

    chosen = load(config, settings(set, worlds=worlds, seed=seed))
    return ComputeMarket(setup(chosen, design(chosen)), KINDS)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("computeshift")
    if name == "plots":
        return importlib.import_module("computeshift.experiments.plots")
    if name not in _HOME:
        raise AttributeError(f"module 'computeshift' has no attribute {name!r}")
    return getattr(importlib.import_module(f"computeshift.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "ComputeMarket",
    "FailedBlocksError",
    "Results",
    "Strategy",
    "UserError",
    "__version__",
    "backtest",
    "calibrate",
    "compare",
    "design",
    "discover",
    "explain",
    "game",
    "load",
    "market",
    "open",
    "plots",
    "report",
    "risk",
    "run",
    "sensitivity",
    "strategies",
    "strategy",
]
