"""diff: what two configs, or two runs, have otherwise, as they are written. It plays nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.config.names import numbered
from computeshift.experiments.questions.answer import Answer, Found
from computeshift.experiments.questions.diff import rows
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.run.sample import Source

_DIGITS = 12  # of a digest


@dataclass(frozen=True, repr=False)
class Diff(Answer, Found):
    """What a second config, or run, has otherwise than the first. A table without a row: nothing.

    `settings` are those of the whole run. `firms`, `ties`, `shocks`, `deals`, `factors` and `own` (outcomes,
    claims and observables) have a `change`: "joined" (only the second has it), "left" (only the first) or
    "changed". `numbers` has one row per parameter that differs, with unit, low, central, high, shape and
    source on both sides. `same_numbers` says whether all worlds come out the same: the configs have the
    same hash.
    """

    question: ClassVar[str] = "diff"

    first: str
    second: str
    same_numbers: bool
    settings: pd.DataFrame
    firms: pd.DataFrame
    ties: pd.DataFrame
    shocks: pd.DataFrame
    deals: pd.DataFrame
    factors: pd.DataFrame
    own: pd.DataFrame
    numbers: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """`settings`, `firms`, `ties`, `shocks`, `deals`, `factors`, `own` and `numbers`."""
        names = ("settings", "firms", "ties", "shocks", "deals", "factors", "own", "numbers")
        return {name: getattr(self, name) for name in names}


def diff(first: Source, second: Source, *, base: str | Path | None = None) -> Diff:
    """What the second config or results folder has otherwise than the first: numbers, ties, deals, settings.

    Configs are laid over `base`, where that is given. UserError if one is neither a config nor a folder.
    """
    opened = [_opened(source, base) for source in (first, second)]
    configs = [one.config if isinstance(one, Results) else one for one in opened]
    runs = all(isinstance(one, Results) for one in opened)
    names = numbered([one.folder.name if isinstance(one, Results) else one.label for one in opened])
    mine, other = configs
    return Diff(
        first=names[0],
        second=names[1],
        same_numbers=mine.hash == other.hash,
        settings=rows.settings(*(_settings(one, runs) for one in opened)),
        firms=rows.firms(mine, other),
        ties=rows.ties(mine, other),
        shocks=rows.shocks(mine, other),
        deals=rows.deals(mine, other),
        factors=rows.factors(mine, other),
        own=rows.own(mine, other),
        numbers=rows.numbers(mine, other),
    )


def _opened(source: Source, base: str | Path | None) -> Config | Results:
    """A config over its base, or a results folder, whatever is done of it."""
    if isinstance(source, str | Path) and Path(source).is_dir():
        return open_results(source)
    return source if isinstance(source, Results) else load(source, base=base)


def _settings(one: Config | Results, runs: bool) -> dict[str, Any]:
    """What is said of the whole run; with `runs`, where both are folders, also how it was run."""
    if isinstance(one, Config):
        return rows.settings_of(one)
    terms = one.manifest
    how = {"worlds_done": terms.worlds_done, "keep": terms.keep, "model": terms.model[:_DIGITS]}
    how |= {f"strategy {name}": digest[:_DIGITS] for name, digest in terms.strategies.items()}
    return rows.settings_of(one.config) | _origin(one) | (how if runs else {})


def _origin(run: Results) -> dict[str, str]:
    """Where the worlds of a run come from, if not from its config alone."""
    found = {}
    if posterior := run.manifest.posterior:
        found["posterior"] = f"{posterior.file} (sha256 {posterior.sha256[:_DIGITS]})"
    if fork := run.manifest.fork:
        found["continues"] = f"{fork.base} from the end of {fork.at}"
    return found
