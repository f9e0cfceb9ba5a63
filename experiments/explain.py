"""Why a firm did what it did: the story of its year in one world, and what bound it in all of them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from computeshift.experiments.binding import Log
from computeshift.experiments.ensemble import Source, known_year, opened, years_of
from computeshift.experiments.explanation import VENTURE, Explanation
from computeshift.experiments.problems import UserError, instead
from computeshift.experiments.resolved import Config
from computeshift.experiments.results import Results
from computeshift.experiments.runner import Progress, run
from computeshift.experiments.story import Teller

MAIN = (
    *("revenue", "burn", "used_gw", "asked", "raised", "valuation"),
    *("gw", "started_gw", "capex", "debt", "ltv", "nav", "invested"),
)


def explain(
    source: Source,
    firm: str,
    year: int,
    *,
    world: int | Literal["median"] = "median",
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Tell a firm's year in one world, and how often which limit bound it over all of them.

    `world` is a world's number, or "median": the world whose main variables of the firm in that year
    lie nearest to their medians (a medoid in distances scaled by P10 to P90: Kaufman & Rousseeuw
    1987, with the median of each variable for the centre). A config is run into a folder that is
    thrown away. UserError for a firm, year or world that is not there, or a folder without the log.
    """
    asked = opened(source, worlds, seed, set)
    _known_firm(firm, asked)
    known_year(year, years_of(asked))
    if isinstance(asked, Results):
        return _explained(asked, firm, year, world)
    if world != "median" and not 0 <= world < asked.worlds:
        raise _no_world(world, asked.worlds)
    with tempfile.TemporaryDirectory() as folder:
        results = run(asked, out=Path(folder) / "run", against=False, progress=progress)
        return _explained(results, firm, year, world)


def _explained(results: Results, firm: str, year: int, world: int | Literal["median"]) -> Explanation:
    """The answer, from a results folder."""
    log = Log(results)
    broken = results.manifest["not_finite"]
    chosen = _nearest(results, firm, year) if world == "median" else world
    if not 0 <= chosen < results.worlds or chosen in broken:
        raise _no_world(chosen, results.worlds)
    return Explanation(
        config=str(results.manifest["name"]),
        firm=firm,
        year=year,
        world=chosen,
        nearest_to_median=world == "median",
        worlds=log.worlds,
        left_out=len(broken),
        story=Teller(results, log, firm, year, chosen).story(),
        bound=log.shares(),
        venture=_held_back(log),
    )


def _held_back(log: Log) -> pd.DataFrame:
    """What held Stargate's new sites in the end: cause, year, share of worlds, GW short (median)."""
    causes = log.causes(VENTURE, "sites")
    long = pd.DataFrame({"cause": causes.stack(), "short": log.short(VENTURE, "sites").stack()})
    grouped = long.groupby(["cause", "year"])["short"]
    table = pd.DataFrame({"share": grouped.size() / log.worlds, "short": grouped.median()}).reset_index()
    often = table.groupby("cause")["share"].transform("sum")
    order = pd.DataFrame({"often": -often, "cause": table["cause"], "year": table["year"]})
    return table.loc[order.sort_values(["often", "cause", "year"]).index].reset_index(drop=True)


def _nearest(results: Results, firm: str, year: int) -> int:
    """The world nearest to the median of the firm's main variables in a year."""
    columns = {name: results.variable(firm, name).get(year) for name in MAIN}
    table = pd.DataFrame({name: column for name, column in columns.items() if column is not None})
    table = table.dropna(axis="columns")
    width = table.quantile(0.9) - table.quantile(0.1)
    scaled = (table - table.median())[width[width > 0].index] / width[width > 0]
    distance = (scaled**2).sum(axis=1)
    return int(distance.index[distance.argmin()])


def _known_firm(firm: str, source: Config | Results) -> None:
    known = [*source.firms, VENTURE]
    if firm not in known:
        raise UserError(f"there is no firm {firm!r}; {instead(firm, known)}")


def _no_world(world: int, worlds: int) -> UserError:
    return UserError(f"there is no world {world} of finite numbers: use 0 to {worlds - 1}, or median")
