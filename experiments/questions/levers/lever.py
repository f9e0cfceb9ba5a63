"""The levers of a config: every strategy that a firm does not play, and every shock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from computeshift.agents.strategy import strategies_of
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.config import Config, ShockConfig


@dataclass(frozen=True)
class Lever:
    """One change of a config: the strategy of a firm, or the size of a shock.

    `owner` is the firm or the shock, `value` the strategy or the size; `config` has the change.
    """

    kind: Literal["strategy", "shock"]
    owner: str
    value: str
    config: Config

    @property
    def setting(self) -> str:
        """The same change as `--set` makes it."""
        owner, key = (f"shocks.{self.owner}", "size") if self.kind == "shock" else (self.owner, "strategy")
        return f"{owner}.{key}={self.value}"


def levers_of(config: Config) -> list[Lever]:
    """Every strategy of each firm alone that it does not play, then every shock that can begin.

    A shock has the year, the end and the probability of the config. One that is off gets its kind's
    usual size; one that is on is switched off.
    """
    return [*_strategies(config), *_shocks(config)]


def too_late(config: Config) -> list[str]:
    """The shocks that cannot begin, because their year is after the last one."""
    return [name for name, shock in config.shocks.items() if not _can_begin(shock, config)]


def _strategies(config: Config) -> Iterator[Lever]:
    for name, firm in config.firms.items():
        for strategy in strategies_of(firm.kind):
            if strategy != firm.strategy:
                changed = firm.model_copy(update={"strategy": strategy})
                yield Lever("strategy", name, strategy, _with(config, "firms", name, changed))


def _shocks(config: Config) -> Iterator[Lever]:
    for name, shock in config.shocks.items():
        if _can_begin(shock, config):
            on = shock.size.high > 0
            size = 0.0 if on else float(SHOCKS[shock.kind].usual)
            fixed = {"low": size, "central": size, "high": size, "shape": "fixed"}
            changed = shock.model_copy(update={"size": shock.size.model_copy(update=fixed)})
            yield Lever("shock", name, f"{size:g}", _with(config, "shocks", name, changed))


def _can_begin(shock: ShockConfig, config: Config) -> bool:
    return shock.year is None or shock.year <= config.until


def _with(config: Config, section: str, name: str, changed: object) -> Config:
    """The config with one firm or shock changed."""
    return config.model_copy(update={section: {**getattr(config, section), name: changed}})
