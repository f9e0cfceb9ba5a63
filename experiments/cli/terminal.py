"""The terminal: progress bars, tables, JSON, and how an answer is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeshift.experiments.errors import Problem, UserError

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.answer import Answer


def whole(name: str, least: int = 1) -> Callable[[str], int]:
    """Reads the text of a parameter as a whole number; UserError if it is none, or less than `least`."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise UserError(f"`{name}`: {text!r} is not a whole number") from None
        if number < least:
            raise UserError(f"`{name}`: {number} is too few; use at least {least}")
        return number

    return read


Load = Annotated[
    list[Path] | None, typer.Option("--load", metavar="FILE.py", help="Your own strategies and kinds.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one number, strategy or shock."),
]
Worlds = Annotated[str | None, typer.Option(metavar="N", help="How many worlds.")]
Seed = Annotated[str | None, typer.Option(metavar="S", help="The luck of all worlds.")]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw it: FILE.html or FILE.png.")]
Force = Annotated[bool, typer.Option("--force", help="Write over any file that stands there.")]


def settings(texts: list[str] | None) -> dict[str, object]:
    """`KEY=VALUE` texts as a mapping; the last one of a key counts."""
    split = [(text, *text.partition("=")) for text in texts or ()]
    right = "write KEY=VALUE, such as softbank.strategy=prudent"
    wrong = [
        Problem(f"`set` {text}", "", "no value" if key else "no key", right)
        for text, key, _, value in split
        if not key or not value
    ]
    if wrong:
        raise UserError(wrong)
    return {key.strip(): value.strip() for _, key, _, value in split}


def load_files(files: list[Path] | None) -> None:
    """Read the user's own strategies and kinds of firm."""
    from computeshift.experiments.config.plugins import load_file

    for file in files or ():
        load_file(file)


@contextmanager
def progress(name: str, things: str = "worlds") -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, told how many are done of how many, with the time that is left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True))
    task = bar.add_task(f"{name}, {things}", total=None)

    def told(done: int, total: int) -> None:
        bar.start()  # only now: what is refused shows no bar
        bar.update(task, completed=done, total=total)

    try:
        yield told
    finally:
        if bar.live.is_started:  # else it would leave an empty line
            bar.stop()


def tell(
    ask: Callable[[Callable[[int, int], None]], Answer],
    name: str,
    as_json: bool,
    plot: Path | None,
    force: bool,
) -> None:
    """Ask a question under a progress bar, print its answer, and draw it if asked to."""
    if plot is not None:
        from computeshift.experiments.results.files import PICTURE, writable

        writable(plot, PICTURE, force, "plot")  # what can't be written is said before the work
    with progress(name) as told:
        answer = ask(told)
    if plot is not None:
        answer.plot(plot, force)  # before anything is printed: what can't be written is no half answer
    if as_json:
        print_json(answer.document())
    else:
        answer.show(console())
    if plot is not None:
        print(f"Picture in {plot}", file=sys.stderr if as_json else sys.stdout)


def console() -> Console:
    """Standard output, as wide as the terminal is."""
    from rich.console import Console

    return Console()


def table(to: Console, title: str, lines: Sequence[tuple[str, ...]]) -> None:
    """A table without frame; texts as they are, wrapped to the width of the terminal."""
    from rich.table import Table
    from rich.text import Text

    if not lines:
        return
    made = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
    for i, _ in enumerate(lines[0]):
        made.add_column(no_wrap=i == 0, overflow="fold", style="bold" if i == 0 else None)
    for line in lines:
        made.add_row(*map(Text, line))
    to.print(made)
    to.print()


def print_json(document: Any) -> None:
    """One JSON document; ValueError for a number that JSON does not know."""
    print(json.dumps(document, indent=2, allow_nan=False))
