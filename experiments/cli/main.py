"""The command line: run, list, show, check, and the questions."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeshift.experiments.cli import questions
from computeshift.experiments.cli.messages import Commands
from computeshift.experiments.cli.output import CLOSED, OutputError, give_up, secure
from computeshift.experiments.cli.terminal import (
    Force,
    Json,
    Load,
    Seed,
    Set,
    Worlds,
    console,
    load_files,
    print_json,
    progress,
    settings,
    table,
    whole,
)
from computeshift.experiments.config.docstrings import LEFT_OUT, docstring
from computeshift.experiments.errors import UserError
from computeshift.experiments.run.failed import FailedBlocksError

if TYPE_CHECKING:
    from computeshift.experiments.results.results import Results

app = typer.Typer(
    name="computeshift",
    cls=Commands,
    help="Simulate the market for AI compute over many worlds: who supplies whom, who pays.",
    epilog="Example: computeshift run baseline --worlds 200",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ConfigName = Annotated[str, typer.Argument(metavar="CONFIG", help="A config's name, or a YAML file.")]


@app.command(epilog="Example: computeshift run baseline --set softbank.strategy=prudent --worlds 200")
def run(
    config: ConfigName,
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Set = None,
    until: Annotated[str | None, typer.Option(metavar="YEAR", help="The last year.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="A new folder, or one of this run.")] = None,
    posterior: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Parameters from calibrate --out FILE.")
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL", help="Store summary, agents, flows or all (default: all up to 20,000 worlds)."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(parser=whole("workers"), metavar="N", help="Run on so many processes here."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Run on a dask cluster: tcp://HOST:8786.")
    ] = None,
    fork: Annotated[
        Path | None, typer.Option("--from", metavar="RESULTS", help="Go on with a folder's worlds …")
    ] = None,
    at: Annotated[
        int | None, typer.Option(parser=whole("at"), metavar="YEAR", help="… from the end of this year.")
    ] = None,
    as_json: Json = False,
    load: Load = None,
) -> None:
    """Simulate a config over many worlds; print what came of it, keep the rest in a folder.

    The same run into the same folder goes on where it was stopped; a larger --worlds adds to it.
    """
    load_files(load)
    from computeshift.experiments.run import run as runner

    asked = {"worlds": worlds, "seed": seed, "until": until}
    given = settings(set_) | {key: value for key, value in asked.items() if value is not None}
    try:
        with progress("run") as told:
            results = runner.run(
                config,
                set=given,
                out=out,
                progress=told,
                posterior=posterior,
                keep=keep,  # type: ignore[arg-type]
                workers=workers,
                scheduler=scheduler,
                fork=fork,
                at=at,
            )
    except FailedBlocksError as failed:
        if failed.results is not None:
            _summarize(failed.results, as_json)
        raise
    _summarize(results, as_json)


def _summarize(results: Results, as_json: bool) -> None:
    """Print what came of a run."""
    from computeshift.experiments.views import summary

    if as_json:
        print_json(summary.document(results))
    else:
        summary.show(results, console())


@app.command("list", epilog="Example: computeshift list")
def list_(as_json: Json = False, load: Load = None) -> None:
    """What there is to choose from: configs, firms and their strategies, shocks, outcomes, claims."""
    load_files(load)
    from dataclasses import asdict

    from computeshift.experiments.views.catalogue import catalogue

    found = catalogue()
    if as_json:
        print_json(asdict(found))
        return
    to = console()
    table(to, "Configs", [(entry.name, entry.line) for entry in found.configs])
    firms = []
    for kind in found.firms:
        firms.append((kind.name, kind.line))
        firms += [(f"  {played.name}", played.line) for played in kind.strategies]
    table(to, "Firms, roles and their strategies (the first is the baseline)", firms)
    table(to, "Shocks", [(entry.name, entry.line) for entry in found.shocks])
    table(to, "Outcomes", [(o.name, f"{o.meaning} [{o.unit}]") for o in found.outcomes])
    table(to, "Claims", [(entry.name, entry.line) for entry in found.claims])


@app.command(epilog="Example: computeshift show softbank_crunch --set softbank.strategy=exit")
def show(config: ConfigName, set_: Set = None, as_json: Json = False, load: Load = None) -> None:
    """A config as resolved: its firms, ties and shocks, and every number with what it rests on."""
    load_files(load)
    from computeshift.experiments.config.load import load as load_config
    from computeshift.experiments.views.catalogue import rows

    chosen = load_config(config, settings(set_))
    if as_json:
        print_json(chosen.to_json() | {"hash": chosen.hash})
        return
    to = console()
    to.print(f"{chosen.label}: {chosen.asks}", markup=False, highlight=False)
    for change in chosen.changes:
        to.print(f"  {change}", markup=False, highlight=False)
    told = f"{chosen.start} to {chosen.until}, {chosen.worlds} worlds, seed {chosen.seed}"
    to.print(told, highlight=False)
    table(to, "Firms", [(n, f"{f.kind}, plays {f.strategy}") for n, f in chosen.firms.items()])
    table(to, "Edges", [(f"{s} -> {t}", " from ".join(map(str, tie))) for s, t, *tie in chosen.edges])
    when = {
        n: str(s.year or "any year") + (f" to {s.until}" if s.until else "") for n, s in chosen.shocks.items()
    }
    table(to, "Shocks", [(n, f"{s.kind}, {when[n]}") for n, s in chosen.shocks.items()])
    told = "Numbers: low | central | high (triangular unless said) [bounds], and what each rests on"
    to.print(told, markup=False, highlight=False)
    for owner, own in groupby(rows(chosen), lambda row: row.name.rpartition(".")[0]):
        table(to, owner, [(row.name.rpartition(".")[2], row.bounded, row.ground) for row in own])


@app.command(epilog="Example: computeshift check baseline my_config.yaml")
def check(
    configs: Annotated[list[str], typer.Argument(metavar="CONFIG...", help="Names or YAML files.")],
    load: Load = None,
) -> None:
    """Validate configs and run nothing: every problem of every one, with file and line."""
    load_files(load)
    from computeshift.experiments.config.load import load as load_config
    from computeshift.experiments.config.notes import inherited_years

    problems: list[str] = []
    for name in configs:
        try:
            checked = load_config(name)
        except UserError as wrong:
            problems += [line for line in str(wrong).splitlines() if line not in problems]
        else:
            counted = f"{len(checked.firms)} firms, {len(checked.parameters())} numbers"
            print(f"{name}: fine ({counted})")
            for note in (*checked.notes(), *inherited_years(name)):
                typer.echo(f"note: {name}: {note}", err=True)
    if problems:
        raise UserError("\n".join(problems))


@app.command(epilog="Example: computeshift dashboard softbank_crunch --port 8800")
def dashboard(
    source: Annotated[
        str | None, typer.Argument(metavar="[CONFIG|RESULTS]", help="A config, or a results folder.")
    ] = None,
    port: Annotated[
        str, typer.Option(metavar="PORT", help="Where it listens, on this machine only.")
    ] = "8765",
    load: Load = None,
) -> None:
    """Play with a config in the browser: turn its settings, see what comes of it."""
    load_files(load)
    chosen = whole("port")(port)
    try:
        from computeshift.experiments.views.dashboard.server import serve
    except ModuleNotFoundError as missing:
        if missing.name != "nicegui":
            raise
        raise UserError("the dashboard is an extra: pip install 'computeshift[dashboard]'") from None
    serve(source, chosen)


@app.command(epilog="Example: computeshift report results/baseline-1000w-seed1 -o report.html")
def report(
    results: Annotated[
        list[str], typer.Argument(metavar="RESULTS...", help="Results folders, side by side.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE.html", help="The file to write.")] = Path(
        "report.html"
    ),
    force: Force = False,
    load: Load = None,
) -> None:
    """Write a report to send: one file that opens offline, with words, pictures and their data."""
    load_files(load)
    from computeshift.experiments.results.files import short
    from computeshift.experiments.views.report.report import report as write

    print(f"Report in {short(write(results, out, force))}")


app.registered_commands += questions.app.registered_commands
if LEFT_OUT:
    for _command in app.registered_commands:
        _command.help = docstring(_command.callback)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 2 the user's mistake, 1 ours, 141 the output was closed."""
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

        if (told := blamed(error)) is not None:
            typer.echo(told, err=True)
            sys.exit(2)
        typer.echo("this is our bug, not yours; please report it with what follows", err=True)
        traceback.print_exc()
        sys.exit(1)
