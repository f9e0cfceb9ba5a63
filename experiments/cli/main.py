"""The command line: run, list, show, check, dashboard, report, plot, and the questions."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import computeshift
from computeshift.experiments.cli import questions
from computeshift.experiments.cli.complete import configs_and_folders
from computeshift.experiments.cli.exports import Csv, Exports, Xlsx, exports
from computeshift.experiments.cli.messages import Commands
from computeshift.experiments.cli.options import Base, Force, Json, Load, Seed, Set, Worlds, settings, whole
from computeshift.experiments.cli.output import CLOSED, OutputError, give_up, secure
from computeshift.experiments.cli.plot import plot
from computeshift.experiments.cli.terminal import console, load_files, print_json, progress, table
from computeshift.experiments.config.docstrings import LEFT_OUT, docstring
from computeshift.experiments.errors import UserError
from computeshift.experiments.run.failed import FailedBlocksError

if TYPE_CHECKING:
    from computeshift.experiments.results.results import Results

app = typer.Typer(name="computeshift", pretty_exceptions_enable=False)

ConfigName = Annotated[
    str,
    typer.Argument(
        metavar="CONFIG", help="Name of a config, or a YAML file.", autocompletion=configs_and_folders
    ),
]


def _version(wanted: bool) -> None:
    """Print the version and exit."""
    if wanted:
        print(f"computeshift {computeshift.__version__}")
        raise typer.Exit


@app.callback(
    cls=Commands,
    help="Simulate the market for AI compute over many worlds: who supplies whom, who pays.",
    epilog="Example: computeshift run baseline --worlds 200",
    no_args_is_help=True,
)
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """All commands."""


@app.command(epilog="Example: computeshift run baseline --set softbank.strategy=prudent --worlds 200")
def run(
    config: ConfigName,
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    base: Base = None,
    until: Annotated[str | None, typer.Option(metavar="YEAR", help="Last simulated year.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Results folder: a new one, or that of the same run to resume it."),
    ] = None,
    posterior: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Posterior to draw parameters from: file of calibrate --out."),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL",
            help="What to store: summary, agents, flows or all (default: all up to 20,000 worlds).",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(parser=whole("workers"), metavar="N", help="Number of local worker processes."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Address of a dask cluster to run on: tcp://HOST:8786."),
    ] = None,
    fork: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="RESULTS", help="Results folder whose worlds to continue (with --at)."
        ),
    ] = None,
    at: Annotated[
        int | None,
        typer.Option(
            parser=whole("at"), metavar="YEAR", help="Year after which to continue them (with --from)."
        ),
    ] = None,
    cut: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TIE", help='Tie to end then (with --from): "softbank openai equity"; repeatable.'
        ),
    ] = None,
    errors: Annotated[
        bool, typer.Option("--errors", help="Print the Monte Carlo error of each median as well.")
    ] = False,
    as_json: Json = False,
    csv: Csv = None,
    xlsx: Xlsx = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """Simulate a config over many worlds; print a summary and store the results in a folder.

    The same command with the same --out resumes a run that was stopped; a larger --worlds adds worlds.
    """
    if workers is not None and workers > 1:
        from computeshift.experiments.run.pool import warm

        warm()  # while this process imports the same
    load_files(load)
    from computeshift.experiments.run import run as runner

    places = exports(csv, xlsx, force)
    try:
        with progress("run") as update:
            results = runner.run(
                config,
                # Texts: what checks the config reads them, and reports all that is wrong at once.
                worlds=worlds,  # type: ignore[arg-type]
                seed=seed,  # type: ignore[arg-type]
                until=until,  # type: ignore[arg-type]
                set=settings(set_),
                base=base,
                out=out,
                progress=update,
                against=True,  # the summary has every claim
                posterior=posterior,
                keep=keep,  # type: ignore[arg-type]
                workers=workers,
                scheduler=scheduler,
                fork=fork,
                at=at,
                cut=cut or (),
            )
    except FailedBlocksError as failed:
        if failed.results is not None:
            _summarize(failed.results, places, as_json, errors)
        raise
    _summarize(results, places, as_json, errors)


def _summarize(results: Results, places: Exports, as_json: bool, errors: bool) -> None:
    """Write the tables of a run if wanted, and print its summary."""
    from computeshift.experiments.views import summary

    lines = places.write(results)
    if as_json:
        print_json(summary.document(results, errors))
    else:
        summary.show(results, console(), errors)
    for line in lines:
        print(line, file=sys.stderr if as_json else sys.stdout)


@app.command("list", epilog="Example: computeshift list")
def list_(as_json: Json = False, load: Load = None) -> None:
    """List configs, firms and their strategies, shocks, kinds of deals, outcomes and claims."""
    load_files(load)
    from dataclasses import asdict

    from computeshift.experiments.views.catalogue import catalogue

    entries = catalogue()
    if as_json:
        print_json(asdict(entries))
        return
    to = console()
    table(to, "Configs", [(entry.name, entry.line) for entry in entries.configs])
    firms = []
    for kind in entries.firms:
        firms.append((kind.name, kind.line))
        firms += [(f"  {strategy.name}", strategy.line) for strategy in kind.strategies]
    table(to, "Firms, roles and their strategies (the first is the baseline)", firms)
    table(to, "Shocks", [(entry.name, entry.line) for entry in entries.shocks])
    table(to, "Deals", [(entry.name, entry.line) for entry in entries.deals])
    table(to, "Outcomes", [(o.name, f"{o.meaning} [{o.unit}]") for o in entries.outcomes])
    table(to, "Claims", [(entry.name, entry.line) for entry in entries.claims])


@app.command(epilog="Example: computeshift show softbank_crunch --set softbank.strategy=exit")
def show(
    config: ConfigName, set_: Set = None, base: Base = None, as_json: Json = False, load: Load = None
) -> None:
    """Show a config in full: firms, edges, shocks, deals; each parameter with its meaning and source."""
    load_files(load)
    from computeshift.experiments.config.load import load as load_config
    from computeshift.experiments.config.meanings import with_meanings
    from computeshift.experiments.config.names import owner_of, strategy_in_words
    from computeshift.experiments.views.catalogue import definitions, factors, rows, ties

    chosen = load_config(config, settings(set_), base=base)
    if as_json:
        print_json(with_meanings(chosen) | {"hash": chosen.hash})
        return
    to = console()
    to.print(f"{chosen.label}: {chosen.asks}", markup=False, highlight=False)
    for change in chosen.changes:
        to.print(f"  {change}", markup=False, highlight=False)
    span = f"{chosen.start} to {chosen.until}, {chosen.worlds} worlds, seed {chosen.seed}"
    to.print(f"{span}, known until {chosen.known_until}", highlight=False)
    table(
        to,
        "Firms",
        [(n, f"{f.kind}, strategy {strategy_in_words(f.strategy)}") for n, f in chosen.firms.items()],
    )
    table(to, "Edges", [(entry.name, entry.line) for entry in ties(chosen)])
    when = {
        n: str(s.year or "any year") + (f" to {s.until}" if s.until else "") for n, s in chosen.shocks.items()
    }
    table(to, "Shocks", [(n, f"{s.kind}, {when[n]}") for n, s in chosen.shocks.items()])
    table(to, "Deals", [(name, str(deal)) for name, deal in chosen.deals.items()])
    for title, entries in definitions(chosen).items():
        table(to, title, [(entry.name, entry.line) for entry in entries])
    for factor in factors(chosen):
        loads = [(name, f"{loading:g}") for name, loading in factor.loadings.items()]
        table(to, f"Factor {factor.name}: {factor.meaning}", [*loads, ("source", factor.ground)])
    legend = "Parameters: what each is; low | central | high (triangular unless stated) [bounds]; its source"
    to.print(legend, markup=False, highlight=False)
    for owner, own in groupby(rows(chosen), lambda row: owner_of(row.name)):
        lines = [
            (row.name.removeprefix(f"{owner}."), [row.meaning, row.text_with_bounds, row.ground])
            for row in own
        ]
        table(to, owner, [(name, "\n".join(filter(None, about))) for name, about in lines])


@app.command(epilog="Example: computeshift check baseline my_config.yaml")
def check(
    configs: Annotated[
        list[str], typer.Argument(metavar="CONFIG...", help="Names of configs, or YAML files.")
    ],
    base: Base = None,
    load: Load = None,
) -> None:
    """Validate configs without running them; print every problem with file and line."""
    load_files(load)
    from computeshift.experiments.config import notes
    from computeshift.experiments.config.load import load as load_config

    problems: list[str] = []
    for name in configs:
        try:
            config = load_config(name, base=base)
        except UserError as wrong:
            problems += [line for line in str(wrong).splitlines() if line not in problems]
        else:
            size = f"{len(config.firms)} firms, {len(config.parameters())} parameters"
            print(f"{name}: valid ({size})")
            for note in (
                *config.notes(),
                *config.idle_loadings(),
                *notes.beyond_the_last_year(config),
                *notes.deals_beyond_the_last_year(config),
                *notes.inherited_years(name, base),
                *notes.sizes_by_default(name, config, base),
                *notes.debts_without_a_lender(name, config, base),
                *notes.notes_beyond_debt(name, config, base),
                *notes.idle_products(name, config, base),
            ):
                typer.echo(f"note: {name}: {note}", err=True)
    if problems:
        raise UserError("\n".join(problems))


@app.command(epilog="Example: computeshift schema > config.schema.json")
def schema(
    experiments: Annotated[
        bool, typer.Option("--experiments", help="The schema of experiments' files instead.")
    ] = False,
    load: Load = None,
) -> None:
    """Print the JSON Schema of configs, with which editors complete and check them."""
    load_files(load)
    from computeshift.experiments.config import json_schema

    print_json(json_schema.schema_of_experiments() if experiments else json_schema.schema())


@app.command(epilog="Example: computeshift dashboard softbank_crunch --port 8800")
def dashboard(
    source: Annotated[
        str | None, typer.Argument(metavar="[CONFIG|RESULTS]", help="Config, or results folder.")
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            parser=whole("port", 0), metavar="PORT", help="Port to listen on, on this machine only."
        ),
    ] = 8765,
    base: Base = None,
    load: Load = None,
) -> None:
    """Explore a config in the browser: change its settings and see the results."""
    load_files(load)
    try:
        from computeshift.experiments.views.dashboard.server import serve
    except ModuleNotFoundError as missing:
        if missing.name != "nicegui":
            raise
        raise UserError("the dashboard is an extra: pip install 'computeshift[dashboard]'") from None
    serve(source, port, base)


@app.command(epilog="Example: computeshift report results/baseline-1000w-seed1 -o report.html")
def report(
    results: Annotated[
        list[str], typer.Argument(metavar="RESULTS...", help="Results folders; the first is the reference.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE.html", help="File to write.")] = Path(
        "report.html"
    ),
    ask: Annotated[
        list[str] | None,
        typer.Option(
            metavar="QUESTION",
            help="Answer a question in a section of its own: risk, breaks, deals, strategies, game, "
            "sensitivity, discover, compare or scorecard; repeatable.",
        ),
    ] = None,
    force: Force = False,
    load: Load = None,
) -> None:
    """Write a report: one HTML file that opens offline, with text, pictures and their data."""
    load_files(load)
    from computeshift.experiments.results.files import short
    from computeshift.experiments.views.report.report import report as write

    with progress("report") as update:
        written = write(results, out, force, ask=ask or (), progress=update)
    print(f"Report in {short(written)}")


app.command(epilog="Example: computeshift plot baseline --outcome stargate_share --form dots -o share.svg")(
    plot
)

if LEFT_OUT:
    for _command in app.registered_commands:
        _command.help = docstring(_command.callback)
questions.add_commands(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 success, 2 the user's mistake, 1 ours, 141 the output was closed."""
    secure()
    try:
        try:
            app(args=arguments, prog_name="computeshift")
        finally:
            sys.stdout.flush()
    except OutputError as lost:
        give_up()
        if not lost.closed:
            typer.echo(str(lost), err=True)
        sys.exit(CLOSED if lost.closed else 2)
    except Exception as error:
        from computeshift.experiments.config.plugins import blamed

        if (message := blamed(error)) is not None:
            typer.echo(message, err=True)
            sys.exit(2)
        typer.echo("this is a bug in computeshift; please report it with the traceback below", err=True)
        traceback.print_exc()
        sys.exit(1)
