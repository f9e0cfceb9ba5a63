"""Why a firm did what it did: the story of its year in one world, and what bound it in all of them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from computeshift.experiments.config.arguments import chosen_world, chosen_year, known
from computeshift.experiments.config.config import Config
from computeshift.experiments.questions.explain.binding import Log
from computeshift.experiments.questions.explain.explanation import VENTURE, Explanation
from computeshift.experiments.questions.explain.story import Reader
from computeshift.experiments.results.network import World
from computeshift.experiments.results.picks import is_pick, must_be_pick, pick
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.failed import FailedBlocksError
from computeshift.experiments.run.job import Progress
from computeshift.experiments.run.origin import origin
from computeshift.experiments.run.run import run
from computeshift.experiments.run.sample import Sample, Source, opened, years_of

MAIN = (
    *("revenue", "burn", "used_gw", "asked", "raised", "valuation"),
    *("gw", "started_gw", "capex", "debt", "ltv", "nav", "invested"),
)


def explain(
    source: Source,
    firm: str,
    year: int,
    *,
    world: World = "median",
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    base: str | Path | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Tell a firm's year in one world, and how often which limit bound it over all of them.

    `world` is a world's number, what it is, such as "typical" or "highest stargate_share", or "median": the
    world whose main variables of the firm in that year lie nearest to their medians, each distance in units
    of P10 to P90. A config is run into a folder that is thrown away. UserError for a firm, year or world
    that is not there, or a folder without the log.
    """
    chosen = opened(source, Sample(worlds, seed, set, base))
    _known_firm(firm, chosen)
    year = chosen_year(year, years_of(chosen))
    numbers = chosen.parts.worlds if isinstance(chosen, Results) else range(chosen.worlds)
    if is_pick(world):
        must_be_pick(world, chosen.config if isinstance(chosen, Results) else chosen)
    else:
        world = chosen_world(world, numbers, quantiles=False)
    if isinstance(chosen, Results):
        return _explained(chosen, firm, year, world)
    with tempfile.TemporaryDirectory() as folder:
        try:
            results = run(chosen, out=Path(folder) / "run", progress=progress, keep="all")
        except FailedBlocksError as failed:
            raise FailedBlocksError(f"the run failed: {failed.first}", failed.first) from None
        results.must_have_worlds()
        return _explained(results, firm, year, world)


def _explained(results: Results, firm: str, year: int, world: World) -> Explanation:
    """The answer, from a results folder."""
    log = Log(results)
    median = isinstance(world, float)
    found = pick(results, world) if isinstance(world, str) else None
    chosen = found.world if found else _nearest(results, firm, year) if median else int(world)
    results.excluded.must_count(chosen)
    return Explanation(
        origin=origin(results),
        config=results.manifest.name,
        firm=firm,
        year=year,
        world=chosen,
        nearest_to_median=median,
        picked=found.words if found else "",
        worlds=log.worlds,
        reasons=results.reasons,
        story=Reader(results, log, firm, year, chosen).story(),
        bound=log.shares(),
        venture=_held_back(log),
        sites=_sites(log),
        tied=log.tied(VENTURE),
    )


def _held_back(log: Log) -> pd.DataFrame:
    """What held Stargate's new sites: cause, year, share of worlds it lay behind what bound, GW it cut."""
    bound = log.causes(VENTURE, "sites").apply(lambda year: year.value_counts(normalize=True))
    tables = {"share": bound.rename_axis("cause"), "cut": log.cuts(VENTURE, "sites")}
    long = {name: table.stack().rename(name) for name, table in tables.items()}
    table = pd.concat(long, axis="columns").fillna(0.0).reset_index()
    table["often"] = -table.groupby("cause")["cut"].transform("sum")
    ranked: pd.DataFrame = table.sort_values(["often", "cause", "year"], ignore_index=True)
    return ranked.drop(columns="often")


def _sites(log: Log) -> pd.DataFrame:
    """Stargate's new sites, GW, means of all worlds: year, ordered, started."""
    ordered, started = log.amounts(VENTURE, "sites")["orders"], log.done(VENTURE, "sites")
    return pd.DataFrame({"ordered": ordered.mean(), "started": started.mean()}).reset_index()


def _nearest(results: Results, firm: str, year: int) -> int:
    """The world nearest to the median of the firm's main variables in a year."""
    columns = {name: results.variable_or_empty(firm, name).get(year) for name in MAIN}
    table = pd.DataFrame({name: column for name, column in columns.items() if column is not None})
    table = table.dropna(axis="columns")
    width = table.quantile(0.9) - table.quantile(0.1)
    scaled = (table - table.median())[width[width > 0].index] / width[width > 0]
    distance = (scaled**2).sum(axis=1)
    return int(distance.index[int(distance.argmin())])


def _known_firm(firm: str, source: Config | Results) -> None:
    known(firm, [*source.firms, VENTURE], "firm")
