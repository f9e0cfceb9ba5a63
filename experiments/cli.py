"""The command line: `computeshift run | list | show | check`."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeshift.experiments.problems import Problem, UserError

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    name="computeshift",
    help="Simulate the market for AI compute over many worlds: who supplies whom, who pays.",
    epilog="Example: computeshift run baseline --worlds 200",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ConfigName = Annotated[str, typer.Argument(metavar="CONFIG", help="A config's name, or a YAML file.")]
Load = Annotated[list[Path] | None, typer.Option("--load", metavar="FILE.py", help="Your own strategies.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one number, strategy or shock."),
]


@app.command(epilog="Example: computeshift run baseline --set softbank.strategy=prudent --worlds 200")
def run(
    config: ConfigName,
    worlds: Annotated[str | None, typer.Option(metavar="N", help="How many worlds.")] = None,
    seed: Annotated[str | None, typer.Option(metavar="S", help="The luck of all worlds.")] = None,
    set_: Set = None,
    until: Annotated[str | None, typer.Option(metavar="YEAR", help="The last year.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="A new or empty folder.")] = None,
    as_json: Json = False,
    load: Load = None,
) -> None:
    """Simulate a config over many worlds; print what came of it, keep the rest in a folder."""
    _load_files(load)
    from computeshift.experiments import runner, summary
    from computeshift.experiments.config import load as load_config

    asked = {"worlds": worlds, "seed": seed, "until": until}
    settings = _settings(set_) | {key: value for key, value in asked.items() if value is not None}
    chosen = load_config(config, settings)
    try:
        with _progress(chosen.name, chosen.worlds) as told:
            results = runner.run(chosen, out=out, progress=told)
    except KeyboardInterrupt as stopped:
        typer.echo(str(stopped) or "interrupted", err=True)
        raise typer.Exit(130) from None
    if as_json:
        _print_json(summary.document(results))
    else:
        summary.show(results, _console())


@app.command("list", epilog="Example: computeshift list")
def list_(as_json: Json = False, load: Load = None) -> None:
    """What there is to choose from: configs, firms and their strategies, shocks, claims."""
    _load_files(load)
    from dataclasses import asdict

    from computeshift.experiments.catalogue import catalogue

    found = catalogue()
    if as_json:
        _print_json(asdict(found))
        return
    console = _console()
    _table(console, "Configs", [(entry.name, entry.line) for entry in found.configs])
    firms = []
    for kind in found.firms:
        firms.append((kind.name, kind.line))
        firms += [(f"  {played.name}", played.line) for played in kind.strategies]
    _table(console, "Firms, roles and their strategies (the first is the baseline)", firms)
    _table(console, "Shocks", [(entry.name, entry.line) for entry in found.shocks])
    _table(console, "Claims", [(entry.name, entry.line) for entry in found.claims])


@app.command(epilog="Example: computeshift show softbank_crunch --set softbank.strategy=exit")
def show(config: ConfigName, set_: Set = None, as_json: Json = False, load: Load = None) -> None:
    """A config as resolved: its firms, ties and shocks, and every number with what it rests on."""
    _load_files(load)
    from computeshift.experiments.catalogue import rows
    from computeshift.experiments.config import load as load_config

    chosen = load_config(config, _settings(set_))
    if as_json:
        _print_json(chosen.to_json() | {"hash": chosen.hash})
        return
    console = _console()
    console.print(f"{chosen.name}: {chosen.asks}", markup=False, highlight=False)
    told = f"{chosen.start} to {chosen.until}, {chosen.worlds} worlds, seed {chosen.seed}"
    console.print(told, highlight=False)
    _table(console, "Firms", [(n, f"{f.kind}, plays {f.strategy}") for n, f in chosen.firms.items()])
    _table(console, "Edges", [(f"{s} -> {t}", kind) for s, t, kind in chosen.edges])
    when = {
        n: str(s.year or "any year") + (f" to {s.until}" if s.until else "") for n, s in chosen.shocks.items()
    }
    _table(console, "Shocks", [(n, f"{s.kind}, {when[n]}") for n, s in chosen.shocks.items()])
    told = "Numbers: low | central | high (triangular unless said), and what each rests on"
    console.print(told, highlight=False)
    for owner, own in groupby(rows(chosen), lambda row: row.name.rpartition(".")[0]):
        _table(console, owner, [(row.name.rpartition(".")[2], row.told, row.ground) for row in own])


@app.command(epilog="Example: computeshift check baseline my_config.yaml")
def check(
    configs: Annotated[list[str], typer.Argument(metavar="CONFIG...", help="Names or YAML files.")],
    load: Load = None,
) -> None:
    """Validate configs and run nothing: every problem of every one, with file and line."""
    _load_files(load)
    from computeshift.experiments.config import load as load_config

    problems: list[str] = []
    for name in configs:
        try:
            checked = load_config(name)
        except UserError as wrong:
            problems += [line for line in str(wrong).splitlines() if line not in problems]
        else:
            counted = f"{len(checked.firms)} firms, {len(checked.parameters())} numbers"
            typer.echo(f"{name}: fine ({counted})")
    if problems:
        raise UserError("\n".join(problems))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 2 the user's mistake, 1 ours."""
    try:
        app(args=arguments, prog_name="computeshift")
    except UserError as wrong:
        typer.echo(str(wrong), err=True)
        sys.exit(2)
    except Exception as error:
        from computeshift.experiments.plugins import blamed

        if (where := blamed(error)) is not None:
            typer.echo(f"{where}: {type(error).__name__}: {error}", err=True)
            sys.exit(2)
        typer.echo("this is our bug, not yours; please report it with what follows", err=True)
        traceback.print_exc()
        sys.exit(1)


def _settings(texts: list[str] | None) -> dict[str, object]:
    """`KEY=VALUE` texts as a mapping; the last one of a key counts."""
    split = [(text, *text.partition("=")) for text in texts or ()]
    right = "write KEY=VALUE, such as softbank.strategy=prudent"
    wrong = [
        Problem(f"--set {text}", "", "no value" if key else "no key", right)
        for text, key, _, value in split
        if not key or not value
    ]
    if wrong:
        raise UserError(wrong)
    return {key.strip(): value.strip() for _, key, _, value in split}


def _load_files(files: list[Path] | None) -> None:
    from computeshift.experiments.plugins import load_file

    for file in files or ():
        load_file(file)


@contextmanager
def _progress(name: str, worlds: int) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, told how many worlds are done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True))
    task = bar.add_task(f"{name}, worlds", total=worlds)

    def told(done: int, total: int) -> None:
        bar.start()  # only now: a run that is refused shows no bar
        bar.update(task, completed=done, total=total)

    try:
        yield told
    finally:
        bar.stop()


def _console() -> Console:
    from rich.console import Console

    return Console()


def _table(console: Console, title: str, lines: Sequence[tuple[str, ...]]) -> None:
    """A table without frame; texts as they are, wrapped to the width of the terminal."""
    from rich.table import Table
    from rich.text import Text

    if not lines:
        return
    table = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
    for i, _ in enumerate(lines[0]):
        table.add_column(no_wrap=i == 0, overflow="fold", style="bold" if i == 0 else None)
    for line in lines:
        table.add_row(*map(Text, line))
    console.print(table)
    console.print()


def _print_json(document: Any) -> None:
    typer.echo(json.dumps(document, indent=2, allow_nan=False))
