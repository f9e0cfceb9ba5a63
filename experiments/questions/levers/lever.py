"""The levers of a config: every strategy that a firm does not play, every shock and every deal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from computeshift.agents.strategy import parts, strategies_of
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.config import Config, FirmConfig, ShockConfig
from computeshift.experiments.config.load import apply


@dataclass(frozen=True)
class Lever:
    """One change of a config: the strategy of a firm, the size of a shock, or a deal that is taken out.

    `owner` is the firm, the shock or the deal, `value` the strategy, the size or `null`; `config` has the
    change.
    """

    kind: Literal["strategy", "shock", "deal"]
    owner: str
    value: str
    config: Config

    @property
    def setting(self) -> str:
        """The same change as `--set` makes it."""
        key = {"strategy": "{}.strategy", "shock": "shocks.{}.size", "deal": "deals.{}"}[self.kind]
        return f"{key.format(self.owner)}={self.value}"


def levers_of(config: Config) -> list[Lever]:
    """Every strategy of each firm alone that it does not play, every shock that can begin, and every deal.

    A firm of several roles changes its strategy in one of them: two changes would be two levers. A shock
    has the year, the end and the probability of the config. One that is off gets its kind's usual size; one
    that is on is switched off. A deal is taken out.
    """
    return [*_strategies(config), *_shocks(config), *_deals(config)]


def too_late(config: Config) -> list[str]:
    """The shocks that cannot begin, because their year is after the last one."""
    return [name for name, shock in config.shocks.items() if not _can_begin(shock, config)]


def _strategies(config: Config) -> Iterator[Lever]:
    for name, firm in config.firms.items():
        for strategy in strategies_of(firm.kind):
            if _changes_one_role(firm, strategy):
                changed = firm.model_copy(update={"strategy": strategy})
                yield Lever("strategy", name, strategy, _with(config, "firms", name, changed))


def _changes_one_role(firm: FirmConfig, strategy: str) -> bool:
    """Whether a strategy differs from the one that a firm plays in just one of its roles."""
    played, other = parts(firm.kind, firm.strategy), parts(firm.kind, strategy)
    return sum(own != new for own, new in zip(played, other, strict=True)) == 1


def _shocks(config: Config) -> Iterator[Lever]:
    for name, shock in config.shocks.items():
        if _can_begin(shock, config):
            on = shock.size.high > 0
            size = 0.0 if on else float(SHOCKS[shock.kind].usual)
            fixed = {"low": size, "central": size, "high": size, "shape": "fixed"}
            changed = shock.model_copy(update={"size": shock.size.model_copy(update=fixed)})
            yield Lever("shock", name, f"{size:g}", _with(config, "shocks", name, changed))


def _deals(config: Config) -> Iterator[Lever]:
    for name in config.deals:
        yield Lever("deal", name, "null", apply(_not_about(config, name), {f"deals.{name}": None}))


def _not_about(config: Config, deal: str) -> Config:
    """The config without those of its own outcomes and claims that speak of a deal."""
    kept = {name: own for name, own in config.outcomes.items() if not _speaks(own.of, {deal})}
    gone = {deal, *(config.outcomes.keys() - kept.keys())}
    claims = {name: own for name, own in config.claims.items() if not _speaks(own.outcome, gone)}
    return config.model_copy(update={"outcomes": kept, "claims": claims})


def _speaks(expression: str, names: set[str]) -> bool:
    """Whether an expression names one of these."""
    return not names.isdisjoint(re.findall(r"\w+", expression))


def _can_begin(shock: ShockConfig, config: Config) -> bool:
    return shock.year is None or shock.year <= config.until


def _with(config: Config, section: str, name: str, changed: object) -> Config:
    """The config with one firm or shock changed."""
    return config.model_copy(update={section: {**getattr(config, section), name: changed}})
