"""The questions as commands: each asks one module's function and tells its answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from computeshift.experiments.cli.terminal import (
    Force,
    Json,
    Load,
    Plot,
    Set,
    load_files,
    settings,
    tell,
    whole,
)

app = typer.Typer()
Source = Annotated[str, typer.Argument(metavar="CONFIG|RESULTS", help="A config, or a results folder.")]
Config = Annotated[str, typer.Option("--config", metavar="CONFIG", help="The market they play in.")]
Folders = Annotated[
    list[str] | None,
    typer.Argument(metavar="RESULTS", help="Results folders that hold the runs already, one each."),
]
Worlds = Annotated[int | None, typer.Option(parser=whole("worlds"), metavar="N", help="How many worlds.")]
Seed = Annotated[
    int | None, typer.Option(parser=whole("seed", 0), metavar="S", help="The luck of all worlds.")
]
Year = Annotated[
    int | None,
    typer.Option("--by", parser=whole("by"), metavar="YEAR", help="The year to look at (default: last)."),
]
Facts = Annotated[Path | None, typer.Option("--facts", metavar="FILE.csv", help="More facts to use.")]
FitUntil = Annotated[
    int,
    typer.Option(
        "--fit-until", parser=whole("fit_until"), metavar="YEAR", help="Facts up to here may be used."
    ),
]


def _world(text: str) -> int | str:
    """A world's number, or `median`."""
    return text if text == "median" else whole("world", 0)(text)


