"""compare: what would be different. Paired worlds of several configs, against the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from computeshift.experiments.config.arguments import chosen_year
from computeshift.experiments.questions.compare.changes import Pair, claims_held, edges, outcomes, rows
from computeshift.experiments.questions.compare.comparison import Comparison
from computeshift.experiments.questions.compare.measured import worlds_of_sides
from computeshift.experiments.questions.compare.sides import sides
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.sample import Sample, Source, years_of


def compare(
    sources: Sequence[Source],
    *,
    by: int | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """What differs from the first source in each of the others, in the year `by` (default: the last).

    A source is a config, which is played in memory, or a results folder. World by world all have the
    same random draws: a draw depends on seed, world and name alone. Configs take `worlds` and `seed`, where
    not given, from the first results folder, or where there is none from the first config; `set` is
    laid on every config. A world that makes no sense in one source is left out of all.

    UserError for fewer than two sources or 30 worlds, an unknown year, or sources that do not pair.
    """
    compared = sides(sources, Sample(worlds, seed, set))
    years = years_of(compared[0].source)
    year = years[-1] if by is None else chosen_year(by, years, "by")
    measured = worlds_of_sides(compared, year, progress)
    first, *others = measured.tables
    pairs = [
        Pair(side.name, first, other, same=side.hash == compared[0].hash)
        for side, other in zip(compared[1:], others, strict=True)
    ]
    return Comparison(
        sides=tuple(side.document() for side in compared),
        year=year,
        worlds=len(first),
        seed=compared[0].config.seed,
        reasons=measured.reasons,
        outcomes=rows(pairs, outcomes),
        claims=rows(pairs, claims_held),
        edges=rows(pairs, edges),
    )
