"""Whether the worlds of two runs pair, number by number, and the differences of those that do.

The rule of comparison: this minus a reference, world by world. The reference is the run named first, and a
title or caption names it: `minus baseline`. For a quantity it shows the median of the paired differences,
with P10 to P90 where there is room. For a claim it shows the difference of the shares of worlds in which it
holds, in percentage points. Only `compare` shows means, because a 95% interval is one of a mean, and says so
at its top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from computeshift.experiments.config.config import LABELS, Config, first_difference
from computeshift.experiments.errors import Problem, UserError
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results

WORLDS = "number of worlds"
POSTERIOR = "posterior"


@dataclass(frozen=True)
class _Posterior:
    """The posterior that worlds were drawn from: the same in any file."""

    sha256: str
    file: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.file} (sha256 {self.sha256[:12]})"


def terms(run: Config | Record) -> dict[str, object]:
    """What must be equal for the worlds of two runs to pair: seed, worlds, start, last year, posterior.

    A market in memory is known by its years alone.
    """
    if not isinstance(run, Config | Results):
        return {"start": run.years[0] - 1, "last year": run.years[-1]}
    config = run if isinstance(run, Config) else run.config
    posterior = None if isinstance(run, Config) else run.manifest.source_posterior
    return {
        "seed": config.seed,
        WORLDS: run.worlds,
        "start": config.start,
        "last year": max(config.until, config.start),
        POSTERIOR: _Posterior(posterior.sha256, posterior.file) if posterior else "none",
    }


def mismatches(
    first: Config | Record,
    other: Config | Record,
    *,
    some: bool = False,
    any_posterior: bool = False,
    players: Sequence[str] | None = None,
) -> list[str]:
    """Why the worlds of `other` do not pair with those of `first`, such as `its seed is 8, not 7`.

    The numbers of worlds may differ if `some` pairs are enough. With `any_posterior`, the posteriors may
    differ: a draw depends on seed, world and name alone, so such worlds share their shocks, but not their
    parameters. With `players`, the configs must be the same but for the strategies of these firms.
    """
    own, lead = terms(other), terms(first)
    free = {term for term, is_free in ((WORLDS, some), (POSTERIOR, any_posterior)) if is_free}
    compared = [term for term in own if term in lead and term not in free]
    found = [f"its {term} is {own[term]}, not {lead[term]}" for term in compared if own[term] != lead[term]]
    return [*found, *_of_configs(first, other, players)] if players is not None else found


def _of_configs(first: Any, other: Any, players: Sequence[str]) -> Iterator[str]:
    """Where two configs differ, seed, years and the strategies of players aside."""
    mine, theirs = (_config(run, players) for run in (first, other))
    if (where := first_difference(mine, theirs)) is not None:
        yield f"its {where} is not the same, and only the strategies of {', '.join(players)} may differ"


def _config(run: Config | Results, players: Sequence[str]) -> dict[str, Any]:
    config = run if isinstance(run, Config) else run.config
    document = config.model_dump(mode="json", exclude={*LABELS, "seed", "start", "until"})
    for player in players:
        document["firms"].get(player, {}).pop("strategy", None)
    return document


def must_pair(
    runs: Sequence[tuple[str, Config | Record]],
    *,
    any_posterior: bool = False,
    players: Sequence[str] | None = None,
) -> None:
    """UserError that says, for each run whose worlds do not pair with those of the first, what differs.

    `runs` have names for the message. For `any_posterior` and `players` see `mismatches`.
    """
    (lead, first), *others = runs
    free = any_posterior
    reasons = [(name, mismatches(first, run, any_posterior=free, players=players)) for name, run in others]
    problems = [
        Problem(name, "", f"its worlds do not pair with those of {lead}: {'; '.join(why)}")
        for name, why in reasons
        if why
    ]
    if problems:
        raise UserError(problems)


def differences(this: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """`this` minus `reference`: one row per world and one column per year, or quantity, that both have.

    Both are tables such as `Results.outcome` gives, of runs whose worlds pair (same seed and years). Their
    quantiles are those of `quantiles.bands`.
    """
    worlds = this.index.intersection(reference.index, sort=False)
    columns = this.columns.intersection(reference.columns, sort=False)
    return this.loc[worlds, columns] - reference.loc[worlds, columns]