@app.command(epilog="Example: computeshift compare baseline softbank_crunch no_mgx --worlds 2000")
def compare(
    sources: Annotated[
        list[str], typer.Argument(metavar="CONFIG|RESULTS...", help="The first, against others.")
    ],
    by: Year = None,
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    as_json: Json = False,
    plot: Plot = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """What would be different: paired worlds of several configs, against the first."""
    load_files(load)
    from computeshift.experiments.questions.compare.compare import compare as ask

    tell(
        lambda told: ask(sources, by=by, worlds=worlds, seed=seed, set=settings(set_), progress=told),
        "compare",
        as_json,
        plot,
        force,
    )


@app.command(epilog="Example: computeshift strategies openai --worlds 2000")
def strategies(
    firm: Annotated[str, typer.Argument(metavar="FIRM", help="Whose strategies.")],
    results: Folders = None,
    config: Config = "baseline",
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    as_json: Json = False,
    plot: Plot = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """Which of a firm's strategies pays, how often, and at which risk, the others as in the config."""
    load_files(load)
    from computeshift.experiments.questions.games.strategies import strategies as ask

    tell(
        lambda told: ask(
            firm, config, results=results or (), worlds=worlds, seed=seed, set=settings(set_), progress=told
        ),
        f"strategies of {firm}",
        as_json,
        plot,
        force,
    )


@app.command(epilog="Example: computeshift game --players openai,microsoft --worlds 1000")
def game(
    players: Annotated[
        list[str], typer.Option("--players", metavar="FIRM,FIRM", help="Who plays; repeat it or use commas.")
    ],
    results: Folders = None,
    config: Config = "baseline",
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    as_json: Json = False,
    plot: Plot = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """What the players should choose against each other: payoffs, dominance, Nash equilibria."""
    load_files(load)
    from computeshift.experiments.questions.games.game import game as ask

    named = [name.strip() for told in players for name in told.split(",") if name.strip()]
    tell(
        lambda told: ask(
            named, config, results=results or (), worlds=worlds, seed=seed, set=settings(set_), progress=told
        ),
        "game",
        as_json,
        plot,
        force,
    )


@app.command(epilog="Example: computeshift sensitivity baseline --outcome stargate_share --base 1024")
def sensitivity(
    source: Source,
    outcome: Annotated[str, typer.Option("--outcome", metavar="NAME", help="What is to be explained.")],
    method: Annotated[
        str | None,
        typer.Option("--method", metavar="sobol|morris|rbd_fast", help="How (a folder: rbd_fast)."),
    ] = None,
    base: Annotated[
        int | None,
        typer.Option("--base", parser=whole("base", 2), metavar="N", help="Rows of the base sample."),
    ] = None,
    by: Year = None,
    seed: Seed = None,
    set_: Set = None,
    as_json: Json = False,
    plot: Plot = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """Which uncertain parameters, and how much of luck, an outcome hangs on."""
    load_files(load)
    from computeshift.experiments.questions.sensitivity.sensitivity import sensitivity as ask

    tell(
        lambda told: ask(
            source, outcome, method=method, base=base, by=by, seed=seed, set=settings(set_), progress=told
        ),
        f"sensitivity of {outcome}",
        as_json,
        plot,
        force,
    )


@app.command(epilog="Example: computeshift discover results/baseline-1000w-seed1 --claim burn_2027")
def discover(
    source: Source,
    claim: Annotated[str, typer.Option("--claim", metavar="NAME", help="The claim to look for.")],
    holds: Annotated[
        bool, typer.Option("--holds/--fails", help="Where it holds, or where it fails.")
    ] = False,
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    as_json: Json = False,
    plot: Plot = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """In which region of what is uncertain a claim fails, or holds."""
    load_files(load)
    from computeshift.experiments.questions.discover.discover import discover as ask

    tell(
        lambda told: ask(
            source, claim, holds=holds, worlds=worlds, seed=seed, set=settings(set_), progress=told
        ),
        f"discover {claim}",
        as_json,
        plot,
        force,
    )


@app.command(epilog="Example: computeshift backtest --fit-until 2024 --score 2025")
def backtest(
    source: Annotated[
        str, typer.Argument(metavar="CONFIG|RESULTS", help="A config that starts before the facts.")
    ] = "end_of_2022",
    fit_until: FitUntil = 2024,
    score: Annotated[
        int, typer.Option("--score", parser=whole("score"), metavar="YEAR", help="The year to score.")
    ] = 2025,
    facts: Facts = None,
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    as_json: Json = False,
    plot: Plot = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """How well the model foresaw a year it was not told about, fact by fact."""
    load_files(load)
    from computeshift.experiments.questions.evidence.backtest import backtest as ask

    tell(
        lambda told: ask(
            source,
            fit_until=fit_until,
            score=score,
            facts=facts,
            worlds=worlds,
            seed=seed,
            set=settings(set_),
            progress=told,
        ),
        "backtest",
        as_json,
        plot,
        force,
    )


@app.command(epilog="Example: computeshift calibrate --fit-until 2024 --out posterior.parquet")
def calibrate(
    source: Annotated[
        str, typer.Argument(metavar="CONFIG|RESULTS", help="A config that starts before the facts.")
    ] = "end_of_2022",
    fit_until: FitUntil = 2024,
    facts: Facts = None,
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Save the posterior, for run --posterior.")
    ] = None,
    as_json: Json = False,
    plot: Plot = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """Which worlds agree with the facts: a posterior over the uncertain parameters."""
    load_files(load)
    from computeshift.experiments.questions.evidence.calibrate import calibrate as ask

    tell(
        lambda told: ask(
            source,
            fit_until=fit_until,
            facts=facts,
            worlds=worlds,
            seed=seed,
            set=settings(set_),
            out=out,
            force=force,
            progress=told,
        ),
        "calibrate",
        as_json,
        plot,
        force,
    )


@app.command(epilog="Example: computeshift explain baseline --firm oracle --year 2027")
def explain(
    source: Source,
    firm: Annotated[str, typer.Option("--firm", metavar="NAME", help="Whose decisions.")],
    year: Annotated[int, typer.Option("--year", parser=whole("year"), metavar="YEAR", help="When.")],
    world: Annotated[
        Any, typer.Option("--world", parser=_world, metavar="N|median", help="In which world.")
    ] = "median",
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    as_json: Json = False,
    plot: Plot = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """The story of a firm's year: what it saw, wanted, could afford, asked, got, and what bound it."""
    load_files(load)
    from computeshift.experiments.questions.explain.explain import explain as ask

    tell(
        lambda told: ask(
            source,
            firm,
            year,
            world=world,
            worlds=worlds,
            seed=seed,
            set=settings(set_),
            progress=told,
        ),
        f"explain {firm}",
        as_json,
        plot,
        force,
    )


@app.command(epilog="Example: computeshift risk baseline --worlds 500")
def risk(
    source: Source,
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    as_json: Json = False,
    plot: Plot = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """Contagion and circular money: who drags whom, what returns, how concentrated it is."""
    load_files(load)
    from computeshift.experiments.questions.risk.risk import risk as ask

    tell(
        lambda told: ask(source, worlds=worlds, seed=seed, set=settings(set_), progress=told),
        "risk",
        as_json,
        plot,
        force,
    )
