"""compare: what would be different. Paired worlds of several configs, against the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from computeshift.experiments.config.arguments import chosen_year, several
from computeshift.experiments.questions.compare import changes
from computeshift.experiments.questions.compare.changes import Pair, rows
from computeshift.experiments.questions.compare.comparison import Comparison
from computeshift.experiments.questions.compare.measured import asked_of, worlds_of_sides
from computeshift.experiments.questions.compare.parameters import parameters_of_sides, posterior_rows
from computeshift.experiments.questions.compare.sides import Side, sides
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.sample import Sample, Source, years_of


def compare(
    sources: Sequence[Source],
    *,
    year: int | None = None,
    outcomes: Sequence[str] = (),
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """What differs from the first source in each of the others, in a `year` (default: the last).

    A source is a config, which is played in memory, or a results folder. World by world all have the
    same random draws: a draw depends on seed, world and name alone. Configs take `worlds` and `seed`, where
    not given, from the first results folder, or where there is none from the first config; `set` is
    laid on every config, and every config over `base`, where that is given. A world that makes no sense in
    one source is left out of all.

    `outcomes` are compared besides the usual ones and those that the configs define: names, or expressions
    such as "oracle.debt in 2028".

    Folders that were run from different posteriors, or one from a posterior and one not, can be compared:
    their worlds have the same shocks and different parameters, and `parameters` says which moved most.
    Worlds drawn from one row of a posterior share its parameters; intervals allow for that.

    UserError for fewer than two sources or 30 worlds, an unknown year or outcome, or sources that
    do not pair.
    """
    compared = sides(sources, Sample(worlds, seed, set, base))
    years = years_of(compared[0].source)
    at = years[-1] if year is None else chosen_year(year, years)
    asked = asked_of(compared, several(outcomes, "outcomes", '["openai_burn", "oracle.debt in 2028"]'))
    measured = worlds_of_sides(compared, asked, at, progress)
    first, *others = measured.tables
    lead, *rest = compared
    drawn = {side.name: posterior_rows(side, first.index) for side in compared if side.posterior}
    pairs = [
        Pair(asked, side.name, first, other, side.is_same_as(lead), _of(drawn, lead, side))
        for side, other in zip(rest, others, strict=True)
    ]
    return Comparison(
        origin=origin(*(side.source for side in compared)),
        sides=tuple(side.document() for side in compared),
        year=at,
        worlds=len(first),
        seed=lead.config.seed,
        reasons=measured.reasons,
        outcomes=rows(pairs, changes.outcomes),
        claims=rows(pairs, changes.claims_held),
        edges=rows(pairs, changes.edges),
        parameters=parameters_of_sides(compared, first.index, drawn),
        posterior_rows={name: own.nunique() for name, own in drawn.items()},
    )


def _of(drawn: Mapping[str, pd.Series[int]], *both: Side) -> list[pd.Series[int]]:
    """The posterior rows of those of two sides that have a posterior."""
    return [drawn[side.name] for side in both if side.name in drawn]
