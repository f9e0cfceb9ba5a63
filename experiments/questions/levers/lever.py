"""The levers of a config: every strategy that a firm does not play, every shock and every deal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from computeshift.agents.strategy import Strategy, parts, strategies_of
from computeshift.environment.notes import Notes
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.config import Config, FirmConfig, ShockConfig
from computeshift.experiments.config.load import apply


@dataclass(frozen=True)
class Lever:
    """One change of a config: a strategy, the size of a shock, or a deal that is taken out.

    A strategy is that of one firm, or, of kind `role`, that of all firms of a role at once. `owner` is the
    firm, the role, the shock or the deal, `value` the strategy, the size or `null`; `config` has the
    change. Levers that pull the same strategy of a role have the same `counted_as`: they count once. `role`
    is the kind of firm, or the role, that has the strategy; empty for shocks and deals.
    """

    kind: Literal["strategy", "role", "shock", "deal"]
    owner: str
    value: str
    changes: Mapping[str, str]
    config: Config
    role: str = ""
    counted_as: str = ""

    @property
    def setting(self) -> str:
        """The same change as `--set` makes it."""
        return " ".join(f"{name}={value}" for name, value in self.changes.items())


def levers_of(config: Config) -> list[Lever]:
    """Every strategy that is not played, every shock that can begin, and every deal but notes.

    Strategies: of each firm alone, then, where several firms have the same one, of all of them at once. A
    firm of several roles changes its strategy in one of them: two changes would be two levers. A shock
    has the year, the end and the probability of the config. One that is off gets its kind's usual size; one
    that is on is switched off. A deal is taken out. Notes are data: they date debt that is owed anyway.
    """
    return [*_strategies(config), *_shocks(config), *_deals(config)]


def too_late(config: Config) -> list[str]:
    """The shocks that cannot begin, because their year is after the last one."""
    return [name for name, shock in config.shocks.items() if not _can_begin(shock, config)]


class _Other(NamedTuple):
    """A strategy that a firm could play in one of its roles, and its strategies in all roles if it did.

    `rules` is the class behind the strategy: roles that share it share the strategy.
    """

    firm: str
    role: str
    strategy: str
    rules: type[Strategy]
    all_roles: str


def _strategies(config: Config) -> Iterator[Lever]:
    others = [other for name, firm in config.firms.items() for other in _others(name, firm)]
    alike: dict[tuple[str, type[Strategy]], list[_Other]] = {}
    for other in others:
        alike.setdefault((other.strategy, other.rules), []).append(other)
    for other in others:
        first = alike[other.strategy, other.rules][0]
        yield _lever("strategy", other.firm, other.all_roles, [other], first, config)
    for together in alike.values():
        if len(together) > 1:
            first = together[0]
            yield _lever("role", first.role, first.strategy, together, first, config)


def _others(name: str, firm: FirmConfig) -> Iterator[_Other]:
    """The strategies that differ from the one that a firm plays in just one of its roles."""
    played = parts(firm.kind, firm.strategy)
    for every in strategies_of(firm.kind):
        changed = [new for own, new in zip(played, parts(firm.kind, every), strict=True) if own != new]
        if len(changed) == 1:
            ((role, strategy),) = changed
            yield _Other(name, role, strategy, strategies_of(role)[strategy], every)


def _lever(
    kind: Literal["strategy", "role"],
    owner: str,
    value: str,
    others: Sequence[_Other],
    first: _Other,
    config: Config,
) -> Lever:
    """The lever by which these firms play other strategies, counted with that of the `first` of its kind."""
    firms = {
        other.firm: config.firms[other.firm].model_copy(update={"strategy": other.all_roles})
        for other in others
    }
    changes = {f"{other.firm}.strategy": other.all_roles for other in others}
    changed = config.model_copy(update={"firms": {**config.firms, **firms}})
    counted_as = f"{first.role} {first.strategy}"
    return Lever(kind, owner, value, changes, changed, first.role, counted_as)


def _shocks(config: Config) -> Iterator[Lever]:
    for name, shock in config.shocks.items():
        if _can_begin(shock, config):
            on = shock.size.high > 0
            size = 0.0 if on else float(SHOCKS[shock.kind].usual)
            fixed = {"low": size, "central": size, "high": size, "shape": "fixed"}
            changed = shock.model_copy(update={"size": shock.size.model_copy(update=fixed)})
            shocks = {**config.shocks, name: changed}
            changes = {f"shocks.{name}.size": f"{size:g}"}
            yield Lever("shock", name, f"{size:g}", changes, config.model_copy(update={"shocks": shocks}))


def _deals(config: Config) -> Iterator[Lever]:
    for name, deal in config.deals.items():
        if deal.kind != Notes.kind:
            without = apply(_not_about(config, name), {f"deals.{name}": None})
            yield Lever("deal", name, "null", {f"deals.{name}": "null"}, without)


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
