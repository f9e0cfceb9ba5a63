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
    from computeshift.experiments.config.config import Config
    from computeshift.experiments.config.json_schema import schema as schema
    from computeshift.experiments.config.load import load as load
    from computeshift.experiments.errors import UserError as UserError
    from computeshift.experiments.questions.breaks.breaks import breaks as breaks
    from computeshift.experiments.questions.compare.compare import compare as compare
    from computeshift.experiments.questions.deals.deals import deals as deals
    from computeshift.experiments.questions.diff.diff import diff as diff
    from computeshift.experiments.questions.discover.discover import discover as discover
    from computeshift.experiments.questions.evidence.backtest import backtest as backtest
    from computeshift.experiments.questions.evidence.calibrate import calibrate as calibrate
    from computeshift.experiments.questions.evidence.known_later import known_later as known_later
    from computeshift.experiments.questions.evidence.recover import recover as recover
    from computeshift.experiments.questions.evidence.scorecard import scorecard as scorecard
    from computeshift.experiments.questions.experiment.experiment import experiment as experiment
    from computeshift.experiments.questions.explain.explain import explain as explain
    from computeshift.experiments.questions.games.game import game as game
    from computeshift.experiments.questions.games.strategies import strategies as strategies
    from computeshift.experiments.questions.levers.levers import levers as levers
    from computeshift.experiments.questions.predictions.predict import predict as predict
    from computeshift.experiments.questions.predictions.score import score as score
    from computeshift.experiments.questions.risk.risk import risk as risk
    from computeshift.experiments.questions.sensitivity.sensitivity import sensitivity as sensitivity
    from computeshift.experiments.results.results import Results as Results
    from computeshift.experiments.results.results import open as open
    from computeshift.experiments.run.design import design as design
    from computeshift.experiments.run.failed import FailedBlocksError as FailedBlocksError
    from computeshift.experiments.run.run import run as run
    from computeshift.experiments.views import plots
    from computeshift.experiments.views.report.report import report as report

_HOME = {
    "ComputeMarket": "environment.market",
    "FailedBlocksError": "experiments.run.failed",
    "Results": "experiments.results.results",
    "Strategy": "agents.strategy",
    "UserError": "experiments.errors",
    "design": "experiments.run.design",
    "load": "experiments.config.load",
    "open": "experiments.results.results",
    "report": "experiments.views.report.report",
    "run": "experiments.run.run",
    "schema": "experiments.config.json_schema",
    "strategy": "agents.strategy",
}
"""Where each public name is but the questions, whose table says it: imported when first used."""


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
    from computeshift.experiments.config.arguments import settings
    from computeshift.experiments.config.load import load
    from computeshift.experiments.run.design import design, setup

    chosen = load(config, settings(set, worlds=worlds, seed=seed))
    return ComputeMarket(setup(chosen, design(chosen)), KINDS)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name == "plots":
        return importlib.import_module("computeshift.experiments.views.plots")
    if name in _HOME:
        return getattr(importlib.import_module(f"computeshift.{_HOME[name]}"), name)
    from computeshift.experiments.questions.table import QUESTIONS

    for question in QUESTIONS:
        if question.name == name:
            return question.function
    raise AttributeError(f"module 'computeshift' has no attribute {name!r}")


def _version() -> str:
    """The version that is installed; `0+unknown` for a source tree that is not."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("computeshift")
    except PackageNotFoundError:
        return "0+unknown"


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
    "breaks",
    "calibrate",
    "compare",
    "deals",
    "design",
    "diff",
    "discover",
    "experiment",
    "explain",
    "game",
    "known_later",
    "levers",
    "load",
    "market",
    "open",
    "plots",
    "predict",
    "recover",
    "report",
    "risk",
    "run",
    "schema",
    "score",
    "scorecard",
    "sensitivity",
    "strategies",
    "strategy",
]
