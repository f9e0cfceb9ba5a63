"""Loads a config: finds it, stacks it over what it extends, checks it, and reports every problem at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from computeshift.agents import KINDS
from computeshift.environment.setup import Edge
from computeshift.experiments.config.arguments import settings
from computeshift.experiments.config.changes import SIZE, Change, changes
from computeshift.experiments.config.config import Config, FirmConfig, ShockConfig
from computeshift.experiments.config.overlay import Stack, every_lender
from computeshift.experiments.config.resolve import resolve
from computeshift.experiments.config.source import Layer, chain, last_modified, names
from computeshift.experiments.errors import Problem, UserError, instead

__all__ = ["Config", "FirmConfig", "ShockConfig", "apply", "load"]


def load(
    config: str | Path | Config,
    set: Mapping[str, object] | None = None,
    *,
    base: str | Path | None = None,
) -> Config:
    """A config by name or path, with `set` (dotted key to value) laid on top.

    `base` is another config, by name or path: what `config` lays over its own start is laid over that.
    UserError names every problem, with file and line.

    >>> prudent = load("baseline", {"softbank.strategy": "prudent"})
    >>> prudent.firms["softbank"].strategy, prudent.label
    ('prudent', 'baseline, 1 change')
    >>> load("no_mgx", base="end_of_2023").label
    'no_mgx on end_of_2023'
    """
    overrides = settings(set)
    if isinstance(config, Config):
        if base is not None:
            raise UserError(f"`base`: {config.label} is loaded, it has its start; give its name or file")
        return apply(config, overrides)
    if not isinstance(config, str | Path):
        raise UserError(f"{config!r} is no config: name one, such as 'baseline', or a YAML file")
    shipped = None
    if base is None and str(config) in names():
        shipped = _shipped(str(config), last_modified())
        if not overrides:
            return shipped
    loaded = _resolved(chain(config, base), overrides)
    if all(key in SIZE for key in overrides):
        return loaded
    return _with_changes(loaded, overrides, shipped or resolve(Stack(chain(config, base))))


@lru_cache(maxsize=64)
def _shipped(name: str, modified: tuple[int, ...]) -> Config:
    """A config that comes with the package, as the files of all of them were last modified."""
    return _resolved(chain(name), {})


def apply(config: Config, set: Mapping[str, object]) -> Config:
    """The config with `set` laid on top, checked again; UserError with every problem."""
    return _with_changes(_resolved([config.layer()], set), set, config) if set else config


def without_ties(
    config: Config, ties: Iterable[str | Sequence[str]], last: int, before: Config | None = None
) -> Config:
    """The config with ties, each `SOURCE TARGET KIND`, of which the year `last` is the last one.

    Those that end earlier in the config `before` end as they do there. UserError for a tie that there is
    not, or over which a deal runs longer.
    """
    ended = {} if before is None else {" ".join(tie[:3]): Edge(*tie).until or last for tie in before.ties()}
    known = {" ".join(tie[:3]): Edge(*tie) for tie in config.ties()}
    lenders = [name for name, firm in config.firms.items() if KINDS[firm.kind].lends]
    wanted = list[str]()
    for tie in ties:
        words = tie.split() if isinstance(tie, str) else [*tie]
        every = (" ".join(own) for own in every_lender(words, lenders))
        wanted += [name for name in every if name in known] or [" ".join(words)]
    if unknown := [name for name in wanted if name not in known]:
        wrongs = [(name, f"there is no tie {name!r}", instead(name, known)) for name in unknown]
        raise UserError([Problem("`cut`", *wrong) for wrong in wrongs])
    years = [min(last, ended.get(name, last)) for name in wanted]
    edges = [[*name.split(), known[name].since, year] for name, year in zip(wanted, years, strict=True)]
    cut = _resolved([config.layer(), Layer(config.name, {"edges": edges}, {(): "`cut`"})], {})
    made = [
        Change(f"tie {name}", f"to {year}", known[name].years or "open")
        for name, year in zip(wanted, years, strict=True)
    ]
    return cut.model_copy(update={"changes": (*config.changes, *made)})


def _with_changes(config: Config, set: Mapping[str, object], base: Config) -> Config:
    """The config with what is changed in it: these settings, laid on `base`."""
    return config.model_copy(update={"changes": changes(map(str, set), config, base)})


def _resolved(layers: list[Layer], set: Mapping[str, object]) -> Config:
    stack = Stack(layers)
    stack.set(set)
    config = resolve(stack)
    if stack.problems:
        raise UserError(sorted(stack.problems, key=position))
    return config


def position(problem: Problem) -> tuple[bool, str, int]:
    """Files before settings, then by line."""
    file, _, line = problem.where.rpartition(":")
    return problem.where.startswith("`set`"), file, int(line) if line.isdecimal() else 0
